"""The layout of the Review workspace's panels, without wiring."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QSplitter, QWidget

from app.core.scheme import Scheme
from app.ui.actions.registry import ActionRegistry
from app.ui.actions.row_menu import RowMenu
from app.ui.editor.style import LETTERS, Style
from app.ui.review.card import ConflictCard
from app.ui.review.panels import QueuePanel, ReviewText
from app.ui.review.queue import QueueModel
from app.ui.theme import Tones
from app.ui.widgets.columns import Columns
from app.ui.widgets.pane_stepper import enter_pane
from app.ui.widgets.window_state import WindowState

_FOR_GROUP = (
    *("review.accept", "review.edit", "review.reject", "review.defer", "review.withdraw", ""),
    *("review.evidence", "review.note", "review.unclear", "review.terms"),
)


class ReviewView(QWidget):
    """Queue | text over reference | conflict card."""

    def __init__(
        self, actions: ActionRegistry, scheme: Scheme, tones: Tones, style: Style, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("review")
        self.model = QueueModel(self)
        fill = partial(self._fill, actions, scheme, tones, style)
        self.desk = Columns("split-review", fill, [256, 776, 408], self, lists="groups")
        self._menu = RowMenu(self.queue.list, actions, _FOR_GROUP, enters="")
        self.desk.list_wanted.connect(self._enter_queue)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.desk)
        self.set_needs()

    def _fill(
        self, actions: ActionRegistry, scheme: Scheme, tones: Tones, style: Style, split: QSplitter
    ) -> Sequence[QWidget]:
        self.queue = QueuePanel(self.model, tones, split)
        self.text = ReviewText(tones, style, split)
        self.card = ConflictCard(actions, scheme, split)
        return self.queue, self.text, self.card

    def panes(self) -> list[QWidget]:
        """Return the panes that F6 cycles through."""
        return [self.queue.list, self.text.canvas, self.text.reference, self.card.note]

    def enter_pane(self, pane: QWidget) -> bool:
        """Move the keyboard focus to a pane; return whether that was possible."""
        if pane is self.queue.list:
            self.desk.show_list()
        return enter_pane(pane)

    def _enter_queue(self) -> None:
        self.enter_pane(self.queue.list)

    def focus_home(self) -> None:
        """Move the keyboard focus to where the keys of Review work: the queue, or the text where that has no room."""
        (self.text.canvas if self.queue.isHidden() else self.queue.list).setFocus()

    def set_needs(self) -> None:
        """Give the text the width that it needs in its present font."""
        self.desk.set_needs(self.text.canvas.width_of(LETTERS))

    def restore(self, state: WindowState) -> None:
        """Restore the pane sizes."""
        self.desk.restore(state)
        state.restore_splitter(self.text.split.objectName(), self.text.split)

    def remember(self, state: WindowState) -> None:
        """Save the pane sizes."""
        self.desk.keep(state)
        state.keep_splitter(self.text.split.objectName(), self.text.split)
