"""Walks over the graph, compared with NetworkX on the same graph."""

from itertools import pairwise

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from service.graph import edges_of
from service.model import ConceptId, Item, Relation
from service.store.memory import MemoryStore
from service.traversal import (
    Step,
    ancestors,
    indicating_edges,
    narrower_numbers,
    neighborhood,
    shortest_paths,
)
from tests.little_graphs import CONCEPTS, built, condition, edge, procedure, random_items, stored

IDS = [c.id for c in CONCEPTS]
A, B, C, D = (condition(code, f"ill {code}") for code in "ABCD")
P, Q = procedure("1", "scan"), procedure("2", "film")


def passed(start: ConceptId, path: list[Step]) -> list[ConceptId]:
    """Return the concepts of ``path`` in order."""
    assert all(step.end == following.start for step, following in pairwise(path))
    return [start, *(step.end for step in path)]


@settings(max_examples=50, deadline=None)
@given(random_items(), st.sampled_from(IDS), st.sampled_from(IDS))
def test_paths_are_the_shortest_that_networkx_finds(
    items: list[Item], start: ConceptId, end: ConceptId
) -> None:
    """All of them, none else, in the order of the ids passed; the same after a shuffle."""
    store = stored(items)
    paths = shortest_paths(store, start, end, max_hops=13, limit=10_000)
    plain = nx.Graph(built(items))
    wanted = (
        list(nx.all_shortest_paths(plain, start, end)) if nx.has_path(plain, start, end) else []
    )
    ways = [passed(start, path) for path in paths]
    assert sorted(map(tuple, wanted)) == sorted(set(map(tuple, ways)))
    assert ways == sorted(ways)
    assert shortest_paths(stored(sorted(items, key=repr)), start, end, max_hops=13) == paths[:3]
    hops = len(wanted[0]) - 1 if wanted else 0
    assert not hops or shortest_paths(store, start, end, max_hops=hops - 1) == []


def test_paths_keep_to_the_relations_asked_for() -> None:
    """Two codes for one illness are two steps apart, against the second edge, and not by IS_A."""
    first, second = (edge(p, Relation.HAS_INDICATION, A) for p in (P, Q))
    store = stored([P, Q, A, first, second])
    (path,) = shortest_paths(store, P.id, Q.id)
    assert path == [Step(first, forward=True), Step(second, forward=False)]
    assert shortest_paths(store, P.id, Q.id, relations=[Relation.IS_A]) == []


def test_unknown_and_equal_ends_need_no_walk() -> None:
    """Nothing leads to an unknown concept; a concept and itself are joined by an empty path."""
    store = stored([P])
    assert shortest_paths(store, P.id, A.id) == []
    assert shortest_paths(store, P.id, P.id) == [[]]


@settings(max_examples=50, deadline=None)
@given(random_items(), st.sampled_from(IDS), st.integers(0, 3))
def test_a_neighborhood_is_what_networkx_calls_the_ego_graph(
    items: list[Item], center: ConceptId, depth: int
) -> None:
    """Concepts within the depth, nearest first; at depth 1 the incident edges, deeper all."""
    store, graph = stored(items), built(items)
    found = neighborhood(store, center, depth=depth)
    assert found is not None
    assert not found.truncated
    plain = nx.Graph(graph)
    distance = nx.single_source_shortest_path_length(plain, center, cutoff=depth)
    assert set(found.concepts) == set(distance)
    assert [distance[c] for c in found.concepts] == sorted(distance.values())
    wanted = [
        e
        for e in edges_of(graph)
        if {e.source, e.target} <= distance.keys() and (depth > 1 or center in (e.source, e.target))
    ]
    assert list(found.edges) == wanted


def test_a_truncated_neighborhood_says_so_and_keeps_the_rarest() -> None:
    """Of the equally near, those with the fewest edges stay; edges to the rest are left out."""
    edges = [edge(P, Relation.HAS_INDICATION, ill) for ill in (A, B, C)]
    store = stored([P, Q, A, B, C, D, *edges, edge(Q, Relation.HAS_INDICATION, A)])
    found = neighborhood(store, P.id, max_nodes=3)
    assert found is not None
    assert (found.concepts, found.truncated) == ((P.id, B.id, C.id), True)
    assert [e.target for e in found.edges] == [B.id, C.id]
    whole = neighborhood(store, P.id, max_nodes=4)
    assert whole is not None
    assert not whole.truncated
    assert neighborhood(store, ConceptId("ILLS:Z")) is None


@settings(max_examples=50, deadline=None)
@given(random_items(), st.sampled_from(IDS))
def test_ancestors_and_narrower_follow_the_hierarchy(items: list[Item], center: ConceptId) -> None:
    """Everything that IS_A leads to, nearest first, and back; cycles end."""
    store = stored(items)
    is_a = nx.DiGraph((e.source, e.target) for e in edges_of(built(items)) if e.relation == "IS_A")
    is_a.add_node(center)
    found = ancestors(store, center)
    distance = nx.single_source_shortest_path_length(is_a, center)
    assert found == sorted(distance.keys() - {center}, key=lambda node: (distance[node], node))
    narrower = {c.id for c in store.concepts_at(narrower_numbers(store, center))}
    assert narrower == nx.ancestors(is_a, center) | {center}


def indicated(store: MemoryStore, *, narrower: bool) -> list[tuple[str, str]]:
    """Return the ends of the edges that indicate something for A."""
    edges = store.edges_at(indicating_edges(store, A.id, narrower=narrower))
    return [(e.source, e.target) for e in edges]


def test_a_condition_is_indicated_by_its_code_and_by_words_that_map_to_it() -> None:
    """Narrower conditions count when asked for; broader ones never do."""
    store = stored(
        [
            *(P, Q, A, B, C, D),
            edge(B, Relation.IS_A, A),
            edge(A, Relation.IS_A, D),
            edge(C, Relation.MAPS_TO, A),
            *(edge(P, Relation.HAS_INDICATION, ill) for ill in (A, D)),
            *(edge(Q, Relation.HAS_INDICATION, ill) for ill in (B, C)),
        ]
    )
    assert indicated(store, narrower=False) == [(P.id, A.id), (Q.id, C.id)]
    assert indicated(store, narrower=True) == [(P.id, A.id), (Q.id, B.id), (Q.id, C.id)]
    assert not len(indicating_edges(store, ConceptId("ILLS:Z"), narrower=True))
