"""Ctrl+C in the terminal and termination signals close the window as a user would."""

import signal
import socket
from collections.abc import Callable
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, Slot

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class ExitSignals(QObject):
    """Handles signals while Qt's event loop runs, where Python can't run handlers, by calling `end`.

    Python writes a byte to a socket for each signal, and Qt watches the other end of it.
    """

    def __init__(self, end: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._end = end
        self._told, self._hears = socket.socketpair()
        for end_of_pair in (self._told, self._hears):
            end_of_pair.setblocking(False)
        self._notifier = QSocketNotifier(self._hears.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_signal)
        signal.set_wakeup_fd(self._told.fileno(), warn_on_full_buffer=False)
        for name in _NAMES:
            number = getattr(signal, name, None)
            # A signal that is ignored, as under nohup, stays ignored.
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, _pass_over)

    @Slot()
    def _on_signal(self) -> None:
        self._hears.recv(64)
        self._end()


def _pass_over(_number: int, _frame: FrameType | None) -> None:
    """Do nothing: a handler must be set for Python to write to the wakeup socket; Qt's loop does the rest."""
