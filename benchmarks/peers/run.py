"""How fast pages are served: this service beside other GraphQL servers, on the same data.

    python -m benchmarks.peers.run DATA      (``make bench`` sets everything up)

Every server answers the operation of ``page.graphql`` for the procedures that have a page, from
memory. In *cold* rounds no two requests have the same variables, so that no whole answer comes
again; this service then copies parts of answers that it has kept, as it does for its users, and a
row of its own says what it takes where nothing is kept. The peers have the objects of the answers
ready; this service makes them of its records, the reasons for similarity included, and another row
has its compiler answer from ready objects too. In *hot* rounds the same requests come again and
again, asked of this service alone.

The server has one core and the load, ``wrk``, the other. A round counts only where the server used
at least 0.90 of its core: otherwise the load was the limit. Rounds of the servers alternate. The
latency under such load says how many requests wait: 32, or more where those were not enough. Needs
Linux, ``wrk``, and the Node packages installed in ``build/peers``.
"""

import argparse
import json
import random
import shutil
import statistics
import sys
import urllib.request
from pathlib import Path
from typing import Any

import orjson

from benchmarks.peers.export import PAGE, export_answers
from benchmarks.peers.load import REQUESTS_A_ROUND, Round, one_round, variables, write_script
from benchmarks.peers.report import Row, write_report
from benchmarks.peers.servers import BARE, SERVERS, Running, Server, running

_NODE = Path("build/peers")
_FOLDER = _NODE / "data"
_LEAST_SHARE = 0.90
_CHECKED = 20
_CONNECTIONS = (32, 64, 128)
_TRIES = 3


def _ask(server: Running, key: str) -> bytes:
    body = json.dumps({"query": PAGE, "variables": variables(key)}).encode()
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    request = urllib.request.Request(f"{server.url}/graphql", body, headers)  # noqa: S310  loopback
    with urllib.request.urlopen(request) as response:  # noqa: S310
        answer: bytes = response.read()
    return answer


def _check(server: Running, title: str, answers: dict[str, Any]) -> None:
    for key in random.Random(7).sample(sorted(answers), _CHECKED):  # noqa: S311  not for secrets
        found = json.loads(_ask(server, key)).get("data")
        if found != {"code": answers[key]}:
            raise RuntimeError(f"{title} answers {key} otherwise: {str(found)[:300]}")


def _measured(
    server: Running, answers: dict[str, Any], seconds: int, number: int, way: str
) -> Round:
    script, cold = _FOLDER / "load.lua", way == "cold"
    write_script(script, answers, cold=cold)
    one_round(server, script, 2, _CONNECTIONS[0])  # until compilers and caches have warmed up
    for attempt in range(_TRIES):
        start = (number * _TRIES + attempt + 1) * REQUESTS_A_ROUND
        write_script(script, answers, cold=cold, start=start)
        found = one_round(server, script, seconds, _CONNECTIONS[attempt])
        if found.share >= _LEAST_SHARE:
            return found
        print(f"  not counted: the server used {found.share:.2f} of its core")
    raise RuntimeError("the load was the limit in every try")


def main() -> None:
    """Run the benchmark and write its report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder of a snapshot")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=6)
    parser.add_argument("--out", type=Path, default=Path("docs"), help="folder of the report")
    arguments = parser.parse_args()
    for tool in ("wrk", "node", "taskset"):
        if shutil.which(tool) is None:
            sys.exit(f"{tool} is missing: `make bench` installs what it can")
    _FOLDER.mkdir(parents=True, exist_ok=True)
    answers = export_answers(arguments.data, _FOLDER)
    rounds: dict[tuple[Server, str], list[Round]] = {}
    for number in range(arguments.rounds):
        for server in SERVERS:
            with running(server, arguments.data, _FOLDER, _NODE) as started:
                if server not in BARE and number == 0:
                    _check(started, server.title, answers)
                for way in server.rounds:
                    found = _measured(started, answers, arguments.seconds, number, way)
                    rounds.setdefault((server, way), []).append(found)
                    print(
                        f"{number + 1} {server.title}, {way}: {found.requests:,.0f}/s, "
                        f"{found.cpu:.0f} us CPU, {found.share:.2f} of the core",
                        flush=True,
                    )
    rows = [Row(server, way, tuple(found)) for (server, way), found in rounds.items()]
    leaves = statistics.median(_leaves(answer) for answer in answers.values())
    size = statistics.median(
        len(orjson.dumps({"data": {"code": answer}})) for answer in answers.values()
    )
    write_report(rows, arguments.out, pages=len(answers), leaves=leaves, size=size)


def _leaves(value: object) -> int:
    if isinstance(value, dict):
        return sum(map(_leaves, value.values()))
    return sum(map(_leaves, value)) if isinstance(value, list) else 1


if __name__ == "__main__":
    main()
