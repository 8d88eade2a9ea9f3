"""The GraphiQL page: its HTML, and the operations that it opens with."""

import html
from dataclasses import asdict, dataclass
from importlib.resources.abc import Traversable
from string import Template

import orjson

__all__ = ["Example", "graphiql_page", "read_examples"]

_FIRST = "code-page.graphql"


@dataclass(frozen=True, slots=True)
class Example:
    """An operation that works as it stands; ``variables`` is JSON text."""

    query: str
    variables: str | None = None


def read_examples(folder: Traversable) -> tuple[Example, ...]:
    """Return the operations in ``folder``, the code page first, the others by file name.

    The variables of ``search.graphql`` lie beside it, in ``search.variables.json``.
    """
    files = {entry.name: entry for entry in folder.iterdir() if entry.is_file()}
    names = sorted(name for name in files if name.endswith(".graphql"))
    examples = []
    for name in sorted(names, key=lambda name: name != _FIRST):
        variables = files.get(f"{name.removesuffix('.graphql')}.variables.json")
        examples.append(
            Example(
                query=files[name].read_text(encoding="utf-8"),
                variables=variables.read_text(encoding="utf-8") if variables else None,
            )
        )
    return tuple(examples)


def graphiql_page(template: str, examples: tuple[Example, ...]) -> str:
    """Return the page as HTML.

    The examples travel in an attribute, because the content security policy forbids scripts
    inside the page.
    """
    tabs = orjson.dumps([asdict(example) for example in examples]).decode()
    return Template(template).substitute(examples=html.escape(tabs))
