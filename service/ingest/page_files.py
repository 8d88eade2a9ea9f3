"""A page's file -> its text and its front matter, or the reason why it is none."""

import codecs
import re
from dataclasses import dataclass, field
from pathlib import Path

from service.errors import IngestError

__all__ = ["MOST_BYTES", "MOST_LINES", "FrontMatter", "PageFile", "PageRejectedError", "open_page"]

MOST_BYTES = 16 * 1024 * 1024
"""A larger file is no page."""

MOST_LINES = 500_000
"""A file of more lines is no page either."""


class PageRejectedError(IngestError):
    """A page is left out of the graph; ``line`` counts from 1 in the file, None for all of it."""

    def __init__(
        self, message: str, *, line: int | None = None, section: str | None = None
    ) -> None:
        self.message = message
        self.line = line
        self.section = section
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The ``key: value`` lines above a page; every value is text, so that 00100 keeps its zeros.

    ``lines`` tells where each key stands; ``remarks`` are line numbers with sentences about them.
    """

    values: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    remarks: tuple[tuple[int, str], ...] = ()

    def get(self, *keys: str) -> str | None:
        """Return the value of the first of ``keys`` that is there and not empty."""
        return next((self.values[key] for key in keys if self.values.get(key)), None)


@dataclass(frozen=True, slots=True)
class PageFile:
    """A page as it lies on disk: ``text`` without mark and front matter, line ends kept.

    ``lines_before`` are the lines of the front matter; ``remarks`` as those of ``FrontMatter``.
    """

    text: str
    front_matter: FrontMatter
    lines_before: int = 0
    remarks: tuple[tuple[int | None, str], ...] = ()


def open_page(path: Path) -> PageFile:
    """Return the page in ``path``.

    Raises ``PageRejectedError`` where it cannot be read or is no plain text.
    """
    text, remark = _decode(_read(path))
    _check_plain(text)
    matter, start = _front_matter(text)
    body = text[start:]
    if not body.strip():
        raise PageRejectedError("the file is empty: put the page's text into it")
    if body.count("\n") > MOST_LINES:
        raise PageRejectedError(f"more than {MOST_LINES:,} lines are too many for a page")
    lines_before = len(_LINE_END.findall(text, 0, start))
    remarks = ((None, remark),) if remark else ()
    return PageFile(body, matter, lines_before, (*remarks, *matter.remarks))


def _read(path: Path) -> bytes:
    try:
        if path.is_symlink() and not path.exists():
            raise PageRejectedError("a link that leads nowhere: repair it or remove it")
        if path.is_dir():
            raise PageRejectedError("a folder with the name of a page: rename or remove it")
        if path.exists() and not path.is_file():
            raise PageRejectedError("no regular file: pages are plain text files")
        size = path.stat().st_size
        if size > MOST_BYTES:
            most = MOST_BYTES // (1024 * 1024)
            message = f"{size:,} bytes are too many for a page: the most is {most} MB"
            raise PageRejectedError(message)
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise PageRejectedError(
            f"cannot be read: {reason}; check the path and its rights"
        ) from error


_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LONGEST_CHARACTER = 4
"""Bytes of the longest character in UTF-8, one of which a cut-off file may have lost."""


def _decode(data: bytes) -> tuple[str, str | None]:
    """Return the text of ``data`` and a sentence about what is unusual in its encoding."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding), None
            except UnicodeDecodeError as error:
                message = f"broken {encoding.upper()} text at byte {error.start}: save it as UTF-8"
                raise PageRejectedError(message) from error
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError as error:
        is_cut = error.reason == "unexpected end of data"
        if is_cut and error.start > max(0, len(data) - _LONGEST_CHARACTER) - 1:
            cut = data[: error.start].decode("utf-8")
            if not cut.isascii():
                return cut, "the file ends inside a character, which was dropped: it is cut off"
    text = data.decode("cp1252", errors="replace")
    if "\ufffd" in text:
        return text, "some bytes are neither UTF-8 nor Windows-1252: save the file as UTF-8"
    return text, None


_SAMPLE = 64 * 1024
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROL = 0.01
_HTML_START = re.compile(r"\s*(?:<\?xml\b|<!doctype\s+html|<(?:html|head|body)\b)", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:html|head|body|div|span|p|br|ul|ol|li|table|tr|td|h[1-6]|a|meta|script|style)"
    r"(?:\s[^<>]{0,300})?/?>",
    re.IGNORECASE,
)
_MOST_TAGS = 3


def _check_plain(text: str) -> None:
    if text.startswith(("%PDF-", "{\\rtf")):
        raise PageRejectedError("a PDF or rich text file, not a page: save it as plain text")
    sample = text[:_SAMPLE]
    if "\x00" in text or len(_CONTROL.findall(sample)) > _MOST_CONTROL * len(sample):
        raise PageRejectedError("a binary file, not a page: save the page as plain text in UTF-8")
    if _HTML_START.match(sample) or len(_TAG.findall(sample)) > _MOST_TAGS:
        raise PageRejectedError("an HTML file, not a page: save it as plain text")


_LINE_END = re.compile(r"\r\n|\r|\n")
_MOST_MATTER_LINES = 200
_ENTRY = re.compile(r"(?P<key>[A-Za-z][\w -]{0,40}?)\s*:(?:\s+(?P<value>.*))?")
_KEYS = frozenset(
    {"system", "code", "title", "title_source", "specialty", "source", "sources", "reviewed"}
    | {"license", "licence"}
)


def _front_matter(text: str) -> tuple[FrontMatter, int]:
    """Return the front matter of ``text`` and the offset where the page begins after it."""
    start = 0
    lines: list[str] = []
    while len(lines) < _MOST_MATTER_LINES and start < len(text):
        end = _LINE_END.search(text, start)
        line = text[start : end.start() if end else len(text)].strip()
        if not lines and line != "---":
            return FrontMatter(), 0
        start = end.end() if end else len(text)
        if lines and line in ("---", "..."):
            return _read_matter(lines), start
        lines.append(line)
    remark = "the front matter that opens here is not closed by ---; it was read as text"
    return FrontMatter(remarks=((1, remark),)), 0


def _read_matter(lines: list[str]) -> FrontMatter:
    values: dict[str, str] = {}
    places: dict[str, int] = {}
    remarks: list[tuple[int, str]] = []
    key: str | None = None
    for number, line in enumerate(lines[1:], start=2):
        entry = _ENTRY.fullmatch(line)
        if not line or line.startswith("#"):
            continue
        if line.startswith("- ") and key is not None:
            values[key] = "; ".join(filter(None, (values[key], _unquoted(line[2:]))))
        elif entry is None:
            remarks.append((number, 'not of the form "key: value"; the line was left out'))
        else:
            key = re.sub(r"[ -]", "_", entry["key"].lower())
            if key in values:
                remarks.append((number, f'"{key}" stands here twice; the last one counts'))
            elif key not in _KEYS:
                remarks.append((number, f'the key "{key}" is not known; it was left out'))
            values[key] = _unquoted(entry["value"] or "")
            places[key] = number
    return FrontMatter(values, places, tuple(remarks))


def _unquoted(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value
