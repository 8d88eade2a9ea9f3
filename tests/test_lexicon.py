"""Words of names, and who bears them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from service.lexicon import build_lexicon, name_key, stem, words
from service.model import Concept, ConceptId, ConceptKind


def test_accents_apostrophes_and_case_do_not_part_words() -> None:
    """People write names as their keyboards let them."""
    assert words("Ménière’s Disease (left)") == words("Meniere's disease, LEFT")


def test_inflected_forms_share_a_stem_and_short_words_keep_theirs() -> None:
    """Four letters always stay, so that different short words do not meet."""
    assert len({stem(word) for word in ("behavioral", "behavior", "behaviour")}) == 1
    assert stem("gas") == "gas"
    assert stem("knees") == "knee"


def test_unspecified_names_have_the_key_of_the_plain_name() -> None:
    """Whoever writes "depression" means the code that says "unspecified"."""
    assert name_key("Depression, unspecified") == name_key("depression") == "depression"
    assert name_key("Unspecified") == "unspecified"


def test_a_name_lists_its_holders_and_whether_it_is_their_own() -> None:
    """Concepts come by number, each once, a synonym marked as such."""
    kind = ConceptKind.CONDITION
    lexicon = build_lexicon(
        [
            Concept(ConceptId("ILLS:A"), kind, "Sadness", synonyms=("low mood", "Low, low mood")),
            Concept(ConceptId("ILLS:B"), kind, "Low mood"),
        ]
    )
    assert lexicon.bearers_of_name("low mood") == [(0, False), (1, True)]
    assert lexicon.bearers_of_name("low") == []


@settings(deadline=None)
@given(st.lists(st.text(max_size=12), max_size=6))
def test_every_name_finds_its_concept(names: list[str]) -> None:
    """The lexicon says neither more nor less than the names do."""
    kind = ConceptKind.CONDITION
    concepts = [Concept(ConceptId(f"ILLS:{n}"), kind, name) for n, name in enumerate(names)]
    lexicon = build_lexicon(concepts)
    found = {(key, n) for key in lexicon.names for n, _ in lexicon.bearers_of_name(key)}
    assert found == {(name_key(name), n) for n, name in enumerate(names) if name_key(name)}
