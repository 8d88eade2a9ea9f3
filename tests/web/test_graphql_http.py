"""GraphQL over HTTP on a real server: statuses, media types, methods."""

import json

import httpx2
import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from tests.web.loopback import SwitchableData

JSON = "application/json"
RESPONSE = "application/graphql-response+json"
REFUSED_QUERIES = ["{", "{ attic }", "query A { greeting } query B { greeting }"]


def test_a_query_by_post_is_answered(client: httpx2.Client) -> None:
    """The plain case."""
    response = client.post("/graphql", json={"query": "{ greeting }"})
    assert response.status_code == 200
    assert response.json() == {"data": {"greeting": "Hello, you"}}


def test_a_query_by_get_is_answered(client: httpx2.Client) -> None:
    """All four parameters may stand in the query string."""
    response = client.get(
        "/graphql",
        params={
            "query": "query A($n: String!) { greeting(name: $n) } query B { greeting }",
            "variables": '{"n": "Zoë"}',
            "operationName": "A",
            "extensions": "{}",
        },
    )
    assert response.status_code == 200
    assert response.json() == {"data": {"greeting": "Hello, Zoë"}}


def test_the_request_sees_the_data_it_opened(client: httpx2.Client) -> None:
    """The context of the data source is the one that resolvers see."""
    response = client.post("/graphql", json={"query": "{ dataVersion }"})
    assert response.json() == {"data": {"dataVersion": "v1"}}


def test_null_parameters_are_as_good_as_none(client: httpx2.Client) -> None:
    """Clients that write every key, null or not, are served."""
    body = {"query": "{ greeting }", "variables": None, "operationName": None, "extensions": None}
    assert client.post("/graphql", json=body).status_code == 200


@pytest.mark.parametrize("query", REFUSED_QUERIES)
def test_a_request_error_is_400_in_the_media_type_made_for_it(
    client: httpx2.Client, query: str
) -> None:
    """Under graphql-response+json the status tells what happened, and data is left out."""
    response = client.post("/graphql", json={"query": query}, headers={"Accept": RESPONSE})
    assert response.status_code == 400
    assert response.headers["content-type"].startswith(RESPONSE)
    assert "data" not in response.json()


@pytest.mark.parametrize("query", REFUSED_QUERIES)
def test_a_request_error_is_200_for_older_clients(client: httpx2.Client, query: str) -> None:
    """Under application/json every well-formed request is 200."""
    response = client.post("/graphql", json={"query": query}, headers={"Accept": JSON})
    assert response.status_code == 200
    assert response.headers["content-type"].startswith(JSON)
    assert "data" not in response.json()


@pytest.mark.parametrize("media_type", [JSON, RESPONSE])
def test_a_field_error_is_200_in_either_media_type(client: httpx2.Client, media_type: str) -> None:
    """An operation that ran was a success for HTTP."""
    response = client.post(
        "/graphql", json={"query": "{ page(first: 201) }"}, headers={"Accept": media_type}
    )
    assert response.status_code == 200
    assert response.json()["data"] == {"page": None}
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_a_media_type_that_is_not_offered_is_406(client: httpx2.Client) -> None:
    """A client that takes neither JSON is told what there is."""
    response = client.post(
        "/graphql", json={"query": "{ greeting }"}, headers={"Accept": "application/xml"}
    )
    assert response.status_code == 406
    assert RESPONSE in response.json()["errors"][0]["message"]


@pytest.mark.parametrize("accept", ["*/*", "text/html", "application/xml"])
def test_every_answer_varies_with_accept(client: httpx2.Client, accept: str) -> None:
    """A cache between here and the client never mixes up GraphiQL and answers."""
    response = client.get("/graphql", params={"query": "{ greeting }"}, headers={"Accept": accept})
    assert response.headers["vary"] == "Accept"


@pytest.mark.parametrize("media_type", [JSON, RESPONSE])
def test_a_mutation_by_get_is_405(client: httpx2.Client, media_type: str) -> None:
    """What changes something has to be posted."""
    response = client.get(
        "/graphql",
        params={"query": 'mutation { rename(name: "x") }'},
        headers={"Accept": media_type},
    )
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])
def test_other_methods_are_405(client: httpx2.Client, method: str) -> None:
    """Three methods are known, and the answer names them."""
    response = client.request(method, "/graphql")
    assert response.status_code == 405
    assert {name.strip() for name in response.headers["allow"].split(",")} == {
        "GET",
        "HEAD",
        "POST",
    }
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_head_is_get_without_a_body(client: httpx2.Client) -> None:
    """The headers are those of GET."""
    parameters = {"query": "{ greeting }"}
    assert client.head("/graphql", params=parameters).content == b""
    assert (
        client.head("/graphql", params=parameters).headers["content-length"]
        == client.get("/graphql", params=parameters).headers["content-length"]
    )


def test_no_data_is_503_and_heals_without_a_restart(app: ASGIApp, data: SwitchableData) -> None:
    """While nothing is loaded clients are told to come back; then they are served."""
    client = TestClient(app)
    data.data_version = None
    response = client.post("/graphql", json={"query": "{ greeting }"})
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0
    assert response.json()["errors"][0]["extensions"]["code"] == "NOT_READY"
    data.data_version = "v2"
    response = client.post("/graphql", json={"query": "{ dataVersion }"})
    assert response.json() == {"data": {"dataVersion": "v2"}}


def test_each_request_opens_the_data_once(app: ASGIApp, data: SwitchableData) -> None:
    """One request sees one data version: nothing asks for it twice."""
    TestClient(app).post("/graphql", json={"query": "{ a: dataVersion b: dataVersion }"})
    assert data.opened == 1


def test_selections_too_deep_to_execute_are_refused_in_words(client: httpx2.Client) -> None:
    """What the parser still takes and the interpreter does not is a limit, not a fault."""
    query = "{ nest " + "{ inner " * 190 + "{ depth }" + "}" * 190 + " }"
    response = client.post("/graphql", json={"query": query})
    assert response.status_code == 200
    codes = {error["extensions"]["code"] for error in response.json()["errors"]}
    assert codes == {"LIMIT_EXCEEDED"}


def test_selections_of_fifty_levels_are_answered(client: httpx2.Client) -> None:
    """Depth in itself is no error."""
    query = "{ nest " + "{ inner " * 50 + "{ depth }" + "}" * 50 + " }"
    found = client.post("/graphql", json={"query": query}).json()["data"]["nest"]
    for _ in range(50):
        found = found["inner"]
    assert found == {"depth": 1}


def test_text_that_is_no_valid_unicode_is_sent_escaped(client: httpx2.Client) -> None:
    """A lone surrogate in the data does not cost the client the answer."""
    response = client.post("/graphql", json={"query": "{ halfACharacter }"})
    assert json.loads(response.content) == {"data": {"halfACharacter": "\ud800"}}


def test_batches_are_refused(client: httpx2.Client) -> None:
    """A list of requests is not one request."""
    response = client.post("/graphql", json=[{"query": "{ greeting }"}])
    assert response.status_code == 400


def test_no_answer_sets_a_cookie(client: httpx2.Client) -> None:
    """There is no session to hold."""
    for response in (client.post("/graphql", json={"query": "{ greeting }"}), client.get("/")):
        assert "set-cookie" not in response.headers
