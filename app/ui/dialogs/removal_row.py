"""What becomes of what marks and relations have of a part of the scheme when that is removed."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.core.wording import counted
from app.ui.widgets.fields import ComboBox
from app.ui.widgets.labels import button, plain

KEEP, DELETE = "keep", "delete"
_NAMES = {"label": "label", "attribute": "field", "value": "value", "severity": "step", "relation": "relation"}
_COUNTED = {"label": "mark", "attribute": "value", "value": "use", "severity": "use", "relation": "relation"}


class RemovalRow(QWidget):
    """Asks for it; hidden where nothing has the part."""

    asked = Signal(object)  # KEEP, DELETE or =ID of what it becomes

    def __init__(self) -> None:
        super().__init__()
        self._fate = ComboBox()
        self._fate.setObjectName("scheme-fate")
        self._fate.setAccessibleName("What becomes of what has it")
        self._remove = button("Remove it", name="scheme-remove-label")
        self._remove.clicked.connect(self._on_remove)
        self._says = plain("", role="field", name="scheme-fate-says")
        self._says.setBuddy(self._fate)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._says)
        box.addWidget(self._fate, 1)
        box.addWidget(self._remove)
        self.hide()

    def show_part(self, kind: str, uses: int, others: Sequence[tuple[str, str]]) -> None:
        """Ask for a part of a kind (the name of its list) that has so many uses; `others` are titles and ids of what
        these can become.
        """
        self.setVisible(uses > 0)
        if not uses:
            return
        self._says.setText(f"{counted(uses, _COUNTED[kind])}, if it is removed")
        self._remove.setText(f"Remove the {_NAMES[kind]}")
        self._fate.clear()
        self._fate.addItem("kept, though the scheme lacks it", KEEP)
        for title, id in others:
            self._fate.addItem(f"become {title}  ({id})", f"={id}")
        self._fate.addItem("deleted", DELETE)

    def ask(self) -> str:
        """Put the keyboard on the question; return what to do, in words."""
        self._fate.setFocus(Qt.FocusReason.TabFocusReason)
        return f"Choose below what becomes of what has it, then press “{self._remove.text()}”."

    def _on_remove(self, _checked: bool) -> None:
        self.asked.emit(str(self._fate.currentData()))
