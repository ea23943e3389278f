"""A window before one document, in which each command is done once and the event loop is watched."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from app.core.annotation import Annotation
from app.core.document import Document, sha256
from app.core.record import DocumentRecord, SetRecord, Status
from tests.bench.real_window import ANNOTATOR, article, evenly_marked, home, make_project, repeated, window_on

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog, QWidget

    from app.ui.actions.spec import ActionSpec
    from app.ui.window.main_window import MainWindow

_CHARACTERS = 40  # of text for each mark
_QUIET_MS = 120
_PATIENCE_S = 60.0
_MAIN = "d"
_UNDONE = ("app.quit", "project.close", "project.new", "project.sample", "team.join-hub")
"""Commands that leave the project, or want another computer."""
_ACCEPTED = (
    *("change-marks-dialog", "corrected-dialog", "export-dialog", "import-dialog", "labels-dialog", "metadata-dialog"),
    *("properties-dialog", "references-dialog", "remark-dialog", "status-dialog", "text-edit-dialog"),
)
"""Dialogs that are filled in and agreed to; others are only opened and closed."""


class Turn(NamedTuple):
    """The longest turn of the event loop, in milliseconds: on the wall, and what its thread worked."""

    wall: float
    cpu: float


class TurnWatch:
    """A timer that notes the longest time that the event loop didn't come back to it."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self.longest = Turn(0, 0)
        self._last = Turn(time.perf_counter(), time.thread_time())
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_beat)
        self._timer.start(1)
        self._stirred = time.perf_counter()

    def _on_beat(self) -> None:
        now = Turn(time.perf_counter(), time.thread_time())
        took = Turn((now.wall - self._last.wall) * 1000, (now.cpu - self._last.cpu) * 1000)
        self._last = now
        if took.cpu > 4:
            self._stirred = now.wall
        self.longest = max(self.longest, took)

    @property
    def quiet_ms(self) -> float:
        """How long the loop has had little to do."""
        return (time.perf_counter() - self._stirred) * 1000

    def begin(self) -> None:
        """Forget what was."""
        self.longest = Turn(0, 0)
        self._stirred = time.perf_counter()

    def stop(self) -> None:
        """Look no longer."""
        self._timer.stop()


