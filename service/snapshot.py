"""The graph as arrays, in memory or memory-mapped from a folder.

A snapshot is a set of named one-dimensional arrays. Concepts are numbered in the order of their
ids; what is not a number is kept as JSON bytes, one piece a concept or a detail, in a pair of
arrays ``<name>.bytes`` and ``<name>.starts``. On disk every array is a ``.npy`` file named by its
content, and ``manifest.json`` lists them with sizes and SHA-256: it is written last and replaced
atomically, so that a reader sees the old snapshot or the new one and nothing between.
``checked.json`` records that they were compared (see ``service.snapshot_check``). The search engine
wants its files in a folder: its first reader lays them out in ``engine-…``, and every reader
compares them with the array they come from (see ``service.search_engine``). So whatever is read
from the folder was compared, directly or by way of an array, with a checksum of the manifest.

============  ===================================================================================
ids, concepts, notes, pages   pieces by concept number; the last two are empty where there is none
edge_*        edges by source: ``edge_starts``, then source, target, relation, detail of each
in_*          the same edges by target: ``in_starts``, ``in_edges`` (numbers of edges)
details       pieces: provenance, qualifier, note, confidence; equal ones are stored once
id_hashes     sorted hashes of the ids, with ``id_numbers`` beside them: the index of ids
kinds, systems, listed, from_days, to_days   what filters need, by concept number
lexicon_*, evidence_*, names_*, neighbors_*, search_*   see ``service.lexicon``, ``.evidence``,
                                                        ``.name_index``, ``.neighbors`` and
                                                        ``.search_index``
============  ===================================================================================
"""

import hashlib
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, overload

import numpy as np
import numpy.typing as npt
import orjson

from service.errors import SnapshotError
from service.model import CodeSystem
from service.records import decode_code_system
from service.snapshot_check import (
    check_arrays,
    check_ends,
    check_file,
    manifest_checksum,
    record_check,
    stamps_of,
    was_checked,
)
from service.whole_files import remove_unfinished, sha256, sole_writer, write_whole

__all__ = [
    "ENGINE_FOLDER",
    "FORMAT",
    "Array",
    "Pieces",
    "Snapshot",
    "Texts",
    "id_hash",
    "open_snapshot",
    "write_snapshot",
]

FORMAT = 4
"""Raised whenever the arrays change, so that an old snapshot is refused with a clear message."""

_MANIFEST = "manifest.json"
_OPENINGS = 5
"""How often a snapshot is opened anew where a build replaces it meanwhile: one such is rare."""

ENGINE_FOLDER = "engine-"
"""What the names of folders begin with in which the search engine's files are laid out."""

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Pieces:
    """A list of byte strings in two arrays."""

    data: Array
    starts: Array

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, number: int) -> bytes:
        return self.data[self.starts[number] : self.starts[number + 1]].tobytes()

    @staticmethod
    def packed(pieces: Iterable[bytes]) -> "Pieces":
        """Return ``pieces`` packed."""
        known = list(pieces)
        starts = np.zeros(len(known) + 1, np.int64)
        starts[1:] = np.cumsum([len(piece) for piece in known])
        return Pieces(np.frombuffer(b"".join(known), np.uint8), starts)


class Texts(Sequence[str]):
    """Pieces as text, decoded where they are read: a list of two million names took a second."""

    def __init__(self, pieces: Pieces) -> None:
        # Views give plain numbers and bytes, which numpy takes five times as long to give.
        self._bytes = np.ascontiguousarray(pieces.data).data
        self._starts = np.ascontiguousarray(pieces.starts).data
        self._length = len(pieces)

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> list[str]: ...

    def __getitem__(self, place: int | slice) -> str | list[str]:
        """Return one text, or a list of those in a slice."""
        if isinstance(place, slice):
            return [self[n] for n in range(*place.indices(len(self)))]
        at = place if place >= 0 else place + self._length
        if not 0 <= at < self._length:
            raise IndexError(place)
        return str(self._bytes[self._starts[at] : self._starts[at + 1]], "utf-8")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Arrays by name, and what the manifest says of them.

    ``folder`` is where they lie, None for a snapshot in memory.
    """

    arrays: Mapping[str, Array]
    data_version: str
    built_at: str
    code_systems: tuple[CodeSystem, ...]
    folder: Path | None = None

    def pieces(self, name: str) -> Pieces:
        """Return the pieces stored under ``name``."""
        return Pieces(self.arrays[f"{name}.bytes"], self.arrays[f"{name}.starts"])

    def texts(self, name: str) -> "Texts":
        """Return the pieces stored under ``name`` as text."""
        return Texts(self.pieces(name))


def id_hash(concept_id: str) -> int:
    """Return the 64-bit hash by which an id is found; the id itself is compared afterwards."""
    return int.from_bytes(
        hashlib.blake2b(concept_id.encode(errors="surrogatepass"), digest_size=8).digest()
    )


def write_snapshot(
    snapshot: Snapshot, folder: Path, *, progress: Callable[[str], None] = lambda _name: None
) -> None:
    """Write ``snapshot`` to ``folder`` and make it the one that is opened there.

    It is read back once, so that who opens it need not. Files of earlier snapshots are removed at
    the end; a process that has them open keeps them. Of two processes that write to one folder the
    second waits. Raises ``SnapshotError`` where the folder cannot be written; the old snapshot then
    stays.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with sole_writer(folder):
            _write(snapshot, folder, progress)
    except OSError as error:
        raise SnapshotError(
            f"the snapshot cannot be written to {folder}: {error.strerror or error}"
        ) from error


