"""The place of the chosen annotation changed by keys: its ends, in two, with another, by parts."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from app.core import boundaries, fragment_edits
from app.core.annotation import Annotation
from app.core.edits import Edit
from app.core.errors import StetError
from app.core.state import DocumentState, reading_order
from app.core.wording import shorten
from app.session.session import Session
from app.ui.actions.registry import ActionScope
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.controller import EditorController
from app.ui.editor.edges import EdgeDrag
from app.ui.editor.motions import next_grapheme, previous_grapheme
from app.ui.editor.text_selector import labelled_range
from app.ui.widgets.notifier import Tone

_Step = Callable[[str, int], int]
# Each moves one end of the annotation to the place that a function of the text and the present place gives.
STARTS: dict[str, _Step] = {
    "annotation.start-grow": previous_grapheme,
    "annotation.start-shrink": next_grapheme,
    "annotation.start-grow-word": boundaries.previous_word,
    "annotation.start-shrink-word": boundaries.next_word,
}
ENDS: dict[str, _Step] = {
    "annotation.end-grow": next_grapheme,
    "annotation.end-shrink": previous_grapheme,
    "annotation.end-grow-word": boundaries.word_end,
    "annotation.end-shrink-word": boundaries.previous_word_end,
}


class AnnotationShaper(QObject):
    """Makes each of these one edit, which is one step to undo."""

    def __init__(self, session: Session, text: TextCanvas, controller: EditorController, actions: ActionScope) -> None:
        super().__init__(controller)
        self._session = session
        self._text = text
        self._controller = controller
        self._notifier = controller.notifier
        for name in (*STARTS, *ENDS):
            actions.bind(name, _Nudge(self, name))
        text.pointer.reshapes = True
        text.pointer.edge_dragged.connect(self._on_edge_dragged)
        actions.bind("annotation.split", self.split)
        actions.bind("annotation.merge", self.merge)
        actions.bind("annotation.add-fragment", self.add_fragment)
        actions.bind("annotation.remove-fragment", self.remove_fragment)

    def _chosen(self) -> tuple[DocumentState, Annotation] | None:
        state, annotation = self._session.state, self._controller.chosen
        if state is None or annotation is None:
            self._notifier.notify("No mark selected. Press Tab to step through marks.", Tone.WARNING)
            return None
        return state, annotation

    def _try(self, make: Callable[[], Edit], title: str) -> bool:
        try:
            edit = make()
        except StetError as error:
            self._notifier.complain(error)
            return False
        return self._controller.apply(edit, title)

    def nudge(self, name: str) -> None:
        """Move an end of the chosen annotation, as the action says."""
        found = self._chosen()
        if found is None:
            return
        state, annotation = found
        text = state.document.text
        if name in STARTS:
            place = STARTS[name](text, annotation.start)
            done = self._try(
                lambda: fragment_edits.move_start(state, annotation, place),
                f"Move start of “{shorten(annotation.quote)}”",
            )
        else:
            place = ENDS[name](text, annotation.end)
            done = self._try(
                lambda: fragment_edits.move_end(state, annotation, place),
                f"Move end of “{shorten(annotation.quote)}”",
            )
        if done:
            self._text.scroll_to(place)

    def _on_edge_dragged(self, drag: EdgeDrag) -> None:
        state = self._session.state
        annotation = state.annotations.get(drag.owner) if state else None
        if state is not None and annotation is not None and drag.number < len(annotation.fragments):
            title = f"Resize “{shorten(annotation.quote)}”"
            self._try(lambda: fragment_edits.set_fragment(state, annotation, drag.number, drag.span), title)

    def split(self) -> None:
        """Cut the chosen annotation in two at the caret."""
        found = self._chosen()
        if found is not None:
            state, annotation = found
            self._try(
                lambda: fragment_edits.split(state, annotation, self._text.view.caret),
                f"Split “{shorten(annotation.quote)}”",
            )

    def merge(self) -> None:
        """Make one of the chosen annotation and the one of the same label that overlaps it or comes next."""
        found = self._chosen()
        if found is None:
            return
        state, annotation = found
        other = fragment_edits.partner(state, annotation)
        if other is None:
            words = "No mark with this label is close enough: it must overlap or come next in the paragraph."
            self._notifier.notify(words, Tone.WARNING)
            return
        kept = min(annotation, other, key=reading_order)
        title = f"Merge “{shorten(annotation.quote)}” with “{shorten(other.quote)}”"
        if self._try(lambda: fragment_edits.merge(state, annotation, other, scheme=self._session.scheme), title):
            self._controller.choose(kept.uid, scroll=False)

    def add_fragment(self) -> None:
        """Give the selected words to the chosen annotation; to the one chosen last, if selecting let go of it."""
        state, annotation = self._session.state, self._controller.chooser.latest
        if state is None or annotation is None:
            self._notifier.notify("No mark selected. Press Tab to step through marks.", Tone.WARNING)
            return
        view = self._text.view
        span = labelled_range(self._text) if view.has_selection else view.selection
        words = f"“{shorten(self._text.text[slice(*span)])}” to the mark on “{shorten(annotation.quote)}”"
        if self._try(lambda: fragment_edits.add_fragment(state, annotation, span), f"Add {words}"):
            self._text.set_view(view._replace(caret=span[1], anchor=span[1], x=None), scroll=False)
            self._controller.choose(annotation.uid, scroll=False)
            self._notifier.notify(f"Added {words}.", Tone.DONE)

    def remove_fragment(self) -> None:
        """Take away the part of the chosen annotation that the caret is in."""
        found = self._chosen()
        if found is not None:
            state, annotation = found
            caret = self._text.view.caret
            self._try(
                lambda: fragment_edits.remove_fragment(state, annotation, caret),
                f"Remove part of “{shorten(annotation.quote)}”",
            )


class _Nudge:
    """A step of an end as the handler of its action."""

    def __init__(self, shaper: AnnotationShaper, name: str) -> None:
        self._shaper = shaper
        self._name = name

    def __call__(self) -> None:
        self._shaper.nudge(self._name)
