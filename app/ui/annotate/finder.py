"""Find in the text and in the reference."""

from PySide6.QtCore import QObject

from app.ui.actions.registry import ActionScope
from app.ui.editor.controller import EditorController
from app.ui.panels.text_pane import TextPane
from app.ui.widgets.notifier import Tone

_LONGEST_WANTED = 80


class Finder(QObject):
    """Opens the find bar of a side, and returns the keyboard focus afterwards."""

    def __init__(
        self,
        text: TextPane,
        reference: TextPane,
        controller: EditorController,
        actions: ActionScope,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._text = text
        self._reference = reference
        self._controller = controller
        text.find_bar.hit_wanted.connect(self._on_text_hit)
        text.find_bar.finished.connect(self._on_text_finished)
        reference.find_bar.finished.connect(self._on_reference_finished)
        actions.about_to_run.connect(self._on_action)
        actions.bind("view.find", self.find)
        actions.bind("view.find-next", self.find_next)
        actions.bind("evidence.find", self.find_in_reference)

    def find(self) -> None:
        """Open the find bar of the side that has the focus."""
        pane = self._active()
        start, end = pane.canvas.view.selection
        wanted = pane.canvas.text[start:end] if 0 < end - start <= _LONGEST_WANTED else ""
        pane.find_bar.open(pane.canvas.text, start=start, wanted=wanted)

    def find_in_reference(self) -> None:
        """Search the reference for the chosen annotation's correction, or its quote."""
        if not self._controller.evidence.reference:
            self._controller.notifier.notify(
                "This document has no reference yet. Press Ctrl+Shift+R to choose one.", Tone.WARNING
            )
            return
        annotation = self._controller.chosen
        wanted = (annotation.correction or annotation.quote) if annotation else ""
        shown = " ".join(wanted.split())[:_LONGEST_WANTED]
        self._reference.find_bar.open(self._reference.canvas.text, start=0, wanted=shown)

    def find_next(self) -> None:
        """Go to the next hit."""
        self._active().find_bar.step(1)

    def _active(self) -> TextPane:
        side = self._reference
        return side if side.canvas.hasFocus() or side.find_bar.line.hasFocus() else self._text

    def _on_action(self, action: str) -> None:
        """Close the find bar with the key that clears the selection."""
        if action == "select.nothing":
            self._active().find_bar.hide()

    def _on_text_hit(self, span: tuple[int, int]) -> None:
        self._controller.chooser.leave_for(*span)

    def _on_text_finished(self, _found: bool) -> None:
        self._text.canvas.setFocus()

    def _on_reference_finished(self, found: bool) -> None:
        (self._reference if found else self._text).canvas.setFocus()
