"""Text to ranked concepts: codes, whole names, all words, the beginning of the last word.

A score is 0..1: 1 for a code, .95 for a whole name, .9 for a whole synonym; otherwise up to .85,
the share of the query's words that a concept bears (rare words count for more, with weights
``ln(concepts / bearers)``), less the more words its name has besides. Ties go to the smaller id.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from service.codes import canonical_system, code_id, normalize
from service.errors import BadUserInputError
from service.lexicon import STOP_WORDS, designations, name_key, words
from service.model import Concept
from service.store.base import GraphStore, Numbers, Selection

__all__ = ["MAX_QUERY_LENGTH", "Found", "Hit", "MatchField", "search"]

MAX_QUERY_LENGTH = 1_000
_MAX_WORDS = 50
_LONG_NAME_PENALTY = 0.1


class MatchField(StrEnum):
    """What of a concept the query met."""

    CODE = "CODE"
    NAME = "NAME"
    SYNONYM = "SYNONYM"
    TEXT = "TEXT"


@dataclass(frozen=True, slots=True)
class Hit:
    """A concept that was found, and the text of it that the query met."""

    concept: Concept
    score: float
    matched_on: MatchField
    matched_text: str


@dataclass(frozen=True, slots=True)
class Found:
    """All that a query found, by number, best first."""

    query: str
    numbers: Numbers
    scores: npt.NDArray[np.float64]

    def hits(self, store: GraphStore, offset: int, limit: int) -> list[Hit]:
        """Return the hits from ``offset`` on."""
        page = slice(offset, offset + limit)
        concepts = store.concepts_at(self.numbers[page])
        scores = self.scores[page].tolist()
        return [_hit(self.query, c, score) for c, score in zip(concepts, scores, strict=True)]


def search(store: GraphStore, query: str, *, selection: Selection, day: date) -> Found:
    """Return every concept of ``selection`` that ``query`` finds, best first.

    Raises ``BadUserInputError`` where the query is longer than 1,000 characters or 50 words. A
    query without any letter or digit finds nothing.
    """
    if len(query) > MAX_QUERY_LENGTH:
        raise BadUserInputError(f"text has more than {MAX_QUERY_LENGTH} characters")
    asked = list(dict.fromkeys(words(query)))
    if len(asked) > _MAX_WORDS:
        raise BadUserInputError(f"text has more than {_MAX_WORDS} words")
    scores = _score_words(store, asked)
    for number, own in store.lexicon.bearers_of_name(name_key(query)):
        scores[number] = max(scores[number], 0.95 if own else 0.9)
    for number in _coded(store, query):
        scores[number] = 1.0
    scores[~store.selected(selection, day=day)] = 0.0
    found = np.flatnonzero(scores)
    order = np.lexsort((found, -np.round(scores[found], 9)))
    return Found(query, found[order].astype(np.int32), scores[found[order]])


def _coded(store: GraphStore, query: str) -> list[int]:
    system, colon, code = query.partition(":")
    given = canonical_system(system) if colon else None
    ids = [
        code_id(loaded.name, normal)
        for loaded in store.code_systems
        if given in (None, loaded.name)
        and (normal := normalize(loaded.name, code if colon else query)) is not None
    ]
    numbers = store.numbers(ids)
    return [int(n) for n in numbers if n >= 0]


def _bearers(store: GraphStore, word: str, *, prefix: bool) -> Numbers:
    """Return who has ``word`` in a designation, or any word that begins with it."""
    lexicon = store.lexicon
    first = bisect_left(lexicon.vocabulary, word)
    last = bisect_left(lexicon.vocabulary, word + "\uffff") if prefix else first
    if not prefix and first < len(lexicon.vocabulary) and lexicon.vocabulary[first] == word:
        last = first + 1
    return np.unique(lexicon.holders[lexicon.starts[first] : lexicon.starts[last]])


def _score_words(store: GraphStore, asked: Sequence[str]) -> npt.NDArray[np.float64]:
    scores = np.zeros(store.node_count)
    telling = [word for word in asked if word not in STOP_WORDS] or list(asked)
    if not telling:
        return scores
    everyone = 0.0
    met = np.zeros(store.node_count, np.int16)
    for word in telling:
        whole = _bearers(store, word, prefix=False)
        begun = _bearers(store, word, prefix=True) if word == telling[-1] else whole
        weight = np.log(1 + store.node_count / max(1, len(begun)))
        everyone += weight
        scores[begun] += 0.8 * weight
        scores[whole] += 0.2 * weight
        met[begun] += 1
    needed = int(met.max())
    scores[met < needed] = 0.0
    if needed < len(telling):
        scores *= scores >= everyone / 2
    lengths = _name_lengths(store)
    brevity = 1 - _LONG_NAME_PENALTY * np.log1p(np.maximum(lengths - len(telling), 0))
    return 0.85 * scores / everyone * np.clip(brevity, 0.1, 1.0)


def _name_lengths(store: GraphStore) -> npt.NDArray[np.int64]:
    """Return how many different words each concept's own name has."""
    lexicon = store.lexicon
    return np.bincount(lexicon.holders[lexicon.in_name], minlength=store.node_count)


def _hit(query: str, concept: Concept, score: float) -> Hit:
    if score == 1.0 and concept.code is not None:
        return Hit(concept, score, MatchField.CODE, concept.code)
    asked = set(words(query))
    texts = designations(concept)
    key = name_key(query)
    best = max(
        texts,
        key=lambda text: (
            name_key(text) == key,
            len(asked & set(words(text))),
            -len(text),
            text,
        ),
    )
    own = best in (concept.name, concept.title)
    return Hit(concept, round(score, 6), MatchField.NAME if own else MatchField.SYNONYM, best)
