"""Stock Strawberry over the exported answers, with its caches and orjson.

The types are those of the schema as far as the operation of the benchmark selects them: plain
classes with attributes, and resolvers where there is something to do. They are made of the schema,
so that no field can be forgotten.
"""

import os
from pathlib import Path
from typing import Any

import orjson
import strawberry
from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLUnionType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_schema,
    parse,
    visit,
)
from strawberry.asgi import GraphQL
from strawberry.extensions import ParserCache, ValidationCache

_DATA = Path(os.environ["PEER_DATA"])
_SDL = build_schema((_DATA / "schema.graphql").read_text(encoding="utf-8"))
_PAGE = parse(Path(__file__).with_name("page.graphql").read_text(encoding="utf-8"))
_CUT = {("Procedure", f) for f in ("indications", "personnel", "alternatives", "similar")} | {
    ("Alternative", "procedures")
}
_PLAIN = {"String": str, "Int": int, "Float": float, "Boolean": bool, "ID": strawberry.ID}
_CLASSES: dict[str, Any] = {}
_GIVEN: dict[str, set[str]] = {}
"""By type, what its objects are made of."""


def _selected() -> dict[str, set[str]]:
    """Return by type the fields that the operation selects."""
    found: dict[str, set[str]] = {}
    info = TypeInfo(_SDL)

    class Fields(Visitor):
        def enter_field(self, node: FieldNode, *_arguments: object) -> None:
            owner = info.get_parent_type()
            if owner is not None and not node.name.value.startswith("__"):
                found.setdefault(owner.name, set()).add(node.name.value)

    visit(_PAGE, TypeInfoVisitor(info, Fields()))
    return found


_FIELDS = _selected()


def _annotation(type_: Any) -> Any:  # noqa: ANN401  any output type
    if isinstance(type_, GraphQLNonNull):
        return _annotation_of(type_.of_type)
    return _annotation_of(type_) | None


def _annotation_of(type_: Any) -> Any:  # noqa: ANN401  any output type
    if isinstance(type_, GraphQLList):
        return list[_annotation(type_.of_type)]  # type: ignore[misc]  # made at run time
    if isinstance(type_, (GraphQLScalarType, GraphQLEnumType)):
        return _PLAIN.get(type_.name, str)  # enums and dates come as text
    return _class(type_)


def _class(type_: GraphQLObjectType | GraphQLInterfaceType) -> Any:  # noqa: ANN401  a class
    """Return the Strawberry class for ``type_``, which holds no cycle here."""
    if type_.name in _CLASSES:
        return _CLASSES[type_.name]
    bases: tuple[type, ...] = ()
    wanted = _FIELDS.get(type_.name, set())
    if isinstance(type_, GraphQLObjectType) and "Concept" in {i.name for i in type_.interfaces}:
        bases = (_class(_SDL.type_map["Concept"]),)  # type: ignore[arg-type]  # an interface
        wanted = wanted - _FIELDS["Concept"]
    body: dict[str, Any] = {"__annotations__": {}}
    given = set(_GIVEN.get("Concept", ())) if bases else set()
    for name in sorted(wanted):
        annotation = _annotation(type_.fields[name].type)
        if (type_.name, name) in _CUT:
            body["__annotations__"][f"whole_{name}"] = strawberry.Private[annotation]  # type: ignore[misc, valid-type]
            body[name] = strawberry.field(resolver=_cut(name, annotation))
            given.add(f"whole_{name}")
        else:
            body["__annotations__"][name] = annotation
            body[name] = strawberry.field(name=name)
            given.add(name)
    _GIVEN[type_.name] = given
    make = strawberry.interface if isinstance(type_, GraphQLInterfaceType) else strawberry.type
    _CLASSES[type_.name] = make(type(type_.name, bases, body))
    return _CLASSES[type_.name]


def _cut(name: str, annotation: Any) -> Any:  # noqa: ANN401  a resolver
    def resolve(root: Any, first: int = 200) -> Any:  # noqa: ANN401  a connection
        whole = getattr(root, f"whole_{name}")
        if len(whole.edges) <= first:
            return whole
        kept = {k: v for k, v in vars(whole).items() if k != "edges"}
        return type(whole)(**kept, edges=whole.edges[:first])

    resolve.__annotations__["return"] = annotation
    return resolve


def _object(value: Any, type_: Any) -> Any:  # noqa: ANN401  a value of the answer
    """Return an exported value as an object of its class."""
    while isinstance(type_, GraphQLNonNull):
        type_ = type_.of_type
    if isinstance(type_, GraphQLList):
        return [_object(one, type_.of_type) for one in value]
    if value is None or isinstance(type_, (GraphQLScalarType, GraphQLEnumType)):
        return value
    own: Any = _SDL.type_map[value.get("__typename", type_.name)]
    class_ = _class(own)
    made = {}
    for key, inner in value.items():
        if key != "__typename":
            name = f"whole_{key}" if (own.name, key) in _CUT else key
            made[name] = _object(inner, own.fields[key].type)
    # An object that is only met by its interface has no more than that selects.
    return class_(**{name: made.get(name) for name in _GIVEN[own.name]})


for known in list(_SDL.type_map.values()):
    if isinstance(known, GraphQLObjectType) and known.name in _FIELDS and known.name != "Query":
        _class(known)
for known in _SDL.get_possible_types(_SDL.type_map["Concept"]):  # type: ignore[arg-type]
    _class(known)

_union = _SDL.type_map["CodeResult"]
assert isinstance(_union, GraphQLUnionType)  # noqa: S101  of this project's schema
_CODES = {
    key: _object(value, _union)
    for key, value in orjson.loads((_DATA / "answers.json").read_bytes()).items()
}
_Miss, _Procedure, _Condition = (_CLASSES[name] for name in ("CodeMiss", "Procedure", "Condition"))


@strawberry.input
class CodeRef:
    """A code."""

    system: str
    code: str


def _code(ref: CodeRef) -> Any:  # noqa: ANN401  one of the union
    found = _CODES.get(f"{ref.system} {ref.code}")
    return found or _Miss(reason="UNKNOWN_CODE", message="not exported")


QUERY = strawberry.type(
    type(
        "Query",
        (),
        {
            "__annotations__": {"code": _Procedure | _Condition | _Miss},
            "code": strawberry.field(resolver=_code),
        },
    )
)


class _Fast(GraphQL[None, None]):
    def encode_json(self, data: object) -> bytes:
        """Return ``data`` as JSON, the fast way."""
        return orjson.dumps(data)


TYPES = [_CLASSES[t.name] for t in _SDL.get_possible_types(_SDL.type_map["Concept"])]  # type: ignore[arg-type]

_schema = strawberry.Schema(
    query=QUERY,
    types=TYPES,
    extensions=[lambda: ParserCache(maxsize=100), lambda: ValidationCache(maxsize=100)],
)
app = _Fast(_schema)
