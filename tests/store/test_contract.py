"""What every store promises, run over each store there is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from service.compilation import compile_snapshot
from service.model import (
    CodeSystem,
    CodingNote,
    CodingNoteKind,
    Concept,
    ConceptId,
    ConceptKind,
    Item,
    LifecycleState,
    Relation,
)
from service.snapshot import open_snapshot, write_snapshot
from service.store.base import Selection, WholeGraphStore
from service.store.memory import MemoryStore
from tests.little_graphs import DAY, built, condition, edge, page, procedure, quoting

UNKNOWN = ConceptId("LITTLE:none")
DAY_BEFORE = DAY - timedelta(days=1)

SCAN = replace(procedure("1", "Knee scan"), synonyms=("look at a knee",), billable=True)
FILM = procedure("2", "Knee film", last=DAY_BEFORE)
COMING = procedure("3", "Knee dream", first=date(2030, 1, 1))
LAST_DAY = procedure("4", "Knee drawing", last=DAY)
GOUT, PAIN = condition("C", "Gout — “bad”"), condition("D", "Pain")
CONCEPTS: list[Concept] = [SCAN, FILM, COMING, LAST_DAY, GOUT, PAIN]
PAGE = page(SCAN, "Pain – and gout. Rather film.")
NOTE = CodingNote(PAIN.id, CodingNoteKind.CODE_FIRST, "code first gout (C)", (GOUT.id,))
STATED = [
    edge(SCAN, Relation.HAS_INDICATION, PAIN, provenance=quoting(PAGE, "Pain")),
    edge(SCAN, Relation.HAS_INDICATION, GOUT, provenance=quoting(PAGE, "gout")),
]
REPLACED = edge(FILM, Relation.REPLACED_BY, SCAN, qualifier="1", note="when brief")
ITEMS: list[Item] = [
    *CONCEPTS,
    PAGE,
    NOTE,
    REPLACED,
    *STATED[::-1],
    *(edge(p, Relation.HAS_INDICATION, PAIN) for p in (LAST_DAY, FILM, COMING)),
    CodeSystem("ILLS", "Ills of the knee", release="2026"),
]


def in_memory(_folder: Path) -> WholeGraphStore:
    """Return a store over a snapshot that never was on disk."""
    return MemoryStore(compile_snapshot(built(ITEMS)))


def memory_mapped(folder: Path) -> WholeGraphStore:
    """Return a store over a snapshot in ``folder``."""
    write_snapshot(compile_snapshot(built(ITEMS)), folder)
    return MemoryStore(open_snapshot(folder))


@pytest.fixture(params=[in_memory, memory_mapped])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> WholeGraphStore:
    """Return each store in turn, all with the same content."""
    make: Callable[[Path], WholeGraphStore] = request.param
    return make(tmp_path)


def test_the_graph_comes_back_as_it_was_built(store: WholeGraphStore) -> None:
    """Concepts, edges, keys and systems equal the built ones, and nothing can be added."""
    graph, wanted = store.graph(), built(ITEMS)
    assert {n: graph.nodes[n]["concept"] for n in graph} == {c.id: c for c in CONCEPTS}
    assert list(graph) == list(wanted)
    assert {(*ends, data["edge"]) for *ends, data in graph.edges(keys=True, data=True)} == {
        (*ends, data["edge"]) for *ends, data in wanted.edges(keys=True, data=True)
    }
    assert graph.graph == wanted.graph
    assert (store.node_count, store.edge_count) == (len(graph), len(graph.edges))
    with pytest.raises(nx.NetworkXError, match="Frozen graph"):
        graph.add_node(UNKNOWN)


def test_what_is_asked_for_comes_back_in_its_order(store: WholeGraphStore) -> None:
    """One entry for each id, None or nothing for the unknown, twice for twice."""
    asked = [PAIN.id, UNKNOWN, SCAN.id, PAIN.id]
    assert store.concepts(asked) == [PAIN, None, SCAN, PAIN]
    assert store.pages(asked) == [None, None, PAGE, None]
    assert store.notes(asked) == [(NOTE,), (), (), (NOTE,)]
    assert store.edges(asked, Relation.IS_A) == [[], [], [], []]
    assert store.edge_counts(asked, Relation.HAS_INDICATION) == [0, 0, 2, 0]
    assert store.edge_counts(asked, Relation.HAS_INDICATION, incoming=True) == [4, 0, 0, 4]
    assert store.concepts([]) == []


def test_numbers_follow_the_order_of_ids(store: WholeGraphStore) -> None:
    """Numbers are dense and sorted by id; an unknown id, however odd, has -1."""
    ids = sorted(c.id for c in CONCEPTS)
    assert store.numbers(ids).tolist() == list(range(len(ids)))
    assert [c.id for c in store.concepts_at(store.numbers(ids[::-1]))] == ids[::-1]
    assert store.numbers([UNKNOWN, "", "\ud800", "LITTLE:1 "]).tolist() == [-1, -1, -1, -1]


def test_outgoing_edges_keep_the_order_of_the_page(store: WholeGraphStore) -> None:
    """As the text states them, whole with their provenance, whatever came first."""
    (found,) = store.edges([SCAN.id], Relation.HAS_INDICATION)
    assert found == STATED
    assert store.edges([FILM.id], Relation.REPLACED_BY) == [[REPLACED]]


def test_incoming_edges_come_by_source_and_in_pages(store: WholeGraphStore) -> None:
    """Offset and limit cut the same list; beyond its end there is nothing."""

    def sources(offset: int, limit: int | None) -> list[str]:
        (found,) = store.edges(
            [PAIN.id], Relation.HAS_INDICATION, incoming=True, offset=offset, limit=limit
        )
        return [e.source for e in found]

    everyone = [SCAN.id, FILM.id, COMING.id, LAST_DAY.id]
    assert sources(0, None) == everyone
    assert sources(0, 2) + sources(2, 2) == everyone
    assert sources(3, 9) == everyone[3:]
    assert sources(4, 1) == sources(9, None) == sources(0, 0) == []


@pytest.mark.parametrize("incoming", [False, True])
@pytest.mark.parametrize("relations", [None, [Relation.NOTE, Relation.REPLACED_BY], []])
def test_neighbors_are_the_edges_of_all_at_once(
    store: WholeGraphStore, relations: list[Relation] | None, *, incoming: bool
) -> None:
    """Each row names who asked, who is at the other end, by what, and which edge it is."""
    asked = store.numbers([PAIN.id, SCAN.id, FILM.id, PAIN.id])
    found = store.neighbors(asked, relations, incoming=incoming)
    rows = []
    for owner, other, relation, stated in zip(
        found.owner.tolist(),
        store.concepts_at(found.neighbor),
        found.relation.tolist(),
        store.edges_at(found.edge),
        strict=True,
    ):
        here = stated.target if incoming else stated.source
        assert other.id == (stated.source if incoming else stated.target)
        assert list(Relation)[relation] is stated.relation
        assert store.concepts_at(asked[[owner]])[0].id == here
        rows.append((owner, stated.relation, other.id))
    wanted = [
        (owner, relation, stated.source if incoming else stated.target)
        for owner, concept in enumerate(store.concepts_at(asked))
        for relation in (Relation if relations is None else relations)
        for stated in store.edges([concept.id], relation, incoming=incoming)[0]
    ]
    assert sorted(rows) == sorted(wanted)
    assert bool(rows) is (relations != [])
    assert not len(store.neighbors(np.empty(0, np.int32), relations, incoming=incoming).edge)


@pytest.mark.parametrize("day", [DAY_BEFORE, DAY, DAY + timedelta(days=1), date(2030, 1, 1)])
def test_states_are_those_of_the_concepts(store: WholeGraphStore, day: date) -> None:
    """The store's arrays and the records agree on every boundary."""
    numbers = store.numbers([c.id for c in CONCEPTS])
    assert store.states(numbers, day=day) == [c.state_on(day) for c in CONCEPTS]


