"""What a page calls its subject: the name and the other names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from service.codes import normalize
from service.ingest.page_grammar import Outline, Passage
from service.ingest.page_headings import NAME_HEADINGS
from service.ingest.page_phrases import is_placeholder, plain, whole_span

__all__ = ["MOST_NAME_CHARACTERS", "Names", "read_names"]

MOST_NAME_CHARACTERS = 1000
"""A longer text is no name."""


@dataclass(frozen=True, slots=True)
class Names:
    """The name of a page's subject and its synonyms, each once, in the order of the page."""

    name: str
    synonyms: tuple[str, ...]


_QUALITY = (
    r"(?:common(?:ly used)?|technical|medical|scientific|clinical|official|other|alternat(?:iv)?e"
    r"|full|short|popular|generic|lay|brand)"
)
_NAME_LABEL = re.compile(
    rf"""
    (?P<known> \b (?:(?:also|commonly|sometimes|often|formerly|otherwise|more)\s)*
        (?: known\s(?:simply\s|commonly\s)?as | referred\sto\sas )\b\s?:?
      | \b (?:also|commonly|sometimes|often)\scalled\b\s?:? | \b a\.?k\.?a\b\.?:? )
    | \b (?P<noun> {_QUALITY}(?:\s?(?:/|\bor\b|\band\b)\s?{_QUALITY})*\s(?:names?|terms?)(?:\(s\))?
      | synonyms? | abbreviations? | acronyms? ) [*_]{{0,2}}\s?:[*_]{{0,2}}
    """,
    re.IGNORECASE | re.VERBOSE,
)
_TECHNICAL = re.compile(r"technical|medical|scientific|clinical|official|full", re.IGNORECASE)
_PLURAL = re.compile(r"(?:names|terms|synonyms|abbreviations|acronyms)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Named:
    """A name as it stands, and the label before it: None where it has none."""

    text: str
    label: str | None


def _run_on(text: str) -> Iterator[_Named]:
    """Yield the names of a line that may hold several labels: "A Common Names: B, C"."""
    start, label = 0, None
    for found in _NAME_LABEL.finditer(text):
        yield _Named(text[start : found.start()], label)
        start, label = found.end(), found[0]
    yield _Named(text[start:], label)


def _lines(text: str, passage: Passage) -> Iterator[_Named]:
    held: list[tuple[int, list[_Named]]] = [
        (paragraph.start, list(_run_on(paragraph.text))) for paragraph in passage.paragraphs
    ]
    for item in passage.section.items:
        if item.items:
            named = [_Named(child.text, f"{item.label}:") for child in item.items]
            own = [_Named(item.text, f"{item.label}:")] if item.text else []
            held.append((item.start, own + named))
        else:
            held.append((item.start, list(_run_on(whole_span(text, item).text))))
    for _, named in sorted(held, key=lambda entry: entry[0]):
        yield from named


def _clean(text: str) -> str:
    bare = plain(text.replace("**", "")).strip(' ,;:.-–—*_"“”')
    if bare.endswith("(") or bare.count("(") < bare.count(")"):
        bare = bare.removesuffix("(").removesuffix(")").strip(" ,;:.")
    # What is left of "This is also known as …" is no name.
    return (
        ""
        if re.fullmatch(r"(?:(?:this|it|procedure|which|or|is|the|and)\b\s?)*", bare, re.I)
        else bare
    )


_LIST = re.compile(r"\s*[,;]\s+(?:or |and )?")
_LIST_OR = re.compile(r"\s*(?:[,;]\s+(?:or |and )?|\s(?:or|and/or)\s)\s*")


def _split(named: _Named) -> list[str]:
    """Return the names in a labelled text; commas part names only where that is plain to see.

    It is after "Names:" and "known as", and where each part is capitalised: "A sterile device,
    small size" is one name.
    """
    text = plain(named.text)
    if named.label is None or len(text) > MOST_NAME_CHARACTERS:
        return [text]
    if "known" in named.label.lower() or "called" in named.label.lower():
        return _LIST_OR.split(text)
    parts = _LIST.split(text)
    many = _PLURAL.search(named.label) is not None
    return parts if many or all(not part[:1].islower() for part in parts) else text.split("; ")


_BRACKETED = re.compile(r"\s?[(\[]\s?([A-Za-z][A-Za-z0-9&/.-]{1,11}|[0-9][A-Za-z0-9]{3,6})\s?[)\]]")


def _without_brackets(name: str, system: str, code: str) -> tuple[str, list[str]]:
    """Return ``name`` without its own code and a final abbreviation in brackets, and the latter."""
    abbreviations: list[str] = []
    for found in reversed(list(_BRACKETED.finditer(name))):
        inner = found[1]
        if normalize(system, inner) == code:
            name = name[: found.start()] + name[found.end() :]
        elif sum(char.isupper() for char in inner) > 1:
            abbreviations.insert(0, inner)
            if found.end() == len(name):
                name = name[: found.start()]
    return name.strip(), abbreviations


def read_names(text: str, outline: Outline, *, system: str, code: str) -> Names:
    """Return the names that the page ``text`` gives to ``code``.

    The name is the one without a label; failing that a title line under the type line, the
    common name, the technical one, the descriptor, the code.
    """
    plain_names: list[str] = []
    common: list[str] = []
    technical: list[str] = []
    for passage in outline.passages:
        if passage.section.heading not in NAME_HEADINGS:
            continue
        for named in _lines(text, passage):
            kind = common
            if named.label is None:
                kind = plain_names
            elif _TECHNICAL.search(named.label):
                kind = technical
            kind.extend(cleaned for part in _split(named) if (cleaned := _clean(part)))
    titles = [plain(title.text) for title in outline.titles]
    descriptor = [outline.descriptor] if outline.descriptor else []
    sources = (plain_names, titles, common, technical, descriptor)
    chosen = next((s[0] for s in sources if s and _is_name(s[0])), f"{system} {code}")
    names: list[str] = []
    for candidate in (chosen, *plain_names, *common, *technical):
        if _is_name(candidate):
            name, abbreviations = _without_brackets(candidate, system, code)
            names.extend(n for n in (name, *abbreviations) if n)
    unique = {name.casefold(): name for name in reversed(names)}
    first, *rest = dict.fromkeys(unique[name.casefold()] for name in names)
    return Names(first, tuple(rest))


def _is_name(text: str) -> bool:
    return 0 < len(text) <= MOST_NAME_CHARACTERS and not is_placeholder(text)
