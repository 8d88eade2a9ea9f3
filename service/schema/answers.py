"""What questions about the whole graph are answered with: misses, hits, paths, annotations."""

from collections import Counter
from datetime import date
from typing import Annotated

import strawberry

from service import model
from service.schema import enums
from service.schema.concepts import Concept, First
from service.schema.connections import Connection, Placed, window
from service.schema.context import Info
from service.schema.lifecycles import CodeReference
from service.schema.pages import Provenance, provenance_of
from service.schema.similar import SimilarityReason
from service.schema.types import Condition, Procedure, procedures_for
from service.search import Found
from service.traversal import Step

__all__ = [
    "Annotation",
    "CodeMiss",
    "CodeResult",
    "CodeSystem",
    "FacetBucket",
    "GraphInfo",
    "Hop",
    "Path",
    "SearchConnection",
    "SearchEdge",
    "SearchFacets",
    "SimilarityExplanation",
    "Subgraph",
]


@strawberry.type(description="Why a code was not found, and what to ask for instead.")
class CodeMiss:
    """See the description."""

    ref: CodeReference = strawberry.field(description="What was asked for, as it was written.")
    reason: enums.MissReason = strawberry.field(description="Why it was not found.")
    message: str = strawberry.field(
        description="Plain words for a person: what is wrong and what to ask for instead."
    )
    found_in_systems: list[str] = strawberry.field(
        description="Other loaded code systems that have this code."
    )
    suggestions: list[Concept] = strawberry.field(description="What may be meant, best first.")


CodeResult = Annotated[
    Procedure | Condition | CodeMiss,
    strawberry.union("CodeResult", description="A code's concept, or why there is none."),
]


@strawberry.type(description="How many hits have a value.")
class FacetBucket:
    """See the description."""

    value: str = strawberry.field(description="The value.")
    count: int = strawberry.field(description="How many hits have it.")


@strawberry.type(description="All hits counted by system, kind and state, the largest first.")
class SearchFacets:
    """See the description."""

    system: list[FacetBucket] = strawberry.field(
        description="By code system; “(none)” for hits that belong to none."
    )
    kind: list[FacetBucket] = strawberry.field(description="By kind.")
    state: list[FacetBucket] = strawberry.field(description="By lifecycle state.")


@strawberry.type(description="A concept that was found.")
class SearchEdge(Placed):
    """See the description."""

    node: Concept = strawberry.field(description="The concept.")
    score: float = strawberry.field(description="How well it answers the text, 0..1.")
    matched_on: enums.MatchField = strawberry.field(description="What of it the text met.")
    matched_text: str = strawberry.field(description="The code or name that the text met.")
    edit_distance: int = strawberry.field(
        description="How many letters had to be changed to meet it."
    )


_NO_SYSTEM = "(none)"
"""The bucket of hits that belong to no code system."""


def _facets(parent: strawberry.Parent["SearchConnection"], info: Info) -> SearchFacets:
    """Count all hits, which nobody pays for who does not ask."""
    store, groups = info.context.store, parent.found.groups()
    systems: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    states: Counter[str] = Counter()
    examples = store.concepts_at(store.search_engine.index.examples[list(groups)])
    for concept, count in zip(examples, groups.values(), strict=True):
        systems[concept.system or _NO_SYSTEM] += count
        kinds[concept.kind.value] += count
        states[concept.state_on(parent.day).value] += count
    return SearchFacets(system=_buckets(systems), kind=_buckets(kinds), state=_buckets(states))


def _buckets(counts: dict[str, int]) -> list[FacetBucket]:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [FacetBucket(value=value, count=count) for value, count in ranked if count]


@strawberry.type(description="What a text found, best first, in pages.")
class SearchConnection(Connection):
    """See the description."""

    found: strawberry.Private[Found]
    day: strawberry.Private[date]

    edges: list[SearchEdge] = strawberry.field(description="The entries of this page.")
    facets: SearchFacets = strawberry.field(resolver=_facets, description="All hits, counted.")
    did_you_mean: str | None = strawberry.field(
        description="The text as it was corrected; null where it was taken as it is."
    )


