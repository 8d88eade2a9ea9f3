"""The read-only NetworkX graph: what algorithms find on it is what they find on an ordinary one."""

import random
from collections.abc import Callable
from io import BytesIO
from typing import Any

import networkx as nx
import pytest
from hypothesis import given

from service.model import ConceptId, Item, Relation
from service.store.memory import MemoryStore
from tests.little_graphs import condition, edge, procedure, random_items, stored

Graph = Any  # NetworkX graphs of all sorts


def _compiled(items: list[Item]) -> MemoryStore:
    return stored(items)


def _items(seed: int) -> list[Item]:
    """Return a graph with an island, parallel edges, edges both ways and a loop."""
    rng = random.Random(seed)  # noqa: S311  not for secrets
    codes = [procedure(f"{n}", f"Procedure {n}") for n in range(12)]
    things = [condition(f"{n}", f"Condition {n}") for n in range(8)]
    items: list[Item] = [*codes, *things, procedure("alone", "Alone")]
    for _ in range(35):
        source, target = rng.choice(codes + things), rng.choice(codes + things)
        relation = rng.choice((Relation.IS_A, Relation.MAPS_TO))
        if source.kind is target.kind and (source is not target or relation is Relation.MAPS_TO):
            items.append(edge(source, relation, target))
    return items


def ordinary(store: MemoryStore) -> "nx.MultiDiGraph[ConceptId]":
    """Return the graph of ``store`` built one node and one edge after the other."""
    systems = {system.name: system for system in store.code_systems}
    graph: nx.MultiDiGraph[ConceptId] = nx.MultiDiGraph(systems=systems)
    for concept in store.concepts_at(range(store.node_count)):
        graph.add_node(concept.id, concept=concept)
    for one in store.edges_at(range(store.edge_count)):
        graph.add_edge(one.source, one.target, (one.relation, one.qualifier), edge=one)
    return graph


@pytest.fixture(scope="module", params=range(3))
def pair(request: pytest.FixtureRequest) -> tuple[Graph, Graph]:
    """Return the read-only graph and the ordinary one of the same content."""
    store = _compiled(_items(request.param))
    return store.graph(), ordinary(store)


def _weight(_u: object, _v: object, edges: dict[Any, dict[str, Any]]) -> float:
    return min(1.0 if key[0] is Relation.IS_A else 2.5 for key in edges)


def _hub(graph: Graph) -> ConceptId:
    node: ConceptId = max(graph, key=lambda n: (graph.degree[n], n))
    return node


def _is_hierarchy(_source: object, _target: object, key: tuple[Relation, str]) -> bool:
    return key[0] is Relation.IS_A


def _edges_of(graph: Graph) -> list[Any]:
    return sorted(graph.edges(keys=True), key=str)


def _everything(graph: Graph) -> tuple[Any, ...]:
    """Return all of a graph, in its own order."""
    return (
        type(graph), dict(graph.graph), list(graph.nodes(data=True)),
        list(graph.edges(keys=True, data=True)) if graph.is_multigraph() else
        list(graph.edges(data=True)),
    )  # fmt: skip


def _graphml(graph: Graph) -> bytes:
    plain: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    plain.add_nodes_from((n, {"name": data["concept"].name}) for n, data in graph.nodes(data=True))
    plain.add_edges_from(
        (u, v, {"relation": str(data["edge"].relation)}) for u, v, data in graph.edges(data=True)
    )
    written = BytesIO()
    nx.write_graphml(plain, written)
    return written.getvalue()


def _some(graph: Graph) -> list[ConceptId]:
    return list(graph)[::2]


