"""Reads INCEpTION's exported projects: a ZIP archive of documents with everybody's work on them."""

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple

from app.core.annotation import Status
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.archive import SIGNATURE, Archive
from app.exchange.foreign_document import ForeignDocument
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.uima.cas_files import TYPE_SYSTEM, XmiTypes, json_cas
from app.exchange.formats.uima.cas_reading import CasReading
from app.exchange.formats.uima.content import CasContent
from app.exchange.formats.uima.file_names import CURATION, person_of
from app.exchange.formats.uima.inception_project import (
    InceptionProject,
    ProjectFolder,
    Work,
    description_in,
    is_project,
)
from app.exchange.formats.uima.library import reading
from app.exchange.formats.uima.marks import document_of, put
from app.exchange.formats.webanno.reader import TableReading, decoded
from app.exchange.formats.webanno.table import table_of
from app.exchange.source import Source

_STATES = {
    "FINISHED": Status.DONE,
    "CURATION_FINISHED": Status.DONE,
    "IGNORE": Status.SKIPPED,
    "IN_PROGRESS": Status.OPEN,
    "INPROGRESS": Status.OPEN,
}


class InceptionReader(Reader):
    """Reads exported projects whose documents are in WebAnno TSV, XMI or JSON: archives, or folders of their files."""

    suffixes = (".zip",)
    is_folder = True

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take a ZIP archive or a folder that has a project's description."""
        if path.is_dir():
            return Claim("a project’s description, exportedproject….json, is in it") if is_project(path) else None
        if not head.startswith(SIGNATURE):
            return None
        try:
            with Archive(path) as archive:
                name = description_in(archive.names)
        except FormatError:
            return None
        return Claim(f"{name} is in it") if name is not None else None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents. Files that can't be read go to `options.refuse`, as do annotations that can't be."""
        options.at(1, 0)
        try:
            with nullcontext(ProjectFolder(source.path)) if source.is_folder else Archive(source.path) as files:
                project = InceptionProject(files)
                for name in project.documents():
                    yield from _Document(project, name, source.path, options).records()
        except FormatError as error:
            error.path = error.path or source.path
            options.refuse(error)


class _Found(NamedTuple):
    """What a file of the archive says, and what its types were."""

    content: CasContent
    types: dict[str, Any]
    lines: dict[str, int]


class _Document:
    """One document, with the work of all on it."""

    def __init__(self, project: InceptionProject, name: str, path: Path, options: ReadOptions) -> None:
        self._project = project
        self._name = name
        self._path = path
        self._options = options
        self._original = self._text()
        self._made: dict[str, ForeignDocument] = {}  # by text: a person may have had another version

    def records(self) -> Iterator[DocumentRecord]:
        for work in self._project.work(self._name):
            where = f"{self._path}/{work.name}"
            try:
                found = self._read(work, where)
                if found is not None:
                    self._put(work, found, where)
            except FormatError as error:
                error.path = error.path or where
                self._options.refuse(error)
        if not self._made and self._original is not None:
            self._made[""] = ForeignDocument(self._original, name=self._name, options=self._options)
        elif not self._made:
            what = "documents without a file that can be read, left out; choose a format for the export in INCEpTION"
            self._options.report.note("no-file", what, self._name)
        yield from (made.record() for made in self._made.values())

    def _read(self, work: Work, where: str) -> _Found | None:
        data = self._project.archive.bytes_of(work.name)
        if work.ending == "txt":
            # The text alone: with this format of the export, the work is only there in a form of Java's own.
            if self._project.state(self._name, work.person) not in ("", "NEW"):
                what = "people’s work that was exported as plain text, left out; choose another format in INCEpTION"
                self._options.report.note("no-work", what, f"{self._name}: {work.person}")
            return None
        if work.ending == "tsv":
            table = TableReading(table_of(decoded(data)), where, self._options, original=self._original)
            return _Found(table.content, table.types, table.lines)
        cas = json_cas(data) if work.ending == "json" else _xmi(data, is_packed=work.ending == "zip", where=where)
        with reading("a CAS"):
            made = CasReading(cas, self._options, self._name)
        made.content.title = self._name
        return _Found(made.content, made.types, {})

    def _put(self, work: Work, found: _Found, where: str) -> None:
        text = found.content.text
        if text not in self._made:
            self._made[text] = document_of(found.content, self._name, self._options, found.types)
        person = CURATION if work.is_curation else person_of(work.person)
        state = self._project.state(self._name, None if work.is_curation else work.person)
        status = _STATES.get(state) if person is not None else None
        put(found.content, self._made[text], person, self._options, path=where, lines=found.lines, status=status)

    def _text(self) -> str | None:
        """Return the text that the document was made from, if it was plain text."""
        try:
            data = self._project.source(self._name) if self._name.lower().endswith((".txt", ".text")) else None
            return None if data is None else decoded(data)
        except FormatError:
            return None  # other text than UTF-8: that of the annotations is as good


def _xmi(data: bytes, *, is_packed: bool, where: str) -> Any:  # noqa: ANN401  the library's
    """Return the CAS of XMI, which INCEpTION packs with its type system."""
    if not is_packed:
        return XmiTypes(None, where).cas(data)
    with Archive(data) as inner:
        xmi = next((name for name in inner.names if name.lower().endswith(".xmi")), None)
        if xmi is None:
            raise FormatError("there is no XMI in it", hint="export it again")
        types = next((name for name in inner.names if name.rpartition("/")[2].lower() == TYPE_SYSTEM.lower()), None)
        return XmiTypes(None if types is None else inner.bytes_of(types), where).cas(inner.bytes_of(xmi))
