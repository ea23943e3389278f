"""A room imports only from lower floors: import-linter's contracts hold, and they hold for a reason."""

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


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a copy of the source that offenders can be planted in."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copy(ROOT / "pyproject.toml", folder)
    shutil.copytree(ROOT / "app", folder / "app", ignore=shutil.ignore_patterns("__pycache__", "_resources"))
    return folder


def test_no_room_imports_from_above_or_beside() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("app/core/offsets.py", "import app.storage.project"),
        ("app/storage/rows.py", "import app.session.session"),
        ("app/storage/rows.py", "import app.exchange.planted"),
        ("app/settings.py", "import app.jobs.planted"),
        ("app/session/session.py", "import app.ui.planted"),
        ("app/ui/planted.py", "import app.cli.planted"),
        ("app/core/offsets.py", "import PySide6.QtCore"),
        ("app/cli/planted.py", "import app.jobs.planted_qt"),
        ("app/session/session.py", "import sqlite3"),
        ("app/core/offsets.py", "import spacy"),
        ("app/exchange/planted.py", "import click"),
        ("app/planted.py", "x = 1"),
    ],
)
def test_an_import_from_above_or_beside_is_caught(copy: Path, module: str, line: str) -> None:
    planted = {
        **{f"app/{room}/planted.py": "" for room in ("exchange", "jobs", "ui", "cli")},
        "app/jobs/planted_qt.py": "import PySide6.QtCore\n",
    }
    path = copy / module
    old = path.read_text(encoding="utf-8") if path.exists() else None
    for name, source in planted.items():
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).write_text(source, encoding="utf-8")
    try:
        path.write_text(f"{old or ''}\n{line}\n", encoding="utf-8")
        done = lint(copy)
        assert done.returncode == 1, done.stdout + done.stderr
        assert module.removesuffix(".py").replace("/", ".") in done.stdout.partition("Broken contracts")[2]
    finally:
        if old is None:
            path.unlink()
        else:
            path.write_text(old, encoding="utf-8")
