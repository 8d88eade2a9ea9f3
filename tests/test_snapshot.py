"""Snapshots: what is written is what is opened, or nothing is."""

import os
import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service import snapshot, snapshot_check
from service.compilation import compile_snapshot
from service.errors import SnapshotError
from service.model import (
    CodingNote,
    CodingNoteKind,
    Concept,
    ConceptId,
    ConceptKind,
    Item,
    Page,
    PageFacts,
    Section,
    SectionItem,
    Span,
    TitleSource,
)
from service.records import decode_concept, decode_notes, decode_page, encode
from service.snapshot import Pieces, Snapshot, Texts, open_snapshot, write_snapshot
from service.snapshot_check import ARRAYS, manifest_checksum, record_check
from service.store.memory import MemoryStore
from service.whole_files import sha256
from tests.little_graphs import built, condition, page, procedure, random_items

SCAN, GOUT = procedure("1", "Knee scan"), condition("C", "Gout")


def snapshot_of(*items: Item) -> Snapshot:
    """Return the snapshot of ``items``, always of the same moment."""
    return compile_snapshot(built(items), built_at=datetime(2026, 1, 1, tzinfo=UTC))


FIRST, SECOND = snapshot_of(SCAN, GOUT), snapshot_of(SCAN, GOUT, page(SCAN, "For gout."))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder that holds the first snapshot."""
    write_snapshot(FIRST, tmp_path / "data")
    return tmp_path / "data"


def largest(folder: Path) -> Path:
    """Return the largest array file in ``folder``."""
    return max(folder.glob("*.npy"), key=lambda path: path.stat().st_size)


def test_a_snapshot_is_opened_as_it_was_written(folder: Path) -> None:
    """Every array, the version, the moment and the systems come back."""
    opened = open_snapshot(folder)
    assert opened.arrays.keys() == FIRST.arrays.keys()
    for name, array in opened.arrays.items():
        np.testing.assert_array_equal(array, FIRST.arrays[name], strict=True)
    assert replace(opened, arrays={}) == replace(FIRST, arrays={}, folder=folder)


def test_an_empty_graph_makes_the_round_trip(tmp_path: Path) -> None:
    """Arrays of no length are written and mapped like any other."""
    write_snapshot(snapshot_of(), tmp_path)
    assert MemoryStore(open_snapshot(tmp_path)).node_count == 0


@settings(max_examples=25, deadline=None)
@given(random_items())
def test_the_same_content_has_the_same_version_in_any_order(items: list[Item]) -> None:
    """The version is of what was said, not of when or in which order."""
    first, second = snapshot_of(*items), snapshot_of(*sorted(items, key=repr))
    later = compile_snapshot(built(items), built_at=datetime(2027, 1, 1, tzinfo=UTC))
    assert first.data_version == second.data_version == later.data_version
    # The files of the search engine have random names.
    same = [name for name in first.arrays if not name.startswith("search_engine")]
    assert all(np.array_equal(first.arrays[name], second.arrays[name]) for name in same)


def test_another_text_of_a_page_makes_another_version() -> None:
    """One character is enough, and so is a name or a synonym."""
    versions = {
        snapshot_of(*items).data_version
        for items in (
            [SCAN, GOUT],
            [SCAN, GOUT, page(SCAN, "For gout.")],
            [SCAN, GOUT, page(SCAN, "For gout!")],
            [SCAN, replace(GOUT, synonyms=("sore toe",))],
        )
    }
    assert len(versions) == 4


def cut_short(folder: Path) -> None:
    """Truncate an array."""
    path = largest(folder)
    path.write_bytes(path.read_bytes()[:-1])


def flip_a_bit(folder: Path) -> None:
    """Change one bit in the last byte of an array."""
    data = bytearray(largest(folder).read_bytes())
    data[-1] ^= 1
    largest(folder).write_bytes(data)


def lose_a_file(folder: Path) -> None:
    """Remove an array."""
    largest(folder).unlink()


def garble_the_manifest(folder: Path) -> None:
    """Write what is not JSON."""
    (folder / "manifest.json").write_bytes(b"\xff{")


def cut_the_manifest(folder: Path) -> None:
    """Truncate the manifest."""
    path = folder / "manifest.json"
    path.write_bytes(path.read_bytes()[:-20])


def list_instead(folder: Path) -> None:
    """Write JSON of another shape."""
    (folder / "manifest.json").write_text("[1]")


def raise_the_format(folder: Path) -> None:
    """Claim a format to come."""
    path = folder / "manifest.json"
    path.write_bytes(orjson.dumps({**orjson.loads(path.read_bytes()), "format": 999}))


def point_elsewhere(folder: Path) -> None:
    """Name a file outside of the folder."""
    path = folder / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"file": "', b'"file": "../data/'))


def leave_out_an_array(folder: Path) -> None:
    """Write a manifest that is sealed as it should be, and names one array less."""
    path = folder / "manifest.json"
    manifest = orjson.loads(path.read_bytes())
    del manifest["files"]["names_keys"]
    manifest["sha256"] = manifest_checksum(manifest)
    path.write_bytes(orjson.dumps(manifest))


def lose_the_manifest(folder: Path) -> None:
    """Remove the manifest."""
    (folder / "manifest.json").unlink()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (cut_short, "bytes and not"),
        (flip_a_bit, "checksum differs"),
        (lose_a_file, "lacks its file"),
        (garble_the_manifest, "cannot be read"),
        (cut_the_manifest, "cannot be read"),
        (list_instead, "incomplete or garbled"),
        (raise_the_format, "of another format"),
        (point_elsewhere, "build it again"),
        (leave_out_an_array, "lacks names_keys: build it again"),
        (lose_the_manifest, "run `medcodegraph build`"),
    ],
)
def test_damage_is_refused_and_a_good_build_recovers(
    folder: Path, damage: Callable[[Path], None], message: str
) -> None:
    """No damaged snapshot is ever served, and the message says what to do."""
    damage(folder)
    with pytest.raises(SnapshotError, match=message):
        open_snapshot(folder)
    write_snapshot(FIRST, folder)
    assert open_snapshot(folder).data_version == FIRST.data_version


def test_no_flipped_bit_of_the_manifest_goes_unnoticed(folder: Path) -> None:
    """Every seventh byte in turn: the snapshot is refused, and never half believed."""
    path = folder / "manifest.json"
    good = path.read_bytes()
    believed = []
    for at in range(0, len(good), 7):
        path.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        try:
            open_snapshot(folder)
        except SnapshotError:
            continue
        believed.append(good[at - 10 : at + 10])
    assert not believed


def test_no_snapshot_is_said_to_be_none(tmp_path: Path) -> None:
    """A folder that is not there tells how to make one; a file in its place is an error too."""
    with pytest.raises(SnapshotError, match="there is no snapshot"):
        open_snapshot(tmp_path / "nowhere")
    (tmp_path / "file").touch()
    with pytest.raises(SnapshotError):
        open_snapshot(tmp_path / "file")
    with pytest.raises(SnapshotError, match="cannot be written"):
        write_snapshot(FIRST, tmp_path / "file")


@contextmanager
def limited(what: int, limit: int) -> Iterator[None]:
    """Let the operating system allow this process no more than ``limit`` of ``what``."""
    soft, hard = resource.getrlimit(what)
    resource.setrlimit(what, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(what, (soft, hard))


def test_a_write_that_fails_leaves_the_old_snapshot_and_no_rubbish(folder: Path) -> None:
    """No room for a large file is reported in words; what was served stays served."""
    big = snapshot_of(SCAN, GOUT, page(SCAN, "For gout. " * 10_000))
    full = limited(resource.RLIMIT_FSIZE, 50_000)
    with full, pytest.raises(SnapshotError, match=r"written to .*: (?!None)"):
        write_snapshot(big, folder)
    assert list(folder.glob(".new-*")) == []
    assert open_snapshot(folder).data_version == FIRST.data_version


def test_a_manifest_that_cannot_take_its_place_leaves_no_rubbish(tmp_path: Path) -> None:
    """The last step fails as the others do."""
    (tmp_path / "manifest.json").mkdir()
    with pytest.raises(SnapshotError, match="cannot be written"):
        write_snapshot(FIRST, tmp_path)
    assert list(tmp_path.glob(".new-*")) == []


def test_arrays_that_cannot_be_opened_are_reported(folder: Path) -> None:
    """The system's refusal is a typed error too; here, for want of file descriptors."""
    next_free = os.dup(0)
    os.close(next_free)
    few = limited(resource.RLIMIT_NOFILE, next_free + 3)
    with few, pytest.raises(SnapshotError, match=r"cannot be read: Too many open files"):
        open_snapshot(folder)


