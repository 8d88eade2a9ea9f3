"""Documents, parsed and validated once, and the bounded cache that keeps them."""

from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import blake2b
from threading import Lock

from graphql import (
    DocumentNode,
    GraphQLFormattedError,
    GraphQLSchema,
    GraphQLSyntaxError,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from service.execution.plans import Plan
from service.execution.response_errors import PARSE_FAILED, VALIDATION_FAILED, request_error

__all__ = ["Document", "DocumentCache", "prepare"]

# The rules that Strawberry's own execution adds to those of the specification.
_RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)


@dataclass(frozen=True, slots=True)
class Document:
    """A query text as parsed and validated; it can be executed where ``errors`` is empty.

    ``digest`` stands for the text where keeping the text itself would be wasteful.
    """

    text: str
    ast: DocumentNode
    schema: GraphQLSchema
    errors: tuple[GraphQLFormattedError, ...] = ()
    digest: bytes = b""
    _plans: dict[str | None, Plan] = field(default_factory=dict)

    def plan(self, name: str | None) -> Plan | None:
        """Return how to run the operation called ``name``, or the only one; None where unclear."""
        if name not in self._plans:
            operation = get_operation_ast(self.ast, name)
            if operation is None:
                return None
            self._plans[name] = Plan(self.schema, self.ast, operation)
        return self._plans[name]


def prepare(text: str, schema: GraphQLSchema) -> Document:
    """Return ``text`` as a document, with what the grammar or ``schema`` says against it.

    graphql-core answers nesting that is too deep for the interpreter as an error of its own.
    """
    try:
        ast = parse(text)
    except GraphQLSyntaxError as error:
        nothing = DocumentNode(definitions=())
        return Document(text, nothing, schema, (request_error(error, PARSE_FAILED),))
    errors = tuple(
        request_error(error, VALIDATION_FAILED) for error in validate(schema, ast, _RULES)
    )
    digest = blake2b(text.encode(errors="surrogatepass"), digest_size=16).digest()
    return Document(text, ast, schema, errors, digest)


class DocumentCache:
    """The documents used last, by their text: at most ``max_entries``, of ``max_text`` in all.

    ``max_text`` counts code points of query text. A syntax tree takes about 110 bytes for each
    (measured), so this bound, not the number of entries, is what limits the memory.
    """

    def __init__(self, *, max_entries: int, max_text: int) -> None:
        self._max_entries = max_entries
        self._max_text = max_text
        self._documents: OrderedDict[str, Document] = OrderedDict()
        self._text = 0
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._documents)

    def get(self, text: str) -> Document | None:
        """Return the document kept for ``text``, which now counts as the one used last."""
        with self._lock:
            document = self._documents.get(text)
            if document is not None:
                self._documents.move_to_end(text)
            return document

    def add(self, document: Document) -> None:
        """Keep ``document``, and forget those not used for longest until all bounds hold."""
        with self._lock:
            if document.text in self._documents or len(document.text) > self._max_text:
                return
            self._documents[document.text] = document
            self._text += len(document.text)
            while len(self._documents) > self._max_entries or self._text > self._max_text:
                forgotten, _ = self._documents.popitem(last=False)
                self._text -= len(forgotten)
