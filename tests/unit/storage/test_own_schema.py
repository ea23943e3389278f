"""A file whose schema isn't exactly ours is refused before anything in it runs; older schemas of ours are updated."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.core.annotation import Status
from app.core.edits import SetStatus
from app.core.errors import ProjectDamaged, ProjectError
from app.session.actions import SetEdit
from app.session.session import Session
from app.storage.backups import back_up
from app.storage.connection import Cursor
from app.storage.migrations import MIGRATIONS, schema_of
from app.storage.own_schema import ForeignSchema, canonical, digest, read_schema, require_own_schema
from app.storage.project import Project
from app.storage.version import APPLICATION_ID, SCHEMA_DIGESTS, SCHEMA_VERSION

ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"
COLUMNS = "id, uid, name, sha256, length, words, meta, batch, removed, text"


def in_file(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def reworded(table: str, old: str, new: str) -> tuple[str, ...]:
    """Return statements that change the text of a table in the schema."""
    return (
        "PRAGMA writable_schema=ON",
        f"UPDATE sqlite_schema SET sql = replace(sql, '{old}', '{new}') WHERE name = '{table}'",
        "PRAGMA writable_schema=RESET",
    )


HOSTILE: dict[str, tuple[tuple[str, ...], str]] = {
    "trigger": (
        ("CREATE TRIGGER t AFTER INSERT ON edit_log BEGIN DELETE FROM annotation; END",),
        "contains code of its own (the trigger “t”)",
    ),
    "trigger on the full-text index": (
        ("CREATE TRIGGER t AFTER UPDATE ON document_fts_data BEGIN DELETE FROM document; END",),
        "code of its own (the trigger “t”)",
    ),
    "view": (("CREATE VIEW v AS SELECT 1",), "contains code of its own (the view “v”)"),
    "view in the place of a table": (
        (
            "ALTER TABLE document RENAME TO d2",
            f"CREATE VIEW document AS SELECT {COLUMNS} FROM d2 WHERE ({ENDLESS}) > 0",
        ),
        "contains code of its own (the view “document”)",
    ),
    "generated column": (
        ("ALTER TABLE document ADD COLUMN bomb TEXT GENERATED ALWAYS AS (hex(zeroblob(400000000))) VIRTUAL",),
        "its table “document” is a different one",
    ),
    "default that computes": (
        ("ALTER TABLE annotator ADD COLUMN more TEXT DEFAULT (hex(randomblob(9)))",),
        "its table “annotator” is a different one",
    ),
    "check": (
        reworded("annotator", '"kind" TEXT NOT NULL', '"kind" TEXT NOT NULL CHECK (length("kind") < 9)'),
        "its table “annotator” is a different one",
    ),
    "cascade": (
        reworded("assignment", "REFERENCES document(id)", "REFERENCES document(id) ON DELETE CASCADE"),
        "its table “assignment” is a different one",
    ),
    "collation": (
        reworded("annotator", '"key" TEXT NOT NULL', '"key" TEXT NOT NULL COLLATE NOCASE'),
        "its table “annotator” is a different one",
    ),
    "another table": (("CREATE TABLE more (x)",), "it has another table, “more”"),
    "statistics": (("ANALYZE",), "it has another table, “sqlite_stat1”"),
    "virtual table": (("CREATE VIRTUAL TABLE boxes USING rtree(id, a, b)",), "it has another table, “boxes”"),
    "expression index": (
        ("CREATE INDEX slow ON document (hex(zeroblob(length(name))))",),
        "it has another index, “slow”",
    ),
    "another index of a name of ours": (
        ("DROP INDEX idx_document_name", "CREATE INDEX idx_document_name ON document (upper(name))"),
        "its index “idx_document_name” is a different one",
    ),
    "lost index": (("DROP INDEX idx_annotation_uid",), "it lacks the index “idx_annotation_uid”"),
    "lost table": (("DROP TABLE evidence",), "it lacks the table “evidence”"),
}


def small_pages(path: Path) -> None:
    in_file(path, "PRAGMA journal_mode=DELETE", "PRAGMA page_size=512", "VACUUM")


def sixteen_bits(path: Path) -> None:
    """Copy a project, row by row, into a file whose texts are stored as UTF-16."""
    other = path.with_name("utf16")
    with closing(sqlite3.connect(other, isolation_level=None)) as connection:
        connection.execute("PRAGMA encoding='UTF-16le'")
        with closing(sqlite3.connect(path)) as own:
            dump = [line for line in own.iterdump() if "document_fts" not in line and "sqlite_s" not in line]
        connection.executescript("\n".join(dump))
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    other.replace(path)


LAYOUTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "small pages": (small_pages, "it has pages of 512 bytes"),
    "UTF-16": (sixteen_bits, "its texts aren't stored as UTF-8"),
}


@pytest.fixture
def alone(project_path: Path, tmp_path: Path) -> Path:
    """Give a whole project in a folder with nothing else."""
    home = tmp_path / "alone"
    home.mkdir()
    shutil.copy(project_path, home / "news.stet")
    return home / "news.stet"


def refused(path: Path, *, write: bool) -> ProjectError:
    before = {beside.name: beside.read_bytes() for beside in path.parent.iterdir()}
    with pytest.raises(ForeignSchema) as caught:
        Project(path, write=write)
    assert {beside.name: beside.read_bytes() for beside in path.parent.iterdir()} == before
    assert "nothing in it was run" in caught.value.hint
    return caught.value


@pytest.mark.parametrize("write", [True, False], ids=["to write", "to read"])
@pytest.mark.parametrize("what", HOSTILE)
def test_a_schema_that_is_not_ours_is_refused(alone: Path, what: str, write: bool) -> None:
    statements, words = HOSTILE[what]
    in_file(alone, *statements)
    assert words in str(refused(alone, write=write))


@pytest.mark.parametrize("write", [True, False], ids=["to write", "to read"])
@pytest.mark.parametrize("what", LAYOUTS)
def test_a_layout_that_is_not_ours_is_refused(alone: Path, what: str, write: bool) -> None:
    spoil, words = LAYOUTS[what]
    spoil(alone)
    assert words in str(refused(alone, write=write))


def test_the_newest_good_backup_of_ones_own_file_is_named(alone: Path) -> None:
    good = back_up(alone).path
    in_file(alone, "DROP TABLE evidence")
    with pytest.raises(ForeignSchema) as caught:
        Project(alone)
    assert f"its newest intact backup is news.backups/{good.name}" in caught.value.hint


def test_a_backup_with_code_in_it_is_no_good_backup(alone: Path) -> None:
    in_file(back_up(alone).path, "CREATE VIEW v AS SELECT 1")
    alone.write_bytes(b"")
    with pytest.raises(ProjectDamaged, match="there is no intact backup"):
        Project(alone)


def test_a_schema_in_the_log_is_looked_at_too(alone: Path) -> None:
    with closing(sqlite3.connect(alone, isolation_level=None)) as connection:
        connection.execute("CREATE VIEW v AS SELECT 1")
        left = alone.with_name("left.stet")
        for end in ("", "-wal"):
            shutil.copy(f"{alone}{end}", f"{left}{end}")
    with pytest.raises(ForeignSchema, match="code of its own") as caught:
        Project(left, write=False)
    assert "move left.stet-wal elsewhere" in caught.value.hint


BOOKKEEPING = [
    "UPDATE sqlite_sequence SET seq = 'abc'",
    "UPDATE sqlite_sequence SET seq = NULL",
    "UPDATE sqlite_sequence SET seq = x'00'",
    "UPDATE sqlite_sequence SET seq = -1",
    "UPDATE sqlite_sequence SET seq = 0",
    "UPDATE sqlite_sequence SET seq = 9223372036854775807",
    "DELETE FROM sqlite_sequence",
    "UPDATE edit_log SET sequence = 9223372036854775807",
    "UPDATE scheme SET id = -7",
    "UPDATE annotator SET id = 9223372036854775807",
    "UPDATE document_fts_config SET v = 99 WHERE k = 'version'",
    "UPDATE document_fts_config SET v = 'x' WHERE k = 'version'",
]


@pytest.mark.parametrize("sql", BOOKKEEPING)
def test_bookkeeping_that_sqlite_never_writes_is_damage(alone: Path, sql: str) -> None:
    session = Session.open(alone, annotator="ana")
    session.open_document(next(session.reader.records()).document.uid)
    session.set_status(Status.SKIPPED)
    session.close()
    in_file(alone, sql)
    for write in (False, True):
        with pytest.raises(ProjectDamaged, match="the file is damaged: "):
            Project(alone, write=write)


# -- schemas of ours ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION + 1))
def test_the_digests_are_those_of_the_migrations(version: int) -> None:
    with closing(schema_of(version)) as connection:
        assert digest(read_schema(connection)) == SCHEMA_DIGESTS[version]
    assert set(SCHEMA_DIGESTS) == set(range(1, SCHEMA_VERSION + 1))


def of_version(path: Path, version: int, *, header: int | None = None) -> Path:
    """Write a project of a schema version, whose header may say another one."""
    with closing(schema_of(version)) as made, closing(sqlite3.connect(path)) as out:
        made.backup(out)
        out.execute(f"PRAGMA application_id={APPLICATION_ID}")
        out.execute(f"PRAGMA user_version={version if header is None else header}")
        out.commit()
    return path


# The last: killed after the last update, before the header was written.
@pytest.mark.parametrize(
    ("version", "header"), [(1, 0), (1, 1), (2, 2), (3, 1), (3, 3), (SCHEMA_VERSION, 3), (SCHEMA_VERSION, 5)]
)
def test_an_older_or_half_updated_schema_is_brought_up_to_date(tmp_path: Path, version: int, header: int) -> None:
    path = of_version(tmp_path / "old.stet", version, header=header)
    reader = Project(path, write=False)
    assert reader.connection.execute("SELECT count(*) FROM about WHERE key='uid'").fetchone() == (1,)
    reader.close()
    project = Project(path)
    assert project.connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    require_own_schema(project.connection, path, version=SCHEMA_VERSION)
    project.close()


def test_a_header_that_promises_more_than_there_is_is_refused(tmp_path: Path) -> None:
    path = of_version(tmp_path / "old.stet", 2, header=4)
    assert "it lacks the" in str(refused(path, write=True))


def test_a_list_of_updates_that_lies_changes_nothing(tmp_path: Path) -> None:
    path = of_version(tmp_path / "old.stet", 3)
    name = MIGRATIONS._migrations[-1].name
    in_file(path, f"INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('stet', '{name}')")
    for _ in range(2):
        with pytest.raises(ForeignSchema, match="structure isn't Stet's own"):
            Project(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (3,)


def test_a_schema_worded_by_another_library_release_is_ours(project_path: Path) -> None:
    in_file(
        project_path,
        "PRAGMA writable_schema=ON",
        "UPDATE sqlite_schema SET sql = replace(replace(sql, '\"uid\"', '[uid]'), '\n', '  ') WHERE name = 'document'",
        "PRAGMA writable_schema=RESET",
    )
    session = Session.open(project_path, annotator="ana")
    assert session.reader.documents.count() == 2
    session.close()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ('CREATE TABLE "a" (\n "b" TEXT)', "CREATE TABLE [a]( `b`  TEXT )", True),
        ("CHECK (a IN ('x y'))", "CHECK (a IN ('x  y'))", False),
        ("CHECK (a IN ('it''s'))", "CHECK (a IN ('it' 's'))", False),
        ('("a", "b")', '([a", "b])', False),
        ('("uid" TEXT)', '("uid\u00a0" TEXT)', False),
        ('("uid" TEXT)', '("uid"\u00a0TEXT)', False),
        ('("a" TEXT)', '("a" TEXT) -- more', False),
        ('("a" "" TEXT)', '("a" TEXT)', False),
        ("ab c", "a bc", False),
    ],
)
def test_only_blanks_and_kinds_of_quotes_make_no_difference(one: str, other: str, same: bool) -> None:
    assert (canonical(one) == canonical(other)) is same


def test_a_project_is_no_damage_while_it_is_being_written(
    news_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is compared with each other is read at one moment."""
    run, writer = Cursor._run, news_session.project.connection
    written: list[str] = []

    def writing(self: Cursor, sql: str, parameters: Any) -> None:
        if sql.startswith("SELECT coalesce(max(") and self.connection is not writer:
            status = Status.OPEN if len(written) % 2 else Status.SKIPPED
            news_session.perform(
                SetEdit(news_session.state.document.uid, "ana", SetStatus(status)), title="while it is read"
            )
            written.append(sql)
        run(self, sql, parameters)

    monkeypatch.setattr(Cursor, "_run", writing)
    Session.open(news_session.path, write=False).close()
    assert written