def test_other_users_may_read_a_snapshot(folder: Path) -> None:
    """Files have the rights that any new file has: who builds need not be who serves."""
    (folder / "plain").touch()
    assert len({path.stat().st_mode for path in folder.iterdir()}) == 1


def test_an_open_snapshot_outlives_the_next(folder: Path) -> None:
    """Who has the old files open keeps them; the folder holds those of the new snapshot alone."""
    old = MemoryStore(open_snapshot(folder))
    names: list[str] = []
    write_snapshot(SECOND, folder, progress=names.append)
    assert old.pages([SCAN.id]) == [None]
    new = open_snapshot(folder)
    assert MemoryStore(new).pages([SCAN.id]) == [page(SCAN, "For gout.")]
    assert len(list(folder.glob("*.npy"))) == len(names) == len(new.arrays)
    others = {path.name for path in folder.iterdir() if path.suffix != ".npy"}
    assert others == {"manifest.json", "checked.json"}


def test_a_change_that_hides_its_time_is_noticed(folder: Path) -> None:
    """A file that was written to is compared again, whatever its time of change says."""
    path = largest(folder)
    before = path.stat()
    flip_a_bit(folder)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(SnapshotError, match="checksum differs"):
        open_snapshot(folder)


@pytest.mark.parametrize("record", [None, b"", b"[]", b'{"manifest": 1}'])
def test_a_lost_or_garbled_record_of_the_check_costs_time_alone(
    folder: Path, record: bytes | None
) -> None:
    """Everything is compared again, and recorded again."""
    path = folder / "checked.json"
    good = path.read_bytes()
    path.unlink()
    if record is not None:
        path.write_bytes(record)
    assert open_snapshot(folder).data_version == FIRST.data_version
    assert path.read_bytes() == good


