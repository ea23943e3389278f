"""Counts everything that the figures of a project are computed from."""

from collections.abc import Iterator
from pathlib import Path

from app.core.progress import CancelToken, Progress, no_progress
from app.exchange.output import OutputFiles
from app.jobs.tasks.agreement import reading_together
from app.review.agreement.report import agreement
from app.review.figures.figure import Figure
from app.review.figures.insights import Insights
from app.review.figures.table import csv_of
from app.review.readings import Readings
from app.services.history.finish_days import finishing_days
from app.session.session import Session


def count_insights(
    session: Session, *, progress: Progress = no_progress, cancel: CancelToken | None = None
) -> Insights:
    """Go through the whole project once. Raises ProjectError or Cancelled."""
    assigned = session.reader.assignments()
    found = Insights(session.scheme, assigned=assigned, days=finishing_days(session))
    found.take_agreement(list(agreement(_counted(session, found, progress, cancel), session.scheme)))
    return found


def read_insights(path: Path, progress: Progress = no_progress, cancel: CancelToken | None = None) -> Insights:
    """Count a project, with a connection of its own beside the window's. Raises ProjectError or Cancelled."""
    session = Session.open(path, write=False)
    try:
        return count_insights(session, progress=progress, cancel=cancel)
    finally:
        session.close()


def _counted(session: Session, found: Insights, progress: Progress, cancel: CancelToken | None) -> Iterator[Readings]:
    total = session.reader.documents.count()
    frozen = session.reader.snapshots()
    for number, record in enumerate(session.reader.records(), 1):
        if cancel is not None:
            cancel.raise_if_cancelled()
        readings = reading_together(record, frozen)
        found.add(record, readings)
        if readings.by:
            yield readings
        progress(number, total, f"{number:,} documents")


def write_csv(figure: Figure, path: Path, *, keep_off: Path) -> None:
    """Write the rows of a figure to a file, as UTF-8. Raises FormatError; an existing file is then unchanged."""
    with OutputFiles(keep_off=keep_off) as files:
        files.open(path).write(csv_of(figure).encode())
