"""Graphs of a dozen concepts, built as the service builds its own, for tests to reason about."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time

from hypothesis import strategies as st

from service.codes import code_id, facet_id, page_document
from service.compilation import compile_snapshot
from service.graph import ConceptGraph, GraphBuilder
from service.model import (
    Concept,
    ConceptId,
    ConceptKind,
    Edge,
    Item,
    Page,
    Provenance,
    ProvenanceMethod,
    Relation,
)
from service.store.memory import MemoryStore

RELEASE = (Provenance(ProvenanceMethod.RELEASE, release="little 1"),)
DAY = date(2026, 1, 1)


def procedure(
    code: str, name: str, *, first: date | None = None, last: date | None = None
) -> Concept:
    """Return a procedure of a system that no release knows."""
    concept_id = code_id("LITTLE", code)
    return Concept(
        concept_id,
        ConceptKind.PROCEDURE,
        name,
        system="LITTLE",
        code=code,
        release="little 1",
        effective_from=first,
        effective_to=last,
    )


def condition(code: str, name: str) -> Concept:
    """Return a condition of a second system."""
    concept_id = code_id("ILLS", code)
    return Concept(concept_id, ConceptKind.CONDITION, name, system="ILLS", code=code)


def facet(axis: str, name: str) -> Concept:
    """Return the value ``name`` of ``axis``."""
    return Concept(facet_id(axis, name), ConceptKind.FACET, name, axis=axis)


def edge(
    source: Concept | ConceptId,
    relation: Relation,
    target: Concept | ConceptId,
    *,
    qualifier: str = "",
    note: str | None = None,
    provenance: tuple[Provenance, ...] = RELEASE,
) -> Edge:
    """Return an edge that a release states, where nothing else is said."""
    ends = [end.id if isinstance(end, Concept) else end for end in (source, target)]
    return Edge(ends[0], relation, ends[1], provenance, qualifier, note)


def page(concept: Concept, text: str) -> Page:
    """Return a page of ``concept`` without sections."""
    system, code = concept.system or "", concept.code or ""
    return Page(page_document(concept.id), concept.id, system, code, text, ())


def quoting(quoted: Page, words: str) -> tuple[Provenance, ...]:
    """Return the provenance of a fact that ``quoted`` states in ``words``."""
    start = quoted.text.index(words)
    return (
        Provenance(
            ProvenanceMethod.SOURCE_TEXT,
            document=quoted.document,
            quote=words,
            start=start,
            end=start + len(words),
        ),
    )


def built(items: Iterable[Item]) -> ConceptGraph:
    """Return the checked graph of ``items``."""
    builder = GraphBuilder()
    builder.add(items)
    return builder.build()


def stored(items: Iterable[Item]) -> MemoryStore:
    """Return a store of the graph of ``items``, built on ``DAY``."""
    moment = datetime.combine(DAY, time(), UTC)
    return MemoryStore(compile_snapshot(built(items), built_at=moment))


def _ends() -> list[tuple[Relation, Concept, Concept]]:
    """Return every edge that a random graph may have."""
    kinds = {
        Relation.HAS_INDICATION: (_PROCEDURES, _CONDITIONS),
        Relation.PERFORMED_BY: (_PROCEDURES, _PERSONNEL),
        Relation.HAS_ALTERNATIVE: (_PROCEDURES, _ALTERNATIVES),
        Relation.RESOLVES_TO: (_ALTERNATIVES, _PROCEDURES),
        Relation.REPLACED_BY: (_PROCEDURES, _PROCEDURES),
        Relation.HAS_FACET: (_PROCEDURES, _FACETS),
        Relation.MAPS_TO: (_CONDITIONS, _CONDITIONS),
    }
    pairs = [
        (relation, source, target)
        for relation, (sources, targets) in kinds.items()
        for source in sources
        for target in targets
    ]
    for alike in (_PROCEDURES, _CONDITIONS, _PERSONNEL, _FACETS):
        pairs += [(Relation.IS_A, a, b) for a in alike for b in alike]
    return [(relation, a, b) for relation, a, b in pairs if a is not b]


# Names of words that no rule of inflection shortens, so that a plain comparison may split them.
# 12 extends the code 1: it has the words of 1 where 1 is broader.
_PROCEDURES = [
    procedure(code, name)
    for code, name in [("1", "knee scan"), ("12", "knee film"), ("3", "lung scan"), ("4", "bone")]
]
_CONDITIONS = [
    condition(code, name)
    for code, name in [("A", "lung pain"), ("B", "knee pain"), ("C", "gout"), ("D", "pain")]
]
_PERSONNEL = [
    Concept(ConceptId(f"personnel:{name}"), ConceptKind.PERSONNEL_TYPE, name)
    for name in ("nurse", "doctor")
]
_ALTERNATIVES = [
    Concept(ConceptId(f"alternative:{name}"), ConceptKind.ALTERNATIVE, name)
    for name in ("rest", "cast")
]
_FACETS = [facet("operation", "look"), facet("approach", "open")]

CONCEPTS = [*_PROCEDURES, *_CONDITIONS, *_PERSONNEL, *_ALTERNATIVES, *_FACETS]


def random_items() -> st.SearchStrategy[list[Item]]:
    """Return a strategy of the same fourteen concepts under ever other edges, in any order."""
    edges = st.lists(st.sampled_from(_ends()), unique=True, max_size=30)
    return edges.map(lambda found: [edge(a, relation, b) for relation, a, b in found]).flatmap(
        lambda found: st.permutations([*CONCEPTS, *found])
    )
