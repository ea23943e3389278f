"""Signals that ask a command to end: it ends in an orderly way, so that partial files are removed."""

import signal
import threading
from collections.abc import Callable
from types import FrameType

# A process started in a shell's background or under nohup ignores some of these, and goes on to do so.
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")

_Handler = Callable[[int, FrameType | None], object] | int | None


class StopSignals:
    """Raises KeyboardInterrupt in the main thread on a signal that asks the process to end, until `is_over` is set.

    A signal can come between any two steps, also while the last one is being answered. Whoever catches the exception
    sets `is_over` first: what comes from then on is remembered, and raises nothing.
    """

    def __init__(self) -> None:
        self.is_over = False
        """Whether the work is done, so that there is nothing left to end."""
        self.last: int | None = None
        """The number of the termination signal that came last; Ctrl+C isn't one."""
        self._before: dict[int, _Handler] = {}

    def take(self) -> None:
        """Handle the signals. Only the main thread can; in another one nothing happens."""
        if threading.current_thread() is not threading.main_thread():
            return
        for name in _NAMES:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.getsignal(number)  # before one can come
                signal.signal(number, self._end)

    def give_back(self) -> None:
        """Leave the signals to whoever handled them before."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before.clear()

    def _end(self, number: int, _frame: FrameType | None) -> None:
        if number != signal.SIGINT:
            self.last = number
        if not self.is_over:
            raise KeyboardInterrupt
