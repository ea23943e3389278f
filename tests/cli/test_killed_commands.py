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
# Killed when the file of the sample has its scheme, and nothing else yet.
KILLED_HALFWAY = """
import os, signal, sys
from app.jobs.tasks import sample

def die(*_arguments, **_more):
    os.kill(os.getpid(), signal.SIGKILL)

sample.import_documents = die
from app.__main__ import main
main(sys.argv[1:])
"""
# Killed when the complete file has its name, and that in the temporary folder still too.
KILLED_IN_PLACE = """
import os, signal, sys

link = os.link

def linked(source, target):
    link(source, target)
    os.kill(os.getpid(), signal.SIGKILL)

os.link = linked
from app.__main__ import main
main(sys.argv[1:])
"""
COMMANDS = {
    "backup": ("backup", "p.stet"),
    "export": ("export", "p.stet", "out/one.jsonl"),
    "folder": ("export", "p.stet", "out/train.jsonl", "--format", "training", "--all", "--split", "50/50"),
    "bundle": ("bundle", "p.stet", "out/dora.stet", "--for", "dora"),
    "new": ("new", "out/q.stet"),
    "sample": ("new", "out/q.stet", "--sample"),
}


def killed(*words: str, script: str = KILLED) -> None:
    done = subprocess.run([sys.executable, "-c", script, *words], cwd=Path.cwd(), capture_output=True)
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


def test_a_sample_is_never_half_there(stet: Stet, project: Path) -> None:
    killed(*COMMANDS["sample"], script=KILLED_HALFWAY)
    assert not Path("out/q.stet").exists()
    assert stet(*COMMANDS["sample"]).code == 0
    assert len(stet("list", "out/q.stet", "--json").rows()) == 6
    assert not any(".part" in name for name in left())


def test_a_kill_right_after_the_file_is_in_place_does_no_harm(stet: Stet, project: Path) -> None:
    killed(*COMMANDS["new"], script=KILLED_IN_PLACE)
    assert Path("out/q.stet").stat().st_nlink == 2
    assert stet("check", "out/q.stet").code == 0
    assert stet("import", "out/q.stet", stet.write("a.txt", "words")).code == 0
    assert Path("out/q.stet").stat().st_nlink == 1
