"""The palette: finds actions and documents by a few letters."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.core.search_folding import WORDS, fold
from app.core.wording import undirected
from app.ui.dialogs.base import Dialog
from app.ui.guard import guarded
from app.ui.widgets.fields import LineEdit
from app.ui.widgets.labels import literal, plain

_MOST = 60
_ALIKE = 72  # of 100: tolerates one typo in a short word
_LEAST_LETTERS = 3
_PARTS = re.compile(r"[\s:,/-]+")


class PaletteEntry(NamedTuple):
    """An entry to choose: `kind` is action or document, `id` what to run or open, `why` why that can't work now."""

    kind: str
    id: str
    title: str
    side: str = ""
    why: str = ""


@guarded
class PaletteDialog(Dialog):
    """Type, choose with the arrow keys, Enter. Opens over the window and closes when it loses focus."""

    chosen = Signal(object)  # PaletteEntry

    def __init__(
        self,
        actions: Sequence[PaletteEntry],
        documents: Callable[[str], list[PaletteEntry]],
        *,
        wanted: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("palette", "Run a command or find a document", parent)
        self.setMinimumSize(560, 420)
        self._actions = actions
        self._documents = documents
        self._shown: list[PaletteEntry] = []
        self.line = LineEdit()
        self.line.setObjectName("palette-line")
        self.line.setAccessibleName("Command or document")
        self.line.setPlaceholderText("Command, label or document…")
        self._list = QListWidget()
        self._list.setObjectName("palette-list")
        self._list.setAccessibleName("Matches")
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setStyleSheet("QListWidget::item { padding: 4px 6px; border-radius: 5px; }")
        self._hint = plain("", tone="faint", name="palette-hint")
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 12, 12, 10)
        box.addWidget(self.line)
        box.addWidget(self._list, 1)
        box.addWidget(self._hint)
        self.line.textChanged.connect(self._on_edited)
        self.line.installEventFilter(self)
        self._list.itemClicked.connect(self._on_item_chosen)
        self.line.setText(wanted)
        self._on_edited(wanted)

    def _on_edited(self, wanted: str) -> None:
        self._shown = [*ranked(wanted, self._actions), *(self._documents(wanted) if wanted.strip() else [])][:_MOST]
        self._list.clear()
        for entry in self._shown:
            item = QListWidgetItem(
                undirected("    ".join(part for part in (entry.title, entry.side, entry.why) if part))
            )
            if entry.why:  # it can be chosen all the same: then the bottom line says why
                item.setForeground(self.palette().color(QPalette.ColorRole.PlaceholderText))
                item.setToolTip(literal(entry.why))
            self._list.addItem(item)
        if self._shown:
            self._list.setCurrentRow(0)
        self._hint.setText("Enter runs it, Esc closes." if self._shown else "No matches. Try fewer letters.")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 10, Qt.Key.Key_PageUp: -10}
            step = steps.get(Qt.Key(event.key()))
            if step is not None and self._shown:
                row = max(0, min(len(self._shown) - 1, self._list.currentRow() + step))
                self._list.setCurrentRow(row)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self._list.currentRow())
                return True
        return super().eventFilter(watched, event)

    def _on_item_chosen(self, item: QListWidgetItem) -> None:
        self._run(self._list.row(item))

    def _run(self, row: int) -> None:
        if 0 <= row < len(self._shown):
            entry = self._shown[row]
            self.accept()
            self.chosen.emit(entry)


def ranked(wanted: str, entries: Sequence[PaletteEntry]) -> list[PaletteEntry]:
    """Return the entries that match the input, best first; all of them for an empty input."""
    words = fold(wanted.strip().rstrip("…"), WORDS)
    if not words:
        return list(entries)
    from rapidfuzz import fuzz  # imported here, as it would slow down the start

    scored: list[tuple[float, int, PaletteEntry]] = []
    for at, entry in enumerate(entries):
        title = fold(entry.title.rstrip("…"), WORDS)
        if all(word in title for word in words.split()):
            whole = sum(word in _PARTS.split(title) for word in words.split())
            # Of titles that have the words alike, the one with least besides is the plainest answer.
            score = 200.0 - title.find(words.split()[0]) + 10.0 * whole + min(1.0, len(words) / len(title)) / 2
        else:
            fits = [max(_fit(word, part, fuzz.ratio) for part in _PARTS.split(title)) for word in words.split()]
            # Each typed word must resemble a word of the title; otherwise the whole input may still resemble the title.
            score = 100.0 + sum(fits) / len(fits) / 2 if min(fits) > 0 else fuzz.WRatio(words, title, score_cutoff=72)
        if score > 0:
            scored.append((-score, at, entry))
    return [entry for _, _, entry in sorted(scored, key=_by_score)]


def _fit(word: str, part: str, ratio: Callable[[str, str], float]) -> float:
    """Return how well a typed word matches a title's word, 0 to 100: as a prefix, with a typo, or by some letters."""
    if word in part:
        return 100.0 if part.startswith(word) else 90.0
    if len(word) < _LEAST_LETTERS or not part.startswith(word[0]):
        return 0.0
    alike = max(ratio(word, part), ratio(word, part[: len(word)]))
    letters = iter(part)
    return max(alike if alike >= _ALIKE else 0.0, 60.0 if all(letter in letters for letter in word) else 0.0)


def _by_score(item: tuple[float, int, PaletteEntry]) -> tuple[float, int]:
    return item[:2]
