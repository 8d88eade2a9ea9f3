"""Answers that are kept: entity tags, equal requests, and who counts them."""

import asyncio
import os
from pathlib import Path

import orjson
import pytest
import strawberry
from starlette.datastructures import MutableHeaders
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.execution.engine import Engine
from service.web.app import create_app
from tests.web.loopback import Query, SwitchableData

GREETING = {"query": "{ greeting dataVersion }"}
POSTED: Scope = {
    "type": "http",
    "method": "POST",
    "path": "/graphql",
    "query_string": b"",
    "headers": [(b"content-type", b"application/json")],
}


@pytest.fixture
def http(app: ASGIApp) -> TestClient:
    """Return a client of an application whose data the test holds."""
    return TestClient(app)


def counted(http: TestClient, way: str) -> int:
    """Return how many requests were answered this way, as the metrics say."""
    lines = http.get("/metrics").text.splitlines()
    (line,) = [line for line in lines if f'way="{way}"' in line]
    return int(line.split()[-1])


def test_a_query_by_get_can_be_asked_again_cheaply(http: TestClient, data: SwitchableData) -> None:
    """Who has the answer is told so; who has that of other data gets the new one."""
    first = http.get("/graphql", params=GREETING)
    tag = first.headers["etag"]
    assert tag.startswith('W/"')
    assert first.headers["cache-control"] == "private, no-cache"
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = http.get("/graphql", params=GREETING, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert "accept" in again.headers["vary"].lower()
    data.data_version = "v2"
    changed = http.get("/graphql", params=GREETING, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.json()["data"]["dataVersion"] == "v2"
    assert changed.headers["etag"] != tag


def test_an_answer_with_errors_is_never_kept(http: TestClient) -> None:
    """It has no tag, and each request for it is executed."""
    for _ in range(4):
        answer = http.post("/graphql", json={"query": "{ page(first: 999) }"})
        assert answer.json()["errors"]
        assert "etag" not in answer.headers
    assert (counted(http, "equal"), counted(http, "kept")) == (0, 0)


def test_equal_requests_are_answered_before_they_are_parsed(
    http: TestClient, data: SwitchableData
) -> None:
    """Once a request has come twice, its equals are answered from what is kept."""
    answers = [http.post("/graphql", json=GREETING) for _ in range(5)]
    assert len({answer.content for answer in answers}) == 1
    assert [dict(a.headers) for a in answers] == [dict(answers[0].headers)] * 5
    assert counted(http, "equal") == 3
    opened = data.opened
    http.post("/graphql", json=GREETING)
    assert data.opened == opened
    data.data_version = "v2"
    assert http.post("/graphql", json=GREETING).json()["data"]["dataVersion"] == "v2"


def test_any_other_header_makes_another_request(http: TestClient) -> None:
    """Whatever the application looks at is part of what has to be equal."""
    for _ in range(3):
        http.post("/graphql", json=GREETING)
    response_type = "application/graphql-response+json"
    other = http.post("/graphql", json=GREETING, headers={"Accept": response_type})
    assert other.headers["content-type"] == response_type
    refused = http.post("/graphql", json=GREETING, headers={"Accept": "text/csv"})
    assert refused.status_code == 406
    wrong = http.post("/graphql", json=GREETING, headers={"Content-Type": "text/plain"})
    assert wrong.status_code == 415


def test_requests_that_say_the_same_share_an_answer(http: TestClient) -> None:
    """Other blanks in the JSON and another order of variables are the same request."""
    query = "query($name: String!) { greeting(name: $name) }"
    spaced = '{ "variables" : {"name":"a"},  "query" : "' + query + '" }'
    headers = {"Content-Type": "application/json"}
    for _ in range(2):
        http.post("/graphql", json={"query": query, "variables": {"name": "a"}})
    assert http.post("/graphql", content=spaced, headers=headers).json() == {
        "data": {"greeting": "Hello, a"}
    }
    assert counted(http, "kept") == 1


def test_without_data_nothing_is_answered_from_before(
    http: TestClient, data: SwitchableData
) -> None:
    """What was kept goes with the data."""
    for _ in range(4):
        http.post("/graphql", json=GREETING)
    data.data_version = None
    assert http.post("/graphql", json=GREETING).status_code == 503


def test_large_and_chunked_requests_pass_by(http: TestClient) -> None:
    """They are answered as any other, and not compared."""
    padded = {"query": "{ greeting }" + " " * 60_000, "extensions": {"pad": "x" * 20_000}}
    for _ in range(3):
        assert http.post("/graphql", json=padded).json() == {"data": {"greeting": "Hello, you"}}
        chunks = iter([b'{"query": ', b'"{ greeting }"}'])
        chunked = http.post(
            "/graphql", content=chunks, headers={"Content-Type": "application/json"}
        )
        assert chunked.json() == {"data": {"greeting": "Hello, you"}}


def test_data_that_change_while_a_request_arrives_are_what_is_answered_from(
    data: SwitchableData, operations: Path
) -> None:
    """Neither is an older answer given, nor is a newer one kept for the older data."""
    app = create_app(Engine(strawberry.Schema(query=Query)), data, operations=operations)

    async def ask(*, arriving: str, answering: str) -> str:
        """Ask with data that change before the body is there, and again before the answer."""

        async def receive() -> Message:
            data.data_version = arriving
            return {"type": "http.request", "body": b'{"query": "{ dataVersion }"}'}

        async def send(message: Message) -> None:
            sent.append(message)

        sent: list[Message] = []
        data.next_version = answering
        await app(dict(POSTED), receive, send)
        body: bytes = sent[1]["body"]
        return str(orjson.loads(body)["data"]["dataVersion"])

    for arriving, answering in [("v1", "v1")] * 3 + [("v2", "v2"), ("v1", "v2"), ("v2", "v1")] * 3:
        data.data_version = "v1"
        kept = counted(TestClient(app), "equal")
        answered = asyncio.run(ask(arriving=arriving, answering=answering))
        was_kept = counted(TestClient(app), "equal") > kept
        assert answered == (arriving if was_kept else answering)
    assert counted(TestClient(app), "equal")


def test_who_wraps_the_application_may_add_headers(app: ASGIApp) -> None:
    """What is kept does not grow with each equal request."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_numbered(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("x-request-id", "1")
            await send(message)

        await app(scope, receive, send_numbered)

    client = TestClient(wrapped)
    answers = [client.post("/graphql", json=GREETING) for _ in range(6)]
    assert counted(client, "equal")
    assert [answer.headers.get_list("x-request-id") for answer in answers] == [["1"]] * 6


@pytest.mark.parametrize("host", ["h:evil", "h:", "h:80@evil", "h:80/x", "h:-1", "h:8²", "h:80:80"])
def test_a_host_that_is_no_host_is_refused_on_every_way(
    host: str, data: SwitchableData, operations: Path
) -> None:
    """The direct way does not answer what the middleware would not."""
    engine = Engine(strawberry.Schema(query=Query))
    client = TestClient(create_app(engine, data, operations=operations, allowed_hosts=["h"]))
    for path in ("/graphql", "/readyz"):
        refused = client.post(path, json=GREETING, headers=[(b"host", host.encode("latin-1"))])
        assert refused.status_code == 400


@pytest.mark.parametrize("host", ["codes.example", "CODES.example:8000", "a.wild.example"])
def test_the_direct_way_gives_the_same_answer(
    host: str, data: SwitchableData, operations: Path
) -> None:
    """Hosts that are trusted by name go past the middleware, those by pattern through it."""
    engine = Engine(strawberry.Schema(query=Query))
    hosts = ["codes.example", "*.wild.example"]
    app = create_app(engine, data, operations=operations, allowed_hosts=hosts)
    client = TestClient(app, base_url="http://codes.example")
    answer = client.post("/graphql", json=GREETING, headers={"Host": host})
    assert answer.json()["data"]["greeting"] == "Hello, you"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["vary"] == "Accept"
    refused = client.post("/graphql", json=GREETING, headers={"Host": "evil.example"})
    assert refused.status_code == 400


def test_requests_from_other_origins_are_told_who_may_read_them(
    data: SwitchableData, operations: Path
) -> None:
    """The direct way is none for them, also where an equal request was kept."""
    engine = Engine(strawberry.Schema(query=Query))
    app = create_app(engine, data, operations=operations, cors_origins=["https://a.example"])
    client = TestClient(app)
    for _ in range(4):
        assert "access-control-allow-origin" not in client.post("/graphql", json=GREETING).headers
        asked = client.post("/graphql", json=GREETING, headers={"Origin": "https://a.example"})
        assert asked.headers["access-control-allow-origin"] == "https://a.example"
        other = client.post("/graphql", json=GREETING, headers={"Origin": "https://b.example"})
        assert "access-control-allow-origin" not in other.headers


def test_the_metrics_count_every_way(http: TestClient) -> None:
    """Names and types as Prometheus reads them."""
    http.post("/graphql", json={"query": "{"})
    answer = http.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "# TYPE medcodegraph_requests_total counter" in answer.text
    assert counted(http, "refused") == 1
    assert f'{{way="refused",worker="{os.getpid()}"}} 1' in answer.text
