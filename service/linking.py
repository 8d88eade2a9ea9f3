"""Free text to concepts: what it names, where, how surely, and whether it denies it.

A text is cut into clauses, and within a clause every stretch of words is looked up by its roots
(``service.name_index``), once as it stands and once without modifiers ("severe", "left"). The
stretch with the most words wins, and links do not overlap.

A list is split for linking: in "kidney or bladder stones" the first entry lacks its last word, and
in "burns of the hand or arm" the second its first. What an entry does not say itself is borrowed
from the entry beside it that was linked; the link then covers the entry's own words alone.

Confidence begins at 1 for a concept's own name and .9 for a synonym, less .05 for each step of the
penalty that the index puts on a shortened name, .05 where modifiers were passed over, and .1 where
words were borrowed.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from service.model import ConceptKind
from service.name_index import MOST_ROOTS, NameIndex, root_hash
from service.negation import denied_stretches
from service.roots import CONNECTORS, MODIFIERS, roots

__all__ = ["Link", "link"]

_MOST_TOKENS = 14
"""The longest stretch that is looked up, silent words and connectors included."""
_MOST_BORROWERS = 3

_KINDS = list(ConceptKind)
# A clause ends where no name goes on; "St." and the like end none.
_CLAUSE = re.compile(r"(?:[^;:!?()\[\]\n•.]|\n(?!\s*\n)|(?<=\b\w)\.|(?<=\b\w\w)\.|\.(?!\s|$))+")
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[,/&]")
_CONNECTOR = {"/": "or", "&": "and", "nor": "or"}


@dataclass(frozen=True, slots=True)
class Link:
    """A concept named in a text: ``text[start:end]``, in code points; confidence 0..1.

    ``bearer`` is the number of the concept in the index that was asked.
    """

    start: int
    end: int
    bearer: int
    confidence: float
    negated: bool


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    root: str

    @property
    def tells(self) -> bool:
        return bool(self.root) and self.root not in CONNECTORS


@dataclass(frozen=True, slots=True)
class _Match:
    """Tokens ``first`` up to ``last`` of a clause, who is meant, and the hashes of the words.

    ``size`` counts the words that were looked up.
    """

    first: int
    last: int
    bearer: int
    confidence: float
    size: int
    hashes: tuple[int, ...]


def link(text: str, names: NameIndex, *, kinds: Collection[ConceptKind]) -> list[Link]:
    """Return the concepts of ``kinds`` that ``text`` names, in the order of the text."""
    wanted = frozenset(_KINDS.index(kind) for kind in kinds)
    found: list[Link] = []
    for clause in _CLAUSE.finditer(text):
        tokens = _tokens(text, clause.start(), clause.end())
        matches = _settled(_matches(tokens, names, wanted))
        if not matches:
            continue
        matches = sorted(
            (*matches, *_borrowed(tokens, matches, names, wanted)), key=lambda m: m.first
        )
        denied = denied_stretches(clause[0])
        for match in matches:
            start, end = tokens[match.first].start, tokens[match.last - 1].end
            middle = (start + end) // 2 - clause.start()
            negated = any(a <= middle < b for a, b in denied)
            found.append(Link(start, end, match.bearer, round(match.confidence, 2), negated))
    return found


def _tokens(text: str, start: int, end: int) -> list[_Token]:
    spans = list(_TOKEN.finditer(text, start, end))
    said = [(word := match[0].casefold(), _CONNECTOR.get(word, word))[1] for match in spans]
    return [
        _Token(match.start(), match.end(), name)
        for match, name in zip(spans, roots(said), strict=True)
    ]


def _matches(
    tokens: Sequence[_Token], names: NameIndex, wanted: frozenset[int]
) -> Iterator[_Match]:
    """Yield every stretch of ``tokens`` that names something, with and without its modifiers."""
    hashes = np.array([root_hash(token.root) for token in tokens], np.uint64)
    tells = np.array([token.tells for token in tokens], np.bool_)
    plain = np.array([token.root not in MODIFIERS for token in tokens], np.bool_)
    for heard, cost in ((tells, 0.0), (tells & plain, 0.05)):
        if cost and not (tells & ~plain).any():
            return
        for first, last, at in _looked_up(np.where(plain | (cost == 0), hashes, 0), heard, names):
            best = _bearer(names, at, wanted)
            if best is not None:
                bearer, confidence = best
                said = tuple(int(h) for h in hashes[first:last][heard[first:last]])
                yield _Match(first, last, bearer, confidence - cost, len(said), said)


def _looked_up(
    hashes: npt.NDArray[np.uint64], heard: npt.NDArray[np.bool_], names: NameIndex
) -> Iterator[tuple[int, int, int]]:
    """Yield the stretches that the index knows: first token, last token + 1, place in the index.

    A stretch begins and ends with a word that is heard.
    """
    begins = np.flatnonzero(heard)
    if not len(begins):
        return
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(hashes, dtype=np.uint64)])
    counts = np.concatenate([[0], np.cumsum(heard)])
    firsts, lasts = np.meshgrid(begins, begins + 1, indexing="ij")
    length = lasts - firsts
    sound = (length > 0) & (length <= _MOST_TOKENS)
    sound &= counts[lasts] - counts[firsts] <= MOST_ROOTS
    firsts, lasts = firsts[sound], lasts[sound]
    places = names.first_at(sums[lasts] - sums[firsts])
    for which in np.flatnonzero(places >= 0):
        yield int(firsts[which]), int(lasts[which]), int(places[which])


def _bearer(names: NameIndex, at: int, wanted: frozenset[int]) -> tuple[int, float] | None:
    """Return who of the wanted kinds bears the key at ``at``, and how surely it is meant."""
    best: tuple[int, float] | None = None
    key = names.keys[at]
    while at < len(names.keys) and names.keys[at] == key:
        if int(names.kinds[at]) in wanted:
            confidence = (1.0 if names.own[at] else 0.9) - 0.05 * int(names.penalties[at])
            if best is None or confidence > best[1]:
                best = int(names.bearers[at]), confidence
        at += 1
    return best


def _settled(matches: Iterable[_Match]) -> list[_Match]:
    """Return the matches that stand: the most words first, then the surest, then the leftmost."""
    kept: list[_Match] = []
    for match in sorted(matches, key=lambda m: (-m.size, -m.confidence, m.first)):
        if all(match.last <= other.first or match.first >= other.last for other in kept):
            kept.append(match)
    return kept


def _borrowed(
    tokens: Sequence[_Token],
    matches: Sequence[_Match],
    names: NameIndex,
    wanted: frozenset[int],
) -> list[_Match]:
    """Return the entries of lists that name something only with words of the entry beside them."""
    entries = list(_entries(tokens))
    linked = {
        n: match
        for n, (first, last) in enumerate(entries)
        for match in matches
        if match.first >= first and match.last <= last
    }
    found: list[_Match] = []
    for order, step in ((range(len(entries) - 2, -1, -1), 1), (range(1, len(entries)), -1)):
        for n in order:
            lender = linked.get(n + step)
            if n in linked or lender is None:
                continue
            match = _completed(tokens, *entries[n], lender, names, wanted)
            if match is not None:
                linked[n] = match
                found.append(match)
    return found


def _entries(tokens: Sequence[_Token]) -> Iterator[tuple[int, int]]:
    """Yield the entries of the list that a clause is: first token, last token + 1."""
    first = 0
    for at, token in enumerate(tokens):
        if token.root in (",", "or", "and"):
            if any(one.tells for one in tokens[first:at]):
                yield first, at
            first = at + 1
    if any(one.tells for one in tokens[first:]):
        yield first, len(tokens)


def _completed(
    tokens: Sequence[_Token],
    first: int,
    last: int,
    lender: _Match,
    names: NameIndex,
    wanted: frozenset[int],
) -> _Match | None:
    """Return what the entry names with as many of the lender's words as give a name."""
    own = [
        n for n in range(first, last) if tokens[n].tells and tokens[n].root not in MODIFIERS
    ]
    if not 0 < len(own) <= _MOST_BORROWERS:
        return None
    said = tuple(root_hash(tokens[n].root) for n in own)
    for size in range(len(lender.hashes) - 1, 0, -1):
        for kept in combinations(lender.hashes, size):
            key = np.array([sum((*said, *kept)) % 2**64], np.uint64)
            at = int(names.first_at(key)[0])
            best = _bearer(names, at, wanted) if at >= 0 else None
            if best is not None:
                return _Match(
                    own[0], own[-1] + 1, best[0], best[1] - 0.1, len(said), (*said, *kept)
                )
    return None
