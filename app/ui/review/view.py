"""The layout of the Review workspace's panels, without wiring."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QWidget

from app.core.scheme import Scheme
from app.ui.actions.registry import ActionRegistry
from app.ui.editor.style import Style
from app.ui.review.card import ConflictCard
from app.ui.review.panels import QueuePanel, ReviewText
from app.ui.review.queue import QueueModel
from app.ui.theme import Tones
from app.ui.widgets.window_state import WindowState


class ReviewView(QWidget):
    """Queue | text over reference | conflict card."""

    def __init__(
        self, actions: ActionRegistry, scheme: Scheme, tones: Tones, style: Style, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("review")
        self.model = QueueModel(self)
        self.queue = QueuePanel(self.model, tones)
        self.text = ReviewText(tones, style)
        self.card = ConflictCard(actions, scheme)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setObjectName("split-review")
        for widget in (self.queue, self.text, self.card):
            split.addWidget(widget)
        split.setSizes([256, 776, 408])
        split.setStretchFactor(1, 1)
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        self._splitters = (split, self.text.split)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(split)

    def panes(self) -> list[QWidget]:
        """Return the panes that F6 cycles through."""
        return [self.queue.list, self.text.canvas, self.text.reference, self.card.note]

    def restore(self, state: WindowState) -> None:
        """Restore the pane sizes."""
        for splitter in self._splitters:
            state.restore_splitter(splitter.objectName(), splitter)

    def remember(self, state: WindowState) -> None:
        """Save the pane sizes."""
        for splitter in self._splitters:
            state.keep_splitter(splitter.objectName(), splitter)
