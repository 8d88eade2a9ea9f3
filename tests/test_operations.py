"""The operations that ship run with their own variables, and answer what was stored."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.asking import Asker

OPERATIONS = Path(__file__).parents[1] / "service" / "operations"
STORED = Path(__file__).parent / "data" / "answers"
NAMES = sorted(file.stem for file in OPERATIONS.glob("*.graphql"))


def _answer(ask: Asker, name: str) -> dict[str, Any]:
    text = (OPERATIONS / f"{name}.graphql").read_text(encoding="utf-8")
    given = OPERATIONS / f"{name}.variables.json"
    return ask(text, **(orjson.loads(given.read_bytes()) if given.is_file() else {}))


def _part(answer: Any, stored: Any) -> Any:  # noqa: ANN401  any JSON
    """Return what of ``answer`` a stored answer speaks of: its fields, and all of a list."""
    if isinstance(stored, dict) and isinstance(answer, dict):
        return {name: _part(answer.get(name), value) for name, value in stored.items()}
    if isinstance(stored, list) and isinstance(answer, list) and stored:
        return [_part(one, stored[min(n, len(stored) - 1)]) for n, one in enumerate(answer)]
    return answer


def test_there_are_operations() -> None:
    """Without this, an empty folder would pass all that follows."""
    assert {"code-page", "search", "why-similar"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_an_operation_answers_what_was_stored(ask: Asker, name: str) -> None:
    """The stored answers hold the lasting parts: ids, names, order, states and no scores."""
    stored = orjson.loads((STORED / f"{name}.json").read_bytes())
    assert _part(_answer(ask, name), stored) == stored


def test_every_fact_of_the_code_page_has_a_source(ask: Asker) -> None:
    """Indications, personnel and alternatives say where the page states them."""
    page = _answer(ask, "code-page")["code"]
    for facts in ("indications", "personnel", "alternatives"):
        assert page[facts]["edges"]
        for edge in page[facts]["edges"]:
            assert all(source["quote"] and source["document"] for source in edge["provenance"])
            assert edge["provenance"]
