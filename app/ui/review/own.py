"""The reviewer's own version: runs the form, with the range from the text and evidence from the reference."""

from collections.abc import Mapping, Sequence

import msgspec
from PySide6.QtCore import QObject, Signal

from app.core.annotation import Annotation, Evidence, Fragment, Stance, quote_of
from app.core.annotation_edits import annotate
from app.core.clock import now
from app.core.errors import StetError
from app.core.ids import new_uid
from app.core.scheme import Entry, Layer
from app.core.state import DocumentState
from app.core.wording import sentence
from app.review.fitted_correction import MisfitCorrection, fitted, misfit
from app.review.groups import Group
from app.services.entities.entries import Entries
from app.session.session import Session
from app.ui.review.card import ConflictCard
from app.ui.review.edit_form import Draft, EditForm
from app.ui.review.highlights import evidence_places
from app.ui.review.panels import ReviewText
from app.ui.review.sides import ReviewSides
from app.ui.widgets.notifier import Notifier, Tone


class OwnDraft(QObject):
    """Runs the form. `is_new` is True for an annotation that none of the annotators made, `asked` if it began without
    the correction, which didn't fit the range. `replaced` are the reviewer's own annotations about the document, by
    layer, one of which the new one may take the place of.
    """

    finished = Signal(object)  # Annotation

    def __init__(
        self,
        session: Session,
        text: ReviewText,
        card: ConflictCard,
        sides: ReviewSides,
        notifier: Notifier,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._text = text
        self._card = card
        self._sides = sides
        self._notifier = notifier
        self.is_new = False
        self.began_with: Annotation | None = None
        self.asked = False
        self.replaced: Mapping[str, Annotation] = {}
        self._entries = Entries(session)
        card.form_made.connect(self._on_form_made)

    def _on_form_made(self, form: EditForm) -> None:
        form.set_entries(self.find_entries)
        form.accepted.connect(self._on_accepted)
        form.left.connect(self.leave)
        form.range_wanted.connect(self.take_range)
        form.evidence_wanted.connect(self.take_evidence)

    def find_entries(self, entries: str, text: str) -> Sequence[Entry]:
        """Return the entries of a list of entities that fit a text."""
        try:
            return self._entries.find(entries, text)
        except StetError as error:
            self._notifier.complain(error)
            return ()

    def begin(self, draft: Annotation, found: Group, *, misfit: MisfitCorrection | None = None) -> None:
        """Edit the annotation that would become a group's gold; with a misfit, ask for its correction."""
        self.is_new, self.began_with, self.asked = False, draft, misfit is not None
        layer = self._session.scheme.layer(found.layer)
        form = self._card.form
        self._card.show_form()
        form.begin(Draft(draft, evidence_places(found)), layers=[layer] if layer else [])
        if misfit is not None:
            self._ask(misfit)

    def _ask(self, misfit: MisfitCorrection) -> None:
        self._card.form.ask_for_correction()
        self._notifier.notify(f"{sentence(misfit.what)} Type what it should say.", Tone.WARNING)

    def begin_new(self, document: str) -> None:
        """Create an annotation from the selection."""
        start, end = self._text.canvas.view.selection
        if start == end:
            self._notifier.notify(
                "First select unmarked text: with the mouse, or with F6 and Shift+arrow keys.", Tone.WARNING
            )
            return
        scheme = self._session.scheme
        layers = [*scheme.text_layers]
        if not layers:
            self._notifier.notify("The scheme has no layer whose labels mark text.", Tone.WARNING)
            return
        first = next((layer for layer in layers if layer.id == "error"), layers[0])
        fragments = (Fragment(start, end),)
        self.is_new, self.asked, self.replaced = True, False, {}
        self.began_with = Annotation(
            uid=new_uid(),
            layer=first.id,
            label=next(label.id for label in first.labels if not label.group),
            fragments=fragments,
            quote=quote_of(self._session.reader.document(document).text, fragments),
            created=now(),
            updated=now(),
        )
        form = self._card.form
        self._card.show_form()
        form.begin(Draft(self.began_with, ()), layers=[first, *(x for x in layers if x is not first)])

    def begin_document(self, gold: DocumentState, layers: Sequence[Layer], own: Mapping[str, Annotation]) -> None:
        """Say something of the document as a whole, in one of these layers, or change what the reviewer said (`own`, by
        layer).
        """
        first = layers[0]
        known = own.get(first.id)
        if known is None:
            label = next(label.id for label in first.labels if not label.group)
            known = annotate(gold, [(0, 0)], layer=first.id, label=label, scheme=self._session.scheme).annotation
        self.is_new, self.asked, self.began_with, self.replaced = True, False, known, own
        form = self._card.form
        self._card.show_form()
        form.begin(Draft(known, ()), layers=layers)

    def press(self, key: str) -> bool:
        """Handle a key of the form, wherever the focus is; return whether it was handled."""
        if key == "Alt+M":
            self.take_range()
        elif key in ("Ctrl+Return", "Ctrl+Enter"):
            self._card.form.accept()
        else:
            return False
        return True

    def takes(self, action: str) -> bool:
        """Handle a review action while the form is open; return whether it was handled (all review actions are)."""
        if action == "review.evidence":
            self.take_evidence()
            return True
        return action.startswith("review.")

    def take_range(self) -> None:
        """Use the text selection as the range; the correction follows it, or is asked for."""
        start, end = self._text.canvas.view.selection
        if start == end:
            self._notifier.notify("Select the range in the text first.", Tone.WARNING)
            return
        fragments = (Fragment(start, end),)
        before = self._card.form.edited()
        if before is None or self.began_with is None:
            return
        text = self._text.canvas.text
        made = msgspec.structs.replace(before, fragments=fragments, quote=quote_of(text, fragments))
        if before.correction is not None:
            words = fitted(text, before.correction, before.fragments, fragments)
            made = msgspec.structs.replace(made, correction=words)
        self._card.form.set_range(made)
        if before.correction is not None and made.correction is None:
            self._ask(misfit(before, made.quote))

    def take_evidence(self) -> None:
        """Use the reference selection as evidence."""
        start, end = self._text.reference.view.selection
        if start == end or not self._sides.reference:
            self._notifier.notify("Select the evidence in the reference below first.", Tone.WARNING)
            return
        fragments = (Fragment(start, end),)
        quote = quote_of(self._text.reference.text, fragments)
        draft = self._card.form.edited()
        layer = self._session.scheme.layer(draft.layer) if draft is not None else None
        stance = layer.stance if layer is not None else Stance.REFUTES
        document = self._sides.reference
        self._card.form.add_evidence(
            Evidence(uid=new_uid(), document=document, fragments=fragments, quote=quote, stance=stance)
        )

    def leave(self) -> None:
        """Close the form without saving."""
        self._card.show_table()
        self._text.canvas.setFocus()

    def _on_accepted(self, made: Annotation) -> None:
        self.finished.emit(made)
