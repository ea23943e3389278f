"""The base of all dialogs: takes the keyboard focus when shown and returns it when closed."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QWidget

from app.core.wording import undirected
from app.ui.guard import guarded
from app.ui.widgets.screen_room import fit


@guarded
class Dialog(QDialog):
    """A modal window that deletes itself when closed.

    It is never larger than the screen has room for, and grows with what it says, so that a message neither squeezes
    the fields nor is cut off.

    Normally the window manager activates windows as they open and close; without one, as on bare X servers, keys would
    go nowhere. So dialogs activate windows themselves.
    """

    def __init__(self, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(undirected(title))
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._wished = 0  # the height at which all of the content is seen
        self.finished.connect(self._on_finished)

    def setVisible(self, visible: bool) -> None:
        if visible and not self.isVisible():
            self.ensurePolished()
            is_sized = self.testAttribute(Qt.WidgetAttribute.WA_Resized)
            asked = self.size() if is_sized else self.sizeHint()
            width = max(asked.width(), self.minimumSizeHint().width(), self.minimumWidth())
            self._wished = self._whole_height(width)
            fit(self, QSize(width, max(asked.height(), self._least_height(width) if is_sized else self._wished)))
        super().setVisible(visible)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        fit(self)
        self._wished = self._whole_height(self.width())
        self.activateWindow()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest and self.isVisible():
            self._grow()
        return done

    def _grow(self) -> None:
        """Grow by what the content has grown, such as by a message; a dialog made smaller by hand stays so."""
        before, self._wished = self._wished, self._whole_height(self.width())
        height = min(self._wished, self.height() + self._wished - before)
        if height > self.height():
            fit(self, QSize(self.width(), height))

    def _least_height(self, width: int) -> int:
        layout = self.layout()
        if layout is None:
            return 0
        is_wrapped = layout.hasHeightForWidth()
        return layout.totalMinimumHeightForWidth(width) if is_wrapped else layout.totalMinimumSize().height()

    def _whole_height(self, width: int) -> int:
        layout = self.layout()
        if layout is None:
            return 0
        layout.activate()
        return layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else layout.totalSizeHint().height()

    def _on_finished(self, _result: int) -> None:
        parent = self.parentWidget()
        if parent is not None:
            parent.window().activateWindow()
