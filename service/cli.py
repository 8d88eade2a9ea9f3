"""The command ``medcodegraph``.

Exit status: 0 done, 1 something was rejected or not found, 2 wrong usage.
"""

import gc
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import orjson
import uvicorn
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from service import __version__
from service.build import Built, build_graph, read_path, sources
from service.compilation import compile_snapshot
from service.errors import MedcodegraphError
from service.execution.engine import Answer, Engine, GraphQLRequest
from service.model import ConceptKind, Finding, Page, Severity
from service.neighbors import cores
from service.schema.context import RequestContext
from service.schema.query import create_schema
from service.settings import ENVIRONMENT_PREFIX, Settings
from service.snapshot import open_snapshot, write_snapshot
from service.store.memory import MemoryStore
from service.web.listening import authority, bound, http_protocol

__all__ = ["main"]

_OPERATIONS = Path(__file__).parent / "operations"
_SHOWN_FINDINGS = 20

out = Console()
err = Console(stderr=True)


DEFAULTS = Settings()

data_option = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=DEFAULTS.data,
    envvar=f"{ENVIRONMENT_PREFIX}DATA",
    show_envvar=True,
    help="Folder of the snapshot.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.version_option(__version__, prog_name="medcodegraph")
def commands() -> None:
    """Serve a knowledge graph of medical codes over GraphQL.

    The environment sets defaults: MEDCODEGRAPH_DATA for --data (and --out), MEDCODEGRAPH_HOST,
    MEDCODEGRAPH_PORT and MEDCODEGRAPH_WORKERS; the command line wins.
    """


def main() -> None:
    """Run the command; known failures are one line and exit status 1."""
    try:
        commands(prog_name="medcodegraph")
    except MedcodegraphError as error:
        click.echo(f"medcodegraph: {error}", err=True)
        sys.exit(1)


