"""The engine: a GraphQL request in, an answer out.

    request -> document (parsed and validated, cached) -> operation -> graphql-core -> answer

Strawberry's schema is the only truth. The engine drives graphql-core on it directly, because
Strawberry's own ``execute_sync`` parses and validates every request anew, and runs the first
of several operations when none is named.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from graphql import (
    ExecutionResult,
    GraphQLFormattedError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    execute_sync,
)
from strawberry import Schema

from service.errors import BadUserInputError
from service.execution.documents import Document, DocumentCache, prepare
from service.execution.response_errors import error_entry, field_error, request_error

__all__ = ["Answer", "Engine", "GraphQLRequest", "Outcome"]


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """What a client asks for; ``variables`` are as they came, not yet coerced."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None


class Outcome(Enum):
    """How far a request came."""

    EXECUTED = auto()
    """It ran; single fields may still have failed."""
    REFUSED = auto()
    """A request error: nothing ran, and the response has no ``data``."""
    NOT_A_QUERY = auto()
    """Nothing ran, because only queries were allowed to."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The response to one request; ``data`` means something where it was executed."""

    outcome: Outcome
    errors: tuple[GraphQLFormattedError, ...] = ()
    data: dict[str, Any] | None = None

    def payload(self) -> dict[str, Any]:
        """Return the response as the specification writes it: errors first, so that they show."""
        payload: dict[str, Any] = {}
        if self.errors:
            payload["errors"] = list(self.errors)
        if self.outcome is Outcome.EXECUTED:
            payload["data"] = self.data
        return payload


class Engine:
    """Executes requests on one schema; it may be called from several threads."""

    def __init__(
        self, schema: Schema, *, max_documents: int = 1_000, max_document_text: int = 1 << 19
    ) -> None:
        if schema.extensions or schema.directives:
            raise ValueError("Strawberry runs its extensions and directives; this engine does not")
        self._strawberry = schema
        # Strawberry has no public name for the graphql-core schema that it builds, and
        # printing and parsing its SDL again would lose the resolvers.
        self._schema: GraphQLSchema = schema._schema
        self._documents = DocumentCache(max_entries=max_documents, max_text=max_document_text)

    @property
    def sdl(self) -> str:
        """The schema in the schema definition language."""
        return self._strawberry.as_str()

    def execute(
        self, request: GraphQLRequest, *, context: object, query_only: bool = False
    ) -> Answer:
        """Return the answer to ``request``; resolvers find ``context`` in ``info.context``.

        With ``query_only`` a mutation or subscription does not run: its outcome says so.
        """
        document = self._document(request.query)
        if document.errors:
            return Answer(Outcome.REFUSED, document.errors)
        operation = document.operation(request.operation_name)
        if operation is None:
            return Answer(Outcome.REFUSED, (_no_operation(request.operation_name),))
        if query_only and operation.operation is not OperationType.QUERY:
            return Answer(Outcome.NOT_A_QUERY, (_not_a_query(operation),))
        return self._run(document, request, context=context)

    def _document(self, text: str) -> Document:
        document = self._documents.get(text)
        if document is None:
            document = prepare(text, self._schema)
            self._documents.add(document)
        return document

    def _run(self, document: Document, request: GraphQLRequest, *, context: object) -> Answer:
        result = execute_sync(
            self._schema,
            document.ast,
            context_value=context,
            variable_values=request.variables,
            operation_name=request.operation_name,
            # Strawberry's executor hands resolvers the kind of ``info`` that they expect.
            executor_class=self._strawberry.execution_context_class,
        )
        return _answer(result)


def _answer(result: ExecutionResult) -> Answer:
    """Return what graphql-core found, with every error in the form a client may see.

    Variables that cannot be coerced come as a result without data whose errors have no path:
    no field was reached, so it is a request error.
    """
    errors = result.errors or []
    if result.data is None and all(error.path is None for error in errors):
        code = BadUserInputError.code
        return Answer(Outcome.REFUSED, tuple(request_error(error, code) for error in errors))
    return Answer(Outcome.EXECUTED, tuple(field_error(error) for error in errors), result.data)


def _no_operation(name: str | None) -> GraphQLFormattedError:
    message = (
        "The document does not hold exactly one operation: say in operationName which to run"
        if name is None
        else "The document has no operation of the name that operationName gives"
    )
    return error_entry(message, BadUserInputError.code)


def _not_a_query(operation: OperationDefinitionNode) -> GraphQLFormattedError:
    kind = operation.operation.value
    return error_entry(f"A {kind} has to be sent by POST", BadUserInputError.code)
