"""What a workbench has acknowledged: lines of JSON that outlive the process that wrote them, however it ends."""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from app.core.annotation import Annotation
from app.session.session import Session

Marks = dict[str, str]
"""The marks of a set: uid, and a digest of all that a mark says."""

_encoder = msgspec.json.Encoder(order="deterministic")


class Journal:
    """Appends what a process is about to do, and that it is done. Each line is one write, which a kill can't tear."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, **line: Any) -> None:
        """Append a line."""
        os.write(self._file, json.dumps(line).encode() + b"\n")


def read_journal(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a journal; a process that never came to write one has none."""
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def digest_of_mark(mark: Annotation) -> str:
    """Return a digest of all that a mark says, its times too."""
    return hashlib.sha256(_encoder.encode(mark)).hexdigest()[:16]


def marks_in(session: Session, document: str, who: str) -> Marks:
    """Return somebody's marks in a document (uid)."""
    state = session.executor.load(document, who)
    return {uid: digest_of_mark(mark) for uid, mark in state.annotations.items()}


def all_marks(session: Session, who: str) -> dict[str, Marks]:
    """Return somebody's marks in all documents (uids) in which they have any."""
    person = session.executor.annotations.find_annotator(who)
    uids = session.executor.annotations.documents_of(person) if person is not None else ()
    found = {uid: marks_in(session, uid, who) for uid in uids}
    return {uid: marks for uid, marks in found.items() if marks}


def decisions_in(session: Session) -> list[str]:
    """Return the decisions (uids) that stand."""
    return sorted(decision.uid for decision in session.executor.review.decisions.all())
