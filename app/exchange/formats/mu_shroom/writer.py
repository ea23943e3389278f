"""Writes Mu-SHROOM's JSONL: everyone's marks, how many of them marked each character, and what the majority marked."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from app.core.annotation import Annotation, Status
from app.core.decision import GOLD
from app.core.record import DocumentRecord, SetRecord
from app.core.soft_labels import majority, soft_segments
from app.exchange.error_marks import ErrorMarks, IdleDocuments
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.mu_shroom.reader import SOFT_MAKER
from app.exchange.formats.mu_shroom.wire import (
    HARD,
    ID,
    LABEL,
    LANG,
    LANGUAGE,
    MODEL_ID,
    MODEL_INPUT,
    NAME,
    OWN,
    PEOPLE,
    SHORT,
    SOFT,
    TEXT,
    TOKENS,
    KeptRecord,
    KeptSpan,
    Span,
    digest,
)
from app.exchange.kept_fields import kept_as
from app.exchange.losses import Losses
from app.exchange.output import Output
from app.exchange.record_names import is_name_from_text
from app.exchange.report import LossReport

_KEPT = ("meta", "finished")
_TAKEN = frozenset((ID, TEXT, SOFT, HARD, PEOPLE, LANG, NAME, *TOKENS))
_encoder = msgspec.json.Encoder()


class MuShroomWriter(Writer):
    """Writes a line for each document that has work. A soft label is a range with the share of the annotators who
    marked it, a hard label what strictly more than half of them marked; gold by itself is a hard label.
    """

    suffix = ".jsonl"

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the records as they come."""
        out = output.main()
        losses = Losses("Mu-SHROOM", OWN, keeps=_KEPT)
        marks, idle = ErrorMarks(options, losses, OWN), IdleDocuments(losses)
        for record in records:
            if record.sets or OWN in record.extra:
                out.write(_encoder.encode(_Line(record, options, marks, losses).values()) + b"\n")
            else:
                idle.add(record)
        idle.note()
        return losses.report


class _Line:
    """Builds the values of one line."""

    def __init__(self, record: DocumentRecord, options: WriteOptions, marks: ErrorMarks, losses: Losses) -> None:
        self._record = record
        self._options = options
        self._marks = marks
        self._losses = losses
        self._kept = kept_as(record.extra, OWN, KeptRecord)
        self._is_same_text = self._kept is not None and self._kept.text == record.document.sha256[:SHORT]

    def values(self) -> dict[str, Any]:
        document, losses, kept = self._record.document, self._losses, self._kept
        own = tuple(each for each in self._record.suggestions if each.suggestion.maker != SOFT_MAKER)
        losses.of_document(self._record._replace(suggestions=own if kept is not None else self._record.suggestions))
        id = kept.id if kept is not None else document.uid
        found: dict[str, Any] = {} if id is None else {ID: id}
        found |= {TEXT: document.text, **self._described()}
        if not is_name_from_text(document.name, document.text, "" if kept is None or id is None else str(id)):
            found[NAME] = document.name
        found |= self._labels()
        if kept is not None and kept.tokens:
            if self._is_same_text:
                found |= kept.tokens
            else:
                losses.note("tokens", "tokens of texts that were edited, left out", document.name, is_whole=True)
        return found

    def _described(self) -> dict[str, Any]:
        """Return language and metadata."""
        meta, kept = dict(self._record.document.meta), self._kept
        language = self._options.language(self._record.document)
        found: dict[str, Any] = {}
        if kept is not None and kept.lang is not None and language == kept.lang.lower():
            found[LANG] = kept.lang
        elif language and (kept is None or kept.lang is not None or LANGUAGE in meta):
            found[LANG] = language.upper()
        if LANG in found:
            meta.pop(LANGUAGE, None)
        for key in _TAKEN & meta.keys():
            what = "metadata with a name that Mu-SHROOM uses, left out"
            self._losses.note("meta-name", what, f"{self._record.document.name}: {key}", is_whole=True)
            del meta[key]
        if kept is None:
            meta.setdefault(MODEL_INPUT, "")
            meta.setdefault(MODEL_ID, str(meta.get("model", "")))
        return found | meta

    def _labels(self) -> dict[str, Any]:
        kept, people = self._kept, self._people()
        spans = {item.annotator: self._spans(item, ranges) for item, ranges in people}
        if not people:
            found = {} if kept is None else {HARD: kept.hard, SOFT: kept.soft}
            return {key: item for key, item in found.items() if item is not None}
        is_gold = people[0][0].annotator == GOLD
        has_people = not is_gold and (kept is None or kept.has_people or len(people) > 1)
        found: dict[str, Any] = {PEOPLE: spans} if has_people else {}
        if kept is not None and self._is_same(kept, spans):
            said = {HARD: kept.hard, SOFT: kept.soft}
            return {**found, **{key: item for key, item in said.items() if item is not None}}
        if kept is not None and kept.soft is not None:
            what = "soft and hard labels of the file, made anew since marks were added, changed or left out"
            self._losses.note("labels-anew", what, self._record.document.name, is_whole=True)
        length, of = self._record.document.length, len(people)
        segments = soft_segments([(start, min(end, length)) for start, end in each] for each in spans.values())
        soft = [{"start": each.start, "prob": each.votes / of, "end": each.end} for each in segments]
        return {**found, SOFT: soft, HARD: majority(segments, of)}

    def _is_same(self, kept: KeptRecord, spans: Mapping[str, Sequence[Span]]) -> bool:
        said = spans if kept.has_people else {"": next(iter(spans.values()))}
        return self._is_same_text and digest(said) == kept.marks and (kept.has_people or len(spans) == 1)

    def _people(self) -> list[tuple[SetRecord, list[Annotation]]]:
        """Return whose work counts, with their errors: of people and models that have begun; or gold by itself."""
        name, losses = self._record.document.name, self._losses
        found: list[tuple[SetRecord, list[Annotation]]] = []
        for item in self._record.sets:
            if item.annotator == GOLD and len(self._record.sets) > 1:
                losses.note("gold", "gold beside annotators’ work, left out; export it by itself", name, is_whole=True)
            elif item.status is Status.SKIPPED or (item.status is Status.OPEN and not item.annotations):
                what = "work that was skipped or isn’t begun, which doesn’t count"
                losses.note("not-begun", what, f"{name} ({item.annotator})", is_whole=True)
            else:
                found.append((item, self._marks.of(self._record, item)))
        return found

    def _spans(self, item: SetRecord, marks: Iterable[Annotation]) -> list[Span]:
        found: list[Span] = []
        for mark in marks:
            self._losses.of_mark(self._record, item, mark)
            own = kept_as(mark.extra, OWN, KeptSpan)
            if own is None or mark.label != LABEL:
                where = f"{self._record.document.name} ({item.annotator}): {mark.layer}.{mark.label}"
                self._losses.note("label", "labels of marks", where)
            is_at_end = mark.end == self._record.document.length
            for piece in mark.fragments:
                end = own.end if own is not None and own.end is not None and is_at_end else piece.end
                found.append((piece.start, end))
        return found
