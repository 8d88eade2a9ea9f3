"""Looking codes up: what people mistype, and that no text of theirs breaks the answer."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.lookup import CodeMiss, MissReason, look_up, look_up_all
from service.model import Concept
from service.store.memory import MemoryStore


@pytest.mark.parametrize(
    ("system", "code", "meant"),
    [
        ("ICD10PCS", "OFT44ZZ", "ICD10PCS:0FT44ZZ"),
        ("CPT4", "9O8O4", "CPT4:90804"),
        ("ICD10CM", "F99.123", "ICD10CM:F99"),
        ("ICD10CM", "gallstones", "ICD10CM:K80.20"),
    ],
)
def test_a_near_code_is_suggested(store: MemoryStore, system: str, code: str, meant: str) -> None:
    """Letters for digits, a code too narrow, a name instead of a code."""
    miss = look_up(store, system, code)
    assert isinstance(miss, CodeMiss)
    assert meant in [concept.id for concept in miss.suggestions]


def test_a_message_shows_no_control_characters(store: MemoryStore) -> None:
    """What was asked for is quoted short and printable: it ends up in terminals and logs."""
    miss = look_up(store, "ICD10CM", "\x1b[31m" + "x" * 500)
    assert isinstance(miss, CodeMiss)
    assert miss.message.isprintable()
    assert len(miss.message) < 200


def test_every_ref_has_its_own_answer(store: MemoryStore) -> None:
    """In order, whatever stands beside it."""
    refs = [("CPT4", "90804"), ("NONE", "1"), ("ICD10CM", "F32.A"), ("CPT4", "90804")]
    found = look_up_all(store, refs)
    assert [one.id if isinstance(one, Concept) else one.reason for one in found] == [
        "CPT4:90804",
        MissReason.UNKNOWN_SYSTEM,
        "ICD10CM:F32.A",
        "CPT4:90804",
    ]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    system=st.sampled_from(["CPT4", "ICD10CM", "icd-10-pcs", "", "ß"]), code=st.text(max_size=80)
)
def test_any_text_gets_an_answer(store: MemoryStore, system: str, code: str) -> None:
    """Never nothing, never an exception."""
    found = look_up(store, system, code)
    assert isinstance(found, Concept) or found.message
