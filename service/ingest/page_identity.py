"""Whose page it is: the code that file name, front matter, type line and brackets agree on.

The text of a page is full of other codes and numbers, so nothing else is believed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from service.codes import KNOWN_SYSTEMS, canonical_system, normalize
from service.ingest.page_files import PageFile, PageRejectedError
from service.ingest.page_grammar import Outline
from service.ingest.page_headings import NAME_HEADINGS

__all__ = ["Identity", "file_name_code", "identify"]


@dataclass(frozen=True, slots=True)
class Identity:
    """A code in the normal form of its system."""

    system: str
    code: str


@dataclass(frozen=True, slots=True)
class _Claim:
    """What one place says: a system, a code or both, as words for a person name ``place``."""

    place: str
    system: str | None = None
    code: str | None = None
    line: int | None = None


def _system_and_code(words: list[str], systems: set[str]) -> tuple[str, str] | None:
    """Return the system and the code text that ``words`` name, the longest system name first.

    ``["seed", "icd", "10", "cm", "F32.1"]`` gives ICD10CM and F32.1.
    """
    for start in range(len(words)):
        for end in range(min(len(words) - 1, start + 4), start, -1):
            system = canonical_system("".join(words[start:end]))
            if system not in systems:
                continue
            rest = words[end:]
            for code in ("-".join(rest), rest[0]):
                if normalize(system, code) is not None:
                    return system, code
            if any(char.isdigit() for char in rest[0]):
                return system, rest[0]
    return None


def _words(stem: str) -> list[str]:
    return [word for word in re.split(r"[-_\s]+", stem[:200]) if word]


def file_name_code(path: Path) -> tuple[str, str] | None:
    """Return the known system and the code text in a name such as "CPT4-90804.txt"."""
    return _system_and_code(_words(path.stem), set(KNOWN_SYSTEMS))


def _file_name_claim(path: Path, stated: str | None) -> Iterator[_Claim]:
    systems = set(KNOWN_SYSTEMS) | ({stated} if stated else set())
    named = _system_and_code(_words(path.stem), systems)
    place = f'the file name "{path.name}"'
    if named is not None:
        yield _Claim(place, *named)
    elif stated in KNOWN_SYSTEMS and normalize(stated, path.stem) is not None:
        yield _Claim(place, code=path.stem)


def _front_matter_claim(page: PageFile) -> Iterator[_Claim]:
    matter = page.front_matter
    system, code = matter.get("system"), matter.get("code")
    if system or code:
        line = matter.lines["code" if code else "system"]
        yield _Claim("the front matter", canonical_system(system) if system else None, code, line)


_BRACKETS = re.compile(r"[(\[]([^()\[\]]{3,40})[)\]]")


def _bracket_claims(outline: Outline, system: str | None) -> Iterator[_Claim]:
    """Yield the codes in brackets in the title and name lines."""
    systems = set(KNOWN_SYSTEMS) | ({system} if system else set())
    for where, text in _titles(outline):
        for found in _BRACKETS.finditer(text):
            words = _words(found[1])
            named = _system_and_code(words, systems)
            place = f'"{found[0]}" in the {where}'
            if named is not None and normalize(*named) is not None:
                yield _Claim(place, *named)
            elif system in KNOWN_SYSTEMS and len(words) == 1 and _is_distinct(system, words[0]):
                yield _Claim(place, code=words[0])


def _is_distinct(system: str, text: str) -> bool:
    """Return whether ``text`` can be nothing but a code: "(A1C)" is a blood test as well."""
    has_digit = any(char.isdigit() for char in text)
    is_short = system == "ICD10CM" and "." not in text
    return (
        has_digit
        and not is_short
        and text.isupper() | text.isdigit()
        and (normalize(system, text) is not None)
    )


_TITLE_CHARACTERS = 2000


def _titles(outline: Outline) -> Iterator[tuple[str, str]]:
    yield "descriptor", (outline.descriptor or "")[:_TITLE_CHARACTERS]
    for title in outline.titles:
        yield "title", title.text[:_TITLE_CHARACTERS]
    for passage in outline.passages:
        if passage.section.heading in NAME_HEADINGS:
            yield "name", passage.section.text[:_TITLE_CHARACTERS]


def identify(path: Path, page: PageFile, outline: Outline) -> Identity:
    """Return the code whose page it is.

    Raises ``PageRejectedError`` where no place names one, where it is malformed, and where two
    places contradict each other.
    """
    claims = list(_front_matter_claim(page))
    if outline.system is not None and outline.type_line is not None:
        line = outline.type_line + page.lines_before
        claims.append(_Claim("the type line", outline.system, line=line))
    stated = next((claim.system for claim in claims if claim.system), None)
    claims = [*_file_name_claim(path, stated), *claims]
    system = next((claim.system for claim in claims if claim.system), None)
    claims += _bracket_claims(outline, system)
    system = system or next((claim.system for claim in claims if claim.system), None)
    _check_agreement([(c, c.system) for c in claims if c.system])
    if system is None or not any(claim.code for claim in claims):
        raise PageRejectedError(
            "nothing says whose page this is: name the file by system and code, such as "
            "CPT4-90832.txt or ICD10CM-F32.1.txt, or add system and code as front matter"
        )
    codes = [(claim, _normal(claim, system)) for claim in claims if claim.code]
    _check_agreement(codes)
    return Identity(system, codes[0][1])


def _normal(claim: _Claim, system: str) -> str:
    code = normalize(system, claim.code or "")
    if code is None:
        known = KNOWN_SYSTEMS.get(system)
        example = f"; such codes look like {known.example}" if known else ""
        message = f'{claim.place} says "{claim.code}", which is no {system} code{example}'
        raise PageRejectedError(message, line=claim.line)
    return code


def _check_agreement(said: list[tuple[_Claim, str]]) -> None:
    for claim, value in said[1:]:
        first, first_value = said[0]
        if value != first_value:
            raise PageRejectedError(
                f"{first.place} says {first_value}, but {claim.place} says {value}: "
                "correct the one that is wrong",
                line=claim.line or first.line,
            )
