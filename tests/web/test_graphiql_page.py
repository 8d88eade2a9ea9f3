"""The GraphiQL page as HTML, and the examples that it opens with."""

import html
import json
import re
from pathlib import Path

import httpx2
import pytest

from service.web.graphiql import read_examples
from tests.web.loopback import EXAMPLE, SECOND_EXAMPLE

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"


@pytest.fixture(scope="module")
def page(client: httpx2.Client) -> str:
    """Return the page as a browser gets it."""
    response = client.get("/graphql", headers={"Accept": BROWSER})
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return response.text


def test_the_code_page_is_the_first_example(operations: Path) -> None:
    """Whatever the file names, the page query comes first, with its variables."""
    first, second = read_examples(operations)
    assert first.query == EXAMPLE
    assert first.variables == '{"name": "reader"}'
    assert second.query == SECOND_EXAMPLE
    assert second.variables is None


def test_the_examples_travel_in_the_page(page: str) -> None:
    """The attribute that the script reads holds every operation, quotes and all."""
    found = re.search(r'data-examples="([^"]*)"', page)
    assert found is not None
    tabs = json.loads(html.unescape(found[1]))
    assert [tab["query"] for tab in tabs] == [EXAMPLE, SECOND_EXAMPLE]


def test_the_page_has_no_script_or_style_of_its_own(page: str) -> None:
    """The policy forbids both, so the page would be broken."""
    assert "<style" not in page
    assert "style=" not in page
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))


def test_everything_the_page_names_is_served_from_here(client: httpx2.Client, page: str) -> None:
    """Each script, style sheet and icon is a relative address that answers."""
    names = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert len(names) >= 7
    for name in names:
        assert "//" not in name
        assert client.get(f"/{name}").status_code == 200, name


def test_a_page_has_a_title_and_a_description(page: str) -> None:
    """So that a bookmark says what it is."""
    assert "<title>GraphiQL · medcodegraph</title>" in page
    assert '<meta name="description"' in page


def test_a_browser_does_not_execute_the_query_in_its_address(client: httpx2.Client) -> None:
    """A link with a query opens it in GraphiQL."""
    response = client.get("/graphql", params={"query": "{ greeting }"}, headers={"Accept": BROWSER})
    assert "<!doctype html>" in response.text
