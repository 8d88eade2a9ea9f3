"""Ariadne over the exported answers, with caches for parsed and validated documents."""

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from ariadne import InterfaceType, ObjectType, QueryType, UnionType, make_executable_schema
from ariadne.asgi import GraphQL
from graphql import DocumentNode, GraphQLError, parse, validate

_DATA = Path(os.environ["PEER_DATA"])
_CODES = orjson.loads((_DATA / "answers.json").read_bytes())
_MISS = {"__typename": "CodeMiss", "reason": "UNKNOWN_CODE", "message": "not exported"}

query = QueryType()
procedure, alternative = ObjectType("Procedure"), ObjectType("Alternative")


def _code(_parent: object, _info: object, ref: dict[str, str], **_other: object) -> object:
    return _CODES.get(f"{ref['system']} {ref['code']}", _MISS)


query.set_field("code", _code)


def _cut(field: str) -> Any:  # noqa: ANN401  a resolver
    def resolve(parent: dict[str, Any], _info: object, first: int = 200, **_other: object) -> Any:  # noqa: ANN401
        whole = parent[field]
        if len(whole["edges"]) <= first:
            return whole
        return {**whole, "edges": whole["edges"][:first]}

    return resolve


for name in ("indications", "personnel", "alternatives", "similar"):
    procedure.set_field(name, _cut(name))
alternative.set_field("procedures", _cut("procedures"))


def _type_name(value: dict[str, Any], *_arguments: object) -> str:
    return str(value["__typename"])


_schema = make_executable_schema(
    (_DATA / "schema.graphql").read_text(encoding="utf-8"),
    query,
    procedure,
    alternative,
    UnionType("CodeResult", _type_name),
    InterfaceType("Concept", _type_name),
    InterfaceType("Node", _type_name),
)


@lru_cache(maxsize=100)
def _parsed(text: str) -> DocumentNode:
    return parse(text)


@lru_cache(maxsize=100)
def _valid(document: DocumentNode) -> list[GraphQLError]:
    return validate(_schema, document)


def _parse(_context: object, data: dict[str, Any]) -> DocumentNode:
    return _parsed(data["query"])


def _validate(
    _schema: object, document: DocumentNode, *_rules: object, **_options: object
) -> list[GraphQLError]:
    return _valid(document)


app = GraphQL(_schema, query_parser=_parse, query_validator=_validate)
