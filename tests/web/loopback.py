"""A small application, and a real server for it on the loopback address."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import strawberry
import uvicorn
from starlette.types import ASGIApp

from service.errors import BadUserInputError, NotReadyError
from service.execution.engine import Engine
from service.web.app import create_app
from service.web.listening import http_protocol

EXAMPLE = "query Greeting($name: String!) { greeting(name: $name) }\n"
SECOND_EXAMPLE = "query Sum { sum(numbers: [1, 2]) }\n"


@strawberry.type
class Nest:
    """Something that holds itself, for queries of any depth."""

    @strawberry.field
    def inner(self) -> "Nest":
        """Return another one."""
        return Nest()

    @strawberry.field
    def depth(self) -> int:
        """Return a leaf."""
        return 1


@strawberry.type
class Query:
    """Fields that answer, fail and refuse in all the ways a resolver can."""

    @strawberry.field
    def greeting(self, name: str = "you") -> str:
        """Return a sentence."""
        return f"Hello, {name}"

    @strawberry.field
    def sum(self, numbers: list[int]) -> int:
        """Return a number."""
        return sum(numbers)

    @strawberry.field
    def data_version(self, info: strawberry.Info[str, None]) -> str:
        """Return the context of this request."""
        return info.context

    @strawberry.field
    def page(self, first: int) -> int | None:
        """Return ``first``, or refuse it."""
        if not 0 <= first <= 200:
            raise BadUserInputError("first must be 0 to 200")
        return first

    @strawberry.field
    def broken(self) -> str | None:
        """Fail with words that nobody outside may read."""
        raise RuntimeError("secret of /srv/data")

    @strawberry.field
    def half_a_character(self) -> str:
        """Return a lone surrogate, which is no valid text."""
        return "\ud800"

    @strawberry.field
    def nest(self) -> Nest:
        """Return something that holds itself."""
        return Nest()


@strawberry.type
class Mutation:
    """One mutation: it has nothing to do but to be refused by GET."""

    @strawberry.mutation
    def rename(self, name: str) -> str:
        """Return the name."""
        return name


@dataclass
class SwitchableData:
    """Data that a test can take away and put back."""

    data_version: str | None = "v1"
    reload_error: str | None = None
    opened: int = field(default=0)
    next_version: str | None = None
    """A version that takes the place of the present one as the next context is opened."""

    @property
    def version(self) -> str | None:
        """All that answers depend on."""
        return self.data_version

    def open_context(self) -> "PinnedVersion":
        """Return the version as the context of one request."""
        if self.data_version is None:
            raise NotReadyError("No data is loaded yet")
        self.opened += 1
        self.data_version, self.next_version = self.next_version or self.data_version, None
        return PinnedVersion(self.data_version)


class PinnedVersion(str):
    """A data version that is the context of a request as well."""

    __slots__ = ()

    @property
    def version(self) -> str:
        """All that answers depend on."""
        return str(self)


def make_app(data: SwitchableData, operations: Path) -> ASGIApp:
    """Return the application over the schema of this module."""
    return create_app(
        Engine(strawberry.Schema(query=Query, mutation=Mutation)), data, operations=operations
    )


def serve(app: ASGIApp) -> Iterator[str]:
    """Yield the address at which a real server answers for ``app``."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, ws="none", http=http_protocol()))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
