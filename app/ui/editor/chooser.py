"""Which annotation is chosen: by key, by click, by where the caret stands."""

from PySide6.QtCore import QObject, Signal

from app.core.annotation import Annotation
from app.core.edits import Change
from app.core.state import DocumentState, reading_order
from app.session.session import Session
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.pointer import HighlightClick
from app.ui.widgets.notifier import Notifier, Tone


class AnnotationChooser(QObject):
    """Keeps the chosen annotation of the open document, and shows it on both sides."""

    changed = Signal(object)  # Annotation or None
    other_clicked = Signal(object)  # the owner of what was clicked, where that is no annotation

    def __init__(
        self, session: Session, text: TextCanvas, reference: TextCanvas, notifier: Notifier, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._text = text
        self._reference = reference
        self._notifier = notifier
        self._uid = ""
        self._left = ("", (0, 0))
        self._latest = ""
        text.highlight_clicked.connect(self._on_highlight_clicked)
        reference.highlight_clicked.connect(self._on_reference_clicked)

    @property
    def chosen(self) -> Annotation | None:
        """The chosen annotation, as it is now."""
        state = self._session.state
        return state.annotations.get(self._uid) if state else None

    @property
    def latest(self) -> Annotation | None:
        """The annotation chosen last, even if it was let go since."""
        state = self._session.state
        return state.annotations.get(self._latest) if state else None

    def choose(self, uid: str, *, scroll: bool = True) -> None:
        """Choose an annotation, or none with ""; with `scroll`, bring it into view and put the caret there."""
        self._uid = uid
        self._latest = uid or self._latest
        self._left = ("", (0, 0))
        annotation = self.chosen
        self._text.choose(uid if annotation else "")
        self._reference.choose(uid if annotation else "")
        if annotation is not None and scroll and not self._is_about_document(annotation):
            place = annotation.fragments[0].start
            self._text.set_view(self._text.view._replace(caret=place, anchor=place, x=None))
            self._text.scroll_to(annotation.end)
            self._text.scroll_to(annotation.start)
        self.changed.emit(annotation)

    def go_to(self, change: Change) -> None:
        """Go to what was changed from elsewhere, as undo does: choose the first annotation, or go where one was. What
        can be seen already leaves the caret where it is.
        """
        there = [*change.added, *(new for _, new in change.replaced)] or self._related(change)
        if there:
            first = min(there, key=reading_order)
            self.choose(first.uid, scroll=not self._is_seen(first))
        elif change.removed:
            first = min(change.removed, key=reading_order)
            if not self._is_seen(first):
                self.let_go()
                self._text.set_view(self._text.view._replace(caret=first.start, anchor=first.start, x=None))
                self._text.scroll_to(first.start)

    def _related(self, change: Change) -> list[Annotation]:
        """Return where a change of relations alone is to be seen: at the chosen annotation if it is an end, else at
        their sources.
        """
        state, relations = self._session.state, change.relations()
        if state is None or change.removed:
            return []
        is_here = self._uid in {end for relation in relations for end in relation.ends}
        uids = {self._uid} if is_here else {relation.source for relation in relations}
        return [state.annotations[uid] for uid in uids if uid in state.annotations]

    def _is_seen(self, annotation: Annotation) -> bool:
        return self._text.shows(annotation.start, self._text.viewport().height())

    def refresh(self) -> None:
        """Tell again what is chosen: its value may have changed, or it may be gone."""
        if self._uid and self.chosen is None:
            self.choose("", scroll=False)
        else:
            self.changed.emit(self.chosen)

    def let_go(self) -> None:
        """Choose nothing, if anything was chosen."""
        if self._uid:
            self.choose("", scroll=False)

    def _on_highlight_clicked(self, click: HighlightClick) -> None:
        self._notifier.clear()
        owners = click.owners
        if not owners:
            self.let_go()
            return
        # Clicking the same place again goes on to what lies around the chosen annotation.
        present, state = self._text.view.chosen, self._session.state
        at = owners.index(present) + 1 if click.again and present in owners else 0
        uid = owners[at % len(owners)]
        if state is not None and uid in state.annotations:
            self.choose(uid, scroll=False)
        else:
            self.let_go()
            self.other_clicked.emit(uid)

    def _on_reference_clicked(self, click: HighlightClick) -> None:
        if click.owners:
            self.choose(click.owners[0])

    def leave_for(self, start: int, end: int) -> None:
        """Let go of the annotation when the person goes to other words, such as a hit of a search: keys that delete or
        change mustn't reach an annotation that is out of sight. As long as those words stay selected, it can still be
        told that they prove it; and where the search comes back to it while one types, it is chosen again.
        """
        state, uid = self._session.state, self._uid or self._left[0]
        left = state.annotations.get(uid) if state else None
        if left is None:
            return
        here = left.touches(start) or left.touches(end) or (start <= left.start and left.end <= end)
        if here is not (uid == self._uid):
            self.choose(uid if here else "", scroll=False)
        self._left = ("", (0, 0)) if here else (uid, (start, end))

    @property
    def provable(self) -> Annotation | None:
        """The annotation that evidence in its own text goes to: the chosen one, else the one that selecting left."""
        state, (uid, span) = self._session.state, self._left
        if self._uid or state is None or self._text.view.selection != span:
            return self.chosen
        return state.annotations.get(uid)

    def follow_caret(self) -> None:
        """The annotation that the caret stands in is chosen; leaving an annotation lets go of it."""
        state = self._session.state
        caret = self._text.view.caret
        chosen = self.chosen
        is_about = chosen is not None and self._is_about_document(chosen)
        if state is None or (chosen is not None and chosen.covers(caret) and not is_about):
            return
        here = [a for a in state.overlapping(caret, caret + 1) if a.covers(caret) and not self._is_about_document(a)]
        if here:
            self.choose(min(here, key=_length).uid, scroll=False)
        elif chosen is not None and (is_about or not chosen.touches(caret)):
            self.choose("", scroll=False)

    def next_annotation(self) -> None:
        """Choose the next annotation in reading order, round the end."""
        self._step(1)

    def previous_annotation(self) -> None:
        """Choose the annotation before."""
        self._step(-1)

    def _neighbour(self, state: DocumentState, key: tuple[int, int, str], by: int) -> Annotation | None:
        """Return the next annotation of the text; those about the document aren't in it."""
        found = state.neighbour(key, by)
        first = found
        while found is not None and self._is_about_document(found):
            found = state.neighbour(reading_order(found), by)
            if found is first:
                return None
        return found

    def _is_about_document(self, annotation: Annotation) -> bool:
        return self._session.scheme.is_about_document(annotation.layer)

    def next_alike(self) -> None:
        """Choose the next annotation with the label of the chosen one."""
        self._step(1, alike=True)

    def previous_alike(self) -> None:
        """Choose the annotation before with the label of the chosen one."""
        self._step(-1, alike=True)

    def _step(self, by: int, *, alike: bool = False) -> None:
        state, kind = self._session.state, self.latest
        if state is None or not state.annotations:
            self._notifier.notify("No marks yet.")
            return
        chosen, caret = self.chosen, self._text.view.caret
        key = reading_order(chosen) if chosen is not None else (caret, -1, "")
        if not alike:
            found = self._neighbour(state, key, by)
        elif kind is None:
            self._notifier.notify("No mark selected. Press Tab to step through marks.", Tone.WARNING)
            return
        else:
            found = _alike(state, kind, key, by)
            if found is None or found.uid == self._uid:
                self._notifier.notify("No other mark has this label.")
                return
        if found is not None:
            self.choose(found.uid)
        elif not alike:
            self._notifier.notify("No marks yet.")


def _alike(state: DocumentState, kind: Annotation, key: tuple[int, int, str], by: int) -> Annotation | None:
    """Return the annotation with the same label that comes behind a place in reading order (or, with -1, before it),
    round the end.
    """
    others = [other for other in state.annotations.values() if (other.layer, other.label) == (kind.layer, kind.label)]
    beyond = [other for other in others if (reading_order(other) > key if by > 0 else reading_order(other) < key)]
    return (min if by > 0 else max)(beyond or others, key=reading_order, default=None)


def _length(annotation: Annotation) -> int:
    return annotation.end - annotation.start
