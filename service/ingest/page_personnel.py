"""Who performs a procedure, as a page words it: a list, a group with its members, a sentence.

The text is cut at verbs, prepositions, commas and conjunctions, and of the pieces those are kept
whose last word is that of a person: nothing else becomes a personnel type.
"""

import re
from dataclasses import dataclass, field

from service.ingest.page_phrases import says_nothing, sub_span
from service.model import Span

__all__ = ["Performer", "read_performers"]


@dataclass(frozen=True, slots=True)
class Performer:
    """A personnel type in the singular, and where the page names it.

    A group ("mental health professionals (e.g., …)") has ``members``; ``statement`` then spans
    the group and all of them.
    """

    name: str
    quote: Span
    statement: Span
    synonyms: tuple[str, ...] = ()
    members: "tuple[Performer, ...]" = ()


_EXAMPLE = r"(?:e\.\s?g\.|eg\.|i\.\s?e\.|for\sexample|for\sinstance|such\sas|including|like)"
_STOP_WORDS = (
    r"is|are|was|were|be|been|being|may|might|can|could|will|would|should|must|has|have|had|who"
    r"|whom|whose|that|which|when|where|while|if|as|with|without|in|on|at|from|to|for|by|under"
    r"|during|depending|through|via|into|over|per|within|before|after|not|only|also|typically"
    r"|usually|often|sometimes|generally|commonly|normally|primarily|possibly|directly|always"
    r"|assist|assists|assisted|assisting|perform|performs|performed|performing|administer"
    r"|administers|administered|conduct|conducts|conducted|provide|provides|provided|providing"
    r"|monitor|monitors|monitored|monitoring|help|helps|helped|operate|operates|operated|oversee"
    r"|oversees|supervise|supervises|supervised|lead|leads|led|work|works|worked|working|ensure"
    r"|ensures|manage|manages|managed|handle|handles|handled|supports|supported|give|gives|given"
    r"|carry|carries|carried|participate|participates|need|needs|needed|involve|involves|involved"
    r"|require|requires|required|consist|consists|include|includes|included|specializes"
    r"|complete|completes|completed|support(?=\sthe\b)|order|orders|ordered|fit|fits|fitted|takes|taken|plan|plans|planned|prescribes|prescribed"
    r"|place|places|placed|checks|checked|teaches|guides|guided|runs|decides|draws|reports|makes"
    r"|measures|cares|sees|adjusts|applies|prepares|watches|tests|treats|explains|trains|sets"
    r"|specializing|interpret|interprets|interpreted|reads|review|reviews|reviewed"
)

_TOKEN = re.compile(
    rf"""
    (?P<opened> \(\s?{_EXAMPLE},? )
    | \((?P<short>[A-Z][A-Za-z.-]{{1,9}}?)s?\)
    | (?P<aside> \([^()]{{0,500}}\) )
    | (?P<closed> \) )
    | (?P<example> (?:,\s)?\b{_EXAMPLE},?(?=\s) )
    | (?P<comma> [,;]\s(?:(?:and/or|and|or|as\swell\sas)\b)? | \b(?:and/or|and|or)\b
      | (?<=\w)/(?=\w) )
    | (?P<stop> [.:!?](?=\s|$) | \s[-–—]\s | \b(?:{_STOP_WORDS})\b )
    """,
    re.IGNORECASE | re.VERBOSE,
)

_QUALIFIERS = re.compile(
    r"(?:(?:of|an?|the|one|two|three|four|more|at least|several|other|any|all|some|additional"
    r"|trained|qualified|experienced|skilled|specially|highly|appropriately|specialized"
    r"|dedicated|either|both|your|their|another|board-certified|(?:a )?team of|members? of"
    r"|[0-9]+)\s+)+(?=\S)",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r".*(?:ist|cian|gian|ian|eon|or|er|ant|ee|ive)"
    r"|.*(?:nurse|aide|staff|team|personnel|professional|tech|medic|wife|doula|resident|fellow"
    r"|intern|student|crew|associate)"
    r"|MD|DO|RN|LPN|LVN|PA|PA-C|NP|APRN|CRNA|CNA|EMT|DDS|DPM|DC|PT|OT|LCSW|PhD|PsyD",
    re.IGNORECASE,
)
_NO_PERSON = re.compile(
    r"(?:or|her|er|number|order|disorder|center|either|other|another|power|computer|monitor|scanner"
    r"|factor|transducer|however|rather|matter|cancer|fever|ulcer|bladder|liver|shoulder|finger"
    r"|catheter|laser|timer|manner|further|together|paper|water|under|over|after|never|per"
    r"|parlor|color|error|tumor|motor|sensor|detector|for|door|floor|corridor"
    r"|committee|knee|degree|fee|guarantee|implant|important|relevant|significant|instant|plant"
    r"|(?:in)?active|operative|positive|negative|invasive|effective|supportive|list|assist|exist|maneuver|recorder|user"
    r"|consist|waist|wrist|twist|mist|weekend|want|grant|constant|infant|reduction)",
    re.IGNORECASE,
)
_GROUP = re.compile(
    r"team|staff|crew|personnel|professional|provider|practitioner|clinician|specialist|member"
    r"|associate|worker|expert|assistant",
    re.IGNORECASE,
)
"""Words that name nobody in particular: nothing alone, and a group with others in brackets."""
_MOST_WORDS = 6


