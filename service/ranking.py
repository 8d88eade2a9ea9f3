"""Scores of pairs and rankings of all peers, over the arrays of ``service.evidence``.

The score of two concepts is the weighted Jaccard index (Ruzicka 1958) of their features, each
weighted with its information content (Resnik 1995) times the weight of its relation::

    score(a, b) = sum of w over what both have / sum of w over what either has

It is 0..1 and symmetric. The contribution of a shared feature is its weight over the same
denominator, so that contributions add up to the score. Over the hierarchy alone, where a feature is
an ancestor, a shared one counts by how specific it is, as in Lin (1998).

Scores are rounded to twelve digits, so that the order of addition decides no tie; ties go by
number, which is by id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from service.evidence import Evidence
from service.model import Relation

__all__ = ["MAX_REASONS", "Match", "Ranker", "Ranking"]

MAX_REASONS = 5
"""Reasons named for one pair; the rest are summed."""

_DIGITS = 12
_ROUNDING = 10.0**-_DIGITS
_HUB = 2_048
_CACHED_BYTES = 32 * 2**20
_RELATIONS = tuple(Relation)

Via = frozenset[Relation] | None
Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best of a ranking by number, with their scores beside them; ``total`` counts all."""

    numbers: Numbers
    scores: Floats
    total: int


@dataclass(frozen=True, slots=True)
class Match:
    """A concept by number, its score, and the features that make it, the strongest first.

    At most ``MAX_REASONS`` features are named; ``more`` counts the others, which add ``rest``.
    """

    number: int
    score: float
    features: tuple[int, ...]
    contributions: tuple[float, ...]
    more: int
    rest: float


