"""The engine over a schema of its own: what runs, what is refused, what an error may say."""

import logging
import re
from datetime import date

import pytest
import strawberry
from strawberry.extensions import SchemaExtension

from service.errors import BadUserInputError, SnapshotError, StaleCursorError
from service.execution.engine import Answer, Engine, GraphQLRequest, Outcome


@strawberry.input
class Place:
    """An input object."""

    ward: str
    bed: int


@strawberry.type
class Room:
    """Something that leads on to itself."""

    number: int

    @strawberry.field
    def next(self) -> "Room":
        """Return the next room."""
        return Room(number=self.number + 1)


@strawberry.type
class Query:
    """Fields that answer, fail and refuse in all the ways a resolver can."""

    @strawberry.field
    def room(self, number: int = 1) -> Room:
        """Return a room."""
        return Room(number=number)

    @strawberry.field
    def bed(self, place: Place) -> str:
        """Return the name of a bed."""
        return f"{place.ward} {place.bed}"

    @strawberry.field
    def weekday(self, day: date) -> int:
        """Return the number of a day in its week."""
        return day.isoweekday()

    @strawberry.field
    def seen(self, info: strawberry.Info[str, None]) -> str:
        """Return the context, and the field as Strawberry's info names it."""
        return f"{info.context} in {info.field_name} with {info.variable_values}"

    @strawberry.field
    def limited(self, first: int) -> int | None:
        """Refuse ``first``."""
        raise BadUserInputError(f"first is {first}, and must be 0 to 200")

    @strawberry.field
    def stale(self) -> int | None:
        """Refuse a cursor."""
        raise StaleCursorError("The cursor is of another data version")

    @strawberry.field
    def damaged(self) -> int | None:
        """Fail with a typed error that was not written for clients."""
        raise SnapshotError("no such file: /srv/data/nodes.bin")

    @strawberry.field
    def broken(self) -> int | None:
        """Fail with words that nobody outside may read."""
        return {"secret": 1}["/srv/data"]

    @strawberry.field
    def absent(self) -> int:
        """Return nothing where the schema promises something."""
        return None  # type: ignore[return-value]  # the fault that the test is about

    @strawberry.field
    def mistyped(self) -> int:
        """Return an object where the schema promises a number."""
        return object()  # type: ignore[return-value]  # the fault that the test is about


@strawberry.type
class Mutation:
    """One mutation."""

    @strawberry.mutation
    def paint(self, colour: str) -> str:
        """Return the colour."""
        return colour


@pytest.fixture(scope="module")
def engine() -> Engine:
    """Return an engine over the schema of this module."""
    return Engine(strawberry.Schema(query=Query, mutation=Mutation))


def ask(engine: Engine, query: str, **parameters: object) -> Answer:
    """Return the answer to ``query``; parameters are those of ``GraphQLRequest``."""
    return engine.execute(GraphQLRequest(query, **parameters), context="ctx")  # type: ignore[arg-type]  # any parameter


def code(answer: Answer) -> object:
    """Return the code of the only error."""
    (error,) = answer.errors
    return error["extensions"]["code"]


def test_a_query_is_answered_with_data_alone(engine: Engine) -> None:
    """An answer without errors has no ``errors`` key."""
    assert ask(engine, "{ room(number: 3) { next { number } } }").payload() == {
        "data": {"room": {"next": {"number": 4}}}
    }


def test_resolvers_get_strawberrys_info(engine: Engine) -> None:
    """Context, field and plain variable values arrive as Strawberry's own execution gives them."""
    answer = ask(engine, "query($x: Int = 2) { seen room(number: $x) { number } }")
    assert answer.data is not None
    assert answer.data["seen"] == "ctx in seen with {'x': 2}"


def test_input_objects_reach_resolvers_as_their_class(engine: Engine) -> None:
    """Variables of an input type are converted to the Strawberry class."""
    answer = ask(
        engine,
        "query($place: Place!) { bed(place: $place) }",
        variables={"place": {"ward": "North", "bed": 7}},
    )
    assert answer.data == {"bed": "North 7"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "GRAPHQL_PARSE_FAILED"),
        ("{ room", "GRAPHQL_PARSE_FAILED"),
        ("\x00", "GRAPHQL_PARSE_FAILED"),
        ('{ bed(place: {ward: "\\ud800", bed: 1}) }', "GRAPHQL_PARSE_FAILED"),
        ("{ attic }", "GRAPHQL_VALIDATION_FAILED"),
        ("fragment A on Room { number }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ room(number: 1.5) { number } }", "GRAPHQL_VALIDATION_FAILED"),
        ("query($x: Int!) { room(number: $x) { number } }", "BAD_USER_INPUT"),
        ("query A { seen } query B { seen }", "BAD_USER_INPUT"),
    ],
)
def test_a_request_error_has_its_code_and_no_data(
    engine: Engine, query: str, expected: str
) -> None:
    """Each kind of request error is told apart, and none of them has a ``data`` key."""
    answer = ask(engine, query)
    assert answer.outcome is Outcome.REFUSED
    assert code(answer) == expected
    assert "data" not in answer.payload()


def test_a_name_chooses_among_operations(engine: Engine) -> None:
    """The named operation runs, and the others do not."""
    query = "query A { room { number } } query B { seen }"
    assert ask(engine, query, operation_name="A").data == {"room": {"number": 1}}


def test_an_unknown_operation_name_is_refused(engine: Engine) -> None:
    """Nothing runs under a name that the document does not have."""
    answer = ask(engine, "query A { seen }", operation_name="B")
    assert answer.outcome is Outcome.REFUSED
    assert code(answer) == "BAD_USER_INPUT"


