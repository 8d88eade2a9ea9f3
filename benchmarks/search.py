"""Latency of text search in process, by kind of query.

    python -m benchmarks.search DATA          # the snapshot in DATA
    python -m benchmarks.search --synthetic   # two million synthetic names

Queries are made from the names themselves, seeded: words as they are typed, single words, two and
three words, words with one letter wrong, whole names, codes. Ten hits are made, with their texts;
facets are timed apart.
"""

import random
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt

from benchmarks.latency import timed
from service.lexicon import STOP_WORDS, words
from service.model import CodeSystem, Concept, ConceptId, ConceptKind
from service.search import search
from service.search_engine import SearchEngine
from service.search_index import build_search_index
from service.snapshot import open_snapshot
from service.store.base import GraphStore, Selection
from service.store.memory import MemoryStore

TODAY = datetime.now(UTC).date()
_EACH = 500


def queries(names: Sequence[str], codes: Sequence[str]) -> dict[str, list[str]]:
    """Return queries by kind, made of ``names`` and ``codes``."""
    rng = random.Random(7)  # noqa: S311  queries to measure
    telling = [[w for w in words(name) if w not in STOP_WORDS and len(w) > 3] for name in names]
    telling = [found for found in telling if len(found) >= 3]

    def some(count: int) -> list[str]:
        return [" ".join(rng.sample(rng.choice(telling), count)) for _ in range(_EACH)]

    def wrong(word: str) -> str:
        at = rng.randrange(1, len(word) - 1)
        return word[:at] + word[at + 1 :]

    return {
        "1 letter": [rng.choice("abcdefghijklmnoprstuvw") for _ in range(_EACH)],
        "2 letters": [word[:2] for word in some(1)],
        "3 letters": [word[:3] for word in some(1)],
        "one word": some(1),
        "two words": some(2),
        "three words": some(3),
        "one word, a letter left out": [wrong(word) for word in some(1)],
        "three words, a letter left out": [wrong(text) for text in some(3)],
        "a whole name": [rng.choice(names) for _ in range(_EACH)],
        "a code": [rng.choice(codes) for _ in range(_EACH)],
    }


def measure(store: GraphStore, asked: dict[str, list[str]]) -> None:
    """Print the latency of each kind of query, and of all together."""

    def ten(query: str) -> None:
        search(store, query, selection=Selection(), day=TODAY).hits(0, 10)

    def facets(query: str) -> None:
        search(store, query, selection=Selection(), day=TODAY).groups()

    together = [(query,) for kind in asked.values() for query in kind]
    for (query,) in together[::10]:
        ten(query)
    for kind, texts in asked.items():
        timed(kind, ten, [(text,) for text in texts])
    timed("all, ten hits", ten, together)
    timed("all, facets instead of hits", facets, together)


class _Synthetic:
    """What search asks of a store, for names without a graph."""

    def __init__(self, concepts: list[Concept]) -> None:
        self._concepts = concepts
        begun = time.perf_counter()
        index = build_search_index(
            concepts,
            page_of=lambda _concept: None,
            groups=np.zeros(len(concepts), np.int32),
            examples=np.zeros(1, np.int32),
        )
        took = time.perf_counter() - begun
        print(f"{len(concepts):,} names: {took:.0f} s, engine {index.engine.nbytes / 1e6:.0f} MB")
        self.search_engine = SearchEngine(index)
        self.lexicon = self
        self.code_systems: tuple[CodeSystem, ...] = ()

    def bearers_of_name(self, _key: str) -> list[tuple[int, bool]]:
        return []

    def numbers(self, ids: Sequence[str]) -> npt.NDArray[np.int32]:
        return np.full(len(ids), -1, np.int32)

    def selected_groups(self, _selection: Selection, **_day: object) -> npt.NDArray[np.bool_]:
        return np.ones(1, np.bool_)

    def are_procedures(self, numbers: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
        return np.zeros(len(numbers), np.bool_)

    def are_coded(self, numbers: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
        return np.ones(len(numbers), np.bool_)

    def concepts_at(self, numbers: Sequence[int]) -> list[Concept]:
        return [self._concepts[number] for number in numbers]


def _invented(count: int) -> list[Concept]:
    """Return conditions with names of three to seven words, some used far more than others."""
    rng = np.random.default_rng(2026)
    letters = np.array(list("aeioubcdfghklmnprstv"))
    vocabulary = ["".join(rng.choice(letters, size)) for size in rng.integers(4, 12, 60_000)]
    chance = 1.0 / np.arange(1, len(vocabulary) + 1)
    lengths = rng.integers(3, 8, count)
    drawn = rng.choice(len(vocabulary), int(lengths.sum()), p=chance / chance.sum()).tolist()
    ends = np.cumsum(lengths).tolist()
    return [
        Concept(
            ConceptId(f"MADE:{n}"),
            ConceptKind.CONDITION,
            " ".join(vocabulary[word] for word in drawn[end - length : end]),
            system="MADE",
            code=f"{n}",
        )
        for n, (end, length) in enumerate(zip(ends, lengths.tolist(), strict=True))
    ]


def main(wanted: str) -> None:
    """Measure a snapshot, or two million invented names."""
    rng = random.Random(7)  # noqa: S311  queries to measure
    if wanted == "--synthetic":
        concepts = _invented(2_000_000)
        store = cast(GraphStore, _Synthetic(concepts))
    else:
        store = MemoryStore(open_snapshot(Path(wanted)))
        concepts = [c for c in store.concepts_at(range(store.node_count)) if c.code is not None]
    sample = rng.sample(concepts, 20_000)
    measure(store, queries([c.name for c in sample], [c.code or "" for c in sample]))


if __name__ == "__main__":
    main(sys.argv[1])
