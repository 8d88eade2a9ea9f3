"""Reasons in words: why two concepts are alike, as a person would say it."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.features import ABOUT, name_features
from service.lexicon import words
from service.model import Concept, ConceptId, ConceptKind, Relation
from service.ranking import Match
from service.store.base import GraphStore

__all__ = ["Reason", "reasons_for"]

_RELATIONS = tuple(Relation)

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


def reasons_for(store: GraphStore, pair: tuple[Concept, Concept], match: Match) -> list[Reason]:
    """Return the reasons of ``match``, the strongest first, the rest summed in one more."""
    evidence = store.evidence
    reasons = []
    for feature, contribution in zip(match.features, match.contributions, strict=True):
        relation, node = _RELATIONS[evidence.relation[feature]], int(evidence.node[feature])
        concept = store.concepts_at([node])[0] if node >= 0 else None
        text = (
            _about(store, pair, relation, concept)
            if concept is not None
            else _about_word(store, pair, evidence.words[evidence.word[feature]])
        )
        shared = concept.id if concept is not None else None
        content = float(evidence.content[feature])
        reasons.append(Reason(relation, shared, content, contribution, text))
    if match.more:
        relation = reasons[-1].relation
        text = f"{match.more} more things in common that count for less"
        reasons.append(Reason(relation, None, None, match.rest, text))
    return reasons


def _about_word(store: GraphStore, pair: tuple[Concept, Concept], feature: str) -> str:
    """Say which words two names share; a code without it has it from the category it extends."""
    written = [_words_with(f"{c.name} {c.title or ''}", feature) for c in pair]
    own = all(written)
    if not own:
        written = [
            found or _words_with(_name_of_categories(store, concept), feature)
            for found, concept in zip(written, pair, strict=True)
        ]
    forms = " / ".join(f"“{form}”" for form in dict.fromkeys(w for found in written for w in found))
    whose = "Both names" if own else "Both names, or those of their categories,"
    if feature.startswith(ABOUT):
        return f"{whose} are {feature}: {forms}"
    return f"{whose} have the word {forms}"


def _words_with(text: str, feature: str) -> list[str]:
    """Return the first word of ``text`` that has ``feature``, in a list; empty if none has."""
    return sorted({word for word in words(text) if feature in name_features(word)})[:1]


def _name_of_categories(store: GraphStore, concept: Concept) -> str:
    """Return the names of the broader concepts whose code the code of ``concept`` extends."""
    names, level, seen = [], [concept.id], {concept.id}
    while level:
        targets = [e.target for found in store.edges(level, Relation.IS_A) for e in found]
        level = [target for target in dict.fromkeys(targets) if target not in seen]
        seen.update(level)
        names += [
            broader.name
            for broader in store.concepts(level)
            if broader and broader.code and (concept.code or "").startswith(broader.code)
        ]
    return " ".join(names)


def _about(
    store: GraphStore, pair: tuple[Concept, Concept], relation: Relation, shared: Concept
) -> str:
    if relation is Relation.HAS_FACET:
        return _about_facet(store, [concept.id for concept in pair], shared)
    sentence = _SENTENCES[relation]
    if relation is Relation.RESOLVES_TO and pair[0].kind is ConceptKind.ALTERNATIVE:
        sentence = "Both stand for {}"
    if shared.id in (pair[0].id, pair[1].id):
        sentence = _ONE_OF_THEM.get(relation, sentence)
    return sentence.format(f"{shared.name} ({shared.code})" if shared.code else shared.name)


def _about_facet(store: GraphStore, pair: Sequence[ConceptId], shared: Concept) -> str:
    narrower = {edge.source for edge in store.edges([shared.id], Relation.IS_A, incoming=True)[0]}
    meant = narrower | {shared.id}
    own = store.edges(pair, Relation.HAS_FACET)
    if all(any(edge.target in meant for edge in edges) for edges in own):
        return f"Same {shared.axis}: {shared.name}"
    return f"Same {shared.axis} by way of an alternative: {shared.name}"
