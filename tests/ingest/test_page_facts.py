"""Names, facts and relations read out of a page's sections."""

from pathlib import Path

import pytest

from service.codes import code_id
from service.ingest.page_durations import minutes
from service.ingest.page_facts import read_facts
from service.ingest.page_grammar import read_outline
from service.ingest.page_names import Names, read_names
from service.ingest.page_personnel import Performer, read_performers
from service.ingest.page_relations import Relations, read_relations
from service.model import Concept, Edge, PageFacts, Relation, Span

PAGES = Path(__file__).parents[1] / "data" / "pages"
CIRCLE = (PAGES / "CPT4-90853.txt").read_text(encoding="utf-8")
BANDAGE = (PAGES / "HCPCS-A9001.txt").read_text(encoding="utf-8")


def facts_of(text: str) -> PageFacts:
    """Return the facts of a page."""
    return read_facts(text, read_outline(text))


def names_of(text: str, *, system: str = "CPT4", code: str = "90853") -> Names:
    """Return the names on a page."""
    return read_names(text, read_outline(text), system=system, code=code)


def relations_of(text: str) -> Relations:
    """Return the relations of a page of CPT4 90853."""
    concept_id = code_id("CPT4", "90853")
    return read_relations(text, read_outline(text), concept_id=concept_id, document="page:x")


def stated(text: str, relation: Relation) -> list[tuple[Concept, Edge]]:
    """Return the targets and edges of one relation."""
    relations = relations_of(text)
    edges = [edge for edge in relations.edges() if edge.relation is relation]
    return [(relations.concepts[edge.target], edge) for edge in edges]


def names_stated(text: str, relation: Relation) -> list[str]:
    """Return the names of the targets of one relation."""
    return [concept.name for concept, _ in stated(text, relation)]


def texts(spans: tuple[Span, ...]) -> list[str]:
    """Return the texts of spans."""
    return [span.text for span in spans]


def test_a_page_gives_its_steps_and_not_the_remarks_after_them() -> None:
    """A step with nested bullets is one step; the tools line is none."""
    steps = texts(facts_of(CIRCLE).steps)
    assert len(steps) == 3
    assert steps[0] == "Everyone says hello."


def test_tools_and_anesthesia_are_read_from_a_line() -> None:
    """An adjective's comma parts nothing; the final period is left out."""
    facts = facts_of(CIRCLE)
    assert texts(facts.tools) == ["A round, sturdy table", "some paper cups"]
    assert facts.anesthesia is not None
    assert facts.anesthesia.text == "None needed"


def test_tools_and_anesthesia_are_read_from_the_last_bullets() -> None:
    """They carry labels and are no steps, so the steps are numbered without them."""
    facts = facts_of(
        "CPT4 code\nProcedure Description\n- Position: Lie down.\n- Look: Aim well.\n"
        "- Tools/Equipment: Lamp, lens, cloth.\n- Anesthesia/Sedation: Seldom needed.\n"
    )
    assert texts(facts.steps) == ["Position: Lie down.", "Look: Aim well."]
    assert texts(facts.tools) == ["Lamp", "lens", "cloth"]
    assert facts.anesthesia is not None
    assert facts.anesthesia.text == "Seldom needed"


def test_tools_and_anesthesia_are_read_from_a_list_under_a_label() -> None:
    """A bullet in it that speaks of anesthesia is no tool."""
    facts = facts_of(BANDAGE)
    assert texts(facts.tools) == ["Bandage", "Clip"]
    assert facts.anesthesia is not None
    assert facts.anesthesia.text == "No anesthesia is required"
    assert texts(facts.steps) == ["Start below the joint.", "Wrap upwards."]


def test_tools_glued_to_the_last_step_are_cut_off_it() -> None:
    """A label after the end of a sentence begins a remark."""
    facts = facts_of("CPT4 code\nProcedure Description\n1. Cut.\n2. Sew. Tools: Thread.\n")
    assert texts(facts.steps) == ["Cut.", "Sew."]
    assert texts(facts.tools) == ["Thread"]


def test_a_step_called_sedation_is_a_step() -> None:
    """Only a remark at the end, or one with both words, is about anesthesia in general."""
    text = "CPT4 code\nProcedure Description\n- Sedation: A drug is given.\n- Look: In.\n"
    facts = facts_of(text)
    assert len(facts.steps) == 2
    assert facts.anesthesia is None


def test_a_paragraph_gives_its_sentences_as_preparation() -> None:
    """Abbreviations end no sentence."""
    facts = facts_of("CPT4 code\nPreparation\nEat little, e.g. Toast. Call Dr. Who first.\n")
    assert texts(facts.preparation) == ["Eat little, e.g. Toast.", "Call Dr. Who first."]


