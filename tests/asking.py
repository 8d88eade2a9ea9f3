"""Questions to the schema without a server, as tests put them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from service.execution.engine import Answer, Engine, GraphQLRequest
from service.schema.context import RequestContext
from service.store.base import GraphStore

__all__ = ["Asker", "first_path"]

TODAY = date(2026, 11, 2)


@dataclass(frozen=True, slots=True)
class Asker:
    """Puts questions to one store, on one day, so that answers stay the same."""

    engine: Engine
    store: GraphStore

    def answer(self, query: str, **variables: object) -> Answer:
        """Return the whole answer."""
        context = RequestContext(store=self.store, loaded_at="2026-11-02T00:00:00Z", today=TODAY)
        return self.engine.execute(GraphQLRequest(query, variables), context=context)

    def __call__(self, query: str, **variables: object) -> dict[str, Any]:
        """Return the data of an answer that must have no errors."""
        answer = self.answer(query, **variables)
        assert answer.errors == ()
        assert answer.data is not None
        return answer.data

    def refusal(self, query: str, **variables: object) -> str:
        """Return the code of the one error that the answer must have."""
        (error,) = self.answer(query, **variables).errors
        code = error["extensions"]["code"]
        assert isinstance(code, str)
        return code


def first_path(data: dict[str, Any]) -> list[str]:
    """Return the ids along the first of ``paths``, and nothing where there is none."""
    hops = data["paths"][0]["hops"] if data["paths"] else []
    return [hop["from"]["id"] for hop in hops[:1]] + [hop["to"]["id"] for hop in hops]
