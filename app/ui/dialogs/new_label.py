"""A new label while reading: added to the scheme at once, or proposed."""

from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.core.errors import StetError
from app.core.scheme import Scheme
from app.core.wording import sentence
from app.services.schemes.draft import SchemeDraft
from app.ui.dialogs.form import FormDialog
from app.ui.widgets.fields import ComboBox, LineEdit


class NewLabel(NamedTuple):
    """The answer: the layer, the title, and the scheme with the label and the label's id; without a draft it is a
    proposal.
    """

    layer: str
    title: str
    draft: SchemeDraft | None
    label: str


class NewLabelDialog(FormDialog):
    """Asks for title, layer and key. Where the scheme says that new labels are proposals, they have no key yet."""

    answered = Signal(object)  # NewLabel

    def __init__(self, scheme: Scheme, layer: str, parent: QWidget | None = None) -> None:
        title = "Propose a label" if scheme.proposals else "New label"
        super().__init__("new-label-dialog", title, accept="Propose" if scheme.proposals else "Add", parent=parent)
        self.setMinimumWidth(480)
        self._scheme = scheme
        self._title = LineEdit()
        self._title.setObjectName("new-label-title")
        self._layer = ComboBox()
        self._layer.setObjectName("new-label-layer")
        for known in scheme.text_layers:
            self._layer.addItem(known.title, known.id)
        self._layer.setCurrentIndex(max(0, self._layer.findData(layer)))
        self._key = LineEdit()
        self._key.setObjectName("new-label-key")
        self.field("Title", self._title, "The selected text, or the selected mark, gets the label.")
        self.field("Layer", self._layer)
        if scheme.proposals:
            self._key.hide()
        else:
            self.field("Key", self._key, "One letter, digit or sign; may stay empty.")

    def submit(self) -> bool:
        """Check what was entered, then emit it."""
        title, layer = " ".join(self._title.text().split()), str(self._layer.currentData())
        if not title:
            self.complain("Enter a title.")
            return False
        found = self._scheme.layer(layer)
        if found is not None and any(label.title.casefold() == title.casefold() for label in found.labels):
            self.complain(f"“{title}” is in the layer already.")
            return False
        if self._scheme.proposals:
            self.answered.emit(NewLabel(layer, title, None, ""))
            return True
        draft = SchemeDraft(self._scheme)
        try:
            label = draft.add_label(layer, title, key=self._key.text().strip())
        except StetError as error:
            self.complain(sentence(error.what))
            return False
        problem = draft.problem()
        if problem is not None:
            hint = f" {sentence(problem.error.hint)}" if problem.error.hint else ""
            self.complain(sentence(problem.error.what) + hint)
            return False
        self.answered.emit(NewLabel(layer, title, draft, label))
        return True
