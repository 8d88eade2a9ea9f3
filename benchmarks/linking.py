"""How well and how fast phrases are linked: figures over hand-made phrases, and pages a second.

    python -m benchmarks.linking [PHRASES.toml]

The phrases are those of ``tests/data/linking/development.toml`` unless another file is given. They
name what a coder would accept; every phrase that misses, errs or misreads a denial is printed.
"""

import sys
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path

from service.build import build_graph, sources
from service.ingest.pages import PageReader
from service.linking import link
from service.model import Concept, ConceptKind, Edge, Relation
from service.name_index import NameIndex, build_name_index
from service.settings import shipped_data

DEVELOPMENT = Path(__file__).parents[1] / "tests" / "data" / "linking" / "development.toml"
KINDS = {ConceptKind.CONDITION}


def _accepted(code: str, meanings: Sequence[str]) -> bool:
    return any(code.startswith(tuple(meaning.split())) for meaning in meanings)


def _quality(phrases: Sequence[dict[str, object]], names: NameIndex, coded: list[Concept]) -> None:
    """Print the shares, and each phrase that is not as it should be."""
    stated = reached = links = wrong = denied = told = silent = quiet = 0
    for phrase in phrases:
        text, means, denies = str(phrase["text"]), _list(phrase, "means"), _list(phrase, "denies")
        found = link(text, names, kinds=KINDS)
        named = [coded[x.bearer].code or "" for x in found if not x.negated]
        negated = [coded[x.bearer].code or "" for x in found if x.negated]
        missing = [m for m in means if not any(_accepted(code, [m]) for code in named)]
        errors = [code for code in named if not _accepted(code, means)]
        misread = [d for d in denies if not any(_accepted(code, [d]) for code in negated)]
        stated, reached = stated + len(means), reached + len(means) - len(missing)
        links, wrong = links + len(named), wrong + len(errors)
        denied, told = denied + len(denies), told + len(denies) - len(misread)
        if not means and not denies:
            silent, quiet = silent + 1, quiet + (not named)
        if missing or errors or misread:
            print(f"  {text}: missing {missing}, wrong {errors}, denial misread {misread}")
    print(f"stated conditions reached   {reached}/{stated} = {reached / max(1, stated):.3f}")
    print(f"links that are wrong        {wrong}/{links} = {wrong / max(1, links):.3f}")
    print(f"denials told                {told}/{denied}")
    print(f"nothing named, none linked  {quiet}/{silent}")


def _list(phrase: dict[str, object], name: str) -> list[str]:
    value = phrase.get(name, [])
    return [str(one) for one in value] if isinstance(value, list) else []


def _speed(names: NameIndex) -> None:
    """Print how many pages a second are read and linked."""
    folder = shipped_data() / "pages"
    started = time.perf_counter()
    pages = len(list(folder.glob("*.md")))
    for item in PageReader().read(folder):
        if isinstance(item, Edge) and item.relation is Relation.HAS_INDICATION:
            link(item.provenance[0].quote or "", names, kinds=KINDS)
    elapsed = time.perf_counter() - started
    print(
        f"pages read and linked       {pages} in {elapsed:.2f} s = {pages / elapsed:.0f} a second"
    )


def main() -> None:
    """Print the figures over the phrases of the file that was named."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else DEVELOPMENT
    phrases = tomllib.loads(path.read_text(encoding="utf-8"))["phrases"]
    graph = build_graph(sources(pages=[], releases=[], default=True)).graph
    concepts: list[Concept] = [graph.nodes[node]["concept"] for node in graph]
    coded = [c for c in concepts if c.kind is ConceptKind.CONDITION and c.system]
    names = build_name_index(coded)
    _quality(phrases, names, coded)
    _speed(names)


if __name__ == "__main__":
    main()
