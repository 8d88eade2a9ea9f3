"""How long something takes, as a page words it -> minutes."""

import math
import re
from collections.abc import Callable

__all__ = ["minutes"]

_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUES = {word: value for value, word in enumerate([*_ONES, *_TEENS], start=1)}
_VALUES |= {word: value for value, word in zip(range(20, 100, 10), _TENS, strict=True)}
_FRACTIONS = {"½": ".5", "¼": ".25", "¾": ".75", "⅓": ".33", "⅔": ".67"}

_UNIT = r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|h|days?)\b\.?"
_MINUTES = {"s": 1 / 60, "m": 1.0, "h": 60.0, "d": 1440.0}

_REWRITINGS: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
    (re.compile(rf"\b({'|'.join(_TENS)})[- ]({'|'.join(_ONES)})\b"), r"\1+\2"),
    (re.compile(rf"\b({'|'.join(_VALUES)})\b"), lambda found: str(_VALUES[found[1]])),
    (re.compile(r"\b([0-9])0\+([0-9])\b"), r"\1\2"),
    (re.compile(r"\b([0-9]{1,3}) and a half\b"), r"\1.5"),
    (re.compile(r"\b(?:a )?quarter(?: of an|-| an) ?hour"), "15 minutes"),
    (re.compile(r"\b(?:a )?half(?: an| a)?[- ](hour|minute|day)s?"), r".5 \1"),
    (re.compile(r"([0-9]) ?([½¼¾⅓⅔])"), lambda found: found[1] + _FRACTIONS[found[2]]),
    (re.compile(r"[½¼¾⅓⅔]"), lambda found: _FRACTIONS[found[0]]),
    (re.compile(r"\b([0-9]{1,3}) 1/2\b"), r"\1.5"),
    (re.compile(r"(?<![0-9/])1/2\b(?: an?\b)?"), ".5"),
    (re.compile(rf"\ban? ({_UNIT})"), r"1 \1"),
    (re.compile(rf"\b([0-9]{{1,3}}) ({_UNIT}) and a half\b"), r"\1.5 \2"),
]
"""Ways to write a number, brought to digits one after the other."""

_NUMBER = r"(?:[0-9]{1,4}(?:\.[0-9]{1,2})?|\.[0-9]{1,2})"
_VAGUE = r"\b(?:a\ few|several|some|a\ couple(?:\ of)?|many|multiple|a\ number\ of)"
_TO = r"\ ?(?:-|-?\ ?to\ ?-?|or|up\ to)\ ?"
_DURATION = re.compile(
    rf"""
    (?P<vague>{_VAGUE}\ (?:\w+\ )?{_UNIT})
    | (?P<between>\bbetween\ )?
      (?<![0-9.])(?P<low>{_NUMBER})[-\ ]?(?P<low_unit>{_UNIT})?
      (?:{_TO}|(?(between)\ and\ |(?!)))(?P<high>{_NUMBER})\ ?-?(?P<high_unit>{_UNIT})
    | (?<![0-9.])(?P<hours>{_NUMBER})\ ?(?:hours?|hrs?|h)(?:,?\ and\ |,?\ |\b|(?=[0-9]))
      (?P<minutes>[0-9]{{1,2}})(?:\ ?(?:minutes?|mins?)?\b)
    | (?<![0-9.])(?P<number>{_NUMBER})(?P<more>\ ?\+)?\ ?-?(?P<unit>{_UNIT})
      (?:\ or\ (?P<other>{_NUMBER})\b)?
    """,
    re.VERBOSE,
)
"""At each place the alternatives are tried in this order; the first place that fits wins."""

_AT_MOST = re.compile(
    r"(?:less than|under|up to|no more than|not more than|no longer than|within|at most"
    r"|maximum(?: of)?|below|fewer than|<|≤) ?(?:about |approximately )?$"
)
_AT_LEAST = re.compile(
    r"(?:at least|more than|over|longer than|minimum(?: of)?|no less than|not less than"
    r"|upwards of|>|≥) ?(?:about |approximately )?$"
)
_OR_LESS = re.compile(r",? ?(?:or (?:less|fewer|shorter)\b|\(?(?:at most|maximum)\b)")
_OR_MORE = re.compile(r",? ?(?:\+|or (?:more|longer)\b|\(?(?:at least|minimum)\b)")

_READ_CHARACTERS = 2000
_WORDS_BEFORE = 40


def _plain_numbers(text: str) -> str:
    text = re.sub(r"[‐-―−]", "-", " ".join(text[:_READ_CHARACTERS].lower().split()))
    for pattern, replacement in _REWRITINGS:
        text = pattern.sub(replacement, text)
    return text


def _in_minutes(number: str, unit: str) -> float:
    return float(number) * _MINUTES[unit[0]]


def _whole(value: float) -> int:
    return round(value) if value >= 1 else math.ceil(value)


def _ordered(one: float, other: float) -> tuple[int, int]:
    return _whole(min(one, other)), _whole(max(one, other))


def minutes(text: str) -> tuple[int | None, int | None]:
    """Return the least and the most minutes of the first duration that ``text`` states.

    "About an hour" gives 60 and 60, "up to 2 hours" None and 120; "a few minutes", and a text
    without a duration, give None twice. Less than a minute rounds up to one.
    """
    text = _plain_numbers(text)
    found = _DURATION.search(text)
    if found is None or found["vague"]:
        return None, None
    if found["low"]:
        unit = found["high_unit"]
        low = _in_minutes(found["low"], found["low_unit"] or unit)
        return _ordered(low, _in_minutes(found["high"], unit))
    if found["other"]:
        unit = found["unit"]
        return _ordered(_in_minutes(found["number"], unit), _in_minutes(found["other"], unit))
    if found["hours"]:
        value = _whole(float(found["hours"]) * 60 + float(found["minutes"]))
    else:
        value = _whole(_in_minutes(found["number"], found["unit"]))
    before, after = text[: found.start()][-_WORDS_BEFORE:], text[found.end() :]
    if _AT_MOST.search(before) or _OR_LESS.match(after):
        return None, value
    if found["more"] or _AT_LEAST.search(before) or _OR_MORE.match(after):
        return value, None
    return value, value
