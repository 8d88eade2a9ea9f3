"""A table of a curated TOML file, read key by key with every value checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from service.codes import KNOWN_SYSTEMS, canonical_system, normalize
from service.errors import IngestError
from service.model import Provenance, ProvenanceMethod

__all__ = ["CodedText", "Entry"]


@dataclass(frozen=True, slots=True)
class CodedText:
    """A code as the files write it, ``ICD10CM:F32.A``, taken apart and in normal form."""

    system: str
    code: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One table of the file named ``file``; what is wrong with it raises ``IngestError``.

    ``source`` is what the table above states, for an entry that has no ``source`` of its own.
    """

    values: Mapping[str, object]
    file: str
    source: str = ""

    def allow(self, *keys: str) -> None:
        """Refuse any other key, which is a misspelled one most of the time."""
        unknown = sorted(self.values.keys() - set(keys))
        if unknown:
            raise IngestError(f"unknown key {unknown[0]!r}; known are {', '.join(keys)}")

    def require(self, *keys: str) -> None:
        """Refuse an entry in which one of ``keys`` is missing or empty."""
        for key in keys:
            if not self.values.get(key):
                raise IngestError(f"{key} is missing")

    def text(self, key: str) -> str | None:
        """Return the text at ``key``, or None where the key is not there."""
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            raise IngestError(f"{key} must be a text in quotes")
        return value.strip()

    def required(self, key: str) -> str:
        """Return the text at ``key``, which must be there."""
        self.require(key)
        return self.text(key) or ""

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the texts listed at ``key``, each once; none where the key is not there."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(t, str) and t.strip() for t in value):
            raise IngestError(f"{key} must be a list of texts in quotes")
        return tuple(dict.fromkeys(text.strip() for text in value))

    def day(self, key: str) -> date | None:
        """Return the day at ``key``, or None where the key is not there."""
        value = self.values.get(key)
        # A datetime passes isinstance as a date, and is no day.
        if value is not None and type(value) is not date:
            raise IngestError(f"{key} must be a day, written 2012-12-31 without quotes")
        return value

    def share(self, key: str, *, default: float) -> float:
        """Return the number at ``key``, above 0 and at most 1."""
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
            raise IngestError(f"{key} must be a number above 0 and at most 1")
        return float(value)

    def coded(self, key: str) -> CodedText:
        """Return the code at ``key``, which must be there."""
        return _coded(self.required(key))

    def codes(self, key: str) -> list[CodedText]:
        """Return the codes listed at ``key``; none where the key is not there."""
        return [_coded(text) for text in self.texts(key)]

    def tables(self, key: str) -> "list[Entry]":
        """Return the tables listed at ``key``; none where the key is not there."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
            raise IngestError(f"{key} must be a list of tables")
        source = self.text("source") or self.source
        return [Entry(table, self.file, source=source) for table in value]

    def provenance(self) -> tuple[Provenance, ...]:
        """Return where the entry's facts come from: the file, and the source in words."""
        source = self.text("source") or self.source
        return (Provenance(ProvenanceMethod.CURATED, release=f"{self.file}: {source}"),)

    def line_in(self, text: str) -> int | None:
        """Return the line of ``text`` that gives this entry its code or name, if it has one."""
        subject = self.values.get("code", self.values.get("name"))
        if not isinstance(subject, str):
            return None
        place = re.search(rf"\b(?:code|name)\s*=\s*[\"']{re.escape(subject)}[\"']", text)
        return text.count("\n", 0, place.start()) + 1 if place else None


def _coded(text: str) -> CodedText:
    system_text, _, code_text = text.partition(":")
    system = canonical_system(system_text)
    if system not in KNOWN_SYSTEMS:
        known = ", ".join(KNOWN_SYSTEMS)
        raise IngestError(f"{text!r} is no code of {known}; write one as ICD10CM:F32.A")
    code = normalize(system, code_text)
    if code is None:
        example = KNOWN_SYSTEMS[system].example
        raise IngestError(f"{text!r} does not look like a code of {system}, such as {example}")
    return CodedText(system, code)
