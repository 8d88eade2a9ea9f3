"""ICD-10-CM out of the real package: what is counted, how it hangs together, what it notes."""

import subprocess
import sys
from collections import Counter, defaultdict
from importlib import import_module
from types import ModuleType

import pytest

from service.codes import normalize
from service.errors import IngestError
from service.ingest.icd10cm import ITEM_COUNT, RELEASE, read_icd10cm
from service.model import (
    CodeSystem,
    CodingNote,
    CodingNoteKind,
    Concept,
    ConceptId,
    ConceptKind,
    Edge,
    ProvenanceMethod,
    Relation,
    TitleSource,
)

EMPTY_SECTIONS = [
    "C00-C75",
    "C00-C96",
    "M00-M25",
    "M40-M54",
    "M60-M79",
    "M80-M94",
    "T07-T88",
    "T20-T32",
    "V00-V99",
    "V00-X58",
    "W00-X58",
    "Y62-Y84",
]


def icd(code: str) -> ConceptId:
    """Return the id of an item."""
    return ConceptId(f"ICD10CM:{code}")


@pytest.fixture(scope="module")
def items() -> list[CodeSystem | Concept | Edge | CodingNote]:
    """Return the whole release as it is read."""
    return list(read_icd10cm())


@pytest.fixture(scope="module")
def package(items: list[object]) -> ModuleType:
    """Return the package itself, which the reading has loaded."""
    assert items
    return import_module("simple_icd_10_cm")


@pytest.fixture(scope="module")
def concepts(items: list[object]) -> dict[ConceptId, Concept]:
    """Return the concepts by id."""
    return {item.id: item for item in items if isinstance(item, Concept)}


@pytest.fixture(scope="module")
def parents(items: list[object]) -> dict[ConceptId, list[ConceptId]]:
    """Return what each item hangs under."""
    found: dict[ConceptId, list[ConceptId]] = defaultdict(list)
    for item in items:
        if isinstance(item, Edge):
            found[item.source].append(item.target)
    return found


@pytest.fixture(scope="module")
def notes(items: list[object]) -> list[CodingNote]:
    """Return the coding notes."""
    return [item for item in items if isinstance(item, CodingNote)]


def targets(notes: list[CodingNote], code: str, kind: CodingNoteKind, words: str) -> list[str]:
    """Return the codes that the one note of ``code`` with ``words`` in its text names."""
    (note,) = [n for n in notes if n.concept_id == icd(code) and n.kind == kind and words in n.text]
    return [target.removeprefix("ICD10CM:") for target in note.targets]


def test_every_name_of_the_release_is_one_concept(items: list[object], package: ModuleType) -> None:
    """The package's 98,505 entries have 98,466 names, and each is yielded once."""
    ids = [item.id for item in items if isinstance(item, Concept)]
    assert len(package.get_all_codes()) == 98_505
    assert len(ids) == len(set(ids)) == ITEM_COUNT == 98_466


def test_the_code_system_comes_first(items: list[object]) -> None:
    """The release is introduced with its licence before its first item."""
    system = items[0]
    assert isinstance(system, CodeSystem)
    assert (system.name, system.release) == ("ICD10CM", "April 2026")
    assert system.license is not None
    assert system.license.startswith("Public domain")


def test_codes_are_in_normal_form(concepts: dict[ConceptId, Concept]) -> None:
    """What the release calls an item is what a client's writing of it is brought to."""
    codes = [concept.code or "" for concept in concepts.values()]
    assert [code for code in codes if normalize("ICD10CM", code) != code] == []


def test_a_concept_says_what_the_release_says(concepts: dict[ConceptId, Concept]) -> None:
    """Name, title, release and authority of F32.A are those of the tabular list."""
    concept = concepts[icd("F32.A")]
    assert concept.kind is ConceptKind.CONDITION
    assert concept.name == concept.title == "Depression, unspecified"
    assert concept.title_source is TitleSource.OFFICIAL_DESCRIPTOR
    assert (concept.system, concept.code, concept.release) == ("ICD10CM", "F32.A", RELEASE)


def test_inclusion_terms_are_synonyms(concepts: dict[ConceptId, Concept]) -> None:
    """The inclusion terms of F32.A are its other names, in the list's order."""
    assert concepts[icd("F32.A")].synonyms == ("Depression NOS", "Depressive disorder NOS")


def test_no_inclusion_term_is_lost(concepts: dict[ConceptId, Concept], package: ModuleType) -> None:
    """Every inclusion term of the package is a synonym of its item, or its very name."""
    lost = [
        (concept.code, term)
        for concept in concepts.values()
        for term in package.get_inclusion_term(concept.code)
        if term.strip() not in (*concept.synonyms, concept.name)
    ]
    assert lost == []


def test_what_a_category_includes_is_a_synonym(concepts: dict[ConceptId, Concept]) -> None:
    """B65 includes snail fever, and is found by that name."""
    assert "snail fever" in concepts[icd("B65")].synonyms


