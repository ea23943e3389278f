"""Reads how an annotator's released work was reviewed, for the window and for the shell."""

from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from app.core.decision import GOLD
from app.core.progress import CancelToken, Progress, no_progress
from app.core.record import DocumentRecord
from app.exchange.formats.stet_jsonl.writer import wire_annotation
from app.review.feedback import LabelTally, ReviewOutcome, Ruling, Verdict, overturn, total, verdicts
from app.services.review.sheets import sheet_of
from app.services.team.assigned_work import bundle_for
from app.session.session import Session


class DocumentFeedback(NamedTuple):
    """The verdicts on an annotator's work in one released document."""

    document: str
    name: str
    title: str
    verdicts: tuple[Verdict, ...]

    def counts(self) -> LabelTally:
        """Return how many were kept, changed, rejected, missed and not decided."""
        return total(overturn(self.verdicts))


class Feedback(NamedTuple):
    """The verdicts on an annotator's work in the released documents that they finished, in order of import.

    `released` counts all released documents. `people` are the annotators whose feedback the asker may read, by name: if
    the asker is a reviewer of this project, all who finished a released document; otherwise none.
    """

    annotator: str
    documents: tuple[DocumentFeedback, ...] = ()
    released: int = 0
    people: tuple[str, ...] = ()

    def verdicts(self) -> list[Verdict]:
        """Return all verdicts."""
        return [verdict for document in self.documents for verdict in document.verdicts]

    def labels(self) -> tuple[LabelTally, ...]:
        """Return the verdicts counted by label."""
        return overturn(self.verdicts())


def read_feedback(
    path: Path, annotator: str, asker: str, progress: Progress = no_progress, cancel: CancelToken | None = None
) -> Feedback:
    """Read the feedback to an annotator from a project, with a connection of its own beside the window's.

    Another annotator's feedback is only read if `asker` is a reviewer of the project, else it is empty. Raises
    ProjectError or Cancelled.
    """
    session = Session.open(path, write=False)
    try:
        reviews = is_reviewer(session, asker)
        if annotator != asker and not reviews:
            return Feedback(annotator)
        found = feedback_of(session, annotator, progress=progress, cancel=cancel)
        return found if reviews else found._replace(people=())
    finally:
        session.close()


def is_reviewer(session: Session, name: str) -> bool:
    """Return whether someone decided or released anything in this project; always False for a bundle."""
    if bundle_for(session) is not None:
        return False
    reader = session.reader
    return name in reader.release_reviewers().values() or any(d.reviewer == name for d in reader.decisions())


def feedback_of(
    session: Session, annotator: str, *, progress: Progress = no_progress, cancel: CancelToken | None = None
) -> Feedback:
    """Return the feedback to an annotator; `people` are all who finished a released document. Raises Cancelled."""
    documents: list[DocumentFeedback] = []
    people: set[str] = set()
    released = _released(session)
    for number, uid in enumerate(released):
        if cancel is not None:
            cancel.raise_if_cancelled()
        progress(number, len(released), "documents")
        record = session.reader.record(uid)
        frozen = session.reader.snapshots_of(uid)
        finished = _finished(record) | frozen.keys()
        people |= finished
        if annotator in finished:
            mine = frozen.get(annotator)
            found = verdicts(
                record,
                annotator,
                session.scheme,
                frozen=mine.annotations if mine is not None else None,
                present=sheet_of(record, session).group_index.by_key.keys(),
            )
            documents.append(DocumentFeedback(uid, record.document.name, record.document.title, found))
    return Feedback(annotator, tuple(documents), len(released), tuple(sorted(people)))


def _released(session: Session) -> list[str]:
    """Return the documents (uids) whose gold may be seen. A bundle only contains gold where it was released."""
    found = list(session.reader.release_reviewers())
    if bundle_for(session) is not None:
        records = session.reader.records(with_text=False, with_decisions=False)
        found += [record.document.uid for record in records if record.gold and record.document.uid not in found]
    return found


def _finished(record: DocumentRecord) -> set[str]:
    """Return who finished a document. Only they may compare: seeing gold before would bias the others' reading."""
    return {item.annotator for item in record.sets if item.kind != GOLD and item.status.is_finished}


# -- for scripts -------------------------------------------------------------------------------------------------------


def as_row(found: Feedback) -> dict[str, Any]:
    """Return the feedback as a JSON-compatible object; resources/help/review.md documents it."""
    documents = [
        {
            "document": item.document,
            "document_name": item.name,
            **_counts(item.counts()),
            "verdicts": [verdict_row(verdict) for verdict in item.verdicts],
        }
        for item in found.documents
    ]
    labels = found.labels()
    return {
        "annotator": found.annotator,
        "released": found.released,
        "documents": documents,
        "labels": [{"layer": row.layer, "label": row.label, **_tally(row)} for row in labels],
        "total": _tally(total(labels)),
    }


def verdict_row(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as plain values, with annotation and gold as in our own JSONL."""
    return {
        "verdict": verdict.fate.value,
        "layer": verdict.layer,
        "changed": [field.id for field in verdict.changes if field.counts],
        "differs": [field.id for field in verdict.changes if not field.counts],
        "mark": msgspec.to_builtins(wire_annotation(verdict.annotation)) if verdict.annotation is not None else None,
        "gold": msgspec.to_builtins(wire_annotation(verdict.gold)) if verdict.gold is not None else None,
        "twins": list(verdict.twins),
        "decision": _ruling(verdict.ruling) if verdict.ruling is not None else None,
    }


def _ruling(ruling: Ruling) -> dict[str, Any]:
    reason = ruling.reason.value if ruling.reason is not None else None
    return {**ruling._asdict(), "outcome": ruling.outcome.value, "reason": reason}


def _counts(row: LabelTally) -> dict[str, int]:
    return {fate.value: getattr(row, fate.value) for fate in ReviewOutcome}


def _tally(row: LabelTally) -> dict[str, Any]:
    return {"decided": row.decided, **_counts(row), "overturned": row.rate, "note": row.why_no_rate}
