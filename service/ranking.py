"""Scores of pairs and rankings of all peers, over the arrays of ``service.evidence``.

The score of two concepts is the weighted Jaccard index (Ruzicka 1958) of their features, each
weighted with its information content (Resnik 1995) times the weight of its relation::

    score(a, b) = sum of w over what both have / (sum of w over what either has, discounted)

Discounted: what one has by a relation that nothing is known of for the other counts ``UNKNOWN``
of its weight. A code with a page has indications and personnel, a bare code has none stated; that
is no difference between the two, as it is where both have indications and these differ.

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

__all__ = ["MAX_REASONS", "UNKNOWN", "Match", "Ranker", "Ranking", "match_of"]

MAX_REASONS = 5
"""Reasons named for one pair; the rest are summed."""

UNKNOWN = 0.05
"""What counts of a relation that only one of two has anything by. More, and codes with pages are
unlike all codes without; nothing, and names alone could make two codes as like as can be."""

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
        # By concept the set of relations it has anything by, as bits; by set, what of each counts.
        self._sets = (2 ** np.arange(len(_RELATIONS)) @ (self._by_relation > 0)).astype(np.intp)
        members = (np.arange(2 ** len(_RELATIONS))[:, None] >> np.arange(len(_RELATIONS))) & 1
        self._shares = np.where(members, 1.0, UNKNOWN)
        self._usual = [self._usual_set(kind) for kind in range(len(self._sizes))]
        largest = max(self._sizes, default=0) + 1
        self._row = lru_cache(_CACHED_BYTES // largest + 1)(self._read_row)
        self._hub_sum = lru_cache(_CACHED_BYTES // (8 * largest) + 1)(self._add_row)
        self._totals = lru_cache(_CACHED_BYTES // (8 * largest) + 1)(self._sum_relations)

    def _span(self, kind: int) -> slice:
        first, last = self.evidence.kind_starts[kind : kind + 2].tolist()
        return slice(first, last)

    def _usual_set(self, kind: int) -> tuple[int, npt.NDArray[np.intp]]:
        """Return the set of relations that most of a kind have, and the places of the others."""
        sets = self._sets[self._span(kind)]
        usual = int(np.bincount(sets).argmax()) if len(sets) else 0
        return usual, np.flatnonzero(sets != usual)

    def _sum_relations(self, known: int, via: Via) -> Floats:
        """Return by ordinal the sums of weights, relations not in the set ``known`` discounted."""
        share = self._shares[known]
        if via is not None:
            share = share * [relation in via for relation in _RELATIONS]
        summed: Floats = share @ self._by_relation
        return summed

    def _own(self, ordinal: int, via: Via) -> Floats:
        """Return the sums of weights of one concept, by relation."""
        mine = self._by_relation[:, ordinal]
        return mine if via is None else mine * [relation in via for relation in _RELATIONS]

    def sums(self, number: int, others: Sequence[int] | Numbers, via: Via = None) -> Floats:
        """Return what ``number`` and each of ``others`` have together, shared things twice.

        The score is the ratio of what is shared and this sum less what is shared.
        """
        ordinal, found = int(self.evidence.ordinals[number]), self.evidence.ordinals[others]
        theirs = self._totals(int(self._sets[ordinal]), via)[found]
        sums: Floats = self._shares[self._sets[found]] @ self._own(ordinal, via) + theirs
        return sums

    def _sums_of_kind(self, ordinal: int, kind: int, via: Via) -> Floats:
        """Return ``sums`` for all of a kind, by place."""
        span = self._span(kind)
        by_set = self._shares @ self._own(ordinal, via)
        usual, others = self._usual[kind]
        theirs = self._totals(int(self._sets[ordinal]), via)[span]
        sums: Floats = theirs + by_set[usual]
        sums[others] = by_set[self._sets[span][others]] + theirs[others]
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
        scores = self._sums_of_kind(ordinal, kind, via)
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
        features, weights = mine.tolist(), self.evidence.weight[mine].tolist()
        named = [[place for place in row if place >= 0] for row in places.tolist()]
        factors = self.factors(number, found, np.array(scores), via)
        rows = zip(others, scores, factors, named, counts.tolist(), strict=True)
        return [match_of(*row, features, weights) for row in rows]

    def factors(self, number: int, others: Numbers, scores: Floats, via: Via = None) -> list[float]:
        """Return for each of ``others`` what a weight is multiplied by to be a contribution.

        That is one over what either has. Both sums together are what either has plus what is
        shared, and the score is the ratio of these two; so the score gives the denominator.
        """
        sums = np.maximum(self.sums(number, others, via), _ROUNDING)
        found: list[float] = ((1.0 + scores) / sums).tolist()
        return found


def match_of(
    number: int,
    score: float,
    factor: float,
    picked: Sequence[int],
    count: int,
    features: Sequence[int],
    weights: Sequence[float],
) -> Match:
    """Return the match whose reasons are the ``picked`` places in ``features``, of ``count``."""
    return Match(
        number,
        score,
        tuple([features[place] for place in picked]),
        tuple([weights[place] * factor for place in picked]),
        count - len(picked),
    )


def _bound(scores: Floats, near: npt.NDArray[np.intp], limit: int) -> float:
    """Return a score that at least ``limit`` concepts reach, looking at the likely ones first."""
    if not limit or limit * 4 > len(scores):
        return 0.0
    likely = scores[near] if len(near) >= limit else scores
    return float(np.partition(likely, len(likely) - limit)[len(likely) - limit]) - _ROUNDING
