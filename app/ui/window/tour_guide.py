"""Runs the tour and recognises its completed steps."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.core.annotation import Annotation
from app.core.scheme import SEVERITY
from app.session.session import Session
from app.ui.window.appearance import Appearance

if TYPE_CHECKING:
    from app.jobs.tasks.export_report import ExportReport
    from app.ui.annotate.workspace import AnnotateWorkspace
    from app.ui.panels.tour_card import TourCard


class TourGuide(QObject):
    """Shows the tour card in a workspace and advances as steps are completed."""

    sample_wanted = Signal()

    def __init__(self, look: Appearance, parent: QObject) -> None:
        super().__init__(parent)
        self._look = look
        self.card: TourCard | None = None

    def show(self, workspace: "AnnotateWorkspace", session: Session, *, is_sample: bool) -> None:
        """Show the first step, unless the tour is running. If its steps are done already, or can't be done, offer a
        fresh sample.
        """
        from app.ui.panels.tour_card import TourCard

        if self.card is not None:
            return
        self.card = TourCard()
        self.card.dismissed.connect(self._on_dismissed)
        self.card.sample_wanted.connect(self.sample_wanted)
        annotations = session.state.annotations.values() if session.state else ()
        if not is_sample or any(_is_of_tour(annotation) for annotation in annotations):
            self.card.offer_sample()
        workspace.show_notice(self.card)

    def forget(self) -> None:
        """Forget the card: its workspace is gone."""
        self.card = None

    def _on_dismissed(self) -> None:
        if self.card is not None:
            self.card.hide()
            self.card.deleteLater()
            self.card = None
        self._look.change({"tour_seen": True})

    def on_annotated(self, annotation: Annotation) -> None:
        """Tick off what an annotation on one of the two phrases has acquired."""
        card = self.card
        if card is None:
            return
        quote = annotation.quote.casefold()
        if _is_of_tour(annotation) and "senator" in quote:
            if card.step == 0:
                card.advance(0)
            elif annotation.attributes.get(SEVERITY) and annotation.correction:
                card.advance(1)
            if annotation.evidence:
                card.advance(2)
            card.note_correction(is_there=bool(annotation.correction))
        elif "slave trade" in quote and annotation.evidence and annotation.correction:
            card.advance(3)

    def on_exported(self, report: "ExportReport") -> None:
        """Tick off the export, if something was exported."""
        if self.card is not None and report.documents:
            self.card.advance(4)


def _is_of_tour(annotation: Annotation) -> bool:
    """Return whether the tour asks for this annotation."""
    quote = annotation.quote.casefold()
    return annotation.layer == "error" and ("senator" in quote or "slave trade" in quote)
