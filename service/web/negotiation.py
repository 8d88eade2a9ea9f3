"""Which media type a client prefers: the ``Accept`` header of RFC 9110, section 12.5.1."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["preferred"]


@dataclass(frozen=True, slots=True)
class _MediaRange:
    """One entry of the header, such as ``text/*;q=0.5``."""

    type: str
    subtype: str
    quality: float

    @property
    def specificity(self) -> int:
        return (self.type != "*") + (self.subtype != "*")

    def covers(self, media_type: str) -> bool:
        kind, _, subtype = media_type.partition("/")
        return self.type in ("*", kind) and self.subtype in ("*", subtype)


@lru_cache(maxsize=100)
def preferred(accept: str, offers: Sequence[str]) -> str | None:
    """Return the one of ``offers`` that ``accept`` likes best, or None where it takes none.

    The most specific range that covers an offer gives its quality. Equal qualities go to the
    offer named more exactly, then to the range that stands first in the header, then to the
    first of ``offers``. Without a header anything is acceptable; a range that cannot be read
    is left out.
    """
    ranges = [found for text in accept.split(",") if (found := _media_range(text))]
    if not accept.strip():
        return offers[0]
    ranked = []
    for place, offer in enumerate(offers):
        covering = [
            (-found.specificity, position, found.quality)
            for position, found in enumerate(ranges)
            if found.covers(offer)
        ]
        if not covering:
            continue
        specificity, position, quality = min(covering)
        if quality > 0:
            ranked.append((-quality, specificity, position, place))
    return offers[min(ranked)[-1]] if ranked else None


def _media_range(text: str) -> _MediaRange | None:
    """Return one entry of the header; parameters other than ``q`` say nothing here."""
    name, *parameters = (part.strip().lower() for part in text.split(";"))
    kind, slash, subtype = name.partition("/")
    if not (kind and slash and subtype):
        return None
    quality = 1.0
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                quality = float(value)
            except ValueError:
                return None
    return _MediaRange(kind, subtype, quality) if 0 <= quality <= 1 else None
