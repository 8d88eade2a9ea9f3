"""Encoded parts of answers, kept for other answers that hold the same."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import orjson

from service.execution.byte_cache import ByteCache

__all__ = ["KeptParts", "NoParts", "Parts"]

_RUN_BYTES = 350
"""What a run takes beside its text: its dict, fragment and bytes."""

PartKey = tuple[int, object]
"""The number of a part of a compiled operation, and what tells its object from others."""


Fields = Mapping[str, object]
"""Fields of one object, by their response keys, in the order of the answer."""


class Parts(Protocol):
    """Where a compiled operation looks for parts, and leaves those that it made."""

    def get(self, key: PartKey, /) -> object:
        """Return what was kept under ``key``, or None."""
        ...

    def keep(self, key: PartKey, value: object) -> object:
        """Return what stands for ``value`` in an answer, also in later ones."""
        ...

    def keep_runs(self, key: PartKey, runs: Sequence[Fields]) -> Sequence[Fields]:
        """Return what stands for each of ``runs`` of fields; they are found together again."""
        ...


class NoParts:
    """Keeps nothing."""

    def get(self, _key: PartKey, /) -> None:
        """Return None."""

    def keep(self, _key: PartKey, value: object) -> object:
        """Return ``value``."""
        return value

    def keep_runs(self, _key: PartKey, runs: Sequence[Fields]) -> Sequence[Fields]:
        """Return ``runs``."""
        return runs


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

    def keep_runs(self, key: PartKey, runs: Sequence[Fields]) -> Sequence[Fields]:
        """Return ``runs``, each as its first field, whose value brings the text of the others.

        What stands for ``{"a": 1, "b": 2}`` is ``{"a": Fragment('1,"b":2')}``: one piece to look
        up, copy and write instead of one for each field.
        """
        encoded = [orjson.dumps(run) for run in runs]
        parts = tuple(map(_run_part, runs, encoded))
        self._parts.put(key, parts, sum(map(len, encoded)) + _RUN_BYTES * len(parts))
        return parts


def _run_part(run: Fields, encoded: bytes) -> Fields:
    first = next(iter(run))
    # Without the braces and the key, which is an ASCII name: {"key":...}
    return {first: orjson.Fragment(encoded[len(first) + 4 : -1])}
