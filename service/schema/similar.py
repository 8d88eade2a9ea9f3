"""Similar concepts and the reasons why, as the API shows them."""

from datetime import date

import strawberry

from service import model, similarity
from service.codes import canonical_system
from service.schema import enums
from service.schema.concepts import (
    After,
    Concept,
    First,
    IncludeRetired,
    MinScore,
    Systems,
    Via,
    concept_of,
    window_of,
)
from service.schema.connections import PageInfo, Window
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
    found = similarity.similar_page(
        store,
        record.id,
        day=day,
        selection=selection,
        via=via,
        min_score=min_score or 0.0,
        offset=page.offset,
        limit=page.limit,
    )
    records = store.concepts_at([match.number for match in found.matches])
    why = similarity.explain_matches(store, record.id, found.matches)
    return SimilarConnection(
        total_count=found.total,
        page_info=page.page_info(len(records), found.total),
        edges=[
            SimilarEdge(
                cursor=page.cursor(n),
                node=concept_of(similar, day),
                score=explanation.score,
                why=reasons_of(store, explanation, day),
            )
            for n, (similar, explanation) in enumerate(zip(records, why, strict=True))
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
    name = f"{parent.id}.similar.{selection}.{via or None}.{min_score}"
    page = window_of(info, name, first, after)
    return _similar(info, parent, page, min_score, selection, via or None)