def _build(
    pages: Sequence[Path], releases: Sequence[Path], folder: Path, *, default: bool
) -> Built:
    wanted = sources(pages=pages, releases=releases, default=default)
    columns = (
        TextColumn("{task.description:<34}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err) as progress:
        task = progress.add_task("Starting", total=len(wanted) + 4)

        def step(description: str) -> None:
            begun = progress.tasks[0].description != "Starting"
            progress.update(task, description=description, advance=1 if begun else 0)
            if not err.is_terminal:
                click.echo(description, err=True)

        # Millions of records that all stay: looking for garbage among them costs a fifth.
        gc.disable()
        try:
            built = build_graph(wanted, progress=step)
            step("Indexing words and features")
            ranking = progress.add_task("Ranking similar codes", total=built.graph.order())
            snapshot = compile_snapshot(
                built.graph,
                ranked=lambda done, _all: progress.update(ranking, completed=done),
                processes=cores(),
            )
            step("Writing the snapshot")
            write_snapshot(snapshot, folder)
        finally:
            gc.enable()
        progress.update(task, description="Done", advance=1)
    return built


def _report(findings: Sequence[Finding]) -> None:
    for finding in findings[:_SHOWN_FINDINGS]:
        click.echo(str(finding), err=True)
    if len(findings) > _SHOWN_FINDINGS:
        click.echo(f"… and {len(findings) - _SHOWN_FINDINGS} more findings", err=True)


def _summary(built: Built, folder: Path) -> None:
    kinds = [data["concept"].kind for _, data in built.graph.nodes(data=True)]
    table = Table("kind", "concepts", title=f"Built {folder}")
    for kind in ConceptKind:
        table.add_row(kind, f"{kinds.count(kind):,}")
    table.add_row("edges", f"{built.graph.number_of_edges():,}", style="dim")
    err.print(table)


@commands.command()
@click.option(
    "--pages",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Page or folder of pages; may be repeated.",
)
@click.option(
    "--release",
    "releases",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A code system's release; may be repeated.",
)
@click.option(
    "--no-default", is_flag=True, help="Leave out ICD-10-CM, ICD-10-PCS and the shipped data."
)
@click.option(
    "--out",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=DEFAULTS.data,
    envvar=f"{ENVIRONMENT_PREFIX}DATA",
    show_envvar=True,
    help="Folder of the snapshot.",
)
def build(
    pages: tuple[Path, ...], releases: tuple[Path, ...], folder: Path, *, no_default: bool
) -> None:
    """Build a snapshot from pages and releases.

    A page that you bring replaces the shipped page of the same code.
    """
    built = _build(pages, releases, folder, default=not no_default)
    _report(built.findings)
    _summary(built, folder)
    if built.rejected:
        sys.exit(1)


@commands.command()
@data_option
@click.option(
    "--host",
    default=DEFAULTS.host,
    envvar=f"{ENVIRONMENT_PREFIX}HOST",
    show_envvar=True,
    help="Address to listen on.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEFAULTS.port,
    envvar=f"{ENVIRONMENT_PREFIX}PORT",
    show_envvar=True,
    help="Port to listen on.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=DEFAULTS.workers,
    envvar=f"{ENVIRONMENT_PREFIX}WORKERS",
    show_envvar=True,
    help="Server processes.",
)
def serve(data: Path, host: str, port: int, workers: int) -> None:
    """Serve GraphQL; builds the default graph first where there is no snapshot."""
    # Workers are fresh processes: what the command line set reaches them by the environment.
    given = {"DATA": data, "HOST": host, "PORT": port, "WORKERS": workers}
    os.environ.update((f"{ENVIRONMENT_PREFIX}{name}", str(value)) for name, value in given.items())
    try:
        Settings.from_environment()
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    with bound(host, port) as place:  # kept while a graph is built
        address, port = place.getsockname()[:2]
        if not (data / "manifest.json").is_file():
            click.echo(f"No snapshot in {data}: building the default graph, once.", err=True)
            _report(_build([], [], data, default=True).findings)
            gc.collect()  # the graph has cycles, and this process goes on to serve
    click.echo(f"GraphiQL and the API: http://{authority(host, port)}/graphql", err=True)
    uvicorn.run(
        "service.web.serving:served_app",
        factory=True,
        host=address,
        port=port,
        workers=workers,
        http=http_protocol(),
        ws="none",
        server_header=False,
        proxy_headers=False,  # nothing looks at who asks
        access_log=False,
        # That a worker died and was replaced is no more than information to uvicorn.
        log_level="warning" if workers == 1 else "info",
    )


@commands.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
def check(paths: tuple[Path, ...]) -> None:
    """Read pages or releases and print what is wrong, by file, line and section."""
    findings: list[Finding] = []
    counted = {"items": 0, "pages": 0}
    for path in paths:
        for item in read_path(path):
            counted["items"] += 1
            counted["pages"] += isinstance(item, Page)
            if isinstance(item, Finding):
                findings.append(item)
                click.echo(str(item))
    rejected = sum(f.severity is Severity.REJECTED for f in findings)
    click.echo(
        f"{counted['items']:,} items, {counted['pages']:,} pages, "
        f"{len(findings) - rejected} warnings, {rejected} rejected",
        err=True,
    )
    if rejected:
        sys.exit(1)


def _ask(data: Path, query: str, variables: dict[str, Any] | None = None) -> Answer:
    context = RequestContext(
        store=MemoryStore(open_snapshot(data)),
        loaded_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return Engine(create_schema()).execute(GraphQLRequest(query, variables), context=context)


def _operation(name: str) -> str:
    path = Path(name)
    shipped = _OPERATIONS / f"{name}.graphql"
    if path.is_file():
        return path.read_text(encoding="utf-8")
    if path.name == name and shipped.is_file():
        return shipped.read_text(encoding="utf-8")
    names = ", ".join(sorted(file.stem for file in _OPERATIONS.glob("*.graphql")))
    raise click.UsageError(f"{name} is neither a file nor one of: {names}")


def _variables(name: str, given: str | None) -> dict[str, Any] | None:
    shipped = _OPERATIONS / f"{name}.variables.json"
    text = given or (shipped.read_text(encoding="utf-8") if shipped.is_file() else "{}")
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise click.UsageError(f"--variables is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise click.UsageError("--variables must be a JSON object")
    return value


def _print_json(value: object) -> None:
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())


@commands.command()
@click.argument("operation")
@click.option("--variables", help="JSON object; the operation's example by default.")
@data_option
def query(operation: str, variables: str | None, data: Path) -> None:
    """Run OPERATION, a file or the name of a shipped one, and print JSON."""
    answer = _ask(data, _operation(operation), _variables(operation, variables))
    _print_json(answer.payload())
    if answer.errors:
        sys.exit(1)


def _data_of(answer: Answer) -> dict[str, Any]:
    if answer.errors or answer.data is None:
        messages = "; ".join(error["message"] for error in answer.errors)
        raise MedcodegraphError(messages or "no answer")
    return answer.data


def _table(title: str, columns: Iterable[str], rows: Iterable[Sequence[object]]) -> None:
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    out.print(table)


_SEARCH = """query($text: String!, $first: Int!) { search(text: $text, first: $first) {
  totalCount didYouMean edges { score matchedOn matchedText node { id name } } } }"""


@commands.command()
@click.argument("text")
@click.option("--first", type=click.IntRange(1, 200), default=10, help="How many.")
@json_option
@data_option
def search(text: str, first: int, data: Path, *, as_json: bool) -> None:
    """Search codes, names and words."""
    found = _data_of(_ask(data, _SEARCH, {"text": text, "first": first}))["search"]
    if as_json:
        _print_json(found)
    else:
        rows = [
            (e["node"]["id"], e["node"]["name"], e["matchedOn"], f"{e['score']:.2f}")
            for e in found["edges"]
        ]
        corrected = f" for “{found['didYouMean']}”" if found["didYouMean"] else ""
        title = f"{found['totalCount']:,} found{corrected}"
        _table(title, ("id", "name", "matched", "score"), rows)
    if not found["edges"]:
        sys.exit(1)


_SIMILAR_FIELDS = """similar(first: $first) {
  totalCount edges { score node { id name } why { contribution explanation } } }"""
_SIMILAR = f"""query($ref: CodeRef!, $first: Int!) {{ code(ref: $ref) {{ __typename
  ... on CodeMiss {{ message suggestions {{ id name }} }}
  ... on Procedure {{ id name {_SIMILAR_FIELDS} }}
  ... on Condition {{ id name {_SIMILAR_FIELDS} }} }} }}"""


@commands.command()
@click.argument("system")
@click.argument("code")
@click.option("--why", is_flag=True, help="Show the reasons.")
@click.option("--first", type=click.IntRange(1, 200), default=10, help="How many.")
@json_option
@data_option
def similar(system: str, code: str, first: int, data: Path, *, why: bool, as_json: bool) -> None:
    """Show the codes most like CODE of SYSTEM."""
    variables = {"ref": {"system": system, "code": code}, "first": first}
    found = _data_of(_ask(data, _SIMILAR, variables))["code"]
    if found["__typename"] == "CodeMiss":
        if as_json:
            _print_json(found)
        else:
            click.echo(found["message"], err=True)
        sys.exit(1)
    if as_json:
        _print_json(found)
        return
    if not found["similar"]["edges"]:
        click.echo(f"Nothing in the graph is like {found['id']} {found['name']}.")
        return
    rows = []
    for edge in found["similar"]["edges"]:
        reasons = "\n".join(f"{r['contribution']:.3f} {r['explanation']}" for r in edge["why"])
        row = (f"{edge['score']:.3f}", edge["node"]["id"], edge["node"]["name"])
        rows.append((*row, reasons) if why else row)
    columns = ("score", "id", "name", "why") if why else ("score", "id", "name")
    _table(f"Like {found['id']} {found['name']}", columns, rows)


@commands.command()
def schema() -> None:
    """Print the schema in the schema definition language."""
    click.echo(create_schema().as_str())
