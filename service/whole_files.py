"""Files that are there whole or not at all."""

import hashlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["remove_unfinished", "sha256", "write_whole"]

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


def remove_unfinished(folder: Path) -> None:
    """Remove what a process that was killed has left behind."""
    for path in folder.glob(f"{_UNFINISHED}*"):
        path.unlink(missing_ok=True)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
