"""Similarity as its modules describe it, written a second time with sets and NetworkX.

Slow and plain: ``service.features``, ``service.evidence`` and ``service.ranking`` are compared with
it. Only the table of weights is shared, since weights are data.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations
from math import log

import networkx as nx

from service.evidence import feature_weight
from service.graph import ConceptGraph
from service.model import Concept, ConceptId, ConceptKind, Relation

__all__ = ["plain_features", "plain_scores"]

Features = frozenset[tuple[Relation, str]]

_SUBJECTS = {"lung": "about the lungs", "bone": "about bones"}
"""What the words of the little graphs are about."""


@dataclass(frozen=True)
class _Reader:
    """Reads features off a graph."""

    graph: ConceptGraph

    def out(self, node: str, relation: Relation) -> set[str]:
        """Return where ``relation`` leads from ``node``."""
        edges = self.graph.out_edges(ConceptId(node), keys=True)
        return {target for _, target, (found, _) in edges if found is relation}

    def back(self, node: str, relation: Relation) -> set[str]:
        """Return from where ``relation`` leads to ``node``."""
        edges = self.graph.in_edges(ConceptId(node), keys=True)
        return {source for source, _, (found, _) in edges if found is relation}

    def broader(self, nodes: set[str]) -> set[str]:
        """Return ``nodes`` and everything broader."""
        edges = self.graph.edges(keys=True)
        is_a = nx.DiGraph((a, b) for a, b, (relation, _) in edges if relation is Relation.IS_A)
        is_a.add_nodes_from(self.graph)
        return nodes.union(*(nx.descendants(is_a, node) for node in nodes))

    def mapped(self, nodes: set[str]) -> set[str]:
        """Return ``nodes``, what they map to, and everything broader."""
        return self.broader(nodes.union(*(self.out(node, Relation.MAPS_TO) for node in nodes)))

    def named(self, concept: Concept) -> set[str]:
        """Return the words of a concept's name and of the categories that its code extends."""
        found: set[str] = set()
        for node in self.broader({concept.id}):
            other: Concept = self.graph.nodes[ConceptId(node)]["concept"]
            extended = (
                other.code
                and other.system == concept.system
                and (concept.code or "").startswith(other.code)
            )
            if node == concept.id or extended:
                own = {word for word in other.name.split() if not word.isdigit()}
                found |= own | {_SUBJECTS[word] for word in own & _SUBJECTS.keys()}
        return found

    def of(self, concept: Concept) -> dict[Relation, set[str]]:
        """Return the features of ``concept``, relation by relation."""
        if concept.kind is ConceptKind.PROCEDURE:
            return {Relation.TITLE_WORD: self.named(concept)} | self._of_procedure(concept.id)
        meant = {str(concept.id)} | self.back(concept.id, Relation.MAPS_TO)
        return {
            Relation.TITLE_WORD: self.named(concept),
            Relation.IS_A: self.mapped({concept.id}),
            Relation.RESOLVES_TO: self.out(concept.id, Relation.RESOLVES_TO),
            Relation.HAS_INDICATION: {
                procedure
                for node in meant
                for procedure in self.back(node, Relation.HAS_INDICATION)
            },
        }

    def _of_procedure(self, own: ConceptId) -> dict[Relation, set[str]]:
        alternatives = self.out(own, Relation.HAS_ALTERNATIVE)
        resolved = {t for node in alternatives for t in self.out(node, Relation.RESOLVES_TO)}
        facets = self.out(own, Relation.HAS_FACET)
        if not facets:
            facets = {t for node in resolved for t in self.out(node, Relation.HAS_FACET)}
        found = {
            Relation.IS_A: self.broader({own}) - {own},
            Relation.HAS_INDICATION: self.mapped(self.out(own, Relation.HAS_INDICATION)),
            Relation.PERFORMED_BY: self.broader(self.out(own, Relation.PERFORMED_BY)),
            Relation.HAS_ALTERNATIVE: alternatives,
            Relation.RESOLVES_TO: resolved,
            Relation.REPLACED_BY: self.out(own, Relation.REPLACED_BY),
            Relation.HAS_FACET: self.broader(facets),
        }
        for relation in (Relation.RESOLVES_TO, Relation.REPLACED_BY):
            if self.back(own, relation):
                found[relation] = found[relation] | {own}
        return found


def plain_features(graph: ConceptGraph) -> dict[ConceptKind, dict[ConceptId, Features]]:
    """Return what every concept is known by, kind by kind."""
    reader = _Reader(graph)
    found: dict[ConceptKind, dict[ConceptId, Features]] = defaultdict(dict)
    for node in graph:
        concept: Concept = graph.nodes[node]["concept"]
        found[concept.kind][node] = frozenset(
            (relation, name) for relation, names in reader.of(concept).items() for name in names
        )
    return found


def plain_scores(
    graph: ConceptGraph, via: list[Relation] | None = None
) -> dict[tuple[ConceptId, ConceptId], float]:
    """Return the scores of all ordered pairs of one kind."""
    scores = {}
    for features in plain_features(graph).values():
        weights = _weights(graph, features, via)
        for a, b in permutations(features, 2):
            scores[a, b] = _score(features[a], features[b], weights)
    return scores


def _weights(
    graph: ConceptGraph, features: Mapping[ConceptId, Features], via: list[Relation] | None
) -> dict[tuple[Relation, str], float]:
    weights = {}
    for feature in frozenset().union(*features.values()):
        relation, name = feature
        axis = graph.nodes[ConceptId(name)]["concept"].axis if name in graph else None
        holders = sum(feature in has for has in features.values())
        content = -log(holders / len(features))
        if via is None or relation in via:
            weights[feature] = content * feature_weight(relation, axis)
        else:
            weights[feature] = 0.0
    return weights


def _score(a: Features, b: Features, weights: Mapping[tuple[Relation, str], float]) -> float:
    either = sum(weights[feature] for feature in a | b)
    return sum(weights[feature] for feature in a & b) / either if either else 0.0
