"""The file that keeps what is too long for the status line: bugs, and what the worker process complained of."""

from collections.abc import Iterable
from pathlib import Path

from app import paths


def note(lines: Iterable[str]) -> Path:
    """Add lines, which bring their ends, to the file; return its path. Raises OSError."""
    log = paths.state_dir() / "bugs.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as file:
        file.writelines(lines)
    return log
