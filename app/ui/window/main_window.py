"""The main window: start screen or workspace between top bar and status bar."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QEvent, QObject, QSize, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app.settings import Settings
from app.ui.actions.catalogue import Needs
from app.ui.actions.registry import ActionRegistry, native
from app.ui.guard import guarded
from app.ui.panels.start_screen import StartScreen
from app.ui.panels.status_bar import StatusBar
from app.ui.panels.top_bar import TopBar
from app.ui.widgets.notifier import Notifier, Tone
from app.ui.widgets.screen_room import fit
from app.ui.widgets.window_state import WindowState
from app.ui.window.placed_keys import PlacedKeys

if TYPE_CHECKING:
    from app.ui.window.last_copies import LastCopies

_SIZE = QSize(1440, 900)
_HIDDEN_MS = 1000
_NOTHING_OPEN = "No project is open, so no work can be lost."
_OUTSIDE = (("view.palette", "all commands"), ("help.shortcuts", "keys"))


class Desk(Protocol):
    """What the window needs from the controller behind it."""

    @property
    def ending(self) -> "LastCopies":
        """What waits for the last copies."""
        ...

    def open_project(self, path: Path) -> None:
        """Open a project."""
        ...

    def open_sample(self) -> None:
        """Open the sample project."""
        ...

    def take_files(self, files: list[Path]) -> None:
        """Handle dropped files."""
        ...

    def what_is_safe(self) -> list[str]:
        """Return what of the person's work is saved, in sentences."""
        ...

    def shut_down(self) -> str:
        """Stop background work and close the project; return why the window should stay, "" if it may go."""
        ...


@guarded
class MainWindow(QMainWindow):
    """Arranges the window's parts; the desk (its controller) does the work.

    The desk, and with it storage and everything a project needs, is imported and created on first use, so that the
    window appears first. `scope` is the bottom scope: the actions that are available everywhere. `stack` is where
    workspaces stand; they are made in it, since whatever is placed once it is whole gets all its style again.
    """

    dropped = Signal(object)  # list of Path

    def __init__(self, settings: Settings, state: WindowState, make_desk: Callable[["MainWindow"], Desk]) -> None:
        self._waiting: list[Callable[[], None]] = []
        super().__init__()
        self.setObjectName("main-window")
        self.setWindowTitle("Stet")
        self.setAcceptDrops(True)
        self.settings = settings
        self.state = state
        self.registry = ActionRegistry(self, settings["keys"])
        self._placed_keys = PlacedKeys(self, self.registry)
        middle = QWidget(self)
        self.setCentralWidget(middle)
        self.top = TopBar(middle)
        self.stack = QStackedWidget(middle)
        self.start = StartScreen(self.stack)
        self.status = StatusBar(middle)
        self.notifier = Notifier(self)
        self.notifier.notified.connect(self.status.show_notice)
        self.registry.refused.connect(self._on_refused)
        self._make_desk = make_desk
        self._desk: Desk | None = None
        self.stays_because = ""
        """Why the window didn't close when it was asked to, in words that a dialog in it tells too."""
        self._hints: Sequence[tuple[str, str]] = _OUTSIDE
        self.stack.addWidget(self.start)
        box = QVBoxLayout(middle)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        for widget, stretch in ((self.top, 0), (self.stack, 1), (self.status, 0)):
            box.addWidget(widget, stretch)
        self.scope = self.registry.scope()
        self.scope.bind("app.quit", self._quit)
        self.scope.push()
        self._before_desk = self.registry.scope()
        self._before_desk.bind_prefix("", self._run_by_desk)
        self._before_desk.push()
        self.registry.rebuilt.connect(self._show_hints)
        self.start.action_wanted.connect(self.registry.run)
        self.start.project_chosen.connect(self._on_project_chosen)
        self.top.action_wanted.connect(self.registry.run)
        self.top.show_annotator(settings["annotator"])
        self.start.show_recent(state.recent())
        if not state.restore_window(self):
            fit(self, _SIZE)
            self._first_size = self.size()
            self.when_painted(self._fit_frame)
        for complaint in settings.complaints:
            self.notifier.notify(complaint, Tone.WARNING)

    def when_painted(self, begin: Callable[[], None]) -> None:
        """Call `begin` once the window has been painted; if it stays hidden, after a second."""
        if not self._waiting:
            self.installEventFilter(self)
            QTimer.singleShot(_HIDDEN_MS, self, self._begin_waiting)
        self._waiting.append(begin)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self and event.type() == QEvent.Type.Paint:
            self.removeEventFilter(self)
            QTimer.singleShot(0, self, self._begin_waiting)
        return super().eventFilter(watched, event)

    def _fit_frame(self) -> None:
        """Make the window smaller if only now, with its frame, it turns out to be larger than the screen."""
        if self.size() == self._first_size:
            fit(self)

    @property
    def is_ready(self) -> bool:
        """Whether everything deferred until the first paint has started."""
        return not self._waiting

    def _begin_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        for begin in waiting:
            begin()

    @property
    def desk(self) -> Desk:
        """The controller, created on first use."""
        if self._desk is None:
            self._before_desk.close()
            self._desk = self._make_desk(self)
        return self._desk

    def what_is_safe(self) -> list[str]:
        """Return what of the person's work is saved, in sentences."""
        return self._desk.what_is_safe() if self._desk is not None else [_NOTHING_OPEN]

    def _run_by_desk(self, action: str) -> None:
        """Run the very first action: creating the desk binds every action it knows."""
        if self._desk is None and self.desk is not None:
            self.registry.run(action)

    def show_workspace(self, workspace: QWidget | None, hints: Sequence[tuple[str, str]] = _OUTSIDE) -> None:
        """Show a workspace in the middle, or the start screen; `hints` are action ids with a short label each."""
        self._hints = hints
        if workspace is not None:
            if self.stack.indexOf(workspace) < 0:
                self.stack.addWidget(workspace)
            self.stack.setCurrentWidget(workspace)
        else:
            self.start.show_recent(self.state.recent())
            self.stack.setCurrentWidget(self.start)
            self.registry.update_enabled({Needs.NOTHING})
            self.start.focus_first()
        self._show_hints()

    def drop_workspace(self, workspace: QWidget) -> None:
        """Remove a workspace for good."""
        self.stack.removeWidget(workspace)
        workspace.deleteLater()

    def _on_refused(self, why: str) -> None:
        self.notifier.notify(why, Tone.WARNING)

    def _show_hints(self) -> None:
        parts = []
        for action, words in self._hints:
            keys = self.registry.action(action).keys
            if keys:
                parts.append(f"{native(keys[0])}  {words}")
        self.status.hints.setText("     ".join(parts))
        keys = self.registry.action("view.palette").keys
        self.top.show_palette_key(native(keys[0]) if keys else "")

    def _on_project_chosen(self, path: Path) -> None:
        self.desk.open_project(path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if QApplication.activeModalWidget() is not None:
            return  # Qt lets files be dropped on a window that a dialog blocks
        if event.mimeData().hasUrls() and all(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.desk.take_files([Path(url.toLocalFile()) for url in event.mimeData().urls()])

    def _quit(self) -> None:
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close, unless the last backup is still being made: whoever makes it closes the window then."""
        self.stays_because = self._desk.shut_down() if self._desk is not None else ""
        if self.stays_because:
            event.ignore()
            return
        self.state.keep_window(self)
        self.state.save()
        event.accept()
