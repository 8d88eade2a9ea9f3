"""The questions that can be asked: each resolver fetches, converts and returns."""

from datetime import date
from typing import Annotated

import strawberry
from strawberry.schema.config import StrawberryConfig

from service import linking, lookup, model, similarity, traversal
from service.codes import canonical_system
from service.errors import BadUserInputError
from service.schema import answers, enums
from service.schema.answers import hop_of
from service.schema.concepts import After, Concept, First, IncludeRetired, Node, Systems, concept_of
from service.schema.connections import PAGE_LIMIT, window
from service.schema.context import Info
from service.schema.lifecycles import CodeReference
from service.schema.similar import reasons_of
from service.schema.types import Alternative, Condition, Facet, PersonnelType, Procedure
from service.search import search
from service.store.base import Selection

__all__ = ["create_schema"]

MAX_REFS = 1_000
MAX_HOPS = 6
MAX_DEPTH = 4
MAX_NODES = 1_000
MAX_TEXT = 16_384


@strawberry.input(description="A code, as a person writes it: case, blanks and dots do not matter.")
class CodeRef:
    """See the description."""

    system: str = strawberry.field(description="The code system, e.g. `ICD10CM` or `ICD-10-CM`.")
    code: str = strawberry.field(description="The code, e.g. `F32.A` or `f32a`.")


AsOf = Annotated[
    date | None,
    strawberry.argument(description="The day on which the code is to be used; today by default."),
]
Kinds = Annotated[
    list[enums.ConceptKind] | None, strawberry.argument(description="Only these kinds.")
]
Relations = Annotated[
    list[enums.Relation] | None, strawberry.argument(description="Only along these relations.")
]
Id = Annotated[strawberry.ID, strawberry.argument(description="The id of a concept.")]


def _result(found: model.Concept | lookup.CodeMiss, day: date) -> answers.CodeResult:
    if isinstance(found, model.Concept):
        is_procedure = found.kind is model.ConceptKind.PROCEDURE
        return Procedure.of(found, day) if is_procedure else Condition.of(found, day)
    return answers.CodeMiss(
        ref=CodeReference(system=found.system, code=found.code),
        reason=found.reason,
        message=found.message,
        found_in_systems=list(found.found_in),
        suggestions=[concept_of(record, day) for record in found.suggestions],
    )


def code(
    info: Info,
    ref: Annotated[CodeRef, strawberry.argument(description="The code to look up.")],
    as_of: AsOf = strawberry.UNSET,
) -> answers.CodeResult:
    """Return the concept of a code, or why there is none."""
    day = as_of or None
    found = lookup.look_up(info.context.store, ref.system, ref.code, as_of=day)
    return _result(found, day or info.context.today)


def codes(
    info: Info,
    refs: Annotated[list[CodeRef], strawberry.argument(description="At most 1,000 codes.")],
    as_of: AsOf = strawberry.UNSET,
) -> list[answers.CodeResult]:
    """Return one result for each ref."""
    if len(refs) > MAX_REFS:
        raise BadUserInputError(f"refs has {len(refs)} entries; at most {MAX_REFS} are answered")
    day = as_of or None
    pairs = [(ref.system, ref.code) for ref in refs]
    found = lookup.look_up_all(info.context.store, pairs, as_of=day)
    return [_result(one, day or info.context.today) for one in found]


def node(info: Info, id: Id) -> Node | None:  # noqa: A002  the contract's name
    """Return the concept with an id."""
    return nodes(info, [id])[0]


def nodes(
    info: Info,
    ids: Annotated[list[strawberry.ID], strawberry.argument(description="At most 1,000 ids.")],
) -> list[Node | None]:
    """Return the concepts with ids, in order."""
    if len(ids) > MAX_REFS:
        raise BadUserInputError(f"ids has {len(ids)} entries; at most {MAX_REFS} are answered")
    today = info.context.today
    return [concept_of(c, today) if c else None for c in info.context.store.concepts(ids)]


