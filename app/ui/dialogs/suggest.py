"""The dialog that asks which suggesters to run, and on which documents."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from app.core.wording import shorten
from app.suggesters.corrections import CORRECTIONS
from app.suggesters.registry import SuggesterRegistry
from app.ui.dialogs.form import FormDialog
from app.ui.widgets.fields import ComboBox
from app.ui.widgets.labels import plain, unmarked

_ABOUT = (
    "A suggestion is dotted and isn’t a mark yet. Space accepts the current one, Backspace rejects it. Everyone who "
    "works in this project gets the same suggestions; nobody sees how others answered them."
)


class SuggestRequest(NamedTuple):
    """Which suggesters to run, and on which documents (uids); none means all that are still to be annotated."""

    suggesters: tuple[str, ...]
    documents: tuple[str, ...]


class SuggestDialog(FormDialog):
    """A checkbox per suggester, and a choice of documents."""

    answered = Signal(object)  # SuggestRequest

    def __init__(self, document: str, title: str, suggesters: Sequence[str], parent: QWidget | None = None) -> None:
        """Offer the document (uid) with this title; `suggesters` are ticked."""
        super().__init__("suggest-dialog", "Suggest marks", accept="Suggest", parent=parent)
        self._document = document
        self._boxes: list[tuple[str, QCheckBox]] = []
        for entry in SuggesterRegistry().entries():
            box = QCheckBox(unmarked(entry.title))
            box.setObjectName(f"suggest-{entry.name}")
            box.setAccessibleName(entry.title)
            box.setChecked(entry.name in (suggesters or (CORRECTIONS,)))
            self.body.addWidget(box)
            self._boxes.append((entry.name, box))
        self.body.addSpacing(6)
        self._where = ComboBox()
        self._where.setObjectName("suggest-where")
        self._where.addItem(shorten(title, 50), (document,))
        self._where.addItem("All documents to annotate", ())
        self.field("Where", self._where)
        self.body.addWidget(plain(_ABOUT, tone="faint", wrap=True))
        self.resize(460, self.sizeHint().height())

    def submit(self) -> bool:
        """Emit the request."""
        suggesters = tuple(name for name, box in self._boxes if box.isChecked())
        if not suggesters:
            self.complain("Tick at least one.")
            return False
        self.answered.emit(SuggestRequest(suggesters, tuple(self._where.currentData())))
        return True
