"""How much memory worker processes take, and how much of it they share.

    python -m benchmarks.workers DATA [--workers 4] [--requests 4000]

Starts ``medcodegraph serve`` and asks it page queries over many connections.
For each process, in MiB: *resident* is all that is in memory, *proportional* counts a page that is
shared by n processes as one nth (PSS), *private* is what would be free if it ended. Needs Linux.
"""

import argparse
import json
import signal
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path

from benchmarks.peers.export import PAGE, page_variables, paged_procedures
from benchmarks.peers.servers import free_port
from service.snapshot import open_snapshot

_THREADS = 32


def _bodies(data: Path, count: int) -> list[bytes]:
    """Return requests for the procedures that have a page."""
    procedures = paged_procedures(open_snapshot(data))
    return [
        json.dumps(
            {
                "query": PAGE,
                "variables": page_variables(one.system, one.code, indications=51 + n % 150),
            }
        ).encode()
        for n, one in zip(range(count), cycle(procedures))
    ]


def _ask(url: str, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as answer:  # noqa: S310
        if b'"errors"' in answer.read()[:20]:
            raise RuntimeError("a page query failed")


def _wait(port: int) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the service did not get ready within a minute")


def _children(parent: int) -> list[int]:
    listed = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return sorted(map(int, listed))


def _memory(process: int) -> dict[str, float]:
    """Return the MiB of one process, by the kernel's names."""
    rows = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]
    found = {row.split(":")[0]: int(row.split()[1]) / 1024 for row in rows}
    found["Private"] = found["Private_Clean"] + found["Private_Dirty"]
    return found


def _table(title: str, processes: dict[str, int]) -> None:
    print(f"\n| {title} | resident | proportional | private |\n| --- | ---: | ---: | ---: |")
    for name, process in processes.items():
        found = _memory(process)
        print(f"| {name} | {found['Rss']:.0f} | {found['Pss']:.0f} | {found['Private']:.0f} |")


def main() -> None:
    """Start the service, load it and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder of a snapshot")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--requests", type=int, default=4_000)
    arguments = parser.parse_args()
    bodies = _bodies(arguments.data, arguments.requests)
    port = free_port()
    command = Path(sys.executable).with_name("medcodegraph")
    options = ("--data", arguments.data, "--port", port, "--workers", arguments.workers)
    process = subprocess.Popen(list(map(str, [command, "serve", *options])))  # noqa: S603
    try:
        _wait(port)
        time.sleep(2)  # until all of them are ready, not the first alone
        # Of a process that watches, and resources that it tracks, only workers map the data.
        workers = [
            one
            for one in _children(process.pid)
            if f"{arguments.data.resolve()}/" in Path(f"/proc/{one}/maps").read_text()
        ]
        named = {f"worker {n}": one for n, one in enumerate(workers, 1)}
        _table("ready, MiB", named)
        with ThreadPoolExecutor(_THREADS) as pool:
            url = f"http://127.0.0.1:{port}/graphql"
            list(pool.map(lambda body: _ask(url, body), bodies))
        _table(f"after {len(bodies):,} page queries, MiB", named)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


if __name__ == "__main__":
    main()
