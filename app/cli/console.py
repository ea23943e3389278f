"""Terminal output: results to standard output, everything else to standard error."""

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from types import TracebackType
from typing import Any

import click

from app.cli.streams import ignoring_write_errors, writing
from app.core.errors import StetError

_ROWS_MEASURED = 1000
_WIDEST = 60
_TELL_EVERY_S = 0.1


def printable(text: str) -> str:
    """Escape unprintable characters, so that untrusted text can't move the cursor or change the writing direction."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def say(text: str) -> None:
    """Write a line for people to standard error, if possible."""
    with ignoring_write_errors():
        click.echo(printable(text), err=True)


def say_error(error: StetError) -> None:
    """Write an error as `stet: file:line: what; what to do`."""
    say(f"stet: {error}")


def show(text: str) -> None:
    """Write a line to standard output. Raises OutputFailed."""
    show_raw(f"{printable(text)}\n")


def show_raw(text: str) -> None:
    """Write text unchanged to standard output. Raises OutputFailed."""
    with writing():
        click.echo(text, nl=False)


def show_json(rows: Iterable[Any]) -> None:
    """Write one JSON value per line to standard output. Raises OutputFailed."""
    import msgspec  # not needed for `--version`

    encoder = msgspec.json.Encoder()
    with writing():
        sys.stdout.flush()
        out = sys.stdout.buffer
        for row in rows:
            out.write(encoder.encode(row) + b"\n")
        out.flush()


def show_csv(text: str) -> None:
    """Write CSV to standard output, as a file of it is written: redirected, it opens in a spreadsheet. A terminal gets
    no byte order mark. Raises OutputFailed.
    """
    from app.core.csv_table import csv_file  # not needed for `--version`

    with writing():
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode() if sys.stdout.isatty() else csv_file(text))
        sys.stdout.buffer.flush()


def show_table(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table; column widths fit the first thousand rows, numbers are right-aligned.

    Raises OutputFailed.
    """
    cells = ([_cell(value) for value in row] for row in rows)
    first = list(islice(cells, _ROWS_MEASURED))
    widths = [max(map(len, column)) for column in zip(titles, *first, strict=True)]
    widths = [min(width, _WIDEST) for width in widths]
    is_number = [all(cell.replace(",", "").isdigit() for cell in column) for column in zip(*first, strict=True)]
    numbers = is_number or [False] * len(titles)
    for row in chain([list(titles)] if first else [], first, cells):
        show_raw("  ".join(_padded(row, widths, numbers)).rstrip() + "\n")


def _cell(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    text = printable(str(value))
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _padded(row: Sequence[str], widths: Sequence[int], numbers: Sequence[bool]) -> Iterator[str]:
    for cell, width, right in zip(row, widths, numbers, strict=True):
        yield cell.rjust(width) if right else cell.ljust(width)


class ProgressLine:
    """A progress line on standard error that overwrites itself; silent if that isn't a terminal."""

    def __init__(self, verb: str) -> None:
        self._verb = verb
        self._is_shown = sys.stderr.isatty()
        self._last = 0.0
        self._width = 0

    def __enter__(self) -> "ProgressLine":
        return self

    def __call__(self, done: int, total: int | None, what: str) -> None:
        """Show the progress."""
        moment = time.monotonic()
        if not self._is_shown or moment - self._last < _TELL_EVERY_S:
            return
        self._last = moment
        share = f"{min(100, done * 100 // total):3d} %  " if total else ""
        line = printable(f"{self._verb} {share}{what}")
        self._width = max(self._width, len(line))
        with ignoring_write_errors():
            click.echo(f"\r{line.ljust(self._width)}", err=True, nl=False)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._width:
            with ignoring_write_errors():
                click.echo(f"\r{' ' * self._width}\r", err=True, nl=False)
