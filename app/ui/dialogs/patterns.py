"""The dialogs of patterns: “Always suggest this…”, and the list of the words that are always suggested."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QListWidget, QWidget

from app.core.scheme import Scheme
from app.core.suggestion_pattern import LONGEST_PATTERN, PatternMatch, SuggestionPattern
from app.ui.dialogs.form import FormDialog
from app.ui.widgets.fields import ComboBox, LineEdit
from app.ui.widgets.labels import button, plain

_MATCHES = (
    (PatternMatch.ANY_CASE, "In any case: “Slave Trade” too"),
    (PatternMatch.EXACT, "Exactly these letters"),
    (PatternMatch.LEMMA, "In any form: “slave trades” too"),
)
_TITLES = {PatternMatch.ANY_CASE: "any case", PatternMatch.EXACT: "exact", PatternMatch.LEMMA: "any form"}


class PatternRequest(NamedTuple):
    """The pattern to make."""

    words: str
    match: PatternMatch
    layer: str
    label: str
    correction: str | None


class PatternDialog(FormDialog):
    """Asks what is always to be suggested for some words."""

    answered = Signal(object)  # PatternRequest

    def __init__(self, words: str, scheme: Scheme, label: tuple[str, str], parent: QWidget | None = None) -> None:
        """Offer the labels of the scheme for the words; `label` is chosen."""
        super().__init__("pattern-dialog", "Always suggest this", accept="Always suggest", parent=parent)
        self._scheme = scheme
        self._words = LineEdit()
        self._words.setObjectName("pattern-words")
        self._words.setMaxLength(LONGEST_PATTERN)
        self._words.setText(" ".join(words.split()))
        self._match = ComboBox()
        self._match.setObjectName("pattern-match")
        for match, title in _MATCHES:
            self._match.addItem(title, match.value)
        self._label = ComboBox()
        self._label.setObjectName("pattern-label")
        for layer in scheme.text_layers:
            for item in layer.givable:
                self._label.addItem(f"{layer.title}: {layer.path(item.id)}", f"{layer.id}\n{item.id}")
        self._label.setCurrentIndex(max(0, self._label.findData("\n".join(label))))
        self._correction = LineEdit()
        self._correction.setObjectName("pattern-correction")
        self._correction.setMaxLength(LONGEST_PATTERN)
        self.field("Words", self._words)
        self.field("Which occurrences", self._match)
        self.field("Label", self._label)
        self.field("Correction (optional)", self._correction)
        note = "Everyone in this project gets these suggestions, in all documents to annotate."
        self.body.addWidget(plain(note, tone="faint", wrap=True))
        self._label.currentIndexChanged.connect(self._on_label)
        self._on_label(self._label.currentIndex())
        self.resize(460, self.sizeHint().height())

    def _on_label(self, _index: int) -> None:
        layer = self._scheme.layer(self._chosen()[0])
        self._correction.setEnabled(layer is not None and layer.has_correction)

    def _chosen(self) -> tuple[str, str]:
        layer, _, label = str(self._label.currentData() or "").partition("\n")
        return layer, label

    def submit(self) -> bool:
        """Emit the request, if there are words."""
        words = self._words.text().strip()
        if not any(char.isalnum() for char in words):
            self.complain("Type at least one word.")
            return False
        correction = self._correction.text().strip() if self._correction.isEnabled() else ""
        match = PatternMatch(str(self._match.currentData()))
        self.answered.emit(PatternRequest(words, match, *self._chosen(), correction or None))
        return True


class PatternsDialog(FormDialog):
    """Lists the patterns, and removes the one that is chosen."""

    removal_wanted = Signal(object)  # SuggestionPattern

    def __init__(self, patterns: Sequence[SuggestionPattern], scheme: Scheme, parent: QWidget | None = None) -> None:
        super().__init__("patterns-dialog", "Words that are always suggested", accept="Close", parent=parent)
        self._scheme = scheme
        self._patterns: list[SuggestionPattern] = []
        self._list = QListWidget()
        self._list.setObjectName("patterns-list")
        self._list.setAccessibleName("Patterns")
        self._list.setMinimumHeight(180)
        self._remove = button("Remove", name="patterns-remove", tip="What it has suggested stays; undo brings it back")
        none = "None yet. Select words and press Ctrl+Alt+W (“Always suggest this…”)."
        self._none = plain(none, tone="faint", wrap=True, name="patterns-none")
        self.body.addWidget(self._none)
        self.body.addWidget(self._list)
        self.body.addWidget(self._remove)
        self._remove.clicked.connect(self._on_remove)
        self._list.currentRowChanged.connect(self._on_row)
        self.resize(520, 360)
        self.show_patterns(patterns)

    def show_patterns(self, patterns: Sequence[SuggestionPattern]) -> None:
        """Show which patterns there are."""
        self._patterns = list(patterns)
        self._list.clear()
        for pattern in patterns:
            layer = self._scheme.layer(pattern.layer)
            label = layer.path(pattern.label) if layer is not None else f"{pattern.layer}.{pattern.label}"
            change = "" if pattern.correction is None else f" → {pattern.correction}"
            self._list.addItem(f"{pattern.words}{change}  –  {label}, {_TITLES[pattern.match]}")
        self._none.setVisible(not patterns)
        self._list.setVisible(bool(patterns))
        self._on_row(self._list.currentRow())

    def _on_row(self, row: int) -> None:
        self._remove.setEnabled(0 <= row < len(self._patterns))

    def _on_remove(self, _checked: bool) -> None:
        row = self._list.currentRow()
        if 0 <= row < len(self._patterns):
            self.removal_wanted.emit(self._patterns[row])
