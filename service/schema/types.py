"""Concepts and their connections, as the API shows them.

The types refer to each other, so they stand in one module; what they fetch is in the modules
below. Every concept type holds its record and, for its lifecycle, the day it was asked about.
"""

from datetime import date
from typing import Annotated, Self, TypeAlias

import strawberry

from service import lifecycle, model, similarity
from service.codes import canonical_system
from service.schema import enums
from service.schema.connections import PageInfo, Window, window
from service.schema.context import Info
from service.schema.pages import Duration, Page, Provenance, page_of, provenance_of
from service.store.base import GraphStore, Selection
from service.traversal import ancestors, indicating_edges

First = Annotated[int | None, strawberry.argument(description="How many, 0 to 200.")]
After = Annotated[
    str | None, strawberry.argument(description="The cursor after which the page begins.")
]
Systems = Annotated[
    list[str] | None, strawberry.argument(description="Only codes of these code systems.")
]
Via = Annotated[
    list[enums.Relation] | None,
    strawberry.argument(description="Only these relations count, in the score as well."),
]
MinScore = Annotated[float | None, strawberry.argument(description="The least score, 0..1.")]
IncludeRetired = Annotated[
    bool | None, strawberry.argument(description="Whether retired codes are in the list.")
]


@strawberry.interface(description="Anything with a stable id.")
class Node:
    """See the description."""

    id: strawberry.ID = strawberry.field(
        description="A stable, readable id such as `CPT4:90804`; treat it as opaque."
    )


@strawberry.type(description="The code of a concept in a code system.")
class Coding:
    """See the description."""

    system: str = strawberry.field(description="The code system's short name, e.g. `ICD10CM`.")
    code: str = strawberry.field(description="The code in the system's own form.")
    display: str = strawberry.field(description="The code's designation.")
    release: str | None = strawberry.field(description="The release that lists it.")
    billable: bool | None = strawberry.field(
        description="Whether it is specific enough to be billed; null where not known."
    )


def _concept_coding(parent: strawberry.Parent["Concept"]) -> Coding | None:
    """Return the code, if it has one."""
    record = parent.record
    if record.system is None or record.code is None:
        return None
    return Coding(
        system=record.system,
        code=record.code,
        display=record.title or record.name,
        release=record.release,
        billable=record.billable,
    )


@strawberry.interface(description="A node of the knowledge graph.")
class Concept(Node):
    """Common to all concepts; ``record`` is what the store holds, ``day`` what states refer to."""

    record: strawberry.Private[model.Concept]
    day: strawberry.Private[date]

    kind: enums.ConceptKind = strawberry.field(description="What sort of thing it is.")
    name: str = strawberry.field(description="Its preferred name.")
    synonyms: list[str] = strawberry.field(description="Other names, inclusion terms among them.")

    coding: Coding | None = strawberry.field(
        resolver=_concept_coding,
        description="Present where the concept is a code of a code system.",
    )

    @classmethod
    def of(cls, record: model.Concept, day: date) -> Self:
        """Return ``record`` as this type."""
        return cls(
            id=strawberry.ID(record.id),
            kind=record.kind,
            name=record.name,
            synonyms=list(record.synonyms),
            record=record,
            day=day,
        )


def concept_of(record: model.Concept, day: date) -> Concept:
    """Return ``record`` as the type of its kind."""
    return _TYPES[record.kind].of(record, day)


def concepts_of(store: GraphStore, ids: list[model.ConceptId], day: date) -> list[Concept]:
    """Return the concepts with ``ids``, in order."""
    return [concept_of(record, day) for record in store.concepts(ids) if record is not None]


def _window(info: Info, owner: Concept | str, first: int | None, after: str | None) -> Window:
    name = owner if isinstance(owner, str) else f"{owner.id}.{info.field_name}"
    return window(first, after, list_name=name, data_version=info.context.store.data_version)


