"""The copies of an open project: when one is due, the first of a sitting, and what the newest one lacks."""

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from app.core.errors import StetError
from app.core.progress import Progress, no_progress
from app.session.recent_work import RecentWork
from app.storage.backups import Copied, back_up, backups, clock_note, has_backup_of
from app.storage.document_queries import DocumentQueries
from app.storage.edit_log import EditLog
from app.storage.file_watch import ProjectChanged
from app.storage.lock import ProjectLocked
from app.storage.project import Project


class ProjectCopies:
    """Makes copies of an open project, each checked fully.

    Copies may be made in any thread: they are read through connections of their own.
    """

    def __init__(self, project: Project, log: EditLog, documents: DocumentQueries) -> None:
        self._project = project
        self._log = log
        self._documents = documents
        self._saved_before = log.next_sequence() if project.is_writable else 0  # nothing has to be copied up to here
        self._copied_before: int | None = None  # the newest backup that is known to be sound has all before this
        self._expected: Callable[[StetError | None], None] | None = None  # told of the first backup, still to be made
        self._first: threading.Thread | None = None
        self._beginning = threading.Lock()  # a job may write first while the window's timer is due
        self._has_snapshot = threading.Event()  # the first backup reads what was before the first write, or failed
        self._first_is_over = threading.Event()
        self.newest: Path | None = None
        """The newest backup that this session has made or found to be up to date; what it lacks is in `recent`."""
        self.recent = RecentWork()

    def back_up(self, out: Path | None = None, *, reason: str = "", progress: Progress = no_progress) -> Path:
        """Make a fully checked copy of the project and return its path; see `storage.backups.back_up`.

        Raises ProjectError, also if another program has changed the file.
        """
        self._project.require_unchanged()
        copied = back_up(self._project.path, out, reason=reason, progress=progress)
        return self._noted(copied, is_elsewhere=out is not None)

    def _noted(self, copied: Copied, *, is_elsewhere: bool = False) -> Path:
        self._saved_before = copied.next_sequence
        if not is_elsewhere:
            self._note(copied.path, copied.next_sequence)
        return copied.path

    def copy_what_is_open(self, out: Path) -> None:
        """Make a fully checked copy of the file that is open, whatever lies at its path now. Raises ProjectError.

        For this, the connection must not be used by another thread.
        """
        back_up(self._project.path, out, source=self._project.connection)

    def note_saved(self) -> None:
        """Note that a copy elsewhere has everything: none is due on closing."""
        self._saved_before = self._log.next_sequence()

    @property
    def is_due(self) -> bool:
        """Whether anything was logged since the last copy, or since the project was opened."""
        return self._project.is_writable and self._log.next_sequence() != self._saved_before

    def clock_note(self) -> str:
        """Return a note if backups are dated later than now, "" if none is."""
        return clock_note(self._project.path)

    def before_many(self, reason: str) -> None:
        """Make a backup for this reason, unless there is nothing to lose or this session has made one of this state.

        Inside of a transaction it has the state before it. Without a reason, nothing is done. Raises ProjectError.
        """
        if reason:
            self._project.require_whole()
            self.await_first()
        if reason and self._copied_before != self._log.next_saved_sequence() and self._documents.count():
            self.back_up(reason=reason)

    def expect_first(self, on_end: Callable[[StetError | None], None]) -> None:
        """Make a backup of what is before the first write, unless the newest one has everything or there are no
        documents.

        `on_end` is called with None once it is made, or with the error, in the thread that makes it: a failure doesn't
        prevent the write.
        """
        if not self._project.is_writable or not self._documents.count():
            return
        if has_backup_of(self._project.path, self._log.head()):
            self._note(backups(self._project.path)[0], self._log.next_sequence())
        else:
            self._expected = on_end

    def begin_first(self) -> None:
        """Make the backup that is expected in a thread of its own, before any write asks for it."""
        with self._beginning:
            if self._expected is not None and self._first is None:
                first = threading.Thread(target=self._make_first, name="stet-first-copy", daemon=True)
                first.start()
                self._first = first

    def require_first(self) -> None:
        """See to it that the backup that is expected lacks the write that follows. It is begun if it isn't yet, and
        waited for until it reads from a snapshot of what there is; the copy itself is made while work goes on.
        """
        self.begin_first()
        if self._first is not None:
            self._has_snapshot.wait()

    def await_first(self, seconds: float | None = None) -> None:
        """Wait until the backup that was begun is made, or for so long."""
        if self._first is not None:
            self._first.join(seconds)

    @property
    def is_making_first(self) -> bool:
        """Whether the backup of what was before the first write is being made."""
        return self._first is not None and not self._first_is_over.is_set()

    def forgo_first(self) -> None:
        """Make no backup that isn't begun, as nothing was written. One that is begun needs no open project."""
        if self._first is None:
            self._expected = None

    def _make_first(self) -> None:
        on_end, self._expected = self._expected, None
        if on_end is None:  # a backup by hand came first
            self._has_snapshot.set()
            self._first_is_over.set()
            return
        error: StetError | None = None
        try:
            self._project.require_unchanged()
            self._noted(back_up(self._project.path, on_snapshot=self._has_snapshot.set))
        except (ProjectChanged, ProjectLocked):
            pass  # the write that follows tells it
        except StetError as fault:
            error = fault
        finally:
            self._has_snapshot.set()
            self._first_is_over.set()
        on_end(error)

    def closing_copy(self) -> Callable[[Progress], Path] | None:
        """Return what makes the backup that is due on closing, to be called once the project is closed, or None.

        Raises ProjectError if one is due, but another program has changed the file.
        """
        if not self.is_due:
            return None
        self._project.require_unchanged()
        return partial(_copied_path, self._project.path)

    def _note(self, path: Path, next_sequence: int) -> None:
        self._expected = None
        self.newest = path
        self._copied_before = next_sequence
        self.recent.note_copy(next_sequence)


def _copied_path(project: Path, progress: Progress) -> Path:
    return back_up(project, progress=progress).path
