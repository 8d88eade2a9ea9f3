"""Whether the files of a snapshot are what its manifest says, and the record that they were.

``checked.json`` beside the files names the manifest they were compared with, and how each file lay
on the disk before it was read. While that is so, nothing needs to be read again.
"""

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from service.errors import SnapshotError
from service.whole_files import sha256, write_whole

__all__ = [
    "ARRAYS",
    "Stamps",
    "check_arrays",
    "check_ends",
    "check_file",
    "manifest_checksum",
    "record_check",
    "stamps_of",
    "was_checked",
]

_CHECKED = "checked.json"

ARRAYS = frozenset(
    """
    ids.bytes ids.starts concepts.bytes concepts.starts notes.bytes notes.starts
    pages.bytes pages.starts details.bytes details.starts kinds systems listed from_days to_days
    id_hashes id_numbers edge_starts edge_sources edge_targets edge_relations edge_details
    in_starts in_edges

    lexicon_names.bytes lexicon_names.starts lexicon_starts lexicon_holders lexicon_own

    evidence_starts evidence_features evidence_holder_starts evidence_holders evidence_relation
    evidence_node evidence_word evidence_words.bytes evidence_words.starts evidence_content
    evidence_weight evidence_totals evidence_peers evidence_ordinals evidence_kind_starts
    evidence_listed

    neighbors_days neighbors_starts neighbors_numbers neighbors_scores neighbors_counts
    neighbors_reasons neighbors_totals

    names_keys names_bearers names_kinds names_penalties names_own

    search_roots.bytes search_roots.starts search_content search_owners search_sources
    search_qualifiers search_starts search_tokens search_masses search_order
    search_spellings.bytes search_spellings.starts search_bearers search_groups search_examples
    search_procedures search_engine search_engine_starts search_engine_names.bytes
    search_engine_names.starts
    """.split()
)
"""The names of the arrays that every snapshot has."""

Stamps = Mapping[str, list[int]]
"""By the name of a file, what changes whenever it is written, replaced or copied."""


def manifest_checksum(manifest: Mapping[str, object]) -> str:
    """Return the SHA-256 of what ``manifest`` says, its own checksum left out."""
    said = {name: value for name, value in manifest.items() if name != "sha256"}
    return hashlib.sha256(orjson.dumps(said)).hexdigest()


def stamps_of(folder: Path, manifest: Mapping[str, Any]) -> Stamps:
    """Return how the files lie on the disk now; what is not there has no stamp."""
    stamps = {}
    for entry in manifest["files"].values():
        with suppress(FileNotFoundError):
            stat = (folder / entry["file"]).stat()
            times = stat.st_mtime_ns, stat.st_ctime_ns
            stamps[entry["file"]] = [stat.st_size, *times, stat.st_ino]
    return stamps


def record_check(folder: Path, manifest: Mapping[str, Any], stamps: Stamps) -> None:
    """Remember that the files were compared with ``manifest``, where the folder can be written.

    ``stamps`` are from before that: a file that changed meanwhile is compared again.
    """
    said = orjson.dumps({"manifest": manifest["sha256"], "files": stamps})
    with suppress(OSError):
        write_whole(folder, lambda file: file.write(said), _CHECKED)


def was_checked(folder: Path, manifest: Mapping[str, Any], stamps: Stamps) -> bool:
    """Return whether no file was touched since it was compared with ``manifest``."""
    try:
        said = orjson.loads((folder / _CHECKED).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return False
    return bool(said == {"manifest": manifest["sha256"], "files": stamps})


def check_file(path: Path, name: str, entry: Mapping[str, Any], *, trusted: bool) -> None:
    """Raise ``SnapshotError`` where a file is not as its entry in the manifest says.

    One that is ``trusted`` is not read.
    """
    size = path.stat().st_size
    if size != entry["bytes"]:
        raise SnapshotError(f"{path} is {size} bytes and not {entry['bytes']}: build it again")
    if not trusted and sha256(path) != entry["sha256"]:
        raise SnapshotError(f"{path} is damaged ({name}: its checksum differs): build it again")


def check_arrays(
    folder: Path, arrays: Mapping[str, npt.NDArray[np.generic]], *, nodes: int, edges: int
) -> None:
    """Raise ``SnapshotError`` where an array is not there, or they do not fit each other."""
    lacking = sorted(ARRAYS - arrays.keys())
    if lacking:
        raise SnapshotError(f"the snapshot in {folder} lacks {', '.join(lacking)}: build it again")
    sound = (
        len(arrays["kinds"]) == len(arrays["ids.starts"]) - 1 == nodes
        and len(arrays["edge_targets"]) == len(arrays["in_edges"]) == edges
        and len(arrays["edge_starts"]) == nodes + 1
    )
    if not sound:
        raise SnapshotError(f"the snapshot in {folder} does not hold together: build it again")


def check_ends(folder: Path, targets: npt.NDArray[np.int32], *, nodes: int) -> None:
    """Raise ``SnapshotError`` where an edge leads nowhere."""
    if len(targets) and not 0 <= int(targets.min()) <= int(targets.max()) < nodes:
        raise SnapshotError(f"the snapshot in {folder} has dangling edges: build it again")
