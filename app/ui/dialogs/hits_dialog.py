"""A list of hits beside the text: follows its changes, jumps to hits, and writes at the ticked ones."""

from collections.abc import Callable
from typing import Any, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget

from app.core.progress import CancelToken, Progress
from app.core.wording import counted, in_window
from app.jobs.runner import JobOutcome, JobProgress, JobRunner
from app.services.search.bulk_annotation import Done
from app.services.search.concordance import Hit
from app.session.events import Event
from app.session.session import Session
from app.ui.actions.row_menu import RowMenu
from app.ui.dialogs.background_write import BackgroundWrite
from app.ui.dialogs.form import FormDialog
from app.ui.dialogs.hits_table import HitsTable
from app.ui.guard import guarded
from app.ui.models.hits import HitsModel
from app.ui.models.session_bridge import SessionBridge
from app.ui.widgets.labels import plain

Place = tuple[str, int]
_COMMANDS = {"show": "Show the hit and stay here", "tick": "Tick", "untick": "Untick"}


class Jump(NamedTuple):
    """A hit to show in the text; `stays` keeps the focus where it is."""

    hit: Hit
    stays: bool


@guarded
class HitsDialog(FormDialog):
    """Searches in the background. Subclasses define what is searched for and what is written.

    Enter in the list goes to the hit in the text; Shift+Enter and F12 show it and keep the focus. The window stays
    open.
    """

    jump_wanted = Signal(object)  # Jump

    def __init__(self, name: str, title: str, session: Session, hits: HitsModel, parent: QWidget | None = None) -> None:
        super().__init__(f"{name}-dialog", title, accept="Close", parent=parent)
        self.setModal(False)
        self.accept_button.setDefault(False)
        self.session = session
        self.hits = hits
        self.is_over = True
        self.said = ""
        self._place: Place | None = None
        self.runner = JobRunner(self)
        self.writing = BackgroundWrite(self)
        self.runner.progressed.connect(self._on_progressed)
        self.writing.over.connect(self._on_written)
        self._bridge = SessionBridge(session, self)
        self._bridge.changed.connect(self._on_session_changed)
        self.finished.connect(self._on_closing)
        self.table = HitsTable(f"{name}-table", hits)
        self.table.entered_row.connect(self._on_entered)
        self.table.looked_at_row.connect(self._on_looked_at)
        menu = RowMenu(self.table, enters="Go to the hit", commands=_COMMANDS)
        menu.entered.connect(self._on_entered)
        menu.picked.connect(self._on_menu_picked)
        self.says = plain("", tone="soft", wrap=True, name=f"{name}-says")
        hits.dataChanged.connect(self._on_ticked)

    # -- for subclasses ------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Search again."""

    def take_found(self) -> None:
        """Show what was found since the last call."""

    def count(self) -> None:
        """Show the counts, and enable the possible commands."""

    def follow(self, fact: Event) -> None:
        """Apply a change made elsewhere."""

    # -- stepping through the hits -------------------------------------------------------------------------------------

    @property
    def current(self) -> Hit | None:
        """The current hit of the list."""
        index = self.table.currentIndex()
        return self.hits.hit(index.row()) if index.isValid() else None

    def step(self, by: int) -> None:
        """Move by a number of hits, wrapping around, and show the hit in the text."""
        rows = self.hits.rowCount()
        if rows:
            index = self.table.currentIndex()
            row = (index.row() + by) % rows if index.isValid() else 0
            self.table.go_to_row(row)
            self._on_looked_at(row)

    def come_back(self) -> None:
        """Take the focus, in the list."""
        self.raise_()
        self.activateWindow()
        self.table.setFocus()

    def keep_place(self) -> None:
        """Remember the current hit before the list is rebuilt."""
        hit = self.current
        if hit is not None:
            self._place = (hit.document, hit.start)

    def find_place(self) -> None:
        """Go to the remembered hit, or to the first one."""
        at = self.hits.pile.find(*self._place) if self._place is not None else None
        row = self.hits.row_of(at) if at is not None else None
        if self.hits.rowCount() and (row is not None or not self.table.currentIndex().isValid()):
            self.table.go_to_row(row or 0)
        self._place = None

    def _on_entered(self, row: int) -> None:
        self.jump_wanted.emit(Jump(self.hits.hit(row), stays=False))

    def _on_menu_picked(self, picked: tuple[str, int]) -> None:
        key, row = picked
        if key == "show":
            self.table.go_to_row(row)
            self._on_looked_at(row)
        else:
            rows = {selected.row() for selected in self.table.selectedIndexes()}
            self.hits.tick(rows | {row}, ticked=key == "tick")

    def _on_looked_at(self, row: int) -> None:
        self.jump_wanted.emit(Jump(self.hits.hit(row), stays=True))

    # -- jumping and writing -------------------------------------------------------------------------------------------

    def read(
        self, key: str, work: Callable[[Session, Progress, CancelToken], Any], on_done: Callable[..., None]
    ) -> None:
        """Run a job that reads the project through a reader of its own; a running job is cancelled."""
        path, annotator = self.session.path, self.session.annotator

        def reading(report: Progress, token: CancelToken) -> Any:  # noqa: ANN401  whatever the work returns
            reader = Session.open(path, annotator=annotator, write=False)
            try:
                return work(reader, report, token)
            finally:
                reader.close()

        self.is_over = False
        self.runner.replace(key, reading, on_done)
        self.count()

    @property
    def can_write(self) -> bool:
        """Whether the session is writable with an annotator, and the search is complete."""
        return self.is_over and self.session.is_writable and bool(self.session.annotator)

    def write(self, title: str, work: Callable[[Progress, CancelToken], Done]) -> None:
        """Run a job that writes."""
        self.runner.shut_down()
        self.writing.run(title, work)

    def _on_written(self, outcome: JobOutcome) -> None:
        if outcome.cancelled:
            self.said = "Cancelled. Nothing was changed. "
        elif isinstance(outcome.value, Done):
            self.said = sentence(outcome.value) + " "
        self.look()
        if outcome.error is not None:
            self.complain(in_window(outcome.error))

    def _on_progressed(self, _step: JobProgress) -> None:
        self.take_found()

    def _on_ticked(self, *_changed: object) -> None:
        self.count()

    def _on_session_changed(self, fact: Event) -> None:
        if not self.writing.is_busy:  # it searches again when it is over
            self.follow(fact)

    # -- keys and closing ----------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F12:
            self.step(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focus = self.focusWidget()
            if isinstance(focus, QPushButton):
                focus.click()
            event.accept()  # never closes the dialog: searches from a line, goes to the hit from the list
            return
        super().keyPressEvent(event)

    def _on_closing(self, _result: int) -> None:
        self._bridge.close()
        self.runner.shut_down()
        self.writing.stop()


def sentence(done: Done) -> str:
    """Describe in words what a step did."""
    parts = [f"{counted(done.changed, 'mark')} in {counted(done.documents, 'document')}"]
    if done.passed:
        parts.append(f"{done.passed:,} already had it")
    if done.unproved:
        parts.append(f"{done.unproved:,} without evidence because their reference differs")
    return "; ".join(parts) + "."
