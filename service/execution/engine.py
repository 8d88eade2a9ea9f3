"""The engine: a GraphQL request in, an answer out.

    request -> document (parsed and validated, cached)
            -> answer kept of equal document, operation and variables, or
               compiled operation, or graphql-core
            -> answer

Strawberry's schema is the only truth. The engine drives graphql-core on it directly, because
Strawberry's own ``execute_sync`` parses and validates every request anew, and runs the first
of several operations when none is named. What the compiled operation does not answer plainly,
graphql-core answers: see ``service.execution.compiler``.
"""

import json
from collections.abc import Hashable
from dataclasses import dataclass
from enum import Enum, auto
from hashlib import blake2b
from typing import Any

import orjson
from graphql import (
    ExecutionResult,
    GraphQLFormattedError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    execute_sync,
)
from strawberry import Schema

from service import __version__
from service.errors import BadUserInputError
from service.execution.byte_cache import ByteCache
from service.execution.documents import Document, DocumentCache, prepare
from service.execution.parts import KeptParts, NoParts, Parts
from service.execution.plans import COMPILED_AT_USE, Plan, Variants
from service.execution.response_errors import error_entry, field_error, request_error

__all__ = ["Answer", "Counts", "Engine", "GraphQLRequest", "Outcome"]

_MIB = 1 << 20

AnswerKey = tuple[bytes, str | None, bytes, Hashable]
"""What an answer depends on: digest of the document, operation, variables as JSON, version."""


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
    """The response to one request.

    ``encoded`` is the whole body where there are no errors and it may be kept, ``result`` the data
    elsewhere. ``key`` is all that it depends on, where it may be kept; None where it may not.
    """

    outcome: Outcome
    errors: tuple[GraphQLFormattedError, ...] = ()
    result: dict[str, Any] | None = None
    encoded: bytes | None = None
    key: AnswerKey | None = None

    @property
    def tag(self) -> str | None:
        """The entity tag of HTTP, where the answer may be kept: equal tags mean equal answers.

        Weak, since answers are compared by what they say: another worker, which loaded the data
        at another moment, gives the same tag.
        """
        if self.key is None:
            return None
        digest, name, variables, version = self.key
        text = f"{__version__}|{name}|{version}|".encode() + digest + variables
        return f'W/"{blake2b(text, digest_size=12).hexdigest()}"'

    @property
    def data(self) -> dict[str, Any] | None:
        """The data; it means something where the request was executed."""
        if self.encoded is None:
            return self.result
        data: dict[str, Any] | None = orjson.loads(self.encoded)["data"]
        return data

    def payload(self) -> dict[str, Any]:
        """Return the response as the specification writes it: errors first, so that they show."""
        payload: dict[str, Any] = {}
        if self.errors:
            payload["errors"] = list(self.errors)
        if self.outcome is Outcome.EXECUTED:
            payload["data"] = self.data
        return payload

    def body(self) -> bytes:
        """Return the response as JSON.

        orjson refuses lone surrogates, which a text file may bring; the standard library escapes
        them, at a fraction of the speed.
        """
        if self.encoded is not None:
            return self.encoded
        payload = self.payload()
        try:
            return orjson.dumps(payload)
        except orjson.JSONEncodeError:
            return json.dumps(payload, separators=(",", ":")).encode()


@dataclass(slots=True)
class Counts:
    """How requests were answered since the start.

    ``equal``: from a request that was equal to the byte, before it was parsed; ``kept``: from one
    of equal document, operation and variables; ``compiled``: by a compiled operation;
    ``interpreted``: by graphql-core, because the operation is new or cannot be compiled;
    ``fell_back``: by graphql-core, because the compiled operation met something that was no plain
    success; ``refused``: no operation was begun. Wrong variables count as interpreted or fell back.
    """

    equal: int = 0
    kept: int = 0
    compiled: int = 0
    interpreted: int = 0
    fell_back: int = 0
    refused: int = 0


