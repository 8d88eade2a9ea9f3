"""Concepts and their connections, as the API shows them.

The types refer to each other, so they stand in one module; what they fetch is in the modules
below. Every concept type holds its record and, for its lifecycle, the day it was asked about.
"""

from datetime import date
from typing import Annotated, TypeVar

import strawberry

from service import model
from service.schema import enums, facts
from service.schema.concepts import (
    TYPE_OF_KIND,
    After,
    Concept,
    ConceptConnection,
    DatedPlace,
    First,
    LinkedConnection,
    Mapping,
    children_of,
    concepts_of,
    mappings_of,
    parents_of,
    record_of,
    window_of,
)
from service.schema.context import Info
from service.schema.facts import page_of_concept
from service.schema.lifecycles import Lifecycle, lifecycle_of
from service.schema.pages import Duration, Page, Provenance, provenance_of
from service.schema.similar import SimilarConnection, similar_codes
from service.store.base import GraphStore
from service.traversal import ancestors, indicating_edges

SIMILAR = "Similar concepts with the reasons why, best first; ties by id. Retired codes are left out unless asked for."  # noqa: E501  one sentence of the schema
LIFECYCLE = "Whether the code may be used, since when, and what replaces it."
PAGE = "The page, as ordered sections. Null where no page is loaded for this code."
PARENTS = "The next broader concepts in its hierarchy."
CHILDREN = "The next narrower concepts in its hierarchy."
MAPPINGS = "Concepts that it maps to; for a phrase, the coded conditions that it names."


def _condition_ancestors(parent: strawberry.Parent["Condition"], info: Info) -> list[Concept]:
    """Return all broader concepts."""
    store = info.context.store
    return concepts_of(store, ancestors(store, parent.record.id), parent.day)


def _condition_indicated_for(
    parent: strawberry.Parent["Condition"],
    info: Info,
    first: First = 20,
    after: After = strawberry.UNSET,
    include_narrower: Annotated[
        bool | None, strawberry.argument(description="Whether narrower conditions count too.")
    ] = True,
) -> "IndicationConnection":
    """Return the indications that name this condition."""
    store = info.context.store
    page = window_of(info, f"{parent.id}.indicatedFor.{bool(include_narrower)}", first, after)
    edges = indicating_edges(store, parent.record.id, narrower=bool(include_narrower))
    shown = edges[page.offset : page.offset + page.limit]
    return IndicationConnection(
        page=page,
        length=len(shown),
        total_count=len(edges),
        day=parent.day,
        incoming=True,
        links=lambda: store.edges_at(shown),
    )


def _condition_notes(parent: strawberry.Parent["Condition"], info: Info) -> list["CodingNote"]:
    """Return the notes in the order of the release."""
    store = info.context.store
    return [
        CodingNote(
            kind=note.kind,
            text=note.text,
            concepts=concepts_of(store, list(note.targets), parent.day),
        )
        for note in store.notes([parent.record.id])[0]
    ]


@strawberry.type(description="A condition: an ICD-10-CM code, or a phrase as a page words it.")
class Condition(Concept):
    """See the description."""

    lifecycle: Lifecycle = strawberry.field(resolver=lifecycle_of, description=LIFECYCLE)
    page: Page | None = strawberry.field(resolver=page_of_concept, description=PAGE)
    parents: list[Concept] = strawberry.field(resolver=parents_of, description=PARENTS)
    children: ConceptConnection = strawberry.field(resolver=children_of, description=CHILDREN)
    similar: SimilarConnection = strawberry.field(resolver=similar_codes, description=SIMILAR)
    mappings: list[Mapping] = strawberry.field(resolver=mappings_of, description=MAPPINGS)

    ancestors: list[Concept] = strawberry.field(
        resolver=_condition_ancestors, description="Everything broader, nearest first."
    )

    indicated_for: "IndicationConnection" = strawberry.field(
        resolver=_condition_indicated_for,
        description="Procedures indicated for this condition, or for a narrower one.",
    )

    notes: list["CodingNote"] = strawberry.field(
        resolver=_condition_notes, description="Instructional notes of the code itself."
    )


@strawberry.type(description="An instructional note of ICD-10-CM.")
class CodingNote:
    """See the description."""

    kind: enums.CodingNoteKind = strawberry.field(description="What the note instructs.")
    text: str = strawberry.field(description="The note's words.")
    concepts: list[Concept] = strawberry.field(description="The codes it names, as concepts.")