def test_all_four_states_occur(store: WholeGraphStore) -> None:
    """Listed, past its last day, before its first, and known to no release."""
    numbers = store.numbers([SCAN.id, FILM.id, COMING.id, PAIN.id])
    assert store.states(numbers, day=DAY) == [
        LifecycleState.ACTIVE,
        LifecycleState.RETIRED,
        LifecycleState.NOT_YET_EFFECTIVE,
        LifecycleState.UNKNOWN,
    ]


@pytest.mark.parametrize(
    ("selection", "wanted"),
    [
        (Selection(), CONCEPTS),
        (Selection(kinds=(ConceptKind.CONDITION,)), [GOUT, PAIN]),
        (Selection(systems=("ILLS", "NONE")), [GOUT, PAIN]),
        (Selection(systems=("NONE",)), []),
        (Selection(kinds=()), []),
        (
            Selection(systems=("LITTLE",), include_retired=False),
            [SCAN, COMING, LAST_DAY],
        ),
    ],
)
def test_a_selection_takes_what_it_names(
    store: WholeGraphStore, selection: Selection, wanted: list[Concept]
) -> None:
    """Kinds, systems and retirement narrow together; an unknown system takes nothing."""
    taken = np.flatnonzero(store.selected(selection, day=DAY)).astype(np.int32)
    assert {c.id for c in store.concepts_at(taken)} == {c.id for c in wanted}


def test_code_systems_are_those_loaded_and_those_used(store: WholeGraphStore) -> None:
    """A system that only concepts name is listed too, by its name."""
    assert [(s.name, s.release) for s in store.code_systems] == [("ILLS", "2026"), ("LITTLE", None)]


def test_a_store_of_nothing_answers() -> None:
    """An empty graph is a graph."""
    empty = MemoryStore(compile_snapshot(built([])))
    assert (empty.node_count, empty.edge_count) == (0, 0)
    assert empty.concepts([UNKNOWN]) == [None]
    assert empty.edges([UNKNOWN], Relation.IS_A) == [[]]
    assert not len(empty.selected(Selection(), day=DAY))
    assert not empty.evidence.words
