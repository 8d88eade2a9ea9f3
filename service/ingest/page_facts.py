"""The sections of a procedure page -> its facts, each a verbatim span of the page."""

import re
from collections.abc import Iterable, Iterator

from service.ingest.page_durations import minutes
from service.ingest.page_grammar import Outline, Passage
from service.ingest.page_phrases import (
    item_spans,
    label_span,
    pieces,
    says_nothing,
    sentences,
    sub_span,
    whole_span,
    without_period,
)
from service.ingest.page_steps import (
    REMARK_LABEL,
    is_anesthesia_label,
    is_tools_label,
    remark_places,
)
from service.model import PageFacts, SectionItem, Span

__all__ = ["passages_of", "read_facts", "statements"]


def passages_of(outline: Outline, heading: str) -> list[Passage]:
    """Return the passages under ``heading``; a page may have several."""
    return [passage for passage in outline.passages if passage.section.heading == heading]


def statements(text: str, passage: Passage) -> Iterator[Span]:
    """Yield what a section states one by one: its bullets, or its sentences where it has none."""
    if passage.section.items:
        yield from item_spans(text, passage.section.items)
        return
    for paragraph in passage.paragraphs:
        yield from (s for s in sentences(paragraph) if not s.text.endswith(":"))


def read_facts(text: str, outline: Outline) -> PageFacts:
    """Return what the procedure page ``text`` says, as far as its sections tell."""
    description = passages_of(outline, "Procedure Description")
    remarks = [remark for passage in description for remark in _remarks(text, passage)]
    tools = [tool for label, held in remarks if is_tools_label(label) for tool in held]
    held_anesthesia = [tool for tool in tools if _SPEAKS_OF_ANESTHESIA.search(tool.text)]
    anesthesia = [
        *(span for label, held in remarks if is_anesthesia_label(label) for span in held),
        *held_anesthesia,
    ]
    duration = _whole(text, outline, "Duration")
    least, most = minutes(duration.text) if duration else (None, None)
    return PageFacts(
        summary=_whole(text, outline, "Summary"),
        purpose=_whole(text, outline, "Purpose"),
        preparation=_list(text, outline, "Preparation"),
        steps=tuple(step for passage in description for step in _steps(text, passage)),
        tools=tuple(tool for tool in tools if tool not in held_anesthesia),
        anesthesia=without_period(anesthesia[0]) if anesthesia else None,
        duration=duration,
        min_minutes=least,
        max_minutes=most,
        settings=tuple(_settings(text, outline)),
        risks=_list(text, outline, "Risks and Complications"),
        benefits=_list(text, outline, "Benefits"),
        recovery=_whole(text, outline, "Recovery"),
        patient_experience=_whole(text, outline, "Patient Experience"),
    )


def _whole(text: str, outline: Outline, heading: str) -> Span | None:
    """Return the text of a section, without the marker where it is a single bullet."""
    for passage in passages_of(outline, heading):
        section = passage.section
        if len(section.items) == 1 and not passage.paragraphs and not section.items[0].items:
            return whole_span(text, section.items[0])
        if section.text:
            return Span(section.text, section.start, section.end)
    return None


def _list(text: str, outline: Outline, heading: str) -> tuple[Span, ...]:
    return tuple(s for p in passages_of(outline, heading) for s in statements(text, p))


def _steps(text: str, passage: Passage) -> Iterator[Span]:
    section = passage.section
    if section.items:
        yield from _step_items(text, section.items)
        return
    for paragraph in passage.paragraphs:
        remark = REMARK_LABEL.search(paragraph.text)
        told = sub_span(paragraph, 0, remark.start() if remark else len(paragraph.text))
        yield from (s for s in sentences(told) if not s.text.endswith(":"))


def _step_items(text: str, items: tuple[SectionItem, ...]) -> Iterator[Span]:
    remarks = remark_places(items)
    for place, item in enumerate(items):
        if place in remarks:
            continue
        if item.ordinal is None and item.items:
            yield from _step_items(text, item.items)
        else:
            yield whole_span(text, item)


_SPEAKS_OF_ANESTHESIA = re.compile(r"\b(?:an(?:a)?esthesia|sedation)\b", re.IGNORECASE)


def _remarks(text: str, passage: Passage) -> Iterator[tuple[str, list[Span]]]:
    """Yield the labels of what stands beside the steps, each with what it announces.

    Three forms are known: labels in a paragraph, labelled bullets, and a list under a label.
    """
    yield from _item_remarks(text, passage.section.items)
    for paragraph in passage.paragraphs:
        labels = list(REMARK_LABEL.finditer(paragraph.text))
        ends = [*(label.start() for label in labels[1:]), len(paragraph.text)]
        for label, end in zip(labels, ends, strict=False):
            yield label["label"], _announced(label["label"], sub_span(paragraph, label.end(), end))


def _item_remarks(text: str, items: tuple[SectionItem, ...]) -> Iterator[tuple[str, list[Span]]]:
    remarks = remark_places(items)
    for place, item in enumerate(items):
        if place in remarks and item.label is not None:
            own = Span(item.text, item.start, item.end)
            held = _announced(item.label, own)
            yield item.label, [*held, *map(without_period, item_spans(text, item.items))]
        elif item.ordinal is None:
            yield from _item_remarks(text, item.items)


def _announced(label: str, span: Span) -> list[Span]:
    if not span.text:
        return []
    return _tools(span) if is_tools_label(label) else [without_period(span)]


