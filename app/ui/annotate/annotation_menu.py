"""A menu of the annotations and suggestions at the caret, where there are several."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from app.core.annotation import Annotation
from app.core.wording import shorten
from app.session.session import Session
from app.ui.actions.registry import ActionScope
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.controller import EditorController
from app.ui.panels.annotation_card import card_title
from app.ui.widgets.labels import unmarked

_NUMBERED = 9


class AnnotationMenu(QObject):
    """Lets the user choose one of them by arrow keys, number or mouse."""

    def __init__(self, session: Session, text: TextCanvas, controller: EditorController, actions: ActionScope) -> None:
        super().__init__(controller)
        self._session = session
        self._text = text
        self._controller = controller
        self.others: Callable[[int], list[tuple[str, str]]] = _no_others  # (uid, words) of other items at an offset
        actions.bind("annotation.here", self.open)

    def open(self) -> None:
        """Open the menu under the caret; choose directly if there is only one entry."""
        scheme = self._session.scheme
        found = [(a.uid, f"{card_title(a, scheme)}  “{shorten(a.quote)}”") for a in self.annotations_here()]
        found += self.others(self._text.view.caret)
        if not found:
            self._controller.notifier.notify("No mark at the caret.")
        elif len(found) == 1:
            self._choose(found[0][0])
        else:
            self._open(found)

    def annotations_here(self) -> list[Annotation]:
        """Return the annotations that the caret touches, innermost first."""
        state, caret = self._session.state, self._text.view.caret
        if state is None:
            return []
        near = state.overlapping(max(0, caret - 1), caret + 1)
        return sorted((a for a in near if a.touches(caret)), key=_size)

    def _open(self, found: list[tuple[str, str]]) -> None:
        menu = QMenu(self._text)
        menu.setObjectName("marks-here")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for number, (uid, words) in enumerate(found, 1):
            title = unmarked(words)
            entry = menu.addAction(f"&{number}  {title}" if number <= _NUMBERED else title)
            entry.setData(uid)
            entry.setCheckable(True)
            entry.setChecked(uid == self._text.view.chosen)
        menu.triggered.connect(self._on_triggered)
        caret = self._text.view.caret
        rect = self._text.viewport_rects(caret, caret)[0].toRect()
        menu.setActiveAction(menu.actions()[0])
        menu.popup(self._text.viewport().mapToGlobal(rect.bottomLeft()))

    def _on_triggered(self, entry: QAction) -> None:
        self._choose(str(entry.data()))
        self._text.setFocus()

    def _choose(self, uid: str) -> None:
        state = self._session.state
        if state is not None and uid in state.annotations:
            self._controller.choose(uid, scroll=False)
        else:
            self._controller.chooser.other_clicked.emit(uid)


def _no_others(_place: int) -> list[tuple[str, str]]:
    """Return nothing: no other kinds of things."""
    return []


def _size(annotation: Annotation) -> tuple[int, str]:
    return (sum(fragment.end - fragment.start for fragment in annotation.fragments), annotation.uid)
