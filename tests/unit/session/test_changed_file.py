"""A file that another program changes while it is open is noticed before anything more is written to it."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.core import annotation_edits
from app.core.errors import ProjectError
from app.session.session import Session
from app.storage.backups import backup_folder
from app.storage.file_watch import ProjectChanged
from app.storage.lock import ProjectLocked
from app.storage.project import Project
from tests.conftest import add_documents, new_session
from tests.unit.build import content


@pytest.fixture
def session(session: Session) -> Iterator[Session]:
    annotate(session, "Donald Trump")
    assert Path(f"{session.path}-wal").stat().st_size
    return session


def annotate(session: Session, words: str) -> None:
    start = session.state.document.text.index(words)
    span, scheme = (start, start + len(words)), session.scheme
    edit = annotation_edits.annotate(session.state, [span], layer="entity", label="GPE", scheme=scheme)
    session.apply(edit, title=f"Mark {words}")


def another_project(path: Path) -> bytes:
    other = new_session(path.with_name("other.stet"))
    add_documents(other, {"theirs.txt": "Their text."})
    other.close()
    return path.with_name("other.stet").read_bytes()


def overwritten(path: Path) -> None:
    data = another_project(path)
    with path.open("r+b") as file:
        file.write(data)
        file.truncate()


def overwritten_at_the_same_size(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"x" * 4096)


def cut_off(path: Path) -> None:
    os.truncate(path, 40_000)


def emptied(path: Path) -> None:
    os.truncate(path, 0)


def rows_changed(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE document SET text = 'other words'")
        db.commit()


def log_deleted(path: Path) -> None:
    Path(f"{path}-wal").unlink()


def log_cut_off(path: Path) -> None:
    os.truncate(f"{path}-wal", 0)


def replaced(path: Path) -> None:
    path.with_name("new").write_bytes(another_project(path))
    path.with_name("new").replace(path)


def moved(path: Path) -> None:
    path.rename(path.with_name("moved.stet"))


OVERWRITTEN = [overwritten, overwritten_at_the_same_size, cut_off, emptied]
CHANGED = [*OVERWRITTEN, rows_changed, log_deleted, log_cut_off, replaced, moved]
CHECKS: dict[str, Callable[[Session], object]] = {
    "a write": lambda session: annotate(session, "Kyiv"),
    "a look": lambda session: session.trouble.check(),
    "a document": lambda session: session.open_document(session.state.document.uid),
    "a backup": lambda session: session.back_up(),
}


@pytest.mark.parametrize("what", CHECKS)
@pytest.mark.parametrize("change", CHANGED)
def test_a_changed_file_is_noticed_before_the_next(session: Session, change: Callable[[Path], None], what: str) -> None:
    path, before = session.path, content(session.state)
    change(path)
    there = path.read_bytes() if path.exists() and change is not rows_changed else None
    with pytest.raises(ProjectChanged, match="another program has") as caught:
        CHECKS[what](session)
    assert "elsewhere" in caught.value.hint
    assert content(session.state) == before
    for _ in range(2):
        with pytest.raises(ProjectChanged):
            annotate(session, "Kyiv")
    assert there is None or path.read_bytes() == there
    assert not list(backup_folder(path).glob("*.stet"))


@pytest.mark.parametrize("change", OVERWRITTEN)
def test_nothing_is_written_into_what_is_there_now(session: Session, change: Callable[[Path], None]) -> None:
    path = session.path
    change(path)
    there = path.read_bytes()
    session.close()
    assert path.read_bytes() == there
    assert not Path(f"{path}-wal").exists()
    assert [kept.name.endswith(".stet.damaged-wal") for kept in backup_folder(path).iterdir()] == [True]


def test_a_file_that_is_put_back_can_be_written_again(session: Session) -> None:
    path, aside = session.path, session.path.with_name("aside.stet")
    path.rename(aside)
    with pytest.raises(ProjectChanged, match="moved, replaced or deleted"):
        annotate(session, "Kyiv")
    aside.rename(path)
    annotate(session, "Kyiv")
    session.close()
    assert sqlite_count(path) == 2


def test_what_was_saved_is_in_a_file_that_was_moved(session: Session) -> None:
    moved(session.path)
    session.close()
    assert sqlite_count(session.path.with_name("moved.stet")) == 1


def sqlite_count(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        return db.execute("SELECT count(*) FROM annotation").fetchone()[0]


def test_a_deleted_lock_is_made_again(session: Session) -> None:
    lock = session.path.with_name(f".{session.path.name}.lock")
    lock.unlink()
    session.trouble.check()
    with pytest.raises(ProjectLocked):
        Project(session.path)
    annotate(session, "Kyiv")


def test_ones_own_work_is_never_taken_for_a_strangers(session: Session, tmp_path: Path) -> None:
    """Large writes, checkpoints, readers and backups change file and log as well."""
    for number in range(3):
        add_documents(session, {f"{number}.txt": "word " * 400_000})
        session.trouble.check()
        reader = Session.open(session.path, write=False)
        assert list(reader.reader.records())
        session.back_up(tmp_path / f"copy{number}.stet")
        annotate(session, ("Kyiv", "slave trade", "an aide")[number])
        reader.close()
        session.trouble.check()


def test_another_program_that_only_held_the_lock_is_waited_for(session: Session) -> None:
    with closing(sqlite3.connect(session.path, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        session.project.connection.execute("PRAGMA busy_timeout=50")
        with pytest.raises(ProjectError, match="another program is using"):
            annotate(session, "Kyiv")
        db.execute("COMMIT")
        annotate(session, "Kyiv")


def test_what_another_program_wrote_through_sqlite_is_kept(session: Session) -> None:
    rows_changed(session.path)
    with pytest.raises(ProjectChanged):
        annotate(session, "Kyiv")
    session.close()
    with closing(sqlite3.connect(session.path)) as db:
        assert db.execute("SELECT DISTINCT text FROM document").fetchall() == [("other words",)]
    assert sqlite_count(session.path) == 1
    assert not Path(f"{session.path}-wal").exists()


def test_a_copy_of_the_file_changes_nothing(session: Session, tmp_path: Path) -> None:
    shutil.copy2(session.path, tmp_path / "copy.stet")
    annotate(session, "Kyiv")
