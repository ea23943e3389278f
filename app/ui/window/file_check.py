"""The check of a project for damage, in the background while its first document is read."""

import threading

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.core.errors import Cancelled, ProjectError
from app.core.progress import CancelToken
from app.session.session import Session


class FileCheck(QObject):
    """Checks one project at a time, in a thread of its own: jobs needn't wait for it, and it isn't one to cancel."""

    failed = Signal(object)  # ProjectError: the file is damaged, or can't be read
    _ended = Signal(object)  # the session, and the error or None

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self._thread: threading.Thread | None = None
        self._token = CancelToken()
        self._ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)

    @property
    def is_running(self) -> bool:
        """Whether a check is under way."""
        return self._thread is not None

    def start(self, session: Session) -> None:
        """Check the session's project, for reading only too: what is read may be written elsewhere."""
        self.stop()
        token = self._token = CancelToken()
        self._session = session

        def check() -> None:
            token.take_charge()
            error: ProjectError | None = None
            try:
                session.check_file()
            except Cancelled:
                return
            except ProjectError as found:
                error = found
            self._ended.emit((session, error))

        self._thread = threading.Thread(target=check, name="stet-file-check", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the check; its result isn't told."""
        self._token.cancel()
        if self._thread is not None:
            self._thread.join()
        self._thread = self._session = None

    @Slot(object)
    def _on_ended(self, end: tuple[Session, ProjectError | None]) -> None:
        session, error = end
        if session is not self._session:
            return
        self._thread = self._session = None
        if error is not None:
            self.failed.emit(error)
