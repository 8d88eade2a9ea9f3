"""Reasons in words: why two concepts are alike, as a person would say it."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from service.features import ABOUT, word_features
from service.lexicon import words
from service.model import Concept, ConceptId, ConceptKind, Relation
from service.ranking import Match
from service.store.base import GraphStore

__all__ = ["Reason", "Teller"]

_RELATIONS = tuple(Relation)

_RANGE = re.compile(r"\([A-Z]\d\w(?:-[A-Z]\d\w)?\)$")

_SENTENCES = {
    Relation.HAS_INDICATION: "Both are indicated for {}",
    Relation.PERFORMED_BY: "Both are performed by: {}",
    Relation.HAS_ALTERNATIVE: "Both have the alternative {}",
    Relation.RESOLVES_TO: "Both have an alternative that stands for {}",
    Relation.REPLACED_BY: "Both are replaced by {}",
    Relation.IS_A: "Both are kinds of {}",
}
_ONE_OF_THEM = {
    Relation.RESOLVES_TO: "An alternative of the other stands for {}",
    Relation.REPLACED_BY: "The other is replaced by {}",
    Relation.IS_A: "One is the other or a kind of it: {}",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One shared feature and what it adds to the score.

    ``shared`` is None for a word and for the sum of smaller reasons; ``content`` is the
    information content in nats, None for that sum.
    """

    relation: Relation
    shared: ConceptId | None
    content: float | None
    contribution: float
    explanation: str


class Teller:
    """Says why things are alike, and remembers what it has read of them: for one request."""

    def __init__(self, store: GraphStore) -> None:
        self._store = store
        self._facets_of = cache(self._read_facets)
        self._words_of = cache(self._read_words)
        self._category_words = cache(self._read_category_words)

    def reasons(self, pair: tuple[Concept, Concept], match: Match) -> tuple[Reason, ...]:
        """Return the reasons of ``match``, the strongest first, the rest summed in one more."""
        evidence = self._store.evidence
        reasons = []
        for feature, contribution in zip(match.features, match.contributions, strict=True):
            relation, node = _RELATIONS[evidence.relation[feature]], int(evidence.node[feature])
            concept = self._store.concepts_at([node])[0] if node >= 0 else None
            text = (
                self._about(pair, relation, concept)
                if concept is not None
                else self._about_word(pair, evidence.words[evidence.word[feature]])
            )
            shared = concept.id if concept is not None else None
            content = float(evidence.content[feature])
            reasons.append(Reason(relation, shared, content, contribution, text))
        if match.more:
            relation = reasons[-1].relation
            text = f"{match.more} more things in common that count for less"
            reasons.append(Reason(relation, None, None, match.rest, text))
        return tuple(reasons)

    def _about_word(self, pair: tuple[Concept, Concept], feature: str) -> str:
        """Say what words two names share; what a name lacks, the names of its categories have."""
        written = [self._words_of(concept).get(feature) for concept in pair]
        own = all(written)
        forms = [
            word or self._category_words(concept).get(feature)
            for word, concept in zip(written, pair, strict=True)
        ]
        quoted = " / ".join(f"“{form}”" for form in dict.fromkeys(filter(None, forms)))
        whose = "Both names" if own else "Both names, or those of their categories,"
        told = f"are {feature}:" if feature.startswith(ABOUT) else "have the word"
        return f"{whose} {told} {quoted}"

    def _read_words(self, concept: Concept) -> dict[str, str]:
        """Return by feature the word of the name that has it, the first in the alphabet."""
        return _words_by_feature(f"{concept.name} {concept.title or ''}")

    def _read_category_words(self, concept: Concept) -> dict[str, str]:
        """Return the same for the broader concepts whose code that of ``concept`` extends."""
        names, level, seen = [], [concept.id], {concept.id}
        while level:
            targets = [e.target for edges in self._store.edges(level, Relation.IS_A) for e in edges]
            level = [target for target in dict.fromkeys(targets) if target not in seen]
            seen.update(level)
            names += [
                broader.name
                for broader in self._store.concepts(level)
                if broader and broader.code and (concept.code or "").startswith(broader.code)
            ]
        return _words_by_feature(" ".join(names))

    def _about(self, pair: tuple[Concept, Concept], relation: Relation, shared: Concept) -> str:
        if relation is Relation.HAS_FACET:
            stated = all(shared.id in self._facets_of(concept.id) for concept in pair)
            way = "" if stated else " by way of an alternative"
            return f"Same {shared.axis}{way}: {shared.name}"
        sentence = _SENTENCES[relation]
        if relation is Relation.RESOLVES_TO and pair[0].kind is ConceptKind.ALTERNATIVE:
            sentence = "Both stand for {}"
        if relation is Relation.HAS_INDICATION and pair[0].kind is ConceptKind.CONDITION:
            sentence = "Both are indications for {}"
        if shared.id in (pair[0].id, pair[1].id):
            sentence = _ONE_OF_THEM.get(relation, sentence)
        return sentence.format(_with_code(shared))

    def _read_facets(self, concept_id: ConceptId) -> frozenset[ConceptId]:
        """Return the facets that are stated of a concept, and the next broader ones."""
        stated = [edge.target for edge in self._store.edges([concept_id], Relation.HAS_FACET)[0]]
        above = self._store.edges(stated, Relation.IS_A)
        return frozenset([*stated, *(edge.target for edges in above for edge in edges)])


def _with_code(concept: Concept) -> str:
    """Return a name and its code; chapters and sections have their codes in their names."""
    plain = concept.code is None or _RANGE.search(concept.name)
    return concept.name if plain else f"{concept.name} ({concept.code})"


@lru_cache(maxsize=50_000)
def _words_by_feature(text: str) -> dict[str, str]:
    return {feature: word for word in sorted(words(text))[::-1] for feature in word_features(word)}
