"""A page's text -> its title lines and its sections with their items, every offset kept.

DESIGN.md, "The page grammar", tells what a page is. Nothing is dropped: what has no place in the
grammar stays as text in the section where it stands, and a ``Notice`` says so.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from service.codes import KNOWN_SYSTEMS
from service.ingest.page_headings import (
    CONDITION,
    NAME_HEADINGS,
    PROCEDURE,
    SIMILAR_CODES,
    Template,
    is_search_line,
    name_heading,
    type_line_system,
)
from service.ingest.page_items import read_body
from service.ingest.page_lines import Line, split_lines
from service.ingest.page_parts import Heading, Notice, Part, divide, find_headings
from service.ingest.page_phrases import plain, span_of
from service.model import Section, Span

__all__ = ["Outline", "Passage", "read_outline"]


@dataclass(frozen=True, slots=True)
class Passage:
    """A section, its first line, and what of its text stands in no item, by paragraph."""

    section: Section
    line: int
    paragraphs: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """What the grammar finds on a page.

    ``descriptor`` stands above the type line, which names ``system``; ``titles`` stand between
    that line and the first heading. ``second_page`` is the line where another page begins.
    """

    is_condition: bool
    system: str | None
    type_line: int | None
    descriptor: str | None
    titles: tuple[Span, ...]
    passages: tuple[Passage, ...]
    notices: tuple[Notice, ...]
    second_page: int | None
    line_starts: tuple[int, ...]

    def line_of(self, offset: int) -> int:
        """Return the number of the line where ``offset`` is, from 1."""
        return max(1, bisect_right(self.line_starts, offset))


def read_outline(text: str) -> Outline:
    """Return the title lines, sections and items of the page ``text``."""
    lines = split_lines(text)
    template = _template_of(lines)
    notices: list[Notice] = []
    type_place = _type_line(lines)
    body = 0 if type_place is None else type_place + 1
    headings = list(find_headings(lines, body, template))
    header_end = headings[0].place if headings else len(lines)
    system = None if type_place is None else type_line_system(lines[type_place].text)
    descriptor_end = header_end if type_place is None else type_place
    parts = divide(lines, headings, template, notices)
    titles = _titles(text, lines[descriptor_end + 1 : header_end], notices)
    if not headings:
        notices.append(Notice(1, "no heading of the page grammar was found; add the headings"))
    return Outline(
        is_condition=template is CONDITION,
        system=system,
        type_line=None if type_place is None else lines[type_place].number,
        descriptor=_descriptor(lines[:descriptor_end], has_type_line=type_place is not None),
        titles=titles,
        passages=tuple(_passage(text, lines, part) for part in parts),
        notices=tuple(sorted(notices, key=lambda notice: notice.line)),
        second_page=_second_page(lines, headings, type_place),
        line_starts=tuple(line.start for line in lines),
    )


def _template_of(lines: list[Line]) -> Template:
    """Return the template of the name heading; without one, the one with more headings here."""
    counts = {PROCEDURE.name: 0, CONDITION.name: 0}
    for line in lines:
        if line.marker is not None or line.is_blank:
            continue
        named = name_heading(line.text)
        if named is not None:
            return CONDITION if named[0] == NAME_HEADINGS[1] else PROCEDURE
        for template in (PROCEDURE, CONDITION):
            counts[template.name] += template.heading(line.text) is not None
    return CONDITION if counts[CONDITION.name] > counts[PROCEDURE.name] else PROCEDURE


def _type_line(lines: list[Line]) -> int | None:
    """Return the place of the type line, which stands above the name heading."""
    for place, line in enumerate(lines):
        if line.marker is None and type_line_system(line.text) is not None:
            return place
        if name_heading(line.text) is not None:
            return None
    return None


_MOST_REPEATS = 2
"""Headings that may stand twice; more of them mean that a second page has begun."""


def _second_page(lines: list[Line], headings: list[Heading], type_place: int | None) -> int | None:
    """Return the number of the line where a second page begins, None where none does."""
    begins = [h.place for h in headings if h.name in NAME_HEADINGS][1:2]
    seen: set[str] = set()
    repeated: dict[str, int] = {}
    for heading in headings:
        if heading.name in seen:
            repeated.setdefault(heading.name, heading.place)
        seen.add(heading.name)
    if len(repeated) > _MOST_REPEATS:
        begins.append(min(repeated.values()))
    if type_place is not None:
        begins.extend(_type_lines_after(lines, headings, type_place))
    return lines[min(begins)].number if begins else None


def _type_lines_after(lines: list[Line], headings: list[Heading], type_place: int) -> Iterator[int]:
    """Yield the places of further type lines; a list of similar codes may hold some."""
    listed = next((h.place for h in headings if h.name == SIMILAR_CODES), len(lines))
    for place in range(type_place + 1, listed):
        line = lines[place]
        if line.marker is None and type_line_system(line.text) in KNOWN_SYSTEMS:
            yield place


def _descriptor(header: list[Line], *, has_type_line: bool) -> str | None:
    """Return the descriptor, its wrapped lines joined.

    Where the type line is lost, only the first paragraph is sure to be the descriptor.
    """
    words: list[str] = []
    for line in header:
        if line.is_blank and words and not has_type_line:
            break
        if not line.is_blank and not is_search_line(line.text):
            words.append(line.text.strip("#* ") if line.marker is None else line.text)
    descriptor = plain(" ".join(words))
    return descriptor or None


_MOST_TITLES = 3
_MOST_TITLE_LINE = 300


def _titles(text: str, lines: list[Line], notices: list[Notice]) -> tuple[Span, ...]:
    titles: list[Span] = []
    for line in lines:
        if line.is_blank:
            continue
        if len(titles) == _MOST_TITLES or len(line.text) > _MOST_TITLE_LINE:
            message = "this text stands before the first heading; it was kept and not read further"
            notices.append(Notice(line.number, message))
            break
        titles.append(span_of(text, line.body, line.end))
    return tuple(titles)


def _passage(text: str, lines: list[Line], part: Part) -> Passage:
    span = _section_span(text, lines, part)
    content = lines[part.first : part.placed]
    if content and content[0].body < part.start:  # the name stands on the heading's own line
        head = content[0]
        rest = replace(head, start=part.start, body=part.start, text=text[part.start : head.end])
        content[0] = rest
    body = read_body(text, content, heading=part.heading)
    section = Section(part.heading, span.text, span.start, span.end, body.items)
    return Passage(section, part.line, body.paragraphs)


def _section_span(text: str, lines: list[Line], part: Part) -> Span:
    filled = [line for line in lines[part.first : part.last] if not line.is_blank]
    if not filled:
        return Span("", part.start, part.start)
    return span_of(text, max(part.start, filled[0].start), filled[-1].end)
