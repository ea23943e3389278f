"""Where results go may be full, closed or gone; a signal may end a command. None of it ends in a traceback."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Stet
from tests.unit.exchange.build import record, written

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="streams end otherwise there")
COMMANDS = (
    "list sample.stet annotations",
    "list sample.stet annotations --json",
    "export sample.stet -",
    "scheme sample.stet",
    "list --help",
    "--version",
)
# One that writes row by row and one that writes bytes are enough where Python keeps nothing back.
ASKED = [(False, COMMANDS), (True, COMMANDS[1:3])]


def shell(line: str, *, unbuffered: bool = False) -> tuple[int, str]:
    """Run a line of bash in which STET stands for the program; return its exit code and what it said."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "STET": f"{sys.executable} -P -m app"}
    environment.pop("PYTHONUNBUFFERED", None)
    if unbuffered:
        environment["PYTHONUNBUFFERED"] = "1"
    ran = subprocess.run(
        ["bash", "-c", line.replace("STET", "$STET")], capture_output=True, env=environment, timeout=60
    )
    return ran.returncode, (ran.stdout + ran.stderr).decode()


@pytest.mark.parametrize(("unbuffered", "commands"), ASKED)
def test_results_that_can_not_be_written_are_an_error_in_words(
    sample: Path, unbuffered: bool, commands: tuple[str, ...]
) -> None:
    for command in commands:
        for place, why in ((">/dev/full", "the disk is full"), (">&-", "bad file descriptor")):
            code, said = shell(f"STET {command} {place}", unbuffered=unbuffered)
            assert (code, said.count("\n")) == (1, 1), (command, said)
            assert said.startswith(f"stet: standard output can't be written: {why}; "), (command, said)


@pytest.mark.parametrize(("unbuffered", "commands"), ASKED)
def test_a_reader_who_has_had_enough_is_no_error(sample: Path, unbuffered: bool, commands: tuple[str, ...]) -> None:
    for command in commands:
        for reader in ("true", "head -1 >/dev/null"):
            code, said = shell(f"STET {command} 2>err | {reader}; exit ${{PIPESTATUS[0]}}", unbuffered=unbuffered)
            assert (code, said) == (0, ""), (command, said)
            assert "Error" not in Path("err").read_text(), command


def test_a_reader_who_goes_away_leaves_no_log_beside_the_project(stet: Stet) -> None:
    stet("new", "a.stet")
    stet.write("a.jsonl", b"".join(written([record("word " * 400, uid=f"k{n}", name=str(n))]) for n in range(500)))
    stet("import", "a.stet", "a.jsonl")
    for command in ("export a.stet -", "list a.stet", "list a.stet --json", "search a.stet word"):
        assert shell(f"STET {command} 2>&1 | head -c 10 >/dev/null; exit ${{PIPESTATUS[0]}}") == (0, "")
        assert {path.name for path in Path().iterdir()} == {"a.stet", ".a.stet.lock", "a.jsonl"}


def test_no_command_says_anything_when_head_has_enough(stet: Stet) -> None:
    """Whatever streams from a snapshot is cut off in the middle of it, and finalised after the project is closed."""
    stet("new", "a.stet", "--scheme", "news-errors")
    mark = {"id": "m", "layer": "error", "label": "OTHER", "start": 0, "end": 4, "quote": "word"}
    lines = [
        {"stet": 1, "id": f"k{n}", "name": f"{n}", "text": "word " * 40}
        | {
            "sets": [
                {"annotator": who, "status": "done", "annotations": [mark | {"id": f"{who}{n}"}]} for who in people
            ]
        }
        for n, people in enumerate([("ana", "bo"), ("ana",)] * 200)
    ]
    stet.write("a.jsonl", "\n".join(map(json.dumps, lines)).encode())
    assert stet("import", "a.stet", "a.jsonl").code == 0
    asked = "check;check --json;list annotations;list conflicts --json;concordance word;insights;agreement --json"
    for command in asked.split(";"):
        name, _, rest = command.partition(" ")
        line = f"STET {name} a.stet {rest} 2>err | head -1 >/dev/null; echo ${{PIPESTATUS[0]}}; cat err"
        code, said = shell(line)
        problems = "1" if name == "check" else "0"  # all of a short answer fits into the pipe
        assert (code, said.split()) in ((0, ["0"]), (0, [problems])), (command, said)


def test_an_unwritable_stderr_is_ignored_and_exit_code_kept(sample: Path) -> None:
    words = (("nonsense", 2), ("--nonsense", 2))
    for place, others in (("2>/dev/full", words), ("2>&-", ()), ("2> >(true)", ())):
        for command, code in (("list none.stet", 1), ("list", 2), ("formats", 0), *others):
            assert shell(f"STET {command} {place} >/dev/null") == (code, ""), (command, place)
        assert shell(f"STET export sample.stet out.jsonl {place}") == (0, "")
        assert len(Path("out.jsonl").read_bytes().splitlines()) == 6


def test_a_file_is_written_to_no_stream_that_was_closed(sample: Path) -> None:
    """What is opened first gets the lowest free number: that of a closed standard output."""
    assert shell("STET export sample.stet out.jsonl >&- 2>&-") == (0, "")
    whole = Path("out.jsonl").read_bytes()
    assert shell("STET export sample.stet other.jsonl") == (0, "stet: exported 6 documents to other.jsonl\n")
    assert whole == Path("other.jsonl").read_bytes()


def test_a_command_that_is_ended_says_so_and_cleans_up(stet: Stet) -> None:
    stet("new", "a.stet")
    line = written([record("word " * 400)])
    with Path("big.jsonl").open("wb") as file:
        for number in range(6_000):
            file.write(line.replace(b'"d1"', b'"k%d"' % number, 1))
    stet("import", "a.stet", "big.jsonl")
    Path("out.jsonl").write_text("old")
    for stop, code in ((signal.SIGTERM, 143), (signal.SIGINT, 1)):
        process = stet.process("export", "a.stet", "out.jsonl")
        while process.poll() is None and not list(Path().glob(".out.jsonl.*.part")):
            time.sleep(0.005)
        process.send_signal(stop)
        out, error = process.communicate(timeout=60)
        assert (process.returncode, out, error.decode().strip()) == (code, b"", "stet: stopped")
        assert Path("out.jsonl").read_text() == "old"
        # The check of the file beside the export can't be stopped, and leaves SQLite's own empty files to whoever opens
        # it.
        left = {path.name for path in Path().iterdir()} - {"a.stet-wal", "a.stet-shm"}
        assert left == {"a.stet", ".a.stet.lock", "big.jsonl", "out.jsonl"}
    assert stet("check", "a.stet").code == 0
