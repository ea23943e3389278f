"""The settings dialog, generated from the settings table."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLineEdit, QSpinBox, QWidget

from app.settings import TABLE, Setting, Settings, complaint
from app.ui.dialogs.form import FormDialog
from app.ui.widgets.fields import ComboBox, DoubleSpinBox, LineEdit, SpinBox
from app.ui.widgets.labels import button, plain


class SettingsDialog(FormDialog):
    """One field per row of the settings table; invalid values are reported, and then nothing is changed."""

    accepted_values = Signal(object)  # dict
    shortcuts_wanted = Signal()

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__("settings-dialog", "Settings", accept="Save", scrolls=True, parent=parent)
        self.setMinimumWidth(480)
        self._fields: dict[str, QWidget] = {}
        group = ""
        for setting in TABLE:
            if setting.key == "keys":
                continue
            if setting.group != group:
                group = setting.group
                self.body.addSpacing(6)
                self.body.addWidget(plain(group.upper(), role="caption"))
            self._add(setting, settings[setting.key])
        keys = button("Keyboard shortcuts…", name="settings-keys")
        keys.clicked.connect(self._on_keys)
        self.body.addWidget(keys)

    def _add(self, setting: Setting, value: object) -> None:
        widget = _field(setting, value)
        widget.setObjectName(f"setting-{setting.key}")
        widget.setAccessibleName(setting.title)
        self._fields[setting.key] = widget
        if isinstance(widget, QCheckBox):
            self.body.addWidget(widget)
            widget.setToolTip(setting.note)
        else:
            self.field(setting.title, widget, setting.note)

    def values(self) -> dict[str, object]:
        """Return the values as filled in."""
        return {key: _value(widget) for key, widget in self._fields.items()}

    def submit(self) -> bool:
        """Validate all values, then emit them."""
        values = self.values()
        for key, value in values.items():
            wrong = complaint(key, value)
            if wrong:
                self.complain(wrong)
                return False
        self.accepted_values.emit(values)
        return True

    def _on_keys(self, _checked: bool) -> None:
        self.shortcuts_wanted.emit()


def _field(setting: Setting, value: object) -> QWidget:
    if setting.choices:
        combo = ComboBox()
        for choice, title in setting.choices:
            combo.addItem(title, choice)
        combo.setCurrentIndex(combo.findData(value))
        return combo
    if isinstance(setting.default, bool):
        check = QCheckBox(setting.title)
        check.setChecked(bool(value))
        return check
    if setting.key == "text_font":
        fonts = ComboBox()
        for family in QFontDatabase.families():
            fonts.addItem(family, family)
        if fonts.findData(value) < 0:
            fonts.insertItem(0, str(value), value)
        fonts.setCurrentIndex(fonts.findData(value))
        return fonts
    if isinstance(setting.default, float) and isinstance(value, int | float):
        number = DoubleSpinBox()
        number.setRange(setting.low, setting.high)
        number.setSingleStep(0.05)
        number.setValue(float(value))
        return number
    if isinstance(setting.default, int) and isinstance(value, int | float):
        whole = SpinBox()
        whole.setRange(int(setting.low), int(setting.high))
        whole.setValue(int(value))
        return whole
    return LineEdit(str(value))


def _value(widget: QWidget) -> object:
    if isinstance(widget, QComboBox):
        return widget.currentData()
    if isinstance(widget, QCheckBox):
        return widget.isChecked()
    if isinstance(widget, QDoubleSpinBox):
        return round(widget.value(), 2)
    if isinstance(widget, QSpinBox):
        return widget.value()
    if isinstance(widget, QLineEdit):
        return widget.text().strip()
    raise TypeError(f"no value in a {type(widget).__name__}")
