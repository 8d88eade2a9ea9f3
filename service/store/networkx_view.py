"""The graph of a snapshot as NetworkX knows it, read from the arrays as it is walked.

A NetworkX graph is three mappings: nodes to attributes, nodes to their successors, nodes to their
predecessors. Here they are ``Mapping``s over the arrays, given to an ordinary ``MultiDiGraph`` that
is then frozen. So it is there at once, whatever its size, every algorithm of NetworkX runs on it,
and what these make of it (copies, undirected graphs, subgraphs) are graphs of the usual kind; so
is what comes back from a pickle. Attributes are frozen too: writing to them is an error.

Degrees and the number of edges are taken from the arrays: the usual way reads every edge.
"""

from collections.abc import Callable, ItemsView, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, NoReturn, TypeVar

import networkx as nx
import numpy as np
import numpy.typing as npt
from networkx.classes.reportviews import (
    DiMultiDegreeView,
    InMultiDegreeView,
    OutMultiDegreeView,
)

from service.model import CodeSystem, Concept, ConceptId, Edge, Relation

__all__ = ["Csr", "read_only_graph"]

EdgeKey = tuple[Relation, str]
Key = TypeVar("Key")
Value = TypeVar("Value")
_CACHED_ROWS = 1_000
"""Ten times as many make a walk over the whole graph slower by half: more for the collector."""


@dataclass(frozen=True, slots=True)
class Csr:
    """A graph as arrays, concepts and edges by number, and who reads their records.

    The edges from concept ``n`` are ``starts[n]`` to ``starts[n + 1]``, those to it are
    ``in_edges[in_starts[n]:in_starts[n + 1]]``; ``sources`` and ``targets`` are their ends.
    ``number`` gives -1 for an id that is not in the graph; ``edge`` is told the ids of the ends.
    """

    starts: npt.NDArray[Any]
    targets: npt.NDArray[Any]
    in_starts: npt.NDArray[Any]
    in_edges: npt.NDArray[Any]
    sources: npt.NDArray[Any]
    ids: Sequence[str]
    number: Callable[[str], int]
    concept: Callable[[int], Concept]
    edge: Callable[[int, ConceptId, ConceptId], Edge]


def read_only_graph(csr: Csr, systems: Mapping[str, CodeSystem]) -> "nx.MultiDiGraph[ConceptId]":
    """Return the graph of ``csr``, frozen, as ``service.graph`` describes it without its pages."""
    graph: nx.MultiDiGraph[ConceptId] = nx.MultiDiGraph(systems=dict(systems))
    ids = _Ids(csr)
    # The attributes are those of NetworkX's own views, which build their graphs in the same way.
    parts: Any = graph
    parts._node = _ByNode(ids, lambda number: _ReadOnly(concept=csr.concept(number)))
    parts._adj = _Adjacency(ids, partial(_successors, csr, ids), csr.starts)
    parts._pred = _Adjacency(ids, partial(_predecessors, csr, ids), csr.in_starts)
    nx.freeze(graph)
    # What is in an instance goes before what its class has or computes once.
    vars(graph).update(
        degree=_Degrees(graph),
        out_degree=_OutDegrees(graph),
        in_degree=_InDegrees(graph),
        size=lambda weight=None: (
            len(csr.targets) if weight is None else nx.MultiDiGraph.size(graph, weight)
        ),
        # Pickles and deep copies: of the same graph in dicts.
        __reduce_ex__=lambda protocol: nx.freeze(graph.copy()).__reduce_ex__(protocol),
    )
    return graph


class _Ids:
    """Ids by number and numbers by id, looked up in the arrays until all ids are asked for.

    From then on they are kept: a walk over the whole graph looks each of them up many times.
    """

    def __init__(self, csr: Csr) -> None:
        self._texts: Sequence[str] = csr.ids
        self._number: Callable[[str], int] = csr.number
        self._kept = False

    def __len__(self) -> int:
        return len(self._texts)

    def __getitem__(self, number: int) -> ConceptId:
        return ConceptId(self._texts[number])

    def __iter__(self) -> Iterator[ConceptId]:
        if not self._kept:
            numbers = {text: number for number, text in enumerate(self._texts)}
            self._texts, self._number = list(numbers), lambda text: numbers.get(text, -1)
            self._kept = True
        return map(ConceptId, self._texts)

    def find(self, node: object) -> int:
        """Return the number of ``node``, -1 where it is not in the graph."""
        if isinstance(node, str):
            return self._number(node)
        hash(node)  # raises TypeError where a dict does
        return -1


class _ReadOnly(dict[Key, Value]):
    """A dict that cannot be written to: it was made for who asked, and nobody would see it.

    Its copies, deep ones and pickles too, are ordinary dicts.
    """

    __slots__ = ()

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise nx.NetworkXError("Frozen graph can't be modified: change a .copy() of it")

    __setitem__ = __delitem__ = __ior__ = _refuse
    update = setdefault = pop = popitem = clear = _refuse

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[Key, Value]:
        return {key: deepcopy(value, memo) for key, value in self.items()}

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)


