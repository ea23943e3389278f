"""The marks of the open document as they are drawn over its text."""

from app.core.edits import Change
from app.session.session import Session
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.marks import AnnotationMarks, MarkSource, NoMarks
from app.ui.editor.proof import Proof


class DrawnMarks:
    """Keeps what a canvas draws in step with the session: annotations, and evidence that lies in the same text."""

    def __init__(self, session: Session, canvas: TextCanvas, *, corrections: bool) -> None:
        self._session = session
        self._canvas = canvas
        self.proof = Proof()
        self.corrections = corrections

    def read(self) -> MarkSource:
        """Return the marks of the document that is open now."""
        state = self._session.state
        self.proof.read(state.annotations.values() if state else ())
        return self._source()

    def _source(self) -> MarkSource:
        state = self._session.state
        if state is None:
            return NoMarks()
        proof = self.proof.of(state.document.uid)
        return AnnotationMarks(state, self._session.scheme, corrections=self.corrections, proof=proof)

    def follow(self, change: Change) -> bool:
        """Draw what a change touched; return whether evidence was among it."""
        proof = self.proof.follow(change)
        own = [(item.start, item.end) for item in proof if item.document == change.document]
        self._canvas.show_marks(self._source(), [*change.touched(), *own])
        return bool(proof)

    def toggle_corrections(self) -> None:
        """Draw corrections behind the wrong words, or not."""
        self.corrections = not self.corrections
        if self._session.state is not None:
            self._canvas.show_marks(self._source())
