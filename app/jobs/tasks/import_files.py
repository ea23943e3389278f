"""Imports files into an open project."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path

import msgspec

from app.core.byte_order_mark import known_encoding
from app.core.errors import BadChoice, FormatError, StetError
from app.core.progress import CancelToken, Progress, no_progress
from app.core.record import DocumentRecord
from app.core.wording import counted
from app.exchange.format import Reader, ReadOptions
from app.exchange.label_map import LabelMap
from app.exchange.option import OptionValue, option_values
from app.exchange.registry import Registry
from app.exchange.text_encodings import EncodingChoices
from app.jobs.tasks.file_list import InputFile, input_files
from app.jobs.tasks.import_report import ImportReport
from app.jobs.tasks.rejects import Rejects
from app.services.importing.document_import import ImportResult, import_documents
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
    dry_run: bool = False,
    skip_bad: bool = False,
    rejects: Path | None = None,
    progress: Progress = no_progress,
    cancel: CancelToken | None = None,
    registry: Registry | None = None,
) -> ImportReport:
    """Import files, and folders recursively, in one transaction and one undoable step.

    `format` is a format's name; without one each file's is detected. `options` are values of the format's own options.
    `annotator` is assigned to annotations whose file doesn't name one; `offsets` is the unit of the file's offsets;
    `encoding` is that of texts that aren't UTF-8, or what was chosen for some of them. `labels` maps labels of foreign
    files, as `LAYER.LABEL` or `LABEL`, to those of the scheme, or to "" to leave them out; others are mapped by id and
    title. `columns` says which key or column is which part of a document. `finished`: work counts as done of which a
    file doesn't say it. `reference_for` names a document (uid, name, or name without suffix) that all of these become
    references of. An invalid record fails the import or, with `skip_bad`, is noted and skipped; `rejects` is a file to
    collect them in, which implies it. A file in a folder that looks like an input file and is in no known format is
    noted, always. `progress` counts bytes. Raises FormatError, ProjectError and Cancelled, changing nothing.
    """
    target = find_document(session, reference_for) if reference_for is not None else None
    readers = _Readers(registry or Registry(), format, options or {})
    position = _Position(progress)
    read_options = ReadOptions(
        annotator=annotator,
        offsets=offsets,
        encoding=known_encoding(encoding) if isinstance(encoding, str) else encoding,
        labels=LabelMap(session.scheme, labels),
        columns=columns or {},
        finished=finished,
        at=position.at,
    )
    with Rejects(rejects, keep_off=session.path) if rejects is not None else nullcontext() as bad:
        refusals = _Refusals(position, skip_bad=skip_bad or bad is not None, rejects=bad)
        read_options = msgspec.structs.replace(read_options, refuse=refusals.refuse)
        brought = import_documents(
            session,
            _records(paths, readers, read_options, position, refusals),
            title=f"Import {paths[0].resolve().name}" if len(paths) == 1 else f"Import {len(paths)} files",
            progress=position.tell,
            cancel=cancel,
            dry_run=dry_run,
            reference_for=target,
            refuse=refusals.refuse,
            place=position.place,
            report=read_options.report,
        )
    return _reported(brought, refusals, read_options, dry_run)


def _reported(brought: ImportResult, refusals: "_Refusals", options: ReadOptions, dry_run: bool) -> ImportReport:
    report, labels = options.report, options.labels
    for source in labels.unused() if labels is not None else ():
        report.note("unused-map", "labels that were to be mapped and don't occur", source)
    mapped = tuple(labels.all()) if labels is not None else ()
    return ImportReport(brought, tuple(refusals.errors), refusals.count, refusals.unread, report, dry_run, mapped)


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


class UnreadFile(FormatError):
    """A file in a folder that looks like an input file, and is left out."""


class _Readers:
    """Finds the reader of each file: that of the named format, or of the one that claims the file.

    Raises BadChoice for an unknown format or option.
    """

    def __init__(self, registry: Registry, format: str | None, options: Mapping[str, OptionValue]) -> None:
        self._registry = registry
        self._named = registry.reader(format) if format is not None else None
        if options and self._named is None:
            raise BadChoice("options belong to one format", hint="name it with --format, or leave out --option")
        known = self._named.options if self._named is not None else ()
        self._own = option_values(known, options, format=format or "")

    def is_whole(self, folder: Path) -> bool:
        """Return whether a folder is read as a whole, not file by file."""
        if self._named is not None:
            return self._named.is_folder and self._named.claims(folder, b"") is not None
        return self._registry.for_folder(folder) is not None

    def reader(self, file: InputFile) -> Reader | None:
        """Return the reader of a file or folder; None for a file in a folder that isn't an input file.

        Raises FormatError for a file that was given individually and that no format claims, and UnreadFile for one in a
        folder that looks like an input file and can't be taken for one.
        """
        path, suffix = file.source.path, file.source.path.suffix.lower()
        if self._named is not None:
            return self._named if file.is_named or path.is_dir() or suffix in self._named.suffixes else None
        detected = self._registry.for_folder(path) if path.is_dir() else self._registry.for_file(path)
        format = detected.format if detected is not None else None
        found = format.reader if format is not None else None
        if file.is_named:
            if found is None:
                raise _unknown(path)
            return found
        if format is not None and found is not None and not path.is_dir() and suffix not in found.suffixes:
            # Another kind of file by its name, such as a script; or it was only renamed.
            what = f"its contents are {format.title}, but its name isn't that of such a file"
            raise UnreadFile(
                what, hint=f"if it is meant, name it by itself, or rename it to {found.suffixes[0]}", path=path
            )
        # A folder may have other programs' settings in it, which are .json too.
        if (
            found is None
            and suffix != ".json"
            and any(suffix in known.reader.suffixes for known in self._registry.readers() if known.reader)
        ):
            unknown = _unknown(path)
            raise UnreadFile(unknown.what, hint=unknown.hint, path=path, line=unknown.line)
        return found

    def options(self, reader: Reader, options: ReadOptions) -> ReadOptions:
        """Return the options with a value for each of the reader's own: as given, else the default."""
        if not reader.options:
            return options
        own = self._own if reader is self._named else option_values(reader.options, {}, format="")
        return msgspec.structs.replace(options, own=own)


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

    def pass_over(self, error: UnreadFile) -> None:
        """Note a file that isn't read; the others are."""
        self.unread += 1
        self._keep(error)

    def _keep(self, error: StetError) -> None:
        if len(self.errors) < _MOST_ERRORS_KEPT:
            self.errors.append(error)


