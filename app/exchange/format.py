"""What a format is: a reader, a writer or both.

A package can bring more: an entry point in the group `stet.formats` names a `Format`.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

import msgspec

from app.core.document import Document
from app.core.errors import StetError
from app.core.record import DocumentRecord
from app.core.scheme import Scheme
from app.exchange.report import LossReport, Report

HEAD = 64 * 1024
"""How many of a file's first bytes a reader sees when it is asked whether the file is its own."""

LARGEST = 512 * 1024 * 1024
"""The most bytes that one text, or one line of JSON, may have."""


def raise_it(error: StetError) -> None:
    """Refuse by raising: the first bad record ends the reading."""
    raise error


class ReadOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How to read.

    `name` is for a document whose file doesn't name it, `annotator` for marks whose file doesn't say whose they are.
    `offsets` says what a file counts its offsets in: `cp` (code points), `utf16`, `bytes` or `grapheme`.
    `at(line, byte)` is told where each record starts, before it is handed out. `refuse` takes what is wrong with a
    record: it raises, or notes it so that the reader goes on with the next record. `report` takes what a person should
    know of records that are good.
    """

    name: str = ""
    annotator: str | None = None
    offsets: str | None = None
    at: Callable[[int, int], None] = lambda line, byte: None
    refuse: Callable[[StetError], None] = raise_it
    report: Report = msgspec.field(default_factory=Report)


class WriteOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How to write. `document` finds a document by uid, for the texts and names of references.

    `tokens`, if given, returns the token ranges of a text, in code points.
    """

    scheme: Scheme
    document: Callable[[str], Document | None]
    tokens: Callable[[str], list[tuple[int, int]]] | None = None


class Reader(Protocol):
    """Reads one kind of file."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The endings of such files, lower case, with the point."""
        ...

    def claims(self, path: Path, head: bytes) -> bool:
        """Tell, by its name and its first bytes, whether the file is of this kind."""
        ...

    def read(self, path: Path, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents of a file, one at a time. Bad records go to `options.refuse` as FormatError.

        A document with an empty uid has no identity beyond its name and text; it gets a uid when it is brought in.
        """
        ...


class Writer(Protocol):
    """Writes one kind of file."""

    @property
    def takes_one_annotator(self) -> bool:
        """Whether a record of the format is of one annotator, so that it must be said whose work is meant."""
        ...

    def write(self, records: Iterable[DocumentRecord], out: BinaryIO, options: WriteOptions) -> LossReport:
        """Write the records as they come, and return what couldn't be carried."""
        ...


class Format(NamedTuple):
    """A format by name, such as `stet`; `title` is for people. `origin` names the package it comes from."""

    name: str
    title: str
    reader: Reader | None = None
    writer: Writer | None = None
    origin: str = "stet"
