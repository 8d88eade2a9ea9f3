"""Sections, items and offsets, whatever the style of the page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.ingest.page_grammar import Outline, read_outline
from service.model import Section, SectionItem, Span

PAGES = Path(__file__).parents[1] / "data" / "pages"


def outline_of(name: str) -> Outline:
    """Return the outline of one of our own pages."""
    return read_outline((PAGES / name).read_text(encoding="utf-8"))


def headings(outline: Outline) -> list[str]:
    """Return the headings of the sections in order."""
    return [passage.section.heading for passage in outline.passages]


def items(outline: Outline, heading: str) -> tuple[SectionItem, ...]:
    """Return the items of the first section under ``heading``."""
    return next(p.section.items for p in outline.passages if p.section.heading == heading)


def test_a_whole_page_gives_its_fifteen_sections_in_order() -> None:
    """Style A: every heading stands, and the empty last section is a section too."""
    outline = outline_of("CPT4-90853.txt")
    assert len(outline.passages) == 15
    assert headings(outline)[:3] == ["Name of the Procedure", "Summary", "Purpose"]
    assert outline.passages[-1].section.text == ""
    assert outline.notices == ()


def test_the_descriptor_is_what_stands_above_the_type_line() -> None:
    """It may wrap; the link above it is no part of it."""
    outline = read_outline("Search all medical codes\nA long\nname\nHCPCS code\nSummary\nx")
    assert (outline.descriptor, outline.system) == ("A long name", "HCPCS")


def test_lines_below_the_type_line_are_titles() -> None:
    """An extra title line stands between the type line and the first heading."""
    outline = read_outline("Short\nHCPCS code\nA Title (G1234)\nSummary\nx")
    assert [title.text for title in outline.titles] == ["A Title (G1234)"]


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("SUMMARY:", "Summary"),
        ("## Risks & Complications", "Risks and Complications"),
        ("**Risk/Complication**", "Risks and Complications"),
        ("Alternative", "Alternatives"),
        ("Name of Procedure", "Name of the Procedure"),
    ],
)
def test_a_heading_may_vary_in_form(line: str, heading: str) -> None:
    """Case, markup, number, slash and ampersand do not matter."""
    assert headings(read_outline(f"CPT4 code\n{line}\nSome text.")) == [heading]


@pytest.mark.parametrize(
    "line",
    [
        "- Recovery",
        "Recovery is quick.",
        "Recovery: quick",
        "so that all who come here find a quick and full\nRecovery\nof their strength",
    ],
)
def test_a_heading_word_elsewhere_is_no_heading(line: str) -> None:
    """As a bullet, in a sentence, as a label or in wrapped prose it stays text."""
    assert headings(read_outline(f"CPT4 code\nSummary\nIt is {line}")) == ["Summary"]


def test_the_name_may_stand_beside_its_heading() -> None:
    """The name heading alone may have its text on its own line."""
    outline = read_outline("CPT4 code\nName of the Procedure: A Wrap\nSummary\nx")
    assert outline.passages[0].section.text == "A Wrap"


def test_lost_headings_are_restored_by_their_order() -> None:
    """Style C: double blank lines stand for headings of one word; each is reported."""
    outline = outline_of("HCPCS-A9001.txt")
    assert headings(outline) == [
        "Name of the Procedure",
        "Summary",
        "Purpose",
        "Indications",
        "Preparation",
        "Procedure Description",
        "Duration",
    ]
    assert [notice.line for notice in outline.notices] == [13, 16, 19, 23, 35]


def test_gaps_that_do_not_fit_are_kept_as_text() -> None:
    """One gap where four headings may be missing tells nothing, so nothing is guessed."""
    text = "CPT4 code\nName of the Procedure\nA\n\n\n- b\n\nProcedure Description\n- c\n"
    outline = read_outline(text)
    assert headings(outline) == ["Name of the Procedure", "Procedure Description"]
    assert outline.passages[0].section.text == "A\n\n\n- b"
    assert items(outline, "Name of the Procedure") == ()
    assert "4 headings are missing" in outline.notices[0].message


def test_a_page_with_doubled_line_ends_has_lost_no_heading() -> None:
    """Where every paragraph is parted by two blank lines, they stand for nothing."""
    text = "CPT4 code\n\n\nSummary\n\n\nOne.\n\n\nTwo.\n\n\nIndications\n\n\n- Cough\n"
    outline = read_outline(text)
    assert headings(outline) == ["Summary", "Indications"]
    assert outline.notices == ()


def test_a_strange_heading_ends_the_items_and_is_reported() -> None:
    """What stands under a heading of no template belongs to no list."""
    text = "CPT4 code\nAlternatives\n- Rest\n\nInsurance Coverage\n\n- Paid by most plans\n"
    outline = read_outline(text)
    assert [item.text for item in items(outline, "Alternatives")] == ["Rest"]
    assert outline.passages[0].section.text.endswith("Paid by most plans")
    assert [(n.line, n.section) for n in outline.notices] == [(5, "Alternatives")]


def test_repeated_and_misplaced_sections_are_kept_and_reported() -> None:
    """The page's own order counts."""
    outline = read_outline("CPT4 code\nRecovery\na\nSummary\nb\nRecovery\nc\n")
    assert headings(outline) == ["Recovery", "Summary", "Recovery"]
    assert len(outline.notices) == 2


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("CPT4 code\nName of the Procedure\na\nName of the Condition\nb\n", 4),
        ("CPT4 code\nSummary\na\nHCPCS code\nSummary\nb\n", 4),
        ("Summary\na\nPurpose\nb\nSetting\nc\nSummary\na\nPurpose\nb\nSetting\nc\n", 7),
    ],
)
def test_a_second_page_is_found_with_its_line(text: str, line: int) -> None:
    """A second name heading, a second type line or the same headings once more show it."""
    assert read_outline(text).second_page == line


