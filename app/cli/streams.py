"""Standard output and error as they may be: closed, full, or a pipe whose reader has gone.

Results that can't be written are an error. A reader who has had enough is none, and what can't be said to people on
standard error isn't said.
"""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from app.core.errors import StetError
from app.core.os_faults import DISK_FULL, describe


class OutputFailed(StetError):
    """Results can't be written to standard output."""

    def __init__(self, error: OSError) -> None:
        what, hint = describe(error)
        hint = f"the output is incomplete; {hint}" if what == DISK_FULL else "the output is incomplete; redirect it"
        super().__init__(f"standard output can't be written: {what}", hint=hint)


def prepare() -> None:
    """Put something in the place of streams that were closed when the process began.

    Python has none then, and the next file that is opened would get the number that others take for standard output.
    """
    if sys.stdout is None:
        # Open for reading only, so that writing results to it fails as writing to a closed file does.
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  it stays open as long as the process


@contextmanager
def writing() -> Iterator[None]:
    """What is inside writes results. Raises OutputFailed, and BrokenPipeError if the reader has gone."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputFailed(error) from error


def flush() -> None:
    """Write out what is still held of the results. Raises as `writing` does."""
    with writing():
        sys.stdout.flush()


@contextmanager
def saying() -> Iterator[None]:
    """What is inside speaks to people, if they can be reached."""
    with suppress(OSError):
        yield


def give_up() -> None:
    """Throw away what Python still holds for either stream, so that it doesn't try once more at exit."""
    for stream, number in ((sys.stdout, 1), (sys.stderr, 2)):
        try:
            stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            with suppress(OSError, io.UnsupportedOperation):
                number = stream.fileno()
            os.dup2(nowhere, number)
            os.close(nowhere)


def complain(text: str) -> None:
    """Write a line to standard error for those who have no command line around them, and never fail."""
    prepare()
    with saying():
        print(text, file=sys.stderr, flush=True)
    give_up()
