"""What an import would bring: the formats of its files, their first documents, and what their labels would become."""

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from app.core.annotation import Annotation
from app.core.document import Document
from app.core.errors import FormatError, StetError
from app.core.progress import CancelToken, Progress, no_progress
from app.core.record import DocumentRecord
from app.core.scheme import Scheme
from app.exchange.columns import COLUMNS
from app.exchange.foreign_document import UnknownAnnotator
from app.exchange.format import Reader, ReadOptions
from app.exchange.label_map import LabelMap, Mapped
from app.exchange.offset_units import UnitSample, UnknownUnit
from app.exchange.option import FormatOption
from app.exchange.registry import AmbiguousFormat, Registry
from app.exchange.report import Report
from app.exchange.text_encodings import EncodingChoices
from app.jobs.tasks.file_list import InputFile, input_files
from app.jobs.tasks.import_choices import ImportChoices
from app.jobs.tasks.input_readers import FoundFormat, InputReaders, UnclearTable, UnreadFile
from app.jobs.tasks.records_ahead import records_ahead
from app.services.importing.foreign_database import open_tables

SHOWN = 5
"""The documents that a preview shows."""

_READ = 2_000  # documents; the labels of more than these may be missing
_LOOKED_AT = 200  # files whose formats are looked at
_LONGEST_TEXT = 2_000
_MOST_KEYS = 200
_OWN = ("stet", "text")
_AS_TABLE = ("csv", "text")  # what a table may be meant as whose cells are unclear


class PreviewMark(NamedTuple):
    """A mark as it would be: the hull of its ranges in code points, what of the scheme it becomes, and whose it is."""

    start: int
    end: int
    layer: str
    label: str
    annotator: str


class PreviewDocument(NamedTuple):
    """A document as it would be: the start of its text, its first marks, and how much there is of everything."""

    name: str
    text: str
    marks: tuple[PreviewMark, ...]
    annotations: int
    relations: int
    references: int


class ImportPreview(NamedTuple):
    """What an import would bring.

    `claimed` are the formats that a file may be in, if nobody can tell; then there is nothing else. `units`, if any,
    are those in which the offsets may be counted, of which one must be chosen; `lacks_annotator` says that somebody
    must be named for the annotations. `keys` are those (or the columns) of the first file, from which a person can
    choose for each of `parts`, where the formats leave that to them. `options` are those of the format, if there is
    one, and `choices` are values for them that the first file has. `total` counts the documents read, `errors` are of
    the records so far, and `is_whole` says whether that is all.
    """

    formats: tuple[FoundFormat, ...] = ()
    claimed: tuple[FoundFormat, ...] = ()
    documents: tuple[PreviewDocument, ...] = ()
    total: int = 0
    labels: tuple[Mapped, ...] = ()
    annotators: tuple[str, ...] = ()
    units: tuple[UnitSample, ...] = ()
    lacks_annotator: bool = False
    parts: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    options: tuple[FormatOption, ...] = ()
    choices: Mapping[str, Sequence[str]] = MappingProxyType({})
    errors: tuple[StetError, ...] = ()
    notes: tuple[str, ...] = ()
    is_whole: bool = True

    @property
    def is_foreign(self) -> bool:
        """Whether another tool's files are among them, about which there is something to choose."""
        return bool(self.claimed) or any(each.name not in _OWN for each in self.formats)


def is_foreign(paths: Sequence[Path], *, registry: Registry | None = None) -> bool:
    """Return whether files of other tools are among the first 200 of an import, or files that may be of several.

    Raises FormatError for a file that is in no known format or can't be read.
    """
    readers = InputReaders(registry or Registry(), None, {})
    try:
        for file in islice(input_files(paths, readers.is_whole), _LOOKED_AT):
            _reader_of(readers, file)
    except (AmbiguousFormat, UnclearTable):
        return True
    return any(each.name not in _OWN for each in readers.found())


def preview_import(
    scheme: Scheme,
    paths: Sequence[Path],
    choices: ImportChoices,
    *,
    encoding: str | EncodingChoices | None = None,
    document: Callable[[str], Document | None] = lambda name: None,
    progress: Progress = no_progress,
    cancel: CancelToken | None = None,
    registry: Registry | None = None,
) -> ImportPreview:
    """Read the first documents of files and return what they would be in a project with this scheme.

    `document` finds those that the project has already, for files that lack the text. Nothing is written. Raises
    FormatError for a file that is in no known format or can't be read, OtherEncoding for one whose encoding must be
    chosen, BadChoice for wrong choices, and Cancelled.
    """
    tried = _Attempt(scheme, choices, registry or Registry(), progress, cancel, document)
    try:
        return tried.preview(paths, encoding)
    except AmbiguousFormat as error:
        named = (FoundFormat(name=f.format.name, title=f.format.title, why=f.why, files=1) for f in error.found)
        return ImportPreview(claimed=tuple(named))
    except UnclearTable as error:
        known = [tried.registry.get(name) for name in _AS_TABLE]
        named = (FoundFormat(name=each.name, title=each.title, why="", files=1) for each in known)
        return ImportPreview(claimed=tuple(named), errors=(error,))
    except UnknownUnit as error:
        shown = tried.again(offsets=str(error.samples[0].unit)).preview(paths, encoding)
        return shown._replace(units=error.samples)


