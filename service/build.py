"""From pages and releases to one checked graph, and on to a snapshot."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from service.errors import IngestError
from service.graph import ConceptGraph, GraphBuilder
from service.ingest.curated import CURATED_FILES, CuratedReader
from service.ingest.icd10cm import read_icd10cm
from service.ingest.icd10pcs import read_icd10pcs
from service.ingest.pages import PageReader
from service.ingest.readers import reader_for
from service.model import Finding, Item, Severity
from service.resolution import resolve
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
    resolve(builder)
    progress("Checking the graph")
    graph = builder.build()
    return Built(graph, tuple(builder.findings))
