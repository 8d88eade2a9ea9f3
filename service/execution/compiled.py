"""A compiled operation, and what one request hands to it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from graphql.execution.values import VariableValues

from service.execution.inputs import ArgumentMaker
from service.execution.parts import Parts
from service.execution.refusals import UnusualValueError

__all__ = ["CompiledOperation", "Info"]


class Info:
    """What a compiled operation gives resolvers for ``strawberry.Info``: context and field name.

    A resolver that reads more is run again by graphql-core, with all of it.
    """

    __slots__ = ("context", "field_name")

    def __init__(self, context: object, field_name: str) -> None:
        self.context = context
        self.field_name = field_name

    def __getattr__(self, name: str) -> NoReturn:
        raise UnusualValueError(f"info.{name}")


@dataclass(slots=True)
class Run:
    """One request: its context, arguments made of its variables, and what is kept of others."""

    context: object
    arguments: Sequence[Mapping[str, Any]]
    parts: Parts


@dataclass(frozen=True, slots=True)
class CompiledOperation:
    """An operation as a function of a run, and who makes its arguments.

    ``source`` is the text of its ``functions`` functions.
    """

    function: Callable[[None, Run], dict[str, Any]]
    makers: tuple[ArgumentMaker, ...]
    source: str
    functions: int

    def data(self, context: object, variables: VariableValues, parts: Parts) -> dict[str, Any]:
        """Return the data of the answer, kept parts in it as encoded fragments.

        Raises whatever says that this is not a plain success.
        """
        arguments = [make(variables) for make in self.makers]
        return self.function(None, Run(context, arguments, parts))
