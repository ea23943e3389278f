"""Imports files into an open project."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path

import msgspec

from app.core.byte_order_mark import known_encoding
from app.core.errors import FormatError, StetError
from app.core.progress import CancelToken, Progress, no_progress
from app.core.record import DocumentRecord
from app.core.scheme_file import parse_scheme
from app.core.wording import counted
from app.exchange.format import Reader, ReadOptions
from app.exchange.label_map import LabelMap
from app.exchange.option import OptionValue
from app.exchange.registry import Registry
from app.exchange.report import Report
from app.exchange.text_column import NoTexts
from app.exchange.text_encodings import EncodingChoices
from app.jobs.tasks.file_list import input_files
from app.jobs.tasks.import_report import ImportReport
from app.jobs.tasks.input_readers import InputReaders, UnreadFile
from app.jobs.tasks.known_documents import known_documents
from app.jobs.tasks.records_ahead import records_ahead
from app.jobs.tasks.rejects import Rejects
from app.services.importing.document_import import ImportResult, import_documents
from app.services.importing.foreign_database import open_tables
from app.services.schemes.grown_scheme import grown_scheme
from app.session.session import Session

_MOST_ERRORS_KEPT = 1000


def import_files(
    session: Session,
    paths: Sequence[Path],
    *,
    format: str | None = None,
    annotator: str | None = None,
    reference_for: str | None = None,
    offsets: str | None = None,
    encoding: str | EncodingChoices | None = None,
    options: Mapping[str, OptionValue] | None = None,
    labels: Mapping[str, str] | None = None,
    columns: Mapping[str, str] | None = None,
    finished: bool = False,
    add_labels: bool = False,
    dry_run: bool = False,
    skip_bad: bool = False,
    rejects: Path | None = None,
    progress: Progress = no_progress,
    cancel: CancelToken | None = None,
    registry: Registry | None = None,
) -> ImportReport:
    """Import files, and folders recursively, in one transaction and one undoable step.

    `format` is a format's name; without one, or with `auto`, each file's is detected. `options` are the format's own.
    `annotator` is assigned to annotations whose file doesn't name one; `offsets` is the unit of the file's offsets;
    `encoding` is that of texts that aren't UTF-8, or what was chosen for some of them. `labels` maps labels of foreign
    files, as `LAYER.LABEL` or `LABEL`, to those of the scheme, or to "" to leave them out; others are mapped by id and
    title. `columns` says which key or column is which part of a document. `finished`: work counts as done of which a
    file doesn't say it. With `add_labels`, what the scheme lacks of the files' labels, relations, fields and values is
    added to it in the same step. `reference_for` names a document (uid, name, or name without suffix) that all of these
    become references of. An invalid record fails the import or, with `skip_bad`, is noted and skipped; `rejects` is a
    file to collect them in, which implies it. A file in a folder that looks like an input file and is in no known
    format is noted, always. `progress` counts bytes. Raises FormatError, ProjectError and Cancelled, changing nothing.
    """
    target = find_document(session, reference_for) if reference_for is not None else None
    readers = InputReaders(registry or Registry(), format, options or {})
    position = _Position(progress)
    known = known_encoding(encoding) if isinstance(encoding, str) else encoding
    read_options = _first_options(annotator, offsets, known, columns or {}, position, session, finished=finished)
    grown = _grown(session, paths, readers, read_options, labels, progress, cancel) if add_labels else None
    labelled = LabelMap(parse_scheme(grown) if grown is not None else session.scheme, labels)
    with Rejects(rejects, keep_off=session.path) if rejects is not None else nullcontext() as bad:
        refusals = _Refusals(position, skip_bad=skip_bad or bad is not None, rejects=bad)
        read_options = msgspec.structs.replace(read_options, labels=labelled, refuse=refusals.refuse)
        brought = import_documents(
            session,
            _records(paths, readers, read_options, position, refusals),
            title=f"Import {paths[0].resolve().name}" if len(paths) == 1 else f"Import {len(paths)} files",
            progress=position.tell,
            cancel=cancel,
            dry_run=dry_run,
            reference_for=target,
            scheme=grown,
            refuse=refusals.refuse,
            place=position.place,
            report=read_options.report,
        )
    return _reported(brought, refusals, read_options, readers, dry_run)


def _first_options(
    annotator: str | None,
    offsets: str | None,
    encoding: str | EncodingChoices | None,
    columns: Mapping[str, str],
    position: "_Position",
    session: Session,
    *,
    finished: bool,
) -> ReadOptions:
    """Return the options of reading, before labels are mapped."""
    return ReadOptions(
        annotator=annotator,
        offsets=offsets,
        encoding=encoding,
        columns=columns,
        finished=finished,
        tables=open_tables,
        document=known_documents(session),
        at=position.at,
    )


def _grown(
    session: Session,
    paths: Sequence[Path],
    readers: InputReaders,
    options: ReadOptions,
    labels: Mapping[str, str] | None,
    progress: Progress,
    cancel: CancelToken | None,
) -> str | None:
    """Return the scheme with what it lacks of the files, None if it lacks nothing. Nothing is noted of them yet."""
    labelled = LabelMap(session.scheme, labels)
    ahead = msgspec.structs.replace(options, labels=labelled, refuse=_later, at=_anywhere, report=Report())
    return grown_scheme(session.scheme, records_ahead(paths, readers, ahead, progress=progress, cancel=cancel))


def _later(_error: StetError) -> None:
    """Leave a bad record to the import, which reads it again."""


def _anywhere(_line: int, _byte: int) -> None:
    """Stand in for whoever wants to know the place of a record."""


def _reported(
    brought: ImportResult, refusals: "_Refusals", options: ReadOptions, readers: InputReaders, dry_run: bool
) -> ImportReport:
    report, labels = options.report, options.labels
    for source in labels.unused() if labels is not None else ():
        report.note("unused-map", "labels that were to be mapped and don't occur", source)
    mapped = tuple(labels.all()) if labels is not None else ()
    errors, formats = tuple(refusals.errors), readers.found()
    return ImportReport(brought, errors, refusals.count, refusals.unread, report, dry_run, mapped, formats)


def find_document(session: Session, name: str) -> str:
    """Return the uid of the document that a name refers to. Raises FormatError if there is none or more than one."""
    found = session.reader.documents.find(name)
    if len(found) == 1:
        return found[0]
    if not found:
        hint = "use a name or id shown by: stet list PROJECT"
        raise FormatError(f"there is no document “{name}” in the project", hint=hint)
    hint = f"use one of these ids: {', '.join(found[:5])}"
    raise FormatError(f"{len(found)} documents are named “{name}”", hint=hint)


class _Position:
    """The current position of the import, and the bytes read so far."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.path: Path | None = None
        self.line = 0
        self._before = 0  # bytes of the files read completely
        self.byte = 0  # in the current file
        self.total = 0

    def enter(self, path: Path) -> None:
        """Start a file or folder."""
        self.path, self.line, self.byte = path, 0, 0

    def leave(self, size: int) -> None:
        """Finish a file or folder of `size` bytes."""
        self._before, self.byte = self._before + size, 0

    def at(self, line: int, byte: int) -> None:
        """Note where a record starts in the file."""
        self.line, self.byte = line, byte

    def place(self) -> tuple[Path | None, int | None]:
        """Return the file, and the line in it, of the last record."""
        return self.path, self.line or None

    def tell(self, documents: int) -> None:
        """Report the progress."""
        self._progress(self._before + self.byte, self.total, counted(documents, "document"))


