"""The enums of the API: those of the model, described for clients."""

import strawberry

from service import lookup, model, search

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

ConceptKind = strawberry.enum(
    model.ConceptKind,
    description="What sort of thing a concept is: a procedure or condition (coded or as a page "
    "words it), a type of personnel, an alternative treatment, or a facet of a classification.",
)
Relation = strawberry.enum(
    model.Relation,
    description="What connects two concepts, read from source to target. TITLE_WORD is a reason "
    "for similarity only and no edge of the graph.",
)
ProvenanceMethod = strawberry.enum(
    model.ProvenanceMethod,
    description="How a fact is known: a text says so, a rule derived it, we assert it, or a "
    "release file states it.",
)
TitleSource = strawberry.enum(
    model.TitleSource,
    description="Whose words a title is in: the code system's own, a loaded document's, or ours.",
)
LifecycleState = strawberry.enum(
    model.LifecycleState,
    description="Whether a code may be used. UNKNOWN where neither a release nor a dated fact is "
    "loaded for it.",
)
CodingNoteKind = strawberry.enum(
    model.CodingNoteKind,
    description="The instructional notes of ICD-10-CM. EXCLUDES1: never coded together; "
    "EXCLUDES2: not included here; CODE_FIRST: the underlying condition goes first; "
    "USE_ADDITIONAL and CODE_ALSO: a further code is needed.",
)
MissReason = strawberry.enum(
    lookup.MissReason,
    description="Why a code was not found, decided in this order: UNKNOWN_SYSTEM; WRONG_SYSTEM "
    "where another loaded system has the code; MALFORMED_CODE; NOT_YET_EFFECTIVE (with asOf); "
    "UNKNOWN_CODE.",
)
MatchField = strawberry.enum(
    search.MatchField, description="What of a concept the searched text met."
)
