"""The other treatments that a page names: in a list with notes, or in a line of prose."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from service.ingest.page_lines import split_label
from service.ingest.page_phrases import (
    label_span,
    pieces,
    plain,
    says_nothing,
    sentences,
    sub_span,
    without_period,
)
from service.model import SectionItem, Span

__all__ = ["Alternative", "Alternatives", "read_alternatives"]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Where a page names another treatment, and its remark on it."""

    quote: Span
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Alternatives:
    """The alternatives of a section, and the sentences that name none."""

    alternatives: tuple[Alternative, ...]
    unread: tuple[Span, ...]


_NOTE_DASH = re.compile(r"\s[-–—]\s+")
_NOTE_COLON = re.compile(r"[*_]{0,2}:[*_]{0,2}\s+")
_LISTED = re.compile(
    r".{0,80}?\b(?:include|includes|including|such as|consist of|are)\b:?\s+",
    re.IGNORECASE | re.DOTALL,
)
_LIST = re.compile(r"\s*[,;]\s+(?:(?:and|or)\s+)?|\s+(?:and/or|and|or)\s+")
_TRAILING_CLAUSE = re.compile(
    r"(?:depending|based|though|although|but|which|as|if|when|where|however|each|with)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"\b(?:is|are|may|might|can|could|will|should|has|have|there)\b", re.IGNORECASE
)
_MOST_NAME_WORDS = 12


_READ_CHARACTERS = 1000


def read_alternatives(
    text: str, items: tuple[SectionItem, ...], paragraphs: tuple[Span, ...]
) -> Alternatives:
    """Return the alternatives of a section: its bullets, or its paragraphs where it has none."""
    named = list(_alternative_items(text, items))
    unread: list[Span] = []
    for paragraph in () if items else paragraphs:
        for span in _one_by_one(paragraph):
            found = list(_told_alternatives(span))
            named += found
            if not found and not says_nothing(span.text) and not span.text.endswith(":"):
                unread.append(span)
    stated = (one for one in named if not says_nothing(one.quote.text))
    return Alternatives(tuple(stated), tuple(unread))


def _alternative_items(text: str, items: tuple[SectionItem, ...]) -> Iterator[Alternative]:
    """Yield the alternatives of a list with their notes.

    A lone sentence under "Group therapy:" is its note; several entries are alternatives.
    """
    for item in items:
        label = label_span(text, item)
        own = Span(item.text, item.start, item.end)
        if label is not None and item.text:
            yield Alternative(label, plain(item.text))
        elif label is not None and len(item.items) == 1 and item.items[0].text.endswith("."):
            yield Alternative(label, plain(item.items[0].text))
            continue
        elif label is not None and not item.items:
            yield Alternative(label)
        elif item.text and not (item.items and item.text.endswith(":")):
            yield _named_and_noted(own)
        yield from _alternative_items(text, item.items)


def _named_and_noted(span: Span) -> Alternative:
    """Return the name before the first colon or spaced dash, and the note after it."""
    for mark in (_NOTE_COLON, _NOTE_DASH):
        found = mark.search(span.text, 0, _READ_CHARACTERS)
        if found and found.start():
            note = plain(span.text[found.end() :])
            return Alternative(sub_span(span, 0, found.start()), note or None)
    return Alternative(without_period(span))


def _one_by_one(paragraph: Span) -> Iterator[Span]:
    """Yield the sentences of a paragraph; "Group therapy: …" is one entry to its end."""
    if split_label(paragraph.text[:200]) is not None:
        yield paragraph
    else:
        yield from sentences(paragraph)


def _told_alternatives(span: Span) -> Iterator[Alternative]:
    """Yield the alternatives in a line of prose: a labelled one, a list, a short phrase."""
    if says_nothing(span.text) or len(span.text) > _READ_CHARACTERS:
        return
    if split_label(span.text) is not None:
        yield _named_and_noted(span)
        return
    bare = without_period(span)
    frame = _LISTED.match(bare.text)
    if frame is not None:
        for piece in pieces(sub_span(bare, frame.end(), len(bare.text)), _LIST):
            if _TRAILING_CLAUSE.match(piece.text):
                break
            yield Alternative(piece)
    elif len(bare.text.split()) <= _MOST_NAME_WORDS and not _CLAUSE.search(bare.text):
        for piece in pieces(bare, _LIST):
            yield Alternative(piece)
