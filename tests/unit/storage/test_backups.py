"""Backups are checked copies, thinned with age, and a damaged project never pushes a good one out."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from contextvars import copy_context
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.core.annotation import Status
from app.core.edits import SetStatus
from app.core.errors import Cancelled, ProjectDamaged, ProjectError
from app.core.progress import CancelToken
from app.session.session import Session
from app.storage import backups as module
from app.storage.backups import (
    KEEP_DAMAGED,
    KEEP_RECENT,
    back_up,
    backup_folder,
    backups,
    clock_note,
    newest_good,
)
from app.storage.project import Project
from tests.unit.storage.test_preflight import flipped_in_a_page

NOON = datetime(2026, 3, 18, 12, tzinfo=UTC)  # a Wednesday


def stamped(project: Path, moment: datetime, *, reason: str = "") -> Path:
    """Make up a backup of some moment; what is in it doesn't matter."""
    folder = backup_folder(project)
    folder.mkdir(exist_ok=True)
    path = folder / f"{project.stem}-{moment:%Y%m%dT%H%M%SZ}{reason}.stet"
    path.write_text("a backup")
    return path


def stamps(project: Path) -> list[str]:
    return [path.stem.removeprefix(f"{project.stem}-") for path in backups(project)]


def clock_at(moment: datetime) -> type[datetime]:
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return moment

    return Clock


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "datetime", clock_at(NOON))


def test_a_backup_is_a_whole_project_of_one_file(session: Session) -> None:
    session.apply(SetStatus(Status.SKIPPED), title="skip")
    made = session.back_up()
    assert made.parent == session.path.with_name("news.backups")
    assert [path.name for path in made.parent.iterdir()] == [made.name]
    copy = Session.open(made, annotator="ana", write=False)
    assert copy.open_document(session.state.document.uid).status is Status.SKIPPED
    copy.close()


def test_the_project_can_be_written_on_after_a_backup(session: Session) -> None:
    session.back_up()
    session.apply(SetStatus(Status.SKIPPED), title="skip")
    with pytest.raises(ProjectError, match="open for writing"):
        Project(session.path)


def test_the_reason_is_in_the_name(project_path: Path, at_noon: None) -> None:
    assert back_up(project_path, reason="migration").path.name == "news-20260318T120000Z-0001-migration.stet"


def test_five_recent_seven_daily_and_four_weekly_ones_are_kept(project_path: Path, at_noon: None) -> None:
    hours = [NOON - timedelta(hours=h) for h in range(1, 9)]
    days = [NOON - timedelta(days=d, hours=h) for d in range(1, 40) for h in (0, 3)]
    for moment in (*hours, *days):
        stamped(project_path, moment)
    back_up(project_path)
    # The newest of each day, and of each week that ends on a Sunday.
    recent = ["20260318T120000Z-0001", *(f"20260318T{hour:02}0000Z" for hour in (11, 10, 9, 8))]
    daily = [f"202603{day}T120000Z" for day in (17, 16, 15, 14, 13, 12)]
    weekly = ["20260308T120000Z", "20260301T120000Z"]  # the weeks of the 18th and the 15th are there already
    assert stamps(project_path) == [*recent, *daily, *weekly]


def test_rare_backups_are_kept_for_long(project_path: Path, at_noon: None) -> None:
    old = [stamped(project_path, NOON - timedelta(days=200 * n), reason="-migration") for n in range(1, 5)]
    back_up(project_path)
    assert all(path.exists() for path in old)


def test_a_file_that_a_person_put_there_is_never_deleted(project_path: Path, at_noon: None) -> None:
    for n in range(60):
        stamped(project_path, NOON - timedelta(days=n, hours=1))
    own = backup_folder(project_path) / "news-before-the-meeting.stet"
    own.write_text("mine")
    other = backup_folder(project_path) / "notes.txt"
    other.write_text("mine too")
    back_up(project_path)
    assert own.exists()
    assert other.exists()
    assert stamps(project_path)[0] == "20260318T120000Z-0001"


def damaged_page(project: Path) -> None:
    flipped_in_a_page(project)


def damaged_index(project: Path) -> None:
    """Change what only `integrity_check` finds: a value in a table, whose index has the old one."""
    data = project.read_bytes()
    (uid,) = value(project, "SELECT uid FROM document LIMIT 1")
    at = data.index(uid.encode())
    project.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])


def changed_text(project: Path) -> None:
    """Change a text as another program would: only its hash tells."""
    with closing(sqlite3.connect(project)) as db:
        db.execute("UPDATE document SET text = replace(text, 'a', 'e')")
        db.commit()


def dangling_row(project: Path) -> None:
    with closing(sqlite3.connect(project)) as db:
        db.execute("INSERT INTO assignment (document, annotator) VALUES (999, 999)")
        db.commit()


def undecodable_row(project: Path) -> None:
    """Change one byte of metadata: pages, indexes, references and texts are as they were."""
    with closing(sqlite3.connect(project)) as db:
        db.execute("PRAGMA ignore_check_constraints=ON")
        db.execute("""UPDATE document SET meta = '{"a":1x' WHERE id = 2""")
        db.commit()


def undecodable_scheme(project: Path) -> None:
    """Spoil a row that no document has a part in."""
    with closing(sqlite3.connect(project)) as db:
        db.execute("UPDATE scheme SET created = CAST(x'ff' AS TEXT)")
        db.commit()


def value(path: Path, sql: str) -> tuple:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(sql).fetchone()


SPOILERS = [damaged_page, damaged_index, changed_text, dangling_row, undecodable_row, undecodable_scheme]


