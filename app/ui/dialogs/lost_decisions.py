"""Decides about marks whose words an earlier edit of the text has taken away, everyone's in one document."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.core.document import Document
from app.core.scheme import Scheme
from app.core.wording import shorten
from app.services.texts.text_survey import LostRange
from app.ui.dialogs.form import FormDialog
from app.ui.dialogs.lost_marks import LostMarks, Span
from app.ui.widgets.labels import plain


class LostDecisionsDialog(FormDialog):
    """Lists what is still to be decided. Moving a mark needs the words selected in the text before."""

    answered = Signal(object)  # Choices

    def __init__(
        self,
        document: Document,
        lost: Sequence[LostRange],
        scheme: Scheme,
        selected: Span | None,
        parent: QWidget | None = None,
    ) -> None:
        title = f"Lost marks in “{shorten(document.title, 60)}”"
        super().__init__("lost-decisions-dialog", title, accept="Decide", parent=parent)
        self.resize(720, 460)
        self._span = selected
        said = "An edit of the text took the words of these marks away. They keep them until you decide."
        if selected is not None:
            words = shorten(document.text[selected[0] : selected[1]], 40)
            said += f" Selected in the text: “{words}”."
        else:
            said += " To move one to other words, select these in the text first."
        self.body.addWidget(plain(said, wrap=True, name="lost-decisions-lead"))
        self._lost = LostMarks(scheme, document.title, self._selected)
        self._lost.show_lost(lost, document.text)
        self._lost.complained.connect(self._on_complained)
        self._lost.changed.connect(self._on_changed)
        self.body.addWidget(self._lost, 1)
        self.accept_button.setEnabled(False)

    def _selected(self) -> Span | None:
        return self._span

    def _on_changed(self) -> None:
        self.accept_button.setEnabled(bool(self._lost.choices()))

    def _on_complained(self, what: str) -> None:
        self.complain(
            "Close this, select the words in the text that the mark should cover, and open it again." if what else ""
        )

    def submit(self) -> bool:
        """Emit what was chosen."""
        self.answered.emit(self._lost.choices())
        return True
