"""Text to ranked concepts: codes, whole names, words, beginnings of words, misspelled words.

The engine finds who has enough of what was asked; the best 300 are then ranked exactly. A score is
0..1: 1 for a code, .95 for a whole name, .9 for a whole synonym; otherwise up to .85, for the best
designation ``d`` of a concept::

    coverage = weight of the things asked that d has / weight of all things asked
    precision = information of the words of d that were asked for / of all words of d
    score = .85 · coverage · (.6 + .4 · precision) · (1 name, .98 synonym, .5 text of a page)

What has no code (alternatives, personnel, facets) scores .8 of that.

A thing weighs its information in nats; a word that stands for another counts less
(``service.query_reading``). Ties go to shorter names, then shorter codes, then smaller ids.
"""

import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt
from tantivy import Query

from service.codes import canonical_system, code_id, normalize
from service.errors import BadUserInputError
from service.lexicon import designations, name_key, words
from service.model import Concept
from service.query_reading import Reading, read_query
from service.search_engine import Group, SearchEngine
from service.search_index import FIRST, bare_code, qualified
from service.spans import spans
from service.store.base import GraphStore, Numbers, Selection

__all__ = ["MAX_QUERY_LENGTH", "Found", "Hit", "MatchField", "search"]

MAX_QUERY_LENGTH = 1_000
_MAX_WORDS = 50
_LONGEST_CODE = 40
"""The letters of a longer query are no code, with blanks and the name of its system."""
_RANKED = 300
"""So many of the best that the engine finds are ranked exactly."""
_ENOUGH = 10
_SOME = 0.4
"""Where fewer than enough have all that was asked, and no whole name or code was asked for, those
who have some of it are found too."""
_CODE, _NAME, _SYNONYM, _WORDS = 1.0, 0.95, 0.9, 0.85
_BY_COVERAGE = 0.6
_CODE_BEGUN = 0.8
"""The score of a code that begins as a query that has a digit."""
_UNFIT = 0.97
_UNCODED = 0.8
"""Who searches, searches codes first: what a concept without a code scores, a code scores more."""
_OF_SOURCE = np.array([1.0, 0.98, 0.5])
_BEGUN, _ALSO_BEGUN = 0.9, 0.5
"""What the beginning of a word counts, and where it is a word of its own: hepatitis C."""

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


class MatchField(StrEnum):
    """What of a concept the query met."""

    CODE = "CODE"
    NAME = "NAME"
    SYNONYM = "SYNONYM"
    TEXT = "TEXT"


@dataclass(frozen=True, slots=True)
class Hit:
    """A concept that was found, and the text of it that the query met.

    ``edit_distance`` is how many letters were changed in the query to meet it.
    """

    concept: Concept
    score: float
    matched_on: MatchField
    matched_text: str
    edit_distance: int


@dataclass(frozen=True, slots=True)
class _Answer:
    """A query, the best that the engine finds for it, and how many it finds in all."""

    query: Query
    best: Numbers
    total: int


