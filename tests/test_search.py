"""Search over the default graph: codes, whole names, words, beginnings, misspelled words."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.errors import BadUserInputError
from service.model import ConceptKind
from service.search import Hit, MatchField, search
from service.store.base import GraphStore, Selection
from service.store.memory import MemoryStore

TODAY = date(2026, 11, 2)
ANYTHING = Selection()
CONDITIONS = Selection(kinds=(ConceptKind.CONDITION,))


def _hits(
    store: GraphStore, query: str, limit: int = 5, *, selection: Selection = ANYTHING
) -> list[Hit]:
    return search(store, query, selection=selection, day=TODAY).hits(0, limit)


def _ids(store: GraphStore, query: str, limit: int = 5) -> list[str]:
    return [hit.concept.id for hit in _hits(store, query, limit)]


@pytest.mark.parametrize("query", ["F32.A", "f32a", " F32 a ", "icd-10-cm:F32.A", "Ｆ３２．Ａ"])
def test_a_code_comes_first_with_full_score(store: MemoryStore, query: str) -> None:
    """However it is written, in full width too, and with its system in front if one likes."""
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
    hits = _hits(store, "cholecystitis acute", selection=CONDITIONS)
    assert hits[0].concept.id == "ICD10CM:K81.0"
    assert hits[0].score > hits[1].score


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("heart attack", "ICD10CM:I21.9"),
        ("high blood pressure", "ICD10CM:I10"),
        ("sugar diabetes", "ICD10CM:E11.9"),
        ("colonoscopy", "ICD10PCS:0DJD8ZZ"),
        ("c-section", "ICD10PCS:10D00Z1"),
        ("laparoscopic cholecystectomy", "ICD10PCS:0FT44ZZ"),
        ("laparoscopic appendectomy", "ICD10PCS:0DTJ4ZZ"),
    ],
)
def test_what_people_say_finds_what_coders_expect(
    store: MemoryStore, query: str, wanted: str
) -> None:
    """Among the first three, without a code of the query in any table."""
    assert wanted in _ids(store, query, 3)


def test_a_replaced_knee_is_found_on_either_side(store: MemoryStore) -> None:
    """Titles say "Replacement of Left Knee Joint"; the codes of procedures come early."""
    found = _hits(store, "knee replacement", selection=Selection(systems=("ICD10PCS",)))
    assert all(hit.concept.id.startswith(("ICD10PCS:0SRC", "ICD10PCS:0SRD")) for hit in found)


def test_the_last_word_may_be_unfinished(store: MemoryStore) -> None:
    """People see hits while they type; a blank ends the word."""
    (hit, *_) = _hits(store, "percutaneous endoscopic resection gallbl")
    assert hit.concept.id == "ICD10PCS:0FT44ZZ"
    typed, whole = (_ids(store, query, 20) for query in ("psychoth", "psychotherapy"))
    assert len(set(typed) & set(whole)) > 10
    assert _hits(store, "p")


def test_a_code_may_be_unfinished(store: MemoryStore) -> None:
    """With or without its dot; words that begin so come after."""
    assert all(found.startswith("ICD10CM:F32.") for found in _ids(store, "f32.", 9)[1:9])
    assert all(found.startswith("ICD10PCS:0FT44") for found in _ids(store, "0FT44", 1))


def test_a_misspelled_word_is_corrected_and_said_to_be(store: MemoryStore) -> None:
    """One letter left out is one edit; what was asked for stands beside what was taken."""
    found = search(store, "psycotherapy", selection=ANYTHING, day=TODAY)
    hits = found.hits(0, 10)
    assert found.corrected == "psychotherapy"
    assert {hit.edit_distance for hit in hits} == {1}
    right = search(store, "psychotherapy", selection=ANYTHING, day=TODAY)
    assert right.corrected is None
    assert found.total == right.total
    assert {hit.edit_distance for hit in right.hits(0, 10)} == {0}


def test_hits_come_in_pages_that_join(store: MemoryStore) -> None:
    """Beyond what is ranked exactly, too: no hit twice, none left out, scores never rise."""
    found = search(store, "open approach", selection=ANYTHING, day=TODAY)
    assert found.total > 1_000
    whole = found.hits(0, 700)
    pages = [hit for offset in range(0, 700, 70) for hit in found.hits(offset, 70)]
    assert [hit.concept.id for hit in pages] == [hit.concept.id for hit in whole]
    assert len({hit.concept.id for hit in whole}) == 700
    assert [hit.score for hit in whole] == sorted((hit.score for hit in whole), reverse=True)


def test_groups_sum_to_the_total(store: MemoryStore) -> None:
    """Facets are made of them."""
    for query in ("gallbladder", "F32.A", "knee replacement", "a"):
        found = search(store, query, selection=ANYTHING, day=TODAY)
        assert sum(found.groups().values()) == found.total > 0


def test_a_selection_holds(store: MemoryStore) -> None:
    """Kind, system and being in use."""
    everywhere = search(store, "psychotherapy", selection=ANYTHING, day=TODAY)
    current = Selection(systems=("CPT4",), include_retired=False)
    found = search(store, "psychotherapy", selection=current, day=TODAY)
    hits = found.hits(0, 200)
    assert everywhere.total > found.total == len(hits) > 0
    assert {hit.concept.system for hit in hits} == {"CPT4"}
    assert "CPT4:90804" not in {hit.concept.id for hit in hits}


def test_the_text_of_a_page_is_found_last(store: MemoryStore) -> None:
    """A word that only a page has leads to its code, and the line that has it is shown."""
    hits = _hits(store, "eardrum fluid hearing", 50)
    texts = [hit for hit in hits if hit.matched_on is MatchField.TEXT]
    assert all(hit.score < 0.5 for hit in texts)


@pytest.mark.parametrize("query", ["", " ", "?!", "zzyzxq"])
def test_nothing_is_found_for_nothing(store: MemoryStore, query: str) -> None:
    """Neither blanks nor signs nor unknown words find anything."""
    found = search(store, query, selection=ANYTHING, day=TODAY)
    assert (found.total, found.hits(0, 5), found.groups()) == (0, [], {})


@pytest.mark.parametrize("query", ["x" * 1_001, " ".join(f"w{n}" for n in range(51))])
def test_a_query_is_bounded(store: MemoryStore, query: str) -> None:
    """A whole document is no query."""
    with pytest.raises(BadUserInputError):
        search(store, query, selection=ANYTHING, day=TODAY)


@pytest.mark.parametrize(
    "query", ["root:heart", "heart AND NOT", '"heart', "heart*", "(heart", "heart~2", "[a TO b]"]
)
def test_a_query_has_no_operators(store: MemoryStore, query: str) -> None:
    """Signs of query languages are signs like any other, and are not looked for."""
    plain = " ".join(word for word in query.replace("*", " ").replace('"', " ").split())
    assert _ids(store, query) == _ids(store, plain.replace(":", " ").replace("(", "").rstrip("~"))


@settings(max_examples=60, deadline=None)
@given(query=st.text(max_size=60))
def test_any_text_is_a_query(store: MemoryStore, query: str) -> None:
    """No text makes it fail; what is found is ordered and counted."""
    found = search(store, query, selection=ANYTHING, day=TODAY)
    scores = [hit.score for hit in found.hits(0, 20)]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == min(20, found.total)
