"""The query compiler: a validated operation becomes Python functions that build its answer.

graphql-core walks the selections anew for every object of every answer. Here they are walked once.
Each selection set on each concrete type becomes one function, whose body is a dict display in the
order of the answer. For ``{ code(ref: $ref) { ... on Procedure { id duration { text } } } }``::

    def Duration_1(o, q):
        if type(o) is not Duration: unusual(o)
        return {"text": (x if type(x := o.text) is str else String_serialize(x))}

    def Procedure_2(o, q):
        if type(o) is not Procedure: unusual(o)
        return {
            "id": (x if type(x := o.id) is str else ID_serialize(x)),
            "duration": (None if (x := duration_of(info=Info(q.context, "duration"), parent=o))
                         is None else Duration_1(x, q)),
        }

    def CodeResult_3(o, q):
        return CodeResult_3_types.get(type(o), unusual)(o, q)

    def Query_4(o, q):
        return {"code": CodeResult_3(code(info=Info(q.context, "code"), **q.arguments[0]), q)}

``o`` is the object, ``q`` the ``Run`` of one request. What graphql-core decides stays its own
code where it need not be fast: which fields are selected (``collect_fields``), constant
arguments, leaf values that are not plainly of their type.

**Only success is compiled.** A null where none may be, an object of an unknown class, an exception
of a resolver, anything unusual: the function raises, and the engine runs the whole operation
through graphql-core, which gives the answer that the specification wants. Operations that need
more than is known here (mutations, introspection, asynchronous resolvers, field extensions) raise
``Uncompilable`` when they are compiled.

**Parts that depend on their object alone** are kept encoded. Snapshots do not change, so what a
condition and its parents look like under one selection is the same bytes in every answer. A type
says with an attribute ``same_as`` that two of its objects with equal values of it are the same
thing. A selection on such a type is kept as a whole where no variable is used below it; else
each run of neighboring fields without variables is. Either only where something of it asks the
store: reading attributes is cheaper than looking up what is kept.

The text of a function holds names of the schema and response keys, which the grammar of GraphQL
limits to letters, digits and underscores; everything else reaches it by name.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, groupby
from typing import Any, NoReturn, cast

from graphql import (
    DirectiveNode,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLField,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLInterfaceType,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    GraphQLString,
    GraphQLUnionType,
    OperationDefinitionNode,
    OperationType,
    Undefined,
    VariableNode,
    Visitor,
    get_variable_values,
    is_leaf_type,
    visit,
)
from graphql.execution.collect_fields import (
    CollectedFields,
    FieldDetails,
    FragmentDetails,
    collect_fields,
    collect_subfields,
)
from graphql.execution.values import VariableValues
from strawberry.types.field import StrawberryField

from service.execution.inputs import (
    STRAWBERRY,
    ArgumentMaker,
    Uncompilable,
    UnusualValueError,
    argument_maker,
    constant_arguments,
    has_variables,
)
from service.execution.parts import Parts

__all__ = ["CompiledOperation", "Info", "Run", "compile_operation", "conditions_of"]

_MOST_FUNCTIONS = 2_000
"""Functions of one operation: beyond this it is left to graphql-core."""

_part_numbers = count()
"""Tells the kept parts of all operations apart."""

_CHECKS: dict[object, str] = {
    GraphQLString: "type({x}) is str",
    GraphQLID: "type({x}) is str",
    GraphQLBoolean: "type({x}) is bool",
    GraphQLInt: "type({x}) is int and -2147483648 <= {x} <= 2147483647",
    # Comparisons with a value that is not a number are false.
    GraphQLFloat: "type({x}) is float and -1.7976931348623157e308 <= {x} <= 1.7976931348623157e308",
}
"""For the leaf types of the specification, when a value is its own serialization."""


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
    """An operation as a function of a run, and who makes its arguments; ``source`` is its text."""

    function: Callable[[None, Run], dict[str, Any]]
    makers: tuple[ArgumentMaker, ...]
    source: str

    def data(self, context: object, variables: VariableValues, parts: Parts) -> dict[str, Any]:
        """Return the data of the answer, kept parts in it as encoded fragments.

        Raises whatever says that this is not a plain success.
        """
        arguments = [make(variables) for make in self.makers]
        return self.function(None, Run(context, arguments, parts))


def conditions_of(document: DocumentNode) -> tuple[str, ...]:
    """Return the variables that ``@skip`` and ``@include`` ask for, each once, sorted."""
    found: set[str] = set()

    class Conditions(Visitor):
        def enter_directive(self, node: DirectiveNode, *_arguments: object) -> None:
            if node.name.value in ("skip", "include"):
                values = (argument.value for argument in node.arguments or ())
                found.update(v.name.value for v in values if isinstance(v, VariableNode))

    visit(document, Conditions())
    return tuple(sorted(found))


def compile_operation(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
) -> CompiledOperation:
    """Return ``operation`` compiled for ``variables``, of which only the conditions matter.

    Raises ``Uncompilable`` where graphql-core has to execute it.
    """
    if operation.operation is not OperationType.QUERY or schema.query_type is None:
        raise Uncompilable("not a query")
    values = get_variable_values(schema, operation.variable_definitions or (), dict(variables))
    if isinstance(values, list):
        raise Uncompilable("variables that cannot be coerced")
    return _Compiler(schema, document, operation, values).compiled(schema.query_type)


@dataclass(frozen=True, slots=True)
class _Part:
    """An expression for a value; whether variables matter for it, and whether it asks a store."""

    text: str
    varies: bool = False
    fetches: bool = False


@dataclass(slots=True)
class _Compiler:
    """Writes the functions of one operation."""

    schema: GraphQLSchema
    document: DocumentNode
    operation: OperationDefinitionNode
    values: VariableValues
    names: dict[str, Any] = field(default_factory=lambda: {"Info": Info, "unusual": _unusual})
    texts: list[str] = field(default_factory=list)
    makers: list[ArgumentMaker] = field(default_factory=list)
    written: dict[tuple[str, tuple[int, ...]], _Part] = field(default_factory=dict)
    functions: int = 0
    fragments: dict[str, FragmentDetails] = field(init=False)

    def __post_init__(self) -> None:
        self.fragments = {
            node.name.value: FragmentDetails(node)
            for node in self.document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }

    def compiled(self, query_type: GraphQLObjectType) -> CompiledOperation:
        collected = collect_fields(
            self.schema, self.fragments, self.values, query_type, self.operation
        )
        root = self._write(query_type, collected)
        source = "\n".join(self.texts)
        # The text is made of names of the schema and of response keys, see above.
        exec(compile(source, "<compiled operation>", "exec"), self.names)  # noqa: S102
        return CompiledOperation(self.names[root.text], tuple(self.makers), source)

    # Selections

    def _selection(
        self,
        type_: GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType,
        details: list[FieldDetails],
    ) -> _Part:
        """Return the name of the function for a selection on ``type_``, written if need be."""
        key = (type_.name, tuple(id(detail.node) for detail in details))
        if key not in self.written:
            if isinstance(type_, GraphQLObjectType):
                collected = collect_subfields(
                    self.schema, self.fragments, self.values, self.operation, type_, details
                )
                self.written[key] = self._write(type_, collected)
            else:
                self.written[key] = self._dispatch(type_, details)
        return self.written[key]

    def _dispatch(
        self, type_: GraphQLInterfaceType | GraphQLUnionType, details: list[FieldDetails]
    ) -> _Part:
        """Write the function that finds an object's own type by its class."""
        name = self._function_name(type_.name)
        definition = type_.extensions.get(STRAWBERRY)
        if definition is None or getattr(definition, "resolve_type", None) is not None:
            raise Uncompilable(f"the type {type_.name}")
        possible = self.schema.get_possible_types(type_)
        parts = {_class_of(known): self._selection(known, details) for known in possible}
        text = f"def {name}(o, q):\n    return {name}_types.get(type(o), unusual)(o, q)\n"
        self.texts.append(text + f"{name}_types = {{}}\n")
        table = []
        for number, (class_, part) in enumerate(parts.items()):
            self.names[f"{name}_class_{number}"] = class_
            table.append(f"{name}_types[{name}_class_{number}] = {part.text}\n")
        self.texts.append("".join(table))
        known = parts.values()
        return _Part(name, any(p.varies for p in known), any(p.fetches for p in known))

    def _write(self, type_: GraphQLObjectType, collected: CollectedFields) -> _Part:
        """Write the function for fields of ``type_``."""
        if collected.new_defer_usages or collected.forbidden_directive_instances:
            raise Uncompilable("deferred fields")
        fields = {
            key: self._field(type_, details) for key, details in collected.grouped_field_set.items()
        }
        name = self._function_name(type_.name)
        is_root = type_ is self.schema.query_type
        class_ = None if is_root else _class_of(type_)
        varies = any(part.varies for part in fields.values())
        fetches = any(part.fetches for part in fields.values())
        keepable = fetches and class_ is not None and hasattr(class_, "same_as")
        lines = [f"def {name}(o, q):"]
        if class_ is not None:
            self.names[f"{name}_class"] = class_
            lines.append(f"    if type(o) is not {name}_class: unusual(o, q)")
        rows = {key: f'"{key}": {part.text}' for key, part in fields.items()}
        answer = _display(rows.values())
        if keepable and not varies:
            lines += _kept("keep", answer)
            answer = "e"
        elif keepable and any(part.fetches and not part.varies for part in fields.values()):
            runs: list[str] = []
            parts: list[str] = []
            for run_varies, keys in groupby(fields, key=lambda key: fields[key].varies):
                run = [rows[key] for key in keys]
                parts += run if run_varies else [f"**e[{len(runs)}]"]
                runs += [] if run_varies else [f"{_display(run)},\n"]
            lines += _kept("keep_runs", f"(\n{''.join(runs)})")
            answer = _display(parts)
        lines.append(f"    return {answer}\n")
        self.texts.append("\n".join(lines))
        return _Part(name, varies, fetches)

    def _function_name(self, type_name: str) -> str:
        self.functions += 1
        if self.functions > _MOST_FUNCTIONS:
            raise Uncompilable("too large")
        return f"{type_name}_{self.functions}"

    # Fields

    def _field(self, owner: GraphQLObjectType, details: list[FieldDetails]) -> _Part:
        node = details[0].node
        name = node.name.value
        if name == "__typename":
            return _Part(f'"{owner.name}"')
        known = owner.fields.get(name)
        definition = known.extensions.get(STRAWBERRY) if known is not None else None
        if known is None or not isinstance(definition, StrawberryField):
            raise Uncompilable(f"the field {name}")
        if definition.extensions or definition.is_async or definition.is_subscription:
            raise Uncompilable(f"the field {name}")
        fetched = self._fetched(known, definition, details)
        completed = self._completed(known.type, fetched.text, details)
        return _Part(
            completed.text,
            fetched.varies or completed.varies,
            fetched.fetches or completed.fetches,
        )

    def _fetched(
        self, known: GraphQLField, definition: StrawberryField, details: list[FieldDetails]
    ) -> _Part:
        """Return the expression for what the resolver returns."""
        resolver, node = definition.base_resolver, details[0].node
        if resolver is None:
            if not definition.python_name.isidentifier():
                raise Uncompilable(definition.python_name)
            return _Part(f"o.{definition.python_name}")
        arguments = ["o"] if resolver.self_parameter else []
        owners = (resolver.parent_parameter, resolver.root_parameter)
        arguments += [f"{parameter.name}=o" for parameter in owners if parameter is not None]
        if resolver.info_parameter is not None:
            name = node.name.value
            arguments.append(f'{resolver.info_parameter.name}=Info(q.context, "{name}")')
        varies = has_variables(node)
        if varies:
            arguments.append(f"**q.arguments[{len(self.makers)}]")
            self.makers.append(argument_maker(known, node))
        else:
            for name, value in constant_arguments(known, node).items():
                arguments.append(f"{name}={self._constant(value)}")
        call = f"{self._constant(resolver.wrapped_func)}({', '.join(arguments)})"
        return _Part(call, varies, resolver.info_parameter is not None)

    def _constant(self, value: object) -> str:
        """Return a name for ``value``."""
        name = f"c{len(self.names)}"
        self.names[name] = value
        return name

    # Values

    def _completed(
        self, type_: GraphQLOutputType, value: str, details: list[FieldDetails], depth: int = 0
    ) -> _Part:
        """Return the expression that makes of ``value`` what the answer holds for ``type_``."""
        x = f"x{depth}"
        if isinstance(type_, GraphQLNonNull):
            return self._present(type_.of_type, value, details, depth)
        if is_leaf_type(type_):
            return _Part(self._leaf(type_, x, value, nullable=True))
        inner = self._present(type_, x, details, depth + 1)
        return _Part(
            f"(None if ({x} := {value}) is None else {inner.text})", inner.varies, inner.fetches
        )

    def _present(
        self, type_: GraphQLOutputType, value: str, details: list[FieldDetails], depth: int
    ) -> _Part:
        """Return the same for a value that must not be null."""
        if isinstance(type_, GraphQLList):
            item = f"i{depth}"
            inner = self._completed(type_.of_type, item, details, depth + 1)
            text = f"[{inner.text} for {item} in items({value})]"
            self.names["items"] = _items
            return _Part(text, inner.varies, inner.fetches)
        if is_leaf_type(type_):
            return _Part(self._leaf(type_, f"x{depth}", value, nullable=False))
        function = self._selection(
            cast("GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType", type_), details
        )
        return _Part(f"{function.text}({value}, q)", function.varies, function.fetches)

    def _leaf(self, type_: GraphQLLeafType, x: str, value: str, *, nullable: bool) -> str:
        """Return the expression for a leaf; ``x`` is a name that may hold the value meanwhile."""
        serialize = f"{type_.name}_serialize"
        self.names[serialize] = _serializer(type_)
        plain, check = x, _CHECKS.get(type_)
        if isinstance(type_, GraphQLEnumType) and STRAWBERRY in type_.extensions:
            class_ = type_.extensions[STRAWBERRY].wrapped_cls
            self.names[f"{type_.name}_class"] = class_
            self.names[f"{type_.name}_names"] = {one: type_.serialize(one) for one in class_}
            plain, check = f"{type_.name}_names[{x}]", f"type({{x}}) is {type_.name}_class"
        if nullable:
            kept = f"{plain} if {check.format(x=x)} else {serialize}({x})" if check else None
            return f"(None if ({x} := {value}) is None else {kept or f'{serialize}({x})'})"
        if check is None:
            return f"{serialize}({value})"
        first = check.replace("{x}", f"{x} := {value}", 1).format(x=x)
        return f"({plain} if {first} else {serialize}({x}))"


