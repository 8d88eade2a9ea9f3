"""Free text to concepts: what it names, where, how surely, and whether it denies it.

A text is cut into clauses, and within a clause every stretch of words is looked up by its roots
(``service.name_index``), once as it stands and once without modifiers ("severe", "left"). The
stretch with the most words wins, and links do not overlap.

A list is split for linking: in "kidney or bladder stones" the first entry lacks its last word, and
in "burns of the hand or arm" the second its first. What an entry does not say itself is borrowed
from the entry beside it; the link then covers the entry's own words alone. A vague word ("pain")
links only where its entry says nothing else.

Confidence begins at 1 for a concept's own name and .9 for a synonym, less .05 for each step of the
penalty that the index puts on a shortened name, .05 where modifiers were passed over, and .1 where
words were borrowed.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from service.model import ConceptKind
from service.name_index import MOST_ROOTS, NameIndex, root_hash
from service.negation import denied_stretches
from service.roots import CONNECTORS, MODIFIERS, VAGUE, roots

__all__ = ["Link", "link"]

_MOST_TOKENS = 14
"""The longest stretch that is looked up, silent words and connectors included."""
_LENGTHS = np.arange(1, _MOST_TOKENS + 1)
_MOST_BORROWERS, _MOST_LENT = 3, 5
"""The most words that an entry that borrows has itself, and that it may borrow from."""

_KINDS = list(ConceptKind)
# A clause ends where no name goes on; "St." and the like end none.
_CLAUSE = re.compile(
    r"(?:[^;:!?()\[\]\n•.]|\n(?![ \t]{0,40}\n)|(?<=\b\w)\.|(?<=\b\w\w)\.|\.(?!\s|$))+"
)
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
        matches = _with_borrowed(tokens, matches, names, wanted)
        denied = {at for span in denied_stretches(clause[0]) for at in range(*span)}
        for match in matches:
            start, end = tokens[match.first].start, tokens[match.last - 1].end
            negated = (start + end) // 2 - clause.start() in denied
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
    firsts = np.repeat(begins, _MOST_TOKENS)
    lasts = firsts + np.tile(_LENGTHS, len(begins))
    sound = lasts <= len(heard)
    firsts, lasts = firsts[sound], lasts[sound]
    sound = heard[lasts - 1] & (counts[lasts] - counts[firsts] <= MOST_ROOTS)
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
    taken: set[int] = set()
    for match in sorted(matches, key=lambda m: (-m.size, -m.confidence, m.first)):
        held = range(match.first, match.last)
        if taken.isdisjoint(held):
            taken.update(held)
            kept.append(match)
    return sorted(kept, key=lambda m: m.first)


def _with_borrowed(
    tokens: Sequence[_Token],
    matches: Sequence[_Match],
    names: NameIndex,
    wanted: frozenset[int],
) -> list[_Match]:
    """Return the matches in order, with those of list entries that borrow from the entry beside.

    A vague match ("pain") is replaced where borrowing tells more ("pain or swelling of the
    knee"), and given up where its entry says more than it.
    """
    entries = list(_entries(tokens))
    ends = [last for _, last in entries]
    held: list[list[_Match]] = [[] for _ in entries]
    across: list[_Match] = []
    for match in matches:
        n = bisect_left(ends, match.last)
        (held[n] if match.first >= entries[n][0] else across).append(match)
    taken = {n for match in across for n in range(match.first, match.last)}
    vague = [len(found) == 1 and _is_vague(tokens, found[0]) for found in held]
    said = [tuple(root_hash(tokens[n].root) for n in _telling(tokens, *e)) for e in entries]
    for order, step in ((range(len(entries) - 2, -1, -1), 1), (range(1, len(entries)), -1)):
        for n in order:
            if (held[n] and not vague[n]) or not taken.isdisjoint(range(*entries[n])):
                continue
            beside = held[n + step][:: 1 if step > 0 else -1]
            lent = beside[0].hashes if beside and not vague[n + step] else said[n + step]
            own = _telling(tokens, *entries[n])
            completed = _completed(tokens, own, lent, names, wanted)
            if completed is not None:
                held[n], vague[n] = [completed], False
    kept = [
        match
        for (first, last), found in zip(entries, held, strict=True)
        for match in found
        if not (_is_vague(tokens, match) and len(_telling(tokens, first, last)) > 1)
    ]
    return sorted((*across, *kept), key=lambda match: match.first)


def _is_vague(tokens: Sequence[_Token], match: _Match) -> bool:
    return len(match.hashes) == 1 and any(
        token.root in VAGUE for token in tokens[match.first : match.last]
    )


def _telling(tokens: Sequence[_Token], first: int, last: int) -> list[int]:
    """Return the tokens from ``first`` to ``last`` that tell something, modifiers left out."""
    return [n for n in range(first, last) if tokens[n].tells and tokens[n].root not in MODIFIERS]


def _entries(tokens: Sequence[_Token]) -> Iterator[tuple[int, int]]:
    """Yield the entries of the list that a clause is: first token, last token + 1."""
    first = 0
    for at, token in enumerate(tokens):
        if token.root in CONNECTORS:
            if any(one.tells for one in tokens[first:at]):
                yield first, at
            first = at + 1
    if any(one.tells for one in tokens[first:]):
        yield first, len(tokens)


def _completed(
    tokens: Sequence[_Token],
    own: Sequence[int],
    lent: Sequence[int],
    names: NameIndex,
    wanted: frozenset[int],
) -> _Match | None:
    """Return what the tokens ``own`` name with as many of the lent words as give a name."""
    if not 0 < len(own) <= _MOST_BORROWERS or len(lent) > _MOST_LENT:
        return None
    said = tuple(root_hash(tokens[n].root) for n in own)
    whole = [
        (*said, *kept) for size in range(len(lent) - 1, 0, -1) for kept in combinations(lent, size)
    ]
    if not whole:
        return None
    places = names.first_at(np.array([sum(hashes) % 2**64 for hashes in whole], np.uint64))
    for which in np.flatnonzero(places >= 0):
        best = _bearer(names, int(places[which]), wanted)
        if best is not None:
            return _Match(own[0], own[-1] + 1, best[0], best[1] - 0.1, len(said), whole[which])
    return None
