"""What a concept is known by: the things it can have in common with another.

A *feature* is a relation and the node it reaches: "is indicated for F32.A", "has body system
urinary", "has the word psychotherapy in its name". Features follow the graph two hops at most, plus
the broader concepts of what they reach:

- a procedure has its facets and the broader ones; the conditions its indications link to, and
  everything broader; its personnel and everything broader; its alternatives and the procedures they
  resolve to; the codes that replace it. One without facets (CPT, HCPCS) has those of the procedures
  that its alternatives resolve to: they are what joins it to codes that nothing else is known of;
- any other concept has itself and everything broader; what it maps to, likewise; a condition also
  the procedures indicated for it, or for words that map to it;
- every concept has the words of its name and what these are about (``service.subjects``), and so
  the words of the broader concepts whose code its own code extends: F32.A is a depressive episode
  by the name of F32.

Notes (excludes, code first …) are never followed: measured, they make similarity worse.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from service.graph import ConceptGraph, edges_of
from service.lexicon import STOP_WORDS, stem, words
from service.model import Concept, ConceptId, ConceptKind, Relation
from service.subjects import subject

__all__ = ["ABOUT", "Feature", "FeatureWalk", "name_features", "word_features"]

Feature = tuple[Relation, ConceptId | str]
"""A relation and the concept it reaches; for TITLE_WORD the word, or ABOUT and its subject."""

_WALKED_BACK = (
    *(Relation.HAS_INDICATION, Relation.MAPS_TO),
    *(Relation.RESOLVES_TO, Relation.REPLACED_BY),
)

_SILENT = STOP_WORDS | set("about above below both each half more on one over per than up".split())
"""Words that say nothing alone; two names that share them have nothing in common yet."""

ABOUT = "about "
"""Begins the feature of a subject. The blank keeps it from being a word."""


def name_features(text: str) -> Iterator[str]:
    """Yield the stems of the telling words of ``text`` and the subjects they are about."""
    for word in words(text):
        yield from word_features(word)


@lru_cache(maxsize=100_000)
def word_features(word: str) -> tuple[str, ...]:
    """Return the stem of a lower-case word and the subject it is about; of mute words nothing."""
    if word in _SILENT or (len(word) == 1 and word.isdigit()):
        return ()
    about = subject(word)
    return (stem(word),) if about is None else (stem(word), ABOUT + about)


class FeatureWalk:
    """Reads the features of concepts off a graph."""

    def __init__(self, graph: ConceptGraph) -> None:
        self._nodes = graph.nodes
        self._targets: dict[tuple[Relation, ConceptId], list[ConceptId]] = defaultdict(list)
        self._sources: dict[tuple[Relation, ConceptId], list[ConceptId]] = defaultdict(list)
        for edge in edges_of(graph):
            self._targets[edge.relation, edge.source].append(edge.target)
            if edge.relation in _WALKED_BACK:
                self._sources[edge.relation, edge.target].append(edge.source)
        self._broader = cache(self._find_broader)
        self._named = cache(self._find_named)

    def of(self, concept: Concept) -> Iterator[Feature]:
        """Yield the features of ``concept``; some may come twice."""
        for broader in self._broader(concept.id):
            if broader == concept.id or self._extends(concept, broader):
                for name in self._named(broader):
                    yield Relation.TITLE_WORD, name
        if concept.kind is ConceptKind.PROCEDURE:
            yield from self._of_procedure(concept.id)
        else:
            for broader in self._known(concept.id):
                yield Relation.IS_A, broader
            for target in self._out(concept.id, Relation.RESOLVES_TO):
                yield Relation.RESOLVES_TO, target
            for meant in (concept.id, *self._back(concept.id, Relation.MAPS_TO)):
                for procedure in self._back(meant, Relation.HAS_INDICATION):
                    yield Relation.HAS_INDICATION, procedure

    def _concept(self, concept_id: ConceptId) -> Concept:
        concept: Concept = self._nodes[concept_id]["concept"]
        return concept

    def _extends(self, concept: Concept, broader_id: ConceptId) -> bool:
        broader = self._concept(broader_id)
        return bool(
            broader.code
            and concept.code
            and broader.system == concept.system
            and concept.code.startswith(broader.code)
        )

    def _find_named(self, concept_id: ConceptId) -> tuple[str, ...]:
        concept = self._concept(concept_id)
        texts = dict.fromkeys(filter(None, (concept.name, concept.title)))
        return tuple(dict.fromkeys(name for text in texts for name in name_features(text)))

    def _out(self, source: ConceptId, relation: Relation) -> Sequence[ConceptId]:
        return self._targets.get((relation, source), ())

    def _back(self, target: ConceptId, relation: Relation) -> Sequence[ConceptId]:
        return self._sources.get((relation, target), ())

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

    def _of_procedure(self, concept_id: ConceptId) -> Iterator[Feature]:
        for broader in self._broader(concept_id)[1:]:
            yield Relation.IS_A, broader
        facets = dict.fromkeys(self._facets(concept_id))
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
        yield from facets or self._borrowed(concept_id)
        yield from self._pointed_at(concept_id)

    def _borrowed(self, concept_id: ConceptId) -> Iterator[Feature]:
        """Yield the facets of the procedures that alternatives of ``concept_id`` resolve to."""
        for alternative in self._out(concept_id, Relation.HAS_ALTERNATIVE):
            for target in self._out(alternative, Relation.RESOLVES_TO):
                yield from self._facets(target)

    def _pointed_at(self, concept_id: ConceptId) -> Iterator[Feature]:
        """Yield what ties a code to those that name it: successors and resolved alternatives."""
        for successor in self._out(concept_id, Relation.REPLACED_BY):
            yield Relation.REPLACED_BY, successor
        for relation in (Relation.RESOLVES_TO, Relation.REPLACED_BY):
            if self._back(concept_id, relation):
                yield relation, concept_id

    def _facets(self, concept_id: ConceptId) -> Iterator[Feature]:
        for facet in self._out(concept_id, Relation.HAS_FACET):
            for broader in self._broader(facet):
                yield Relation.HAS_FACET, broader
