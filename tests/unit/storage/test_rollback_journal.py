"""A rollback journal left by a kill is rolled back, whoever comes next; another's never gets into the project."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.core.annotation import Status
from app.core.edits import SetStatus
from app.core.errors import ProjectDamaged, ProjectError
from app.session.session import Session
from app.storage import preflight
from app.storage.project import Project
from app.storage.version import SCHEMA_VERSION
from tests.conftest import add_documents, new_session
from tests.made_once import made_once
from tests.unit.storage import journals
from tests.unit.storage.journals import journal_of
from tests.unit.storage.test_own_schema import of_version
from tests.unprivileged import needs_permissions, write_protected

MANY = {f"{number:03}.txt": f"Text {number}. " * 200 for number in range(60)}
INSERTS = (
    "INSERT INTO document (uid, name, text, sha256, length, words, meta) "
    "SELECT uid || 'x', name || 'x', text, sha256, length, words, meta FROM document"
)
WORK = {
    "update": ("UPDATE document SET text = text || 'x'", "UPDATE scheme SET toml = toml || 'x'"),
    "insert": (INSERTS,),
    "delete": ("DELETE FROM document",),
    "schema": ("CREATE TABLE more AS SELECT * FROM document", "DROP TABLE judgement"),
}
both_ways = pytest.mark.parametrize("write", [True, False], ids=["to write", "to read"])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Give a project of some hundred pages, in a folder of its own."""
    home = tmp_path / "home"
    home.mkdir()
    return Path(shutil.move(many_pages(tmp_path), home))


@made_once
def many_pages(folder: Path) -> Path:
    session = new_session(folder / "news.stet")
    add_documents(session, MANY)
    session.close()
    return session.path


def rows(path: Path) -> list[tuple]:
    with closing(sqlite3.connect(path)) as connection:
        return [
            row
            for table in ("document", "scheme", "annotator", "judgement")
            for row in connection.execute(f"SELECT * FROM {table}")
        ]


def opened(path: Path, *, write: bool) -> int:
    """Open a project and close it; return the number of its documents."""
    session = Session.open(path, annotator="ana", write=write)
    try:
        return session.reader.documents.count()
    finally:
        session.close()


# -- its own -----------------------------------------------------------------------------------------------------------


@both_ways
def test_a_kill_while_the_log_is_switched_on_locks_nobody_out(project: Path, write: bool) -> None:
    before = rows(project)
    journals.kill_while_switching(project)
    assert opened(project, write=write) == 62
    assert not journal_of(project).exists()
    assert {path.name for path in project.parent.iterdir()} <= {"news.stet", ".news.stet.lock"}
    assert rows(project) == before


def test_a_kill_while_an_older_one_is_opened_locks_nobody_out(tmp_path: Path) -> None:
    path = of_version(tmp_path / "old.stet", 3)
    journals.kill_while_switching(path)
    Project(path, write=False).close()
    project = Project(path)
    assert project.connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    project.close()


@both_ways
@pytest.mark.parametrize("work", WORK)
def test_a_transaction_cut_off_is_rolled_back(project: Path, work: str, write: bool) -> None:
    before = rows(journals.killed_in(project, *WORK[work]))
    assert opened(project, write=write) == 62
    assert rows(project) == before
    assert not journals.is_hot(project)
    assert preflight.run_check(project, check="integrity_check") == []


@both_ways
@pytest.mark.parametrize("work", WORK)
def test_a_transaction_cut_off_at_its_commit_is_rolled_back(project: Path, work: str, write: bool) -> None:
    before = rows(journals.committed_but_for_the_end(project, *WORK[work]))
    assert opened(project, write=write) == 62
    assert rows(project) == before


def test_a_transaction_that_wrote_nothing_yet_is_rolled_back(project: Path) -> None:
    before = rows(journals.killed_in(project, INSERTS, spilling=False))
    assert opened(project, write=False) == 62
    assert rows(project) == before


