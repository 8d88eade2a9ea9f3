"""Scores of pairs and rankings of all peers, over the arrays of ``service.evidence``.

The score of two concepts is the weighted Jaccard index (Ruzicka 1958) of their features, each
weighted with its information content (Resnik 1995) times the weight of its relation::

    score(a, b) = sum of w over what both have / sum of w over what either has

The score is 0..1 and symmetric. The contribution of a shared feature is its weight over the same
denominator, so that contributions add up to the score. Over the hierarchy alone, where a feature
is an ancestor, a shared one counts by how specific it is, as in Lin (1998).

Scores are rounded to twelve digits, so that the order of addition decides no tie; ties go by
number, which is by id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from service.evidence import Evidence
from service.model import Relation

__all__ = ["MAX_REASONS", "Match", "Ranker", "Ranking"]

MAX_REASONS = 5
"""Reasons named for one pair; the rest are summed."""

_DIGITS = 12
_ROUNDING = 10.0**-_DIGITS
_HUB = 8_192
_LIKELY = 8
"""How many times the limit are looked at first, to learn what score the best have."""
_CACHED_BYTES = 64 * 2**20
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


class Match(NamedTuple):
    """A concept by number, its score, and the features that make it, the strongest first.

    At most ``MAX_REASONS`` features are named; ``more`` counts the others. Ten are made in each of
    the shortest requests: a frozen dataclass takes three times as long to make.
    """

    number: int
    score: float
    features: tuple[int, ...]
    contributions: tuple[float, ...]
    more: int

    @property
    def rest(self) -> float:
        """Return what the features that are not named add."""
        return self.score - sum(self.contributions) if self.more else 0.0


class Ranker:
    """Ranks peers. Safe to share between threads: nothing in it changes but caches.

    A *hub* is a feature that thousands have. What hubs add to all peers is kept as one row each,
    and as one sum for codes that have the same hubs, as most neighbors have.
    """

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self._sizes: list[int] = np.diff(evidence.kind_starts).tolist()
        self._by_relation = evidence.totals.reshape(len(_RELATIONS), -1)
        largest = max(self._sizes, default=0) + 1
        self._row = lru_cache(_CACHED_BYTES // largest + 1)(self._read_row)
        self._hub_sum = lru_cache(_CACHED_BYTES // (8 * largest) + 1)(self._add_row)
        self._totals = lru_cache(_CACHED_BYTES // (8 * largest) + 1)(self._sum_relations)
        self._all = self._by_relation.sum(axis=0)

    def _span(self, kind: int) -> slice:
        first, last = self.evidence.kind_starts[kind : kind + 2].tolist()
        return slice(first, last)

    def _sum_relations(self, via: frozenset[Relation]) -> Floats:
        """Return by ordinal the sums of the weights of features of ``via``."""
        wanted = [n for n, relation in enumerate(_RELATIONS) if relation in via]
        summed: Floats = self._by_relation[wanted].sum(axis=0)
        return summed

    def _totals_of(self, via: Via) -> Floats:
        return self._all if via is None else self._totals(via)

    def sums(self, number: int, others: Sequence[int] | Numbers, via: Via = None) -> Floats:
        """Return what ``number`` and each of ``others`` have together, shared things twice.

        The score is the ratio of what is shared and this sum less what is shared.
        """
        totals, ordinals = self._totals_of(via), self.evidence.ordinals
        sums: Floats = totals[ordinals[others]] + totals[ordinals[number]]
        return sums

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

        ``taken`` says in the order of ``Evidence.peers`` which concepts may be listed; ``via``
        keeps the named relations alone, above the line and under it. The work is bounded by the
        number of peers.
        """
        evidence = self.evidence
        ordinal = int(evidence.ordinals[number])
        kind = int(np.searchsorted(evidence.kind_starts, ordinal, side="right")) - 1
        span = self._span(kind)
        features = self.features(number, via)
        if not len(features):
            return Ranking(evidence.peers[:0], np.empty(0), 0)
        counts = evidence.holder_starts[features + 1] - evidence.holder_starts[features]
        features = features[np.argsort(counts, kind="stable")]
        shared, near = self._shared(features, np.sort(counts), kind, limit)
        totals = self._totals_of(via)
        scores = totals[span] + totals[ordinal]
        scores -= shared
        np.maximum(scores, _ROUNDING, out=scores)  # two of whom nothing is known share nothing
        np.divide(shared, scores, out=scores)
        scores[ordinal - span.start] = 0.0
        if taken is not None and not taken[span].all():
            scores[np.flatnonzero(~taken[span])] = 0.0
        least = max(min_score - _ROUNDING / 2, np.nextafter(0, 1))
        listed = scores >= least
        total = int(np.count_nonzero(listed))
        bound = _bound(scores, near, min(limit, total))
        best = np.flatnonzero(scores >= bound if bound > least else listed)
        rounded = np.round(scores[best], _DIGITS)
        order = np.lexsort((best, -rounded))[:limit]
        return Ranking(evidence.peers[span][best[order]], rounded[order], total)

    def _shared(
        self, features: Numbers, counts: npt.NDArray[np.int64], kind: int, limit: int
    ) -> tuple[Floats, npt.NDArray[np.intp]]:
        """Return by place what is shared with ``features``, the rarest first, and who may be best.

        These are some who share the rarest, each once, and more than ``limit`` where there are.
        """
        evidence, size = self.evidence, self._sizes[kind]
        first = evidence.holder_starts[features]
        rare = int(np.searchsorted(counts, max(_HUB, size >> 6), side="right"))
        spans = zip(first[:rare].tolist(), (first + counts)[:rare].tolist(), strict=True)
        held = np.concatenate([evidence.holders[:0], *(evidence.holders[a:b] for a, b in spans)])
        weights = np.repeat(evidence.weight[features[:rare]], counts[:rare])
        shared = np.bincount(held, weights, size).astype(np.float64, copy=False)
        hubs = tuple(features[rare:][::-1].tolist())
        if hubs:
            shared += self._hub_sum(hubs, kind)
        few = int(np.searchsorted(np.cumsum(counts[:rare]), _LIKELY * limit))
        return shared, np.unique(held[: counts[: few + 1].sum()])

    def _read_row(self, feature: int, kind: int) -> Flags:
        evidence = self.evidence
        row = np.zeros(self._sizes[kind], np.bool_)
        row[evidence.holders[slice(*evidence.holder_starts[feature : feature + 2])]] = True
        return row

    def _add_row(self, hubs: tuple[int, ...], kind: int) -> Floats:
        """Return by place what ``hubs`` add: the last added to the sum of those before it."""
        added: Floats = self._row(hubs[-1], kind) * self.evidence.weight[hubs[-1]]
        if len(hubs) > 1:
            added += self._hub_sum(hubs[:-1], kind)
        return added

    def score(self, a: int, b: int, via: Via = None) -> float:
        """Return the score of two concepts; 0 for concepts of different kinds."""
        both = np.intersect1d(self.features(a, via), self.features(b, via), assume_unique=True)
        shared = float(self.evidence.weight[both].sum())
        either = float(self.sums(a, [b], via)[0]) - shared
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
        found = np.array(others, np.int32)
        mine, places, counts = self.strongest(number, found, via)
        if not len(mine):
            return [Match(other, 0.0, (), (), 0) for other in others]
        picked = mine[np.maximum(places, 0)]
        return self.matches_of(number, found, np.array(scores), picked, counts, via)

    def matches_of(
        self,
        number: int,
        others: Numbers,
        scores: Floats,
        picked: Numbers,
        counts: npt.NDArray[np.integer],
        via: Via = None,
    ) -> list[Match]:
        """Return ``others`` with their ``scores`` and the features that make these.

        ``counts`` says how many features each shares with ``number``; ``picked`` has a row for each
        with the strongest of them, of which only so many are read.
        """
        # What either has and what both have are the sums together, and the score is the ratio of
        # the two: so the score gives the denominator of the contributions.
        factors = (1.0 + scores) / self.sums(number, others, via)
        contributions = (self.evidence.weight[picked] * factors[:, None]).tolist()
        rows = zip(
            others.tolist(),
            scores.tolist(),
            picked.tolist(),
            contributions,
            counts.tolist(),
            strict=True,
        )
        return [
            Match(other, score, tuple(features), tuple(parts), count - MAX_REASONS)
            if count >= MAX_REASONS
            else Match(other, score, tuple(features[:count]), tuple(parts[:count]), 0)
            for other, score, features, parts, count in rows
        ]


def _bound(scores: Floats, near: npt.NDArray[np.intp], limit: int) -> float:
    """Return a score that at least ``limit`` concepts reach, looking at the likely ones first."""
    if not limit or limit * 4 > len(scores):
        return 0.0
    likely = scores[near] if len(near) >= limit else scores
    return float(np.partition(likely, len(likely) - limit)[len(likely) - limit]) - _ROUNDING
