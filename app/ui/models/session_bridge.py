"""The session's changes as a Qt signal."""

from PySide6.QtCore import QObject, Signal, Slot

from app.session.events import Event
from app.session.session import Session


class SessionBridge(QObject):
    """Re-emits what a session publishes, on the thread of the window; ends with `close()`."""

    changed = Signal(object)  # app.session.events.Event
    _published = Signal(object)  # the same, on whichever thread it was published

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._is_open = True
        self._published.connect(self._pass_on)
        self._end = session.listen(self._on_published)

    def _on_published(self, fact: Event) -> None:
        self._published.emit(fact)

    @Slot(object)
    def _pass_on(self, fact: Event) -> None:
        # What a job published waits in the window's queue, and may still be there when the project is closed.
        if self._is_open:
            self.changed.emit(fact)

    def close(self) -> None:
        """Stop listening; what is still on its way isn't told either."""
        self._is_open = False
        self._end()
