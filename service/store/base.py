"""What every store offers: the graph, read in batches.

Concepts have ids, which clients see, and numbers, which traversals use: numbers are small, dense,
in the order of the ids, and valid for one data version only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import networkx as nx
import numpy as np
import numpy.typing as npt

from service.evidence import Evidence
from service.lexicon import Lexicon
from service.model import (
    CodeSystem,
    CodingNote,
    Concept,
    ConceptId,
    ConceptKind,
    Edge,
    LifecycleState,
    Page,
    Relation,
)
from service.name_index import NameIndex
from service.neighbors import RankedNeighbors
from service.ranking import Ranker
from service.search_engine import SearchEngine

__all__ = ["Flags", "GraphStore", "Neighbors", "Numbers", "Selection", "WholeGraphStore"]

Numbers = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Neighbors:
    """Edges of several concepts, as parallel arrays.

    ``owner`` is the place in the list that was asked for, ``neighbor`` the number of the concept
    at the other end, ``relation`` an index into ``list(Relation)``, ``edge`` the edge's number.
    """

    owner: Numbers
    neighbor: Numbers
    relation: npt.NDArray[np.uint8]
    edge: Numbers


@dataclass(frozen=True, slots=True)
class Selection:
    """Which concepts a question is about; None means any."""

    kinds: tuple[ConceptKind, ...] | None = None
    systems: tuple[str, ...] | None = None
    include_retired: bool = True


class GraphStore(Protocol):
    """A read-only graph of one data version.

    Lists come back in the order of what was asked, one entry each. An id that is not in the graph
    gives None (``concepts``, ``pages``), -1 (``numbers``) or an empty entry (the rest).
    """

    @property
    def data_version(self) -> str:
        """Return the hash of the graph's content."""
        ...

    @property
    def built_at(self) -> str:
        """Return when the snapshot was built, ISO 8601, UTC."""
        ...

    @property
    def code_systems(self) -> tuple[CodeSystem, ...]:
        """Return the loaded code systems, by name."""
        ...

    @property
    def node_count(self) -> int:
        """Return the number of concepts."""
        ...

    @property
    def edge_count(self) -> int:
        """Return the number of edges."""
        ...

    @property
    def lexicon(self) -> Lexicon:
        """Return who bears which whole name."""
        ...

    @property
    def search_engine(self) -> SearchEngine:
        """Return who finds text, with the index that it searches."""
        ...

    @property
    def names(self) -> NameIndex:
        """Return who is meant by which words."""
        ...

    @property
    def evidence(self) -> Evidence:
        """Return what concepts are known by."""
        ...

    @property
    def ranker(self) -> Ranker:
        """Return who ranks concepts by that evidence."""
        ...

    @property
    def ranked_neighbors(self) -> RankedNeighbors:
        """Return the rankings that were made with the snapshot."""
        ...

    def numbers(self, ids: Sequence[str]) -> Numbers:
        """Return the numbers of ``ids``."""
        ...

    def concepts(self, ids: Sequence[str]) -> list[Concept | None]:
        """Return the concepts with ``ids``."""
        ...

    def concepts_at(self, numbers: Sequence[int] | Numbers) -> list[Concept]:
        """Return the concepts with ``numbers``, which must be valid."""
        ...

    def notes(self, ids: Sequence[ConceptId]) -> list[tuple[CodingNote, ...]]:
        """Return the coding notes of ``ids``."""
        ...

    def pages(self, ids: Sequence[ConceptId]) -> list[Page | None]:
        """Return the pages of ``ids``."""
        ...

    def edges(
        self,
        ids: Sequence[ConceptId],
        relation: Relation,
        *,
        incoming: bool = False,
        offset: int = 0,
        limit: int | None = None,
    ) -> list[list[Edge]]:
        """Return edges of ``relation`` from (or to) each id, in their stored order.

        Outgoing edges keep the order in which their page states them; incoming ones are ordered
        by their source.
        """
        ...

    def edge_counts(
        self, ids: Sequence[ConceptId], relation: Relation, *, incoming: bool = False
    ) -> list[int]:
        """Return how many edges of ``relation`` each id has."""
        ...

    def neighbors(
        self,
        numbers: Numbers,
        relations: Sequence[Relation] | None = None,
        *,
        incoming: bool = False,
    ) -> Neighbors:
        """Return the edges of all of ``numbers`` at once; no relations means all."""
        ...

    def edges_at(self, numbers: Sequence[int] | Numbers) -> list[Edge]:
        """Return the edges with ``numbers``, which must be valid."""
        ...

    def degrees(self, numbers: Numbers) -> npt.NDArray[np.int64]:
        """Return how many edges each of ``numbers`` has, in both directions."""
        ...

    def selected(self, selection: Selection, *, day: date) -> Flags:
        """Return, for every concept by number, whether ``selection`` takes it on ``day``."""
        ...

    def selected_count(self, selection: Selection, *, day: date) -> int:
        """Return how many concepts ``selection`` takes on ``day``."""
        ...

    def selected_groups(self, selection: Selection, *, day: date) -> Flags:
        """Return the same for the groups of ``SearchIndex.groups``."""
        ...

    def are_procedures(self, numbers: Numbers) -> Flags:
        """Return which of ``numbers`` are procedures."""
        ...

    def are_coded(self, numbers: Numbers) -> Flags:
        """Return which of ``numbers`` are codes of a loaded code system."""
        ...

    def selected_peers(self, selection: Selection, *, day: date) -> Flags:
        """Return the same in the order of ``Evidence.peers``."""
        ...

    def states(self, numbers: Numbers, *, day: date) -> list[LifecycleState]:
        """Return the lifecycle states on ``day`` of the concepts with ``numbers``."""
        ...


class WholeGraphStore(GraphStore, Protocol):
    """A store that can also offer the whole graph at once."""

    def graph(self) -> "nx.MultiDiGraph[ConceptId]":
        """Return the graph as NetworkX knows it, frozen."""
        ...
