"""The graph of a snapshot as NetworkX knows it, read from the arrays as it is walked.

A NetworkX graph is three mappings: nodes to attributes, nodes to their successors, nodes to their
predecessors. Here they are ``Mapping``s over the arrays, given to an ordinary ``MultiDiGraph`` that
is then frozen. So it is there at once, whatever its size, every algorithm of NetworkX runs on it,
and what these make of it (copies, undirected graphs, subgraphs) are graphs of the usual kind.

Degrees and the number of edges are taken from the arrays: the usual way reads every edge.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import networkx as nx
import numpy.typing as npt
from networkx.classes.reportviews import (
    DiMultiDegreeView,
    InMultiDegreeView,
    OutMultiDegreeView,
)

from service.model import CodeSystem, Concept, ConceptId, Edge, Relation

__all__ = ["Csr", "read_only_graph"]

EdgeKey = tuple[Relation, str]
_CACHED_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Csr:
    """A graph as arrays, concepts and edges by number, and who reads their records.

    The edges from concept ``n`` are ``starts[n]`` to ``starts[n + 1]``, those to it are
    ``in_edges[in_starts[n]:in_starts[n + 1]]``; ``sources`` and ``targets`` are their ends.
    ``number`` gives -1 for an id that is not in the graph.
    """

    starts: npt.NDArray[Any]
    targets: npt.NDArray[Any]
    in_starts: npt.NDArray[Any]
    in_edges: npt.NDArray[Any]
    sources: npt.NDArray[Any]
    ids: Sequence[str]
    number: Callable[[str], int]
    concept: Callable[[int], Concept]
    edge: Callable[[int], Edge]

    def known(self, node: object) -> int:
        """Return the number of ``node``. Raises ``KeyError`` where it is not in the graph."""
        number = self.number(node) if isinstance(node, str) else -1
        if number < 0:
            raise KeyError(node)
        return number


def read_only_graph(csr: Csr, systems: Mapping[str, CodeSystem]) -> "nx.MultiDiGraph[ConceptId]":
    """Return the graph of ``csr``, frozen, as ``service.graph`` describes it without its pages."""
    graph: nx.MultiDiGraph[ConceptId] = nx.MultiDiGraph(systems=dict(systems))
    # The attributes are those of NetworkX's own views, which build their graphs in the same way.
    parts: Any = graph
    parts._node = _Nodes(csr)
    parts._adj = _Adjacency(csr, _out_edges(csr), csr.targets)
    parts._pred = _Adjacency(csr, _in_edges(csr), csr.sources)
    nx.freeze(graph)
    out, into = _counts(csr.starts), _counts(csr.in_starts)
    # What is in an instance goes before what its class computes once.
    vars(graph).update(
        degree=_Degrees(graph, csr, lambda n: out(n) + into(n)),
        out_degree=_OutDegrees(graph, csr, out),
        in_degree=_InDegrees(graph, csr, into),
        number_of_edges=lambda u=None, v=None: (
            len(csr.targets) if u is None else nx.MultiDiGraph.number_of_edges(graph, u, v)
        ),
    )
    return graph


def _out_edges(csr: Csr) -> Callable[[int], Sequence[int]]:
    return lambda n: range(int(csr.starts[n]), int(csr.starts[n + 1]))


def _in_edges(csr: Csr) -> Callable[[int], Sequence[int]]:
    def edges(n: int) -> list[int]:
        found: list[int] = csr.in_edges[csr.in_starts[n] : csr.in_starts[n + 1]].tolist()
        return found

    return edges


def _counts(starts: npt.NDArray[Any]) -> Callable[[int], int]:
    return lambda n: int(starts[n + 1] - starts[n])


class _Nodes(Mapping[ConceptId, dict[str, Concept]]):
    """Nodes and their attributes, each time made anew: changing them changes nothing."""

    def __init__(self, csr: Csr) -> None:
        self._csr = csr

    def __len__(self) -> int:
        return len(self._csr.ids)

    def __iter__(self) -> Iterator[ConceptId]:
        return map(ConceptId, self._csr.ids)

    def __contains__(self, node: object) -> bool:
        return isinstance(node, str) and self._csr.number(node) >= 0

    def __getitem__(self, node: ConceptId) -> dict[str, Concept]:
        return {"concept": self._csr.concept(self._csr.known(node))}


class _Adjacency(Mapping[ConceptId, "_Row"]):
    """Nodes and their neighbors in one direction; ``ends`` has the neighbor of each edge."""

    def __init__(
        self, csr: Csr, edges: Callable[[int], Sequence[int]], ends: npt.NDArray[Any]
    ) -> None:
        self._csr, self._edges, self._ends = csr, edges, ends
        self._row = lru_cache(_CACHED_ROWS)(self._read_row)

    def __len__(self) -> int:
        return len(self._csr.ids)

    def __iter__(self) -> Iterator[ConceptId]:
        return map(ConceptId, self._csr.ids)

    def __contains__(self, node: object) -> bool:
        return isinstance(node, str) and self._csr.number(node) >= 0

    def __getitem__(self, node: ConceptId) -> "_Row":
        return self._row(self._csr.known(node))

    def _read_row(self, number: int) -> "_Row":
        by_neighbor: dict[int, list[int]] = {}
        edges = self._edges(number)
        for edge, neighbor in zip(edges, self._ends[edges].tolist(), strict=True):
            by_neighbor.setdefault(neighbor, []).append(edge)
        ids = self._csr.ids
        return _Row(self._csr, {ConceptId(ids[n]): found for n, found in by_neighbor.items()})


class _Row(Mapping[ConceptId, dict[EdgeKey, dict[str, Edge]]]):
    """The neighbors of one node, in the order of its edges; edges are read when asked for."""

    def __init__(self, csr: Csr, edges: Mapping[ConceptId, Sequence[int]]) -> None:
        self._csr, self._edges = csr, edges

    def __len__(self) -> int:
        return len(self._edges)

    def __iter__(self) -> Iterator[ConceptId]:
        return iter(self._edges)

    def __contains__(self, node: object) -> bool:
        return node in self._edges

    def __getitem__(self, node: ConceptId) -> dict[EdgeKey, dict[str, Edge]]:
        edges = map(self._csr.edge, self._edges[node])
        return {(edge.relation, edge.qualifier): {"edge": edge} for edge in edges}


class _Counted:
    """A degree view that counts in the arrays where no weight is asked for."""

    _weight: object
    _nodes: Any

    def __init__(
        self,
        graph: "nx.MultiDiGraph[ConceptId]",
        csr: Csr,
        count: Callable[[int], int],
        nbunch: Any = None,  # noqa: ANN401  as NetworkX has it
        weight: Any = None,  # noqa: ANN401  as NetworkX has it
    ) -> None:
        super().__init__(graph, nbunch, weight)  # type: ignore[call-arg]  # the view beside this
        self._whole, self._csr, self._count = graph, csr, count

    def __call__(self, nbunch: Any = None, weight: Any = None) -> Any:  # noqa: ANN401
        """Return the degree of one node, or the view of several."""
        view = type(self)(self._whole, self._csr, self._count, None, weight)
        if nbunch is None:
            return view
        if nbunch in self._whole:
            return view[nbunch]
        return type(self)(self._whole, self._csr, self._count, list(nbunch), weight)

    def __getitem__(self, node: Any) -> Any:  # noqa: ANN401  a number, of the weights' type
        if self._weight is not None:
            return super().__getitem__(node)  # type: ignore[misc]  # the view beside this
        return self._count(self._csr.known(node))

    def __iter__(self) -> Iterator[tuple[ConceptId, Any]]:
        return ((node, self[node]) for node in self._nodes)


# Generic to type checkers alone.
class _Degrees(_Counted, DiMultiDegreeView):  # type: ignore[type-arg]
    pass


class _OutDegrees(_Counted, OutMultiDegreeView):  # type: ignore[type-arg]
    pass


class _InDegrees(_Counted, InMultiDegreeView):  # type: ignore[type-arg]
    pass
