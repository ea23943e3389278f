"""A second window on a project shows what the first one does as it is done, and takes its place when it has closed."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core import annotation_edits
from app.core.annotation import Status
from app.core.document import Document, sha256
from app.core.edits import SetStatus
from app.core.record import DocumentRecord
from app.services.history.undo import undo
from app.services.importing.document_import import import_documents
from app.session.actions import SetEdit
from app.session.session import Session
from tests.driver import Driver


@pytest.fixture
def writer(project: Path) -> Iterator[Session]:
    """Somebody else, who works on the project as Ana too."""
    session = Session.open(project, annotator="Ana")
    yield session
    session.close()


@pytest.fixture
def desk(stet: Driver, project: Path, writer: Session) -> Driver:
    """A second window on it, on the document that the writer has open."""
    stet.start(project, annotator="Ana")
    writer.open_document(stet.session.state.document.uid)
    return stet


def mark(session: Session, words: str) -> None:
    start = session.state.document.text.index(words)
    span = [(start, start + len(words))]
    edit = annotation_edits.annotate(session.state, span, layer="error", label="ROLE_ATTRIBUTE", scheme=session.scheme)
    session.apply(edit, title="Mark")


def test_marks_of_the_first_window_appear_and_go_in_the_second(desk: Driver, writer: Session) -> None:
    desk.put_caret("Puttin")
    caret, canvas = desk.caret, desk.workspace.text.canvas
    unmarked = canvas.viewport().grab().toImage()
    mark(writer, "senator")
    desk.wait(lambda: desk.marks() == [("senator", "ROLE_ATTRIBUTE")])  # by its own timer
    assert desk.caret == caret
    assert canvas.viewport().grab().toImage() != unmarked
    undo(writer)
    desk.wait(lambda: desk.marks() == [])
    assert desk.caret == caret


def test_status_documents_and_texts_follow(desk: Driver, writer: Session) -> None:
    look = desk.window.desk.reading.look
    other = next(uid for uid in uids(writer) if uid != writer.state.document.uid)
    writer.perform(SetEdit(other, "Ana", SetStatus(Status.SKIPPED)), title="Skip")
    text = "A new text."
    new = Document(uid="n", name="new.txt", text=text, sha256=sha256(text))
    import_documents(writer, [DocumentRecord(new)], title="Import")
    look()
    assert "new" in desk.documents()
    rows = desk.session.reader.documents.rows(list(desk.session.reader.documents.keys()), annotator=1)
    assert [row.status for row in rows if row.uid == other] == [Status.SKIPPED]


def uids(session: Session) -> list[str]:
    return [row.uid for row in session.reader.documents.rows(list(session.reader.documents.keys()), annotator=None)]


def test_nothing_is_read_again_while_nothing_is_written(desk: Driver, writer: Session) -> None:
    state = desk.session.state
    for _ in range(3):
        desk.window.desk.reading.look()
    assert desk.session.state is state
    writer.remember_place(position=3, seconds=1.0)  # writes, and is no action
    desk.window.desk.reading.look()
    assert desk.session.state is state


def test_the_second_window_takes_the_place_of_the_first(desk: Driver, writer: Session) -> None:
    desk.press("Ctrl+PgDown")
    document = desk.document
    desk.window.desk.reading.work_here()
    assert "nother window or command is writing" in desk.message()
    assert not desk.session.is_writable
    mark(writer, "senator")
    writer.close()
    desk.window.desk.reading.look()
    assert "has closed this project" in desk.message()
    desk.click("status-write")
    assert desk.document == document
    assert desk.shown("status-saved") == "✓ saved"
    assert not desk.shown("project-name").endswith("(read-only)")
    desk.focus_text()
    desk.press("F4")
    desk.find("412 members")
    desk.press("Q")
    assert [quote for quote, _ in desk.marks()] == ["412 members"]


def test_a_file_that_was_replaced_is_told(desk: Driver, project: Path, tmp_path: Path) -> None:
    shutil.copy(project, tmp_path / "another.stet")
    os.replace(tmp_path / "another.stet", project)
    for _ in range(2):
        desk.window.desk.reading.look()
    assert "moved, replaced or deleted" in desk.message()