class Ranker:
    """Ranks peers. Safe to share between threads: nothing in it changes but caches.

    A *hub* is a feature that thousands have. What hubs add to all peers is kept as one row each,
    and as one sum for codes that have the same hubs, as most neighbors have.
    """

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self._sizes = np.diff(evidence.kind_starts).tolist()
        self._by_relation = evidence.totals.reshape(len(_RELATIONS), -1)
        self._all = self._by_relation.sum(axis=0)
        largest = max(self._sizes, default=0) + 1
        self._row = lru_cache(_CACHED_BYTES // largest + 1)(self._read_row)
        self._hub_sum = lru_cache(_CACHED_BYTES // (8 * largest) + 1)(self._add_rows)
        self._via_totals = lru_cache(8)(self._sum_via)

    def totals(self, numbers: Sequence[int] | Numbers, via: Via = None) -> Floats:
        """Return the sum of the weights of the features of each of ``numbers``."""
        found: Floats = self._totals(via)[self.evidence.ordinals[numbers]]
        return found

    def _totals(self, via: Via) -> Floats:
        return self._all if via is None else self._via_totals(via)

    def _sum_via(self, via: frozenset[Relation]) -> Floats:
        wanted = [n for n, relation in enumerate(_RELATIONS) if relation in via]
        return self._by_relation[wanted].sum(axis=0)

    def features(self, number: int, via: Via = None) -> Numbers:
        """Return the features of ``number`` that weigh anything, ascending."""
        evidence = self.evidence
        features = evidence.features_of(number)
        kept = evidence.weight[features] > 0
        if via is not None:
            kept &= np.isin(evidence.relation[features], [_RELATIONS.index(r) for r in via])
        return features[kept]

    def rank(
        self,
        number: int,
        *,
        limit: int,
        via: Via = None,
        taken: Flags | None = None,
        min_score: float = 0.0,
    ) -> Ranking:
        """Return the ``limit`` peers most like ``number``, best first, ties by number.

        ``taken`` says by number which concepts may be listed; ``via`` keeps the named relations
        alone, above the line and under it. The work is bounded by the number of peers.
        """
        evidence = self.evidence
        ordinal = int(evidence.ordinals[number])
        kind = int(np.searchsorted(evidence.kind_starts, ordinal, side="right")) - 1
        span = slice(int(evidence.kind_starts[kind]), int(evidence.kind_starts[kind + 1]))
        place = ordinal - span.start
        shared, near = self._shared(self.features(number, via), kind)
        totals = self._totals(via)[span]
        # What is shared is at most either's total, so that nothing is divided by 0 but 0.
        scores = shared / np.maximum(totals[place] + totals - shared, _ROUNDING)
        scores[place] = 0.0
        if taken is not None:
            scores *= taken[evidence.peers[span]]
        least = max(min_score - _ROUNDING / 2, np.nextafter(0, 1))
        total = int(np.count_nonzero(scores >= least))
        best = np.flatnonzero(scores >= max(least, _bound(scores, near, min(limit, total))))
        rounded = np.round(scores[best], _DIGITS)
        order = np.lexsort((best, -rounded))[:limit]
        return Ranking(evidence.peers[span][best[order]], rounded[order], total)

    def _shared(self, features: Numbers, kind: int) -> tuple[Floats, npt.NDArray[np.intp]]:
        """Return by place what is shared with ``features``, and where it is more than hubs."""
        evidence, size = self.evidence, self._sizes[kind]
        first, last = evidence.holder_starts[features], evidence.holder_starts[features + 1]
        is_hub = last - first > max(_HUB, size >> 6)
        rare = features[~is_hub]
        shared = np.zeros(size)
        if len(rare):
            spans = zip(first[~is_hub].tolist(), last[~is_hub].tolist(), strict=True)
            held = np.concatenate([evidence.holders[a:b] for a, b in spans])
            weights = np.repeat(evidence.weight[rare], (last - first)[~is_hub])
            shared = np.bincount(held, weights, size)
        near = np.flatnonzero(shared)
        if is_hub.any():
            shared += self._hub_sum(tuple(features[is_hub].tolist()), kind)
        return shared, near

    def _read_row(self, feature: int, kind: int) -> Flags:
        evidence = self.evidence
        row = np.zeros(self._sizes[kind], np.bool_)
        row[evidence.holders[slice(*evidence.holder_starts[feature : feature + 2])]] = True
        return row

    def _add_rows(self, features: tuple[int, ...], kind: int) -> Floats:
        added = np.zeros(self._sizes[kind])
        for feature in features:
            added += self._row(feature, kind) * self.evidence.weight[feature]
        return added

    def score(self, a: int, b: int, via: Via = None) -> float:
        """Return the score of two concepts; 0 for concepts of different kinds."""
        both = np.intersect1d(self.features(a, via), self.features(b, via), assume_unique=True)
        shared = float(self.evidence.weight[both].sum())
        either = float(self.totals([a, b], via).sum()) - shared
        return round(shared / either, _DIGITS) if either > 0 else 0.0

    def strongest(
        self, number: int, others: Numbers, via: Via = None
    ) -> tuple[Numbers, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return what ``number`` shares with each of ``others``, as three arrays.

        They are the features of ``number``, the strongest first, ties by number; a row for each
        of ``others`` of places in it, the first ``MAX_REASONS`` that are shared, -1 where there
        are no more; and how many are shared in all.
        """
        evidence = self.evidence
        mine = self.features(number, via)
        order = np.lexsort((mine, -evidence.weight[mine]))
        rank = np.empty(len(mine), np.int64)
        rank[order] = np.arange(len(mine))
        first, last = evidence.starts[others], evidence.starts[others + 1]
        theirs = np.concatenate(
            [evidence.features[:0]]
            + [evidence.features[a:b] for a, b in zip(first.tolist(), last.tolist(), strict=True)]
        )
        owner = np.repeat(np.arange(len(others)), last - first)
        at = np.searchsorted(mine, theirs)
        at[at == len(mine)] = 0
        both = mine[at] == theirs if len(mine) else np.zeros(len(theirs), np.bool_)
        has = np.zeros((len(others), len(mine)), np.bool_)
        has[owner[both], rank[at[both]]] = True
        nth = np.cumsum(has, axis=1)
        rows, columns = np.nonzero(has & (nth <= MAX_REASONS))
        places = np.full((len(others), MAX_REASONS), -1, np.int64)
        places[rows, nth[rows, columns] - 1] = columns
        return mine[order], places, has.sum(axis=1)

    def matches(
        self, number: int, others: Sequence[int], scores: Sequence[float], via: Via = None
    ) -> list[Match]:
        """Return ``others``, whose scores are known, with the features that make these."""
        mine, places, counts = self.strongest(number, np.array(others, np.int32), via)
        weights = self.evidence.weight[mine].tolist()
        named = [[place for place in row if place >= 0] for row in places.tolist()]
        totals = self.totals([number, *others], via).tolist()
        return [
            match_of(other, score, total, picked, weights, mine.tolist(), count)
            for other, score, total, picked, count in zip(
                *(others, scores, [totals[0] + t for t in totals[1:]], named, counts.tolist()),
                strict=True,
            )
        ]


def match_of(
    number: int,
    score: float,
    total: float,
    picked: Sequence[int],
    weights: Sequence[float],
    features: Sequence[int],
    count: int,
) -> Match:
    """Return the match whose reasons are the ``picked`` places in ``features``.

    ``total`` is the sum of both concepts' totals. It is what either has plus what both have, and
    the score is the ratio of the two; so the score alone gives the denominator.
    """
    each = (1.0 + score) / total if total else 0.0
    contributions = tuple([weights[place] * each for place in picked])
    more = count - len(picked)
    rest = score - sum(contributions) if more else 0.0
    return Match(
        number, score, tuple([features[place] for place in picked]), contributions, more, rest
    )


def _bound(scores: Floats, near: npt.NDArray[np.intp], limit: int) -> float:
    """Return a score that at least ``limit`` concepts reach, looking at the likely ones first."""
    likely = scores[near] if len(near) >= limit else scores
    if not limit or limit * 4 > len(scores):
        return 0.0
    return float(np.partition(likely, len(likely) - limit)[len(likely) - limit]) - _ROUNDING
