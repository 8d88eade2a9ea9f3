"""Words as roots: which wordings are one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.roots import root, roots


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("tumours", "neoplasm"),
        ("renal", "kidneys"),
        ("haemorrhage", "bleeding"),
        ("oedema", "swollen"),
        ("stones", "calculi"),
        ("nosebleeds", "nosebleed"),
        ("anemic", "anaemia"),
        ("constipated", "constipation"),
        ("allergic", "allergies"),
    ],
)
def test_two_wordings_have_one_root(one: str, other: str) -> None:
    """Spelling, number, word class and Latin make no difference."""
    assert root(one) == root(other) != ""


@pytest.mark.parametrize(
    ("one", "other"), [("cornea", "corn"), ("hand", "arm"), ("low", "high"), ("liver", "live")]
)
def test_what_is_not_the_same_keeps_apart(one: str, other: str) -> None:
    """An ending that is taken off leaves enough to tell words apart."""
    assert root(one) != root(other)


def test_silent_words_have_no_root() -> None:
    """Articles and prepositions say nothing by themselves."""
    assert [root(word) for word in ("the", "of", "unspecified", "'s")] == ["", "", "", ""]


def test_two_words_can_be_one_root() -> None:
    """A malignant neoplasm is a cancer, and lower limbs are legs."""
    assert roots(["malignant", "neoplasm"]) == [root("cancer"), ""]
    assert roots(["lower", "limbs"])[0] == root("leg")


@given(st.text(max_size=20))
def test_any_text_has_a_root(text: str) -> None:
    """No writing system breaks it, and a root is never longer than its word."""
    assert isinstance(root(text), str)
