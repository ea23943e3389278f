"""The layout of the Annotate workspace's panels, without wiring."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.session.session import Session
from app.ui.actions.registry import ActionRegistry
from app.ui.actions.row_menu import RowMenu
from app.ui.editor.style import Style
from app.ui.guard import guarded
from app.ui.models.annotations import AnnotationListModel
from app.ui.models.documents import DocumentListModel
from app.ui.models.suggestions import SuggestionListModel
from app.ui.panels.annotation_list import AnnotationListPanel
from app.ui.panels.document_strip import DocumentStrip
from app.ui.panels.documents_panel import DocumentsPanel
from app.ui.panels.inspector import Inspector
from app.ui.panels.label_bar import LabelBar
from app.ui.panels.suggestion_list import SuggestionListPanel
from app.ui.panels.suggestion_panel import SuggestionPanel
from app.ui.panels.text_pane import TextPane
from app.ui.theme import Tones
from app.ui.widgets import focus_order
from app.ui.widgets.columns import Columns, Sides, share_out
from app.ui.widgets.ground import Ground
from app.ui.widgets.pane_stepper import enter_pane
from app.ui.widgets.window_state import WindowState

_FOR_DOCUMENT = (
    *("document.done", "document.skip", "document.reopen", ""),
    *("document.flag", "document.note", "document.rename", "document.properties", ""),
    *("project.link", "project.import-reference", "document.edit-text", "document.corrected", ""),
    *("project.export", "document.remove"),
)
_FOR_DOCUMENTS = (
    *("document.status", "document.describe", "document.flag", "document.note", "document.answer", ""),
    *("document.assign", "document.export", "document.remove"),
)
_FOR_ANNOTATION = ("annotation.correction", "annotation.comment", "evidence.link", "evidence.show", "")
_FOR_ALL_LIKE_IT = ("annotation.propagate", "annotation.concordance", "annotation.copy-json")
_PANEL_SHARE = 0.42  # of the height: what the current suggestion needs
_REFERENCE_SHARE = 0.55  # of the width that the text needs


@guarded
class AnnotateView(QWidget):
    """Documents | labels over text and reference | the chosen annotation over the list of annotations."""

    def __init__(
        self, session: Session, actions: ActionRegistry, tones: Tones, style: Style, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("annotate")
        self.documents_model = DocumentListModel(session, self)
        self.annotations_model = AnnotationListModel(self)
        self.suggestions_model = SuggestionListModel(self)
        self._session = session
        fill = partial(self._fill, actions, tones, style)
        self.desk = Columns("split-desk", fill, [232, 902, 306], self, lists="documents", key="Ctrl+L")
        self.desk.list_wanted.connect(self.search_documents)
        self._sides.turned.connect(self._on_turned)
        self._documents_menu = RowMenu(self.documents.list, actions, self._for_document, at_once=False)
        self._annotations_menu = RowMenu(self.annotations.list, actions, self._for_annotation, enters="Go to the mark")
        for signal in (self._documents_menu.entered, self._documents_menu.chosen):
            signal.connect(self.documents.enter_row)
        for signal in (self._annotations_menu.entered, self._annotations_menu.chosen):
            signal.connect(self.annotations.enter_row)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.desk)
        self.set_look(tones, style)

    def _fill(self, actions: ActionRegistry, tones: Tones, style: Style, split: QSplitter) -> Sequence[QWidget]:
        self.documents = DocumentsPanel(self.documents_model, tones, split)
        return self.documents, self._middle(actions, tones, style, split), self._right(actions, tones, split)

    def _middle(self, actions: ActionRegistry, tones: Tones, style: Style, split: QSplitter) -> QWidget:
        middle, box = _column("middle", split)
        self.labels = LabelBar(actions, tones, middle)
        self.about = DocumentStrip(middle)
        self._sides = Sides("split-texts", partial(self._texts, tones, style), [560, 420], [3000, 2000], middle)
        for at in range(2):
            self._sides.setStretchFactor(at, 1)  # both sides are for reading
        self._notices = QVBoxLayout()
        self._notices.setContentsMargins(0, 0, 0, 0)
        for widget in (self.labels, self.about):
            box.addWidget(widget)
        box.addWidget(self._sides, 1)
        box.addLayout(self._notices)
        return middle

    def _texts(self, tones: Tones, style: Style, split: QSplitter) -> Sequence[QWidget]:
        self.text = TextPane("text-pane", tones, style, side=False, parent=split)
        self.reference = TextPane("reference-pane", tones, style, side=True, parent=split)
        return self.text, self.reference

    def _right(self, actions: ActionRegistry, tones: Tones, split: QSplitter) -> QWidget:
        right, box = _column("inspector", split)
        self._other_sizes: list[int] = []  # of the list that isn't shown: marks or suggestions
        self._forms = forms = QSplitter(Qt.Orientation.Vertical, right)
        forms.setObjectName("split-inspector")
        self._upper = QStackedWidget(forms)
        self._upper.setObjectName("inspector-pages")
        self.inspector = Inspector(self._upper)
        self.suggestion = SuggestionPanel(actions, self._upper)
        self._lower = QStackedWidget(forms)
        self._lower.setObjectName("list-pages")
        self.annotations = AnnotationListPanel(self.annotations_model, tones, self._lower)
        self.suggestion_list = SuggestionListPanel(self.suggestions_model, tones, actions, self._lower)
        for page in (self.inspector, self.suggestion):
            self._upper.addWidget(page)
        for page in (self.annotations, self.suggestion_list):
            self._lower.addWidget(page)
        for widget in (self._upper, self._lower):
            forms.addWidget(widget)
        forms.setStretchFactor(0, 1)
        forms.setHandleWidth(1)
        forms.setChildrenCollapsible(False)
        share_out(forms, [460, 300])
        box.addWidget(forms)
        return right

    def _for_document(self) -> Sequence[str]:
        return _FOR_DOCUMENTS if len(self.documents.list.selected_rows()) > 1 else _FOR_DOCUMENT

    def _for_annotation(self) -> list[str]:
        if len(self.annotations.list.selected_rows()) > 1:
            return ["annotation.change-selected", "annotation.delete-selected"]
        severities = [f"severity.{severity.id}" for severity in self._session.scheme.severities]
        return [*_FOR_ANNOTATION, *severities, "", *_FOR_ALL_LIKE_IT, "", "annotation.delete"]

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002  as Qt names it
        for panel in (self.about, self.inspector):
            focus_order.thread(panel)
        return super().focusNextPrevChild(next)

    def panes(self) -> list[QWidget]:
        """Return the panes that F6 cycles through, left to right."""
        below = self.suggestion_list.list if self.lists_suggestions else self.annotations.list
        return [self.documents.list, self.text.canvas, self.reference.canvas, self.inspector, below]

    def search_documents(self) -> None:
        """Move the keyboard focus to the search of documents, also where the list has given way."""
        self.desk.show_list()
        self.documents.focus_search()

    def enter_pane(self, pane: QWidget) -> bool:
        """Move the keyboard focus to a pane; return whether that was possible."""
        if pane is self.documents.list:
            self.desk.show_list()
        if pane is not self.inspector:
            return enter_pane(pane)
        if self.inspector.form is not None:
            self.inspector.focus_field("label")
        return self.inspector.form is not None

    def show_suggestion(self, *, on: bool) -> None:
        """Show the current suggestion in place of the inspector, or the inspector."""
        self._upper.setCurrentWidget(self.suggestion if on else self.inspector)

    @property
    def lists_suggestions(self) -> bool:
        """Whether the list at the bottom is that of suggestions."""
        return self._lower.currentWidget() is self.suggestion_list

    def list_suggestions(self, *, on: bool) -> None:
        """List suggestions in place of marks, or marks. Suggestions have two lines each: they get more room."""
        if on is not self.lists_suggestions:
            self._lower.setCurrentWidget(self.suggestion_list if on else self.annotations)
            sizes, self._other_sizes = self._forms.sizes(), self._other_sizes or _for_suggestions(self._forms.sizes())
            self._forms.setSizes(self._other_sizes)
            self._other_sizes = sizes

    def show_notice(self, card: QWidget) -> None:
        """Show a card below the texts; the card removes itself."""
        self._notices.addWidget(card)

    def restore_panes(self, state: WindowState) -> None:
        """Restore the pane sizes and the sort order of the annotation list."""
        self.annotations.set_order(state.word("marks-order"))
        self.desk.restore(state)
        self._sides.restore(state)
        state.restore_splitter(self._forms.objectName(), self._forms)

    def keep_panes(self, state: WindowState) -> None:
        """Save the pane sizes and the sort order of the annotation list."""
        state.keep_word("marks-order", self.annotations_model.order)
        self.desk.keep(state)
        self._sides.keep(state)
        listed = self.lists_suggestions
        self.list_suggestions(on=False)  # the panes are kept as they are for marks
        state.keep_splitter(self._forms.objectName(), self._forms)
        self.list_suggestions(on=listed)

    def set_look(self, tones: Tones, style: Style) -> None:
        """Apply other colours and fonts."""
        for panel in (self.documents, self.labels, self.annotations, self.suggestion_list):
            panel.set_tones(tones)
        self.text.set_look(tones, style)
        # The reference has no badges; a little more line spacing makes the two sides look alike.
        self.reference.set_look(tones, style._replace(badges=False, spacing=style.spacing * 1.12))
        needs = self.text.needs()
        beside = round(needs * (1 + _REFERENCE_SHARE))
        self._sides.set_needs(beside)
        self.desk.set_needs(needs, beside)

    def _on_turned(self) -> None:
        for pane in (self.text, self.reference):
            pane.set_compact(on=self._sides.is_stacked)

    def set_units(self, *, snapping: str, click: str) -> None:
        """Set what selections snap to, and what a click selects: `character`, `word` or `sentence`."""
        for canvas in (self.text.canvas, self.reference.canvas):
            canvas.snapping, canvas.click_unit = snapping, click


def _for_suggestions(sizes: list[int]) -> list[int]:
    """Return the sizes of panel and list of suggestions, from those of form and list of marks."""
    panel = min(sizes[0], round(_PANEL_SHARE * sum(sizes)))
    return [panel, sum(sizes) - panel]


def _column(name: str, parent: QWidget) -> tuple[QWidget, QVBoxLayout]:
    column = Ground(parent)
    column.setObjectName(name)
    box = QVBoxLayout(column)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(0)
    return column, box
