"""Requests that are equal to the byte, answered before anything is parsed."""

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.execution.byte_cache import ByteCache
from service.execution.engine import Counts
from service.web.data_source import DataSource

__all__ = ["ANSWERED_FROM", "EqualRequests"]

ANSWERED_FROM = "answered_from"
"""Set in a request's state where its answer depends on nothing but the request and this version."""

_LARGEST_REQUEST = 64 * 1024
_DIGITS = len(str(_LARGEST_REQUEST))


class EqualRequests:
    """Answers a request as it answered an equal one, while the version is the same: data and day.

    Equal means: method, path, query string, every header, body. So whatever the application looks
    at, be it the host, the origin or the media types that are accepted, has been looked at
    before. Kept are responses of status 200 of which the application has said,
    under ``ANSWERED_FROM``, that they come from the version that the request met.

    It stands outside of all else, because its gain is what it leaves out.
    """

    def __init__(
        self, app: ASGIApp, data: DataSource, counts: Counts, *, path: str, max_bytes: int
    ) -> None:
        self._counts = counts
        self._app = app
        self._data = data
        self._path = path
        self._responses: ByteCache[_Response] = ByteCache(max_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from what is kept, or run the application and keep what it answers."""
        state = scope.setdefault("state", {})
        if (
            scope["type"] != "http"
            or scope["path"] != self._path
            or _declares_much(scope["headers"])
        ):
            await self._app(scope, receive, send)
            return
        first = await receive()
        body, version = first.get("body", b""), self._data.version
        if first["type"] != "http.request" or first.get("more_body") or version is None:
            await self._app(scope, _replay(first, receive), send)
            return
        key = (version, scope["method"], scope["query_string"], body, *scope["headers"])
        kept = self._responses.get(key)
        if kept is not None:
            self._counts.equal += 1
            for message in kept.messages():
                await send(message)
        elif self._responses.asked_again(key):
            recorder = _Recorder(send)
            await self._app(scope, _replay(first, receive), recorder)
            response = recorder.response()
            if response is not None and state.get(ANSWERED_FROM) == version:
                size = len(body) + len(scope["query_string"]) + _length(scope["headers"])
                self._responses.put(key, response, size + response.size())
        else:
            await self._app(scope, _replay(first, receive), send)


def _length(headers: Iterable[tuple[bytes, bytes]]) -> int:
    return sum(len(name) + len(value) for name, value in headers)


def _declares_much(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Return whether a body is announced that is too long to be compared, or badly announced."""
    for name, value in headers:
        if name == b"content-length":
            return len(value) > _DIGITS or not value.isdigit() or int(value) > _LARGEST_REQUEST
    return False


def _replay(first: Message, receive: Receive) -> Receive:
    """Return a ``receive`` that gives ``first`` again before it goes on."""
    waiting = [first]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed


@dataclass(frozen=True, slots=True)
class _Response:
    """A response of status 200."""

    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def messages(self) -> tuple[Message, Message]:
        """Return it as new messages: who wraps the application may add headers to them."""
        return (
            {"type": "http.response.start", "status": HTTPStatus.OK, "headers": self.headers},
            {"type": "http.response.body", "body": self.body},
        )

    def size(self) -> int:
        """Return its bytes."""
        return len(self.body) + _length(self.headers)


class _Recorder:
    """Sends on what an application sends, and remembers it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._status: int | None = None
        self._headers: tuple[tuple[bytes, bytes], ...] = ()
        self._bodies: list[bytes] = []

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status, self._headers = message["status"], tuple(message["headers"])
        else:
            self._bodies.append(message.get("body", b""))
        await self._send(message)

    def response(self) -> _Response | None:
        """Return what was sent, where it was one whole response of status 200."""
        if self._status != HTTPStatus.OK or len(self._bodies) != 1:
            return None
        return _Response(self._headers, self._bodies[0])
