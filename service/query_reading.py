"""Searched text as things asked for: each word with the roots that may stand for it.

A text is read twice: for procedures, whose titles have words of their own (``procedure_words``),
and for all else. A word that no name has is taken for the beginning of one where it stands last,
and otherwise for a misspelling.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.lexicon import words
from service.meanings import alike
from service.procedure_words import Meanings, meanings, rephrased, things_said
from service.roots import MODIFIERS, root, roots
from service.search_engine import Group, SearchEngine, Weighted
from service.search_index import BEGINNING, FIRST

__all__ = ["Correction", "Reading", "edit_distance", "read_query"]

_LENT = 0.85
"""How much a word of a procedure's title counts for the word that was asked."""
_BEGUN = 0.9
"""The same for a word of which the beginning was asked."""
_MISSPELLED = 0.9
"""The same for a corrected word, for each letter changed."""
_MODIFYING = 0.5
"""What a word counts that only says more of a thing: acute, chronic, symptom."""
_LETTER = 3.0
"""What a single letter says at most, in nats."""
_MOST_BEGUN = 40
_MOST_CORRECTIONS = 3
_SHORT, _LONG = 4, 8


@dataclass(frozen=True, slots=True)
class Correction:
    """A word as it was asked, and as it was taken."""

    asked: str
    taken: str
    distance: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text asks for: of procedures, of all else, and what had to be corrected."""

    procedures: tuple[Group, ...]
    others: tuple[Group, ...]
    corrections: tuple[Correction, ...]


def read_query(engine: SearchEngine, text: str, *, unfinished: bool = True) -> Reading:
    """Return how ``text`` is read; with ``unfinished``, its last word may be a beginning."""
    reader = _Reader(engine)
    given = list(dict.fromkeys(words(text)))
    last = given[-1] if given and unfinished and not text[-1:].isspace() else None
    spelled = [reader.spelled(word, begins=word == last, alone=len(given) == 1) for word in given]
    taken = [correction.taken for correction, _ in spelled]
    instead = {c.taken: found for c, found in spelled}
    return Reading(
        tuple(reader.groups(rephrased(taken), instead, procedures=True)),
        tuple(reader.groups(taken, instead, procedures=False)),
        tuple(correction for correction, _ in spelled if correction.distance),
    )


_Instead = tuple[Weighted, str]
"""What stands for a word that no name has: roots, and a beginning of words or nothing."""


class _Reader:
    def __init__(self, engine: SearchEngine) -> None:
        self._engine = engine
        self._index = engine.index

    def _content(self, token: str) -> float | None:
        """Return the information of a root in nats, None where no designation has it."""
        at = bisect_left(self._index.roots, token)
        if at == len(self._index.roots) or self._index.roots[at] != token:
            return None
        return float(self._index.content[at])

    def spelled(self, word: str, *, begins: bool, alone: bool) -> tuple[Correction, _Instead]:
        """Return how ``word`` is taken, and what stands for it where no name has it."""
        as_asked = Correction(word, word, 0)
        known = self._content(root(word) or word) is not None or bool(alike(root(word)))
        if begins and (not known or len(word) < 3 or not word.isalpha()):
            begun = self._begun(word, alone=alone)
            if any(begun):
                return as_asked, begun
        if known or meanings(word) or not root(word):
            return as_asked, ({}, "")
        near = self._corrected(word)
        if not near:
            return as_asked, ({}, "")
        others = {root(n): _MISSPELLED**distance for n, distance in near[1:] if root(n)}
        best, distance = near[0]
        return Correction(word, best, distance), (others, "")

    def _begun(self, word: str, *, alone: bool) -> _Instead:
        """Return the roots of words that begin so, or the beginning where these are many."""
        spellings = self._index.spellings
        first, last = bisect_left(spellings, word), bisect_left(spellings, word + "\uffff")
        if alone and len(word) <= 2 and word.isalpha():
            return {}, FIRST + word
        if len(word) <= BEGINNING or not word.isalpha():
            return {}, word
        usual = sorted(range(first, last), key=lambda n: -int(self._index.bearers[n]))
        return {root(spellings[n]): _BEGUN for n in usual[:_MOST_BEGUN] if root(spellings[n])}, ""

    def _corrected(self, word: str) -> list[tuple[str, int]]:
        """Return the words most like ``word`` with their distances, the likeliest first."""
        if len(word) < _SHORT or not word.isalpha():
            return []
        allowed = 1 if len(word) < _LONG else 2
        found: list[tuple[int, bool, int, str]] = []
        for edits in range(1, allowed + 1):
            for n in self._engine.spelled_like(word, edits):
                near = self._index.spellings[n]
                distance = edit_distance(word, near)
                other_start = near[0] != word[0]
                found.append((distance, other_start, -int(self._index.bearers[n]), near))
            if found:
                break
        return [(near, distance) for distance, *_, near in sorted(found)[:_MOST_CORRECTIONS]]

    def groups(
        self, taken: Sequence[str], instead: dict[str, _Instead], *, procedures: bool
    ) -> Iterator[Group]:
        """Yield what each of the words ``taken`` asks for; silent words ask for nothing."""
        seen: set[str] = set()
        literals = roots(taken)
        if not any(literals):
            literals = list(taken)
        nothing: tuple[Meanings, ...] = ()
        said = things_said(taken) if procedures else [nothing] * len(taken)
        for word, literal, things in zip(taken, literals, said, strict=True):
            if not literal:
                continue
            stands, beginning = instead.get(word, ({}, ""))
            if not things and literal in seen:
                continue
            seen.add(literal)
            for thing in things or ({},):
                group = self._group(literal, thing, stands)
                if group or beginning:
                    own = [literal] if literal in group and not thing else [*thing] or [*group]
                    weight = max([0.1, *map(self._weight, own)])
                    yield group, _tempered(weight, literal), beginning

    def _weight(self, token: str) -> float:
        return self._content(token) or 0.0

    def _group(self, literal: str, thing: Weighted, instead: Weighted) -> dict[str, float]:
        meant = {token: usual * _LENT for token, usual in thing.items()}
        for token, usual in list(meant.items()) or [(literal, 1.0)]:
            for other, weight in alike(token).items():
                meant.setdefault(other, usual * weight)
        meant.update(instead)
        meant[literal] = 1.0
        return {token: usual for token, usual in meant.items() if self._content(token) is not None}


def _tempered(weight: float, literal: str) -> float:
    """Return the weight of a thing, less for words that are rare and yet say little."""
    if literal in MODIFIERS:
        return weight * _MODIFYING
    return min(weight, _LETTER) if len(literal) == 1 else weight


def edit_distance(a: str, b: str) -> int:
    """Return how many letters must be added, left out, changed or swapped to make ``a`` ``b``.

    The optimal string alignment distance: a swap is of neighbors, and no place is edited twice.
    """
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, above, row = row, before, [i]
        for j, y in enumerate(b, 1):
            least = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and y == a[i - 2]:
                least = min(least, above[j - 2] + 1)
            row.append(least)
    return row[-1]
