"""Code pages: files or folders of plain text, one page for one code.

``page_files`` opens a file, ``page_grammar`` finds its sections, ``page_identity`` whose page it
is, and ``page_names``, ``page_facts`` and ``page_relations`` what it says.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from service.codes import code_id, page_document
from service.ingest.page_facts import read_facts
from service.ingest.page_files import PageFile, PageRejectedError, open_page
from service.ingest.page_grammar import Outline, read_outline
from service.ingest.page_headings import CONDITION, PROCEDURE, name_heading, type_line_system
from service.ingest.page_identity import Identity, file_name_code, identify
from service.ingest.page_names import MOST_NAME_CHARACTERS, read_names
from service.ingest.page_parts import Notice
from service.ingest.page_phrases import is_placeholder
from service.ingest.page_relations import Relations, read_relations
from service.model import (
    Concept,
    ConceptId,
    ConceptKind,
    Finding,
    Item,
    Page,
    PageFacts,
    Severity,
    TitleSource,
)

__all__ = ["PageReader"]

_SUFFIXES = (".txt", ".md")
_EVIDENCE_CHARACTERS = 64 * 1024


class PageReader:
    """Reads code pages; ``Reader`` in ``service.ingest.reader`` is its protocol."""

    @property
    def name(self) -> str:
        """What people call the format."""
        return "code pages"

    def recognises(self, path: Path) -> bool:
        """Return whether ``path`` is a .txt or .md file, or a folder that holds a page.

        Text files of other formats end in .txt too: ask the readers of those first.
        """
        if path.is_dir():
            return any(_shows_page(file) for file, _ in _walk(path))
        return path.suffix.lower() in _SUFFIXES

    def read(self, path: Path) -> Iterator[Item]:
        """Yield the items of a page, or of every page of a folder by relative path.

        A page's findings come first, then its concept, the page, and what it states. Of two
        pages of a folder for one code the later one is rejected.
        """
        if path.suffix.lower() in _SUFFIXES or not path.exists():
            yield from _read_file(path, {})
        elif path.is_dir():
            yield from _read_folder(path)
        else:
            message = "no page: pages are plain text, in files whose names end in .txt or .md"
            yield Finding(Severity.REJECTED, str(path), message)


def _read_folder(folder: Path) -> Iterator[Item]:
    seen: dict[ConceptId, Path] = {}
    count = 0
    for file, error in _walk(folder):
        count += 1
        if error is None:
            yield from _read_file(file, seen)
        else:
            reason = (error.strerror or str(error)).lower()
            message = f"the folder cannot be read: {reason}; check its rights"
            yield Finding(Severity.REJECTED, str(file), message)
    if count == 0:
        message = "the folder holds no pages: their names end in .txt or .md"
        yield Finding(Severity.WARNING, str(folder), message)


def _walk(folder: Path) -> Iterator[tuple[Path, OSError | None]]:
    """Yield the files of ``folder`` that should be pages, sorted, and folders that are shut."""
    found: list[tuple[Path, OSError | None]] = []

    def shut(error: OSError) -> None:
        found.append((Path(error.filename), error))

    for parent, folders, files in os.walk(folder, onerror=shut):
        folders[:] = [name for name in folders if not name.startswith(".")]
        named_as_page = [name for name in folders if name.lower().endswith(_SUFFIXES)]
        folders[:] = [name for name in folders if name not in named_as_page]
        for name in (*files, *named_as_page):
            is_readme = Path(name).stem.lower() == "readme"
            if name.lower().endswith(_SUFFIXES) and not name.startswith(".") and not is_readme:
                found.append((Path(parent, name), None))
    yield from sorted(found, key=lambda entry: entry[0].relative_to(folder).as_posix())


def _shows_page(path: Path) -> bool:
    """Return whether the name of ``path`` or its first lines are those of a page."""
    if file_name_code(path) is not None:
        return True
    try:
        with path.open("rb") as stream:
            head = stream.read(_EVIDENCE_CHARACTERS).decode("utf-8", errors="replace")
    except OSError:
        return False
    lines = [line.strip() for line in head.splitlines()]
    if lines[:1] == ["---"] and any(line.startswith("code:") for line in lines):
        return True
    if any(type_line_system(line) or name_heading(line) for line in lines):
        return True
    headings = {PROCEDURE.heading(line) or CONDITION.heading(line) for line in lines}
    return len(headings - {None}) > 1


def _read_file(path: Path, seen: dict[ConceptId, Path]) -> Iterator[Item]:
    try:
        page = open_page(path)
        outline = read_outline(page.text)
        _check_single(page, outline)
        identity = identify(path, page, outline)
        concept_id = code_id(identity.system, identity.code)
        _check_unseen(concept_id, seen)
    except PageRejectedError as error:
        yield Finding(
            Severity.REJECTED, str(path), error.message, line=error.line, section=error.section
        )
        return
    seen[concept_id] = path
    yield from _items(path, page, outline, identity)


def _check_unseen(concept_id: ConceptId, seen: dict[ConceptId, Path]) -> None:
    if concept_id in seen:
        message = f"{concept_id} has a page already, {seen[concept_id]}: remove one of them"
        raise PageRejectedError(message)


def _check_single(page: PageFile, outline: Outline) -> None:
    if outline.second_page is not None:
        message = "a second page begins here: put each page into a file of its own"
        raise PageRejectedError(message, line=outline.second_page + page.lines_before)


def _items(path: Path, page: PageFile, outline: Outline, identity: Identity) -> Iterator[Item]:
    concept_id = code_id(identity.system, identity.code)
    document = page_document(concept_id)
    is_condition = _is_condition(outline, identity)
    facts, relations = PageFacts(), Relations(document, outline)
    if not is_condition:
        facts = read_facts(page.text, outline)
        relations = read_relations(page.text, outline, concept_id=concept_id, document=document)
    findings = [
        *(Finding(Severity.WARNING, str(path), text, line) for line, text in page.remarks),
        *_warnings(
            path, page, [*_kind_notices(outline, is_condition=is_condition), *outline.notices]
        ),
        *_warnings(path, page, relations.notices),
    ]
    findings.sort(key=lambda finding: finding.line or 0)
    yield from findings
    yield _concept(page, outline, identity, is_condition=is_condition)
    yield Page(
        document=document,
        concept_id=concept_id,
        system=identity.system,
        code=identity.code,
        text=page.text,
        sections=tuple(passage.section for passage in outline.passages),
        facts=facts,
        source=page.front_matter.get("source", "sources") or path.name,
        license=page.front_matter.get("license", "licence"),
        warnings=tuple(_sentence(finding) for finding in findings),
    )
    yield from relations.concepts.values()
    yield from relations.edges()


def _warnings(path: Path, page: PageFile, notices: list[Notice]) -> Iterator[Finding]:
    for notice in notices:
        line = notice.line + page.lines_before
        yield Finding(Severity.WARNING, str(path), notice.message, line, notice.section)


def _sentence(finding: Finding) -> str:
    """Return a finding as the page itself shows it, without the path of the file."""
    place = "" if finding.line is None else f"line {finding.line}: "
    section = f" [{finding.section}]" if finding.section else ""
    return f"{place}{finding.message}{section}"


def _is_condition(outline: Outline, identity: Identity) -> bool:
    """Return whether the code is of a condition; only an unknown system leaves it to the page."""
    if identity.system in ("CPT4", "HCPCS", "ICD10PCS"):
        return False
    return identity.system == "ICD10CM" or outline.is_condition


def _kind_notices(outline: Outline, *, is_condition: bool) -> Iterator[Notice]:
    if outline.passages and is_condition != outline.is_condition:
        kinds = ("condition", "procedure") if is_condition else ("procedure", "condition")
        message = f"the code is that of a {kinds[0]}, but the headings are those of a {kinds[1]}"
        yield Notice(outline.passages[0].line, f"{message}: check the code")


def _concept(
    page: PageFile, outline: Outline, identity: Identity, *, is_condition: bool
) -> Concept:
    names = read_names(page.text, outline, system=identity.system, code=identity.code)
    descriptor = outline.descriptor or ""
    if is_placeholder(descriptor) or len(descriptor) > MOST_NAME_CHARACTERS:
        descriptor = ""
    stated = (page.front_matter.get("title_source") or "").upper()
    is_paraphrase = stated == TitleSource.PARAPHRASE
    source = TitleSource.PARAPHRASE if is_paraphrase else TitleSource.SOURCE_DOCUMENT
    return Concept(
        id=code_id(identity.system, identity.code),
        kind=ConceptKind.CONDITION if is_condition else ConceptKind.PROCEDURE,
        name=names.name,
        synonyms=names.synonyms,
        system=identity.system,
        code=identity.code,
        title=page.front_matter.get("title") or descriptor or names.name,
        title_source=None if is_condition else source,
    )
