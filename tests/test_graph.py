"""Items become one checked graph, or it is said why not."""

from dataclasses import replace

import pytest

from service.codes import code_id, phrase_id
from service.errors import GraphError
from service.graph import GraphBuilder, edges_of
from service.model import (
    CodingNote,
    CodingNoteKind,
    Concept,
    ConceptId,
    ConceptKind,
    Provenance,
    ProvenanceMethod,
    Relation,
    TitleSource,
)
from tests.little_graphs import built, condition, edge, page, procedure, quoting

SCAN = procedure("1", "Knee scan")
FILM = procedure("2", "Knee film")
GOUT = condition("C", "Gout")
PAIN = condition("D", "Pain")


def concept_of(*definitions: Concept) -> Concept:
    """Return what one id's definitions are merged into."""
    concept: Concept = built(definitions).nodes[definitions[0].id]["concept"]
    return concept


def test_the_most_authoritative_definition_names_a_concept() -> None:
    """An official title wins over a paraphrase whichever comes first; the other is a synonym."""
    own = replace(SCAN, name="Look at a knee", title_source=TitleSource.PARAPHRASE, release=None)
    official = replace(
        SCAN, title="Knee scan", title_source=TitleSource.OFFICIAL_DESCRIPTOR, billable=True
    )
    for definitions in ((own, official), (official, own)):
        merged = concept_of(*definitions)
        assert (merged.name, merged.synonyms) == ("Knee scan", ("Look at a knee",))
        assert (merged.billable, merged.release) == (True, "little 1")


def test_between_equals_the_later_definition_names_a_concept() -> None:
    """What a user brings after what ships replaces its name, and keeps the old one findable."""
    merged = concept_of(SCAN, replace(SCAN, name="Joint scan"))
    assert (merged.name, merged.synonyms) == ("Joint scan", ("Knee scan",))


def test_one_fact_from_two_sources_is_one_edge_with_both() -> None:
    """Provenance adds up, in the order of arrival, and no note is lost."""
    text = page(SCAN, "It helps with gout.")
    graph = built(
        [
            *(SCAN, GOUT, text),
            edge(SCAN, Relation.HAS_INDICATION, GOUT),
            edge(
                SCAN, Relation.HAS_INDICATION, GOUT, note="helps", provenance=quoting(text, "gout")
            ),
        ]
    )
    (found,) = edges_of(graph)
    assert [p.method for p in found.provenance] == [
        ProvenanceMethod.RELEASE,
        ProvenanceMethod.SOURCE_TEXT,
    ]
    assert found.note == "helps"


def test_a_second_page_of_a_code_replaces_the_first_with_its_edges() -> None:
    """Facts of the old page go, unless another source states them too; the new page's come."""
    shipped, brought = page(SCAN, "For gout and pain."), page(SCAN, "Now for pain. Never gout.")
    graph = built(
        [
            *(SCAN, GOUT, PAIN, shipped),
            edge(SCAN, Relation.HAS_INDICATION, GOUT, provenance=quoting(shipped, "gout")),
            edge(SCAN, Relation.HAS_INDICATION, PAIN, provenance=quoting(shipped, "pain")),
            edge(FILM, Relation.HAS_INDICATION, PAIN),
            FILM,
            brought,
            edge(SCAN, Relation.HAS_INDICATION, PAIN, provenance=quoting(brought, "pain")),
        ]
    )
    assert [(e.source, e.target) for e in edges_of(graph)] == [
        (SCAN.id, PAIN.id),
        (FILM.id, PAIN.id),
    ]
    assert graph.nodes[SCAN.id]["page"] == brought


def test_a_phrase_that_only_a_replaced_page_stated_is_gone() -> None:
    """Nobody says it any more, so nobody should find it."""
    shipped, brought = page(SCAN, "For a sore knee."), page(SCAN, "For pain.")
    sore = Concept(phrase_id("a sore knee"), ConceptKind.CONDITION, "a sore knee")
    stated = edge(SCAN, Relation.HAS_INDICATION, sore, provenance=quoting(shipped, "a sore knee"))
    assert sore.id in built([SCAN, sore, shipped, stated])
    assert sore.id not in built([SCAN, sore, shipped, stated, brought])


