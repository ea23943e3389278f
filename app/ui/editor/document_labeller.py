"""Gives the open document itself a label, whichever way it was asked for."""

from typing import Protocol

from app.core import document_edits
from app.core.edits import Edit
from app.core.errors import StetError
from app.session.session import Session
from app.ui.widgets.notifier import Notifier


class Hand(Protocol):
    """Writes edits of the open document, and chooses annotations."""

    notifier: Notifier

    def apply(self, edit: Edit, title: str) -> bool:
        """Write an edit under a title; return whether it was written."""
        ...

    def choose(self, uid: str, *, scroll: bool = True) -> None:
        """Choose an annotation."""
        ...


class DocumentLabeller:
    """The part of the annotator's hand that works on the document as a whole."""

    def __init__(self, session: Session, hand: Hand) -> None:
        self._session = session
        self._hand = hand

    def label(self, layer: str, label: str) -> None:
        """Give the document a label of a layer about documents. The annotation is chosen, so that its fields can be
        filled in; that is all if the document has the label already.
        """
        state, scheme = self._session.state, self._session.scheme
        if state is None:
            return
        there = document_edits.document_annotation(state, layer, scheme=scheme)
        if there is None or there.label != label:
            try:
                edit = document_edits.label_document(state, layer, label, scheme=scheme)
            except StetError as error:
                self._hand.notifier.complain(error)
                return
            title = f"Label the document as {scheme.label_title(layer, label)}"
            state = self._session.state if self._hand.apply(edit, title) else None
            there = document_edits.document_annotation(state, layer, scheme=scheme) if state is not None else None
        if there is not None:
            self._hand.choose(there.uid, scroll=False)
