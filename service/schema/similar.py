"""Similar concepts and the reasons why, as the API shows them."""

from collections.abc import Sequence
from datetime import date

import strawberry

from service import model, similarity
from service.codes import canonical_system
from service.schema import enums
from service.schema.concepts import (
    After,
    Concept,
    DatedConnection,
    DatedPlace,
    First,
    IncludeRetired,
    MinScore,
    Systems,
    Via,
    concept_of,
    window_of,
)
from service.schema.context import Info
from service.store.base import GraphStore, Selection


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


def _similar_node(parent: strawberry.Parent["SimilarEdge"], info: Info) -> Concept:
    (record,) = info.context.store.concepts_at([parent.match.number])
    return concept_of(record, parent.day)


def _similar_score(parent: strawberry.Parent["SimilarEdge"]) -> float:
    return parent.match.score


def _similar_why(parent: strawberry.Parent["SimilarEdge"], info: Info) -> list[SimilarityReason]:
    store = info.context.store
    other = store.concepts_at([parent.match.number])[0]
    reasons = info.context.teller.reasons((parent.owner, other), parent.match)
    return reasons_of(store, reasons, parent.day)


@strawberry.type(
    description="`score` is 0..1, symmetric, and the sum of the reasons' contributions."
)
class SimilarEdge(DatedPlace):
    """See the description."""

    owner: strawberry.Private[model.Concept]
    match: strawberry.Private[similarity.Match]

    node: Concept = strawberry.field(resolver=_similar_node, description="The similar concept.")
    score: float = strawberry.field(resolver=_similar_score, description="How similar, 0..1.")
    why: list[SimilarityReason] = strawberry.field(
        resolver=_similar_why, description="Why, the strongest reason first."
    )


def _similar_edges(parent: strawberry.Parent["SimilarConnection"]) -> list[SimilarEdge]:
    return [
        SimilarEdge(page=parent.page, place=n, day=parent.day, owner=parent.owner, match=match)
        for n, match in enumerate(parent.matches)
    ]


@strawberry.type(description="Similar concepts, best first, in pages.")
class SimilarConnection(DatedConnection):
    """See the description."""

    owner: strawberry.Private[model.Concept]
    matches: strawberry.Private[tuple[similarity.Match, ...]]

    edges: list[SimilarEdge] = strawberry.field(
        resolver=_similar_edges, description="The entries of this page."
    )


def reasons_of(
    store: GraphStore, reasons: Sequence[similarity.Reason], day: date
) -> list[SimilarityReason]:
    """Return reasons as the API shows them."""
    shared = store.concepts([reason.shared or "" for reason in reasons])
    return [
        SimilarityReason(
            relation=reason.relation,
            shared=concept_of(record, day) if record is not None else None,
            information_content=reason.content,
            contribution=reason.contribution,
            explanation=reason.explanation,
        )
        for reason, record in zip(reasons, shared, strict=True)
    ]


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
    store, record, day = info.context.store, parent.record, parent.day
    selection = Selection(
        systems=tuple(map(canonical_system, systems)) if systems else None,
        include_retired=bool(include_retired),
    )
    name = f"{parent.id}.similar.{selection}.{via or None}.{min_score}"
    page = window_of(info, name, first, after)
    found = similarity.similar_page(
        store,
        record.id,
        day=day,
        selection=selection,
        via=via or None,
        min_score=min_score or 0.0,
        offset=page.offset,
        limit=page.limit,
    )
    return SimilarConnection(
        page=page,
        length=len(found.matches),
        total_count=found.total,
        day=day,
        owner=record,
        matches=found.matches,
    )
