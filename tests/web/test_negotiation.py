"""Content negotiation, as RFC 9110 orders it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.web.negotiation import preferred

JSON = "application/json"
RESPONSE = "application/graphql-response+json"
HTML = "text/html"
OFFERS = (JSON, RESPONSE, HTML)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("text/*", HTML),
        (RESPONSE, RESPONSE),
        (f"{RESPONSE}; charset=utf-8", RESPONSE),
        (f"{RESPONSE}, {JSON};q=0.9", RESPONSE),
        (f"{RESPONSE};q=0.8, {JSON};q=0.9", JSON),
        (f"{RESPONSE}, {JSON}", RESPONSE),
        (f"{JSON}, {RESPONSE}", JSON),
        (f"*/*, {RESPONSE}", RESPONSE),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", HTML),
        (f"{JSON};q=0, */*", RESPONSE),
        ("TEXT/HTML", HTML),
        ("*/*;q=0", None),
        ("text/plain", None),
        (f"{JSON};q=0", None),
        (f"{JSON};q=high", None),
        (f"{JSON};q=nan", None),
        ("rubbish,, ;q=1", None),
    ],
)
def test_the_best_liked_offer_wins(accept: str, expected: str | None) -> None:
    """Qualities count first, then how exactly an offer is named, then the header's order."""
    assert preferred(accept, OFFERS) == expected


@given(st.text("*/+;q=0.1, acjnopstx"))
def test_any_header_gets_an_offer_or_none(accept: str) -> None:
    """No header, however odd, does anything but choose."""
    assert preferred(accept, OFFERS) in (*OFFERS, None)
