"""How long work tells where it is, and is told to stop."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Protocol

from app.core.errors import Cancelled


class Progress(Protocol):
    """Called now and then while work goes on, from the thread that works."""

    def __call__(self, done: int, total: int | None, what: str) -> None:
        """Say how much of the total is done, None if that isn't known, and `what` in words for people."""
        ...


def no_progress(done: int, total: int | None, what: str) -> None:
    """Tell nobody."""


class CancelToken:
    """A wish to stop, set in one thread and seen in another."""

    def __init__(self) -> None:
        self._is_cancelled = False
        self._waiting: list[Callable[[], object]] = []

    def cancel(self) -> None:
        """Wish it."""
        self._is_cancelled = True
        for wake in tuple(self._waiting):
            wake()

    @contextmanager
    def waking(self, wake: Callable[[], object]) -> Generator[None]:
        """While this lasts, call `wake` when it is wished, from the thread that wishes it; at once if it was before."""
        self._waiting.append(wake)
        if self._is_cancelled:
            wake()
        try:
            yield
        finally:
            self._waiting.remove(wake)

    @property
    def is_cancelled(self) -> bool:
        """Whether it was wished."""
        return self._is_cancelled

    def raise_if_cancelled(self) -> None:
        """Raise Cancelled if it was wished."""
        if self._is_cancelled:
            raise Cancelled
