"""The one channel for news to the person: a line of text and its tone."""

from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from app.core.errors import EditRejected, StetError


class Tone(StrEnum):
    """What kind of news it is: a neutral fact, something done, something that can't be done now, a failure."""

    INFO = "info"
    DONE = "done"
    WARNING = "warning"
    ERROR = "error"


class Notice(NamedTuple):
    """A piece of news; an empty text removes the one before it."""

    text: str
    tone: Tone = Tone.INFO


class Notifier(QObject):
    """Passes news on from whoever has any to whatever shows it. One for each window."""

    notified = Signal(object)  # Notice

    def notify(self, text: str, tone: Tone = Tone.INFO) -> None:
        """Show a message until the next one, or until it is cleared."""
        from app.core.wording import undirected  # its imports would cost the start of the program

        self.notified.emit(Notice(undirected(text), tone))

    def complain(self, error: StetError) -> None:
        """Show what went wrong and what to do about it. A refused edit is a warning."""
        from app.core.wording import advice, undirected, window_hint  # its imports would cost the start of the program

        words = advice(error)
        if error.path is not None:
            # The name alone: a long path would leave no room for what is wrong.
            name = Path(error.path).name
            place = name if error.line is None else f"{name}:{error.line}"
            hint = window_hint(error)
            words = f"{undirected(place)}: {error.what}" + (f"; {hint}" if hint else "")
        self.notify(words, Tone.WARNING if isinstance(error, EditRejected) else Tone.ERROR)

    def clear(self) -> None:
        """Remove the message that is shown."""
        self.notified.emit(Notice(""))
