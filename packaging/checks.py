"""The project's checks, in the order in which they run: format, style, floors, and tests; types beside them all."""

import argparse
import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import environment
import system_libraries
from environment import Environment
from locks import EXTRAS, TEST

_EXTRAS = EXTRAS[TEST]
_CODE = ("app", "tests", "packaging")
_AT_ONCE = "2"
_LONGEST_S = 50 * 60
"""What every run of the tests, which takes a quarter of it, must be done in: a hang is a failure and not a wait."""
_TO_TELL_S = 10


@dataclass(frozen=True)
class Check:
    """One program to run, with the heading it is shown under."""

    title: str
    command: tuple[str, ...]
    is_beside: bool = False
    """Whether it runs beside the others, from the beginning; what it says is printed at the end."""
    seconds: float | None = None
    """What it may take; None for as long as it likes."""


class _Beside:
    """A check that runs in the background."""

    def __init__(self, check: Check, home: Environment, variables: dict[str, str]) -> None:
        self._check = check
        self._start = time.monotonic()
        self._process = subprocess.Popen(
            check.command, cwd=home.root, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

    def passes(self) -> bool:
        """Wait for it and print what it said; return whether it is clean."""
        print(f"\n== {self._check.title}", flush=True)
        said, _ = self._process.communicate()
        sys.stdout.write(said.decode("utf-8", errors="replace"))
        _tell(self._process.returncode, self._start)
        return self._process.returncode == 0

    def stop(self) -> None:
        """End it, if it still runs."""
        with self._process:
            self._process.kill()


def main(arguments: list[str]) -> int:
    """Prepare the environment and run the checks; 0 when all are clean, 1 when any is not."""
    options, for_pytest = parse(arguments)
    home = environment.prepare(_EXTRAS)
    variables = environment.child_environment()
    variables.setdefault("QT_QPA_PLATFORM", "offscreen")
    # pyright's starter otherwise asks the network for news of itself.
    variables.setdefault("PYRIGHT_PYTHON_IGNORE_WARNINGS", "1")
    # Containers often set it; each of the hundreds of processes that tests start would then compile all it imports.
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    system_libraries.require(home, variables)
    system_libraries.offer_postgresql()
    failed = _failed(plan(home, options, for_pytest), home, variables)
    print(f"\n== failed: {', '.join(failed)}" if failed else "\n== all clean", flush=True)
    return 1 if failed else 0


def _failed(checks: Sequence[Check], home: Environment, variables: dict[str, str]) -> list[str]:
    """Run checks; return the titles of those that aren't clean."""
    beside = {check: _Beside(check, home, variables) for check in checks if check.is_beside}
    try:
        failed = [check.title for check in checks if not check.is_beside and not _passes(check, home, variables)]
        return failed + [check.title for check, run in beside.items() if not run.passes()]
    finally:
        for run in beside.values():
            run.stop()


def parse(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """Return our own options and, in their order, all the others: those are pytest's."""
    parser = argparse.ArgumentParser(
        prog="python packaging/test.py",
        allow_abbrev=False,
        description="Run every check and test. Any other argument is handed to pytest.",
    )
    parser.add_argument("--slow", action="store_true", help="run the long campaigns too")
    parser.add_argument("--only-tests", action="store_true", help="run pytest and none of the other checks")
    return parser.parse_known_args(arguments)


def plan(home: Environment, options: argparse.Namespace, for_pytest: Sequence[str]) -> list[Check]:
    """Return the checks to run, in order."""
    python = (str(home.python), "-m")
    chosen = ("-m", "" if options.slow else "not slow")
    # Two at a time: the machines that run this have two cores at least. What one file shares stays in one process.
    # In the order of the folders small files come last, so that both end at about the same time.
    # A test that ends its process is tried again in the next one: once in a while, not for ever.
    spread = ("-n", _AT_ONCE, "--dist", "loadfile", "--no-loadscope-reorder", "--max-worker-restart", "3")
    pytest = ("pytest", "-q", "-p", "no:cacheprovider", *spread)
    limit = None if options.slow else _LONGEST_S
    tests = Check("tests (pytest)", (*python, *pytest, *chosen, *for_pytest), seconds=limit)
    if options.only_tests:
        return [tests]
    return [
        Check("style (ruff check)", (*python, "ruff", "check", *_CODE)),
        Check("format (ruff format)", (*python, "ruff", "format", "--check", *_CODE)),
        Check("floors (lint-imports)", (str(home.command("lint-imports")),)),
        # One process that takes a minute.
        Check("types (pyright)", (*python, "pyright", "--pythonpath", str(home.python)), is_beside=True),
        tests,
    ]


def _passes(check: Check, home: Environment, variables: dict[str, str]) -> bool:
    print(f"\n== {check.title}", flush=True)
    start = time.monotonic()
    code = _exit_code(check, home, variables)
    _tell(code, start)
    return code == 0


def _exit_code(check: Check, home: Environment, variables: dict[str, str]) -> int:
    with subprocess.Popen(check.command, cwd=home.root, env=variables) as process:
        try:
            return process.wait(check.seconds)
        except subprocess.TimeoutExpired:
            print(f"-- not done after {check.seconds:.0f} s: ended", flush=True)
            process.send_signal(signal.SIGABRT)  # pytest then prints where each of its threads is
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_TO_TELL_S)
            return 1
        finally:
            process.kill()


def _tell(code: int, start: float) -> None:
    print(f"-- {'ok' if code == 0 else f'failed with exit code {code}'}, {time.monotonic() - start:.1f} s", flush=True)
