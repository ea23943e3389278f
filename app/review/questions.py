"""Decisions that reviewers flagged as unclear in the guideline, collected by their labels."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from app.core.annotation import Annotation, Fragment, Relation, quote_of
from app.core.decision import Decision, Outcome, Reason
from app.core.record import DocumentRecord
from app.review.fields import Difference
from app.review.gold_composition import union

NOTHING = ""
"""A pseudo label for “not annotated at all”."""

_AROUND = 80  # code points of context on each side


class Question(NamedTuple):
    """A flagged decision. `title` is what people call the document.

    `labels` are the choices, NOTHING first, then by id; a single one if all agreed on it, and of a relation its type.
    `took` is the label in gold, None if nothing was kept. `quote` is the text of the annotations, or of gold, with its
    context `before` and `after`; all are empty if the annotations are gone.
    """

    document: str
    document_name: str
    title: str
    layer: str
    labels: tuple[str, ...]
    outcome: Outcome
    took: str | None
    start: int
    before: str
    quote: str
    after: str
    reason: Reason | None
    note: str
    decision: str

    @property
    def pair(self) -> tuple[str, tuple[str, ...]]:
        """Layer and labels, by which questions are collected."""
        return (self.layer, self.labels)


def questions(
    record: DocumentRecord, *, frozen: Mapping[str, Iterable[Annotation]] | None = None
) -> Iterator[Question]:
    """Yield the flagged decisions on a document, with their text, in text order.

    `frozen` contains annotations as they were when review began, by annotator, for those deleted since.
    """
    known: dict[str, Annotation] = {
        annotation.uid: annotation for annotations in (frozen or {}).values() for annotation in annotations
    }
    known.update((annotation.uid, annotation) for item in record.sets for annotation in item.annotations)
    yield from sorted((_question(record, d, known) for d in record.decisions if d.unclear), key=_start)


def _start(question: Question) -> tuple[int, str]:
    return (question.start, question.decision)


def _question(record: DocumentRecord, decision: Decision, known: Mapping[str, Annotation]) -> Question:
    gold = known.get(decision.gold or "")
    sources = [known[uid] for uid in decision.sources if uid in known]
    tie = _relation(record, decision)
    sources += [known[uid] for uid in tie.ends if uid in known] if tie is not None else []
    places = union([annotation.fragments for annotation in sources] or ([gold.fragments] if gold else []))
    before, quote, after = _context(record.document.text, places)
    return Question(
        document=record.document.uid,
        document_name=record.document.name,
        title=record.document.title,
        layer=decision.layer,
        labels=_labels(decision, gold) if tie is None else (tie.label,),
        outcome=decision.outcome,
        took=gold.label if gold else tie.label if tie else None,
        start=places[0].start if places else 0,
        before=before,
        quote=quote,
        after=after,
        reason=decision.reason,
        note=decision.note,
        decision=decision.uid,
    )


def _relation(record: DocumentRecord, decision: Decision) -> Relation | None:
    """Return the relation of gold that a decision is on."""
    ties = record.gold.relations if decision.relation and record.gold is not None else ()
    return next((tie for tie in ties if tie.uid == decision.relation), None)


def _labels(decision: Decision, gold: Annotation | None) -> tuple[str, ...]:
    """Return the labels that a decision was between, including one that a reviewer added."""
    if decision.outcome is Outcome.EMPTY:
        return (NOTHING,)
    labels = sorted({*decision.labels, *((gold.label,) if gold else ())})
    nothing = (
        Difference.MISSING.value in decision.kinds or decision.outcome in (Outcome.CREATED, Outcome.REJECTED)
    ) and len(labels) < 2
    return (NOTHING, *labels) if nothing else tuple(labels)


def _context(text: str, places: tuple[Fragment, ...]) -> tuple[str, str, str]:
    if not places or places[-1].end > len(text):
        return ("", "", "")
    start, end = places[0].start, places[-1].end
    return (text[max(0, start - _AROUND) : start], quote_of(text, places), text[end : end + _AROUND])


def collected(found: Iterable[Question]) -> list[tuple[tuple[str, tuple[str, ...]], list[Question]]]:
    """Return the questions by layer and labels, most frequent first, each in their original order."""
    by: dict[tuple[str, tuple[str, ...]], list[Question]] = {}
    for question in found:
        by.setdefault(question.pair, []).append(question)
    return sorted(by.items(), key=_most_first)


def _most_first(item: tuple[tuple[str, tuple[str, ...]], list[Question]]) -> tuple[int, tuple[str, tuple[str, ...]]]:
    return (-len(item[1]), item[0])
