"""The project's checks, in the order in which they run: format, style, floors, types, tests."""

import argparse
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass

import environment
import system_libraries
from environment import Environment

_EXTRAS = ("en", "formats", "model", "dev")
_CODE = ("app", "tests", "packaging")
_AT_ONCE = "2"


@dataclass(frozen=True)
class Check:
    """One program to run, with the heading it is shown under."""

    title: str
    command: tuple[str, ...]


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
    failed = [check.title for check in plan(home, options, for_pytest) if not _passes(check, home, variables)]
    print(f"\n== failed: {', '.join(failed)}" if failed else "\n== all clean", flush=True)
    return 1 if failed else 0


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
    pytest = ("pytest", "-q", "-p", "no:cacheprovider", "-n", _AT_ONCE, "--dist", "loadfile")
    tests = Check("tests (pytest)", (*python, *pytest, *chosen, *for_pytest))
    if options.only_tests:
        return [tests]
    return [
        Check("style (ruff check)", (*python, "ruff", "check", *_CODE)),
        Check("format (ruff format)", (*python, "ruff", "format", "--check", *_CODE)),
        Check("floors (lint-imports)", (str(home.command("lint-imports")),)),
        Check("types (pyright)", (*python, "pyright", "--pythonpath", str(home.python))),
        tests,
    ]


def _passes(check: Check, home: Environment, variables: dict[str, str]) -> bool:
    print(f"\n== {check.title}", flush=True)
    start = time.monotonic()
    code = subprocess.run(check.command, cwd=home.root, env=variables).returncode
    print(f"-- {'ok' if code == 0 else f'failed with exit code {code}'}, {time.monotonic() - start:.1f} s", flush=True)
    return code == 0
