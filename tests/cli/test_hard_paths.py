"""A project that can't be reached, or whose path is too long, is refused in words by every command."""

import errno
import os
from pathlib import Path

import pytest

from tests.cli.conftest import Stet
from tests.unprivileged import needs_permissions, write_protected

COMMANDS = ("list", "check", "export", "backup", "log", "new", "import", "merge", "bundle")


def run(stet: Stet, command: str, project: Path) -> str:
    more = {"export": ["-"], "import": ["a.txt"], "merge": ["a.txt"], "bundle": ["b.stet", "--for", "ana"]}
    ran = stet(command, project, *more.get(command, ()))
    assert (ran.code, ran.out) == (1, "")
    return ran.err


@needs_permissions
def test_a_folder_that_may_not_be_entered_is_told(stet: Stet) -> None:
    folder = Path("locked")
    folder.mkdir()
    stet("new", folder / "a.stet")
    stet.write("a.txt", b"words")
    folder.chmod(0)
    try:
        with write_protected():  # nothing but this folder, and nobody may pass over that
            for command in COMMANDS:
                assert "permission" in run(stet, command, folder / "a.stet"), command
    finally:
        folder.chmod(0o700)


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("x" * 243 + ".stet", "its file name is too long (248 bytes; at most 240)"),
        ("y" * 100 + "/", "its path is too long"),
    ],
)
def test_a_path_that_is_too_long_is_told(stet: Stet, path: str, what: str) -> None:
    stet.write("a.txt", b"words")
    project = Path(path * 5, "a.stet") if path.endswith("/") else Path(path)
    for command in COMMANDS:
        assert what in run(stet, command, project), command


@pytest.mark.parametrize(
    "command", ["import {}", "import {}.jsonl", "backup {}.stet", "bundle {}.stet --for ana", "merge {}.stet"]
)
def test_any_other_path_that_is_too_long_is_told(stet: Stet, sample: Path, command: str) -> None:
    name, *words = command.format("x" * 300).split()
    ran = stet(name, sample, *words)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("stet: x")
    assert "its file name is too long" in ran.err
    assert "give it a shorter name" in ran.err


@pytest.mark.parametrize(
    ("number", "what"),
    [
        (errno.EIO, "the disk reports an error; check the disk"),
        (errno.EMFILE, "too many open files; close other programs"),
    ],
)
def test_what_the_system_refuses_anywhere_is_told(
    stet: Stet, sample: Path, monkeypatch: pytest.MonkeyPatch, number: int, what: str
) -> None:
    is_dir = Path.is_dir

    def refuse(path: Path) -> bool:
        if path.name == "a.txt":
            raise OSError(number, os.strerror(number), str(path))
        return is_dir(path)

    stet.write("a.txt", b"words")
    monkeypatch.setattr(Path, "is_dir", refuse)
    ran = stet("import", sample, "a.txt")
    assert (ran.code, ran.out) == (1, "")
    assert f"a.txt: {what}" in ran.err
