"""Importing files into an open project."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from app.core.errors import BadChoice, FormatError, StetError
from app.core.progress import CancelToken, Progress, no_progress
from app.core.record import DocumentRecord
from app.exchange.format import Format, ReadOptions
from app.exchange.registry import Registry
from app.exchange.report import Report
from app.jobs.tasks.file_list import InputFile, input_files
from app.services.importing.document_import import ImportResult, import_documents
from app.session.session import Session

_MOST_ERRORS_KEPT = 1000


class ImportReport(NamedTuple):
    """What an import did: `brought` in numbers, `errors` what was left out and why, `report` what else to know.

    `bad` counts what was left out; of the errors, the first thousand are kept.
    """

    brought: ImportResult
    errors: tuple[StetError, ...]
    bad: int
    report: Report
    dry_run: bool

    def lines(self) -> list[str]:
        """Return the report in words: what came in, then what else there is to know, then what was skipped."""
        more = [f"and {self.bad - len(self.errors):,} more"] if self.bad > len(self.errors) else []
        return [self._headline(), *map(str, self.report), *map(str, self.errors), *more]

    def _headline(self) -> str:
        done = self.brought
        parts = [
            _counted(done.documents, "new document"),
            _counted(done.annotations + done.added, "annotation"),
            _counted(done.decisions, "decision"),
            _counted(done.suggestions, "suggestion"),
            f"{_counted(done.extended, 'document')} extended" if done.extended else "",
            f"{_counted(done.linked, 'reference')} linked" if done.linked else "",
            f"{_counted(done.already, 'document')} already there" if done.already else "",
            f"{_counted(self.bad, 'bad record')} skipped" if self.bad else "",
        ]
        text = ", ".join(part for part in parts if part) or "nothing"
        return f"{'would import' if self.dry_run else 'imported'} {text}"

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain values, for JSON."""
        numbers = {key: value for key, value in self.brought._asdict().items() if key != "report"}
        errors = [
            {"path": str(e.path) if e.path is not None else None, "line": e.line, "what": e.what, "hint": e.hint}
            for e in self.errors
        ]
        return {
            **numbers,
            "dry_run": self.dry_run,
            "bad": self.bad,
            "errors": errors,
            "notes": self.report.as_list(),
        }


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}" if number else ""


def import_files(
    session: Session,
    paths: Sequence[Path],
    *,
    format: str | None = None,
    annotator: str | None = None,
    reference_for: str | None = None,
    offsets: str | None = None,
    dry_run: bool = False,
    skip_bad: bool = False,
    progress: Progress = no_progress,
    cancel: CancelToken | None = None,
    registry: Registry | None = None,
) -> ImportReport:
    """Import files, and folders with all that is below, in one transaction and as one undoable action.

    `format` is a format's name; without one each file's is found out. `annotator` is whose marks those of a file are
    that doesn't say so, `offsets` what it counts in. `reference_for` names a document, by uid, name, or name without
    its ending, that all of these become references of. What is wrong with a record ends the import with nothing
    changed, or, with `skip_bad`, is noted while the others come in. Raises FormatError, ProjectError and Cancelled;
    then nothing was changed. `progress` counts bytes.
    """
    target = find_document(session, reference_for) if reference_for is not None else None
    source = _Source(paths, format, skip_bad=skip_bad, progress=progress, registry=registry or Registry())
    source.set_options(annotator=annotator, offsets=offsets)
    brought = import_documents(
        session,
        source.records(),
        title=f"Import {paths[0].resolve().name}" if len(paths) == 1 else f"Import {len(paths)} files",
        progress=source.tell,
        cancel=cancel,
        dry_run=dry_run,
        reference_for=target,
        refuse=source.refuse,
        report=source.report,
    )
    return ImportReport(brought, tuple(source.errors), source.bad, source.report, dry_run)


