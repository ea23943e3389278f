"""Whether work is saved: the mark in the status bar, the look at the file at regular times, and copies elsewhere."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from app import paths
from app.core.errors import ProjectError, StetError
from app.core.progress import CancelToken, Progress
from app.core.wording import advice, sentence, undirected
from app.jobs.runner import JobOutcome
from app.session.session import Session
from app.ui.widgets.notifier import Tone
from app.ui.window.projects import Projects

if TYPE_CHECKING:
    from app.ui.window.main_window import MainWindow

_LOOK_EVERY_MS = 10_000
_WORK_ELSEWHERE = (
    "save a copy on a local disk and work in that; put a copy of it back, or an export, when you are done for the day"
)
_WAITING = "Waiting for "


class FileCare(QObject):
    """Tells as soon as the file of the open project can't be written, or was changed by another program."""

    open_wanted = Signal(object)  # path of a copy to go on in
    _changed = Signal()  # from whichever thread wrote

    def __init__(self, window: "MainWindow", projects: Projects) -> None:
        super().__init__(window)
        self._window = window
        self._projects = projects
        self._session: Session | None = None
        self._opens: Path | None = None
        self._kept = 0  # actions that were told to be kept
        self._told: ProjectError | None = None
        self._is_waiting = False
        self._timer = QTimer(self)
        self._timer.setObjectName("file-look")
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._changed.connect(self._on_changed, Qt.ConnectionType.AutoConnection)
        projects.unsaved.connect(self._tell_kept)
        window.scope.bind("project.save-copy", self.ask_copy)
        window.status.copy_wanted.connect(self.ask_copy)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.applicationStateChanged.connect(self._on_application_state)

    def begin(self, session: Session) -> None:
        """Look after a project that was opened."""
        self._session = session
        self._kept, self._told = 0, None
        session.kept.is_on = session.is_writable
        session.trouble.listener = self._changed.emit
        session.tell_waits(self._on_wait)
        if session.is_writable:
            self._timer.start()
            self._window.when_painted(self._tell_risk)
        if session.reader.missing_log is not None:
            self._window.when_painted(self._tell_missing_log)
        self._show()

    def what_is_saved(self) -> list[str]:
        """Return what of the work is saved, in sentences, for when something else went wrong."""
        session = self._session
        if session is None:
            return ["No project is open, so no work can be lost."]
        name = undirected(session.path.name)
        trouble = session.trouble.error
        if trouble is not None:
            return [f"{name} can’t be written: {sentence(trouble.what)}", "Save a copy elsewhere (File menu)."]
        if not session.is_writable:
            return [f"{name} is open read-only: nothing in it was changed."]
        return [
            f"Every action in {name} was saved as it was done. If you don’t see your last one, do it again.",
            "What stands in a field and isn’t confirmed yet isn’t saved.",
        ]

    def end(self) -> None:
        """Stop, before the project is closed."""
        self._timer.stop()
        if self._session is not None:
            self._session.trouble.listener = _nothing
            self._session.tell_waits(None)
        self._session = None
        self._window.status.show_saved("")

    def _tell_missing_log(self) -> None:
        """Say that the file was copied without the log with its latest actions, in a dialog."""
        if self._session is None or self._session.reader.missing_log is None:
            return
        from app.ui.dialogs.trouble import TroubleDialog

        what, _, hint = self._session.reader.missing_log.partition("; ")
        error = ProjectError(what, hint=hint, path=self._session.path)
        TroubleDialog("Latest actions may be missing", error, self._window).open()

    def _tell_risk(self) -> None:
        """Say that the project lies where an open one can be damaged, in a dialog the first time."""
        session = self._session
        risk = session.location_risk if session is not None else None
        if session is None or risk is None:
            return
        self._window.notifier.notify(f"This project is in a risky location: {risk}.", Tone.WARNING)
        known = f"risk-{session.path}"
        if self._window.state.word(known) == risk:
            return
        self._window.state.keep_word(known, risk)
        from app.ui.dialogs.trouble import TroubleDialog

        error = ProjectError(risk, hint=_WORK_ELSEWHERE, path=session.path)
        dialog = TroubleDialog("This project is in a risky location", error, self._window)
        dialog.copy_wanted.connect(self.ask_copy)
        dialog.open()

    def look(self) -> None:
        """Look whether another program has changed the file; whatever is wrong is told once."""
        if self._session is None:
            return
        try:
            self._session.trouble.check()
            self._session.kept.save()
        except StetError:
            self._show()  # the session's listener has told it

    def _on_wait(self, what: str) -> None:
        """Say what is waited for; called by the thread that writes."""
        if QThread.currentThread() is not self.thread():
            return  # a job, which has a dialog of its own
        if not self._is_waiting:
            self._is_waiting = True
            self._window.notifier.notify(f"{_WAITING}{what}…", Tone.WARNING)
            QTimer.singleShot(0, self, self._end_wait)  # events come when the write is over
        # In the middle of a write there are none, so the window is painted at once.
        self._window.repaint()

    def _end_wait(self) -> None:
        self._is_waiting = False
        if self._window.status.message.text().startswith(_WAITING):
            self._window.notifier.clear()

    def _on_application_state(self, state: Qt.ApplicationState) -> None:
        if state is Qt.ApplicationState.ApplicationActive:
            self.look()

    def _on_changed(self) -> None:
        self._show()
        session = self._session
        if session is None:
            return
        self._follow_kept(session)
        before, self._told = self._told, session.trouble.error
        if self._told is None or self._told is before or not session.trouble.was_changed_elsewhere:
            return
        if not session.trouble.must_be_reopened:
            self._window.notifier.complain(self._told)  # it may be put back at any time
            return
        from app.ui.dialogs.trouble import TroubleDialog

        dialog = TroubleDialog("Another program has changed the project", self._told, self._window)
        dialog.copy_wanted.connect(self.ask_copy)
        dialog.open()

    def _follow_kept(self, session: Session) -> None:
        """Say that actions are kept which can't be written, and once more when they are."""
        before, self._kept = self._kept, len(session.kept)
        error = session.kept.error
        if error is not None and self._kept > before:
            self._window.notifier.complain(error)
            if not before:  # what the action itself says comes after this, and matters less
                QTimer.singleShot(0, self, self._tell_first)
        elif before and not self._kept:
            self._window.notifier.notify("Everything is saved again.", Tone.DONE)

    def _tell_first(self) -> None:
        error = self._session.kept.error if self._session is not None else None
        if error is not None:
            self._window.notifier.complain(error)

    def _tell_kept(self) -> None:
        """Say that the project can't be closed yet, since some actions are in memory alone, and offer what helps."""
        session = self._session
        error = session.kept.error if session is not None else None
        if session is None or error is None:
            return
        from app.ui.dialogs.trouble import KeptDialog

        dialog = KeptDialog("Not everything is saved", error, self._window)
        dialog.copy_wanted.connect(self.ask_copy)
        dialog.discard_wanted.connect(session.kept.forget)
        dialog.open()

    def _show(self) -> None:
        session = self._session
        if session is None:
            return
        if not session.is_writable:
            self._window.status.show_saved("read-only")
        elif session.kept and session.kept.error is not None:
            self._window.status.show_saved("✗ not saved", why=advice(session.kept.error))
        elif session.trouble.error is None:
            self._window.status.show_saved("✓ saved")
        else:
            self._window.status.show_saved("✗ not saved", why=advice(session.trouble.error))

    # -- copies elsewhere ----------------------------------------------------------------------------------------------

    def ask_copy(self) -> None:
        """Ask where to save a copy of the project."""
        from app.ui.dialogs.save_copy import SaveCopyDialog

        session = self._session
        if session is None:
            return
        folder = paths.documents_dir()
        goes_on = session.trouble.error is not None or session.location_risk is not None
        dialog = SaveCopyDialog(session.path, folder if folder.is_dir() else Path.home(), self._window, goes_on=goes_on)
        dialog.answered.connect(self._save_copy)
        dialog.open()

    def _save_copy(self, answer: tuple[Path, bool]) -> None:
        path, opens = answer
        session = self._session
        if session is None:
            return
        self._opens = path if opens else None

        def work(_report: Progress, _token: CancelToken) -> Any:  # noqa: ANN401  what is missing, and the path
            from app.services.history.rescue import save_elsewhere

            return save_elsewhere(session, path), path

        self._projects.run("save-copy", "Saving a copy", work, self._on_copied)

    def _on_copied(self, outcome: JobOutcome) -> None:
        opens, self._opens = self._opens, None
        if self._projects.report_failure(outcome, "No copy was saved"):
            return
        missing, path = outcome.value
        if opens is not None:
            if self._session is not None:
                self._session.kept.hand_over()
            self.open_wanted.emit(opens)
        if missing:
            self._projects.complain("The copy isn’t complete", ProjectError(missing.rstrip("."), path=path))
        else:
            self._window.notifier.notify(sentence(f"A copy was saved as {path}"), Tone.DONE)


def _nothing() -> None:
    """Stand in for a listener."""