@strawberry.type(description="A coded condition that a phrase names.")
class LinkedCondition:
    """See the description."""

    condition: Condition = strawberry.field(description="The coded condition.")
    confidence: float = strawberry.field(description="How sure the link is, 0..1.")
    provenance: list[Provenance] = strawberry.field(description="The words that name it.")


@strawberry.type(description="A facet of a procedure.")
class FacetValue:
    """See the description."""

    axis: str = strawberry.field(description="What the facet describes, e.g. `body part`.")
    facet: "Facet" = strawberry.field(description="The value.")


def _procedure_indications(
    parent: strawberry.Parent["Procedure"],
    info: Info,
    first: First = 20,
    after: After = strawberry.UNSET,
) -> "IndicationConnection":
    """Return the indications in the page's order."""
    return IndicationConnection.of(info, parent, model.Relation.HAS_INDICATION, first, after)


def _procedure_personnel(
    parent: strawberry.Parent["Procedure"],
    info: Info,
    first: First = 20,
    after: After = strawberry.UNSET,
) -> "PersonnelConnection":
    """Return the personnel in the page's order."""
    return PersonnelConnection.of(info, parent, model.Relation.PERFORMED_BY, first, after)


def _procedure_alternatives(
    parent: strawberry.Parent["Procedure"],
    info: Info,
    first: First = 20,
    after: After = strawberry.UNSET,
) -> "AlternativeConnection":
    """Return the alternatives in the page's order."""
    return AlternativeConnection.of(info, parent, model.Relation.HAS_ALTERNATIVE, first, after)


def _procedure_facets(parent: strawberry.Parent["Procedure"], info: Info) -> list[FacetValue]:
    """Return the facets in the order of their axes' names."""
    store = info.context.store
    edges = store.edges([parent.record.id], model.Relation.HAS_FACET)[0]
    records = store.concepts([edge.target for edge in edges])
    pairs = [(e.qualifier, r) for e, r in zip(edges, records, strict=True) if r is not None]
    pairs.sort(key=lambda pair: (pair[0], pair[1].id))
    return [FacetValue(axis=axis, facet=Facet.of(r, parent.day)) for axis, r in pairs]


@strawberry.type(description="A procedure, service or supply: a code of a procedure system.")
class Procedure(Concept):
    """See the description."""

    lifecycle: Lifecycle = strawberry.field(resolver=lifecycle_of, description=LIFECYCLE)
    page: Page | None = strawberry.field(resolver=page_of_concept, description=PAGE)
    parents: list[Concept] = strawberry.field(resolver=parents_of, description=PARENTS)
    children: ConceptConnection = strawberry.field(resolver=children_of, description=CHILDREN)
    similar: SimilarConnection = strawberry.field(resolver=similar_codes, description=SIMILAR)
    mappings: list[Mapping] = strawberry.field(resolver=mappings_of, description=MAPPINGS)

    title: str = strawberry.field(
        resolver=facts.title_of,
        description="The code's designation, in the words that titleSource names.",
    )

    title_source: enums.TitleSource = strawberry.field(
        resolver=facts.title_source_of, description="Whose words the title is in."
    )

    summary: str | None = strawberry.field(
        resolver=facts.summary_of, description="What it is, in a few sentences."
    )

    purpose: str | None = strawberry.field(resolver=facts.purpose_of, description="What it is for.")

    preparation: list[str] = strawberry.field(
        resolver=facts.preparation_of, description="What happens before it."
    )

    steps: list[str] = strawberry.field(
        resolver=facts.steps_of, description="How it is done, step by step."
    )

    tools: list[str] = strawberry.field(resolver=facts.tools_of, description="What is used.")

    anesthesia: str | None = strawberry.field(
        resolver=facts.anesthesia_of, description="What the page says of anesthesia or sedation."
    )

    duration: Duration | None = strawberry.field(
        resolver=facts.duration_of, description="How long it takes."
    )

    settings: list[str] = strawberry.field(
        resolver=facts.settings_of, description="Where it is done."
    )

    risks: list[str] = strawberry.field(
        resolver=facts.risks_of, description="Risks and complications."
    )

    benefits: list[str] = strawberry.field(resolver=facts.benefits_of, description="Benefits.")

    recovery: str | None = strawberry.field(
        resolver=facts.recovery_of, description="What follows it."
    )

    patient_experience: str | None = strawberry.field(
        resolver=facts.patient_experience_of, description="What patients may feel."
    )

    indications: "IndicationConnection" = strawberry.field(
        resolver=_procedure_indications, description="When it is indicated, as its page words it."
    )

    personnel: "PersonnelConnection" = strawberry.field(
        resolver=_procedure_personnel, description="Who performs it."
    )

    alternatives: "AlternativeConnection" = strawberry.field(
        resolver=_procedure_alternatives, description="Other ways to treat, as its page names them."
    )

    facets: list[FacetValue] = strawberry.field(
        resolver=_procedure_facets, description="What its classification says of it, axis by axis."
    )