def _records(
    paths: Sequence[Path], readers: _Readers, options: ReadOptions, position: _Position, refusals: _Refusals
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
        except FormatError as error:
            options.refuse(error)
        position.leave(file.source.size())


def _check_columns(reader: Reader, columns: Mapping[str, str], path: Path) -> None:
    unknown = [name for name in columns if name not in reader.columns]
    if unknown:
        what = f"this file's format has no column for “{unknown[0]}”"
        raise FormatError(what, hint="leave out --map-column, or name the format with --format", path=path)


def _unknown(path: Path) -> FormatError:
    suffix = path.suffix.lower()
    if suffix in (".jsonl", ".ndjson", ".json"):
        what = "this JSON isn't in a known format"
        known = 'in Stet JSONL, each line is an object that begins with {"stet":1'
        return FormatError(what, hint=f"{known}; see: stet formats", in_window=known, path=path, line=1)
    if suffix == ".stet":
        hint = "export it and import that file: stet export OTHER.stet FILE.jsonl"
        in_window = "open it; what annotators did in their files is merged under “Team”"
        return FormatError("this is a project, not a file to import", hint=hint, in_window=in_window, path=path)
    what = f"unknown file type “{suffix}”" if suffix else "unknown file type: the name has no extension"
    in_window = "if it is plain text, rename it so that its name ends in .txt"
    return FormatError(what, hint="if it is plain text, add: --format text", in_window=in_window, path=path)
