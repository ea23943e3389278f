"""Reads M2: sentences become texts, edits marks with corrections."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from app.core.annotation import Status
from app.core.byte_order_mark import marked_encoding
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.category_names import ERROR_LAYER
from app.exchange.foreign_document import ForeignDocument, ForeignWork
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.m2.blocks import ALTERNATIVE, NONE, REQUIRED, M2Block, M2Edit, blocks, is_m2
from app.exchange.formats.text import text_document
from app.exchange.option import FormatOption, OptionKind
from app.exchange.record_names import DistinctNames
from app.exchange.source import Source

OWN = "m2"
ANNOTATOR = "annotator"
"""What annotators are called before their number in the file."""
HEADER, SENTENCES = "header", "sentences"
TYPE, ALTERNATIVES, IS_NONE, IS_OPTIONAL, NOTE = "type", "alternatives", "none", "required", "note"
ORDER = "order"
"""The key of which of several edits of one annotator at one place it is."""
_MOST = FormatOption(
    "sentences",
    "Sentences in a document",
    OptionKind.NUMBER,
    100,
    help="How many sentences are a document where the file doesn’t say where documents begin; 0 for all of them.",
)


class M2Reader(Reader):
    """Reads sentences with the edits of any number of annotators. Sentences are joined by line breaks."""

    suffixes = (".m2",)
    options = (_MOST,)

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take what has lines of sentences and edits."""
        text = head.decode(marked_encoding(head) or "utf-8", "ignore").removeprefix("\ufeff")
        lines = [line.removesuffix("\r") for line in text.split("\n")]
        return Claim("its lines are sentences (S) and edits of them (A)") if is_m2(lines) else None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents; invalid lines go to `options.refuse`."""
        path = source.path
        text = text_document(path, source.name, options.encoding).text
        found: list[M2Block] = []
        for block in blocks([line.removesuffix("\r") for line in text.split("\n")], path):
            if isinstance(block, FormatError):
                options.refuse(block)
            else:
                found.append(block)
        if not found:
            hint = "a sentence begins with S and a blank, an edit with A and a blank"
            raise FormatError("there are no sentences in it", hint=hint, path=path, line=1)
        annotators = list(dict.fromkeys(edit.annotator for block in found for edit in block.edits)) or ["0"]
        most = options.own.get(_MOST.name, _MOST.default)
        names = DistinctNames()
        for given, part in _documents(found, source.name, int(most)):
            options.at(part[0].line, 0)
            name = names.of(given, "\n".join(block.sentence for block in part))
            try:
                yield _Document(name, part, annotators, path, options).record()
            except FormatError as error:
                error.path, error.line = path, error.line or part[0].line
                options.refuse(error)


def _documents(found: Sequence[M2Block], name: str, most: int) -> Iterator[tuple[str, list[M2Block]]]:
    """Yield the documents with their names: from header to header, and where there are none, so many sentences."""
    if any(block.header for block in found):
        starts = [at for at, block in enumerate(found) if block.header]
        if starts[0] > 0:
            yield name, list(found[: starts[0]])
        for start, end in zip(starts, [*starts[1:], len(found)], strict=True):
            yield f"{name} {found[start].header}", list(found[start:end])
        return
    if most == 0 or len(found) <= most:
        yield name, list(found)
        return
    for start in range(0, len(found), most):
        part = list(found[start : start + most])
        yield f"{name} {start + 1}–{start + len(part)}", part


class _Document:
    """Builds the record of a document. `everybody` are the annotators of the whole file."""

    def __init__(
        self, name: str, found: Sequence[M2Block], everybody: Sequence[str], path: Path, options: ReadOptions
    ) -> None:
        self._path = path
        self._header = found[0] if found[0].header else None
        self._blocks = found[1:] if self._header else found
        text = "\n".join(block.sentence for block in self._blocks)
        self._made = ForeignDocument(text, name=name, options=options)
        self._options = options
        here = list(dict.fromkeys(edit.annotator for block in found for edit in block.edits))
        self._works = {id: self._made.work(f"{ANNOTATOR} {id}") for id in here or everybody}
        self._seen: Counter[tuple[object, ...]] = Counter()

    def record(self) -> DocumentRecord:
        kept: list[list[str] | None] = []
        judged: Counter[str] = Counter()
        at = 0
        for number, block in enumerate(self._blocks):
            # A sentence without any edit is one in which nobody found an error.
            here = list(dict.fromkeys(edit.annotator for edit in block.edits)) or list(self._works)
            kept.append(here if block.edits else None)
            judged.update(here)
            for edit in block.edits:
                if not edit.is_noop:
                    self._mark(number, block, edit, at)
            at += len(block.sentence) + 1
        for id, work in self._works.items():
            work.status = Status.DONE if judged[id] == len(self._blocks) else Status.OPEN
            if work.status is Status.OPEN:
                what = "annotators with some sentences of a document only, whose work stays open"
                shown = f"{work.document_name}: {work.annotator}, {judged[id]} of {len(self._blocks)}"
                self._options.report.note("partial", what, shown)
        own: dict[str, Any] = {SENTENCES: kept}
        if self._header is not None:
            own[HEADER] = [self._header.sentence, *(edit.annotator for edit in self._header.edits)]
        self._made.extra[OWN] = own
        return self._made.record()

    def _mark(self, number: int, block: M2Block, edit: M2Edit, at: int) -> None:
        try:
            start, end = _range(block, edit)
            same = (number, edit.annotator, edit.start, edit.end)
            self._seen[same] += 1
            key = f"{number}: {edit.start} {edit.end} {edit.type} {self._seen[same]}"
            if self._seen[same] > 1:
                what = "several corrections of one annotator at one place, of which none is applied to the text"
                self._options.report.note("same-place", what, f"{self._made.document.name}: {edit.correction[:40]}")
            order = {ORDER: self._seen[same]} if self._seen[same] > 1 else {}
            self._add(self._works[edit.annotator], key, edit, (at + start, at + end), order)
        except FormatError as error:
            error.path, error.line, error.record = self._path, edit.line, edit.written()
            self._options.refuse(error)

    def _add(self, work: ForeignWork, key: str, edit: M2Edit, pair: tuple[int, int], order: Mapping[str, int]) -> None:
        own: dict[str, Any] = {TYPE: edit.type, **order}
        first, *others = edit.correction.split(ALTERNATIVE)
        if others:
            own[ALTERNATIVES] = others
        if edit.correction == NONE:
            first, own[IS_NONE] = "", True
        if edit.required != REQUIRED:
            own[IS_OPTIONAL] = edit.required
        if edit.comment != NONE:
            own[NOTE] = edit.comment
        work.mark(key, edit.type, [pair], layer=ERROR_LAYER, correction=first, extra={OWN: own})


def _range(block: M2Block, edit: M2Edit) -> tuple[int, int]:
    """Return the range of an edit in its sentence; an insertion stands before the next token."""
    tokens = block.sentence.split(" ")
    starts = list(accumulate((len(token) + 1 for token in tokens), initial=0))
    if not 0 <= edit.start <= edit.end <= len(tokens):
        what = f"tokens {edit.start} to {edit.end} of a sentence that has {len(tokens)}"
        raise FormatError(what, hint="fix the numbers")
    if edit.start == edit.end:
        at = min(starts[edit.start], len(block.sentence))
        return at, at
    return starts[edit.start], starts[edit.end] - 1
