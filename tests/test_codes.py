"""Codes as people write them, and the one form in which they are kept."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.codes import (
    KNOWN_SYSTEMS,
    alternative_id,
    broader_codes,
    canonical_system,
    facet_id,
    normalize,
)


@pytest.mark.parametrize(
    ("system", "written", "normal"),
    [
        ("CPT4", " 90804\n", "90804"),
        ("CPT4", "９０８０４", "90804"),
        ("CPT4", "0001f", "0001F"),
        ("ICD10CM", "f32.a", "F32.A"),
        ("ICD10CM", "F32A", "F32.A"),
        ("ICD10CM", "F\u200b32\u2060.A\ufeff", "F32.A"),
        ("ICD10CM", "F30\u2013F39", "F30-F39"),
        ("ICD10CM", "I10", "I10"),
        ("ICD10PCS", "0ft44zz", "0FT44ZZ"),
        ("HCPCS", "g 9638", "G9638"),
        ("HOUSE", " ab-1 ", "AB-1"),
    ],
)
def test_every_writing_of_a_code_gives_its_normal_form(
    system: str, written: str, normal: str
) -> None:
    """Case, blanks, width, invisible characters and a missing dot do not matter."""
    assert normalize(system, written) == normal


@pytest.mark.parametrize(
    ("system", "written"),
    [
        ("CPT4", "9080"),
        ("CPT4", "90804-22"),
        ("CPT4", "F32.A"),
        ("ICD10CM", "32.A"),
        ("ICD10CM", "F32.12345"),
        ("ICD10PCS", "0FT44ZO"),
        ("ICD10PCS", "0FT44Z"),
        ("HCPCS", "99638"),
        ("HOUSE", ""),
        ("HOUSE", " \u200b\t"),
        ("HOUSE", "x" * 65),
        ("HOUSE", " " * 10_000 + "x"),
    ],
)
def test_malformed_text_is_no_code(system: str, written: str) -> None:
    """What cannot be a code of the system is refused, however long it is."""
    assert normalize(system, written) is None


@settings(deadline=None)
@given(st.sampled_from([*KNOWN_SYSTEMS, "HOUSE"]), st.text(max_size=20))
@example("HOUSE", "a \u0301")
@example("HOUSE", "a\u200d\u0301")
@example("HOUSE", "\u0390")
def test_a_normal_form_is_its_own_normal_form(system: str, written: str) -> None:
    """Normalizing twice changes nothing, also where marks meet letters when blanks go."""
    once = normalize(system, written)
    assert once is None or normalize(system, once) == once


@pytest.mark.parametrize("name", KNOWN_SYSTEMS)
def test_the_example_of_a_system_is_one_of_its_codes(name: str) -> None:
    """What people are shown as an example would be accepted from them."""
    known = KNOWN_SYSTEMS[name]
    assert normalize(name, known.example) == known.example
    assert {canonical_system(text) for text in (name, *known.aliases)} == {name}


def test_names_of_systems_are_found_in_any_writing() -> None:
    """Dashes and case do not matter; an unknown name is squeezed."""
    assert canonical_system("icd-10-cm") == canonical_system("ICD10") == "ICD10CM"
    assert canonical_system("my house codes") == "MYHOUSECODES"


def test_broader_codes_never_end_in_a_dot() -> None:
    """A code loses its last characters one by one, the dot with the last behind it."""
    assert broader_codes("F32.99") == ["F32.9", "F32", "F3", "F"]


def test_different_names_make_different_ids() -> None:
    """What a slug cannot show, its digest tells apart; case and accents make no difference."""
    assert alternative_id("Café group") == alternative_id("cafe GROUP")
    assert len({alternative_id(text) for text in ("睡眠", "休息", "x" * 90, "x" * 91)}) == 4
    assert facet_id("body part", "Knee joint") == "facet:body-part/knee-joint"
