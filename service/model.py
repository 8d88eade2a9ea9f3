"""What the graph is made of: concepts, edges with provenance, pages. Frozen, and nothing else.

Readers yield these records, the graph checks them, the snapshot stores them, the schema shows
them. A reader's *item* is one of ``Concept``, ``Edge``, ``CodingNote``, ``Page``, ``CodeSystem``
or ``Finding``.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NewType, Self

__all__ = [
    "CodeSystem",
    "CodingNote",
    "CodingNoteKind",
    "Concept",
    "ConceptId",
    "ConceptKind",
    "Edge",
    "Finding",
    "Item",
    "LifecycleState",
    "Page",
    "PageFacts",
    "Provenance",
    "ProvenanceMethod",
    "Relation",
    "Section",
    "SectionItem",
    "Severity",
    "Span",
    "TitleSource",
]

ConceptId = NewType("ConceptId", str)
"""A stable, readable id such as ``CPT4:90804``; made in ``service.codes`` and nowhere else."""


class ConceptKind(StrEnum):
    """What sort of thing a node of the graph is."""

    PROCEDURE = "PROCEDURE"
    CONDITION = "CONDITION"
    PERSONNEL_TYPE = "PERSONNEL_TYPE"
    ALTERNATIVE = "ALTERNATIVE"
    FACET = "FACET"


class Relation(StrEnum):
    """What an edge says; every relation is read from its source to its target."""

    HAS_INDICATION = "HAS_INDICATION"
    PERFORMED_BY = "PERFORMED_BY"
    HAS_ALTERNATIVE = "HAS_ALTERNATIVE"
    RESOLVES_TO = "RESOLVES_TO"
    IS_A = "IS_A"
    HAS_FACET = "HAS_FACET"
    MAPS_TO = "MAPS_TO"
    REPLACED_BY = "REPLACED_BY"
    NOTE = "NOTE"
    TITLE_WORD = "TITLE_WORD"
    """Two names share a word. Never an edge of the graph: a reason for similarity only."""


class ProvenanceMethod(StrEnum):
    """How a fact came to be known."""

    SOURCE_TEXT = "SOURCE_TEXT"
    RULE = "RULE"
    CURATED = "CURATED"
    RELEASE = "RELEASE"


class TitleSource(StrEnum):
    """Whose words a procedure's title is in; the order is that of authority."""

    OFFICIAL_DESCRIPTOR = "OFFICIAL_DESCRIPTOR"
    SOURCE_DOCUMENT = "SOURCE_DOCUMENT"
    PARAPHRASE = "PARAPHRASE"


class LifecycleState(StrEnum):
    """Whether a code may be used on a given day."""

    ACTIVE = "ACTIVE"
    RETIRED = "RETIRED"
    NOT_YET_EFFECTIVE = "NOT_YET_EFFECTIVE"
    UNKNOWN = "UNKNOWN"


class CodingNoteKind(StrEnum):
    """The five instructional notes of ICD-10-CM that name other codes."""

    EXCLUDES1 = "EXCLUDES1"
    EXCLUDES2 = "EXCLUDES2"
    CODE_FIRST = "CODE_FIRST"
    USE_ADDITIONAL = "USE_ADDITIONAL"
    CODE_ALSO = "CODE_ALSO"


class Severity(StrEnum):
    """Whether a finding kept something out of the graph."""

    WARNING = "WARNING"
    """Everything was kept, but something could not be placed."""
    REJECTED = "REJECTED"
    """The file or record was left out."""


