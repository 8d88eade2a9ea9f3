"""What a client sent over HTTP, read into a GraphQL request, or refused with a status."""

from collections.abc import Mapping
from functools import lru_cache
from http import HTTPStatus
from typing import Any, TypeVar

import orjson
from starlette.requests import ClientDisconnect, Request

from service.errors import BadUserInputError
from service.execution.engine import GraphQLRequest

__all__ = ["UnreadableRequestError", "read_get", "read_post"]

_T = TypeVar("_T")


class UnreadableRequestError(BadUserInputError):
    """The HTTP request holds no GraphQL request; ``status`` is how HTTP says why."""

    def __init__(
        self,
        message: str,
        *,
        status: HTTPStatus = HTTPStatus.BAD_REQUEST,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers


def read_get(request: Request) -> GraphQLRequest:
    """Return the request in the query string; variables and extensions are JSON there."""
    parameters: dict[str, Any] = dict(request.query_params)
    for name in ("variables", "extensions"):
        if name in parameters:
            parameters[name] = _json(parameters[name] or "null", what=f"The parameter {name}")
    return _graphql_request(parameters)


async def read_post(request: Request, *, max_bytes: int) -> GraphQLRequest:
    """Return the request in the JSON body."""
    type_, encoding, length = _content_headers(request)
    objection = _objection(type_, encoding)
    if objection is not None:
        raise UnreadableRequestError(objection, status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    parameters = _json(await _body(request, length, max_bytes=max_bytes), what="The body")
    if not isinstance(parameters, dict):
        raise UnreadableRequestError("The body must be one JSON object")
    return _graphql_request(parameters)


def _content_headers(request: Request) -> tuple[bytes, bytes, bytes]:
    """Return the body's type, encoding and length as declared, the first of each."""
    type_ = encoding = length = b""
    for name, value in reversed(request.scope["headers"]):
        if name == b"content-type":
            type_ = value
        elif name == b"content-encoding":
            encoding = value
        elif name == b"content-length":
            length = value
    return type_, encoding, length


@lru_cache(maxsize=100)
def _objection(content_type: bytes, content_encoding: bytes) -> str | None:
    """Return what is wrong with a body that is not plain JSON in UTF-8; None where nothing is.

    It is also what keeps pages of other sites from posting without a preflight request.
    """
    parts = content_type.decode("latin-1").split(";")
    media_type, *parameters = (part.strip().lower() for part in parts)
    charset = next((p[8:].strip('"') for p in parameters if p.startswith("charset=")), "utf-8")
    encoding = content_encoding.decode("latin-1").strip().lower() or "identity"
    if media_type != "application/json" or charset not in ("utf-8", "utf8"):
        return "The body must be of the type application/json, in UTF-8"
    return "The body must not be compressed" if encoding != "identity" else None


async def _body(request: Request, declared: bytes, *, max_bytes: int) -> bytes:
    """Return the body, of which never more than ``max_bytes`` and one chunk are held."""
    if not declared.isdigit() or int(declared) <= max_bytes:
        chunks, length, more = [], 0, True
        while more and length <= max_bytes:
            message = await request.receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            chunks.append(message.get("body", b""))
            length += len(chunks[-1])
            more = message.get("more_body", False)
        if length <= max_bytes:
            return b"".join(chunks)
    raise UnreadableRequestError(
        f"The body must not be larger than {max_bytes} bytes",
        status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        # What is left of the body is not worth reading.
        headers={"Connection": "close"},
    )


def _json(text: bytes | str, *, what: str) -> Any:  # noqa: ANN401  JSON is any value
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise UnreadableRequestError(f"{what} is not JSON: {error.msg}") from error


def _graphql_request(parameters: Mapping[str, Any]) -> GraphQLRequest:
    query = _parameter(parameters, "query", str)
    if query is None:
        raise UnreadableRequestError("The parameter query is missing")
    # No extension changes how a request is run, but a malformed one is a mistake worth telling.
    _parameter(parameters, "extensions", dict)
    return GraphQLRequest(
        query=query,
        variables=_parameter(parameters, "variables", dict),
        operation_name=_parameter(parameters, "operationName", str),
    )


def _parameter(parameters: Mapping[str, Any], name: str, kind: type[_T]) -> _T | None:
    value = parameters.get(name)
    if value is not None and not isinstance(value, kind):
        wanted = "a string" if kind is str else "an object"
        raise UnreadableRequestError(f"The parameter {name} must be {wanted}")
    return value