@pytest.mark.parametrize("value", [None, "x", 2**31, [1, 2], {"a": 1}, 1.5])
def test_variables_that_cannot_be_coerced_are_a_request_error(
    engine: Engine, value: object
) -> None:
    """No field is reached with a variable of the wrong type."""
    answer = ask(engine, "query($x: Int!) { room(number: $x) { number } }", variables={"x": value})
    assert answer.outcome is Outcome.REFUSED
    assert code(answer) == "BAD_USER_INPUT"


def test_a_custom_scalar_that_cannot_be_read_is_the_clients_error(engine: Engine) -> None:
    """A date that is none is refused before a resolver sees it."""
    query = "query($d: Date!) { weekday(day: $d) }"
    assert code(ask(engine, query, variables={"d": "2012-13-31"})) == "BAD_USER_INPUT"


def test_null_for_a_required_item_of_a_literal_is_the_clients_error(engine: Engine) -> None:
    """An argument that fails only with its variable's value is a field error, not a fault."""
    query = 'query($b: Int = 1) { bed(place: {ward: "North", bed: $b}) }'
    answer = ask(engine, query, variables={"b": None})
    assert answer.outcome is Outcome.EXECUTED
    assert code(answer) == "BAD_USER_INPUT"


def test_a_resolvers_refusal_is_a_field_error_with_path_and_code(engine: Engine) -> None:
    """The message was written for the client; the other fields are answered."""
    answer = ask(engine, "{ a: limited(first: -1) room { number } }")
    assert answer.payload() == {
        "errors": [
            {
                "message": "first is -1, and must be 0 to 200",
                "extensions": {"code": "BAD_USER_INPUT"},
                "locations": [{"line": 1, "column": 3}],
                "path": ["a"],
            }
        ],
        "data": {"a": None, "room": {"number": 1}},
    }


def test_each_error_class_shows_its_own_code(engine: Engine) -> None:
    """The error tree decides what ``extensions.code`` says."""
    assert code(ask(engine, "{ stale }")) == "STALE_CURSOR"


@pytest.mark.parametrize("field", ["broken", "damaged", "absent", "mistyped"])
def test_a_fault_is_masked_and_logged_under_one_id(
    engine: Engine, caplog: pytest.LogCaptureFixture, field: str
) -> None:
    """The client reads an id and nothing else; the log has it with the traceback."""
    with caplog.at_level(logging.ERROR):
        (error,) = ask(engine, f"{{ {field} }}").errors
    error_id = error["extensions"]["errorId"]
    assert error["message"] == f"Internal error (id {error_id})"
    assert error["extensions"]["code"] == "INTERNAL"
    assert re.fullmatch(r"[0-9a-f]{16}", error_id)
    (record,) = caplog.records
    assert error_id in record.getMessage()
    assert record.exc_info


def test_data_lost_to_a_field_error_is_null_and_not_left_out(engine: Engine) -> None:
    """An operation that ran has ``data``, also where a null reached the root."""
    payload = ask(engine, "{ absent }").payload()
    assert payload["data"] is None


def test_only_queries_run_where_only_queries_may(engine: Engine) -> None:
    """A mutation is told apart from an error, so that HTTP can name the method it needs."""
    request = GraphQLRequest('mutation { paint(colour: "red") }')
    assert engine.execute(request, context=None, query_only=True).outcome is Outcome.NOT_A_QUERY
    assert engine.execute(request, context=None).data == {"paint": "red"}


@pytest.mark.parametrize(
    "query",
    [
        "{ room " + "{ next " * 3_000 + "{ number }" + "}" * 3_001,
        "{ room(number: " + "[" * 3_000 + "]" * 3_000 + ") { number } }",
        "query($x: " + "[" * 3_000 + "Int" + "]" * 3_000 + ") { seen }",
    ],
    ids=["selections", "lists", "types"],
)
def test_nesting_beyond_the_interpreter_is_a_parse_error(engine: Engine, query: str) -> None:
    """Three thousand levels of anything are refused in words, and the engine lives on."""
    answer = ask(engine, query)
    assert code(answer) == "GRAPHQL_PARSE_FAILED"
    assert "nested too deeply" in answer.errors[0]["message"]
    assert ask(engine, "{ room { number } }").data == {"room": {"number": 1}}


def test_fragments_that_nest_too_deeply_are_a_validation_error(engine: Engine) -> None:
    """A chain of a thousand fragments is refused before it runs."""
    chain = " ".join(f"fragment F{i} on Room {{ next {{ ...F{i + 1} }} }}" for i in range(1_000))
    query = f"{{ room {{ ...F0 }} }} {chain} fragment F1000 on Room {{ number }}"
    answer = ask(engine, query)
    assert answer.outcome is Outcome.REFUSED
    assert code(answer) == "GRAPHQL_VALIDATION_FAILED"


def test_a_number_of_five_thousand_digits_is_refused_in_words(engine: Engine) -> None:
    """A literal that Python would not even convert is a request error."""
    answer = ask(engine, "{ room(number: " + "9" * 5_000 + ") { number } }")
    assert answer.outcome is Outcome.REFUSED


def test_a_schema_with_strawberry_extensions_is_turned_down() -> None:
    """What the engine would silently not run, it does not accept."""

    class Extension(SchemaExtension):
        """Does nothing."""

    schema = strawberry.Schema(query=Query, extensions=[Extension])
    with pytest.raises(ValueError, match="extensions"):
        Engine(schema)


def test_the_sdl_is_strawberrys(engine: Engine) -> None:
    """The schema's text comes from the same schema that answers."""
    assert "room(number: Int! = 1): Room!" in engine.sdl
