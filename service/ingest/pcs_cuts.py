"""ICD-10-PCS titles cut into pieces, each a value of an axis or a part of one.

A title is a row of values with small words and commas between them. Which axes have a value is in
the code (a ``Z`` is none); in which order they are printed is a matter of the table.
"""

import re
from dataclasses import dataclass
from functools import cache

from service.ingest.pcs_tables import APPROACHES, axes, entries_for, operation
from service.ingest.pcs_values import STATED

__all__ = ["CutTitle", "Value", "cut_title", "has_approach", "split_approach"]

Value = tuple[str, int, str]
"""What a character stands for: table, position (4 to 7), character."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """In which order a table's titles print the values, and what stands between them."""

    order: tuple[int, ...]
    cuts: str


_WORDS = r" with No Device$|,? (?:created from|into|using|from|with|in|on|to) |, "
_DONORS = r"|(?<=utologous) |(?<=Related) |(?<=Unrelated) |(?<=Unspecified) "

_LAYOUTS = {
    "": _Layout((4, 6, 7), _WORDS),
    "0.1": _Layout((4, 7, 6), _WORDS),
    "0.2": _Layout((6, 4, 7), _WORDS),
    "0.H": _Layout((6, 4, 7), _WORDS),
    "0.P": _Layout((6, 4, 7), _WORDS),
    "0.W": _Layout((6, 4, 7), _WORDS),
    "024": _Layout((4, 7, 6), _WORDS),
    "02Q": _Layout((4, 7, 6), _WORDS),
    "02U": _Layout((4, 7, 6), _WORDS),
    "0QS": _Layout((4, 7, 6), _WORDS),
    "0W4": _Layout((7, 4, 6), _WORDS),
    "0XR": _Layout((4, 7, 6), _WORDS),
    "1.2": _Layout((6, 4, 7), _WORDS),
    "1.9": _Layout((7, 4, 6), _WORDS),
    "1.H": _Layout((6, 4, 7), _WORDS),
    "1.P": _Layout((6, 4, 7), _WORDS),
    "1.Q": _Layout((7, 4, 6), _WORDS),
    "1.Y": _Layout((7, 4, 6), _WORDS),
    "2.0": _Layout((6, 4, 7), _WORDS),
    "2.5": _Layout((6, 4, 7), _WORDS),
    "3": _Layout((7, 6, 4), _WORDS + _DONORS),
    "3.1": _Layout((4, 6, 7), _WORDS),
    "B": _Layout((4, 5, 6, 7), r" using |, |(?<=Laser) "),
    "C": _Layout((4, 5, 6, 7), r" using "),
    "D": _Layout((4, 5, 6, 7), r" (?:of|using) |, "),
    "D.1": _Layout((5, 4, 6, 7), r" (?:of|using) |, "),
    "D.Y": _Layout((5, 4, 6, 7), r" (?:of|to|using) |, "),
    "F": _Layout((5, 4, 6, 7), r" using "),
    "G": _Layout((4, 5, 6, 7), r", "),
    "H": _Layout((4, 5, 6, 7), r", "),
    "X.0": _Layout((6, 4, 7), _WORDS),
    "X.1": _Layout((6, 4, 7), _WORDS),
    "X.H": _Layout((6, 4, 7), _WORDS),
}

_HEADS = {
    "": r" ?(?:Osteopathic |Chiropractic |Extracorporeal )?\b{operation}"
    r"(?: of Matter from| Bleeding in| of| at| in)?(?: |(?=,)|$)",
    # In section F the title has a word of the operation, and the type of it before.
    "F": r" (?:Assessment|Treatment|Device Fitting)(?: of | using |$)|^Caregiver Training in ",
    "H": r"{operation} for Substance Abuse Treatment",
}


@dataclass(frozen=True, slots=True)
class _Table:
    """What the titles of one table have in common."""

    order: tuple[int, ...]
    cuts: re.Pattern[str]
    head: re.Pattern[str]
    stated: dict[int, dict[str, str]]