def search_codes(
    info: Info,
    text: Annotated[str, strawberry.argument(description="Codes, names or words; plain text.")],
    kinds: Kinds = strawberry.UNSET,
    systems: Systems = strawberry.UNSET,
    include_retired: IncludeRetired = True,
    first: First = 10,
    after: After = strawberry.UNSET,
) -> answers.SearchConnection:
    """Return what a text finds."""
    store, today = info.context.store, info.context.today
    selection = Selection(
        kinds=tuple(kinds) if kinds else None,
        systems=tuple(map(canonical_system, systems)) if systems else None,
        include_retired=include_retired is not False,
    )
    list_name = f"search.{selection}.{text}"
    page = window(first, after, list_name=list_name, data_version=store.data_version)
    found = search(store, text, selection=selection, day=today)
    hits = found.hits(page.offset, page.limit)
    return answers.SearchConnection(
        page=page,
        length=len(hits),
        found=found,
        day=today,
        total_count=found.total,
        edges=[
            answers.SearchEdge(
                page=page,
                place=n,
                node=concept_of(hit.concept, today),
                score=hit.score,
                matched_on=hit.matched_on,
                matched_text=hit.matched_text,
                edit_distance=hit.edit_distance,
            )
            for n, hit in enumerate(hits)
        ],
        did_you_mean=found.corrected,
    )


def explain_similarity(info: Info, a: Id, b: Id) -> answers.SimilarityExplanation | None:
    """Return why two concepts are alike."""
    store, today = info.context.store, info.context.today
    pair = store.concepts([a, b])
    if pair[0] is None or pair[1] is None:
        return None
    explanation = similarity.explain(store, pair[0].id, pair[1].id)
    if explanation is None:
        return None
    return answers.SimilarityExplanation(
        a=concept_of(pair[0], today),
        b=concept_of(pair[1], today),
        score=explanation.score,
        why=reasons_of(store, explanation.reasons, today),
    )


def _bounded(name: str, value: int | None, least: int, most: int) -> int:
    if value is None or not least <= value <= most:
        raise BadUserInputError(f"{name} must be {least} to {most}")
    return value


def paths(
    info: Info,
    from_: Annotated[strawberry.ID, strawberry.argument(name="from", description="The start.")],
    to: Annotated[strawberry.ID, strawberry.argument(description="The end.")],
    relations: Relations = strawberry.UNSET,
    max_hops: Annotated[int | None, strawberry.argument(description="1 to 6.")] = 4,
    first: First = 3,
) -> list[answers.Path]:
    """Return the shortest paths between two concepts."""
    store = info.context.store
    found = traversal.shortest_paths(
        store,
        model.ConceptId(from_),
        model.ConceptId(to),
        relations=relations or None,
        max_hops=_bounded("maxHops", max_hops, 1, MAX_HOPS),
        limit=_bounded("first", first, 0, PAGE_LIMIT),
    )
    return [answers.Path(length=len(path), hops=_hops(info, path)) for path in found]


def _hops(info: Info, steps: list[traversal.Step]) -> list[answers.Hop]:
    store, today = info.context.store, info.context.today
    starts = store.concepts([step.start for step in steps])
    ends = store.concepts([step.end for step in steps])
    return [
        hop_of(step, concept_of(start, today), concept_of(end, today))
        for step, start, end in zip(steps, starts, ends, strict=True)
        if start is not None and end is not None
    ]


def neighborhood(
    info: Info,
    id: Id,  # noqa: A002  the contract's name
    depth: Annotated[int | None, strawberry.argument(description="1 to 4.")] = 1,
    relations: Relations = strawberry.UNSET,
    max_nodes: Annotated[int | None, strawberry.argument(description="1 to 1,000.")] = 200,
) -> answers.Subgraph:
    """Return what lies around a concept."""
    store, today = info.context.store, info.context.today
    walked = traversal.neighborhood(
        store,
        model.ConceptId(id),
        depth=_bounded("depth", depth, 1, MAX_DEPTH),
        relations=relations or None,
        max_nodes=_bounded("maxNodes", max_nodes, 1, MAX_NODES),
    )
    if walked is None:
        return answers.Subgraph(nodes=[], hops=[], truncated=False)
    records = store.concepts(walked.concepts)
    return answers.Subgraph(
        nodes=[concept_of(record, today) for record in records if record is not None],
        hops=_hops(info, [traversal.Step(edge, forward=True) for edge in walked.edges]),
        truncated=walked.truncated,
    )


