"""A fault of the disk at any statement, reading or writing, is told in words; what was shown and stored stays."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from app.core import annotation_edits
from app.core.errors import ProjectError, StetError
from app.core.text_search import Wanted
from app.services.history.undo import redo, undo
from app.services.importing.document_import import import_documents
from app.services.review.reviewer import Reviewer
from app.services.search.concordance import Concordance
from app.session.session import Session
from app.storage.connection import Cursor
from app.storage.errors import StorageFault
from tests.unit.build import content

CODES = {
    "full": (sqlite3.SQLITE_FULL, "the disk is full", "free some space"),
    "io": (sqlite3.SQLITE_IOERR | (1 << 8), "the disk reports an error", "check the disk"),
    "corrupt": (sqlite3.SQLITE_CORRUPT, "the project file is damaged", "stet check"),
    "busy": (sqlite3.SQLITE_BUSY, "another program is using", "close it there"),
}


class Faults:
    """Lets the n-th statement fail, by a result code, and counts the statements."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self.fail_at: int | None = None
        self.code = sqlite3.SQLITE_IOERR
        real = Cursor._run

        def run(cursor: Cursor, sql: str, parameters: Any) -> None:
            # Rolling back is what follows a fault.
            if not sql.startswith("ROLLBACK"):
                self.count += 1
                if self.count == self.fail_at:
                    error = sqlite3.OperationalError("planted")
                    error.sqlite_errorcode = self.code
                    raise error
            real(cursor, sql, parameters)

        monkeypatch.setattr(Cursor, "_run", run)

    def statements(self, action: Callable[[], Any]) -> int:
        """Return how many statements an action takes."""
        self.count, self.fail_at = 0, None
        action()
        return self.count

    def at(self, number: int, code: int) -> None:
        """Let this statement fail from now on."""
        self.count, self.fail_at, self.code = 0, number, code

    def over(self) -> None:
        """Let none fail any more."""
        self.fail_at = None


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> Faults:
    return Faults(monkeypatch)


@pytest.fixture
def session(news_session: Session) -> Iterator[Session]:
    state = news_session.state
    assert state is not None
    return news_session


def annotate(session: Session, words: str = "Kyiv") -> None:
    start = session.state.document.text.index(words)
    span, scheme = (start, start + len(words)), session.scheme
    session.apply(
        annotation_edits.annotate(session.state, [span], layer="entity", label="GPE", scheme=scheme), title="x"
    )


def other_document(session: Session) -> str:
    return next(uid for uid in uids(session) if uid != session.state.document.uid)


def uids(session: Session) -> list[str]:
    return [row.uid for row in session.reader.documents.rows(list(session.reader.documents.keys()), annotator=None)]


READS: dict[str, Callable[[Session], Any]] = {
    "open a document": lambda session: session.open_document(other_document(session)),
    "list": lambda session: session.reader.documents.rows(
        list(session.reader.documents.keys(query="Kyiv")), annotator=1
    ),
    "counts": lambda session: (
        session.reader.documents.count(),
        session.reader.documents.count_work(),
        session.reader.status_counts(session.annotator or ""),
    ),
    "next document": lambda session: session.reader.documents.next_work(session.annotator_key()),
    "annotators": lambda session: (session.reader.annotators(), session.reader.annotator_counts()),
    "records": lambda session: list(session.reader.records()),
    "search": lambda session: list(session.reader.search("Kyiv", limit=5)),
    "concordance": lambda session: list(Concordance(session, Wanted("Kyiv"))),
    "log": lambda session: list(session.reader.log_rows()),
    "place": lambda session: session.place(),
    "sheets": lambda session: list(Reviewer(session).sheets()),
    "integrity": lambda session: (
        list(session.reader.integrity.stale_evidence()),
        list(session.reader.integrity.damaged_decisions()),
    ),
}
WRITES: dict[str, Callable[[Session], Any]] = {
    "annotate": lambda session: annotate(session, "Vladimir Puttin"),
    "undo": undo,
    "remember the place": lambda session: session.remember_place(position=3, seconds=1.0),
    "import": lambda session: import_documents(session, [], title="Import nothing", dry_run=True),
}


@pytest.mark.parametrize("kind", CODES)
@pytest.mark.parametrize("what", READS)
def test_a_fault_at_any_statement_of_reading_is_told(session: Session, faults: Faults, what: str, kind: str) -> None:
    annotate(session)
    uid = session.state.document.uid
    code, words, hint = CODES[kind]
    session.executor.forget()
    number = faults.statements(lambda: READS[what](session))
    assert number
    for at in range(1, number + 1):
        session.open_document(uid)
        session.executor.forget()  # texts that are kept need no statement
        faults.at(at, code)
        with pytest.raises(StetError) as caught:
            READS[what](session)
        faults.over()
        assert words in caught.value.what
        assert hint in caught.value.hint
        assert caught.value.path == session.path
        assert session.state.document.uid in uids(session)


@pytest.mark.parametrize("kind", CODES)
@pytest.mark.parametrize("what", WRITES)
def test_a_fault_at_any_statement_of_writing_changes_nothing(
    session: Session, faults: Faults, what: str, kind: str
) -> None:
    annotate(session)
    code, words, _ = CODES[kind]
    before = content(session.state)
    rows = [row.title for row in session.reader.log_rows()]
    number = faults.statements(lambda: WRITES[what](session))
    if what in ("annotate", "undo"):
        redo(session) if what == "undo" else undo(session)
    for at in range(1, number + 1):
        memory = session.state
        faults.at(at, code)
        with pytest.raises(ProjectError) as caught:
            WRITES[what](session)
        faults.over()
        assert words in caught.value.what
        assert session.state is memory
        assert content(session.state) == before
    assert [row.title for row in session.reader.log_rows()][-len(rows) :] == rows


def test_a_fault_that_is_a_bug_stays_one(session: Session, faults: Faults) -> None:
    faults.at(1, sqlite3.SQLITE_MISUSE)
    with pytest.raises(sqlite3.OperationalError):
        session.reader.documents.count()


def test_opening_ends_in_words_at_any_fault(session: Session, faults: Faults) -> None:
    path = session.path
    session.close()
    number = faults.statements(lambda: Session.open(path, annotator="ana").close())
    for at in range(1, number + 1):
        faults.at(at, sqlite3.SQLITE_IOERR)
        # What can't be checkpointed at the end stays in the log and is read at the next open: no fault then.
        with suppress(StorageFault):
            Session.open(path, annotator="ana").close()
        faults.over()
    Session.open(path, annotator="ana").close()
