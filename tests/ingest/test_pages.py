"""Page files and folders: which are read, whose page each is, and what is wrong with the rest."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.ingest.page_headings import PROCEDURE
from service.ingest.pages import PageReader
from service.ingest.reader import Reader
from service.model import Concept, ConceptKind, Edge, Finding, Item, Page, Severity, TitleSource

PAGES = Path(__file__).parents[1] / "data" / "pages"
BODY = "Summary\nSomething short.\n"


def read(path: Path) -> list[Item]:
    """Return all that the reader yields."""
    reader: Reader = PageReader()
    return list(reader.read(path))


def rejection(path: Path) -> Finding:
    """Return the finding that is all there is of a bad file."""
    (finding,) = read(path)
    assert isinstance(finding, Finding)
    assert finding.severity is Severity.REJECTED
    return finding


def page_in(path: Path) -> Page:
    """Return the page of a good file."""
    return next(item for item in read(path) if isinstance(item, Page))


def write(folder: Path, name: str, text: str) -> Path:
    """Return the path of a new file with ``text``, its line ends kept."""
    path = folder / name
    path.write_bytes(text.encode())
    return path


def test_the_concept_comes_before_the_page_and_the_page_before_its_edges() -> None:
    """The graph can take the items one by one."""
    items = read(PAGES / "CPT4-90853.txt")
    kinds = [type(item) for item in items]
    assert kinds[:2] == [Concept, Page]
    assert kinds.index(Edge) > 1
    assert Finding not in kinds


def test_a_folder_is_read_in_the_order_of_its_paths(tmp_path: Path) -> None:
    """Subfolders too; hidden files, other formats and the README are none of its pages."""
    (tmp_path / "b").mkdir()
    for name in ("c.txt", "b/a.md", "a.txt"):
        code = 10000 + len(name) * ord(name[0])
        write(tmp_path, name, f"---\nsystem: CPT4\ncode: {code}\n---\n{BODY}")
    for name in (".hidden.txt", "README.md", "table.csv"):
        write(tmp_path, name, BODY)
    pages = [item.source for item in read(tmp_path) if isinstance(item, Page)]
    assert pages == ["a.txt", "a.md", "c.txt"]
    assert PageReader().recognises(tmp_path)


def test_one_bad_page_does_not_stop_the_others(tmp_path: Path) -> None:
    """A rejected page is a finding among the items of the good ones."""
    shutil.copy(PAGES / "CPT4-90853.txt", tmp_path)
    write(tmp_path, "CPT4-00001.txt", "")
    items = read(tmp_path)
    assert isinstance(items[0], Finding)
    assert any(isinstance(item, Page) for item in items)


def test_the_later_page_of_a_code_is_rejected(tmp_path: Path) -> None:
    """The message names the page that was taken."""
    write(tmp_path, "CPT4-90853.md", BODY)
    write(tmp_path, "cpt4_90853.txt", BODY)
    *_, last = read(tmp_path)
    assert isinstance(last, Finding)
    assert last.path.endswith("cpt4_90853.txt")
    assert "CPT4-90853.md" in last.message


@pytest.mark.parametrize(
    ("name", "concept_id"),
    [
        ("CPT4-90853.txt", "CPT4:90853"),
        ("seed-cpt4-90853.txt", "CPT4:90853"),
        ("HCPCS G9638.txt", "HCPCS:G9638"),
        ("icd-10-cm_F32.1.txt", "ICD10CM:F32.1"),
        ("ICD10CM-F321.md", "ICD10CM:F32.1"),
        ("icd10pcs-gzhzzzz.txt", "ICD10PCS:GZHZZZZ"),
    ],
)
def test_the_file_name_tells_the_code(tmp_path: Path, name: str, concept_id: str) -> None:
    """System and code in any usual writing."""
    assert page_in(write(tmp_path, name, BODY)).concept_id == concept_id


def test_the_front_matter_tells_the_code_and_more(tmp_path: Path) -> None:
    """Its values are text: a code keeps its zeros. The page's text begins after it."""
    matter = (
        "---\nsystem: cpt\ncode: 00100\ntitle: Our words\ntitle_source: PARAPHRASE\n"
        "sources:\n  - one\n  - two\nlicense: CC0\n---\n"
    )
    concept, page = read(write(tmp_path, "any.md", matter + BODY))
    assert isinstance(concept, Concept)
    assert isinstance(page, Page)
    assert (concept.id, concept.title) == ("CPT4:00100", "Our words")
    assert concept.title_source is TitleSource.PARAPHRASE
    assert (page.text, page.source, page.license) == (BODY, "one; two", "CC0")


