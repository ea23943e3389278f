"""A room imports only from lower floors: import-linter's contracts hold, and they hold for a reason."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of a checkout. The folder comes first on the path, so its own `app` is what is read."""
    command = [sys.executable, "-c", LINT]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8")


FLOORS = "Floors: "
QT = "Qt lives in "
PLANTED = (
    # the module, the line that is planted in it, the beginning of the contract that it breaks, what that one names
    ("app/core/offsets.py", "import app.storage.project", FLOORS, "app.storage.project"),
    ("app/storage/rows.py", "import app.session.session", FLOORS, "app.session.session"),
    ("app/storage/rows.py", "import app.exchange.planted", FLOORS, "app.exchange.planted"),
    ("app/settings.py", "import app.jobs.planted", FLOORS, "app.jobs.planted"),
    ("app/session/session.py", "import app.ui.planted", FLOORS, "app.ui.planted"),
    ("app/ui/planted.py", "import app.cli.planted", FLOORS, "app.cli.planted"),
    ("app/core/offsets.py", "import PySide6.QtCore", QT, "PySide6"),
    ("app/cli/planted.py", "import app.jobs.planted_qt", QT, "app.jobs.planted_qt"),
    ("app/session/session.py", "import sqlite3", "SQL lives in ", "sqlite3"),
    ("app/core/offsets.py", "import spacy", "spaCy lives in ", "spacy"),
    ("app/exchange/planted.py", "import click", "click lives in ", "click"),
    ("app/planted.py", "x = 1", FLOORS, ""),
)


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Give what is said of each contract that is broken, by its title, where all the offenders are planted."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copy(ROOT / "pyproject.toml", folder)
    shutil.copytree(ROOT / "app", folder / "app", ignore=shutil.ignore_patterns("__pycache__", "_resources"))
    for room in ("exchange", "jobs", "ui", "cli"):
        (folder / "app" / room / "planted.py").touch()
    (folder / "app/jobs/planted_qt.py").write_text("import PySide6.QtCore\n", encoding="utf-8")
    for module, line, *_ in PLANTED:
        with (folder / module).open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")
    done = lint(folder)
    assert done.returncode == 1, done.stdout + done.stderr
    _, *parts = re.split(r"^(.+)\n-{5,}\n", done.stdout.partition("Broken contracts")[2], flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_no_room_imports_from_above_or_beside() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("module", "line", "contract", "named"), PLANTED)
def test_an_import_from_above_or_beside_is_caught(
    broken: dict[str, str], module: str, line: str, contract: str, named: str
) -> None:
    (said,) = (words for title, words in broken.items() if title.startswith(contract))
    importer = re.escape(module.removesuffix(".py").replace("/", "."))
    offence = rf"^- +{importer} -> {re.escape(named)} \(l\.\d+\)$" if named else rf"^- {importer}$"
    assert re.search(offence, said, re.MULTILINE), f"{line} isn't told:\n{said}"
