"""The list of reasons, as chips."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from app.core.decision import Reason
from app.ui.widgets.labels import value_button

_TIPS = {
    Reason.GUIDELINE_GAP: "The guideline doesn't cover this",
    Reason.ANNOTATOR_ERROR: "The guideline is clear but wasn't followed",
    Reason.AMBIGUOUS_TEXT: "The text can be read either way",
    Reason.EDGE_CASE: "The guideline barely covers this case",
    Reason.MATTER_OF_TASTE: "Both are defensible",
}


def reason_title(reason: Reason) -> str:
    """Return the on-screen title of a reason."""
    return reason.value.replace("_", " ")


class ReasonRow(QWidget):
    """One chip per reason; clicking the selected one deselects it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("review-reasons")
        self._chips: dict[Reason, QPushButton] = {}
        self.chosen: Reason | None = None
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(5)
        for number, reason in enumerate(Reason):
            tip = f"{_TIPS[reason]} (R)"
            chip = value_button(reason, reason_title(reason), name=f"reason-{reason.value}", role="chip", tip=tip)
            chip.setCheckable(True)
            chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            chip.picked.connect(self._on_picked)
            self._chips[reason] = chip
            grid.addWidget(chip, number // 2, number % 2)

    def _on_picked(self, reason: Reason) -> None:
        self.choose(reason if self._chips[reason].isChecked() else None)

    def choose(self, reason: Reason | None) -> None:
        """Select a reason, or none."""
        self.chosen = reason
        for other, chip in self._chips.items():
            chip.setChecked(other is reason)

    def step(self) -> None:
        """Select the next reason; none after the last."""
        reasons = [None, *Reason]
        self.choose(reasons[(reasons.index(self.chosen) + 1) % len(reasons)])