@both_ways
@pytest.mark.parametrize("content", [b"", b"\0" * 512, b"\0" * 5000], ids=["empty", "zeros", "zeros and more"])
def test_a_journal_that_is_done_with_does_no_harm(project: Path, content: bytes, write: bool) -> None:
    before = rows(project)
    journal_of(project).write_bytes(content)
    assert opened(project, write=write) == 62
    assert rows(project) == before


def test_another_program_in_its_transaction_is_no_kill(project: Path) -> None:
    journals.as_one_file(project)
    with closing(sqlite3.connect(project, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("UPDATE document SET name = name || 'x'")
        assert journal_of(project).stat().st_size
        assert opened(project, write=False) == 62
        assert journal_of(project).exists()
        other.execute("COMMIT")
    assert rows(project)[0][2] == "spun.txtx"


# -- another's ---------------------------------------------------------------------------------------------------------


def of_another_project(path: Path) -> None:
    other = path.parent.parent / "other.stet"
    session = new_session(other)
    add_documents(session, MANY)
    session.close()
    journals.killed_in(other, *WORK["update"])
    shutil.move(journal_of(other), journal_of(path))


def of_another_project_with_all_its_pages(path: Path) -> None:
    other = path.parent.parent / "other.stet"
    new_session(other).close()
    journals.as_one_file(other)
    journals.as_one_file(path)
    pages = journals.pages_of(other)
    counter = path.read_bytes()[24:28]
    first = pages[0][:24] + counter + pages[0][28:92] + counter + pages[0][96:]
    journal_of(path).write_bytes(
        journals.made({1: first, **{n: page for n, page in enumerate(pages, 1) if n > 1}}, len(pages))
    )


def of_an_older_copy(path: Path) -> None:
    """Leave the journal of a kill, after which the file went on to be used without it."""
    before = journals.killed_in(path, *WORK["update"])
    kept = journal_of(path).read_bytes()
    journal_of(path).unlink()
    shutil.move(before, path)
    for _ in range(2):
        session = Session.open(path, annotator="ana")
        add_documents(session, {f"more {name}": text for name, text in MANY.items()})
        session.close()
    journal_of(path).write_bytes(kept)


def that_shortens_the_file(path: Path) -> None:
    pages = journals.pages_of(path)
    journal_of(path).write_bytes(journals.made({2: pages[1]}, len(pages) // 2))


def garbage(path: Path) -> None:
    journal_of(path).write_bytes(os.urandom(5000).replace(b"\0", b"x"))


def text(path: Path) -> None:
    journal_of(path).write_text("Dear diary, today I read a project.\n" * 99)


def without_records(path: Path) -> None:
    journals.killed_in(path, *WORK["update"])
    os.truncate(journal_of(path), 700)


def cut_in_a_record(path: Path) -> None:
    journals.killed_in(path, *WORK["update"])
    os.truncate(journal_of(path), 6000)


def with_a_flipped_byte(path: Path) -> None:
    journals.killed_in(path, *WORK["update"])
    at = 512 + 4 + 4096 - 200
    content = bytearray(journal_of(path).read_bytes())
    content[at] ^= 0xFF
    journal_of(path).write_bytes(content)


def with_a_senseless_header(path: Path) -> None:
    journal_of(path).write_bytes(journals.MAGIC + b"\xff" * 4000)


def of_several_databases(path: Path) -> None:
    """Name a super-journal that exists; SQLite would delete it after rolling back."""
    victim = path.with_name("diary.txt")
    victim.write_text("Dear diary.\n")
    pages = journals.pages_of(path)
    journal_of(path).write_bytes(journals.with_super_journal(journals.made({1: pages[0]}, len(pages)), victim))


def of_several_databases_committed(path: Path) -> None:
    pages = journals.pages_of(path)
    gone = path.with_name("gone-mj")
    journal_of(path).write_bytes(journals.with_super_journal(journals.made({1: pages[0]}, len(pages)), gone))


FOREIGN = {
    of_another_project: "belongs to another file or an older copy",
    of_another_project_with_all_its_pages: "belongs to another file or an older copy",
    of_an_older_copy: "belongs to another file or an older copy",
    that_shortens_the_file: "belongs to another file or an older copy",
    garbage: "can't be read",
    text: "can't be read",
    with_a_senseless_header: "can't be read",
    of_several_databases: "was written by another program, together with another database",
    of_several_databases_committed: "was written by another program, together with another database",
}
# Beside a file that is half written: without the journal it isn't whole.
SPOILT = {without_records: "is truncated", cut_in_a_record: "is truncated", with_a_flipped_byte: "is damaged"}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@both_ways
@pytest.mark.parametrize("spoil", FOREIGN, ids=[spoil.__name__ for spoil in FOREIGN])
def test_a_journal_that_is_not_the_projects_is_refused(project: Path, spoil: journals.Spoil, write: bool) -> None:
    spoil(project)
    project.with_name("before").unlink(missing_ok=True)
    project.with_name(".news.stet.lock").unlink(missing_ok=True)
    before = contents(project.parent)
    with pytest.raises(ProjectError, match=FOREIGN[spoil]) as refused:
        opened(project, write=write)
    assert "move news.stet-journal elsewhere to open the project without it" in refused.value.hint
    assert contents(project.parent) == before
    # What the hint says works.
    journal_of(project).rename(project.with_name("away"))
    assert opened(project, write=write) >= 62


@both_ways
@pytest.mark.parametrize("spoil", SPOILT, ids=[spoil.__name__ for spoil in SPOILT])
def test_a_journal_that_can_no_longer_help_changes_nothing(project: Path, spoil: journals.Spoil, write: bool) -> None:
    spoil(project)
    before = contents(project.parent)
    with pytest.raises(ProjectError) as refused:
        opened(project, write=write)
    assert contents(project.parent) == before
    details = refused.value.details if isinstance(refused.value, ProjectDamaged) else [refused.value.what]
    assert SPOILT[spoil] in details[-1]


@both_ways
def test_a_journal_and_a_log_are_never_both_its_own(project: Path, write: bool) -> None:
    with closing(sqlite3.connect(project, isolation_level=None)) as connection:
        connection.execute("UPDATE document SET name = 'changed'")
        left = project.with_name("left.stet")
        for end in ("", "-wal"):
            shutil.copy(f"{project}{end}", f"{left}{end}")
    pages = journals.pages_of(left)
    journal_of(left).write_bytes(journals.made({1: pages[0]}, len(pages)))
    before = contents(project.parent)
    with pytest.raises(ProjectError, match="no project leaves both") as refused:
        opened(left, write=write)
    assert "move left.stet-journal elsewhere first; keep left.stet-wal" in refused.value.hint
    assert contents(project.parent) == before


def test_a_journal_put_beside_an_open_project_never_gets_in(tmp_path: Path) -> None:
    session = new_session(tmp_path / "news.stet")
    path = session.path
    add_documents(session, MANY)
    home = tmp_path / "home"
    home.mkdir()
    of_another_project(home / "other.stet")
    shutil.move(journal_of(home / "other.stet"), journal_of(path))
    with pytest.raises(ProjectError, match="a rollback journal was put beside the project file"):
        Session.open(path, write=False)
    with pytest.raises(ProjectError, match="a rollback journal was put beside the project file"):
        session.back_up()
    session.apply(SetStatus(Status.SKIPPED), title="Skip")
    session.close()
    assert journal_of(path).exists()
    with pytest.raises(ProjectError, match="belongs to another file"):
        opened(path, write=True)
    journal_of(path).unlink()
    assert opened(path, write=True) == 62


@needs_permissions
def test_where_nothing_can_be_written_content_is_not_rolled_back(project: Path) -> None:
    journals.kill_while_switching(project)
    with write_protected(project.parent):
        assert opened(project, write=False) == 62
    assert opened(project, write=True) == 62
    journals.killed_in(project, *WORK["update"])
    before = contents(project.parent)
    with (
        write_protected(project.parent),
        pytest.raises(ProjectError, match="a change was left half done") as refused,
    ):
        opened(project, write=False)
    assert "copy the file and news.stet-journal to a folder you can write to" in refused.value.hint
    assert contents(project.parent) == before
