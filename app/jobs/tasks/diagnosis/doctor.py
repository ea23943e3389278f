"""Puts a diagnosis together, and asks a process with a window system about the display."""

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from app import paths
from app.core.child_process import python_command
from app.core.decode_faults import DECODE_FAULTS
from app.core.progress import CancelToken
from app.jobs import DISPLAY_FLAG
from app.jobs.tasks.diagnosis import health_checks, machine
from app.jobs.tasks.diagnosis.report import Diagnosis, Health, HealthCheck, MachineFact, Section
from app.jobs.worker import Worker

DISPLAY = "Display"
_PATIENCE_S = 30.0


class DisplayAnswer(msgspec.Struct):
    """What the process says: facts by name, or why there is no display."""

    facts: dict[str, str] = {}
    fault: str = ""


def diagnose(
    project: Path | None = None,
    *,
    display: Sequence[tuple[str, str]] | None = None,
    cancel: CancelToken | None = None,
) -> Diagnosis:
    """Return versions, places, display and checks. It takes some seconds, as processes are started.

    `display` has the facts of a window that is there; without it, a process looks whether one can be opened. With a
    project, its place and backups are looked at too; it isn't opened. Raises Cancelled.
    """
    shown, can_show = _display() if display is None else ([MachineFact(*each) for each in display], None)
    is_there = project is not None and project.is_file()
    sections = (
        machine.versions(),
        machine.language_support(),
        machine.extras(),
        machine.places(project if is_there else None),
        Section(DISPLAY, tuple(shown)),
        machine.language_settings(),
    )
    state, settings, temporary = paths.state_dir(), paths.settings_dir(), Path(tempfile.gettempdir())
    work = project.absolute().parent if project is not None else paths.documents_dir()
    checks = [
        health_checks.settings_check(),
        health_checks.folder_check("settings folder", settings),
        health_checks.folder_check("state folder", state),
        health_checks.folder_check("temporary folder", temporary),
        health_checks.space_check("disk space", work),
        health_checks.space_check("temporary space", temporary),
        health_checks.encoding_check(),
        health_checks.resources_check(),
        health_checks.sqlite_check(),
        health_checks.lock_check(work if project is not None else state),
        health_checks.pipeline_check(),
        _worker(cancel or CancelToken()),
        health_checks.log_check(),
        *([can_show] if can_show is not None else ()),
        *([health_checks.project_check(project)] if project is not None else ()),
    ]
    return Diagnosis(sections, tuple(checks))


def _worker(cancel: CancelToken) -> HealthCheck:
    worker = Worker()
    try:
        return health_checks.worker_check(worker.segment_text, cancel)
    finally:
        worker.close()


def _display() -> tuple[list[MachineFact], HealthCheck]:
    """Return the facts of the display, and whether a window can be opened on it, as a process of its own finds out: Qt
    ends one in which it can't.
    """
    answer = _asked()
    said = answer.fault.partition(";")[0]  # what else to do is said below
    facts = [MachineFact(name, value) for name, value in answer.facts.items()]
    if said:
        advice = "the commands work without; for the window, start Stet in a desktop session"
        return [MachineFact("none", said)], HealthCheck("window", Health.ADVICE, f"can’t be opened: {said}", advice)
    return facts, HealthCheck("window", Health.GOOD, f"can be opened ({answer.facts.get('Platform', 'unknown')})")


def _asked() -> DisplayAnswer:
    command = python_command(DISPLAY_FLAG, "app.__main__", DISPLAY_FLAG)
    try:
        done = subprocess.run(command, capture_output=True, timeout=_PATIENCE_S, check=False)
    except subprocess.TimeoutExpired:
        return DisplayAnswer(fault=f"nothing answered within {_PATIENCE_S:.0f} seconds")
    except OSError as error:
        return DisplayAnswer(fault=f"no process can be started: {error.strerror}")
    try:
        return msgspec.json.decode(done.stdout.splitlines()[-1] if done.stdout else b"", type=DisplayAnswer)
    except DECODE_FAULTS:
        return DisplayAnswer(fault=_last_words(done.stderr) or f"the process ended with {done.returncode}")


def _last_words(output: bytes) -> str:
    lines = [line.strip() for line in output.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""
