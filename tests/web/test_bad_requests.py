"""Bad input over HTTP: always a 4xx in JSON with a code, never a trace, and life goes on."""

import gzip
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx2
import pytest

LIMIT = 256 * 1024

BODIES = {
    "empty": b"",
    "null": b"null",
    "string": b'"{ greeting }"',
    "number": b"17",
    "true": b"true",
    "list": b"[]",
    "not JSON": b"{query: 1}",
    "cut short": b'{"query": "{ greeting }"',
    "not UTF-8": b'{"query": "\xff"}',
    "UTF-16": '{"query": "{ greeting }"}'.encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf" + b'{"query": "{ greeting }"}',
    "deep": b"[" * 100_000 + b"]" * 100_000,
    "deep variables": b'{"query": "{ greeting }", "variables": '
    + b'{"a":' * 30_000
    + b"1"
    + b"}" * 30_001,
    "5,000 digits": b'{"query": "{ greeting }", "variables": {"n": ' + b"9" * 5_000 + b"}}",
    "NaN": b'{"query": "{ greeting }", "variables": {"n": NaN}}',
    "infinite": b'{"query": "{ greeting }", "variables": {"n": 1e999}}',
    "lone surrogate": b'{"query": "{ greeting(name: \\"\\ud800\\") }"}',
    "no query": b"{}",
    "null query": b'{"query": null}',
    "number as query": b'{"query": 1}',
    "list as query": b'{"query": ["{ greeting }"]}',
    "object as query": b'{"query": {}}',
    "string as variables": b'{"query": "{ greeting }", "variables": "{}"}',
    "list as variables": b'{"query": "{ greeting }", "variables": [1]}',
    "number as operationName": b'{"query": "{ greeting }", "operationName": 1}',
    "object as operationName": b'{"query": "{ greeting }", "operationName": {}}',
    "list as extensions": b'{"query": "{ greeting }", "extensions": []}',
    "string as extensions": b'{"query": "{ greeting }", "extensions": "x"}',
}


@pytest.fixture(autouse=True)
def _good_query_right_after(client: httpx2.Client) -> Iterator[None]:
    """Whatever was sent, the next query is answered at once."""
    yield
    started = time.monotonic()
    assert client.post("/graphql", json={"query": "{ greeting }"}).status_code == 200
    assert time.monotonic() - started < 1


def assert_refused(response: httpx2.Response, status: int = 400) -> None:
    """Check that ``response`` is a refusal in the form that every refusal has."""
    assert response.status_code == status
    (error,) = response.json()["errors"]
    assert error["message"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "Traceback" not in response.text
    assert "Error(" not in response.text


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_malformed_body_is_refused(client: httpx2.Client, body: bytes) -> None:
    """No body, however broken, is a fault of the server."""
    response = client.post("/graphql", content=body, headers={"Content-Type": "application/json"})
    assert_refused(response)


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"variables": "{}"},
        {"query": "{ greeting }", "variables": "[1]"},
        {"query": "{ greeting }", "variables": "{"},
        {"query": "{ greeting }", "variables": "NaN"},
        {"query": "{ greeting }", "extensions": "1"},
    ],
)
def test_malformed_parameters_are_refused(
    client: httpx2.Client, parameters: dict[str, str]
) -> None:
    """The query string is held to the same rules as the body."""
    assert_refused(client.get("/graphql", params=parameters))


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/json; charset=utf-16",
    ],
)
def test_a_body_that_is_not_json_is_415(client: httpx2.Client, content_type: str | None) -> None:
    """Only JSON in UTF-8 is read, so that no form of another site can post."""
    headers = {} if content_type is None else {"Content-Type": content_type}
    response = client.post("/graphql", content=b'{"query": "{ greeting }"}', headers=headers)
    assert_refused(response, 415)


def test_a_compressed_body_is_415(client: httpx2.Client) -> None:
    """Nothing is unpacked, so nothing can grow."""
    response = client.post(
        "/graphql",
        content=gzip.compress(b'{"query": "{ greeting }"}'),
        headers={"Content-Type": "application/json", "Content-Encoding": "gzip"},
    )
    assert_refused(response, 415)


