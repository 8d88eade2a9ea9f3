"""Files that are there whole or not at all."""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["remove_unfinished", "sha256", "sole_writer", "write_whole"]

_UNFINISHED = ".new-"


def write_whole(
    folder: Path, write: Callable[[Any], None], name: str | Callable[[Path], str]
) -> str:
    """Write a file beside its place, move it there, and return its name.

    ``name`` may depend on what was written. Nothing is left behind on failure.
    """
    # Not tempfile: its files can be read by their owner alone, and another user may serve them.
    temporary = folder / f"{_UNFINISHED}{secrets.token_hex(8)}"
    try:
        with temporary.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        final = name if isinstance(name, str) else name(temporary)
        temporary.replace(folder / final)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return final


@contextmanager
def sole_writer(folder: Path) -> Iterator[None]:
    """Wait until no other process writes to ``folder``, and keep others waiting meanwhile.

    The system ends the wait when a process ends, however it does.
    """
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def remove_unfinished(folder: Path) -> None:
    """Remove what a process that was killed has left behind."""
    for path in folder.glob(f"{_UNFINISHED}*"):
        path.unlink(missing_ok=True)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
