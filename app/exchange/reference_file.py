"""The file of references that a writer of claims puts beside them, as records with numbered sentences."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, BinaryIO, Protocol

import msgspec

from app.core.document import Document
from app.core.record import DocumentRecord
from app.exchange.claim_marks import claims_of
from app.exchange.format import WriteOptions
from app.exchange.kept_fields import kept_of
from app.exchange.losses import Losses
from app.exchange.output import Output
from app.exchange.sentence_lines import NumberedSentences

_encoder = msgspec.json.Encoder()


class ReferenceShape(Protocol):
    """What references are in a format, which says it in a class of its own.

    `name` is that of the file, `own` the format's key in what is kept of foreign files.
    """

    name = ""
    own = ""

    def is_own(self, document: Document) -> bool:
        """Whether a document came from such a file."""
        ...

    def value(self, document: Document, own: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the record of a document, of which `own` was kept."""
        ...


class ReferenceFile:
    """Writes the references that came from such a file, and those that claims have evidence in. Without `is_wanted`, or
    to a stream, none are written.
    """

    def __init__(
        self, shape: ReferenceShape, output: Output, options: WriteOptions, losses: Losses, *, is_wanted: bool
    ) -> None:
        self._shape = shape
        self._document = options.document
        self._has_several = len(options.annotators) > 1
        self._losses = losses
        self._output = output if is_wanted and output.path is not None else None
        self._is_missed = is_wanted and output.path is None
        self._cited: dict[str, None] = {}  # uids, in order
        self._written: set[str] = set()
        self._bare: dict[str, str] = {}  # documents without claims: uid to name
        self._last: tuple[Document, NumberedSentences] | None = None
        self._file: BinaryIO | None = None

    def meet(self, record: DocumentRecord) -> bool:
        """Take a record of the export; return whether it is a reference that is written again as it was."""
        document = record.document
        if self._shape.is_own(document):
            self._write(document, kept_of(record.extra, self._shape.own))
            return True
        claims = list(claims_of(record))
        if self._has_several:
            what = "names of annotators"
            self._losses.note("annotator", what, document.name, count=len(claims))
        if not claims and self._shape.own not in record.extra:
            self._bare[document.uid] = document.name
        return False

    def cite(self, uid: str) -> tuple[Document, NumberedSentences] | None:
        """Return a reference (uid) and its sentences, None if there is no such document. It will be in the file."""
        if self._last is not None and self._last[0].uid == uid:
            return self._last
        document = self._document(uid)
        if document is None:
            return None
        self._cited[uid] = None
        self._last = (document, NumberedSentences(document))
        return self._last

    def write_around(
        self, records: Iterable[DocumentRecord], claims: Callable[[DocumentRecord], Iterable[Mapping[str, Any]]]
    ) -> Iterator[bytes]:
        """Yield the lines of the claims that records have, as they come, and write the references beside them."""
        for record in records:
            if not self.meet(record):
                for value in claims(record):
                    yield _encoder.encode(value) + b"\n"
        self.finish()

    def finish(self) -> None:
        """Write the references that were cited and weren't met, and note what isn't written."""
        for uid in self._cited:
            document = self._document(uid) if uid not in self._written else None
            if document is not None:
                self._write(document, {})
        if self._is_missed:
            what = "texts of references, which would be a file beside this one; give a file name instead of -"
            self._losses.note("reference-text", what, "", count=len(self._cited), is_whole=True)
        for uid, name in self._bare.items():
            if uid not in self._cited:
                self._losses.note("document", "documents without claims", name)

    def _write(self, document: Document, own: Mapping[str, Any]) -> None:
        self._written.add(document.uid)
        if not self._shape.is_own(document):
            self._losses.note("source-name", "names and metadata of references", document.name)
        if "\n".join(NumberedSentences(document).texts) != document.text:
            what = "texts of references, of which only the sentences are written"
            self._losses.note("spacing", what, document.name, is_whole=True)
        if self._output is None:
            return
        if self._file is None:
            self._file = self._output.open(self._shape.name)
        self._file.write(_encoder.encode(self._shape.value(document, own)) + b"\n")