def test_brackets_in_a_title_tell_the_code(tmp_path: Path) -> None:
    """The type line says of which system."""
    path = write(tmp_path, "any.txt", f"Words\nHCPCS code\nA Report (G9638)\n{BODY}")
    assert page_in(path).concept_id == "HCPCS:G9638"


def test_a_number_in_prose_is_not_the_code(tmp_path: Path) -> None:
    """Other codes in the text are not this page's code; the message says how to name the file."""
    path = write(tmp_path, "any.txt", "Words\nCPT4 code\nSummary\nLike 90834 and (90837).\n")
    assert "CPT4-90832.txt" in rejection(path).message


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("CPT4-90853.txt", "---\nsystem: CPT4\ncode: 90834\n---\n", ("90853", "90834")),
        ("CPT4-90853.txt", "Words\nHCPCS code\n", ("CPT4", "HCPCS")),
        ("HCPCS-G9638.txt", "Words\nHCPCS code\nTitle (G9639)\n", ("G9638", "G9639")),
        ("CPT4-908.txt", "", ("908", "CPT4")),
    ],
)
def test_contradictory_and_malformed_codes_are_rejected(
    tmp_path: Path, name: str, text: str, said: tuple[str, str]
) -> None:
    """Both sides are named, so that a person sees which is wrong."""
    message = rejection(write(tmp_path, name, text + BODY)).message
    assert all(word in message for word in said)


def test_an_abbreviation_in_the_name_is_not_taken_for_a_code(tmp_path: Path) -> None:
    """A1C has the form of an ICD-10-CM category and is a blood test."""
    text = "Name of the Condition\nSweet blood (A1C)\nSummary\nx\n"
    assert page_in(write(tmp_path, "ICD10CM-R73.09.txt", text)).concept_id == "ICD10CM:R73.09"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\t\n", "empty"),
        (b"\x00\x01\x02", "binary"),
        (b"<!DOCTYPE html><html><p>x</p></html>", "save it as plain text"),
        (b"%PDF-1.7 x", "save it as plain text"),
        (b"\xff\xfeS\x00u\x00", None),
        (b"x" * (16 * 1024 * 1024 + 1), "too many"),
        (b"CPT4 code\nSummary\na\nCPT4 code\nSummary\nb\n", "a second page"),
    ],
)
def test_what_is_no_page_is_rejected_with_the_reason(
    tmp_path: Path, content: bytes, reason: str | None
) -> None:
    """Each message says what is wrong; a UTF-16 file with its mark is a page like others."""
    path = tmp_path / "CPT4-90853.txt"
    path.write_bytes(content)
    if reason is None:
        assert page_in(path).text == "Su"
    else:
        assert reason in rejection(path).message


