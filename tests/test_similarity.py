"""Similar codes and why: the model's promises, and a plain implementation to compare with."""

from dataclasses import fields
from datetime import date, timedelta
from math import isclose, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.codes import phrase_id
from service.evidence import build_evidence
from service.model import Concept, ConceptId, ConceptKind, Item, Relation
from service.neighbors import DEPTH, rank_neighbors
from service.similarity import explain, rank_similar, similar_page
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
from tests.plain_similarity import plain_scores

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


VIA = st.sampled_from([None, [Relation.HAS_INDICATION, Relation.TITLE_WORD], [Relation.IS_A]])


@settings(max_examples=60, deadline=None)
@given(random_items(), VIA)
def test_scores_agree_with_a_plain_implementation(
    items: list[Item], via: list[Relation] | None
) -> None:
    """Every pair, listed or not, scores what sets and logarithms say."""
    store = stored(items)
    plain = plain_scores(built(items), via)
    listed = {(c.id, b): score for c in CONCEPTS for b, score in ranked(store, c, via=via).items()}
    assert listed.keys() <= plain.keys()
    assert all(isclose(listed.get(p, 0), plain[p], abs_tol=1e-9) for p in plain)


@settings(max_examples=40, deadline=None)
@given(random_items(), VIA)
def test_reasons_add_up_to_a_bounded_symmetric_score(
    items: list[Item], via: list[Relation] | None
) -> None:
    """One sum, 0..1, the same from both ends and in the ranking; via names its relations alone."""
    store = stored(items)
    for a in CONCEPTS:
        scores = ranked(store, a, via=via)
        for b in CONCEPTS:
            why, back = explain(store, a.id, b.id, via=via), explain(store, b.id, a.id, via=via)
            assert why is not None
            assert back is not None
            assert isclose(sum(r.contribution for r in why.reasons), why.score, abs_tol=1e-9)
            assert isclose(why.score, back.score, abs_tol=1e-12)
            assert 0 <= why.score <= 1
            assert a is b or isclose(why.score, scores.get(b.id, 0), abs_tol=1e-9)
            assert len(why.reasons) <= 6
            assert via is None or {r.relation for r in why.reasons} <= set(via)
        assert list(scores.items()) == sorted(scores.items(), key=lambda hit: (-hit[1], hit[0]))


@settings(max_examples=20, deadline=None)
@given(random_items())
def test_the_order_of_input_changes_nothing(items: list[Item]) -> None:
    """Sorted input gives the same rankings as shuffled, to the last digit."""
    shuffled, ordered = stored(items), stored(sorted(items, key=repr))
    assert all(ranked(shuffled, c) == ranked(ordered, c) for c in CONCEPTS)


@settings(max_examples=30, deadline=None)
@given(random_items(), st.integers(1, 5))
def test_pages_to_the_end_are_one_long_page(items: list[Item], size: int) -> None:
    """Stored and live rankings agree, whole and piece by piece, scores and reasons alike."""
    store = stored(items)
    live = Selection(kinds=tuple(ConceptKind), include_retired=False)
    for concept in CONCEPTS:
        whole = similar_page(store, concept.id, day=DAY, limit=100)
        pages = [
            similar_page(store, concept.id, day=DAY, offset=offset, limit=size)
            for offset in range(0, whole.total + size, size)
        ]
        assert [match for page in pages for match in page.matches] == list(whole.matches)
        assert {page.total for page in pages} == {whole.total} == {len(whole.matches)}
        assert whole == similar_page(store, concept.id, day=DAY, selection=live, limit=100)


def test_stored_rankings_hold_until_a_code_is_retired() -> None:
    """On the day after its last a code is gone, though the snapshot was made before."""
    here, there = procedure("1", "knee scan"), procedure("3", "lung film")
    last = DAY + timedelta(days=10)
    going = procedure("2", "knee scan", last=last)
    store = stored([here, going, there])
    held = [store.ranked_neighbors.hold(last + timedelta(days=n)) for n in (-11, -10, 0, 1)]
    assert held == [False, True, True, False]
    totals = [similar_page(store, here.id, day=last + timedelta(days=n)).total for n in (0, 1)]
    assert totals == [1, 0]