def test_the_extent_of_a_section_is_no_name(
    concepts: dict[ConceptId, Concept], package: ModuleType
) -> None:
    """Injuries of the jaw are one part of S00-S09 and no other name for it."""
    assert "injuries of jaw" in package.get_includes("S00-S09")
    assert concepts[icd("S00-S09")].synonyms == ()


def test_no_synonym_repeats_the_name_or_another(concepts: dict[ConceptId, Concept]) -> None:
    """An item's names are all different."""
    assert [c.id for c in concepts.values() if c.name in c.synonyms] == []
    assert [c.id for c in concepts.values() if len(set(c.synonyms)) < len(c.synonyms)] == []


def test_a_code_hangs_under_category_section_and_chapter(
    parents: dict[ConceptId, list[ConceptId]],
) -> None:
    """F32.A is a F32, which is in F30-F39 of chapter 5."""
    chain = [icd("F32.A")]
    while above := parents.get(chain[-1]):
        chain += above
    assert chain == [icd(code) for code in ("F32.A", "F32", "F30-F39", "5")]


def test_every_item_hangs_under_one_of_the_22_chapters(
    concepts: dict[ConceptId, Concept], parents: dict[ConceptId, list[ConceptId]]
) -> None:
    """Everything but a chapter has one parent, and going up always ends at a chapter."""
    chapters = {icd(str(number)) for number in range(1, 23)}
    assert {id_ for id_ in concepts if id_ not in parents} == chapters
    assert {len(above) for above in parents.values()} == {1}
    tops = set()
    for concept_id in concepts:
        top, steps = concept_id, 0
        while top in parents:
            top, steps = parents[top][0], steps + 1
            assert steps < 10
        tops.add(top)
    assert tops == chapters


def test_an_item_comes_after_the_one_above_it(items: list[object]) -> None:
    """Who reads in order knows both ends of every edge when it comes."""
    seen: set[ConceptId] = set()
    for item in items:
        if isinstance(item, Concept):
            seen.add(item.id)
        elif isinstance(item, Edge):
            assert item.source in seen
            assert item.target in seen


def test_edges_are_stated_by_the_release(items: list[object]) -> None:
    """Every edge is an IS_A whose provenance is the release."""
    edges = [item for item in items if isinstance(item, Edge)]
    assert {edge.relation for edge in edges} == {Relation.IS_A}
    (provenance,) = {edge.provenance for edge in edges}
    assert provenance[0].method is ProvenanceMethod.RELEASE
    assert provenance[0].release == "ICD10CM April 2026"


def test_a_section_and_its_only_category_are_one(
    concepts: dict[ConceptId, Concept],
    parents: dict[ConceptId, list[ConceptId]],
    package: ModuleType,
) -> None:
    """39 names stand for both; the category keeps its name and children, under the chapter."""
    counts = Counter(package.get_all_codes())
    pairs = [code for code, count in counts.items() if count > 1]
    assert len(pairs) == 39
    assert {"B99", "C50", "T07", "QA0", "Z68"} <= set(pairs)
    for code in pairs:
        assert parents[icd(code)][0].removeprefix("ICD10CM:").isdigit()
        assert concepts[icd(code)].name == package.get_description(code)
        for child in package.get_children(code):
            assert parents[icd(child)] == [icd(code)]


def test_a_pair_keeps_the_title_of_its_section(concepts: dict[ConceptId, Concept]) -> None:
    """B99 is also found by its section's title, without the range that ends it."""
    assert concepts[icd("B99")].name == "Other and unspecified infectious diseases"
    assert concepts[icd("B99")].synonyms == ("Other infectious diseases",)


def test_a_pair_keeps_the_notes_of_its_section(notes: list[CodingNote]) -> None:
    """The section T07 excludes burns, and the category of that name does not say so itself."""
    assert targets(notes, "T07", CodingNoteKind.EXCLUDES1, "burns") == ["T20-T32"]


@pytest.mark.parametrize("code", EMPTY_SECTIONS)
def test_an_empty_section_is_not_billable(
    code: str, concepts: dict[ConceptId, Concept], parents: dict[ConceptId, list[ConceptId]]
) -> None:
    """A section without categories is a leaf, and yet no code that can be billed."""
    assert concepts[icd(code)].billable is False
    assert [icd(code)] not in parents.values()


def test_only_the_longest_codes_are_billable(concepts: dict[ConceptId, Concept]) -> None:
    """Leaves that are codes are billable; chapters, sections and broader codes are not."""
    billable = {code: concepts[icd(code)].billable for code in ("5", "F30-F39", "F32", "T07")}
    assert set(billable.values()) == {False}
    assert concepts[icd("F32.A")].billable
    assert concepts[icd("B20")].billable
    assert concepts[icd("T07.XXXA")].billable
    assert sum(concept.billable is True for concept in concepts.values()) == 74_719


