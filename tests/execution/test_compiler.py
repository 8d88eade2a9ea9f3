"""Compiled operations: what is compiled, what falls back, and that nobody can tell from outside."""

import math
import re
from dataclasses import dataclass
from enum import Enum
from typing import Annotated

import pytest
import strawberry
from graphql import GraphQLSchema, OperationDefinitionNode, parse
from graphql.execution.values import VariableValues

from service.execution import compiler
from service.execution.compiler import compile_operation
from service.execution.engine import Answer, Engine, GraphQLRequest
from service.schema.query import create_schema

CALLS: list[str] = []


@strawberry.enum
class Colour(Enum):
    """Values differ from names."""

    RED = "r"
    BLUE = "b"


@strawberry.input
class Wish:
    """An input with a default and one without."""

    word: str
    times: int = 2
    colour: Colour | None = None


@strawberry.interface
class Thing:
    """An interface."""

    name: str


@strawberry.type
class Cup(Thing):
    """One that is kept by its name."""

    @property
    def same_as(self) -> str:
        """Return what tells it from others."""
        return self.name

    @strawberry.field
    def story(self, info: strawberry.Info, first: int = 1) -> list[str]:
        """Return something that has to be fetched."""
        CALLS.append(f"{self.name} {info.field_name} {first}")
        return [f"{self.name} {n}" for n in range(first)]


@strawberry.type
class Box(Thing):
    """One that holds others."""

    colour: Colour
    weight: float | None
    things: list[Thing | None]


def _box(weight: float | None = 1.5) -> Box:
    return Box(
        name="box", colour=Colour.BLUE, weight=weight, things=[Cup(name="cup"), None, Cup(name="c")]
    )


@strawberry.type
class Query:
    """Fields of every sort."""

    @strawberry.field
    def thing(self, name: str = "box") -> Thing:
        """Return a thing by its interface."""
        return Cup(name=name) if name != "box" else _box()

    @strawberry.field
    def either(self, number: int) -> Annotated[Cup | Box, strawberry.union("CupOrBox")]:
        """Return one of a union."""
        return Cup(name="u") if number else _box()

    @strawberry.field
    def heavy(self, weight: float) -> Box | None:
        """Return a box of any weight, also none that JSON can write."""
        return _box(math.inf if weight < 0 else weight)

    @strawberry.field
    def wished(self, wish: Wish) -> str:
        """Return a wish in words."""
        return f"{wish.word * wish.times} {wish.colour}"

    @strawberry.field
    def wishes(self, all: list[Wish | None] | None = strawberry.UNSET) -> str:  # noqa: A002
        """Return wishes in words."""
        return repr(all)

    @strawberry.field
    def lengths(self, words: list[str] | None = None, least: float | None = 0.5) -> list[float]:
        """Return numbers."""
        return [float(len(word)) for word in words or [] if len(word) > (least or 0)]

    @strawberry.field
    def many(self, info: strawberry.Info) -> str:
        """Read more of info than a compiled operation has."""
        return str(sorted(info.variable_values))

    @strawberry.field
    def broken(self, at: int = 0) -> str | None:
        """Fail."""
        return str(1 // at)

    @strawberry.field
    def nest(self) -> "Nest":
        """Return something without an end."""
        return Nest()


@strawberry.type
class Nest:
    """One that holds another."""

    name: str = "nest"

    @strawberry.field
    def nest(self) -> "Nest":
        """Return another."""
        return Nest()


@dataclass(frozen=True)
class Both:
    """An engine that compiles and one that does not, over one schema."""

    compiling: Engine
    interpreting: Engine

    def __call__(self, query: str, **variables: object) -> bytes:
        """Return the answer that both give, to the byte."""
        return self.named(None, query, **variables)

    def named(self, operation: str | None, query: str, **variables: object) -> bytes:
        """Return the answer that both give to one operation of a document."""
        request = GraphQLRequest(query, variables, operation)
        expected = _masked(self.interpreting.execute(request, context=None))
        for version in (None, "v", "v"):
            answer = self.compiling.execute(request, context=None, version=version)
            assert _masked(answer) == expected
        return expected


def _masked(answer: Answer) -> bytes:
    """Return the body without the random ids of internal errors."""
    return re.sub(rb"[0-9a-f]{16}", b"-", answer.body())


@pytest.fixture
def both() -> Both:
    """Return two fresh engines."""
    schema = strawberry.Schema(query=Query, types=[Cup, Box])
    return Both(
        Engine(schema, answer_bytes=0, compiled_at_use=1),
        Engine(schema, answer_bytes=0, compiled=False),
    )


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{ thing { __typename name ... on Box { colour weight things { name } } } }", {}),
        ("{ either(number: 0) { __typename ... on Box { n: name } } }", {}),
        ("query($n: Int!) { either(number: $n) { ... on Cup { story(first: 2) } } }", {"n": 1}),
        ("{ a: thing { name } b: thing { ...F } } fragment F on Thing { name name }", {}),
        ("query($s: Boolean!) { thing { name @skip(if: $s) id: name } }", {"s": True}),
        ("query($s: Boolean = true) { thing { name @include(if: $s) } }", {}),
        ("query($w: Wish!) { wished(wish: $w) }", {"w": {"word": "a", "times": 2}}),
        ("query($w: Wish!) { wished(wish: $w) }", {"w": {"word": "a"}}),
        ("query($x: String!) { wished(wish: {word: $x, colour: RED}) }", {"x": "o"}),
        ('{ wishes(all: [{word: "a"}, null]) }', {}),
        ("query($all: [Wish]) { wishes(all: $all) }", {"all": {"word": "one"}}),
        ("query($all: [Wish]) { wishes(all: $all) }", {}),
        ("query($all: [Wish]) { wishes(all: $all) }", {"all": None}),
        ("query($w: [String!]) { lengths(words: $w) }", {"w": ["a", "bcd"]}),
        ("query($l: Float) { lengths(words: \"ab\", least: $l) }", {"l": 1}),
        ("query($l: Float = 3) { lengths(words: \"ab\", least: $l) }", {}),
        ("query($c: Colour!) { wished(wish: {word: \"a\", colour: $c}) }", {"c": "BLUE"}),
        ("query($n: Int!) { either(number: $n) { __typename } }", {"n": 2.0}),
    ],
)  # fmt: skip
def test_plain_successes_are_compiled(both: Both, query: str, variables: dict[str, object]) -> None:
    """None of these needs graphql-core, but for a whole number written as a fraction."""
    both(query, **variables)
    odd = 3 * (variables == {"n": 2.0})
    assert both.compiling.counts.compiled == 3 - odd
    assert both.compiling.counts.fell_back == odd


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{ broken }", {}),
        ("query($a: Int) { broken(at: $a) thing { name } }", {"a": 0}),
        ("{ many }", {}),
        ("{ heavy(weight: -1) { weight } }", {}),
        ("query($n: Int!) { either(number: $n) { __typename } }", {"n": "one"}),
        ("query($n: Int!) { either(number: $n) { __typename } }", {}),
        ("query($w: Wish!) { wished(wish: $w) }", {"w": {"word": "a", "wrong": 2}}),
        ("query($c: Colour!) { wished(wish: {word: \"a\", colour: $c}) }", {"c": "GREEN"}),
    ],
)  # fmt: skip
def test_all_else_is_told_by_graphql_core(
    both: Both, query: str, variables: dict[str, object]
) -> None:
    """Errors, nulls where none may be, odd variables: the specified answer, and counted."""
    both(query, **variables)
    assert both.compiling.counts.fell_back == 3
    assert both.compiling.counts.compiled == 0


