"""What pages say in words, brought to the concepts they mean.

Phrases map to the coded conditions that they name; who performs is brought to the catalogue of
personnel; alternatives resolve to the procedures whose names they bear. What a page says stays as
it was said: the links are edges beside it, each with its rule as provenance.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from service.codes import is_phrase, personnel_id
from service.graph import GraphBuilder
from service.linking import Link, link
from service.model import (
    Concept,
    ConceptId,
    ConceptKind,
    Edge,
    Provenance,
    ProvenanceMethod,
    Relation,
)
from service.name_index import NameIndex, build_name_index

__all__ = ["resolve"]


def resolve(builder: GraphBuilder) -> None:
    """Add the edges from what pages say in words to what they mean."""
    _identify_personnel(builder)
    concepts = list(builder.concepts)
    builder.add(list(_linked_phrases(builder, concepts)))
    builder.add(list(_broader_personnel(builder, concepts)))
    builder.add(list(_resolved_alternatives(builder, concepts)))


def _linked_phrases(builder: GraphBuilder, concepts: Sequence[Concept]) -> Iterator[Edge]:
    """Yield MAPS_TO edges from the phrases that pages state to the coded conditions they name."""
    coded = [c for c in concepts if c.kind is ConceptKind.CONDITION and c.system]
    names = build_name_index(coded)
    for edge in builder.edges(Relation.HAS_INDICATION):
        if not is_phrase(edge.target):
            continue
        for stated in edge.provenance:
            for found in link(stated.quote or "", names, kinds={ConceptKind.CONDITION}):
                if found.negated:
                    continue
                yield Edge(
                    edge.target,
                    Relation.MAPS_TO,
                    coded[found.bearer].id,
                    (_narrowed(stated, found),),
                    qualifier="linked",
                    confidence=found.confidence,
                )


def _narrowed(stated: Provenance, found: Link) -> Provenance:
    """Return where the words of ``found`` stand within what was stated."""
    start, quote = stated.start or 0, stated.quote or ""
    return replace(
        stated,
        method=ProvenanceMethod.RULE,
        quote=quote[found.start : found.end],
        start=start + found.start,
        end=start + found.end,
    )


def _identify_personnel(builder: GraphBuilder) -> None:
    """Make a personnel type that a page names by a synonym of the catalogue the one it is."""
    types = [c for c in builder.concepts if c.kind is ConceptKind.PERSONNEL_TYPE]
    known = {personnel_id(synonym): concept.id for concept in types for synonym in concept.synonyms}
    ids = {concept.id for concept in types}
    builder.identify({one: known[one] for one in ids & known.keys() if known[one] != one})


def _broader_personnel(builder: GraphBuilder, concepts: Sequence[Concept]) -> Iterator[Edge]:
    """Yield IS_A edges for types that only pages name: a pediatric cardiologist is a cardiologist.

    What the last words of the name say is the broader type.
    """
    types = [c for c in concepts if c.kind is ConceptKind.PERSONNEL_TYPE]
    placed = {edge.source for edge in builder.edges(Relation.IS_A)}
    placed |= {edge.target for edge in builder.edges(Relation.IS_A)}
    catalogue = [c for c in types if c.id in placed]
    names = build_name_index(catalogue)
    rule = Provenance(ProvenanceMethod.RULE, release="the last words of the name")
    for concept in types:
        if concept.id in placed:
            continue
        found = link(concept.name, names, kinds={ConceptKind.PERSONNEL_TYPE})
        if found and found[-1].end == len(concept.name):
            broader = catalogue[found[-1].bearer].id
            yield Edge(concept.id, Relation.IS_A, broader, (rule,), confidence=found[-1].confidence)


def _resolved_alternatives(builder: GraphBuilder, concepts: Sequence[Concept]) -> Iterator[Edge]:
    """Yield RESOLVES_TO edges for alternatives that bear the whole name of something known.

    That is a procedure with a page, or an alternative that resolves; then to what that one does.
    """
    resolved: dict[ConceptId, list[Edge]] = {}
    for edge in builder.edges(Relation.RESOLVES_TO):
        resolved.setdefault(edge.source, []).append(edge)
    paged = {page.concept_id for page in builder.pages}
    bearers = [c for c in concepts if c.id in resolved or c.id in paged]
    names = build_name_index(bearers)
    for concept in concepts:
        if concept.kind is not ConceptKind.ALTERNATIVE or concept.id in resolved:
            continue
        found = _whole(concept.name, names)
        if found is None:
            continue
        bearer = bearers[found.bearer]
        rule = Provenance(ProvenanceMethod.RULE, release=f"another name of {bearer.id}")
        if bearer.kind is ConceptKind.PROCEDURE:
            yield Edge(
                concept.id,
                Relation.RESOLVES_TO,
                bearer.id,
                (rule,),
                confidence=found.confidence,
            )
        for edge in resolved.get(bearer.id, ()):
            yield replace(
                edge,
                source=concept.id,
                provenance=(*edge.provenance, rule),
                confidence=edge.confidence * found.confidence,
            )


_RESOLVING = (ConceptKind.ALTERNATIVE, ConceptKind.PROCEDURE)


def _whole(name: str, names: NameIndex) -> Link | None:
    """Return the link that covers all of ``name``, None where words are left over."""
    found = link(name, names, kinds=_RESOLVING)
    whole = len(found) == 1 and found[0].end - found[0].start == len(name)
    return found[0] if whole and not found[0].negated else None
