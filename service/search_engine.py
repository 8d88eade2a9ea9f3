"""The search engine over the files of a snapshot: who bears which roots, and how many do."""

import math
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tantivy
from tantivy import Occur, Query

from service.search_index import SearchIndex, engine_schema
from service.whole_files import write_whole

__all__ = ["Group", "SearchEngine", "Weighted"]

Weighted = Mapping[str, float]
"""Roots that may stand for a word, each with a weight 0..1."""

Group = tuple[Weighted, float, str]
"""The roots that stand for one thing that was asked, what it says in nats, and the beginning of
words that stands for it too, or nothing."""


_IN_PAGE = 0.3
"""How much all words in the text of a page count, where those in a name count 1."""


_TELLING = 0.45
"""A word that says less than this part of what the most telling word says is not asked for."""


def _lay_out(index: SearchIndex, folder: Path) -> None:
    """Write the files that ``folder`` lacks or has otherwise; other processes may do the same."""
    spans = pairwise(index.engine_starts.tolist())
    for name, (start, end) in zip(index.engine_names, spans, strict=True):
        wanted = index.engine[start:end]
        if not _is_file_of(folder / name, wanted):
            write_whole(folder, wanted.tofile, name)


def _is_file_of(path: Path, wanted: npt.NDArray[np.uint8]) -> bool:
    try:
        return np.array_equal(np.fromfile(path, np.uint8), wanted)
    except FileNotFoundError:
        return False


class SearchEngine:
    """Runs queries. Safe to share between threads.

    The engine wants its files in a folder of their own, which it can lock. That is ``home``, where
    processes share them, compared with ``index`` by each. Without it, or where it cannot be
    written, it is a folder that is removed as soon as its files are open.
    """

    def __init__(self, index: SearchIndex, home: Path | None = None) -> None:
        self.index = index
        self._schema = engine_schema()
        self._searcher = self._opened(home)

    def _opened(self, home: Path | None) -> tantivy.Searcher:
        if home is not None:
            with suppress(OSError, ValueError):
                home.mkdir(exist_ok=True)
                _lay_out(self.index, home)
                return tantivy.Index.open(str(home)).searcher()
        # A searcher has its files mapped and needs no names for them: nothing is left, however the
        # process ends. (A thread of the engine may look into the folder once more meanwhile.)
        private = tempfile.TemporaryDirectory(prefix="medcodegraph-", ignore_cleanup_errors=True)
        with private as folder:
            _lay_out(self.index, Path(folder))
            return tantivy.Index.open(folder).searcher()

    def reading(self, groups: Sequence[Group], side: str, part: float) -> Query:
        """Return the query for ``part`` of ``groups`` at least, or one; its score is their share.

        Groups that say little beside the others count in the score and are not asked for: nearly
        everyone has them. ``side`` is "p" for procedures and "o" for all else.
        """
        everything = sum(weight for _, weight, _ in groups)
        telling = _TELLING * max(weight for _, weight, _ in groups)
        strong = [self._group(g, everything) for g in groups if g[1] >= telling]
        weak = [self._group(g, everything) for g in groups if g[1] < telling]
        met = Query.boolean_query(
            [(Occur.Should, query) for query in strong],
            minimum_number_should_match=max(1, math.ceil(part * len(strong))),
        )
        needed = [(Occur.Must, met), (Occur.Must, self._silent("side", side))]
        return Query.boolean_query(needed + [(Occur.Should, query) for query in weak])

    def on_pages(self, groups: Sequence[Group], side: str) -> Query:
        """Return the query for pages whose text has all of ``groups``."""
        share = _IN_PAGE / max(len(groups), 1)
        every = [
            Query.boolean_query([(Occur.Should, self._term("page", r, share)) for r in roots])
            for roots, _, _ in groups
        ]
        return Query.boolean_query(
            [(Occur.Must, query) for query in (*every, self._silent("side", side))]
        )

    def _group(self, group: Group, everything: float) -> Query:
        roots, weight, beginning = group
        share = weight / everything if everything else 1.0
        terms = [self._term("root", root, share * usual) for root, usual in roots.items()]
        if beginning:
            terms.append(self._term("beginning", beginning, share))
        return Query.disjunction_max_query(terms) if len(terms) > 1 else terms[0]

    def _term(self, field: str, value: str, score: float) -> Query:
        found = Query.term_query(self._schema, field, value, index_option="basic")
        return Query.const_score_query(found, score)

    def _silent(self, field: str, value: str) -> Query:
        return self._term(field, value, 0.0)

    def concepts(self, numbers: Sequence[int], score: float) -> Query:
        """Return the query for certain concepts."""
        return Query.const_score_query(
            Query.term_set_query(self._schema, "number", list(numbers)), score
        )

    def any_of(self, queries: Sequence[Query], groups: npt.NDArray[np.bool_]) -> Query:
        """Return the query for any of ``queries`` among the ``groups`` that are wanted."""
        found = Query.boolean_query([(Occur.Should, query) for query in queries])
        if groups.all():
            return found
        wanted = Query.term_set_query(self._schema, "group", np.flatnonzero(groups).tolist())
        return Query.boolean_query(
            [(Occur.Must, found), (Occur.Must, Query.const_score_query(wanted, 0.0))]
        )

    def sides(self, groups: npt.NDArray[np.bool_]) -> tuple[bool, bool]:
        """Return whether any of ``groups`` is of procedures, and any of all else."""
        procedures = self.index.procedures[groups]
        return bool(procedures.any()), not bool(procedures.all())

    def find(
        self, query: Query, limit: int
    ) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float64], int]:
        """Return the numbers of the ``limit`` best, their scores, and how many there are in all."""
        found = self._searcher.search(query, limit=max(limit, 1), count=True)
        docs = np.array([address.doc for _, address in found.hits], np.int64)
        scores = np.array([score for score, _ in found.hits], np.float64)
        return self.index.order[docs], scores, int(getattr(found, "count", 0) or 0)

    def group_counts(self, query: Query) -> dict[int, int]:
        """Return how many of each group a query finds."""
        terms = {"field": "group", "size": max(len(self.index.examples), 1)}
        answer = self._searcher.aggregate(query, {"groups": {"terms": terms}})
        return Counter({int(b["key"]): b["doc_count"] for b in answer["groups"]["buckets"]})

    def spelled_like(self, word: str, distance: int) -> list[int]:
        """Return which ``spellings`` are at most ``distance`` (1 or 2) edits from ``word``."""
        query = Query.fuzzy_term_query(self._schema, "spelling", word, distance)
        first = len(self.index.order)
        return [address.doc - first for _, address in self._searcher.search(query, 200).hits]
