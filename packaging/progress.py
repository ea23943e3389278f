"""What pip is doing, for the person who waits: one line that changes on a terminal, a line now and then elsewhere.

Standard library only, since it runs before anything is installed.
"""

import re
import sys
import time
from collections.abc import Callable
from typing import TextIO

_EVERY = 10.0
"""Seconds between lines where the last one can't be replaced, such as in the log of a build."""
_WIDTH = 78
_SIZE = re.compile(r"\(([\d.]+ ?[kMG]B)\)")


def step_of(line: str) -> str | None:
    """Return in words what a line of pip's output says is under way; None for a line that says nothing of it."""
    words = line.split()
    if not words:
        return None
    if words[0] == "Collecting" and len(words) > 1:
        return f"looking for {_package(words[1])}"
    if words[0] == "Downloading" and len(words) > 1:
        size = _SIZE.search(line)
        return f"downloading {_package(words[1].rsplit('/', 1)[-1])}{f', {size.group(1)}' if size else ''}"
    if line.startswith("Installing collected packages:"):
        count = line.count(",") + 1
        return f"installing {count} packages" if count > 1 else "installing 1 package"
    return None


def _package(name: str) -> str:
    return re.split(r"[<>=!~;\[ ]|-\d", name)[0]


class Progress:
    """Shows steps on a stream (standard error), with the time that has passed. Used as a context manager."""

    def __init__(self, stream: TextIO | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream if stream is not None else sys.stderr
        self._clock = clock
        self._begin = self._last = clock()
        self._is_terminal = self._stream.isatty()
        self._shown = ""

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_fault: object) -> None:
        if self._is_terminal and self._shown:
            self._write("\r" + " " * len(self._shown) + "\r")

    def show(self, step: str) -> None:
        """Show what is under way."""
        now = self._clock()
        line = f"stet: {step} ({now - self._begin:.0f} s)"[:_WIDTH]
        if self._is_terminal:
            self._write("\r" + line.ljust(len(self._shown)))
            self._shown = line
        elif now - self._last >= _EVERY:
            self._write(line + "\n")
            self._last = now

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
