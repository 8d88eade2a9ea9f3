"""What the tests of HTTP facts talk to: the small application, alone and on a real server."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from starlette.types import ASGIApp

from tests.web.loopback import EXAMPLE, SECOND_EXAMPLE, SwitchableData, make_app, serve


@pytest.fixture
def data() -> SwitchableData:
    """Return data that is loaded."""
    return SwitchableData()


@pytest.fixture(scope="session")
def operations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of operations such as the package ships."""
    folder = tmp_path_factory.mktemp("operations")
    (folder / "a-sum.graphql").write_text(SECOND_EXAMPLE)
    (folder / "code-page.graphql").write_text(EXAMPLE)
    (folder / "code-page.variables.json").write_text('{"name": "reader"}')
    return folder


@pytest.fixture
def app(data: SwitchableData, operations: Path) -> ASGIApp:
    """Return an application whose data the test holds."""
    return make_app(data, operations)


@pytest.fixture(scope="session")
def address(operations: Path) -> Iterator[str]:
    """Return the address of a server whose data is loaded."""
    yield from serve(make_app(SwitchableData(), operations))


@pytest.fixture(scope="session")
def client(address: str) -> Iterator[httpx2.Client]:
    """Return an HTTP client of that server."""
    with httpx2.Client(base_url=address) as client:
        yield client
