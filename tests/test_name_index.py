"""The index of names: who bears which words, and what each wording costs."""

import numpy as np

from service.model import Concept, ConceptId, ConceptKind
from service.name_index import NameIndex, build_name_index, root_hash
from service.roots import roots


def _condition(code: str, name: str, *synonyms: str) -> Concept:
    return Concept(
        id=ConceptId(f"ICD10CM:{code}"),
        kind=ConceptKind.CONDITION,
        name=name,
        synonyms=synonyms,
        system="ICD10CM",
        code=code,
        title=name,
    )


def _bearer(index: NameIndex, text: str) -> tuple[int, int] | None:
    """Return who bears ``text`` and the penalty."""
    key = sum(map(root_hash, roots(text.split()))) % 2**64
    (at,) = index.first_at(np.array([key], np.uint64))
    return None if at < 0 else (int(index.bearers[at]), int(index.penalties[at]))


def test_the_order_of_words_does_not_matter() -> None:
    """A hernia of the groin is a groin hernia."""
    index = build_name_index([_condition("K40", "Inguinal hernia")])
    assert _bearer(index, "hernia of the groin") == _bearer(index, "groin hernia") == (0, 0)


def test_what_titles_add_can_be_left_out_at_a_cost() -> None:
    """Nobody says "not elsewhere classified"."""
    title = "Fatty (change of) liver, not elsewhere classified"
    index = build_name_index([_condition("K76.0", title)])
    found = _bearer(index, "fatty liver")
    assert found is not None
    assert found[0] == 0
    assert found[1] > 0


def test_the_broader_code_bears_a_name_that_two_share() -> None:
    """Left and right are passed over: the category is meant."""
    concepts = [
        _condition("M25.561", "Pain in right knee"),
        _condition("M25.56", "Pain in knee"),
        _condition("M25.569", "Pain in unspecified knee"),
    ]
    assert _bearer(build_name_index(concepts), "knee pain") == (1, 0)


def test_a_region_alone_names_nothing() -> None:
    """Without its modifier an acute abdomen is an abdomen, which is no condition."""
    index = build_name_index([_condition("R10.0", "Acute abdomen")])
    assert _bearer(index, "abdomen") is None
    assert _bearer(index, "acute abdomen") == (0, 0)


def test_external_causes_are_not_met_in_texts() -> None:
    """A fall from a ladder is assigned by a coder and names no condition."""
    assert not len(build_name_index([_condition("W11", "Fall on and from ladder")]).keys)


def test_an_empty_index_knows_nothing() -> None:
    """A graph without conditions is no fault."""
    assert build_name_index([]).first_at(np.array([1], np.uint64)).tolist() == [-1]
