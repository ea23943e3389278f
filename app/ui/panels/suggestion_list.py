"""The open document's suggestions under the current one: from which likelihood they are shown, and the list by kind."""

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.ui.actions.action_button import ActionButton
from app.ui.actions.registry import ActionRegistry
from app.ui.models.suggestions import SuggestionListModel
from app.ui.panels.suggestion_rows import SuggestionDelegate
from app.ui.theme import Tones
from app.ui.widgets.fields import Slider
from app.ui.widgets.flow import Flow
from app.ui.widgets.ground import Ground
from app.ui.widgets.keyed_list import KeyedList
from app.ui.widgets.labels import button, literal, plain

STEP, MOST = 5, 95


class SuggestionListPanel(Ground):
    """A slider with live counts over the list of suggestions."""

    least_chosen = Signal(object)  # int, percent
    row_entered = Signal(object)  # int, row that the keyboard is on now, or that was clicked
    row_opened = Signal(object)  # int, row that was activated
    kind_wanted = Signal()  # of the row that the keyboard is on
    patterns_wanted = Signal()
    again_wanted = Signal()
    left = Signal()  # the list of marks is to be shown again

    def __init__(
        self, model: SuggestionListModel, tones: Tones, actions: ActionRegistry, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("suggestion-list-panel")
        self._caption = plain("SUGGESTIONS", role="caption", name="suggestions-caption", wrap=True)
        self._marks = ActionButton(
            actions, "suggestion.list", "Marks", name="suggestions-marks", role="link", tip="Show the list of marks"
        )
        self._least = _likelihood()
        self._words = plain("all", tone="faint", name="suggestions-from")
        self._notice = plain("", tone="faint", wrap=True, name="suggestions-notice")
        self._again = button("Use again", name="suggestions-again", role="link", tip="For everyone in this project")
        self.list = KeyedList("suggestions-list", "Suggestions", row_height=SuggestionDelegate.HEIGHT)
        self.list.setModel(model)
        self._delegate = SuggestionDelegate(tones, self)
        self.list.setItemDelegate(self._delegate)
        self._kind = ActionButton(
            actions,
            "suggestion.kind",
            "All of a kind…",
            name="suggestions-kind",
            tip="Accept or reject all of the selected row’s kind",
        )
        self._patterns = button("Patterns…", name="suggestions-patterns", tip="What is always suggested")
        top = QHBoxLayout()
        top.addWidget(self._caption, 1)
        top.addWidget(self._marks, 0, Qt.AlignmentFlag.AlignTop)
        row = QHBoxLayout()
        row.addWidget(plain("Likely:", tone="faint"))
        row.addWidget(self._least, 1)
        row.addWidget(self._words)
        buttons = Flow(gap=6)
        for each in (self._kind, self._patterns, self._again):
            buttons.add(each)
        box = QVBoxLayout(self)
        box.setContentsMargins(8, 6, 8, 8)
        box.setSpacing(6)
        box.addLayout(top)
        box.addLayout(row)
        box.addWidget(self._notice)
        box.addWidget(self.list, 1)
        box.addLayout(buttons)
        self._least.valueChanged.connect(self._on_least)
        self._marks.clicked.connect(self._on_marks)
        self._kind.clicked.connect(self._on_kind)
        self._again.clicked.connect(self._on_again)
        self._patterns.clicked.connect(self._on_patterns)
        self.list.entered_row.connect(self.row_entered)
        self.list.clicked.connect(self._on_clicked)
        self.list.activated.connect(self._on_activated)
        self.show_retired("")

    def set_tones(self, tones: Tones) -> None:
        """Use other colours."""
        self._delegate.tones = tones
        self.list.viewport().update()

    def show_least(self, least: int) -> None:
        """Show from which likelihood, in percent, suggestions are shown, without saying so."""
        self._least.blockSignals(True)
        self._least.setValue(least)
        self._least.blockSignals(False)
        self._show_words(least)

    def show_counts(self, shown: int, withheld: int, words: str) -> None:
        """Say how many open suggestions there are, and with `words` why there are none."""
        self._caption.setText(
            f"SUGGESTIONS · {shown:,} OF {shown + withheld:,} SHOWN" if withheld or shown else "SUGGESTIONS"
        )
        self._kind.setEnabled(shown > 0)
        self._notice.setText(words)
        self._notice.setVisible(bool(words))

    def show_retired(self, words: str) -> None:
        """Offer to use suggesters again that have retired themselves, named by `words`; "" if there are none."""
        self._again.setVisible(bool(words))
        self._again.setAccessibleName(f"Use again: {words}")
        self._again.setToolTip(literal(f"{words}\nFor everyone in this project." if words else ""))

    def choose(self, row: int) -> None:
        """Choose a row; none with -1."""
        index = self.list.model().index(row, 0) if row >= 0 else QModelIndex()
        self.list.choose(index)
        if index.isValid():
            self.list.scrollTo(index)

    def _show_words(self, least: int) -> None:
        self._words.setText(f"from {least} %" if least else "all")

    def _on_least(self, value: int) -> None:
        self._show_words(value)
        self.least_chosen.emit(value)

    def _on_marks(self, _checked: bool) -> None:
        self.left.emit()

    def _on_kind(self, _checked: bool) -> None:
        self.kind_wanted.emit()

    def _on_again(self, _checked: bool) -> None:
        self.again_wanted.emit()

    def _on_patterns(self, _checked: bool) -> None:
        self.patterns_wanted.emit()

    def _on_clicked(self, index: QModelIndex) -> None:
        self.row_entered.emit(index.row())

    def _on_activated(self, index: QModelIndex) -> None:
        self.row_opened.emit(index.row())


def _likelihood() -> Slider:
    """Return the slider for percents."""
    made = Slider(Qt.Orientation.Horizontal)
    made.setObjectName("suggestions-least")
    made.setAccessibleName("Show suggestions from this likelihood, in percent")
    made.setToolTip("Less likely suggestions are neither shown nor stepped to")
    made.setRange(0, MOST)
    made.setSingleStep(STEP)
    made.setPageStep(2 * STEP)
    return made