class Found:
    """All that a query found; nothing is looked up before it is asked for."""

    def __init__(
        self,
        store: GraphStore,
        query: str,
        reading: Reading,
        whole: dict[int, float],
        answer: _Answer | None,
    ) -> None:
        self._store = store
        self._engine = store.search_engine
        self._query = query
        self._reading = reading
        self._whole = whole
        self._answer = answer
        begun = bare_code(query)
        self._code_begun = "" if begun.isalpha() else begun
        self._best: tuple[Numbers, Floats, Places] | None = None

    @property
    def total(self) -> int:
        """Return how many were found in all."""
        return self._answer.total if self._answer else 0

    @property
    def corrected(self) -> str | None:
        """Return the query as it was corrected, None where it was taken as it is."""
        instead = {c.asked: c.taken for c in self._reading.corrections}
        if not instead:
            return None
        return " ".join(instead.get(word, word) for word in words(self._query))

    def groups(self) -> dict[int, int]:
        """Return how many were found of each group of ``SearchIndex.groups``."""
        return self._engine.group_counts(self._answer.query) if self._answer else {}

    def hits(self, offset: int, limit: int) -> list[Hit]:
        """Return the hits from ``offset`` on, at most ``limit``, best first."""
        if self._answer is None:
            return []
        numbers, scores, met = self._ranked(self._answer)
        if len(numbers) < min(offset + limit, self.total):
            more, shares, _ = self._engine.find(self._answer.query, offset + limit)
            numbers = np.concatenate([numbers, more[_RANKED:]])
            rest = np.minimum(shares[_RANKED:] * _WORDS * _BY_COVERAGE, scores[-1])
            scores = np.concatenate([scores, rest])
            met = np.concatenate([met, self._judged(more[_RANKED:])[1]])
        page = slice(offset, offset + limit)
        concepts = self._store.concepts_at(numbers[page])
        found = (column[page].tolist() for column in (numbers, scores, met))
        return [self._hit(*row) for row in zip(concepts, *found, strict=True)]

    def _ranked(self, answer: _Answer) -> tuple[Numbers, Floats, Places]:
        """Return the best, ranked exactly: numbers, scores, places of what was met of each."""
        if self._best is None:
            found = answer.best
            scores, met = self._judged(found)
            for number, score in self._whole.items():
                scores[found == number] = score
            scores[~self._store.are_coded(found)] *= _UNCODED
            if self._code_begun:
                begun = [self._begins(concept) for concept in self._store.concepts_at(found)]
                scores[begun] = np.maximum(scores[begun], _CODE_BEGUN)
            order = np.argsort(-np.round(scores, 9), kind="stable")
            self._best = found[order], scores[order], met[order]
        return self._best

    def _begins(self, concept: Concept) -> bool:
        """Return whether the query is the beginning of a concept's code."""
        begun = self._code_begun
        return bool(begun and concept.code and bare_code(concept.code).startswith(begun))

    @cached_property
    def _judges(self) -> tuple["_Judge", "_Judge"]:
        """Return who judges procedures, and who all else."""
        qualifiers = qualified(self._query)
        return (
            _Judge(self._engine, self._reading.procedures, qualifiers),
            _Judge(self._engine, self._reading.others, qualifiers),
        )

    def _judged(self, numbers: Numbers) -> tuple[Floats, Places]:
        """Return scores by words, and the places of the designations that they are for."""
        scores, met = np.zeros(len(numbers)), np.zeros(len(numbers), np.int64)
        is_procedure = self._store.are_procedures(numbers)
        for judge, side in zip(self._judges, (is_procedure, ~is_procedure), strict=True):
            if side.any():
                scores[side], met[side] = judge.judged(numbers[side])
        return scores, met

    def _hit(self, concept: Concept, number: int, score: float, met: int) -> Hit:
        if self._whole.get(number) == _CODE or (score == _CODE_BEGUN and self._begins(concept)):
            return Hit(concept, score, MatchField.CODE, concept.code or concept.id, 0)
        texts = designations(concept)
        if number in self._whole:
            key = name_key(self._query)
            text = next((text for text in texts if name_key(text) == key), concept.name)
            return Hit(concept, score, _field(concept, text), text, 0)
        edits = sum(correction.distance for correction in self._reading.corrections)
        if met < len(texts):
            return Hit(concept, round(score, 6), _field(concept, texts[met]), texts[met], edits)
        return Hit(concept, round(score, 6), MatchField.TEXT, self._line(concept), edits)

    def _line(self, concept: Concept) -> str:
        """Return the line of a concept's page that has most of the words asked for."""
        page = self._store.pages([concept.id])[0]
        lines = [line.strip(" •") for line in page.text.splitlines()] if page else []
        asked = set(words(self._query))
        return max(lines, key=lambda line: len(asked & set(words(line))), default=concept.name)


def _field(concept: Concept, text: str) -> MatchField:
    own = text in (concept.name, concept.title)
    return MatchField.NAME if own else MatchField.SYNONYM


def search(store: GraphStore, query: str, *, selection: Selection, day: date) -> Found:
    """Return every concept of ``selection`` that ``query`` finds, best first.

    Raises ``BadUserInputError`` where the query is longer than 1,000 characters or 50 words. A
    query without any letter or digit finds nothing.
    """
    if len(query) > MAX_QUERY_LENGTH:
        raise BadUserInputError(f"text has more than {MAX_QUERY_LENGTH} characters")
    if len(words(query)) > _MAX_WORDS:
        raise BadUserInputError(f"text has more than {_MAX_WORDS} words")
    engine = store.search_engine
    reading = read_query(engine, query)
    whole = {
        number: _NAME if own else _SYNONYM
        for number, own in store.lexicon.bearers_of_name(name_key(query))
    }
    whole |= dict.fromkeys(_coded(store, query), _CODE)
    answer = _asked(engine, reading, whole, store.selected_groups(selection, day=day))
    return Found(store, query, reading, whole, answer)