def _singular(word: str) -> str:
    lower = word.lower()
    if lower.endswith("wives"):
        return word[:-3] + "fe"
    if lower.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if lower.endswith("s") and not lower.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _lowered(word: str) -> str:
    """Return ``word`` in lower case unless it is an abbreviation: "MRI", "X-ray", "PhD"."""
    head = word.split("-")[0]
    is_short = sum(char.isupper() for char in word) > 1 or (len(head) == 1 and head.isupper())
    is_titled = all(part[:1].isupper() and part[1:].islower() for part in word.split("-") if part)
    return word.lower() if is_titled and len(head) > 1 else word if is_short else word.lower()


def _performer(piece: Span) -> Performer | None:
    """Return the personnel type that ``piece`` names, None where it names no person."""
    start = 0
    qualifiers = _QUALIFIERS.match(piece.text)
    if qualifiers is not None:
        start = qualifiers.end()
    quote = sub_span(piece, start, len(piece.text.rstrip(' .,;:*_"”')))
    words = quote.text.split()
    if not 0 < len(words) <= _MOST_WORDS:
        return None
    head = words.index("of") - 1 if "of" in words[1:] else len(words) - 1
    words[head] = _singular(words[head])
    if not _PERSON.fullmatch(words[head]) or _NO_PERSON.fullmatch(words[head]):
        return None
    if len(words) == 1 and _GROUP.fullmatch(words[0]):
        return None
    name = " ".join(_lowered(word) for word in words)
    return Performer(name, quote, quote)


@dataclass(slots=True)
class _Found:
    performer: Performer
    synonyms: list[str] = field(default_factory=list)
    members: list["_Found"] = field(default_factory=list)

    def frozen(self, text: Span) -> Performer:
        members = tuple(member.frozen(text) for member in self.members)
        performer = self.performer
        end = max([performer.quote.end, *(member.quote.end for member in members)])
        start = performer.quote.start
        statement = sub_span(text, start - text.start, end - text.start)
        return Performer(performer.name, performer.quote, statement, tuple(self.synonyms), members)


def _is_group(found: _Found | None) -> bool:
    return found is not None and any(map(_GROUP.fullmatch, found.performer.name.split()))


class _PersonnelReader:
    """Takes the pieces of a text and the tokens between them, from left to right."""

    def __init__(self) -> None:
        self.found: list[_Found] = []
        self._group: _Found | None = None
        self._in_brackets = False
        self._just: _Found | None = None  # the performer that stands right before the token

    def take_piece(self, piece: Span) -> None:
        performer = _performer(piece) if piece.text else None
        if performer is None:
            self._just = None if piece.text else self._just
            return
        self._just = _Found(performer)
        held = self.found if self._group is None else self._group.members
        held.append(self._just)

    def _ends_group(self, token: re.Match[str]) -> bool:
        """Return whether members end: "a physician, such as a surgeon, and a nurse" has one."""
        joined = (token["comma"] or "").lower().endswith("and")
        return bool(token["stop"]) or (joined and not _is_group(self._group))

    def take_bracket(self, inner: Span) -> None:
        """Take "(physician, nurse)" after a word for a group; after others it is a remark."""
        if self._just is not None and _is_group(self._just):
            self._just.members.extend(_read(inner))

    def take_token(self, token: re.Match[str]) -> None:
        if token["opened"] or token["example"]:
            if self._group is None:
                self._group = self._just
            self._in_brackets = self._in_brackets or bool(token["opened"])
        elif token["short"]:
            if self._just is not None:
                self._just.synonyms.append(token["short"])
        elif token["closed"] or (not self._in_brackets and self._ends_group(token)):
            self._group, self._in_brackets = None, False
        if not token["short"]:
            self._just = None


def _read(text: Span) -> list[_Found]:
    reader = _PersonnelReader()
    start = 0
    for token in _TOKEN.finditer(text.text):
        reader.take_piece(sub_span(text, start, token.start()))
        if token["aside"]:
            reader.take_bracket(sub_span(text, token.start() + 1, token.end() - 1))
        else:
            reader.take_token(token)
        start = token.end()
    reader.take_piece(sub_span(text, start, len(text.text)))
    return reader.found


def read_performers(text: Span) -> list[Performer]:
    """Return the personnel types that ``text`` names, in order; empty where none is isolated.

    "A surgeon and a trained nurse assist." gives surgeon and nurse, without their articles.
    """
    if says_nothing(text.text):
        return []
    found: list[_Found] = []
    for one in _read(text):
        # A surgeon belongs to a surgical team and is none.
        is_team = one.performer.name.endswith((" team", " crew"))
        found.extend(one.members if is_team and one.members else [one])
    return [one.frozen(text) for one in found]
