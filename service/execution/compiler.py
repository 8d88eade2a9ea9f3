"""The query compiler: a validated operation becomes Python functions that build its answer.

graphql-core walks the selections anew for every object of every answer. Here they are walked once.
Each selection set on each concrete type becomes one function, whose body is a dict display in the
order of the answer. For ``{ code(ref: $ref) { ... on Procedure { id duration { text } } } }``::

    def Duration_2(o, q):
        if type(o) is not Duration_2_class: unusual(o, q)
        return {"text": (x0 if type(x0 := o.text) is str else String_serialize(x0))}

    def Procedure_3(o, q):
        if type(o) is not Procedure_3_class: unusual(o, q)
        k = (7, o.same_as)
        e = q.parts.get(k)
        if e is None: e = q.parts.keep(k, {
            "id": (x0 if type(x0 := o.id) is str else ID_serialize(x0)),
            "duration": (None if (x0 := c5(parent=o, info=Info(q.context, "duration"))) is None
                         else Duration_2(x0, q)),
        })
        return e

    CodeResult_1_types = {c11: Procedure_3, c12: Condition_4, c13: CodeMiss_5}
    def CodeResult_1(o, q):
        return CodeResult_1_types.get(type(o), unusual)(o, q)

    def Query_6(o, q):
        return {"code": CodeResult_1(c3(info=Info(q.context, "code"), **q.arguments[0]), q)}

(The functions of the other two members are left out.) ``o`` is the object and ``q`` the ``Run``
of one request, whose ``arguments`` are made of its variables, a dict for each call that has any.
``c…`` are constants: resolvers, classes, arguments. ``unusual`` raises. What graphql-core decides
stays its own code where it need not be fast: which fields are selected (``collect_fields``),
constant arguments, leaf values that are not plainly of their type.

**Only success is compiled.** A null where none may be, an object of an unknown class, an exception
of a resolver, anything unusual: the function raises, and the engine runs the whole operation
through graphql-core, which gives the answer that the specification wants. Operations that need
more than is known here (mutations, introspection, asynchronous resolvers, field extensions) raise
``Uncompilable`` when they are compiled.

**Parts that depend on their object alone** are kept encoded, as the procedure above. Snapshots do
not change, so what a condition and its parents look like under one selection is the same bytes in
every answer. A type says with an attribute ``same_as`` that two of its objects with equal values
of it are the same thing. A selection on such a type is kept as a whole where no variable is used
below it. Otherwise each run of neighboring fields without variables is kept, all of them under one
key: ``e`` is then a tuple of dicts, and the answer ``{**e[0], "similar": …, **e[1]}``. Either only
where a resolver asks the store, which is why it has a parameter ``info``: reading attributes is
cheaper than looking up what is kept.

The text of a function holds names of the schema and response keys, which the grammar of GraphQL
limits to letters, digits and underscores; everything else reaches it by name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count, groupby
from typing import Any, NoReturn, cast

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    GraphQLUnionType,
    OperationDefinitionNode,
    OperationType,
    is_leaf_type,
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

from service.execution.compiled import CompiledOperation, Info
from service.execution.inputs import (
    ArgumentMaker,
    argument_maker,
    constant_arguments,
    has_variables,
)
from service.execution.leaves import leaf_code
from service.execution.refusals import STRAWBERRY, Uncompilable, UnusualValueError

__all__ = ["compile_operation"]

_MOST_FUNCTIONS = 2_000
"""Functions of one operation: beyond this it is left to graphql-core."""

_DEEPEST = 50
"""Selections within each other. Beyond twice as many graphql-core may run out of stack, which is
an error of its own: what is compiled must never get there."""

_part_numbers = count()
"""Tells the kept parts of all operations apart."""

_CompositeType = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType


def compile_operation(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: VariableValues,
) -> CompiledOperation:
    """Return ``operation`` compiled for ``variables``.

    Of these only the conditions matter, that is those of ``@skip`` and ``@include``: for other
    values of them it is compiled anew. Raises ``Uncompilable`` where graphql-core has to execute
    it, and ``GraphQLError`` where it is wrong for these variables.
    """
    if operation.operation is not OperationType.QUERY or schema.query_type is None:
        raise Uncompilable("not a query")
    return _Compiler(schema, document, operation, variables).compiled(schema.query_type)


@dataclass(frozen=True, slots=True)
class _Expression:
    """The text of an expression; whether variables matter for it, and whether it asks the store.

    ``height`` counts the selections within each other below it.
    """

    text: str
    varies: bool = False
    fetches: bool = False
    height: int = 0

    @classmethod
    def of(cls, text: str, *parts: "_Expression", higher: int = 0) -> "_Expression":
        """Return ``text``, which is made of ``parts``."""
        return cls(
            text,
            any(part.varies for part in parts),
            any(part.fetches for part in parts),
            max((part.height for part in parts), default=0) + higher,
        )


@dataclass(slots=True)
class _Compiler:
    """Writes the functions of one operation."""

    schema: GraphQLSchema
    document: DocumentNode
    operation: OperationDefinitionNode
    values: VariableValues
    names: dict[str, Any] = field(
        default_factory=lambda: {"Info": Info, "items": _items, "unusual": _unusual}
    )
    texts: list[str] = field(default_factory=list)
    makers: list[ArgumentMaker] = field(default_factory=list)
    written: dict[tuple[str, tuple[int, ...]], _Expression] = field(default_factory=dict)
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
        root = self._function(query_type, collected)
        source = "\n".join(self.texts)
        # The text is made of names of the schema and of response keys, see above.
        exec(compile(source, "<compiled operation>", "exec"), self.names)  # noqa: S102
        return CompiledOperation(
            self.names[root.text], tuple(self.makers), source, functions=self.functions
        )

    # Selections

    def _selection(self, type_: _CompositeType, details: list[FieldDetails]) -> _Expression:
        """Return the name of the function for a selection on ``type_``, written if need be."""
        # The document outlives the compiler, and so no node takes the id of another.
        key = (type_.name, tuple(id(detail.node) for detail in details))
        if key not in self.written:
            if isinstance(type_, GraphQLObjectType):
                collected = collect_subfields(
                    self.schema, self.fragments, self.values, self.operation, type_, details
                )
                self.written[key] = self._function(type_, collected)
            else:
                self.written[key] = self._dispatch(type_, details)
        return self.written[key]

    def _dispatch(
        self, type_: GraphQLInterfaceType | GraphQLUnionType, details: list[FieldDetails]
    ) -> _Expression:
        """Write the function that finds an object's own type by its class.

        Types that find it in another way are left to graphql-core, and generic ones, whose classes
        stand for several types.
        """
        definition = type_.extensions.get(STRAWBERRY)
        if definition is None or getattr(definition, "resolve_type", None) is not None:
            raise Uncompilable(f"the type {type_.name}")
        name = self._new_name(type_)
        possible = self.schema.get_possible_types(type_)
        parts = {_class_of(known): self._selection(known, details) for known in possible}
        table = [f"{self._constant(class_)}: {part.text}" for class_, part in parts.items()]
        self.texts.append(
            f"{name}_types = {_display(table)}\n"
            f"def {name}(o, q):\n    return {name}_types.get(type(o), unusual)(o, q)\n"
        )
        return _Expression.of(name, *parts.values())

    def _function(self, type_: GraphQLObjectType, collected: CollectedFields) -> _Expression:
        """Write the function for fields of ``type_``."""
        if collected.new_defer_usages or collected.forbidden_directive_instances:
            raise Uncompilable("deferred fields")
        fields = {
            key: self._field(type_, details) for key, details in collected.grouped_field_set.items()
        }
        name = self._new_name(type_)
        lines = [f"def {name}(o, q):"]
        class_ = None if type_ is self.schema.query_type else _class_of(type_)
        if class_ is not None:
            self.names[f"{name}_class"] = class_
            lines.append(f"    if type(o) is not {name}_class: unusual(o, q)")
        kept, answer = _body(fields, keepable=hasattr(class_, "same_as"))
        self.texts.append("\n".join([*lines, *kept, f"    return {answer}\n"]))
        part = _Expression.of(name, *fields.values(), higher=1)
        if part.height > _DEEPEST:
            raise Uncompilable("nested too deeply")
        return part

    def _new_name(self, type_: _CompositeType) -> str:
        self.functions += 1
        if self.functions > _MOST_FUNCTIONS:
            raise Uncompilable("too large")
        return f"{type_.name}_{self.functions}"

    def _constant(self, value: object) -> str:
        """Return a name for ``value``."""
        name = f"c{len(self.names)}"
        self.names[name] = value
        return name

    # Fields

    def _field(self, owner: GraphQLObjectType, details: list[FieldDetails]) -> _Expression:
        if details[0].node.name.value == "__typename":
            return _Expression(f'"{owner.name}"')
        known, definition = _strawberry_field(owner, details[0].node.name.value)
        fetched = self._fetched(known, definition, details)
        completed = self._completed(known.type, fetched.text, details)
        return _Expression.of(completed.text, fetched, completed)

    def _fetched(
        self, known: GraphQLField, definition: StrawberryField, details: list[FieldDetails]
    ) -> _Expression:
        """Return the expression for what the resolver returns."""
        resolver, node = definition.base_resolver, details[0].node
        if resolver is None:
            return _Expression(f"o.{definition.python_name}")
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
        return _Expression(call, varies, resolver.info_parameter is not None)

    # Values

    def _completed(
        self, type_: GraphQLOutputType, value: str, details: list[FieldDetails], depth: int = 0
    ) -> _Expression:
        """Return the expression that makes of ``value`` what the answer holds for ``type_``."""
        if isinstance(type_, GraphQLNonNull):
            return self._present(type_.of_type, value, details, depth)
        x = f"x{depth}"
        inner = self._present(type_, x, details, depth + 1)
        return _Expression.of(f"(None if ({x} := {value}) is None else {inner.text})", inner)

    def _present(
        self, type_: GraphQLOutputType, value: str, details: list[FieldDetails], depth: int
    ) -> _Expression:
        """Return the same for a value that must not be null."""
        if isinstance(type_, GraphQLList):
            item = f"i{depth}"
            inner = self._completed(type_.of_type, item, details, depth + 1)
            return _Expression.of(f"[{inner.text} for {item} in items({value})]", inner)
        if is_leaf_type(type_):
            leaf = leaf_code(type_)
            self.names.update(leaf.names)
            return _Expression(leaf.text(value, f"x{depth}"))
        function = self._selection(cast("_CompositeType", type_), details)
        return _Expression.of(f"{function.text}({value}, q)", function)


def _body(fields: Mapping[str, _Expression], *, keepable: bool) -> tuple[list[str], str]:
    """Return the lines that get what is kept of ``fields``, and the expression for all of them."""
    rows = {key: f'"{key}": {part.text}' for key, part in fields.items()}
    varies = any(part.varies for part in fields.values())
    if not keepable or not any(part.fetches and not part.varies for part in fields.values()):
        return [], _display(rows.values())
    if not varies:
        return _kept("keep", _display(rows.values())), "e"
    runs: list[str] = []
    parts: list[str] = []
    for run_varies, keys in groupby(fields, key=lambda key: fields[key].varies):
        run = [rows[key] for key in keys]
        parts += run if run_varies else [f"**e[{len(runs)}]"]
        runs += [] if run_varies else [f"{_display(run)},\n"]
    return _kept("keep_runs", f"(\n{''.join(runs)})"), _display(parts)


def _kept(way: str, text: str) -> list[str]:
    """Return the lines that set ``e`` to what is kept for ``text``, kept in this ``way``."""
    return [
        f"    k = ({next(_part_numbers)}, o.same_as)",
        "    e = q.parts.get(k)",
        f"    if e is None: e = q.parts.{way}(k, {text})",
    ]


def _display(rows: Iterable[str]) -> str:
    """Return the text of a dict."""
    return "{\n        " + ",\n        ".join(rows) + "\n    }"


def _strawberry_field(owner: GraphQLObjectType, name: str) -> tuple[GraphQLField, StrawberryField]:
    """Return the field in graphql-core's form and in Strawberry's."""
    known = owner.fields.get(name)
    definition = known.extensions.get(STRAWBERRY) if known is not None else None
    if (
        known is None
        or not isinstance(definition, StrawberryField)
        or definition.extensions
        or definition.is_async
        or definition.is_subscription
        or not definition.python_name.isidentifier()
    ):
        raise Uncompilable(f"the field {name}")
    return known, definition


def _class_of(type_: GraphQLObjectType) -> type:
    """Return the class of which objects of ``type_`` are."""
    definition = type_.extensions.get(STRAWBERRY)
    if definition is None or definition.is_type_of or definition.concrete_of:
        raise Uncompilable(f"the type {type_.name}")
    return cast("type", definition.origin)


def _items(values: object) -> list[Any] | tuple[Any, ...]:
    if isinstance(values, (list, tuple)):
        return values
    raise UnusualValueError("not a list")


def _unusual(value: object, _run: object) -> NoReturn:
    raise UnusualValueError(type(value).__name__)
