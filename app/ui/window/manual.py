"""What one reads beside the work: the manual and the guideline, each in a window of its own."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.core.wording import undirected
from app.session.events import Event, Topic
from app.ui.actions.registry import ActionScope
from app.ui.dialogs.reader import ReaderWindow
from app.ui.widgets.window_state import WindowState
from app.ui.window.projects import Projects


class Manual(QObject):
    """Opens both windows, once each; they stay open beside the work and keep their place.

    `topic` names the page that fits what the window shows.
    """

    def __init__(
        self, window: QWidget, projects: Projects, actions: ActionScope, state: WindowState, topic: Callable[[], str]
    ) -> None:
        super().__init__(window)
        self._window = window
        self._projects = projects
        self._state = state
        self._topic = topic
        self._pages: ReaderWindow | None = None
        self._guideline: ReaderWindow | None = None
        projects.closing.connect(self._on_closing)
        actions.bind("help.manual", self.open_manual)
        actions.bind("project.scheme", self.open_guideline)

    def open_manual(self) -> None:
        """Show the manual, at the page about what the window shows."""
        from app.ui.dialogs.manual_pages import manual_pages

        if self._pages is None:
            self._pages = ReaderWindow("manual-dialog", "Manual", manual_pages(), self._window, page=self._topic())
            self._pages.finished.connect(self._on_manual_closed)
            self._show(self._pages)
        else:
            self._pages.open_page(self._topic())
        self._come_up(self._pages)

    def open_guideline(self) -> None:
        """Show the scheme of the project as a guideline."""
        from app.ui.dialogs.guideline_page import guideline_page

        session = self._projects.session
        if session is None:
            return
        if self._guideline is None:
            title = f"Guideline: {session.scheme.title}"
            self._guideline = ReaderWindow("guideline-dialog", title, [guideline_page(session.scheme)], self._window)
            self._guideline.finished.connect(self._on_guideline_closed)
            self._show(self._guideline)
        self._come_up(self._guideline)

    def on_session_changed(self, fact: Event) -> None:
        """Show the guideline of another scheme once it is the project's, if it is open."""
        if fact.topic is Topic.SCHEME:
            self._follow_scheme()

    def _follow_scheme(self) -> None:
        from app.ui.dialogs.guideline_page import guideline_page

        session = self._projects.session
        if session is not None and self._guideline is not None:
            self._guideline.setWindowTitle(f"Guideline: {undirected(session.scheme.title)}")
            self._guideline.show_pages([guideline_page(session.scheme)])

    def _show(self, reader: ReaderWindow) -> None:
        self._state.restore_dialog(reader)
        self._state.restore_splitter(reader.splitter.objectName(), reader.splitter)
        reader.show()

    @staticmethod
    def _come_up(reader: ReaderWindow) -> None:
        reader.raise_()
        reader.activateWindow()

    def _keep(self, reader: ReaderWindow | None) -> None:
        if reader is not None:
            self._state.keep_dialog(reader)
            self._state.keep_splitter(reader.splitter.objectName(), reader.splitter)

    def _on_manual_closed(self, _result: int) -> None:
        self._keep(self._pages)
        self._pages = None

    def _on_guideline_closed(self, _result: int) -> None:
        self._keep(self._guideline)
        self._guideline = None

    def _on_closing(self) -> None:
        if self._guideline is not None:
            self._guideline.reject()
