"""The closed list of headings, and the line that names a page's code system.

Two templates exist, one for procedures and one for conditions; DESIGN.md lists their headings.
Extractors vary them in case, number, punctuation and markup, so they are compared by a key that
has lost all of these.
"""

import re
from dataclasses import dataclass

from service.codes import KNOWN_SYSTEMS, canonical_system, clean_text

__all__ = [
    "CONDITION",
    "NAME_HEADINGS",
    "PROCEDURE",
    "SIMILAR_CODES",
    "Template",
    "is_search_line",
    "name_heading",
    "type_line_system",
]

SIMILAR_CODES = "Similar Codes"
NAME_HEADINGS = ("Name of the Procedure", "Name of the Condition")

_MOST_HEADING_CHARACTERS = 80
_IDLE_WORDS = frozenset({"and", "the", "of", "for", "a"})


def _key(text: str) -> str:
    plain = clean_text(text).casefold().replace("(s)", "s")
    plain = re.sub(r"['’](?:s\b)?", "", plain)
    words = re.findall(r"[^\W_]+", plain)
    return " ".join(word.removesuffix("s") for word in words if word not in _IDLE_WORDS)


@dataclass(frozen=True, slots=True)
class Template:
    """A page's headings in order; ``by_key`` also knows their variants."""

    name: str
    headings: tuple[str, ...]
    by_key: dict[str, str]

    def heading(self, line: str) -> str | None:
        """Return the heading that ``line`` is, a line on its own and nothing else."""
        if len(line) > _MOST_HEADING_CHARACTERS or line.endswith((".", ",", ";", "!", "?")):
            return None
        return self.by_key.get(_key(line))

    def is_exact(self, line: str, heading: str) -> bool:
        """Return whether ``line`` is ``heading`` itself and not another name for it."""
        return _key(line) == _key(heading)

    def order(self, heading: str) -> int:
        """Return the place of ``heading`` in the template, from 0."""
        return self.headings.index(heading)

    def lost_between(self, before: str, after: str | None) -> list[str]:
        """Return the one-word headings between two that are there, in order.

        Some extractors drop every heading of one word and none of several. ``after`` is None at
        the end of the page: the list then stops at the first heading that cannot be lost.
        """
        first = self.order(before) + 1
        if after is not None:
            return [h for h in self.headings[first : self.order(after)] if " " not in h]
        lost: list[str] = []
        for heading in self.headings[first:]:
            if " " in heading:
                break
            lost.append(heading)
        return lost


def _template(name: str, *headings: tuple[str, ...]) -> Template:
    by_key = {_key(variant): variants[0] for variants in headings for variant in variants}
    return Template(name, tuple(variants[0] for variants in headings), by_key)


PROCEDURE = _template(
    "procedure",
    ("Name of the Procedure", "Procedure Name"),
    ("Summary", "Procedure Summary"),
    ("Purpose", "Purpose of the Procedure"),
    ("Indications", "Indications for the Procedure"),
    ("Preparation", "Preparation for the Procedure"),
    ("Procedure Description", "Description of the Procedure", "Description"),
    ("Duration", "Duration of the Procedure"),
    ("Setting",),
    ("Personnel", "Personnel Involved"),
    (
        "Risks and Complications",
        "Risks",
        "Complications",
        "Complications and Risks",
        "Risks or Complications",
    ),
    ("Benefits", "Benefits of the Procedure"),
    ("Recovery",),
    ("Alternatives", "Alternatives to the Procedure"),
    ("Patient Experience", "Patient's Experience", "Experience of the Patient"),
    (SIMILAR_CODES,),
)

CONDITION = _template(
    "condition",
    ("Name of the Condition", "Condition Name"),
    ("Summary",),
    ("Causes",),
    ("Risk Factors",),
    ("Symptoms", "Signs and Symptoms", "Symptoms and Signs"),
    ("Diagnosis",),
    ("Treatment Options", "Treatment", "Options for Treatment"),
    ("Prognosis and Follow-Up", "Prognosis and Followup", "Prognosis"),
    ("Complications",),
    ("Lifestyle & Prevention", "Prevention and Lifestyle"),
    ("When to Seek Professional Help", "When to Seek Help"),
    (SIMILAR_CODES,),
)

_NAME_LINE = re.compile(
    r"[#*_\s]{0,8}(?:Name of (?:the )?(?P<first>Procedure|Condition)"
    r"|(?P<second>Procedure|Condition) Name)[*_]{0,2}\s?:[*_]{0,2}\s+(?=\S)",
    re.IGNORECASE,
)


def name_heading(line: str) -> tuple[str, int] | None:
    """Return the name heading that opens ``line``, and where the name after it begins.

    It is the one heading that may have its text beside it; without any it is the whole line.
    """
    found = _NAME_LINE.match(line)
    if found is not None:
        kind = (found["first"] or found["second"]).capitalize()
        return f"Name of the {kind}", found.end()
    heading = PROCEDURE.heading(line) or CONDITION.heading(line)
    return (heading, len(line)) if heading in NAME_HEADINGS else None


_TYPE_LINE = re.compile(r"[#*_\s]{0,8}(?P<system>\S.{0,38}?)\s+codes?\s?:?[*_]{0,2}", re.IGNORECASE)
_SYSTEM_WORD = re.compile(r"[A-Z][A-Z0-9-]{1,19}")


def type_line_system(line: str) -> str | None:
    """Return the code system of a type line such as "CPT4 code", None for any other line.

    A system that is not known must be one word in capitals, as "LOINC code".
    """
    if len(line) > _MOST_HEADING_CHARACTERS:
        return None
    found = _TYPE_LINE.fullmatch(line)
    if found is None:
        return None
    system = canonical_system(found["system"])
    if system in KNOWN_SYSTEMS or _SYSTEM_WORD.fullmatch(found["system"]):
        return system
    return None


def is_search_line(line: str) -> bool:
    """Return whether ``line`` is the link that stands above a page's descriptor."""
    return len(line) <= _MOST_HEADING_CHARACTERS and _key(line) == "search all medical code"
