"""Walks over the graph: the hierarchy, shortest paths, neighborhoods. Every walk has its bounds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from service.model import ConceptId, Edge, Relation
from service.store.base import GraphStore, Numbers

__all__ = [
    "Step",
    "Walked",
    "ancestors",
    "indicating_edges",
    "narrower_numbers",
    "neighborhood",
    "shortest_paths",
]

_FEW = 10_000


@dataclass(frozen=True, slots=True)
class Step:
    """An edge as it is walked: from source to target, or against it."""

    edge: Edge
    forward: bool

    @property
    def start(self) -> ConceptId:
        """Return where the step begins."""
        return self.edge.source if self.forward else self.edge.target

    @property
    def end(self) -> ConceptId:
        """Return where the step ends."""
        return self.edge.target if self.forward else self.edge.source


@dataclass(frozen=True, slots=True)
class Walked:
    """Part of the graph: its concepts, nearest first, and all edges between them.

    ``truncated`` says that more was within reach than was asked for.
    """

    concepts: tuple[ConceptId, ...]
    edges: tuple[Edge, ...]
    truncated: bool


def ancestors(store: GraphStore, concept_id: ConceptId) -> list[ConceptId]:
    """Return everything broader than ``concept_id``, nearest first, each level by id."""
    start = store.numbers([concept_id])
    if start[0] < 0:
        return []
    return [c.id for c in store.concepts_at(_climb(store, start, incoming=False)[1:])]


def _climb(store: GraphStore, start: Numbers, *, incoming: bool) -> list[int]:
    """Return ``start`` and all that IS_A reaches from it, level by level. Cycles end."""
    seen = dict.fromkeys(start.tolist())
    level = start
    while len(level):
        reached = store.neighbors(level, [Relation.IS_A], incoming=incoming).neighbor
        new = [n for n in np.unique(reached).tolist() if n not in seen]
        seen |= dict.fromkeys(new)
        level = np.array(new, np.int32)
    return list(seen)


def narrower_numbers(store: GraphStore, concept_id: ConceptId) -> Numbers:
    """Return the numbers of ``concept_id`` and everything narrower."""
    start = store.numbers([concept_id])
    if start[0] < 0:
        return np.empty(0, np.int32)
    return np.array(_climb(store, start, incoming=True), np.int32)


def indicating_edges(store: GraphStore, condition: ConceptId, *, narrower: bool) -> Numbers:
    """Return the numbers of the HAS_INDICATION edges that name ``condition``, ascending.

    A page names it in its own words, which map to it, or by its code; with ``narrower``, naming
    a narrower condition counts too.
    """
    meant = narrower_numbers(store, condition) if narrower else store.numbers([condition])
    meant = meant[meant >= 0]
    phrases = store.neighbors(meant, [Relation.MAPS_TO], incoming=True).neighbor
    stated = np.unique(np.concatenate([meant, phrases])).astype(np.int32)
    return np.unique(store.neighbors(stated, [Relation.HAS_INDICATION], incoming=True).edge)


def _reach(
    store: GraphStore, numbers: Numbers, relations: Sequence[Relation] | None
) -> tuple[Numbers, Numbers]:
    """Return the neighbors of ``numbers`` in both directions, and the edges that lead there."""
    out = store.neighbors(numbers, relations)
    back = store.neighbors(numbers, relations, incoming=True)
    return np.concatenate([out.neighbor, back.neighbor]), np.concatenate([out.edge, back.edge])


class _Front:
    """One of the two ends that a search for paths begins from: what it has reached, hop by hop.

    ``distance`` is by concept, -1 where unknown; ``level`` are the concepts reached last.
    """

    def __init__(self, store: GraphStore, start: int, relations: Sequence[Relation] | None) -> None:
        self._store = store
        self._relations = relations
        self.hops = 0
        self.level = np.array([start], np.int32)
        self.distance = np.full(store.node_count, -1, np.int8)
        self.distance[start] = 0
        self._walked: list[tuple[Numbers, Numbers]] = []

    def cost(self) -> int:
        """Return about how much work the next hop is."""
        return int(self._store.degrees(self.level).sum())

    def advance(self) -> None:
        """Go one hop further."""
        here, there = [], []
        for incoming in (False, True):
            found = self._store.neighbors(self.level, self._relations, incoming=incoming)
            here.append(self.level[found.owner])
            there.append(found.neighbor)
        before, after = np.concatenate(here), np.concatenate(there)
        new = self.distance[after] < 0
        before, after = before[new], after[new]
        self.hops += 1
        self.distance[after] = self.hops
        self.level = _distinct(after, self.distance == self.hops)
        self._walked.append((before, after))

    def on_the_way(self, met: Numbers) -> list[Numbers]:
        """Return level by level, the last first, through which concepts ``met`` was reached."""
        levels = [met]
        for before, after in reversed(self._walked):
            wanted = np.zeros(self._store.node_count, np.bool_)
            wanted[levels[-1]] = True
            levels.append(np.unique(before[wanted[after]]))
        return levels


def _distinct(numbers: Numbers, flags: npt.NDArray[np.bool_]) -> Numbers:
    """Return ``numbers`` once each, ascending; ``flags``, which are theirs, help with many."""
    found = np.flatnonzero(flags) if len(numbers) > _FEW else np.unique(numbers)
    return found.astype(np.int32)


def _distances(
    store: GraphStore,
    source: int,
    target: int,
    relations: Sequence[Relation] | None,
    max_hops: int,
) -> npt.NDArray[np.int8] | None:
    """Return the distance to ``target`` of all concepts on a shortest path, None without a path.

    The search goes on from whichever end has less work before it, so that a hub is opened only
    where nothing else is left. Concepts on no shortest path have their true distance or -1.
    """
    first, last = _Front(store, source, relations), _Front(store, target, relations)
    while first.hops + last.hops < max_hops:
        near, far = (first, last) if first.cost() <= last.cost() else (last, first)
        near.advance()
        met = near.level[far.distance[near.level] >= 0]
        if len(met):
            for n, level in enumerate(first.on_the_way(met)):
                last.distance[level] = last.hops + n
            return last.distance
        if not len(near.level):
            return None
    return None


def shortest_paths(
    store: GraphStore,
    start: ConceptId,
    end: ConceptId,
    *,
    relations: Sequence[Relation] | None = None,
    max_hops: int = 4,
    limit: int = 3,
) -> list[list[Step]]:
    """Return at most ``limit`` of the shortest paths, edges walked in either direction.

    All have the same length, at most ``max_hops``; they come in the order of the ids that they
    pass, and no two pass the same. Unconnected or unknown concepts give none; a concept and
    itself give one empty path.
    """
    source, target = store.numbers([start, end]).tolist()
    if source < 0 or target < 0:
        return []
    if source == target:
        return [[]]
    distance = _distances(store, source, target, relations, max_hops)
    if distance is None:
        return []
    paths: list[list[Step]] = []
    stack: list[tuple[int, list[Step]]] = [(source, [])]
    while stack and len(paths) < limit:
        number, walked = stack.pop()
        if number == target:
            paths.append(walked)
            continue
        here = np.array([number], np.int32)
        neighbor, edge = _reach(store, here, relations)
        nearer = distance[neighbor] == distance[number] - 1
        order = np.lexsort((edge[nearer], neighbor[nearer]))
        # Of edges side by side the first is walked, so that each path passes other concepts.
        onward, first_edge = np.unique(neighbor[nearer][order], return_index=True)
        steps = list(zip(onward.tolist(), edge[nearer][order][first_edge].tolist(), strict=True))
        origin = store.concepts_at(here)[0].id
        for next_number, edge_number in reversed(steps[:limit]):
            walked_edge = store.edges_at([edge_number])[0]
            step = Step(walked_edge, walked_edge.source == origin)
            stack.append((next_number, [*walked, step]))
    return paths


def neighborhood(
    store: GraphStore,
    concept_id: ConceptId,
    *,
    depth: int = 1,
    relations: Sequence[Relation] | None = None,
    max_nodes: int = 200,
) -> Walked | None:
    """Return what lies within ``depth`` edges, at most ``max_nodes`` concepts; None if unknown.

    The nearest are kept; among the equally near, those with the fewest edges, which say most,
    and then by id. At depth 1 the edges are those of the concept itself; deeper, all edges
    between the concepts kept.
    """
    start = store.numbers([concept_id])
    if start[0] < 0:
        return None
    kept = start
    level = start
    truncated = False
    for _hop in range(depth):
        reached = np.unique(_reach(store, level, relations)[0])
        level = reached[~np.isin(reached, kept)].astype(np.int32)
        room = max_nodes - len(kept)
        if len(level) > room:
            truncated = True
            level = level[np.lexsort((level, store.degrees(level)))][:room]
        kept = np.concatenate([kept, level])
        if truncated or not len(level):
            break
    inner = start if depth <= 1 else kept
    neighbor, edge = _reach(store, inner, relations)
    edges = np.unique(edge[np.isin(neighbor, kept)])
    ids = tuple(concept.id for concept in store.concepts_at(kept))
    return Walked(ids, tuple(store.edges_at(edges)), truncated)
