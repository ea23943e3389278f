"""A private copy of a project, in which anything may be tried: it has no file, and is gone when it is closed."""

from contextlib import closing, suppress
from pathlib import Path

from app.storage.connection import Connection, connect_to_copy
from app.storage.held_file import Hold
from app.storage.open_check import OpenCheck
from app.storage.project import Project
from app.storage.schema_update import migrate
from app.storage.seals import keep_seals
from app.storage.writer_turn import WriterTurn


class PrivateCopy(Project):
    """A copy of what a connection to a project has committed. It can be written, and nobody else sees it.

    Who writes through that connection meanwhile isn't held up: SQLite begins the copy again then. Whoever opened it is
    told that the project is only read, unless it is a rehearsal: of what is to be done to the project.
    Raises StorageFault, sqlite3.Error and Cancelled.
    """

    def __init__(self, path: Path, source: Connection, *, is_rehearsal: bool = False) -> None:
        # Not the base's: there is no file to lock, to check or to look after.
        self.path = path
        self.lock = None
        self.missing_log = None
        self.turn = WriterTurn(path)
        self._check = OpenCheck(path, is_done=True)
        self._watch = self._sitting = self._of_file = self._hold = None
        with suppress(OSError):
            self._hold = Hold(path)  # what has one is open; the file may be gone
        self._is_rehearsal = is_rehearsal
        self.connection = self.reader = connect_to_copy(source)
        self.connection.on_fault = self._advise
        if is_rehearsal:
            try:
                migrate(self.connection)
                self.connection.execute("PRAGMA foreign_keys=ON")
                keep_seals(self.connection)
            except BaseException:
                self.close()
                raise

    @classmethod
    def rehearsal(cls, path: Path) -> "PrivateCopy":
        """Return a copy of the project at a path that is brought up to date; others may write that project meanwhile.

        Raises ProjectError.
        """
        with closing(Project(path, write=False)) as source:
            return cls(path, source.reader, is_rehearsal=True)

    @property
    def is_writable(self) -> bool:
        """Whether it is a rehearsal."""
        return self._is_rehearsal

    def close(self, *, as_one_file: bool = False) -> None:
        """Forget the copy."""
        self.connection.close()
        if self._hold is not None:
            self._hold.release()
            self._hold = None
