"""The concepts most like each concept, ranked with their reasons when a snapshot is made.

What a request would compute is computed beforehand, by the same code, for the request that nearly
everyone makes: all systems, all relations, no retired codes, the first 50. The rest is ranked live.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context

import numpy as np
import numpy.typing as npt

from service.evidence import Evidence
from service.ranking import MAX_REASONS, Match, Ranker

__all__ = ["DEPTH", "RankedNeighbors", "cores", "rank_neighbors"]

DEPTH = 50
"""Neighbors kept for each concept."""

_CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class RankedNeighbors:
    """Rankings of all concepts, true from the first of ``days`` to the second.

    The neighbors of concept ``n`` are ``numbers[starts[n]:starts[n + 1]]``, best first, of
    ``totals[n]``; beside them their ``scores``, ``counts`` of the features that they share with
    ``n``, and in ``reasons`` the places of the ``MAX_REASONS`` strongest of these among the
    features of ``n``.
    """

    days: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int64]
    numbers: npt.NDArray[np.int32]
    scores: npt.NDArray[np.float64]
    counts: npt.NDArray[np.uint16]
    reasons: npt.NDArray[np.uint16]
    totals: npt.NDArray[np.int32]

    def hold(self, day: date) -> bool:
        """Return whether the rankings are those of ``day``: which codes are retired changes."""
        return int(self.days[0]) <= day.toordinal() <= int(self.days[1])

    def covers(self, number: int, end: int) -> bool:
        """Return whether the first ``end`` neighbors of ``number`` are all here."""
        known = int(self.starts[number + 1] - self.starts[number])
        return end <= known or known == int(self.totals[number])

    def matches(self, ranker: Ranker, number: int, *, offset: int, limit: int) -> list[Match]:
        """Return neighbors of ``number`` from ``offset`` on, at most ``limit``, with reasons."""
        start, end = self.starts[number : number + 2].tolist()
        first = min(start + offset, end)
        last = min(first + limit, end)
        if first == last:
            return []
        numbers, scores = self.numbers[first:last], self.scores[first:last]
        places = self.reasons[first * MAX_REASONS : last * MAX_REASONS].reshape(-1, MAX_REASONS)
        features = ranker.evidence.features_of(number)
        return ranker.matches_of(number, numbers, scores, features[places], self.counts[first:last])


def rank_neighbors(
    evidence: Evidence,
    *,
    last_days: npt.NDArray[np.int32],
    day: date,
    processes: int = 1,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> RankedNeighbors:
    """Return the rankings of all concepts as they are on ``day``.

    ``last_days`` are the last days of validity as ordinals, 0 where there is none; ``progress`` is
    told how many of how many concepts are done. More than one process may be asked for only where
    the program's main module can be imported without running it.
    """
    today, count = day.toordinal(), len(evidence.ordinals)
    taken = ((last_days == 0) | (last_days >= today))[evidence.peers] & evidence.listed
    # Rankings hold until the day on which the next code is retired.
    coming = last_days[last_days >= today]
    until = int(coming.min()) if len(coming) else date.max.toordinal()
    parts = []
    for part in _all_chunks(evidence, taken, count, processes):
        parts.append(part)
        progress(min(len(parts) * _CHUNK, count), count)
    lengths, numbers, scores, counts, reasons, totals = (
        (np.concatenate(column) for column in zip(*parts, strict=True))
        if parts
        else (np.empty(0, np.int64) for _column in range(6))
    )
    return RankedNeighbors(
        days=np.array([today, until], np.int32),
        starts=np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)]).astype(np.int64),
        numbers=numbers.astype(np.int32),
        scores=scores.astype(np.float64),
        counts=counts.astype(np.uint16),
        reasons=reasons.astype(np.uint16),
        totals=totals.astype(np.int32),
    )


def cores() -> int:
    """Return how many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


Part = tuple[npt.NDArray[np.generic], ...]
_worker: list[tuple[Ranker, npt.NDArray[np.bool_]]] = []
"""What a process of the pool works on: set once when it starts, since it is large."""


def _all_chunks(
    evidence: Evidence, taken: npt.NDArray[np.bool_], count: int, processes: int
) -> Iterator[Part]:
    chunks = [range(at, min(at + _CHUNK, count)) for at in range(0, count, _CHUNK)]
    processes = min(processes, len(chunks))
    if processes <= 1:
        ranker = Ranker(evidence)
        yield from (_rank_chunk(ranker, taken, chunk) for chunk in chunks)
        return
    # Started afresh and not forked: the progress bar's thread would be forked in mid-step.
    with ProcessPoolExecutor(
        processes, get_context("spawn"), initializer=_start, initargs=(evidence, taken)
    ) as pool:
        yield from pool.map(_work, chunks)


def _start(evidence: Evidence, taken: npt.NDArray[np.bool_]) -> None:
    _worker.append((Ranker(evidence), taken))


def _work(chunk: range) -> Part:
    ranker, taken = _worker[0]
    return _rank_chunk(ranker, taken, chunk)


def _rank_chunk(ranker: Ranker, taken: npt.NDArray[np.bool_], chunk: range) -> Part:
    """Return lengths, numbers, scores, counts, reasons and totals of the concepts of a chunk."""
    rows: list[Part] = []
    for number in chunk:
        ranking = ranker.rank(number, limit=DEPTH, taken=taken)
        features = ranker.evidence.features_of(number)
        strongest, places, counts = ranker.strongest(number, ranking.numbers)
        # Where fewer are shared than are named, the place is -1 and stands for nothing.
        at = np.append(np.searchsorted(features, strongest), 0)
        rows.append(
            (
                np.array([len(ranking.numbers)]),
                ranking.numbers,
                ranking.scores,
                counts.astype(np.uint16),
                at[places].astype(np.uint16).ravel(),
                np.array([ranking.total]),
            )
        )
    return tuple(np.concatenate(column) for column in zip(*rows, strict=True))
