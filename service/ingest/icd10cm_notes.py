"""Which items a coding note of ICD-10-CM names: the codes in its text, ranges and wildcards read.

The tabular list writes codes in brackets, with dashes as wildcards and as ranges, and not always
evenly: ``(F32.-)``, ``(S63.04-)``, ``(B15.9, B16.1)``, ``(Z43.1-Z43.4)``, ``(I25.70-I25.73-)``,
``(F10.--F19.-)``, ``(S00 - S09)``, ``(M05.00 to M05.8A)``, ``(E08-E13 with .51-.52)``.
"""

import re
from collections.abc import Iterator, Mapping

__all__ = ["ItemTree"]

_BRACKETED = re.compile(r"\(([^()]*)\)")
_CODE = re.compile(
    r"(?<![0-9A-Za-z.])[A-Z](?:[0-9][0-9A-Z]|[A-Z][0-9])(?![0-9A-Z])(?:\.[0-9A-Z]+)?"
)
# All that stands between the two ends of a range. Wildcard dashes of the first end may be in it.
_TO = re.compile(r"[.\s]*-[-.\s]*|[-.\s]*\sto\s+")


class ItemTree:
    """The items of the tabular list as a tree in its own order, which is what a range is read in.

    ``parents`` maps every item to the one above it, None for a chapter, in the list's order.
    Names in ``empty`` are sections without a category: known by name, but never inside a range.
    """

    def __init__(self, parents: Mapping[str, str | None], *, empty: frozenset[str]) -> None:
        self._children: dict[str | None, list[str]] = {None: []}
        self._empty = empty
        for item, parent in parents.items():
            if item not in empty:
                self._children.setdefault(parent, []).append(item)
        self._leaves = self._number_leaves(parents)

    def _number_leaves(self, parents: Mapping[str, str | None]) -> dict[str, tuple[int, int]]:
        """Return the numbers of the first and the last leaf under each item, itself included."""
        leaves: dict[str, tuple[int, int]] = {}
        listed = [item for item in parents if item not in self._empty]
        for number, item in enumerate(item for item in listed if item not in self._children):
            leaves[item] = (number, number)
        for item in reversed(listed):
            below = self._children.get(item)
            if below:
                leaves[item] = (leaves[below[0]][0], leaves[below[-1]][1])
        return leaves

    def __contains__(self, item: str) -> bool:
        return item in self._leaves or item in self._empty

    def between(self, first: str, last: str) -> list[str]:
        """Return the largest items that lie wholly in the range, in order.

        An item of that very name wins: ``F30-F39`` is the section. Otherwise ``A00-B99`` gives
        the chapter, ``Z43.1-Z43.4`` four subcategories. An end that is no item is left out.
        The broadest range of the release, A00-R94, gives 29.
        """
        name = f"{first}-{last}"
        if name in self:
            return [name]
        ends = [end for end in (first, last) if end in self._leaves]
        if len(ends) < 2 or self._leaves[first][0] > self._leaves[last][1]:
            return ends
        return list(self._inside(self._leaves[first][0], self._leaves[last][1]))

    def _inside(self, low: int, high: int) -> Iterator[str]:
        pending = self._children[None][::-1]
        while pending:
            item = pending.pop()
            start, end = self._leaves[item]
            if low <= start and end <= high:
                yield item
            elif start <= high and low <= end:
                pending.extend(reversed(self._children[item]))

    def named_in(self, note: str) -> tuple[str, ...]:
        """Return the items whose codes ``note`` names, in its order, each once.

        They are the codes in brackets or, where no bracket holds one, those in the open:
        ``tuberculosis, any type in A15 (J65)`` names J65. What is no item is left out.
        """
        inside = [code for text in _BRACKETED.findall(note) for code in self._codes(text)]
        return tuple(dict.fromkeys(inside or self._codes(_BRACKETED.sub(" ", note))))

    def _codes(self, text: str) -> Iterator[str]:
        matches = list(_CODE.finditer(text))
        place = 0
        while place < len(matches):
            first = matches[place]
            second = matches[place + 1] if place + 1 < len(matches) else None
            if second is not None and _TO.fullmatch(text, first.end(), second.start()):
                yield from self.between(first.group(), second.group())
                place += 2
            else:
                if first.group() in self:
                    yield first.group()
                place += 1
