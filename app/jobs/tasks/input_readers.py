"""Which reader reads each input file."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from app.core.errors import BadChoice, FormatError
from app.exchange.format import HEAD, Format, Reader, ReadOptions
from app.exchange.json_records import first_objects, forget_first_objects
from app.exchange.option import OptionValue, option_values
from app.exchange.registry import Registry
from app.exchange.source import Source
from app.jobs.tasks.file_list import InputFile

_OTHER_DOCUMENTS = {
    ".doc": "a Word document of the kind before 2007",
    ".dot": "a Word template of the kind before 2007",
    ".rtf": "a document in rich text (RTF)",
    ".odt": "a document of LibreOffice or OpenOffice",
    ".sxw": "a document of OpenOffice",
    ".wps": "a document of Microsoft Works",
    ".wpd": "a document of WordPerfect",
    ".pages": "a document of Pages",
}
_LOCK = "~$"  # begins the names of files by which Word marks that it has a document open

AUTO = "auto"
"""The name that stands for the format of each file by itself."""

_TABLES = (".csv", ".tsv", ".tab")
_OTHER_SPREADSHEETS = (".xls", ".xlsb", ".ods", ".numbers")


class FoundFormat(msgspec.Struct, kw_only=True):
    """A format that files of an import are in: why the first of them was taken for it, and how many there are.

    `why` is empty if a person named the format.
    """

    name: str
    title: str
    why: str
    files: int = 0


class UnreadFile(FormatError):
    """A file in a folder that looks like an input file, and is left out."""


class UnclearTable(FormatError):
    """A file that is named like a table, and whose cells can't be told from each other."""


class InputReaders:
    """Finds the reader of each file: that of the named format, or of the one that claims the file.

    Raises BadChoice for an unknown format or option.
    """

    def __init__(self, registry: Registry, format: str | None, options: Mapping[str, OptionValue]) -> None:
        self._registry = registry
        self._format = registry.get(format) if format not in (None, AUTO) else None
        self._named = registry.reader(self._format.name) if self._format is not None else None
        self._found: dict[str, FoundFormat] = {}
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
        if self._named is not None and self._format is not None:
            is_meant = file.is_named or path.is_dir() or suffix in self._named.suffixes
            if is_meant:
                self._note(self._format, "")
            return self._named if is_meant else None
        detected = self._registry.for_folder(path) if path.is_dir() else self._registry.for_file(path)
        format = detected.format if detected is not None else None
        found = format.reader if format is not None else None
        if file.is_named and found is None:
            raise unknown_file(path)
        if detected is not None and file.is_named:
            self._note(detected.format, detected.why)
            return found
        if format is not None and found is not None and not path.is_dir() and suffix not in found.suffixes:
            # Another kind of file by its name, such as a script; or it was only renamed.
            what = f"its contents are {format.title}, but its name isn't that of such a file"
            raise UnreadFile(
                what, hint=f"if it is meant, name it by itself, or rename it to {found.suffixes[0]}", path=path
            )
        readers = (known.reader for known in self._registry.readers() if known.reader)
        looks_like_input = suffix in _OTHER_DOCUMENTS or any(suffix in reader.suffixes for reader in readers)
        if found is None and looks_like_input and not path.name.startswith(_LOCK):
            unknown = unknown_file(path)
            raise UnreadFile(unknown.what, hint=unknown.hint, path=path, line=unknown.line)
        if detected is not None:
            self._note(detected.format, detected.why)
        return found

    def found(self) -> tuple[FoundFormat, ...]:
        """Return the formats of the files so far."""
        return tuple(self._found.values())

    def _note(self, format: Format, why: str) -> None:
        new = FoundFormat(name=format.name, title=format.title, why=why)
        self._found.setdefault(format.name, new).files += 1

    def options(self, reader: Reader, options: ReadOptions) -> ReadOptions:
        """Return the options with a value for each of the reader's own: as given, else the default."""
        if not reader.options:
            return options
        own = self._own if reader is self._named else option_values(reader.options, {}, format="")
        return msgspec.structs.replace(options, own=own)


def unknown_file(path: Path) -> FormatError:
    """Return the error for a file that no format claims."""
    suffix = path.suffix.lower()
    if path.is_file() and path.stat().st_size == 0:
        return FormatError("the file is empty", hint="get it again from where it came from", path=path)
    if suffix in (".jsonl", ".ndjson", ".json"):
        with Source(path).open() as file:
            objects = first_objects(path, file.read(HEAD))
        forget_first_objects()
        keys = ", ".join(f"“{key[:40]}”" for key in list(dict.fromkeys(key for each in objects for key in each))[:12])
        what = "this JSON isn't in a known format" + (f"; the keys are: {keys}" if keys else "")
        hint = "if a key has texts, say which: --format json --map-column text=KEY; see: stet formats"
        in_window = "if a key has texts, choose the format “JSON of texts” and name the key"
        return FormatError(what, hint=hint, in_window=in_window, path=path, line=1)
    if suffix in _TABLES:
        hint = "say what is between them: --format csv --option delimiter=semicolon; plain text needs --format text"
        in_window = "read it as a table and choose what is between its cells, or read it as plain text"
        what = "the rows of this table have different numbers of cells"
        return UnclearTable(what, hint=hint, in_window=in_window, path=path, line=1)
    if suffix in _OTHER_SPREADSHEETS:
        what = f"spreadsheets of the type “{suffix}” can't be read"
        return FormatError(what, hint="save it as .xlsx or as CSV", path=path)
    if suffix == ".stet":
        hint = "export it and import that file: stet export OTHER.stet FILE.jsonl"
        in_window = "open it; what annotators did in their files is merged under “Team”"
        return FormatError("this is a project, not a file to import", hint=hint, in_window=in_window, path=path)
    if path.name.startswith(_LOCK):
        what = "this isn't a document: it only says that a document is open in Word"
        return FormatError(what, hint="name the document itself", path=path)
    if suffix in _OTHER_DOCUMENTS:
        what = f"this is {_OTHER_DOCUMENTS[suffix]}, which isn't read"
        hint = "save it as .docx in Word or LibreOffice, or: soffice --convert-to docx FILE"
        in_window = "save it as .docx in Word or LibreOffice, and import that"
        return FormatError(what, hint=hint, in_window=in_window, path=path)
    what = f"unknown file type “{suffix}”" if suffix else "unknown file type: the name has no extension"
    in_window = "if it is plain text, rename it so that its name ends in .txt"
    return FormatError(what, hint="if it is plain text, add: --format text", in_window=in_window, path=path)
