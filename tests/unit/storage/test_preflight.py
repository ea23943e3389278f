"""Files that aren't projects of ours, or aren't whole, are refused and left exactly as they were."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.core.errors import ProjectError
from app.storage import access, preflight
from app.storage.project import Project
from app.storage.version import APPLICATION_ID, SCHEMA_VERSION


def missing(path: Path) -> None:
    path.unlink()


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def plain_text(path: Path) -> None:
    path.write_text("This is an article, renamed by somebody.\n" * 100)


def short_text(path: Path) -> None:
    path.write_text("short")


def only_a_magic(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\x00")


def foreign_database(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as db:
        db.executescript(
            "CREATE TABLE document (id INTEGER PRIMARY KEY, text TEXT); INSERT INTO document VALUES (1, 'a')"
        )


def _in_header(path: Path, at: int, value: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(value.to_bytes(4))


def newer(path: Path) -> None:
    _in_header(path, 60, SCHEMA_VERSION + 1)


def another_programs(path: Path) -> None:
    _in_header(path, 68, 0x0F0F0F0F)


def cut_in_the_middle(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2 + 100)


def cut_at_a_page(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 4096)


def _page_of(path: Path, table: str) -> int:
    with closing(sqlite3.connect(access.uri(path, "mode=ro&immutable=1"), uri=True)) as db:
        (page,) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name=?", [table]).fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    return (page - 1) * size


def _flipped(path: Path, at: int, count: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        old = file.read(count)
        file.seek(at)
        file.write(bytes(byte ^ 0xFF for byte in old))


def flipped_in_a_page(path: Path) -> None:
    _flipped(path, _page_of(path, "document"), 8)


def flipped_in_a_cell_list(path: Path) -> None:
    _flipped(path, _page_of(path, "document") + 8, 4)


def flipped_in_the_schema(path: Path) -> None:
    _flipped(path, 108, 40)


WRONG: list[tuple[Callable[[Path], None], str]] = [
    (missing, "no such project"),
    (folder, "this is a folder"),
    (empty, "the file is empty"),
    (plain_text, "isn't a Stet project"),
    (short_text, "isn't a Stet project"),
    (only_a_magic, "the file is truncated"),
    (foreign_database, "another program's database"),
    (another_programs, "another program's database"),
    (newer, r"created by a newer Stet .file version \d+; this one supports \d+."),
    (cut_in_the_middle, "the file is truncated"),
    (cut_at_a_page, "the file is truncated"),
    (flipped_in_a_page, "damaged"),
    (flipped_in_a_cell_list, "damaged"),
    (flipped_in_the_schema, "damaged"),
]


def contents(folder: Path) -> dict[str, bytes | None]:
    return {path.name: path.read_bytes() if path.is_file() else None for path in folder.iterdir()}


@pytest.fixture
def alone(project_path: Path, tmp_path: Path) -> Path:
    """Give a whole project in a folder with nothing else."""
    home = tmp_path / "alone"
    home.mkdir()
    shutil.copy(project_path, home / "news.stet")
    return home / "news.stet"


@pytest.mark.parametrize("write", [True, False], ids=["to write", "to read"])
@pytest.mark.parametrize(("break_it", "words"), WRONG, ids=[case.__name__ for case, _ in WRONG])
def test_what_is_no_whole_project_is_refused_and_left_as_it_is(alone: Path, break_it, words: str, write: bool) -> None:
    break_it(alone)
    before = contents(alone.parent)
    with pytest.raises(ProjectError, match=words) as caught:
        Project(alone, write=write)
    assert caught.value.path == alone
    assert caught.value.hint
    assert contents(alone.parent) == before


def test_a_valid_project_passes_and_reading_leaves_no_files(alone: Path) -> None:
    before = contents(alone.parent)
    header = preflight.require_project(alone)
    preflight.require_whole(alone, header)
    assert preflight.file_version(header) == SCHEMA_VERSION
    assert contents(alone.parent) == before


def test_a_new_project_has_our_marks(alone: Path) -> None:
    with closing(sqlite3.connect(alone)) as db:
        assert db.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)


def test_a_project_of_any_name_can_be_opened(alone: Path) -> None:
    odd = alone.with_name("ä b#c?d%20😀.stet")
    alone.rename(odd)
    project = Project(odd)
    project.close()
    assert odd.exists()


def test_the_file_is_one_file_after_a_clean_end(alone: Path) -> None:
    Project(alone).close()
    assert not access.left_unclean(alone)
    assert {path.name for path in alone.parent.iterdir()} == {"news.stet", ".news.stet.lock"}


@pytest.mark.parametrize("taken", ["file", "folder"])
def test_a_new_project_never_replaces_what_is_there(tmp_path: Path, taken: str) -> None:
    path = tmp_path / "news.stet"
    path.mkdir() if taken == "folder" else path.write_text("mine")
    before = contents(tmp_path)
    with pytest.raises(ProjectError, match="a file with that name already exists"):
        Project.create(path)
    assert contents(tmp_path) == before


def test_a_new_project_needs_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="the folder doesn't exist"):
        Project.create(tmp_path / "nowhere" / "news.stet")
    assert contents(tmp_path) == {}


@pytest.mark.parametrize(
    ("said", "is_damage"),
    [
        ("Tree 3 page 5: unable to get the page. error code=266", False),
        ("*** in database main ***\nOn tree page 3 cell 1: failed to get page 12", False),
        ("Tree 3 page 5: unable to get the page. error code=11", True),
        ("Tree 3 page 5 cell 2: invalid page number 93", True),
    ],
)
def test_a_page_the_disk_does_not_give_is_no_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, is_damage: bool
) -> None:
    path = tmp_path / "p.stet"
    monkeypatch.setattr(preflight, "_check_rows", lambda *_how: [said])
    if is_damage:
        assert preflight.run_check(path, check="quick_check") == [said]
        return
    with pytest.raises(ProjectError, match="the disk reports an error") as raised:
        preflight.run_check(path, check="quick_check")
    assert not raised.value.is_damage
