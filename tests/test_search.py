"""Search over the default graph: codes, whole names, words, the beginning of a word."""

from datetime import date

import numpy as np
import pytest

from service.errors import BadUserInputError
from service.model import ConceptKind
from service.search import Hit, MatchField, search
from service.store.base import GraphStore, Selection
from service.store.memory import MemoryStore

TODAY = date(2026, 11, 2)
ANYTHING = Selection()


def _hits(
    store: GraphStore, query: str, limit: int = 5, *, selection: Selection = ANYTHING
) -> list[Hit]:
    return search(store, query, selection=selection, day=TODAY).hits(store, 0, limit)


@pytest.mark.parametrize("query", ["F32.A", "f32a", " F32 a ", "icd-10-cm:F32.A"])
def test_a_code_comes_first_with_full_score(store: MemoryStore, query: str) -> None:
    """However it is written, and with its system in front if one likes."""
    first = _hits(store, query)[0]
    assert (first.concept.id, first.score, first.matched_on, first.matched_text) == (
        "ICD10CM:F32.A",
        1.0,
        MatchField.CODE,
        "F32.A",
    )


def test_a_whole_name_outranks_a_whole_synonym(store: MemoryStore) -> None:
    """Both outrank texts that only bear the words."""
    name = _hits(store, "Acute cholecystitis")[0]
    synonym = _hits(store, "empyema of gallbladder")[0]
    assert (name.concept.id, name.score, name.matched_on) == (
        "ICD10CM:K81.0",
        0.95,
        MatchField.NAME,
    )
    assert (synonym.concept.id, synonym.score, synonym.matched_on) == (
        "ICD10CM:K81.0",
        0.9,
        MatchField.SYNONYM,
    )
    assert synonym.matched_text.casefold() == "empyema of gallbladder"


def test_words_are_found_in_any_order(store: MemoryStore) -> None:
    """The shorter name comes first where both have all words."""
    selection = Selection(kinds=(ConceptKind.CONDITION,))
    hits = _hits(store, "cholecystitis acute", selection=selection)
    assert hits[0].concept.id == "ICD10CM:K81.0"
    assert hits[0].score > hits[1].score


def test_the_last_word_may_be_unfinished(store: MemoryStore) -> None:
    """People see hits while they type."""
    (hit, *_) = _hits(store, "percutaneous endoscopic resection gallbl")
    assert hit.concept.id == "ICD10PCS:0FT44ZZ"


def test_hits_are_ordered_to_the_last_tie(store: MemoryStore) -> None:
    """Equal scores are ordered by id, which is the order of the numbers."""
    found = search(store, "gallbladder", selection=ANYTHING, day=TODAY)
    pairs = list(zip(-np.round(found.scores, 9), found.numbers, strict=True))
    assert len(pairs) > 100
    assert pairs == sorted(pairs)


def test_a_selection_holds(store: MemoryStore) -> None:
    """Kind, system and being in use."""
    everywhere = search(store, "psychotherapy", selection=ANYTHING, day=TODAY)
    current = Selection(systems=("CPT4",), include_retired=False)
    hits = _hits(store, "psychotherapy", 200, selection=current)
    assert len(everywhere.numbers) > len(hits) > 0
    assert {hit.concept.system for hit in hits} == {"CPT4"}
    assert "CPT4:90804" not in {hit.concept.id for hit in hits}


@pytest.mark.parametrize("query", ["", " ", "?!", "zzyzx"])
def test_nothing_is_found_for_nothing(store: MemoryStore, query: str) -> None:
    """Neither blanks nor signs nor unknown words find anything."""
    assert len(search(store, query, selection=ANYTHING, day=TODAY).numbers) == 0


@pytest.mark.parametrize("query", ["x" * 1_001, " ".join(f"w{n}" for n in range(51))])
def test_a_query_is_bounded(store: MemoryStore, query: str) -> None:
    """A whole document is no query."""
    with pytest.raises(BadUserInputError):
        search(store, query, selection=ANYTHING, day=TODAY)
