"""The load of the benchmark: scripts for ``wrk``, and one round of it against a server."""

import json
import random
import re
import subprocess
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.peers.export import PAGE, page_variables
from benchmarks.peers.servers import LOAD_CORE, Running

__all__ = ["REQUESTS_A_ROUND", "Round", "one_round", "variables", "write_script"]

REQUESTS_A_ROUND = 350_000
"""More than any server answers in one round: the next begins behind them."""

_LUA = """
local query, codes, cold, n = %s, {%s}, %s, %d
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Accept"] = "application/json"
request = function()
  n = n + 1
  local code = codes[n %% #codes + 1]
  local a, b, c = 200, 200, 200
  if cold then
    a, b, c = 51 + n %% 150, 51 + math.floor(n / 150) %% 150, 51 + math.floor(n / 22500) %% 150
  end
  return wrk.format(nil, "/graphql", nil, '{"query":' .. query .. ',"variables":{"ref":' .. code ..
    ',"indications":' .. a .. ',"personnel":' .. b .. ',"alternatives":' .. c .. '}}')
end
"""


@dataclass(frozen=True, slots=True)
class Round:
    """One round: requests a second, CPU microseconds a request, share of the core that was used.

    ``p99`` is the latency that 99 % of the requests stay under, in milliseconds.
    """

    requests: float
    cpu: float
    share: float
    p99: float


def variables(key: str) -> dict[str, Any]:
    """Return the variables that ask for the code ``key``, "system code", and its whole lists."""
    system, code = key.split(" ")
    return page_variables(system, code)


def write_script(path: Path, keys: Collection[str], *, cold: bool, start: int = 0) -> None:
    """Write what ``wrk`` asks: the codes ``keys`` in turn, in an order drawn from one seed.

    With ``cold`` no two of 3,375,000 requests are alike: they are counted from ``start``.
    """
    shuffled = sorted(keys)
    random.Random(2026).shuffle(shuffled)  # noqa: S311  not for secrets
    refs = ",".join(f"'{json.dumps(variables(key)['ref'])}'" for key in shuffled)
    text = _LUA % (f"[==[{json.dumps(PAGE)}]==]", refs, str(cold).lower(), start)
    path.write_text(text, encoding="utf-8")


def one_round(server: Running, script: Path, seconds: int, connections: int) -> Round:
    """Load ``server`` from the other core. Raises ``RuntimeError`` where a request failed."""
    command = [
        "taskset", "-c", str(LOAD_CORE), "wrk", "-t1", f"-c{connections}", f"-d{seconds}s",
        "--timeout", "30s", "--latency", "-s", str(script), server.url,
    ]  # fmt: skip
    cpu, begun = server.cpu_seconds(), time.perf_counter()
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    elapsed, used = time.perf_counter() - begun, server.cpu_seconds() - cpu
    if "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(f"errors under load: {said}")
    requests = int(re.findall(r"(\d+) requests in", said)[0])
    p99, unit = re.findall(r"99%\s+([\d.]+)(us|ms|s)", said)[0]
    scale = {"us": 1e-3, "ms": 1.0, "s": 1e3}[unit]
    return Round(requests / elapsed, used / requests * 1e6, used / elapsed, float(p99) * scale)
