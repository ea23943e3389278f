"""A row for each token of a pattern: what it stands for, and whether it may be missing."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from app.core.token_choices import TokenChoice, with_optional
from app.core.token_pattern import TokenRule, Tokens
from app.ui.widgets.fields import ComboBox
from app.ui.widgets.labels import plain


class TokenRows(QWidget):
    """Lets a person say of each word what it stands for."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("token-rows")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(1, 1)
        self._rows: list[tuple[ComboBox, QCheckBox, list[TokenChoice]]] = []

    def show_tokens(self, words: Sequence[str], choices: Sequence[list[TokenChoice]], chosen: Tokens) -> None:
        """Show words, each with its choices, and the rules that are chosen of them."""
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._rows = []
        for at, (word, offered, rule) in enumerate(zip(words, choices, chosen, strict=True)):
            self._add(at, word, offered, rule)

    def _add(self, at: int, word: str, offered: list[TokenChoice], rule: TokenRule) -> None:
        box = ComboBox()
        box.setObjectName(f"token-{at}")
        box.setAccessibleName(f"Word {at + 1}, {word}, stands for")
        for choice in offered:
            box.addItem(choice.title)
        needed = with_optional(rule, optional=False)
        box.setCurrentIndex(next((n for n, choice in enumerate(offered) if choice.rule == needed), 0))
        optional = QCheckBox("optional")
        optional.setObjectName(f"token-optional-{at}")
        optional.setAccessibleName(f"Word {at + 1}, {word}, is optional")
        optional.setToolTip("The pattern also fits where there is no such word")
        optional.setChecked(rule.least == 0)
        name = plain(word, tone="faint", name=f"token-word-{at}")
        name.setBuddy(box)
        for column, widget in enumerate((name, box, optional)):
            self._grid.addWidget(widget, at, column)
        box.currentIndexChanged.connect(self._on_changed)
        optional.toggled.connect(self._on_changed)
        self._rows.append((box, optional, offered))

    @property
    def tokens(self) -> Tokens:
        """The rules that are chosen."""
        return tuple(
            with_optional(offered[max(0, box.currentIndex())].rule, optional=optional.isChecked())
            for box, optional, offered in self._rows
        )

    def _on_changed(self, _value: object) -> None:
        self.changed.emit()
