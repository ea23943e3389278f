"""What can be read of a damaged project is saved into a fresh one, row by row; the damaged file stays as it is."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import ProjectDamaged, ProjectError
from app.core.salvage_report import SalvageReport
from app.session.session import Session
from app.storage import damaged_rows, salvaged_cells
from app.storage.backups import back_up
from app.storage.btree_pages import BtreePages
from app.storage.lock import ProjectLock, ProjectLocked
from app.storage.migrations import schema_of
from app.storage.salvage import salvage
from app.storage.soundness import is_sound
from app.storage.version import SCHEMA_VERSION
from tests.as_stet import connect_as_stet
from tests.conftest import add_documents
from tests.newsroom import newsroom
from tests.unit.storage.damage import rewrite

_PAGE = 4096
Damage = Callable[[Path], None]


@pytest.fixture(scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "news.stet"
    session = newsroom(path, "ana")
    add_documents(
        session, {f"{number:02}.txt": f"Text {number}. " * (900 if number == 7 else 90) for number in range(30)}
    )
    session.close()
    return path


@pytest.fixture
def path(tmp_path: Path, _made: Path) -> Path:
    """A project with texts on pages of their own, and marks with evidence."""
    return Path(shutil.copy(_made, tmp_path))


def content(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of the tables that are kept."""
    with closing(sqlite3.connect(path)) as connection:
        return {
            name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
            for name in salvaged_cells.saved_tables(SCHEMA_VERSION)
        }


def repaired(path: Path) -> SalvageReport:
    """Salvage a file, and make sure of what always holds."""
    before = path.read_bytes()
    report = salvage(path, path.with_name("out.stet"))
    assert path.read_bytes() == before
    assert is_sound(report.out)
    assert not list(path.parent.glob(".*.part"))
    return report


def leaves(path: Path, table: str) -> list[int]:
    with closing(sqlite3.connect(path)) as db:
        sql = "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY pageno"
        return [row[0] for row in db.execute(sql, [table])]


def blot(path: Path, page: int, what: bytes = b"\xff" * _PAGE) -> None:
    """Overwrite a page."""

    def change(content: bytearray) -> None:
        content[(page - 1) * _PAGE : page * _PAGE] = what

    rewrite(path, change)


