"""`stet doctor`: what it shows, what it checks, and what it must not say."""

import json
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from app import paths, program_log
from app.core.errors import StetError
from app.core.progress import CancelToken
from app.jobs.tasks.diagnosis import health_checks
from app.jobs.tasks.diagnosis.report import Diagnosis, Health, HealthCheck
from app.session import surroundings
from tests.cli.conftest import Stet
from tests.conftest import SPUN
from tests.unprivileged import needs_permissions, write_protected


class _Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_the_report_has_it_all(stet: Stet, project_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    ran = stet("doctor", project_path, "--json")
    (said,) = ran.rows()
    assert ran.code == 0, said["checks"]
    assert said["ok"]
    sections = said["sections"]
    assert set(sections) == {"versions", "pipelines", "extras", "places", "display", "language and encoding"}
    assert {"Stet", "Python", "SQLite", "spacy", "PySide6-Essentials"} <= set(sections["versions"])
    assert sections["places"]["Log"] == str(program_log.log_file())
    assert str(project_path.with_suffix(".backups")) in sections["places"]["Backups"]
    assert sections["display"]["Platform"] == "offscreen"
    assert "scale" in sections["display"]["Screen 1"]
    results = {check["name"]: check["result"] for check in said["checks"]}
    assert {name for name, result in results.items() if result != "ok"} <= {"project", "pipelines", "disk space"}
    assert {"settings", "state folder", "lock", "worker", "window", "log", "encoding"} <= set(results)
    # Nothing of a document, and nothing left behind where was looked.
    assert not any(sentence in ran.out for sentence in SPUN.splitlines())
    assert {path.name for path in project_path.parent.iterdir()} <= {"news.stet", ".news.stet.lock"}


def test_without_a_display_only_the_window_fails(stet: Stet, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(health_checks, "worker_check", lambda *_: HealthCheck("worker", Health.GOOD, "not asked"))
    ran = stet("doctor")
    assert ran.code == 0
    assert "advice  window: can’t be opened: no display is available" in ran.out
    assert "start Stet in a desktop session" in ran.out


def test_what_is_wrong_is_said_with_what_to_do(stet: Stet, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = paths.settings_dir() / "settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text("{", encoding="utf-8")
    assert health_checks.settings_check().health is Health.ADVICE
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: _Usage(1, 1, 1000))
    check = health_checks.space_check("disk space", stet.folder)
    assert (check.health, check.advice[:15]) == (Health.PROBLEM, "free some space")
    assert Diagnosis((), (check,)).has_problem
    assert Diagnosis((), (check,)).headline == "Doesn’t work: disk space."


@needs_permissions
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with write_protected(tmp_path):
        check = health_checks.folder_check("state folder", tmp_path / "state")
    assert (check.health, str(tmp_path) in check.seen) == (Health.PROBLEM, True)


def test_a_worker_that_does_not_answer_is_a_problem() -> None:
    def segment(*_: object) -> None:
        raise StetError("the process that runs spaCy ended", hint="try again")

    check = health_checks.worker_check(segment, CancelToken())
    assert (check.health, check.advice) == (Health.PROBLEM, "try again")


def test_locks_are_tried_and_leave_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert surroundings.lock_fault(tmp_path) == ""
    assert not list(tmp_path.iterdir())
    from app.storage import file_facts

    monkeypatch.setattr(file_facts, "is_being_written", lambda _path: False)
    assert health_checks.lock_check(tmp_path).health is Health.PROBLEM


@pytest.mark.parametrize(
    ("version", "is_affected"),
    [
        *(("3.6.23", False), ("3.7.0", True), ("3.40.1", True), ("3.44.5", True), ("3.44.6", False)),
        *(
            ("3.45.0", True),
            ("3.50.6", True),
            ("3.50.7", False),
            ("3.51.2", True),
            ("3.51.3", False),
            ("3.53.0", False),
        ),
    ],
)
def test_versions_of_sqlite_with_the_bug_are_known(version: str, is_affected: bool) -> None:
    assert surroundings.has_wal_reset_bug(version) is is_affected


def test_errors_in_the_log_are_counted_not_quoted() -> None:
    program_log.bug(ValueError("secret words of a document"))
    check = health_checks.log_check()
    program_log.stop()
    assert check.health is Health.ADVICE
    assert check.seen.startswith("1 error, the newest of 20")
    assert "secret" not in json.dumps(check)