def find_document(session: Session, name: str) -> str:
    """Return the uid of the document that a person means. Raises FormatError if it is none or more than one."""
    found = session.documents.find(name)
    if len(found) == 1:
        return found[0]
    if not found:
        hint = "use a name or id shown by: stet list PROJECT"
        raise FormatError(f"there is no document “{name}” in the project", hint=hint)
    hint = f"use one of these ids: {', '.join(found[:5])}"
    raise FormatError(f"{len(found)} documents are named “{name}”", hint=hint)


class _Source:
    """The records of all files, one after the other, with the place where the reading is."""

    def __init__(
        self,
        paths: Sequence[Path],
        format: str | None,
        *,
        skip_bad: bool,
        progress: Progress,
        registry: Registry,
    ) -> None:
        self.paths = paths
        self.format = registry.get(format) if format is not None else None
        if self.format is not None and self.format.reader is None:
            raise BadChoice(f"the format “{format}” is export-only", hint="leave out --format, or name another")
        self.skip_bad = skip_bad
        self.progress = progress
        self.registry = registry
        self.options = ReadOptions()
        self.report = Report()
        self.errors: list[StetError] = []
        self.bad = 0
        self.path: Path | None = None
        self.line = 0
        self.bytes_before = 0  # of the files that were read
        self.byte = 0  # in the one that is being read
        self.bytes_in_all = 0

    def set_options(self, *, annotator: str | None, offsets: str | None) -> None:
        self.options = ReadOptions(
            annotator=annotator, offsets=offsets, at=self.at, refuse=self.refuse, report=self.report
        )

    def records(self) -> Iterator[DocumentRecord]:
        # Twice through the folders rather than a list of what may be a million paths.
        self.bytes_in_all = sum(file.path.stat().st_size for file in input_files(self.paths))
        for file in input_files(self.paths):
            self.path, self.line, self.byte = file.path, 0, 0
            try:
                yield from self.records_of(file)
            except FormatError as error:
                self.refuse(error)
            self.bytes_before, self.byte = self.bytes_before + file.path.stat().st_size, 0

    def records_of(self, file: InputFile) -> Iterator[DocumentRecord]:
        found = self.format or self.registry.for_file(file.path)
        if found is None and file.is_named:
            raise _unknown(file.path)
        if found is None or found.reader is None or not _is_wanted(file, found):
            self.report.note("ignored", "files of other types in a folder, skipped", file.name)
            return
        yield from found.reader.read(file.path, msgspec.structs.replace(self.options, name=file.name))

    def at(self, line: int, byte: int) -> None:
        self.line, self.byte = line, byte

    def refuse(self, error: StetError) -> None:
        """Put file and line to what is wrong, unless it says so itself; raise it or note it."""
        if error.path is None:
            error.path, error.line = self.path, self.line or None
        if not self.skip_bad:
            raise error
        self.bad += 1
        if len(self.errors) < _MOST_ERRORS_KEPT:
            self.errors.append(error)

    def tell(self, documents: int) -> None:
        self.progress(self.bytes_before + self.byte, self.bytes_in_all, f"{documents:,} documents")


def _is_wanted(file: InputFile, found: Format) -> bool:
    """Whether a file is to be read: in a folder only those are whose endings are the format's."""
    return file.is_named or (found.reader is not None and file.path.suffix.lower() in found.reader.suffixes)


def _unknown(path: Path) -> FormatError:
    suffix = path.suffix.lower()
    if suffix in (".jsonl", ".ndjson", ".json"):
        what = "this JSON isn't in a known format"
        hint = 'in Stet JSONL, each line is an object that begins with {"stet":1; see: stet formats'
        return FormatError(what, hint=hint, path=path, line=1)
    if suffix == ".stet":
        hint = "export it and import that file: stet export OTHER.stet FILE.jsonl"
        return FormatError("this is a project, not a file to import", hint=hint, path=path)
    what = f"unknown file type “{suffix}”" if suffix else "unknown file type: the name has no extension"
    return FormatError(what, hint="if it is plain text, add: --format text", path=path)