def test_a_lone_bullet_is_read_without_its_marker() -> None:
    """A section of one bullet is that bullet's text; several are the whole section."""
    assert facts_of("CPT4 code\nRecovery\n- Quick.\n").recovery == Span("Quick.", 21, 27)
    several = facts_of("CPT4 code\nRecovery\n- Quick.\n- Easy.\n").recovery
    assert several is not None
    assert several.text == "- Quick.\n- Easy."


@pytest.mark.parametrize(
    ("setting", "places"),
    [
        ("School or community center.", ["School", "community center"]),
        ("It is usually done in a hospital, clinic, or at home.", ["hospital", "clinic", "home"]),
        ("An inpatient or outpatient facility.", ["inpatient or outpatient facility"]),
        ("- Location: A quiet room.\n- Hospital: for the weak", ["quiet room", "Hospital"]),
    ],
)
def test_settings_are_told_apart_at_places(setting: str, places: list[str]) -> None:
    """A word as "inpatient" is no place of its own, and labels and frames are left out."""
    assert texts(facts_of(f"CPT4 code\nSetting\n{setting}\nBenefits\n").settings) == places


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Approximately 20 to 30 minutes each time.", (20, 30)),
        ("60–90 min", (60, 90)),
        ("between 2 and 3 hours", (120, 180)),
        ("30 minutes to an hour", (30, 60)),
        ("about an hour", (60, 60)),
        ("half an hour", (30, 30)),
        ("one and a half hours", (90, 90)),
        ("1½ hours", (90, 90)),
        ("one hour and 30 minutes", (90, 90)),
        ("an hour or two", (60, 120)),
        ("twenty-five minutes", (25, 25)),
        ("less than 30 minutes", (None, 30)),
        ("up to 2 hours", (None, 120)),
        ("at least 45 minutes", (45, None)),
        ("90+ minutes", (90, None)),
        ("a few minutes, or 2 hours in hard cases", (None, None)),
        ("several days", (None, None)),
        ("Adults over 65 need 20 minutes; later visits 5 minutes.", (20, 20)),
        ("30 seconds", (1, 1)),
        ("It depends.", (None, None)),
    ],
)
def test_the_first_stated_duration_is_told_in_minutes(
    text: str, expected: tuple[int | None, int | None]
) -> None:
    """Numbers in words, fractions, ranges and bounds count; vague words win if they come first."""
    assert minutes(text) == expected


def test_the_name_is_free_of_its_other_names() -> None:
    """An abbreviation in brackets and a "commonly known as" are synonyms."""
    assert names_of(CIRCLE) == Names("Circle Talk", ("CT", "Sharing Round"))


def test_names_that_run_on_in_one_line_are_told_apart() -> None:
    """Labels in the middle of a line begin other names."""
    names = "Bone Look Common Names: Ray One, Ray Two Technical Terms: Osteo"
    text = f"CPT4 code\nName of the Procedure\n{names}\n"
    assert names_of(text) == Names("Bone Look", ("Ray One", "Ray Two", "Osteo"))


def test_a_labelled_name_keeps_its_commas() -> None:
    """Only capitalised parts are names of their own."""
    assert names_of(BANDAGE, system="HCPCS", code="A9001") == Names(
        "A soft bandage, one roll", ("A woven wrap, elastic, one unit",)
    )


def test_a_title_line_is_the_name_where_all_names_are_labelled() -> None:
    """Its bracketed code is left out."""
    text = "Words\nHCPCS code\nLong Title (G1234)\nName of the Procedure\n- Common Name: Title\n"
    assert names_of(text, system="HCPCS", code="G1234") == Names("Long Title", ("Title",))


def test_indications_keep_their_label_as_a_note() -> None:
    """The label line's bullets are indications, quoted where they stand."""
    found = stated(CIRCLE, Relation.HAS_INDICATION)
    assert [concept.name for concept, _ in found] == [
        "Feeling alone after a move",
        "Worry that will not rest",
        "Adults who like company",
    ]
    assert found[2][1].note == "Patient Criteria"
    (provenance,) = found[0][1].provenance
    assert CIRCLE[provenance.start : provenance.end] == provenance.quote


@pytest.mark.parametrize(
    ("section", "names"),
    [
        ("This procedure is indicated for sore knees.", ["sore knees"]),
        (
            "- Symptoms: Cough or cold.\n- Chronic pain: for weeks",
            ["Cough or cold", "Chronic pain: for weeks"],
        ),
        ("Used in people who have:\n- Cramps.\n- None", ["Cramps"]),
        ("None.", []),
    ],
)
def test_indications_are_phrases(section: str, names: list[str]) -> None:
    """Frames, general labels, intro lines and "None" are no part of a phrase."""
    text = f"CPT4 code\nIndications\n{section}\nBenefits\n"
    assert names_stated(text, Relation.HAS_INDICATION) == names