class _Attempt:
    """One reading of the files; what isn't known is filled in, and said."""

    def __init__(
        self,
        scheme: Scheme,
        choices: ImportChoices,
        registry: Registry,
        progress: Progress,
        cancel: CancelToken | None,
        document: Callable[[str], Document | None],
        *,
        lacks_annotator: bool = False,
    ) -> None:
        self._scheme = scheme
        self._choices = choices
        self.registry = registry
        self._progress = progress
        self._cancel = cancel
        self._document = document
        self._lacks_annotator = lacks_annotator

    def again(self, *, offsets: str) -> "_Attempt":
        """Return another attempt, with this unit of offsets."""
        choices = self._choices._replace(offsets=offsets)
        return self._with(choices)

    def _with(self, choices: ImportChoices, *, lacks_annotator: bool = False) -> "_Attempt":
        known = self._scheme, choices, self.registry, self._progress, self._cancel, self._document
        return _Attempt(*known, lacks_annotator=lacks_annotator)

    def preview(self, paths: Sequence[Path], encoding: str | EncodingChoices | None) -> ImportPreview:
        """Read as much as a preview needs. Raises UnknownUnit and AmbiguousFormat."""
        choices, errors, report = self._choices, list[StetError](), Report()
        labels = LabelMap(self._scheme, choices.labels)
        readers = InputReaders(self.registry, choices.format, choices.options)
        options = ReadOptions(
            # Whether somebody must be named shows only if nobody is.
            annotator=choices.annotator if self._lacks_annotator else None,
            offsets=choices.offsets,
            encoding=encoding,
            labels=labels,
            columns=choices.columns,
            finished=choices.finished,
            tables=open_tables,
            document=self._document,
            refuse=errors.append,
            report=report,
        )
        try:
            ahead = records_ahead(paths, readers, options, total=_READ, progress=self._progress, cancel=self._cancel)
            found = list(islice(ahead, _READ + 1))
        except UnknownAnnotator:
            found = None
        if found is None or any(isinstance(error, UnknownAnnotator) for error in errors):
            named = choices._replace(annotator=choices.annotator or "nobody")
            return self._with(named, lacks_annotator=True).preview(paths, encoding)
        formats = readers.found()
        own = self.registry.reader(formats[0].name).options if len(formats) == 1 else ()
        parts, keys, values = self._first_file(paths, formats, options, has_options=bool(own))
        people = dict.fromkeys(item.annotator for record in found for item in record.sets)
        return ImportPreview(
            formats=formats,
            documents=tuple(map(_shown, found[:SHOWN])),
            total=min(len(found), _READ),
            labels=tuple(labels.all()),
            annotators=tuple(people),
            lacks_annotator=self._lacks_annotator,
            parts=parts,
            keys=keys,
            options=own,
            choices=values,
            errors=tuple(errors),
            notes=tuple(map(str, report)),
            is_whole=len(found) <= _READ,
        )

    def _first_file(
        self, paths: Sequence[Path], formats: Sequence[FoundFormat], options: ReadOptions, *, has_options: bool
    ) -> tuple[tuple[str, ...], tuple[str, ...], Mapping[str, Sequence[str]]]:
        """Return the parts of a document that all formats take from any column, and the columns of the first file, and
        what it offers for options.
        """
        known = [self.registry.reader(each.name).columns for each in formats]
        parts = tuple(part for part in COLUMNS if known and all(part in columns for columns in known))
        readers = InputReaders(self.registry, self._choices.format, self._choices.options)
        silent = msgspec.structs.replace(options, report=Report())
        for file in input_files(paths, readers.is_whole) if parts or has_options else ():
            reader = _reader_of(readers, file)
            if reader is not None:
                mine = readers.options(reader, silent)
                try:
                    values = reader.choices(file.source, mine)
                    return parts, reader.keys(file.source, mine)[:_MOST_KEYS] if parts else (), values
                except FormatError:
                    break  # it is among the errors
        return (), (), {}


def _reader_of(readers: InputReaders, file: InputFile) -> Reader | None:
    try:
        return readers.reader(file)
    except UnreadFile:
        return None  # the import says that it leaves it out


def _shown(record: DocumentRecord) -> PreviewDocument:
    marks = [_mark(each, item.annotator) for item in record.sets for each in item.annotations]
    return PreviewDocument(
        name=record.document.title,
        text=record.document.text[:_LONGEST_TEXT],
        marks=tuple(marks[:_READ]),
        annotations=len(marks),
        relations=sum(len(item.relations) for item in record.sets),
        references=len(record.references),
    )


def _mark(found: Annotation, annotator: str) -> PreviewMark:
    return PreviewMark(found.start, found.end, found.layer, found.label, annotator)
