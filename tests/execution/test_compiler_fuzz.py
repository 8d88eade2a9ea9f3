"""The compiler's licence: drawn operations are answered as graphql-core answers them, byte by byte.

``make fuzz`` draws 10,000. A failing operation is printed with its number; what it showed becomes
a test with a name in ``test_compiler.py``.
"""

import os
import re
from pathlib import Path

import orjson
import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, parse

from service.execution.engine import Engine, GraphQLRequest
from service.schema.context import RequestContext
from service.schema.query import create_schema
from service.store.memory import MemoryStore
from tests.asking import TODAY
from tests.execution.random_operations import Pools, random_request

COUNT = int(os.environ.get("MEDCODEGRAPH_FUZZ", "400"))
FIRST = int(os.environ.get("MEDCODEGRAPH_FUZZ_SEED", "0"))

_ERROR_ID = re.compile(rb"[0-9a-f]{16}")


@pytest.fixture(scope="module")
def pools(store: MemoryStore) -> Pools:
    """Return ids of every kind, codes good and bad, and cursors good and bad."""
    every: list[str] = [concept.id for concept in store.concepts_at(range(store.node_count))]
    kinds = ("personnel:", "alternative:", "facet:")
    ids = every[::997] + [one for one in every if one.startswith(kinds)][::50]
    ids += ["CPT4:90853", "ICD10PCS:0FT44ZZ", "ICD10CM:F32.A", "ICD10CM:I10", "nobody", ""]
    codes = [
        ("CPT4", "90853"), ("ICD10PCS", "0FT44ZZ"), ("icd-10-cm", "f32a"), ("ICD10CM", "I10"),
        ("ICD10CM", "90853"), ("LOINC", "1-8"), ("ICD10CM", "Q99.Z"), ("HCPCS", "E0601"),
        ("ICD10CM", "A00"), ("ICD10PCS", "psychotherapy"),
    ]  # fmt: skip
    return Pools(ids, codes, ["", "bm9uc2Vuc2U=", *_cursors(store)])


def _cursors(store: MemoryStore) -> list[str]:
    query = '{ node(id: "ICD10CM:F32.A") { ... on Condition { similar { edges { cursor } } } } }'
    context = RequestContext(store=store, loaded_at="", today=TODAY)
    data = Engine(create_schema()).execute(GraphQLRequest(query), context=context).data
    assert data is not None
    return [edge["cursor"] for edge in data["node"]["similar"]["edges"][:2]]


def test_drawn_operations_are_answered_alike(store: MemoryStore, pools: Pools) -> None:
    """Compiled, compiled with parts kept from before, and interpreted: the same bytes."""
    schema = create_schema()
    core: GraphQLSchema = schema._schema
    interpreting = Engine(schema, compiled=False, answer_bytes=0)
    compiling = Engine(schema, answer_bytes=0, compiled_at_use=1)
    context = RequestContext(store=store, loaded_at="2026-11-02T00:00:00Z", today=TODAY)
    print(f"operations {FIRST} to {FIRST + COUNT - 1}")  # noqa: T201  the seeds
    for seed in range(FIRST, FIRST + COUNT):
        request = random_request(core, pools, seed)
        expected = _body(interpreting, request, context)
        for way in ("alone", "parts kept", "parts found"):
            version = None if way == "alone" else context.version
            found = _body(compiling, request, context, version)
            assert found == expected, f"{seed}, {way}:\n{request.query}\n{request.variables}"
    counts = compiling.counts
    print(counts)  # noqa: T201  how much of it was compiled
    assert counts.refused < 0.75 * COUNT  # three ways each: most drawn operations are valid
    assert counts.compiled > counts.fell_back > 0
    assert counts.interpreted == 0


REALISTIC = Path(__file__).parents[1] / "data" / "realistic.graphql"
_CODE_REFS = {
    "TwoCodes": {"a": {"system": "CPT4", "code": "90853"}, "b": {"system": "X", "code": "1"}}
}


def test_what_people_ask_is_compiled(store: MemoryStore) -> None:
    """At least 95 of 100 operations of a corpus, all of them answered as graphql-core would."""
    schema = create_schema()
    text = REALISTIC.read_text(encoding="utf-8")
    known = orjson.loads(REALISTIC.with_suffix(".variables.json").read_bytes())
    context = RequestContext(store=store, loaded_at="2026-11-02T00:00:00Z", today=TODAY)
    compiling = Engine(schema, answer_bytes=0, compiled_at_use=1)
    interpreting = Engine(schema, answer_bytes=0, compiled=False)
    operations = [n for n in parse(text).definitions if isinstance(n, OperationDefinitionNode)]
    for operation in operations:
        assert operation.name is not None
        variables = {**known, **_CODE_REFS.get(operation.name.value, {})}
        request = GraphQLRequest(text, variables, operation.name.value)
        answers = [
            engine.execute(request, context=context, version=context.version)
            for engine in (interpreting, compiling, compiling)
        ]
        assert answers[0].errors == (), operation.name.value
        assert len({answer.body() for answer in answers}) == 1, operation.name.value
    assert compiling.counts.compiled >= 2 * 0.95 * len(operations)
    assert compiling.counts.fell_back == 0


def _body(
    engine: Engine, request: GraphQLRequest, context: RequestContext, version: object = None
) -> bytes:
    answer = engine.execute(request, context=context, version=version)
    assert list(answer.payload()) == list(orjson.loads(answer.body()))
    return _ERROR_ID.sub(b"-", answer.body()) if answer.errors else answer.body()
