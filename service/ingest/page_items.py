"""The lines of a section -> its items, nested, and the paragraphs that stand in no item."""

from dataclasses import dataclass, field, replace
from itertools import islice

from service.ingest.page_lines import Line, Marker, ends_sentence, split_label
from service.ingest.page_phrases import sentences, span_of
from service.ingest.page_steps import REMARK_LABEL, is_bare_remark_label, number_steps
from service.model import SectionItem, Span

__all__ = ["Body", "read_body"]

_DEEPEST = 8
"""Items nested more deeply than this become siblings on the deepest level."""

_NESTED_INDENT = 2
"""Columns to the right that make a child; one column is the slack of right-aligned numbers."""

_GLUED = frozenset({"Indications", "Risks and Complications", "Benefits"})
"""Sections whose bullets are single statements, so that a closing remark can be told from them."""


@dataclass(frozen=True, slots=True)
class Body:
    """What a section holds: its items, and its text outside of them, paragraph by paragraph."""

    items: tuple[SectionItem, ...]
    paragraphs: tuple[Span, ...]


@dataclass(slots=True)
class _Draft:
    """An item, or (without ``line``'s marker and label) a paragraph, while its lines come in."""

    line: Line
    start: int
    end: int
    label: str | None = None
    children: "list[_Draft]" = field(default_factory=list)
    flattened: bool = False

    @property
    def is_label_line(self) -> bool:
        return self.line.marker is None

    @property
    def awaits_text(self) -> bool:
        return self.start == self.end and not self.children

    @property
    def introduces(self) -> bool:
        """Return whether the item is one line that ends in a colon: what follows belongs to it."""
        return self.end <= self.line.end and self.line.text.endswith((":", ":**", ":__"))


class _BodyReader:
    """Takes the lines of a section one by one."""

    def __init__(self) -> None:
        self.items: list[_Draft] = []
        self.paragraphs: list[_Draft] = []
        self._parents: list[_Draft] = []  # from the outermost to the one that may get children
        self._open: _Draft | None = None  # what a line of plain text would continue
        self._last_line: Line | None = None
        self._after_blank = False

    def take(self, line: Line, following: Line | None) -> None:
        if line.is_blank:
            self._after_blank = True
            return
        if line.marker is not None:
            self._take_item(line)
        elif self._is_label_line(line, following):
            self._take_label(line)
        else:
            self._take_text(line)
        self._last_line, self._after_blank = line, False

    @staticmethod
    def _is_label_line(line: Line, following: Line | None) -> bool:
        label = split_label(line.text)
        if label is not None:
            return label[1] == len(line.text)
        # "Tools and Equipment" may have lost its colon, but not its list.
        announces = following is not None and following.marker is not None
        return announces and is_bare_remark_label(line.text)

    def _take_label(self, line: Line) -> None:
        draft = _Draft(line, line.end, line.end)
        label = split_label(line.text)
        draft.label = line.text if label is None else label[0].text
        self.items.append(draft)
        self._parents = [draft]
        self._open = draft

    def _take_item(self, line: Line) -> None:
        draft = _Draft(line, line.body, line.end)
        _split_off_label(draft, line.text)
        parents = self._parents
        while parents and not parents[-1].is_label_line and not _is_deeper(line, parents[-1]):
            parents.pop()
        siblings = parents[-1].children if parents else self.items
        if siblings and _takes_flattened(siblings[-1], draft):
            siblings[-1].flattened = True
            siblings[-1].children.append(draft)
        else:
            _rehome_bullets(siblings, line)
            siblings.append(draft)
        if len(parents) < _DEEPEST:
            parents.append(draft)
        self._open = draft

    def _take_text(self, line: Line) -> None:
        draft = self._open
        is_labelled = split_label(line.text) is not None
        if draft is not None and draft.awaits_text and not (is_labelled and draft.label):
            draft.start, draft.end = line.start, line.end
            if draft.label is None:
                _split_off_label(draft, line.text)
        elif draft is not None and not is_labelled and self._continues(line, draft):
            draft.end = line.end
        else:
            if self._after_blank:
                self._parents = []
            self._open = _Draft(line, line.start, line.end)
            self.paragraphs.append(self._open)

    def _continues(self, line: Line, draft: _Draft) -> bool:
        hangs = draft.line.marker is not None and _is_deeper(line, draft)
        if self._after_blank or self._last_line is None:
            return hangs
        return hangs or not (ends_sentence(self._last_line.text) and line.text[0].isupper())