@strawberry.type(description="A place in a list of concepts.")
class ConceptEdge:
    """See the description."""

    cursor: str = strawberry.field(description="Where this entry stands, for `after`.")
    node: Concept = strawberry.field(description="The concept.")


@strawberry.type(description="A list of concepts, in pages.")
class ConceptConnection:
    """See the description."""

    total_count: int = strawberry.field(description="How many there are in all.")
    page_info: PageInfo = strawberry.field(description="Where this page begins and ends.")
    edges: list[ConceptEdge] = strawberry.field(description="The entries of this page.")


def _linked_concepts(
    info: Info,
    owner: Concept,
    relation: model.Relation,
    first: First,
    after: After,
    *,
    incoming: bool,
) -> ConceptConnection:
    """Return a page of the concepts at the other ends of ``owner``'s edges."""
    store, page = info.context.store, _window(info, owner, first, after)
    ids = [owner.record.id]
    total = store.edge_counts(ids, relation, incoming=incoming)[0]
    edges = store.edges(ids, relation, incoming=incoming, offset=page.offset, limit=page.limit)[0]
    nodes = concepts_of(store, [e.source if incoming else e.target for e in edges], owner.day)
    return ConceptConnection(
        total_count=total,
        page_info=page.page_info(len(nodes), total),
        edges=[ConceptEdge(cursor=page.cursor(n), node=node) for n, node in enumerate(nodes)],
    )


def _parents(info: Info, owner: Concept) -> list[Concept]:
    edges = info.context.store.edges([owner.record.id], model.Relation.IS_A)[0]
    return concepts_of(info.context.store, [edge.target for edge in edges], owner.day)


@strawberry.type(description="A code, as a pair.")
class CodeReference:
    """See the description."""

    system: str = strawberry.field(description="The code system.")
    code: str = strawberry.field(description="The code.")


@strawberry.type(description="One way to replace a retired code.")
class Replacement:
    """See the description."""

    all_of: list[CodeReference] = strawberry.field(description="Codes that are needed together.")
    condition: str | None = strawberry.field(description="When this choice applies.")
    provenance: list[Provenance] = strawberry.field(description="Who says so.")


def _lifecycle_replacements(
    parent: strawberry.Parent["Lifecycle"], info: Info
) -> list[Replacement]:
    """Return the choices."""
    store = info.context.store
    return [
        Replacement(
            all_of=[
                CodeReference(system=c.system or "", code=c.code or "")
                for c in store.concepts(choice.all_of)
                if c is not None
            ],
            condition=choice.condition,
            provenance=provenance_of(choice.provenance),
        )
        for choice in lifecycle.replacement_choices(store, parent.record.id)
    ]


def _lifecycle_active_successors(
    parent: strawberry.Parent["Lifecycle"], info: Info
) -> list[Concept]:
    """Return the successors."""
    found = lifecycle.active_successors(info.context.store, parent.record.id, day=parent.day)
    return [concept_of(record, parent.day) for record in found]


@strawberry.type(description="When a code may be used, and what follows it.")
class Lifecycle:
    """See the description."""

    record: strawberry.Private[model.Concept]
    day: strawberry.Private[date]

    state: enums.LifecycleState = strawberry.field(
        description="The state today, or on `asOf` where that was given."
    )
    effective_from: date | None = strawberry.field(description="The first day, if known.")
    effective_to: date | None = strawberry.field(description="The last day, if it has ended.")

    replacements: list[Replacement] = strawberry.field(
        resolver=_lifecycle_replacements,
        description="Each entry is one alternative replacement; inside one, all codes are needed "
        "together.",
    )

    active_successors: list[Concept] = strawberry.field(
        resolver=_lifecycle_active_successors,
        description="Followed through chains to codes that are active; empty where there are none.",
    )


def _lifecycle(owner: Concept) -> Lifecycle:
    record = owner.record
    return Lifecycle(
        record=record,
        day=owner.day,
        state=record.state_on(owner.day),
        effective_from=record.effective_from,
        effective_to=record.effective_to,
    )


