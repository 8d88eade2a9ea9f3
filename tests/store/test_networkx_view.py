"""The read-only NetworkX graph: what algorithms find on it is what they find on an ordinary one."""

import copy
import operator
import pickle
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
    """Return a graph with an island, parallel edges, edges both ways and loops."""
    rng = random.Random(seed)  # noqa: S311  not for secrets
    codes = [procedure(f"{n}", f"Procedure {n}") for n in range(12)]
    things = [condition(f"{n}", f"Condition {n}") for n in range(8)]
    items: list[Item] = [*codes, *things, procedure("alone", "Alone")]
    for _ in range(35):
        source, target = rng.choice(codes + things), rng.choice(codes + things)
        relation = rng.choice((Relation.IS_A, Relation.MAPS_TO))
        if source.kind is target.kind and (source is not target or relation is Relation.MAPS_TO):
            items.append(edge(source, relation, target))
    first, second = codes[:2]
    for source, target in ((first, first), (first, second), (second, first)):
        items.append(edge(source, Relation.MAPS_TO, target))
        items.append(edge(source, Relation.MAPS_TO, target, qualifier="1"))
    return items


def ordinary(store: MemoryStore) -> "nx.MultiDiGraph[ConceptId]":
    """Return the graph of ``store`` built one node and one edge after the other."""
    systems = {system.name: system for system in store.code_systems}
    graph: nx.MultiDiGraph[ConceptId] = nx.MultiDiGraph(systems=systems)
    for concept in store.concepts_at(range(store.node_count)):
        graph.add_node(concept.id, concept=concept)
    for one in store.edges_at(range(store.edge_count)):
        graph.add_edge(one.source, one.target, (one.relation, one.qualifier), edge=one)
    nx.freeze(graph)
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
        type(graph), nx.is_frozen(graph), dict(graph.graph), list(graph.nodes(data=True)),
        list(graph.edges(keys=True, data=True)) if graph.is_multigraph() else
        list(graph.edges(data=True)),
    )  # fmt: skip


def _graphml_of_names(graph: Graph) -> bytes:
    """Return the GraphML of names and relations: a graph of records it refuses, whosever it is."""
    plain: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    plain.add_nodes_from((n, {"name": data["concept"].name}) for n, data in graph.nodes(data=True))
    plain.add_edges_from(
        (u, v, {"relation": str(data["edge"].relation)}) for u, v, data in graph.edges(data=True)
    )
    written = BytesIO()
    nx.write_graphml(plain, written)
    return written.getvalue()


def _types_of_attributes(graph: Graph) -> set[type]:
    return {type(found) for *_, found in (*graph.nodes(data=True), *graph.edges(data=True))}


def _pickled(content: Any) -> Any:  # noqa: ANN401  of any type
    return pickle.loads(pickle.dumps(content))  # noqa: S301  our own


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
    "graphml of names": _graphml_of_names,
    "pickled": lambda g: _everything(_pickled(g)),
    "deep copy": lambda g: _everything(copy.deepcopy(g)),
    "shallow copy": lambda g: _everything(copy.copy(g)),
    "deep copy of a subgraph": lambda g: _everything(copy.deepcopy(g.subgraph(_some(g)))),
    "pickled parts": lambda g: _pickled((dict(g.nodes), dict(g.adj), g.subgraph(_some(g)).nodes)),
    "dicts": lambda g: (
        nx.to_dict_of_dicts(g), nx.to_dict_of_dicts(g, edge_data=1), nx.to_dict_of_lists(g),
        nx.node_link_data(g), dict(g.adj), g.adj.copy(), g.pred[_hub(g)].copy(),
    ),
    "there and back": lambda g: _everything(nx.from_dict_of_dicts(
        nx.to_dict_of_dicts(g), create_using=nx.MultiDiGraph, multigraph_input=True
    )),
    "shown": lambda g: (str(g), repr(g.nodes[_hub(g)]), repr(g[_hub(g)]), repr(g.pred)),
    "loops": lambda g: (
        list(nx.selfloop_edges(g, keys=True, data=True)), list(nx.nodes_with_selfloops(g)),
        [g.degree[n] - g.in_degree[n] - g.out_degree[n] for n in nx.nodes_with_selfloops(g)],
    ),
    "degree calls": lambda g: (
        list(g.degree(_some(g))()), list(g.degree()(_some(g))), g.degree(_some(g))[_hub(g)],
        list(g.degree([_hub(g), "nobody"])), list(g.degree([])), list(g.degree("nobody")),
        g.degree(_hub(g), weight="none"), len(g.in_degree(_some(g))), list(g.degree(iter(g))),
        str(g.out_degree(_some(g))), g.size(weight="none"),
    ),
    "unhashable is no node": lambda g: ([] in g, g.has_node([])),
    "attributes of copies": lambda g: [
        _types_of_attributes(g.copy()), _types_of_attributes(g.reverse()),
        _types_of_attributes(g.to_undirected()), _types_of_attributes(nx.DiGraph(g)),
        _types_of_attributes(copy.deepcopy(g)),
    ],
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


