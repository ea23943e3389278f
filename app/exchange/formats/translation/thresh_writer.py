"""Writes entries of thresh.tools."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from app.core.annotation import Annotation, Stance
from app.core.document import Document
from app.core.errors import FormatError
from app.core.record import DocumentRecord, SetRecord
from app.exchange.category_names import CategoryNames
from app.exchange.error_marks import ErrorMarks, IdleDocuments
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.translation.thresh_reader import AT, EDIT, ENTRIES, LABEL, NUMBER, THRESH
from app.exchange.formats.translation.thresh_wire import (
    ANNOTATION,
    CATEGORY,
    CONTEXT,
    EDITS,
    INPUT,
    OUTPUT,
    SOURCES,
    TARGETS,
    parsed_edit,
)
from app.exchange.kept_fields import kept_of
from app.exchange.label_map import LabelMap, LabelPlace
from app.exchange.losses import Losses
from app.exchange.output import Output
from app.exchange.provenance import OriginPlace
from app.exchange.report import LossReport, Report
from app.exchange.segments import Range


class ThreshWriter(Writer):
    """Writes an entry for each annotator of a document; its first reference is the source, the second the context."""

    suffix = ".json"
    origin_place = OriginPlace.FIELDS

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the entries as they come, as an array."""
        out = output.main()
        losses = Losses("thresh.tools", THRESH, keeps=("reference", "finished", "attribute", "mark-extra", "meta"))
        entries = _Entries(options, losses)
        idle = IdleDocuments(losses, THRESH)
        before = "[\n"
        for record in records:
            idle.note_references(record)
            if not record.sets and not kept_of(record.extra, THRESH):
                idle.add(record)
            for entry in entries.of(record):
                out.write(f"{before}{json.dumps(entry, ensure_ascii=False)}".encode("utf-8", "surrogatepass"))
                before = ",\n"
        out.write(b"[]\n" if before == "[\n" else b"\n]\n")
        idle.note()
        return losses.report


class _Entries:
    """Makes the entries of documents."""

    def __init__(self, options: WriteOptions, losses: Losses) -> None:
        self._options = options
        self._losses = losses
        self._names = CategoryNames(options.scheme)
        self._meant = LabelMap(options.scheme)
        self._errors = ErrorMarks(options, losses, THRESH)

    def of(self, record: DocumentRecord) -> Iterator[dict[str, Any]]:
        """Yield the entries of a document: one of each annotator, and the one that waits for them."""
        kept = kept_of(kept_of(record.extra, THRESH), ENTRIES)
        if not record.sets and "" not in kept:
            return
        self._note_document(record, kept)
        texts = {SOURCES[0]: "", TARGETS[0]: record.document.text}
        found = [document for uid in record.references if (document := self._options.document(uid)) is not None]
        for key, document in zip((SOURCES[0], CONTEXT), found, strict=False):
            texts[key] = document.text
        if "" in kept:
            yield {**kept_of(kept, ""), **texts, EDITS: []}
        for item in record.sets:
            rest = dict(kept_of(kept, item.annotator))
            if item.annotator not in kept:
                rest = {"id": record.document.name, "doc": record.document.name, "annotator": item.annotator}
            source = found[0] if found else None
            marks = [mark for mark in self._errors.of(record, item) if self._takes(record, item, mark)]
            marks.sort(key=lambda mark: int(kept_of(mark.extra, THRESH).get(NUMBER, len(marks) + 1_000_000)))
            edits = [self._edit(record, number, mark, source) for number, mark in enumerate(marks)]
            yield {**rest, **texts, EDITS: edits}

    def _note_document(self, record: DocumentRecord, kept: Mapping[str, Any]) -> None:
        losses, document = self._losses, record.document
        losses.of_document(record)
        others = document.meta if not kept else set(document.meta) - {"system"}
        losses.note("meta-new", "metadata of documents", document.name, count=len(others))
        what = "references but the first two, which are source and context"
        losses.note("more-references", what, document.name, count=max(0, len(record.references) - 2))

    def _takes(self, record: DocumentRecord, item: SetRecord, mark: Annotation) -> bool:
        where = f"{record.document.name} ({item.annotator}): “{(mark.quote or mark.label)[:40]}”"
        first = record.references[:1]
        here = [piece for piece in mark.evidence if piece.document in first]
        kept = kept_of(mark.extra, THRESH)
        if mark.is_anchor and not (kept or (here and mark.start == record.document.length)):
            what = "anchors, which are errors of the whole text, or of its end if they have evidence in the source"
            self._losses.note("anchor", what, where, is_whole=True)
        self._losses.of_mark(record, item, _without(mark, first))
        is_said = any(piece.stance is not Stance.REFUTES or piece.alternative > 1 for piece in here)
        self._losses.note("stance", "what evidence does, and in which set it is", where, count=int(is_said))
        self._losses.note("more-evidence", "evidence but one piece in the source", where, count=len(here) - 1)
        return True

    def _edit(
        self, record: DocumentRecord, number: int, mark: Annotation, source: Document | None
    ) -> Mapping[str, Any]:
        """Return the edit of a mark: as it was read, unless that says something else."""
        kept = kept_of(kept_of(mark.extra, THRESH), EDIT)
        places = [Range(fragment.start, fragment.end) for fragment in mark.fragments]
        uid = source.uid if source is not None else ""
        pieces = [f for each in mark.evidence if each.document == uid for f in each.fragments]
        sources = sorted(Range(piece.start, piece.end) for piece in pieces)
        label = self._names.of(mark, kept_of(mark.extra, THRESH).get(LABEL))
        is_moved = kept_of(mark.extra, THRESH).get(AT) != [list(each) for each in places]
        if not is_moved and self._says(record, mark, kept, label, sources, source):
            return kept
        category, _, answer = label.partition("/")
        answers = dict(mark.attributes)
        if answer:
            question = f"{category}_type"  # as the typologies of thresh.tools call it
            answers = {question: {"val": answer, answer: answers.pop(question, None)}, **answers}
        found: dict[str, Any] = {"id": number, CATEGORY: category}
        if sources:
            found[INPUT] = [list(each) for each in sources]
        if not mark.is_anchor:
            found[OUTPUT] = [list(each) for each in places]
        return {**found, ANNOTATION: answers or None}

    def _says(
        self,
        record: DocumentRecord,
        mark: Annotation,
        kept: Mapping[str, Any],
        label: str,
        sources: Sequence[Range],
        source: Document | None,
    ) -> bool:
        """Whether an edit that is kept says the same as a mark that is where it was."""
        try:
            given = parsed_edit(kept, "", source.text if source is not None else "", record.document.text)
        except FormatError:
            return False
        place = LabelPlace(mark.layer, mark.label)
        answers = self._meant.attributes(place, given.answers, Report(), "")
        return given.label == label and answers == mark.attributes and list(given.source) == list(sources)


def _without(mark: Annotation, references: Iterable[str]) -> Annotation:
    """Return a mark without its evidence in some documents, which has a place."""
    known = set(references)
    rest = tuple(each for each in mark.evidence if each.document not in known)
    return msgspec.structs.replace(mark, evidence=rest)
