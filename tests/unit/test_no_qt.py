"""Everything below the window works where there is no Qt, and starts without spaCy."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Imports every module of the rooms named as arguments, with Qt blocked, and prints their names.
IMPORT_ALL = """
import importlib, pkgutil, sys

for blocked in ("PySide6", "shiboken6"):
    sys.modules[blocked] = None
for room in sys.argv[1:]:
    module = importlib.import_module(room)
    print(room)
    for found in pkgutil.walk_packages(getattr(module, "__path__", ()), room + "."):
        importlib.import_module(found.name)
        print(found.name)
print("spacy" in sys.modules)
"""
ROOMS = (
    *("paths", "settings", "core", "storage", "session", "exchange", "review", "nlp", "suggesters"),
    *("services", "cli", "jobs.tasks"),
)


def import_all(*rooms: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-c", IMPORT_ALL, *rooms]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, encoding="utf-8")


def test_every_room_below_the_window_can_be_imported_without_qt() -> None:
    done = import_all(*(f"app.{room}" for room in ROOMS))
    assert done.returncode == 0, done.stderr
    *modules, spacy_came_along = done.stdout.split()
    assert {"app.core.edits", "app.storage.project", "app.session.session", "app.settings"} <= set(modules)
    assert spacy_came_along == "False"


def test_a_module_that_needs_qt_is_caught() -> None:
    done = import_all("app.ui")
    assert done.returncode != 0
    assert "PySide6" in done.stderr
