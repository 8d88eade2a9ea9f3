"""Records of ``service.model`` as JSON bytes and back.

orjson writes dataclasses, enums and dates itself; this module says how they are read.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import orjson

from service.model import (
    CodeSystem,
    CodingNote,
    CodingNoteKind,
    Concept,
    ConceptId,
    ConceptKind,
    Page,
    PageFacts,
    Provenance,
    ProvenanceMethod,
    Section,
    SectionItem,
    Span,
    TitleSource,
)

__all__ = [
    "decode_code_system",
    "decode_concept",
    "decode_notes",
    "decode_page",
    "decode_provenance",
    "encode",
]

_SPANS = frozenset({"preparation", "steps", "tools", "settings", "risks", "benefits"})
_MINUTES = frozenset({"min_minutes", "max_minutes"})


def encode(record: object) -> bytes:
    """Return ``record`` as JSON bytes, the same for equal records on every machine."""
    return orjson.dumps(record)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def decode_concept(data: bytes) -> Concept:
    """Return the concept that ``encode`` wrote."""
    record: dict[str, Any] = orjson.loads(data)
    source = record["title_source"]
    record |= {
        "id": ConceptId(record["id"]),
        "kind": ConceptKind(record["kind"]),
        "synonyms": tuple(record["synonyms"]),
        "title_source": TitleSource(source) if source else None,
        "effective_from": _day(record["effective_from"]),
        "effective_to": _day(record["effective_to"]),
    }
    return Concept(**record)


def decode_notes(data: bytes) -> tuple[CodingNote, ...]:
    """Return the coding notes that ``encode`` wrote; empty data means none."""
    if not data:
        return ()
    return tuple(
        CodingNote(
            ConceptId(record["concept_id"]),
            CodingNoteKind(record["kind"]),
            record["text"],
            tuple(map(ConceptId, record["targets"])),
            record["release"],
        )
        for record in orjson.loads(data)
    )


def decode_provenance(records: Sequence[Mapping[str, Any]]) -> tuple[Provenance, ...]:
    """Return provenance from its JSON values."""
    return tuple(
        Provenance(**{**record, "method": ProvenanceMethod(record["method"])}) for record in records
    )


def decode_code_system(record: Mapping[str, Any]) -> CodeSystem:
    """Return a code system from its JSON value."""
    return CodeSystem(**record)


def _span(record: Mapping[str, Any] | None) -> Span | None:
    return Span(**record) if record else None


def _items(records: Sequence[Mapping[str, Any]]) -> tuple[SectionItem, ...]:
    return tuple(SectionItem(**{**record, "items": _items(record["items"])}) for record in records)


def _fact(name: str, value: Any) -> Any:  # noqa: ANN401  a JSON value
    if name in _SPANS:
        return tuple(Span(**span) for span in value)
    return value if name in _MINUTES else _span(value)


def decode_page(data: bytes) -> Page | None:
    """Return the page that ``encode`` wrote; empty data means none."""
    if not data:
        return None
    record: dict[str, Any] = orjson.loads(data)
    record |= {
        "concept_id": ConceptId(record["concept_id"]),
        "sections": tuple(
            Section(**{**section, "items": _items(section["items"])})
            for section in record["sections"]
        ),
        "facts": PageFacts(**{name: _fact(name, v) for name, v in record["facts"].items()}),
        "warnings": tuple(record["warnings"]),
    }
    return Page(**record)
