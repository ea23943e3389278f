"""A private copy of a project, in which anything may be tried: it has no file, and is gone when it is closed."""

from app.storage.connection import connect_to_copy
from app.storage.held_file import Hold
from app.storage.project import Project
from app.storage.writer_turn import WriterTurn


class PrivateCopy(Project):
    """A copy of what a project's reader sees. It can be written, and nobody else sees it.

    Raises StorageFault, sqlite3.Error and Cancelled.
    """

    def __init__(self, source: Project) -> None:
        # Not the base's: there is no file to lock, to check or to look after.
        self.path = source.path
        self.lock = None
        self.turn = WriterTurn(source.path)
        self._watch = self._sitting = self._of_file = None
        self._hold = Hold(source.path)  # what has one is open
        self.connection = self.reader = connect_to_copy(source.reader)

    def close(self, *, as_one_file: bool = False) -> None:
        """Forget the copy."""
        if self._hold is not None:
            self.connection.close()
            self._hold.release()
            self._hold = None
