"""Backups are checked copies, thinned with age, and a damaged project never pushes a good one out."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.core.annotation import Status
from app.core.edits import SetStatus
from app.core.errors import ProjectError
from app.session.session import Session
from app.storage import backups as module
from app.storage.backups import back_up, backup_folder, backups
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


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return NOON

    monkeypatch.setattr(module, "datetime", Clock)


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
    assert back_up(project_path, reason="migration").name == "news-20260318T120000Z-migration.stet"


def test_five_recent_seven_daily_and_four_weekly_ones_are_kept(project_path: Path, at_noon: None) -> None:
    hours = [NOON - timedelta(hours=h) for h in range(1, 9)]
    days = [NOON - timedelta(days=d, hours=h) for d in range(1, 40) for h in (0, 3)]
    for moment in (*hours, *days):
        stamped(project_path, moment)
    back_up(project_path)
    # The newest of each day, and of each week that ends on a Sunday.
    recent = ["20260318T120000Z", *(f"20260318T{hour:02}0000Z" for hour in (11, 10, 9, 8))]
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
    assert stamps(project_path)[0] == "20260318T120000Z"


def test_a_damaged_project_is_not_rotated_in(project_path: Path, at_noon: None) -> None:
    kept = [stamped(project_path, NOON - timedelta(minutes=n)) for n in range(1, 6)]
    flipped_in_a_page(project_path)
    before = project_path.read_bytes()
    with pytest.raises(ProjectError, match="the copy is incomplete|failed"):
        back_up(project_path)
    assert backups(project_path) == kept
    assert [path for path in backup_folder(project_path).iterdir() if path not in kept] == []
    assert project_path.read_bytes() == before


def test_a_copy_that_fails_half_way_leaves_the_others_alone(
    project_path: Path, at_noon: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = [stamped(project_path, NOON - timedelta(minutes=n)) for n in range(1, 9)]

    def full_disk(_path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "_sync", full_disk)
    with pytest.raises(ProjectError, match="the disk is full"):
        back_up(project_path)
    assert sorted(backup_folder(project_path).iterdir()) == sorted(kept)


def test_a_backup_to_a_place_of_choice_never_replaces_a_file(project_path: Path, tmp_path: Path) -> None:
    out = tmp_path / "copy.stet"
    assert back_up(project_path, out) == out
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
    made = back_up(odd)
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
