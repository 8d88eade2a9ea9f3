"""What text search looks up: the roots of every designation, and the files of the search engine.

The engine (tantivy) finds who bears which roots and counts them; the arrays beside it say which
designation bears what, so that the best found are ranked exactly. Concepts are entered with short
names first: where the engine sees no difference, the shorter name wins.
"""

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tantivy

from service.codes import is_phrase
from service.lexicon import designations, words
from service.model import Concept, ConceptKind, Page
from service.roots import roots

__all__ = [
    "BEGINNING",
    "FIRST",
    "NAME",
    "SYNONYM",
    "TEXT",
    "SearchIndex",
    "bare_code",
    "build_search_index",
    "engine_schema",
    "qualified",
]

NAME, SYNONYM, TEXT = range(3)
"""Where a designation comes from: the concept's own name, another name, its page."""

_UNSPECIFIED = frozenset(["unspecified", "nos"])
_OTHER = frozenset(["other", "nec", "elsewhere"])

BEGINNING = 4
"""Beginnings of words of up to so many letters are in the index; longer ones are few words."""

FIRST = "^"
"""Stands before the beginning of a name. One letter begins some word of most names: asked alone, it
is taken for the beginning of the first."""

_SPELLED = 4
"""Words of fewer letters are never corrected: too many others are one letter away."""
_HEAP = 1_000_000_000
"""The engine writes one segment up to so many bytes, and one segment keeps the order."""


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """Designations by their roots, as arrays.

    The designations of concept ``n`` are ``owners[n]`` to ``owners[n + 1]``; designation ``d``
    comes from ``sources[d]`` and is qualified by ``qualifiers[d]``; it has the roots
    ``tokens[starts[d]:starts[d + 1]]`` (indices into ``roots``, which is sorted) and their
    information ``masses[d]``. ``content`` is the information of a root in nats,
    ``-ln(bearers / concepts)``.

    ``order`` gives the concept of each document of the engine; after these come documents of
    single words, ``spellings``, which ``bearers`` concepts have. ``groups`` puts together concepts
    that filters and facets cannot tell apart; ``examples`` has one concept of each group, and
    ``procedures`` says which groups are of procedures.

    ``engine`` holds the engine's files one after the other, ``engine_starts`` and
    ``engine_names`` say which.
    """

    roots: Sequence[str]
    content: npt.NDArray[np.float64]
    owners: npt.NDArray[np.int64]
    sources: npt.NDArray[np.uint8]
    qualifiers: npt.NDArray[np.uint8]
    starts: npt.NDArray[np.int64]
    tokens: npt.NDArray[np.int32]
    masses: npt.NDArray[np.float64]
    order: npt.NDArray[np.int32]
    spellings: Sequence[str]
    bearers: npt.NDArray[np.int32]
    groups: npt.NDArray[np.int32]
    examples: npt.NDArray[np.int32]
    procedures: npt.NDArray[np.bool_]
    engine: npt.NDArray[np.uint8]
    engine_starts: npt.NDArray[np.int64]
    engine_names: Sequence[str]


def engine_schema() -> tantivy.Schema:
    """Return the fields of the engine's documents; texts are single roots, words, beginnings."""
    builder = tantivy.SchemaBuilder()
    for field in ("root", "page", "beginning", "spelling", "side"):
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("number", indexed=True)
    builder.add_integer_field("group", indexed=True, fast=True)
    return builder.build()


