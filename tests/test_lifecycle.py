"""What replaces a retired code."""

from datetime import date

from service.lifecycle import active_successors, replacement_choices
from service.model import Relation
from tests.little_graphs import DAY, edge, procedure, stored

LAST = date(2012, 12, 31)
OLD, OLDER, OLDEST = (procedure(code, f"old {code}", last=LAST) for code in "123")
NEW, EXTRA, OTHER = (procedure(code, f"new {code}") for code in "789")


def test_codes_of_one_choice_are_needed_together() -> None:
    """Edges with one number are all-of, different numbers one-of, each with its condition."""
    store = stored(
        [
            *(OLD, NEW, EXTRA, OTHER),
            edge(OLD, Relation.REPLACED_BY, OTHER, qualifier="2", note="when brief"),
            edge(OLD, Relation.REPLACED_BY, NEW, qualifier="1"),
            edge(OLD, Relation.REPLACED_BY, EXTRA, qualifier="1"),
        ]
    )
    assert [(c.all_of, c.condition) for c in replacement_choices(store, OLD.id)] == [
        ((NEW.id, EXTRA.id), None),
        ((OTHER.id,), "when brief"),
    ]
    assert replacement_choices(store, NEW.id) == []


def test_ten_choices_keep_the_order_of_their_numbers() -> None:
    """The tenth choice comes last and not second."""
    targets = [procedure(f"X{n:02}", f"new {n}") for n in range(12, 0, -1)]
    edges = [
        edge(OLD, Relation.REPLACED_BY, target, qualifier=str(n))
        for n, target in enumerate(targets, 1)
    ]
    choices = replacement_choices(stored([OLD, *targets, *edges]), OLD.id)
    assert [choice.all_of[0] for choice in choices] == [target.id for target in targets]


def test_chains_end_at_the_codes_that_are_active() -> None:
    """Retired links are passed over; what two chains reach comes once."""
    store = stored(
        [
            *(OLD, OLDER, OLDEST, NEW, EXTRA),
            edge(OLDEST, Relation.REPLACED_BY, OLDER),
            edge(OLDEST, Relation.REPLACED_BY, OLD),
            edge(OLDER, Relation.REPLACED_BY, NEW),
            edge(OLD, Relation.REPLACED_BY, EXTRA),
            edge(OLD, Relation.REPLACED_BY, NEW),
            edge(NEW, Relation.REPLACED_BY, OTHER),
        ]
    )
    assert [c.id for c in active_successors(store, OLDEST.id, day=DAY)] == [NEW.id, EXTRA.id]
    assert [c.id for c in active_successors(store, OLDEST.id, day=LAST)] == [OLD.id, OLDER.id]


def test_a_cycle_of_replacements_ends() -> None:
    """Codes that replace each other have no active successor, and asking for it returns."""
    edges = [(OLD, OLDER), (OLDER, OLDEST), (OLDEST, OLD)]
    store = stored([OLD, OLDER, OLDEST, *(edge(a, Relation.REPLACED_BY, b) for a, b in edges)])
    assert active_successors(store, OLD.id, day=DAY) == []
