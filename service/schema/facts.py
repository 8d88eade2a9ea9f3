"""What a procedure's page says, field by field; all empty where no page is loaded."""

import strawberry

from service import model
from service.schema import enums
from service.schema.concepts import Concept
from service.schema.context import Info
from service.schema.pages import Duration, Page, page_of


def title_of(parent: strawberry.Parent[Concept]) -> str:
    """Return the title."""
    return parent.record.title or parent.record.name


def title_source_of(parent: strawberry.Parent[Concept]) -> enums.TitleSource:
    """Return whose words the title is in."""
    return parent.record.title_source or model.TitleSource.PARAPHRASE


def summary_of(parent: strawberry.Parent[Concept], info: Info) -> str | None:
    """Return the summary."""
    return _text(_facts(info, parent).summary)


def purpose_of(parent: strawberry.Parent[Concept], info: Info) -> str | None:
    """Return the purpose."""
    return _text(_facts(info, parent).purpose)


def preparation_of(parent: strawberry.Parent[Concept], info: Info) -> list[str]:
    """Return the preparation."""
    return _texts(_facts(info, parent).preparation)


def steps_of(parent: strawberry.Parent[Concept], info: Info) -> list[str]:
    """Return the steps."""
    return _texts(_facts(info, parent).steps)


def tools_of(parent: strawberry.Parent[Concept], info: Info) -> list[str]:
    """Return the tools."""
    return _texts(_facts(info, parent).tools)


def anesthesia_of(parent: strawberry.Parent[Concept], info: Info) -> str | None:
    """Return the remark on anesthesia."""
    return _text(_facts(info, parent).anesthesia)


def duration_of(parent: strawberry.Parent[Concept], info: Info) -> Duration | None:
    """Return the duration."""
    facts = _facts(info, parent)
    if facts.duration is None:
        return None
    return Duration(
        text=facts.duration.text,
        min_minutes=facts.min_minutes,
        max_minutes=facts.max_minutes,
    )


def settings_of(parent: strawberry.Parent[Concept], info: Info) -> list[str]:
    """Return the settings."""
    return _texts(_facts(info, parent).settings)


def risks_of(parent: strawberry.Parent[Concept], info: Info) -> list[str]:
    """Return the risks."""
    return _texts(_facts(info, parent).risks)


def benefits_of(parent: strawberry.Parent[Concept], info: Info) -> list[str]:
    """Return the benefits."""
    return _texts(_facts(info, parent).benefits)


def recovery_of(parent: strawberry.Parent[Concept], info: Info) -> str | None:
    """Return the recovery."""
    return _text(_facts(info, parent).recovery)


def patient_experience_of(parent: strawberry.Parent[Concept], info: Info) -> str | None:
    """Return the patient's experience."""
    return _text(_facts(info, parent).patient_experience)


def page_of_concept(parent: strawberry.Parent[Concept], info: Info) -> Page | None:
    """Return the code's page, if one is loaded."""
    page = info.context.store.pages([parent.record.id])[0]
    return page_of(page) if page else None


def _facts(info: Info, owner: Concept) -> model.PageFacts:
    page = info.context.store.pages([owner.record.id])[0]
    return page.facts if page else model.PageFacts()


def _text(span: model.Span | None) -> str | None:
    return span.text if span else None


def _texts(spans: tuple[model.Span, ...]) -> list[str]:
    return [span.text for span in spans]
