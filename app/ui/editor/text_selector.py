"""Selecting and copying text, on whichever side has the keyboard."""

from collections.abc import Callable

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QGuiApplication

from app.core import boundaries
from app.ui.actions.registry import ActionScope
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.chooser import AnnotationChooser
from app.ui.editor.motions import MOTIONS, snap_to_graphemes
from app.ui.editor.view_state import ViewState
from app.ui.widgets.notifier import Notifier, Tone


class TextSelector(QObject):
    """Moves caret and selection of two canvases."""

    def __init__(
        self,
        text: TextCanvas,
        reference: TextCanvas,
        chooser: AnnotationChooser,
        actions: ActionScope,
        notifier: Notifier,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._text = text
        self._reference = reference
        self._chooser = chooser
        self._notifier = notifier
        for name in MOTIONS:
            actions.bind(name, _Motion(self, name))
        handlers: dict[str, Callable[[], None]] = {
            "edit.copy": self.copy,
            "select.word": self._select_word,
            "select.sentence": self._select_sentence,
            "select.paragraph": self._select_paragraph,
            "select.all": self._select_all,
            "select.nothing": self._select_nothing,
            "select.exact": self._select_exactly,
        }
        actions.bind_all(handlers)

    def active(self) -> TextCanvas:
        """Return the side that has the keyboard, the text if neither."""
        return self._reference if self._reference.hasFocus() else self._text

    def move(self, motion: str, canvas: TextCanvas, *, extend: bool) -> None:
        """Move a caret; without a selection the chosen annotation follows it."""
        self._notifier.clear()
        canvas.move_caret(motion, extend=extend)
        if canvas is self._text and not extend:
            self._chooser.follow_caret()

    def copy(self) -> None:
        """Copy the selected text, or the chosen annotation's."""
        canvas, chosen = self.active(), self._chooser.chosen
        start, end = canvas.view.selection
        if start != end:
            start, end = snap_to_graphemes(canvas.text, start, end)
            text = canvas.text[start:end]
        else:
            text = chosen.quote if chosen else ""
        if not text:
            self._notifier.notify("No text selected.", Tone.WARNING)
            return
        data = QMimeData()
        data.setText(text)
        QGuiApplication.clipboard().setMimeData(data)
        self._notifier.clear()

    def _select(self, find: Callable[[str, int], tuple[int, int]]) -> None:
        canvas = self.active()
        start, end = find(canvas.text, canvas.view.caret)
        canvas.set_view(canvas.view._replace(anchor=start, caret=end, x=None))

    def _select_word(self) -> None:
        self._select(self.active().units.word_at)

    def _select_sentence(self) -> None:
        self._select(self.active().units.sentence_at)

    def _select_paragraph(self) -> None:
        self._select(boundaries.paragraph_at)

    def _select_all(self) -> None:
        canvas = self.active()
        canvas.set_view(ViewState(caret=len(canvas.text), chosen=canvas.view.chosen), scroll=False)

    def _select_nothing(self) -> None:
        """Let go of the selection, then of the reference, then of the annotation."""
        canvas = self.active()
        self._notifier.clear()
        self._text.exact_once = self._reference.exact_once = False
        if canvas.view.has_selection:
            canvas.set_view(canvas.view._replace(anchor=canvas.view.caret), scroll=False)
        elif canvas is self._reference:
            self._text.setFocus()
        else:
            self._chooser.let_go()

    def _select_exactly(self) -> None:
        """Let the next annotation, or the next evidence, take just the characters that are selected."""
        self._text.exact_once = self._reference.exact_once = True
        self._notifier.notify("The next mark will cover exactly the selected characters.")


class _Motion:
    """A caret motion as the handler of its action."""

    def __init__(self, selector: TextSelector, name: str) -> None:
        self._selector = selector
        self._name = name

    def __call__(self) -> None:
        self._selector.move(self._name, self._selector.active(), extend=False)


def labelled_range(canvas: TextCanvas) -> tuple[int, int]:
    """Return what a label key would annotate: the selection, grown as set, else the word at the caret."""
    start, end = canvas.view.selection
    unit, canvas.exact_once = "character" if canvas.exact_once else canvas.snapping, False
    if start == end:
        start, end = canvas.units.word_at(canvas.text, start)
        return snap_to_graphemes(canvas.text, start, end)
    start, end = canvas.units.snap(canvas.text, start, end, unit=unit)
    return snap_to_graphemes(canvas.text, start, end)
