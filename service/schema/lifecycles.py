"""When a code may be used, and what follows it, as the API shows it."""

from datetime import date

import strawberry

from service import lifecycle, model
from service.schema import enums
from service.schema.concepts import Concept, concept_of
from service.schema.context import Info
from service.schema.pages import Provenance, provenance_of


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


def lifecycle_of(parent: strawberry.Parent[Concept]) -> Lifecycle:
    """Return when the code may be used."""
    return _lifecycle(parent)
