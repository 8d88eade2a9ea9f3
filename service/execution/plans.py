"""How one operation of a document is run: compiled, in a variant for each set of conditions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import DocumentNode, GraphQLError, GraphQLSchema, OperationDefinitionNode
from graphql.execution.values import VariableValues

from service.execution.compiler import CompiledOperation, compile_operation, conditions_of
from service.execution.inputs import Uncompilable, VariableReader, variable_reader

__all__ = ["Plan"]

_MOST_VARIANTS = 16
"""Sets of values of ``@skip`` and ``@include`` that one operation is compiled for."""

_COMPILED_AT_USE = 2
"""Most documents of people who explore are sent once: compiling them would cost and not pay."""


@dataclass(slots=True)
class Plan:
    """An operation, and what has been compiled of it. ``refusal`` says why nothing is."""

    schema: GraphQLSchema
    document: DocumentNode
    operation: OperationDefinitionNode
    refusal: str | None = None
    uses: int = 0
    _conditions: tuple[str, ...] = ()
    _reader: VariableReader | None = None
    _variants: dict[tuple[object, ...], CompiledOperation] = field(default_factory=dict)

    def prepared(
        self, variables: Mapping[str, Any], *, at_use: int = _COMPILED_AT_USE
    ) -> tuple[CompiledOperation, VariableValues] | None:
        """Return what to run and its variables, or None where graphql-core has to run it.

        It is compiled at its use number ``at_use``. Raises what says that a variable is unusual.
        """
        self.uses += 1
        if self.refusal is not None or self.uses < at_use:
            return None
        try:
            return self._variant(variables)
        except (Uncompilable, RecursionError) as refusal:
            self.refusal = str(refusal) or type(refusal).__name__
            return None

    def _variant(
        self, variables: Mapping[str, Any]
    ) -> tuple[CompiledOperation, VariableValues] | None:
        if self._reader is None:
            self._conditions = conditions_of(self.document)
            self._reader = variable_reader(self.schema, self.operation.variable_definitions or ())
        values = self._reader(variables)
        chosen = tuple(values.coerced.get(name) for name in self._conditions)
        variant = self._variants.get(chosen)
        if variant is None:
            if len(self._variants) >= _MOST_VARIANTS:
                return None
            variant = _compiled(self, variables)
            self._variants[chosen] = variant
        return variant, values


def _compiled(plan: Plan, variables: Mapping[str, Any]) -> CompiledOperation:
    try:
        return compile_operation(plan.schema, plan.document, plan.operation, variables)
    except GraphQLError as error:
        # A constant argument that its type refuses: its field fails at every run.
        raise Uncompilable(error.message) from error
