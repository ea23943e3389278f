"""Opens a project to be read for review, in the background: the file is checked then."""

from pathlib import Path

from app.core.progress import CancelToken, Progress, no_progress
from app.session.session import Session


def open_for_review(path: Path, progress: Progress = no_progress, cancel: CancelToken | None = None) -> Session:
    """Open a project once more, for `sheet_sweeps`, which closes it. Raises ProjectError."""
    del progress, cancel  # it takes a moment
    return Session.open(path, write=False)
