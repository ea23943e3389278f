"""Marks with odd ends: found one after the other, and mended by a key."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import QObject

from app.core import annotation_edits
from app.core.annotation import Annotation
from app.core.edits import Edit
from app.core.errors import StetError
from app.core.mark_ends import Oddity, adds_nothing, mended, oddities
from app.core.state import DocumentState, reading_order
from app.core.wording import shorten
from app.session.session import Session
from app.ui.actions.registry import ActionScope, native
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.controller import EditorController
from app.ui.widgets.notifier import Tone


class MarkMender(QObject):
    """Finds marks that a tokenizer will not reproduce, and puts their ends right: one step to undo."""

    def __init__(self, session: Session, text: TextCanvas, controller: EditorController, actions: ActionScope) -> None:
        super().__init__(controller)
        self._session = session
        self._text = text
        self._controller = controller
        self._actions = actions
        self._notifier = controller.notifier
        actions.bind("annotation.mend", self.mend)
        actions.bind("annotation.next-odd", self.next_odd)

    def next_odd(self) -> None:
        """Choose the next mark with odd ends, behind the chosen one and then from the start, and say what is odd."""
        state, chosen = self._session.state, self._controller.chosen
        if state is None:
            return
        ordered = state.in_order()
        begin = bisect_right(ordered, reading_order(chosen), key=reading_order) if chosen is not None else 0
        found = oddities(ordered, state.document.text, self._snap, begin=begin)
        for uid, odd in groupby(found, key=lambda each: each[0].uid):  # the first one, without looking at the others
            self._controller.choose(uid)
            said = _said([oddity for _, oddity in odd])
            self._notifier.notify(f"{said} {how_to_mend(self._actions)}", Tone.WARNING)
            return
        self._notifier.notify("No mark here has odd ends.", Tone.DONE)

    def mend(self) -> None:
        """Put the ends of the chosen mark right, or remove it if it was made twice and says nothing more."""
        state, chosen = self._session.state, self._controller.chosen
        if state is None or chosen is None:
            self._notifier.notify("No mark selected. Press Tab to step through marks.", Tone.WARNING)
            return
        twin = self._twin(state, chosen)
        try:
            edit = self._edit(state, chosen, twin)
        except StetError as error:
            self._notifier.complain(error)
            return
        if edit is None:
            self._notifier.notify("The ends of this mark are as they should be.")
        elif self._controller.apply(edit, f"Mend “{shorten(chosen.quote)}”") and twin is not None:
            self._controller.choose(twin.uid)

    def _edit(self, state: DocumentState, chosen: Annotation, twin: Annotation | None) -> Edit | None:
        """Return the edit that mends a mark, None if there is nothing to mend. Raises EditRejected."""
        if twin is not None:
            return annotation_edits.remove(state, [chosen], scheme=self._session.scheme)
        ranges = mended(chosen, state.document.text, self._snap)
        if ranges == [(f.start, f.end) for f in chosen.fragments]:
            return None
        return annotation_edits.move(state, chosen, ranges)

    def _twin(self, state: DocumentState, chosen: Annotation) -> Annotation | None:
        """Return a mark beside which the chosen one says nothing more; one with relations does."""
        if any(chosen.uid in (tie.source, tie.target) for tie in state.relations.values()):
            return None
        others = (each for each in state.annotations.values() if each.uid != chosen.uid)
        return next((each for each in others if adds_nothing(chosen, each)), None)

    def _snap(self, start: int, end: int) -> tuple[int, int]:
        return self._text.units.snap(self._text.text, start, end, unit="word")


def how_to_mend(actions: ActionScope) -> str:
    """Return the sentence that says what puts the ends of a mark right."""
    keys = actions.keys_of_action("annotation.mend")
    return f"{native(keys[0])} mends it." if keys else "“Mend the ends of the mark” mends it."


def _said(odd: Sequence[Oddity]) -> str:
    """Return what is odd about a mark, in sentences."""
    return " ".join(f"{each.of_one.capitalize()}." for each in odd)
