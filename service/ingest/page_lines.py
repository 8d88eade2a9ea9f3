"""The lines of a page, each with its indentation, its marker, and its place in the text."""

import re
from dataclasses import dataclass
from enum import Enum, auto

from service.model import Span

__all__ = ["Line", "Marker", "ends_sentence", "split_label", "split_lines"]


class Marker(Enum):
    """What stands before an item's text."""

    BULLET = auto()
    NUMBER = auto()
    LETTER = auto()


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its outer blanks: ``page.text[body:end] == text``.

    ``start`` is where the marker stands, if there is one, and ``body`` where the text after it
    begins. ``number`` counts from 1; ``indent`` is in columns.
    """

    number: int
    start: int
    body: int
    end: int
    indent: int
    text: str
    marker: Marker | None = None
    ordinal: int | None = None

    @property
    def is_blank(self) -> bool:
        """Return whether nothing is to be read on this line."""
        return self.start == self.end


_LINE = re.compile(r"([^\r\n]*)(?:\r\n|\r|\n|\Z)")
_RULE = re.compile(r"[-*_=]{3,}")
_TAB_WIDTH = 4

# A dash or a bare letter is a marker only where a blank (or, for dashes, a capital) follows.
_MARKER = re.compile(
    r"""
    (?P<bullet> [•◦▪▫‣●○■□◆➢➤►✓✔∙·]\s* | [-–—−](?:\s+|$|(?=[A-Z])) | [*o](?:\s+|$) )
    | (?: (?P<number>[0-9]{1,6})[.)](?:\s+|$|(?=[A-Z]))
        | \((?P<bracketed>[0-9]{1,6})\)\s*
        | Step\s{1,4}(?P<step>[0-9]{1,3})\s{0,4}[:.)–-]\s*
      )
    | (?P<letter> (?:[a-z]|[ivx]{2,4})[.)]\s+ | [A-Z]\)\s+ | \([a-z]\)\s+ )
    """,
    re.VERBOSE,
)


def _read_line(number: int, start: int, raw: str) -> Line:
    body = raw.lstrip()
    indent = len(raw[: len(raw) - len(body)].expandtabs(_TAB_WIDTH))
    first = start + len(raw) - len(body)
    body = body.rstrip()
    if not body or _RULE.fullmatch(body):
        return Line(number, start, start, start, 0, "")
    end = first + len(body)
    found = _MARKER.match(body)
    if found is None:
        return Line(number, first, first, end, indent, body)
    if found["bullet"]:
        marker, ordinal = Marker.BULLET, None
    elif found["letter"]:
        marker, ordinal = Marker.LETTER, None
    else:
        marker = Marker.NUMBER
        ordinal = int(found["number"] or found["bracketed"] or found["step"])
    text = body[found.end() :]
    return Line(number, first, first + found.end(), end, indent, text, marker, ordinal)


def split_lines(text: str) -> list[Line]:
    """Return the lines of ``text``, whichever of CRLF, CR and LF ends them; rules are blank."""
    return [
        _read_line(number, found.start(), found[1])
        for number, found in enumerate(_LINE.finditer(text), start=1)
        if found.start() < len(text)
    ]


_LABEL = re.compile(r"[*_]{0,2}(?P<label>[^\W\d_][^:.!?;]{0,69}?)[*_]{0,2}\s?:[*_]{0,2}(?:\s+|$)")
_MOST_LABEL_WORDS = 6
_CLAUSE = re.compile(
    r"\b(?:is|are|was|were|be|been|may|might|can|could|will|would|shall|should|must|has|have|had"
    r"|includ(?:e|es|ing)|involves?|requires?|needs?|do|does)\b",
    re.IGNORECASE,
)


def split_label(line: str) -> tuple[Span, int] | None:
    """Return the label that opens ``line`` and where the text after its colon begins.

    A label is short, capitalised and no clause: "Patient Criteria:" is one, "The device is used
    to:" is not. The offsets are those of ``line``.
    """
    found = _LABEL.match(line)
    if found is None:
        return None
    label = found["label"]
    if not label[0].isupper() or len(label.split()) > _MOST_LABEL_WORDS or _CLAUSE.search(label):
        return None
    return Span(label, found.start("label"), found.end("label")), found.end()


def ends_sentence(text: str) -> bool:
    """Return whether ``text`` ends where a sentence may end."""
    return text.rstrip("\"')]”’*_ ").endswith((".", "!", "?"))
