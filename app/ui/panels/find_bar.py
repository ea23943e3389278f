"""Finding in one text."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from app.session.finding import BadPattern, TooSlow, Wanted, finder
from app.ui.labels import button, literal, plain

_MOST = 10_000
_SECONDS = 0.25  # for an expression: it is run while one types
_OPTIONS = (
    ("case", "Aa", "Match case", Qt.Key.Key_C),
    ("words", "W", "Whole words", Qt.Key.Key_W),
    ("regex", ".*", "Regular expression", Qt.Key.Key_R),
)


class FindBar(QWidget):
    """A line to type in, over a text. Enter goes to the text with the hit selected, Escape closes."""

    hit_wanted = Signal(object)  # (start, end), code points; the text should show it
    finished = Signal(object)  # whether a hit is selected

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._text = ""
        self._hits: list[tuple[int, int]] = []
        self._at = -1
        self._start = 0
        self._wrong = ""
        self._options: dict[str, QPushButton] = {}
        self._keys: dict[int, QPushButton] = {}
        self.line = QLineEdit()
        self.line.setObjectName(f"{name}-line")
        self.line.setAccessibleName("Find")
        self.line.setPlaceholderText("Find…  Enter: go there")
        self.line.setClearButtonEnabled(True)
        self.line.setToolTip("Enter goes to the text, the arrows to the next and the previous hit, Esc closes")
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
        if self._hits:
            before = -1 if by > 0 else 0
            self._at = ((self._at if self._at >= 0 else before) + by) % len(self._hits)
            self._show()

    def set_text(self, text: str) -> None:
        """Search another text from now on; nothing is shown before the person asks."""
        self._text = text
        self._start = 0
        self._search(self.line.text() if self.isVisible() else "")
        self._at = -1
        self._show_count()

    def _on_edited(self, wanted: str) -> None:
        self._search(wanted)
        self._show()

    def _search(self, wanted: str) -> None:
        on = {option: made.isChecked() for option, made in self._options.items()}
        looked_for = Wanted(wanted, case=on["case"], whole_words=on["words"], regex=on["regex"])
        self._hits, self._wrong = [], ""
        try:
            if not looked_for.is_empty:
                for span in finder(looked_for)(self._text, _SECONDS):
                    self._hits.append(span)
                    if len(self._hits) >= _MOST:
                        break
        except BadPattern as error:
            self._wrong = error.what
        except TooSlow:
            self._wrong = "takes too long"
        after = [at for at, (start, _) in enumerate(self._hits) if start >= self._start]
        self._at = after[0] if after else 0

    def _show(self) -> None:
        self._show_count()
        if self._hits:
            self.hit_wanted.emit(self._hits[self._at])

    def _show_count(self) -> None:
        self._count.setToolTip(literal(self._wrong))
        if self._wrong and not self._hits:
            self._count.setText("takes too long" if self._wrong == "takes too long" else "no expression")
        elif not self._hits:
            self._count.setText("not found" if self.line.text().strip() else "")
        elif self._at < 0:
            self._count.setText(f"{len(self._hits):,} found")
        else:
            self._count.setText(f"{self._at + 1} of {len(self._hits):,}")

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
        if self._hits or not self.line.text().strip():
            self.finished.emit(bool(self._hits))
        else:
            self.line.selectAll()  # nothing to go to: the person will want to type something else

    def _on_previous(self, _checked: bool) -> None:
        self.step(-1)

    def _on_next(self, _checked: bool) -> None:
        self.step(1)

    def _on_close(self, _checked: bool) -> None:
        self.hide()
        self.finished.emit(False)
