"""Concepts, as all of the API sees them: the interfaces, lists of them, their hierarchy."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Self

import strawberry

from service import model
from service.codes import canonical_system
from service.schema import enums
from service.schema.connections import Connection, Placed, Window, window
from service.schema.context import Info
from service.schema.pages import Provenance, provenance_of
from service.store.base import GraphStore

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

    @property
    def same_as(self) -> tuple[str, date]:
        """What tells this from all other concepts: equal values mean equal answers."""
        return self.record.id, self.day

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


TYPE_OF_KIND: dict[model.ConceptKind, "type[Concept]"] = {}
"""The type of each kind; ``service.schema.types`` fills it, whose types refer to each other."""


def concept_of(record: model.Concept, day: date) -> Concept:
    """Return ``record`` as the type of its kind."""
    return TYPE_OF_KIND[record.kind].of(record, day)


def concepts_of(store: GraphStore, ids: list[model.ConceptId], day: date) -> list[Concept]:
    """Return the concepts with ``ids``, in order."""
    return [concept_of(record, day) for record in store.concepts(ids) if record is not None]


def window_of(info: Info, owner: Concept | str, first: int | None, after: str | None) -> Window:
    """Return the page asked for of the list that ``owner`` has under the field being resolved."""
    name = owner if isinstance(owner, str) else f"{owner.id}.{info.field_name}"
    return window(first, after, list_name=name, data_version=info.context.store.data_version)


def record_of(info: Info, concept_id: model.ConceptId) -> model.Concept:
    """Return a concept that an edge of the graph names: a checked graph has it."""
    (record,) = info.context.store.concepts([concept_id])
    if record is None:
        raise LookupError(concept_id)
    return record


@strawberry.type
class DatedPlace(Placed):
    """An entry of a list whose states are those of ``day``."""

    day: strawberry.Private[date]

    @property
    def same_as(self) -> tuple[str, int, date]:
        """What tells this from all other entries of its kind: its list, its place, the day."""
        return self.page.list_name, self.page.offset + self.place, self.day


@strawberry.type
class DatedConnection(Connection):
    """A page of a list whose states are those of ``day``."""

    day: strawberry.Private[date]

    @property
    def same_as(self) -> tuple[str, int, int, date]:
        """What tells this from all other pages of its kind, however many entries were asked for."""
        return self.page.list_name, self.page.offset, self.length, self.day


@strawberry.type
class LinkedConnection(DatedConnection):
    """A page of edges of the graph, from one concept or, ``incoming``, to it.

    The edges themselves are read when they are asked for: often what they look like is kept.
    """

    incoming: strawberry.Private[bool]
    links: strawberry.Private[Callable[[], list[model.Edge]]]

    @classmethod
    def of(
        cls,
        info: Info,
        owner: Concept,
        relation: model.Relation,
        first: int | None,
        after: str | None,
        *,
        incoming: bool = False,
    ) -> Self:
        """Return the page asked for of ``owner``'s edges of ``relation``."""
        store, page = info.context.store, window_of(info, owner, first, after)
        ids = [owner.record.id]
        total = store.edge_counts(ids, relation, incoming=incoming)[0]
        return cls(
            page=page,
            length=max(0, min(page.limit, total - page.offset)),
            total_count=total,
            day=owner.day,
            incoming=incoming,
            links=lambda: store.edges(
                ids, relation, incoming=incoming, offset=page.offset, limit=page.limit
            )[0],
        )


def _concept_edge_node(parent: strawberry.Parent["ConceptEdge"], info: Info) -> Concept:
    return concept_of(record_of(info, parent.concept_id), parent.day)


@strawberry.type(description="A place in a list of concepts.")
class ConceptEdge(DatedPlace):
    """See the description."""

    concept_id: strawberry.Private[model.ConceptId]

    node: Concept = strawberry.field(resolver=_concept_edge_node, description="The concept.")


def _concept_edges(parent: strawberry.Parent["ConceptConnection"]) -> list[ConceptEdge]:
    ids = [edge.source if parent.incoming else edge.target for edge in parent.links()]
    return [
        ConceptEdge(page=parent.page, place=n, day=parent.day, concept_id=concept_id)
        for n, concept_id in enumerate(ids)
    ]


@strawberry.type(description="A list of concepts, in pages.")
class ConceptConnection(LinkedConnection):
    """See the description."""

    edges: list[ConceptEdge] = strawberry.field(
        resolver=_concept_edges, description="The entries of this page."
    )


def _parents(info: Info, owner: Concept) -> list[Concept]:
    edges = info.context.store.edges([owner.record.id], model.Relation.IS_A)[0]
    return concepts_of(info.context.store, [edge.target for edge in edges], owner.day)


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
    return ConceptConnection.of(info, parent, model.Relation.IS_A, first, after, incoming=True)


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


def mappings_of(
    parent: strawberry.Parent[Concept], info: Info, systems: Systems = strawberry.UNSET
) -> list[Mapping]:
    """Return the concepts of other code systems that this one maps to."""
    return _mappings(info, parent, list(map(canonical_system, systems)) if systems else None)
