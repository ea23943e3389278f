"""A project of an older Stet is copied, then brought up to date without losing anything."""

import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from app.core.errors import ProjectError
from app.session.session import Session
from app.storage.backups import backups
from app.storage.migrations import MIGRATIONS
from app.storage.version import APPLICATION_ID, SCHEMA_VERSION
from tests.conftest import scheme_source


@pytest.fixture
def old_project(tmp_path: Path) -> Path:
    """A project as the first version wrote it, with one document."""
    path = tmp_path / "old.stet"
    connection = sqlite3.connect(path)
    db = Database(connection, execute_plugins=False, strict=True)
    MIGRATIONS.apply(db, stop_before="m002_several_annotators")
    db["scheme"].insert(
        {"name": "news-errors", "version": 1, "toml": scheme_source("news-errors"), "created": "2026-01-01T00:00:00Z"}
    )
    db["document"].insert(
        {"uid": "u1", "name": "a.txt", "sha256": "x", "length": 2, "words": 1, "meta": "{}", "text": "ab"}
    )
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute("PRAGMA user_version=1")
    connection.commit()
    connection.close()
    return path


def test_an_old_project_is_copied_and_brought_up_to_date(old_project: Path) -> None:
    with pytest.raises(ProjectError, match="made by an older Stet"):
        Session.open(old_project, write=False)
    session = Session.open(old_project, annotator="ana")
    try:
        assert session.documents.count() == 1
        assert session.performer.review.decisions.all() == []
        assert session.performer.review.handing.about("uid")
        assert session.project.connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    finally:
        session.close()
    assert ["migration" in path.name for path in backups(old_project)] == [True]
