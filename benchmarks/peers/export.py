"""The data of the benchmark: what the service answers of every procedure that has a page."""

from pathlib import Path
from typing import Any

import orjson

from service.execution.engine import Engine, GraphQLRequest
from service.model import ConceptKind
from service.schema.context import RequestContext
from service.schema.query import create_schema
from service.snapshot import open_snapshot
from service.store.memory import MemoryStore

__all__ = ["PAGE", "export_answers"]

PAGE = Path(__file__).with_name("page.graphql").read_text(encoding="utf-8")
_WHOLE = {"indications": 200, "personnel": 200, "alternatives": 200}


def export_answers(data: Path, folder: Path) -> dict[str, Any]:
    """Write the schema and the answers to ``folder`` and return the answers by system and code.

    ``schema.graphql`` and ``answers.json`` are what the peers serve.
    """
    store = MemoryStore(open_snapshot(data))
    context = RequestContext(store=store, loaded_at="")
    engine = Engine(create_schema())
    answers = {}
    every = store.concepts_at(range(store.node_count))
    procedures = [c for c in every if c.kind is ConceptKind.PROCEDURE]
    pages = store.pages([concept.id for concept in procedures])
    for concept, page in zip(procedures, pages, strict=True):
        if page is not None:
            variables = {"ref": {"system": concept.system, "code": concept.code}, **_WHOLE}
            answer = engine.execute(GraphQLRequest(PAGE, variables), context=context)
            if answer.errors or answer.data is None:
                raise RuntimeError(f"{concept.id}: {answer.errors}")
            answers[f"{concept.system} {concept.code}"] = answer.data["code"]
    (folder / "schema.graphql").write_text(engine.sdl, encoding="utf-8")
    (folder / "answers.json").write_bytes(orjson.dumps(answers))
    return answers
