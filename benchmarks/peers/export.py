"""The data of the benchmark: what the service answers of every procedure that has a page."""

from pathlib import Path
from typing import Any

import numpy as np
import orjson

from service.execution.engine import Engine, GraphQLRequest
from service.model import Concept, ConceptKind
from service.schema.context import RequestContext
from service.schema.query import create_schema
from service.snapshot import Snapshot, open_snapshot
from service.store.memory import MemoryStore

__all__ = ["PAGE", "export_answers", "page_variables", "paged_procedures"]

PAGE = Path(__file__).with_name("page.graphql").read_text(encoding="utf-8")


def page_variables(system: str | None, code: str | None, indications: int = 200) -> dict[str, Any]:
    """Return the variables of ``PAGE`` that ask for a code; no page has lists longer than 50."""
    lists = {"indications": indications, "personnel": 200, "alternatives": 200}
    return {"ref": {"system": system, "code": code}, **lists}


def paged_procedures(snapshot: Snapshot) -> list[Concept]:
    """Return the procedures that have a page, by id."""
    numbers = np.flatnonzero(np.diff(snapshot.arrays["pages.starts"]))
    concepts = MemoryStore(snapshot).concepts_at(numbers.tolist())
    return [concept for concept in concepts if concept.kind is ConceptKind.PROCEDURE]


def export_answers(data: Path, folder: Path) -> dict[str, Any]:
    """Write the schema and the answers to ``folder`` and return the answers by system and code.

    ``schema.graphql`` and ``answers.json`` are what the peers serve.
    """
    snapshot = open_snapshot(data)
    context = RequestContext(store=MemoryStore(snapshot), loaded_at="")
    engine = Engine(create_schema())
    answers = {}
    for concept in paged_procedures(snapshot):
        variables = page_variables(concept.system, concept.code)
        answer = engine.execute(GraphQLRequest(PAGE, variables), context=context)
        if answer.errors or answer.data is None:
            raise RuntimeError(f"{concept.id}: {answer.errors}")
        answers[f"{concept.system} {concept.code}"] = answer.data["code"]
    (folder / "schema.graphql").write_text(engine.sdl, encoding="utf-8")
    (folder / "answers.json").write_bytes(orjson.dumps(answers))
    return answers
