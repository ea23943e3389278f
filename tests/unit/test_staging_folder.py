"""Files are made aside; what a killed process left is removed, and nothing that belongs to anybody else."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app import staging_folder
from app.cli.main import run
from app.core.errors import ProjectError
from app.staging_folder import StagingFolder, move_new, remove_abandoned

KILLED = """
import os, signal, sys
from pathlib import Path
from app.staging_folder import StagingFolder

staging = StagingFolder(Path(sys.argv[1]))
(staging.path / "new").write_text("half")
os.kill(os.getpid(), signal.SIGKILL)
"""
TOKEN = "0123456789ab"


def abandoned(folder: Path, name: str = "out.txt") -> Path:
    """Leave what a killed process leaves: a folder whose lock nobody holds."""
    path = folder / f".{name}.{TOKEN}.part"
    path.mkdir()
    (path / ".stet-lock").touch()
    (path / "new").write_text("half")
    return path


def test_nothing_stays_after_the_block(tmp_path: Path) -> None:
    with StagingFolder(tmp_path / "out.txt") as staging:
        (staging.path / "new").write_text("half")
        assert staging.path.parent == tmp_path
    assert list(tmp_path.iterdir()) == []


def fail_inside(target: Path) -> None:
    with StagingFolder(target) as staging:
        raise ProjectError("no good", hint=f"run: stet check {staging.path / 'new'}", path=staging.path / "new")


def test_an_error_names_the_target_and_not_the_folder(tmp_path: Path) -> None:
    with pytest.raises(ProjectError) as caught:
        fail_inside(tmp_path / "out.txt")
    assert caught.value.path == tmp_path / "out.txt"
    assert ".part" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_goes_with_the_next(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "out.txt")])
    assert done.returncode == -signal.SIGKILL
    assert len(list(tmp_path.iterdir())) == 1
    StagingFolder(tmp_path / "another.txt").discard()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("command", "target"),
    [
        (("new", "out.stet"), "out.stet"),
        (("export", "news.stet", "out", "--format", "brat"), "out"),
        (("bundle", "news.stet", "out.stet", "--for", "ben"), "out.stet"),
        (("backup", "news.stet", "out.stet"), "out.stet"),
    ],
)
def test_what_was_left_goes_where_the_name_is_taken_too(
    project_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], target: str
) -> None:
    """Killed between the move into place and the end, a command leaves both: a file that is whole, and its folder."""
    folder = project_path.parent
    monkeypatch.chdir(folder)
    abandoned(folder, target)
    if target == "out":
        (folder / target).mkdir()
        (folder / target / "a.txt").touch()
    else:
        (folder / target).touch()
    assert run(list(command)) == 1
    assert not [path for path in folder.iterdir() if path.name.endswith(".part")]


def test_what_is_being_made_stays(tmp_path: Path) -> None:
    with StagingFolder(tmp_path / "out.txt") as staging:
        (staging.path / "new").write_text("half")
        remove_abandoned(tmp_path)
        assert (staging.path / "new").read_text() == "half"


def test_what_belongs_to_others_stays(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / ".stet-lock").touch()
    names = (".out.txt.part", ".out.txt.1234.part", f"out.{TOKEN}.part", f".out.{TOKEN}.part.txt")
    for name in names:
        (tmp_path / name).write_text("theirs")
    (tmp_path / f".file.{TOKEN}.part").write_text("theirs")
    own = tmp_path / f".own.{TOKEN}.part"
    own.mkdir()
    (own / "film.avi").write_text("theirs")
    (tmp_path / f".link.{TOKEN}.part").symlink_to(elsewhere, target_is_directory=True)
    before = sorted(tmp_path.rglob("*"))
    remove_abandoned(tmp_path)
    StagingFolder(tmp_path / "out.txt").discard()
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_killed_before_its_lock_was_made_goes_too(tmp_path: Path) -> None:
    (tmp_path / f".out.txt.{TOKEN}.part").mkdir()
    remove_abandoned(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_taken_for_an_abandoned_one_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, taken = staging_folder._lock_in, []

    def slow(path: Path) -> object:
        lock = real(path)
        acquire = lock.acquire

        def acquire_late() -> object:
            if not taken:
                taken.append(path)
                remove_abandoned(tmp_path)
                path.mkdir()
                lock_of_another = real(path)
                lock_of_another.acquire()
                try:
                    return acquire()
                finally:
                    lock_of_another.release()
            return acquire()

        monkeypatch.setattr(lock, "acquire", acquire_late)
        return lock

    monkeypatch.setattr(staging_folder, "_lock_in", slow)
    with StagingFolder(tmp_path / "out.txt") as staging:
        assert [staging.path] == list(tmp_path.iterdir())
        assert staging.path not in taken
    assert list(tmp_path.iterdir()) == []


def test_a_very_long_name_is_no_hindrance(tmp_path: Path) -> None:
    with StagingFolder(tmp_path / ("ä" * 120 + ".jsonl")) as staging:
        assert staging.path.is_dir()


def test_a_place_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        StagingFolder(tmp_path / "no such folder" / "out.txt")


@pytest.mark.parametrize("has_links", [True, False])
def test_a_new_name_never_replaces_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_links: bool) -> None:
    def no_links(*_args: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    if not has_links:
        monkeypatch.setattr(os, "link", no_links)
    source, taken, free = tmp_path / "new", tmp_path / "taken", tmp_path / "free"
    source.write_text("new")
    taken.write_text("old")
    with pytest.raises(FileExistsError):
        move_new(source, taken)
    assert (source.read_text(), taken.read_text()) == ("new", "old")
    move_new(source, free)
    assert free.read_text() == "new"
    assert not source.exists()
    assert free.stat().st_nlink == 1
