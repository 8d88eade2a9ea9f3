"""Paging: opaque cursors that know their list and their data version."""

import base64
import binascii
import hashlib
from dataclasses import dataclass

import strawberry

from service.errors import BadUserInputError, StaleCursorError

__all__ = ["PAGE_LIMIT", "PageInfo", "Window", "window"]

PAGE_LIMIT = 200


@strawberry.type(description="Where a page of a list begins and ends.")
class PageInfo:
    """The paging facts of one connection."""

    has_next_page: bool = strawberry.field(description="Whether more follows this page.")
    has_previous_page: bool = strawberry.field(description="Whether something is before it.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first edge.")
    end_cursor: str | None = strawberry.field(
        description="The cursor of the last edge: pass it as `after` to get the next page."
    )


@dataclass(frozen=True, slots=True)
class Window:
    """A page of a list: ``limit`` entries from ``offset`` on."""

    offset: int
    limit: int
    list_mark: str
    data_version: str

    def cursor(self, place: int) -> str:
        """Return the cursor of the entry at ``place`` of this page."""
        text = f"{self.data_version}|{self.offset + place}|{self.list_mark}"
        return base64.urlsafe_b64encode(text.encode()).decode()

    def page_info(self, length: int, total: int) -> PageInfo:
        """Return the facts of this page, which has ``length`` of ``total`` entries."""
        return PageInfo(
            has_next_page=self.offset + length < total,
            has_previous_page=self.offset > 0 and total > 0,
            start_cursor=self.cursor(0) if length else None,
            end_cursor=self.cursor(length - 1) if length else None,
        )


def window(first: int | None, after: str | None, *, list_name: str, data_version: str) -> Window:
    """Return the page that a client asks for.

    ``list_name`` is all that tells one list from another: its owner, its field, its filters.

    Raises ``BadUserInputError`` where ``first`` is not 0..200 or ``after`` is no cursor of this
    list, ``StaleCursorError`` where the cursor is of another data version.
    """
    if first is None or not 0 <= first <= PAGE_LIMIT:
        raise BadUserInputError(f"first must be 0 to {PAGE_LIMIT}")
    # A cursor holds a mark of its list's name and not the name, which may be a person's text.
    mark = hashlib.blake2b(list_name.encode(errors="replace"), digest_size=6).hexdigest()
    given = after is not None and after is not strawberry.UNSET
    offset = _place(after or "", mark, data_version) + 1 if given else 0
    return Window(offset, first, mark, data_version)


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
