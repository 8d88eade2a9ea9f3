"""How an error looks in a response: which message a client may read, under which code.

What the client did is told in full. What went wrong in here is told as an id, which the log
has too, so that no Python value, path or traceback leaves the process.
"""

import logging
import secrets

from graphql import GraphQLError, GraphQLFormattedError, ValueNode
from strawberry.exceptions import StrawberryInputCoercionError

from service.errors import BadUserInputError, LimitExceededError, MedcodegraphError

__all__ = [
    "PARSE_FAILED",
    "VALIDATION_FAILED",
    "error_entry",
    "field_error",
    "internal_error",
    "request_error",
]

PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"

_log = logging.getLogger(__name__)


def error_entry(message: str, code: str) -> GraphQLFormattedError:
    """Return one entry of a response's ``errors``."""
    return {"message": message, "extensions": {"code": code}}


def request_error(error: GraphQLError, code: str) -> GraphQLFormattedError:
    """Return the entry for an error found before anything was executed."""
    return _located(error_entry(error.message, code), error)


def field_error(error: GraphQLError) -> GraphQLFormattedError:
    """Return the entry for an error met while executing, with its path.

    A typed error that has a code of its own was written for the client; selections that exhaust
    the interpreter's stack and arguments that cannot be coerced are the client's; all else is
    masked.
    """
    cause = _cause(error)
    if isinstance(cause, MedcodegraphError) and cause.code != MedcodegraphError.code:
        entry = error_entry(str(cause), cause.code)
    elif isinstance(cause, RecursionError):
        entry = error_entry("The selections are nested too deeply", LimitExceededError.code)
    elif _concerns_an_argument(cause):
        entry = error_entry(error.message, BadUserInputError.code)
    else:
        entry = internal_error(cause)
    return _located(entry, error)


def internal_error(cause: BaseException) -> GraphQLFormattedError:
    """Log ``cause`` with its traceback and return the masked entry that names the log line."""
    error_id = secrets.token_hex(8)
    _log.error("internal error %s", error_id, exc_info=cause)
    return {
        "message": f"Internal error (id {error_id})",
        "extensions": {"code": MedcodegraphError.code, "errorId": error_id},
    }


def _cause(error: GraphQLError) -> Exception:
    """Return what was raised first: graphql-core wraps an error once for each place it passes."""
    cause: Exception = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return cause


def _concerns_an_argument(cause: Exception) -> bool:
    """Return whether ``cause`` blames a value that the client wrote into the document.

    Errors about what a resolver returned are GraphQL errors as well, but they point at the
    field, or at nothing, and their texts quote Python values.
    """
    if isinstance(cause, StrawberryInputCoercionError):
        return True
    nodes = cause.nodes if isinstance(cause, GraphQLError) else None
    return any(isinstance(node, ValueNode) for node in nodes or ())


def _located(entry: GraphQLFormattedError, error: GraphQLError) -> GraphQLFormattedError:
    """Return ``entry`` with the place in the document and in the response, where known."""
    if error.locations:
        entry["locations"] = [location.formatted for location in error.locations]
    if error.path is not None:
        entry["path"] = error.path
    return entry
