"""The definition of a format: a reader, a writer or both, and their metadata.

Other packages can add formats: an entry point in the group `stet.formats` names a `Format`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import msgspec

from app.core.document import Document
from app.core.errors import StetError
from app.core.record import DocumentRecord
from app.core.scheme import Scheme
from app.exchange.foreign_tables import OpenTables
from app.exchange.label_map import LabelMap
from app.exchange.option import FormatOption, OptionValue
from app.exchange.output import Output
from app.exchange.provenance import OriginPlace
from app.exchange.report import LossReport, Report
from app.exchange.source import Source
from app.exchange.text_encodings import EncodingChoices

HEAD = 64 * 1024
"""How many of a file's first bytes are passed to `Reader.claims`."""

LARGEST = 512 * 1024 * 1024
"""The maximum size of one text, or of one line of JSON, in bytes."""


def raise_it(error: StetError) -> None:
    """Raise the error: the first bad record ends the reading. The default for `ReadOptions.refuse`."""
    raise error


class ReadOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How to read.

    `annotator` is assigned to annotations whose file doesn't name one. `offsets` is the unit of the file's offsets:
    `cp` (code points), `utf16`, `bytes` or `grapheme`; `encoding` that of text files that aren't UTF-8, or what was
    chosen for some of them. `labels` maps the labels of the file to the scheme's, None to leave them as they are.
    `columns` says which key or column of the file is which part of a document (`exchange.columns`), by the part's name.
    With `finished`, work of which the file doesn't say whether it is done counts as done. `tables` opens SQLite files
    of other programs. `document` returns a document that the project has already, by name, title or address, for
    annotations whose file lacks the text. `own` has a value for each of the reader's own options. `at(line, byte)` must
    be called with the start of each record before it is yielded. `refuse` must be called with any error in a record: it
    raises, or notes the error so that the reader continues with the next record. `report` collects findings about valid
    records.
    """

    annotator: str | None = None
    offsets: str | None = None
    encoding: str | EncodingChoices | None = None
    labels: LabelMap | None = None
    columns: Mapping[str, str] = {}
    finished: bool = False
    tables: OpenTables | None = None
    document: Callable[[str], Document | None] = lambda name: None
    own: Mapping[str, OptionValue] = {}
    at: Callable[[int, int], None] = lambda line, byte: None
    refuse: Callable[[StetError], None] = raise_it
    report: Report = msgspec.field(default_factory=Report)


class WriteOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How to write. `document` returns a document by uid, for texts and names of references, and `extra` what it keeps
    of a foreign file, empty for an unknown one.

    `own` has a value for each of the writer's own options. `annotators` are those whose work is written; for gold it is
    `gold`. `layers` are those that are written (none means all). `answer` returns for a mark (uid) of the record that
    is being written whether the suggestion that it was made from was `accepted` or `edited`, empty if there was none.
    `cutters` holds the tokenizers of the languages met so far.
    """

    scheme: Scheme
    document: Callable[[str], Document | None]
    extra: Callable[[str], Mapping[str, Any]] = lambda uid: {}
    own: Mapping[str, OptionValue] = {}
    annotators: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    answer: Callable[[str], str] = lambda uid: ""
    cutters: dict[str, Callable[[str], list[tuple[int, int]]]] = {}  # msgspec copies an empty default

    def language(self, document: Document) -> str:
        """Return the code of a document's language: its own, else the scheme's; empty if neither says it."""
        return document.language or self.scheme.language

    def tokens(self, document: Document) -> list[tuple[int, int]]:
        """Return the ranges of a document's tokens, in code points, by the rules of its language. Loads spaCy."""
        language = self.language(document)
        if language not in self.cutters:
            from app.nlp.tokens import tokenizer  # takes a second

            self.cutters[language] = tokenizer(language)
        return self.cutters[language](document.text)


class Claim(NamedTuple):
    """Why a reader takes a file for one of its kind, in words that follow “because”.

    A `weak` claim, such as one by the file's name alone, gives way to any other; a `last` one, of a reader that takes
    what is left, also to those.
    """

    why: str
    weak: bool = False
    last: bool = False


class Reader(Protocol):
    """Reads one kind of file or folder. Subclasses inherit the defaults.

    `suffixes` are the file suffixes, lower case, with the dot. If `is_folder` is set, the reader also takes a folder as
    a whole, whose files belong together; it can still read one of these files by itself. `options` are its own options;
    `columns` are the parts of a document whose key or column in the file a person can name.
    """

    suffixes: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    is_folder: bool = False
    options: tuple[FormatOption, ...] = ()

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Return why the file is of this kind, judged by its name and its first bytes; None if it isn't.

        Readers with `is_folder` are also called with folders, and no bytes.
        """
        ...

    def keys(self, source: Source, options: ReadOptions) -> tuple[str, ...]:
        """Return the names of a file's keys or columns, from which a person can choose those of `columns`.

        Raises FormatError.
        """
        return ()

    def choices(self, source: Source, options: ReadOptions) -> Mapping[str, Sequence[str]]:
        """Return values of its own options among which a file leaves the choice, such as its sheets, by the option's
        name. Raises FormatError.
        """
        return {}

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents of a file or folder, one at a time. Bad records go to `options.refuse` as FormatError.

        A document with an empty uid is identified by name and text only; it gets a uid when it is imported.
        """
        ...


class Writer(Protocol):
    """Writes one kind of file or folder. Subclasses inherit the defaults.

    `suffix` is the suffix of new files, with the dot; it may have several parts. `other_suffixes` are further ones by
    which a file may say that it is meant to be of this format. If `is_folder` is set, the output is a folder of files.
    If `takes_one_annotator` is set, a record represents one annotator's work, so that the annotator must be chosen, and
    only finished work is written unless more is asked for. If `is_training_data` is set, what is written is made to
    train a model on, so that a manifest and a data card are put beside it. If `takes_soft` is set, it can hold every
    mark that anyone made, with the share of annotators who did. `options` are its own options. `companions` are the
    files that it always writes beside the main one, or in its folder, as `Output.open` names them; with `has_file_each`
    the folder has at least one for each document, too. `origin_place` is where it says who suggested a mark.
    """

    suffix: str = ""
    other_suffixes: tuple[str, ...] = ()
    is_folder: bool = False
    takes_one_annotator: bool = False
    is_training_data: bool = False
    takes_soft: bool = False
    companions: tuple[str, ...] = ()
    has_file_each: bool = False
    origin_place: OriginPlace = OriginPlace.NOWHERE
    options: tuple[FormatOption, ...] = ()

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the records as they come, and return what the format couldn't represent.

        A single-file format writes to `output.main()`, even without any records; a folder format opens files by name.
        """
        ...


class ExportNotes(msgspec.Struct, frozen=True):
    """Notes on a format for the export dialog: on everyone's work, and on that of one annotator (NAME)."""

    everyone: str
    one: str


@dataclass(frozen=True)
class Format:
    """A format by name, such as `stet`.

    `title` is shown in lists, `summary` describes the contents in a few words. `help_page` names a page of the help.
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
        """The suffixes of its files: those it reads, then those it writes, without duplicates."""
        written = (self.writer.suffix, *self.writer.other_suffixes) if self.writer and self.writer.suffix else ()
        return tuple(dict.fromkeys((*(self.reader.suffixes if self.reader else ()), *written)))
