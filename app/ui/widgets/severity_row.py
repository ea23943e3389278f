"""Severity as a row of buttons."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from app.core.scheme import Severity
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import literal, value_button


class SeverityRow(QWidget):
    """One button a step, mildest first; pressing the chosen one takes the severity away."""

    chosen = Signal(object)  # severity id or None

    def __init__(self, severities: Sequence[Severity], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("field-severity")
        self.setAccessibleName("Severity")
        self._buttons: dict[str, QPushButton] = {}
        line = Flow(self, gap=0)
        for number, severity in enumerate(severities):
            made = value_button(severity.id, severity.title, name=f"severity-{severity.id}", role="segment")
            made.setToolTip(literal(f"{severity.title}  (Alt+{number})\n{severity.definition}"))
            made.setCheckable(True)
            made.setProperty("edge", "" if self._buttons else "own")  # the others share theirs with the one before
            made.picked.connect(self._on_picked)
            self._buttons[severity.id] = made
            line.add(made, 1)

    def show_severity(self, severity: object) -> None:
        """Show which step is chosen."""
        for name, made in self._buttons.items():
            made.setChecked(name == severity)

    def focus_first(self) -> None:
        """Put the keyboard on the first step."""
        first = next(iter(self._buttons.values()), None)
        if first is not None:
            first.setFocus()

    def _on_picked(self, severity: str) -> None:
        self.chosen.emit(severity if self._buttons[severity].isChecked() else None)
