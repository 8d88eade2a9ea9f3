"""Codes, wildcards and ranges in the text of a coding note, on a small invented list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.ingest.icd10cm_notes import ItemTree

PARENTS = {
    "1": None,
    "A00-A02": "1",
    "A00": "A00-A02",
    "A00.0": "A00",
    "A00.1": "A00",
    "A01": "A00-A02",
    "A02": "A00-A02",
    "A02.8": "A02",
    "A02.81": "A02.8",
    "A02.82": "A02.8",
    "A02.9": "A02",
    "A03-A09": "1",
    "A03": "A03-A09",
    "A09": "A03-A09",
    "2": None,
    "B00-B09": "2",
    "B10-B19": "2",
    "B10": "B10-B19",
    "B1A": "B10-B19",
}
TREE = ItemTree(PARENTS, empty=frozenset({"B00-B09"}))
LEAVES = [item for item in PARENTS if item not in PARENTS.values() and item != "B00-B09"]


def leaves_under(item: str) -> set[str]:
    """Return the leaves below ``item``, itself if it is one."""
    below = {leaf for leaf in LEAVES if leaf == item}
    for child, parent in PARENTS.items():
        if parent == item:
            below |= leaves_under(child) - {"B00-B09"}
    return below


@pytest.mark.parametrize(
    ("note", "named"),
    [
        ("one code (A00.1)", "A00.1"),
        ("a wildcard (A00.-)", "A00"),
        ("a wildcard of a subcategory (A02.8-)", "A02.8"),
        ("two codes (A00.0, A09)", "A00.0 A09"),
        ("two codes without a blank (A00.0-,A09.-)", "A00.0 A09"),
        ("a section (A00-A02)", "A00-A02"),
        ("a section without categories (B00-B09)", "B00-B09"),
        ("a whole chapter (A00-A09)", "1"),
        ("part of a section (A00-A01)", "A00 A01"),
        ("part of a category (A02.81-A02.9)", "A02"),
        ("into a section (A01-A03)", "A01 A02 A03"),
        ("wildcards at both ends (A00.--A01.-)", "A00 A01"),
        ("blanks around the dash (A00 - A01)", "A00 A01"),
        ("in words (A00.- to A01)", "A00 A01"),
        ("a range and a code (A00-A01, A09)", "A00 A01 A09"),
        ("two ranges (A00-A01; B10-B1A)", "A00 A01 2"),
        ("with a condition (A00-A02 with .51-.52)", "A00-A02"),
        ("named twice (A00, A00.-)", "A00"),
        ("a letter in third place (B1A)", "B1A"),
        ("no such code (A77)", ""),
        ("half a range (A01-A77)", "A01"),
        ("backwards (A03-A00)", "A03 A00"),
        ("in two brackets (A00) and (A09)", "A00 A09"),
        ("any type in A00 (A09)", "A09"),
        ("as classified in A00.- to A01.-", "A00 A01"),
        ("A00B, XA00 and A0 are no codes", ""),
        ("", ""),
    ],
)
def test_a_note_names_its_items(note: str, named: str) -> None:
    """Each writing that the release uses gives the items it means, in order."""
    assert TREE.named_in(note) == tuple(named.split())


def test_a_later_item_follows_by_place_and_not_by_spelling() -> None:
    """B1A comes after B10 in the list, wherever its letters would sort."""
    parents = {"1": None, "C75": "1", "C7A": "1", "C76": "1"}
    assert ItemTree(parents, empty=frozenset()).between("C75", "C7A") == ["C75", "C7A"]


@given(st.sampled_from(LEAVES), st.sampled_from(LEAVES))
def test_a_range_is_covered_once(first: str, last: str) -> None:
    """The items of a range have exactly its leaves below them, and none has another's."""
    low, high = LEAVES.index(first), LEAVES.index(last)
    if low > high:
        return
    covered = [leaf for item in TREE.between(first, last) for leaf in leaves_under(item)]
    assert sorted(covered) == sorted(LEAVES[low : high + 1])


@given(st.text(alphabet="AB0129.-(), to", max_size=60))
def test_any_text_names_items_alone(note: str) -> None:
    """Whatever a note looks like, what it names is in the list, each once."""
    named = TREE.named_in(note)
    assert len(set(named)) == len(named)
    assert all(item in TREE for item in named)
