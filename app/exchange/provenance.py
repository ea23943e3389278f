"""Who suggested a mark that a person accepted: what exports say of it, in one way for all formats.

A mark that was accepted from a suggestion has the origin `suggestion:MAKER@VERSION`. Stet's own formats write it as it
is. Formats that hold any field of a mark get two more fields, SUGGESTED_BY and ANSWER, so that no writer needs to know
of it; when such a file is read, they become the origin again. For all others, the loss report says so.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any

import msgspec

from app.core.annotation import Annotation
from app.core.record import DocumentRecord
from app.core.suggestion import ORIGIN, Judgement, Suggestion, SuggestionAnswer, answer_of, origin_of
from app.exchange.report import LossReport

SUGGESTED_BY = "suggested_by"
"""The field that names the suggester and, behind an @, its version."""
ANSWER = "suggestion_answer"
"""The field that says whether the suggestion was `accepted` as it was, or `edited`; left out where nobody knows."""

_PREFIX = f"{ORIGIN}:"
_MAKER = re.compile(r"[\w.:+\- ]{1,200}(@[\w.+\-]{1,100})?")
_WORDS = "who suggested marks that were accepted, which this format has no place for"


class OriginPlace(Enum):
    """Where a writer's format says who suggested a mark."""

    NOWHERE = "nowhere"
    FIELDS = "fields"  # as fields of the mark, which the writer writes whatever they are called
    OWN = "own"  # the writer has a place of its own for the origin


def suggester_of(mark: Annotation) -> str:
    """Return who suggested a mark, with the version behind an @; "" if nobody did."""
    return mark.origin.removeprefix(_PREFIX) if mark.origin.startswith(_PREFIX) else ""


def origin_in(fields: Mapping[str, Any]) -> str | None:
    """Return the origin that fields of a mark in a file name, None if they name none, or nothing that could be one."""
    said = fields.get(SUGGESTED_BY)
    return f"{_PREFIX}{said}" if isinstance(said, str) and _MAKER.fullmatch(said) else None


class Provenance:
    """Has an export say who suggested marks, record by record, as they are written."""

    def __init__(self, place: OriginPlace, report: LossReport) -> None:
        """Do it for a writer with such a place; the report is told where it has none."""
        self._place = place
        self.report = report
        self._answers: dict[str, str] = {}  # of the record that is being written, by mark

    def watch(self, records: Iterable[DocumentRecord]) -> Iterator[DocumentRecord]:
        """Yield records as the project has them, and note what became of their suggestions: what is exported of a
        record may lack them.
        """
        for record in records:
            self._answers = answers_in(record)
            yield record

    def say(self, records: Iterable[DocumentRecord]) -> Iterator[DocumentRecord]:
        """Yield the records to write, with what the format says through fields of marks."""
        for record in records:
            yield self._said(record)

    def answer(self, uid: str) -> str:
        """Return `accepted` or `edited` for a mark of the record that is being written, "" where nobody knows."""
        return self._answers.get(uid, "")

    def _said(self, record: DocumentRecord) -> DocumentRecord:
        is_suggested = any(suggester_of(mark) for item in record.sets for mark in item.annotations)
        if not is_suggested or self._place is OriginPlace.OWN:
            return record
        if self._place is OriginPlace.NOWHERE:
            for item in record.sets:
                for mark in item.annotations:
                    if suggester_of(mark):
                        where = f"{record.document.name} ({item.annotator}): “{(mark.quote or mark.label)[:40]}”"
                        self.report.note("origin", _WORDS, f"{where} by {suggester_of(mark)}")
            return record
        return record._replace(
            sets=tuple(
                item._replace(annotations=tuple(self._with_fields(mark) for mark in item.annotations))
                for item in record.sets
            )
        )

    def _with_fields(self, mark: Annotation) -> Annotation:
        maker, answer = suggester_of(mark), self.answer(mark.uid)
        if not maker or SUGGESTED_BY in mark.attributes:  # a field of the scheme by that name says what people said
            return mark
        said = {SUGGESTED_BY: maker} | ({ANSWER: answer} if answer else {})
        return msgspec.structs.replace(mark, attributes={**mark.attributes, **said})


def answers_in(record: DocumentRecord) -> dict[str, str]:
    """Return for each mark (uid) of a document that was accepted from a suggestion whether it is still what was
    suggested (`accepted`) or not (`edited`). What nobody answered, as in gold, is compared with what was suggested.
    """
    answered: dict[str, tuple[Suggestion, Judgement]] = {}
    by_origin: dict[str, list[Suggestion]] = {}
    for each in record.suggestions:
        by_origin.setdefault(origin_of(each.suggestion), []).append(each.suggestion)
        answered |= {item.annotation: (each.suggestion, item) for item in each.judgements if item.annotation}
    found: dict[str, str] = {}
    for mark in (mark for item in record.sets for mark in item.annotations if suggester_of(mark)):
        if mark.uid in answered:
            suggestion, judgement = answered[mark.uid]
            found[mark.uid] = answer_of(suggestion, judgement, {mark.uid: mark}).value
        else:
            alike = [each for each in by_origin.get(mark.origin, ()) if _overlap(each, mark)]
            if alike:
                is_kept = any(_is_kept(each, mark) for each in alike)
                found[mark.uid] = (SuggestionAnswer.ACCEPTED if is_kept else SuggestionAnswer.EDITED).value
    return found


def _overlap(suggestion: Suggestion, mark: Annotation) -> bool:
    return suggestion.start <= mark.end and mark.start <= suggestion.end


def _is_kept(suggestion: Suggestion, mark: Annotation) -> bool:
    same = (mark.layer, mark.label, mark.fragments, mark.correction) == suggestion.content
    return same and all(mark.attributes.get(key) == value for key, value in suggestion.attributes.items())
