"""What a client sends into an operation, on the success path: variables and arguments.

Both are prepared when an operation is compiled, so that a request only checks and converts its
own values. Whatever is not plainly right raises ``UnusualValueError``, and graphql-core then says
what is wrong with it, or accepts it after all: it is the only judge of unusual input.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING
from typing import Any

from graphql import (
    ArgumentNode,
    FieldNode,
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLField,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    GraphQLString,
    ListValueNode,
    NameNode,
    ObjectValueNode,
    Undefined,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    get_argument_values,
    get_variable_values,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
    type_from_ast,
)
from graphql.execution.values import VariableValues
from strawberry.types.base import StrawberryMaybe

from service.execution.refusals import STRAWBERRY, Uncompilable, UnusualValueError

__all__ = [
    "ArgumentMaker",
    "VariableReader",
    "argument_maker",
    "constant_arguments",
    "has_variables",
    "variable_reader",
]

VariableReader = Callable[[Mapping[str, Any]], VariableValues]
"""From what a client sent to coerced values; raises where anything is unusual."""

ArgumentMaker = Callable[[VariableValues], dict[str, Any]]
"""From coerced variables to the keyword arguments of a resolver."""

_Coercer = Callable[[Any], Any]
_ABSENT = object()
_PLAIN: dict[object, type] = {GraphQLString: str, GraphQLID: str, GraphQLBoolean: bool}
"""Leaf types whose coerced values are what JSON holds, with the class of those."""
_MOST_INT = 2**31 - 1


def has_variables(node: FieldNode) -> bool:
    """Return whether an argument of ``node`` depends on a variable."""
    return any(_depends(argument.value) for argument in node.arguments or ())


def _depends(value: ValueNode) -> bool:
    if isinstance(value, VariableNode):
        return True
    if isinstance(value, ListValueNode):
        return any(_depends(item) for item in value.values)
    if isinstance(value, ObjectValueNode):
        return any(_depends(field.value) for field in value.fields)
    return False


# Variables


def variable_reader(
    schema: GraphQLSchema, definitions: Sequence[VariableDefinitionNode]
) -> VariableReader:
    """Return who reads the variables that ``definitions`` declare."""
    rows = []
    for node in definitions:
        name, type_ = node.variable.name.value, type_from_ast(schema, node.type)
        default = _ABSENT
        if node.default_value is not None:
            known = get_variable_values(schema, [node], {})
            if isinstance(known, list):
                raise Uncompilable("a default value is wrong")
            default = known.coerced.get(name, _ABSENT)
        required = isinstance(type_, GraphQLNonNull) and default is _ABSENT
        rows.append((name, _coercer(type_), default, required))

    def read(given: Mapping[str, Any]) -> VariableValues:
        coerced = {}
        for name, coerce, default, required in rows:
            if name in given:
                coerced[name] = coerce(given[name])
            elif default is not _ABSENT:
                coerced[name] = default
            elif required:
                raise UnusualValueError(name)
        return VariableValues({}, coerced)

    return read


def _coercer(type_: object) -> _Coercer:
    """Return who coerces a JSON value to ``type_``, as the specification has it for input."""
    if isinstance(type_, GraphQLNonNull):
        inner = _coercer(type_.of_type)

        def present(value: Any) -> Any:  # noqa: ANN401  any JSON value
            if value is None:
                raise UnusualValueError
            return inner(value)

        return present
    if isinstance(type_, GraphQLList):
        return _list_coercer(_coercer(type_.of_type))
    if isinstance(type_, GraphQLInputObjectType):
        return _object_coercer(type_)
    return _leaf_coercer(type_)


def _leaf_coercer(type_: Any) -> _Coercer:  # noqa: ANN401  graphql-core's own union of leaf types
    if not is_leaf_type(type_):
        raise Uncompilable(f"an input of type {type_}")
    exact = _PLAIN.get(type_)

    def plain(value: Any) -> Any:  # noqa: ANN401  any JSON value
        if value is None or type(value) is exact:
            return value
        raise UnusualValueError

    def whole(value: Any) -> Any:  # noqa: ANN401  any JSON value
        if value is None or (type(value) is int and -_MOST_INT <= value <= _MOST_INT):
            return value
        raise UnusualValueError

    def other(value: Any) -> Any:  # noqa: ANN401  any JSON value
        coerced = None if value is None else type_.coerce_input_value(value)
        if coerced is Undefined:
            raise UnusualValueError
        return coerced

    if type_ is GraphQLInt:
        return whole
    return plain if exact else other


def _list_coercer(item: _Coercer) -> _Coercer:
    def coerce(value: Any) -> Any:  # noqa: ANN401  any JSON value
        if value is None:
            return None
        return [item(one) for one in value] if type(value) is list else [item(value)]

    return coerce


def _object_coercer(type_: GraphQLInputObjectType) -> _Coercer:
    if type_.is_one_of:
        raise Uncompilable("an input of which exactly one field is given")
    required = [name for name, known in type_.fields.items() if is_required_input_field(known)]
    # Made at the first use: input types may contain each other.
    rows: list[tuple[str, str, _Coercer, object]] = []

    def coerce(value: Any) -> Any:  # noqa: ANN401  any JSON value
        if value is None:
            return None
        if not rows:
            rows.extend(_field_row(name, known) for name, known in type_.fields.items())
        if type(value) is not dict or not value.keys() <= type_.fields.keys():
            raise UnusualValueError
        if not all(name in value for name in required):
            raise UnusualValueError
        # In the order of the type, as graphql-core has it.
        found = {
            out_name: coerce_field(value[name]) if name in value else default
            for name, out_name, coerce_field, default in rows
            if name in value or default is not _ABSENT
        }
        return type_.out_type(found)

    return coerce


def _field_row(name: str, known: GraphQLInputField) -> tuple[str, str, _Coercer, object]:
    """Return a field's name, its Python name, who coerces it, and its default or ``_ABSENT``."""
    argument = GraphQLArgument(known.type, default_value=known.default_value, default=known.default)
    default = (
        _ABSENT if is_required_input_field(known) else _constant_argument(name, argument, None)
    )
    return name, known.out_name or name, _coercer(known.type), default


