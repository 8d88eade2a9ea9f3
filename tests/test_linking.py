"""Linking text to concepts: which are named, where, how surely, and whether they are denied."""

import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.linking import Link, link
from service.model import Concept, ConceptId, ConceptKind
from service.name_index import build_name_index
from service.store.memory import MemoryStore

CONDITIONS = [
    Concept(
        id=ConceptId(f"test:{name}"), kind=ConceptKind.CONDITION, name=name, synonyms=tuple(others)
    )
    for name, *others in (
        ("cough",),
        ("dry cough",),
        ("fever", "pyrexia"),
        ("kidney stone",),
        ("bladder stone",),
        ("burn of hand",),
        ("burn of arm",),
        ("anxiety",),
        ("depression",),
        ("anxiety depression",),
        ("nausea and vomiting",),
        ("knee pain",),
        ("itchy eyes",),
        ("St Vitus dance",),
    )
]
NAMES = build_name_index(CONDITIONS)
PHRASES = Path(__file__).parent / "data" / "linking"


def _links(text: str) -> list[Link]:
    return link(text, NAMES, kinds={ConceptKind.CONDITION})


def _named(text: str) -> list[tuple[str, str]]:
    """Return the words that are linked, and to what."""
    return [(text[x.start : x.end], CONDITIONS[x.bearer].name) for x in _links(text)]


def test_the_longest_name_wins() -> None:
    """A dry cough is not a cough besides."""
    assert _named("She has a dry cough.") == [("dry cough", "dry cough")]


def test_modifiers_are_passed_over() -> None:
    """What is said of a thing leaves it what it is, at a small cost."""
    text = "Pain in the left knee"
    assert _named(text) == [(text, "knee pain")]
    (only,) = _links(text)
    assert only.confidence == 0.95


def test_a_synonym_is_less_sure_than_a_name() -> None:
    """A concept's own name gives full confidence."""
    assert [one.confidence for one in _links("fever; other names")] == [1.0]
    assert _links("knee pain")[0].confidence == 1.0


def test_entries_of_a_list_borrow_what_they_lack() -> None:
    """The first lacks the last word, or the second the first; each covers its own words alone."""
    assert _named("Kidney or bladder stones") == [
        ("Kidney", "kidney stone"),
        ("bladder stones", "bladder stone"),
    ]
    assert _named("Burns of the hand or arm") == [
        ("Burns of the hand", "burn of hand"),
        ("arm", "burn of arm"),
    ]


def test_a_list_is_not_one_name() -> None:
    """Only where the name itself has an "and" is it read across one."""
    assert [name for _, name in _named("Depression, anxiety, or cough")] == [
        "depression",
        "anxiety",
        "cough",
    ]
    assert [name for _, name in _named("Nausea and vomiting")] == ["nausea and vomiting"]


def test_denial_is_told_by_clause() -> None:
    """What another sentence denies is not denied here."""
    assert [(x.bearer, x.negated) for x in _links("No cough. Fever since Monday.")] == [
        (0, True),
        (2, False),
    ]


def test_other_kinds_are_left_out() -> None:
    """Who asks for procedures gets no conditions."""
    assert link("fever", NAMES, kinds={ConceptKind.PROCEDURE}) == []


def test_a_name_does_not_cross_sentences() -> None:
    """Two words that meet by chance are no name; an abbreviation's dot parts nothing."""
    assert _named("Her lips were itchy. Eyes clear.") == []
    assert _named("A case of St. Vitus dance.") == [("St. Vitus dance", "St Vitus dance")]


@given(
    st.lists(
        st.sampled_from(["no", "dry", "cough", "Fevers", "😀", ".", "ﬁ", "\n", "or", ",", "hand"])
    ).map(" ".join)
)
def test_links_are_ordered_and_do_not_overlap(text: str) -> None:
    """Offsets are code points of the text as it was given, and enclose whole words."""
    found = _links(text)
    ends = [0, *(one.end for one in found)]
    for before, one in zip(ends, found, strict=False):
        assert before <= one.start < one.end <= len(text)
        named = text[one.start : one.end].split()
        assert {named[0], named[-1]} <= {"dry", "cough", "Fevers"}


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    """No writing breaks the linker, and its offsets lie within the text."""
    for one in _links(text):
        assert 0 <= one.start < one.end <= len(text)


def test_a_long_text_is_read_in_pieces() -> None:
    """The place of a link is that in the whole text, however much stands before it."""
    filler = "On the way the patient came back. " * 500
    text = f"{filler} with a dry cough"
    assert _named(text) == [("dry cough", "dry cough")]


def _right(codes: Sequence[str], accepted: str) -> bool:
    return any(code.startswith(tuple(accepted.split())) for code in codes)


@pytest.fixture(scope="module", params=["development", "second-hand"])
def development(
    request: pytest.FixtureRequest, store: MemoryStore
) -> list[tuple[list[str], list[str], dict[str, list[str]]]]:
    """Return for each development phrase the codes that are named, and denied, and its entry."""
    results = []
    for entry in tomllib.loads((PHRASES / f"{request.param}.toml").read_text(encoding="utf-8"))[
        "phrases"
    ]:
        links = link(entry["text"], store.names, kinds={ConceptKind.CONDITION})
        codes = [
            record.code or record.id for record in store.concepts_at([x.bearer for x in links])
        ]
        named = [code for code, x in zip(codes, links, strict=True) if not x.negated]
        denied = [code for code, x in zip(codes, links, strict=True) if x.negated]
        results.append((named, denied, entry))
    return results


def test_development_phrases_reach_their_conditions(
    development: list[tuple[list[str], list[str], dict[str, list[str]]]],
) -> None:
    """At least .88 of what the phrases state is linked, and at most .08 of the links are wrong."""
    stated = [(named, one) for named, _, entry in development for one in entry.get("means", [])]
    reached = sum(_right(named, one) for named, one in stated)
    assert reached / len(stated) >= 0.88
    links = [(code, entry.get("means", [])) for named, _, entry in development for code in named]
    wrong = sum(not any(_right([code], one) for one in means) for code, means in links)
    assert wrong / len(links) <= 0.08


def test_development_phrases_deny_what_they_deny(
    development: list[tuple[list[str], list[str], dict[str, list[str]]]],
) -> None:
    """What is said not to be there is marked so, and nothing is linked where nothing is named."""
    told = [
        _right(denied, one) and not _right(named, one)
        for named, denied, entry in development
        for one in entry.get("denies", [])
    ]
    assert sum(told) / len(told) >= 0.85
    nothing = [named for named, _, entry in development if entry.keys() == {"text"}]
    assert nothing == [[] for _ in nothing]
