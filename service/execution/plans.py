"""How one operation of a document is run: compiled, in a variant for each set of conditions.

*Conditions* are the variables of ``@skip`` and ``@include``: they decide what is selected.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    GraphQLBoolean,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    get_named_type,
    type_from_ast,
    visit,
)
from graphql.execution.values import VariableValues

from service.execution.byte_cache import ByteCache
from service.execution.compiled import CompiledOperation
from service.execution.compiler import compile_operation
from service.execution.inputs import VariableReader, variable_reader
from service.execution.refusals import Uncompilable

__all__ = ["COMPILED_AT_USE", "Plan", "Variants"]

COMPILED_AT_USE = 2
"""Most documents of people who explore are sent once: compiling them would cost and not pay."""

_MOST_VARIANTS = 16
"""Sets of values of the conditions that one operation is compiled for."""

_FUNCTION_BYTES = 1_500
"""What one function of an operation takes in memory, about: measured on large ones."""

Variants = ByteCache[CompiledOperation]
"""The compiled variants of all operations, which together may take so much memory and no more."""

_numbers = count()
"""Tells the plans of all documents apart."""


@dataclass(slots=True)
class Plan:
    """An operation, and how it is run. ``refusal`` says why it is not compiled at all.

    ``_chosen`` are the sets of conditions that it is compiled for, ``_wrong`` those of them for
    which graphql-core calls it an error.
    """

    schema: GraphQLSchema
    document: DocumentNode
    operation: OperationDefinitionNode
    refusal: str | None = None
    uses: int = 0
    _number: int = field(default_factory=lambda: next(_numbers))
    _conditions: tuple[str, ...] = ()
    _reader: VariableReader | None = None
    _chosen: set[tuple[object, ...]] = field(default_factory=set)
    _wrong: set[tuple[object, ...]] = field(default_factory=set)

    def prepared(
        self, variables: Mapping[str, Any], variants: Variants, *, at_use: int
    ) -> tuple[CompiledOperation, VariableValues] | None:
        """Return what to run and its variables, or None where graphql-core has to run it.

        It is compiled at its use number ``at_use``, and kept in ``variants``. Raises what says that
        a variable is unusual.
        """
        self.uses += 1
        if self.refusal is not None or self.uses < at_use:
            return None
        try:
            return self._variant(variables, variants)
        except (Uncompilable, RecursionError) as refusal:
            self.refusal = str(refusal) or type(refusal).__name__
            return None

    def _variant(
        self, variables: Mapping[str, Any], variants: Variants
    ) -> tuple[CompiledOperation, VariableValues] | None:
        if self._reader is None:
            self._conditions = _conditions(self.schema, self.document, self.operation)
            self._reader = variable_reader(self.schema, self.operation.variable_definitions or ())
        values = self._reader(variables)
        chosen = tuple(values.coerced.get(name) for name in self._conditions)
        variant = variants.get((self._number, chosen))
        if variant is None and self._may_compile(chosen):
            try:
                variant = compile_operation(self.schema, self.document, self.operation, values)
            except GraphQLError:
                # A condition that is null, a constant that its type refuses: graphql-core says it.
                self._wrong.add(chosen)
            else:
                size = variant.functions * _FUNCTION_BYTES
                variants.put((self._number, chosen), variant, size)
        return (variant, values) if variant is not None else None

    def _may_compile(self, chosen: tuple[object, ...]) -> bool:
        if len(self._chosen) < _MOST_VARIANTS:
            self._chosen.add(chosen)
        return chosen in self._chosen and chosen not in self._wrong


def _conditions(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
) -> tuple[str, ...]:
    """Return the variables of ``operation`` that may decide what is selected, sorted.

    Fragments are looked at without asking who spreads them; a variable of another operation that
    has the name of one of ours is no condition where ours is no Boolean.
    """
    found: set[str] = set()

    class Conditions(Visitor):
        def enter_directive(self, node: DirectiveNode, *_arguments: object) -> None:
            if node.name.value in ("skip", "include"):
                values = (argument.value for argument in node.arguments or ())
                found.update(v.name.value for v in values if isinstance(v, VariableNode))

    visit(document, Conditions())
    booleans = {
        node.variable.name.value
        for node in operation.variable_definitions or ()
        if get_named_type(type_from_ast(schema, node.type)) is GraphQLBoolean
    }
    return tuple(sorted(found & booleans))
