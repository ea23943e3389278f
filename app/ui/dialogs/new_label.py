"""A new label while reading: added to the scheme at once, or proposed."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import QCompleter, QWidget

from app.core.errors import StetError
from app.core.proposal import NO_NOTE, ProposalNote
from app.core.scheme import Scheme
from app.core.wording import sentence
from app.services.schemes.draft import SchemeDraft
from app.ui.dialogs.form import FormDialog
from app.ui.dialogs.scheme_entries import ColorEntry
from app.ui.theme import px
from app.ui.widgets.fields import ComboBox, LineEdit, TextEdit

_TEXT_HEIGHT = 64


class NewLabel(NamedTuple):
    """The answer: the layer, the title and what is said of the label; the scheme with it and its id, or without a draft
    a proposal.
    """

    layer: str
    title: str
    said: ProposalNote
    draft: SchemeDraft | None
    label: str


class NewLabelDialog(FormDialog):
    """Asks for title and layer, and for what else there is to say: what it is a kind of, a definition, an example, key
    and colour. The scheme says whether new labels are proposals.
    """

    answered = Signal(object)  # NewLabel

    def __init__(
        self,
        scheme: Scheme,
        layer: str,
        parent: QWidget | None = None,
        *,
        title: str = "",
        said: ProposalNote = NO_NOTE,
        proposed: Sequence[str] = (),
    ) -> None:
        """Build the dialog for a layer (id), with a title and what is said so far; `proposed` are the titles of labels
        that were proposed before.
        """
        name = "Propose a label" if scheme.proposals else "New label"
        accept = "Propose" if scheme.proposals else "Add"
        super().__init__("new-label-dialog", name, accept=accept, scrolls=True, parent=parent)
        self.setMinimumWidth(480)
        self._scheme = scheme
        self._title = LineEdit()
        self._title.setObjectName("new-label-title")
        self._title.setText(title)
        known = QCompleter(QStringListModel(list(proposed), self), self)
        known.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        known.setFilterMode(Qt.MatchFlag.MatchContains)
        self._title.setCompleter(known)
        self._layer = ComboBox()
        self._layer.setObjectName("new-label-layer")
        for item in scheme.text_layers:
            self._layer.addItem(item.title, item.id)
        self._layer.setCurrentIndex(max(0, self._layer.findData(layer)))
        self._parent = ComboBox()
        self._parent.setObjectName("new-label-parent")
        self._definition = TextEdit()
        self._definition.setObjectName("new-label-definition")
        self._definition.setTabChangesFocus(True)
        self._definition.setFixedHeight(px(_TEXT_HEIGHT))
        self._definition.setPlainText(said.definition)
        self._example = LineEdit()
        self._example.setObjectName("new-label-example")
        self._example.setText(said.example)
        self._key = LineEdit()
        self._key.setObjectName("new-label-key")
        self._key.setText(said.key)
        self._color = ColorEntry()
        self._color.show_color(said.color)
        note = "The selected text, or the selected mark, gets the label."
        if proposed:
            note += " The first letters of a label that was proposed before find it."
        self.field("Title", self._title, note)
        self.field("Layer", self._layer)
        self.field("A kind of", self._parent)
        self.field("Definition", self._definition, "When does it fit?")
        self.field("Example", self._example)
        self.field("Key", self._key, "One letter, digit or sign; may stay empty.")
        self.field("Colour", self._color)
        self._layer.currentIndexChanged.connect(self._on_layer)
        self._on_layer(0)
        self._parent.setCurrentIndex(max(0, self._parent.findData(said.parent)))

    def _on_layer(self, _row: int) -> None:
        found = self._scheme.layer(str(self._layer.currentData()))
        self._parent.clear()
        self._parent.addItem("nothing: at the top", "")
        for label in found.labels if found is not None else ():
            self._parent.addItem(found.path(label.id) if found is not None else label.title, label.id)

    def _said(self) -> ProposalNote:
        return ProposalNote(
            parent=str(self._parent.currentData() or ""),
            definition=self._definition.toPlainText().strip(),
            example=self._example.text().strip(),
            color=self._color.given(),
            key=self._key.text().strip(),
        )

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
        draft, said = SchemeDraft(self._scheme), self._said()
        try:
            label = draft.add_label(layer, title, said)
        except StetError as error:
            self.complain(sentence(error.what))
            return False
        problem = draft.problem()
        if problem is not None:
            hint = f" {sentence(problem.error.hint)}" if problem.error.hint else ""
            self.complain(sentence(problem.error.what) + hint)
            return False
        is_proposal = self._scheme.proposals
        self.answered.emit(NewLabel(layer, title, said, None if is_proposal else draft, "" if is_proposal else label))
        return True
