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

from benchmarks.peers.servers import OURS, RAW, RAW_PAGES, RAW_WHOLE

__all__ = ["Row", "write_report"]

_PYTHON_PARTS = (
    "strawberry-graphql", "graphql-core", "ariadne", "starlette", "uvicorn", "uvloop", "orjson",
)  # fmt: skip
_BAR, _LEFT, _WIDTH = 22, 330, 900


@dataclass(frozen=True, slots=True)
class Row:
    """A server's rounds: requests a second and CPU microseconds a request of each; p99 in ms."""

    title: str
    cold: bool
    requests: tuple[float, ...]
    cpu: tuple[float, ...]
    p99: float

    @property
    def median(self) -> float:
        """Requests a second."""
        return statistics.median(self.requests)

    @property
    def name(self) -> str:
        """The title, and whether its answers came from what it keeps."""
        hot = "" if self.cold else ", hot"
        return f"{self.title}{hot}"


def _ratios(rows: Sequence[Row]) -> list[tuple[str, str, float]]:
    found = {(row.title, row.cold): row for row in rows}
    cold, hot = found[OURS.title, True], found[OURS.title, False]
    raw_cold, raw_hot = found[RAW.title, True], found[RAW.title, False]
    like_ours, whole = found[RAW_PAGES.title, False], found[RAW_WHOLE.title, False]
    jit = next(row for row in rows if row.title.endswith("JIT"))
    stock = next(row for row in rows if row.title.startswith("Strawberry"))
    cpu = statistics.median(cold.cpu) / statistics.median(raw_cold.cpu)
    return [
        ("cold requests/s over Mercurius with JIT", "1.5 (2.0)", cold.median / jit.median),
        ("cold requests/s over Strawberry with caches", "15 (25)", cold.median / stock.median),
        ("cold CPU over raw ASGI", "at most 4.5 (3)", cpu),
        ("hot requests/s over raw ASGI", ".88 (.92)", hot.median / raw_hot.median),
        ("the same under our protocol", "–", hot.median / whole.median),
        ("the same, and all pages under our headers", "–", hot.median / like_ours.median),
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
    count = len(rows[0].requests)
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
    ordered = sorted(rows, key=lambda row: row.median)
    lines += [
        f"| {_strong(row)} | {row.median:,.0f} | {min(row.requests):,.0f}–{max(row.requests):,.0f} "
        f"| {statistics.median(row.cpu):,.0f} | {min(row.cpu):,.0f}–{max(row.cpu):,.0f} "
        f"| {row.p99:,.1f} |"
        for row in ordered
    ]
    lines += ["", "| ratio | aim | measured |", "| --- | ---: | ---: |"]
    lines += [f"| {name} | {aim} | {found:.2f} |" for name, aim, found in _ratios(rows)]
    lines += ["", f"{_machine()}. {_versions()}.", ""]
    (folder / "benchmarks.md").write_text("\n".join(lines), encoding="utf-8")
    (folder / "benchmarks.svg").write_text(_chart(ordered), encoding="utf-8")
    print("\n".join(lines))


def _strong(row: Row) -> str:
    return f"**{row.name}**" if row.title == OURS.title else row.name


def _chart(rows: Sequence[Row]) -> str:
    most = max(row.median for row in rows)
    height = len(rows) * (_BAR + 10) + 30
    said = "; ".join(f"{row.name}: {row.median:,.0f}" for row in rows)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        'role="img" aria-labelledby="title desc" font-family="sans-serif" font-size="14">',
        '<title id="title">Page queries answered in a second by one process</title>',
        f'<desc id="desc">{escape(said)}</desc>',
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
    ]
    for number, row in enumerate(rows):
        y = 15 + number * (_BAR + 10)
        width = max(1, (_WIDTH - _LEFT - 90) * row.median / most)
        fill = "#0b6e4f" if row.title == OURS.title else "#9aa5b1"
        parts += [
            f'<text x="{_LEFT - 10}" y="{y + 16}" text-anchor="end">{escape(row.name)}</text>',
            f'<rect x="{_LEFT}" y="{y}" width="{width:.0f}" height="{_BAR}" fill="{fill}"/>',
            f'<text x="{_LEFT + width + 8:.0f}" y="{y + 16}">{row.median:,.0f}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])