def build_search_index(
    concepts: Sequence[Concept],
    *,
    page_of: Callable[[Concept], Page | None],
    groups: npt.NDArray[np.int32],
    examples: npt.NDArray[np.int32],
) -> SearchIndex:
    """Return the index of ``concepts``, numbered as they come; phrases of pages are left out."""
    owners, sources, qualifiers, sets = [0], [], [], []
    counted: dict[str, int] = {}
    for concept in concepts:
        if not is_phrase(concept.id):
            for source, text in _texts(concept, page_of(concept)):
                sources.append(source)
                qualifiers.append(qualified(text) if source != TEXT else 0)
                sets.append(_roots_of(text))
        owners.append(len(sets))
    table = {token: n for n, token in enumerate(sorted(frozenset().union(*sets)))}
    tokens = [sorted(table[token] for token in one) for one in sets]
    starts = np.cumsum([0, *map(len, tokens)]).astype(np.int64)
    flat = np.fromiter((token for one in tokens for token in one), np.int32, int(starts[-1]))
    holder = np.repeat(np.repeat(np.arange(len(concepts)), np.diff(owners)), np.diff(starts))
    pairs = np.unique(flat.astype(np.int64) * len(concepts) + holder) // max(len(concepts), 1)
    bearing = np.bincount(pairs, minlength=len(table))
    content = np.log(len(concepts) / np.maximum(bearing, 1))
    masses = np.bincount(
        np.repeat(np.arange(len(sets)), np.diff(starts)), content[flat], len(sets)
    ).astype(np.float64)
    for concept in concepts:
        if not is_phrase(concept.id):
            for word in {w for text in designations(concept) for w in words(text)}:
                counted[word] = counted.get(word, 0) + 1
    spellings = sorted(word for word in counted if len(word) >= _SPELLED and word.isalpha())
    entered = [n for n, concept in enumerate(concepts) if owners[n] < owners[n + 1]]
    order = sorted(entered, key=lambda n: (len(tokens[owners[n]]), len(concepts[n].code or ""), n))
    names, engine = _written(
        (
            _document(concepts[n], sets[span], sources[span], n, int(groups[n]))
            for n in order
            for span in [slice(owners[n], owners[n + 1])]
        ),
        spellings,
    )
    return SearchIndex(
        roots=list(table),
        content=content,
        owners=np.array(owners, np.int64),
        sources=np.array(sources, np.uint8),
        qualifiers=np.array(qualifiers, np.uint8),
        starts=starts,
        tokens=flat,
        masses=masses,
        order=np.array(order, np.int32),
        spellings=spellings,
        bearers=np.array([counted[word] for word in spellings], np.int32),
        groups=groups,
        examples=examples,
        procedures=np.array(
            [concepts[n].kind is ConceptKind.PROCEDURE for n in examples], np.bool_
        ),
        engine=np.frombuffer(b"".join(engine), np.uint8),
        engine_starts=np.cumsum([0, *map(len, engine)]).astype(np.int64),
        engine_names=names,
    )


def bare_code(code: str) -> str:
    """Return a code as beginnings of codes are compared: small letters and digits alone."""
    return "".join(words(code))


def qualified(text: str) -> int:
    """Return which of the words that only classify a text has: bit 1 unspecified, 2 other."""
    given = set(words(text))
    unspecified, other = given & _UNSPECIFIED, given & _OTHER
    return bool(unspecified) + 2 * bool(other)


def _texts(concept: Concept, page: Page | None) -> Iterable[tuple[int, str]]:
    for text in designations(concept):
        yield (NAME if text in (concept.name, concept.title) else SYNONYM), text
    if page is not None:
        yield TEXT, page.text


def _roots_of(text: str) -> frozenset[str]:
    given = words(text)
    # A name of silent words alone ("Other specified") is found by these.
    return frozenset(filter(None, roots(given))) or frozenset(given)


def _document(
    concept: Concept,
    sets: Sequence[frozenset[str]],
    sources: Sequence[int],
    number: int,
    group: int,
) -> tantivy.Document:
    document = tantivy.Document()
    for field, wanted in (("root", (NAME, SYNONYM)), ("page", (TEXT,))):
        found = (one for one, source in zip(sets, sources, strict=True) if source in wanted)
        for token in sorted(frozenset[str]().union(*found)):
            document.add_text(field, token)
    named = {word for text in designations(concept) for word in words(text)}
    beginnings = {word[:n] for word in named for n in range(1, BEGINNING + 1)}
    firsts = {(words(text) or [""])[0] for text in designations(concept)}
    beginnings.update(FIRST + word[:n] for word in firsts for n in (1, 2) if word)
    code = bare_code(concept.code or "")
    beginnings.update(code[:n] for n in range(1, len(code) + 1))
    for beginning in sorted(beginnings):
        document.add_text("beginning", beginning)
    document.add_text("side", "p" if concept.kind is ConceptKind.PROCEDURE else "o")
    document.add_integer("number", number)
    document.add_integer("group", group)
    return document


def _written(
    documents: Iterable[tantivy.Document], spellings: Iterable[str]
) -> tuple[list[str], list[bytes]]:
    """Return names and bytes of the engine's files."""
    with tempfile.TemporaryDirectory() as folder:
        index = tantivy.Index(engine_schema(), path=folder)
        writer = index.writer(heap_size=_HEAP, num_threads=1)
        for document in documents:
            writer.add_document(document)
        for word in spellings:
            spelled = tantivy.Document()
            spelled.add_text("spelling", word)
            writer.add_document(spelled)
        writer.commit()
        writer.wait_merging_threads()
        files = sorted(p for p in Path(folder).iterdir() if p.suffix != ".lock")
        return [path.name for path in files], [path.read_bytes() for path in files]
