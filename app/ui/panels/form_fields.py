"""The fields of attributes in a form: each says itself that the person changed it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from app.ui.widgets.fields import ComboBox, LineEdit


class ChoiceField(ComboBox):
    """One of several values."""

    chosen = Signal(object)  # this field

    def __init__(self, field: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self.setObjectName(f"field-{field}")
        self.setAccessibleName(title)
        self.activated.connect(self._on_activated)

    def _on_activated(self, _index: int) -> None:
        self.chosen.emit(self)


class FlagField(QCheckBox):
    """Yes or no."""

    flagged = Signal(object)  # this field

    def __init__(self, field: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.field = field
        self.setObjectName(f"field-{field}")
        self.setAccessibleName(title)
        self.clicked.connect(self._on_clicked)

    def _on_clicked(self, _checked: bool) -> None:
        self.flagged.emit(self)


class LineField(LineEdit):
    """One line of text."""

    typed = Signal(object)  # this field, which is left or in which Enter was pressed

    def __init__(self, field: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self.setObjectName(f"field-{field}")
        self.setAccessibleName(title)
        self.editingFinished.connect(self._on_finished)

    def _on_finished(self) -> None:
        self.typed.emit(self)
