"""The words that ICD-10-PCS titles use for the values of an axis.

A title is a row of values with small words between them:

    Bypass Cerebral Ventricle to Nasopharynx with Autologous Tissue Substitute, Open Approach
    operation  body part       qualifier         device                         approach

Cut at the small words and at commas (``service.ingest.pcs_cuts``), it mostly has as many pieces as
the code has values, and all is told. With more pieces, because a value has a comma or a small word
of its own ("Coronary Artery, Three Arteries"), they are joined in the way whose words the other
codes with the same value use too: a wrong cut is never shared by all of them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise

from service.ingest.pcs_cuts import CutTitle, Value, cut_title, has_approach, split_approach

__all__ = ["TitleWords", "read_titles"]


@dataclass(frozen=True, slots=True)
class TitleWords:
    """The values of characters 4 to 7 by position, approach and unnamed ones excluded.

    ``stated`` are those that our table names, ``read`` those that the titles name.
    """

    stated: Mapping[int, str]
    read: Mapping[int, str]


_Key = tuple[str, str, str]
"""A code without its approach, the title up to the approach, and what stands behind it."""


def read_titles(titles: Iterable[tuple[str, str]]) -> Iterator[tuple[str, TitleWords]]:
    """Yield each code of ``titles``, which are pairs of code and title, with its values' words.

    The titles of a release explain each other, so nothing is yielded before all are seen.
    """
    # Codes that differ in the approach alone read alike: more than half of the work is saved.
    cuts: dict[_Key, CutTitle] = {}
    keys: list[tuple[str, _Key]] = []
    for code, title in titles:
        text, tail = split_approach(code, title)
        tail = "" if code[6] == "Z" else tail
        key = (f"{code[:4]}-{code[5:]}" if has_approach(code[:3]) else code, text, tail)
        keys.append((code, key))
        if key not in cuts:
            cuts[key] = cut_title(code, text, known=frozenset({7} if tail else ()))
    usage = _Usage()
    for cut in cuts.values():
        usage.add(cut)
    read = {key: _assign(cut, usage) | ({7: key[2]} if key[2] else {}) for key, cut in cuts.items()}
    only_names = _only_names(cuts, read)
    words = {
        key: TitleWords(stated=cut.stated, read=_completed(cut, read[key], only_names))
        for key, cut in cuts.items()
    }
    for code, key in keys:
        yield code, words[key]


class _Usage:
    """How many titles could name a value by certain words, out of how many that have the value."""

    def __init__(self) -> None:
        self._words: defaultdict[Value, Counter[str]] = defaultdict(Counter)
        self._titles: Counter[Value] = Counter()

    def add(self, title: CutTitle) -> None:
        """Count all words that ``title`` could have for each of its values."""
        spare = len(title.pieces) - len(title.open)
        last = len(title.open) - 1
        for place, position in enumerate(title.open):
            value = title.value(position)
            self._titles[value] += 1
            for first in range(place, place + spare + 1) if place else (0,):
                ends = range(first + 1, place + spare + 2)
                for after in ends if place < last else ends[-1:]:
                    self._words[value][title.words(first, after)] += 1

    def share(self, value: Value, words: str) -> float:
        """Return the part of the titles with ``value`` that could name it by ``words``, 0..1."""
        return self._words[value][words] / self._titles[value]


def _assign(title: CutTitle, usage: _Usage) -> dict[int, str]:
    """Return the words of each open position: those that most titles with its value could have.

    Ties go to the cuts at the stronger separators, then to the shorter first value.
    """
    if not title.open:
        return {}
    count = len(title.pieces)
    best = (-1.0, 0)
    chosen: list[str] = []
    for cuts in combinations(range(1, count), len(title.open) - 1):
        borders = (0, *cuts, count)
        words = [title.words(a, b) for a, b in pairwise(borders)]
        shares = (
            usage.share(title.value(position), name)
            for position, name in zip(title.open, words, strict=True)
        )
        separators = (title.text[title.pieces[c - 1][1] : title.pieces[c][0]] for c in cuts)
        score = (round(sum(shares), 6), sum(map(_strength, separators)))
        if score > best:
            best, chosen = score, words
    return dict(zip(title.open, chosen, strict=True))


def _strength(separator: str) -> int:
    """Return how surely ``separator`` stands between two values, and not inside one."""
    word = separator.strip(" ,")
    return 2 if word in {"into", "using"} else 1 if word else 0


def _only_names(
    cuts: Mapping[_Key, CutTitle], read: Mapping[_Key, Mapping[int, str]]
) -> dict[Value, str]:
    """Return the name of each value that has one and the same name in all titles that name it."""
    names: defaultdict[Value, set[str]] = defaultdict(set)
    for key, cut in cuts.items():
        for position, name in read[key].items():
            names[cut.value(position)].add(name)
    return {value: next(iter(found)) for value, found in names.items() if len(found) == 1}


def _completed(
    title: CutTitle, read: Mapping[int, str], only_names: Mapping[Value, str]
) -> dict[int, str]:
    """Return ``read`` with the values that this title leaves out and others of its table name."""
    left_out = {
        position: only_names[title.value(position)]
        for position in title.left_out
        if title.value(position) in only_names
    }
    return {**read, **left_out}
