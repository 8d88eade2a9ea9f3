"""Linking text to concepts: the longest name, its place, and whether it is denied."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.linking import Link, NameTable, link
from service.model import Concept, ConceptId, ConceptKind

NAMES = NameTable(
    Concept(id=ConceptId(f"phrase:{name.replace(' ', '-')}"), kind=ConceptKind.CONDITION, name=name)
    for name in ("cough", "dry cough", "fever", "nurse", "itchy eyes", "St Vitus dance")
)


def _links(text: str) -> list[Link]:
    return link(text, NAMES, kinds={ConceptKind.CONDITION})


def test_the_longest_name_wins() -> None:
    """A dry cough is not a cough besides."""
    text = "She has a dry cough."
    (only,) = _links(text)
    assert only.concept_id == "phrase:dry-cough"
    assert text[only.start : only.end] == "dry cough"


def test_a_plural_is_a_little_less_sure() -> None:
    """The name itself gives full confidence."""
    assert [one.confidence for one in _links("fever and fevers")] == [1.0, 0.95]


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("No fever today.", True),
        ("The patient denies any fever.", True),
        ("Fever was ruled out.", True),
        ("Fever denied.", True),
        ("Fever ruled out by the doctor", True),
        ("Nurse ruled out", True),
        ("Nurse declined to come", False),
        ("Nurse denied entry", False),
        ("No pain. Fever since Monday.", False),
        ("No pain but fever.", False),
    ],
)
def test_negation_stays_in_its_clause(text: str, negated: bool) -> None:  # noqa: FBT001
    """Before or after the name, and not where the name is who denies."""
    (only,) = _links(text)
    assert only.negated is negated


def test_other_kinds_are_left_out() -> None:
    """Who asks for procedures gets no conditions."""
    assert link("fever", NAMES, kinds={ConceptKind.PROCEDURE}) == []


def test_a_name_does_not_cross_sentences() -> None:
    """Two words that meet by chance are no name; an abbreviation's dot parts nothing."""
    assert [one.concept_id for one in _links("Her lips were itchy. Eyes clear.")] == []
    assert [one.concept_id for one in _links("A case of St. Vitus dance.")] == [
        "phrase:St-Vitus-dance"
    ]


@given(
    st.lists(st.sampled_from(["no", "dry", "cough", "Fevers", "😀", ".", "ﬁ", "\n"])).map(" ".join)
)
def test_links_are_ordered_and_do_not_overlap(text: str) -> None:
    """Offsets are code points of the text as it was given, and enclose whole words."""
    found = _links(text)
    ends = [0, *(one.end for one in found)]
    for before, one in zip(ends, found, strict=False):
        assert before <= one.start < one.end <= len(text)
        named = text[one.start : one.end].split()
        assert {named[0], named[-1]} <= {"dry", "cough", "Fevers"}
