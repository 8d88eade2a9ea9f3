"""How compiled operations complete leaves: the text that makes of a value what JSON holds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLString,
    Undefined,
)

from service.execution.refusals import STRAWBERRY, UnusualValueError

__all__ = ["LeafCode", "leaf_code"]

_CHECKS: dict[object, str] = {
    GraphQLString: "type({x}) is str",
    GraphQLID: "type({x}) is str",
    GraphQLBoolean: "type({x}) is bool",
    GraphQLInt: "type({x}) is int and -2147483648 <= {x} <= 2147483647",
    # Comparisons with a value that is not a number are false.
    GraphQLFloat: "type({x}) is float and -1.7976931348623157e308 <= {x} <= 1.7976931348623157e308",
}
"""For the leaf types of the specification, when a value is its own serialization."""


@dataclass(frozen=True, slots=True)
class LeafCode:
    """A leaf type in the text of functions; ``names`` is what that text needs to know.

    Where ``check`` holds for a value it becomes ``plain``; all else goes through ``serialize``,
    the type's own.
    """

    serialize: str
    names: Mapping[str, Any]
    check: str | None = None
    plain: str = "{x}"

    def text(self, value: str, x: str) -> str:
        """Return the expression for ``value``; ``x`` is a name that may hold it meanwhile."""
        if self.check is None:
            return f"{self.serialize}({value})"
        if value.isidentifier():
            check, x = self.check.format(x=value), value
        else:
            check = self.check.replace("{x}", f"{x} := {value}", 1).format(x=x)
        return f"({self.plain.format(x=x)} if {check} else {self.serialize}({x}))"


@lru_cache(maxsize=256)
def leaf_code(type_: GraphQLLeafType) -> LeafCode:
    """Return how values of ``type_`` are completed."""
    serialize = f"{type_.name}_serialize"
    names: dict[str, Any] = {serialize: _serializer(type_)}
    if isinstance(type_, GraphQLEnumType) and STRAWBERRY in type_.extensions:
        class_ = type_.extensions[STRAWBERRY].wrapped_cls
        values, members = f"{type_.name}_values", f"{type_.name}_class"
        names |= {members: class_, values: {one: type_.serialize(one) for one in class_}}
        return LeafCode(serialize, names, f"type({{x}}) is {members}", f"{values}[{{x}}]")
    return LeafCode(serialize, names, _CHECKS.get(type_))


def _serializer(type_: GraphQLLeafType) -> Callable[[object], object]:
    def serialize(value: object) -> object:
        found = type_.serialize(value)
        if value is None or found is None or found is Undefined:
            raise UnusualValueError(type_.name)
        return found

    return serialize
