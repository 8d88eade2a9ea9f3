"""Where the microseconds of a cold page query go, by the room of the code that runs.

    python -m benchmarks.peers.profile DATA

The service runs in this process on one core, ``wrk`` on the other. A thousand times a second of
processor time the interpreter says which line it is at; the share of a room's lines, times the
processor time of a request, is what the room costs. Time in C counts for the line that called
it. Sampling itself costs some percent, so look at the proportions.
"""

import argparse
import os
import resource
import signal
import socket
import threading
import time
from collections import Counter
from pathlib import Path
from types import FrameType

import uvicorn

from benchmarks.peers.export import export_answers
from benchmarks.peers.load import REQUESTS_A_ROUND, write_script
from benchmarks.peers.servers import LOAD_CORE, SERVER_CORE
from service.settings import ENVIRONMENT_PREFIX
from service.web.listening import http_protocol
from service.web.serving import served_app

_FOLDER = Path("build/peers/data")
_SAMPLE_SECONDS = 0.001
_WARM_UP = 3

_ROOMS = (
    ("<compiled operation>", "compiled functions"),
    ("service/execution/inputs.py", "variables and arguments"),
    ("service/execution/byte_cache.py", "looking up what is kept"),
    ("service/execution/parts.py", "looking up what is kept"),
    ("service/execution/engine.py:_compiled", "joining and encoding (orjson)"),
    ("service/execution/", "engine: document, plan, key"),
    ("service/web/equal_requests.py", "equal requests: key, replay"),
    ("service/web/whole_responses.py", "writing to the socket"),
    ("service/web/", "route: headers, body, JSON, response"),
    ("service/schema/", "resolvers"),
    ("service/", "store and lookup"),
    ("starlette/", "route: headers, body, JSON, response"),
    ("uvicorn/", "uvicorn: heads of requests and responses, tasks"),
    ("_weakrefset.py", "uvicorn: heads of requests and responses, tasks"),
    ("asyncio/locks.py", "uvicorn: heads of requests and responses, tasks"),
    ("asyncio/runners.py", "uvloop: polling, reading, callbacks"),
    ("dataclasses", "objects of the schema (__init__)"),
    ("<string>", "objects of the schema (__init__)"),
)


def _room(frame: FrameType) -> str:
    code = frame.f_code
    place = f"{code.co_filename}:{code.co_name}"
    return next((room for part, room in _ROOMS if part in place), "other")


def _cpu() -> tuple[float, float]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime, used.ru_stime


class _Sampler:
    """Counts rooms while it is on."""

    def __init__(self) -> None:
        self.rooms: Counter[str] = Counter()

    def __call__(self, _number: int, frame: FrameType | None) -> None:
        if frame is not None:
            self.rooms[_room(frame)] += 1

    def start(self) -> None:
        signal.signal(signal.SIGPROF, self)
        signal.setitimer(signal.ITIMER_PROF, _SAMPLE_SECONDS, _SAMPLE_SECONDS)

    def stop(self) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)


def main() -> None:
    """Run the service under load and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder of a snapshot")
    parser.add_argument("--seconds", type=int, default=15)
    arguments = parser.parse_args()
    _FOLDER.mkdir(parents=True, exist_ok=True)
    answers = export_answers(arguments.data, _FOLDER)
    os.environ[f"{ENVIRONMENT_PREFIX}DATA"] = str(arguments.data)
    os.sched_setaffinity(0, {SERVER_CORE})
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    config = uvicorn.Config(
        served_app, factory=True, http=http_protocol(), ws="none", access_log=False,
        log_level="warning", server_header=False, proxy_headers=False,
    )  # fmt: skip
    server, sampler = uvicorn.Server(config), _Sampler()
    found: list[float] = []

    def load() -> None:
        while not server.started:
            time.sleep(0.1)
        for start, seconds in ((0, _WARM_UP), (REQUESTS_A_ROUND, arguments.seconds)):
            script = _FOLDER / "load.lua"
            write_script(script, answers, cold=True, start=start)
            sampler.rooms.clear()
            before, asked = _cpu(), server.server_state.total_requests
            command = (
                f"taskset -c {LOAD_CORE} wrk -t1 -c32 -d{seconds}s -s {script} {url} >/dev/null"
            )
            os.system(command)  # noqa: S605  of this module
            count = server.server_state.total_requests - asked
            found[:] = [(b - a) / count * 1e6 for a, b in zip(before, _cpu(), strict=True)]
        server.should_exit = True

    thread = threading.Thread(target=load)
    thread.start()
    sampler.start()
    server.run(sockets=[listener])
    sampler.stop()
    thread.join()
    user, system = found
    total = sum(sampler.rooms.values())
    print(f"{user + system:.0f} µs CPU a request, {system:.0f} of them in the kernel\n")
    print("| room | share | µs |\n| --- | ---: | ---: |")
    for room, count in sampler.rooms.most_common():
        share = count / total
        print(f"| {room} | {share:.0%} | {share * (user + system):.1f} |")


if __name__ == "__main__":
    main()
