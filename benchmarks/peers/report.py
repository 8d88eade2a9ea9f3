"""The report of the benchmark: a table in Markdown and a chart."""

import json
import platform
import re
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from xml.sax.saxutils import escape

from benchmarks.peers.load import Round
from benchmarks.peers.servers import (
    COMPILED,
    JIT,
    NOTHING_KEPT,
    OURS,
    RAW,
    RAW_PAGES,
    RAW_WHOLE,
    STOCK,
    Server,
)

__all__ = ["Row", "write_report"]

_PYTHON_PARTS = (
    "strawberry-graphql", "graphql-core", "ariadne", "starlette", "uvicorn", "uvloop", "orjson",
)  # fmt: skip
_BAR, _LEFT, _WIDTH = 22, 330, 900


@dataclass(frozen=True, slots=True)
class Row:
    """The rounds of one server, all *cold* or all *hot*."""

    server: Server
    way: str
    rounds: tuple[Round, ...]

    @property
    def requests(self) -> float:
        """Requests a second, the median."""
        return statistics.median(one.requests for one in self.rounds)

    @property
    def cpu(self) -> float:
        """Microseconds of processor time a request, the median."""
        return statistics.median(one.cpu for one in self.rounds)

    @property
    def name(self) -> str:
        """The title, and whether its answers came from what it keeps."""
        return f"{self.server.title}{', hot' if self.way == 'hot' else ''}"

    def cells(self) -> tuple[str, ...]:
        """Return medians and ranges as the table shows them."""
        requests = [one.requests for one in self.rounds]
        cpu = [one.cpu for one in self.rounds]
        return (
            f"**{self.name}**" if self.server is OURS else self.name,
            f"{self.requests:,.0f}",
            f"{min(requests):,.0f}–{max(requests):,.0f}",
            f"{self.cpu:,.0f}",
            f"{min(cpu):,.0f}–{max(cpu):,.0f}",
            f"{statistics.median(one.p99 for one in self.rounds):,.1f}",
        )


def _ratios(rows: Sequence[Row]) -> list[tuple[str, str, float]]:
    found = {(row.server, row.way): row for row in rows}
    cold, hot, raw = found[OURS, "cold"], found[OURS, "hot"], found[RAW, "cold"]
    jit, stock = found[JIT, "cold"], found[STOCK, "cold"]
    bare, like_ours = found[RAW_WHOLE, "cold"], found[RAW_PAGES, "cold"]
    compiled, nothing_kept = found[COMPILED, "cold"], found[NOTHING_KEPT, "cold"]
    return [
        ("cold requests/s over Mercurius with JIT", "1.5 (2.0)", cold.requests / jit.requests),
        ("– of our compiler on ready objects", "–", compiled.requests / jit.requests),
        ("– where nothing is kept", "–", nothing_kept.requests / jit.requests),
        ("cold requests/s over Strawberry with caches", "15 (25)", cold.requests / stock.requests),
        ("– of our compiler on ready objects", "–", compiled.requests / stock.requests),
        ("– where nothing is kept", "–", nothing_kept.requests / stock.requests),
        ("cold CPU over raw ASGI", "at most 4.5 (3)", cold.cpu / raw.cpu),
        ("hot requests/s over raw ASGI", ".88 (.92)", hot.requests / raw.requests),
        ("– under our protocol", "–", hot.requests / bare.requests),
        ("– all pages, under our protocol and headers", "–", hot.requests / like_ours.requests),
    ]


def _machine() -> str:
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = re.findall(r"model name\s*:\s*(.+)", text)[:1] or ["unknown processor"]
    node = subprocess.run(["node", "--version"], check=True, capture_output=True, text=True)  # noqa: S607
    return f"{model[0]}, Python {platform.python_version()}, Node {node.stdout.strip()}"


def _versions() -> str:
    packages = Path(__file__).with_name("node") / "package.json"
    node = json.loads(packages.read_text(encoding="utf-8"))["dependencies"]
    python = [f"{part} {version(part)}" for part in _PYTHON_PARTS]
    return " · ".join(python + [f"{name} {number}" for name, number in node.items()])


def write_report(
    rows: Sequence[Row], folder: Path, *, pages: int, leaves: float, size: float
) -> None:
    """Write ``benchmarks.md`` and ``benchmarks.svg`` to ``folder``; the page is also printed."""
    count = len(rows[0].rounds)
    lines = [
        "# Page queries beside other servers",
        "",
        "Written by `make bench`; what is measured and how stands in `benchmarks/peers/run.py`.",
        f"{pages} pages of procedures, in the median {leaves:,.0f} leaf values and {size:,.0f} "
        f"bytes; one process and one core each; medians of {count} rounds, with their range.",
        "",
        "![Requests a second, by server](benchmarks.svg)",
        "",
        "| server | requests/s | range | CPU µs/request | range | p99 ms |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    ordered = sorted(rows, key=lambda row: row.requests)
    lines += [f"| {' | '.join(row.cells())} |" for row in ordered]
    lines += ["", "| ratio | aim | measured |", "| --- | ---: | ---: |"]
    lines += [f"| {name} | {aim} | {found:.2f} |" for name, aim, found in _ratios(rows)]
    lines += ["", f"{_machine()}. {_versions()}.", ""]
    (folder / "benchmarks.md").write_text("\n".join(lines), encoding="utf-8")
    (folder / "benchmarks.svg").write_text(_chart(ordered), encoding="utf-8")
    print("\n".join(lines))


def _chart(rows: Sequence[Row]) -> str:
    most = max(row.requests for row in rows)
    height = len(rows) * (_BAR + 10) + 30
    said = "; ".join(f"{row.name}: {row.requests:,.0f}" for row in rows)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        'role="img" aria-labelledby="title desc" font-family="sans-serif" font-size="14">',
        '<title id="title">Page queries answered in a second by one process</title>',
        f'<desc id="desc">{escape(said)}</desc>',
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
    ]
    for number, row in enumerate(rows):
        y = 15 + number * (_BAR + 10)
        width = max(1, (_WIDTH - _LEFT - 90) * row.requests / most)
        fill = "#0b6e4f" if row.server is OURS else "#9aa5b1"
        parts += [
            f'<text x="{_LEFT - 10}" y="{y + 16}" text-anchor="end">{escape(row.name)}</text>',
            f'<rect x="{_LEFT}" y="{y}" width="{width:.0f}" height="{_BAR}" fill="{fill}"/>',
            f'<text x="{_LEFT + width + 8:.0f}" y="{y + 16}">{row.requests:,.0f}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])
