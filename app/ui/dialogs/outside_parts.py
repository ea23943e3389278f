"""What marks and relations have and the scheme lacks, proposed labels among it, and what is to become of each."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QVBoxLayout, QWidget

from app.core.proposal import is_proposal, proposal_title
from app.core.wording import counted, undirected
from app.services.schemes.parts import Part, PartKind
from app.ui.guard import guarded
from app.ui.theme import px
from app.ui.widgets.fields import ComboBox
from app.ui.widgets.labels import button, plain

ACCEPT, DELETE = "accept", "delete"
_HEIGHT = 76
_DELETES = {
    PartKind.LABEL: "delete it and its marks",
    PartKind.RELATION: "delete the relations",
    PartKind.FIELD: "delete its values",
    PartKind.VALUE: "take it from the marks",
    PartKind.SEVERITY: "take it from the marks",
}


@guarded
class _Parts(QListWidget):
    """A list that says when the keyboard or the mouse comes to it."""

    focused = Signal()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit()


class OutsideParts(QWidget):
    """Lists them; what is chosen for the current one is asked for by a button. Hidden while there are none."""

    asked = Signal(object, object)  # the Part, and ACCEPT, DELETE or =ID
    picked = Signal(object)  # the Part that is current

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[Part] = []
        self._others: Mapping[Part, Sequence[tuple[str, str]]] = {}
        self.list = _Parts()
        self.list.setObjectName("scheme-outside")
        self.list.setAccessibleName("Proposals, and what the scheme lacks")
        self.list.setFixedHeight(px(_HEIGHT))
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._choice = ComboBox()
        self._choice.setObjectName("scheme-outside-choice")
        self._choice.setAccessibleName("What becomes of it")
        self._do = button("Do it", name="scheme-outside-do", accessible="Do this with it")
        caption = plain("Proposals, and what the scheme lacks", role="field", wrap=True)
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
        self.list.focused.connect(self._on_entered)
        self._do.clicked.connect(self._on_do)

    def show_parts(self, uses: Mapping[Part, int], others: Mapping[Part, Sequence[tuple[str, str]]]) -> None:
        """Show parts by how many marks or relations have them; `others` are the titles and ids of those that each can
        become.
        """
        row = self.list.currentRow()
        self._parts, self._others = list(uses), others
        self.list.blockSignals(True)
        self.list.clear()
        for part in self._parts:
            self.list.addItem(undirected(_named(part, uses[part])))
        self.list.blockSignals(False)
        self.list.setCurrentRow(max(0, min(row, len(self._parts) - 1)))
        self._on_row(self.list.currentRow())
        self.setVisible(bool(self._parts))

    def _on_row(self, row: int) -> None:
        self._choice.clear()
        if not 0 <= row < len(self._parts):
            return
        part = self._parts[row]
        others = self._others.get(part)
        if others is not None:
            self._choice.addItem("accept it", ACCEPT)
        for title, id in others or ():
            self._choice.addItem(f"merge it into {title}  ({id})", f"={id}")
        self._choice.addItem(_DELETES[part.kind], DELETE)
        if self.list.hasFocus():
            self.picked.emit(part)

    def _on_entered(self) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._parts):
            self.picked.emit(self._parts[row])

    def _on_do(self, _checked: bool) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._parts):
            self.asked.emit(self._parts[row], self._choice.currentData())


def _named(part: Part, uses: int) -> str:
    """Return what a part is called in the list."""
    match part.kind:
        case PartKind.LABEL:
            kind = "proposed" if is_proposal(part.id) else "not in the scheme"
            return f"{proposal_title(part.id)}  ({part.owner}, {kind}, {counted(uses, 'mark')})"
        case PartKind.RELATION:
            return f"{part.id}  (relation, not in the scheme, {uses:,} of it)"
        case PartKind.FIELD:
            return f"{part.id}  (field of {part.owner}, not in the scheme, {counted(uses, 'value')})"
        case PartKind.VALUE:
            return f"{part.id}  (value of {part.owner}: {part.field}, not in the scheme, {counted(uses, 'use')})"
        case PartKind.SEVERITY:
            return f"{part.id}  (severity, not in the scheme, {counted(uses, 'use')})"