_LIST = re.compile(r"\s*[,;]\s+(?:(?:and|or)\s+)?")
_LIST_END = re.compile(r"\s+and\s+")
_DETERMINED_END = re.compile(
    r"\s+and\s+(?=(?:an?|the|some|possibly|sometimes|other|various|any|often|usually)\s)",
    re.IGNORECASE,
)
_EXAMPLES = re.compile(
    r"\b(?:such as|including|for example|e\.g\.|like)\b[^,;]*[,;]", re.IGNORECASE
)
_ONE_ADJECTIVE = re.compile(r"(?:an?|the)\s+\S+", re.IGNORECASE)
_ARTICLE = re.compile(r"(?:an?|the|some)\s", re.IGNORECASE)


def _tools(span: Span) -> list[Span]:
    """Return the tools that a text lists; a text that is no plain list is one span."""
    tools: list[Span] = []
    for sentence in sentences(span):
        sentence = without_period(sentence)
        if says_nothing(sentence.text):
            continue
        if _EXAMPLES.search(sentence.text):
            tools.append(sentence)
            continue
        parts = _joined_adjectives(sentence, pieces(sentence, _LIST))
        last = parts.pop()
        tools += parts
        tools += pieces(last, _LIST_END if parts else _DETERMINED_END)
    return tools


def _joined_adjectives(sentence: Span, parts: list[Span]) -> list[Span]:
    """Return ``parts`` with "A quiet" and "private room" as the one thing they are."""
    joined: list[Span] = []
    for part in parts:
        above = joined[-1] if joined else None
        if above and _ONE_ADJECTIVE.fullmatch(above.text) and not _ARTICLE.match(part.text):
            start, end = above.start - sentence.start, part.end - sentence.start
            joined[-1] = sub_span(sentence, start, end)
        else:
            joined.append(part)
    return joined


_PLACE = (
    r"(?:hospitals?|clinics?|offices?|cent(?:er|re)s?|facilit(?:y|ies)|rooms?|suites?|departments?"
    r"|units?|homes?|laborator(?:y|ies)|labs?|wards?|schools?|practices?|settings?|theat(?:er|re)s?"
    r"|pharmac(?:y|ies)|agenc(?:y|ies)|houses?|areas?|environments?|ICU|ER|OR|ED)"
)
_PLACES_LIST = re.compile(
    r"(?<=\w)\s*[,;]\s+(?:(?:and|or)\s+)?|(?:(?<=[a-z]s)|(?<=[a-z][a-z]))\s+(?:and/or|and|or)\s+"
)
_ENDS_IN_PLACE = re.compile(rf".*\b{_PLACE}(?:\s?\([^()]*\))?", re.IGNORECASE | re.DOTALL)
_NAMES_PLACE = re.compile(rf"\b{_PLACE}\b|\b(?:in|out)patient\b|\btelehealth\b", re.IGNORECASE)
_HAPPENS_IN = re.compile(
    r"\b(?:performed|done|conducted|provided|administered|carried out|takes? place|occurs?|held"
    r"|given|offered|delivered|used|completed|happens?)\b[^.,;]{0,40}?\b(?:in|at|within)\s+"
    r"(?:(?:an?|the|either an?)\s+)?",
    re.IGNORECASE,
)
_ARTICLE_BEFORE = re.compile(r"(?:an?|the|in an?|at an?|in|at|either an?)\s+(?=\S)", re.IGNORECASE)
_WORKING_CHARACTERS = 2000


def _settings(text: str, outline: Outline) -> Iterator[Span]:
    for passage in passages_of(outline, "Setting"):
        spans: Iterable[Span] = passage.paragraphs
        if passage.section.items:
            spans = _told_places(text, passage.section.items)
        told = [sentence for span in spans for sentence in sentences(_after_label(span))]
        placed = [s for s in told if _NAMES_PLACE.search(s.text[:_WORKING_CHARACTERS])]
        for sentence in placed or told[:1]:
            yield from _places(without_period(sentence), page_end=len(text.rstrip()))


def _told_places(text: str, items: tuple[SectionItem, ...]) -> Iterator[Span]:
    """Yield the texts of a list on every level; of "Hospital: for the weak" the label."""
    for item in items:
        label = label_span(text, item)
        if label is not None and _ENDS_IN_PLACE.fullmatch(label.text):
            yield label
        elif item.text:
            yield Span(item.text, item.start, item.end)
        yield from _told_places(text, item.items)


_LABEL = re.compile(r"[A-Z][\w /-]{2,40}:\s+")


def _after_label(span: Span) -> Span:
    label = _LABEL.match(span.text)
    return sub_span(span, label.end() if label else 0, len(span.text))


def _places(sentence: Span, *, page_end: int) -> Iterator[Span]:
    """Yield the places in a sentence: "Office or outpatient clinic" has two.

    Of a page that is cut off, the last word of a list may be half a word: it is left out.
    """
    if len(sentence.text) > _WORKING_CHARACTERS or says_nothing(sentence.text):
        return
    frame = _HAPPENS_IN.search(sentence.text)
    rest = sub_span(sentence, frame.end() if frame else 0, len(sentence.text))
    begun: Span | None = None
    for piece in pieces(rest, _PLACES_LIST):
        if begun is not None:
            start, end = begun.start - rest.start, piece.end - rest.start
            piece = sub_span(rest, start, end)
        begun = None if _ENDS_IN_PLACE.fullmatch(piece.text) else piece
        if begun is None:
            yield _without_article(piece)
    is_cut = begun is not None and begun.start > rest.start and begun.end == page_end
    if begun is not None and not is_cut:
        yield _without_article(begun)


def _without_article(span: Span) -> Span:
    article = _ARTICLE_BEFORE.match(span.text)
    return sub_span(span, article.end() if article else 0, len(span.text))
