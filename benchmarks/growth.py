"""What grows with the graph and what does not: start, memory, disk, a page query.

    python -m benchmarks.growth [CONCEPTS ...]     (default: 10k, 100k, 1M and 2M)

The shipped pages stand in a graph that is filled up with invented conditions, ten edges each, all
of it drawn from one seed. Their rankings are not computed but drawn, since ranking two million
concepts takes hours; they take the room of real ones. Each size is measured in a fresh process:
from its first instruction to the answer of the first page query, and what a page query then takes.
Without sizes given, NetworkX is measured too, at 200 thousand and at two million concepts. The
search index holds what is shipped alone: ``python -m benchmarks.search --synthetic`` fills it.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import networkx as nx
import numpy as np
import orjson

from benchmarks.peers.export import PAGE
from service.build import build_graph, sources
from service.compilation import compile_snapshot
from service.execution.engine import Engine, GraphQLRequest
from service.model import ConceptKind, Relation
from service.schema.context import RequestContext
from service.schema.query import create_schema
from service.settings import shipped_data
from service.snapshot import Array, Pieces, Snapshot, id_hash, open_snapshot, write_snapshot
from service.store.memory import MemoryStore

_SIZES = (10_000, 100_000, 1_000_000, 2_000_000)
_FOLDER = Path("build/growth")
_EDGES = 10
_NEIGHBORS = 50
_SAMPLE = 1_500


def filled(base: Snapshot, concepts: int) -> Snapshot:
    """Return ``base`` with invented conditions behind it, up to ``concepts`` in all."""
    own = len(base.arrays["kinds"])
    extra, rng = max(0, concepts - own), np.random.default_rng(2026)
    arrays = dict(base.arrays)
    # Behind all other ids: those of the pages keep their numbers.
    ids = [f"~invented:{n:08}" for n in range(extra)]
    template = orjson.loads(base.pieces("concepts")[0]) | {
        "kind": ConceptKind.CONDITION, "synonyms": [], "system": None, "code": None, "title": None,
        "title_source": None,
    }  # fmt: skip
    records = (
        orjson.dumps(template | {"id": name, "name": f"Invented condition {n}"})
        for n, name in enumerate(ids)
    )
    _extend_pieces(arrays, "ids", Pieces.packed(name.encode() for name in ids))
    _extend_pieces(arrays, "concepts", Pieces.packed(records))
    for name in ("notes", "pages"):
        _extend_pieces(arrays, name, Pieces.packed(b"" for _ in ids))
    kind = list(ConceptKind).index(ConceptKind.CONDITION)
    for name, value in (
        ("kinds", kind), ("systems", -1), ("from_days", 0), ("to_days", 0), ("listed", 0)
    ):  # fmt: skip
        arrays[name] = np.concatenate([arrays[name], np.full(extra, value, arrays[name].dtype)])
    _extend_edges(arrays, own, extra, rng)
    hashes = np.concatenate(
        [
            base.arrays["id_hashes"][np.argsort(base.arrays["id_numbers"])],
            np.array([id_hash(name) for name in ids], np.uint64),
        ]
    )
    order = np.argsort(hashes, kind="stable")
    arrays["id_hashes"], arrays["id_numbers"] = hashes[order], order.astype(np.int32)
    _extend_neighbors(arrays, own, extra, rng)
    version = f"{base.data_version}-{concepts}"
    return Snapshot(arrays, version, base.built_at, base.code_systems)


def _extend_pieces(arrays: dict[str, Array], name: str, more: Pieces) -> None:
    data, starts = arrays[f"{name}.bytes"], arrays[f"{name}.starts"]
    arrays[f"{name}.bytes"] = np.concatenate([data, more.data])
    arrays[f"{name}.starts"] = np.concatenate([starts, more.starts[1:] + starts[-1]])


def _extend_edges(arrays: dict[str, Array], own: int, extra: int, rng: np.random.Generator) -> None:
    if not extra:
        return
    count = own + extra
    sources = np.repeat(np.arange(own, count, dtype=np.int32), _EDGES)
    targets = rng.integers(own, count, len(sources), dtype=np.int32)
    relation = list(Relation).index(Relation.IS_A)
    detail = arrays["edge_details"][:1]
    arrays["edge_sources"] = np.concatenate([arrays["edge_sources"], sources])
    arrays["edge_targets"] = np.concatenate([arrays["edge_targets"], targets])
    more = np.full(len(sources), relation, np.uint8)
    arrays["edge_relations"] = np.concatenate([arrays["edge_relations"], more])
    arrays["edge_details"] = np.concatenate(
        [arrays["edge_details"], np.repeat(detail, len(sources))]
    )
    places = np.arange(count + 1)
    arrays["edge_starts"] = np.searchsorted(arrays["edge_sources"], places).astype(np.int64)
    by_target = np.argsort(arrays["edge_targets"], kind="stable")
    arrays["in_edges"] = by_target.astype(np.int32)
    ordered = arrays["edge_targets"][by_target]
    arrays["in_starts"] = np.searchsorted(ordered, places).astype(np.int64)


def _extend_neighbors(
    arrays: dict[str, Array], own: int, extra: int, rng: np.random.Generator
) -> None:
    """Give the invented as many drawn neighbors as real concepts have."""
    starts, rows = arrays["neighbors_starts"], extra * _NEIGHBORS
    more = starts[-1] + _NEIGHBORS * np.arange(1, extra + 1)
    arrays["neighbors_starts"] = np.concatenate([starts, more])
    drawn = rng.integers(own, max(own + extra, own + 1), rows, dtype=np.int32)
    each = len(arrays["neighbors_reasons"]) // max(1, len(arrays["neighbors_numbers"]))
    for name, values in (
        ("numbers", drawn),
        ("scores", np.full(rows, 0.5)),
        ("counts", np.ones(rows, np.uint16)),
        ("reasons", np.zeros(rows * each, np.uint16)),
        ("totals", np.full(extra, _NEIGHBORS, np.int32)),
    ):
        known = arrays[f"neighbors_{name}"]
        arrays[f"neighbors_{name}"] = np.concatenate([known, values.astype(known.dtype)])


def measured(folder: Path) -> dict[str, float]:
    """Measure the snapshot in ``folder`` in this process, which does nothing else."""
    begun = time.clock_gettime(time.CLOCK_MONOTONIC) - _age()
    store = MemoryStore(open_snapshot(folder))
    context = RequestContext(store=store, loaded_at="")
    engine = Engine(create_schema(), compiled_at_use=1)
    pages = np.flatnonzero(np.diff(store._snapshot.arrays["pages.starts"]))
    codes = [c for c in store.concepts_at(pages.tolist()) if c.kind is ConceptKind.PROCEDURE]

    def ask(number: int) -> float:
        concept = codes[number % len(codes)]
        lists = {"indications": 51 + number % 150, "personnel": 60, "alternatives": 60}
        variables = {"ref": {"system": concept.system, "code": concept.code}, **lists}
        started = time.perf_counter()
        answer = engine.execute(
            GraphQLRequest(PAGE, variables), context=context, version=context.version
        )
        taken = time.perf_counter() - started
        if answer.errors:
            raise RuntimeError(str(answer.errors))
        return taken

    ask(0)
    ready = time.clock_gettime(time.CLOCK_MONOTONIC) - begun
    first = [ask(number) for number in range(1, len(codes))]
    later = [ask(number) for number in range(len(codes), len(codes) + _SAMPLE)]
    return {
        "nodes": store.node_count,
        "edges": store.edge_count,
        "ready": ready,
        "first": statistics.median(first) * 1e6,
        "later": statistics.median(later) * 1e6,
        "memory": _resident(),
        "edges_disk": _mebibytes(folder, "edge_*.npy") + _mebibytes(folder, "in_*.npy"),
        "disk": _mebibytes(folder, "*.npy"),
    }


def _mebibytes(folder: Path, names: str) -> float:
    return sum(path.stat().st_size for path in folder.glob(names)) / 2**20


def _resident() -> float:
    """Return the MiB of this process that are in memory, files that it maps among them."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def _age() -> float:
    """Return the seconds since this process was started."""
    started = int(Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started / os.sysconf("SC_CLK_TCK")


def networkx_measured(concepts: int, edges: int) -> dict[str, float]:
    """Build a NetworkX graph of that size with attributes, and say what it took."""
    rng = np.random.default_rng(2026)
    sources = rng.integers(0, concepts, edges).tolist()
    targets = rng.integers(0, concepts, edges).tolist()
    begun = time.perf_counter()
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    names = [f"~invented:{n:08}" for n in range(concepts)]
    graph.add_nodes_from((name, {"name": name, "kind": "CONDITION"}) for name in names)
    graph.add_edges_from(
        (names[a], names[b], {"relation": "IS_A"}) for a, b in zip(sources, targets, strict=True)
    )
    built = time.perf_counter() - begun
    return {"nodes": concepts, "edges": edges, "ready": built, "memory": _resident()}


def _in_fresh_process(*arguments: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.growth", *arguments]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    found: dict[str, float] = json.loads(said.splitlines()[-1])
    return found


def main() -> None:
    """Measure all sizes, or one of them in this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("concepts", nargs="*", type=int, default=_SIZES)
    parser.add_argument("--one", type=Path, help="measure this snapshot here")
    parser.add_argument("--networkx", type=int, help="build a NetworkX graph of so many here")
    arguments = parser.parse_args()
    if arguments.one is not None:
        print(json.dumps(measured(arguments.one)))
        return
    if arguments.networkx is not None:
        factor = _EDGES if arguments.networkx > max(_SIZES[:2]) * 2 else 5
        print(json.dumps(networkx_measured(arguments.networkx, arguments.networkx * factor)))
        return
    pages = [shipped_data() / "pages"]
    base = compile_snapshot(build_graph(sources(pages=pages, releases=[], default=False)).graph)
    print(
        "| nodes | edges | ready s | page query, first µs | later µs "
        "| memory MiB | edges on disk MiB | all MiB |"
    )
    for concepts in arguments.concepts:
        shutil.rmtree(_FOLDER, ignore_errors=True)
        write_snapshot(filled(base, concepts), _FOLDER)
        found = [_in_fresh_process("--one", str(_FOLDER)) for _ in range(5)]
        row = {name: statistics.median(one[name] for one in found) for name in found[0]}
        print(
            f"| {row['nodes']:,.0f} | {row['edges']:,.0f} | {row['ready']:.2f} "
            f"| {row['first']:.0f} | {row['later']:.0f} "
            f"| {row['memory']:,.0f} | {row['edges_disk']:,.0f} | {row['disk']:,.0f} |",
            flush=True,
        )
    shutil.rmtree(_FOLDER, ignore_errors=True)
    for concepts in (200_000, 2_000_000) if arguments.concepts == _SIZES else ():
        row = _in_fresh_process("--networkx", str(concepts))
        print(
            f"| NetworkX, {row['nodes']:,.0f} | {row['edges']:,.0f} | {row['ready']:.1f} | – | – "
            f"| {row['memory']:,.0f} | – | – |",
            flush=True,
        )


if __name__ == "__main__":
    main()
