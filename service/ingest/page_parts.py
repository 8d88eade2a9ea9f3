"""The lines of a page -> its parts, one for each section, lost and strange headings considered."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from service.ingest.page_headings import NAME_HEADINGS, SIMILAR_CODES, Template, name_heading
from service.ingest.page_lines import Line, ends_sentence
from service.ingest.page_steps import is_bare_remark_label

__all__ = ["Heading", "Notice", "Part", "divide", "find_headings"]


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for a person about the page's ``line``, counted from 1 in the page's text."""

    line: int
    message: str
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading at ``place`` in the lines; its section's text starts at offset ``start``."""

    name: str
    place: int
    start: int


@dataclass(frozen=True, slots=True)
class Part:
    """The lines ``first`` to ``last`` (not included) under a heading; ``placed`` ends its items."""

    heading: str
    line: int
    first: int
    last: int
    start: int
    placed: int


def find_headings(lines: list[Line], first: int, template: Template) -> Iterator[Heading]:
    """Yield the headings from the line at ``first`` on."""
    current: str | None = None
    for place in range(first, len(lines)):
        line = lines[place]
        if line.marker is not None or line.is_blank:
            continue
        named = name_heading(line.text)
        if named is not None:
            current = named[0]
            yield Heading(current, place, line.body + named[1])
            continue
        heading = template.heading(line.text)
        if heading is None or _stands_in_prose(lines, place):
            continue
        # "Complications:" under "Risks and Complications" is a label, not the section again.
        if heading == current and not template.is_exact(line.text, heading):
            continue
        current = heading
        yield Heading(heading, place, line.end)


_LEAST_WRAPPED = 40
"""Characters of the shortest line that is taken to be wrapped."""


def _stands_in_prose(lines: list[Line], place: int) -> bool:
    """Return whether a word that is a heading elsewhere is a piece of a wrapped sentence here."""
    above = lines[place - 1] if place else None
    if above is None or len(above.text) < _LEAST_WRAPPED or ends_sentence(above.text):
        return False
    below = lines[place + 1] if place + 1 < len(lines) else None
    runs_on = below is not None and below.marker is None and below.text[:1].islower()
    return runs_on and (above.marker is None or lines[place].text[0].islower())


def divide(
    lines: list[Line], headings: list[Heading], template: Template, notices: list[Notice]
) -> list[Part]:
    """Return the parts of the page in order, those with a lost heading among them.

    What is unusual is added to ``notices``.
    """
    parts = list(_parts(lines, headings, template, notices))
    _check_order(parts, template, notices)
    return parts


def _parts(
    lines: list[Line], headings: list[Heading], template: Template, notices: list[Notice]
) -> Iterator[Part]:
    """Yield a part for each heading, and one for each that double blank lines stand for.

    Every gap must be explained by a lost heading, and every lost heading by a gap; only at the
    end of a page, which may be cut off, the last ones may be missing.
    """
    found = {heading.name for heading in headings}
    usual = _usual_blanks(lines, headings)
    for index, heading in enumerate(headings):
        following = headings[index + 1] if index + 1 < len(headings) else None
        last = len(lines) if following is None else following.place
        first = heading.place if heading.start < lines[heading.place].end else heading.place + 1
        part = Part(heading.name, lines[heading.place].number, first, last, heading.start, last)
        after = None if following is None else following.name
        if heading.name in template.headings and (after is None or after in template.headings):
            lost = [h for h in template.lost_between(heading.name, after) if h not in found]
        else:
            lost = []
        gaps = list(_gaps(lines, part, usual=usual)) if lost else []
        fits = len(gaps) == len(lost) or (following is None and len(gaps) < len(lost))
        if not fits and gaps:
            _report_misfit(lines, part, gaps, lost, notices)
            part = replace(part, placed=gaps[0])
            gaps = []
        for split in _restore_headings(lines, part, gaps, lost, notices):
            yield _without_strange_headings(lines, split, notices)


def _report_misfit(
    lines: list[Line], part: Part, gaps: list[int], lost: list[str], notices: list[Notice]
) -> None:
    message = (
        f"double blank lines part the text here into {len(gaps) + 1}, but {len(lost)} headings "
        f"are missing ({', '.join(lost)}); it was kept as text from here on: add the headings"
    )
    notices.append(Notice(lines[gaps[0]].number, message, part.heading))


def _restore_headings(
    lines: list[Line], part: Part, gaps: list[int], lost: list[str], notices: list[Notice]
) -> Iterator[Part]:
    """Yield ``part`` divided at its ``gaps``, each of which stands for one ``lost`` heading."""
    ends = [*gaps, part.last]
    yield replace(part, last=ends[0], placed=min(part.placed, ends[0]))
    for heading, first, last in zip(lost, gaps, ends[1:], strict=False):
        number = lines[first].number
        message = f'the heading "{heading}" is lost; it was put here by the order of the sections'
        notices.append(Notice(number, message, heading))
        yield Part(heading, number, first, last, lines[first].start, last)


def _usual_blanks(lines: list[Line], headings: list[Heading]) -> int:
    """Return how many blank lines part two paragraphs here: as many as follow a heading, or one.

    A page that was saved with every line end doubled has two, and a lost heading leaves more.
    """
    runs: list[int] = []
    for heading in headings:
        filled = heading.place + 1
        while filled < len(lines) and lines[filled].is_blank:
            filled += 1
        if filled < len(lines):
            runs.append(filled - heading.place - 1)
    return max(1, min(runs, default=1))


def _gaps(lines: list[Line], part: Part, *, usual: int) -> Iterator[int]:
    """Yield the places where text follows more than the ``usual`` blank lines inside ``part``."""
    blanks, any_text = 0, False
    for place in range(part.first, part.last):
        if lines[place].is_blank:
            blanks += 1
            continue
        if blanks > usual and any_text:
            yield place
        blanks, any_text = 0, True


def _without_strange_headings(lines: list[Line], part: Part, notices: list[Notice]) -> Part:
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
    if is_bare_remark_label(line.text):
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


def _check_order(parts: list[Part], template: Template, notices: list[Notice]) -> None:
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
