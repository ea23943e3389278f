"""Reporting the progress of jobs, and cancelling them."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from app.core.errors import Cancelled


class Progress(Protocol):
    """A callback that a job calls regularly, from its own thread."""

    def __call__(self, done: int, total: int | None, what: str) -> None:
        """Report how much of the total (None if unknown) is done, and `what`, in words for people."""
        ...


def no_progress(done: int, total: int | None, what: str) -> None:
    """Ignore progress."""


class CancelToken:
    """A request to cancel a job, made in one thread and polled in another."""

    def __init__(self) -> None:
        self._is_cancelled = False
        self._waiting: list[Callable[[], object]] = []

    def cancel(self) -> None:
        """Request cancellation, and call the `waking` callbacks."""
        self._is_cancelled = True
        for wake in tuple(self._waiting):
            wake()

    def withdraw(self) -> None:
        """Take the request back."""
        self._is_cancelled = False

    def take_charge(self) -> None:
        """Become the current token of this thread: cancelling it also ends the statement that SQLite is running."""
        _current.set(self)

    @contextmanager
    def waking(self, wake: Callable[[], object]) -> Generator[None]:
        """Inside the block, `cancel` calls `wake`, in its thread; if it was called before, `wake` is called at once."""
        self._waiting.append(wake)
        if self._is_cancelled:
            wake()
        try:
            yield
        finally:
            self._waiting.remove(wake)

    @property
    def is_cancelled(self) -> bool:
        """Whether cancellation was requested."""
        return self._is_cancelled

    def raise_if_cancelled(self) -> None:
        """Raise Cancelled if cancellation was requested."""
        if self._is_cancelled:
            raise Cancelled


_current: ContextVar[CancelToken | None] = ContextVar("current_token", default=None)  # each thread has its own


def current_token() -> CancelToken | None:
    """Return the token that is in charge of this thread; None if there is none."""
    return _current.get()