def test_untouched_files_are_compared_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What writing recorded is believed; only a copy is compared again."""

    def compared(_path: Path) -> str:
        raise AssertionError("the files were read")

    monkeypatch.setattr(snapshot_check, "sha256", compared)
    assert open_snapshot(folder).data_version == FIRST.data_version
    copy = folder.with_name("copy")
    shutil.copytree(folder, copy)
    with pytest.raises(AssertionError):
        open_snapshot(copy)


def test_a_file_that_changes_while_it_is_compared_is_compared_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is recorded as good is the file that was read, not the one that is there afterwards."""
    (folder / "checked.json").unlink()

    def touched_afterwards(path: Path) -> str:
        digest = sha256(path)
        if path == largest(folder):
            flip_a_bit(folder)
        return digest

    with monkeypatch.context() as patched:
        patched.setattr(snapshot_check, "sha256", touched_afterwards)
        assert open_snapshot(folder).data_version == FIRST.data_version
    with pytest.raises(SnapshotError, match="checksum differs"):
        open_snapshot(folder)


def test_a_build_between_manifest_and_arrays_gives_the_new_snapshot(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files that the old manifest names are gone, and a good snapshot is there."""
    stamps_of = snapshot_check.stamps_of

    def replaced(folder: Path, manifest: dict[str, object]) -> snapshot_check.Stamps:
        monkeypatch.undo()
        write_snapshot(SECOND, folder)
        return stamps_of(folder, manifest)

    monkeypatch.setattr(snapshot, "stamps_of", replaced)
    assert open_snapshot(folder).data_version == SECOND.data_version


def test_a_build_between_comparing_and_recording_does_no_harm(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is open is whole, and so is what is opened next."""
    (folder / "checked.json").unlink()

    def replaced(folder: Path, manifest: dict[str, object], stamps: snapshot_check.Stamps) -> None:
        monkeypatch.undo()
        write_snapshot(SECOND, folder)
        record_check(folder, manifest, stamps)

    monkeypatch.setattr(snapshot, "record_check", replaced)
    assert open_snapshot(folder).data_version == FIRST.data_version
    assert open_snapshot(folder).data_version == SECOND.data_version


def test_a_build_removes_what_a_killed_build_left(folder: Path) -> None:
    """A half-written file of hundreds of megabytes would lie there for ever."""
    (folder / ".new-0123456789abcdef").write_bytes(b"half a file")
    write_snapshot(SECOND, folder)
    assert list(folder.glob(".new-*")) == []


def test_the_arrays_that_must_be_there_are_those_that_a_build_makes() -> None:
    """One more or less in the graph's arrays has to be entered in the list."""
    assert FIRST.arrays.keys() == ARRAYS


@given(st.lists(st.text()))
def test_texts_are_a_list_that_is_read_piece_by_piece(texts: list[str]) -> None:
    """Indices from either end, slices, lengths: as a list has them."""
    plain = [text.encode(errors="replace").decode() for text in texts]
    found = Texts(Pieces.packed(text.encode() for text in plain))
    assert list(found) == plain
    assert [found[n - len(plain)] for n in range(len(plain))] == plain
    assert found[1:3] == plain[1:3]
    for place in (len(plain), -len(plain) - 1):
        with pytest.raises(IndexError):
            found[place]


def test_records_come_back_whole() -> None:
    """Every field that is not plain JSON is restored to its type."""
    concept = Concept(
        *(SCAN.id, ConceptKind.PROCEDURE, "Knee scan", ("a", "b"), "LITTLE", "1", "Scan"),
        title_source=TitleSource.PARAPHRASE,
        effective_from=date(2020, 1, 1),
        effective_to=date(2021, 1, 1),
    )
    span = Span("gout", 4, 8)
    inner = SectionItem("gout", 4, 8, label="g", ordinal=2)
    whole: Page = replace(
        page(SCAN, "For gout."),
        sections=(Section("Indications", "For gout.", 0, 9, (replace(inner, items=(inner,)),)),),
        facts=PageFacts(summary=span, steps=(span, span), min_minutes=0, max_minutes=5),
        warnings=("odd",),
    )
    note = CodingNote(GOUT.id, CodingNoteKind.EXCLUDES2, "pain", (ConceptId("ILLS:D"),), "2026")
    assert decode_concept(encode(concept)) == concept
    assert decode_page(encode(whole)) == whole
    assert decode_notes(encode((note,))) == (note,)
    assert decode_page(b"") is None
    assert decode_notes(b"") == ()
