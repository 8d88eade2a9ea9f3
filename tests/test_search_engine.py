"""The search engine's files: shared where they can be, right always, and never left about."""

import tempfile
from pathlib import Path

import pytest

from service.compilation import compile_snapshot
from service.search_engine import SearchEngine
from service.snapshot import open_snapshot, write_snapshot
from service.store.memory import MemoryStore
from tests.little_graphs import built, condition, procedure, stored

ITEMS = [procedure("1", "Knee scan"), procedure("2", "Lung scan"), condition("C", "Gout")]
LITTLE = stored(ITEMS).search_engine


def found(engine: SearchEngine) -> tuple[list[int], dict[int, int], list[int]]:
    """Return what ``engine`` answers: who is found, in which groups, and what is spelled so."""
    query = engine.reading([({"scan": 1.0}, 1.0, "")], "p", 1.0)
    numbers, _, count = engine.find(query, 10)
    assert count == len(numbers)
    return numbers.tolist(), engine.group_counts(query), engine.spelled_like("knea", 1)


EXPECTED = found(LITTLE)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a folder with the files of the little graph's engine."""
    SearchEngine(LITTLE.index, tmp_path / "home")
    return tmp_path / "home"


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files of ``folder``."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_little_graph_is_searched() -> None:
    """Otherwise the comparisons below would be of nothing with nothing."""
    numbers, groups, spelled = EXPECTED
    assert len(numbers) == sum(groups.values()) == 2
    assert [LITTLE.index.spellings[n] for n in spelled] == ["knee"]


def test_processes_share_the_files_and_a_build_removes_them(tmp_path: Path) -> None:
    """Who searches first lays them out beside the arrays; the next takes them as they are."""
    snapshot = compile_snapshot(built(ITEMS))
    write_snapshot(snapshot, tmp_path)
    assert found(MemoryStore(open_snapshot(tmp_path)).search_engine) == EXPECTED
    (home,) = tmp_path.glob("engine-*")
    places = {path: path.stat().st_ino for path in home.iterdir()}
    assert found(MemoryStore(open_snapshot(tmp_path)).search_engine) == EXPECTED
    assert {path: path.stat().st_ino for path in home.iterdir()} == places
    write_snapshot(snapshot, tmp_path)
    assert list(tmp_path.glob("engine-*")) == []


@pytest.mark.parametrize("name", LITTLE.index.engine_names, ids=lambda name: name.split(".", 1)[1])
def test_a_damaged_file_is_laid_out_again(home: Path, name: str) -> None:
    """Every byte flipped, or cut short, or gone: the engine gets what the snapshot has."""
    good = contents(home)
    flipped = bytes(byte ^ 1 for byte in good[name])
    for damaged in (flipped, good[name][:-1], None):
        (home / name).unlink()
        if damaged is not None:
            (home / name).write_bytes(damaged)
        assert found(SearchEngine(LITTLE.index, home)) == EXPECTED
        assert contents(home) == good


def test_files_of_another_build_do_not_mislead(home: Path) -> None:
    """Two builds of equal data have one data version and engine files of other names."""
    other = stored([*ITEMS, procedure("3", "Bone scan")]).search_engine
    assert found(SearchEngine(other.index, home)) == found(other) != EXPECTED
    assert found(SearchEngine(LITTLE.index, home)) == EXPECTED


def test_private_files_are_gone_before_the_first_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the shared folder cannot be had, nothing is left behind, however the process ends."""
    (tmp_path / "file").touch()
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    for home in (None, tmp_path / "file", tmp_path / "nowhere" / "home"):
        engine = SearchEngine(LITTLE.index, home)
        assert list((tmp_path / "temporary").iterdir()) == []
        assert found(engine) == EXPECTED