class _Lookup(Mapping[ConceptId, Value]):
    """A mapping that shows itself as the dict it stands for, and is copied as one."""

    def copy(self) -> dict[ConceptId, Value]:
        return dict(self.items())

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (self.copy(),)

    def __repr__(self) -> str:
        return repr(self.copy())


class _ByNode(_Lookup[Value]):
    """What every node of the graph has; ``at`` reads it by number."""

    def __init__(self, ids: _Ids, at: Callable[[int], Value]) -> None:
        self._ids, self.at = ids, at

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[ConceptId]:
        return iter(self._ids)

    def __contains__(self, node: object) -> bool:
        return self._ids.find(node) >= 0

    def __getitem__(self, node: ConceptId) -> Value:
        return self.at(self.number(node))

    def number(self, node: ConceptId) -> int:
        """Return the number of ``node``. Raises ``KeyError`` where it is not in the graph."""
        number = self._ids.find(node)
        if number < 0:
            raise KeyError(node)
        return number

    def items(self) -> ItemsView[ConceptId, Value]:
        return _ItemsByNumber(self)


class _ItemsByNumber(ItemsView[ConceptId, Value]):
    """Nodes and what they have: the usual way looks up the number of each."""

    _mapping: _ByNode[Value]

    def __iter__(self) -> Iterator[tuple[ConceptId, Value]]:
        return zip(self._mapping, map(self._mapping.at, range(len(self._mapping))), strict=True)


class _Adjacency(_ByNode["_Row"]):
    """Nodes and their neighbors in one direction, whose edges ``starts`` counts."""

    def __init__(self, ids: _Ids, row: Callable[[int], "_Row"], starts: npt.NDArray[Any]) -> None:
        super().__init__(ids, lru_cache(_CACHED_ROWS)(row))
        self._starts = starts

    def edge_count(self, node: ConceptId) -> int:
        number = self.number(node)
        return int(self._starts[number + 1] - self._starts[number])

    def edge_counts(self) -> npt.NDArray[Any]:
        return np.diff(self._starts)


def _successors(csr: Csr, ids: _Ids, number: int) -> "_Row":
    node, first, end = ids[number], int(csr.starts[number]), int(csr.starts[number + 1])
    edges = _by_neighbor(ids, csr.targets[first:end], range(first, end))
    return _Row(edges, lambda edge, target: csr.edge(edge, node, target))


def _predecessors(csr: Csr, ids: _Ids, number: int) -> "_Row":
    node, found = ids[number], csr.in_edges[csr.in_starts[number] : csr.in_starts[number + 1]]
    edges = _by_neighbor(ids, csr.sources[found], found.tolist())
    return _Row(edges, lambda edge, source: csr.edge(edge, source, node))


def _by_neighbor(
    ids: _Ids, neighbors: npt.NDArray[Any], edges: Iterable[int]
) -> dict[ConceptId, list[int]]:
    found: dict[ConceptId, list[int]] = {}
    for neighbor, edge in zip(neighbors.tolist(), edges, strict=True):
        found.setdefault(ids[neighbor], []).append(edge)
    return found


class _Row(_Lookup[_ReadOnly[EdgeKey, _ReadOnly[str, Edge]]]):
    """The neighbors of one node, in the order of its edges; edges are read when asked for."""

    def __init__(
        self, edges: Mapping[ConceptId, Sequence[int]], read: Callable[[int, ConceptId], Edge]
    ) -> None:
        self._edges, self._read = edges, read

    def __len__(self) -> int:
        return len(self._edges)

    def __iter__(self) -> Iterator[ConceptId]:
        return iter(self._edges)

    def __contains__(self, node: object) -> bool:
        return node in self._edges

    def __getitem__(self, node: ConceptId) -> _ReadOnly[EdgeKey, _ReadOnly[str, Edge]]:
        edges = [self._read(number, node) for number in self._edges[node]]
        return _ReadOnly({(e.relation, e.qualifier): _ReadOnly(edge=e) for e in edges})


class _Counted:
    """A degree view that counts in the arrays where no weight is asked for."""

    _weight: object
    _nodes: Any
    _succ: Any
    _pred: Any

    def _counted(self) -> tuple[_Adjacency, ...]:
        return self._succ, self._pred

    def __getitem__(self, node: Any) -> Any:  # noqa: ANN401  a number, of the weights' type
        if self._weight is not None:
            return super().__getitem__(node)  # type: ignore[misc]  # the view beside this
        return sum(direction.edge_count(node) for direction in self._counted())

    def __iter__(self) -> Iterator[tuple[ConceptId, Any]]:
        if self._weight is None and self._nodes is self._succ:
            counts = np.sum([direction.edge_counts() for direction in self._counted()], axis=0)
            return zip(self._nodes, counts.tolist(), strict=True)
        return ((node, self[node]) for node in self._nodes)


# Generic to type checkers alone.
class _Degrees(_Counted, DiMultiDegreeView):  # type: ignore[type-arg]
    pass


class _OutDegrees(_Counted, OutMultiDegreeView):  # type: ignore[type-arg]
    def _counted(self) -> tuple[_Adjacency, ...]:
        return (self._succ,)


class _InDegrees(_Counted, InMultiDegreeView):  # type: ignore[type-arg]
    def _counted(self) -> tuple[_Adjacency, ...]:
        return (self._pred,)
