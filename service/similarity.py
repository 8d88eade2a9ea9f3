"""Similar codes that say why: a score that is the sum of its reasons.

Two concepts of one kind have features in common (``service.evidence``), each with a weight ``w``:
its information content times the weight of its relation. The score is the weighted Jaccard index
(Ruzicka 1958)::

    score(a, b) = sum of w over what both have / sum of w over what either has

It is 0..1 and symmetric, and the contribution of a shared feature is its weight over the same
denominator, so that contributions add up to the score.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from service.evidence import feature_totals
from service.lexicon import stem, words
from service.model import Concept, ConceptId, ConceptKind, Relation
from service.store.base import GraphStore, Numbers, Selection

__all__ = ["Explanation", "Ranking", "Reason", "explain", "explain_each", "rank_similar"]

MAX_REASONS = 5
"""Reasons named for one pair; the rest are summed in one more."""

_RELATIONS = tuple(Relation)


@dataclass(frozen=True, slots=True)
class Reason:
    """One shared feature and what it adds to the score.

    ``shared`` is None for a word and for the sum of smaller reasons; ``content`` is the
    information content in nats, None for that sum.
    """

    relation: Relation
    shared: ConceptId | None
    content: float | None
    contribution: float
    explanation: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why two concepts are alike; no reasons where the score is 0."""

    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Concepts by number, best first, with their scores beside them."""

    numbers: Numbers
    scores: npt.NDArray[np.float64]


def _weights(store: GraphStore, via: Sequence[Relation] | None) -> npt.NDArray[np.float64]:
    evidence = store.evidence
    if via is None:
        return evidence.weight
    wanted = np.isin(evidence.relation, [_RELATIONS.index(relation) for relation in via])
    return np.where(wanted, evidence.weight, 0.0)


def _features(store: GraphStore, number: int) -> npt.NDArray[np.int32]:
    starts = store.evidence.starts
    return store.evidence.features[starts[number] : starts[number + 1]]


def _totals(
    store: GraphStore, via: Sequence[Relation] | None, weights: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return the sum of the weights of each concept's features."""
    evidence = store.evidence
    if via is None:
        return evidence.total
    counts = np.diff(evidence.holder_starts)
    return feature_totals(evidence.holders, counts, weights, store.node_count)


def rank_similar(
    store: GraphStore,
    concept_id: ConceptId,
    *,
    day: date,
    selection: Selection | None = None,
    via: Sequence[Relation] | None = None,
    min_score: float = 0.0,
) -> Ranking:
    """Return every concept that shares a feature with ``concept_id``, best first, ties by id.

    The concept itself is left out. ``selection`` is judged on ``day``; ``via`` keeps the named
    relations alone, in the score and under the line. Scores are rounded to twelve digits, so that
    the order of addition decides no tie.
    """
    number = int(store.numbers([concept_id])[0])
    if number < 0:
        return Ranking(np.empty(0, np.int32), np.empty(0))
    evidence, weights = store.evidence, _weights(store, via)
    shared = np.zeros(store.node_count)
    for feature in _features(store, number):
        first, last = evidence.holder_starts[feature : feature + 2]
        shared[evidence.holders[first:last]] += weights[feature]
    shared[number] = 0.0
    if selection is not None:
        shared[~store.selected(selection, day=day)] = 0.0
    found = np.flatnonzero(shared)
    totals = _totals(store, via, weights)
    scores = np.round(shared[found] / (totals[number] + totals[found] - shared[found]), 12)
    kept = scores >= min_score
    found, scores = found[kept], scores[kept]
    order = np.lexsort((found, -scores))
    return Ranking(found[order].astype(np.int32), scores[order])


def explain(store: GraphStore, a: ConceptId, b: ConceptId) -> Explanation | None:
    """Return why ``a`` and ``b`` are alike, None where one of them is not in the graph."""
    if (store.numbers([a, b]) < 0).any():
        return None
    return explain_each(store, a, [b])[0]


