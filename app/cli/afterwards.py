"""Clean-up after a command, however it ended."""

from collections.abc import Callable

_due: list[Callable[[], None]] = []


def afterwards(action: Callable[[], None]) -> None:
    """Register an action to run after the command."""
    _due.append(action)


def run_registered() -> None:
    """Run the registered actions, once."""
    while _due:
        _due.pop()()
