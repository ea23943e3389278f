"""The highlights drawn over the open document's text."""

from app.core.edits import Change
from app.services.suggestions.open_suggestions import OpenSuggestions
from app.session.session import Session
from app.settings import Settings
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.evidence_highlights import Proof
from app.ui.editor.highlights import AnnotationHighlights, HighlightSource, KnownHighlights, NoHighlights
from app.ui.editor.relation_arcs import RelationArcs
from app.ui.editor.suggestion_highlights import WithSuggestions


class DrawnAnnotations:
    """Keeps what a canvas draws in step with the session: annotations, evidence in the same text, and suggestions."""

    def __init__(self, session: Session, canvas: TextCanvas, settings: Settings) -> None:
        self._session = session
        self.suggestions = OpenSuggestions(session)
        self.suggestions.least = int(settings["suggestion_threshold"])
        self._canvas = canvas
        self.proof = Proof()
        self._known = KnownHighlights()
        self.arcs = canvas.arc_source = RelationArcs()
        self.corrections = bool(settings["show_corrections"])
        self.shows_suggestions = bool(settings["show_suggestions"])

    def read(self) -> HighlightSource:
        """Return the highlights of the document that is open now."""
        state = self._session.state
        self.proof.read(state.annotations.values() if state else ())
        self.arcs.read(state, self._session.scheme)
        return self._source()

    def _source(self) -> HighlightSource:
        state = self._session.state
        if state is None:
            return NoHighlights()
        proof, scheme = self.proof.of(state.document.uid), self._session.scheme
        annotations = AnnotationHighlights(state, scheme, corrections=self.corrections, proof=proof, known=self._known)
        if not self.shows_suggestions or not self.suggestions.count:
            return annotations
        return WithSuggestions(annotations, self.suggestions, scheme, corrections=self.corrections)

    def follow(self, change: Change) -> bool:
        """Draw what a change touched; return whether evidence was affected."""
        proof = self.proof.follow(change)
        own = [(item.start, item.end) for item in proof if item.document == change.document]
        state = self._session.state
        ends = self.arcs.follow(change, state) if state is not None else []
        self._canvas.show_highlights(self._source(), [*change.touched(), *own, *ends])
        return bool(proof)

    def toggle_corrections(self) -> None:
        """Toggle drawing corrections after the words they correct."""
        self.corrections = not self.corrections
        if self._session.state is not None:
            self._canvas.show_highlights(self._source())

    def show_suggestions(self, *, on: bool) -> None:
        """Show or hide suggestions."""
        if on is not self.shows_suggestions:
            self.shows_suggestions = on
            self.show_again()

    def show_again(self, ranges: list[tuple[int, int]] | None = None) -> None:
        """Redraw what changed in the given ranges, or everywhere if none are given."""
        if self._session.state is not None and ranges != []:
            self._canvas.show_highlights(self._source(), ranges)
