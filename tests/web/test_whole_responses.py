"""Responses over real connections: each in one piece, and none that waits for ever."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from service.web.whole_responses import WholeResponses

TEXT = "word " * 5_000


class _Noted(list[int]):
    """The lengths of what was written, in order."""

    def of(self, transport: Any) -> Any:  # noqa: ANN401  a transport
        """Return ``transport``, each call of which that writes is noted."""
        noted = self

        class Noting:
            def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever a transport has
                return getattr(transport, name)

            def write(self, data: bytes) -> None:
                noted.append(len(data))
                transport.write(data)

            def writelines(self, pieces: tuple[bytes, ...]) -> None:
                noted.append(sum(map(len, pieces)))
                transport.writelines(pieces)

        return Noting()


WRITTEN = _Noted()


class _NotedResponses(WholeResponses):
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(WRITTEN.of(transport))


async def _text(_request: Request) -> Response:
    return PlainTextResponse(TEXT)


async def _echo(request: Request) -> Response:
    return Response(await request.body())


async def _nothing(_request: Request) -> Response:
    return Response(status_code=204)


async def _pieces(_request: Request) -> Response:
    async def pieces() -> Any:  # noqa: ANN401  an iterator of texts
        yield "HTTP/1.1 is what this text is about\r\n\r\n"
        await asyncio.sleep(0.01)
        yield "and it ends here\r\n\r\n"

    return StreamingResponse(pieces())


async def _broken(_request: Request) -> Response:
    async def pieces() -> Any:  # noqa: ANN401  an iterator of texts
        raise RuntimeError("after the head")
        yield ""

    return StreamingResponse(pieces())


APP = Starlette(
    routes=[
        Route("/text", _text, methods=["GET", "HEAD"]),
        Route("/echo", _echo, methods=["POST"]),
        Route("/nothing", _nothing),
        Route("/pieces", _pieces),
        Route("/broken", _broken),
    ]
)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Return the address of a server of ``APP`` that notes what it writes."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(APP, log_config=None, ws="none", http=_NotedResponses)
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    running.should_exit = True
    thread.join()
    listener.close()


@pytest.fixture
def connection(server: str) -> Iterator[socket.socket]:
    """Return a connection to the server; nothing on it may take five seconds."""
    parts = urlsplit(server)
    WRITTEN.clear()
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as open_one:
        yield open_one


def _received(connection: socket.socket, end: bytes) -> bytes:
    """Return what arrives until it ends in ``end``, or the server has closed."""
    found = b""
    while not found.endswith(end) and (more := connection.recv(65_536)):
        found += more
    return found


def test_head_and_body_are_written_at_once(connection: socket.socket) -> None:
    """One call for one response, also for those that come after it on the connection."""
    for number in range(1, 4):
        connection.sendall(b"GET /text HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = _received(connection, TEXT.encode())
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        assert len(WRITTEN) == number
    assert list(WRITTEN) == [len(answer)] * 3


@pytest.mark.parametrize(
    "request_line", [b"HEAD /text", b"GET /nothing"], ids=["asked for the head", "no content"]
)
def test_a_response_without_a_body_does_not_wait(
    connection: socket.socket, request_line: bytes
) -> None:
    """The head is written when the response is complete, and the connection goes on."""
    for _ in range(2):
        connection.sendall(request_line + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        assert _received(connection, b"\r\n\r\n").startswith(b"HTTP/1.1 20")


def test_who_waits_for_a_word_before_sending_gets_it(connection: socket.socket) -> None:
    """``Expect: 100-continue`` is answered before there is a response."""
    head = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n"
    connection.sendall(head)
    assert _received(connection, b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    connection.sendall(b"word")
    assert _received(connection, b"word").startswith(b"HTTP/1.1 200 OK")


def test_requests_sent_together_are_answered_in_order(connection: socket.socket) -> None:
    """The head of the second does not come before the body of the first."""
    one = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n"
    connection.sendall(one + b"first" + one + b"again")
    answer = _received(connection, b"again")
    assert answer.index(b"first") < answer.rindex(b"HTTP/1.1") < answer.index(b"again")


def test_pieces_arrive_as_they_were_sent(connection: socket.socket) -> None:
    """Also where they look like the head of a response."""
    connection.sendall(b"GET /pieces HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    answer = _received(connection, b"0\r\n\r\n")
    first, second = b"HTTP/1.1 is what this text is about\r\n\r\n", b"and it ends here\r\n\r\n"
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(text), text) for text in (first, second))
    assert answer.endswith(b"\r\n\r\n" + chunks + b"0\r\n\r\n")


def test_a_response_that_breaks_off_shows_its_head(connection: socket.socket) -> None:
    """What was sent before the fault arrives, and the connection is closed."""
    connection.sendall(b"GET /broken HTTP/1.1\r\nHost: x\r\n\r\n")
    answer = _received(connection, b"never")
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert connection.recv(1) == b""