def test_json_with_its_charset_is_read(client: httpx2.Client) -> None:
    """The charset that JSON has anyway may be said."""
    response = client.post(
        "/graphql",
        content=b'{"query": "{ greeting }"}',
        headers={"Content-Type": 'Application/JSON; charset="UTF-8"'},
    )
    assert response.status_code == 200


def test_a_body_of_the_largest_size_is_read(client: httpx2.Client) -> None:
    """The limit itself is allowed."""
    body = b'{"query": "{ greeting }"}'.ljust(LIMIT)
    response = client.post("/graphql", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 200


def _exchange(address: str, head: str, chunk: bytes, *, chunks: int) -> tuple[bytes, int]:
    """Return what the server said and how many chunks it let through before it hung up."""
    url = urlsplit(address)
    received, sent = b"", 0
    with socket.create_connection((url.hostname or "", url.port or 0), timeout=5) as connection:
        connection.sendall(f"POST /graphql HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode())
        try:
            for sent in range(chunks):  # noqa: B007  the count at the hang-up is the result
                connection.sendall(chunk)
            while part := connection.recv(65_536):
                received += part
        except (BrokenPipeError, ConnectionResetError):
            pass
    return received, sent


def test_a_body_that_declares_too_much_is_413_before_it_is_read(address: str) -> None:
    """The length is enough to refuse it, and the connection ends."""
    head = f"Content-Type: application/json\r\nContent-Length: {LIMIT + 1}"
    received, _ = _exchange(address, head, b"", chunks=0)
    status, _, rest = received.partition(b"\r\n")
    assert status.startswith(b"HTTP/1.1 413")
    assert b"connection: close" in rest.lower()
    assert b'"code":"BAD_USER_INPUT"' in rest


def test_a_chunked_body_is_cut_off_at_the_limit(address: str) -> None:
    """Of twenty megabytes without a declared length the server takes little, then hangs up."""
    chunk = b"8000\r\n" + b" " * 0x8000 + b"\r\n"
    head = "Content-Type: application/json\r\nTransfer-Encoding: chunked"
    _, sent = _exchange(address, head, chunk, chunks=640)
    assert sent < 639


def test_a_chunked_body_just_over_the_limit_is_413(address: str) -> None:
    """A client that has sent it all reads why it was refused."""
    size = LIMIT + 1
    chunk = f"{size:x}\r\n".encode() + b" " * size + b"\r\n"
    head = "Content-Type: application/json\r\nTransfer-Encoding: chunked"
    received, _ = _exchange(address, head, chunk, chunks=1)
    assert received.startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/graphql/",
        "/../../etc/passwd",
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static/%00",
        "/static/" + "x" * 5_000,
        "/static",
    ],
)
def test_an_unknown_path_is_404_in_json(client: httpx2.Client, path: str) -> None:
    """Nothing outside the static files is reachable, and the answer has the usual form."""
    assert_refused(client.get(path), 404)


def test_ten_thousand_ranges_are_no_fault(client: httpx2.Client) -> None:
    """A Range header of any length gets a file or a refusal."""
    ranges = ",".join(f"{n}-{n}" for n in range(0, 20_000, 2))
    response = client.get("/static/icon.svg", headers={"Range": f"bytes={ranges[:60_000]}"})
    assert response.status_code < 500


def test_a_poisoned_host_is_not_repeated(client: httpx2.Client) -> None:
    """No answer sends a client to a host that came in a header."""
    for path in ("/", "/graphql/", "/static"):
        response = client.get(path, headers={"Host": "evil.example"})
        assert "evil" not in response.headers.get("location", "") + response.text


def test_a_client_that_hangs_up_is_no_fault(
    address: str, client: httpx2.Client, caplog: pytest.LogCaptureFixture
) -> None:
    """Half a body and a closed connection leave no error in the log."""
    url = urlsplit(address)
    with socket.create_connection((url.hostname or "", url.port or 0)) as connection:
        connection.sendall(
            b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b'Content-Length: 100\r\n\r\n{"query": '
        )
        assert client.get("/livez").status_code == 200
    time.sleep(0.1)
    assert client.get("/livez").status_code == 200
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []
