"""Reads a project for review in the background: opens it, as the file is checked then, and puts snapshots together."""

from pathlib import Path

from app.core.progress import CancelToken, Progress, no_progress
from app.services.review.reviewer import ReadySnapshots, Reviewer
from app.session.session import Session


def open_for_review(path: Path, progress: Progress = no_progress, cancel: CancelToken | None = None) -> Session:
    """Open a project once more, for `sheet_sweeps`, which closes it. Raises ProjectError."""
    del progress, cancel  # it takes a moment
    return Session.open(path, write=False)


def snapshots_to_keep(
    path: Path, document: str, progress: Progress = no_progress, cancel: CancelToken | None = None
) -> ReadySnapshots | None:
    """Return what the first decision on a document (uid) of a project will keep, None if there is nothing to be ready.

    Raises DamagedRow, ProjectError and Cancelled.
    """
    del progress  # no one waits for it
    session = Session.open(path, write=False)
    try:
        return Reviewer(session).ready_snapshots(document, cancel)
    finally:
        session.close()
