"""Reasons in words: why two concepts are alike, as a person would say it."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from service.features import ABOUT, word_features
from service.lexicon import words
from service.model import Concept, ConceptId, ConceptKind, Relation
from service.ranking import Match
from service.store.base import GraphStore

__all__ = ["Reason", "Teller"]

_RELATIONS = tuple(Relation)
_REMEMBERED = 10_000

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


class _Feature(NamedTuple):
    """A feature as it is told: the ``concept`` that is shared, or the feature of a word."""

    relation: Relation
    concept: Concept | None
    word: str
    content: float


class Teller:
    """Says why concepts of one store are alike, and remembers what it has read of them."""

    def __init__(self, store: GraphStore) -> None:
        self._store = store
        self._feature = lru_cache(_REMEMBERED)(self._read_feature)
        self._facets_of = lru_cache(_REMEMBERED)(self._read_facets)
        self._category_words = lru_cache(_REMEMBERED)(self._read_category_words)

    def reasons(self, pair: tuple[Concept, Concept], match: Match) -> tuple[Reason, ...]:
        """Return the reasons of ``match``, the strongest first, the rest summed in one more."""
        reasons = []
        for number, contribution in zip(match.features, match.contributions, strict=True):
            relation, concept, word, content = self._feature(number)
            if concept is not None:
                shared, text = concept.id, self._about(pair, relation, concept)
            else:
                shared, text = None, self._about_word(pair, word)
            reasons.append(Reason(relation, shared, content, contribution, text))
        if match.more:
            relation = reasons[-1].relation
            text = f"{match.more} more things in common that count for less"
            reasons.append(Reason(relation, None, None, match.rest, text))
        return tuple(reasons)

    def _read_feature(self, number: int) -> _Feature:
        evidence = self._store.evidence
        node, word = int(evidence.node[number]), int(evidence.word[number])
        return _Feature(
            _RELATIONS[evidence.relation[number]],
            self._store.concepts_at([node])[0] if node >= 0 else None,
            evidence.words[word] if node < 0 else "",
            float(evidence.content[number]),
        )

    def _about_word(self, pair: tuple[Concept, Concept], feature: str) -> str:
        """Say what words two names share; what a name lacks, the names of its categories have."""
        written = [
            _words_by_feature(f"{concept.name} {concept.title or ''}").get(feature)
            for concept in pair
        ]
        own = all(written)
        forms = [
            word or self._category_words(concept.id, concept.code or "").get(feature)
            for word, concept in zip(written, pair, strict=True)
        ]
        quoted = " / ".join(f"“{form}”" for form in dict.fromkeys(filter(None, forms)))
        whose = "Both names" if own else "Both names, or those of their categories,"
        told = f"are {feature}:" if feature.startswith(ABOUT) else "have the word"
        return f"{whose} {told} {quoted}"

    def _read_category_words(self, concept_id: ConceptId, code: str) -> dict[str, str]:
        """Return by feature the words of the broader concepts whose code ``code`` extends."""
        names, level, seen = [], [concept_id], {concept_id}
        while level:
            targets = [e.target for edges in self._store.edges(level, Relation.IS_A) for e in edges]
            level = [target for target in dict.fromkeys(targets) if target not in seen]
            seen.update(level)
            names += [
                broader.name
                for broader in self._store.concepts(level)
                if broader and broader.code and code.startswith(broader.code)
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
    """Return by feature the word of ``text`` that has it, the first in the alphabet."""
    return {feature: word for word in sorted(words(text))[::-1] for feature in word_features(word)}
