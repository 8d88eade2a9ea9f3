"""uvicorn's protocol of HTTP/1.1, except that the head of a response leaves with its body.

uvicorn gives the two to the system one by one. Each is a packet of its own, for which the client
is woken: in one piece a response costs the server about 3 µs less.
"""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

__all__ = ["WholeResponses"]

_CONTINUE = b"HTTP/1.1 100 "
"""The client waits for this head before it sends its body."""


class _HeadWaits:
    """A transport that keeps the head of a response until something follows it.

    A head comes in one call, as uvicorn writes it. Everything else is the transport's own.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head: bytes | None = None
        # Called for each response, and found at once in this way: 1 µs.
        self.is_closing, self._write = transport.is_closing, transport.write

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever the transport has
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Write ``data`` and what was kept before it, or keep it where it is a head."""
        if self._head is not None:
            head, self._head = self._head, None
            self._transport.writelines((head, data))
        elif _is_head(data):
            self._head = data
        else:
            self._write(data)

    def flush(self) -> None:
        """Write what is kept."""
        if self._head is not None:
            head, self._head = self._head, None
            self._write(head)

    def close(self) -> None:
        """Write what is kept, and close."""
        self.flush()
        self._transport.close()


def _is_head(data: bytes) -> bool:
    return (
        data.startswith(b"HTTP/1.1 ")
        and data.endswith(b"\r\n\r\n")
        and not data.startswith(_CONTINUE)
    )


class WholeResponses(HttpToolsProtocol):
    """See the module. A response that is sent piece by piece begins with its first piece."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to serve a connection."""
        self._waiting = _HeadWaits(transport)
        super().connection_made(cast("asyncio.Transport", self._waiting))

    def on_response_complete(self) -> None:
        """End a response: one without a body is only its head."""
        self._waiting.flush()
        super().on_response_complete()
