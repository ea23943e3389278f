"""A project of any released version is updated on a copy, which takes its place only when it is whole."""

import errno
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.core.annotation import Status
from app.core.errors import StetError
from app.jobs.tasks.check_project import check_project
from app.session.session import Session
from app.storage import schema_update
from app.storage.access import left_unclean
from app.storage.backups import backups
from app.storage.connection import Cursor
from app.storage.private_copy import PrivateCopy
from app.storage.soundness import faults_of
from app.storage.version import SCHEMA_VERSION
from tests.unit.storage.versions import contents, unpack, versions


def everything(path: Path) -> list[Any]:
    """Read all records and log rows, without updating the file."""
    session = Session.open(path, write=False)
    try:
        return [*session.reader.records(), *session.reader.log_rows()]
    finally:
        session.close()


def test_there_is_a_project_of_every_released_version() -> None:
    assert versions() == list(range(1, SCHEMA_VERSION + 1))


@pytest.mark.parametrize("version", versions())
def test_each_version_is_updated_without_losing_a_row(tmp_path: Path, version: int) -> None:
    path = unpack(version, tmp_path / "old.stet")
    before, there = contents(path), path.read_bytes()
    read = everything(path)
    assert path.read_bytes() == there
    os.chmod(path, 0o640)
    session = Session.open(path, annotator="ana")
    session.close()
    assert faults_of(path) == []
    assert path.stat().st_mode & 0o777 == 0o640
    after = contents(path)
    derived = {"document_meta", "document_title", "set_count", "document_count"}
    assert {name: after[name] for name in before.keys() - derived} == {n: before[n] for n in before.keys() - derived}
    assert everything(path) == read
    session = Session.open(path, write=False)
    # The kept projects' logs name what the earlier versions had no room for, such as patterns.
    is_own = version == SCHEMA_VERSION
    found = [each for each in check_project(session) if each.is_problem and (is_own or each.kind != "log")]
    assert [str(each) for each in found] == []
    session.close()
    assert [contents(copy) for copy in backups(path)] == ([before] if version < SCHEMA_VERSION else [])


def fails(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """Let the update fail."""
    if how == "check":
        monkeypatch.setattr(schema_update, "faults_of", lambda _path: ["rows are missing"])
    elif how == "statement":
        run = Cursor._run

        def broken(self: Cursor, sql: str, parameters: Any) -> None:
            if sql.startswith("PRAGMA user_version="):
                raise sqlite3.OperationalError("no such thing")
            run(self, sql, parameters)

        monkeypatch.setattr(Cursor, "_run", broken)
    else:

        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(schema_update, "move_over" if how == "move" else "sync_file", full)


@pytest.mark.parametrize("how", ["check", "statement", "full", "move"])
def test_a_failing_update_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    path = unpack(3, tmp_path / "old.stet")
    there = path.read_bytes()
    with monkeypatch.context() as patched:
        fails(patched, how)
        with pytest.raises(StetError) as caught:
            Session.open(path, annotator="ana")
    assert caught.value.path == path
    assert path.read_bytes() == there
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.endswith((".part", "-wal", "-shm"))] == []
    session = Session.open(path, annotator="ana")  # the lock is free, and now it works
    session.close()
    assert faults_of(path) == []


_KILLED = """
import os, signal, sys
from pathlib import Path
from app.session.session import Session
from app.storage import schema_update

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

setattr(schema_update, sys.argv[2], die)
Session.open(Path(sys.argv[1]), annotator="ana")
"""


@pytest.mark.parametrize("where", ["faults_of", "_empty_log", "move_over"])
def test_a_kill_leaves_the_old_file_and_the_next_one_updates(tmp_path: Path, where: str) -> None:
    path = unpack(3, tmp_path / "old.stet")
    there = path.read_bytes()
    ran = subprocess.run([sys.executable, "-c", _KILLED, str(path), where], check=False)
    assert ran.returncode == -signal.SIGKILL
    assert path.read_bytes() == there
    session = Session.open(path, annotator="ana")
    session.close()
    assert faults_of(path) == []
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.endswith(".part")] == []


def test_what_is_in_the_log_of_an_old_project_is_kept(tmp_path: Path) -> None:
    path = unpack(5, tmp_path / "old.stet")
    with closing(sqlite3.connect(path)) as writer, closing(sqlite3.connect(path)) as reader:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("PRAGMA wal_autocheckpoint=0")
        reader.execute("SELECT * FROM document").fetchone()
        writer.execute("UPDATE annotation SET comment='kept'")
        writer.commit()
        for ending in ("", "-wal"):
            Path(f"{tmp_path}/copy.stet{ending}").write_bytes(Path(f"{path}{ending}").read_bytes())
    copy = tmp_path / "copy.stet"
    assert left_unclean(copy)
    session = Session.open(copy, annotator="ana")
    session.close()
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("SELECT DISTINCT comment FROM annotation").fetchall() == [("kept",)]


@pytest.mark.parametrize(
    ("version", "change", "told"),
    [
        (3, "UPDATE document SET name = CAST(x'61ff' AS TEXT) WHERE id = 2", "“name” isn't valid UTF-8"),
        (12, "UPDATE annotation SET attributes = '{|'", "“attributes” isn't valid JSON"),
        (12, "UPDATE annotation_set SET status = 'weird'", "“status”"),  # only its own version's rules know this one
        (13, "UPDATE document SET meta = '{|'", "“meta” isn't valid JSON"),
    ],
)
def test_a_damaged_row_of_an_old_project_is_named(tmp_path: Path, version: int, change: str, told: str) -> None:
    path = unpack(version, tmp_path / "old.stet")
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA ignore_check_constraints=ON")
        db.execute(change)
        db.commit()
    there = path.read_bytes()
    with pytest.raises(StetError, match=told) as caught:
        Session.open(path, annotator="ana")
    assert "no intact backup" in caught.value.hint  # the copy of the damaged file is none
    assert (path.read_bytes(), backups(path)) == (there, [])
    with pytest.raises(StetError, match=told):
        everything(path)


def test_a_rehearsal_that_meets_damage_names_the_way_out(tmp_path: Path) -> None:
    path = unpack(SCHEMA_VERSION, tmp_path / "here.stet")
    with closing(PrivateCopy.rehearsal(path)) as copy:
        copy.connection.execute("PRAGMA writable_schema=ON")
        copy.connection.execute("UPDATE sqlite_schema SET rootpage = 2 WHERE name = 'annotation'")
        copy.connection.execute("PRAGMA writable_schema=RESET")
        with pytest.raises(StetError) as caught:
            copy.connection.execute("SELECT * FROM annotation").fetchall()
    assert "no intact backup of it in here.backups" in caught.value.hint


@pytest.mark.parametrize("version", [1, 13])
def test_a_rehearsal_with_an_old_project_can_write(tmp_path: Path, version: int) -> None:
    path = unpack(version, tmp_path / "old.stet")
    there = path.read_bytes()
    with closing(Session.open(path, annotator="zoe", is_rehearsal=True)) as session:
        session.open_document(next(session.reader.records()).document.uid)
        session.set_status(Status.SKIPPED)
        assert session.state is not None
        assert session.state.status is Status.SKIPPED
    assert path.read_bytes() == there
