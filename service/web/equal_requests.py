"""Requests that are equal to the byte, answered before anything is parsed."""

import time
from collections.abc import Iterable
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.execution.byte_cache import ByteCache
from service.execution.engine import Counts
from service.web.data_source import DataSource

__all__ = ["MAY_BE_KEPT", "EqualRequests"]

MAY_BE_KEPT = "may_be_kept"
"""Set in a request's state: its answer depends on nothing but the request, the data and the day."""

_LARGEST_REQUEST = 64 * 1024
_DIGITS = len(str(_LARGEST_REQUEST))
_SECONDS_A_DAY = 86_400


class EqualRequests:
    """Answers a request as it answered an equal one, while data and day are the same.

    Equal means: method, path, query string, every header, body. So whatever the application looks
    at, be it the host, the origin or the media types that are accepted, has been looked at
    before. Kept are responses of status 200 whose request the application has marked
    ``MAY_BE_KEPT``.

    It stands outside of all else, because its gain is what it leaves out.
    """

    def __init__(
        self, app: ASGIApp, data: DataSource, counts: Counts, *, path: str, max_bytes: int
    ) -> None:
        self._counts = counts
        self._app = app
        self._data = data
        self._path = path
        self._responses: ByteCache[tuple[Message, Message]] = ByteCache(max_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from what is kept, or run the application and keep what it answers."""
        version = self._data.data_version
        scope.setdefault("state", {})
        if (
            scope["type"] != "http"
            or scope["path"] != self._path
            or version is None
            or _declares_much(scope["headers"])
        ):
            await self._app(scope, receive, send)
            return
        first = await receive()
        body = first.get("body", b"")
        if first["type"] != "http.request" or first.get("more_body"):
            await self._app(scope, _replay(first, receive), send)
            return
        day = int(time.time() // _SECONDS_A_DAY)
        asked = (scope["method"], scope["query_string"], body, *scope["headers"])
        key = (version, day, asked)
        kept = self._responses.get(key)
        if kept is not None:
            self._counts.equal += 1
            await send(kept[0])
            await send(kept[1])
        elif self._responses.asked_again(key):
            recorder = _Recorder(send)
            await self._app(scope, _replay(first, receive), recorder)
            if scope["state"].get(MAY_BE_KEPT) and recorder.is_whole():
                size = len(body) + len(scope["query_string"]) + _length(scope["headers"])
                self._responses.put(key, recorder.response(), size + recorder.size())
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


class _Recorder:
    """Sends on what an application sends, and remembers it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._messages: list[Message] = []

    async def __call__(self, message: Message) -> None:
        self._messages.append(message)
        await self._send(message)

    def is_whole(self) -> bool:
        """Return whether this was one response of status 200, with its body in one piece."""
        if len(self._messages) != len(("start", "body")):
            return False
        start, body = self._messages
        return start["status"] == HTTPStatus.OK and not body.get("more_body")

    def response(self) -> tuple[Message, Message]:
        """Return the start and the body."""
        start, body = self._messages
        return start, body

    def size(self) -> int:
        """Return the bytes of the response."""
        start, body = self._messages
        return len(body["body"]) + _length(start["headers"])
