"""Labels that marks have and the scheme lacks, proposals among them, and what is to become of each."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QVBoxLayout, QWidget

from app.core.proposal import is_proposal, proposal_title
from app.core.wording import counted, undirected
from app.ui.widgets.fields import ComboBox
from app.ui.widgets.labels import button, plain

ACCEPT, DELETE = "accept", "delete"
_HEIGHT = 76


class OutsideLabels(QWidget):
    """Lists them; what is chosen for the current one is asked for by a button. Hidden while there are none."""

    asked = Signal(object, object)  # the layer and label, and ACCEPT, DELETE or =LABEL

    def __init__(self) -> None:
        super().__init__()
        self._places: list[tuple[str, str]] = []
        self._labels: Mapping[str, Sequence[tuple[str, str]]] = {}
        self.list = QListWidget()
        self.list.setObjectName("scheme-outside")
        self.list.setAccessibleName("Proposals, and labels that the scheme lacks")
        self.list.setFixedHeight(_HEIGHT)
        self._choice = ComboBox()
        self._choice.setObjectName("scheme-outside-choice")
        self._choice.setAccessibleName("What becomes of it")
        self._do = button("Do it", name="scheme-outside-do", accessible="Do this with the label")
        caption = plain("Proposals, and labels that the scheme lacks", role="field")
        caption.setBuddy(self.list)
        row = QHBoxLayout()
        row.addWidget(self._choice, 1)
        row.addWidget(self._do)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(caption)
        box.addWidget(self.list)
        box.addLayout(row)
        self.list.currentRowChanged.connect(self._on_row)
        self._do.clicked.connect(self._on_do)

    def show_labels(
        self, marks: Mapping[tuple[str, str], int], labels: Mapping[str, Sequence[tuple[str, str]]]
    ) -> None:
        """Show the labels (with their layers) by how many marks have them; `labels` are the titles and ids of those
        that each layer has.
        """
        row = self.list.currentRow()
        self._places, self._labels = list(marks), labels
        self.list.blockSignals(True)
        self.list.clear()
        for layer, label in self._places:
            kind = "proposed" if is_proposal(label) else "not in the scheme"
            count = counted(marks[layer, label], "mark")
            self.list.addItem(undirected(f"{proposal_title(label)}  ({layer}, {kind}, {count})"))
        self.list.blockSignals(False)
        self.list.setCurrentRow(max(0, min(row, len(self._places) - 1)))
        self.setVisible(bool(self._places))

    def _on_row(self, row: int) -> None:
        self._choice.clear()
        if not 0 <= row < len(self._places):
            return
        layer, _ = self._places[row]
        self._choice.addItem("accept it into the scheme", ACCEPT)
        for title, label in self._labels.get(layer, ()):
            self._choice.addItem(f"merge it into {title}  ({label})", f"={label}")
        self._choice.addItem("delete it and its marks", DELETE)

    def _on_do(self, _checked: bool) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._places):
            self.asked.emit(self._places[row], self._choice.currentData())
