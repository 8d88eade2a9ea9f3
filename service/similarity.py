"""Similar codes that say why: a score that is the sum of its reasons.

The model is in ``service.features`` (what is compared), ``service.evidence`` (what it weighs) and
``service.ranking`` (the score). Here questions to a store are answered: from the rankings that were
made when its snapshot was built where these cover the question, and live where they do not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from service.model import ConceptId, Relation
from service.ranking import Match, Ranking
from service.reasons import Reason, Teller
from service.store.base import GraphStore, Selection

__all__ = [
    "Explanation",
    "Match",
    "Reason",
    "SimilarPage",
    "explain",
    "explain_matches",
    "rank_similar",
    "similar_page",
]


_IN_USE = Selection(include_retired=False)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why two concepts are alike; no reasons where the score is 0."""

    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class SimilarPage:
    """A page of the concepts most like one, best first, and how many there are in all."""

    matches: tuple[Match, ...]
    total: int


def similar_page(
    store: GraphStore,
    concept_id: ConceptId,
    *,
    day: date,
    selection: Selection | None = None,
    via: Sequence[Relation] | None = None,
    min_score: float = 0.0,
    offset: int = 0,
    limit: int = 10,
) -> SimilarPage:
    """Return ``limit`` of the concepts like ``concept_id`` from ``offset`` on, with reasons.

    The concept itself is left out; ties are by id. ``selection`` is judged on ``day`` and leaves
    retired codes out where nothing else is said; ``via`` keeps the named relations alone.
    """
    number = int(store.numbers([concept_id])[0])
    if number < 0:
        return SimilarPage((), 0)
    chosen = selection or _IN_USE
    ranked = store.ranked_neighbors
    plain = via is None and min_score <= 0 and (chosen is _IN_USE or chosen == _IN_USE)
    if plain and ranked.hold(day) and ranked.covers(number, offset + limit):
        matches = ranked.matches(store.ranker, number, offset=offset, limit=limit)
        return SimilarPage(tuple(matches), int(ranked.totals[number]))
    relations = frozenset(via) if via is not None else None
    ranking = rank_similar(
        store,
        concept_id,
        day=day,
        selection=chosen,
        via=via,
        min_score=min_score,
        limit=offset + limit,
    )
    page = slice(offset, offset + limit)
    numbers, scores = ranking.numbers[page].tolist(), ranking.scores[page].tolist()
    found = store.ranker.matches(number, numbers, scores, relations)
    return SimilarPage(tuple(found), ranking.total)


def rank_similar(
    store: GraphStore,
    concept_id: ConceptId,
    *,
    day: date,
    selection: Selection | None = None,
    via: Sequence[Relation] | None = None,
    min_score: float = 0.0,
    limit: int | None = None,
) -> Ranking:
    """Return the concepts that share a feature with ``concept_id``, best first, ties by id.

    Always computed live. No ``limit`` means all of them, no ``selection`` any concept.
    """
    number = int(store.numbers([concept_id])[0])
    if number < 0:
        empty = store.numbers([])
        return Ranking(empty, empty.astype(float), 0)
    return store.ranker.rank(
        number,
        limit=store.node_count if limit is None else limit,
        via=frozenset(via) if via is not None else None,
        taken=store.selected_peers(selection, day=day) if selection is not None else None,
        min_score=min_score,
    )


def explain(
    store: GraphStore, a: ConceptId, b: ConceptId, *, via: Sequence[Relation] | None = None
) -> Explanation | None:
    """Return why ``a`` and ``b`` are alike, None where one of them is not in the graph.

    At most five reasons are named, the strongest first; the rest are summed in one more. The
    contributions add up to the score.
    """
    first, second = store.numbers([a, b]).tolist()
    if first < 0 or second < 0:
        return None
    relations = frozenset(via) if via is not None else None
    score = store.ranker.score(first, second, relations)
    found = store.ranker.matches(first, [second], [score], relations)
    return explain_matches(store, a, found)[0]


def explain_matches(
    store: GraphStore, concept_id: ConceptId, matches: Sequence[Match]
) -> list[Explanation]:
    """Return the explanations of ``matches`` of ``concept_id``, in words."""
    own = store.concepts([concept_id])[0]
    others = store.concepts_at([match.number for match in matches])
    teller = Teller(store)
    return [
        Explanation(match.score, teller.reasons((own, other), match))
        for match, other in zip(matches, others, strict=True)
        if own is not None
    ]
