"""Answers that no operation gave: JSON in the shape of GraphQL errors, whatever the path."""

from collections.abc import Mapping
from http import HTTPStatus

import orjson
from graphql import GraphQLFormattedError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from service.errors import BadUserInputError
from service.execution.response_errors import error_entry, internal_error

__all__ = ["client_gone", "http_problem", "problem", "unexpected_problem"]


def problem(
    status: int,
    error: GraphQLFormattedError,
    *,
    headers: Mapping[str, str] | None = None,
    media_type: str = "application/json",
) -> Response:
    """Return a response that says nothing but ``error``."""
    return Response(orjson.dumps({"errors": [error]}), status, headers, media_type)


def http_problem(_request: Request, error: Exception) -> Response:
    """Return what starlette's own HTTP errors (unknown path, wrong method) look like here."""
    if not isinstance(error, HTTPException):
        raise error
    entry = error_entry(HTTPStatus(error.status_code).phrase, BadUserInputError.code)
    return problem(error.status_code, entry, headers=error.headers)


def client_gone(_request: Request, _error: Exception) -> Response:
    """Return an answer that nobody will read: a client that hangs up is no fault of ours."""
    return Response(status_code=HTTPStatus.BAD_REQUEST)


def unexpected_problem(_request: Request, error: Exception) -> Response:
    """Return the masked answer to a fault of ours; the log has its traceback."""
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, internal_error(error))
