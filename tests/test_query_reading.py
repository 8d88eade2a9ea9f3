"""How searched text is read: corrections, beginnings, and the distance of words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.query_reading import edit_distance, read_query
from service.search_engine import SearchEngine
from tests.little_graphs import condition, procedure, stored

WORD = st.text("abc", max_size=6)


@pytest.fixture
def engine() -> SearchEngine:
    """Return the engine over four names."""
    names = [condition("A", "psychotherapy refused"), condition("B", "knee pain")]
    return stored([*names, procedure("1", "knee scan"), procedure("2", "bone")]).search_engine


@pytest.mark.parametrize(
    ("a", "b", "distance"),
    [("", "", 0), ("pain", "pian", 1), ("pain", "pan", 1), ("pain", "rain", 1), ("knee", "ken", 2)],
)
def test_edits_are_counted(a: str, b: str, distance: int) -> None:
    """A swap of neighbors is one edit."""
    assert edit_distance(a, b) == distance


@given(WORD, WORD)
def test_the_distance_is_symmetric_and_bounded(a: str, b: str) -> None:
    """It is 0 for equal words alone, and never more than the letters of the longer."""
    assert edit_distance(a, b) == edit_distance(b, a)
    assert (edit_distance(a, b) == 0) == (a == b)
    assert abs(len(a) - len(b)) <= edit_distance(a, b) <= max(len(a), len(b))


def test_a_word_that_no_name_has_is_corrected(engine: SearchEngine) -> None:
    """By one edit up to seven letters, by two from eight on; short words are left alone."""

    def corrected(text: str) -> list[tuple[str, str, int]]:
        reading = read_query(engine, text, unfinished=False)
        return [(c.asked, c.taken, c.distance) for c in reading.corrections]

    assert corrected("psycotherapy of the kneee") == [
        ("psycotherapy", "psychotherapy", 1),
        ("kneee", "knee", 1),
    ]
    assert corrected("psycoterapy") == [("psycoterapy", "psychotherapy", 2)]
    assert corrected("kmee bome") == [("kmee", "knee", 1), ("bome", "bone", 1)]
    assert corrected("keen kxxe zzz") == []


def test_the_last_word_may_be_a_beginning(engine: SearchEngine) -> None:
    """And is then not corrected; with a blank after it, it is whole."""
    reading = read_query(engine, "knee psychoth")
    assert reading.corrections == ()
    assert len(reading.others) == 2
    assert [beginning for _, _, beginning in read_query(engine, "p").others] == ["^p"]
    assert [beginning for _, _, beginning in read_query(engine, "knee p").others] == ["", "p"]
    assert [beginning for _, _, beginning in read_query(engine, "p ").others] == []


def test_silent_words_ask_for_nothing_beside_others(engine: SearchEngine) -> None:
    """Alone they are asked for as they are."""
    assert len(read_query(engine, "pain of the knee").others) == 2
    assert read_query(engine, "of the", unfinished=False).others == ()