def _is_deeper(line: Line, draft: _Draft) -> bool:
    return line.indent >= draft.line.indent + _NESTED_INDENT


def _split_off_label(draft: _Draft, text: str) -> None:
    found = split_label(text)
    if found is not None:
        label, after = found
        draft.label = label.text
        draft.start += after


def _takes_flattened(above: _Draft, draft: _Draft) -> bool:
    """Return whether ``draft``, on the same level, is a child whose indentation was lost.

    It is where the line above it only announces something ("- Examination:"), and where letters
    follow a number.
    """
    if above.is_label_line:
        return False
    if draft.line.marker is Marker.LETTER and above.line.marker is Marker.NUMBER:
        return True
    if draft.label is not None or draft.line.marker is Marker.NUMBER:
        return False
    return above.flattened or (above.introduces and not above.children)


def _rehome_bullets(siblings: list[_Draft], line: Line) -> None:
    """Move bullets between step 3 and step 4 under step 3."""
    if line.marker is not Marker.NUMBER or line.ordinal is None:
        return
    place = len(siblings)
    while place and siblings[place - 1].line.marker is Marker.BULLET:
        place -= 1
    if 0 < place < len(siblings) and siblings[place - 1].line.ordinal == line.ordinal - 1:
        siblings[place - 1].children.extend(siblings[place:])
        del siblings[place:]


def _freeze(text: str, drafts: list[_Draft]) -> tuple[SectionItem, ...]:
    items: list[SectionItem] = []
    for draft in drafts:
        span = span_of(text, draft.start, draft.end)
        children = _freeze(text, draft.children)
        if span.text or draft.label or children:
            items.append(
                SectionItem(
                    text=span.text,
                    start=span.start,
                    end=span.end,
                    label=draft.label,
                    ordinal=draft.line.ordinal,
                    items=children,
                )
            )
    return tuple(items)


def _cut(item: SectionItem, at: int) -> tuple[SectionItem, Span]:
    """Return ``item`` up to the offset ``at`` into its text, and the rest."""
    kept = span_of(item.text, 0, at)
    rest = span_of(item.text, at, len(item.text))
    moved = Span(rest.text, item.start + rest.start, item.start + rest.end)
    return replace(item, text=kept.text, end=item.start + kept.end), moved


def _cut_glued_remark(
    items: tuple[SectionItem, ...], heading: str
) -> tuple[tuple[SectionItem, ...], list[Span]]:
    """Return ``items`` without the paragraph that lost its line end and hangs on the last one.

    Among steps it is told by its label. Elsewhere the last of several bullets has a second
    sentence while each of the others has one.
    """
    if not items:
        return items, []
    *others, last = items
    if last.items:
        cut, rest = _cut_glued_remark(last.items, heading)
        return (*others, replace(last, items=cut)), rest
    at: int | None = None
    if heading == "Procedure Description":
        found = REMARK_LABEL.search(last.text, 1)
        at = found.start() if found else None
    elif heading in _GLUED and others and last.label is None:
        first, *more = sentences(_own_span(last))
        if more and all(_is_one_sentence(item) for item in others):
            at = first.end - last.start
    if at is None:
        return items, []
    item, remark = _cut(last, at)
    return (*others, item), [remark]


def _is_one_sentence(item: SectionItem) -> bool:
    return len(list(islice(sentences(_own_span(item)), 2))) < 2


def _own_span(item: SectionItem) -> Span:
    return Span(item.text, item.start, item.end)


def read_body(text: str, lines: list[Line], *, heading: str) -> Body:
    """Return the items and paragraphs that ``lines`` of the page ``text`` hold under ``heading``.

    Indentation nests; a label line ("Patient Criteria:") holds the bullets after it. A line
    without a marker continues what stands above it, unless a blank line, a label or the end of a
    sentence parts them.
    """
    reader = _BodyReader()
    for place, line in enumerate(lines):
        reader.take(line, lines[place + 1] if place + 1 < len(lines) else None)
    items = _freeze(text, reader.items)
    items, rest = _cut_glued_remark(items, heading)
    if heading == "Procedure Description":
        label_lines = frozenset(draft.start for draft in reader.items if draft.is_label_line)
        items = number_steps(items, containers=label_lines)
    paragraphs = [span_of(text, draft.start, draft.end) for draft in reader.paragraphs]
    return Body(items, tuple(sorted(paragraphs + rest, key=lambda span: span.start)))
