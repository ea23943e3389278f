"""The list of marks and evidence whose words an edit of the text takes away, and what is to be done with each."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QVBoxLayout, QWidget

from app.core.annotation import Fragment, quote_of
from app.core.scheme import Scheme
from app.core.wording import counted, shorten, undirected
from app.jobs.tasks.text_edit import ANCHOR, DELETE, KEEP, MOVE, anchor_of, lost_line
from app.services.texts.text_survey import LostRange
from app.ui.widgets.fields import ComboBox
from app.ui.widgets.labels import button, plain

SELECTED = "selected"
_MOST = 500
_WORDS = {KEEP: "to decide later", MOVE: "moved", SELECTED: "moved", ANCHOR: "an anchor", DELETE: "deleted"}
_QUOTE = 30

Span = tuple[int, int]


def label_title(scheme: Scheme, layer: str, label: str) -> str:
    """Return what a label is called, its id if the scheme doesn't have it."""
    found = scheme.label(layer, label)
    return found.title if found is not None else label


class LostMarks(QWidget):
    """Lists what is lost; what is to be done is chosen for the current row, or for all at once.

    `home` is the title of the document whose text is edited. `selected` returns the range of the new text that is
    selected beside the list, None if nothing is.
    """

    changed = Signal()
    complained = Signal(object)  # what is wrong, "" if nothing is

    def __init__(self, scheme: Scheme, home: str, selected: Callable[[], Span | None]) -> None:
        super().__init__()
        self._home = home
        self._scheme = scheme
        self._selected = selected
        self._lost: Sequence[LostRange] = ()
        self._text = ""
        self._kinds: dict[str, str] = {}
        self._spans: dict[str, Span] = {}
        self._title = plain("", role="field", name="lost-title")
        self.list = QListWidget()
        self.list.setObjectName("lost-marks")
        self.list.setAccessibleName("Marks whose words are gone")
        self.list.setTabKeyNavigation(False)
        self._choice = ComboBox()
        self._choice.setObjectName("lost-choice")
        self._choice.setAccessibleName("What to do with the mark")
        self._all = button(
            "Do so with all", name="lost-all", tip="The same for every mark in the list, where it can be"
        )
        self._title.setBuddy(self.list)
        foot = QHBoxLayout()
        foot.addWidget(self._choice, 1)
        foot.addWidget(self._all)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(self._title)
        box.addWidget(self.list, 1)
        box.addLayout(foot)
        self.list.currentRowChanged.connect(self._on_row)
        self._choice.activated.connect(self._on_choice)
        self._all.clicked.connect(self._on_all)
        self.hide()

    def show_lost(self, lost: Sequence[LostRange], text: str) -> None:
        """Show what is lost in a new text; what was chosen for those that were lost before stays chosen."""
        self._lost, self._text = lost, text
        keys = {item.key for item in lost}
        self._kinds = {key: kind for key, kind in self._kinds.items() if key in keys and kind != SELECTED}
        self._spans = {}
        self.setVisible(bool(lost))
        more = f"; these are the first {_MOST:,}" if len(lost) > _MOST else ""
        self._title.setText(f"Words gone: {counted(len(lost), 'mark')}, to be decided now or later{more}")
        row = max(0, self.list.currentRow())
        self.list.blockSignals(True)
        self.list.clear()
        for item in lost[:_MOST]:
            self.list.addItem(self._line(item))
        self.list.setCurrentRow(min(row, self.list.count() - 1))
        self.list.blockSignals(False)
        self._on_row(self.list.currentRow())

    def choices(self) -> Mapping[str, tuple[Fragment, ...] | None]:
        """Return what was chosen, for `edit_text`; those to be decided later are left out."""
        found: dict[str, tuple[Fragment, ...] | None] = {}
        for item in self._lost:
            kind = self._kinds.get(item.key, KEEP)
            if kind == DELETE:
                found[item.key] = None
            elif kind == ANCHOR:
                found[item.key] = anchor_of(item)
            elif kind == MOVE:
                found[item.key] = item.place
            elif kind == SELECTED:
                found[item.key] = (Fragment(*self._spans[item.key]),)
        return found

    def _line(self, item: LostRange) -> str:
        kind = self._kinds.get(item.key, KEEP)
        place = (Fragment(*self._spans[item.key]),) if kind == SELECTED else item.place
        to = f" to “{shorten(quote_of(self._text, place), _QUOTE)}”" if kind in (MOVE, SELECTED) else ""
        label = label_title(self._scheme, item.annotation.layer, item.annotation.label)
        return undirected(f"{lost_line(item, label=label, home=self._home)}: {_WORDS[kind]}{to}")

    def _current(self) -> LostRange | None:
        row = self.list.currentRow()
        return self._lost[row] if 0 <= row < len(self._lost) else None

    def _offered(self, item: LostRange) -> list[tuple[str, str]]:
        """Return what can be done with a lost range, each kind with its words."""
        label = self._scheme.label(item.annotation.layer, item.annotation.label)
        there = quote_of(self._text, item.place)
        found = [(KEEP, "Decide later")]
        if any(fragment.start < fragment.end for fragment in item.place):
            found.append((MOVE, f"Move it to “{shorten(there, _QUOTE)}”, which stands there now"))
        found.append((SELECTED, "Move it to what is selected in the text"))
        if item.evidence is None and label is not None and label.anchor:
            found.append((ANCHOR, "Make it an anchor there"))
        found.append((DELETE, "Delete the mark" if item.evidence is None else "Remove the evidence"))
        return found

    def _on_row(self, _row: int) -> None:
        item = self._current()
        self._choice.clear()
        self._choice.setEnabled(item is not None)
        self._all.setEnabled(item is not None and len(self._lost) > 1)
        if item is not None:
            for kind, words in self._offered(item):
                self._choice.addItem(words, kind)
            self._choice.setCurrentIndex(max(0, self._choice.findData(self._kinds.get(item.key, KEEP))))

    def _on_choice(self, _index: int) -> None:
        item, kind = self._current(), self._choice.currentData()
        if item is not None and self._choose(item, kind):
            self._tell()
        elif item is not None:
            self._choice.setCurrentIndex(max(0, self._choice.findData(self._kinds.get(item.key, KEEP))))

    def _choose(self, item: LostRange, kind: str) -> bool:
        span = self._selected() if kind == SELECTED else None
        if kind == SELECTED and span is None:
            self.complained.emit("Select the words in the text that the mark should cover, then choose this again.")
            return False
        if span is not None:
            self._spans[item.key] = span
        self._kinds[item.key] = kind
        return True

    def _on_all(self, _checked: bool) -> None:
        kind = self._choice.currentData()
        for item in self._lost:
            if any(kind == offered for offered, _ in self._offered(item)):
                self._choose(item, kind)
        self._tell()

    def _tell(self) -> None:
        for row, item in enumerate(self._lost[:_MOST]):
            self.list.item(row).setText(self._line(item))
        self.complained.emit("")
        self.changed.emit()
