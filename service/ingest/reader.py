"""What a reader is, and which one a path gets.

A reader is chosen by looking at the file, never by an option. A new format is one new module
with a class of this protocol, one entry in ``service.ingest.readers``, one fixture.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from service.model import Item

__all__ = ["Reader"]


class Reader(Protocol):
    """Yields what a release or a folder holds. It does not build, print or decide."""

    @property
    def name(self) -> str:
        """What people call the format, for messages: ``code pages``."""
        ...

    def recognises(self, path: Path) -> bool:
        """Return whether ``path`` is of this format, by its name and its first bytes."""
        ...

    def read(self, path: Path) -> Iterator[Item]:
        """Yield the items of ``path``, in the order of the file.

        What is wrong with the input is yielded as a ``Finding``; nothing bad in one file keeps
        another from being read.
        """
        ...
