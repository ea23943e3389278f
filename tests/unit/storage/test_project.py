"""How a project file is opened: what it promises against power cuts, hostile files and our own slips."""

import sqlite3

import pytest

from app.core.errors import ProjectError
from app.session.session import Session
from app.storage.errors import StorageFault
from app.storage.project import Project


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("synchronous", 2), ("journal_mode", "wal"), ("foreign_keys", 1), ("trusted_schema", 0), ("mmap_size", 0)],
)
def test_pragmas_ensure_durability_and_foreign_keys(session: Session, pragma: str, value: object) -> None:
    assert session.project.connection.execute(f"PRAGMA {pragma}").fetchone() == (value,)


def test_lists_are_read_through_a_connection_that_cannot_write(session: Session) -> None:
    with pytest.raises(StorageFault, match="can't be written"):
        session.project.reader.execute("DELETE FROM document")


def test_a_project_opened_for_reading_cannot_be_written(project_path) -> None:
    project = Project(project_path, write=False)
    with pytest.raises(ProjectError, match="can't be written"), project.atomic():
        project.connection.execute("DELETE FROM document")
    project.close()


def half_a_step(project: Project) -> None:
    with project.atomic():
        project.connection.execute("UPDATE document SET name='changed'")
        project.connection.execute("INSERT INTO annotation_set (document, annotator) VALUES (99, 99)")


def test_what_fails_inside_takes_all_of_the_step_with_it(session: Session) -> None:
    with pytest.raises(ProjectError, match="couldn't be written"):
        half_a_step(session.project)
    assert session.reader.documents.find("changed") == []


def test_a_failed_open_releases_the_lock_and_connections(project_path, monkeypatch) -> None:
    def fail(_connection: sqlite3.Connection) -> None:
        raise sqlite3.OperationalError("database is locked")

    with monkeypatch.context() as only:
        only.setattr("app.storage.project.migrate", fail)
        with pytest.raises(ProjectError, match="can't be opened: database is locked"):
            Project(project_path)
    Project(project_path).close()


def test_the_last_one_to_close_leaves_one_file(project_path) -> None:
    writer = Project(project_path)
    reader = Project(project_path, write=False)
    writer.close()
    reader.close()
    assert {path.name for path in project_path.parent.iterdir()} <= {
        *("news.stet", ".news.stet.lock", "news.stet-wal", "news.stet-shm")
    }
    Project(project_path).close()
    assert {path.name for path in project_path.parent.iterdir()} == {"news.stet", ".news.stet.lock"}