@cache
def _table(first_three: str) -> _Table:
    layout = entries_for(first_three, _LAYOUTS)[-1]
    head = entries_for(first_three, _HEADS)[-1]
    name = operation(first_three) or r"\A\Z"
    stated: dict[int, dict[str, str]] = {}
    for entry in entries_for(first_three, STATED):
        for position, names in entry.items():
            stated[position] = {**stated.get(position, {}), **names}
    return _Table(
        order=layout.order,
        cuts=re.compile(layout.cuts),
        head=re.compile(head.replace("{operation}", re.escape(name))),
        stated=stated,
    )


@dataclass(frozen=True, slots=True)
class CutTitle:
    """A title in pieces: ``text[start:end]`` each, and what is known before any is assigned.

    ``stated`` are the values that our table names. ``open`` are the positions whose values the
    pieces name, in the order of the title; there are at least as many pieces. ``left_out`` are
    those that the title has no words for.
    """

    code: str
    text: str
    pieces: tuple[tuple[int, int], ...]
    stated: dict[int, str]
    open: tuple[int, ...]
    left_out: tuple[int, ...]

    def value(self, position: int) -> Value:
        """Return what the character at ``position`` stands for."""
        return self.code[:3], position, self.code[position - 1]

    def words(self, first: int, after: int) -> str:
        """Return the words from piece ``first`` up to, not including, piece ``after``."""
        return self.text[self.pieces[first][0] : self.pieces[after - 1][1]]


def has_approach(table: str) -> bool:
    """Return whether the fifth character of the codes of ``table`` is an approach."""
    return axes(table)[4] == "approach"


def split_approach(code: str, title: str) -> tuple[str, str]:
    """Return ``title`` up to the approach, and what stands behind it ("Diagnostic"), if anything.

    Some titles leave the approach out; they come back whole.
    """
    name = APPROACHES.get(code[4])
    if name is None or not has_approach(code[:3]):
        return title, ""
    before, found, after = title.partition(f", {name}")
    after = after.removeprefix(" Approach")
    if not found or not (after == "" or after.startswith(", ")):
        return title, ""
    return before, after.removeprefix(", ")


def cut_title(code: str, text: str, *, known: frozenset[int] = frozenset()) -> CutTitle:
    """Return ``text``, a title without its approach, in pieces.

    ``known`` are the positions whose words stood behind the approach.
    """
    table = _table(code[:3])
    stated = {
        position: name
        for position, names in table.stated.items()
        if position not in known and (name := names.get(code[position - 1])) is not None
    }
    pieces = _pieces(text, table)
    for name in stated.values():
        _remove(name, text, pieces)
    open_positions = [
        position
        for position in table.order
        if code[position - 1] != "Z" and position not in stated and position not in known
    ]
    # A title that says less than the code leaves out qualifiers first: "Occlusion of Right Uterine
    # Artery" is the internal iliac artery, qualified as its uterine branch.
    told = sorted(open_positions)[: len(pieces)]
    return CutTitle(
        code=code,
        text=text,
        pieces=tuple(pieces),
        stated=stated,
        open=tuple(position for position in open_positions if position in told),
        left_out=tuple(position for position in open_positions if position not in told),
    )


def _pieces(text: str, table: _Table) -> list[tuple[int, int]]:
    head = table.head.search(text)
    borders = [head.span()] if head else []
    borders += [match.span() for match in table.cuts.finditer(text, head.end() if head else 0)]
    starts = [0, *(end for _, end in borders)]
    ends = [*(begin for begin, _ in borders), len(text)]
    return [(a, b) for a, b in zip(starts, ends, strict=True) if text[a:b].strip()]


def _remove(words: str, text: str, pieces: list[tuple[int, int]]) -> None:
    """Take the pieces that together read ``words`` out of ``pieces``, once."""
    for first, (start, _) in enumerate(pieces):
        for last in range(first, len(pieces)):
            if text[start : pieces[last][1]] == words:
                del pieces[first : last + 1]
                return
