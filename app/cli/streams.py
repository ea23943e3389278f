"""Standard output and error, which may be closed, full, or a pipe that was closed by its reader.

Results that can't be written are an error; a closed pipe isn't. Messages for people that can't be written to standard
error are dropped.
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
    """Replace streams that were closed when the process started.

    Python sets them to None then, and the next file opened would get a file descriptor that others take for standard
    output.
    """
    if sys.stdout is None:
        # Opened read-only, so that writing results fails as for a closed file.
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  it stays open as long as the process


@contextmanager
def writing() -> Iterator[None]:
    """A context that writes results. Raises OutputFailed, and BrokenPipeError if the pipe was closed."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputFailed(error) from error


def flush() -> None:
    """Write out buffered results. Raises as `writing` does."""
    with writing():
        sys.stdout.flush()


@contextmanager
def ignoring_write_errors() -> Iterator[None]:
    """A context that writes messages for people; errors in writing them are ignored."""
    with suppress(OSError):
        yield


def give_up() -> None:
    """Discard what Python still buffers for both streams, so that it doesn't retry at exit."""
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
    """Write a line to standard error outside of the command line; never fails."""
    prepare()
    with ignoring_write_errors():
        print(text, file=sys.stderr, flush=True)
    give_up()
