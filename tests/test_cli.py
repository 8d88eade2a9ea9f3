"""The command as people and programs meet it: real processes, exit statuses, plain advice."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import orjson
import pytest

from service.snapshot import open_snapshot

PAGES = Path(__file__).parent / "data" / "pages"
SCHEMA = Path(__file__).parents[1] / "schema.graphql"
OPERATIONS = Path(__file__).parents[1] / "service" / "operations"
Finished = subprocess.CompletedProcess[str]


def _run(*arguments: str | Path, **environment: str) -> Finished:
    """Return what ``medcodegraph`` says; ``environment`` is added to the test's own."""
    return subprocess.run(  # noqa: S603  our own command
        [sys.executable, "-m", "service", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "COLUMNS": "120", **environment},
    )


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a snapshot of a few pages, built by the command."""
    folder = tmp_path_factory.mktemp("small")
    built = _run("build", "--no-default", "--pages", PAGES, "--out", folder)
    assert built.returncode == 0, built.stderr
    assert "Linking phrases to codes" in built.stderr
    return folder


def test_a_build_tells_what_it_could_not_place(tmp_path: Path) -> None:
    """A warning with file, line and section is no failure; the counts are shown."""
    done = _run("build", "--no-default", "--pages", PAGES, "--out", tmp_path)
    assert done.returncode == 0
    assert "HCPCS-A9001.txt:13: warning: [Summary]" in done.stderr
    assert "PROCEDURE" in done.stderr


def test_builds_into_one_folder_wait_for_each_other(small: Path, tmp_path: Path) -> None:
    """None takes the files of another away: whichever was last can be opened."""
    folder = tmp_path / "data"
    command = [sys.executable, "-m", "service", "build", "--no-default", "--out", str(folder)]
    builds = [
        subprocess.Popen([*command, "--pages", str(PAGES)], stderr=subprocess.DEVNULL)  # noqa: S603
        for _ in range(4)
    ]
    assert [build.wait(timeout=120) for build in builds] == [0] * 4
    assert open_snapshot(folder).data_version == open_snapshot(small).data_version
    assert not list(folder.glob(".new-*"))


@pytest.fixture
def bad_pages(tmp_path: Path) -> Path:
    """Return a folder with a good page and one that belongs to no code."""
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "notes.txt").write_text("Only a note.\n")
    (folder / "CPT4-90853.txt").write_bytes((PAGES / "CPT4-90853.txt").read_bytes())
    return folder


def test_check_fails_on_what_was_rejected(bad_pages: Path) -> None:
    """It names the file and says what to do; one bad page does not stop the others."""
    done = _run("check", bad_pages)
    assert done.returncode == 1
    assert "notes.txt: rejected: " in done.stdout
    assert "name the file by system and code" in done.stdout
    assert "1 pages, 0 warnings, 1 rejected" in done.stderr


def test_check_names_line_and_section_of_a_warning() -> None:
    """Warnings alone do not fail."""
    done = _run("check", PAGES)
    assert done.returncode == 0
    assert "HCPCS-A9001.txt:19: warning: [Indications]" in done.stdout


def test_a_build_of_bad_input_fails_and_keeps_the_good(bad_pages: Path, tmp_path: Path) -> None:
    """The status is for scripts; the snapshot has the page that could be read."""
    data = tmp_path / "data"
    assert _run("build", "--no-default", "--pages", bad_pages, "--out", data).returncode == 1
    assert _run("search", "Circle Talk", "--data", data).returncode == 0


def test_query_runs_a_shipped_operation(small: Path) -> None:
    """Without a server, as JSON that a program can read."""
    variables = '{"ref": {"system": "CPT4", "code": "90853"}}'
    done = _run("query", "code-page", "--variables", variables, "--data", small)
    assert done.returncode == 0
    assert orjson.loads(done.stdout)["data"]["code"]["id"] == "CPT4:90853"


def test_query_runs_a_file_and_fails_with_its_errors(small: Path, tmp_path: Path) -> None:
    """What was wrong stands in the answer, and in the status."""
    operation = tmp_path / "mine.graphql"
    operation.write_text("{ nothing }")
    done = _run("query", operation, "--data", small)
    assert done.returncode == 1
    errors = orjson.loads(done.stdout)["errors"]
    assert errors[0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


def test_search_prints_tables_or_json(small: Path) -> None:
    """People and programs are told the same."""
    table = _run("search", "soft bandage", "--data", small)
    found = orjson.loads(_run("search", "soft bandage", "--json", "--data", small).stdout)
    assert "HCPCS:A9001" in table.stdout
    assert [edge["node"]["id"] for edge in found["edges"]] == ["HCPCS:A9001"]
    assert _run("search", "zzyzx", "--data", small).returncode == 1


def test_similar_says_why(snapshot_folder: Path) -> None:
    """The reasons stand beside the codes."""
    done = _run("similar", "CPT4", "90804", "--why", "--data", snapshot_folder)
    assert done.returncode == 0
    assert "CPT4:90832" in done.stdout
    assert "Group Psychotherapy" in done.stdout


def test_similar_to_an_unknown_code_fails_in_words(small: Path) -> None:
    """The reason of the miss, and the status of something not found."""
    done = _run("similar", "CPT4", "F32.1", "--data", small)
    assert done.returncode == 1
    assert "ICD10CM" in done.stderr


def test_schema_prints_the_schema_file() -> None:
    """``make schema`` writes just this."""
    assert _run("schema").stdout == SCHEMA.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "arguments",
    [
        ("serve", "--port", "many"),
        ("search",),
        ("search", "x", "--first", "201"),
        ("query", "no-such-operation"),
        ("query", "graph-info", "--variables", "[1]"),
        ("no-such-command",),
    ],
)
def test_wrong_usage_is_status_two(arguments: tuple[str, ...]) -> None:
    """And the usage is shown, before any data are looked for."""
    done = _run(*arguments)
    assert done.returncode == 2
    assert "Usage: medcodegraph" in done.stderr


@pytest.mark.parametrize("arguments", [("search", "x"), ("query", "graph-info")])
def test_missing_data_are_one_line_of_advice(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """No traceback, but the command that helps."""
    done = _run(*arguments, "--data", tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"medcodegraph: there is no snapshot in {tmp_path}: run `medcodegraph build`"
    ]


def test_an_option_can_be_set_in_the_environment(small: Path, tmp_path: Path) -> None:
    """MEDCODEGRAPH_DATA is the folder for every command, and the command line wins."""
    assert _run("search", "soft bandage", MEDCODEGRAPH_DATA=str(small)).returncode == 0
    other = _run("search", "soft bandage", "--data", tmp_path, MEDCODEGRAPH_DATA=str(small))
    assert other.returncode == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [("CACHE_MIB", "abc"), ("CACHE_MIB", "-1"), ("COMPILE", "yes"), ("TRUSTED_HOSTS", "a*")],
)
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_bad_variable_is_wrong_usage(name: str, text: str, workers: str, tmp_path: Path) -> None:
    """It is named before a graph is built or a worker started, and not by a traceback."""
    variable = f"MEDCODEGRAPH_{name}"
    done = _run("serve", "--data", tmp_path, "--workers", workers, **{variable: text})
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(f"Error: {variable} ")
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("127.0.0.1", "Address already in use"),
        ("192.0.2.1", "Cannot assign requested address"),  # of a net for documentation
    ],
)
def test_an_address_that_cannot_be_had_is_said_in_one_line(
    small: Path, host: str, reason: str, workers: str
) -> None:
    """Nothing says that it serves; the status is that of any failure."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        options = ("--host", host, "--port", str(port), "--workers", workers)
        done = _run("serve", "--data", small, *options)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [f"medcodegraph: cannot listen on {host}:{port}: {reason}"]


