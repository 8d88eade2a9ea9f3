"""The graph as a user first meets it: all that ships, and one page brought along."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from service.build import build_graph, sources
from service.compilation import compile_snapshot
from service.execution.engine import Engine
from service.neighbors import cores
from service.schema.query import create_schema
from service.snapshot import open_snapshot, write_snapshot
from service.store.memory import MemoryStore
from tests.asking import Asker

# The same draws everywhere, and no clock: a slow machine is no fault of the code.
settings.register_profile(
    "seeded", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("seeded")

BROUGHT_PAGE = Path(__file__).parent / "data" / "pages" / "CPT4-90853.txt"


@pytest.fixture(scope="session")
def snapshot_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the default graph's snapshot; it takes most of a minute to build."""
    folder = tmp_path_factory.mktemp("default-graph")
    built = build_graph(sources(pages=[BROUGHT_PAGE], releases=[], default=True))
    write_snapshot(compile_snapshot(built.graph, processes=cores()), folder)
    return folder


@pytest.fixture(scope="session")
def store(snapshot_folder: Path) -> MemoryStore:
    """Return the default graph behind the store protocol."""
    return MemoryStore(open_snapshot(snapshot_folder))


@pytest.fixture(scope="session")
def ask(store: MemoryStore) -> Asker:
    """Return who puts questions to the default graph."""
    return Asker(Engine(create_schema()), store)
