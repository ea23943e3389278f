"""The checks of a diagnosis. Each does what the program does, and says what to do about what it finds."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from app import paths, program_log
from app.core.errors import Cancelled, StetError
from app.core.os_faults import describe
from app.core.progress import CancelToken
from app.core.wording import counted
from app.jobs.tasks.diagnosis.report import Health, HealthCheck
from app.nlp.pipelines import installed
from app.session.surroundings import has_wal_reset_bug, lock_fault, project_facts, sqlite_version
from app.settings import Settings

Segment = Callable[[str, str, int, CancelToken], object]
"""Segments a text in the worker process: `jobs.worker.Worker.segment_text`."""

_GIB = 1024**3
_ENOUGH, _LITTLE = 2 * _GIB, _GIB // 5
_RESOURCES = ("schemes", "help", "fonts", "icons", "sample", "lexicon")
_SAMPLE = "A test. It has two sentences."


def settings_check() -> HealthCheck:
    """Check that the settings can be read, and hold what they may."""
    complaints = Settings().complaints
    if complaints:
        advice = "correct or delete the file; until then the defaults are used"
        return HealthCheck("settings", Health.ADVICE, "; ".join(complaints), advice)
    is_there = (paths.settings_dir() / "settings.json").exists()
    return HealthCheck("settings", Health.GOOD, "readable" if is_there else "none saved; the defaults are used")


def folder_check(name: str, folder: Path) -> HealthCheck:
    """Check that files can be made in a folder, or in the one that is to have it."""
    present = next(each for each in (folder, *folder.parents) if each.exists())
    try:
        with tempfile.TemporaryFile(dir=present) as file:
            file.write(b"stet")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        what, hint = describe(error)
        return HealthCheck(name, Health.PROBLEM, f"{present} can’t be written: {what}", hint)
    return HealthCheck(name, Health.GOOD, f"{present} can be written")


def space_check(name: str, folder: Path) -> HealthCheck:
    """Check that there is room on the disk of a folder."""
    present = next(each for each in (folder, *folder.parents) if each.exists())
    free = shutil.disk_usage(present).free
    seen = f"{free / _GIB:,.1f} GiB free at {present}"
    if free < _LITTLE:
        return HealthCheck(
            name, Health.PROBLEM, seen, "free some space before going on: nothing can be saved without it"
        )
    if free < _ENOUGH:
        return HealthCheck(name, Health.ADVICE, seen, "free some space: backups and exports need it")
    return HealthCheck(name, Health.GOOD, seen)


def encoding_check() -> HealthCheck:
    """Check that names and words of all languages can be written."""
    name = sys.getfilesystemencoding()
    if name.lower().replace("-", "") != "utf8":
        advice = "set PYTHONUTF8=1, or a locale such as C.UTF-8: other file names than English ones may fail"
        return HealthCheck("encoding", Health.ADVICE, f"file names are encoded as {name}", advice)
    return HealthCheck("encoding", Health.GOOD, "UTF-8")


def resources_check() -> HealthCheck:
    """Check that what ships with the program is there."""
    missing = [name for name in _RESOURCES if not (paths.resources() / name).is_dir()]
    if missing:
        return HealthCheck("resources", Health.PROBLEM, f"missing: {', '.join(missing)}", "install Stet again")
    return HealthCheck("resources", Health.GOOD, "complete")


def sqlite_check() -> HealthCheck:
    """Check SQLite's version for what is known to lose data."""
    version = sqlite_version()
    if has_wal_reset_bug(version):
        seen = f"{version} has a bug that can lose what two connections write at the same moment"
        return HealthCheck(
            "SQLite", Health.GOOD, f"{seen}; Stet writes with one connection only, which it doesn’t meet"
        )
    return HealthCheck("SQLite", Health.GOOD, version)


def lock_check(folder: Path) -> HealthCheck:
    """Check that a lock on a file in this folder keeps others out: on some network folders it doesn't."""
    present = next(each for each in (folder, *folder.parents) if each.exists())
    try:
        fault = lock_fault(present)
    except OSError as error:
        what, hint = describe(error)
        return HealthCheck("lock", Health.PROBLEM, f"{present} can’t be written: {what}", hint)
    if fault:
        advice = "keep projects on a disk of this machine: here two windows could write to one project"
        return HealthCheck("lock", Health.PROBLEM, f"{fault}, in {present}", advice)
    return HealthCheck("lock", Health.GOOD, f"keeps a second writer out, in {present}")


def pipeline_check() -> HealthCheck:
    """Check that there is a pipeline for suggestions."""
    found = installed()
    if not found:
        advice = "for suggestions of entities: pip install 'stet-workbench[en]'"
        return HealthCheck("pipelines", Health.ADVICE, "none is installed; marking works without", advice)
    return HealthCheck("pipelines", Health.GOOD, ", ".join(found))


def worker_check(segment: Segment, cancel: CancelToken) -> HealthCheck:
    """Check that the process that runs spaCy starts and answers. Raises Cancelled."""
    began = time.monotonic()
    try:
        segment(_SAMPLE, "en", 0, cancel)
    except Cancelled:
        raise
    except StetError as error:
        advice = error.hint or "install Stet again"
        return HealthCheck("worker", Health.PROBLEM, error.what, advice)
    return HealthCheck("worker", Health.GOOD, f"answered after {time.monotonic() - began:.1f} s")


def log_check() -> HealthCheck:
    """Check that the log has no errors of the program itself."""
    try:
        lines = program_log.log_file().read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return HealthCheck("log", Health.GOOD, "empty")
    except OSError as error:
        what, hint = describe(error)
        return HealthCheck("log", Health.ADVICE, f"can’t be read: {what}", hint)
    errors = [line[:19] for line in lines if " ERROR stet" in line]
    if errors:
        advice = f"please report them; the log holds no document text: {program_log.log_file()}"
        return HealthCheck("log", Health.ADVICE, f"{counted(len(errors), 'error')}, the newest of {errors[-1]}", advice)
    return HealthCheck("log", Health.GOOD, "no errors")


def project_check(project: Path) -> HealthCheck:
    """Check where a project lies, and that it has backups. Its contents are for `stet check`."""
    try:
        found = project_facts(project)
    except OSError as error:
        what, hint = describe(error)
        return HealthCheck("project", Health.PROBLEM, f"{project}: {what}", hint)
    if found.risk:
        return HealthCheck("project", Health.ADVICE, found.risk, "work on a copy on this machine, and send bundles")
    if not found.backups:
        return HealthCheck("project", Health.ADVICE, "it has no backup", f"make one: stet backup {project.name}")
    return HealthCheck(
        "project", Health.GOOD, f"{counted(found.backups, 'backup')}; to check its contents: stet check {project.name}"
    )
