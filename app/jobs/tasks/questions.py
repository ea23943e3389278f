"""Decisions that reviewers flagged as unclear in the guideline: read from a project, and written to a file."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from app.core.csv_table import csv_file, csv_text
from app.core.progress import CancelToken, Progress, no_progress
from app.core.scheme import Scheme
from app.core.wording import counted
from app.exchange.output import OutputFiles
from app.review.questions import NOTHING, Question, collected, questions
from app.session.session import Session

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~&!+-])")
_COLUMNS = ("labels", "count", "layer", "document", "before", "quote", "after", "gold", "outcome", "reason", "note")


def read_questions(path: Path, progress: Progress = no_progress, cancel: CancelToken | None = None) -> list[Question]:
    """Read the flagged decisions of a project, with a connection of its own. Raises ProjectError or Cancelled."""
    session = Session.open(path, write=False)
    try:
        return list(questions_of(session, progress=progress, cancel=cancel))
    finally:
        session.close()


def questions_of(
    session: Session, *, progress: Progress = no_progress, cancel: CancelToken | None = None
) -> Iterator[Question]:
    """Yield the flagged decisions in order of documents and text. Raises Cancelled."""
    reader = session.reader
    flagged = list(dict.fromkeys(decision.document for decision in reader.decisions() if decision.unclear))
    order = {uid: place for place, uid in enumerate(_uids(session, flagged))}
    for number, uid in enumerate(sorted(flagged, key=order.__getitem__)):
        if cancel is not None:
            cancel.raise_if_cancelled()
        progress(number, len(flagged), "documents")
        frozen = {name: kept.annotations for name, kept in reader.snapshots_of(uid).items()}
        yield from questions(reader.record(uid), frozen=frozen)


def _uids(session: Session, wanted: Iterable[str]) -> list[str]:
    """Return document uids in order of import."""
    keys = {uid: session.reader.documents.key_of(uid) or 0 for uid in wanted}
    return sorted(keys, key=keys.__getitem__)


def labels_title(question: Question, scheme: Scheme) -> str:
    """Return the labels that a question is between, in words: “nothing / Term”."""
    return " / ".join(label_title(question.layer, label, scheme) for label in question.labels)


def label_title(layer: str, label: str, scheme: Scheme) -> str:
    """Return the title of a label; “nothing” if it is empty."""
    return "nothing" if label == NOTHING else scheme.label_title(layer, label)


def took_title(question: Question, scheme: Scheme) -> str:
    """Return what gold contains, in words."""
    if question.took is None:
        return "deferred" if not question.outcome.is_done else "nothing"
    return label_title(question.layer, question.took, scheme)


def reason_words(question: Question) -> str:
    """Return the reason in words, empty if none was given."""
    return question.reason.value.replace("_", " ") if question.reason is not None else ""


def question_rows(found: Iterable[Question]) -> Iterator[dict[str, Any]]:
    """Yield the questions as JSON-compatible objects, most frequent labels first; null in `labels` means nothing."""
    for (_, _), items in collected(found):
        for question in items:
            row = question._asdict()
            row["labels"] = [label or None for label in question.labels]
            row["count"] = len(items)
            row["outcome"] = question.outcome.value
            row["reason"] = question.reason.value if question.reason is not None else None
            yield row


# -- output ------------------------------------------------------------------------------------------------------------


def as_markdown(found: Iterable[Question], scheme: Scheme) -> str:
    """Return the questions as a Markdown page: a heading for the labels, a list below it."""
    groups = collected(found)
    lines = [f"# Guideline questions: {_escaped(scheme.title)} ({_escaped(scheme.tag)})", ""]
    if not groups:
        lines += ["No decisions are flagged.", ""]
    for _, items in groups:
        count = counted(len(items), "decision")
        lines += [f"## {_escaped(labels_title(items[0], scheme))} ({count})", ""]
        for label in items[0].labels:
            known = scheme.label(items[0].layer, label)
            if known is not None and known.definition:
                lines += [f"{_escaped(known.title)}: {_escaped(known.definition)}", ""]
        lines += [line for question in items for line in _item(question, scheme)]
        lines.append("")
    return "\n".join(lines)


def _item(question: Question, scheme: Scheme) -> Iterator[str]:
    quote = f"**{_escaped(question.quote) or 'the marks are gone'}**"
    yield f"- … {_escaped(question.before)}{quote}{_escaped(question.after)} …"
    yield f"  - document: {_escaped(question.title)}"
    yield f"  - gold: {_escaped(took_title(question, scheme))} ({question.outcome.value})"
    if question.reason is not None:
        yield f"  - reason: {reason_words(question)}"
    if question.note:
        yield f"  - note: {_escaped(question.note)}"


def _escaped(text: str) -> str:
    """Return text escaped for Markdown, on one line; leading and trailing spaces are kept."""
    return _MARKDOWN.sub(r"\\\1", re.sub(r"\s+", " ", text))


def as_csv(found: Iterable[Question], scheme: Scheme) -> str:
    """Return the questions as CSV."""
    rows = [
        (
            *(labels_title(question, scheme), len(items), question.layer, question.document_name),
            *(question.before, question.quote, question.after, took_title(question, scheme)),
            *(question.outcome.value, reason_words(question), question.note),
        )
        for _, items in collected(found)
        for question in items
    ]
    return csv_text(_COLUMNS, rows)


def write_questions(path: Path, found: Iterable[Question], scheme: Scheme, *, keep_off: Path) -> None:
    """Write the questions to a file, as CSV if it has that suffix, else as Markdown. `keep_off` is the project.

    Raises FormatError.
    """
    is_csv = path.suffix.lower() == ".csv"
    content = csv_file(as_csv(found, scheme)) if is_csv else as_markdown(found, scheme).encode()
    with OutputFiles(keep_off=keep_off) as files:
        files.open(path).write(content)