@strawberry.type(description="A concept of another code system that this one maps to.")
class Mapping:
    """See the description."""

    concept: Concept = strawberry.field(description="What it maps to.")
    relation: str = strawberry.field(description="How close the two are, as the source says.")
    provenance: list[Provenance] = strawberry.field(description="Who says so.")


def _mappings(info: Info, owner: Concept, systems: list[str] | None) -> list[Mapping]:
    store = info.context.store
    edges = store.edges([owner.record.id], model.Relation.MAPS_TO)[0]
    records = store.concepts([edge.target for edge in edges])
    return [
        Mapping(
            concept=concept_of(record, owner.day),
            relation=edge.qualifier,
            provenance=provenance_of(edge.provenance),
        )
        for edge, record in zip(edges, records, strict=True)
        if record is not None and (systems is None or record.system in systems)
    ]


@strawberry.type(description="One thing that two concepts have in common, and what it adds.")
class SimilarityReason:
    """See the description."""

    relation: enums.Relation = strawberry.field(description="The relation to what is shared.")
    shared: Concept | None = strawberry.field(
        description="What is shared; null for words and for the sum of smaller reasons."
    )
    information_content: float | None = strawberry.field(
        description="How rare it is, -ln(share of concepts that have it), in nats."
    )
    contribution: float = strawberry.field(description="What it adds to the score.")
    explanation: str = strawberry.field(description="The reason in words.")


@strawberry.type(
    description="`score` is 0..1, symmetric, and the sum of the reasons' contributions."
)
class SimilarEdge:
    """See the description."""

    cursor: str = strawberry.field(description="Where this entry stands, for `after`.")
    node: Concept = strawberry.field(description="The similar concept.")
    score: float = strawberry.field(description="How similar, 0..1.")
    why: list[SimilarityReason] = strawberry.field(description="Why, the strongest reason first.")


@strawberry.type(description="Similar concepts, best first, in pages.")
class SimilarConnection:
    """See the description."""

    total_count: int = strawberry.field(description="How many share anything at all.")
    page_info: PageInfo = strawberry.field(description="Where this page begins and ends.")
    edges: list[SimilarEdge] = strawberry.field(description="The entries of this page.")


def reasons_of(
    store: GraphStore, explanation: similarity.Explanation, day: date
) -> list[SimilarityReason]:
    """Return reasons as the API shows them."""
    shared = store.concepts([reason.shared or "" for reason in explanation.reasons])
    return [
        SimilarityReason(
            relation=reason.relation,
            shared=concept_of(record, day) if record is not None else None,
            information_content=reason.content,
            contribution=reason.contribution,
            explanation=reason.explanation,
        )
        for reason, record in zip(explanation.reasons, shared, strict=True)
    ]


def _similar(
    info: Info,
    owner: Concept,
    page: Window,
    min_score: float | None,
    selection: Selection,
    via: list[model.Relation] | None,
) -> SimilarConnection:
    store, record, day = info.context.store, owner.record, owner.day
    ranking = similarity.rank_similar(
        store, record.id, day=day, selection=selection, via=via, min_score=min_score or 0.0
    )
    numbers = ranking.numbers[page.offset : page.offset + page.limit]
    records = store.concepts_at(numbers)
    why = similarity.explain_each(store, record.id, [r.id for r in records], via=via)
    total = len(ranking.numbers)
    return SimilarConnection(
        total_count=total,
        page_info=page.page_info(len(records), total),
        edges=[
            SimilarEdge(
                cursor=page.cursor(n),
                node=concept_of(found, day),
                score=explanation.score,
                why=reasons_of(store, explanation, day),
            )
            for n, (found, explanation) in enumerate(zip(records, why, strict=True))
        ],
    )


