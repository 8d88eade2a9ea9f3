"""From pages and releases to one checked graph, and on to a snapshot."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from service.codes import is_phrase
from service.errors import IngestError
from service.graph import ConceptGraph, GraphBuilder
from service.ingest.curated import CURATED_FILES, CuratedReader
from service.ingest.icd10cm import read_icd10cm
from service.ingest.icd10pcs import read_icd10pcs
from service.ingest.pages import PageReader
from service.ingest.readers import reader_for
from service.lexicon import name_key
from service.linking import link
from service.model import (
    Concept,
    ConceptKind,
    Edge,
    Finding,
    Item,
    Provenance,
    ProvenanceMethod,
    Relation,
    Severity,
)
from service.name_index import build_name_index
from service.settings import shipped_data

__all__ = ["Built", "Source", "build_graph", "read_path", "sources"]


@dataclass(frozen=True, slots=True)
class Source:
    """Something to read: what people call it, and how."""

    title: str
    read: Callable[[], Iterable[Item]]


@dataclass(frozen=True, slots=True)
class Built:
    """A checked graph, and what was wrong with its input."""

    graph: ConceptGraph
    findings: tuple[Finding, ...]

    @property
    def rejected(self) -> tuple[Finding, ...]:
        """Return the findings that kept something out."""
        return tuple(f for f in self.findings if f.severity is Severity.REJECTED)


def read_path(path: Path) -> Iterator[Item]:
    """Yield the items of a file or folder; one that cannot be read at all is a finding."""
    try:
        yield from reader_for(path).read(path)
    except IngestError as error:
        yield Finding(Severity.REJECTED, str(path), str(error))


def read_shipped(folder: Path) -> Iterator[Item]:
    """Yield the curated data and the pages of a folder laid out like ``graph_data``."""
    curated = CuratedReader()
    for name in CURATED_FILES:
        if (folder / name).is_file():
            yield from curated.read(folder / name)
    if (folder / "pages").is_dir():
        yield from PageReader().read(folder / "pages")


def sources(*, pages: Sequence[Path], releases: Sequence[Path], default: bool) -> list[Source]:
    """Return what to read, in order: of two pages of one code the later one is kept."""
    own = [
        Source("ICD-10-CM", read_icd10cm),
        Source("ICD-10-PCS", read_icd10pcs),
        Source("shipped data", partial(read_shipped, shipped_data())),
    ]
    brought = [
        Source(path.name or str(path), partial(read_path, path)) for path in (*releases, *pages)
    ]
    return (own if default else []) + brought


def build_graph(
    wanted: Sequence[Source], *, progress: Callable[[str], None] = lambda _step: None
) -> Built:
    """Return the graph of all that ``wanted`` holds, phrases linked to coded concepts.

    ``progress`` is told of each step as it begins. Raises ``GraphError`` where a reader's fact
    does not hold, ``IngestError`` where a package's data are not as expected.
    """
    builder = GraphBuilder()
    for source in wanted:
        progress(f"Reading {source.title}")
        builder.add(source.read())
    progress("Linking phrases to codes")
    concepts = list(builder.concepts)
    builder.add(list(_linked_phrases(builder, concepts)))
    builder.add(list(_resolved_alternatives(builder, concepts)))
    progress("Checking the graph")
    graph = builder.build()
    return Built(graph, tuple(builder.findings))


def _linked_phrases(builder: GraphBuilder, concepts: Sequence[Concept]) -> Iterator[Edge]:
    """Yield MAPS_TO edges from the phrases that pages state to the coded conditions they name."""
    coded = [c for c in concepts if c.kind is ConceptKind.CONDITION and c.system]
    names = build_name_index(coded)
    for edge in builder.edges(Relation.HAS_INDICATION):
        if not is_phrase(edge.target):
            continue
        for stated in edge.provenance:
            for found in link(stated.quote or "", names, kinds={ConceptKind.CONDITION}):
                if found.negated:
                    continue
                start = (stated.start or 0) + found.start
                quote = (stated.quote or "")[found.start : found.end]
                provenance = replace(
                    stated,
                    method=ProvenanceMethod.RULE,
                    quote=quote,
                    start=start,
                    end=start + len(quote),
                )
                yield Edge(
                    edge.target,
                    Relation.MAPS_TO,
                    coded[found.bearer].id,
                    (provenance,),
                    qualifier="linked",
                    confidence=found.confidence,
                )


def _resolved_alternatives(builder: GraphBuilder, concepts: Sequence[Concept]) -> Iterator[Edge]:
    """Yield RESOLVES_TO edges for alternatives that go by another name of a resolved one."""
    resolved: dict[str, list[Edge]] = {}
    for edge in builder.edges(Relation.RESOLVES_TO):
        resolved.setdefault(edge.source, []).append(edge)
    by_name = {
        name_key(text): concept.id
        for concept in concepts
        if concept.id in resolved
        for text in (*concept.synonyms, concept.name)
    }
    for concept in concepts:
        known = by_name.get(name_key(concept.name))
        if concept.kind is not ConceptKind.ALTERNATIVE or concept.id in resolved or known is None:
            continue
        rule = Provenance(ProvenanceMethod.RULE, release=f"another name of {known}")
        for edge in resolved[known]:
            yield replace(edge, source=concept.id, provenance=(*edge.provenance, rule))
