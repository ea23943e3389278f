"""Writes the help page of safety: what is promised and, beside each promise, the tests and what campaigns counted.

    python packaging/safety.py            writes resources/help/safety.md
    python packaging/safety.py --run      runs the campaigns first, which takes hours, and keeps what they counted

With the Python of `.venv`. The promises are in packaging/safety.toml, the figures in tests/trust/figures.json.
"""

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "resources" / "help" / "safety.md"
PROMISES = ROOT / "packaging" / "safety.toml"
INPUTS = ROOT / "tests" / "trust" / "inputs" / "table.toml"
FIGURES = ROOT / "tests" / "trust" / "figures.json"
CAMPAIGNS = ("tests/trust", "tests/hub/test_ten_workbenches.py")
_VARIABLE = "STET_RECORD_FIGURES"

_INTRODUCTION = """\
# Safety: what Stet promises

You put months of reading into one file. This page says what you can count on and how that is checked: beside each
promise are the tests that fail if it stops being true, and what the large trials counted when they were last run. The
trials attack the real program: they kill it, damage its files, fill its disk, and feed it what nobody should have to
read. Tests and figures are in the source of Stet, under `tests/`.

If you want to look yourself: `stet check PROJECT` reads a project from end to end, `stet backup PROJECT` makes a
checked copy, and `stet doctor` (in the window: “Diagnostics” in the palette) checks this computer.
"""


def promises() -> list[dict[str, Any]]:
    """Return the sections, each with its promises."""
    return tomllib.loads(PROMISES.read_text(encoding="utf-8"))["section"]


def figures() -> dict[str, dict[str, Any]]:
    """Return what each campaign counted when it was last recorded."""
    return json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}


def page() -> str:
    """Return the page."""
    counted = figures()
    lines = [_INTRODUCTION, *(line for section in promises() for line in _section(section, counted))]
    return "\n".join([*lines, *_inputs(), ""])


def _inputs() -> Iterator[str]:
    """Yield the table of the nasty inputs, which `tests/trust/inputs/table.toml` ties to their tests."""
    inputs = tomllib.loads(INPUTS.read_text(encoding="utf-8"))["input"]
    yield f"## The {len(inputs)} nasty inputs\n"
    yield "What people and programs have handed to others, and what becomes of it. Each has its tests, which"
    yield "`tests/trust/inputs/table.toml` names.\n"
    yield "| | what comes in | what becomes of it |\n|---|---|---|"
    for each in inputs:
        yield f"| {each['number']} | {each['what']} | {each['outcome']} |"


def _section(section: dict[str, Any], counted: dict[str, dict[str, Any]]) -> Iterator[str]:
    yield f"## {section['title']}\n"
    for promise in section["promise"]:
        yield f"{_wrapped(promise['text'])}\n"
        for test in promise["tests"]:
            file, _, name = test.partition("::")
            yield f"- tested: {name.removeprefix('test_').replace('_', ' ')} (`tests/{file}`)"
        for campaign in promise["campaigns"]:
            if campaign in counted:
                yield f"- {in_words(campaign, counted[campaign])}"
        yield ""


def in_words(campaign: str, counted: dict[str, Any]) -> str:
    """Return what a campaign counted as words: “kills: 1,000 kills, 0 actions lost (30 November 2026)”."""
    said = ", ".join(f"{_shown(value)} {name.replace('_', ' ')}" for name, value in counted.items() if name != "on")
    return f"campaign **{campaign}**: {said} ({counted['on']})"


def _shown(value: object) -> str:
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def _wrapped(text: str) -> str:
    return " ".join(text.split())


def main(arguments: list[str]) -> int:
    """Write the page, after the campaigns if they are asked for; the exit code is theirs."""
    code = 0
    if arguments == ["--run"]:
        tests = [sys.executable, "-P", "-m", "pytest", "-q", "-m", "slow or not slow", *CAMPAIGNS]
        variables = {**os.environ, _VARIABLE: "1", "PYTHONUTF8": "1"}
        variables.setdefault("QT_QPA_PLATFORM", "offscreen")
        code = subprocess.run(tests, cwd=ROOT, env=variables, check=False).returncode
    elif arguments:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    PAGE.write_text(page(), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