def test_paths_that_cannot_be_read_are_rejected(tmp_path: Path) -> None:
    """A missing file, a dangling link and a folder with the name of a page."""
    assert "cannot be read" in rejection(tmp_path / "CPT4-90853.txt").message
    (tmp_path / "CPT4-1.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "CPT4-2.txt").mkdir()
    messages = [item.message for item in read(tmp_path) if isinstance(item, Finding)]
    assert ["link" in messages[0], "folder" in messages[1]] == [True, True]


def test_a_file_of_another_kind_is_rejected_when_named_itself(tmp_path: Path) -> None:
    """In a folder it is passed over, but whoever names it wants it read."""
    assert ".txt" in rejection(write(tmp_path, "CPT4-90853.csv", BODY)).message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_usual_encodings_give_the_same_text(tmp_path: Path, encoding: str) -> None:
    """Byte order marks are dropped, curly quotes and bullets kept."""
    text = "CPT4 code\r\nIndications\r\n\t•\t“Cold” feet – café\r\n"
    path = tmp_path / "CPT4-90853.txt"
    path.write_bytes(text.encode(encoding))
    page = page_in(path)
    assert page.text == text
    assert page.sections[0].items[0].text == "“Cold” feet – café"


def test_a_file_cut_inside_a_character_keeps_its_bullets(tmp_path: Path) -> None:
    """Half a character at the end does not make UTF-8 text another encoding."""
    path = tmp_path / "CPT4-90853.txt"
    path.write_bytes("CPT4 code\nBenefits\n• Rest\n•".encode()[:-1])
    assert page_in(path).facts.benefits[0].text == "Rest"


def test_warnings_count_the_lines_of_the_front_matter(tmp_path: Path) -> None:
    """A person finds the line in the file; the page itself shows the warning too."""
    text = "---\nsystem: CPT4\ncode: 90853\n---\nPersonnel\n- Good luck\n"
    finding, _, page = read(write(tmp_path, "a.md", text))
    assert isinstance(finding, Finding)
    assert (finding.line, finding.section) == (6, "Personnel")
    assert isinstance(page, Page)
    assert page.warnings[0].startswith("line 6:")


def test_a_condition_page_has_sections_names_and_no_facts() -> None:
    """Its concept is a condition, which has no title source."""
    concept, page = read(PAGES / "ICD10CM-F32.1.md")
    assert isinstance(concept, Concept)
    assert isinstance(page, Page)
    assert (concept.kind, concept.title_source) == (ConceptKind.CONDITION, None)
    assert concept.name == "A Low Time, Middle"
    assert concept.synonyms == ("LTM", "grey weeks", "the slump")
    assert [section.heading for section in page.sections][2:] == [
        "Risk Factors",
        "Lifestyle & Prevention",
    ]


def test_a_hundred_thousand_bullets_are_read(tmp_path: Path) -> None:
    """Each is an item; nothing is lost on a page beyond all measure."""
    bullets = "".join(f"- Thing {number}\n" for number in range(100_000))
    page = page_in(write(tmp_path, "CPT4-90853.txt", f"CPT4 code\nBenefits\n{bullets}"))
    assert len(page.sections[0].items) == len(page.facts.benefits) == 100_000


@pytest.mark.parametrize("unit", ["word ", ".", " ", "(", "e.g. ", 'a.") ', "Label: "])
@pytest.mark.parametrize("heading", ["Indications", "Personnel", "Alternatives"])
def test_a_line_of_five_megabytes_is_read(tmp_path: Path, unit: str, heading: str) -> None:
    """It finishes, whatever the line is made of, and the next section is there."""
    line = "x" + unit * (5_000_000 // len(unit)) + "x"
    text = f"CPT4 code\n{heading}\n{line}\nPatient Experience\nShort.\n"
    experience = page_in(write(tmp_path, "CPT4-90853.txt", text)).facts.patient_experience
    assert experience is not None
    assert experience.text == "Short."


PIECES = [
    *("A nurse,", "a surgeon (MD)", "and staff", "(e.g., aides)", "None.", "Rest: slow.", "20"),
    *(" to 30 minutes\n", "- Tools: a, b and c.\r\n", "• Pain (chronic)", "\n1. Go.\n", "é…"),
    *("in a hospital or clinic", ";", "\n", "- ", "- Surgeon: cuts\n", "include", "such as"),
]
SENTENCES = st.lists(st.sampled_from(PIECES), max_size=20).map(" ".join)


@given(st.lists(SENTENCES, min_size=11, max_size=11))
def test_every_quote_and_span_holds_on_any_page(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str]
) -> None:
    """Facts and provenance are exact slices of the stored text."""
    headings = PROCEDURE.headings[1:12]
    text = "".join(f"{heading}\n{part}\n" for heading, part in zip(headings, parts, strict=True))
    path = write(tmp_path_factory.mktemp("pages"), "CPT4-90853.txt", text)
    page = page_in(path)
    facts = page.facts
    spans = [*facts.preparation, *facts.steps, *facts.tools, *facts.settings, *facts.risks]
    assert all(page.text[span.start : span.end] == span.text for span in spans)
    for edge in (item for item in read(path) if isinstance(item, Edge)):
        for source in edge.provenance:
            assert page.text[source.start : source.end] == source.quote != ""