class Engine:
    """Executes requests on one schema; it may be called from several threads."""

    def __init__(
        self,
        schema: Schema,
        *,
        max_documents: int = 1_000,
        max_document_text: int = 1 << 19,
        answer_bytes: int = 64 * _MIB,
        part_bytes: int = 64 * _MIB,
        compiled_bytes: int = 64 * _MIB,
        compiled: bool = True,
        compiled_at_use: int = COMPILED_AT_USE,
    ) -> None:
        """Make an engine; operations are compiled at their second use, unless told otherwise.

        ``answer_bytes`` and ``part_bytes`` bound the whole answers that are kept, and the encoded
        parts of answers; 0 keeps none. ``compiled_bytes`` bounds the compiled operations.
        """
        if schema.extensions or schema.directives:
            raise ValueError("Strawberry runs its extensions and directives; this engine does not")
        self.counts = Counts()
        self._strawberry = schema
        # Strawberry has no public name for the graphql-core schema that it builds, and
        # printing and parsing its SDL again would lose the resolvers.
        self._schema: GraphQLSchema = schema._schema
        self._documents = DocumentCache(max_entries=max_documents, max_text=max_document_text)
        self._answers: ByteCache[Answer] = ByteCache(answer_bytes)
        self._variants: Variants = ByteCache(compiled_bytes)
        self._part_bytes = part_bytes
        self._parts: tuple[Hashable, Parts] = (None, NoParts())
        self._compiled_at_use = compiled_at_use if compiled else None

    @property
    def sdl(self) -> str:
        """The schema in the schema definition language."""
        return self._strawberry.as_str()

    def execute(
        self,
        request: GraphQLRequest,
        *,
        context: object,
        version: Hashable = None,
        query_only: bool = False,
    ) -> Answer:
        """Return the answer to ``request``; resolvers find ``context`` in ``info.context``.

        ``version`` is all that answers depend on besides the request: the data, the day. Where it
        is None, nothing is kept. With ``query_only`` a mutation or subscription does not run: its
        outcome says so.
        """
        document = self._document(request.query)
        plan = None if document.errors else document.plan(request.operation_name)
        if plan is None:
            self.counts.refused += 1
            errors = document.errors or (_no_operation(request.operation_name),)
            return Answer(Outcome.REFUSED, errors)
        is_query = plan.operation.operation is OperationType.QUERY
        if query_only and not is_query:
            self.counts.refused += 1
            return Answer(Outcome.NOT_A_QUERY, (_not_a_query(plan.operation),))
        key = _key(document, plan, request, version) if version is not None and is_query else None
        kept = self._answers.get(key) if key is not None else None
        if kept is not None:
            self.counts.kept += 1
            return kept
        encoded = self._compiled(plan, request, context, version)
        if encoded is None:
            answer = self._interpreted(document, request, context)
            if key is None or answer.errors or answer.outcome is not Outcome.EXECUTED:
                return answer
            encoded = answer.body()
        answer = Answer(Outcome.EXECUTED, encoded=encoded, key=key)
        if key is not None and self._answers.asked_again(key):
            self._answers.put(key, answer, len(encoded))
        return answer

    def _document(self, text: str) -> Document:
        document = self._documents.get(text)
        if document is None:
            document = prepare(text, self._schema)
            self._documents.add(document)
        return document

    def _compiled(
        self, plan: Plan, request: GraphQLRequest, context: object, version: Hashable
    ) -> bytes | None:
        """Return the encoded answer of the compiled operation, None where graphql-core answers."""
        if self._compiled_at_use is None:
            self.counts.interpreted += 1
            return None
        try:
            found = plan.prepared(
                request.variables or {}, self._variants, at_use=self._compiled_at_use
            )
            if found is None:
                self.counts.interpreted += 1
                return None
            operation, variables = found
            data = operation.data(context, variables, self._parts_of(version))
            encoded = orjson.dumps({"data": data})
        except Exception:  # noqa: BLE001  whatever it is, graphql-core says it as specified
            self.counts.fell_back += 1
            return None
        self.counts.compiled += 1
        return encoded

    def _interpreted(self, document: Document, request: GraphQLRequest, context: object) -> Answer:
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

    def _parts_of(self, version: Hashable) -> Parts:
        """Return the encoded parts of answers from the data of ``version``.

        A request that is still at an older version brings the older parts back empty: rare.
        """
        if version is None or not self._part_bytes:
            return NoParts()
        known, parts = self._parts
        if known != version:
            parts = KeptParts(self._part_bytes)
            self._parts = (version, parts)
        return parts


def _key(
    document: Document, plan: Plan, request: GraphQLRequest, version: Hashable
) -> AnswerKey | None:
    """Return what the answer depends on; None where the variables have no plain JSON."""
    try:
        variables = orjson.dumps(request.variables or None, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        return None
    name = plan.operation.name
    return document.digest, name.value if name else None, variables, version


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
