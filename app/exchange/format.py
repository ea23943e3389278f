"""What a format is: a reader, a writer or both, and what there is to know of them.

A package can add more: an entry point in the group `stet.formats` names a `Format`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec

from app.core.document import Document
from app.core.errors import StetError
from app.core.record import DocumentRecord
from app.core.scheme import Scheme
from app.exchange.option import FormatOption, OptionValue
from app.exchange.output import Output
from app.exchange.report import LossReport, Report
from app.exchange.source import Source

HEAD = 64 * 1024
"""How many of a file's first bytes a reader sees when it is asked whether the file is its own."""

LARGEST = 512 * 1024 * 1024
"""The most bytes that one text, or one line of JSON, may have."""


def raise_it(error: StetError) -> None:
    """Refuse by raising: the first bad record ends the reading."""
    raise error


class ReadOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How to read.

    `annotator` is for annotations whose file doesn't say whose they are. `offsets` says what a file counts its offsets
    in: `cp` (code points), `utf16`, `bytes` or `grapheme`. `own` has a value for each of the reader's own options.
    `at(line, byte)` is told where each record starts, before it is handed out. `refuse` takes what is wrong with a
    record: it raises, or notes it so that the reader goes on with the next record. `report` takes what a person should
    know of records that are valid.
    """

    annotator: str | None = None
    offsets: str | None = None
    own: Mapping[str, OptionValue] = {}
    at: Callable[[int, int], None] = lambda line, byte: None
    refuse: Callable[[StetError], None] = raise_it
    report: Report = msgspec.field(default_factory=Report)


class WriteOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How to write. `document` finds a document by uid, for the texts and names of references.

    `own` has a value for each of the writer's own options.
    """

    scheme: Scheme
    document: Callable[[str], Document | None]
    own: Mapping[str, OptionValue] = {}

    def tokenizer(self) -> Callable[[str], list[tuple[int, int]]]:
        """Return what gives the token ranges of a text in the scheme's language, in code points. Loads spaCy."""
        from app.nlp.tokens import tokenizer  # takes a second

        return tokenizer(self.scheme.language)


class Reader(Protocol):
    """Reads one kind of file or folder. A reader that subclasses this gets the defaults.

    `suffixes` are the endings of such files, lower case, with the point. `is_folder` says that the reader also takes a
    folder as a whole, with files in it that belong together; it then reads a file among them by itself too. `options`
    are its own options.
    """

    suffixes: tuple[str, ...] = ()
    is_folder: bool = False
    options: tuple[FormatOption, ...] = ()

    def claims(self, path: Path, head: bytes) -> bool:
        """Tell, by its name and its first bytes, whether the file is of this kind.

        A reader of folders is asked of folders too, with no bytes.
        """
        ...

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents of a file or folder, one at a time. Bad records go to `options.refuse` as FormatError.

        A document with an empty uid has no identity beyond its name and text; it gets a uid when it is imported.
        """
        ...


class Writer(Protocol):
    """Writes one kind of file or folder. A writer that subclasses this gets the defaults.

    `suffix` is what the name of a new file ends with, with the point; it may have more than one part. `is_folder` says
    that the output is a folder of files. `takes_one_annotator` says that a record of the format is of one annotator, so
    that it must be said whose work is meant. `options` are its own options.
    """

    suffix: str = ""
    is_folder: bool = False
    takes_one_annotator: bool = False
    options: tuple[FormatOption, ...] = ()

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the records as they come, and return what the format couldn't represent.

        A file is `output.main()`, even without any records; a folder's files are opened by name.
        """
        ...


class ExportNotes(msgspec.Struct, frozen=True):
    """What the export dialog says of a format: a sentence on everyone's work, and one on that of NAME."""

    everyone: str
    one: str


@dataclass(frozen=True)
class Format:
    """A format by name, such as `stet`.

    `title` is what lists call it, `summary` says in a few words what it holds. `help_page` names a page of the help.
    `origin` is the package that it comes from.
    """

    name: str
    title: str
    reader: Reader | None = None
    writer: Writer | None = None
    summary: str = ""
    help_page: str = ""
    notes: ExportNotes | None = None
    origin: str = "stet"

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The endings of its files, those that are read first."""
        written = (self.writer.suffix,) if self.writer and self.writer.suffix else ()
        return tuple(dict.fromkeys((*(self.reader.suffixes if self.reader else ()), *written)))
