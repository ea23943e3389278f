"""Working with a hub in steps, so that another thread can ask the server than the one that has the project."""

from collections.abc import Callable, Generator
from typing import Any, TypeVar

from app.core.progress import CancelToken

Ask = Callable[[], Any]
"""Something to be asked of the server: it touches no project, and may take long."""

T = TypeVar("T")
Steps = Generator[Ask, Any, T]
"""Yields what is to be asked, is sent the answer, or thrown the error, and returns what it came to."""


def run_here(steps: Steps[T], cancel: CancelToken | None = None) -> T:
    """Take all the steps in this thread. Raises what they raise, and Cancelled between them."""
    try:
        ask = next(steps)
        while True:
            if cancel is not None:
                cancel.raise_if_cancelled()
            ask = steps.send(ask())
    except StopIteration as end:
        return end.value
    finally:
        steps.close()
