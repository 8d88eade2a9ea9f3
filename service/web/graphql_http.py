"""The GraphQL route: GraphQL over HTTP to the letter, and GraphiQL for browsers.

The status of an answer depends on the media type that the client asked for. Under
``application/graphql-response+json`` a request error is 400; under ``application/json``, which
older clients want, every well-formed request is 200. Specification:
https://graphql.github.io/graphql-over-http/draft/
"""

from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from service.errors import BadUserInputError, NotReadyError
from service.execution.engine import Answer, Engine, Outcome
from service.execution.response_errors import error_entry
from service.web.data_source import DataSource
from service.web.equal_requests import ANSWERED_FROM
from service.web.graphql_request import UnreadableRequestError, read_get, read_post
from service.web.negotiation import preferred
from service.web.problems import problem

__all__ = ["METHODS", "RETRY_AFTER", "GraphQLRoute"]

METHODS = ("GET", "HEAD", "POST")
RETRY_AFTER = {"Retry-After": "2"}
"""Seconds after which a client may ask again while no data is loaded."""

_JSON = "application/json"
_RESPONSE_JSON = "application/graphql-response+json"
_HTML = "text/html"
_AS_BYTES = {media_type: media_type.encode() for media_type in (_JSON, _RESPONSE_JSON)}
# A client may keep an answer for itself, and asks each time whether it still holds.
_REVALIDATED = "private, no-cache"
# Where a client has no preference, the first is answered: what every client understands.
_OFFERS_OF_POST = (_JSON, _RESPONSE_JSON)
_OFFERS_OF_GET = (_JSON, _RESPONSE_JSON, _HTML)


@dataclass(frozen=True, slots=True)
class GraphQLRoute:
    """Answers requests for ``/graphql``; ``page`` is the HTML of GraphiQL."""

    engine: Engine
    data: DataSource
    page: str
    max_body_bytes: int

    async def respond(self, request: Request) -> Response:
        """Return the answer in the media type that the client likes best."""
        accepted = [value for name, value in request.scope["headers"] if name == b"accept"]
        accept = b",".join(accepted).decode("latin-1")
        offers = _OFFERS_OF_POST if request.method == "POST" else _OFFERS_OF_GET
        media_type = preferred(accept, offers)
        if media_type is None:
            message = f"This can be answered as {' or '.join(offers)}"
            entry = error_entry(message, BadUserInputError.code)
            response = problem(HTTPStatus.NOT_ACCEPTABLE, entry)
        elif media_type == _HTML:
            response = HTMLResponse(self.page)
        else:
            response = await self._answer(request, media_type)
        response.raw_headers.append((b"vary", b"Accept"))
        return response

    async def _answer(self, request: Request, media_type: str) -> Response:
        posted = request.method == "POST"
        try:
            if posted:
                wanted = await read_post(request, max_bytes=self.max_body_bytes)
            else:
                wanted = read_get(request)
            context = self.data.open_context()
        except UnreadableRequestError as error:
            entry = error_entry(str(error), error.code)
            return problem(error.status, entry, headers=error.headers, media_type=media_type)
        except NotReadyError as error:
            entry = error_entry(str(error), error.code)
            return problem(
                HTTPStatus.SERVICE_UNAVAILABLE, entry, headers=RETRY_AFTER, media_type=media_type
            )
        answer = self.engine.execute(
            wanted, context=context, version=context.version, query_only=not posted
        )
        if answer.key is not None:
            request.scope["state"][ANSWERED_FROM] = context.version
        response = _response(answer, media_type)
        return response if posted else _revalidated(response, answer.tag, request)


def _revalidated(response: Response, tag: str | None, request: Request) -> Response:
    """Return ``response`` to a GET under its entity tag, or that the client has it already."""
    response.headers["Cache-Control"] = _REVALIDATED
    if tag is None:
        return response
    response.headers["ETag"] = tag
    return _unchanged(response) if _is_known(tag, request) else response


def _is_known(tag: str, request: Request) -> bool:
    """Return whether the client says that it has this answer: RFC 9110, section 13.1.2."""
    known = {one.strip().removeprefix("W/") for one in _list_of(request, "if-none-match")}
    return "*" in known or tag.removeprefix("W/") in known


def _list_of(request: Request, header: str) -> list[str]:
    return ",".join(request.headers.getlist(header)).split(",")


def _unchanged(response: Response) -> Response:
    """Return the answer to a client that has ``response``: its headers, and nothing of its body."""
    kept = ("etag", "cache-control")
    headers = {name: response.headers[name] for name in kept}
    return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)


class _EncodedResponse(Response):
    """A response whose parts are bytes already: ``Response`` would encode each header anew."""

    def __init__(
        self, body: bytes, status: int, media_type: str, *headers: tuple[bytes, bytes]
    ) -> None:
        self.status_code, self.body, self.background = status, body, None
        length = str(len(body)).encode()
        self.raw_headers = [
            (b"content-length", length), (b"content-type", _AS_BYTES[media_type]), *headers
        ]  # fmt: skip


def _response(answer: Answer, media_type: str) -> Response:
    body = answer.body()
    if answer.outcome is Outcome.NOT_A_QUERY:
        allow = (b"allow", b"POST")
        return _EncodedResponse(body, HTTPStatus.METHOD_NOT_ALLOWED, media_type, allow)
    refused = answer.outcome is Outcome.REFUSED and media_type == _RESPONSE_JSON
    status = HTTPStatus.BAD_REQUEST if refused else HTTPStatus.OK
    return _EncodedResponse(body, status, media_type)
