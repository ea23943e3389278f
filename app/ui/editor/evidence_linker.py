"""Ties passages to the chosen annotation: as evidence, in alternative sets."""

from typing import Protocol

from PySide6.QtCore import QObject, Signal

from app.core import annotation_edits
from app.core.annotation import Annotation, Evidence, Stance
from app.core.errors import StetError
from app.core.wording import shorten
from app.session.session import Session
from app.ui.actions.registry import ActionScope
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.chooser import AnnotationChooser
from app.ui.editor.document_labeller import Hand
from app.ui.editor.text_selector import TextSelector, labelled_range
from app.ui.widgets.notifier import Tone

ANOTHER = 0
"""Instead of the number of a set: a new one."""


class EvidenceHand(Hand, Protocol):
    """What the linker needs of the annotator's hand."""

    chooser: AnnotationChooser
    selector: TextSelector


class EvidenceLinker(QObject):
    """The part of the annotator's hand that works on evidence. `reference` is the uid of the one beside the text."""

    wanted = Signal(object)  # Evidence to show in the reference
    linked = Signal()

    def __init__(
        self,
        session: Session,
        text: TextCanvas,
        reference: TextCanvas,
        actions: ActionScope,
        hand: EvidenceHand,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._text = text
        self._reference = reference
        self._hand = hand
        self._latest = ("", 1)  # annotation and set of the piece linked last
        self.reference = ""
        actions.bind_all(
            {"evidence.link": self.link, "evidence.link-other-set": self.link_other_set, "evidence.show": self.show}
        )

    @property
    def _chosen(self) -> Annotation | None:
        chosen = self._hand.chooser.chosen
        if chosen is None:
            self._hand.notifier.notify("No mark selected. Press Tab to step through marks.", Tone.WARNING)
        return chosen

    def link(self) -> None:
        """Make what is selected in the reference evidence of the chosen annotation, in the set that the piece before
        went to.

        With the keyboard in the text and words selected there, those are the evidence: that is how a
        self-contradiction points at its other half.
        """
        self._link(None)

    def link_other_set(self) -> None:
        """Link what is selected as the first piece of another set: it proves the statement by itself."""
        self._link(ANOTHER)

    def _link(self, alternative: int | None) -> None:
        state = self._session.state
        own = self._hand.selector.active() is self._text and self._text.view.has_selection
        annotation = (self._hand.chooser.provable if own else None) or self._chosen
        if annotation is None or state is None:
            return
        canvas = self._text if own else self._reference
        uid = state.document.uid if own else self.reference
        if not uid:
            words = "This document has no reference yet. Press Ctrl+Shift+R to choose one."
            self._hand.notifier.notify(words, Tone.WARNING)
            return
        number = self._number(annotation, alternative)
        try:
            document = self._session.reader.document(uid)
            span = labelled_range(canvas) if canvas.view.has_selection else canvas.view.selection
            edit = annotation_edits.link_evidence(
                annotation, document, [span], scheme=self._session.scheme, alternative=number
            )
        except StetError as error:
            self._hand.notifier.complain(error)
            return
        if self._hand.apply(edit, f"Link evidence to “{shorten(annotation.quote)}”"):
            self._latest = (annotation.uid, number)
            canvas.set_view(canvas.view._replace(anchor=canvas.view.caret), scroll=False)
            if self._hand.chooser.chosen is None:
                self._hand.choose(annotation.uid)
                self._hand.notifier.notify(f"Linked to “{shorten(annotation.quote)}”.", Tone.DONE)
            elif alternative == ANOTHER:
                self._hand.notifier.notify(f"Set {number} of the evidence begins here; K adds to it.", Tone.DONE)
            self.linked.emit()

    def _number(self, annotation: Annotation, alternative: int | None) -> int:
        """Return the set that a new piece goes to: another one, or that of the piece linked last, else the last."""
        last = max((item.alternative for item in annotation.evidence), default=0)
        if alternative == ANOTHER:
            return last + 1
        uid, latest = self._latest
        return min(latest, last or 1) if uid == annotation.uid else max(1, last)

    def unlink(self, evidence: Evidence) -> None:
        """Take a piece of evidence from the chosen annotation."""
        annotation = self._hand.chooser.chosen
        if annotation is not None:
            edit = annotation_edits.unlink_evidence(annotation, evidence.uid)
            self._hand.apply(edit, f"Unlink evidence from “{shorten(annotation.quote)}”")

    def change_stance(self, pair: tuple[Evidence, Stance]) -> None:
        """Say what a piece of evidence of the chosen annotation does."""
        annotation = self._hand.chooser.chosen
        if annotation is not None:
            edit = annotation_edits.change_stance(annotation, pair[0].uid, pair[1])
            self._hand.apply(edit, f"Set evidence of “{shorten(annotation.quote)}” to “{pair[1].value}”")

    def change_set(self, pair: tuple[Evidence, int]) -> None:
        """Put a piece of evidence of the chosen annotation into another set, by its number, or into a new one."""
        annotation = self._hand.chooser.chosen
        if annotation is not None:
            last = max((item.alternative for item in annotation.evidence), default=0)
            number = last + 1 if pair[1] == ANOTHER else pair[1]
            edit = annotation_edits.change_alternative(annotation, pair[0].uid, number)
            self._hand.apply(edit, f"Divide the evidence of “{shorten(annotation.quote)}”")

    def show(self) -> None:
        """Bring the chosen annotation's evidence into view, the next piece with each call."""
        annotation = self._chosen
        if annotation is None:
            return
        if not annotation.evidence:
            words = "This mark has no evidence yet. Select words in the reference and press K."
            self._hand.notifier.notify(words, Tone.WARNING)
            return
        start = self._reference.view.selection[0]
        starts = [e.start for e in annotation.evidence]
        at = (starts.index(start) + 1) % len(starts) if start in starts else 0
        self.wanted.emit(annotation.evidence[at])
