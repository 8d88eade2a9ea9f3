"""Operations drawn at random over a schema: valid for the most part, and meant to be answered.

Everything is drawn from one seeded generator, so that a number is enough to get one again.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_composite_type,
)

from service.execution.engine import GraphQLRequest

__all__ = ["Pools", "random_request"]

_TEXTS = ("knee", "psycotherapy", "F32.A", "heart attack", "no fever", "", "0FT44", "ctscan of hip")
_DEPTH = 6
_FIELDS = 45
_ODD: tuple[object, ...] = (None, -1, 201, 1.0, 2.5, "x", True, [], {}, 2**40, ["F32.A"])


@dataclass(frozen=True, slots=True)
class Pools:
    """What arguments are drawn from: ids of concepts, codes by system, and cursors."""

    ids: Sequence[str]
    codes: Sequence[tuple[str, str]]
    cursors: Sequence[str]


def random_request(schema: GraphQLSchema, pools: Pools, seed: int) -> GraphQLRequest:
    """Return the request number ``seed``."""
    return _Writer(schema, pools, random.Random(seed)).request()  # noqa: S311  not for secrets


@dataclass(slots=True)
class _Writer:
    schema: GraphQLSchema
    pools: Pools
    rng: random.Random
    declared: list[str] = field(default_factory=list)
    variables: dict[str, Any] = field(default_factory=dict)
    fragments: list[str] = field(default_factory=list)
    fields: int = 0
    aliases: int = 0

    def request(self) -> GraphQLRequest:
        query = self.schema.query_type
        assert query is not None
        body = self._selection(query, 0, root=True)
        name = self.rng.choice(("", " Drawn"))
        declared = f"({', '.join(self.declared)})" if self.declared else ""
        text = f"query{name}{declared} {body}\n" + "\n".join(self.fragments)
        if self._chance(0.05):
            self.variables["unasked"] = 1
        return GraphQLRequest(text, self.variables)

    def _chance(self, share: float) -> bool:
        return self.rng.random() < share

    # Selections

    def _selection(self, type_: Any, depth: int, *, root: bool = False) -> str:  # noqa: ANN401
        rows = []
        if not root and (isinstance(type_, GraphQLUnionType) or self._chance(0.1)):
            rows.append("__typename")
        if isinstance(type_, (GraphQLObjectType, GraphQLInterfaceType)):
            wanted = 1 if root and self._chance(0.6) else self.rng.randint(1, 4 if depth else 2)
            names = sorted(type_.fields)
            for name in self.rng.choices(names, k=wanted):
                rows += self._field(name, type_.fields[name], depth)
        if isinstance(type_, (GraphQLUnionType, GraphQLInterfaceType)):
            possible = sorted(self.schema.get_possible_types(type_), key=lambda t: t.name)
            for known in self.rng.sample(possible, k=self.rng.randint(1, min(3, len(possible)))):
                rows.append(self._fragment(known, depth))
        elif self._chance(0.15) and depth < _DEPTH and not root:
            rows.append(self._fragment(type_, depth))
        if rows and self._chance(0.1):
            rows.append(self.rng.choice(rows))
        return "{ " + " ".join(rows or ["__typename"]) + " }"

    def _fragment(self, type_: Any, depth: int) -> str:  # noqa: ANN401
        body = self._selection(type_, depth + 1)
        if self._chance(0.5):
            return f"... on {type_.name}{self._directive()} {body}"
        name = f"F{len(self.fragments)}"
        self.fragments.append(f"fragment {name} on {type_.name} {body}")
        return f"...{name}{self._directive()}"

    def _field(self, name: str, known: GraphQLField, depth: int) -> list[str]:
        inner = get_named_type(known.type)
        deep = is_composite_type(inner)
        if deep and (depth >= _DEPTH or self.fields > _FIELDS):
            return []
        self.fields += 1
        arguments = self._arguments(known)
        alias = ""
        if arguments or self._chance(0.1):
            self.aliases += 1
            alias = f"a{self.aliases}: "
        body = f" {self._selection(inner, depth + 1)}" if deep else ""
        return [f"{alias}{name}{arguments}{self._directive()}{body}"]

    def _directive(self) -> str:
        if not self._chance(0.08):
            return ""
        kind = self.rng.choice(("skip", "include"))
        if self._chance(0.5):
            return f" @{kind}(if: {self.rng.choice(('true', 'false'))})"
        name = f"b{len(self.declared)}"
        self.declared.append(f"${name}: Boolean!")
        self.variables[name] = self._chance(0.5)
        return f" @{kind}(if: ${name})"

    # Arguments

    def _arguments(self, known: GraphQLField) -> str:
        rows = []
        for name, argument in known.args.items():
            small = name in ("first", "maxNodes", "depth")
            required = isinstance(argument.type, GraphQLNonNull)
            if required or self._chance(0.85 if small else 0.25):
                rows.append(f"{name}: {self._argument(name, argument)}")
        return f"({', '.join(rows)})" if rows else ""

    def _argument(self, name: str, argument: GraphQLArgument) -> str:
        value = self._value(name, argument.type)
        if self._chance(0.45):
            return self._variable(name, argument.type, value)
        if isinstance(value, dict) and self._chance(0.3):
            key = self.rng.choice(sorted(value))
            inside = self._variable(key, _of_field(argument.type, key), value[key])
            rest = {k: _literal(v) for k, v in value.items()} | {key: inside}
            return "{" + ", ".join(f"{k}: {v}" for k, v in rest.items()) + "}"
        return _literal(value)

    def _variable(self, argument: str, type_: GraphQLInputType, value: object) -> str:
        name = f"v{len(self.declared)}"
        default = f" = {_literal(value)}" if self._chance(0.2) and value is not None else ""
        self.declared.append(f"${name}: {type_}{default}")
        drawn = self.rng.random()
        if drawn < 0.88:
            self.variables[name] = _plain(value)
        elif drawn < 0.94:
            self.variables[name] = self.rng.choice((*_ODD, argument))
        return f"${name}"

    def _value(self, name: str, type_: GraphQLInputType) -> Any:  # noqa: ANN401  any input value
        if isinstance(type_, GraphQLNonNull):
            return self._value(name, type_.of_type)
        if isinstance(type_, GraphQLList):
            return [self._value(name, type_.of_type) for _ in range(self.rng.randint(0, 3))]
        if isinstance(type_, GraphQLEnumType):
            return _Name(self.rng.choice(sorted(type_.values)))
        if isinstance(type_, GraphQLInputObjectType):
            system, code = self.rng.choice(self.pools.codes)
            return {"system": system, "code": code}
        if name in ("id", "ids", "a", "b", "from", "to"):
            return self.rng.choice(self.pools.ids)
        drawn: dict[str, Any] = {
            "Int": self.rng.choice((0, 1, 2, 3, 3, 4)) if self._chance(0.95) else 201,
            "Float": self.rng.choice((0.0, 0.1, 0.3, 1)),
            "Boolean": self._chance(0.5),
            "Date": self.rng.choice(("2026-11-02", "2012-12-31", "1999-01-01", "no day")),
        }
        if type_.name in drawn:
            return drawn[type_.name]
        if name == "after":
            return self.rng.choice(self.pools.cursors)
        systems = sorted({system for system, _ in self.pools.codes})
        return self.rng.choice(systems if "system" in name else _TEXTS)


class _Name(str):
    """A name of an enum, written without quotes."""

    __slots__ = ()


def _of_field(type_: GraphQLInputType, name: str) -> GraphQLInputType:
    plain = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    assert isinstance(plain, GraphQLInputObjectType)
    inner: GraphQLInputType = plain.fields[name].type
    return inner


def _literal(value: object) -> str:
    if isinstance(value, _Name):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(_literal, value)) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k}: {_literal(v)}" for k, v in value.items()) + "}"
    return orjson.dumps(value).decode()


def _plain(value: object) -> object:
    """Return ``value`` as JSON brings it."""
    return orjson.loads(orjson.dumps([str(v) if isinstance(v, _Name) else v for v in [value]]))[0]
