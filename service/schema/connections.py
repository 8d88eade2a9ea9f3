"""Paging: opaque cursors that know their list and their data version."""

import base64
import binascii
import hashlib
from functools import lru_cache
from typing import NamedTuple

import strawberry

from service.errors import BadUserInputError, StaleCursorError

__all__ = ["PAGE_LIMIT", "Connection", "PageInfo", "Placed", "Window", "window"]

PAGE_LIMIT = 200


class Window(NamedTuple):
    """A page of a list: ``limit`` entries from ``offset`` on.

    ``list_name`` is all that tells one list of a data version from another.
    """

    offset: int
    limit: int
    list_name: str
    data_version: str

    def cursor(self, place: int) -> str:
        """Return the cursor of the entry at ``place`` of this page."""
        text = f"{self.data_version}|{self.offset + place}|{_mark_of(self.list_name)}"
        return base64.urlsafe_b64encode(text.encode()).decode()


def _has_next(parent: strawberry.Parent["PageInfo"]) -> bool:
    return parent.page.offset + parent.length < parent.total


def _has_previous(parent: strawberry.Parent["PageInfo"]) -> bool:
    return parent.page.offset > 0 and parent.total > 0


def _start_cursor(parent: strawberry.Parent["PageInfo"]) -> str | None:
    return parent.page.cursor(0) if parent.length else None


def _end_cursor(parent: strawberry.Parent["PageInfo"]) -> str | None:
    return parent.page.cursor(parent.length - 1) if parent.length else None


@strawberry.type(description="Where a page of a list begins and ends.")
class PageInfo:
    """The paging facts of one connection, whose page has ``length`` of ``total`` entries."""

    page: strawberry.Private[Window]
    length: strawberry.Private[int]
    total: strawberry.Private[int]

    has_next_page: bool = strawberry.field(
        resolver=_has_next, description="Whether more follows this page."
    )
    has_previous_page: bool = strawberry.field(
        resolver=_has_previous, description="Whether something is before it."
    )
    start_cursor: str | None = strawberry.field(
        resolver=_start_cursor, description="The cursor of the first edge."
    )
    end_cursor: str | None = strawberry.field(
        resolver=_end_cursor,
        description="The cursor of the last edge: pass it as `after` to get the next page.",
    )


def _page_info(parent: strawberry.Parent["Connection"]) -> PageInfo:
    return PageInfo(page=parent.page, length=parent.length, total=parent.total_count)


@strawberry.type
class Connection:
    """What every list in pages has; the subclasses add their ``edges``, ``length`` of them."""

    page: strawberry.Private[Window]
    length: strawberry.Private[int]

    total_count: int = strawberry.field(description="How many there are in all.")
    page_info: PageInfo = strawberry.field(
        resolver=_page_info, description="Where this page begins and ends."
    )


def _cursor(parent: strawberry.Parent["Placed"]) -> str:
    return parent.page.cursor(parent.place)


@strawberry.type
class Placed:
    """What every edge of a connection has: its ``place`` on the page, and so a cursor."""

    page: strawberry.Private[Window]
    place: strawberry.Private[int]

    cursor: str = strawberry.field(
        resolver=_cursor, description="Where this entry stands, for `after`."
    )


def window(first: int | None, after: str | None, *, list_name: str, data_version: str) -> Window:
    """Return the page that a client asks for.

    ``list_name`` is all that tells one list from another: its owner, its field, its filters.

    Raises ``BadUserInputError`` where ``first`` is not 0..200 or ``after`` is no cursor of this
    list, ``StaleCursorError`` where the cursor is of another data version.
    """
    if first is None or not 0 <= first <= PAGE_LIMIT:
        raise BadUserInputError(f"first must be 0 to {PAGE_LIMIT}")
    if after is None or after is strawberry.UNSET:
        return Window(0, first, list_name, data_version)
    place = _place(after, _mark_of(list_name), data_version)
    return Window(place + 1, first, list_name, data_version)


@lru_cache(maxsize=1_000)
def _mark_of(list_name: str) -> str:
    """Return what a cursor holds of its list's name, which itself may be a person's text."""
    return hashlib.blake2b(list_name.encode(errors="replace"), digest_size=6).hexdigest()


def _place(cursor: str, list_mark: str, data_version: str) -> int:
    try:
        text = base64.b64decode(cursor.encode(), altchars=b"-_", validate=True).decode()
        version, place, mark = text.split("|", 2)
    except (binascii.Error, ValueError) as error:
        raise BadUserInputError("after is no cursor of this service") from error
    if mark != list_mark or not (place.isascii() and place.isdecimal()) or len(place) > 9:
        raise BadUserInputError("after is no cursor of this list")
    if version != data_version:
        raise StaleCursorError("after is a cursor of other data: begin again without it")
    return int(place)
