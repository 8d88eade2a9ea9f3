"""What a request sees: one store from its first field to its last, and one day."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import strawberry

from service.reasons import Teller
from service.store.base import GraphStore

__all__ = ["Info", "RequestContext"]


@dataclass(frozen=True, slots=True)
class RequestContext:
    """The store a request is pinned to; ``today`` decides which codes are retired."""

    store: GraphStore
    loaded_at: str
    today: date = field(default_factory=lambda: datetime.now(UTC).date())

    version: tuple[str, str] = field(init=False)
    """All that answers depend on besides the request: the data and the day."""

    teller: Teller = field(init=False)
    """Who says why concepts are alike."""

    def __post_init__(self) -> None:
        version = (self.store.data_version, self.today.isoformat())
        object.__setattr__(self, "version", version)
        object.__setattr__(self, "teller", Teller(self.store))


Info = strawberry.Info[RequestContext, None]
