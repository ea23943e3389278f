"""When documents were finished, from the log."""

from collections.abc import Iterator

from app.core.annotation import Status
from app.core.edits import Batch, Edit, SetStatus
from app.session.actions import Action, Compound, SetEdit, decode
from app.session.session import Session


def finishing_days(session: Session) -> dict[tuple[str, str], str]:
    """Return the day (UTC, ISO) on which each annotator last set a document (uid) to done, of those that still are.

    Only what they did themselves in this project counts: the day of imported work isn't known.
    """
    days: dict[tuple[str, str], str] = {}
    for row in session.log.status_rows():
        for work in _works(decode(row.edit)):
            for status in _statuses(work.edit):
                key = (work.annotator, work.document)
                if status.is_finished and row.annotator == work.annotator:
                    days[key] = row.time[:10]
                else:
                    days.pop(key, None)
    return days


def _works(edit: Action) -> Iterator[SetEdit]:
    if isinstance(edit, SetEdit):
        yield edit
    elif isinstance(edit, Compound):
        for part in edit.edits:
            yield from _works(part)


def _statuses(edit: Edit) -> Iterator[Status]:
    if isinstance(edit, SetStatus):
        yield edit.status
    elif isinstance(edit, Batch):
        for part in edit.edits:
            yield from _statuses(part)
