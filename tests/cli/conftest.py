"""What the tests of the command line share."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner

from app.cli.main import cli
from tests.made_once import made_once
from tests.newsroom import newsroom

ROOT = Path(__file__).resolve().parents[2]


class Ran(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str

    def rows(self) -> list[dict[str, Any]]:
        """Return the lines of standard output as JSON."""
        return [json.loads(line) for line in self.out.splitlines()]


class Stet:
    """Runs commands in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._started: list[subprocess.Popen[bytes]] = []

    def __call__(self, *arguments: object) -> Ran:
        """Run a command in this process."""
        result = CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="stet")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ran(result.exit_code, result.stdout, result.stderr)

    def process(self, *arguments: object, **options: Any) -> subprocess.Popen[bytes]:
        """Start a real process."""
        command = [sys.executable, "-P", "-m", "app", *map(str, arguments)]
        return self.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, **options)

    def run(self, command: Sequence[str], **options: Any) -> subprocess.Popen[bytes]:
        """Start any program in the folder."""
        given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": self.folder, **options}
        self._started.append(subprocess.Popen(command, **given))
        return self._started[-1]

    def end(self) -> None:
        """End whatever a test that failed has left running."""
        for process in self._started:
            if process.poll() is None:
                process.kill()
                process.communicate()

    def real(self, *arguments: object) -> Ran:
        """Run a command in a real process and wait for its end."""
        process = self.process(*arguments)
        out, err = process.communicate(timeout=60)
        return Ran(process.returncode, out.decode(), err.decode())

    def shell(self, line: str) -> Ran:
        """Run a line as a shell understands it, in this process."""
        import shlex

        return self(*shlex.split(line)[1:])

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file into the folder."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path


@pytest.fixture
def stet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stet]:
    """Give the command `stet`, standing in an empty folder."""
    monkeypatch.chdir(tmp_path)
    commands = Stet(tmp_path)
    yield commands
    commands.end()


@pytest.fixture
def sample(stet: Stet) -> Path:
    """Give a project of three texts and their references, with ana's marks in the first."""
    return begun(stet.folder)


@made_once
def begun(folder: Path) -> Path:
    """Make that project."""
    newsroom(folder / "sample.stet", "ana").close()
    return folder / "sample.stet"
