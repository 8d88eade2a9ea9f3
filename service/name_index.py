"""Names by their roots: finds who is meant by a stretch of text, whatever the order of its words.

The key of a name is the sum, modulo 2**64, of the hashes of its roots (``service.roots``). A sum
does not depend on the order of the words, and the keys of every stretch of a text are differences
of one running sum, so that a text is looked up in a few array operations. 64 bits are enough: with
half a million keys, one chance meeting is expected in 10**13 stretches.

A concept has several keys: its whole name, and the name without what coders' titles add to it
("not elsewhere classified", "without complication", words in brackets). What is left out costs a
*penalty*; of those that share a key, the one with the least penalty bears it, then names before
synonyms, and the shorter code, which is the broader one.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from service.codes import is_phrase
from service.lexicon import designations
from service.model import Concept, ConceptKind
from service.roots import CONNECTORS, GENERIC, MODIFIERS, roots

__all__ = ["MOST_ROOTS", "NameIndex", "build_name_index", "root_hash"]

MOST_ROOTS = 8
"""Longer names are only met as a whole by their code or title, not in running text."""

_MASK = (1 << 64) - 1
_KINDS = list(ConceptKind)
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|,")
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_TITLE_TALK = re.compile(
    r",? (?:not elsewhere classified|not otherwise specified|elsewhere classified)"
    r"|,? (?:in diseases classified elsewhere|site unspecified|cause unspecified)"
    r"|^(?:encounter for|other and unspecified) ",
    re.IGNORECASE,
)
_EXCLUSION = re.compile(r",? (?:without|not specified as|with no|so stated)\b.*", re.IGNORECASE)
_EPONYM = re.compile(r"^(\w+)['’]s (?:disease|syndrome)$", re.IGNORECASE)
_PAIR = re.compile(r"^([\w-]{6,}) and ([\w-]{6,})$", re.IGNORECASE)
_OF_COURSE = frozenset("acute chronic left right bilateral recurrent primary".split())
_OTHER = re.compile(r"\bother\b", re.IGNORECASE)


@lru_cache(maxsize=200_000)
def root_hash(name: str) -> int:
    """Return the 64-bit hash of a root; 0 for none."""
    if not name:
        return 0
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest())


@dataclass(frozen=True, slots=True)
class NameIndex:
    """Who bears which key, as arrays sorted by ``keys``; a key has one bearer of each kind.

    ``bearers`` are the numbers of concepts, ``kinds`` indexes into ``list(ConceptKind)``,
    ``penalties`` 0..9, ``own`` is true for a concept's own name and false for a synonym.
    """

    keys: npt.NDArray[np.uint64]
    bearers: npt.NDArray[np.int32]
    kinds: npt.NDArray[np.uint8]
    penalties: npt.NDArray[np.uint8]
    own: npt.NDArray[np.bool_]

    def first_at(self, keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
        """Return where each of ``keys`` begins in the index, -1 where it is not in it."""
        if not len(self.keys):
            return np.full(len(keys), -1)
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[at] == keys, at, -1)


def _wordings(text: str) -> Iterator[tuple[str, int]]:
    """Yield ``text`` as people say it, with what each wording costs."""
    penalty = 2 * bool(_OTHER.search(text))
    yield text, penalty
    plain = _BRACKETS.sub("", text)
    if plain != text:
        penalty += 1
        yield plain, penalty
    for cut, cost in ((_TITLE_TALK, 1), (_EXCLUSION, 2)):
        shorter = cut.sub("", plain).strip(" ,")
        if shorter != plain and shorter:
            plain, penalty = shorter, penalty + cost
            yield plain, penalty
    if (eponym := _EPONYM.match(plain)) is not None:
        yield eponym[1], penalty + 1
    if (pair := _PAIR.match(plain)) is not None:
        yield pair[1], penalty + 3
        yield pair[2], penalty + 3


def _keys(text: str) -> Iterator[tuple[int, int]]:
    """Yield the keys of a name with their penalties."""
    for wording, penalty in _wordings(text):
        named = [name for name in roots(_TOKEN.findall(wording.casefold())) if name]
        telling = [name for name in named if name not in CONNECTORS]
        if not _is_name(telling):
            continue
        bare = [name for name in named if name not in MODIFIERS]
        without_commas = [name for name in named if name != ","]
        yield sum(map(root_hash, named)) & _MASK, penalty
        if len(without_commas) < len(named):
            yield sum(map(root_hash, without_commas)) & _MASK, penalty
        if len(bare) < len(named) and _stands_alone(bare, named):
            kept = [name for name in bare if name != ","]
            yield sum(map(root_hash, kept)) & _MASK, penalty + 3


def _is_name(telling: Sequence[str]) -> bool:
    """Return whether people can mean something by these words: "abdomen" alone names nothing."""
    if not 0 < len(telling) <= MOST_ROOTS or all(name in MODIFIERS for name in telling):
        return False
    return len(telling) > 1 or not _says_nothing(telling)


def _stands_alone(bare: Sequence[str], named: Sequence[str]) -> bool:
    """Return whether a name is still one without its modifiers.

    Two roots are; one is where only "acute" and the like went: a late walker is no walker.
    """
    if _says_nothing(bare):
        return False
    gone = {name for name in named if name in MODIFIERS}
    return sum(name not in CONNECTORS for name in bare) > 1 or gone <= _OF_COURSE


def _says_nothing(named: Iterable[str]) -> bool:
    """Return whether no root is left that names a thing: "acute abdomen" is no abdomen."""
    return all(name in MODIFIERS or name in GENERIC or name in CONNECTORS for name in named)


def _is_named_in_text(concept: Concept) -> bool:
    """Return whether people write of ``concept`` by name.

    A phrase that a page states is a text itself, and a block of codes is a heading. External
    causes and the codes of injuries by encounter are assigned, not written about, and their names
    would only hide broader ones.
    """
    if is_phrase(concept.id):
        return False
    if concept.system != "ICD10CM" or concept.code is None:
        return True
    if "-" in concept.code:
        return False
    return concept.code[0] not in "VWXY" and len(concept.code) < len("S72.001A")


def build_name_index(concepts: Iterable[Concept]) -> NameIndex:
    """Return the index of ``concepts``, which are numbered in the order they come."""
    best: dict[tuple[int, int], tuple[int, bool, int, str, int]] = {}
    for number, concept in enumerate(concepts):
        if not _is_named_in_text(concept):
            continue
        kind = _KINDS.index(concept.kind)
        own = {concept.name, concept.title}
        for text in designations(concept):
            for key, penalty in _keys(text):
                rank = (
                    penalty,
                    text not in own,
                    len(concept.id),
                    concept.id,
                    number,
                )
                known = best.get((key, kind))
                if known is None or rank < known:
                    best[key, kind] = rank
    order = sorted(best)
    ranks = [best[entry] for entry in order]
    return NameIndex(
        keys=np.array([key for key, _ in order], np.uint64),
        bearers=np.array([rank[4] for rank in ranks], np.int32),
        kinds=np.array([kind for _, kind in order], np.uint8),
        penalties=np.array([min(rank[0], 9) for rank in ranks], np.uint8),
        own=np.array([not rank[1] for rank in ranks], np.bool_),
    )
