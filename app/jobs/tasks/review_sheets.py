"""Reads a whole project for review, in the background of the window."""

from pathlib import Path
from typing import NamedTuple

from app.core.progress import CancelToken, Progress, no_progress
from app.services.review.reviewer import Reviewer, Sheet
from app.session.session import Session


class Sheets(NamedTuple):
    """The sheets of a project in order of import, and the documents' names by uid."""

    sheets: list[Sheet]
    names: dict[str, str]


def read_sheets(path: Path, progress: Progress = no_progress, cancel: CancelToken | None = None) -> Sheets:
    """Group the annotations of all documents that someone has finished. Raises ProjectError or Cancelled."""
    session = Session.open(path, write=False)
    try:
        total = session.reader.documents.count()
        found: list[Sheet] = []
        names: dict[str, str] = {}
        for number, sheet in enumerate(Reviewer(session).sheets(), 1):
            if cancel is not None:
                cancel.raise_if_cancelled()
            found.append(sheet)
            names[sheet.document] = session.reader.documents.title_of(sheet.document) or sheet.document
            progress(number, total, "documents compared")
    finally:
        session.close()
    return Sheets(found, names)
