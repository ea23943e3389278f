"""Fields in which a person gives the value of an attribute, one class for each kind.

A field says with `changed` that the person changed it, and gives its value as `app.core.field_values` stores it. A form
puts `row()` on the screen, which is the field itself or holds it beside its unit or slider.
"""

from collections.abc import Callable, Sequence
from typing import cast

from PySide6.QtCore import QSignalBlocker, QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QCompleter,
    QGridLayout,
    QHBoxLayout,
    QListView,
    QPushButton,
    QWidget,
)

from app.core import field_values
from app.core.scheme import Attribute, Entry, FieldKind
from app.core.wording import undirected
from app.ui.guard import guarded
from app.ui.theme import px
from app.ui.widgets.fields import ComboBox, LineEdit, Slider
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import literal, plain, unmarked, value_button

_LEAST_LETTERS = 8  # of a choice; it is cut off with dots beyond
_SLIDER_STEPS = 1000  # where the scheme names no step
_MOST_ENTRIES = 40
_HIGHEST_POPUP = 320
_MOST_STEPS = 11  # of a scale as a row of buttons; one with more is a list to choose from
_ASKS = {
    FieldKind.DATE: "2026-03-31, 2026-03 or 2026",
    FieldKind.ENTITY: "Type a name",
}


FindEntries = Callable[[str, str], Sequence[Entry]]
"""`(list, text)`: the entries of a list of entities that fit what was typed, the best first."""


def no_entries(_list: str, _text: str) -> Sequence[Entry]:
    """Find nothing, where there are no lists."""
    return ()


