"""Reads Taguette's projects: documents with highlights, whose tags are labels."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

import msgspec

from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.foreign_document import ForeignDocument
from app.exchange.foreign_tables import SQLITE_MAGIC, ForeignTables
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.taguette.html_text import HtmlText
from app.exchange.offset_units import Unit
from app.exchange.record_names import DistinctNames
from app.exchange.source import Source

UNTAGGED = "Highlight"
"""The label of highlights without a tag."""
_ALONE = "admin"
"""Who everybody is in a Taguette of one's own, and in a project that was exported from a server."""
_TABLES = (b"CREATE TABLE", b"highlight_tags", b"highlights")
_ADDED = "highlight_add"


class TaguetteReader(Reader):
    """Reads exported projects, and databases of a Taguette of one's own with all of its projects."""

    suffixes = (".sqlite3", ".sqlite", ".db")

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take an SQLite file with highlights and tags of them."""
        is_ours = head.startswith(SQLITE_MAGIC) and all(each in head for each in _TABLES)
        return Claim("it is an SQLite file with highlights and their tags") if is_ours else None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents. Those that can't be read go to `options.refuse`."""
        if options.tables is None:
            raise FormatError("SQLite files can't be opened here", path=source.path)
        with options.tables(source.path) as tables:
            options.at(1, 0)
            project = _Tables(tables, source.path)
            names = DistinctNames()
            for row in project.documents():
                try:
                    yield _document(row, project, names, options)
                except FormatError as error:
                    error.what = f"{row.name[:80]}: {error.what}"
                    error.path = error.path or source.path
                    options.refuse(error)


class _DocumentRow(NamedTuple):
    id: int
    project: int
    name: str
    description: str
    filename: str
    contents: str


class _Highlight(NamedTuple):
    id: int
    start: int
    end: int
    snippet: str


class _Tables:
    """What the tables of a file say."""

    def __init__(self, tables: ForeignTables, path: Path) -> None:
        """Raise FormatError for a file that lacks a table, or has rows of other kinds than Taguette's."""
        self._tables = tables
        self._path = path
        self.projects = {id: name for id, name in self._rows("projects", {"id": int, "name": str})}
        self.tags = {id: path.strip() for id, path in self._rows("tags", {"id": int, "path": str})}
        self._highlights: dict[int, list[_Highlight]] = {}
        columns = {"document_id": int, "id": int, "start_offset": int, "end_offset": int, "snippet": str}
        for document, *rest in self._rows("highlights", columns):
            self._highlights.setdefault(document, []).append(_Highlight(*rest))
        self._tags_of: dict[int, list[int]] = {}
        for highlight, tag in self._rows("highlight_tags", {"highlight_id": int, "tag_id": int}):
            self._tags_of.setdefault(highlight, []).append(tag)
        self._people = dict(self._added()) if tables.columns("commands") else {}
        self._has_people = len(set(self._people.values())) > 1

    def _rows(self, table: str, columns: Mapping[str, type]) -> Iterator[tuple[Any, ...]]:
        for row in self._tables.rows(table, list(columns)):
            given = zip(columns.items(), row, strict=True)
            wrong = next((name for (name, kind), each in given if type(each) is not kind), "")
            if wrong:
                kind = "text" if columns[wrong] is str else "a whole number"
                what = f"its table “{table}” has a row whose “{wrong}” isn't {kind}"
                raise FormatError(what, hint="export the project again", path=self._path)
            yield row

    def _added(self) -> Iterator[tuple[int, str]]:
        """Yield who made which highlight, as the log of a project tells it."""
        for login, payload in self._tables.rows("commands", ["user_login", "payload"]):
            if not isinstance(login, str) or not isinstance(payload, str) or _ADDED not in payload:
                continue
            try:
                said = msgspec.json.decode(payload)
            except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
                continue
            given = cast("dict[str, Any]", said) if isinstance(said, dict) else {}
            if given.get("type") == _ADDED and type(given.get("highlight_id")) is int:
                yield given["highlight_id"], login

    def documents(self) -> Iterator[_DocumentRow]:
        """Yield the documents, one at a time."""
        columns = {"id": int, "project_id": int, "name": str, "description": str, "filename": str, "contents": str}
        yield from (_DocumentRow(*row) for row in self._rows("documents", columns))

    def highlights(self, document: int) -> Sequence[_Highlight]:
        """Return the highlights of a document, in order of their places."""
        return sorted(self._highlights.get(document, []), key=lambda each: (each.start, each.end, each.id))

    def labels(self, highlight: int) -> list[str]:
        """Return the tags of a highlight; one that has none gets a label all the same."""
        found = (self.tags.get(tag, "") for tag in self._tags_of.get(highlight, ()))
        return sorted(filter(None, found)) or [UNTAGGED]

    def person(self, highlight: int) -> str | None:
        """Return who made a highlight, if the file tells people apart, or has somebody's name at all."""
        login = self._people.get(highlight)
        return login if self._has_people or login != _ALONE else None


def _document(row: _DocumentRow, project: _Tables, names: DistinctNames, options: ReadOptions) -> DocumentRecord:
    unit = Unit(options.offsets) if options.offsets is not None else Unit.BYTES
    html = HtmlText(_sound(row.contents), unit)
    name = " ".join(row.name.split()) or f"document {row.id}"
    meta = {"description": row.description, "filename": row.filename}
    if len(project.projects) > 1:
        meta["project"] = project.projects.get(row.project, "")
    made = ForeignDocument(
        html.text,
        name=names.of(name, html.text),
        options=options,
        meta={key: value for key, value in meta.items() if value and value != name},
    )
    counts: Counter[str] = Counter()
    for highlight in project.highlights(row.id):
        try:
            pair = html.range(highlight.start, highlight.end)
            words = _doubted(html, highlight)
        except ValueError as error:
            raise FormatError(f"highlight {highlight.id}: {error}", hint="export the project again") from error
        work = made.work(project.person(highlight.id))
        for label in project.labels(highlight.id):
            key = f"{highlight.start} {highlight.end} {label}"
            if work.has(key):
                counts["repeated"] += 1
                continue
            work.mark(key, label, [pair], words=words)
    if counts:
        what = "highlights of the same words with the same tag, kept once"
        options.report.note("repeated", what, name, count=counts["repeated"])
    if options.finished and options.annotator:
        made.work()
    return made.record()


def _sound(html: str) -> str:
    """Return a text of the file. Raises FormatError if it isn't UTF-8."""
    try:
        html.encode()
    except UnicodeEncodeError as error:
        raise FormatError("its text isn't UTF-8", hint="export the project again") from error
    return html


def _doubted(html: HtmlText, highlight: _Highlight) -> str | None:
    """Return the words that a highlight should have, if they aren't there. Raises ValueError.

    Taguette cuts the snippet of a highlight by characters where it counts bytes: it proves nothing beyond ASCII.
    """
    snippet = HtmlText(_sound(highlight.snippet))
    if not html.raw.isascii() or html.words(highlight.start, highlight.end).strip() == snippet.raw.strip():
        return None
    return snippet.raw
