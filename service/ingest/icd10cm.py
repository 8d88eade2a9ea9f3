"""ICD-10-CM, April 2026, out of the package ``simple-icd-10-cm``: items, hierarchy, notes.

An item is what the tabular list has a line for: 22 chapters (``5``), sections (``F30-F39``),
categories (``F32``), subcategories (``F32.A``) and, where a seventh character is due, the codes
that carry it (``T07.XXXA``). Two things in the release want care:

- 39 sections hold one category and have its name (``B99``). Such a pair is one concept here: the
  category, right under the chapter, with the section's title as a synonym and its notes.
- 12 sections hold nothing (``C00-C96``): they only bracket the sections that follow them.
"""

import warnings
from collections.abc import Iterator, Mapping
from types import ModuleType

from service.codes import code_id
from service.errors import IngestError
from service.ingest.icd10cm_notes import ItemTree
from service.model import (
    CodeSystem,
    CodingNote,
    CodingNoteKind,
    Concept,
    ConceptKind,
    Edge,
    Provenance,
    ProvenanceMethod,
    Relation,
    TitleSource,
)

__all__ = ["ITEM_COUNT", "RELEASE", "read_icd10cm"]

RELEASE = "April 2026"
ITEM_COUNT = 98_466
"""Names in the release; the package counts the 39 section and category pairs twice."""

_SYSTEM = "ICD10CM"
_PACKAGE = "simple-icd-10-cm 1.5.0"
_STATED = (Provenance(method=ProvenanceMethod.RELEASE, release=f"{_SYSTEM} {RELEASE}"),)

_NOTE_GETTERS = {
    CodingNoteKind.EXCLUDES1: "get_excludes1",
    CodingNoteKind.EXCLUDES2: "get_excludes2",
    CodingNoteKind.CODE_FIRST: "get_code_first",
    CodingNoteKind.USE_ADDITIONAL: "get_use_additional_code",
    CodingNoteKind.CODE_ALSO: "get_code_also",
}
"""The package gives the first two as lists and the others as lines of one string."""

_CODE_SYSTEM = CodeSystem(
    name=_SYSTEM,
    title="International Classification of Diseases, 10th Revision, Clinical Modification",
    release=RELEASE,
    license="Public domain (a work of the United States government)",
    source=f"Centers for Disease Control and Prevention, National Center for Health Statistics; "
    f"read from the Python package {_PACKAGE}",
)


def read_icd10cm() -> Iterator[CodeSystem | Concept | Edge | CodingNote]:
    """Yield the code system, then each item with its edge to the item above and its notes.

    The order is that of the tabular list, so that an item comes after the one above it. Raises
    ``IngestError`` where the package is missing or holds another release.
    """
    tabular_list = _load()
    yield _CODE_SYSTEM
    for item, parent in tabular_list.parents.items():
        yield tabular_list.concept(item)
        if parent is not None:
            yield Edge(
                code_id(_SYSTEM, item), Relation.IS_A, code_id(_SYSTEM, parent), provenance=_STATED
            )
        yield from tabular_list.notes(item)


def _load() -> "_TabularList":
    try:
        # The package opens its data in a way that Python 3.11 warns of.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            # The import parses 9 MB of XML and keeps 190 MB: only a build may pay for that, never
            # a server that starts from a snapshot. It ships no types.
            import simple_icd_10_cm  # type: ignore[import-untyped]  # noqa: PLC0415
    except ImportError as error:
        raise IngestError(
            f"ICD-10-CM cannot be read: the package {_PACKAGE} is not installed. "
            "Install this project's dependencies again."
        ) from error
    parents = {
        item: simple_icd_10_cm.get_parent(item, prioritize_blocks=True) or None
        for item in simple_icd_10_cm.get_all_codes()
    }
    if len(parents) != ITEM_COUNT:
        raise IngestError(
            f"ICD-10-CM cannot be read: {len(parents):,} items found where {_PACKAGE} has "
            f"{ITEM_COUNT:,}. Install that version."
        )
    return _TabularList(simple_icd_10_cm, parents)


class _TabularList:
    """The package's items as concepts and notes; ``parents`` has each once, in order."""

    def __init__(self, package: ModuleType, parents: Mapping[str, str | None]) -> None:
        self.parents = parents
        self._package = package
        empty = (i for i in parents if self._is_group(i) and not package.get_children(i))
        self._tree = ItemTree(parents, empty=frozenset(empty))

    def _is_group(self, item: str) -> bool:
        """Return whether ``item`` is a chapter or a section, and no category of that name."""
        return not self._package.is_category_or_subcategory(item)

    def _is_pair(self, item: str) -> bool:
        """Return whether ``item`` names a section and its one category."""
        return bool(self._package.is_block(item)) and not self._is_group(item)

    def concept(self, item: str) -> Concept:
        """Return the concept of ``item``."""
        title = self._package.get_description(item).strip()
        return Concept(
            id=code_id(_SYSTEM, item),
            kind=ConceptKind.CONDITION,
            name=title,
            synonyms=self._synonyms(item, title),
            system=_SYSTEM,
            code=item,
            title=title,
            title_source=TitleSource.OFFICIAL_DESCRIPTOR,
            release=RELEASE,
            billable=not self._is_group(item) and bool(self._package.is_leaf(item)),
        )

    def _synonyms(self, item: str, title: str) -> tuple[str, ...]:
        """Return the other names of ``item``: inclusion terms, then what it includes.

        Both are conditions that the tabular list assigns to the very item. What a chapter or a
        section includes is left out: that describes an extent ("injuries of jaw"), no name.
        """
        names = list(self._package.get_inclusion_term(item))
        if not self._is_group(item):
            names += self._package.get_includes(item)
        if self._is_pair(item):
            section = self._package.get_description(item, prioritize_blocks=True)
            names.append(section.removesuffix(f"({item})"))
        return tuple(name for name in dict.fromkeys(map(str.strip, names)) if name != title)

    def notes(self, item: str) -> Iterator[CodingNote]:
        """Yield the notes that stand at ``item`` itself, one for each of their lines.

        A line is kept as it stands, without the comma that ties it to "Code first" before it.
        """
        for kind, getter in _NOTE_GETTERS.items():
            for line in self._lines(item, getter):
                named = self._tree.named_in(line)
                yield CodingNote(
                    concept_id=code_id(_SYSTEM, item),
                    kind=kind,
                    text=line,
                    targets=tuple(code_id(_SYSTEM, code) for code in named),
                    release=RELEASE,
                )

    def _lines(self, item: str, getter: str) -> list[str]:
        get = getattr(self._package, getter)
        lines: list[str] = []
        for as_section in (True, False) if self._is_pair(item) else (False,):
            value = get(item, prioritize_blocks=as_section)
            lines += value.splitlines() if isinstance(value, str) else value
        return [line.lstrip(" ,").rstrip() for line in dict.fromkeys(lines)]
