"""The graph compiled to a snapshot: concepts and edges as arrays, and what is derived of them."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime

import numpy as np

from service.evidence import Evidence, build_evidence
from service.graph import ConceptGraph, edges_of
from service.lexicon import Lexicon, build_lexicon
from service.model import CodeSystem, Concept, ConceptId, ConceptKind, Edge, Relation
from service.name_index import NameIndex, build_name_index
from service.neighbors import RankedNeighbors, rank_neighbors
from service.records import encode
from service.search_index import SearchIndex, build_search_index
from service.snapshot import FORMAT, Array, Pieces, Snapshot, id_hash

__all__ = ["compile_snapshot"]

_DERIVED = ("lexicon_", "evidence_", "names_", "neighbors_", "search_", "in_", "id_")
"""Names of arrays that follow from others begin so: the data version need not hash them."""

Tables = Lexicon | Evidence | NameIndex | RankedNeighbors | SearchIndex


def _store_pieces(arrays: dict[str, Array], name: str, pieces: Iterable[bytes]) -> None:
    packed = Pieces.packed(pieces)
    arrays[f"{name}.bytes"], arrays[f"{name}.starts"] = packed.data, packed.starts


def _store_tables(arrays: dict[str, Array], prefix: str, tables: Tables) -> None:
    for column in fields(tables):
        value = getattr(tables, column.name)
        if isinstance(value, np.ndarray):
            arrays[f"{prefix}_{column.name}"] = value
        else:
            _store_pieces(arrays, f"{prefix}_{column.name}", (text.encode() for text in value))


def _store_concepts(
    arrays: dict[str, Array],
    graph: ConceptGraph,
    concepts: Sequence[Concept],
    systems: Sequence[str],
) -> None:
    nodes = graph.nodes
    _store_pieces(arrays, "ids", (c.id.encode() for c in concepts))
    _store_pieces(arrays, "concepts", map(encode, concepts))
    _store_pieces(
        arrays, "notes", (encode(n) if (n := nodes[c.id].get("notes")) else b"" for c in concepts)
    )
    _store_pieces(
        arrays, "pages", (encode(p) if (p := nodes[c.id].get("page")) else b"" for c in concepts)
    )
    kinds = {kind: n for n, kind in enumerate(ConceptKind)}
    known = {system: n for n, system in enumerate(systems)}
    arrays["kinds"] = np.array([kinds[c.kind] for c in concepts], np.uint8)
    arrays["systems"] = np.array([known.get(c.system or "", -1) for c in concepts], np.int16)
    arrays["from_days"] = np.array(
        [c.effective_from.toordinal() if c.effective_from else 0 for c in concepts], np.int32
    )
    arrays["to_days"] = np.array(
        [c.effective_to.toordinal() if c.effective_to else 0 for c in concepts], np.int32
    )
    arrays["listed"] = np.array([c.release is not None for c in concepts], np.bool_)
    hashes = np.array([id_hash(c.id) for c in concepts], np.uint64)
    order = np.argsort(hashes, kind="stable")
    arrays["id_hashes"], arrays["id_numbers"] = hashes[order], order.astype(np.int32)


def _grouped(arrays: Mapping[str, Array]) -> tuple[Array, Array]:
    """Return the group of each concept that filters and facets look at, and one of each group."""
    looked_at = ("kinds", "systems", "listed", "from_days", "to_days")
    rows = np.stack([arrays[name].astype(np.int64) for name in looked_at], axis=1)
    _, examples, groups = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    return groups.reshape(-1).astype(np.int32), examples.astype(np.int32)


def _detail(edge: Edge) -> bytes:
    return encode(
        {
            "provenance": edge.provenance,
            "qualifier": edge.qualifier,
            "note": edge.note,
            "confidence": edge.confidence,
        }
    )


def _store_edges(
    arrays: dict[str, Array], graph: ConceptGraph, number: Mapping[ConceptId, int]
) -> None:
    relations = {relation: n for n, relation in enumerate(Relation)}
    details: dict[bytes, int] = {}
    seen: dict[tuple[int, str, str | None, float], int] = {}

    def detail(edge: Edge) -> int:
        # Releases share one provenance tuple among all their edges: encode it once.
        key = (id(edge.provenance), edge.qualifier, edge.note, edge.confidence)
        if key not in seen:
            seen[key] = details.setdefault(_detail(edge), len(details))
        return seen[key]

    rows = [
        (number[e.source], number[e.target], relations[e.relation], detail(e))
        for e in edges_of(graph)
    ]
    table = np.array(rows, np.int32).reshape(-1, 4)
    table = table[np.argsort(table[:, 0], kind="stable")]
    sources, targets = table[:, 0], table[:, 1]
    count = len(number)
    arrays["edge_starts"] = np.searchsorted(sources, np.arange(count + 1)).astype(np.int64)
    arrays["edge_sources"], arrays["edge_targets"] = sources.copy(), targets.copy()
    arrays["edge_relations"] = table[:, 2].astype(np.uint8)
    arrays["edge_details"] = table[:, 3].copy()
    by_target = np.argsort(targets, kind="stable")
    arrays["in_edges"] = by_target.astype(np.int32)
    arrays["in_starts"] = np.searchsorted(targets[by_target], np.arange(count + 1)).astype(np.int64)
    _store_pieces(arrays, "details", details)


def compile_snapshot(
    graph: ConceptGraph,
    *,
    built_at: datetime | None = None,
    ranked: Callable[[int, int], None] = lambda _done, _all: None,
    processes: int = 1,
) -> Snapshot:
    """Return ``graph`` as a snapshot in memory.

    ``ranked`` is told for how many of how many concepts the neighbors are ranked, by as many
    ``processes`` (see ``rank_neighbors``).

    The data version is a hash of concepts, notes, pages and edges: the same input gives the same
    version on any machine, whenever it is built.
    """
    concepts: list[Concept] = [graph.nodes[node]["concept"] for node in graph]
    number = {concept.id: n for n, concept in enumerate(concepts)}
    code_systems: tuple[CodeSystem, ...] = tuple(graph.graph["systems"].values())
    arrays: dict[str, Array] = {}
    _store_concepts(arrays, graph, concepts, [system.name for system in code_systems])
    _store_edges(arrays, graph, number)
    _store_tables(arrays, "lexicon", build_lexicon(concepts))
    moment = built_at or datetime.now(UTC)
    evidence = build_evidence(graph)
    _store_tables(arrays, "evidence", evidence)
    neighbors = rank_neighbors(
        evidence,
        last_days=arrays["to_days"],
        day=moment.date(),
        processes=processes,
        progress=ranked,
    )
    _store_tables(arrays, "neighbors", neighbors)
    _store_tables(arrays, "names", build_name_index(concepts))
    groups, examples = _grouped(arrays)
    _store_tables(
        arrays,
        "search",
        build_search_index(
            concepts,
            page_of=lambda concept: graph.nodes[concept.id].get("page"),
            groups=groups,
            examples=examples,
        ),
    )
    digest = hashlib.sha256(encode([FORMAT, code_systems]))
    for name in sorted(arrays):
        if not name.startswith(_DERIVED):
            digest.update(name.encode() + hashlib.sha256(arrays[name].tobytes()).digest())
    when = moment.isoformat(timespec="seconds")
    return Snapshot(arrays, digest.hexdigest()[:16], when, code_systems)