class _Record:
    """What is frozen through and through, and is therefore its own copy.

    NetworkX copies attributes deeply for ``to_undirected`` and ``reverse``.
    """

    __slots__ = ()

    def __deepcopy__(self, _memo: object) -> Self:
        return self


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a fact comes from.

    ``start`` and ``end`` are code points into the stored text of ``document``, and
    ``text[start:end] == quote``. ``release`` names the release or the curated file that says so.
    """

    method: ProvenanceMethod
    document: str | None = None
    section: str | None = None
    quote: str | None = None
    start: int | None = None
    end: int | None = None
    release: str | None = None


@dataclass(frozen=True, slots=True)
class Concept(_Record):
    """A node: a code, a phrase that a page states, a personnel type, an alternative, a facet.

    ``system`` and ``code`` are set where the concept is a code of a code system; ``title`` is
    then its designation there, and ``title_source`` whose words that is. ``release`` names the
    release that lists the code. ``effective_from`` and ``effective_to`` are the first and the
    last day on which it may be used. ``axis`` is set for facets alone.

    Several readers may yield the same id, each with what it knows: ``service.graph`` merges them.
    """

    id: ConceptId
    kind: ConceptKind
    name: str
    synonyms: tuple[str, ...] = ()
    system: str | None = None
    code: str | None = None
    title: str | None = None
    title_source: TitleSource | None = None
    release: str | None = None
    billable: bool | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    axis: str | None = None

    def state_on(self, day: date) -> LifecycleState:
        """Return the lifecycle state on ``day``.

        A code that a release lists without dates is active; without either, nothing is known.
        """
        if self.effective_from is not None and day < self.effective_from:
            return LifecycleState.NOT_YET_EFFECTIVE
        if self.effective_to is not None and day > self.effective_to:
            return LifecycleState.RETIRED
        if self.release is None and self.effective_from is None and self.effective_to is None:
            return LifecycleState.UNKNOWN
        return LifecycleState.ACTIVE


@dataclass(frozen=True, slots=True)
class Edge(_Record):
    """A typed, directed statement: ``source`` ``relation`` ``target``.

    ``qualifier`` tells edges of one relation between one pair apart: the axis of HAS_FACET, the
    kind of NOTE, the crosswalk's relation of MAPS_TO, the number of the one-of choice of
    REPLACED_BY (edges with the same number belong together). ``note`` is what the source adds in
    words: a page's remark on an alternative, a condition of a replacement, a coding note.
    ``confidence`` is 0..1, and 1 where a source states the fact itself.
    """

    source: ConceptId
    relation: Relation
    target: ConceptId
    provenance: tuple[Provenance, ...]
    qualifier: str = ""
    note: str | None = None
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class CodingNote(_Record):
    """An instructional note of ``concept_id``, with the concepts whose codes its text names."""

    concept_id: ConceptId
    kind: CodingNoteKind
    text: str
    targets: tuple[ConceptId, ...] = ()
    release: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A verbatim piece of a page: ``page.text[start:end] == text``, in code points."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SectionItem:
    """A bullet or a step: ``page.text[start:end] == text``, its label and its marker left out.

    ``ordinal`` is the number the page gives (or, for dashed steps, the place in the list).
    """

    text: str
    start: int
    end: int
    label: str | None = None
    ordinal: int | None = None
    items: "tuple[SectionItem, ...]" = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a page, its heading left out of ``text``: ``page.text[start:end] == text``.

    ``heading`` is the canonical one of the closed list, also where the page lost or varied it.
    """

    heading: str
    text: str
    start: int
    end: int
    items: tuple[SectionItem, ...] = ()


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a procedure page says, read out of its sections; every span quotes the page.

    ``min_minutes`` and ``max_minutes`` are what ``duration`` says in minutes, where it does.
    """

    summary: Span | None = None
    purpose: Span | None = None
    preparation: tuple[Span, ...] = ()
    steps: tuple[Span, ...] = ()
    tools: tuple[Span, ...] = ()
    anesthesia: Span | None = None
    duration: Span | None = None
    min_minutes: int | None = None
    max_minutes: int | None = None
    settings: tuple[Span, ...] = ()
    risks: tuple[Span, ...] = ()
    benefits: tuple[Span, ...] = ()
    recovery: Span | None = None
    patient_experience: Span | None = None


@dataclass(frozen=True, slots=True)
class Page(_Record):
    """A code's page: the text as it stands, its sections in order, and what was read out of it.

    ``document`` is the id that provenance quotes; ``text`` has the file's own line ends, without
    byte order mark and front matter. ``warnings`` are sentences for a person.
    """

    document: str
    concept_id: ConceptId
    system: str
    code: str
    text: str
    sections: tuple[Section, ...]
    facts: PageFacts = field(default_factory=PageFacts)
    source: str | None = None
    license: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeSystem(_Record):
    """A code system as loaded: its short name (``ICD10CM``), title, release and licence."""

    name: str
    title: str
    release: str | None = None
    license: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with an input: which file, where in it, and what a person can do.

    ``line`` counts from 1 in the file as it lies on disk; None where the whole file is meant.
    """

    severity: Severity
    path: str
    message: str
    line: int | None = None
    section: str | None = None

    def __str__(self) -> str:
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        section = f" [{self.section}]" if self.section else ""
        return f"{place}: {self.severity.lower()}:{section} {self.message}"


Item = Concept | Edge | CodingNote | Page | CodeSystem | Finding
"""What a reader yields."""