QUESTIONS: dict[str, Callable[[Graph], object]] = {
    "everything": _everything,
    "weak components": lambda g: sorted(map(sorted, nx.weakly_connected_components(g))),
    "strong components": lambda g: sorted(map(sorted, nx.strongly_connected_components(g))),
    "shortest paths": lambda g: dict(nx.shortest_path(g, _hub(g))),
    "all lengths": lambda g: dict(nx.all_pairs_shortest_path_length(g)),
    "bidirectional": lambda g: nx.bidirectional_shortest_path(g.to_undirected(), *_ends(g)),
    "dijkstra": lambda g: nx.single_source_dijkstra(g, _hub(g), weight=_weight),
    "ego graph": lambda g: _everything(nx.ego_graph(g, _hub(g), radius=2, undirected=True)),
    "pagerank": lambda g: nx.pagerank(g),
    "betweenness": lambda g: nx.betweenness_centrality(g),
    "degrees": lambda g: (list(g.degree), list(g.in_degree), list(g.out_degree)),
    "degrees of some": lambda g: (
        list(g.degree(_some(g))), g.degree(_hub(g)), dict(g.in_degree(_some(g))),
        len(g.degree), list(g.out_degree(weight="none")), list(g.degree(_some(g), weight="x")),
    ),
    "degree centrality": lambda g: nx.degree_centrality(g),
    "counts": lambda g: (
        g.number_of_edges(), g.size(), len(g), g.order(), g.number_of_nodes(),
        g.number_of_edges(*next(iter(g.edges()))), nx.density(g), g.number_of_selfloops()
        if hasattr(g, "number_of_selfloops") else nx.number_of_selfloops(g),
    ),
    "jaccard": lambda g: sorted(nx.jaccard_coefficient(nx.Graph(g))),
    "adamic adar": lambda g: sorted(
        nx.adamic_adar_index(nx.Graph((u, v) for u, v in g.edges() if u != v))
    ),
    "subgraph": lambda g: _everything(g.subgraph(_some(g)).copy()),
    "degrees of a subgraph": lambda g: list(g.subgraph(_some(g)).degree),
    "edge subgraph": lambda g: _edges_of(g.edge_subgraph(_edges_of(g)[::3])),
    "filtered view": lambda g: list(
        nx.subgraph_view(g, filter_edge=_is_hierarchy).edges  # type: ignore[arg-type]  # keys are pairs
    ),
    "reverse": lambda g: (_everything(g.reverse()), list(g.reverse(copy=False).edges(keys=True))),
    "to undirected": lambda g: _everything(g.to_undirected()),
    "to directed": lambda g: _everything(g.to_directed()),
    "copy": lambda g: _everything(g.copy()),
    "simple graphs": lambda g: (_everything(nx.Graph(g)), _everything(nx.DiGraph(g))),
    "neighbors": lambda g: {n: (list(g[n]), list(g.pred[n]), list(g.neighbors(n))) for n in g},
    "edges of a node": lambda g: (
        list(g.edges(_hub(g), keys=True, data=True)), list(g.in_edges(_hub(g), keys=True)),
        list(g.out_edges(_some(g), data="edge")),
    ),
    "membership": lambda g: (
        _hub(g) in g, "nobody" in g, 3 in g, None in g, g.has_node("nobody"),
        g.has_edge(*next(iter(g.edges()))), g.has_edge("nobody", _hub(g)),
    ),
    "isolates": lambda g: list(nx.isolates(g)),
    "condensation": lambda g: sorted(nx.condensation(nx.DiGraph(g)).edges),
    "k-core": lambda g: nx.core_number(nx.Graph((u, v) for u, v in g.edges() if u != v)),
    "adjacency matrix": lambda g: nx.to_numpy_array(g).tolist(),
    "graphml": _graphml,
}  # fmt: skip


def _ends(graph: Graph) -> tuple[ConceptId, ConceptId]:
    """Return two nodes that are connected, far apart in the order of the nodes."""
    component = sorted(nx.node_connected_component(graph.to_undirected(), _hub(graph)))
    return component[0], component[-1]


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_algorithms_find_the_same(
    pair: tuple[Graph, Graph], question: Callable[[Graph], object]
) -> None:
    """Equal results, order included where the algorithm has one."""
    stored, plain = pair
    assert question(stored) == question(plain)


def test_the_two_are_equal_to_networkx(pair: tuple[Graph, Graph]) -> None:
    """By NetworkX's own comparison of graphs."""
    stored, plain = pair
    assert nx.utils.graphs_equal(stored, plain)


CHANGES: dict[str, Callable[[Graph], object]] = {
    "add node": lambda g: g.add_node("new"),
    "add nodes": lambda g: g.add_nodes_from(["new"]),
    "remove node": lambda g: g.remove_node(_hub(g)),
    "remove nodes": lambda g: g.remove_nodes_from([_hub(g)]),
    "add edge": lambda g: g.add_edge(_hub(g), _hub(g)),
    "add edges": lambda g: g.add_edges_from([(_hub(g), _hub(g))]),
    "add weighted": lambda g: g.add_weighted_edges_from([(_hub(g), _hub(g), 1)]),
    "remove edge": lambda g: g.remove_edge(*next(iter(g.edges()))),
    "remove edges": lambda g: g.remove_edges_from(list(g.edges())),
    "clear": lambda g: g.clear(),
    "clear edges": lambda g: g.clear_edges(),
    "update": lambda g: g.update(nodes=["new"]),
    "path": lambda g: nx.add_path(g, ["a", "b"]),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_it_cannot_be_changed(change: Callable[[Graph], object]) -> None:
    """Every way to change it is refused, and nothing has changed."""
    store = _compiled(_items(0))
    graph = store.graph()
    with pytest.raises(nx.NetworkXError):
        change(graph)
    assert nx.is_frozen(graph)
    assert nx.utils.graphs_equal(graph, ordinary(store))


def test_unknown_nodes_are_key_errors() -> None:
    """As in any NetworkX graph."""
    graph: Graph = _compiled(_items(0)).graph()
    for mapping in (graph, graph.nodes, graph.degree):
        with pytest.raises(KeyError):
            mapping["nobody"]
    with pytest.raises(nx.NodeNotFound):
        nx.shortest_path(graph, "nobody")


def test_a_lone_surrogate_is_not_a_question_mark() -> None:
    """An id that is no valid text is not in the graph, whatever stands for it elsewhere."""
    asked = procedure("a?", "Asked")
    store = _compiled([asked])
    assert asked.id in store.graph()
    assert asked.id.replace("?", "\ud800") not in store.graph()


@given(random_items())
def test_random_graphs_come_back_whole(items: list[Item]) -> None:
    """Graphs of all relations."""
    store = _compiled(items)
    graph, plain = store.graph(), ordinary(store)
    assert _everything(graph) == _everything(plain)
    assert dict(graph.degree) == dict(plain.degree)


def test_an_empty_graph_is_a_graph() -> None:
    """Nothing to walk, and nothing fails."""
    graph = _compiled([]).graph()
    assert (len(graph), graph.size(), list(graph.edges)) == (0, 0, [])