def similar_codes(
    parent: strawberry.Parent[Concept],
    info: Info,
    first: First = 10,
    after: After = strawberry.UNSET,
    min_score: MinScore = 0.0,
    systems: Systems = strawberry.UNSET,
    via: Via = strawberry.UNSET,
    include_retired: IncludeRetired = False,
) -> SimilarConnection:
    """Return similar concepts with reasons."""
    selection = Selection(
        systems=tuple(map(canonical_system, systems)) if systems else None,
        include_retired=bool(include_retired),
    )
    page = _window(info, parent, first, after or None)
    return _similar(info, parent, page, min_score, selection, via or None)


def lifecycle_of(parent: strawberry.Parent[Concept]) -> Lifecycle:
    """Return when the code may be used."""
    return _lifecycle(parent)


def page_of_concept(parent: strawberry.Parent[Concept], info: Info) -> Page | None:
    """Return the code's page, if one is loaded."""
    page = info.context.store.pages([parent.record.id])[0]
    return page_of(page) if page else None


def parents_of(parent: strawberry.Parent[Concept], info: Info) -> list[Concept]:
    """Return the next broader concepts."""
    return _parents(info, parent)


def children_of(
    parent: strawberry.Parent[Concept],
    info: Info,
    first: First = 50,
    after: After = strawberry.UNSET,
) -> ConceptConnection:
    """Return the next narrower concepts."""
    return _linked_concepts(info, parent, model.Relation.IS_A, first, after or None, incoming=True)


def mappings_of(
    parent: strawberry.Parent[Concept], info: Info, systems: Systems = strawberry.UNSET
) -> list[Mapping]:
    """Return the concepts of other code systems that this one maps to."""
    return _mappings(info, parent, list(map(canonical_system, systems)) if systems else None)


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
    page = _window(info, f"{parent.id}.indicatedFor.{bool(include_narrower)}", first, after or None)
    edges = indicating_edges(store, parent.record.id, narrower=bool(include_narrower))
    shown = store.edges_at(edges[page.offset : page.offset + page.limit])
    return _indications(store, shown, page, len(edges), parent.day)


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


def _procedure_title(parent: strawberry.Parent["Procedure"]) -> str:
    """Return the title."""
    return parent.record.title or parent.record.name


def _procedure_title_source(parent: strawberry.Parent["Procedure"]) -> enums.TitleSource:
    """Return whose words the title is in."""
    return parent.record.title_source or model.TitleSource.PARAPHRASE


def _procedure_summary(parent: strawberry.Parent["Procedure"], info: Info) -> str | None:
    """Return the summary."""
    return _text(_facts(info, parent).summary)


def _procedure_purpose(parent: strawberry.Parent["Procedure"], info: Info) -> str | None:
    """Return the purpose."""
    return _text(_facts(info, parent).purpose)


def _procedure_preparation(parent: strawberry.Parent["Procedure"], info: Info) -> list[str]:
    """Return the preparation."""
    return _texts(_facts(info, parent).preparation)


def _procedure_steps(parent: strawberry.Parent["Procedure"], info: Info) -> list[str]:
    """Return the steps."""
    return _texts(_facts(info, parent).steps)


def _procedure_tools(parent: strawberry.Parent["Procedure"], info: Info) -> list[str]:
    """Return the tools."""
    return _texts(_facts(info, parent).tools)


def _procedure_anesthesia(parent: strawberry.Parent["Procedure"], info: Info) -> str | None:
    """Return the remark on anesthesia."""
    return _text(_facts(info, parent).anesthesia)


def _procedure_duration(parent: strawberry.Parent["Procedure"], info: Info) -> Duration | None:
    """Return the duration."""
    facts = _facts(info, parent)
    if facts.duration is None:
        return None
    return Duration(
        text=facts.duration.text,
        min_minutes=facts.min_minutes,
        max_minutes=facts.max_minutes,
    )


def _procedure_settings(parent: strawberry.Parent["Procedure"], info: Info) -> list[str]:
    """Return the settings."""
    return _texts(_facts(info, parent).settings)


def _procedure_risks(parent: strawberry.Parent["Procedure"], info: Info) -> list[str]:
    """Return the risks."""
    return _texts(_facts(info, parent).risks)


