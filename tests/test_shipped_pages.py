"""The pages that ship: whole, about codes that exist, readable, and each one its own."""

import hashlib
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from service.codes import code_id
from service.ingest.pages import PageReader
from service.lexicon import words
from service.model import Concept, ConceptId, ConceptKind, Edge, Item, Page, Relation
from service.store.memory import MemoryStore

PAGES = Path(__file__).parents[1] / "graph_data" / "pages"
HCPCS = Path(__file__).parent / "data" / "hcpcs-codes-2019.txt"
FILES = sorted(PAGES.glob("*.md"))

PROCEDURE_SECTIONS = (
    "Name of the Procedure",
    "Summary",
    "Purpose",
    "Indications",
    "Preparation",
    "Procedure Description",
    "Duration",
    "Setting",
    "Personnel",
    "Risks and Complications",
    "Benefits",
    "Recovery",
    "Alternatives",
    "Patient Experience",
)
CONDITION_SECTIONS = (
    "Name of the Condition",
    "Summary",
    "Causes",
    "Risk Factors",
    "Symptoms",
    "Diagnosis",
    "Treatment Options",
    "Prognosis and Follow-Up",
    "Complications",
    "Lifestyle & Prevention",
    "When to Seek Professional Help",
)


def _matter(path: Path) -> dict[str, str]:
    """Return the front matter of a page."""
    head = path.read_text(encoding="utf-8").split("---\n")[1]
    return dict(re.findall(r"^(\w+): *(.+)$", head, re.MULTILINE))


def _body(path: Path) -> str:
    return path.read_text(encoding="utf-8").split("---\n", 2)[2]


def _sentences(text: str) -> list[str]:
    """Return the sentences and list entries of at least five words."""
    lines = (re.sub(r"^\s*(?:•|\d+\.)\s*", "", line).strip() for line in text.splitlines())
    said = (sentence for line in lines for sentence in re.split(r"(?<=[.!?])\s+", line))
    return [sentence for sentence in said if len(sentence.split()) >= 5]


def _syllables(word: str) -> int:
    count = len(re.findall(r"[aeiouy]+", word.lower()))
    return max(1, count - (word.endswith("e") and not word.endswith("le") and count > 1))


def _reading_ease(text: str) -> float:
    """Return Flesch's reading ease (1948): 100 very easy, 30 very hard."""
    said = _sentences(text)
    spoken = [word for sentence in said for word in re.findall(r"[A-Za-z']+", sentence)]
    syllables = sum(map(_syllables, spoken))
    return 206.835 - 1.015 * len(spoken) / len(said) - 84.6 * syllables / len(spoken)


def _runs(text: str, length: int) -> set[tuple[str, ...]]:
    """Return every run of ``length`` words."""
    spoken = words(text)
    return {tuple(spoken[at : at + length]) for at in range(len(spoken) - length + 1)}


@pytest.fixture(scope="module")
def items() -> list[Item]:
    """Return what the reader makes of the pages."""
    return list(PageReader().read(PAGES))


@pytest.fixture(scope="module")
def pages(items: list[Item]) -> dict[ConceptId, Page]:
    """Return the pages by the concept they are about."""
    return {item.concept_id: item for item in items if isinstance(item, Page)}


def test_there_is_enough_to_explore(pages: dict[ConceptId, Page]) -> None:
    """At least 160 procedures and 60 conditions, over at least 20 specialties."""
    systems = Counter(page.system for page in pages.values())
    assert systems["ICD10CM"] >= 60
    assert systems.total() - systems["ICD10CM"] >= 160
    assert len({_matter(path).get("specialty") for path in FILES}) >= 20


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_page_has_all_its_sections_filled(path: Path, pages: dict[ConceptId, Page]) -> None:
    """In the order of the page grammar, and each says something."""
    matter = _matter(path)
    page = pages[code_id(matter["system"], matter["code"])]
    is_condition = matter["system"] == "ICD10CM"
    expected = CONDITION_SECTIONS if is_condition else PROCEDURE_SECTIONS
    assert tuple(section.heading for section in page.sections) == expected
    assert all(section.text.strip() for section in page.sections)
    assert {"title", "title_source", "specialty", "reviewed", "license"} <= matter.keys()
    assert path.stem == f"{matter['system']}-{matter['code']}"


def test_every_code_exists(store: MemoryStore, pages: dict[ConceptId, Page]) -> None:
    """Codes of ICD-10 come from a release, codes of HCPCS from the list of 2019."""
    text = HCPCS.read_text(encoding="utf-8")
    hcpcs = {code for line in text.splitlines() if line[:1] != "#" for code in line.split()}
    for page, concept in zip(pages.values(), store.concepts(list(pages)), strict=True):
        assert concept is not None
        if page.system == "HCPCS":
            assert page.code in hcpcs
        elif page.system != "CPT4":
            assert concept.release is not None, f"{page.code} is in no release"