class _Refusals:
    """Errors in records: raised at once, or noted if bad records are skipped."""

    def __init__(self, position: _Position, *, skip_bad: bool, rejects: Rejects | None) -> None:
        self._position = position
        self._skip_bad = skip_bad
        self._rejects = rejects
        self.errors: list[StetError] = []
        self.count = 0
        self.unread = 0

    def refuse(self, error: StetError) -> None:
        """Add file and line to an error that lacks them, then raise it or note it."""
        if error.path is None:
            error.path, error.line = self._position.path, self._position.line or None
        if not self._skip_bad:
            raise error
        self.count += 1
        if self._rejects is not None:
            self._rejects.add(error, self._position.byte)
        self._keep(error)

    def pass_over(self, error: FormatError) -> None:
        """Note a file that isn't read; the others are."""
        self.unread += 1
        self._keep(error)

    def _keep(self, error: StetError) -> None:
        if len(self.errors) < _MOST_ERRORS_KEPT:
            self.errors.append(error)


def _records(
    paths: Sequence[Path], readers: InputReaders, options: ReadOptions, position: _Position, refusals: _Refusals
) -> Iterator[DocumentRecord]:
    """Yield the records of all files, one after another."""
    # Walks the folders twice instead of building a list of what may be a million paths.
    position.total = sum(file.source.size() for file in input_files(paths, readers.is_whole))
    for file in input_files(paths, readers.is_whole):
        position.enter(file.source.path)
        try:
            reader = readers.reader(file)
            if reader is not None:
                _check_columns(reader, options.columns, file.source.path)
                yield from reader.read(file.source, readers.options(reader, options))
            else:
                options.report.note("ignored", "files of other types in a folder, skipped", file.source.name)
        except UnreadFile as error:
            refusals.pass_over(error)
        except NoTexts as error:
            (options.refuse if file.is_named else refusals.pass_over)(error)
        except FormatError as error:
            options.refuse(error)
        position.leave(file.source.size())


def _check_columns(reader: Reader, columns: Mapping[str, str], path: Path) -> None:
    unknown = [name for name in columns if name not in reader.columns]
    if unknown:
        what = f"this file's format has no column for “{unknown[0]}”"
        raise FormatError(what, hint="leave out --map-column, or name the format with --format", path=path)
