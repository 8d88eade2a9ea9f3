"""The store over a snapshot: memory-mapped arrays, records decoded as they are asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

import networkx as nx
import numpy as np
import numpy.typing as npt
import orjson

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
    Provenance,
    Relation,
)
from service.name_index import NameIndex
from service.neighbors import RankedNeighbors
from service.ranking import Ranker
from service.records import decode_concept, decode_notes, decode_page, decode_provenance
from service.search_engine import SearchEngine
from service.search_index import SearchIndex
from service.snapshot import ENGINE_FOLDER, Snapshot, id_hash
from service.spans import spans
from service.store.base import Flags, Neighbors, Numbers, Selection
from service.store.networkx_view import Csr, read_only_graph

__all__ = ["MemoryStore"]

_RELATIONS = tuple(Relation)
_RELATION_NUMBER = {relation: n for n, relation in enumerate(_RELATIONS)}
_STATES = tuple(LifecycleState)
_PROCEDURE = list(ConceptKind).index(ConceptKind.PROCEDURE)
_CACHED_RECORDS = 50_000
_CACHED_LISTS = 10_000
Detail = tuple[tuple[Provenance, ...], str, str | None, float]


class MemoryStore:
    """Serves one snapshot. Safe to share between threads: nothing in it changes but caches."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        arrays = snapshot.arrays
        self._ids = snapshot.pieces("ids")
        self._concepts = snapshot.pieces("concepts")
        self._notes = snapshot.pieces("notes")
        self._pages = snapshot.pieces("pages")
        self._details = snapshot.pieces("details")
        self._hashes, self._hash_numbers = arrays["id_hashes"], arrays["id_numbers"]
        self._edge_starts, self._in_starts = arrays["edge_starts"], arrays["in_starts"]
        self._in_edges = arrays["in_edges"]
        self._sources, self._targets = arrays["edge_sources"], arrays["edge_targets"]
        self._relations = arrays["edge_relations"]
        self._number = lru_cache(_CACHED_RECORDS)(self._find_number)
        self._own_edges = lru_cache(_CACHED_LISTS)(self._read_own_edges)
        self._concept = lru_cache(_CACHED_RECORDS)(self._read_concept)
        self._detail = lru_cache(_CACHED_RECORDS)(self._read_detail)
        self._page = lru_cache(1_000)(self._read_page)
        self._flags = lru_cache(64)(self._select)
        self._flag_count = lru_cache(64)(self._count_selected)
        self._peer_flags = lru_cache(64)(self._select_peers)

    # What the graph is

    @property
    def data_version(self) -> str:
        """Return the hash of the graph's content."""
        return self._snapshot.data_version

    @property
    def built_at(self) -> str:
        """Return when the snapshot was built."""
        return self._snapshot.built_at

    @property
    def code_systems(self) -> tuple[CodeSystem, ...]:
        """Return the loaded code systems."""
        return self._snapshot.code_systems

    @property
    def node_count(self) -> int:
        """Return the number of concepts."""
        return len(self._ids)

    @property
    def edge_count(self) -> int:
        """Return the number of edges."""
        return len(self._targets)

    @cached_property
    def lexicon(self) -> Lexicon:
        """Return who bears which whole name."""
        return Lexicon(**self._tables("lexicon", Lexicon))

    @cached_property
    def search_engine(self) -> SearchEngine:
        """Return who finds text, with the index that it searches."""
        index, folder = SearchIndex(**self._tables("search", SearchIndex)), self._snapshot.folder
        home = folder / f"{ENGINE_FOLDER}{self.data_version}" if folder is not None else None
        return SearchEngine(index, home)

    @cached_property
    def names(self) -> NameIndex:
        """Return who is meant by which words."""
        return NameIndex(**self._tables("names", NameIndex))

    @cached_property
    def evidence(self) -> Evidence:
        """Return what concepts are known by."""
        return Evidence(**self._tables("evidence", Evidence))

    @cached_property
    def ranker(self) -> Ranker:
        """Return who ranks concepts by that evidence."""
        return Ranker(self.evidence)

    @cached_property
    def ranked_neighbors(self) -> RankedNeighbors:
        """Return the rankings that were made with the snapshot."""
        return RankedNeighbors(**self._tables("neighbors", RankedNeighbors))

    def _tables(self, prefix: str, tables: type) -> Mapping[str, Any]:
        arrays = self._snapshot.arrays
        return {
            column.name: arrays[name]
            if (name := f"{prefix}_{column.name}") in arrays
            else self._snapshot.texts(name)
            for column in fields(tables)
        }

    # Concepts

    def _find_number(self, concept_id: str) -> int:
        wanted = np.uint64(id_hash(concept_id))
        at = int(np.searchsorted(self._hashes, wanted))
        while at < len(self._hashes) and self._hashes[at] == wanted:
            number = int(self._hash_numbers[at])
            if self._ids[number] == concept_id.encode(errors="surrogatepass"):
                return number
            at += 1
        return -1

    def numbers(self, ids: Sequence[str]) -> Numbers:
        """Return the numbers of ``ids``, -1 for those that are not in the graph."""
        return np.array(list(map(self._number, ids)), np.int32)

    def _read_concept(self, number: int) -> Concept:
        return decode_concept(self._concepts[number])

    def _read_page(self, number: int) -> Page | None:
        return decode_page(self._pages[number])

    def concepts(self, ids: Sequence[str]) -> list[Concept | None]:
        """Return the concepts with ``ids``, None for those that are not in the graph."""
        return [self._concept(n) if n >= 0 else None for n in map(self._number, ids)]

    def concepts_at(self, numbers: Sequence[int] | Numbers) -> list[Concept]:
        """Return the concepts with ``numbers``."""
        return [self._concept(int(number)) for number in numbers]

    def notes(self, ids: Sequence[ConceptId]) -> list[tuple[CodingNote, ...]]:
        """Return the coding notes of ``ids``."""
        return [decode_notes(self._notes[n]) if n >= 0 else () for n in map(self._number, ids)]

    def pages(self, ids: Sequence[ConceptId]) -> list[Page | None]:
        """Return the pages of ``ids``."""
        return [self._page(n) if n >= 0 else None for n in map(self._number, ids)]

    # Edges

    def _read_detail(self, number: int) -> Detail:
        record = orjson.loads(self._details[number])
        provenance = decode_provenance(record["provenance"])
        return provenance, record["qualifier"], record["note"], record["confidence"]

    def _edge(self, number: int) -> Edge:
        source, target = int(self._sources[number]), int(self._targets[number])
        return self._edge_between(number, self._concept(source).id, self._concept(target).id)

    def _edge_between(self, number: int, source: ConceptId, target: ConceptId) -> Edge:
        provenance, qualifier, note, confidence = self._detail(
            int(self._snapshot.arrays["edge_details"][number])
        )
        relation = _RELATIONS[self._relations[number]]
        return Edge(source, relation, target, provenance, qualifier, note, confidence)

    def edges_at(self, numbers: Sequence[int] | Numbers) -> list[Edge]:
        """Return the edges with ``numbers``."""
        return [self._edge(int(number)) for number in numbers]

    def _edge_numbers(self, number: int, relation: Relation, *, incoming: bool) -> Numbers:
        if number < 0:
            return np.empty(0, np.int32)
        wanted = _RELATION_NUMBER[relation]
        if incoming:
            found: Numbers = self._in_edges[self._in_starts[number] : self._in_starts[number + 1]]
            kept: Numbers = found[self._relations[found] == wanted]
            return kept
        first, last = int(self._edge_starts[number]), int(self._edge_starts[number + 1])
        # Most concepts have a handful: a list is faster than an array.
        relations = self._relations[first:last].tolist()
        return np.array([n for n, r in enumerate(relations, first) if r == wanted], np.int32)

    def edges(
        self,
        ids: Sequence[ConceptId],
        relation: Relation,
        *,
        incoming: bool = False,
        offset: int = 0,
        limit: int | None = None,
    ) -> list[list[Edge]]:
        """Return edges of ``relation`` from (or to) each id, in their stored order."""
        end = None if limit is None else offset + limit
        if not incoming:
            return [list(self._own_edges(n, relation)[offset:end]) for n in map(self._number, ids)]
        # A hub may have many thousands that point to it: only those asked for are read.
        return [
            self.edges_at(self._edge_numbers(n, relation, incoming=True)[offset:end])
            for n in map(self._number, ids)
        ]

    def _read_own_edges(self, number: int, relation: Relation) -> tuple[Edge, ...]:
        return tuple(self.edges_at(self._edge_numbers(number, relation, incoming=False)))

    def edge_counts(
        self, ids: Sequence[ConceptId], relation: Relation, *, incoming: bool = False
    ) -> list[int]:
        """Return how many edges of ``relation`` each id has."""
        if not incoming:
            return [len(self._own_edges(n, relation)) for n in map(self._number, ids)]
        return [len(self._edge_numbers(n, relation, incoming=True)) for n in map(self._number, ids)]

    def neighbors(
        self,
        numbers: Numbers,
        relations: Sequence[Relation] | None = None,
        *,
        incoming: bool = False,
    ) -> Neighbors:
        """Return the edges of all of ``numbers`` at once."""
        starts = self._in_starts if incoming else self._edge_starts
        places, whose = spans(starts, numbers)
        owner = whose.astype(np.int32)
        edge = self._in_edges[places] if incoming else places.astype(np.int32)
        if relations is not None:
            wanted = np.zeros(len(_RELATIONS), np.bool_)
            wanted[[_RELATION_NUMBER[relation] for relation in relations]] = True
            kept = wanted[self._relations[edge]]
            owner, edge = owner[kept], edge[kept]
        ends = self._sources if incoming else self._targets
        return Neighbors(owner, ends[edge], self._relations[edge], edge)

    def degrees(self, numbers: Numbers) -> npt.NDArray[np.int64]:
        """Return how many edges each of ``numbers`` has, in both directions."""
        ends = numbers + 1
        out: npt.NDArray[np.int64] = self._edge_starts[ends] - self._edge_starts[numbers]
        return out + self._in_starts[ends] - self._in_starts[numbers]

    # Selection and the whole graph

    def selected(self, selection: Selection, *, day: date) -> Flags:
        """Return, for every concept by number, whether ``selection`` takes it on ``day``.

        The same array is given to all who ask for the same, and cannot be written to.
        """
        return self._flags(selection, day)

    def selected_count(self, selection: Selection, *, day: date) -> int:
        """Return how many concepts ``selection`` takes on ``day``."""
        return self._flag_count(selection, day)

    def _count_selected(self, selection: Selection, day: date) -> int:
        return int(self._flags(selection, day).sum())

    def selected_groups(self, selection: Selection, *, day: date) -> Flags:
        """Return the same for the groups of ``SearchIndex.groups``."""
        taken: Flags = self._flags(selection, day)[self.search_engine.index.examples]
        return taken

    def are_procedures(self, numbers: Numbers) -> Flags:
        """Return which of ``numbers`` are procedures."""
        found: Flags = self._snapshot.arrays["kinds"][numbers] == _PROCEDURE
        return found

    def are_coded(self, numbers: Numbers) -> Flags:
        """Return which of ``numbers`` are codes of a loaded code system."""
        found: Flags = self._snapshot.arrays["systems"][numbers] >= 0
        return found

    def selected_peers(self, selection: Selection, *, day: date) -> Flags:
        """Return the same in the order of ``Evidence.peers``, without what is never listed."""
        return self._peer_flags(selection, day)

    def _select_peers(self, selection: Selection, day: date) -> Flags:
        taken = self._flags(selection, day)[self.evidence.peers] & self.evidence.listed
        taken.flags.writeable = False
        return taken

    def _select(self, selection: Selection, day: date) -> Flags:
        arrays = self._snapshot.arrays
        taken = np.ones(self.node_count, np.bool_)
        if selection.kinds is not None:
            kinds = list(ConceptKind)
            taken &= np.isin(arrays["kinds"], [kinds.index(kind) for kind in selection.kinds])
        if selection.systems is not None:
            names = [system.name for system in self.code_systems]
            known = [names.index(name) for name in selection.systems if name in names]
            taken &= np.isin(arrays["systems"], known)
        if not selection.include_retired:
            to_days = arrays["to_days"]
            taken &= (to_days == 0) | (to_days >= day.toordinal())
        taken.flags.writeable = False
        return taken

    def states(self, numbers: Numbers, *, day: date) -> list[LifecycleState]:
        """Return the lifecycle states on ``day``, as ``Concept.state_on`` says them."""
        arrays, today = self._snapshot.arrays, day.toordinal()
        first, last = arrays["from_days"][numbers], arrays["to_days"][numbers]
        known = arrays["listed"][numbers] | (first != 0) | (last != 0)
        states = np.where(
            known, _STATES.index(LifecycleState.ACTIVE), _STATES.index(LifecycleState.UNKNOWN)
        )
        states[(last != 0) & (last < today)] = _STATES.index(LifecycleState.RETIRED)
        states[first > today] = _STATES.index(LifecycleState.NOT_YET_EFFECTIVE)
        return [_STATES[n] for n in states.tolist()]

    def graph(self) -> "nx.MultiDiGraph[ConceptId]":
        """Return the graph as NetworkX knows it, frozen; its arrays are read as it is walked."""
        csr = Csr(
            starts=self._edge_starts,
            targets=self._targets,
            in_starts=self._in_starts,
            in_edges=self._in_edges,
            sources=self._sources,
            ids=self._snapshot.texts("ids"),
            number=self._number,
            concept=self._concept,
            edge=self._edge_between,
        )
        return read_only_graph(csr, {system.name: system for system in self.code_systems})