def _asked(
    engine: SearchEngine, reading: Reading, whole: dict[int, float], groups: npt.NDArray[np.bool_]
) -> _Answer | None:
    """Return what the engine is asked, and its answer; None where there is nothing to ask.

    It is asked for all things that the text names; for some of them where few have all, and for
    any of them where nobody has so many. Pages whose text has all of them are found too, and are
    not enough.
    """
    certain = [engine.concepts([number], 1 + score) for number, score in whole.items()]
    readings = zip((reading.procedures, reading.others), "po", engine.sides(groups), strict=True)
    sides = [(things, side) for things, side, wanted in readings if things and wanted]
    if not certain and not sides:
        return None
    on_pages = engine.any_of([engine.on_pages(things, s) for things, s in sides], groups)
    pages = engine.find(on_pages, 1)[2]
    for part, enough in ((1.0, 1 if whole else _ENOUGH), (_SOME, 1), (0.0, 0)):
        parts = [engine.reading(things, side, part) for things, side in sides]
        query = engine.any_of([*parts, *certain, *([on_pages] if pages else [])], groups)
        found, _, total = engine.find(query, _RANKED)
        if total >= enough + pages:
            break
    return _Answer(query, found, total)


def _coded(store: GraphStore, query: str) -> list[int]:
    """Return the codes that ``query`` is, in any system and any writing."""
    if len(query) > _LONGEST_CODE:
        return []
    system, colon, code = unicodedata.normalize("NFKC", query).partition(":")
    given = canonical_system(system) if colon else None
    ids = [
        code_id(loaded.name, normal)
        for loaded in store.code_systems
        if given in (None, loaded.name)
        and (normal := normalize(loaded.name, code if colon else system)) is not None
    ]
    numbers = store.numbers(ids)
    return [int(n) for n in numbers if n >= 0]


class _Judge:
    """Scores concepts by what their designations have of the things asked for."""

    def __init__(self, engine: SearchEngine, things: Sequence[Group], qualifiers: int) -> None:
        self._index = engine.index
        self._qualified = np.array([_fit(qualifiers, other) for other in range(4)])
        self._weights = np.array([weight for _, weight, _ in things])
        meant: list[tuple[int, int, float]] = []
        for n, (roots, _, beginning) in enumerate(things):
            places = {self._place(token): usual for token, usual in roots.items()}
            if beginning:
                begun = beginning.removeprefix(FIRST)
                last = bisect_left(self._index.roots, begun + "\uffff")
                for place in range(bisect_left(self._index.roots, begun), last):
                    places.setdefault(place, _ALSO_BEGUN if roots else _BEGUN)
            meant += [(place, n, usual) for place, usual in places.items()]
        meant.sort()
        self._tokens = np.array([place for place, _, _ in meant], np.int32)
        self._things = np.array([thing for _, thing, _ in meant], np.int64)
        self._usual = np.array([usual for _, _, usual in meant])

    def _place(self, token: str) -> int:
        return bisect_left(self._index.roots, token)

    def judged(self, numbers: Numbers) -> tuple[Floats, Places]:
        """Return the score of each concept, and which of its designations has it."""
        index = self._index
        if not len(self._weights):
            return np.zeros(len(numbers)), np.zeros(len(numbers), np.int64)
        texts, owner = spans(index.owners, numbers)
        places, text = spans(index.starts, texts)
        tokens = index.tokens[places]
        first = np.searchsorted(self._tokens, tokens)
        last = np.searchsorted(self._tokens, tokens, side="right")
        asked = np.flatnonzero(first < last)
        had = np.zeros((len(texts), len(self._weights)))
        for step in range(int((last - first).max(initial=0))):
            met = asked[first[asked] + step < last[asked]]
            at = first[met] + step
            np.maximum.at(had, (text[met], self._things[at]), self._usual[at])
        coverage = had @ self._weights / self._weights.sum()
        content = np.bincount(text[asked], index.content[tokens[asked]], len(texts))
        masses = np.maximum(index.masses[texts], 1e-9)
        precision = np.minimum(content / masses, 1.0)
        scores = _WORDS * coverage * (_BY_COVERAGE + (1 - _BY_COVERAGE) * precision)
        scores *= _OF_SOURCE[index.sources[texts]] * self._qualified[index.qualifiers[texts]]
        best = np.lexsort((np.arange(len(texts)), -scores, owner))
        _, chosen = np.unique(owner[best], return_index=True)
        winners = best[chosen]
        return scores[winners], texts[winners] - index.owners[numbers]


def _fit(asked: int, has: int) -> float:
    """Return how well a name qualified by ``has`` fits a query qualified by ``asked``.

    "Other" is meant where it is said, and only there. "Unspecified" is meant where it is said, and
    where nothing more exact is.
    """
    other = _UNFIT if (asked ^ has) & 2 else 1.0
    return other * (_UNFIT if asked & 1 and not has & 1 else 1.0)
