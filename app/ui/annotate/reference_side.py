"""The reference side: references of the open document, or the documents that it is a reference of."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from app.core import boundaries
from app.core.annotation import Evidence
from app.core.wording import counted
from app.session.session import Session
from app.ui.editor.controller import EditorController
from app.ui.editor.evidence_highlights import Proof
from app.ui.models.documents import characters
from app.ui.panels.text_pane import TextPane
from app.ui.widgets.notifier import Tone

_MOST_AROUND = 400


class ReferenceSide(QObject):
    """Chooses what is shown on the reference side, and the evidence that the open document takes from it."""

    swap_wanted = Signal(object)  # (uid to work in, uid to show beside it)
    shown = Signal(object)  # uid of the document on the reference side; "" for none

    def __init__(
        self,
        session: Session,
        text: TextPane,
        reference: TextPane,
        controller: EditorController,
        proof: Proof,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._text = text
        self._reference = reference
        self._controller = controller
        self._proof = proof
        reference.reference_chosen.connect(self.show)

    def _sides(self) -> list[str]:
        """Return the uids of the documents that can be shown beside the open one."""
        state = self._session.state
        if state is None:
            return []
        documents = self._session.reader.documents
        return documents.references(state.document.uid) or documents.referring(state.document.uid)

    def refresh(self) -> None:
        """Show the open document's reference, keeping the current one if it still applies, or a note that there is
        none.
        """
        state = self._session.state
        if state is None:
            self._controller.evidence.reference = ""
            self._reference.show_choices([], "")
            self._reference.show_empty("The reference of the open document is shown here.")
            self.shown.emit("")
            return
        sides = self._sides()
        references = self._session.reader.documents.references(state.document.uid)
        words = characters(state.document.length)
        if references:
            words += f" · {counted(len(references), 'reference')}"
        elif sides:
            words += f" · reference of {len(sides)}"
        self._text.show_heading(state.document.title, words + self._changed(state.document.uid))
        current = self._controller.evidence.reference
        if not sides:
            self._controller.evidence.reference = ""
            self._reference.show_choices([], "")
            hint = "No reference yet. A reference is the text that says what is true."
            self._reference.show_empty(hint, action="project.link", title="Choose references…")
            self.shown.emit("")
        else:
            self.show(current if current in sides else sides[0])

    def _changed(self, uid: str) -> str:
        """Return a word for a text that isn't the one imported, "" for any other."""
        if self._session.reader.is_changed(uid):
            return " · the text was changed since it was imported"
        return " · edited" if self._session.reader.edits_of(uid) else ""

    def show(self, uid: str) -> None:
        """Show a document on the reference side."""
        state = self._session.state
        if state is None:
            return
        document = self._session.reader.document(uid)
        is_other = uid != self._controller.evidence.reference or self._reference.canvas.text != document.text
        self._controller.evidence.reference = uid
        annotations = self._proof.of(uid)
        self._reference.show_canvas()
        if is_other:
            self._reference.find_bar.set_text(document.text)
            self._reference.canvas.show_text(document.text, annotations)
        else:
            self._reference.canvas.show_highlights(annotations)
        sides = self._sides()
        self._show_heading(sides if uid in sides else [*sides, uid], uid)
        self.shown.emit(uid)

    def _show_heading(self, sides: Sequence[str], uid: str) -> None:
        state = self._session.state
        document = self._session.reader.document(uid)
        choices = [(side, self._session.reader.documents.title_of(side) or side) for side in sides]
        self._reference.show_choices(choices, uid)
        words = f"reference {sides.index(uid) + 1} of {len(sides)}" if len(sides) > 1 else "reference"
        if state is not None and uid not in self._session.reader.documents.references(state.document.uid):
            words = "the text on the left is a reference for it"
        self._reference.show_heading(
            document.title, f"{words} · {characters(document.length)}{self._changed(document.uid)}"
        )

    def refresh_annotations(self) -> None:
        """Redraw the evidence."""
        state, uid = self._session.state, self._controller.evidence.reference
        if state is not None and uid:
            self._reference.canvas.show_highlights(self._proof.of(uid))

    def show_next(self) -> None:
        """Show the next reference of the document, wrapping around."""
        self._step(1)

    def show_previous(self) -> None:
        """Show the previous reference of the document, wrapping around."""
        self._step(-1)

    def _step(self, by: int) -> None:
        sides = self._sides()
        if len(sides) > 1:
            current = self._controller.evidence.reference
            at = sides.index(current) + by if current in sides else min(0, by)
            self.show(sides[at % len(sides)])
        else:
            self._controller.notifier.notify("This document has no other reference.")

    def swap(self) -> None:
        """Ask to open the reference as the document, with the current document beside it."""
        state, uid = self._session.state, self._controller.evidence.reference
        if state is None or not uid:
            self._controller.notifier.notify("There is no reference to swap with.", Tone.WARNING)
            return
        self.swap_wanted.emit((uid, state.document.uid))

    def show_evidence(self, evidence: Evidence) -> None:
        """Bring evidence into view, in whichever document it is."""
        state = self._session.state
        if state is None:
            return
        if evidence.document == state.document.uid:
            self._text.canvas.select(evidence.start, evidence.end)
            return
        if self._session.reader.documents.name_of(evidence.document) is None:
            self._controller.notifier.notify("The document with this evidence isn’t in the project.", Tone.WARNING)
            return
        if evidence.document != self._controller.evidence.reference:
            self.show(evidence.document)
        self._reference.canvas.select(evidence.start, evidence.end)

    def describe(self, evidence: Evidence) -> tuple[str, bool, str]:
        """Return a title for a piece of evidence, whether its quote no longer matches the text, and its context."""
        title = self._session.reader.documents.title_of(evidence.document)
        if title is None:
            return ("a document that isn’t in this project", True, "")
        document = self._session.reader.document(evidence.document)
        text = document.text
        stale = len(evidence.fragments) == 1 and text[evidence.start : evidence.end] != evidence.quote
        start, end = boundaries.sentence_at(text, min(evidence.start, max(0, len(text) - 1)))
        around = " ".join(text[start : max(end, evidence.end)].split())
        number = boundaries.paragraph_number(text, evidence.start)
        paragraph = f" · ¶ {number:,}" if number is not None else ""
        pages = self._session.reader.pages_of(document)
        page = pages.between(evidence.start, evidence.end) if pages is not None else ""
        place = f"{title}{f' · {page}' if page else ''}{paragraph} · character {evidence.start:,}"
        return (place, stale, around if len(around) <= _MOST_AROUND else f"{around[: _MOST_AROUND - 1]}…")