@strawberry.type
class StatedEdge(DatedPlace):
    """An entry that stands for an edge of the graph: what a page states of a procedure."""

    edge: strawberry.Private[model.Edge]


_Entry = TypeVar("_Entry", bound=StatedEdge)


def _stated(parent: LinkedConnection, kind: type[_Entry]) -> list[_Entry]:
    return [
        kind(page=parent.page, place=n, day=parent.day, edge=edge)
        for n, edge in enumerate(parent.links())
    ]


def _stated_procedure(parent: strawberry.Parent[StatedEdge], info: Info) -> Procedure:
    return Procedure.of(record_of(info, parent.edge.source), parent.day)


def _stated_provenance(parent: strawberry.Parent[StatedEdge]) -> list[Provenance]:
    return provenance_of(parent.edge.provenance)


def _indication_node(parent: strawberry.Parent["IndicationEdge"], info: Info) -> Condition:
    return Condition.of(record_of(info, parent.edge.target), parent.day)


def _indication_conditions(
    parent: strawberry.Parent["IndicationEdge"], info: Info
) -> list[LinkedCondition]:
    """Return the coded conditions of one indication, with the words of its own document."""
    stated = parent.edge
    documents = {provenance.document for provenance in stated.provenance}
    shown = []
    for link in info.context.store.edges([stated.target], model.Relation.MAPS_TO)[0]:
        words = tuple(p for p in link.provenance if p.document in documents)
        record = record_of(info, link.target)
        if words and record.kind is model.ConceptKind.CONDITION:
            linked = LinkedCondition(
                condition=Condition.of(record, parent.day),
                confidence=link.confidence,
                provenance=provenance_of(words),
            )
            shown.append(linked)
    return shown


@strawberry.type(
    description="`node` is the condition as the page words it; `conditions` are the coded "
    "conditions it links to."
)
class IndicationEdge(StatedEdge):
    """See the description."""

    node: Condition = strawberry.field(
        resolver=_indication_node, description="The condition as the page words it."
    )
    procedure: Procedure = strawberry.field(
        resolver=_stated_procedure, description="The procedure that is indicated."
    )
    conditions: list[LinkedCondition] = strawberry.field(
        resolver=_indication_conditions,
        description="The coded conditions that these words name.",
    )
    provenance: list[Provenance] = strawberry.field(
        resolver=_stated_provenance, description="Where the page says so."
    )


def _indication_edges(parent: strawberry.Parent["IndicationConnection"]) -> list[IndicationEdge]:
    return _stated(parent, IndicationEdge)


@strawberry.type(description="Indications, in pages.")
class IndicationConnection(LinkedConnection):
    """See the description."""

    edges: list[IndicationEdge] = strawberry.field(
        resolver=_indication_edges, description="The entries of this page."
    )


def _personneltype_performs(
    parent: strawberry.Parent["PersonnelType"],
    info: Info,
    first: First = 20,
    after: After = strawberry.UNSET,
) -> "PersonnelConnection":
    """Return the procedures, by id."""
    return PersonnelConnection.of(
        info, parent, model.Relation.PERFORMED_BY, first, after, incoming=True
    )


@strawberry.type(description="Who performs or assists: a profession or role.")
class PersonnelType(Concept):
    """See the description."""

    performs: "PersonnelConnection" = strawberry.field(
        resolver=_personneltype_performs, description="The procedures that pages say they perform."
    )


def _personnel_node(parent: strawberry.Parent["PersonnelEdge"], info: Info) -> PersonnelType:
    return PersonnelType.of(record_of(info, parent.edge.target), parent.day)


@strawberry.type(description="A procedure and one who performs it.")
class PersonnelEdge(StatedEdge):
    """See the description."""

    node: PersonnelType = strawberry.field(resolver=_personnel_node, description="Who performs it.")
    procedure: Procedure = strawberry.field(
        resolver=_stated_procedure, description="The procedure."
    )
    provenance: list[Provenance] = strawberry.field(
        resolver=_stated_provenance, description="Where the page says so."
    )


def _personnel_edges(parent: strawberry.Parent["PersonnelConnection"]) -> list[PersonnelEdge]:
    return _stated(parent, PersonnelEdge)