@pytest.mark.parametrize(
    "query", ["{ __schema { queryType { name } } }", '{ __type(name: "X") { name } }']
)
def test_introspection_is_left_to_graphql_core(both: Both, query: str) -> None:
    """It is rare, and the compiler stays small."""
    both(query)
    assert both.compiling.counts.interpreted == 3


def test_what_depends_on_its_object_alone_is_fetched_once(both: Both) -> None:
    """Kept parts are found again by other requests of one version, and by no other version."""
    query = "query($n: String!) { thing(name: $n) { ... on Cup { story(first: 2) name } } }"
    CALLS.clear()
    for version, name in (("v", "a"), ("v", "a"), ("v", "b"), ("w", "a"), (None, "a"), (None, "a")):
        request = GraphQLRequest(query, {"n": name})
        answer = both.compiling.execute(request, context=None, version=version)
        assert answer.data == {"thing": {"story": [f"{name} 0", f"{name} 1"], "name": name}}
    assert CALLS == ["a story 2", "b story 2", "a story 2", "a story 2", "a story 2"]


def test_what_depends_on_a_variable_is_fetched_anew(both: Both) -> None:
    """A kept part never answers for another value of a variable."""
    query = 'query($f: Int!) { thing(name: "a") { ... on Cup { story(first: $f) s: story } } }'
    CALLS.clear()
    for first in (1, 2):
        request = GraphQLRequest(query, {"f": first})
        both.compiling.execute(request, context=None, version="v")
    assert CALLS == ["a story 1", "a story 1", "a story 2"]


def test_an_operation_is_compiled_for_each_set_of_conditions(both: Both) -> None:
    """Up to a bound: a client that tries all combinations does not fill the memory."""
    names = [f"v{n}" for n in range(5)]
    declared = ", ".join(f"${name}: Boolean!" for name in names)
    fields = " ".join(f"{name}: thing @include(if: ${name}) {{ name }}" for name in names)
    for number in range(32):
        both(
            f"query({declared}) {{ {fields} }}",
            **{name: bool(number >> n & 1) for n, name in enumerate(names)},
        )
    assert both.compiling.counts.compiled == 3 * 16
    assert both.compiling.counts.interpreted == 3 * 16


@pytest.mark.parametrize("depth", [45, 60, 110, 300])
def test_nesting_that_exhausts_graphql_core_is_not_compiled(both: Both, depth: int) -> None:
    """Where it runs out of stack depends on who called it: no other way may answer instead."""
    both("{ " + "nest { " * depth + "name" + " }" * depth + " }")
    assert bool(both.compiling.counts.compiled) == (depth < 50)


