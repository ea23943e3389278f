"""Reads SummEdits: a summary, the document that it is of, and the summary before it was edited.

Each record is `id`, `doc`, `summary`, `original_summary`, `label` (1: consistent with the document), `edit_types` and
`split`. Nobody marked where the errors are: the words that differ from the original are candidates, so they become
suggestions. See https://github.com/salesforce/factualNLG.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.claim_marks import split_fields
from app.exchange.foreign_document import ForeignDocument
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.summedits.word_edits import label_for, word_edits
from app.exchange.json_records import first_objects, object_of
from app.exchange.record_documents import record_documents
from app.exchange.record_names import DistinctNames, name_from_text
from app.exchange.source import Source

OWN = "summedits"
_LAYER = "error"
_TEXTS = ("doc", "summary", "original_summary")
_CONSISTENT, _INCONSISTENT = 1, 0


class SummEditsReader(Reader):
    """Reads summaries, each with its document as reference, and what was edited as suggestions of errors."""

    suffixes = (".json", ".jsonl", ".ndjson")

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take records with a document, a summary and the original one."""
        for each in first_objects(path, head):
            if all(isinstance(each.get(key), str) for key in _TEXTS):
                return Claim("its records have “doc”, “summary” and “original_summary”")
        return None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the summaries, each after its document. Invalid records go to `options.refuse`."""
        summaries = _Summaries(options)
        path = source.path
        yield from record_documents(path, options, lambda line: summaries.of(object_of(line, path)))


class _Summaries:
    """Makes the documents of the records."""

    def __init__(self, options: ReadOptions) -> None:
        self._options = options
        self._names = DistinctNames()
        self._given: set[str] = set()  # uids of the references so far

    def of(self, value: Mapping[str, Any]) -> Iterator[DocumentRecord]:
        """Yield the document of a record, then its summary."""
        fields = dict(value)
        text, summary, original = (fields.pop(key, None) for key in _TEXTS)
        if not isinstance(text, str) or not isinstance(summary, str):
            what = "the record has no text under “doc” or “summary”"
            raise FormatError(what, hint="write the document and its summary there")
        if not (original is None or isinstance(original, str)):
            raise FormatError("“original_summary” must be text", hint="fix the record")
        label, types = fields.get("label"), _types(fields.get("edit_types"))
        if label not in (None, _CONSISTENT, _INCONSISTENT) or isinstance(label, float):
            raise FormatError("“label” must be 0 or 1", hint="write 1 for a consistent summary, else 0")
        reference = ForeignDocument(text, name=name_from_text(text), options=self._options)
        made = self._summary(summary, original, fields)
        made.refer_to(reference)
        if original is not None and label != _CONSISTENT:
            self._suggest(made, original, types)
        record = made.record()
        if reference.uid not in self._given:
            self._given.add(reference.uid)
            yield reference.record()
        yield record

    def _summary(self, summary: str, original: str | None, fields: dict[str, Any]) -> ForeignDocument:
        id = fields.pop("id", None)
        named = str(id).strip() if isinstance(id, str | int) and not isinstance(id, bool) else ""
        name = self._names.of(named or name_from_text(summary), summary)
        meta, own = split_fields(fields)
        own.update({key: value for key, value in (("id", id), ("original_summary", original)) if value is not None})
        return ForeignDocument(summary, name=name, options=self._options, meta=meta, extra={OWN: own})

    def _suggest(self, made: ForeignDocument, original: str, types: list[str]) -> None:
        """Suggest the words that were edited as errors, with the original ones as corrections."""
        work = made.suggested(OWN)
        reason = f"edited; the file names: {', '.join(types)}" if types else "edited"
        edits = list(word_edits(original, made.text))
        for edit in edits:
            label = label_for(edit, made.text, types)
            pair = (edit.start, edit.end)
            key = f"{edit.start}-{edit.end} {edit.original}"
            work.mark(key, label, [pair], layer=_LAYER, correction=edit.original, comment=reason)
        if not edits:
            what = "summaries that are inconsistent as they were, without an edit to suggest"
            self._options.report.note("no-edit", what, made.document.name)


def _types(value: object) -> list[str]:
    items = cast("list[object]", value) if isinstance(value, list) else []
    types = [each for each in items if isinstance(each, str) and each.strip()]
    if len(types) < len(items) or not (value is None or isinstance(value, list)):
        raise FormatError("“edit_types” must be a list of names", hint="fix the record")
    return types
