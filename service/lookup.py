"""A code as a person writes it to a concept, or to the reason why there is none. Never nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from service.codes import KNOWN_SYSTEMS, broader_codes, canonical_system, code_id, normalize
from service.lexicon import words
from service.model import Concept, ConceptId, LifecycleState
from service.search import search
from service.store.base import GraphStore, Selection

__all__ = ["CodeMiss", "MissReason", "look_up", "look_up_all"]

_SUGGESTIONS = 5
_SHOWN = 40
_TELLING_SCORE = 0.5
_SEARCHED_MISSES = 20
"""Misses of one request whose text is searched as a name: a search costs a hundred look-ups."""
_SEARCHED = 90
"""Characters of a code that are searched as a name: never too long or too many words."""
_EASILY_CONFUSED = str.maketrans({"O": "0", "I": "1"})


class MissReason(StrEnum):
    """Why no code was found, decided in this order."""

    UNKNOWN_SYSTEM = "UNKNOWN_SYSTEM"
    WRONG_SYSTEM = "WRONG_SYSTEM"
    MALFORMED_CODE = "MALFORMED_CODE"
    NOT_YET_EFFECTIVE = "NOT_YET_EFFECTIVE"
    UNKNOWN_CODE = "UNKNOWN_CODE"


@dataclass(frozen=True, slots=True)
class CodeMiss:
    """Why a code was not found, in words too, and what could be meant instead."""

    system: str
    code: str
    reason: MissReason
    message: str
    found_in: tuple[str, ...]
    suggestions: tuple[Concept, ...]


def look_up(
    store: GraphStore, system: str, code: str, *, as_of: date | None = None
) -> Concept | CodeMiss:
    """Return the concept of ``code``, or why there is none.

    With ``as_of``, a code that becomes effective later is a miss; a retired code is found.
    """
    return look_up_all(store, [(system, code)], as_of=as_of)[0]


def look_up_all(
    store: GraphStore, refs: Sequence[tuple[str, str]], *, as_of: date | None = None
) -> list[Concept | CodeMiss]:
    """Return what ``look_up`` says of each (system, code), in order, duplicates kept.

    Only the first 20 misses are suggested codes by name; each may be suggested broader codes.
    """
    loaded = {known.name for known in store.code_systems}
    ids = [_id(canonical_system(system), code, loaded) for system, code in refs]
    concepts = store.concepts([concept_id or "" for concept_id in ids])
    results: list[Concept | CodeMiss] = []
    misses = 0
    for concept, (system, code) in zip(concepts, refs, strict=True):
        if concept is not None:
            results.append(_judged(concept, system, code, as_of))
        else:
            results.append(_miss(store, system, code, by_name=misses < _SEARCHED_MISSES))
            misses += 1
    return results


def _id(system: str, code: str, loaded: set[str]) -> ConceptId | None:
    normal = normalize(system, code) if system in loaded else None
    return code_id(system, normal) if normal is not None else None


def _judged(concept: Concept, system: str, code: str, as_of: date | None) -> Concept | CodeMiss:
    if as_of is not None and concept.state_on(as_of) is LifecycleState.NOT_YET_EFFECTIVE:
        message = (
            f"{concept.system} {concept.code} is not effective on {as_of}: "
            f"it may be used from {concept.effective_from}."
        )
        return CodeMiss(system, code, MissReason.NOT_YET_EFFECTIVE, message, (), (concept,))
    return concept


def _miss(store: GraphStore, system: str, code: str, *, by_name: bool) -> CodeMiss:
    wanted = canonical_system(system)
    loaded = [known.name for known in store.code_systems]
    ids = [_id(other, code, set(loaded)) for other in loaded if other != wanted]
    elsewhere = [c for c in store.concepts([i for i in ids if i]) if c is not None]
    found_in = tuple(concept.system or "" for concept in elsewhere)
    shown = _shown(code)
    if wanted not in loaded:
        reason = MissReason.UNKNOWN_SYSTEM
        known_names = ", ".join(loaded) or "none"
        message = f"Code system “{_shown(system)}” is not loaded; loaded are {known_names}."
        if found_in:
            message += f" “{shown}” is a code of {' and '.join(found_in)}."
    elif elsewhere:
        reason = MissReason.WRONG_SYSTEM
        message = f"“{shown}” is no code of {wanted}, but of {' and '.join(found_in)}: ask there."
    elif normalize(wanted, code) is None:
        reason = MissReason.MALFORMED_CODE
        known = KNOWN_SYSTEMS.get(wanted)
        example = f"; one looks like {known.example}" if known else ""
        message = f"“{shown}” does not have the form of a {wanted} code{example}."
    else:
        reason = MissReason.UNKNOWN_CODE
        message = f"{wanted} has no code “{shown}” in the loaded release."
    suggestions = tuple(elsewhere) or _suggestions(store, wanted, code, by_name=by_name)
    if suggestions and not elsewhere:
        message += f" Did you mean {suggestions[0].code} ({suggestions[0].name})?"
    return CodeMiss(system, code, reason, message, found_in, suggestions)


def _shown(text: str) -> str:
    """Return ``text`` as a message may show it: printable and short."""
    plain = "".join(c for c in text[: _SHOWN + 1] if c.isprintable())
    return f"{plain[:_SHOWN]}…" if len(text) > _SHOWN else plain


def _suggestions(
    store: GraphStore, system: str, code: str, *, by_name: bool
) -> tuple[Concept, ...]:
    """Return what could be meant: letters read as digits, broader codes, then names."""
    texts = [code.upper().translate(_EASILY_CONFUSED)]
    texts += broader_codes(normalize(system, code) or code.upper()[:20])[:4]
    ids = [code_id(system, normal) for text in texts if (normal := normalize(system, text))]
    near = [c for c in store.concepts(ids) if c is not None]
    if not near and by_name:
        near = _named(store, code, (system,)) or _named(store, code, None)
    return tuple({c.id: c for c in near}.values())[:_SUGGESTIONS]


def _named(store: GraphStore, text: str, systems: tuple[str, ...] | None) -> list[Concept]:
    """Return codes whose names ``text`` finds: people put names where codes belong."""
    if not any(len(word) > 2 and word.isalpha() for word in words(text[:_SEARCHED])):
        return []
    found = search(store, text[:_SEARCHED], selection=Selection(systems=systems), day=date.max)
    hits = found.hits(0, 4 * _SUGGESTIONS)
    concepts = [hit.concept for hit in hits if hit.score >= _TELLING_SCORE]
    return [concept for concept in concepts if concept.code is not None]
