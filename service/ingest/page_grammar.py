"""A page's text -> its title lines and its sections with their items, every offset kept.

DESIGN.md, "The page grammar", tells what a page is. Nothing is dropped: what has no place in the
grammar stays as text in the section where it stands, and a ``Notice`` says so.
"""

import re
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
from service.ingest.page_lines import Line, ends_sentence, split_lines
from service.ingest.page_phrases import plain, span_of
from service.model import Section, Span

__all__ = ["Notice", "Outline", "Passage", "read_outline"]


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for a person about the page's ``line``, counted from 1 in the page's text."""

    line: int
    message: str
    section: str | None = None


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


@dataclass(frozen=True, slots=True)
class _Heading:
    """A heading at ``place`` in the lines; its section's text starts at offset ``start``."""

    name: str
    place: int
    start: int


@dataclass(frozen=True, slots=True)
class _Part:
    """The lines ``first`` to ``last`` (not included) under a heading; ``placed`` ends its items."""

    heading: str
    line: int
    first: int
    last: int
    start: int
    placed: int


def read_outline(text: str) -> Outline:
    """Return the title lines, sections and items of the page ``text``."""
    lines = split_lines(text)
    template = _template_of(lines)
    notices: list[Notice] = []
    type_place = _type_line(lines)
    body = 0 if type_place is None else type_place + 1
    headings = list(_headings(lines, body, template))
    header_end = headings[0].place if headings else len(lines)
    system = None if type_place is None else type_line_system(lines[type_place].text)
    descriptor_end = header_end if type_place is None else type_place
    parts = list(_parts(lines, headings, template, notices))
    _check_order(parts, template, notices)
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


def _headings(lines: list[Line], first: int, template: Template) -> Iterator[_Heading]:
    current: str | None = None
    for place in range(first, len(lines)):
        line = lines[place]
        if line.marker is not None or line.is_blank:
            continue
        named = name_heading(line.text)
        if named is not None:
            current = named[0]
            yield _Heading(current, place, line.body + named[1])
            continue
        heading = template.heading(line.text)
        if heading is None or _stands_in_prose(lines, place):
            continue
        # "Complications:" under "Risks and Complications" is a label, not the section again.
        if heading == current and not template.is_exact(line.text, heading):
            continue
        current = heading
        yield _Heading(heading, place, line.end)


def _stands_in_prose(lines: list[Line], place: int) -> bool:
    """Return whether a word that is a heading elsewhere is a piece of a wrapped sentence here."""
    above = lines[place - 1] if place else None
    if above is None or above.is_blank or ends_sentence(above.text):
        return False
    below = lines[place + 1] if place + 1 < len(lines) else None
    runs_on = below is not None and below.text[:1].islower()
    return lines[place].text[0].islower() or (runs_on and above.marker is None)


_MOST_REPEATS = 2
"""Headings that may stand twice; more of them mean that a second page has begun."""


def _second_page(lines: list[Line], headings: list[_Heading], type_place: int | None) -> int | None:
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


def _type_lines_after(
    lines: list[Line], headings: list[_Heading], type_place: int
) -> Iterator[int]:
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


def _parts(
    lines: list[Line], headings: list[_Heading], template: Template, notices: list[Notice]
) -> Iterator[_Part]:
    """Yield the parts of the page in order, those with a lost heading among them."""
    found = {heading.name for heading in headings}
    for index, heading in enumerate(headings):
        following = headings[index + 1] if index + 1 < len(headings) else None
        last = len(lines) if following is None else following.place
        first = heading.place if heading.start < lines[heading.place].end else heading.place + 1
        part = _Part(heading.name, lines[heading.place].number, first, last, heading.start, last)
        after = None if following is None else following.name
        if heading.name in template.headings and (after is None or after in template.headings):
            lost = [h for h in template.lost_between(heading.name, after) if h not in found]
        else:
            lost = []
        for split in _restore_headings(lines, part, lost, notices, at_end=following is None):
            yield _without_strange_headings(lines, split, notices)