def test_edges_to_unknown_concepts_are_left_out_and_reported() -> None:
    """A dangling edge spoils nothing else, and a person can read which end is missing."""
    builder = GraphBuilder()
    missing = code_id("ILLS", "Z")
    builder.add(
        [
            *(SCAN, GOUT),
            edge(SCAN, Relation.HAS_INDICATION, missing),
            edge(SCAN, Relation.HAS_INDICATION, GOUT),
        ]
    )
    assert [e.target for e in edges_of(builder.build())] == [GOUT.id]
    (finding,) = builder.findings
    assert "ILLS:Z is unknown" in finding.message


def test_a_concept_that_nothing_names_is_left_out_and_reported() -> None:
    """A lifecycle file may know a code by its dates alone; a name must come from elsewhere."""
    builder = GraphBuilder()
    builder.add([replace(SCAN, name=""), FILM])
    assert list(builder.build()) == [FILM.id]
    assert [f.message.split(":")[0] for f in builder.findings] == ["nothing names LITTLE"]
    builder.add([SCAN])
    assert list(builder.build()) == [SCAN.id, FILM.id]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"start": 5}, "misquotes page:LITTLE:1"),
        ({"quote": "Gout"}, "misquotes page:LITTLE:1"),
        ({"quote": None}, "misquotes page:LITTLE:1"),
        ({"document": "page:LITTLE:9"}, "quotes page:LITTLE:9, which is not loaded"),
    ],
)
def test_a_misquote_stops_the_build(change: dict[str, object], problem: str) -> None:
    """A quote that is not in its page at its offsets is a reader's fault."""
    text = page(SCAN, "For gout.")
    (right,) = quoting(text, "gout")
    wrong: Provenance = replace(right, **change)  # type: ignore[arg-type]  # any field may be wrong
    with pytest.raises(GraphError, match=problem):
        built([SCAN, GOUT, text, edge(SCAN, Relation.HAS_INDICATION, GOUT, provenance=(wrong,))])


def test_a_fact_without_a_source_stops_the_build() -> None:
    """Nothing is in the graph that nobody said."""
    with pytest.raises(GraphError, match="has no source"):
        built([SCAN, GOUT, edge(SCAN, Relation.HAS_INDICATION, GOUT, provenance=())])


def test_notes_point_at_known_concepts_only() -> None:
    """A coding note becomes edges to the concepts it names, and keeps its words on the node."""
    targets = (PAIN.id, ConceptId("ILLS:Z"), GOUT.id)
    note = CodingNote(GOUT.id, CodingNoteKind.EXCLUDES1, "pain (D), rest (Z)", targets)
    graph = built([GOUT, PAIN, note])
    (found,) = edges_of(graph)
    assert (found.target, found.qualifier, found.note) == (PAIN.id, "EXCLUDES1", note.text)
    assert graph.nodes[GOUT.id]["notes"][0].targets == (PAIN.id, GOUT.id)


def test_edges_keep_the_order_of_their_page_under_each_relation() -> None:
    """That two relations reach the same targets does not change the order within either."""
    text = page(SCAN, "First film, then cast. Or rather cast, then film.")
    cast = Concept(ConceptId("alternative:cast"), ConceptKind.ALTERNATIVE, "Cast")

    graph = built(
        [
            *(SCAN, FILM, cast, text),
            edge(SCAN, Relation.HAS_ALTERNATIVE, cast, provenance=quoting(text, "then cast")),
            edge(SCAN, Relation.HAS_ALTERNATIVE, FILM, provenance=quoting(text, "First film")),
            edge(SCAN, Relation.MAPS_TO, FILM, provenance=quoting(text, "then film")),
            edge(SCAN, Relation.MAPS_TO, cast, provenance=quoting(text, "rather cast")),
        ]
    )
    assert [(e.relation, e.target) for e in edges_of(graph)] == [
        (Relation.HAS_ALTERNATIVE, FILM.id),
        (Relation.HAS_ALTERNATIVE, cast.id),
        (Relation.MAPS_TO, cast.id),
        (Relation.MAPS_TO, FILM.id),
    ]