class ChoiceField(ComboBox):
    """One of several values."""

    changed = Signal(object)  # this field

    def __init__(self, field: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self.setObjectName(f"field-{field}")
        self.setAccessibleName(title)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(_LEAST_LETTERS)
        self.activated.connect(self._on_activated)

    def offer(self, attribute: Attribute) -> None:
        """Offer the values of an attribute, and none of them."""
        self.addItem("–", None)
        for at, value in enumerate(attribute.values, 1):
            self.addItem(f"{value.title}   {value.key}" if value.key else value.title, value.id)
            self.setItemData(at, literal(value.definition), Qt.ItemDataRole.ToolTipRole)

    def row(self) -> QWidget:
        """Return what is put on the screen."""
        return self

    def value(self) -> object:
        """Return the value chosen, None for none."""
        return self.currentData()

    def show_value(self, value: object) -> None:
        """Show a value; an unknown one is shown as none."""
        self.setCurrentIndex(max(0, self.findData(value)))

    def _on_activated(self, _index: int) -> None:
        self.changed.emit(self)


class FlagField(QCheckBox):
    """Yes or no."""

    changed = Signal(object)  # this field

    def __init__(self, field: str, title: str, parent: QWidget | None = None, *, key: str = "") -> None:
        super().__init__(unmarked(f"{title}  {key}" if key else title), parent)
        self.field = field
        self.setObjectName(f"field-{field}")
        self.setAccessibleName(title)
        self.clicked.connect(self._on_clicked)

    def row(self) -> QWidget:
        """Return what is put on the screen."""
        return self

    def value(self) -> object:
        """Return True, or None: a flag that isn't set isn't stored."""
        return self.isChecked() or None

    def show_value(self, value: object) -> None:
        """Show a value."""
        self.setChecked(bool(value))

    def _on_clicked(self, _checked: bool) -> None:
        self.changed.emit(self)


class ManyField(QWidget):
    """Several of a list, as boxes to tick."""

    changed = Signal(object)  # this field

    def __init__(self, attribute: Attribute, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = attribute.id
        self._attribute = attribute
        self.setObjectName(f"field-{attribute.id}")
        self.setAccessibleName(attribute.title)
        self._boxes: dict[str, QCheckBox] = {}
        self._others: list[str] = []  # values that the scheme doesn't have are kept
        line = Flow(self, gap=10)
        for value in attribute.values:
            box = QCheckBox(unmarked(f"{value.title}  {value.key}" if value.key else value.title))
            box.setObjectName(f"field-{attribute.id}-{value.id}")
            box.setAccessibleName(f"{attribute.title}: {value.title}")
            box.setToolTip(literal(value.definition))
            box.clicked.connect(self._on_clicked)
            self._boxes[value.id] = box
            line.add(box)
        self.setFocusProxy(next(iter(self._boxes.values())))

    def row(self) -> QWidget:
        """Return what is put on the screen."""
        return self

    def value(self) -> object:
        """Return the ids ticked in the scheme's order, None for none."""
        ticked = [*(id for id, box in self._boxes.items() if box.isChecked()), *self._others]
        return field_values.ordered(self._attribute, ticked) or None

    def show_value(self, value: object) -> None:
        """Show a value."""
        given = [str(item) for item in cast(list[object], value)] if isinstance(value, list) else []
        self._others = [id for id in given if id not in self._boxes]
        for id, box in self._boxes.items():
            box.setChecked(id in given)

    def _on_clicked(self, _checked: bool) -> None:
        self.changed.emit(self)


class StepsField(QWidget):
    """A scale with named steps, as a row of buttons from low to high; pressing the chosen one takes the value away."""

    changed = Signal(object)  # this field

    def __init__(self, attribute: Attribute, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = attribute.id
        self.setObjectName(f"field-{attribute.id}")
        self.setAccessibleName(attribute.title)
        self._buttons: dict[str, QPushButton] = {}
        line = Flow(self, gap=0)
        for number, value in enumerate(attribute.values, 1):
            made = value_button(value.id, value.title, name=f"field-{attribute.id}-{value.id}", role="segment")
            key = f"  ({value.key})" if value.key else ""
            place = f"{value.title}{key}\nStep {number} of {len(attribute.values)}"
            made.setToolTip(literal(f"{place}\n{value.definition}".rstrip()))
            made.setAccessibleName(f"{attribute.title}: {value.title}, {number} of {len(attribute.values)}")
            made.setCheckable(True)
            made.setProperty("edge", "" if self._buttons else "own")  # the others share theirs with the one before
            made.picked.connect(self._on_picked)
            self._buttons[value.id] = made
            line.add(made, 1)
        self.setFocusProxy(next(iter(self._buttons.values())))
        self._picked: str | None = None

    def row(self) -> QWidget:
        """Return what is put on the screen."""
        return self

    def value(self) -> object:
        """Return the id of the step chosen, None for none."""
        return self._picked

    def show_value(self, value: object) -> None:
        """Show a value."""
        self._picked = value if isinstance(value, str) else None
        for id, made in self._buttons.items():
            made.setChecked(id == value)

    def _on_picked(self, step: str) -> None:
        self._picked = step if self._buttons[step].isChecked() else None
        self.changed.emit(self)


class LineField(LineEdit):
    """One line that is read by the kind of the attribute: text, a number, a date."""

    changed = Signal(object)  # this field, which is left or in which Enter was pressed

    def __init__(self, attribute: Attribute, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = attribute.id
        self.attribute = attribute
        self.setObjectName(f"field-{attribute.id}")
        self.setAccessibleName(attribute.title)
        self.setPlaceholderText(_ASKS.get(attribute.kind, "") or self._range())
        self.editingFinished.connect(self._on_finished)

    def _range(self) -> str:
        least, most = self.attribute.least, self.attribute.most
        if least is None and most is None:
            return ""
        if least is not None and most is not None:
            return f"{least:g} to {most:g}"
        return f"{least:g} or more" if least is not None else f"{most:g} or less"

    def row(self) -> QWidget:
        """Return what is put on the screen: the line, with the unit behind it."""
        if not self.attribute.unit:
            return self
        row = QWidget()
        box = QHBoxLayout(row)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self, 1)
        box.addWidget(plain(self.attribute.unit, tone="soft", name=f"field-{self.field}-unit"))
        return row

    def value(self) -> object:
        """Return the value typed, None for none. Raises ValueError, which says what it must be."""
        return field_values.read(self.attribute, self.text())

    def words_of(self, value: object) -> str:
        """Return the text that shows a value in the line."""
        if isinstance(value, str):
            return value
        return field_values.shown(self.attribute, value).removesuffix(self.attribute.unit).strip()

    def show_value(self, value: object) -> None:
        """Show a value."""
        self.setText(self.words_of(value))

    def _on_finished(self) -> None:
        self.changed.emit(self)


class SliderField(LineField):
    """A number on a scale without named steps: a slider, and a line for who knows the number."""

    def __init__(self, attribute: Attribute, parent: QWidget | None = None) -> None:
        super().__init__(attribute, parent)
        self._least, self._most = attribute.least or 0, attribute.most if attribute.most is not None else 1
        self._step = attribute.step or _nice_step(self._most - self._least)
        self.slider = Slider(Qt.Orientation.Horizontal)
        self.slider.setObjectName(f"field-{attribute.id}-slider")
        self.slider.setAccessibleName(attribute.title)
        self.slider.setRange(0, round((self._most - self._least) / self._step))
        self.slider.setPageStep(max(1, self.slider.maximum() // 10))
        self.slider.valueChanged.connect(self._on_slid)
        self.slider.sliderReleased.connect(self._on_finished)
        self.textChanged.connect(self._on_text)

        self.slider.setAccessibleDescription(self._ends())
        self.slider.setToolTip(literal(self._ends()))

    def _ends(self) -> str:
        ends = ((self._least, self.attribute.low), (self._most, self.attribute.high))
        return " – ".join(f"{number:g}: {name}" if name else f"{number:g}" for number, name in ends)

    def row(self) -> QWidget:
        """Return what is put on the screen: slider, line and unit, the names of the ends below the slider."""
        row = QWidget()
        grid = QGridLayout(row)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        grid.addWidget(self.slider, 0, 0, 1, 2)
        grid.addWidget(self, 0, 2)
        if self.attribute.unit:
            grid.addWidget(plain(self.attribute.unit, tone="soft", name=f"field-{self.field}-unit"), 0, 3)
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        sides = (("low", self.attribute.low, left), ("high", self.attribute.high, right))
        for column, (end, name, side) in enumerate(sides):
            grid.setColumnStretch(column, 3)
            if name:
                caption = plain(name, role="field", wrap=True, name=f"field-{self.field}-{end}")
                caption.setAlignment(side | Qt.AlignmentFlag.AlignTop)
                grid.addWidget(caption, 1, column)
        grid.setColumnStretch(2, 2)
        return row

    def _on_slid(self, position: int) -> None:
        number = self._least + position * self._step
        with QSignalBlocker(self):
            self.setText(f"{number:.12g}")
        if not self.slider.isSliderDown():
            self.changed.emit(self)

    def _on_text(self, text: str) -> None:
        try:
            number = field_values.read(self.attribute, text)
        except ValueError:
            return
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(((number or self._least) - self._least) / self._step))


def _nice_step(room: float) -> float:
    """Return a step that divides a range into hundred steps or somewhat more: 1 from 0 to 100, 0.01 from 0 to 1."""
    step = 1.0
    while room / step > _SLIDER_STEPS:
        step *= 10
    while room / step < 100:
        step /= 10
    return step


@guarded
class EntityField(LineField):
    """An entry of a list, searched while one types; only what was chosen from the list is taken."""

    def __init__(self, attribute: Attribute, find: FindEntries, parent: QWidget | None = None) -> None:
        super().__init__(attribute, parent)
        self._find = find
        self._found: Sequence[Entry] = ()
        self._shown: object = None  # the value in the line, as long as its text stays
        self._names = QStringListModel(self)
        completer = QCompleter(self._names, self)
        popup = QListView()
        popup.setObjectName(f"field-{attribute.id}-entries")
        popup.setAccessibleName(f"Entries for {attribute.title}")
        popup.setProperty("role", "popup")  # it has no panel to stand on
        popup.setWordWrap(True)
        popup.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        completer.setPopup(popup)
        self._popup = popup
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.setMaxVisibleItems(12)
        completer.activated.connect(self._on_picked)
        self.setCompleter(completer)
        self._completer = completer
        self.textEdited.connect(self._on_edited)

    def value(self) -> object:
        """Return the entry. Raises ValueError for a text that is none."""
        text = self.text().strip()
        if not text:
            return None
        if self._shown is not None and text == self.words_of(self._shown):
            return self._shown
        found = self._find(self.attribute.entries, text)
        exact = [entry for entry in found if text in (entry.title, entry.id)]
        if len(exact) == 1:
            return _stored(exact[0])
        several = " There are several of that name." if exact else ""
        raise ValueError(f"“{undirected(text[:40])}” isn’t in the list: choose an entry while you type.{several}")

    def show_value(self, value: object) -> None:
        """Show a value."""
        self._shown = value
        super().show_value(value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self._on_edited(self.text())
            self._completer.complete()
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if not self.text():  # whoever has no keyboard at hand chooses from the first ones
            self._on_edited("")
            self._completer.complete()

    def _on_edited(self, text: str) -> None:
        self._found = self._find(self.attribute.entries, text.strip())[:_MOST_ENTRIES]
        self._names.setStringList([undirected(_line_of(entry)) for entry in self._found])
        QTimer.singleShot(0, self, self._show_all)

    def _show_all(self) -> None:
        """Make the list as high as its entries are: Qt reckons with one line for each."""
        popup = self._popup
        last = popup.visualRect(self._completer.completionModel().index(self._names.rowCount() - 1, 0))
        high = last.bottom() + 1 + popup.verticalScrollBar().value() + popup.height() - popup.viewport().height()
        if popup.isVisible() and last.isValid() and popup.height() < high:
            popup.resize(popup.width(), min(high, px(_HIGHEST_POPUP)))

    def _on_picked(self, _line: str) -> None:
        # Qt puts the line into the field only after this.
        QTimer.singleShot(0, self, self._on_finished)

    def _on_finished(self) -> None:
        chosen = self._chosen(self.text())
        if chosen is not None:
            self.show_value(_stored(chosen))  # what Qt put into the field is the whole line of the list
        super()._on_finished()

    def _chosen(self, line: str) -> Entry | None:
        return next((entry for entry in self._found if undirected(_line_of(entry)) == line), None)

    def _take(self, entry: Entry) -> None:
        self.show_value(_stored(entry))
        self.changed.emit(self)


def _stored(entry: Entry) -> dict[str, str]:
    return {"id": entry.id, "title": entry.title}


def _line_of(entry: Entry) -> str:
    more = f" – {entry.description}" if entry.description else ""
    return f"{entry.title}{more}   {entry.id}"


ValueField = ChoiceField | FlagField | ManyField | StepsField | LineField


def value_field(attribute: Attribute, find: FindEntries = no_entries) -> ValueField:
    """Return the field for an attribute; `find` searches lists of entities."""
    match attribute.kind:
        case FieldKind.CHOICE:
            made = ChoiceField(attribute.id, attribute.title)
            made.offer(attribute)
        case FieldKind.FLAG:
            made = FlagField(attribute.id, attribute.title, key=attribute.key)
        case FieldKind.MANY:
            made = ManyField(attribute)
        case FieldKind.SCALE if attribute.values and len(attribute.values) <= _MOST_STEPS:
            made = StepsField(attribute)
        case FieldKind.SCALE if attribute.values:
            made = ChoiceField(attribute.id, attribute.title)
            made.offer(attribute)
        case FieldKind.SCALE:
            made = SliderField(attribute)
        case FieldKind.ENTITY:
            made = EntityField(attribute, find)
        case FieldKind.NUMBER | FieldKind.DATE | FieldKind.TEXT:
            made = LineField(attribute)
    if attribute.definition:
        made.setToolTip(literal(attribute.definition))
    return made
