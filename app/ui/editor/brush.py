"""The brush: a label is chosen once, and every sweep of the mouse annotates with it."""

from PySide6.QtCore import QObject, Signal

from app.session.session import Session
from app.ui.actions.registry import ActionScope
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.controller import EditorController
from app.ui.widgets.notifier import Tone


class Brush(QObject):
    """Owns what label keys do: they annotate; with the brush in hand and nothing selected, they change its label."""

    changed = Signal(object)  # (layer, label), ("", "") while it has no label yet, None when it is put away
    described = Signal(object)  # what it does, in words; "" when it is put away

    def __init__(self, session: Session, text: TextCanvas, controller: EditorController, actions: ActionScope) -> None:
        super().__init__(controller)
        self._session = session
        self._text = text
        self._controller = controller
        self.label: tuple[str, str] | None = None
        actions.bind("annotation.brush", self.toggle)
        actions.bind_prefix("label.", self._on_label)
        actions.about_to_run.connect(self._on_action)
        text.pointer.swept.connect(self._on_swept)

    def toggle(self) -> None:
        """Take the brush, with the label used last; put it away if it is in hand."""
        if self.label is not None:
            self._take(None)
            return
        layer, label = self._controller.last_label or ("", "")
        known = self._session.scheme.label(layer, label) is not None
        self._take((layer, label) if known else ("", ""))

    def _take(self, label: tuple[str, str] | None) -> None:
        if label != self.label:
            self.label = label
            self._text.pointer.set_brush(on=label is not None)
            self.changed.emit(label)
            kind = self._session.scheme.label(*label) if label else None
            words = f"Brush: {kind.title if kind else 'press a label’s key'} (Esc to stop)"
            self.described.emit(words if label is not None else "")

    def _on_label(self, rest: str) -> None:
        layer, _, label = rest.partition(".")
        if self._session.scheme.is_about_document(layer):
            self._controller.document.label(layer, label)
            return
        if self.label is not None:
            self._take((layer, label))
            if not self._text.view.has_selection:
                return
        self._controller.apply_label(layer, label)

    def _on_swept(self, _span: tuple[int, int]) -> None:
        if self.label == ("", ""):
            self._controller.notifier.notify("The brush has no label yet. Press a label’s key.", Tone.WARNING)
        elif self.label is not None:
            self._controller.apply_label(*self.label)

    def _on_action(self, action: str) -> None:
        """Put the brush away with the key that lets go of things."""
        if action == "select.nothing":
            self._take(None)