def marked_project(path: Path, marks: int) -> None:
    """Make a project whose first document carries so many marks, a third of them corrections, and half as many by
    somebody else; it has a reference, and two short documents follow.
    """
    text = repeated(marks * _CHARACTERS)
    own = tuple(_corrected(mark) for mark in evenly_marked(text, marks, prefix="a"))
    others = evenly_marked(text, marks // 2, prefix="b")
    sets = tuple(
        SetRecord(name, "person", Status.DONE, "news-errors@1", 0.0, made, ())
        for name, made in ((ANNOTATOR, own), ("other", others))
    )

    def plain(uid: str) -> Document:
        return Document(uid=uid, name=f"{uid}.txt", text=article(), sha256=sha256(article()))

    main = Document(uid=_MAIN, name="main.txt", text=text, sha256=sha256(text))
    rest = [DocumentRecord(plain(uid)) for uid in ("e", "f", "r")]
    make_project(path, [DocumentRecord(main, ("r",), sets), *rest])


def _corrected(mark: Annotation) -> Annotation:
    return msgspec.structs.replace(mark, correction="other") if mark.layer == "error" else mark


class CommandSitting:
    """Does commands in a window on a copy of a project, and repairs what they leave, so that each finds the same."""

    def __init__(self, window: "MainWindow", path: Path) -> None:
        self._window = window
        from app.ui.window.idle_imports import IdleImports

        self._path = path
        self._watch = TurnWatch()
        self._file = path.with_name("more.txt")
        self._file.write_text("One more text.\n", encoding="utf-8")
        self._settle()
        while any(each.is_busy for each in window.desk.findChildren(IdleImports)):
            self._settle()  # a person reads first

    def longest(self, spec: "ActionSpec") -> Turn | None:
        """Do a command and all that follows it; return the longest turn, None if it can't be done here."""
        self._make_ready(spec.id)
        registry = self._window.registry
        if not registry.action(spec.id).isEnabled():
            return None
        found = self._turn_of(lambda: registry.run(spec.id))
        for _ in range(4):
            front = self._front()
            if front is None:
                break
            found = max(found, self._turn_of(lambda front=front: self._answer(front)))
        return found

    def close(self) -> None:
        """Stop looking."""
        self._watch.stop()

    def _turn_of(self, work: Callable[[], None]) -> Turn:
        from PySide6.QtCore import QTimer

        self._watch.begin()
        QTimer.singleShot(0, work)
        self._settle()
        return self._watch.longest

    def _settle(self) -> None:
        """Let the loop run until nothing more happens; a menu or a dialog of its own loop is closed from within."""
        from PySide6.QtCore import QTimer

        from tests.bench.sitting import pause

        guard = QTimer()
        guard.timeout.connect(self._close_popup)
        guard.start(300)
        end = time.monotonic() + _PATIENCE_S
        pause(_QUIET_MS)
        while time.monotonic() < end and (self._watch.quiet_ms < _QUIET_MS or self._is_busy):
            pause(20)
        guard.stop()

    @property
    def _is_busy(self) -> bool:
        from app.jobs.runner import JobRunner

        return any(runner.is_busy for runner in self._window.findChildren(JobRunner))

    def _close_popup(self) -> None:
        from PySide6.QtWidgets import QApplication

        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()

    def _front(self) -> "QWidget | None":
        """Return what stands before the window."""
        from PySide6.QtWidgets import QApplication

        shown = (each for each in QApplication.topLevelWidgets() if each.isVisible() and each is not self._window)
        return next((each for each in shown if each.isWindow() and each.objectName()), None)

    def _answer(self, front: "QWidget") -> None:
        from PySide6.QtWidgets import QDialog

        tried = front.property("tried") or 0
        if isinstance(front, QDialog) and front.objectName() in _ACCEPTED and tried < 2:
            front.setProperty("tried", tried + 1)  # the second time where a preview had to come first
            _fill(front, self._file)
        else:
            front.close()

    def _make_ready(self, action: str) -> None:
        """Have the document in the workspace of a command, with a mark selected in the middle of the page."""
        desk = self._window.desk
        for front in iter(self._front, None):
            front.close()
        if desk.projects.session is None:
            desk.open_project(self._path)
            self._settle()
        run = self._window.registry.run
        room = action.partition(".")[0]
        run(f"workspace.{room}" if room in ("review", "insights") else "workspace.annotate")
        self._settle()
        workspace = desk.workspace
        state = desk.projects.session.state if desk.projects.session else None
        if room == "review":
            run("review.next")
            self._settle()
        if workspace is None or room in ("review", "insights"):
            return
        if state is None or state.document.uid != _MAIN:
            workspace.open_document(_MAIN)
            self._settle()
        workspace.text.canvas.setFocus()
        run("annotation.next")
        self._settle()


def _fill(dialog: "QDialog", file: Path) -> None:
    """Fill in a dialog and agree to it."""
    from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QPlainTextEdit, QPushButton

    if isinstance(dialog, QFileDialog):
        dialog.selectFile(str(file))
        dialog.accept()
        return
    for line in dialog.findChildren(QLineEdit):
        if line.isVisible() and line.isEnabled() and not line.text() and not isinstance(line.parent(), QComboBox):
            line.setText(str(file.with_suffix(".jsonl")) if "path" in line.objectName() else "Bench")
    for field in dialog.findChildren(QPlainTextEdit):
        if field.isVisible() and not field.isReadOnly() and not field.toPlainText():
            field.setPlainText("Bench")
    button = dialog.findChild(QPushButton, f"{dialog.objectName()}-accept")
    if button is not None and button.isEnabled():
        button.click()


def sittings(marks: int) -> Iterator[tuple[CommandSitting, tuple["ActionSpec", ...]]]:
    """Yield one sitting before a document with so many marks, and the commands to be done in it."""
    from app.ui.actions.catalogue import CATALOGUE

    with home() as folder:
        made, path = folder / "made.stet", folder / "bench.stet"
        marked_project(made, marks)
        shutil.move(made, path)
        with window_on(path) as window:
            sitting = CommandSitting(window, path)
            with suppress(GeneratorExit):
                yield sitting, tuple(spec for spec in CATALOGUE if spec.id not in _UNDONE)
            sitting.close()
