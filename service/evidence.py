"""Evidence for similarity as arrays: who has which feature, and what a shared feature weighs.

A shared feature says the more the fewer concepts have it: its information content is
``-ln(holders / concepts of that kind)`` (Resnik 1995), counted among concepts of one kind, since
concepts of different kinds share none. Its weight is that content times the weight of its relation,
or for a facet of its axis. These few weights are the whole of what was fitted; how, and what each
is worth, stands in ``docs/similarity.md``.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from service.codes import is_phrase
from service.features import Feature, FeatureWalk
from service.graph import ConceptGraph
from service.model import Concept, ConceptId, ConceptKind, Relation

__all__ = ["Evidence", "arrange", "build_evidence", "feature_weight"]

_RELATION_WEIGHT = {
    Relation.HAS_INDICATION: 0.25,
    Relation.PERFORMED_BY: 0.125,
    Relation.HAS_ALTERNATIVE: 0.125,
    Relation.RESOLVES_TO: 0.1,
    Relation.REPLACED_BY: 1.0,
    Relation.IS_A: 1.0,
    Relation.TITLE_WORD: 0.5,
}
"""How much a shared node counts, before its information content. A name has many words, and they
repeat what the other relations say: each counts half. A page states dozens of facts, each with all
that is broader: at full weight two codes with pages would differ in more than all else they are."""

_AXIS_WEIGHT = {
    "section": 2.0,
    "body system": 2.0,
    "qualifier": 2.0,
    "purpose": 3.0,
    "operation": 1.0,
    "objective": 1.0,
    "body part": 0.2,
}
_OTHER_AXES = 0.1
"""The same for facets, by axis. What a procedure is for and where in the body it takes place say
most. Values of body part, device, approach and the rest are many and rare: their information
content is high already, and at full weight codes that share one drown all others."""


def feature_weight(relation: Relation, axis: str | None) -> float:
    """Return the weight of a relation, or of a facet's axis."""
    if relation is Relation.HAS_FACET:
        return _AXIS_WEIGHT.get(axis or "", _OTHER_AXES)
    return _RELATION_WEIGHT[relation]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Features of concepts as arrays; concepts are numbered in the order of the graph.

    Concepts of one kind are *peers*: ``peers`` lists all concepts kind after kind, each kind's in
    ascending order between two of ``kind_starts``; ``ordinals`` is where each concept stands in it,
    and its *place* is that less the start of its kind. ``listed`` says in their order which may be
    listed: not phrases, which only stand for codes. The features of concept ``n`` are
    ``features[starts[n]:starts[n + 1]]``, ascending; the places of those who have feature ``f``
    are ``holders[holder_starts[f]:holder_starts[f + 1]]``, ascending.

    ``relation`` is an index into ``list(Relation)``, ``node`` the number of the shared concept or
    -1 for a word, which ``word`` then indexes in ``words``. ``content`` is the information content
    in nats, ``weight`` content times the relation's weight. ``totals`` are the sums of the weights
    of each concept's features, in the order of ``peers``, once for each relation.
    """

    peers: npt.NDArray[np.int32]
    ordinals: npt.NDArray[np.int32]
    kind_starts: npt.NDArray[np.int64]
    listed: npt.NDArray[np.bool_]
    starts: npt.NDArray[np.int64]
    features: npt.NDArray[np.int32]
    holder_starts: npt.NDArray[np.int64]
    holders: npt.NDArray[np.int32]
    relation: npt.NDArray[np.uint8]
    node: npt.NDArray[np.int32]
    word: npt.NDArray[np.int32]
    content: npt.NDArray[np.float64]
    weight: npt.NDArray[np.float64]
    totals: npt.NDArray[np.float64]
    words: Sequence[str]

    def features_of(self, number: int) -> npt.NDArray[np.int32]:
        """Return the features of a concept, ascending."""
        return self.features[self.starts[number] : self.starts[number + 1]]


def build_evidence(graph: ConceptGraph) -> Evidence:
    """Return the evidence of every concept of ``graph``, features numbered by kind and name."""
    walk = FeatureWalk(graph)
    concepts: list[Concept] = [graph.nodes[node]["concept"] for node in graph]
    number = {concept.id: n for n, concept in enumerate(concepts)}
    table: dict[tuple[ConceptKind, Feature], list[int]] = defaultdict(list)
    for n, concept in enumerate(concepts):
        for feature in set(walk.of(concept)):
            table[concept.kind, feature].append(n)
    keys = sorted(table)
    vocabulary = sorted({name for _, (rel, name) in keys if rel is Relation.TITLE_WORD})
    word_number = {word: n for n, word in enumerate(vocabulary)}
    is_word = [rel is Relation.TITLE_WORD for _, (rel, _name) in keys]
    nodes = [
        -1 if word else number[ConceptId(name)]
        for word, (_, (_, name)) in zip(is_word, keys, strict=True)
    ]
    kinds = {kind: n for n, kind in enumerate(ConceptKind)}
    relations = {relation: n for n, relation in enumerate(Relation)}
    return arrange(
        kinds=np.array([kinds[concept.kind] for concept in concepts], np.uint8),
        listed=np.array([not is_phrase(concept.id) for concept in concepts], np.bool_),
        holders=np.fromiter((n for key in keys for n in table[key]), np.int32),
        holder_counts=np.array([len(table[key]) for key in keys], np.int64),
        relation=np.array([relations[rel] for _, (rel, _) in keys], np.uint8),
        node=np.array(nodes, np.int32),
        word=np.array(
            [
                word_number.get(name, -1) if word else -1
                for word, (_, (_, name)) in zip(is_word, keys, strict=True)
            ],
            np.int32,
        ),
        scale=np.array(
            [
                feature_weight(rel, concepts[node].axis if node >= 0 else None)
                for node, (_, (rel, _)) in zip(nodes, keys, strict=True)
            ]
        ),
        words=vocabulary,
    )


def arrange(
    *,
    kinds: npt.NDArray[np.uint8],
    listed: npt.NDArray[np.bool_],
    holders: npt.NDArray[np.int32],
    holder_counts: npt.NDArray[np.int64],
    relation: npt.NDArray[np.uint8],
    node: npt.NDArray[np.int32],
    word: npt.NDArray[np.int32],
    scale: npt.NDArray[np.float64],
    words: Sequence[str],
) -> Evidence:
    """Return the evidence that ``holders``, numbers of concepts feature after feature, make.

    ``kinds`` and ``listed`` are by concept, the rest by feature; a feature is held by concepts of
    one kind, at least one. ``scale`` is the weight of its relation.
    """
    count = len(kinds)
    peers = np.argsort(kinds, kind="stable").astype(np.int32)
    ordinals = np.empty(count, np.int32)
    ordinals[peers] = np.arange(count, dtype=np.int32)
    kind_starts = np.searchsorted(kinds[peers], np.arange(len(ConceptKind) + 1)).astype(np.int64)
    holder_starts = _starts(holder_counts)
    kind = kinds[holders[holder_starts[:-1]]]
    content = np.log(np.diff(kind_starts)[kind] / holder_counts)
    weight = content * scale
    owner = np.repeat(np.arange(len(holder_counts), dtype=np.int32), holder_counts)
    by_holder = np.argsort(holders, kind="stable")
    held = ordinals[holders]
    totals = [
        np.bincount(held, np.where(relation == n, weight, 0.0)[owner], count)
        for n in range(len(Relation))
    ]
    return Evidence(
        peers=peers,
        ordinals=ordinals,
        kind_starts=kind_starts,
        listed=listed[peers],
        starts=_starts(np.bincount(holders, minlength=count).astype(np.int64)),
        features=owner[by_holder],
        holder_starts=holder_starts,
        holders=(held - kind_starts[kind][owner]).astype(np.int32),
        relation=relation,
        node=node,
        word=word,
        content=content,
        weight=weight,
        totals=np.concatenate(totals).astype(np.float64),
        words=list(words),
    )


def _starts(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