def _display(rows: Iterable[str]) -> str:
    """Return the text of a dict."""
    return "{\n        " + ",\n        ".join(rows) + "\n    }"


def _kept(way: str, text: str) -> list[str]:
    """Return the lines that set ``e`` to what is kept for ``text``, kept in this ``way``."""
    return [
        f"    k = ({next(_part_numbers)}, o.same_as)",
        "    e = q.parts.get(k)",
        f"    if e is None: e = q.parts.{way}(k, {text})",
    ]


def _class_of(type_: GraphQLObjectType) -> type:
    """Return the class of which objects of ``type_`` are."""
    definition = type_.extensions.get(STRAWBERRY)
    if definition is None or definition.is_type_of or definition.concrete_of:
        raise Uncompilable(f"the type {type_.name}")
    return cast("type", definition.origin)


def _serializer(type_: GraphQLLeafType) -> Callable[[object], object]:
    def serialize(value: object) -> object:
        found = type_.serialize(value)
        if value is None or found is None or found is Undefined:
            raise UnusualValueError(type_.name)
        return found

    return serialize


def _items(values: object) -> list[Any] | tuple[Any, ...]:
    if isinstance(values, (list, tuple)):
        return values
    raise UnusualValueError("not a list")


def _unusual(value: object, _run: object) -> NoReturn:
    raise UnusualValueError(type(value).__name__)
