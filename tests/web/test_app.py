"""The other routes: health, schema, static files, headers, hosts and origins."""

from pathlib import Path

import httpx2
import pytest
import strawberry
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from service.execution.engine import Engine
from service.web.app import create_app
from tests.web.loopback import PinnedVersion, Query, SwitchableData, make_app


def test_the_root_leads_to_graphql(client: httpx2.Client) -> None:
    """Until there is something else to see."""
    response = client.get("/")
    assert response.is_redirect
    assert response.headers["location"] == "graphql"


def test_livez_never_looks_at_data(app: ASGIApp, data: SwitchableData) -> None:
    """A process without data is alive."""
    data.data_version = None
    assert TestClient(app).get("/livez").status_code == 200


def test_readyz_shows_the_data_version(client: httpx2.Client) -> None:
    """Whoever asks learns which data is served."""
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"ready": True, "dataVersion": "v1", "reloadError": None}


def test_readyz_is_503_without_data(app: ASGIApp, data: SwitchableData) -> None:
    """No requests should be sent here yet."""
    data.data_version = None
    response = TestClient(app).get("/readyz")
    assert response.status_code == 503
    assert "retry-after" in response.headers
    assert response.json()["ready"] is False


def test_a_build_that_could_not_be_taken_is_visible_and_harmless(
    app: ASGIApp, data: SwitchableData
) -> None:
    """The old data is served, and the reason stands in the readiness answer."""
    data.reload_error = "The checksum of nodes.bin is wrong"
    response = TestClient(app).get("/readyz")
    assert response.status_code == 200
    assert response.json()["reloadError"] == "The checksum of nodes.bin is wrong"


def test_the_schema_is_served_as_sdl(client: httpx2.Client) -> None:
    """It is the text of the schema that answers."""
    response = client.get("/schema.graphql")
    assert response.headers["content-type"].startswith("text/plain")
    assert "type Query {" in response.text


@pytest.mark.parametrize("path", ["/livez", "/graphql", "/static/icon.svg", "/nowhere"])
def test_every_answer_carries_the_security_headers(client: httpx2.Client, path: str) -> None:
    """The policy forbids everything that does not come from here."""
    headers = client.get(path, headers={"Accept": "text/html"}).headers
    assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self';")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_no_origin_is_allowed_unless_set(client: httpx2.Client) -> None:
    """Pages of other sites cannot read answers."""
    response = client.post(
        "/graphql", json={"query": "{ greeting }"}, headers={"Origin": "https://other.example"}
    )
    assert "access-control-allow-origin" not in response.headers


def test_a_set_origin_may_post(data: SwitchableData, operations: Path) -> None:
    """The preflight of the named site succeeds, that of another does not."""
    engine = Engine(strawberry.Schema(query=Query))
    app = create_app(engine, data, operations=operations, cors_origins=["https://app.example"])
    client = TestClient(app)
    preflight = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    allowed = client.options("/graphql", headers={"Origin": "https://app.example", **preflight})
    assert allowed.headers["access-control-allow-origin"] == "https://app.example"
    refused = client.options("/graphql", headers={"Origin": "https://other.example", **preflight})
    assert refused.status_code == 400


def test_only_trusted_hosts_are_answered(data: SwitchableData, operations: Path) -> None:
    """A request under another name is refused before anything looks at it."""
    engine = Engine(strawberry.Schema(query=Query))
    app = create_app(engine, data, operations=operations, allowed_hosts=["codes.example"])
    assert TestClient(app, base_url="http://codes.example").get("/livez").status_code == 200
    assert TestClient(app, base_url="http://evil.example").get("/livez").status_code == 400


class FailingData(SwitchableData):
    """Data that fails as nobody foresaw."""

    def open_context(self) -> PinnedVersion:
        """Fail with words that nobody outside may read."""
        raise RuntimeError("secret of /srv/data")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_fault_of_ours_is_masked(
    method: str, operations: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What no one foresaw is 500 with an id that the log has too, and nothing else."""
    app = make_app(FailingData(), operations)
    client = TestClient(app, raise_server_exceptions=False)
    response = (
        client.post("/graphql", json={"query": "{ greeting }"})
        if method == "POST"
        else client.get("/graphql", params={"query": "{ greeting }"})
    )
    assert response.status_code == 500
    assert "secret" not in response.text
    error_id = response.json()["errors"][0]["extensions"]["errorId"]
    assert error_id in caplog.text