def test_nesting_counts_through_fragments(both: Both) -> None:
    """A fragment that is spread deep down is as deep as where it is spread."""
    deep = "nest { " * 30 + "name" + " }" * 30
    both(f"{{ {'nest { ' * 30} ...Deep {' }' * 30} }} fragment Deep on Nest {{ {deep} }}")
    assert both.compiling.counts.compiled == 0


def test_a_condition_that_is_null_spoils_no_other_request(both: Both) -> None:
    """It is an error of that request alone, whichever came first."""
    query = "query($b: Boolean = true) { thing { name @include(if: $b) } }"
    for value in (None, True, None, False):
        both(query, b=value)
    both(query)
    assert (both.compiling.counts.compiled, both.compiling.counts.interpreted) == (9, 6)


def test_variables_of_other_operations_are_no_conditions(both: Both) -> None:
    """Two operations of one document may use one name for different things."""
    query = """query A($x: Boolean!) { thing { name @include(if: $x) } }
        query B($x: Wish!) { wished(wish: $x) }
        query C($x: Int!) { either(number: $x) { __typename } }"""
    for number in range(20):
        both.named("C", query, x=number)
    both.named("B", query, x={"word": "a"})
    both.named("A", query, x=False)
    assert both.compiling.counts.fell_back == 0
    assert both.compiling.counts.compiled == 3 * 22


def test_compiled_operations_take_no_more_memory_than_they_may() -> None:
    """Where there is no room they are compiled anew, and answer the same."""
    schema = strawberry.Schema(query=Query, types=[Cup, Box])
    sizes = (1 << 20, 120_000)
    roomy, narrow = (Engine(schema, compiled_at_use=1, compiled_bytes=size) for size in sizes)
    for engine in (roomy, narrow):
        for number in [*range(30), *range(30)]:
            answer = engine.execute(
                GraphQLRequest(f"{{ thing {{ a{number}: name }} }}"), context=None
            )
            assert answer.data == {"thing": {f"a{number}": "box"}}
        assert engine.counts.compiled == 60
    assert len(roomy._variants) == 30
    assert 0 < len(narrow._variants) < 30


def test_an_operation_that_is_sent_once_is_not_compiled() -> None:
    """Compiling pays from the second use on, and a setting turns it off."""
    schema = strawberry.Schema(query=Query, types=[Cup, Box])
    engine = Engine(schema)
    never = Engine(schema, compiled=False)
    for _ in range(3):
        for one in (engine, never):
            one.execute(GraphQLRequest("{ thing { name } }"), context=None)
    assert (engine.counts.interpreted, engine.counts.compiled) == (1, 2)
    assert (never.counts.interpreted, never.counts.compiled) == (3, 0)


def test_equal_requests_share_an_answer() -> None:
    """Whole answers are kept, but never one with errors, and for one version of the data."""
    engine = Engine(strawberry.Schema(query=Query, types=[Cup, Box]))
    query = "query($a: Int, $b: Int) { broken(at: $a) b: broken(at: $b) }"

    def ask(version: str | None, **variables: object) -> str | None:
        request = GraphQLRequest(query, variables)
        return engine.execute(request, context=None, version=version).tag

    tag = ask("v", a=1, b=2)
    assert tag is not None
    assert ask("v", b=2, a=1) == tag
    assert engine.counts.kept == 0  # what was asked for once is not kept
    assert ask("v", a=1, b=2) == tag
    assert engine.counts.kept == 1
    assert ask("w", a=1, b=2) not in (tag, None)
    assert ask("v", a=1, b=3) not in (tag, None)
    assert ask("v", a=0) is None
    assert ask("v", a=0) is None
    assert ask(None, a=1, b=2) is None
    assert engine.counts.kept == 1


def test_the_example_of_the_compiler_is_what_it_writes() -> None:
    """Whoever learns from its docstring how functions look is not misled."""
    text = "query($ref: CodeRef!){ code(ref: $ref) { ... on Procedure { id duration { text } } } }"
    core: GraphQLSchema = create_schema()._schema
    document = parse(text)
    (operation,) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    source = compile_operation(core, document, operation, VariableValues({}, {})).source
    shown = (compiler.__doc__ or "").split("::")[1].split("(The functions")[0]
    wanted = [_squeezed(one) for one in re.split(r"\n\n", shown) if one.strip()]
    assert len(wanted) == 4
    for one in wanted:
        assert one in _squeezed(source), source


def _squeezed(text: str) -> str:
    """Return code without blanks and last commas, kept parts all under one number."""
    return re.sub(r"k=\(\d+,", "k=(7,", re.sub(r"\s+", "", text)).replace(",}", "}")


def test_response_keys_that_are_python_words_are_data(both: Both) -> None:
    """Aliases reach the text of a function as strings and nowhere else."""
    both("{ None: thing { class: name o: name q: name k: name x0: name __import__: name } }")
    assert both.compiling.counts.compiled == 3
