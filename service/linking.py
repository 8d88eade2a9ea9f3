"""Free text to concepts: the longest names that stand in a text, with offsets and negation.

Plain for now: a match is a whole name or synonym (``service.lexicon.name_key``), in the singular
or the plural, of at most eight words. The longest match wins and matches do not overlap.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from service.codes import is_phrase
from service.lexicon import STOP_WORDS, name_key, words
from service.model import Concept, ConceptId, ConceptKind
from service.store.base import GraphStore

__all__ = ["Bearer", "Link", "NameTable", "Names", "StoredNames", "link"]

_LONGEST_NAME = 8
# A word, or the end of a sentence, which no name has inside; "St." and the like end none.
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[;!?]|(?<=\w{4})\.(?=\s)|\n\s*\n")
_NEGATED_BEFORE = re.compile(
    r"\b(?:no|not|without|denies|denied|negative for|no history of|rules? out|ruled out|absence of)"
    r"(?:\s+[\w'’-]+){0,4}\s*$",
    re.IGNORECASE,
)
_REJECTED = r"(?:declined|refused|denied|absent|ruled out)"
# Without "was", a word that follows is an object: "nurse declined fluids" denies no nurse.
_NEGATED_AFTER = re.compile(
    rf"^\s*(?:(?:is|was|were|are|has been|have been)\s+{_REJECTED}\b"
    rf"|{_REJECTED}\s*(?:$|[,)]|(?:and|at|by|or|today)\b))",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[.;:!?]|\bbut\b|\bhowever\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Bearer:
    """A concept that bears a name; ``own`` where it is its name and no synonym."""

    concept_id: ConceptId
    kind: ConceptKind
    own: bool


class Names(Protocol):
    """Who bears a name."""

    def bearers(self, key: str) -> Sequence[Bearer]:
        """Return the bearers of a name in the form of ``name_key``, best first."""
        ...


@dataclass(frozen=True, slots=True)
class Link:
    """A concept named in a text: ``text[start:end]``, in code points; confidence 0..1."""

    start: int
    end: int
    concept_id: ConceptId
    confidence: float
    negated: bool


def _best_first(bearers: list[Bearer]) -> list[Bearer]:
    """Return coded concepts before phrases, own names before synonyms, then shorter ids.

    A broader code is shorter than a narrow one.
    """
    return sorted(
        bearers,
        key=lambda b: (is_phrase(b.concept_id), not b.own, len(b.concept_id), b.concept_id),
    )


class NameTable:
    """The names of concepts in memory, for linking while a graph is built."""

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self._table: dict[str, list[Bearer]] = {}
        for concept in concepts:
            for text in (concept.name, *concept.synonyms):
                key = name_key(text)
                if key and key.count(" ") < _LONGEST_NAME:
                    bearer = Bearer(concept.id, concept.kind, text == concept.name)
                    self._table.setdefault(key, []).append(bearer)

    def bearers(self, key: str) -> Sequence[Bearer]:
        """Return the bearers of a name, best first."""
        return _best_first(self._table.get(key, []))


class StoredNames:
    """The names of a store's lexicon, for linking while requests are served."""

    def __init__(self, store: GraphStore) -> None:
        self._store = store

    def bearers(self, key: str) -> Sequence[Bearer]:
        """Return the bearers of a name, best first."""
        found = self._store.lexicon.bearers_of_name(key)
        concepts = self._store.concepts_at([number for number, _own in found])
        return _best_first(
            [Bearer(c.id, c.kind, own) for c, (_n, own) in zip(concepts, found, strict=True)]
        )


def _singular(key: str) -> str | None:
    """Return ``key`` with its last word in the singular, None where it is no plural."""
    if key.endswith("ies") and len(key) > 4:
        return f"{key[:-3]}y"
    return key[:-1] if key.endswith("s") and not key.endswith("ss") and len(key) > 3 else None


def _negated(text: str, start: int, end: int) -> bool:
    before = _CLAUSE_END.split(text[max(0, start - 80) : start])[-1]
    after = _CLAUSE_END.split(text[end : end + 40])[0]
    return bool(_NEGATED_BEFORE.search(before) or _NEGATED_AFTER.search(after))


def link(text: str, names: Names, *, kinds: Collection[ConceptKind]) -> list[Link]:
    """Return the concepts of ``kinds`` that ``text`` names, in the order of the text.

    A name that is written out gives confidence 1, a synonym 0.9; the plural takes 0.05 off.
    """
    tokens = [(m.start(), m.end(), " ".join(words(m[0])) or m[0]) for m in _TOKEN.finditer(text)]
    links: list[Link] = []
    at = 0
    while at < len(tokens):
        found = _longest(tokens, at, names, kinds)
        if found is None:
            at += 1
            continue
        length, bearer, confidence = found
        start, end = tokens[at][0], tokens[at + length - 1][1]
        negated = _negated(text, start, end)
        links.append(Link(start, end, bearer.concept_id, confidence, negated))
        at += length
    return links


def _longest(
    tokens: Sequence[tuple[int, int, str]], at: int, names: Names, kinds: Collection[ConceptKind]
) -> tuple[int, Bearer, float] | None:
    if tokens[at][2] in STOP_WORDS:
        return None
    for length in range(min(_LONGEST_NAME, len(tokens) - at), 0, -1):
        key = " ".join(word for _, _, word in tokens[at : at + length])
        for form, off in ((key, 0.0), (_singular(key), 0.05)):
            bearers = names.bearers(form) if form else ()
            bearer = next((b for b in bearers if b.kind in kinds), None)
            if bearer is not None:
                return length, bearer, (1.0 if bearer.own else 0.9) - off
    return None
