"""The limit of every ASGI server: the body is read, and bytes from memory are answered."""

import os
from itertools import cycle
from pathlib import Path

import orjson
from starlette.types import ASGIApp, Receive, Scope, Send

from service.web.security_headers import POSTED_SECURITY_HEADERS

_ANSWERS = orjson.loads((Path(os.environ["PEER_DATA"]) / "answers.json").read_bytes())
_BODIES = [orjson.dumps({"data": {"code": answer}}) for answer in _ANSWERS.values()]


def _app(bodies: list[bytes], *headers: tuple[bytes, bytes]) -> ASGIApp:
    responses = cycle(
        [
            (
                (b"content-type", b"application/json"),
                (b"content-length", str(len(body)).encode()),
                *headers,
            ),
            body,
        ]
        for body in bodies
    )

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        while (await receive()).get("more_body"):
            pass
        start, body = next(responses)
        await send({"type": "http.response.start", "status": 200, "headers": start})
        await send({"type": "http.response.body", "body": body})

    return answer


app = _app([sorted(_BODIES, key=len)[len(_BODIES) // 2]])
"""Answers any request with the page of median length."""

pages = _app(_BODIES, (b"vary", b"Accept"), *POSTED_SECURITY_HEADERS)
"""Answers any request with the next of all pages, under the headers of this service."""
