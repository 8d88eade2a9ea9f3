"""Verbatim pieces of a page: sentences, list entries, labels, each with its offsets kept."""

import re
from collections.abc import Iterator

from service.model import SectionItem, Span

__all__ = [
    "is_placeholder",
    "item_spans",
    "label_span",
    "pieces",
    "plain",
    "says_nothing",
    "sentences",
    "span_of",
    "sub_span",
    "whole_span",
    "without_period",
]


def span_of(text: str, start: int, end: int) -> Span:
    """Return ``text[start:end]`` without its outer blanks."""
    piece = text[start:end]
    bare = piece.strip()
    if bare and len(bare) < len(piece):
        start += len(piece) - len(piece.lstrip())
    return Span(bare, start, start + len(bare))


def sub_span(span: Span, start: int, end: int) -> Span:
    """Return the part of ``span`` between two offsets into its own text, outer blanks dropped."""
    part = span_of(span.text, start, end)
    return Span(part.text, span.start + part.start, span.start + part.end)


def plain(text: str) -> str:
    """Return ``text`` on one line: every run of blanks and line ends is one space."""
    return " ".join(text.split())


def without_period(span: Span) -> Span:
    """Return ``span`` without the period or semicolon that ends it."""
    return sub_span(span, 0, len(span.text.rstrip(" .;,\t\r\n")))


_NOTHING = re.compile(
    r"(?:none|nil|n/?a|not (?:applicable|required|needed|available)|unknown"
    r"|no (?:known |other |direct |specific |alternative )*(?:alternatives?|options?|treatments?)"
    r"|there (?:is|are) no(?:ne)?\b[^.]{0,80})"
    r"(?: (?:known|required|needed|available|exist|applicable|for .{0,60}))*",
    re.IGNORECASE,
)


def is_placeholder(text: str) -> bool:
    """Return whether ``text`` stands for text that was left out: "<title>", also cut off."""
    bare = text.strip()
    return bare[:1] == "<" and "<" not in bare[1:] and bare.find(">") in (-1, len(bare) - 1)


def says_nothing(text: str) -> bool:
    """Return whether ``text`` says that there is nothing to say ("None.", "N/A") or is left out."""
    if is_placeholder(text):
        return True
    bare = text.strip(" .;-–—…")
    return not bare or (len(bare) < 200 and _NOTHING.fullmatch(bare) is not None)


# The look-behinds let a run of stops or blanks be tried once and not from each of its characters.
_SENTENCE_END = re.compile(r"(?<![.!?])[.!?]++[\"'”’)\]]*+\s++(?=[\"'“‘(\[<]?[A-Z0-9])")
_ABBREVIATION = re.compile(
    r"\b(?:e\.g|i\.e|approx|vs|dr|drs|mr|mrs|ms|prof|st|no|nos|fig|incl|min|max|al|u\.s|[A-Z])$",
    re.IGNORECASE,
)


def sentences(span: Span) -> Iterator[Span]:
    """Yield the sentences of ``span`` in order; an abbreviation's period ends none."""
    start = 0
    for end in _SENTENCE_END.finditer(span.text):
        if _ABBREVIATION.search(span.text, max(start, end.start() - 8), end.start()):
            continue
        yield sub_span(span, start, end.end())
        start = end.end()
    rest = sub_span(span, start, len(span.text))
    if rest.text:
        yield rest


def pieces(span: Span, separator: re.Pattern[str]) -> list[Span]:
    """Return the parts of ``span`` between separators that stand in no brackets."""
    token = re.compile(rf"(?P<open>[(\[])|(?P<close>[)\]])|{separator.pattern}", separator.flags)
    depth, start = 0, 0
    parts: list[Span] = []
    for found in token.finditer(span.text):
        if found["open"]:
            depth += 1
        elif found["close"]:
            depth = max(0, depth - 1)
        elif depth == 0:
            parts.append(sub_span(span, start, found.start()))
            start = found.end()
    parts.append(sub_span(span, start, len(span.text)))
    return [part for part in parts if part.text]


def label_span(text: str, item: SectionItem) -> Span | None:
    """Return where the label of ``item`` stands, just before the item's own text."""
    if item.label is None:
        return None
    start = text.rindex(item.label, 0, item.start)
    return Span(item.label, start, start + len(item.label))


def _last_end(item: SectionItem) -> int:
    return max(item.end, _last_end(item.items[-1])) if item.items else item.end


def whole_span(text: str, item: SectionItem) -> Span:
    """Return ``item`` with its label; one that has no text of its own, with what it holds."""
    label = label_span(text, item)
    start = item.start if label is None else label.start
    return span_of(text, start, item.end if item.text else _last_end(item))


def item_spans(text: str, items: tuple[SectionItem, ...]) -> Iterator[Span]:
    """Yield the bullets of a list on every level; a label or an intro above others is none."""
    for item in items:
        if not item.items or (item.text and not item.text.endswith(":")):
            yield whole_span(text, item)
        yield from item_spans(text, item.items)