def _restore_headings(
    lines: list[Line], part: _Part, lost: list[str], notices: list[Notice], *, at_end: bool
) -> Iterator[_Part]:
    """Yield ``part`` divided at double blank lines, where lost headings explain them.

    Every gap must stand for one of the ``lost`` headings; at the end of the page, which may be
    cut off, the last ones may be missing.
    """
    gaps = list(_gaps(lines, part)) if lost else []
    if not gaps:
        yield part
        return
    if len(gaps) != len(lost) and not (at_end and len(gaps) < len(lost)):
        number = lines[gaps[0]].number
        message = (
            f"{len(gaps)} double blank lines here, but {len(lost)} headings are missing "
            f"({', '.join(lost)}); the text was kept and not read further: add the headings"
        )
        notices.append(Notice(number, message, part.heading))
        yield replace(part, placed=gaps[0])
        return
    starts = [part.first, *gaps, part.last]
    yield replace(part, last=gaps[0], placed=gaps[0])
    for heading, first, last in zip(lost, gaps, starts[2:], strict=False):
        number = lines[first].number
        message = f'the heading "{heading}" is lost; it was put here by the order of the sections'
        notices.append(Notice(number, message, heading))
        yield _Part(heading, number, first, last, lines[first].start, last)


def _gaps(lines: list[Line], part: _Part) -> Iterator[int]:
    """Yield the places where text follows two blank lines or more inside ``part``."""
    blanks, any_text = 0, False
    for place in range(part.first, part.last):
        if lines[place].is_blank:
            blanks += 1
            continue
        if blanks > 1 and any_text:
            yield place
        blanks, any_text = 0, True


def _without_strange_headings(lines: list[Line], part: _Part, notices: list[Notice]) -> _Part:
    """Return ``part`` with its items ending where a heading stands that is in no template."""
    if part.heading in NAME_HEADINGS or part.heading == SIMILAR_CODES:
        return part
    any_text = False
    for place in range(part.first, part.placed):
        line = lines[place]
        if any_text and _looks_like_heading(lines, place, part.placed):
            message = (
                f'"{line.text}" looks like a heading, but is none of the closed list; '
                "what follows was kept as text: check the heading"
            )
            notices.append(Notice(line.number, message, part.heading))
            return replace(part, placed=place)
        any_text = any_text or not line.is_blank
    return part


_TITLE = re.compile(r"[#*_ ]*[A-Z][\w'’&/()-]*(?: [\w'’&/()-]+){0,4}[*_ ]*")
_MOST_TITLE_CHARACTERS = 50
_SHORT_WORD = 3
_PROSE_WORDS = 6


def _looks_like_heading(lines: list[Line], place: int, end: int) -> bool:
    """Return whether a line is short, in title case, on its own, and has a text under it."""
    line = lines[place]
    if line.marker is not None or not 0 < len(line.text) <= _MOST_TITLE_CHARACTERS:
        return False
    if not _TITLE.fullmatch(line.text) or any(char.isdigit() for char in line.text):
        return False
    if any(len(word) > _SHORT_WORD and word[0].islower() for word in line.text.split()):
        return False
    above = lines[place - 1]
    if not (above.is_blank or above.marker is not None or ends_sentence(above.text)):
        return False
    below = next((lines[i] for i in range(place + 1, min(place + 4, end)) if lines[i].text), None)
    if below is None:
        return False
    is_prose = len(below.text.split(maxsplit=_PROSE_WORDS)) >= _PROSE_WORDS
    return below.marker is not None or is_prose or ends_sentence(below.text)


def _check_order(parts: list[_Part], template: Template, notices: list[Notice]) -> None:
    """Add a notice for every section that is repeated, out of order or of another template."""
    seen: list[str] = []
    for part in parts:
        message: str | None = None
        if part.heading not in template.headings:
            message = f"a heading of another template on a {template.name} page"
        elif part.heading in seen:
            message = "this section stands on the page twice; both were kept"
        else:
            order = template.order(part.heading)
            later = [h for h in seen if h in template.headings and template.order(h) > order]
            if later:
                message = f'this section stands after "{later[0]}"; the page\'s order was kept'
        if message is not None:
            notices.append(Notice(part.line, message, part.heading))
        seen.append(part.heading)


def _passage(text: str, lines: list[Line], part: _Part) -> Passage:
    span = _section_span(text, lines, part)
    content = lines[part.first : part.placed]
    if content and content[0].body < part.start:  # the name stands on the heading's own line
        head = content[0]
        rest = replace(head, start=part.start, body=part.start, text=text[part.start : head.end])
        content[0] = rest
    body = read_body(text, content, heading=part.heading)
    section = Section(part.heading, span.text, span.start, span.end, body.items)
    return Passage(section, part.line, body.paragraphs)


def _section_span(text: str, lines: list[Line], part: _Part) -> Span:
    filled = [line for line in lines[part.first : part.last] if not line.is_blank]
    if not filled:
        return Span("", part.start, part.start)
    return span_of(text, max(part.start, filled[0].start), filled[-1].end)
