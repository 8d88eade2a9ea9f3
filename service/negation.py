"""What a text denies: the stretches in which a thing that is named is said not to be there.

Rules in the manner of NegEx (Chapman et al. 2001): a trigger denies what follows it, or what
stands before it, up to the end of its clause. "Not" before a verb of treatment denies nothing
("depression that does not respond to medication").
"""

import re
from collections.abc import Iterator

__all__ = ["denied_stretches"]

_OF = r"(?:history|evidence|signs?|symptoms?|complaints?|record|diagnosis|risk)(?: of)?"
_BEFORE = re.compile(
    rf"""\b(?:
      (?P<listed> den(?:y|ies|ied|ying) | negative\sfor | rul(?:e|es|ed|ing)\sout
        | no\s(?:known\s|prior\s|previous\s|current\s)?{_OF} )
    | without | absence\sof | free\s(?:of|from) | excluding | exclusion\sof | other\sthan
    | rather\sthan | except(?:\sfor)? | neither | nor | never\s(?:had|having)
    | not\s(?:due|caused|related|linked|explained)\s?(?:to|by)
    | (?:do|does|did)\snot\shave | not\s(?:have|having|show|showing)
    | (?:is|are|was|were)\snot(?!\s(?:\w+(?:ed|ing)|able|enough|due|possible|clear|well|better)\b)
    | not(?=\s(?:an?\s|any\s)?[\w-]+(?:\s[\w-]+)?\s*$)
    | no )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_NO_TRIGGER = re.compile(
    r"\s{1,9}(?:longer|increase|change|improvement|relief|response|success|effect|benefit|other|only"
    r"|help|doubt|matter|delay|cause|clear|known|obvious|single|treatment|need|surgery|medication"
    r"|special)\b",
    re.IGNORECASE,
)
_SCOPE_END = re.compile(
    r"\b(?:but|however|though|although|yet|except|who|which|that|has|have|had|is|are|was|were|with"
    r"|presents?|reports?|complains?|because|despite|when|if|while)\b",
    re.IGNORECASE,
)
_LIST_GOES_ON = re.compile(r",?\s*\b(?:or|nor|and)\b", re.IGNORECASE)
_MOST_CHARACTERS = 120

_REJECTED = r"(?:declined|refused|denied|absent|excluded|ruled out|not (?:present|found|seen))"
# Without "was", a word that follows is an object: "nurse declined fluids" denies no nurse.
_AFTER = re.compile(
    rf"(?<!\s)\s{{1,9}}(?:(?:is|was|were|are|has been|have been)\s(?:{_REJECTED}|unlikely)\b"
    rf"|{_REJECTED}\s?(?:$|[,)]|(?:and|at|by|or|today)\b))",
    re.IGNORECASE,
)
_CLAUSE_START = re.compile(
    r".*(?:,|\b(?:but|however|with|for|after|once|when|since|because|if|until|and has)\b)",
    re.IGNORECASE,
)


def denied_stretches(clause: str) -> list[tuple[int, int]]:
    """Return the stretches of ``clause`` that are denied, as offsets into it.

    A clause has no full stop, semicolon or colon inside.
    """
    return [*_denied_after(clause), *_denied_before(clause)]


def _denied_after(clause: str) -> Iterator[tuple[int, int]]:
    """Yield what triggers deny that stand before it: "no fever"."""
    for trigger in _BEFORE.finditer(clause):
        start = trigger.end()
        if _NO_TRIGGER.match(clause, start):
            continue
        furthest = min(len(clause), start + _MOST_CHARACTERS)
        ends = _SCOPE_END.search(clause, start, furthest)
        end = ends.start() if ends else furthest
        comma = clause.find(",", start, end)
        if comma >= 0 and not trigger["listed"] and not _LIST_GOES_ON.search(clause, comma, end):
            end = comma
        yield start, end


def _denied_before(clause: str) -> Iterator[tuple[int, int]]:
    """Yield what triggers deny that stand after it: "fever was ruled out"."""
    for trigger in _AFTER.finditer(clause):
        furthest = max(0, trigger.start() - _MOST_CHARACTERS)
        start = _CLAUSE_START.match(clause, furthest, trigger.start())
        yield start.end() if start else furthest, trigger.start()
