"""Ctrl+C in the terminal and termination signals close the window as a user would."""

import signal
import socket
from collections.abc import Callable
from functools import partial
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, Slot

from app.core.progress import CancelToken

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class ExitSignals(QObject):
    """Handles signals while Qt's event loop runs, where Python can't run handlers, by calling `end`.

    Python writes a byte to a socket for each signal, and Qt watches the other end of it. A statement of SQLite that is
    running in the GUI thread then is cancelled, since Qt's loop comes after it.
    """

    def __init__(self, end: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._end = end
        self._told, self._hears = socket.socketpair()
        for end_of_pair in (self._told, self._hears):
            end_of_pair.setblocking(False)
        self._statement = CancelToken()
        self._statement.take_charge()
        self._notifier = QSocketNotifier(self._hears.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_signal)
        signal.set_wakeup_fd(self._told.fileno(), warn_on_full_buffer=False)
        for name in _NAMES:
            number = getattr(signal, name, None)
            # A signal that is ignored, as under nohup, stays ignored.
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, partial(_stop_statement, self._statement))

    @Slot()
    def _on_signal(self) -> None:
        self._hears.recv(64)
        # Closing writes, and what it writes must not be cancelled.
        self._statement.withdraw()
        self._end()


def _stop_statement(statement: CancelToken, _number: int, _frame: FrameType | None) -> None:
    """Stop the statement that is running now. Python writes to the wakeup socket, and Qt's loop does the rest."""
    statement.cancel()
