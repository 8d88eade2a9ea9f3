"""A cache bounded by the bytes that it holds."""

from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

__all__ = ["ByteCache"]

_V = TypeVar("_V")

_OVERHEAD = 200
"""Bytes counted for an entry's key and for the tables that hold it: about what Python takes."""

_REMEMBERED = 50_000
"""Keys that a generation remembers to have been asked for: 64 bytes each."""

_LARGEST_PART = 8
"""An entry larger than this part of a generation is not kept: it would push out all others."""


class ByteCache(Generic[_V]):
    """Keeps what was used last, in two generations, each of half of ``max_bytes``.

    An entry begins young. When the young fill their half they become the old, and the old that
    nobody asked for since are dropped: close to dropping the least recently used, without a list
    to keep in order at every read. Reads take no lock; 0 bytes mean that nothing is kept.
    """

    def __init__(self, max_bytes: int) -> None:
        self._half = max_bytes // 2
        self._young: dict[Hashable, tuple[_V, int]] = {}
        self._old: dict[Hashable, tuple[_V, int]] = {}
        self._young_bytes = 0
        self._asked: set[int] = set()
        self._asked_before: set[int] = set()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._young.keys() | self._old.keys())

    def get(self, key: Hashable) -> _V | None:
        """Return what is kept under ``key``, or None."""
        entry = self._young.get(key)
        if entry is not None:
            return entry[0]
        entry = self._old.get(key)
        if entry is None:
            return None
        self._store(key, entry)
        return entry[0]

    def asked_again(self, key: Hashable) -> bool:
        """Return whether ``key`` was asked about lately, and remember that it was now.

        What is asked for once is not worth keeping: filling and freeing the memory of answers of
        which none comes again took longer than giving them (70 us beside 52, answers of 24 KB).
        """
        mark = hash(key)
        if mark in self._asked or mark in self._asked_before:
            return True
        if len(self._asked) >= _REMEMBERED:
            self._asked_before, self._asked = self._asked, set()
        self._asked.add(mark)
        return False

    def put(self, key: Hashable, value: _V, size: int) -> None:
        """Keep ``value``, which takes ``size`` bytes, until it is not used any more."""
        cost = size + _OVERHEAD
        if cost * _LARGEST_PART <= self._half:
            self._store(key, (value, cost))

    def _store(self, key: Hashable, entry: tuple[_V, int]) -> None:
        with self._lock:
            if key in self._young:
                return
            if self._young_bytes + entry[1] > self._half:
                self._old, self._young, self._young_bytes = self._young, {}, 0
            self._young[key] = entry
            self._young_bytes += entry[1]