def explain_each(
    store: GraphStore,
    concept_id: ConceptId,
    others: Sequence[ConceptId],
    *,
    via: Sequence[Relation] | None = None,
) -> list[Explanation]:
    """Return why ``concept_id`` is like each of ``others``, in their order.

    At most five reasons are named, the strongest first; the rest are summed in one more. The
    contributions add up to the score.
    """
    weights = _weights(store, via)
    numbers = store.numbers([concept_id, *others]).tolist()
    concepts = store.concepts_at(numbers)
    mine = _features(store, numbers[0])
    my_total = float(weights[mine].sum())
    explanations = []
    for number, other in zip(numbers[1:], concepts[1:], strict=True):
        theirs = _features(store, number)
        shared = np.intersect1d(mine, theirs, assume_unique=True)
        total = my_total + float(weights[theirs].sum()) - float(weights[shared].sum())
        pair = (concepts[0], other)
        reasons = _reasons(store, pair, shared, weights / total) if total > 0 else ()
        score = min(1.0, sum(reason.contribution for reason in reasons))
        explanations.append(Explanation(score, reasons))
    return explanations


def _reasons(
    store: GraphStore,
    pair: tuple[Concept, Concept],
    shared: npt.NDArray[np.int32],
    contributions: npt.NDArray[np.float64],
) -> tuple[Reason, ...]:
    evidence = store.evidence
    shared = shared[contributions[shared] > 0]
    ranked = shared[np.lexsort((shared, -contributions[shared]))]
    named, rest = ranked[:MAX_REASONS], ranked[MAX_REASONS:]
    reasons = []
    for feature in named.tolist():
        relation = _RELATIONS[evidence.relation[feature]]
        node = int(evidence.node[feature])
        concept = store.concepts_at([node])[0] if node >= 0 else None
        word = evidence.words[evidence.word[feature]] if concept is None else ""
        text = (
            _about_word(pair, word) if concept is None else _about(store, pair, relation, concept)
        )
        reasons.append(
            Reason(
                relation,
                concept.id if concept else None,
                float(evidence.content[feature]),
                float(contributions[feature]),
                text,
            )
        )
    if len(rest):
        relation = _RELATIONS[evidence.relation[rest[0]]]
        together = float(contributions[rest].sum())
        text = f"{len(rest)} more things in common that count for less"
        reasons.append(Reason(relation, None, None, together, text))
    return tuple(reasons)


def _about_word(pair: tuple[Concept, Concept], word: str) -> str:
    written = [
        sorted({w for w in words(f"{c.name} {c.title or ''}") if stem(w) == word})[:1] or [word]
        for c in pair
    ]
    forms = dict.fromkeys(form for forms in written for form in forms)
    return f"Both names have the word {' / '.join(f'“{form}”' for form in forms)}"


_SENTENCES = {
    Relation.HAS_INDICATION: "Both are indicated for {}",
    Relation.PERFORMED_BY: "Both are performed by: {}",
    Relation.HAS_ALTERNATIVE: "Both have the alternative {}",
    Relation.RESOLVES_TO: "Both have an alternative that stands for {}",
    Relation.REPLACED_BY: "Both are replaced by {}",
    Relation.IS_A: "Both are kinds of {}",
}
_ONE_OF_THEM = {
    Relation.RESOLVES_TO: "An alternative of the other stands for {}",
    Relation.REPLACED_BY: "The other is replaced by {}",
    Relation.IS_A: "One is the other or a kind of it: {}",
}


def _about(
    store: GraphStore, pair: tuple[Concept, Concept], relation: Relation, shared: Concept
) -> str:
    if relation is Relation.HAS_FACET:
        own = store.edges([c.id for c in pair], Relation.HAS_FACET)
        if all(any(edge.target == shared.id for edge in edges) for edges in own):
            return f"Same {shared.axis}: {shared.name}"
        return f"Same {shared.axis} by way of an alternative: {shared.name}"
    sentence = _SENTENCES[relation]
    if relation is Relation.RESOLVES_TO and pair[0].kind is ConceptKind.ALTERNATIVE:
        sentence = "Both stand for {}"
    if shared.id in (pair[0].id, pair[1].id):
        sentence = _ONE_OF_THEM.get(relation, sentence)
    return sentence.format(f"{shared.name} ({shared.code})" if shared.code else shared.name)
