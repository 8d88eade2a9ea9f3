"""Words of names: how text becomes words, and which concepts bear a word or a whole name.

Built once for each snapshot and read by search, by linking and, as title words, by similarity.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from service.model import Concept

__all__ = ["STOP_WORDS", "Lexicon", "build_lexicon", "name_key", "stem", "words"]

STOP_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "any",
        "approach",
        "at",
        "by",
        "due",
        "for",
        "from",
        "in",
        "into",
        "not",
        "nos",
        "of",
        "on",
        "or",
        "other",
        "specified",
        "the",
        "to",
        "unspecified",
        "using",
        "via",
        "with",
        "without",
        "each",
        "per",
    ]
)
"""Words that say too little to tell one name from another; never title words."""

_WORD = re.compile(r"[a-z0-9]+")
_QUALIFIERS = re.compile(r",? (?:unspecified|nos|not otherwise specified)$|^unspecified ")


def words(text: str) -> list[str]:
    """Return the lower-case words of ``text``, accents and apostrophes removed, in order."""
    folded = text.casefold().replace("'", "")
    if not folded.isascii():
        parted = unicodedata.normalize("NFKD", folded).replace("\u2019", "")
        folded = "".join(c for c in parted if not unicodedata.combining(c))
    return _WORD.findall(folded)


_ENDINGS = ("ically", "ations", "ation", "ional", "iour", "ical", "ally", "ings", "ing", "ies",
            "ive", "ior", "al", "es", "ed", "ic", "s", "y")  # fmt: skip


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return ``word`` without its ending, at least four letters: behavioral, behavior -> behav.

    A rough rule for English inflection, enough for two names to meet in a shared word.
    """
    for _round in range(2):
        for ending in _ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= 4:
                word = word[: -len(ending)]
                break
    return word


def name_key(text: str) -> str:
    """Return ``text`` as names are compared: words joined by blanks, without "unspecified"."""
    plain = " ".join(words(text))
    return _QUALIFIERS.sub("", plain).strip() or plain


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Who bears which whole name, as arrays.

    ``names`` are sorted, in the form of ``name_key``; the concepts that bear name ``n`` are
    ``holders[starts[n]:starts[n + 1]]``, ascending. ``own`` says of each of these whether it is
    the concept's own name and no synonym.
    """

    names: Sequence[str]
    starts: npt.NDArray[np.int64]
    holders: npt.NDArray[np.int32]
    own: npt.NDArray[np.bool_]

    def bearers_of_name(self, key: str) -> list[tuple[int, bool]]:
        """Return who bears a name in the form of ``name_key``, and whether it is their own."""
        at = bisect_left(self.names, key)
        if at == len(self.names) or self.names[at] != key:
            return []
        span = slice(self.starts[at], self.starts[at + 1])
        return list(zip(self.holders[span].tolist(), self.own[span].tolist(), strict=True))


def build_lexicon(concepts: Iterable[Concept]) -> Lexicon:
    """Return the lexicon of ``concepts``, which are numbered in the order they come."""
    by_name: dict[str, dict[int, bool]] = defaultdict(dict)
    for number, concept in enumerate(concepts):
        for text in designations(concept):
            by_name[name_key(text)].setdefault(number, text in (concept.name, concept.title))
    by_name.pop("", None)
    names = sorted(by_name)
    bearers = [by_name[name] for name in names]
    starts = np.cumsum([0, *map(len, bearers)]).astype(np.int64)
    holders = np.fromiter((n for one in bearers for n in one), np.int32, int(starts[-1]))
    own = np.fromiter((flag for one in bearers for flag in one.values()), np.bool_, len(holders))
    return Lexicon(names, starts, holders, own)


def designations(concept: Concept) -> Sequence[str]:
    """Return every text that names ``concept``: its name, its title, its synonyms."""
    title = (concept.title,) if concept.title and concept.title != concept.name else ()
    return (concept.name, *title, *concept.synonyms)