@strawberry.type(description="Who performs what, in pages.")
class PersonnelConnection(LinkedConnection):
    """See the description."""

    edges: list[PersonnelEdge] = strawberry.field(
        resolver=_personnel_edges, description="The entries of this page."
    )


def _alternative_procedures(
    parent: strawberry.Parent["Alternative"],
    info: Info,
    first: First = 10,
    after: After = strawberry.UNSET,
) -> ConceptConnection:
    """Return the codes it resolves to."""
    return ConceptConnection.of(info, parent, model.Relation.RESOLVES_TO, first, after)


def _alternative_alternative_to(
    parent: strawberry.Parent["Alternative"],
    info: Info,
    first: First = 20,
    after: After = strawberry.UNSET,
) -> "AlternativeConnection":
    """Return the procedures, by id."""
    return AlternativeConnection.of(
        info, parent, model.Relation.HAS_ALTERNATIVE, first, after, incoming=True
    )


@strawberry.type(description="Another way to treat, as pages name it.")
class Alternative(Concept):
    """See the description."""

    procedures: ConceptConnection = strawberry.field(
        resolver=_alternative_procedures,
        description="The codes this alternative stands for, best first.",
    )

    alternative_to: "AlternativeConnection" = strawberry.field(
        resolver=_alternative_alternative_to,
        description="The procedures to which it is an alternative.",
    )


def _alternative_node(parent: strawberry.Parent["AlternativeEdge"], info: Info) -> Alternative:
    return Alternative.of(record_of(info, parent.edge.target), parent.day)


def _alternative_note(parent: strawberry.Parent["AlternativeEdge"]) -> str | None:
    return parent.edge.note


@strawberry.type(description="A procedure and another way to treat.")
class AlternativeEdge(StatedEdge):
    """See the description."""

    node: Alternative = strawberry.field(resolver=_alternative_node, description="The alternative.")
    procedure: Procedure = strawberry.field(
        resolver=_stated_procedure, description="The procedure."
    )
    note: str | None = strawberry.field(
        resolver=_alternative_note, description="What the page remarks on it."
    )
    provenance: list[Provenance] = strawberry.field(
        resolver=_stated_provenance, description="Where the page says so."
    )


def _alternative_edges(parent: strawberry.Parent["AlternativeConnection"]) -> list[AlternativeEdge]:
    return _stated(parent, AlternativeEdge)


@strawberry.type(description="Alternatives, in pages.")
class AlternativeConnection(LinkedConnection):
    """See the description."""

    edges: list[AlternativeEdge] = strawberry.field(
        resolver=_alternative_edges, description="The entries of this page."
    )


def _facet_axis(parent: strawberry.Parent["Facet"]) -> str:
    """Return the axis."""
    return parent.record.axis or ""


def _facet_procedures(
    parent: strawberry.Parent["Facet"],
    info: Info,
    first: First = 20,
    after: After = strawberry.UNSET,
) -> ConceptConnection:
    """Return the procedures."""
    return ConceptConnection.of(info, parent, model.Relation.HAS_FACET, first, after, incoming=True)


@strawberry.type(description="An axis value of a classification, e.g. the approach `Open`.")
class Facet(Concept):
    """See the description."""

    axis: str = strawberry.field(
        resolver=_facet_axis, description="What it describes, e.g. `body part` or `approach`."
    )

    procedures: ConceptConnection = strawberry.field(
        resolver=_facet_procedures, description="The procedures that have it, by id."
    )


def procedures_for(
    store: GraphStore, record: model.Concept, limit: int, day: date
) -> list[Procedure]:
    """Return codes that an alternative stands for, or procedures indicated for a condition."""
    if record.kind is model.ConceptKind.PROCEDURE:
        return [Procedure.of(record, day)][:limit]
    if record.kind is model.ConceptKind.ALTERNATIVE:
        edges = store.edges([record.id], model.Relation.RESOLVES_TO, limit=limit)[0]
        ids = [edge.target for edge in edges]
    else:
        numbers = indicating_edges(store, record.id, narrower=True)
        ids = list(dict.fromkeys(edge.source for edge in store.edges_at(numbers)))[:limit]
    return [Procedure.of(found, day) for found in store.concepts(ids) if found is not None]


TYPE_OF_KIND.update(
    {
        model.ConceptKind.PROCEDURE: Procedure,
        model.ConceptKind.CONDITION: Condition,
        model.ConceptKind.PERSONNEL_TYPE: PersonnelType,
        model.ConceptKind.ALTERNATIVE: Alternative,
        model.ConceptKind.FACET: Facet,
    }
)
