"""The sections of a procedure page -> the concepts it names and the edges to them, each quoted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from service.codes import alternative_id, personnel_id, phrase_id
from service.ingest.page_alternatives import read_alternatives
from service.ingest.page_facts import passages_of, statements
from service.ingest.page_grammar import Outline, Passage
from service.ingest.page_lines import split_label
from service.ingest.page_parts import Notice
from service.ingest.page_personnel import Performer, read_performers
from service.ingest.page_phrases import (
    label_span,
    plain,
    says_nothing,
    sentences,
    sub_span,
    whole_span,
    without_period,
)
from service.model import (
    Concept,
    ConceptId,
    ConceptKind,
    Edge,
    Provenance,
    ProvenanceMethod,
    Relation,
    SectionItem,
    Span,
)

__all__ = ["Relations", "read_relations"]

_MOST_NOTICES = 100
_MOST_PHRASE_CHARACTERS = 1000
"""A longer text is no phrase: it stays text."""


@dataclass(slots=True)
class Relations:
    """What a page states of its procedure: concepts by id, edges, and what could not be read.

    A statement made twice is one edge that quotes both places.
    """

    document: str
    outline: Outline
    concepts: dict[ConceptId, Concept] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    _edges: dict[tuple[ConceptId, Relation, ConceptId], tuple[str | None, list[Provenance]]] = (
        field(default_factory=dict)
    )

    def add_concept(self, concept: Concept) -> None:
        """Add ``concept``, or its synonyms to the one that is known already."""
        known = self.concepts.setdefault(concept.id, concept)
        if concept.synonyms != known.synonyms:
            synonyms = tuple(dict.fromkeys((*known.synonyms, *concept.synonyms)))
            self.concepts[concept.id] = replace(known, synonyms=synonyms)

    def add_edge(
        self,
        source: ConceptId,
        relation: Relation,
        target: ConceptId,
        *,
        quote: Span,
        section: str,
        note: str | None = None,
    ) -> None:
        """Add an edge that ``quote`` states."""
        _, provenance = self._edges.setdefault((source, relation, target), (note, []))
        provenance.append(
            Provenance(
                ProvenanceMethod.SOURCE_TEXT,
                document=self.document,
                section=section,
                quote=quote.text,
                start=quote.start,
                end=quote.end,
            )
        )

    def leave_out(self, span: Span, section: str, reason: str) -> None:
        """Add a notice that what ``span`` says is in no edge."""
        if len(self.notices) == _MOST_NOTICES:
            reason = "and more texts of this page that could not be read; they were kept as text"
        if len(self.notices) <= _MOST_NOTICES:
            self.notices.append(Notice(self.outline.line_of(span.start), reason, section))

    def edges(self) -> Iterator[Edge]:
        """Yield the edges in the order in which the page states them."""
        for (source, relation, target), (note, provenance) in self._edges.items():
            yield Edge(source, relation, target, tuple(provenance), note=note)


def read_relations(
    text: str, outline: Outline, *, concept_id: ConceptId, document: str
) -> Relations:
    """Return the indications, personnel and alternatives that the page ``text`` states."""
    relations = Relations(document, outline)
    for passage in passages_of(outline, "Indications"):
        _read_indications(text, passage, concept_id, relations)
    for passage in passages_of(outline, "Personnel"):
        _read_personnel(text, passage, concept_id, relations)
    for passage in passages_of(outline, "Alternatives"):
        _read_alternatives(text, passage, concept_id, relations)
    return relations


_INDICATION_LABEL = re.compile(
    r"symptom|sign|condition|criteri|patient|indication|diagnos|disease|disorder|problem|population"
    r"|candidate|situation|reason|circumstance|medical|clinical|finding",
    re.IGNORECASE,
)
_FRAME = re.compile(
    r"(?:this|the)\s[\w\s-]{1,40}?\b(?:is|are|may be|can be)\s(?:\w+ly\s|often\s|also\s)?"
    r"(?:indicated|recommended|performed|used|considered|appropriate|suitable)\s(?:for|in)\s+"
    r"|(?:common\s|typical\s|the\s|main\s)*indications\s(?:\w+ly\s|may\s|often\s)?include:?\s+",
    re.IGNORECASE,
)


def _read_indications(
    text: str, passage: Passage, concept_id: ConceptId, relations: Relations
) -> None:
    section = passage.section
    if section.items:
        phrases = list(_labelled_phrases(text, section.items, None))
    else:
        phrases = [(_own_label(s), _after_own_label(s)) for s in statements(text, passage)]
    for label, span in phrases:
        phrase = _unframed(without_period(span))
        if says_nothing(phrase.text):
            continue
        if len(phrase.text) > _MOST_PHRASE_CHARACTERS:
            reason = "this text is too long for an indication; it was kept as text: break it up"
            relations.leave_out(span, section.heading, reason)
            continue
        name = plain(phrase.text)
        target = phrase_id(name)
        relations.add_concept(Concept(target, ConceptKind.CONDITION, name))
        relations.add_edge(
            concept_id,
            Relation.HAS_INDICATION,
            target,
            quote=phrase,
            section=section.heading,
            note=label,
        )


def _labelled_phrases(
    text: str, items: tuple[SectionItem, ...], label: str | None
) -> Iterator[tuple[str | None, Span]]:
    """Yield the phrases of a list, each with the label it stands under.

    "Symptoms:" is a label of phrases; "Chronic pain: for more than three months" is a phrase.
    """
    for item in items:
        own = item.label if item.label and _INDICATION_LABEL.search(item.label) else None
        introduces = not item.text or item.text.endswith(":")
        if not (introduces and item.items):
            if own is not None:
                yield own, Span(item.text, item.start, item.end)
            else:
                yield label, whole_span(text, item)
        yield from _labelled_phrases(text, item.items, own or item.label or label)


def _own_label(span: Span) -> str | None:
    found = split_label(span.text[:200])
    return found[0].text if found and _INDICATION_LABEL.search(found[0].text) else None


def _after_own_label(span: Span) -> Span:
    found = split_label(span.text[:200])
    start = found[1] if found and _own_label(span) else 0
    return sub_span(span, start, len(span.text))


def _unframed(span: Span) -> Span:
    frame = _FRAME.match(span.text)
    return sub_span(span, frame.end() if frame else 0, len(span.text))


_GENERAL_ROLE = re.compile(
    r"provider|staff|team|professional|personnel|primary|lead|assist|support|perform|operator|role"
    r"|clinician|other|additional|required|involved",
    re.IGNORECASE,
)


def _read_personnel(
    text: str, passage: Passage, concept_id: ConceptId, relations: Relations
) -> None:
    section = passage.section
    said = [_of_item(text, item) for item in _flat(section.items)]
    if not section.items:
        for paragraph in passage.paragraphs:
            said.extend((read_performers(s), None, s) for s in _short_sentences(paragraph))
    for performers, note, span in said:
        if not performers and not says_nothing(span.text) and not span.text.endswith(":"):
            reason = "no personnel could be told from this text; it was kept as text: name them"
            relations.leave_out(span, section.heading, reason)
        for performer in performers:
            _add_performer(performer, note, section.heading, concept_id, relations)


def _short_sentences(paragraph: Span) -> Iterator[Span]:
    """Yield the sentences of ``paragraph``; one beyond all measure is cut and reads as nothing."""
    for sentence in sentences(paragraph):
        yield (
            sentence if len(sentence.text) <= _MOST_PHRASE_CHARACTERS else sub_span(sentence, 0, 0)
        )


def _flat(items: tuple[SectionItem, ...]) -> Iterator[SectionItem]:
    for item in items:
        if item.text or not item.items:
            yield replace(item, items=())
        yield from _flat(item.items)


def _of_item(text: str, item: SectionItem) -> tuple[list[Performer], str | None, Span]:
    """Return who a bullet names: "Surgeon: leads the operation", "Primary provider: a surgeon"."""
    own = Span(item.text, item.start, item.end)
    label = label_span(text, item)
    if len(own.text) > _MOST_PHRASE_CHARACTERS:
        return [], None, own
    if label is None:
        head, dash, rest = own.text.partition(" - ")
        named = read_performers(sub_span(own, 0, len(head))) if dash else []
        return (named, plain(rest), own) if named else (read_performers(own), None, own)
    inside = read_performers(own)
    begins = inside and len(own.text[: inside[0].quote.start - own.start].split()) <= 2
    if begins and _GENERAL_ROLE.search(label.text):
        return inside, label.text, own
    named = read_performers(label)
    if named:
        return named, plain(own.text) or None, label
    return inside, label.text if inside else None, own


def _add_performer(
    performer: Performer,
    note: str | None,
    section: str,
    concept_id: ConceptId,
    relations: Relations,
) -> None:
    target = personnel_id(performer.name)
    relations.add_concept(
        Concept(target, ConceptKind.PERSONNEL_TYPE, performer.name, performer.synonyms)
    )
    if not performer.members:
        relations.add_edge(
            concept_id,
            Relation.PERFORMED_BY,
            target,
            quote=performer.quote,
            section=section,
            note=note,
        )
    for member in performer.members:
        _add_performer(member, note, section, concept_id, relations)
        narrower = personnel_id(member.name)
        if narrower != target:
            relations.add_edge(
                narrower, Relation.IS_A, target, quote=performer.statement, section=section
            )


def _read_alternatives(
    text: str, passage: Passage, concept_id: ConceptId, relations: Relations
) -> None:
    section = passage.section
    read = read_alternatives(text, section.items, passage.paragraphs)
    for span in read.unread:
        reason = "no alternative could be told from this text; it was kept as text: name it"
        relations.leave_out(span, section.heading, reason)
    for alternative in read.alternatives:
        span = alternative.quote
        name = plain(span.text)
        if len(name) > _MOST_PHRASE_CHARACTERS:
            reason = "this text is too long for an alternative; it was kept as text: break it up"
            relations.leave_out(span, section.heading, reason)
            continue
        target = alternative_id(name)
        relations.add_concept(Concept(target, ConceptKind.ALTERNATIVE, name))
        relations.add_edge(
            concept_id,
            Relation.HAS_ALTERNATIVE,
            target,
            quote=span,
            section=section.heading,
            note=alternative.note,
        )