def change_with_sqlite(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute(sql)
        connection.commit()


def test_each_page_is_read_as_sqlite_reads_it(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, BtreePages(path) as pages:
        roots = connection.execute("SELECT name, rootpage FROM sqlite_schema WHERE type = 'table' AND rootpage > 0")
        for name, root in roots.fetchall():
            theirs = connection.execute(f"SELECT * FROM {name}").fetchall()
            ours = [tuple(row.values) for row in pages.rows(root)]
            # SQLite keeps whole numbers in REAL columns as such, and a row number apart from its row.
            assert len(ours) == len(theirs), name
            for one, other in zip(ours, theirs, strict=True):
                assert all(a == b or a is None for a, b in zip(one, other, strict=False)), name
        assert pages.lost == 0


def test_a_sound_file_is_saved_as_it_is_and_so_is_what_was_saved(path: Path) -> None:
    report = repaired(path)
    assert (report.lost, report.mended, report.from_backups, report.unread) == ((), (), (), 0)
    assert content(report.out) == content(path)
    again = salvage(report.out, path.with_name("again.stet"))
    assert content(again.out) == content(path)
    with pytest.raises(ProjectError, match="already exists"):
        salvage(path, report.out)


def test_a_killed_writers_log_is_read_too(path: Path, tmp_path: Path) -> None:
    session = Session.open(path, annotator="ana")
    add_documents(session, {"last.txt": "Written last. " * 300})
    killed = tmp_path / "killed" / path.name
    killed.parent.mkdir()
    for ending in ("", "-wal"):
        shutil.copy(f"{path}{ending}", f"{killed}{ending}")
    session.close()
    report = salvage(killed, tmp_path / "out.stet")
    assert content(report.out) == content(path)


def hurt_header(path: Path) -> None:
    rewrite(path, lambda content: content.__setitem__(slice(0, 100), b"\x00" * 100))


def wrong_version(path: Path) -> None:
    rewrite(path, lambda content: content.__setitem__(slice(60, 64), b"\x00\x00\x70\x00"))


def no_index(path: Path) -> None:
    change_with_sqlite(path, "DELETE FROM sqlite_schema WHERE name = 'idx_annotation_uid'")


def strangers_trigger(path: Path) -> None:
    change_with_sqlite(path, "CREATE TRIGGER t AFTER INSERT ON document BEGIN DELETE FROM annotation; END")


def swapped_pages(path: Path) -> None:
    one, other = leaves(path, "document")[3:5]

    def change(content: bytearray) -> None:
        first, second = slice((one - 1) * _PAGE, one * _PAGE), slice((other - 1) * _PAGE, other * _PAGE)
        content[first], content[second] = content[second], content[first]

    rewrite(path, change)


def hurt_index(path: Path) -> None:
    blot(path, leaves(path, "idx_document_sha256")[0])


def hurt_root(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        root = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'document'").fetchone()[0]
    blot(path, root)


@pytest.mark.parametrize(
    "damage", [hurt_header, wrong_version, no_index, strangers_trigger, swapped_pages, hurt_index, hurt_root]
)
def test_nothing_is_lost_where_the_rows_are_all_there(path: Path, damage: Damage) -> None:
    whole = content(path)
    damage(path)
    report = repaired(path)
    assert report.lost == ()
    assert content(report.out) == whole


def test_a_missing_table_costs_only_its_own_rows(path: Path) -> None:
    whole = content(path)
    change_with_sqlite(path, "DELETE FROM sqlite_schema WHERE name = 'saved_view'")
    assert content(repaired(path).out) == whole


def test_an_unreadable_page_costs_its_own_rows_and_is_told(path: Path) -> None:
    whole = content(path)
    blot(path, leaves(path, "document")[2])
    report = repaired(path)
    left = content(report.out)
    assert 0 < len(whole["document"]) - len(left["document"]) <= 4
    assert set(left["document"]) < set(whole["document"])
    assert left["annotation"] == whole["annotation"]
    assert report.unread == 1


def test_what_a_backup_has_whole_is_taken_from_it(path: Path) -> None:
    whole = content(path)
    back_up(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE document SET text = replace(text, 'Trump', 'Trumq') WHERE id = 1")
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("DELETE FROM document WHERE id = 2")
        connection.commit()
    report = repaired(path)
    assert len(report.from_backups) == 2
    assert content(report.out) == whole


def test_without_a_backup_a_changed_text_is_kept_and_told(path: Path) -> None:
    change_with_sqlite(path, "UPDATE document SET text = replace(text, 'Trump', 'Trumq') WHERE id = 1")
    report = repaired(path)
    assert "the text or its hash is damaged" in report.mended[0]
    assert content(report.out)["annotation"] == content(path)["annotation"]


def test_a_damaged_cell_costs_no_mark(path: Path) -> None:
    whole = content(path)
    change_with_sqlite(path, "UPDATE annotation SET attributes = '{', comment = CAST(x'61ff' AS TEXT)")
    change_with_sqlite(path, "UPDATE document SET meta = '[', name = CAST(x'ff61' AS TEXT) WHERE id = 3")
    change_with_sqlite(path, "UPDATE annotation_set SET status = 'dome'")
    report = repaired(path)
    left = content(report.out)
    assert {row[2] for row in left["annotation"]} == {row[2] for row in whole["annotation"]}
    assert {row[11] for row in left["annotation"]} == {"a\ufffd"}
    assert len(report.mended) == 2 * len(whole["annotation"]) + 2 + len(whole["annotation_set"])


def test_marks_of_a_lost_set_are_kept_under_a_name_for_them(path: Path) -> None:
    whole = content(path)
    change_with_sqlite(path, "DELETE FROM annotation_set")
    change_with_sqlite(path, "DELETE FROM annotator")
    report = repaired(path)
    assert len(content(report.out)["annotation"]) == len(whole["annotation"])
    with closing(Session.open(report.out, annotator="recovered")) as session:
        assert session.reader.annotators()
        assert any("recovered" in name for _, name, _ in session.reader.annotators())


def test_a_lost_scheme_is_found_again(path: Path) -> None:
    back_up(path)
    change_with_sqlite(path, "UPDATE scheme SET toml = '[['")
    report = repaired(path)
    assert any("the scheme was lost, and was taken from a backup" in what for what in report.mended)
    shutil.rmtree(path.with_name("news.backups"))
    report.out.unlink()
    report = repaired(path)
    assert any("taken from the labels that are used" in what for what in report.mended)
    with closing(Session.open(report.out)) as session:
        assert {layer.id for layer in session.scheme.layers} == {"claim", "entity", "error"}


@pytest.mark.parametrize("number", [-5, 2**60])
def test_rows_of_impossible_numbers_get_others(path: Path, number: int) -> None:
    """No project can be opened in which there are some, so nobody could use what was saved."""
    before = content(path)
    with closing(connect_as_stet(path)) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("UPDATE scheme SET id = ?", [number])
        connection.execute("UPDATE document SET id = ? WHERE id = 1", [number])
        for table in ("annotation", "annotation_set", "reference"):
            connection.execute(f"UPDATE {table} SET document = ? WHERE document = 1", [number])
        connection.execute("UPDATE evidence SET owner = ? WHERE owner = 1", [number])
        connection.commit()
    report = repaired(path)
    after = content(report.out)
    assert {table: len(rows) for table, rows in after.items()} == {table: len(rows) for table, rows in before.items()}
    assert sum(f"the impossible number {number}" in said for said in report.mended) == 2
    with closing(Session.open(report.out, annotator="ana")) as session:
        assert session.is_writable


def test_every_row_that_is_decoded_can_be_left_out() -> None:
    decoded = {table for table, *_ in (*damaged_rows._BESIDE, *damaged_rows._STREAMED)}
    assert decoded - {"sqlite_sequence"} <= salvaged_cells.KEYS.keys()


def test_evidence_without_a_place_takes_only_itself_along(path: Path) -> None:
    with closing(connect_as_stet(path)) as connection:
        (uid,) = connection.execute("SELECT min(uid) FROM evidence").fetchone()
        connection.execute('UPDATE evidence SET start = "end" + 1 WHERE uid = ?', [uid])
        connection.commit()
    before = content(path)
    report = repaired(path)
    after = content(report.out)
    assert len(after["evidence"]) == len(before["evidence"]) - 1
    assert len(after["annotation"]) == len(before["annotation"])
    assert any(uid in said for said in report.lost)


def test_an_older_project_is_saved_and_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "old.stet"
    with closing(schema_of(6)) as old, closing(sqlite3.connect(path)) as connection:
        old.execute("INSERT INTO annotator (uid, name, kind, key) VALUES ('a', 'ana', 'person', 'ana')")
        values = ("d", "a.txt", "x" * 64, 3, 1, "{}", "abc")
        columns = "uid, name, sha256, length, words, meta, text"
        old.execute(f"INSERT INTO document ({columns}) VALUES (?,?,?,?,?,?,?)", values)
        old.execute("PRAGMA user_version=6")
        old.backup(connection)
    report = repaired(path)
    assert report.kept["document"] == 1
    with closing(Session.open(report.out)) as session:
        assert session.reader.documents.find("a.txt")


@pytest.mark.parametrize("what", [b"", b"no project\n" * 5000, json.dumps({"a": 1}).encode()])
def test_where_nothing_is_of_a_project_that_is_said(tmp_path: Path, what: bytes) -> None:
    path = tmp_path / "a.stet"
    path.write_bytes(what)
    with pytest.raises(ProjectDamaged, match="nothing of a project was found in it"):
        salvage(path, tmp_path / "out.stet")
    assert [entry.name for entry in tmp_path.iterdir() if not entry.name.endswith(".lock")] == ["a.stet"]


def test_nobody_may_write_meanwhile(path: Path) -> None:
    lock = ProjectLock(path)
    try:
        with pytest.raises(ProjectLocked):
            salvage(path, path.with_name("out.stet"))
    finally:
        lock.release()
