"""The servers of the benchmark: how each is started, and on which core."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from service.web.listening import http_protocol

__all__ = [
    "BARE", "COMPILED", "JIT", "LOAD_CORE", "NOTHING_KEPT", "OURS", "RAW", "RAW_PAGES",
    "RAW_WHOLE", "SERVERS", "SERVER_CORE", "STOCK", "Running", "Server", "free_port", "running",
]  # fmt: skip

SERVER_CORE, LOAD_CORE = 0, 1
_HERE = Path(__file__).parent
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Server:
    """A server by its title; ``kind`` is how it is started: ours, python or node."""

    title: str
    kind: str
    name: str
    rounds: tuple[str, ...] = ("cold",)
    protocol: str = "httptools"
    environment: Mapping[str, str] = field(default_factory=dict, hash=False)


OURS = Server("medcodegraph", "ours", "", ("cold", "hot"))
NOTHING_KEPT = Server(
    "medcodegraph, nothing kept", "ours", "", environment={"MEDCODEGRAPH_CACHE_MIB": "0"}
)
COMPILED = Server(
    "our compiler on the objects of the Strawberry row",
    "python",
    "compiled_app:app",
    protocol=http_protocol(),
)
STOCK = Server("Strawberry, parser and validation caches, orjson", "python", "strawberry_app:app")
JIT = Server("Mercurius with JIT", "node", "mercurius-jit")
RAW = Server("raw ASGI, fixed bytes", "python", "raw_asgi:app")
RAW_WHOLE = Server(
    "raw ASGI, fixed bytes, our protocol", "python", "raw_asgi:app", protocol=http_protocol()
)
RAW_PAGES = Server(
    "raw ASGI, all pages, our headers and protocol",
    "python",
    "raw_asgi:pages",
    protocol=http_protocol(),
)
BARE = (RAW, RAW_WHOLE, RAW_PAGES)
"""Servers that answer bytes to whatever they are asked."""
SERVERS = (
    OURS,
    NOTHING_KEPT,
    COMPILED,
    STOCK,
    Server("Ariadne, parser and validation caches", "python", "ariadne_app:app"),
    Server("Apollo Server on Express", "node", "apollo"),
    Server("GraphQL Yoga", "node", "yoga"),
    Server("Mercurius", "node", "mercurius"),
    JIT,
    *BARE,
)


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers at ``url``."""

    process: "subprocess.Popen[bytes]"
    url: str

    def cpu_seconds(self) -> float:
        """Return the processor time that it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


def _command(server: Server, port: int, snapshot: Path, exported: Path, node: Path) -> list[str]:
    if server.kind == "ours":
        medcodegraph = str(Path(sys.executable).with_name("medcodegraph"))
        return [medcodegraph, "serve", "--data", str(snapshot), "--port", str(port)]
    if server.kind == "node":
        files = [str(exported / "schema.graphql"), str(exported / "answers.json")]
        return ["node", str(node / "server.mjs"), server.name, str(port), *files]
    app = f"benchmarks.peers.{server.name}"
    return [
        sys.executable, "-m", "uvicorn", app, "--port", str(port), "--log-level", "warning",
        "--no-access-log", "--no-proxy-headers", "--loop", "uvloop", "--http", server.protocol,
    ]  # fmt: skip


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def running(server: Server, snapshot: Path, exported: Path, node: Path) -> Iterator[Running]:
    """Start ``server`` on its core and yield it when it answers; stop it at the end."""
    port = free_port()
    command = _command(server, port, snapshot, exported, node)
    environment = {
        **os.environ, "PEER_DATA": str(exported), "NODE_ENV": "production", **server.environment
    }  # fmt: skip
    process = subprocess.Popen(  # noqa: S603  commands of this module
        command,
        env=environment,
        cwd=_HERE.parents[1],
        stdout=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, {SERVER_CORE}),
    )
    try:
        _wait(process, port, server.title)
        yield Running(process, f"http://127.0.0.1:{port}")
    finally:
        process.send_signal(signal.SIGINT if server.kind != "node" else signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: "subprocess.Popen[bytes]", port: int, title: str) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"{title} ended with status {process.returncode}")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=1)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{title} did not start within a minute")
