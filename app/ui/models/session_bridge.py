"""The session's changes as a Qt signal."""

from PySide6.QtCore import QObject, Signal

from app.session.events import Event
from app.session.session import Session


class SessionBridge(QObject):
    """Re-emits what a session publishes; ends with `close()`."""

    changed = Signal(object)  # app.session.events.Event

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._end = session.listen(self._on_published)

    def _on_published(self, fact: Event) -> None:
        self.changed.emit(fact)

    def close(self) -> None:
        """Stop listening."""
        self._end()
