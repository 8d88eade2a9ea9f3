"""Code text to ids and back: the one place where an identifier is made or taken apart.

An id is ``scheme:local``. For a code the scheme is its code system (``ICD10CM:F32.A``); for
everything else it is the kind of thing (``personnel:psychologist``, ``phrase:…``,
``alternative:…``, ``facet:approach/open``). People write codes in many ways; ``normalize`` brings
what they write to the system's own form, or says that no code of that system looks like it.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from service.model import ConceptId

__all__ = [
    "KNOWN_SYSTEMS",
    "MAX_CODE_LENGTH",
    "KnownSystem",
    "alternative_id",
    "broader_codes",
    "canonical_system",
    "clean_text",
    "code_id",
    "facet_id",
    "is_phrase",
    "normalize",
    "page_document",
    "personnel_id",
    "phrase_id",
    "slug",
]

MAX_CODE_LENGTH = 64
_REMEMBERED = 10_000
"""Longer text is no code of any system; SNOMED CT, the longest in use, has 18 digits."""


@dataclass(frozen=True, slots=True)
class KnownSystem:
    """A code system whose form is known: ``pattern`` matches a whole normal code.

    ``example`` shows people the form. ``aliases`` are other names it goes by, in the squeezed
    form of ``_system_key``.
    """

    name: str
    title: str
    pattern: re.Pattern[str]
    example: str
    aliases: tuple[str, ...] = ()


KNOWN_SYSTEMS: dict[str, KnownSystem] = {
    system.name: system
    for system in (
        # Category I codes are five digits; II, III, PLA and MAAA codes end in F, T, U, M.
        KnownSystem(
            "CPT4",
            "Current Procedural Terminology, 4th edition",
            re.compile(r"[0-9]{4}[0-9AFMTU]"),
            "90832",
            ("CPT", "HCPCSLEVELI"),
        ),
        KnownSystem(
            "HCPCS",
            "Healthcare Common Procedure Coding System, Level II",
            re.compile(r"[A-Z][0-9]{4}"),
            "G9638",
            ("HCPCSLEVELII", "HCPCS2"),
        ),
        # The tabular list's chapters ("5") and sections ("F30-F39") are items of the release too.
        KnownSystem(
            "ICD10CM",
            "International Classification of Diseases, 10th Revision, Clinical Modification",
            re.compile(
                r"[A-Z](?:[0-9]|[A-Z](?=[0-9]))[0-9A-Z](?:\.[0-9A-Z]{1,4})?"
                r"|[A-Z][0-9A-Z]{2}-[A-Z][0-9A-Z]{2}|[1-9]|1[0-9]|2[0-2]"
            ),
            "F32.A",
            ("ICD10", "ICD10CLINICALMODIFICATION"),
        ),
        # I and O are never used, so that they cannot be read as 1 and 0.
        KnownSystem(
            "ICD10PCS",
            "International Classification of Diseases, 10th Revision, Procedure Coding System",
            re.compile(r"[0-9A-HJ-NP-Z]{7}"),
            "0FT44ZZ",
            ("ICD10PROCEDURECODINGSYSTEM",),
        ),
    )
}

_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")


def clean_text(text: str) -> str:
    """Return ``text`` in compatibility form, without invisible characters and outer blanks.

    Full-width letters become plain ones; zero-width and direction marks (category Cf), control
    characters and lone surrogates go.
    """
    folded = unicodedata.normalize("NFKC", text)
    return "".join(
        " " if char.isspace() else char
        for char in folded
        if char.isspace() or unicodedata.category(char) not in {"Cf", "Cc", "Cs"}
    ).strip()


def _system_key(text: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", clean_text(text).upper())


_SYSTEM_BY_KEY = {
    key: system.name for system in KNOWN_SYSTEMS.values() for key in (system.name, *system.aliases)
}


def canonical_system(text: str) -> str:
    """Return the short name of the code system that ``text`` names, known or not.

    ``icd-10-cm`` gives ``ICD10CM``; a name that is not known comes back squeezed to capitals and
    digits, so that every writing of it gives the same.
    """
    return _canonical(text[: 4 * MAX_CODE_LENGTH])


@lru_cache(maxsize=_REMEMBERED)
def _canonical(text: str) -> str:
    key = _system_key(text)
    return _SYSTEM_BY_KEY.get(key, key)


def normalize(system: str, text: str) -> str | None:
    """Return ``text`` as ``system`` writes the code, or None where no code of it looks like this.

    Case, blanks, invisible and full-width characters do not matter; for ICD10CM neither does the
    dot. A system whose form is not known accepts any text up to ``MAX_CODE_LENGTH``.
    """
    if len(text) > 4 * MAX_CODE_LENGTH:
        return None
    return _normalized(system, text)


@lru_cache(maxsize=_REMEMBERED)
def _normalized(system: str, text: str) -> str | None:
    written = clean_text(text).upper().translate(_DASHES).replace(" ", "")
    # Capitals and letters that close up may combine with the marks behind them.
    code = unicodedata.normalize("NFKC", written)
    if not code or len(code) > MAX_CODE_LENGTH:
        return None
    if system == "ICD10CM" and "-" not in code:
        bare = code.replace(".", "")
        code = f"{bare[:3]}.{bare[3:]}" if len(bare) > 3 else bare
    known = KNOWN_SYSTEMS.get(system)
    if known is not None and not known.pattern.fullmatch(code):
        return None
    return code


def broader_codes(code: str) -> list[str]:
    """Return the texts that remain as ``code`` loses its last characters, longest first.

    Whether they are codes is for the reader of the list to see: ``F32.99`` gives ``F32.9``,
    ``F32``, ``F3``, ``F``.
    """
    shorter: list[str] = []
    while len(code) > 1:
        code = code[:-1].removesuffix(".")
        shorter.append(code)
    return shorter


def code_id(system: str, code: str) -> ConceptId:
    """Return the id of ``code``, which must be in the normal form of ``system``."""
    return ConceptId(f"{system}:{code}")


def page_document(concept_id: ConceptId) -> str:
    """Return the document id of the page of a code."""
    return f"page:{concept_id}"


_SLUG_LENGTH = 80


def slug(text: str) -> str:
    """Return ``text`` as lower-case words joined by hyphens, at most 80 characters.

    Texts that differ in case, accents, spacing or punctuation alone give the same. A longer text,
    or one without Latin letters and digits, ends in ten hexadecimal digits of its SHA-256.
    """
    folded = unicodedata.normalize("NFKD", clean_text(text).casefold())
    words = re.findall(r"[a-z0-9]+", folded.replace("'", "").replace("\u2019", ""))
    plain = "-".join(words)
    if plain and len(plain) <= _SLUG_LENGTH and folded.isprintable():
        lost = [c for c in folded if c.isalnum() and not c.isascii()]
        if not lost:
            return plain
    digest = hashlib.sha256(clean_text(text).casefold().encode()).hexdigest()[:10]
    return f"{plain[: _SLUG_LENGTH - 11].rstrip('-')}-{digest}".lstrip("-")


def phrase_id(text: str) -> ConceptId:
    """Return the id of a condition that a page states in its own words."""
    return ConceptId(f"phrase:{slug(text)}")


def is_phrase(concept_id: ConceptId) -> bool:
    """Return whether an id is that of a condition in a page's own words."""
    return concept_id.startswith("phrase:")


def personnel_id(name: str) -> ConceptId:
    """Return the id of a personnel type, named in the singular."""
    return ConceptId(f"personnel:{slug(name)}")


def alternative_id(name: str) -> ConceptId:
    """Return the id of an alternative as a page names it."""
    return ConceptId(f"alternative:{slug(name)}")


def facet_id(axis: str, value: str) -> ConceptId:
    """Return the id of a classification's axis value: ``facet:approach/open``."""
    return ConceptId(f"facet:{slug(axis)}/{slug(value)}")
