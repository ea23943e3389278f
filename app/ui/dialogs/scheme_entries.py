"""Widgets for the values of a scheme that are no plain text: a colour, a list of names, and a table of values."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QMenu, QWidget

from app.core.scheme_file import PALETTE
from app.core.wording import undirected
from app.ui.dialogs.scheme_fields import TableRow
from app.ui.widgets.fields import ComboBox, LineEdit
from app.ui.widgets.labels import button, plain, unmarked

_OWN = "own"
_MOST_LISTED = 60


class ColorEntry(QWidget):
    """A colour by its name in the palette, or one's own as #rrggbb."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._names = ComboBox()
        self._names.setObjectName("scheme-color-name")
        self._names.setAccessibleName("Colour of the palette")
        self._names.addItem("none of its own", "")
        for name, value in PALETTE.items():
            self._names.addItem(name, name)
            self._names.setItemData(self._names.count() - 1, QColor(value), Qt.ItemDataRole.DecorationRole)
        self._names.addItem("another one", _OWN)
        self._own = LineEdit()
        self._own.setObjectName("scheme-color-own")
        self._own.setAccessibleName("A colour of one’s own, as #rrggbb")
        self._own.setPlaceholderText("#rrggbb")
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._names, 1)
        box.addWidget(self._own, 1)
        self.setFocusProxy(self._names)
        self._names.currentIndexChanged.connect(self._on_name)
        self._own.textEdited.connect(self._on_own)

    def show_color(self, color: str) -> None:
        """Show a colour of the scheme."""
        known = self._names.findData(color)
        self._names.setCurrentIndex(known if known >= 0 else self._names.findData(_OWN))
        self._own.setText("" if known >= 0 else color)
        self._own.setVisible(known < 0)

    def given(self) -> str:
        """Return the colour, "" for none."""
        name = str(self._names.currentData())
        return self._own.text().strip() if name == _OWN else name

    def _on_name(self, _row: int) -> None:
        is_own = self._names.currentData() == _OWN
        self._own.setVisible(is_own)
        if not is_own or self._own.text().strip():
            self.changed.emit()

    def _on_own(self, _text: str) -> None:
        self.changed.emit()


class NamesEntry(QWidget):
    """Names with commas between: typed, or chosen from a menu of those there are."""

    changed = Signal()

    def __init__(self, key: str, title: str, note: str, names: Sequence[str]) -> None:
        super().__init__()
        self._known = names[:_MOST_LISTED]
        self.line = LineEdit()
        self.line.setObjectName(f"scheme-{key}")
        self.line.setAccessibleName(title)
        self.line.setPlaceholderText(note or ", ".join(names))
        self.line.setToolTip(", ".join(names))
        self._choose = button("Choose…", name=f"scheme-{key}-choose", accessible=f"Choose: {title}")
        if not names:
            self._choose.hide()
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.line, 1)
        box.addWidget(self._choose)
        self.setFocusProxy(self.line)
        self.line.textEdited.connect(self._on_edited)
        self._choose.clicked.connect(self._on_choose)

    def show_names(self, names: Sequence[object]) -> None:
        """Show the names of a list."""
        self.line.setText(", ".join(map(str, names)))

    def given(self) -> list[str]:
        """Return the names, each once."""
        return names_in(self.line.text())

    def _on_edited(self, _text: str) -> None:
        self.changed.emit()

    def _on_choose(self, _checked: bool) -> None:
        menu = QMenu(self)
        menu.setObjectName("scheme-names")
        given = self.given()
        for name in self._known:
            action = menu.addAction(unmarked(undirected(name)))
            action.setData(name)
            action.setCheckable(True)
            action.setChecked(name in given)
        menu.triggered.connect(self._on_name)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._choose.mapToGlobal(QPoint(0, self._choose.height())))

    def _on_name(self, action: QAction) -> None:
        name, given = str(action.data()), self.given()
        kept = [item for item in given if item != name]
        self.show_names(kept if name in given else [*given, name])
        self.changed.emit()


class TableEntry(QWidget):
    """A value for each of some names; what is left empty isn't in the table. One of maps can get further names."""

    changed = Signal()

    def __init__(self, key: str, rows: Sequence[TableRow]) -> None:
        super().__init__()
        self._rows = {row.name: row for row in rows}
        self._entries: dict[str, NamesEntry | LineEdit] = {}
        self._new: tuple[LineEdit, LineEdit] | None = None
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(1, 1)
        for number, row in enumerate(rows):
            made = NamesEntry(f"{key}-{row.name}", row.title, row.otherwise, row.names) if row.names else LineEdit()
            if isinstance(made, LineEdit):
                made.setObjectName(f"scheme-{key}-{row.name}")
                made.setAccessibleName(row.title)
                made.setPlaceholderText(row.otherwise)
                made.textEdited.connect(self._on_edited)
            else:
                made.changed.connect(self.changed)
            caption = plain(row.title)
            caption.setBuddy(made)
            grid.addWidget(caption, number, 0)
            grid.addWidget(made, number, 1)
            self._entries[row.name] = made
        if key == "maps":
            name, value = LineEdit(), LineEdit()
            name.setObjectName("scheme-maps-scheme")
            name.setAccessibleName("Another scheme")
            name.setPlaceholderText("Another scheme, such as mqm")
            value.setObjectName("scheme-maps-name")
            value.setAccessibleName("The label’s name in it")
            value.setPlaceholderText("The label’s name in it")
            for line, column in ((name, 0), (value, 1)):
                line.textEdited.connect(self._on_edited)
                grid.addWidget(line, len(rows), column)
            self._new = (name, value)
        first = next(iter(self._entries.values()), self._new[0] if self._new is not None else None)
        if first is not None:
            self.setFocusProxy(first)

    def show_table(self, table: Mapping[str, object]) -> None:
        """Show what a table has."""
        for name, entry in self._entries.items():
            value = table.get(name)
            if isinstance(entry, NamesEntry):
                entry.show_names(value if isinstance(value, list) else [])
            else:
                entry.setText(f"{value:g}" if isinstance(value, float) else "" if value is None else str(value))

    def given(self) -> dict[str, object]:
        """Return the table of what is entered."""
        found: dict[str, object] = {}
        for name, entry in self._entries.items():
            if isinstance(entry, NamesEntry):
                value: object = entry.given() or None
            else:
                text = entry.text()
                value = number_in(text) if self._rows[name].is_number else text.strip() or None
            if value is not None:
                found[name] = value
        if self._new is not None:
            name, value = (line.text().strip() for line in self._new)
            if name and value:
                found[name] = value
        return found

    def _on_edited(self, _text: str) -> None:
        self.changed.emit()


def names_in(text: str) -> list[str]:
    """Return the names in a text with commas between, each once."""
    return list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def number_in(text: str) -> object:
    """Return a number, or the text if it isn't one, so that the check says so."""
    given = text.strip().replace("\N{MINUS SIGN}", "-")
    if not given:
        return None
    try:
        return int(given)
    except ValueError:
        pass
    try:
        return float(given)
    except ValueError:
        return given