def test_processes_share_the_ranking_without_changing_it() -> None:
    """Two processes give what one gives, and progress comes to the end."""
    concepts = [procedure(f"{n}", f"{'knee' if n % 3 else 'lung'} scan") for n in range(2_100)]
    evidence = build_evidence(built(concepts))
    days = np.zeros(len(concepts), np.int32)
    done: list[tuple[int, int]] = []
    one = rank_neighbors(evidence, last_days=days, day=DAY, processes=1)
    two = rank_neighbors(
        evidence,
        last_days=days,
        day=DAY,
        processes=2,
        progress=lambda ready, count: done.append((ready, count)),
    )
    assert done == [(1_000, 2_100), (2_000, 2_100), (2_100, 2_100)]
    for column in fields(one):
        assert np.array_equal(getattr(one, column.name), getattr(two, column.name))
    assert one.covers(0, DEPTH)
    assert not one.covers(0, DEPTH + 1)


def test_systems_filter_what_is_listed_and_not_what_it_scores() -> None:
    """A score does not depend on who else is listed."""
    here, there = procedure("1", "knee scan"), procedure("2", "knee film")
    other = Concept(ConceptId("OTHER:1"), ConceptKind.PROCEDURE, "knee look", system="OTHER")
    store = stored([here, there, other, procedure("3", "lung film")])
    every = ranked(store, here, selection=Selection())
    assert every.keys() == {there.id, other.id}
    assert ranked(store, here, selection=Selection(systems=("LITTLE",))) == {
        there.id: every[there.id]
    }


def test_equal_scores_come_by_id() -> None:
    """Nothing but the id decides within two crowds of twins, in the stored part and after it."""
    near = [procedure(f"{n}", "knee scan") for n in range(150, 100, -1)]
    far = [procedure(f"{n}", "knee film") for n in range(60, 10, -1)]
    store = stored([*near, *far, procedure("0", "lung")])
    wanted = sorted(c.id for c in near[1:]) + sorted(c.id for c in far)
    assert list(ranked(store, near[0])) == wanted
    pages = [similar_page(store, near[0].id, day=DAY, offset=n, limit=20) for n in range(0, 99, 20)]
    numbers = [match.number for page in pages for match in page.matches]
    assert [c.id for c in store.concepts_at(numbers)] == wanted


def test_retired_codes_are_left_out_unless_asked_for() -> None:
    """A code counts as retired from the day after its last."""
    here = procedure("1", "knee scan")
    gone = procedure("2", "knee scan", last=DAY - timedelta(days=1))
    last_day = procedure("3", "knee scan", last=DAY)
    store = stored([here, gone, last_day, procedure("4", "lung film", first=date(2030, 1, 1))])
    active = Selection(include_retired=False)
    assert list(ranked(store, here, selection=active)) == [last_day.id]
    assert list(ranked(store, here, selection=Selection())) == [gone.id, last_day.id]


def test_phrases_are_compared_and_not_listed() -> None:
    """Whoever asks for similar codes wants codes; a phrase has similar codes of its own."""
    phrase = Concept(phrase_id("lung pain"), ConceptKind.CONDITION, "lung pain")
    ill = condition("A", "lung pain at night")
    store = stored([phrase, ill, condition("B", "gout"), edge(phrase, Relation.MAPS_TO, ill)])
    for selection in (None, Selection(systems=None)):
        assert similar_page(store, ill.id, day=DAY, selection=selection).total == 0
        found = similar_page(store, phrase.id, day=DAY, selection=selection).matches
        assert [c.id for c in store.concepts_at([match.number for match in found])] == [ill.id]
    why = explain(store, ill.id, phrase.id)
    assert why is not None
    assert why.score > 0


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