def _write(snapshot: Snapshot, folder: Path, progress: Callable[[str], None]) -> None:
    remove_unfinished(folder)
    files: dict[str, dict[str, object]] = {}
    for name, array in snapshot.arrays.items():
        progress(name)
        files[name] = _write_array(folder, name, np.ascontiguousarray(array))
    manifest = {
        "format": FORMAT,
        "dataVersion": snapshot.data_version,
        "builtAt": snapshot.built_at,
        "byteOrder": sys.byteorder,
        "nodes": len(snapshot.arrays["kinds"]),
        "edges": len(snapshot.arrays["edge_targets"]),
        "codeSystems": [asdict(system) for system in snapshot.code_systems],
        "files": files,
    }
    manifest["sha256"] = manifest_checksum(manifest)
    text = orjson.dumps(manifest, option=orjson.OPT_INDENT_2)
    write_whole(folder, lambda file: file.write(text), _MANIFEST)
    open_snapshot(folder)
    kept = {str(entry["file"]) for entry in files.values()}
    for path in folder.glob("*.npy"):
        if path.name not in kept:
            path.unlink(missing_ok=True)
    for path in folder.glob(f"{ENGINE_FOLDER}*"):
        shutil.rmtree(path, ignore_errors=True)


def _write_array(folder: Path, name: str, array: Array) -> dict[str, object]:
    """Write one array to a file that is named by its content, and return its entry."""
    entry: dict[str, object] = {}

    def named(path: Path) -> str:
        digest = sha256(path)
        file = f"{name}-{digest[:16]}.npy"
        entry.update(file=file, bytes=path.stat().st_size, sha256=digest)
        return file

    write_whole(folder, partial(np.save, arr=array), named)
    return entry


def open_snapshot(folder: Path) -> Snapshot:
    """Return the snapshot in ``folder``, checked and memory-mapped.

    Raises ``SnapshotError`` where there is none, or it is damaged, incomplete or of another
    format: sizes, then checksums, then counts, then dangling edges. That all of it was in order is
    recorded beside it: while no file is touched, only sizes and counts are looked at again.
    """
    manifest = _read_manifest(folder)
    for _ in range(_OPENINGS):
        try:
            return _opened(folder, manifest)
        except SnapshotError:
            # A build may have replaced the manifest, and removed the files that the old one names.
            known, manifest = manifest, _read_manifest(folder)
            if manifest == known:
                raise
    raise SnapshotError(f"builds replace the snapshot in {folder} before it can be opened")


def _read_manifest(folder: Path) -> Any:  # noqa: ANN401  whatever JSON is there
    try:
        return orjson.loads((folder / _MANIFEST).read_bytes())
    except FileNotFoundError as error:
        raise SnapshotError(
            f"there is no snapshot in {folder}: run `medcodegraph build`"
        ) from error
    except (OSError, orjson.JSONDecodeError) as error:
        raise SnapshotError(f"the manifest in {folder} cannot be read: build it again") from error


def _opened(folder: Path, manifest: Any) -> Snapshot:  # noqa: ANN401
    """Return the snapshot that ``manifest`` describes, checked."""
    try:
        if manifest["format"] != FORMAT or manifest["byteOrder"] != sys.byteorder:
            raise SnapshotError(f"the snapshot in {folder} is of another format: build it again")
        if manifest["sha256"] != manifest_checksum(manifest):
            raise SnapshotError(f"the manifest in {folder} is damaged: build it again")
        stamps = stamps_of(folder, manifest)
        trusted = was_checked(folder, manifest, stamps)
        arrays = {
            name: _open_array(folder, name, entry, trusted=trusted)
            for name, entry in manifest["files"].items()
        }
        snapshot = Snapshot(
            arrays,
            manifest["dataVersion"],
            manifest["builtAt"],
            tuple(map(decode_code_system, manifest["codeSystems"])),
            folder,
        )
        check_arrays(folder, arrays, nodes=manifest["nodes"], edges=manifest["edges"])
        if not trusted:
            check_ends(folder, arrays["edge_targets"], nodes=manifest["nodes"])
            record_check(folder, manifest, stamps)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SnapshotError(
            f"the manifest in {folder} is incomplete or garbled: build it again"
        ) from error
    except OSError as error:
        raise SnapshotError(
            f"the snapshot in {folder} cannot be read: {error.strerror or error}"
        ) from error
    return snapshot


def _open_array(folder: Path, name: str, entry: Mapping[str, Any], *, trusted: bool) -> Array:
    path = folder / entry["file"]
    if path.parent != folder or not path.is_file():
        raise SnapshotError(
            f"the snapshot in {folder} lacks its file {entry['file']}: build it again"
        )
    check_file(path, name, entry, trusted=trusted)
    array: Array = np.load(path, mmap_mode="r", allow_pickle=False)
    return array.view(np.ndarray)
