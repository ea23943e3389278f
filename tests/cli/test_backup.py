"""`stet backup` lists the copies of a project and puts one back; what was there before is kept."""

import json
import os
from pathlib import Path

import pytest

from app.core.annotation import Status
from app.core.edits import SetStatus
from app.session.session import Session
from app.storage import restoration
from app.storage.backups import backup_folder, backups
from tests.cli.conftest import Stet
from tests.unit.storage.test_preflight import flipped_in_a_page


@pytest.fixture
def worked(stet: Stet, sample: Path) -> Path:
    """A project with a backup, number 1, and an action after it."""
    project = sample.rename("p.stet").absolute()
    assert stet("backup", project).code == 0
    skip_first(project)
    return project


def skip_first(project: Path) -> None:
    session = Session.open(project, annotator="kim")
    session.open_document(session.reader.documents.to_work_on()[0].uid)
    session.apply(SetStatus(Status.SKIPPED), title="Skip the first")
    session.close()


def titles(project: Path) -> list[str]:
    session = Session.open(project, write=False)
    try:
        return [row.title for row in session.reader.log_rows()]
    finally:
        session.close()


def test_the_list_says_what_is_in_each_copy_and_lacking(stet: Stet, worked: Path) -> None:
    ran = stet("backup", worked, "--list", "--json")
    (row,) = [json.loads(line) for line in ran.out.splitlines()]
    assert (row["number"], row["state"], row["actions_since"], row["is_apart"]) == (1, "checked", 1, False)
    assert row["documents"] == 6
    assert row["marks"] > 0
    assert row["last_action"]["title"] == titles(worked)[1]
    ran = stet("backup", worked, "--list", "--check")
    assert "1 action fewer" in ran.out
    assert "intact" in ran.out


def test_restoring_can_be_undone_by_restoring_again(stet: Stet, worked: Path) -> None:
    ran = stet("backup", worked, "--restore", "1")
    assert ran.code == 0, ran
    assert "kept as p.backups/" in ran.out
    assert titles(worked)[0] != "Skip the first"
    assert stet("check", worked).out == stet("check", backups(worked)[-1]).out
    listed = [json.loads(line) for line in stet("backup", worked, "--list", "--json").out.splitlines()]
    assert [(row["reason"], row["is_apart"]) for row in listed] == [("replaced", True), ("", False)]
    assert stet("backup", worked, "--restore", "2").code == 0
    assert titles(worked)[0] == "Skip the first"


@pytest.mark.parametrize("what", ["damaged", "no project", "gone", "log of another file"])
def test_what_lies_there_needs_not_be_intact(stet: Stet, worked: Path, what: str) -> None:
    log = Path(f"{worked}-wal")
    if what == "damaged":
        flipped_in_a_page(worked)
    elif what == "no project":
        worked.write_text("shopping list")
    elif what == "log of another file":
        log.write_bytes(b"\x37\x7f\x06\x82" + os.urandom(5000))
    elif what == "gone":
        worked.unlink()
        log.write_bytes(b"\x37\x7f\x06\x82" + os.urandom(5000))
    there = worked.read_bytes() if worked.exists() else b""
    ran = stet("backup", worked, "--restore", "newest")
    assert ran.code == 0, ran
    assert stet("check", worked).code == 0
    assert titles(worked)[0] != "Skip the first"
    assert not log.exists()
    if what in ("damaged", "no project"):
        assert there in [path.read_bytes() for path in backup_folder(worked).glob("*.stet.replaced")]


def test_a_damaged_copy_is_refused_and_nothing_changes(stet: Stet, worked: Path) -> None:
    (copy,) = backups(worked)
    flipped_in_a_page(copy)
    before = {path: path.read_bytes() for path in (worked, copy)}
    ran = stet("backup", worked, "--restore", "1")
    assert ran.code == 1
    assert "this backup is damaged; choose another one; nothing was changed" in ran.err
    assert stet("backup", worked, "--restore", "newest").code == 2
    assert {path: path.read_bytes() for path in before} == before
    assert "damaged" in stet("backup", worked, "--list", "--check").out


def test_a_project_that_is_open_elsewhere_is_left_alone(stet: Stet, worked: Path) -> None:
    session = Session.open(worked, annotator="kim")
    try:
        ran = stet("backup", worked, "--restore", "1")
        assert ran.code == 1
        assert "open for writing" in ran.err or "open here" in ran.err
    finally:
        session.close()
    assert titles(worked)[0] == "Skip the first"


def test_a_failing_move_leaves_the_project_as_it_was(stet: Stet, worked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_source: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(restoration, "move_over", fail)
    ran = stet("backup", worked, "--restore", "1")
    assert ran.code == 1
    assert "nothing was restored: the disk is full" in ran.err
    assert titles(worked)[0] == "Skip the first"
    assert [path for path in worked.parent.iterdir() if path.name.endswith(".part")] == []


def test_no_backups_and_wrong_use_are_told(stet: Stet, sample: Path) -> None:
    ran = stet("backup", sample, "--list")
    assert (ran.code, ran.out) == (0, "")
    assert "there are no backups yet" in ran.err
    misspelt = stet("backup", sample.with_name("smaple.stet"), "--list")
    assert (misspelt.code, misspelt.out) == (1, "")
    assert "no such file, and no backups of it; check the name" in misspelt.err
    assert stet("backup", sample, "--restore", "9").code == 2
    for words in (("--check",), ("out.stet", "--list"), ("--list", "--restore", "1")):
        assert stet("backup", sample, *words).code == 2
