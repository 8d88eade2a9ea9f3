"""The enums of the API: those of the model, which Strawberry is told to describe for clients."""

import strawberry

from service.lookup import MissReason
from service.model import (
    CodingNoteKind,
    ConceptKind,
    LifecycleState,
    ProvenanceMethod,
    Relation,
    TitleSource,
)
from service.search import MatchField

__all__ = [
    "CodingNoteKind",
    "ConceptKind",
    "LifecycleState",
    "MatchField",
    "MissReason",
    "ProvenanceMethod",
    "Relation",
    "TitleSource",
]

strawberry.enum(
    ConceptKind,
    description="What sort of thing a concept is: a procedure or condition (coded or as a page "
    "words it), a type of personnel, an alternative treatment, or a facet of a classification.",
)
strawberry.enum(
    Relation,
    description="What connects two concepts, read from source to target. TITLE_WORD is a reason "
    "for similarity only and no edge of the graph.",
)
strawberry.enum(
    ProvenanceMethod,
    description="How a fact is known: a text says so, a rule derived it, we assert it, or a "
    "release file states it.",
)
strawberry.enum(
    TitleSource,
    description="Whose words a title is in: the code system's own, a loaded document's, or ours.",
)
strawberry.enum(
    LifecycleState,
    description="Whether a code may be used. UNKNOWN where neither a release nor a dated fact is "
    "loaded for it.",
)
strawberry.enum(
    CodingNoteKind,
    description="The instructional notes of ICD-10-CM. EXCLUDES1: never coded together; "
    "EXCLUDES2: not included here; CODE_FIRST: the underlying condition goes first; "
    "USE_ADDITIONAL and CODE_ALSO: a further code is needed.",
)
strawberry.enum(
    MissReason,
    description="Why a code was not found, decided in this order: UNKNOWN_SYSTEM; WRONG_SYSTEM "
    "where another loaded system has the code; MALFORMED_CODE; NOT_YET_EFFECTIVE (with asOf); "
    "UNKNOWN_CODE.",
)
strawberry.enum(MatchField, description="What of a concept the searched text met.")
