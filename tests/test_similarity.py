"""Similar codes and why: the model's promises, and a plain implementation to compare with."""

from datetime import date, timedelta
from itertools import permutations
from math import isclose, log

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.evidence import feature_weight
from service.graph import ConceptGraph
from service.lexicon import words
from service.model import Concept, ConceptId, ConceptKind, Item, Relation
from service.similarity import explain, explain_each, rank_similar
from service.store.base import Selection
from service.store.memory import MemoryStore
from tests.little_graphs import (
    CONCEPTS,
    DAY,
    built,
    condition,
    edge,
    facet,
    procedure,
    random_items,
    stored,
)

Features = set[tuple[Relation, str]]

# A name of one digit has no words, so that indications alone decide.
P1, P2, P3, P4 = (procedure(code, code) for code in "1234")
C1, C2, C3, C4 = (condition(code, code) for code in "1234")


def ranked(
    store: MemoryStore,
    concept: Concept,
    *,
    selection: Selection | None = None,
    via: list[Relation] | None = None,
    min_score: float = 0.0,
) -> dict[ConceptId, float]:
    """Return the ids like ``concept`` with their scores, best first."""
    ranking = rank_similar(
        store, concept.id, day=DAY, selection=selection, via=via, min_score=min_score
    )
    ids = [found.id for found in store.concepts_at(ranking.numbers)]
    return dict(zip(ids, ranking.scores.tolist(), strict=True))


@pytest.fixture
def four_procedures() -> MemoryStore:
    """Return P1 and P2 sharing C1; C2 is on all four, C3 on P1 alone and C4 on P2 alone."""
    indications = [(P1, C1), (P2, C1), (P1, C3), (P2, C4), *((p, C2) for p in (P1, P2, P3, P4))]
    return stored(
        [
            *(P1, P2, P3, P4, C1, C2, C3, C4),
            *(edge(p, Relation.HAS_INDICATION, c) for p, c in indications),
        ]
    )


def test_the_example_of_four_procedures_scores_a_fifth(four_procedures: MemoryStore) -> None:
    """It is ln 2 of ln 2 + ln 4 + ln 4; what all four have says nothing and is no reason."""
    assert ranked(four_procedures, P1) == {P2.id: 0.2}
    explanation = explain(four_procedures, P1.id, P2.id)
    assert explanation is not None
    (reason,) = explanation.reasons
    assert (reason.relation, reason.shared) == (Relation.HAS_INDICATION, C1.id)
    assert isclose(explanation.score, 0.2, abs_tol=1e-12)
    assert isclose(reason.content or 0, log(2), abs_tol=1e-12)
    assert reason.explanation == "Both are indicated for 1 (1)"


def test_a_score_of_the_minimum_is_kept(four_procedures: MemoryStore) -> None:
    """The bound belongs to the range."""
    assert ranked(four_procedures, P1, min_score=0.2) == {P2.id: 0.2}
    assert ranked(four_procedures, P1, min_score=0.2000001) == {}


def test_no_reason_is_invented_where_nothing_is_shared(four_procedures: MemoryStore) -> None:
    """Codes far apart, and concepts of different kinds, score 0 with an empty list."""
    for other in (P3, C1):
        explanation = explain(four_procedures, P1.id, other.id)
        assert explanation is not None
        assert (explanation.score, explanation.reasons) == (0, ())
    assert explain(four_procedures, P1.id, ConceptId("LITTLE:9")) is None
    assert not len(rank_similar(four_procedures, ConceptId("LITTLE:9"), day=DAY).numbers)


def plain_features(graph: ConceptGraph, concept: Concept) -> Features:
    """Return what ``concept`` is known by, read off NetworkX as the module's docstring says it."""
    is_a = nx.DiGraph((a, b) for a, b, (r, _) in graph.edges(keys=True) if r is Relation.IS_A)
    is_a.add_nodes_from(graph)

    def out(node: str, relation: Relation) -> set[str]:
        return {b for _, b, (r, _) in graph.out_edges(ConceptId(node), keys=True) if r is relation}

    def broader(nodes: set[str]) -> set[str]:
        return nodes.union(*(nx.descendants(is_a, node) for node in nodes))

    def mapped(nodes: set[str]) -> set[str]:
        return broader(nodes.union(*(out(node, Relation.MAPS_TO) for node in nodes)))

    def tagged(relation: Relation, nodes: set[str]) -> Features:
        return {(relation, node) for node in nodes}

    own = concept.id
    resolved = out(own, Relation.RESOLVES_TO)
    found = tagged(Relation.TITLE_WORD, set(words(concept.name)))
    if concept.kind is not ConceptKind.PROCEDURE:
        return found | tagged(Relation.IS_A, mapped({own})) | tagged(Relation.RESOLVES_TO, resolved)
    for alternative in out(own, Relation.HAS_ALTERNATIVE):
        resolved |= out(alternative, Relation.RESOLVES_TO)
    found |= tagged(Relation.IS_A, broader({own}) - {own})
    found |= tagged(Relation.HAS_INDICATION, mapped(out(own, Relation.HAS_INDICATION)))
    found |= tagged(Relation.PERFORMED_BY, broader(out(own, Relation.PERFORMED_BY)))
    found |= tagged(Relation.HAS_ALTERNATIVE, out(own, Relation.HAS_ALTERNATIVE))
    found |= tagged(Relation.RESOLVES_TO, resolved)
    found |= tagged(Relation.REPLACED_BY, out(own, Relation.REPLACED_BY))
    for node in resolved | {own}:
        found |= tagged(Relation.HAS_FACET, out(node, Relation.HAS_FACET))
    for _, _, (relation, _) in graph.in_edges(own, keys=True):
        if relation in (Relation.RESOLVES_TO, Relation.REPLACED_BY):
            found.add((relation, own))
    return found


