"""The log, undone and done again on a private copy, gives the tables: what was changed behind Stet's back shows."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import Cancelled
from app.core.progress import CancelToken
from app.services.history.undo import redo, undo
from app.session.session import Session
from app.storage.connection import Cursor
from app.storage.errors import StorageFault
from tests.conftest import new_session
from tests.newsroom import newsroom
from tests.team import ANA, BEN, spun, work


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A project in which two people marked a text, one of them with an undo."""
    session = newsroom(tmp_path / "news.stet", "ana")
    document = spun(session)
    work(session, "ben", document, ANA)
    work(session, "cara", document, BEN, done=False)
    session.become("cara")
    session.open_document(document)
    session.close()
    return tmp_path / "news.stet"


def faults(path: Path) -> list[str]:
    with closing(Session.open(path, write=False)) as session:
        return [f"{fault.name}: {fault.what}" for fault in session.reader.integrity.replay_faults()]


def test_what_was_done_undone_and_done_again_agrees(path: Path) -> None:
    assert faults(path) == []
    with closing(new_session(path.with_name("other.stet"))) as session:
        document = session.reader.documents.find("spun.txt")[0]
        session.open_document(document)
        work(session, "ana", document, (), done=True)
        for step in (undo, redo, undo):
            step(session)
        before = session.path.read_bytes()
        assert list(session.reader.integrity.replay_faults()) == []
        assert session.path.read_bytes() == before


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("UPDATE annotation SET correction = 'Putim' WHERE correction = 'Putin'", "the work of ben isn’t"),
        ("UPDATE annotation SET comment = 'x' WHERE set_id = 2", "the work of ben isn’t"),
        ("UPDATE annotation_set SET status = 'skipped' WHERE id = 2", "the work of ben isn’t"),
        ("UPDATE scheme SET toml = toml || '# x'", ""),
        ("DELETE FROM annotation WHERE set_id = 3 AND quote = 'days'", "can't be undone"),
        ("UPDATE edit_log SET edit = replace(edit, 'restricted', 'restrictid')", "the work of ben isn’t"),
        ('UPDATE edit_log SET edit = \'{"type":"dance"}\' WHERE sequence = 2', "it can't be decoded"),
    ],
)
def test_what_was_changed_behind_our_back_is_told(path: Path, sql: str, what: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(sql)
        connection.commit()
    found = faults(path)
    assert any(what in fault for fault in found) if what else found == []


def test_a_replay_can_be_cancelled(path: Path) -> None:
    token = CancelToken()
    token.cancel()
    with closing(Session.open(path, write=False)) as session, pytest.raises(Cancelled):
        list(session.reader.integrity.replay_faults(cancel=token))


def test_a_full_disk_is_no_fault_of_the_log(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy is where temporary files are; what SQLite couldn't write there ends its transaction."""
    run = Cursor._run

    def without_room(cursor: Cursor, sql: str, parameters: Any) -> None:
        if sql.startswith("DELETE FROM set_count"):
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        run(cursor, sql, parameters)

    monkeypatch.setattr(Cursor, "_run", without_room)
    with pytest.raises(StorageFault, match="the disk is full"):
        faults(path)
