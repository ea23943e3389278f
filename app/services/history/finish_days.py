"""When documents were finished, from the log."""

import re
from collections.abc import Iterable, Iterator

from app.core.annotation import Status
from app.core.edits import Batch, Edit, SetStatus
from app.core.record import LogRow
from app.session.actions import RecordFinishDays, SetEdit, decode, parts
from app.session.session import Session

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)


def finishing_days(session: Session) -> dict[tuple[str, str], str]:
    """Return the day (UTC, ISO) on which each annotator last set a document (uid) to done, of those that still are.

    Known are those finished in this project and those merged from a project file, whose log has the day; other imports
    have none.
    """
    return days_in(session.log.status_rows())


def days_in(rows: Iterable[LogRow]) -> dict[tuple[str, str], str]:
    """Return the days by annotator's name and document (uid), from the rows of a log, oldest first.

    Raises msgspec.DecodeError for a row that holds no action.
    """
    days: dict[tuple[str, str], str] = {}
    for row in rows:
        for part in parts(decode(row.edit)):
            if isinstance(part, SetEdit):
                _take(part, row, days)
            elif isinstance(part, RecordFinishDays):
                for item in part.days:
                    days[item.annotator, item.document] = "" if part.is_back else item.day
    return {key: day for key, day in days.items() if _DAY.match(day)}


def _take(work: SetEdit, row: LogRow, days: dict[tuple[str, str], str]) -> None:
    key = (work.annotator, work.document)
    for status in _statuses(work.edit):
        # What somebody else did, such as a merge, says nothing of when the annotator was done.
        if status.is_finished and row.annotator == work.annotator:
            days[key] = row.time[:10]
        else:
            days.pop(key, None)


def _statuses(edit: Edit) -> Iterator[Status]:
    if isinstance(edit, SetStatus):
        yield edit.status
    elif isinstance(edit, Batch):
        for part in edit.edits:
            yield from _statuses(part)
