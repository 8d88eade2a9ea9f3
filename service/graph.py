"""Items in, one checked NetworkX graph out.

The graph is a ``MultiDiGraph`` whose nodes are concept ids and whose edge keys are
``(relation, qualifier)``. A node's attribute ``concept`` is its ``Concept``; it may also have
``notes`` (coding notes) and ``page``. An edge's attribute ``edge`` is its ``Edge``. All are frozen
records, because ``networkx.freeze`` does not protect attributes. ``graph.graph["systems"]`` holds
the code systems by name.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias, TypeVar

import networkx as nx

from service.codes import KNOWN_SYSTEMS, is_phrase
from service.errors import GraphError
from service.model import (
    CodeSystem,
    CodingNote,
    Concept,
    ConceptId,
    Edge,
    Finding,
    Item,
    Page,
    Provenance,
    ProvenanceMethod,
    Relation,
    Severity,
    TitleSource,
)

__all__ = ["ConceptGraph", "GraphBuilder", "edges_of"]

ConceptGraph: TypeAlias = "nx.MultiDiGraph[ConceptId]"

_AUTHORITY = {
    TitleSource.OFFICIAL_DESCRIPTOR: 3,
    TitleSource.SOURCE_DOCUMENT: 2,
    TitleSource.PARAPHRASE: 1,
}


def _authority(concept: Concept) -> int:
    if not concept.name:
        return -1
    return _AUTHORITY[concept.title_source] if concept.title_source else 0


Value = TypeVar("Value")


def _first(values: Iterable[Value | None]) -> Value | None:
    return next((value for value in values if value is not None), None)


def _merge(concepts: Sequence[Concept]) -> Concept:
    """Return one concept of several definitions: the most authoritative names it, all add to it.

    Between equals the later names it, so that what a user brings replaces what ships.
    """
    if len(concepts) == 1:
        return concepts[0]
    newest_first = list(concepts)[::-1]
    ranked = sorted(newest_first, key=_authority, reverse=True)
    chosen = ranked[0]
    names = dict.fromkeys(
        text
        for concept in ranked
        for text in (concept.name, *concept.synonyms)
        if text and text not in (chosen.name, chosen.title)
    )
    return replace(
        chosen,
        synonyms=tuple(names),
        system=_first(c.system for c in ranked),
        code=_first(c.code for c in ranked),
        title=_first(c.title for c in ranked),
        title_source=_first(c.title_source for c in ranked),
        release=_first(c.release for c in ranked),
        billable=_first(c.billable for c in ranked),
        effective_from=_first(c.effective_from for c in ranked),
        effective_to=_first(c.effective_to for c in ranked),
        axis=_first(c.axis for c in ranked),
    )


@dataclass(slots=True)
class GraphBuilder:
    """Collects items from readers and builds one graph of them.

    ``findings`` grows with what readers report and with what the graph had to leave out.
    """

    findings: list[Finding] = field(default_factory=list)
    _concepts: dict[ConceptId, list[Concept]] = field(default_factory=dict)
    _edges: dict[tuple[ConceptId, Relation, ConceptId, str], Edge] = field(default_factory=dict)
    _notes: dict[ConceptId, list[CodingNote]] = field(default_factory=dict)
    _pages: dict[ConceptId, Page] = field(default_factory=dict)
    _systems: dict[str, CodeSystem] = field(default_factory=dict)

    @property
    def pages(self) -> Sequence[Page]:
        """Return the pages added so far, one a code."""
        return tuple(self._pages.values())

    def edges(self, relation: Relation) -> list[Edge]:
        """Return the edges of ``relation`` added so far."""
        return [edge for edge in self._edges.values() if edge.relation is relation]

    @property
    def concepts(self) -> Iterable[Concept]:
        """Yield every concept once, merged."""
        return (_merge(definitions) for definitions in self._concepts.values())

    def add(self, items: Iterable[Item]) -> int:
        """Add what a reader yields and return the number of items.

        A page of a code that already has one replaces it, with every edge that quoted it.
        """
        count = 0
        for item in items:
            count += 1
            match item:
                case Edge():
                    self._add_edge(item)
                case Concept():
                    self._concepts.setdefault(item.id, []).append(item)
                case CodingNote():
                    self._notes.setdefault(item.concept_id, []).append(item)
                case Page():
                    self._add_page(item)
                case CodeSystem():
                    self._systems[item.name] = item
                case Finding():
                    self.findings.append(item)
        return count

    def identify(self, known: Mapping[ConceptId, ConceptId]) -> None:
        """Make each key of ``known`` the concept that it maps to: edges move, definitions go."""
        for concept_id in known:
            self._concepts.pop(concept_id, None)
        for key, edge in list(self._edges.items()):
            if edge.source in known or edge.target in known:
                del self._edges[key]
                source = known.get(edge.source, edge.source)
                target = known.get(edge.target, edge.target)
                if source != target:
                    self._add_edge(replace(edge, source=source, target=target))

    def _add_edge(self, edge: Edge) -> None:
        key = (edge.source, edge.relation, edge.target, edge.qualifier)
        known = self._edges.get(key)
        if known is not None and known.provenance != edge.provenance:
            edge = replace(
                known,
                provenance=tuple(dict.fromkeys(known.provenance + edge.provenance)),
                note=known.note or edge.note,
                confidence=max(known.confidence, edge.confidence),
            )
        self._edges[key] = edge

    def _add_page(self, page: Page) -> None:
        if page.concept_id in self._pages:
            self._forget(page.document)
        self._pages[page.concept_id] = page

    def _forget(self, document: str) -> None:
        for key, edge in list(self._edges.items()):
            kept = tuple(p for p in edge.provenance if p.document != document)
            if not kept:
                del self._edges[key]
            elif len(kept) != len(edge.provenance):
                self._edges[key] = replace(edge, provenance=kept)

    def build(self) -> ConceptGraph:
        """Return the checked graph, nodes and edges in the order of their ids.

        Edges to or from a concept that nothing defines are left out and reported as findings, and
        so are concepts that nothing names. Raises ``GraphError`` where an edge has no provenance
        or misquotes its page: that is a reader's fault and must not reach a user.
        """
        named = {i: merged for i, d in self._concepts.items() if (merged := _merge(d)).name}
        for concept_id in sorted(self._concepts.keys() - named.keys()):
            self._report(f"nothing names {concept_id}: load the release or page that does")
        self._check_quotes()
        graph: ConceptGraph = nx.MultiDiGraph(systems=self._all_systems(named.values()))
        for concept_id in sorted(named):
            graph.add_node(concept_id, concept=named[concept_id])
        for concept_id, notes in self._notes.items():
            if concept_id in named:
                known = [
                    replace(n, targets=tuple(t for t in n.targets if t in named)) for n in notes
                ]
                graph.nodes[concept_id]["notes"] = tuple(known)
        for concept_id, page in self._pages.items():
            if concept_id in named:
                graph.nodes[concept_id]["page"] = page
        for edge in sorted((*self._edges.values(), *self._note_edges(named)), key=_edge_order):
            missing = [end for end in (edge.source, edge.target) if end not in named]
            if missing:
                self._report(
                    f"{edge.source} {edge.relation} {edge.target}: {missing[0]} is unknown"
                )
                continue
            graph.add_edge(edge.source, edge.target, (edge.relation, edge.qualifier), edge=edge)
        # A phrase without edges was said by a page that another has replaced.
        graph.remove_nodes_from([n for n in named if is_phrase(n) and not graph.degree(n)])
        return graph

    def _all_systems(self, concepts: Iterable[Concept]) -> dict[str, CodeSystem]:
        """Return the code systems by name, those too that only pages have codes of."""
        for name in {c.system for c in concepts if c.system} - self._systems.keys():
            known = KNOWN_SYSTEMS.get(name)
            self._systems[name] = CodeSystem(name, known.title if known else name)
        return dict(sorted(self._systems.items()))

    def _note_edges(self, named: Iterable[ConceptId]) -> Iterable[Edge]:
        known = set(named)
        for concept_id, notes in self._notes.items():
            for note in notes:
                release = Provenance(
                    ProvenanceMethod.RELEASE, quote=note.text, release=note.release
                )
                for target in note.targets:
                    if target in known and target != concept_id:
                        yield Edge(
                            concept_id, Relation.NOTE, target, (release,), note.kind, note.text
                        )

    def _check_quotes(self) -> None:
        texts = {page.document: page.text for page in self._pages.values()}
        problems = [
            f"{edge.source} {edge.relation} {edge.target} {problem}"
            for edge in self._edges.values()
            if (problem := _provenance_problem(edge, texts))
        ]
        if problems:
            raise GraphError(problems)

    def _report(self, message: str) -> None:
        self.findings.append(Finding(Severity.WARNING, "graph", message))


def _provenance_problem(edge: Edge, texts: dict[str, str]) -> str | None:
    if not edge.provenance:
        return "has no source"
    for provenance in edge.provenance:
        if provenance.document is None:
            continue
        text = texts.get(provenance.document)
        if text is None:
            return f"quotes {provenance.document}, which is not loaded"
        if text[provenance.start : provenance.end] != provenance.quote:
            return f"misquotes {provenance.document}"
    return None


def _edge_order(edge: Edge) -> tuple[ConceptId, Relation, int, str, str, int, float, ConceptId]:
    """Return the place of an edge: by source and relation, then as its page states it.

    Choices of REPLACED_BY come by their numbers, 2 before 10.
    """
    first = edge.provenance[0]
    choice = edge.qualifier if edge.relation is Relation.REPLACED_BY else ""
    return (
        edge.source,
        edge.relation,
        len(choice),
        choice,
        first.document or "",
        first.start or 0,
        -edge.confidence,
        edge.target,
    )


def edges_of(graph: ConceptGraph) -> Iterable[Edge]:
    """Return the edges of ``graph``: by source and relation, then as their pages state them.

    NetworkX itself lists the edges of a node by target, which mixes the relations.
    """
    edges: Iterable[Edge] = (attributes["edge"] for *_ends, attributes in graph.edges(data=True))
    return sorted(edges, key=_edge_order)
