"""A copy can be saved elsewhere whatever has become of the file, with all the work that was done."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.core.annotation import Status
from app.core.document import Document, sha256
from app.core.edits import SetStatus
from app.core.errors import ProjectError, StetError
from app.core.ids import new_uid
from app.core.record import DocumentRecord
from app.core.text_change import TextChange
from app.jobs.tasks.check_project import check_project
from app.services.history.rescue import save_elsewhere
from app.services.history.undo import redo, undo
from app.services.importing.document_import import import_documents
from app.services.texts.text_edit import edit_text
from app.session.actions import Assign
from app.session.session import Session
from app.storage.backups import backup_folder
from tests.conftest import add_documents, new_session
from tests.unit.build import content
from tests.unit.session.test_changed_file import CHANGED, OVERWRITTEN, annotate, cut_off, overwritten, rows_changed

Change = Callable[[Path], None]


def told(_error: StetError | None) -> None:
    """Stand in for whoever is told the end of the first copy."""


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A sitting as the window has it: a first copy, and then work of all kinds."""
    session = new_session(tmp_path / "news.stet")
    uids = add_documents(session, {"b.txt": "Kyiv again."})
    session.copies.expect_first(told)
    annotate(session, "Donald Trump")
    session.copies.await_first()
    annotate(session, "Kyiv")
    undo(session)
    redo(session)
    session.become("ben")
    session.open_document(uids[0])
    session.apply(SetStatus(Status.SKIPPED), title="Skip")
    session.become("ana")
    session.open_document(session.reader.documents.find("spun.txt")[0])
    yield session
    session.close()


def history(session: Session) -> list[tuple]:
    return [
        (row.sequence, row.kind, row.title, row.annotator, row.document, row.edit, row.undoes)
        for row in session.reader.log_rows()
    ]


def work(session: Session) -> list[tuple]:
    uids = session.reader.documents.find("b.txt")
    return [
        content(session.reader.state_of(uid, who))
        for uid in (*uids, *session.reader.documents.find("spun.txt"))
        for who in ("ana", "ben")
    ]


@pytest.mark.parametrize("change", [None, *(one for one in CHANGED if one is not rows_changed)])
def test_the_copy_has_everything(session: Session, tmp_path: Path, change: Change | None) -> None:
    before, log = work(session), history(session)
    if change is not None:
        change(session.path)
        with pytest.raises(ProjectError):
            annotate(session, "aide")
    out = tmp_path / "elsewhere" / "saved.stet"
    out.parent.mkdir()
    assert save_elsewhere(session, out) == ""
    copy = Session.open(out, annotator="ana")
    assert work(copy) == before
    assert history(copy) == log
    assert list(check_project(copy)) == []
    undo(copy)
    copy.close()
    assert sorted(path.name for path in out.parent.iterdir()) == [".saved.stet.lock", "saved.stet"]


def test_texts_that_another_program_changed_are_left_out(session: Session, tmp_path: Path) -> None:
    before = work(session)
    rows_changed(session.path)
    assert save_elsewhere(session, tmp_path / "saved.stet") == ""
    copy = Session.open(tmp_path / "saved.stet", write=False)
    assert work(copy) == before
    copy.close()


@pytest.mark.parametrize("change", OVERWRITTEN)
def test_work_after_a_later_copy_is_taken_along(session: Session, tmp_path: Path, change: Change) -> None:
    session.back_up()
    annotate(session, "slave trade")
    session.perform(Assign(begin=((session.state.document.uid, "zoe"),)), title="Assign")
    log = history(session)
    change(session.path)
    assert save_elsewhere(session, tmp_path / "saved.stet") == ""
    copy = Session.open(tmp_path / "saved.stet", write=False)
    assert history(copy) == log
    assert copy.reader.assignments() == {"zoe": (copy.reader.documents.find("spun.txt")[0],)}
    copy.close()


def test_edits_of_texts_are_done_again(session: Session, tmp_path: Path) -> None:
    document = session.state.document
    for old, new in (("Kyiv", "The town"), ("Donald", "Mr")):
        text = session.reader.document(document.uid).text
        edit_text(session, document.uid, TextChange.between(text, text.replace(old, new)))
    undo(session)
    redo(session)
    annotate(session, "slave trade")
    before, log = work(session), history(session)
    overwritten(session.path)
    assert save_elsewhere(session, tmp_path / "saved.stet") == ""
    copy = Session.open(tmp_path / "saved.stet", annotator="ana")
    assert work(copy) == before
    assert history(copy) == log
    undo(copy)
    undo(copy)
    assert "Donald" in copy.reader.document(document.uid).text
    copy.close()


def test_what_was_imported_since_the_copy_is_said_to_be_missing(session: Session, tmp_path: Path) -> None:
    new = Document(uid=new_uid(), name="c.txt", text="Third.", sha256=sha256("Third."))
    import_documents(session, [DocumentRecord(new)], title="Import")
    overwritten(session.path)
    said = save_elsewhere(session, tmp_path / "saved.stet")
    assert "what was done after it is missing" in said


def test_without_an_intact_backup_nothing_is_claimed(session: Session, tmp_path: Path) -> None:
    shutil.rmtree(backup_folder(session.path))
    cut_off(session.path)
    with pytest.raises(ProjectError, match="nothing could be saved"):
        save_elsewhere(session, tmp_path / "saved.stet")
    assert not (tmp_path / "saved.stet").exists()


def test_an_existing_file_is_never_replaced(session: Session, tmp_path: Path) -> None:
    (tmp_path / "mine.stet").write_text("mine")
    with pytest.raises(ProjectError, match="a file with that name"):
        save_elsewhere(session, tmp_path / "mine.stet")
    with pytest.raises(ProjectError, match="must end in .stet"):
        save_elsewhere(session, tmp_path / "mine.txt")
    assert (tmp_path / "mine.stet").read_text() == "mine"
