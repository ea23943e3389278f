"""Why the file of an open project can't be written, as far as is known."""

from collections.abc import Callable

from app.core.errors import ProjectError
from app.storage.file_watch import ProjectChanged
from app.storage.lock import ProjectLocked
from app.storage.project import Project


def _nothing() -> None:
    """Stand in for a listener."""


class FileTrouble:
    """Why the last write failed, or the next one would.

    `listener` is called when that changes, in whichever thread. It is no event: nothing in the project changed.
    """

    def __init__(self, project: Project) -> None:
        self.error: ProjectError | None = None
        """What is wrong; None if all is saved."""
        self.listener: Callable[[], None] = _nothing
        self._project = project

    def note(self, error: ProjectError | None) -> None:
        """Note what is wrong, or that nothing is any more."""
        if (error is None) is not (self.error is None) or str(error) != str(self.error):
            self.error = error
            self.listener()

    def check(self) -> None:
        """Raise ProjectError if another program has changed the file since it was opened for writing, or if nobody may
        write it any more. Every write requires it too.
        """
        try:
            self._project.require_unchanged()
        except ProjectError as error:
            self.note(error)
            raise
        if self.was_changed_elsewhere:
            self.note(None)  # the file was put back

    @property
    def must_be_reopened(self) -> bool:
        """Whether another program has changed the file, so that it must be opened, and checked, again."""
        return isinstance(self.error, ProjectChanged) and self.error.is_final

    @property
    def was_changed_elsewhere(self) -> bool:
        """Whether the trouble is that another program has changed the file, or writes to it."""
        return isinstance(self.error, ProjectChanged | ProjectLocked)
