"""What a concept is known by: the things it can have in common with another.

A *feature* is a relation and the node it reaches: "is indicated for F32.A", "has body part
gallbladder", "has the word psychotherapy in its name". Two concepts are alike as far as they share
features, and a shared feature says the more the fewer concepts have it: its information content is
``-ln(holders / concepts of that kind)`` (Resnik 1995). Concepts of different kinds share none.

Features follow the graph two hops at most, plus the broader concepts of what they reach:

- a procedure has its facets; the conditions its indications link to, and everything broader; its
  personnel and everything broader; its alternatives, the procedures they resolve to, and the
  facets of these; the codes that replace it; the words of its name;
- any other concept has itself and everything broader; what it maps to, likewise; the words of its
  name.

Notes (excludes, code first …) are never followed: measured, they make similarity worse.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from service.graph import ConceptGraph, edges_of
from service.lexicon import STOP_WORDS, stem, words
from service.model import Concept, ConceptId, ConceptKind, Relation

__all__ = ["Evidence", "build_evidence", "feature_totals", "feature_weight"]

_RELATION_WEIGHT = {
    Relation.HAS_INDICATION: 1.0,
    Relation.PERFORMED_BY: 0.5,
    Relation.HAS_ALTERNATIVE: 0.5,
    Relation.RESOLVES_TO: 1.0,
    Relation.REPLACED_BY: 1.0,
    Relation.IS_A: 1.0,
    Relation.TITLE_WORD: 1.0,
}
"""How much a shared node counts, before its information content."""

_AXIS_WEIGHT = {"section": 0.5, "approach": 0.1, "qualifier": 0.5, "operation": 2.0}
"""The same for facets, by axis; 1 for the axes not named. How a body is entered says little about
what is done, and that is what the operation says."""


def feature_weight(relation: Relation, axis: str | None) -> float:
    """Return the weight of a relation, or of a facet's axis."""
    if relation is Relation.HAS_FACET:
        return _AXIS_WEIGHT.get(axis or "", 1.0)
    return _RELATION_WEIGHT[relation]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Features of concepts as arrays; concepts are numbered in the order of the graph.

    The features of concept ``n`` are ``features[starts[n]:starts[n + 1]]``, ascending; those who
    have feature ``f`` are ``holders[holder_starts[f]:holder_starts[f + 1]]``, ascending.
    ``relation`` is an index into ``list(Relation)``, ``node`` the number of the shared concept or
    -1 for a word, which ``word`` then indexes in ``words``. ``content`` is the information
    content in nats, ``weight`` content times the relation's weight; ``total`` is the sum of the
    weights of each concept's features.
    """

    starts: npt.NDArray[np.int64]
    features: npt.NDArray[np.int32]
    holder_starts: npt.NDArray[np.int64]
    holders: npt.NDArray[np.int32]
    relation: npt.NDArray[np.uint8]
    node: npt.NDArray[np.int32]
    word: npt.NDArray[np.int32]
    content: npt.NDArray[np.float64]
    weight: npt.NDArray[np.float64]
    total: npt.NDArray[np.float64]
    words: list[str]


Feature = tuple[Relation, ConceptId | str]
"""A relation and the concept it reaches, or for TITLE_WORD the word."""


class _Walk:
    """Reads features off the graph."""

    def __init__(self, graph: ConceptGraph) -> None:
        self._targets: dict[tuple[Relation, ConceptId], list[ConceptId]] = defaultdict(list)
        self._pointed: set[Feature] = set()
        for edge in edges_of(graph):
            self._targets[edge.relation, edge.source].append(edge.target)
            if edge.relation in (Relation.RESOLVES_TO, Relation.REPLACED_BY):
                self._pointed.add((edge.relation, edge.target))
        self._broader = cache(self._find_broader)

    def _out(self, source: ConceptId, relation: Relation) -> Sequence[ConceptId]:
        return self._targets.get((relation, source), ())

    def _find_broader(self, concept_id: ConceptId) -> tuple[ConceptId, ...]:
        """Return the concept itself and everything broader, nearest first. Cycles end."""
        found = {concept_id: None}
        queue = [concept_id]
        for narrower in queue:
            for broader in self._out(narrower, Relation.IS_A):
                if broader not in found:
                    found[broader] = None
                    queue.append(broader)
        return tuple(found)

    def _known(self, concept_id: ConceptId) -> Iterator[ConceptId]:
        yield from self._broader(concept_id)
        for target in self._out(concept_id, Relation.MAPS_TO):
            yield from self._broader(target)

    def of(self, concept: Concept) -> Iterator[Feature]:
        """Yield the features of ``concept``; some may come twice."""
        title = f" {concept.title}" if concept.title and concept.title != concept.name else ""
        for word in words(concept.name + title):
            if word not in STOP_WORDS and (len(word) > 1 or not word.isdigit()):
                yield Relation.TITLE_WORD, stem(word)
        if concept.kind is ConceptKind.PROCEDURE:
            yield from self._of_procedure(concept.id)
        else:
            for broader in self._known(concept.id):
                yield Relation.IS_A, broader
            for target in self._out(concept.id, Relation.RESOLVES_TO):
                yield Relation.RESOLVES_TO, target

    def _of_procedure(self, concept_id: ConceptId) -> Iterator[Feature]:
        for broader in self._broader(concept_id)[1:]:
            yield Relation.IS_A, broader
        yield from self._facets(concept_id)
        for condition in self._out(concept_id, Relation.HAS_INDICATION):
            for known in self._known(condition):
                yield Relation.HAS_INDICATION, known
        for personnel in self._out(concept_id, Relation.PERFORMED_BY):
            for broader in self._broader(personnel):
                yield Relation.PERFORMED_BY, broader
        for alternative in self._out(concept_id, Relation.HAS_ALTERNATIVE):
            yield Relation.HAS_ALTERNATIVE, alternative
            for target in self._out(alternative, Relation.RESOLVES_TO):
                yield Relation.RESOLVES_TO, target
                yield from self._facets(target)
        yield from self._pointed_at(concept_id)

    def _pointed_at(self, concept_id: ConceptId) -> Iterator[Feature]:
        """Yield what ties a code to those that name it: successors and resolved alternatives."""
        for successor in self._out(concept_id, Relation.REPLACED_BY):
            yield Relation.REPLACED_BY, successor
        for relation in (Relation.RESOLVES_TO, Relation.REPLACED_BY):
            if (relation, concept_id) in self._pointed:
                yield relation, concept_id

    def _facets(self, concept_id: ConceptId) -> Iterator[Feature]:
        for facet in self._out(concept_id, Relation.HAS_FACET):
            yield Relation.HAS_FACET, facet


def build_evidence(graph: ConceptGraph) -> Evidence:
    """Return the evidence of every concept of ``graph``, features numbered by kind and name."""
    walk = _Walk(graph)
    concepts: list[Concept] = [graph.nodes[node]["concept"] for node in graph]
    number = {concept.id: n for n, concept in enumerate(concepts)}
    table: dict[tuple[ConceptKind, Feature], list[int]] = defaultdict(list)
    for n, concept in enumerate(concepts):
        for feature in sorted(set(walk.of(concept))):
            table[concept.kind, feature].append(n)
    keys = sorted(table)
    of_kind: dict[ConceptKind, int] = defaultdict(int)
    for concept in concepts:
        of_kind[concept.kind] += 1
    vocabulary = sorted({name for _, (rel, name) in keys if rel is Relation.TITLE_WORD})
    word_number = {word: n for n, word in enumerate(vocabulary)}
    relations = {relation: n for n, relation in enumerate(Relation)}

    holder_counts = np.array([len(table[key]) for key in keys], np.int64)
    holders = np.fromiter((n for key in keys for n in table[key]), np.int32)
    totals = np.array([of_kind[kind] for kind, _ in keys], np.float64)
    content = np.log(totals / np.maximum(holder_counts, 1))
    is_word = [rel is Relation.TITLE_WORD for _, (rel, _name) in keys]
    nodes = [
        -1 if word else number[ConceptId(name)]
        for word, (_, (_, name)) in zip(is_word, keys, strict=True)
    ]
    weights = np.array(
        [
            feature_weight(rel, concepts[node].axis if node >= 0 else None)
            for node, (_, (rel, _)) in zip(nodes, keys, strict=True)
        ]
    )
    starts, features = _transposed(holders, holder_counts, len(concepts))
    return Evidence(
        starts=starts,
        features=features,
        holder_starts=_starts(holder_counts),
        holders=holders,
        relation=np.array([relations[rel] for _, (rel, _) in keys], np.uint8),
        node=np.array(nodes, np.int32),
        word=np.array(
            [
                word_number.get(name, -1) if word else -1
                for word, (_, (_, name)) in zip(is_word, keys, strict=True)
            ],
            np.int32,
        ),
        content=content,
        weight=content * weights,
        total=feature_totals(holders, holder_counts, content * weights, len(concepts)),
        words=vocabulary,
    )


def _starts(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])


def feature_totals(
    holders: npt.NDArray[np.int32],
    holder_counts: npt.NDArray[np.int64],
    weight: npt.NDArray[np.float64],
    concepts: int,
) -> npt.NDArray[np.float64]:
    """Return the sum of the weights of each concept's features."""
    by_holder = np.repeat(weight, holder_counts)
    totals: npt.NDArray[np.float64] = np.bincount(holders, by_holder, concepts).astype(np.float64)
    return totals


def _transposed(
    holders: npt.NDArray[np.int32], counts: npt.NDArray[np.int64], concepts: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """Return who-has-what turned round: starts and features by concept."""
    features = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    order = np.argsort(holders, kind="stable")
    return _starts(np.bincount(holders, minlength=concepts).astype(np.int64)), features[order]
