"""Copies annotations as JSON, in the form of Stet's own exchange format."""

import msgspec
from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QGuiApplication

from app.core.annotation import Annotation
from app.core.state import reading_order
from app.session.session import Session
from app.ui.actions.registry import ActionScope
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.controller import EditorController
from app.ui.widgets.notifier import Tone


class AnnotationCopy(QObject):
    """Copies the chosen annotation to the clipboard, or all annotations that overlap the selected text."""

    def __init__(self, session: Session, text: TextCanvas, controller: EditorController, actions: ActionScope) -> None:
        super().__init__(controller)
        self._session = session
        self._text = text
        self._controller = controller
        actions.bind("annotation.copy-json", self.copy)

    def copy(self) -> None:
        """Copy: one annotation as an object, those of a selection as an array in reading order."""
        state, view = self._session.state, self._text.view
        if state is None:
            return
        chosen = self._controller.chosen
        many = view.has_selection
        annotations = state.overlapping(*view.selection) if many else [chosen] if chosen is not None else []
        if not annotations:
            self._controller.notifier.notify("No mark selected. Press Tab to step through marks.", Tone.WARNING)
            return
        data = QMimeData()
        data.setText(as_json(annotations, array=many))
        QGuiApplication.clipboard().setMimeData(data)
        what = f"{len(annotations)} marks" if len(annotations) > 1 else "the mark"
        self._controller.notifier.notify(f"Copied {what} as JSON.", Tone.DONE)


def as_json(annotations: list[Annotation], *, array: bool) -> str:
    """Return annotations as in an export, indented for reading; a single one is only wrapped in an array if `array`."""
    from app.exchange.formats.stet_jsonl.wire import encoder
    from app.exchange.formats.stet_jsonl.writer import wire_annotation

    wires = [wire_annotation(annotation) for annotation in sorted(annotations, key=reading_order)]
    raw = encoder.encode(wires if array else wires[0])
    return msgspec.json.format(raw, indent=2).decode()