@strawberry.type(description="Why two concepts are alike; a score of 0 has no reasons.")
class SimilarityExplanation:
    """See the description."""

    a: Concept = strawberry.field(description="The one.")
    b: Concept = strawberry.field(description="The other.")
    score: float = strawberry.field(description="How similar, 0..1.")
    why: list[SimilarityReason] = strawberry.field(description="Why, the strongest reason first.")


@strawberry.type(description="One step along an edge.")
class Hop:
    """See the description."""

    from_: Concept = strawberry.field(name="from", description="Where the step begins.")
    relation: enums.Relation = strawberry.field(description="What the edge says.")
    forward: bool = strawberry.field(
        description="Whether the step follows the edge; false where it goes against it."
    )
    to: Concept = strawberry.field(description="Where the step ends.")
    provenance: list[Provenance] = strawberry.field(description="Who says so.")


@strawberry.type(description="A way through the graph.")
class Path:
    """See the description."""

    length: int = strawberry.field(description="How many steps.")
    hops: list[Hop] = strawberry.field(description="The steps, in order.")


@strawberry.type(description="What lies around a concept.")
class Subgraph:
    """See the description."""

    nodes: list[Concept] = strawberry.field(description="The concepts, nearest first.")
    hops: list[Hop] = strawberry.field(description="The edges between them.")
    truncated: bool = strawberry.field(description="Whether there was more than was asked for.")


def _annotation_procedures(
    parent: strawberry.Parent["Annotation"], info: Info, first: First = 5
) -> list[Procedure]:
    """Return the codes that an alternative stands for, or procedures indicated for a condition."""
    page = window(first, None, list_name="", data_version="")
    return procedures_for(info.context.store, parent.record, page.limit, info.context.today)


@strawberry.type(description="A concept that a text names. Offsets are code points.")
class Annotation:
    """See the description."""

    record: strawberry.Private[model.Concept]

    start: int = strawberry.field(description="Where the words begin.")
    end: int = strawberry.field(description="Where the words end, exclusive.")
    text: str = strawberry.field(description="The words.")
    concept: Concept = strawberry.field(description="The concept that they name.")
    confidence: float = strawberry.field(description="How sure this is, 0..1.")
    negated: bool = strawberry.field(description="Whether the text denies or declines it.")
    procedures: list[Procedure] = strawberry.field(
        resolver=_annotation_procedures,
        description="Procedures for it: what an alternative stands for, or what is indicated.",
    )


@strawberry.type(description="A code system as loaded.")
class CodeSystem:
    """See the description."""

    name: str = strawberry.field(description="Its short name, e.g. `ICD10CM`.")
    title: str = strawberry.field(description="Its full name.")
    release: str | None = strawberry.field(description="The release that is loaded.")
    license: str | None = strawberry.field(description="The licence of its content.")
    source: str | None = strawberry.field(description="Where it was read from.")
    concept_count: int = strawberry.field(description="How many of its concepts are loaded.")


@strawberry.type(description="What is loaded.")
class GraphInfo:
    """See the description."""

    data_version: str = strawberry.field(
        description="A hash of the content: the same data have the same version on any machine."
    )
    node_count: int = strawberry.field(description="How many concepts.")
    edge_count: int = strawberry.field(description="How many edges.")
    built_at: str = strawberry.field(description="When the snapshot was built, ISO 8601.")
    loaded_at: str = strawberry.field(description="When this service loaded it, ISO 8601.")
    code_systems: list[CodeSystem] = strawberry.field(description="The code systems, by name.")


def hop_of(step: Step, start: Concept, end: Concept) -> Hop:
    """Return a step as the API shows it."""
    return Hop(
        from_=start,
        relation=step.edge.relation,
        forward=step.forward,
        to=end,
        provenance=provenance_of(step.edge.provenance),
    )
