"""The layout of the Annotate workspace's panels, without wiring."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.session.session import Session
from app.ui.actions.registry import ActionRegistry
from app.ui.editor.style import Style
from app.ui.models.annotations import AnnotationListModel
from app.ui.models.documents import DocumentListModel
from app.ui.panels.annotation_list import AnnotationListPanel
from app.ui.panels.documents_panel import DocumentsPanel
from app.ui.panels.inspector import Inspector
from app.ui.panels.label_bar import LabelBar
from app.ui.panels.suggestion_panel import SuggestionPanel
from app.ui.panels.text_pane import TextPane
from app.ui.theme import Tones
from app.ui.widgets.pane_stepper import enter_pane
from app.ui.widgets.window_state import WindowState


class AnnotateView(QWidget):
    """Documents | labels over text and reference | the chosen annotation over the list of annotations."""

    def __init__(
        self, session: Session, actions: ActionRegistry, tones: Tones, style: Style, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("annotate")
        self.documents_model = DocumentListModel(session, self)
        self.annotations_model = AnnotationListModel(self)
        self.documents = DocumentsPanel(self.documents_model, tones)
        self.labels = LabelBar(actions, tones)
        self.text = TextPane("text-pane", tones, style, side=False)
        self.reference = TextPane("reference-pane", tones, style, side=True)
        self.inspector = Inspector()
        self.annotations = AnnotationListPanel(self.annotations_model, tones)
        self._notices = QVBoxLayout()
        self._notices.setContentsMargins(0, 0, 0, 0)
        self.suggestion = SuggestionPanel()
        self._upper = QStackedWidget()
        self._upper.setObjectName("inspector-pages")
        for page in (self.inspector, self.suggestion):
            self._upper.addWidget(page)
        forms = _splitter("split-inspector", Qt.Orientation.Vertical, [self._upper, self.annotations], [460, 300])
        sides = _splitter("split-texts", Qt.Orientation.Horizontal, [self.text, self.reference], [560, 420])
        sides.setStretchFactor(1, 1)  # both sides are for reading
        right = _column("inspector", [forms])
        middle = _column("middle", [self.labels, sides])
        middle_box = middle.layout()
        if isinstance(middle_box, QVBoxLayout):
            middle_box.setStretch(1, 1)
            middle_box.addLayout(self._notices)
        self.documents.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        desk = _splitter(
            "split-desk", Qt.Orientation.Horizontal, [self.documents, middle, right], [232, 902, 306], grows=1
        )
        self._splitters = (desk, sides, forms)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(desk)
        self.set_look(tones, style)

    def panes(self) -> list[QWidget]:
        """Return the panes that F6 cycles through, left to right."""
        return [self.documents.list, self.text.canvas, self.reference.canvas, self.inspector, self.annotations.list]

    def enter_pane(self, pane: QWidget) -> bool:
        """Move the keyboard focus to a pane; return whether that was possible."""
        if pane is not self.inspector:
            return enter_pane(pane)
        if self.inspector.form is not None:
            self.inspector.focus_field("label")
        return self.inspector.form is not None

    def show_suggestion(self, *, on: bool) -> None:
        """Show the current suggestion in place of the inspector, or the inspector."""
        self._upper.setCurrentWidget(self.suggestion if on else self.inspector)

    def show_notice(self, card: QWidget) -> None:
        """Show a card below the texts; the card removes itself."""
        self._notices.addWidget(card)

    def restore_panes(self, state: WindowState) -> None:
        """Restore the pane sizes and the sort order of the annotation list."""
        self.annotations.set_order(state.word("marks-order"))
        for splitter in self._splitters:
            state.restore_splitter(splitter.objectName(), splitter)

    def keep_panes(self, state: WindowState) -> None:
        """Save the pane sizes and the sort order of the annotation list."""
        state.keep_word("marks-order", self.annotations_model.order)
        for splitter in self._splitters:
            state.keep_splitter(splitter.objectName(), splitter)

    def set_look(self, tones: Tones, style: Style) -> None:
        """Apply other colours and fonts."""
        for panel in (self.documents, self.labels, self.annotations):
            panel.set_tones(tones)
        self.text.set_look(tones, style)
        # The reference has no badges; a little more line spacing makes the two sides look alike.
        self.reference.set_look(tones, style._replace(badges=False, spacing=style.spacing * 1.12))

    def set_units(self, *, snapping: str, click: str) -> None:
        """Set what selections snap to, and what a click selects: `character`, `word` or `sentence`."""
        for canvas in (self.text.canvas, self.reference.canvas):
            canvas.snapping, canvas.click_unit = snapping, click


def _splitter(
    name: str, orientation: Qt.Orientation, widgets: list[QWidget], sizes: list[int], *, grows: int = 0
) -> QSplitter:
    splitter = QSplitter(orientation)
    splitter.setObjectName(name)
    for widget in widgets:
        splitter.addWidget(widget)
    splitter.setSizes(sizes)
    splitter.setStretchFactor(grows, 1)
    splitter.setHandleWidth(1)
    splitter.setChildrenCollapsible(False)
    return splitter


def _column(name: str, widgets: list[QWidget]) -> QWidget:
    column = QWidget()
    column.setObjectName(name)
    column.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    box = QVBoxLayout(column)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(0)
    for widget in widgets:
        box.addWidget(widget)
    return column