def test_bullets_nest_by_indentation() -> None:
    """Bullets under step 2 belong to it and do not break the numbering."""
    steps = items(outline_of("CPT4-90853.txt"), "Procedure Description")
    assert [step.ordinal for step in steps] == [1, 2, 3]
    assert [child.text for child in steps[1].items] == ["about the week,", "about a plan."]


def test_bullets_that_lost_their_indentation_nest_by_the_label_above() -> None:
    """A bullet of a label alone holds what follows, up to the next label."""
    text = "CPT4 code\nProcedure Description\n- Talk:\n- Ask.\n- Listen.\n- Look:\n- See.\n"
    steps = items(read_outline(text), "Procedure Description")
    assert [(s.label, s.ordinal, len(s.items)) for s in steps] == [("Talk", 1, 2), ("Look", 2, 1)]


def test_bullets_between_two_numbers_nest_under_the_first() -> None:
    """A number that goes on after bullets shows that they were part of the step."""
    text = "CPT4 code\nProcedure Description\n1. Wash.\n- Hands\n- Arms\n2. Dry.\n"
    steps = items(read_outline(text), "Procedure Description")
    assert [len(step.items) for step in steps] == [2, 0]


def test_label_lines_hold_the_bullets_after_them() -> None:
    """A label line is a second-level heading; text on the next line is its text."""
    text = "CPT4 code\nPurpose\nProblem:\nToo much noise.\n\nGoals:\n\n  • Quiet\n  • Calm\n"
    problem, goals = items(read_outline(text), "Purpose")
    assert (problem.label, problem.text, problem.items) == ("Problem", "Too much noise.", ())
    assert (goals.label, [item.text for item in goals.items]) == ("Goals", ["Quiet", "Calm"])


def test_an_intro_line_is_no_label() -> None:
    """A clause before bullets is text of the section and holds nothing."""
    text = "CPT4 code\nPurpose\nThe wrap is used to:\n\n  • Hold.\n"
    outline = read_outline(text)
    assert [item.text for item in items(outline, "Purpose")] == ["Hold."]
    assert outline.passages[0].paragraphs[0].text == "The wrap is used to:"


def test_a_wrapped_line_belongs_to_its_bullet() -> None:
    """Without a blank line or the end of a sentence a line goes on."""
    text = "CPT4 code\nBenefits\n- Sleep that\n  lasts\n- Rest\nNot for all.\n"
    assert items(read_outline(text), "Benefits")[0].text == "Sleep that\n  lasts"


@pytest.mark.parametrize("marker", ["•", "-", "*", "–", "·", "o", "1.", "1)", "(1)", "a."])
def test_every_marker_opens_an_item(marker: str) -> None:
    """The marker is left out of the item's text."""
    outline = read_outline(f"CPT4 code\nBenefits\n{marker} More sleep\n")
    assert [item.text for item in items(outline, "Benefits")] == ["More sleep"]


def test_a_sentence_glued_to_the_last_risk_is_no_part_of_it() -> None:
    """The other bullets have one sentence each, so the second one of the last is a remark."""
    outline = outline_of("CPT4-90853.txt")
    risks = items(outline, "Risks and Complications")
    assert [risk.text for risk in risks][-1] == "Someone may feel left out."
    section = next(p for p in outline.passages if p.section.heading == "Risks and Complications")
    assert section.paragraphs[-1].text == "Both pass with a good leader."


def test_nesting_beyond_all_measure_stays_flat() -> None:
    """A page that nests a thousand levels deep is read without deep recursion."""
    text = "CPT4 code\nBenefits\n" + "".join(f"{' ' * 2 * n}- level {n}\n" for n in range(1000))
    assert items(read_outline(text), "Benefits")[0].text == "level 0"


LINES = st.sampled_from(
    [
        "",
        "",
        "Search all medical codes",
        "CPT4 code",
        "Name of the Procedure:",
        "Summary",
        "Indications",
        "Procedure Description",
        "Risks and Complications",
        "## Alternatives",
        "Similar Codes",
        "Note: it hurts",
        "Tools and Equipment:",
        "The aim is to:",
        "Insurance Coverage",
        "A tool. Tools: a, b. Anesthesia: none.",
    ]
)
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=30
)
ITEMS = st.builds(
    "{}{} {}{}".format,
    st.sampled_from(["", "  ", "\t", "\u00a0 ", "        "]),
    st.sampled_from(["•", "-", "1.", "12)", "(3)", "a.", "o", "Step 2:"]),
    st.sampled_from(["", "Label: ", "Label:", "**Bold:** "]),
    TEXTS,
)
LINE_ENDS = st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\n\n\n"])
PAGE_TEXTS = st.lists(st.tuples(st.one_of(LINES, TEXTS, ITEMS), LINE_ENDS), max_size=40).map(
    lambda lines: "".join(line + end for line, end in lines)
)


def nested(found: tuple[SectionItem, ...]) -> Iterator[SectionItem]:
    """Yield the items of every level."""
    for item in found:
        yield item
        yield from nested(item.items)


@given(PAGE_TEXTS)
def test_every_offset_holds_on_any_page(text: str) -> None:
    """Sections, items on every level and paragraphs are exact slices of the page's text."""
    for passage in read_outline(text).passages:
        section = passage.section
        spans: list[Section | SectionItem | Span] = [section]
        spans += [*nested(section.items), *passage.paragraphs]
        assert all(text[span.start : span.end] == span.text for span in spans)
        assert all(section.start <= span.start <= span.end <= section.end for span in spans)