def test_a_seventh_character_makes_a_code_of_its_own(
    concepts: dict[ConceptId, Concept], parents: dict[ConceptId, list[ConceptId]]
) -> None:
    """S02.2 has six codes, one for each encounter, with placeholders up to the seventh place."""
    below = [code for code, above in parents.items() if above == [icd("S02.2")]]
    assert below == [icd(f"S02.2XX{char}") for char in "ABDGKS"]
    assert concepts[icd("S02.2XXA")].name == (
        "Fracture of nasal bones, initial encounter for closed fracture"
    )


@pytest.mark.parametrize(
    ("code", "kind", "words", "named"),
    [
        ("A04", CodingNoteKind.EXCLUDES1, "tuberculous", "A18.32"),
        ("1", CodingNoteKind.EXCLUDES2, "carrier", "Z22"),
        ("A40", CodingNoteKind.CODE_FIRST, "postprocedural", "T81.44"),
        ("C00", CodingNoteKind.USE_ADDITIONAL, "alcohol abuse", "F10"),
        ("K57", CodingNoteKind.CODE_ALSO, "peritonitis", "K65"),
    ],
)
def test_each_kind_of_note_names_its_codes(
    notes: list[CodingNote], code: str, kind: CodingNoteKind, words: str, named: str
) -> None:
    """Of every kind one note, compared by hand with the tabular list."""
    assert targets(notes, code, kind, words) == [named]


@pytest.mark.parametrize(
    ("code", "kind", "words", "named"),
    [
        ("3", CodingNoteKind.EXCLUDES2, "(C00-D49)", "2"),
        ("T42", CodingNoteKind.EXCLUDES2, "(F10.--F19.-)", "F10-F19"),
        ("G96.08", CodingNoteKind.CODE_ALSO, "(S00 - S09)", "S00-S09"),
        ("Z46.5", CodingNoteKind.EXCLUDES1, "(Z43.1-", "Z43.1 Z43.2 Z43.3 Z43.4"),
        ("I25.810", CodingNoteKind.EXCLUDES1, "bypass", "I25.70 I25.71 I25.72 I25.73 I25.79"),
        ("E08.622", CodingNoteKind.USE_ADDITIONAL, "site of ulcer", "L97 L98.4"),
        ("V00", CodingNoteKind.EXCLUDES1, "(V01-V09)", "V01 V02 V03 V04 V05 V06 V09"),
        ("I73.8", CodingNoteKind.EXCLUDES1, ".51-.52", "E08-E13"),
    ],
)
def test_a_range_names_the_largest_items_in_it(
    notes: list[CodingNote], code: str, kind: CodingNoteKind, words: str, named: str
) -> None:
    """A range is the chapter or section it spans, or else the categories and codes inside."""
    assert targets(notes, code, kind, words) == named.split()


def test_codes_that_do_not_exist_are_no_targets(notes: list[CodingNote]) -> None:
    """F02 sends readers to G31.90, which the release does not have: the text alone stays."""
    texts = {n.text: n.targets for n in notes if n.concept_id == icd("F02")}
    assert texts["other frontotemporal neurocognitive disorder (G31.90)"] == ()


def test_targets_are_items_of_the_release(
    notes: list[CodingNote], concepts: dict[ConceptId, Concept]
) -> None:
    """No note points outside, at itself, or twice at the same item."""
    for note in notes:
        assert len(set(note.targets)) == len(note.targets)
        assert note.concept_id not in note.targets
        assert concepts.keys() >= set(note.targets)


def test_a_note_has_one_line_and_no_loose_comma(notes: list[CodingNote]) -> None:
    """Notes of several lines are several notes, each readable by itself."""
    assert len(notes) > 10_000
    odd = [n for n in notes if "\n" in n.text or n.text != n.text.strip(" ,") or not n.text]
    assert odd == []


def test_two_readings_are_alike(items: list[object]) -> None:
    """The same package gives the same items in the same order."""
    assert list(read_icd10cm()) == items


def test_the_package_is_loaded_by_reading_alone() -> None:
    """A server imports the reader's module and does not pay for the package."""
    program = "import sys, service.ingest.icd10cm; sys.exit('simple_icd_10_cm' in sys.modules)"
    # The interpreter that runs the tests, with a program of ours.
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0  # noqa: S603


def test_another_release_is_refused(monkeypatch: pytest.MonkeyPatch, package: ModuleType) -> None:
    """A package with other counts is not read as if it were the April 2026 release."""
    monkeypatch.setattr(package, "get_all_codes", lambda: ["1", "A00-A09", "A00"])
    with pytest.raises(IngestError, match=r"3 items found where .* has 98,466"):
        list(read_icd10cm())


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package the error says which one to install."""
    monkeypatch.setitem(sys.modules, "simple_icd_10_cm", None)
    with pytest.raises(IngestError, match=r"simple-icd-10-cm 1\.5\.0 is not installed"):
        list(read_icd10cm())
