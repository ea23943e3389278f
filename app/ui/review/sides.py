"""The texts of the Review workspace: the group's document, and each side's evidence below it."""

from PySide6.QtCore import QObject

from app.core.annotation import Evidence
from app.core.decision import GOLD
from app.core.state import DocumentState
from app.services.review.reviewer import Sheet
from app.session.session import Session
from app.ui.review.book import BookChange, QueueEntry, ReviewBook, UnmarkedEntry
from app.ui.review.highlights import ReviewHighlights, VersionEvidence, evidence_places
from app.ui.review.letters import Letters
from app.ui.review.panels import ReviewText
from app.ui.review.versions import about_words


class ReviewSides(QObject):
    """Keeps text, lanes, gold and evidence in step with the current group."""

    def __init__(self, session: Session, book: ReviewBook, text: ReviewText, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._book = book
        self._text = text
        self._entry: QueueEntry | None = None
        self._letters = Letters(())
        self._reference = ""
        self._places: list[Evidence] = []
        self._at = -1
        self._drawn: tuple[Sheet, Letters] | None = None  # what the highlights of the text were made of
        self._gold: DocumentState | None = None  # that was drawn
        self._f1: tuple[Sheet, Letters, str] | None = None
        book.changed.connect(self._follow)
        book.cleared.connect(self._on_cleared)
        self.document = ""
        self.lanes = 0

    def show(self, entry: QueueEntry, letters: Letters) -> None:
        """Show a group in its document, and the evidence of its versions."""
        self._entry, self._letters = entry, letters
        group = entry.group
        sheet = self._book.sheets[group.document]
        canvas = self._text.canvas
        if len(letters.names) != self.lanes:
            self.lanes = len(letters.names)
            self._text.set_lanes(self.lanes)
        if group.document != self.document or not self._is_drawn(sheet, letters):
            self._draw(sheet, letters)
            self._text.show_heading(entry.title, letters, len(sheet.waiting))
        canvas.choose(group.key)
        canvas.select(group.start, group.start)
        canvas.scroll_to(group.end)
        canvas.scroll_to(group.start)
        self._show_evidence()

    def _is_drawn(self, sheet: Sheet, letters: Letters) -> bool:
        """Whether the text shows this sheet: whatever changes in a document, or in its gold, gives it a new one."""
        return self._drawn is not None and self._drawn[0] is sheet and self._drawn[1] == letters

    def _draw(self, sheet: Sheet, letters: Letters, ranges: list[tuple[int, int]] | None = None) -> None:
        """Draw a sheet; with ranges, only there anything differs from what is drawn."""
        gold = self._book.reviewing.gold(sheet.document)
        annotations = ReviewHighlights(sheet, letters, gold, self._session.scheme)
        text = gold.document.text
        if sheet.document != self.document or self._text.canvas.text != text:
            self.document = sheet.document
            self._text.canvas.show_text(text, annotations)
        else:
            self._text.canvas.show_highlights(annotations, ranges)
        self._drawn, self._gold = (sheet, letters), gold
        self._show_about(sheet, gold)

    def _show_about(self, sheet: Sheet, gold: DocumentState) -> None:
        """Show what gold says of the document as a whole, and offer to say what nobody did."""
        scheme = self._session.scheme
        if not scheme.document_layers:
            return
        said = gold.about_document(scheme)
        words = "; ".join(about_words(mark, scheme) for mark in said)
        decided = {found.layer for found in sheet.about_document()}
        is_free = any(layer.id not in decided for layer in scheme.document_layers)
        self._text.show_about(f"Gold says: {words}" if words else "", "Say what the document is" if is_free else "")

    def _on_cleared(self) -> None:
        self._drawn = None

    def _follow(self, change: BookChange) -> None:
        """Draw what has changed in the document that is shown: only where it lies."""
        sheet = self._book.sheets.get(self.document)
        if self._drawn is None or self.document not in change.documents or sheet is None:
            return
        before, letters = self._drawn
        if change.gone or before.readers != sheet.readers:
            self._drawn = None  # others have worked on it: all is drawn again when it is shown
            return
        here = [entry.group for entry in change.come if entry.document == self.document]
        ranges = [(min(group.start for group in here), max(group.end for group in here))] if here else []
        if change.is_reading and sheet is before:  # it has grown, and what is drawn of it finds that
            self._text.canvas.show_highlights(self._text.canvas.text_layout.source, ranges)
            return
        if change.decisions is not None and self._gold is not None:
            said = [*change.decisions.gone, *change.decisions.come]
            golds = (self._gold, self._book.reviewing.gold(self.document))
            uids = [decision.gold for decision in said if decision.gold is not None]
            marks = [gold.annotations[uid] for uid in uids for gold in golds if uid in gold.annotations]
            ranges += [(mark.start, mark.end) for mark in marks]
        self._draw(sheet, letters, ranges)

    def show_document(self, entry: UnmarkedEntry, letters: Letters) -> None:
        """Show a document in which no one marked anything, and its reference."""
        self._entry, self._letters = None, letters
        sheet = self._book.sheets[entry.document]
        self.lanes = len(letters.names)
        self._text.set_lanes(self.lanes)
        self.document = entry.document
        self._drawn = None
        text = self._session.reader.document(entry.document).text
        nothing = DocumentState.of(self._session.reader.document(entry.document), annotator=GOLD)
        self._show_about(sheet, nothing)
        self._text.canvas.show_text(text, ReviewHighlights(sheet, letters, nothing, self._session.scheme))
        self._text.show_heading(entry.title, letters, len(sheet.waiting))
        self._show_evidence()

    def show_nothing(self) -> None:
        """Show no group; the text stays, with its highlights."""
        self._entry = None
        self._text.canvas.choose("")
        sheet = self._book.sheets.get(self.document)
        if sheet is not None and not self._is_drawn(sheet, self._letters):
            self._draw(sheet, self._letters)

    def _show_evidence(self) -> None:
        group = self._entry.group if self._entry else None
        self._places = list(evidence_places(group))
        self._at = -1
        if self._places:
            self.show_next_evidence()
            return
        references = self._session.reader.documents.references(self.document)
        if references:
            self._show_reference(references[0])
            self._text.show_reference_title("REFERENCE · NO EVIDENCE IN THIS GROUP" if group else "REFERENCE")
        else:
            self._reference = ""
            self._text.reference.show_text("", VersionEvidence(None, "", self._letters))
            self._text.show_reference_title("NO REFERENCE")

    def show_next_evidence(self) -> None:
        """Go to the next piece of evidence that any version cites."""
        if not self._places or self._entry is None:
            return
        self._at = (self._at + 1) % len(self._places)
        place = self._places[self._at]
        self._show_reference(place.document)
        text = self._text.reference
        if place.end <= len(text.text):
            text.select(place.start, place.start)
            text.scroll_to(place.end)
            text.scroll_to(place.start)
        names = [
            self._letters.letter(name)
            for name, version in self._entry.group.versions.items()
            if any((e.document, e.fragments) == (place.document, place.fragments) for e in version.evidence)
        ]
        who = " AND ".join(sorted(names))
        more = f" · {self._at + 1} OF {len(self._places)} (K)" if len(self._places) > 1 else ""
        name = self._session.reader.documents.title_of(place.document) or "not in this project"
        self._text.show_reference_title(f"{name.upper()} · EVIDENCE OF {who}{more}")

    def _show_reference(self, uid: str) -> None:
        group = self._entry.group if self._entry else None
        annotations = VersionEvidence(group, uid, self._letters)
        if uid != self._reference:
            self._reference = uid
            known = self._session.reader.documents.name_of(uid) is not None
            self._text.reference.show_text(self._session.reader.document(uid).text if known else "", annotations)
        else:
            self._text.reference.show_highlights(annotations)

    def f1_line(self) -> str:
        """Return the document's pairwise F1 of its readers, labelled by their letters; "" if undefined."""
        sheet = self._book.sheets.get(self.document)
        if sheet is None or not sheet.is_whole:
            return ""
        if self._f1 is None or self._f1[0] is not sheet or self._f1[1] != self._letters:
            self._f1 = (sheet, self._letters, self._f1_of(sheet))
        return self._f1[2]

    def _f1_of(self, sheet: Sheet) -> str:
        parts = [
            f"{self._letters.letter(one)}–{self._letters.letter(other)} {value:.2f}".replace("0.", ".")
            for one, other, value in sheet.overlap_f1(self._letters.names)
        ]
        return f"span F1 by overlap  {' · '.join(parts[:6])}" if parts else ""

    @property
    def reference(self) -> str:
        """The uid of the document shown below, or "" if there is none."""
        return self._reference