def test_who_performs_is_in_the_catalogue(store: MemoryStore, items: list[Item]) -> None:
    """Each page names somebody, and all of them are health professionals in the end."""
    procedures = {
        item.id
        for item in items
        if isinstance(item, Concept) and item.kind is ConceptKind.PROCEDURE
    }
    performed = defaultdict(set)
    for item in items:
        if isinstance(item, Edge) and item.relation is Relation.PERFORMED_BY:
            performed[item.source].add(item.target)
    assert procedures - performed.keys() == set()
    edges = store.edges(sorted(procedures), Relation.PERFORMED_BY)
    types = sorted({edge.target for found in edges for edge in found})
    unplaced = [
        one
        for one, up in zip(types, store.edge_counts(types, Relation.IS_A), strict=True)
        if not up
    ]
    assert set(unplaced) <= {"personnel:health-professional"} | _NO_PROFESSION


_NO_PROFESSION = {"personnel:family-member", "personnel:family-caregiver", "personnel:caregiver"}


def test_most_alternatives_lead_to_codes(store: MemoryStore, items: list[Item]) -> None:
    """What else could be done resolves to a procedure, or is known to have no code."""
    stated = sorted(
        {i.target for i in items if isinstance(i, Edge) and i.relation is Relation.HAS_ALTERNATIVE}
    )
    resolved = sum(count > 0 for count in store.edge_counts(stated, Relation.RESOLVES_TO))
    assert resolved / len(stated) >= 0.4


def test_most_indications_lead_to_codes(store: MemoryStore, items: list[Item]) -> None:
    """A phrase that names a condition is linked to it; some name none."""
    stated = sorted(
        {i.target for i in items if isinstance(i, Edge) and i.relation is Relation.HAS_INDICATION}
    )
    linked = sum(count > 0 for count in store.edge_counts(stated, Relation.MAPS_TO))
    assert linked / len(stated) >= 0.7


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_page_is_easy_to_read(path: Path) -> None:
    """Plain English (Flesch 50 and up), and no sentence over thirty words."""
    body = _body(path)
    assert _reading_ease(body) >= 50
    assert max(len(sentence.split()) for sentence in _sentences(body)) <= 30


def test_no_page_is_another_with_the_nouns_exchanged() -> None:
    """Two pages share few runs of four words, and no sentence of six words or more."""
    bodies = {path.stem: _body(path) for path in FILES}
    seen: dict[str, str] = {}
    for stem, body in bodies.items():
        for sentence in set(map(str.casefold, _sentences(body))):
            if len(sentence.split()) > 5 and "advice" not in sentence:
                assert seen.setdefault(sentence, stem) == stem, sentence
    holders = defaultdict(list)
    sizes = {}
    for stem, body in bodies.items():
        runs = _runs(body, 4)
        sizes[stem] = len(runs)
        for run in runs:
            holders[run].append(stem)
    shared = Counter(
        (a, b) for held in holders.values() for n, a in enumerate(held) for b in held[n + 1 :]
    )
    for (a, b), count in shared.items():
        assert count / min(sizes[a], sizes[b]) < 0.12, (a, b)


OFFICIAL_WORDING = frozenset(
    "9e072a244847f7a9 4739b6b9d58c37da f58014d503d3267a bd0a0fc66138505c 462297b862f8f5be "
    "c179a8625cf886cc 50e01e1be398881e 0afec7ef7197a1c3 ac0ff561d61e031f f06b473bff9f0657 "
    "939c730dac180e74 21651c2c02b2b502 81943f24189035aa 2c1aff64a226a0af 8f8e660475e93552 "
    "93c989d9521a65e2 b6f3d6ca5a241542 e2705727c4f53adf 33f04d33773d90da 858aaa53d21b8423 "
    "b65b953882625b33 06786e016efcf070 ".split()
)
"""Hashes of the runs of five words of one official CPT descriptor, which must not be written."""


def test_no_official_cpt_wording_ships() -> None:
    """The descriptor of the first page's code is nowhere, in no file of the data."""
    for path in PAGES.parent.rglob("*.*"):
        runs = _runs(path.read_text(encoding="utf-8"), 5)
        hashes = {
            hashlib.blake2b(" ".join(run).encode(), digest_size=8).hexdigest() for run in runs
        }
        assert hashes & OFFICIAL_WORDING == set(), path