def plain_scores(items: list[Item]) -> dict[tuple[ConceptId, ConceptId], float]:
    """Return the scores of all pairs of one kind, computed with sets."""
    graph = built(items)
    scores = {}
    for kind in ConceptKind:
        features = {c.id: plain_features(graph, c) for c in CONCEPTS if c.kind is kind}

        def weight(wanted: Features, known: dict[ConceptId, Features]) -> float:
            axes = {c.id: c.axis for c in CONCEPTS}
            return sum(
                feature_weight(feature[0], axes.get(ConceptId(feature[1])))
                * -log(sum(feature in has for has in known.values()) / len(known))
                for feature in wanted
            )

        for a, b in permutations(features, 2):
            either = weight(features[a] | features[b], features)
            both = weight(features[a] & features[b], features)
            scores[a, b] = both / either if either else 0.0
    return scores


@settings(max_examples=40, deadline=None)
@given(random_items())
def test_scores_agree_with_a_plain_implementation(items: list[Item]) -> None:
    """Every pair, listed or not, scores what sets and logarithms say."""
    store = stored(items)
    plain = plain_scores(items)
    listed = {(c.id, b): score for c in CONCEPTS for b, score in ranked(store, c).items()}
    assert listed.keys() <= plain.keys()
    assert all(isclose(listed.get(p, 0), plain[p], abs_tol=1e-9) for p in plain)


@settings(max_examples=40, deadline=None)
@given(random_items(), st.sampled_from([None, [Relation.HAS_INDICATION, Relation.TITLE_WORD]]))
def test_reasons_add_up_to_a_bounded_symmetric_score(
    items: list[Item], via: list[Relation] | None
) -> None:
    """One sum, 0..1, the same from both ends and in the ranking; via names its relations alone."""
    store = stored(items)
    ids = [c.id for c in CONCEPTS]
    whys = {
        (a, b): why
        for a in ids
        for b, why in zip(ids, explain_each(store, a, ids, via=via), strict=True)
    }
    for a in CONCEPTS:
        scores = ranked(store, a, via=via)
        for b in set(ids) - {a.id}:
            why = whys[a.id, b]
            assert isclose(sum(r.contribution for r in why.reasons), why.score, abs_tol=1e-9)
            assert isclose(why.score, scores.get(b, 0), abs_tol=1e-9)
            assert 0 <= why.score <= 1
            assert why.score == whys[b, a.id].score
            assert len(why.reasons) <= 6
            assert via is None or {r.relation for r in why.reasons} <= set(via)
        assert list(scores.items()) == sorted(scores.items(), key=lambda hit: (-hit[1], hit[0]))


@settings(max_examples=20, deadline=None)
@given(random_items())
def test_the_order_of_input_changes_nothing(items: list[Item]) -> None:
    """Sorted input gives the same rankings as shuffled, to the last digit."""
    shuffled, ordered = stored(items), stored(sorted(items, key=repr))
    assert all(ranked(shuffled, c) == ranked(ordered, c) for c in CONCEPTS)


def test_equal_scores_come_by_id() -> None:
    """Nothing but the id decides within two crowds of twins, whatever the order of input."""
    near = [procedure(f"{n}", "knee scan") for n in range(150, 100, -1)]
    far = [procedure(f"{n}", "knee film") for n in range(60, 10, -1)]
    found = list(ranked(stored([*near, *far, procedure("0", "lung")]), near[0]))
    assert found == sorted(c.id for c in near[1:]) + sorted(c.id for c in far)


def test_retired_codes_are_left_out_unless_asked_for() -> None:
    """A code counts as retired from the day after its last."""
    here = procedure("1", "knee scan")
    gone = procedure("2", "knee scan", last=DAY - timedelta(days=1))
    last_day = procedure("3", "knee scan", last=DAY)
    store = stored([here, gone, last_day, procedure("4", "lung film", first=date(2030, 1, 1))])
    active = Selection(include_retired=False)
    assert list(ranked(store, here, selection=active)) == [last_day.id]
    assert list(ranked(store, here, selection=Selection())) == [gone.id, last_day.id]


def test_at_most_five_reasons_are_named_and_the_rest_summed() -> None:
    """The sixth entry stands for all smaller reasons and names none."""
    ills = [condition(code, code) for code in "1234567"]
    both = [edge(p, Relation.HAS_INDICATION, ill) for p in (P1, P2) for ill in ills]
    explanation = explain(stored([P1, P2, P3, *ills, *both]), P1.id, P2.id)
    assert explanation is not None
    *named, rest = explanation.reasons
    assert [reason.shared for reason in named] == [ill.id for ill in ills[:5]]
    assert (rest.shared, rest.content) == (None, None)
    assert isclose(rest.contribution, 2 / 7)
    assert rest.explanation == "2 more things in common that count for less"


def test_an_explanation_says_what_is_so() -> None:
    """Each kind of reason reads as the graph has it, with names and codes that people know."""
    old, new = procedure("1", "Knee scans"), procedure("2", "Scan of a joint")
    look = facet("operation", "Inspection")
    store = stored(
        [
            *(old, new, P3, look),
            edge(old, Relation.HAS_FACET, look),
            edge(new, Relation.HAS_FACET, look),
            edge(old, Relation.REPLACED_BY, new),
        ]
    )
    explanation = explain(store, new.id, old.id)
    assert explanation is not None
    assert {reason.explanation for reason in explanation.reasons} == {
        "Same operation: Inspection",
        "The other is replaced by Scan of a joint (2)",
        "Both names have the word “scan” / “scans”",
    }
