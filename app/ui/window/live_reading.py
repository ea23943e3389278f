"""A project that another process is writing: its work is shown here as it is done, and its place can be taken."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from app.core.errors import EditRejected, ProjectError, StetError
from app.session.others_work import FileNews, OthersWork
from app.session.session import Session
from app.ui.annotate.workspace import AnnotateWorkspace
from app.ui.widgets.notifier import Tone
from app.ui.window.projects import Projects

if TYPE_CHECKING:
    from app.ui.window.main_window import MainWindow

_LOOK_EVERY_MS = 500
_FREE = "The other window or command has closed this project. Choose “Work on it here” to go on with it."
_REPLACED = "the project file was moved, replaced or deleted; what is shown here is what was in it"


class LiveReading(QObject):
    """Looks after a project that is open read-only."""

    def __init__(
        self, window: "MainWindow", projects: Projects, workspace: Callable[[], AnnotateWorkspace | None]
    ) -> None:
        super().__init__(window)
        self._window = window
        self._projects = projects
        self._workspace = workspace
        self._session: Session | None = None
        self._others: OthersWork | None = None
        self._is_held = False
        self._told = ""  # what is wrong with the file, until it is right again
        self._timer = QTimer(self)
        self._timer.setObjectName("live-look")
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        window.scope.bind("project.write", self.work_here)
        window.status.write_wanted.connect(self.work_here)

    def begin(self, session: Session) -> None:
        """Look after a project that was opened, if it is read-only."""
        if session.is_writable:
            return
        self._session, self._told = session, ""
        self._others = OthersWork(session)
        self._is_held = session.is_written_elsewhere
        self._timer.start()

    def end(self) -> None:
        """Stop, before the project is closed."""
        self._timer.stop()
        self._session = self._others = None

    def look(self) -> None:
        """Show what another process has written since the last look, and tell when it has gone."""
        if self._others is None or self._session is None:
            return
        try:
            seen = self._others.take()
        except StetError as error:
            self._tell(error)
            return
        if seen is FileNews.GONE:
            self._tell(ProjectError(_REPLACED, hint="open it again", path=self._session.path))
        elif seen is FileNews.OUTDATED:
            self._open_again()
        else:
            self._told = ""
            self._follow_writer(self._session)

    def _tell(self, error: StetError) -> None:
        if str(error) != self._told:
            self._told = str(error)
            self._window.notifier.complain(error)

    def _follow_writer(self, session: Session) -> None:
        was_held, self._is_held = self._is_held, session.is_written_elsewhere
        if was_held and not self._is_held and self._others is not None and self._others.may_be_continued:
            self._window.status.show_saved("read-only", can_write=True)
            self._window.notifier.notify(_FREE)
        elif self._is_held and not was_held:
            self._window.status.show_saved("read-only")

    def work_here(self) -> None:
        """Become the one who writes the project, if nobody else does."""
        session = self._projects.session
        if session is None:
            return
        if session.is_writable:
            self._window.notifier.notify("This project is already open for writing.")
            return
        if self._others is None or not self._others.may_be_continued:
            try:
                session.require_writable()
            except EditRejected as error:
                self._window.notifier.complain(error)
            return
        self._open_again()
        now = self._projects.session
        if now is not None and now.is_writable:
            self._window.notifier.notify("You can work on this project now.", Tone.DONE)

    def _open_again(self) -> None:
        """Open the project once more, with the same place in the same document."""
        session, workspace = self._projects.session, self._workspace()
        if session is None or workspace is None:
            return
        path, annotator, document = session.path, session.annotator or "", session.state
        view = workspace.text.canvas.view
        # Closed first: an open file isn't checked again, and its writer may have ended badly.
        self._projects.close()
        self._projects.open(path, annotator)
        now, workspace = self._projects.session, self._workspace()
        if now is None or workspace is None or document is None:
            return
        uid = document.document.uid
        if now.reader.documents.key_of(uid) is not None:
            if now.state is None or now.state.document.uid != uid:
                workspace.open_document(uid)
            workspace.text.canvas.set_view(view)