Server = tuple[str, subprocess.Popen[str]]


@contextmanager
def _serving(folder: Path, *options: str, **environment: str) -> Iterator[Server]:
    """Yield the address of ``medcodegraph serve`` and its process, whose log can be read."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "service", "serve", "--port", str(port)]
    command += ["--data", str(folder), *options]
    variables = {**os.environ, **environment}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=variables) as process:  # noqa: S603
        address = f"http://127.0.0.1:{port}"
        try:
            _wait_for(f"{address}/readyz", process)
            yield address, process
        finally:
            process.terminate()


@pytest.fixture
def server(snapshot_folder: Path, request: pytest.FixtureRequest) -> Iterator[Server]:
    """Return the address and the process of a server; a parameter adds options."""
    with _serving(snapshot_folder, *getattr(request, "param", ())) as started:
        yield started


def _wait_for(url: str, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx2.get(url)
        except httpx2.ConnectError:
            time.sleep(0.05)
        else:
            return
    process.terminate()
    pytest.fail(f"the server did not come up: {process.communicate()[1]}")


def test_serve_answers_and_stops(server: Server) -> None:
    """The whole page over HTTP, readiness, and a clean end on SIGTERM."""
    address, process = server
    assert httpx2.get(f"{address}/readyz").json()["ready"] is True
    query = (OPERATIONS / "code-page.graphql").read_text(encoding="utf-8")
    variables = {"ref": {"system": "CPT4", "code": "90804"}}
    answer = httpx2.post(f"{address}/graphql", json={"query": query, "variables": variables})
    assert answer.status_code == 200
    assert "errors" not in answer.json()
    assert answer.json()["data"]["code"]["lifecycle"]["state"] == "RETIRED"
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) in (0, -signal.SIGTERM)


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="asks Linux what is mapped")
@pytest.mark.parametrize("server", [("--workers", "2")], indirect=True)
def test_workers_share_a_port_and_the_mapped_data(server: Server, snapshot_folder: Path) -> None:
    """Two processes serve one port, both with the snapshot's files as shared memory."""
    address, process = server
    workers = _workers(process, snapshot_folder)
    for _ in range(20):
        answer = httpx2.post(f"{address}/graphql", json={"query": "{ graph { dataVersion } }"})
        assert "errors" not in answer.json()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) in (0, -signal.SIGTERM)
    assert not any(Path(f"/proc/{worker}").exists() for worker in workers)