def _procedure_benefits(parent: strawberry.Parent["Procedure"], info: Info) -> list[str]:
    """Return the benefits."""
    return _texts(_facts(info, parent).benefits)


def _procedure_recovery(parent: strawberry.Parent["Procedure"], info: Info) -> str | None:
    """Return the recovery."""
    return _text(_facts(info, parent).recovery)


def _procedure_patient_experience(parent: strawberry.Parent["Procedure"], info: Info) -> str | None:
    """Return the patient's experience."""
    return _text(_facts(info, parent).patient_experience)


def _procedure_indications(
    parent: strawberry.Parent["Procedure"],
    info: Info,
    first: First = 20,
    after: After = strawberry.UNSET,
) -> "IndicationConnection":
    """Return the indications in the page's order."""
    edges, page, total = _own_edges(info, parent, model.Relation.HAS_INDICATION, first, after)
    return _indications(info.context.store, edges, page, total, parent.day)


def _procedure_personnel(
    parent: strawberry.Parent["Procedure"],
    info: Info,
    first: First = 20,
    after: After = strawberry.UNSET,
) -> "PersonnelConnection":
    """Return the personnel in the page's order."""
    edges, page, total = _own_edges(info, parent, model.Relation.PERFORMED_BY, first, after)
    return _personnel(info.context.store, edges, page, total, parent.day)


