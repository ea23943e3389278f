"""What is left to do when a command is over, however it ended."""

from collections.abc import Callable

_due: list[Callable[[], None]] = []


def afterwards(action: Callable[[], None]) -> None:
    """Do this when the command is over."""
    _due.append(action)


def do_what_is_due() -> None:
    """Do it, once."""
    while _due:
        _due.pop()()
