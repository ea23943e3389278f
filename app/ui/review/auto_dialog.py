"""The dialog for automatic merging by a rule, with a preview of what it would decide."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from app.core.wording import counted
from app.review.automerge import EQUAL_WORDS, STRATEGY_WORDS, Equal, MergeStrategy, Rule
from app.services.review.reviewer import AutoResult
from app.ui.dialogs.form import FormDialog
from app.ui.widgets.fields import ComboBox, DoubleSpinBox, SpinBox
from app.ui.widgets.labels import plain


class AutoDialog(FormDialog):
    """Asks what counts as equal, then how many annotators must agree; it wants a preview of each rule, in its time."""

    chosen = Signal(object)  # Rule
    preview_wanted = Signal(object)  # Rule

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("auto-dialog", "Merge automatically", accept="Merge", parent=parent)
        self.resize(520, 470)
        self._equal = _combo("auto-equal", EQUAL_WORDS)
        self._strategy = _combo("auto-strategy", STRATEGY_WORDS)
        self._votes = SpinBox()
        self._votes.setObjectName("auto-votes")
        self._votes.setRange(1, 50)
        self._votes.setValue(2)
        self._confidence = DoubleSpinBox()
        self._confidence.setObjectName("auto-confidence")
        self._confidence.setRange(0.0, 1.0)
        self._confidence.setSingleStep(0.05)
        self._confidence.setValue(0.75)
        self._reject = QCheckBox("Reject what most left unmarked")
        self._reject.setObjectName("auto-reject")
        self._reject.setToolTip("Everyone who finished the document without a mark there votes for nothing")
        self._says = plain("", wrap=True, name="auto-preview")
        self.field("Two versions are equal if", self._equal)
        self.field("Decide when", self._strategy)
        self.field("Minimum votes", self._votes)
        self.field("Minimum share of votes", self._confidence)
        self.body.addWidget(self._reject)
        self.body.addWidget(self._says, 1)
        self._equal.currentIndexChanged.connect(self._on_changed)
        self._strategy.currentIndexChanged.connect(self._on_changed)
        self._votes.valueChanged.connect(self._on_changed)
        self._confidence.valueChanged.connect(self._on_changed)
        self._reject.toggled.connect(self._on_changed)
        self._show_choices()

    def rule(self) -> Rule:
        """Return the selected rule."""
        return Rule(
            MergeStrategy(self._strategy.currentData()),
            Equal(self._equal.currentData()),
            self._votes.value(),
            round(self._confidence.value(), 2),
            reject_unmarked=self._reject.isEnabled() and self._reject.isChecked(),
        )

    def _on_changed(self, _value: object = None) -> None:
        self._show_choices()
        self.preview_wanted.emit(self.rule())

    def show_preview(self, found: AutoResult) -> None:
        """Show what the rule would do."""
        self._says.setText("\n".join(preview_lines(found)))

    def show_counting(self, words: str) -> None:
        """Show that it is still being counted."""
        self._says.setText(words)

    def _show_choices(self) -> None:
        strategy = self._strategy.currentData()
        threshold = strategy == MergeStrategy.THRESHOLD
        self._votes.setEnabled(threshold)
        self._confidence.setEnabled(threshold)
        self._reject.setEnabled(strategy != MergeStrategy.UNANIMOUS)
        of = "everyone who finished the document" if self._reject.isChecked() else "everyone who marked something there"
        self._confidence.setToolTip(f"Votes for the winner, out of {of}")

    def submit(self) -> bool:
        """Emit the rule."""
        self.chosen.emit(self.rule())
        return True


def preview_lines(found: AutoResult) -> list[str]:
    """Return what a rule would do, in sentences."""
    lead = f"{counted(found.decided, 'group')} would be decided."
    if found.rejected:
        lead = f"{lead[:-1]}: {found.decided - found.rejected:,} for gold, {found.rejected:,} rejected."
    lines = [f"{lead} Earlier decisions stay, whoever made them."]
    if found.empty:
        documents = counted(found.empty, "document that no one marked becomes", "documents that no one marked become")
        lines.append(f"{documents} gold without a mark.")
    if found.finished:
        lines.append(f"Gold of {counted(found.finished, 'document')} is finished, as nothing is left to decide there.")
    lines += [f"{count:,} left: {why}" for why, count in sorted(found.left.items(), key=_size, reverse=True)[:6]]
    empty = "document without marks", "documents without marks"
    lines += [f"{counted(count, *empty)} left: {why}" for why, count in found.left_empty.items()]
    return lines


def _size(pair: tuple[str, int]) -> int:
    return pair[1]


def _combo(name: str, items: Mapping[Any, str]) -> QComboBox:
    combo = ComboBox()
    combo.setObjectName(name)
    for value, title in items.items():
        combo.addItem(title, value)
    return combo
