"""The list of what is always suggested."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QWidget

from app.core.scheme import Scheme
from app.core.suggestion_pattern import PatternMatch, SuggestionPattern
from app.ui.dialogs.form import FormDialog
from app.ui.widgets.labels import button, literal, plain

_TITLES = {
    PatternMatch.ANY_CASE: "any case",
    PatternMatch.EXACT: "exact",
    PatternMatch.LEMMA: "any form",
    PatternMatch.TOKENS: "word by word",
}


class PatternsDialog(FormDialog):
    """Lists the patterns; the one that is chosen can be changed or removed."""

    removal_wanted = Signal(object)  # SuggestionPattern
    change_wanted = Signal(object)  # SuggestionPattern

    def __init__(self, patterns: Sequence[SuggestionPattern], scheme: Scheme, parent: QWidget | None = None) -> None:
        super().__init__("patterns-dialog", "What is always suggested", accept="Close", parent=parent)
        self._scheme = scheme
        self._patterns: list[SuggestionPattern] = []
        self._list = QListWidget()
        self._list.setObjectName("patterns-list")
        self._list.setAccessibleName("Patterns")
        self._list.setMinimumHeight(180)
        self._change = button("Change…", name="patterns-change", tip="What it has suggested stays")
        self._remove = button("Remove", name="patterns-remove", tip="What it has suggested stays; undo brings it back")
        none = "None yet. Select words and press Ctrl+Alt+W (“Always suggest this…”)."
        self._none = plain(none, tone="faint", wrap=True, name="patterns-none")
        row = QHBoxLayout()
        for each in (self._change, self._remove):
            row.addWidget(each)
        row.addStretch(1)
        self.body.addWidget(self._none)
        self.body.addWidget(self._list, 1)
        self.body.addLayout(row)
        files = "“stet patterns” reads and writes files of patterns of spaCy and Prodigy."
        self.body.addWidget(plain(files, tone="faint", wrap=True))
        self.body.addStretch(0)  # what is there without a list stays at the top
        self._change.clicked.connect(self._on_change)
        self._remove.clicked.connect(self._on_remove)
        self._list.currentRowChanged.connect(self._on_row)
        self._list.itemActivated.connect(self._on_change)
        self.resize(560, 380)
        self.show_patterns(patterns)

    def show_patterns(self, patterns: Sequence[SuggestionPattern]) -> None:
        """Show which patterns there are."""
        row = self._list.currentRow()
        self._patterns = list(patterns)
        self._list.clear()
        for pattern in patterns:
            layer = self._scheme.layer(pattern.layer)
            label = layer.path(pattern.label) if layer is not None else f"{pattern.layer}.{pattern.label}"
            change = "" if pattern.correction is None else f" → {pattern.correction}"
            self._list.addItem(f"{pattern.words}{change}  –  {label}, {_TITLES[pattern.match]}")
            said = [pattern.described, pattern.note]
            self._list.item(self._list.count() - 1).setToolTip(literal("\n".join(filter(None, said))))
        self._none.setVisible(not patterns)
        for widget in (self._list, self._change, self._remove):
            widget.setVisible(bool(patterns))
        self._list.setCurrentRow(min(max(0, row), len(patterns) - 1))
        self._on_row(self._list.currentRow())

    def _chosen(self) -> SuggestionPattern | None:
        row = self._list.currentRow()
        return self._patterns[row] if 0 <= row < len(self._patterns) else None

    def _on_row(self, _row: int) -> None:
        for each in (self._change, self._remove):
            each.setEnabled(self._chosen() is not None)

    def _on_change(self, _what: object) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self.change_wanted.emit(chosen)

    def _on_remove(self, _checked: bool) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self.removal_wanted.emit(chosen)
