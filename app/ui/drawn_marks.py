"""The marks of the open document as they are drawn over its text."""

from app.core.edits import Change
from app.session.session import Session
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.marks import AnnotationMarks, EvidenceMarks, MarkSource, NoMarks, evidence_for


class DrawnMarks:
    """Keeps what a canvas draws in step with the session: annotations, and evidence that lies in the same text."""

    def __init__(self, session: Session, canvas: TextCanvas, *, corrections: bool) -> None:
        self._session = session
        self._canvas = canvas
        self._own_proof = EvidenceMarks(())
        self.corrections = corrections

    def read(self) -> MarkSource:
        """Return the marks of the document that is open now."""
        state = self._session.state
        self._own_proof = EvidenceMarks(evidence_for(state, state.document.uid) if state else ())
        return self._source()

    def _source(self) -> MarkSource:
        state = self._session.state
        if state is None:
            return NoMarks()
        return AnnotationMarks(state, self._session.scheme, corrections=self.corrections, proof=self._own_proof)

    def follow(self, change: Change) -> bool:
        """Draw what a change touched; return whether evidence was among it. A mark that keeps its evidence changes
        nothing of what is drawn of that; finding all of it anew would read every mark.
        """
        others = [a for pair in change.replaced if pair[0].evidence != pair[1].evidence for a in pair]
        proof = [e for a in (*change.added, *change.removed, *others) for e in a.evidence]
        own = [(e.start, e.end) for e in proof if e.document == change.document]
        source = self.read() if own else self._source()
        self._canvas.show_marks(source, [*change.touched(), *own])
        return bool(proof)

    def toggle_corrections(self) -> None:
        """Draw corrections behind the labels, or not."""
        self.corrections = not self.corrections
        if self._session.state is not None:
            self._canvas.show_marks(self._source())