REFUSED: dict[str, Callable[[Graph], object]] = {
    "neighbors of a list": lambda g: g[[]],
    "attributes of a list": lambda g: g.nodes[[]],
    "adjacency of a list": lambda g: g.adj[[]],
    "predecessors of a list": lambda g: g.pred[[]],
    "degree of a list": lambda g: g.degree[[]],
    "in-degree of a list": lambda g: g.in_degree[[]],
    "iterate over a list": lambda g: g.neighbors([]),
    "list among nodes": lambda g: [] in g.nodes,
    "list in a row": lambda g: [] in g[_hub(g)],
    "edge from a list": lambda g: g.has_edge([], _hub(g)),
    "edge to a list": lambda g: g.has_edge(_hub(g), []),
    "edges from a list": lambda g: g.number_of_edges([], _hub(g)),
    "edges to a list": lambda g: g.number_of_edges(_hub(g), []),
    "data of a list": lambda g: g.get_edge_data([], _hub(g)),
    "edge by a list": lambda g: g.edges[[], _hub(g), 0],
    "degrees of lists": lambda g: list(g.degree([[1]])),
    "edges of lists": lambda g: list(g.edges([[1]])),
    "subgraph of lists": lambda g: g.subgraph([[1]]),
    "degree of a number": lambda g: g.degree(3),
    "weighted degree of a number": lambda g: g.degree(3, weight="x"),
    "neighbors of nobody": lambda g: g["nobody"],
    "attributes of a number": lambda g: g.nodes[3],
    "degree of nobody": lambda g: g.degree["nobody"],
    "weighted degree of nobody": lambda g: g.degree(weight="x")["nobody"],
    "iterate over nobody": lambda g: g.neighbors("nobody"),
    "path from nobody": lambda g: nx.shortest_path(g, "nobody"),
    "edge to nobody": lambda g: g.edges[_hub(g), "nobody", 0],
    "graphml of records": lambda g: nx.write_graphml(g, BytesIO()),
}


@pytest.mark.parametrize("question", REFUSED.values(), ids=REFUSED)
def test_what_an_ordinary_graph_refuses_is_refused_alike(
    pair: tuple[Graph, Graph], question: Callable[[Graph], object]
) -> None:
    """Errors of the same type, in the same words."""
    stored, plain = pair
    with pytest.raises((nx.NetworkXException, KeyError, TypeError)) as wanted:
        question(plain)
    with pytest.raises(wanted.type) as found:
        question(stored)
    assert (found.type, str(found.value)) == (wanted.type, str(wanted.value))


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
    "node attribute": lambda g: g.nodes[_hub(g)].update(a=1),
    "node attributes": lambda g: nx.set_node_attributes(g, dict.fromkeys(g, 1), "a"),
    "edge attribute": lambda g: next(iter(g.edges(data=True)))[2].setdefault("a", 1),
    "edge attributes": lambda g: nx.set_edge_attributes(g, {_edges_of(g)[0]: {"a": 1}}),
    "every edge's attributes": lambda g: nx.set_edge_attributes(
        g, dict.fromkeys(g.edges(keys=True), 1), "a"
    ),
    "set an item": lambda g: operator.setitem(g.edges[_edges_of(g)[0]], "a", 1),
    "remove an item": lambda g: operator.delitem(g.nodes[_hub(g)], "concept"),
    "merge": lambda g: operator.ior(g.nodes[_hub(g)], {"a": 1}),  # type: ignore[no-untyped-call]
    "take out": lambda g: g.nodes[_hub(g)].pop("concept"),
    "take any out": lambda g: g.nodes[_hub(g)].popitem(),
    "clear attributes": lambda g: g.nodes[_hub(g)].clear(),
    "edges between two": lambda g: g.get_edge_data(*_edges_of(g)[0][:2]).clear(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_it_cannot_be_changed(change: Callable[[Graph], object]) -> None:
    """Every way to change it or its attributes is refused, and nothing has changed.

    Attributes of an ordinary frozen graph can be written; here that would be lost without a word.
    """
    store = _compiled(_items(0))
    graph = store.graph()
    with pytest.raises(nx.NetworkXError):
        change(graph)
    assert nx.is_frozen(graph)
    assert nx.utils.graphs_equal(graph, ordinary(store))


def test_attributes_are_copied_to_be_written() -> None:
    """As functions of NetworkX do that add to what they find."""
    graph: Graph = _compiled(_items(0)).graph()
    found = graph.nodes[_hub(graph)]
    for copied in (dict(found), found.copy(), found | {}, copy.deepcopy(found), copy.copy(found)):
        copied["a"] = 1
        assert copied == {"concept": found["concept"], "a": 1}


def test_a_lone_surrogate_is_not_a_question_mark() -> None:
    """An id that is no valid text is not in the graph, whatever stands for it elsewhere."""
    asked = procedure("a?", "Asked")
    store = _compiled([asked])
    assert asked.id in store.graph()
    assert asked.id.replace("?", "\ud800") not in store.graph()


def test_records_are_their_own_deep_copies(pair: tuple[Graph, Graph]) -> None:
    """An undirected graph of half a million edges shares them: copies took 17 s of 21."""
    for graph in pair:
        copied = graph.to_undirected(), copy.deepcopy(graph)
        for one in copied:
            assert all(one.nodes[n]["concept"] is graph.nodes[n]["concept"] for n in graph)


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