_ANNOTATED_KINDS = (
    model.ConceptKind.CONDITION,
    model.ConceptKind.ALTERNATIVE,
    model.ConceptKind.PERSONNEL_TYPE,
    model.ConceptKind.PROCEDURE,
)


def annotate(
    info: Info,
    text: Annotated[str, strawberry.argument(description="Free text, at most 16,384 characters.")],
    kinds: Kinds = strawberry.UNSET,
) -> list[answers.Annotation]:
    """Return the concepts that a text names."""
    if len(text) > MAX_TEXT:
        raise BadUserInputError(f"text has more than {MAX_TEXT} characters")
    store, today = info.context.store, info.context.today
    wanted = tuple(kinds) if kinds else _ANNOTATED_KINDS
    links = linking.link(text, store.names, kinds=wanted)
    records = store.concepts_at([link.bearer for link in links])
    return [
        answers.Annotation(
            record=record,
            start=link.start,
            end=link.end,
            text=text[link.start : link.end],
            concept=concept_of(record, today),
            confidence=link.confidence,
            negated=link.negated,
        )
        for link, record in zip(links, records, strict=True)
    ]


def graph(info: Info) -> answers.GraphInfo:
    """Return what is loaded."""
    store, today = info.context.store, info.context.today
    return answers.GraphInfo(
        data_version=store.data_version,
        node_count=store.node_count,
        edge_count=store.edge_count,
        built_at=store.built_at,
        loaded_at=info.context.loaded_at,
        code_systems=[
            answers.CodeSystem(
                name=system.name,
                title=system.title,
                release=system.release,
                license=system.license,
                source=system.source,
                concept_count=store.selected_count(Selection(systems=(system.name,)), day=today),
            )
            for system in store.code_systems
        ],
    )


@strawberry.type(description="Questions to the knowledge graph of medical codes.")
class Query:
    """See the description."""

    code: answers.CodeResult = strawberry.field(
        resolver=code, description="A code's concept with its whole page, or why there is none."
    )
    codes: list[answers.CodeResult] = strawberry.field(
        resolver=codes,
        description="One result per ref, in order, duplicates kept; at most 1,000.",
    )
    node: Node | None = strawberry.field(resolver=node, description="The concept with an id.")
    nodes: list[Node | None] = strawberry.field(
        resolver=nodes, description="The concepts with ids, in order; null for unknown ids."
    )
    search: answers.SearchConnection = strawberry.field(
        resolver=search_codes,
        description="Codes, whole names, all words, the beginning of the last word: best first.",
    )
    explain_similarity: answers.SimilarityExplanation | None = strawberry.field(
        resolver=explain_similarity,
        description="Why two concepts are alike; null where an id is unknown.",
    )
    paths: list[answers.Path] = strawberry.field(
        resolver=paths, description="The shortest paths between two concepts, if any."
    )
    neighborhood: answers.Subgraph = strawberry.field(
        resolver=neighborhood, description="What lies around a concept, the nearest first."
    )
    annotate: list[answers.Annotation] = strawberry.field(
        resolver=annotate, description="The concepts that a text names, in its order."
    )
    graph: answers.GraphInfo = strawberry.field(resolver=graph, description="What is loaded.")


def create_schema() -> strawberry.Schema:
    """Return the schema of the service."""
    return strawberry.Schema(
        query=Query,
        types=[Procedure, Condition, PersonnelType, Alternative, Facet, Concept],
        config=StrawberryConfig(auto_camel_case=True),
    )