# Arguments


def constant_arguments(field: GraphQLField, node: FieldNode) -> dict[str, Any]:
    """Return the keyword arguments of a resolver where no variable is involved.

    The values are shared by all requests: a resolver must not change them.
    """
    return _converted(field, get_argument_values(field, node))


def argument_maker(field: GraphQLField, node: FieldNode) -> ArgumentMaker:
    """Return who makes the keyword arguments of a resolver out of variables."""
    nodes = {argument.name.value: argument.value for argument in node.arguments or ()}
    if any(_depends(v) and not isinstance(v, VariableNode) for v in nodes.values()):
        # A variable inside a list or an object: rare enough to leave to graphql-core.
        return lambda values: _converted(field, get_argument_values(field, node, values))
    constants: dict[str, Any] = {}
    rows = []
    for name, argument in field.args.items():
        value, python_name = nodes.get(name), _python_name(argument)
        convert = _converter(argument.type)
        if isinstance(value, VariableNode):
            rows.append((python_name, value.name.value, *_absence(name, argument), convert))
        elif (constant := _constant_argument(name, argument, value)) is not _ABSENT:
            constants[python_name] = convert(constant)

    def make(values: VariableValues) -> dict[str, Any]:
        made, coerced = constants.copy(), values.coerced
        for python_name, variable, default, refused, convert in rows:
            found = coerced.get(variable, default)
            if found is refused:
                raise UnusualValueError(python_name)
            if found is not _ABSENT:
                made[python_name] = convert(found)
        return made

    return make


def _absence(name: str, argument: GraphQLArgument) -> tuple[object, object]:
    """Return what stands for a variable that is not given, and what a variable must not be."""
    refuses_null = isinstance(argument.type, GraphQLNonNull)
    if is_required_argument(argument):
        return None, None
    return _constant_argument(name, argument, None), None if refuses_null else object()


def _constant_argument(name: str, argument: GraphQLArgument, value: ValueNode | None) -> object:
    """Return what ``argument`` is where ``value`` is written for it, or nothing is."""
    called = NameNode(value=name)
    given = () if value is None else (ArgumentNode(name=called, value=value),)
    field = GraphQLField(GraphQLString, args={name: argument})
    values = get_argument_values(field, FieldNode(name=called, arguments=given))
    return values.get(argument.out_name or name, _ABSENT)


def _python_name(argument: GraphQLArgument) -> str:
    definition = argument.extensions.get(STRAWBERRY)
    if definition is None or not definition.python_name or definition.is_maybe:
        raise Uncompilable("an argument that is not plainly Strawberry's")
    return str(definition.python_name)


def _converted(field: GraphQLField, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return coerced arguments by their Python names, input objects as their classes."""
    return {
        _python_name(argument): _converter(argument.type)(values[known])
        for name, argument in field.args.items()
        if (known := argument.out_name or name) in values
    }


def _converter(type_: GraphQLInputType) -> _Coercer:
    """Return who makes of a coerced value what Strawberry gives to resolvers."""
    if isinstance(type_, GraphQLNonNull):
        return _converter(type_.of_type)
    if isinstance(type_, GraphQLList):
        item = _converter(type_.of_type)
        return lambda values: None if values is None else [item(value) for value in values]
    if isinstance(type_, GraphQLInputObjectType):
        return _object_converter(type_)
    return lambda value: value


def _object_converter(type_: GraphQLInputObjectType) -> _Coercer:
    definition = type_.extensions.get(STRAWBERRY)
    if definition is None or definition.from_input is not None:
        raise Uncompilable("an input that makes itself")
    if any(isinstance(field.type, StrawberryMaybe) for field in definition.fields):
        raise Uncompilable("an input that tells absent from null")
    # Made at the first use: input types may contain each other.
    fields: dict[str, tuple[str, _Coercer]] = {}
    # An optional field without a default of its own is None where it is not given.
    unset = {
        f.python_name: None
        for f in definition.fields
        if f.default_value is MISSING and f.default_factory is MISSING
    }

    def convert(value: Any) -> Any:  # noqa: ANN401  an instance of the input's class
        if value is None:
            return None
        if not fields:
            for name, known in type_.fields.items():
                fields[name] = known.extensions[STRAWBERRY].python_name, _converter(known.type)
        made = unset.copy()
        for name, given in value.items():
            python_name, convert_field = fields[name]
            made[python_name] = convert_field(given)
        return definition.origin(**made)

    return convert
