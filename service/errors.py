"""The errors this project raises, as one tree.

    MedcodegraphError
    ├── RequestError            a client asked for something that cannot be answered as asked
    │   ├── BadUserInputError       BAD_USER_INPUT
    │   ├── StaleCursorError        STALE_CURSOR
    │   └── LimitExceededError      LIMIT_EXCEEDED
    ├── NotReadyError           NOT_READY: no snapshot is loaded yet
    ├── SnapshotError           a snapshot is missing, damaged or of another format
    ├── GraphError              items do not form a sound graph
    └── IngestError             a file or package cannot be read at all

Every class carries the ``extensions.code`` that a response shows for it, so that no other
module decides what a client is told.
"""

from collections.abc import Sequence
from typing import ClassVar

__all__ = [
    "BadUserInputError",
    "GraphError",
    "IngestError",
    "LimitExceededError",
    "MedcodegraphError",
    "NotReadyError",
    "RequestError",
    "SnapshotError",
    "StaleCursorError",
]


class MedcodegraphError(Exception):
    """The root of the tree; ``code`` is what ``extensions.code`` shows."""

    code: ClassVar[str] = "INTERNAL"


class RequestError(MedcodegraphError):
    """A client's request cannot be answered; the message is written for that client."""

    code = "BAD_USER_INPUT"


class BadUserInputError(RequestError):
    """An argument is out of its range or malformed."""


class StaleCursorError(RequestError):
    """A cursor was made by another data version, so its place in the list is not known."""

    code = "STALE_CURSOR"


class LimitExceededError(RequestError):
    """A request is larger than this service answers."""

    code = "LIMIT_EXCEEDED"


class NotReadyError(MedcodegraphError):
    """No snapshot is loaded yet; the same request may succeed later."""

    code = "NOT_READY"


class SnapshotError(MedcodegraphError):
    """A snapshot is missing, damaged, incomplete or of another format."""


class GraphError(MedcodegraphError):
    """Items do not form a sound graph; ``problems`` lists what is wrong, one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        shown = "; ".join(self.problems[:5])
        more = f"; and {len(self.problems) - 5} more" if len(self.problems) > 5 else ""
        super().__init__(f"{len(self.problems)} problems in the graph: {shown}{more}")


class IngestError(MedcodegraphError):
    """A file or package cannot be read at all; the message names it and says why."""
