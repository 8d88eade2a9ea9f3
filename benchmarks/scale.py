"""Similar codes on a synthetic graph: live and stored rankings, and what the ranking of all costs.

    python -m benchmarks.scale [CONCEPTS]

Two million concepts by default, ten things known of each: three by axes of few values, which
hundreds of thousands share, four words and three rarer things. Everything is drawn from one seed.
The ranking of all is timed on a sample and multiplied.
"""

import os
import resource
import sys
import time

import numpy as np

from benchmarks.latency import timed
from service.evidence import Evidence, arrange
from service.model import ConceptKind, Relation
from service.neighbors import DEPTH
from service.ranking import Ranker

_POOLS = ((20, 1.0), (100, 1.0), (10, 0.0), *((20_000, 1.0),) * 4, *((200_000, 0.5),) * 3)
"""Values to draw from, one pool for each thing known, and how uneven the drawing is."""

_KINDS = (ConceptKind.PROCEDURE, ConceptKind.CONDITION)
_SAMPLE = 2_000


def drawn(concepts: int) -> Evidence:
    """Return the evidence of ``concepts``, half procedures and half conditions."""
    rng = np.random.default_rng(2026)
    kinds = np.arange(concepts) % 2
    pairs = []
    first = 0
    for size, uneven in _POOLS:
        weight = 1.0 / np.arange(1, size + 1) ** uneven
        values = rng.choice(size, concepts, p=weight / weight.sum())
        pairs.append((first + values * 2 + kinds).astype(np.int64) * concepts + np.arange(concepts))
        first += size * 2
    known = np.unique(np.concatenate(pairs))
    feature, holders = np.divmod(known, concepts)
    _, counts = np.unique(feature, return_counts=True)
    facet = list(Relation).index(Relation.HAS_FACET)
    return arrange(
        kinds=np.array([list(ConceptKind).index(kind) for kind in _KINDS], np.uint8)[kinds],
        listed=np.ones(concepts, np.bool_),
        holders=holders.astype(np.int32),
        holder_counts=counts,
        relation=np.full(len(counts), facet, np.uint8),
        node=np.full(len(counts), -1, np.int32),
        word=np.full(len(counts), -1, np.int32),
        scale=np.ones(len(counts)),
        words=[],
    )


def live(ranker: Ranker, sample: list[int], title: str, relation: Relation | None = None) -> None:
    """Print the latency of ten live matches with their reasons."""
    via = frozenset([relation]) if relation else None

    def ten(number: int) -> None:
        ranking = ranker.rank(number, limit=10, via=via)
        ranker.matches(number, ranking.numbers.tolist(), ranking.scores.tolist(), via)

    for number in sample[:50]:
        ten(number)
    timed(title, ten, [(number,) for number in sample])


def main(concepts: int) -> None:
    """Measure ``concepts`` concepts."""
    begun = time.perf_counter()
    evidence = drawn(concepts)
    held = len(evidence.features)
    print(f"{concepts:,} concepts, {held:,} edges, {time.perf_counter() - begun:.0f} s to draw")
    ranker = Ranker(evidence)
    rng = np.random.default_rng(7)
    sample = rng.choice(concepts, _SAMPLE, replace=False).tolist()
    live(ranker, sample, "similar, live")
    live(ranker, sample, "similar, live, one relation", Relation.HAS_FACET)
    begun = time.perf_counter()
    for number in sample:
        ranking = ranker.rank(number, limit=DEPTH)
        ranker.strongest(number, ranking.numbers)
    each = (time.perf_counter() - begun) / _SAMPLE
    print(f"ranking 50 for one: {each * 1e3:.2f} ms; for all on one core: {each * concepts:,.0f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"peak memory {peak:.1f} GB, {os.cpu_count()} cores")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000)
