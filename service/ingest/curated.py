"""The facts we assert ourselves: personnel, alternatives, lifecycle and synonyms, in TOML files.

``graph_data/README.md`` describes the four forms with examples. A file is known by its name. It
holds one list of entries and, above it, a ``source`` in words, which an entry may replace; every
edge carries it as its release: ``lifecycle.toml: 2013 revision of …``.

An entry that adds to what another source defines need not name it. Its concept then has the
empty name, which ``service.graph`` takes for "named elsewhere".
"""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from service.codes import alternative_id, code_id, personnel_id
from service.errors import IngestError
from service.ingest.curated_entry import CodedText, Entry
from service.model import (
    Concept,
    ConceptKind,
    Edge,
    Finding,
    Relation,
    Severity,
    TitleSource,
)

__all__ = ["CURATED_FILES", "CuratedReader"]

_KIND_OF_SYSTEM = {
    "CPT4": ConceptKind.PROCEDURE,
    "HCPCS": ConceptKind.PROCEDURE,
    "ICD10CM": ConceptKind.CONDITION,
    "ICD10PCS": ConceptKind.PROCEDURE,
}


class CuratedReader:
    """Reads one curated file; an entry that is wrong is reported, and the others are read."""

    name = "curated data"

    def recognises(self, path: Path) -> bool:
        """Return whether ``path`` has the name of a curated file and a list of its form."""
        form = _FORMS.get(path.name)
        if form is None or not path.is_file():
            return False
        opening = rf"^[ \t]*(?:\[\[[ \t]*)?{form.entries}\b".encode()
        return re.search(opening, path.read_bytes(), re.MULTILINE) is not None

    def read(self, path: Path) -> Iterator[Concept | Edge | Finding]:
        """Yield the concepts and edges of ``path``, entry by entry in the order of the file."""
        form = _FORMS[path.name]
        try:
            text = path.read_bytes().decode("utf-8-sig")
            entries = _entries(Entry(tomllib.loads(text), path.name), form)
        # No UTF-8 and no TOML are both ValueErrors; brackets nested by the thousand recurse.
        except (OSError, ValueError, RecursionError, IngestError) as error:
            line = re.search(r"at line (\d+)", str(error))
            yield _rejected(path, str(error), int(line[1]) if line else None)
            return
        for number, entry in enumerate(entries, start=1):
            try:
                # All of an entry or nothing: half of one would be another statement.
                items = tuple(form.items(entry))
            except IngestError as error:
                message = f"{form.entries}, entry {number}: {error}"
                yield _rejected(path, message, entry.line_in(text))
            else:
                yield from items


def _rejected(path: Path, message: str, line: int | None) -> Finding:
    return Finding(Severity.REJECTED, str(path), message, line=line)


@dataclass(frozen=True, slots=True)
class _Form:
    """The form of one file: the name of its list, and what an entry says in the model's terms."""

    entries: str
    items: Callable[[Entry], Iterator[Concept | Edge]]


def _entries(whole: Entry, form: _Form) -> list[Entry]:
    whole.allow("source", form.entries)
    whole.require("source")
    return whole.tables(form.entries)


def _personnel(entry: Entry) -> Iterator[Concept | Edge]:
    """Yield a personnel type and an edge to each broader one."""
    entry.allow("name", "synonyms", "broader", "source")
    name = entry.required("name")
    concept_id = personnel_id(name)
    yield Concept(concept_id, ConceptKind.PERSONNEL_TYPE, name, synonyms=entry.texts("synonyms"))
    for broader in entry.texts("broader"):
        yield Edge(concept_id, Relation.IS_A, personnel_id(broader), entry.provenance())


def _alternative(entry: Entry) -> Iterator[Concept | Edge]:
    """Yield an alternative and an edge to each procedure it stands for.

    The first has the entry's confidence, and each further one nine tenths of the one before it.
    """
    entry.allow("name", "synonyms", "resolves_to", "confidence", "note", "source")
    name = entry.required("name")
    concept_id = alternative_id(name)
    yield Concept(concept_id, ConceptKind.ALTERNATIVE, name, synonyms=entry.texts("synonyms"))
    best = entry.share("confidence", default=1.0)
    for place, procedure in enumerate(entry.codes("resolves_to")):
        yield Edge(
            concept_id,
            Relation.RESOLVES_TO,
            code_id(procedure.system, procedure.code),
            entry.provenance(),
            note=entry.text("note"),
            confidence=round(best * 0.9**place, 4),
        )


def _lifecycle(entry: Entry) -> Iterator[Concept | Edge]:
    """Yield a code with its days, and the edges to its successors.

    Each table of ``replaced_by`` is one choice, whose codes are needed together: its number is
    their qualifier.
    """
    entry.allow("code", "name", "effective_from", "effective_to", "replaced_by", "source")
    first, last = entry.day("effective_from"), entry.day("effective_to")
    if first is not None and last is not None and last < first:
        raise IngestError(f"effective_to {last} lies before effective_from {first}")
    title = entry.text("name")
    concept = replace(
        _partial(entry.coded("code")),
        name=title or "",
        title=title,
        title_source=TitleSource.PARAPHRASE if title else None,
        effective_from=first,
        effective_to=last,
    )
    yield concept
    for number, choice in enumerate(entry.tables("replaced_by"), start=1):
        choice.allow("all_of", "condition")
        choice.require("all_of")
        for successor in choice.codes("all_of"):
            yield Edge(
                concept.id,
                Relation.REPLACED_BY,
                code_id(successor.system, successor.code),
                entry.provenance(),
                qualifier=str(number),
                note=choice.text("condition"),
            )


def _synonyms(entry: Entry) -> Iterator[Concept | Edge]:
    """Yield a code with further names."""
    entry.allow("code", "words", "source")
    entry.require("words")
    yield replace(_partial(entry.coded("code")), synonyms=entry.texts("words"))


def _partial(coded: CodedText) -> Concept:
    """Return a concept that says which code it is and leaves the rest to other sources."""
    kind = _KIND_OF_SYSTEM.get(coded.system)
    if kind is None:
        raise IngestError(f"of {coded.system} it is not known what its codes stand for")
    return Concept(
        code_id(coded.system, coded.code),
        kind,
        name="",
        system=coded.system,
        code=coded.code,
    )


_FORMS = {
    "personnel.toml": _Form("personnel", _personnel),
    "alternatives.toml": _Form("alternatives", _alternative),
    "lifecycle.toml": _Form("codes", _lifecycle),
    "synonyms.toml": _Form("synonyms", _synonyms),
}

CURATED_FILES = tuple(_FORMS)
"""The names a curated file may have."""
