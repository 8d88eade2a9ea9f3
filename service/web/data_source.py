"""What the web asks of whoever loads the data."""

from collections.abc import Hashable
from typing import Protocol

__all__ = ["DataSource", "PinnedContext"]


class PinnedContext(Protocol):
    """The context of one request, which sees one data version to its end."""

    @property
    def version(self) -> Hashable:
        """All that answers depend on besides the request."""
        ...


class DataSource(Protocol):
    """The data as loaded now: who asks twice may meet another version, if only at midnight."""

    @property
    def data_version(self) -> str | None:
        """The version that new requests see; None while nothing is loaded."""
        ...

    @property
    def version(self) -> Hashable | None:
        """The version of the contexts that are opened now; None while nothing is loaded."""
        ...

    @property
    def reload_error(self) -> str | None:
        """Why the newest build could not be taken, in words fit for anyone; None if it was."""
        ...

    def open_context(self) -> PinnedContext:
        """Return the context of one request.

        Raises ``NotReadyError`` while nothing is loaded.
        """
        ...
