"""Encoded parts of answers, kept for other answers that hold the same."""

from collections.abc import Sequence
from typing import Protocol

import orjson

from service.execution.byte_cache import ByteCache

__all__ = ["KeptParts", "NoParts", "Parts"]

PartKey = tuple[int, object]
"""The number of a part of a compiled operation, and what tells its object from others."""


class Parts(Protocol):
    """Where a compiled operation looks for parts, and leaves those that it made."""

    def get(self, key: PartKey, /) -> object:
        """Return what was kept under ``key``, or None."""
        ...

    def keep(self, key: PartKey, value: object) -> object:
        """Return what stands for ``value`` in an answer, also in later ones."""
        ...

    def keep_each(self, key: PartKey, values: Sequence[object]) -> Sequence[object]:
        """Return what stands for each of ``values``; they are found together again."""
        ...


class NoParts:
    """Keeps nothing."""

    def get(self, _key: PartKey, /) -> None:
        """Return None."""

    def keep(self, _key: PartKey, value: object) -> object:
        """Return ``value``."""
        return value

    def keep_each(self, _key: PartKey, values: Sequence[object]) -> Sequence[object]:
        """Return ``values``."""
        return values


class KeptParts:
    """Keeps parts as JSON, up to ``max_bytes``; orjson copies them into answers as they are."""

    def __init__(self, max_bytes: int) -> None:
        self._parts: ByteCache[object] = ByteCache(max_bytes)
        self.get = self._parts.get

    def keep(self, key: PartKey, value: object) -> object:
        """Return ``value`` encoded."""
        encoded = orjson.dumps(value)
        part = orjson.Fragment(encoded)
        self._parts.put(key, part, len(encoded))
        return part

    def keep_each(self, key: PartKey, values: Sequence[object]) -> Sequence[object]:
        """Return ``values``, each encoded."""
        encoded = [orjson.dumps(value) for value in values]
        parts = tuple(map(orjson.Fragment, encoded))
        self._parts.put(key, parts, sum(map(len, encoded)) + _PART_BYTES * len(parts))
        return parts


_PART_BYTES = 80
"""What an encoded part takes beside its text."""
