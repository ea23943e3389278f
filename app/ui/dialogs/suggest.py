"""Asking programs for suggestions: which of them, and where."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from app.jobs.tasks.suggest import CORRECTIONS, MAKERS
from app.ui.dialogs.form import FormDialog
from app.ui.widgets.labels import plain, unmarked

_ABOUT = (
    "A suggestion is dotted and isn’t a mark yet. Space accepts the current one, Backspace rejects it. Everyone who "
    "works in this project gets the same suggestions; nobody sees how others answered them."
)


class Request(NamedTuple):
    """Who shall suggest, and in which documents (uids); none means in all that are to be worked on."""

    makers: tuple[str, ...]
    documents: tuple[str, ...]


class SuggestDialog(FormDialog):
    """A box for each maker, and a choice of documents."""

    answered = Signal(object)  # Request

    def __init__(self, document: str, title: str, makers: Sequence[str], parent: QWidget | None = None) -> None:
        """Offer the document (uid) with this title; `makers` are ticked."""
        super().__init__("suggest-dialog", "Suggest marks", accept="Suggest", parent=parent)
        self._document = document
        self._boxes: list[tuple[str, QCheckBox]] = []
        for maker in MAKERS:
            box = QCheckBox(unmarked(maker.what))
            box.setObjectName(f"suggest-{maker.name}")
            box.setAccessibleName(maker.what)
            box.setChecked(maker.name in (makers or (CORRECTIONS,)))
            self.body.addWidget(box)
            self._boxes.append((maker.name, box))
        self.body.addSpacing(6)
        self._where = QComboBox()
        self._where.setObjectName("suggest-where")
        self._where.addItem(title if len(title) <= 50 else f"{title[:49]}…", (document,))
        self._where.addItem("All documents to annotate", ())
        self.field("Where", self._where)
        self.body.addWidget(plain(_ABOUT, tone="faint", wrap=True))
        self.resize(460, self.sizeHint().height())

    def submit(self) -> bool:
        """Hand the request on."""
        makers = tuple(name for name, box in self._boxes if box.isChecked())
        if not makers:
            self.complain("Tick at least one.")
            return False
        self.answered.emit(Request(makers, tuple(self._where.currentData())))
        return True
