"""What replaces a retired code: one-of choices, and where their chains end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from service.model import Concept, ConceptId, Edge, LifecycleState, Provenance, Relation
from service.store.base import GraphStore

__all__ = ["Choice", "active_successors", "replacement_choices"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One replacement among alternatives: all of its codes are needed together."""

    all_of: tuple[ConceptId, ...]
    condition: str | None
    provenance: tuple[Provenance, ...]


def replacement_choices(store: GraphStore, concept_id: ConceptId) -> list[Choice]:
    """Return the choices that replace ``concept_id``, in the order that their source numbers."""
    edges = store.edges([concept_id], Relation.REPLACED_BY)[0]
    numbers = dict.fromkeys(edge.qualifier for edge in edges)
    return [_choice([e for e in edges if e.qualifier == number]) for number in numbers]


def _choice(edges: Sequence[Edge]) -> Choice:
    return Choice(
        tuple(edge.target for edge in edges),
        next((edge.note for edge in edges if edge.note), None),
        tuple(dict.fromkeys(p for edge in edges for p in edge.provenance)),
    )


def active_successors(store: GraphStore, concept_id: ConceptId, *, day: date) -> list[Concept]:
    """Return the codes that are active on ``day`` at the end of the chains of replacements.

    In the order in which the chains reach them, each once. A cycle ends where it closes.
    """
    seen = {concept_id: None}
    queue = [concept_id]
    found: list[Concept] = []
    for retired in queue:
        targets = [edge.target for edge in store.edges([retired], Relation.REPLACED_BY)[0]]
        for concept in store.concepts(targets):
            if concept is None or concept.id in seen:
                continue
            seen[concept.id] = None
            if concept.state_on(day) is LifecycleState.ACTIVE:
                found.append(concept)
            else:
                queue.append(concept.id)
    return found