def test_an_indication_stated_twice_is_one_edge_with_two_quotes() -> None:
    """The second place is one more source of the same fact."""
    text = "CPT4 code\nIndications\n- Cough\n- Cough.\n"
    ((_, edge),) = stated(text, Relation.HAS_INDICATION)
    assert [provenance.start for provenance in edge.provenance] == [24, 32]


def test_members_of_a_group_perform_and_the_group_is_broader() -> None:
    """The group itself gets no edge from the procedure where its members are named."""
    performers = names_stated(CIRCLE, Relation.PERFORMED_BY)
    assert performers == ["psychologist", "school nurse", "chaplain"][: len(performers)]
    assert set(names_stated(CIRCLE, Relation.IS_A)) == {"group leader"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("A trained nurse or technician assists.", ["nurse", "technician"]),
        ("Surgeons, midwives and MRI technologists", ["surgeon", "midwife", "MRI technologist"]),
        ("It is performed by a dentist in a quiet room.", ["dentist"]),
        ("The team consists of 2 nurses and an X-ray technician.", ["nurse", "X-ray technician"]),
        ("Qualified healthcare provider", ["healthcare provider"]),
        ("It uses a monitor and a scanner.", []),
        ("Not applicable.", []),
    ],
)
def test_personnel_are_persons_in_the_singular(text: str, names: list[str]) -> None:
    """Articles, verbs, places and devices are left out."""
    assert [p.name for p in read_performers(Span(text, 0, len(text)))] == names


def test_a_group_may_name_its_members_in_prose() -> None:
    """After "such as" come the members, and an "and" after a single sort closes them."""
    text = "Providers of care such as surgeons and nurses"
    (group,) = read_performers(Span(text, 0, len(text)))
    assert [member.name for member in group.members] == ["surgeon", "nurse"]
    text = "A physician, such as a surgeon, and a nurse"
    found = read_performers(Span(text, 0, len(text)))
    assert [performer.name for performer in found] == ["physician", "nurse"]


def test_an_abbreviation_in_brackets_is_a_synonym_of_the_person() -> None:
    """A plural in brackets is one too."""
    text = "Nurse anesthetists (CRNAs)"
    (performer,) = read_performers(Span(text, 0, len(text)))
    assert isinstance(performer, Performer)
    assert (performer.name, performer.synonyms) == ("nurse anesthetist", ("CRNA",))


def test_a_role_is_the_note_of_its_person() -> None:
    """A label names the person, or, where it is general, the role of the persons after it."""
    text = "CPT4 code\nPersonnel\n- Surgeon: makes the cut\n- Support staff: nurses\n- Good luck\n"
    found = stated(text, Relation.PERFORMED_BY)
    assert [(concept.name, edge.note) for concept, edge in found] == [
        ("surgeon", "makes the cut"),
        ("nurse", "Support staff"),
    ]
    assert [notice.line for notice in relations_of(text).notices] == [5]


def test_alternatives_are_split_at_their_first_colon() -> None:
    """The note keeps its later colons and its period, and the quote is the name."""
    found = stated(CIRCLE, Relation.HAS_ALTERNATIVE)
    assert [(concept.name, edge.note) for concept, edge in found] == [
        ("Letter writing", "Slower: but it can be kept."),
        ("Long walks", None),
    ]
    assert found[0][1].provenance[0].quote == "Letter writing"


@pytest.mark.parametrize(
    ("section", "names"),
    [
        ("Alternatives include rest, heat, or cold packs.", ["rest", "heat", "cold packs"]),
        ("Options include rest and heat, depending on age.", ["rest", "heat"]),
        ("There are no alternatives.", []),
        ("- None", []),
        ("- Rest – slow but safe", ["Rest"]),
        ("- heat packs: warm", ["heat packs"]),
        ("Rest: It is slow.\nHeat: It is warm.", ["Rest", "Heat"]),
        ("Other Ways:\n- Rest\n- Heat", ["Rest", "Heat"]),
        ("- Rest:\n- It is slow but safe.\n- Heat:\n- It is warm.", ["Rest", "Heat"]),
    ],
)
def test_alternatives_are_named_in_many_forms(section: str, names: list[str]) -> None:
    """Lists, prose, labels and bullets that lost their indentation name them."""
    text = f"CPT4 code\nAlternatives\n{section}\nPatient Experience\nx\n"
    assert names_stated(text, Relation.HAS_ALTERNATIVE) == names