def _procedure_alternatives(
    parent: strawberry.Parent["Procedure"],
    info: Info,
    first: First = 20,
    after: After = strawberry.UNSET,
) -> "AlternativeConnection":
    """Return the alternatives in the page's order."""
    edges, page, total = _own_edges(info, parent, model.Relation.HAS_ALTERNATIVE, first, after)
    return _alternatives(info.context.store, edges, page, total, parent.day)


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
        resolver=_procedure_title,
        description="The code's designation, in the words that titleSource names.",
    )

    title_source: enums.TitleSource = strawberry.field(
        resolver=_procedure_title_source, description="Whose words the title is in."
    )

    summary: str | None = strawberry.field(
        resolver=_procedure_summary, description="What it is, in a few sentences."
    )

    purpose: str | None = strawberry.field(
        resolver=_procedure_purpose, description="What it is for."
    )

    preparation: list[str] = strawberry.field(
        resolver=_procedure_preparation, description="What happens before it."
    )

    steps: list[str] = strawberry.field(
        resolver=_procedure_steps, description="How it is done, step by step."
    )

    tools: list[str] = strawberry.field(resolver=_procedure_tools, description="What is used.")

    anesthesia: str | None = strawberry.field(
        resolver=_procedure_anesthesia, description="What the page says of anesthesia or sedation."
    )

    duration: Duration | None = strawberry.field(
        resolver=_procedure_duration, description="How long it takes."
    )

    settings: list[str] = strawberry.field(
        resolver=_procedure_settings, description="Where it is done."
    )

    risks: list[str] = strawberry.field(
        resolver=_procedure_risks, description="Risks and complications."
    )

    benefits: list[str] = strawberry.field(resolver=_procedure_benefits, description="Benefits.")

    recovery: str | None = strawberry.field(
        resolver=_procedure_recovery, description="What follows it."
    )

    patient_experience: str | None = strawberry.field(
        resolver=_procedure_patient_experience, description="What patients may feel."
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


def _facts(info: Info, owner: Concept) -> model.PageFacts:
    page = info.context.store.pages([owner.record.id])[0]
    return page.facts if page else model.PageFacts()


def _text(span: model.Span | None) -> str | None:
    return span.text if span else None


def _texts(spans: tuple[model.Span, ...]) -> list[str]:
    return [span.text for span in spans]


def _own_edges(
    info: Info, owner: Concept, relation: model.Relation, first: int | None, after: str | None
) -> tuple[list[model.Edge], Window, int]:
    store, page = info.context.store, _window(info, owner, first, after or None)
    ids = [owner.record.id]
    edges = store.edges(ids, relation, offset=page.offset, limit=page.limit)[0]
    return edges, page, store.edge_counts(ids, relation)[0]


def _incoming_edges(
    info: Info, owner: Concept, relation: model.Relation, first: int | None, after: str | None
) -> tuple[list[model.Edge], Window, int]:
    store, page = info.context.store, _window(info, owner, first, after or None)
    ids = [owner.record.id]
    edges = store.edges(ids, relation, incoming=True, offset=page.offset, limit=page.limit)[0]
    return edges, page, store.edge_counts(ids, relation, incoming=True)[0]


Ends: TypeAlias = list[tuple[model.Edge, model.Concept, model.Concept]]


def _ends(store: GraphStore, edges: list[model.Edge]) -> Ends:
    """Return edges with the concepts at their ends, which a checked graph always has."""
    sources = store.concepts([edge.source for edge in edges])
    targets = store.concepts([edge.target for edge in edges])
    rows = zip(edges, sources, targets, strict=True)
    return [(e, s, t) for e, s, t in rows if s is not None and t is not None]


@strawberry.type(
    description="`node` is the condition as the page words it; `conditions` are the coded "
    "conditions it links to."
)
class IndicationEdge:
    """See the description."""

    cursor: str = strawberry.field(description="Where this entry stands, for `after`.")
    node: Condition = strawberry.field(description="The condition as the page words it.")
    procedure: Procedure = strawberry.field(description="The procedure that is indicated.")
    conditions: list[LinkedCondition] = strawberry.field(
        description="The coded conditions that these words name."
    )
    provenance: list[Provenance] = strawberry.field(description="Where the page says so.")


@strawberry.type(description="Indications, in pages.")
class IndicationConnection:
    """See the description."""

    total_count: int = strawberry.field(description="How many there are in all.")
    page_info: PageInfo = strawberry.field(description="Where this page begins and ends.")
    edges: list[IndicationEdge] = strawberry.field(description="The entries of this page.")


def _linked(store: GraphStore, stated: model.Edge, day: date) -> list[LinkedCondition]:
    """Return the coded conditions of one indication, with the words of its own document."""
    documents = {provenance.document for provenance in stated.provenance}
    links = store.edges([stated.target], model.Relation.MAPS_TO)[0]
    shown = []
    for link, _phrase, record in _ends(store, links):
        words = tuple(p for p in link.provenance if p.document in documents)
        if words and record.kind is model.ConceptKind.CONDITION:
            condition = Condition.of(record, day)
            shown.append(
                LinkedCondition(
                    condition=condition,
                    confidence=link.confidence,
                    provenance=provenance_of(words),
                )
            )
    return shown


def _indications(
    store: GraphStore, edges: list[model.Edge], page: Window, total: int, day: date
) -> IndicationConnection:
    shown = [
        IndicationEdge(
            cursor=page.cursor(n),
            node=Condition.of(target, day),
            procedure=Procedure.of(source, day),
            conditions=_linked(store, edge, day),
            provenance=provenance_of(edge.provenance),
        )
        for n, (edge, source, target) in enumerate(_ends(store, edges))
    ]
    return IndicationConnection(
        total_count=total, page_info=page.page_info(len(shown), total), edges=shown
    )


def _personneltype_performs(
    parent: strawberry.Parent["PersonnelType"],
    info: Info,
    first: First = 20,
    after: After = strawberry.UNSET,
) -> "PersonnelConnection":
    """Return the procedures, by id."""
    edges, page, total = _incoming_edges(info, parent, model.Relation.PERFORMED_BY, first, after)
    return _personnel(info.context.store, edges, page, total, parent.day)


@strawberry.type(description="Who performs or assists: a profession or role.")
class PersonnelType(Concept):
    """See the description."""

    performs: "PersonnelConnection" = strawberry.field(
        resolver=_personneltype_performs, description="The procedures that pages say they perform."
    )


@strawberry.type(description="A procedure and one who performs it.")
class PersonnelEdge:
    """See the description."""

    cursor: str = strawberry.field(description="Where this entry stands, for `after`.")
    node: PersonnelType = strawberry.field(description="Who performs it.")
    procedure: Procedure = strawberry.field(description="The procedure.")
    provenance: list[Provenance] = strawberry.field(description="Where the page says so.")


@strawberry.type(description="Who performs what, in pages.")
class PersonnelConnection:
    """See the description."""

    total_count: int = strawberry.field(description="How many there are in all.")
    page_info: PageInfo = strawberry.field(description="Where this page begins and ends.")
    edges: list[PersonnelEdge] = strawberry.field(description="The entries of this page.")


def _personnel(
    store: GraphStore, edges: list[model.Edge], page: Window, total: int, day: date
) -> PersonnelConnection:
    shown = [
        PersonnelEdge(
            cursor=page.cursor(n),
            node=PersonnelType.of(target, day),
            procedure=Procedure.of(source, day),
            provenance=provenance_of(edge.provenance),
        )
        for n, (edge, source, target) in enumerate(_ends(store, edges))
    ]
    return PersonnelConnection(
        total_count=total, page_info=page.page_info(len(shown), total), edges=shown
    )


def _alternative_procedures(
    parent: strawberry.Parent["Alternative"],
    info: Info,
    first: First = 10,
    after: After = strawberry.UNSET,
) -> ConceptConnection:
    """Return the codes it resolves to."""
    return _linked_concepts(
        info, parent, model.Relation.RESOLVES_TO, first, after or None, incoming=False
    )


def _alternative_alternative_to(
    parent: strawberry.Parent["Alternative"],
    info: Info,
    first: First = 20,
    after: After = strawberry.UNSET,
) -> "AlternativeConnection":
    """Return the procedures, by id."""
    relation = model.Relation.HAS_ALTERNATIVE
    edges, page, total = _incoming_edges(info, parent, relation, first, after)
    return _alternatives(info.context.store, edges, page, total, parent.day)


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


@strawberry.type(description="A procedure and another way to treat.")
class AlternativeEdge:
    """See the description."""

    cursor: str = strawberry.field(description="Where this entry stands, for `after`.")
    node: Alternative = strawberry.field(description="The alternative.")
    procedure: Procedure = strawberry.field(description="The procedure.")
    note: str | None = strawberry.field(description="What the page remarks on it.")
    provenance: list[Provenance] = strawberry.field(description="Where the page says so.")


@strawberry.type(description="Alternatives, in pages.")
class AlternativeConnection:
    """See the description."""

    total_count: int = strawberry.field(description="How many there are in all.")
    page_info: PageInfo = strawberry.field(description="Where this page begins and ends.")
    edges: list[AlternativeEdge] = strawberry.field(description="The entries of this page.")


def _alternatives(
    store: GraphStore, edges: list[model.Edge], page: Window, total: int, day: date
) -> AlternativeConnection:
    shown = [
        AlternativeEdge(
            cursor=page.cursor(n),
            node=Alternative.of(target, day),
            procedure=Procedure.of(source, day),
            note=edge.note,
            provenance=provenance_of(edge.provenance),
        )
        for n, (edge, source, target) in enumerate(_ends(store, edges))
    ]
    return AlternativeConnection(
        total_count=total, page_info=page.page_info(len(shown), total), edges=shown
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
    return _linked_concepts(
        info, parent, model.Relation.HAS_FACET, first, after or None, incoming=True
    )


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


_TYPES: dict[model.ConceptKind, type[Concept]] = {
    model.ConceptKind.PROCEDURE: Procedure,
    model.ConceptKind.CONDITION: Condition,
    model.ConceptKind.PERSONNEL_TYPE: PersonnelType,
    model.ConceptKind.ALTERNATIVE: Alternative,
    model.ConceptKind.FACET: Facet,
}
