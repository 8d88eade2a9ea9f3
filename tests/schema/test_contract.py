"""What clients are written against: the schema's file, its descriptions, its main signatures."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLUnionType,
    InputValueDefinitionNode,
    build_schema,
    is_introspection_type,
    is_specified_scalar_type,
    print_ast,
)

from service.schema.query import create_schema

SDL = create_schema().as_str()
SCHEMA = build_schema(SDL)
WRITTEN = Path(__file__).parents[2] / "schema.graphql"


def _own_types() -> list[GraphQLNamedType]:
    return [
        named
        for named in SCHEMA.type_map.values()
        if not is_introspection_type(named) and not is_specified_scalar_type(named)
    ]


def _described() -> Iterator[tuple[str, str | None]]:
    """Yield every type, field and argument with its description."""
    for named in _own_types():
        yield named.name, named.description
        if isinstance(named, GraphQLObjectType | GraphQLInterfaceType):
            for name, field in named.fields.items():
                yield f"{named.name}.{name}", field.description
                for argument, about in field.args.items():
                    yield f"{named.name}.{name}({argument}:)", about.description
        elif isinstance(named, GraphQLInputObjectType):
            for name, given in named.fields.items():
                yield f"{named.name}.{name}", given.description


def test_the_schema_file_is_what_the_code_says() -> None:
    """Where this fails, run ``make schema`` and look at the difference."""
    assert WRITTEN.read_text(encoding="utf-8") == f"{SDL}\n"


def test_everything_has_a_description() -> None:
    """GraphiQL is where most people learn what a field means."""
    assert [place for place, description in _described() if not description] == []


def _signature(type_name: str, field_name: str) -> str:
    owner = SCHEMA.type_map[type_name]
    assert isinstance(owner, GraphQLObjectType)
    field = owner.fields[field_name]
    arguments = ", ".join(
        print_ast(
            InputValueDefinitionNode(
                name=node.name, type=node.type, default_value=node.default_value
            )
        )
        for argument in field.args.values()
        if (node := argument.ast_node) is not None
    )
    return f"({arguments}): {field.type}" if arguments else str(field.type)


@pytest.mark.parametrize(
    ("place", "signature"),
    [
        ("Query.code", "(ref: CodeRef!, asOf: Date): CodeResult!"),
        ("Query.codes", "(refs: [CodeRef!]!, asOf: Date): [CodeResult!]!"),
        ("Query.node", "(id: ID!): Node"),
        ("Query.nodes", "(ids: [ID!]!): [Node]!"),
        (
            "Query.search",
            "(text: String!, kinds: [ConceptKind!], systems: [String!], "
            "includeRetired: Boolean = true, first: Int = 10, after: String): SearchConnection!",
        ),
        ("Query.explainSimilarity", "(a: ID!, b: ID!): SimilarityExplanation"),
        (
            "Query.paths",
            "(from: ID!, to: ID!, relations: [Relation!], maxHops: Int = 4, first: Int = 3): "
            "[Path!]!",
        ),
        (
            "Query.neighborhood",
            "(id: ID!, depth: Int = 1, relations: [Relation!], maxNodes: Int = 200): Subgraph!",
        ),
        ("Query.annotate", "(text: String!, kinds: [ConceptKind!]): [Annotation!]!"),
        ("Query.graph", "GraphInfo!"),
        (
            "Procedure.similar",
            "(first: Int = 10, after: String, minScore: Float = 0, systems: [String!], "
            "via: [Relation!], includeRetired: Boolean = false): SimilarConnection!",
        ),
        ("Procedure.indications", "(first: Int = 20, after: String): IndicationConnection!"),
        (
            "Condition.indicatedFor",
            "(first: Int = 20, after: String, includeNarrower: Boolean = true): "
            "IndicationConnection!",
        ),
        ("Condition.children", "(first: Int = 50, after: String): ConceptConnection!"),
    ],
)
def test_the_main_signatures_stand(place: str, signature: str) -> None:
    """A changed default or a lost null breaks clients without any error here."""
    type_name, field_name = place.split(".")
    assert _signature(type_name, field_name) == signature


def test_a_code_is_a_procedure_a_condition_or_a_miss() -> None:
    """Clients spread fragments on these three names."""
    result = SCHEMA.type_map["CodeResult"]
    assert isinstance(result, GraphQLUnionType)
    assert [member.name for member in result.types] == ["Procedure", "Condition", "CodeMiss"]
