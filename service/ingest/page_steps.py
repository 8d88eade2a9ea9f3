"""What is peculiar to Procedure Description: numbered steps, and remarks that are no steps.

Extractors put the tools and the anesthesia after the steps, as a line, as the last bullets, or as
a list under a label, and glue them to the last step where they lose a line end.
"""

import re
from dataclasses import replace

from service.model import SectionItem

__all__ = [
    "REMARK_LABEL",
    "is_anesthesia_label",
    "is_bare_remark_label",
    "is_tools_label",
    "number_steps",
    "remark_places",
]

_TOOLS = re.compile(r"\b(?:tools?|equipment|instruments?|supplies|materials)\b", re.IGNORECASE)
_ANESTHESIA = re.compile(r"\b(?:an(?:a)?esthe[st]i\w*|sedation)\b", re.IGNORECASE)
_EITHER = re.compile(r"\bor\b|\band\b|/|\btype\b|\brequire", re.IGNORECASE)
_NOTE = re.compile(r"(?:please )?notes?|important", re.IGNORECASE)

REMARK_LABEL = re.compile(
    r"(?:^|(?<=[.!?;])\s++)[*_]{0,2}(?P<label>(?:(?:Required|Necessary|Special) )?"
    r"(?:[Tt]ools?|[Ee]quipment|[Ii]nstruments?|[Ss]upplies|[Mm]aterials"
    r"|An(?:a)?esthesia|Sedation)\b[^:.;!?\r\n]{0,50})[*_]{0,2}:[*_]{0,2}\s*+",
)
"""A remark's label in running text: at the start, or after the end of a sentence."""


_MOST_LABEL_CHARACTERS = 60


def is_bare_remark_label(line: str) -> bool:
    """Return whether ``line`` is a remark's label whose colon was lost: "Tools and Equipment"."""
    return len(line) <= _MOST_LABEL_CHARACTERS and bool(REMARK_LABEL.fullmatch(f"{line}:"))


def is_tools_label(label: str | None) -> bool:
    """Return whether ``label`` announces tools: "Tools/Equipment"."""
    return label is not None and _TOOLS.search(label) is not None


def is_anesthesia_label(label: str | None) -> bool:
    """Return whether ``label`` announces anesthesia or sedation."""
    return label is not None and not is_tools_label(label) and bool(_ANESTHESIA.search(label))


def _is_remark(item: SectionItem, *, last: bool) -> bool:
    """Return whether ``item`` is about tools or anesthesia, or a note, and so no step.

    "Sedation: The patient is sedated." is a step as any other, unless nothing but remarks
    follows it (``last``) and the page does not number it; "Anesthesia/Sedation" is never one.
    """
    if item.label is None:
        return False
    if is_tools_label(item.label) or _NOTE.fullmatch(item.label):
        return True
    if not is_anesthesia_label(item.label):
        return False
    return _EITHER.search(item.label) is not None or (last and item.ordinal is None)


def remark_places(items: tuple[SectionItem, ...]) -> set[int]:
    """Return the places of the items that are remarks."""
    places: set[int] = set()
    last = True
    for place in range(len(items) - 1, -1, -1):
        if _is_remark(items[place], last=last):
            places.add(place)
        else:
            last = False
    return places


def number_steps(
    items: tuple[SectionItem, ...], *, containers: frozenset[int]
) -> tuple[SectionItem, ...]:
    """Return ``items`` with the dashed steps numbered by their place.

    ``containers`` holds the offsets of items that are label lines: they are no steps, the items
    under them are. Where the page numbers its steps itself, nothing is added.
    """
    remarks = remark_places(items)
    own = [item for item in items if item.start not in containers]
    numbered = any(item.ordinal is not None for item in own)
    steps: list[SectionItem] = []
    ordinal = 0
    for place, item in enumerate(items):
        if place in remarks:
            steps.append(item)
        elif item.start in containers:
            steps.append(replace(item, items=number_steps(item.items, containers=frozenset())))
        elif numbered:
            steps.append(item)
        else:
            ordinal += 1
            steps.append(replace(item, ordinal=ordinal))
    return tuple(steps)
