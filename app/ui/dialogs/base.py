"""The base of all dialogs: takes the keyboard focus when shown and returns it when closed."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QWidget

from app.core.wording import undirected
from app.ui.guard import guarded


@guarded
class Dialog(QDialog):
    """A modal window that deletes itself when closed.

    Normally the window manager activates windows as they open and close; without one, as on bare X servers, keys would
    go nowhere. So dialogs activate windows themselves.
    """

    def __init__(self, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(undirected(title))
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.finished.connect(self._on_finished)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.activateWindow()

    def _on_finished(self, _result: int) -> None:
        parent = self.parentWidget()
        if parent is not None:
            parent.window().activateWindow()