def test_the_command_line_wins_over_a_bad_variable(small: Path) -> None:
    """Workers do not look at what it overrides; a blank variable is as good as none."""
    variables = {"MEDCODEGRAPH_PORT": "abc", "MEDCODEGRAPH_WORKERS": "", "MEDCODEGRAPH_COMPILE": ""}
    with _serving(small, **variables) as (address, process):
        assert httpx2.get(f"{address}/readyz").json()["ready"] is True
        process.terminate()
        assert process.communicate(timeout=10)[1].splitlines() == [
            f"GraphiQL and the API: {address}/graphql"
        ]


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="asks Linux who is whose child")
def test_a_killed_worker_leaves_a_trace_in_the_log(small: Path) -> None:
    """It is replaced, and whoever looks for the cause finds when, and which process it was."""
    with _serving(small, "--workers", "2") as (_, process):
        workers = _workers(process, small)
        os.kill(workers[0], signal.SIGKILL)
        while workers[0] in _mapping(process.pid, small):
            time.sleep(0.05)
        assert workers[0] not in _workers(process, small)
        process.terminate()
        assert f"Child process [{workers[0]}] died" in process.communicate(timeout=10)[1]


def _workers(process: subprocess.Popen[str], folder: Path) -> list[int]:
    """Return the two workers of ``process``, once they are there."""
    deadline = time.monotonic() + 30
    while len(found := _mapping(process.pid, folder)) < 2:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found


def _mapping(parent: int, folder: Path) -> list[int]:
    """Return the children of ``parent`` that have files of ``folder`` in memory."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            is_child = f"\nPPid:\t{parent}\n" in status.read_text()
            if is_child and f"{folder}/" in status.with_name("maps").read_text():
                found.append(int(status.parent.name))
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue  # it has ended meanwhile, or is not ours
    return found
