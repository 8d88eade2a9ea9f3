"""What the root operations of ICD-10-PCS are for: broader facets above the facets of the axes.

The ICD-10-PCS Reference Manual of CMS (a work of the United States government) presents the root
operations of surgery in groups, by what they do to the body part. An operation IS_A its group, so
that an excision and a resection have something in common. What only finds out, the operations that
examine and the qualifier "Diagnostic", has one purpose.
"""

from collections.abc import Collection, Iterator

from service.codes import facet_id
from service.model import (
    Concept,
    ConceptId,
    ConceptKind,
    Edge,
    Provenance,
    ProvenanceMethod,
    Relation,
)

__all__ = ["broader_facets"]

_OBJECTIVES = {
    "Takes out some or all of a body part": (
        *("Excision", "Resection", "Detachment", "Destruction", "Extraction"),
    ),
    "Takes out solids, fluids or gases": ("Drainage", "Extirpation", "Fragmentation"),
    "Cuts or separates": ("Division", "Release"),
    "Puts in, puts back or moves": ("Transplantation", "Reattachment", "Transfer", "Reposition"),
    "Alters a tube's width or course": ("Restriction", "Occlusion", "Dilation", "Bypass"),
    "Puts in, changes or takes out a device": (
        *("Insertion", "Replacement", "Supplement", "Change", "Removal", "Revision"),
    ),
    "Examines only": ("Inspection", "Map"),
    "Mends or stops bleeding": ("Control", "Repair"),
    "Fuses, reshapes or makes anew": ("Fusion", "Alteration", "Creation"),
}
_DIAGNOSIS = (("operation", "Inspection"), ("operation", "Map"), ("qualifier", "Diagnostic"))

_SOURCE = (
    Provenance(
        ProvenanceMethod.CURATED, release="ICD-10-PCS Reference Manual: groups of root operations"
    ),
)


def broader_facets(known: Collection[ConceptId]) -> Iterator[Concept | Edge]:
    """Yield the facets that are broader than those ``known``, and the edges up to them."""
    grouped = [
        *(
            ("objective", group, "operation", value)
            for group, values in _OBJECTIVES.items()
            for value in values
        ),
        *(("purpose", "Diagnosis", axis, value) for axis, value in _DIAGNOSIS),
    ]
    yielded: set[ConceptId] = set()
    for axis, group, narrower_axis, value in grouped:
        narrower, broader = facet_id(narrower_axis, value), facet_id(axis, group)
        if narrower not in known:
            continue
        if broader not in yielded:
            yielded.add(broader)
            yield Concept(id=broader, kind=ConceptKind.FACET, name=group, axis=axis)
        yield Edge(narrower, Relation.IS_A, broader, _SOURCE)
