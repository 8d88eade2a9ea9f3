"""What a clause denies."""

import pytest

from service.negation import denied_stretches


def _denied(clause: str, word: str) -> bool:
    at = clause.index(word)
    return any(start <= at < end for start, end in denied_stretches(clause))


@pytest.mark.parametrize(
    ("clause", "word"),
    [
        ("No fever today", "fever"),
        ("The patient denies any fever", "fever"),
        ("Denies chest pain, cough, fever", "fever"),
        ("Fever was ruled out", "Fever"),
        ("Fever denied", "Fever"),
        ("Fever ruled out by the doctor", "Fever"),
        ("Nurse ruled out", "Nurse"),
        ("Knee pain without swelling or redness", "redness"),
        ("No history of seizures", "seizures"),
        ("Negative for pneumonia", "pneumonia"),
        ("Pain that is not due to arthritis", "arthritis"),
        ("No evidence of fracture", "fracture"),
        ("Diabetes, but no kidney failure", "kidney"),
    ],
)
def test_what_is_denied(clause: str, word: str) -> None:
    """Before or after the trigger, through lists."""
    assert _denied(clause, word)


@pytest.mark.parametrize(
    ("clause", "word"),
    [
        ("Nurse declined to come", "Nurse"),
        ("Nurse denied entry", "Nurse"),
        ("No pain but fever", "fever"),
        ("Depression that does not respond to medication", "Depression"),
        ("No relief of back pain", "back"),
        ("Cough with no improvement of asthma", "asthma"),
        ("Knee pain without swelling", "Knee"),
        ("Chest pain, pneumonia ruled out", "Chest"),
        ("Seizures not controlled by medication", "Seizures"),
        ("No fever and has a cough", "cough"),
    ],
)
def test_what_is_not_denied(clause: str, word: str) -> None:
    """Scope ends at "but" and at verbs; "not" before a verb of treatment denies nothing."""
    assert not _denied(clause, word)
