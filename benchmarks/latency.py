"""Latencies of similar codes, paths and neighborhoods on a snapshot, hubs included.

    python -m benchmarks.latency DATA

Prints p50 and p99 in microseconds over seeded random codes, and over the concepts with the most
edges. Nothing is cached between calls but what a server would have cached.
"""

import random
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from service.model import ConceptId, Relation
from service.neighbors import RankedNeighbors
from service.ranking import Ranker
from service.similarity import explain_matches, similar_page
from service.snapshot import open_snapshot
from service.store.base import Selection
from service.store.memory import MemoryStore
from service.traversal import neighborhood, shortest_paths

TODAY = datetime.now(UTC).date()


def timed(title: str, call: Callable[..., object], asked: Iterable[tuple[object, ...]]) -> None:
    """Print how long ``call`` takes for each of ``asked``."""
    taken = []
    for arguments in asked:
        begun = time.perf_counter_ns()
        call(*arguments)
        taken.append((time.perf_counter_ns() - begun) / 1_000)
    p50, p99 = np.percentile(taken, [50, 99])
    print(f"{title:<52} p50 {p50:9.1f} us   p99 {p99:9.1f} us   n {len(taken)}")


def similar(store: MemoryStore, ids: list[ConceptId]) -> None:
    """Print the latencies of similar codes."""
    ranker, ranked = store.ranker, store.ranked_neighbors
    numbers = store.numbers(ids).tolist()
    ask = [(n,) for n in numbers]
    timed("similar: stored ranking and reasons, 10", lambda n: stored(ranked, ranker, n), ask)
    everyone = [(i,) for i in ids]
    live = {
        "similar: one system, live": {
            "selection": Selection(systems=("ICD10PCS", "ICD10CM"), include_retired=False)
        },
        "similar: via HAS_FACET and IS_A, live": {"via": [Relation.HAS_FACET, Relation.IS_A]},
        "similar: via TITLE_WORD, live": {"via": [Relation.TITLE_WORD]},
        "similar: minScore 0.3, live": {"min_score": 0.3},
        "similar: with retired codes, live": {"selection": Selection()},
    }
    timed("similar: page of 10 by id", lambda i: similar_page(store, i, day=TODAY), everyone)
    timed("similar: the same, in words", lambda i: in_words(store, i), everyone)
    for title, options in live.items():
        timed(title, lambda i, o=options: similar_page(store, i, day=TODAY, **o), everyone)


def stored(ranked: RankedNeighbors, ranker: Ranker, number: int) -> object:
    """Return the ten nearest as they are stored."""
    return ranked.matches(ranker, number, offset=0, limit=10)


def in_words(store: MemoryStore, concept_id: ConceptId) -> object:
    """Return the ten nearest, explained."""
    return explain_matches(store, concept_id, similar_page(store, concept_id, day=TODAY).matches)


def walks(store: MemoryStore, ids: list[ConceptId], hubs: list[ConceptId]) -> None:
    """Print the latencies of paths and neighborhoods."""
    rng = random.Random(7)  # noqa: S311
    pairs = [(rng.choice(ids), rng.choice(ids)) for _ in range(500)]
    to_hubs = [(rng.choice(ids), rng.choice(hubs)) for _ in range(250)]
    between = [(a, b) for a in hubs[:16] for b in hubs[:16] if a != b]
    for title, asked in (("codes", pairs), ("code to hub", to_hubs), ("hub to hub", between)):
        timed(f"paths of four hops: {title}", lambda a, b: shortest_paths(store, a, b), asked)
    timed("neighborhood, depth 1: codes", lambda i: neighborhood(store, i), [(i,) for i in ids])
    timed("neighborhood, depth 1: hubs", lambda i: neighborhood(store, i), [(i,) for i in hubs])
    deep = [(i,) for i in ids[:100] + hubs]
    timed("neighborhood, depth 2", lambda i: neighborhood(store, i, depth=2), deep)


def main(data: Path) -> None:
    """Measure the snapshot in ``data``."""
    store = MemoryStore(open_snapshot(data))
    rng = random.Random(7)  # noqa: S311
    arrays = store._snapshot.arrays
    coded = np.flatnonzero(arrays["systems"] >= 0)
    ids = [c.id for c in store.concepts_at(rng.sample(coded.tolist(), 1_000))]
    degree = np.diff(arrays["edge_starts"]) + np.diff(arrays["in_starts"])
    hubs = [c.id for c in store.concepts_at(np.argsort(-degree)[:40].tolist())]
    similar(store, ids[:20])  # what a server has opened before the first question
    print("warm:")
    similar(store, ids)
    walks(store, ids, hubs)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
