"""Paging: the same list in any page size, and cursors that are checked."""

import base64
from typing import Any

import pytest

from tests.asking import Asker

CHILDREN = """query($first: Int, $after: String) { node(id: "ICD10CM:F32") { ... on Condition {
  children(first: $first, after: $after) { totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { id } } } } } }"""
SEARCH = """query($first: Int, $after: String) { search(text: "gallbladder", first: $first,
  after: $after) { totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  edges { cursor node { id } } } }"""
SIMILAR = """query($first: Int, $after: String) { node(id: "CPT4:90804") { ... on Procedure {
  similar(first: $first, after: $after, minScore: 0.1) { totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { id } } } } } }"""


def _connection(data: dict[str, Any]) -> dict[str, Any]:
    while "edges" not in data:
        (data,) = data.values()
    return data


@pytest.mark.parametrize(("query", "size"), [(CHILDREN, 2), (SEARCH, 50), (SIMILAR, 3)])
def test_short_pages_make_up_the_long_one(ask: Asker, query: str, size: int) -> None:
    """Following endCursor to the end meets every entry once, in one order."""
    shown: list[dict[str, Any]] = []
    after, more = None, True
    while more:
        page = _connection(ask(query, first=size, after=after))
        info = page["pageInfo"]
        assert info["hasPreviousPage"] == bool(shown)
        assert info["startCursor"] == page["edges"][0]["cursor"]
        shown += page["edges"]
        after, more = info["endCursor"], info["hasNextPage"]
    whole = _connection(ask(query, first=200, after=None))
    assert shown[:200] == whole["edges"]
    assert len(shown) == whole["totalCount"] > size


def test_a_page_of_none_still_counts(ask: Asker) -> None:
    """Who wants only the total asks for nothing else."""
    page = _connection(ask(CHILDREN, first=0))
    assert page["edges"] == []
    assert page["totalCount"] == 9
    assert page["pageInfo"]["hasNextPage"]


@pytest.mark.parametrize("first", [-1, 201, None])
@pytest.mark.parametrize("query", [CHILDREN, SEARCH, SIMILAR])
def test_first_is_zero_to_two_hundred(ask: Asker, query: str, first: int | None) -> None:
    """Anything else, null too, is refused instead of being bent."""
    assert ask.refusal(query, first=first) == "BAD_USER_INPUT"


def _remade(cursor: str, **parts: str) -> str:
    """Return ``cursor`` with another version, place or list."""
    names = ("version", "place", "list")
    texts = base64.urlsafe_b64decode(cursor).decode().split("|", 2)
    made = "|".join(parts.get(name, text) for name, text in zip(names, texts, strict=True))
    return base64.urlsafe_b64encode(made.encode()).decode()


def test_a_cursor_is_good_for_its_own_list_and_data_only(ask: Asker) -> None:
    """Garbage, a negative place, another list: refused; other data: begin again."""
    cursor = _connection(ask(CHILDREN, first=1))["pageInfo"]["endCursor"]
    foreign = _connection(ask(SEARCH, first=1))["pageInfo"]["endCursor"]
    bad = ["junk", "ééé", foreign, _remade(cursor, place="-5"), _remade(cursor, place="1e3")]
    for after in bad:
        assert ask.refusal(CHILDREN, first=1, after=after) == "BAD_USER_INPUT"
    stale = _remade(cursor, version="0" * 16)
    assert ask.refusal(CHILDREN, first=1, after=stale) == "STALE_CURSOR"
