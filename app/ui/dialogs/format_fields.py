"""Fields for a format's options, and file dialog filters for formats."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from types import MappingProxyType

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLineEdit, QSpinBox, QWidget

from app.exchange.format import Format
from app.exchange.option import FormatOption, OptionKind, OptionValue
from app.ui.widgets.fields import ComboBox, LineEdit, SpinBox
from app.ui.widgets.labels import literal, plain, unmarked

_LARGEST_NUMBER = 2**31 - 1  # the maximum of a QSpinBox


class FormatFields(QWidget):
    """A field for each option; their object names start with `name`. `changed` says that a person changed a value."""

    changed = Signal()

    def __init__(
        self,
        name: str,
        options: tuple[FormatOption, ...],
        parent: QWidget | None = None,
        *,
        in_a_row: int = 1,
        offered: Mapping[str, Sequence[str]] = MappingProxyType({}),
    ) -> None:
        """`offered` are values that can be chosen for an option that takes any text, by its name."""
        super().__init__(parent)
        self.setObjectName(f"{name}-options")
        self._options = options
        self._fields: dict[str, QWidget] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        for number, option in enumerate(options):
            row, column = divmod(number, in_a_row)
            field = _field(option, offered.get(option.name, ()))
            field.setObjectName(f"{name}-{option.name}")
            field.setAccessibleName(option.title)
            field.setToolTip(literal(option.help))
            self._fields[option.name] = field
            if not isinstance(field, QCheckBox):
                caption = plain(unmarked(option.title), role="field")
                caption.setBuddy(field)
                grid.addWidget(caption, 2 * row, column)
            grid.addWidget(field, 2 * row + 1, column)
            grid.setColumnStretch(column, 1)
            self._watch(field)
        self._last = self.changed_values()

    def changed_values(self) -> dict[str, OptionValue]:
        """Return the values that differ from the defaults."""
        values = {option.name: _value(self._fields[option.name]) for option in self._options}
        return {option.name: values[option.name] for option in self._options if values[option.name] != option.default}

    def _watch(self, field: QWidget) -> None:
        if isinstance(field, QCheckBox):
            field.clicked.connect(self._on_edited)
        elif isinstance(field, QSpinBox | QLineEdit):
            field.editingFinished.connect(self._on_edited)
        elif isinstance(field, QComboBox):
            field.activated.connect(self._on_edited)
            line = field.lineEdit()
            if line is not None:  # pyright: ignore[reportUnnecessaryComparison]  without it nothing can be typed
                line.editingFinished.connect(self._on_edited)

    def _on_edited(self, *_value: object) -> None:
        values = self.changed_values()
        if values != self._last:
            self._last = values
            self.changed.emit()


def _field(option: FormatOption, offered: Sequence[str]) -> QWidget:
    if offered and option.kind is OptionKind.TEXT:
        combo = ComboBox()
        combo.setEditable(True)
        line = combo.lineEdit()
        if line is not None:  # one that can be typed in has one
            line.setPlaceholderText("automatic")
        combo.addItems([str(option.default), *(each for each in offered if each != option.default)])
        return combo
    match option.kind:
        case OptionKind.FLAG:
            box = QCheckBox(unmarked(option.title))
            box.setChecked(option.default is True)
            return box
        case OptionKind.NUMBER:
            spin = SpinBox()
            spin.setRange(0, _LARGEST_NUMBER)
            spin.setValue(int(option.default))
            return spin
        case OptionKind.CHOICE:
            combo = ComboBox()
            combo.addItems(list(option.choices))
            combo.setCurrentText(str(option.default))
            return combo
        case OptionKind.TEXT:
            return LineEdit(str(option.default))


def _value(field: QWidget) -> OptionValue:
    if isinstance(field, QCheckBox):
        return field.isChecked()
    if isinstance(field, QSpinBox):
        return field.value()
    if isinstance(field, QComboBox):
        return field.currentText()
    assert isinstance(field, QLineEdit)
    return field.text()


def import_kinds(formats: Iterable[Format]) -> str:
    """Return the file dialog filter to open files of these formats: all of them first, then each."""
    read = [(item.title, item.reader.suffixes) for item in formats if item.reader is not None and item.reader.suffixes]
    every = dict.fromkeys(suffix for _, suffixes in read for suffix in suffixes)
    return ";;".join((kinds("All known formats", every), *(kinds(*one) for one in read), "All (*)"))


def export_kinds(item: Format) -> str:
    """Return the file dialog filter to save a file of this format."""
    return kinds(item.title, (default_suffix(item),))


def default_suffix(item: Format) -> str:
    """Return the last file suffix of a format, with the dot; an empty string for a folder."""
    return PurePath(f"x{item.writer.suffix}").suffix if item.writer is not None else ""


def kinds(title: str, suffixes: Iterable[str]) -> str:
    """Return one filter entry, such as `Plain text (*.txt *.md)`."""
    # The file dialog takes what is in round brackets as the patterns.
    name = title.translate({ord("("): "[", ord(")"): "]"}).replace(";;", ";")
    return f"{name} ({' '.join(f'*{suffix}' for suffix in suffixes) or '*'})"
