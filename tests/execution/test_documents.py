"""Documents: prepared once, kept within bounds."""

from dataclasses import replace

import pytest
from graphql import GraphQLSchema, build_schema
from hypothesis import given
from hypothesis import strategies as st

from service.execution.documents import Document, DocumentCache, prepare


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    """Return a schema of one field."""
    return build_schema("type Query { word: String }")


def _document(text: str) -> Document:
    return prepare(text, build_schema("type Query { word: String }"))


def test_a_document_knows_its_only_operation(schema: GraphQLSchema) -> None:
    """No name is needed where there is nothing to choose."""
    plan = prepare("query Words { word }", schema).plan(None)
    assert plan is not None
    assert plan.operation.name is not None
    assert plan.operation.name.value == "Words"


def test_two_operations_need_a_name(schema: GraphQLSchema) -> None:
    """The first of two is not taken for the only one."""
    document = prepare("query A { word } query B { word }", schema)
    assert document.plan(None) is None
    assert document.plan("B") is not None


def test_what_was_used_last_stays() -> None:
    """The document that was not asked for longest is the one to go."""
    cache = DocumentCache(max_entries=2, max_text=1_000)
    first, second, third = (_document(f"{{ {name}: word }}") for name in "abc")
    cache.add(first)
    cache.add(second)
    assert cache.get(first.text) is first
    cache.add(third)
    assert cache.get(second.text) is None
    assert cache.get(first.text) is first


def test_a_text_larger_than_the_cache_drives_nothing_out() -> None:
    """One huge document costs the others nothing."""
    cache = DocumentCache(max_entries=10, max_text=20)
    small = _document("{ word }")
    cache.add(small)
    cache.add(_document("{ word " + "#" * 50 + "\n}"))
    assert cache.get(small.text) is small
    assert len(cache) == 1


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=6)))
def test_the_bounds_hold_after_every_addition(names: list[str]) -> None:
    """Neither the entries nor their text ever outgrow what was set."""
    cache = DocumentCache(max_entries=3, max_text=40)
    kept: dict[str, None] = {}
    for name in names:
        document = replace(_document("{ word }"), text=f"{{ {name}: word }}")
        cache.add(document)
        kept[document.text] = None
        held = [text for text in kept if cache.get(text) is not None]
        assert len(held) == len(cache) <= 3
        assert sum(map(len, held)) <= 40
