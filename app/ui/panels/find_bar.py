"""Finding in one text."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from app.core.text_search import Wanted
from app.ui.guard import guarded
from app.ui.panels.find_search import FindSearch
from app.ui.widgets.fields import LineEdit
from app.ui.widgets.labels import button, literal, plain

_OPTIONS = (
    ("case", "Aa", "Match case", Qt.Key.Key_C),
    ("words", "W", "Whole words", Qt.Key.Key_W),
    ("regex", ".*", "Regular expression", Qt.Key.Key_R),
)


@guarded
class FindBar(QWidget):
    """A line to type in, over a text. Enter goes to the text with the hit selected, Escape closes."""

    hit_wanted = Signal(object)  # (start, end), code points; the text should show it
    finished = Signal(object)  # whether a hit is selected

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._text = ""
        self._search = FindSearch(self)
        self._search.came.connect(self._on_came)
        self._chosen: tuple[int, int] | None = None
        self._start = 0
        self._shows = self._goes = False  # the first hit, as soon as there is one: show it, go to it
        self._options: dict[str, QPushButton] = {}
        self._keys: dict[int, QPushButton] = {}
        self.line = LineEdit()
        self.line.setObjectName(f"{name}-line")
        self.line.setAccessibleName("Find")
        self.line.setPlaceholderText("Find…  Enter: go there")
        self.line.setClearButtonEnabled(True)
        self.line.setToolTip("Enter goes to the text, arrow keys to the next or previous hit, Esc closes")
        self._count = plain("", tone="faint", name=f"{name}-count")
        before = button("‹", name=f"{name}-previous", role="flat", tip="Previous hit", accessible="Previous hit")
        after = button("›", name=f"{name}-next", role="flat", tip="Next hit (Ctrl+G)", accessible="Next hit")
        close = button("×", name=f"{name}-close", role="flat", tip="Close (Esc)", accessible="Close find")
        row = QHBoxLayout(self)
        row.setContentsMargins(26, 4, 20, 4)
        row.setSpacing(4)
        row.addWidget(self.line, 1)
        self._add_options(name, row)
        for widget in (self._count, before, after, close):
            row.addWidget(widget)
        self.line.textChanged.connect(self._on_edited)
        self.line.installEventFilter(self)
        before.clicked.connect(self._on_previous)
        after.clicked.connect(self._on_next)
        close.clicked.connect(self._on_close)
        self.hide()

    def _add_options(self, name: str, row: QHBoxLayout) -> None:
        for option, sign, title, key in _OPTIONS:
            letter = chr(key.value)
            made = button(
                sign, name=f"{name}-{option}", role="segment", tip=f"{title} (Alt+{letter})", accessible=title
            )
            made.setCheckable(True)
            made.setProperty("edge", "own")
            made.setMinimumWidth(30)
            made.toggled.connect(self._on_option)
            self._options[option] = made
            self._keys[key] = made
            row.addWidget(made)

    def open(self, text: str, *, start: int, wanted: str = "") -> None:
        """Show the bar for a text; the search begins at a place."""
        self._text = text
        self._start = start
        self.show()
        if wanted:
            self._options["regex"].setChecked(False)  # these are words of a text
            self.line.setText(wanted)
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()
        self._on_edited(self.line.text())

    def step(self, by: int) -> None:
        """Go some hits on, round the end."""
        hits = self._search.hits
        if hits:
            before = -1 if by > 0 else 0
            at = hits.index(self._chosen) if self._chosen in hits else before
            self._choose(hits[(at + by) % len(hits)])

    def set_text(self, text: str) -> None:
        """Search another text from now on; nothing is shown before the person asks."""
        self._text = text
        self._start = 0
        self._begin(self.line.text() if self.isVisible() else "", shows=False)

    def _on_edited(self, wanted: str) -> None:
        self._begin(wanted, shows=True)

    def _begin(self, wanted: str, *, shows: bool) -> None:
        on = {option: made.isChecked() for option, made in self._options.items()}
        looked_for = Wanted(wanted, case=on["case"], whole_words=on["words"], regex=on["regex"])
        self._chosen = None
        self._shows, self._goes = shows, False
        self._search.begin(self._text, looked_for, self._start)
        self._on_came()

    def _on_came(self) -> None:
        search = self._search
        if self._shows and search.has_hits:
            self._shows = False
            self._choose(search.hits[search.nearest])
        else:
            self._show_count()
        if self._goes and (search.has_hits or search.is_over):
            self._on_return()

    def _choose(self, span: tuple[int, int]) -> None:
        self._chosen = span
        self._show_count()
        self.hit_wanted.emit(span)

    def _show_count(self) -> None:
        search, hits = self._search, self._search.hits
        self._count.setToolTip(literal(search.wrong))
        number = f"{len(hits):,}{'+' if search.is_cut else ''}"
        if not search.is_over:
            self._count.setText(f"{number} so far…" if hits else "searching…")
        elif search.wrong and not hits:
            self._count.setText("takes too long" if search.wrong == "takes too long" else "invalid expression")
        elif not hits:
            self._count.setText("not found" if self.line.text().strip() else "")
        elif self._chosen not in hits:
            self._count.setText(f"{number} found")
        else:
            self._count.setText(f"{hits.index(self._chosen) + 1} of {number}")

    def _on_option(self, _checked: bool) -> None:
        self._on_edited(self.line.text())

    def _option_of(self, event: QKeyEvent) -> QPushButton | None:
        return self._keys.get(event.key()) if event.modifiers() == Qt.KeyboardModifier.AltModifier else None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and (option := self._option_of(event)) is not None:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()  # while one types here, the key is ours and not the window's
                return True
            if event.type() == QEvent.Type.KeyPress:
                option.toggle()
                return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
                self._on_return()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self._on_close(False)
                return True
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self.step(1 if event.key() == Qt.Key.Key_Down else -1)
                return True
        return super().eventFilter(watched, event)

    def _on_return(self) -> None:
        search = self._search
        self._goes = not search.is_over and not search.has_hits
        if self._goes:
            return  # it goes there as soon as something is found
        if search.has_hits or not self.line.text().strip():
            self.finished.emit(search.has_hits)
        else:
            self.line.selectAll()  # nothing to go to: the person will want to type something else

    def _on_previous(self, _checked: bool) -> None:
        self.step(-1)

    def _on_next(self, _checked: bool) -> None:
        self.step(1)

    def _on_close(self, _checked: bool) -> None:
        self.hide()
        self.finished.emit(False)
