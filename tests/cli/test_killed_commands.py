"""What a killed command leaves is taken away by the next one, and no file of it is ever half there."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.session.session import Session
from tests.cli.conftest import Stet

# Killed as soon as the file is complete and is to be moved into place.
KILLED = """
import os, signal, sys

def die(*_paths):
    os.kill(os.getpid(), signal.SIGKILL)

os.link = os.replace = os.rename = die
from app.__main__ import main
main(sys.argv[1:])
"""
COMMANDS = {
    "backup": ("backup", "p.stet"),
    "export": ("export", "p.stet", "out/one.jsonl"),
    "folder": ("export", "p.stet", "out/train.jsonl", "--format", "training", "--all", "--split", "50/50"),
    "bundle": ("bundle", "p.stet", "out/dora.stet", "--for", "dora"),
    "new": ("new", "out/q.stet"),
}


def killed(*words: str) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, *words], cwd=Path.cwd(), capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


def left() -> list[str]:
    """Return what is there beside the project."""
    return sorted(path.as_posix() for path in Path().rglob("*") if not path.name.startswith((".p.stet", "p.stet")))


@pytest.fixture
def project(stet: Stet, sample: Path) -> Path:
    Path("out").mkdir()
    return sample.rename("p.stet")


@pytest.mark.parametrize("command", COMMANDS)
def test_what_a_killed_command_left_goes_with_the_next(stet: Stet, project: Path, command: str) -> None:
    killed(*COMMANDS[command])
    assert any(".part" in name for name in left())
    assert not any(name.endswith((".stet", ".jsonl")) for name in left() if ".part" not in name)
    stet(*COMMANDS[command])
    assert not any(".part" in name for name in left())


def test_opening_to_write_takes_leftovers_away_too(stet: Stet, project: Path) -> None:
    killed("backup", "p.stet")
    assert any(".part" in name for name in left())
    Session.open(project).close()
    assert not any(".part" in name for name in left())
