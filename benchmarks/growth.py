"""What grows with the graph and what does not: start, memory, disk, a page query.

    python -m benchmarks.growth

The shipped pages stand in a graph that is filled up with invented conditions, ten edges each to any
concept (five at 200 thousand), all of it drawn from one seed. Their rankings are not computed but
drawn, since ranking two million concepts takes hours; they take the room of real ones. Names,
evidence and the search index hold what is shipped alone; ``benchmarks.search --synthetic`` fills
the latter. Each size is measured in five fresh processes, from the first instruction to the answer
of the first page query, the files in the memory of the system as after a restart; once before, the
process compares them with their checksums, as at the first start after a copy.

NetworkX is measured beside it, with the same numbers of concepts and edges, two attributes on each
node and one on each edge: built, and read from a pickle.
"""

import argparse
import json
import os
import pickle
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import networkx as nx
import numpy as np
import orjson

from benchmarks.peers.export import PAGE, page_variables, paged_procedures
from service.build import build_graph, sources
from service.compilation import compile_snapshot
from service.execution.engine import Engine, GraphQLRequest
from service.model import ConceptKind, Relation
from service.schema.context import RequestContext
from service.schema.query import create_schema
from service.settings import shipped_data
from service.snapshot import Array, Pieces, Snapshot, id_hash, open_snapshot, write_snapshot
from service.store.memory import MemoryStore

_SIZES = {10_000: 10, 100_000: 10, 200_000: 5, 1_000_000: 10, 2_000_000: 10}
"""Concepts, and the edges that each invented one has."""

_BESIDE_NETWORKX = (200_000, 2_000_000)
_FOLDER = Path("build/growth")
_CODES = Path("build/growth-codes.json")
_PICKLE = Path("build/growth.pickle")
_NEIGHBORS = 50
_SAMPLE = 1_500


def filled(base: Snapshot, concepts: int, edges: int) -> Snapshot:
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
    _extend_edges(arrays, own, extra, edges, rng)
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


def _extend_edges(
    arrays: dict[str, Array], own: int, extra: int, edges: int, rng: np.random.Generator
) -> None:
    count = own + extra
    sources = np.repeat(np.arange(own, count, dtype=np.int32), edges)
    targets = rng.integers(0, count, len(sources), dtype=np.int32)
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
    codes = orjson.loads(_CODES.read_bytes())

    def ask(number: int) -> float:
        system, code = codes[number % len(codes)]
        variables = page_variables(system, code, 51 + number % 150)
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


def networkx_built(concepts: int, edges: int) -> dict[str, float]:
    """Build a NetworkX graph of that size with attributes, pickle it, and say what it took."""
    rng = np.random.default_rng(2026)
    before, begun = _resident(), time.perf_counter()
    graph: nx.DiGraph[str] = nx.DiGraph()
    names = [f"~invented:{n:08}" for n in range(concepts)]
    graph.add_nodes_from((name, {"name": name, "kind": "CONDITION"}) for name in names)
    for _ in range(edges):
        targets = rng.integers(0, concepts, concepts).tolist()
        graph.add_edges_from(
            (source, names[target], {"relation": "IS_A"})
            for source, target in zip(names, targets, strict=True)
        )
    built, memory = time.perf_counter() - begun, _resident() - before
    with _PICKLE.open("wb") as file:
        pickle.dump(graph, file, pickle.HIGHEST_PROTOCOL)
    return {
        "edges": graph.number_of_edges(),
        "ready": built,
        "memory": memory,
        "disk": _PICKLE.stat().st_size / 2**20,
    }


def networkx_read() -> dict[str, float]:
    """Read that graph again, and say what it took."""
    before, begun = _resident(), time.perf_counter()
    with _PICKLE.open("rb") as file:
        graph = pickle.load(file)  # noqa: S301  written by this module
    taken = time.perf_counter() - begun
    return {"edges": graph.number_of_edges(), "ready": taken, "memory": _resident() - before}


def _in_fresh_process(*arguments: object) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.growth", *map(str, arguments)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    found: dict[str, float] = json.loads(said.splitlines()[-1])
    return found


def _grow() -> None:
    pages = [shipped_data() / "pages"]
    base = compile_snapshot(build_graph(sources(pages=pages, releases=[], default=False)).graph)
    _CODES.parent.mkdir(parents=True, exist_ok=True)
    _CODES.write_bytes(orjson.dumps([(c.system, c.code) for c in paged_procedures(base)]))
    print(
        "| nodes | edges | ready s | compared first s | page query, first µs | later µs "
        "| memory MiB | edges on disk MiB | all MiB |\n"
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    )
    for concepts, edges in _SIZES.items():
        shutil.rmtree(_FOLDER, ignore_errors=True)
        write_snapshot(filled(base, concepts, edges), _FOLDER)
        (_FOLDER / "checked.json").unlink()  # as in a copy
        compared = _in_fresh_process("--one", _FOLDER)
        found = [_in_fresh_process("--one", _FOLDER) for _ in range(5)]
        row = {name: statistics.median(one[name] for one in found) for name in found[0]}
        print(
            f"| {row['nodes']:,.0f} | {row['edges']:,.0f} "
            f"| {row['ready']:.2f} | {compared['ready']:.2f} "
            f"| {row['first']:,.0f} | {row['later']:.0f} "
            f"| {row['memory']:,.0f} | {row['edges_disk']:,.0f} | {row['disk']:,.0f} |",
            flush=True,
        )
    shutil.rmtree(_FOLDER, ignore_errors=True)


def _beside_networkx() -> None:
    print(f"\n| NetworkX | edges | ready s | memory MiB | disk MiB |\n| --- {'| ---: ' * 4}|")
    for concepts in _BESIDE_NETWORKX:
        built = _in_fresh_process("--networkx", concepts)
        read = _in_fresh_process("--pickle")
        for title, row in (("built", built), ("from a pickle", read)):
            print(
                f"| {title}, {concepts:,} nodes | {row['edges']:,.0f} | {row['ready']:.1f} "
                f"| {row['memory']:,.0f} | {built['disk']:,.0f} |",
                flush=True,
            )
    _PICKLE.unlink()


def main() -> None:
    """Measure all sizes, or one thing in this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", type=Path, help="measure this snapshot here")
    parser.add_argument("--networkx", type=int, help="build a NetworkX graph of so many here")
    parser.add_argument("--pickle", action="store_true", help="read that graph here")
    arguments = parser.parse_args()
    if arguments.one is not None:
        print(json.dumps(measured(arguments.one)))
    elif arguments.networkx is not None:
        print(json.dumps(networkx_built(arguments.networkx, _SIZES[arguments.networkx])))
    elif arguments.pickle:
        print(json.dumps(networkx_read()))
    else:
        _grow()
        _beside_networkx()


if __name__ == "__main__":
    main()
