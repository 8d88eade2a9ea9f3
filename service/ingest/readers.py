"""The readers there are, and which one a path gets: the first that recognises it."""

from pathlib import Path

from service.errors import IngestError
from service.ingest.curated import CuratedReader
from service.ingest.icd10pcs import PcsCodeList
from service.ingest.pages import PageReader
from service.ingest.reader import Reader

__all__ = ["READERS", "reader_for"]

READERS: tuple[Reader, ...] = (PcsCodeList(), CuratedReader(), PageReader())
"""The most particular first: nearly any text file could be a page."""


def reader_for(path: Path) -> Reader:
    """Return the reader of ``path``.

    Raises ``IngestError`` where the path does not exist or no reader knows its format.
    """
    if not path.exists() and not path.is_symlink():
        raise IngestError(f"{path} does not exist")
    for reader in READERS:
        if reader.recognises(path):
            return reader
    formats = ", ".join(reader.name for reader in READERS)
    raise IngestError(f"{path} is of no format that can be read here; these can: {formats}")
