"""Pages, sections and sources, as the API shows them."""

import strawberry

from service import model
from service.schema.enums import ProvenanceMethod

__all__ = ["Duration", "Page", "Provenance", "Section", "SectionItem", "page_of", "provenance_of"]


@strawberry.type(
    description="Where a fact comes from. Offsets are code points into the document's text: "
    "text[start:end] == quote."
)
class Provenance:
    """See the description."""

    method: ProvenanceMethod = strawberry.field(description="How the fact is known.")
    document: strawberry.ID | None = strawberry.field(description="The page it was read from.")
    section: str | None = strawberry.field(description="The section of that page.")
    quote: str | None = strawberry.field(description="The words that say it, verbatim.")
    start: int | None = strawberry.field(description="Where the quote begins, in code points.")
    end: int | None = strawberry.field(description="Where the quote ends, exclusive.")
    release: str | None = strawberry.field(description="The release or curated file that says it.")


@strawberry.type(description="A bullet or a step of a section.")
class SectionItem:
    """See the description."""

    label: str | None = strawberry.field(description="What stands before the item's colon.")
    text: str = strawberry.field(description="The item's words, without marker and label.")
    ordinal: int | None = strawberry.field(description="The number of a step.")
    start: int = strawberry.field(description="Where the text begins, in code points.")
    end: int = strawberry.field(description="Where the text ends, exclusive.")
    items: list["SectionItem"] = strawberry.field(description="Items nested below this one.")


@strawberry.type(description="A section of a page.")
class Section:
    """See the description."""

    heading: str = strawberry.field(description="The section's name, as the template has it.")
    text: str = strawberry.field(description="All that stands under the heading.")
    items: list[SectionItem] = strawberry.field(description="Its bullets or steps, in order.")
    start: int = strawberry.field(description="Where the text begins, in code points.")
    end: int = strawberry.field(description="Where the text ends, exclusive.")


@strawberry.type(description="The page of a code, as its document has it. Not medical advice.")
class Page:
    """See the description."""

    document: strawberry.ID = strawberry.field(description="The id that provenance refers to.")
    system: str | None = strawberry.field(description="The code system of the page's code.")
    code: str | None = strawberry.field(description="The page's code.")
    text: str = strawberry.field(description="The whole text; offsets count its code points.")
    source: str | None = strawberry.field(description="Where the page comes from.")
    license: str | None = strawberry.field(description="The licence of its text.")
    sections: list[Section] = strawberry.field(description="Its sections, in the page's order.")
    warnings: list[str] = strawberry.field(description="What the reader could not place.")


@strawberry.type(description="How long a procedure takes.")
class Duration:
    """See the description."""

    text: str = strawberry.field(description="What the page says.")
    min_minutes: int | None = strawberry.field(description="The least time it names, in minutes.")
    max_minutes: int | None = strawberry.field(description="The most time it names, in minutes.")


def provenance_of(records: tuple[model.Provenance, ...]) -> list[Provenance]:
    """Return sources as the API shows them."""
    return [
        Provenance(
            method=p.method,
            document=strawberry.ID(p.document) if p.document else None,
            section=p.section,
            quote=p.quote,
            start=p.start,
            end=p.end,
            release=p.release,
        )
        for p in records
    ]


def _items(records: tuple[model.SectionItem, ...]) -> list[SectionItem]:
    return [
        SectionItem(
            label=i.label,
            text=i.text,
            ordinal=i.ordinal,
            start=i.start,
            end=i.end,
            items=_items(i.items),
        )
        for i in records
    ]


def page_of(page: model.Page) -> Page:
    """Return a page as the API shows it."""
    return Page(
        document=strawberry.ID(page.document),
        system=page.system,
        code=page.code,
        text=page.text,
        source=page.source,
        license=page.license,
        sections=[
            Section(heading=s.heading, text=s.text, items=_items(s.items), start=s.start, end=s.end)
            for s in page.sections
        ],
        warnings=list(page.warnings),
    )