@pytest.mark.parametrize("spoil", SPOILERS)
def test_copies_of_a_damaged_project_push_no_good_one_out(project_path: Path, spoil: Callable[[Path], None]) -> None:
    good = back_up(project_path).path
    spoil(project_path)
    before = project_path.read_bytes()
    for _ in range(KEEP_RECENT + 2):
        with pytest.raises(ProjectDamaged, match="the project is damaged") as caught:
            back_up(project_path)
        assert "kept apart as news.backups/news-" in caught.value.hint
        assert f"newest intact backup, news.backups/{good.name}" in caught.value.hint
        assert caught.value.details
    assert backups(project_path) == [good]
    assert newest_good(project_path) == good
    apart = [path for path in backup_folder(project_path).iterdir() if path != good]
    assert len(apart) == KEEP_DAMAGED
    assert all(path.name.endswith(".stet.damaged") for path in apart)
    assert project_path.read_bytes() == before


@pytest.mark.parametrize("spoil", SPOILERS)
def test_the_newest_good_one_stands_the_full_check(project_path: Path, spoil: Callable[[Path], None]) -> None:
    good = back_up(project_path).path
    spoil(back_up(project_path).path)
    assert newest_good(project_path) == good


def test_a_copy_elsewhere_of_a_damaged_project_is_not_left(project_path: Path, tmp_path: Path) -> None:
    changed_text(project_path)
    with pytest.raises(ProjectDamaged):
        back_up(project_path, tmp_path / "copy.stet")
    assert not (tmp_path / "copy.stet").exists()
    assert not backup_folder(project_path).exists()


# -- clocks ------------------------------------------------------------------------------------------------------------


def test_a_copy_made_after_a_clock_ran_ahead_stays_and_is_newest(project_path: Path, at_noon: None) -> None:
    for month in range(1, 9):
        stamped(project_path, NOON.replace(year=2027, month=month))
    for _ in range(3):
        made = back_up(project_path).path
        assert made.exists()
        assert backups(project_path)[0] == made
        assert newest_good(project_path) == made
    assert "backups are dated later than now" in clock_note(project_path)


def test_copies_of_one_second_are_all_kept_in_order(project_path: Path, at_noon: None) -> None:
    made = [back_up(project_path).path for _ in range(KEEP_RECENT)]
    assert backups(project_path) == made[::-1]
    assert clock_note(project_path) == ""


def test_a_clock_set_back_changes_no_order(project_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for days in (0, 10, -400, 3, 3, -1):
        moment = NOON + timedelta(days=days)
        monkeypatch.setattr(module, "datetime", clock_at(moment))
        made.append(back_up(project_path).path)
    assert backups(project_path) == made[::-1]


def test_two_processes_never_take_the_same_name(project_path: Path, at_noon: None, monkeypatch: pytest.MonkeyPatch):
    first = back_up(project_path).path
    before = first.read_bytes()
    monkeypatch.setattr(module, "_copies", lambda _project, _ending="": [])
    second = back_up(project_path).path
    assert second.name == "news-20260318T120000Z-0002.stet"
    assert first.read_bytes() == before


def test_a_copy_that_fails_half_way_leaves_the_others_alone(
    project_path: Path, at_noon: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = [stamped(project_path, NOON - timedelta(minutes=n)) for n in range(1, 9)]

    def full_disk(_path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "sync_file", full_disk)
    with pytest.raises(ProjectError, match="the disk is full"):
        back_up(project_path)
    assert sorted(backup_folder(project_path).iterdir()) == sorted(kept)


def test_a_backup_to_a_place_of_choice_never_replaces_a_file(project_path: Path, tmp_path: Path) -> None:
    out = tmp_path / "copy.stet"
    assert back_up(project_path, out).path == out
    Project(out, write=False).close()
    before = out.read_bytes()
    with pytest.raises(ProjectError, match="a file with that name already exists"):
        back_up(project_path, out)
    assert out.read_bytes() == before
    assert not backup_folder(project_path).exists()


def test_where_no_folder_can_be_made_it_is_said(project_path: Path) -> None:
    backup_folder(project_path).write_text("in the way")
    with pytest.raises(ProjectError, match="the backup failed"):
        back_up(project_path)


def test_a_project_name_with_brackets_finds_its_backups(project_path: Path) -> None:
    odd = project_path.with_name("news [1] *.stet")
    shutil.copy(project_path, odd)
    made = back_up(odd).path
    assert backups(odd) == [made]


def test_closing_backs_up_only_what_has_changed(session: Session) -> None:
    session.apply(SetStatus(Status.SKIPPED), title="skip")
    session.close(backup=True)
    (made,) = backups(session.path)
    again = Session.open(session.path, annotator="ana")
    again.close(backup=True)
    assert backups(session.path) == [made]


def test_a_backup_includes_changes_still_in_the_write_ahead_log(session: Session) -> None:
    session.apply(SetStatus(Status.SKIPPED), title="skip")
    assert Path(f"{session.path}-wal").stat().st_size > 0
    with closing(sqlite3.connect(session.back_up())) as copy:
        assert copy.execute("SELECT status FROM annotation_set").fetchall() == [("skipped",)]


def test_a_backup_that_is_cancelled_leaves_nothing(project_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.storage.backups._PAGES_A_STEP", 1)
    token = CancelToken()
    token.cancel()
    # A context of its own: the token isn't to stay in charge of this thread.
    with pytest.raises(Cancelled):
        copy_context().run(lambda: (token.take_charge(), back_up(project_path)))
    assert list(project_path.parent.glob("news.backups/*")) == []
    assert back_up(project_path).path.exists()


def test_a_backup_of_a_closed_project_leaves_no_log(project_path: Path) -> None:
    back_up(project_path)
    assert {path.name for path in project_path.parent.iterdir()} <= {"news.stet", ".news.stet.lock", "news.backups"}
