"""Words that change with each key, such as counts."""

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from app.core.wording import undirected
from app.ui.guard import guarded
from app.ui.widgets.ground import ground_of
from app.ui.widgets.labels import PlainLabel

_ANY_HEIGHT = 10_000


@guarded
class Fact(PlainLabel):
    """A plain text on a panel that changes often: another one is painted, and that is all, as long as it has the room.

    What is beside it is laid out again only when it needs more room than it has had. On one line it is cut off with
    dots where it can't get that; with `wrap` it goes on in the next line.
    """

    def __init__(self, *, name: str, role: str = "", tone: str = "", wrap: bool = False) -> None:
        super().__init__()
        self._said = ""
        self._wide = 0  # pixels that the text needs on one line
        self._room = 0  # and the widest text so far
        self.setObjectName(name)
        for key, value in (("role", role), ("tone", tone)):
            if value:
                self.setProperty(key, value)
        self.setWordWrap(wrap)
        # On one line it is no higher than its letters: it must not cover the edges of the panel.
        high = QSizePolicy.Policy.Preferred if wrap else QSizePolicy.Policy.Fixed
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, high)
        policy.setHeightForWidth(wrap)
        self.setSizePolicy(policy)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def text(self) -> str:
        """Return what is said, all of it."""
        return self._said

    def setText(self, text: str, /) -> None:
        # Qt's own label has its neighbours laid out and painted again, however little differs.
        said = undirected(text)
        if said == self._said:
            return
        self._said = said
        self._measure()
        self.setAccessibleName(said)
        if self.wordWrap():
            if self.heightForWidth(self.width()) != self.height():
                self.updateGeometry()
        elif not said or self._wide > self._room:
            self._take_room()
        self.update()

    def clear(self) -> None:
        """Say nothing."""
        self.setText("")

    def _measure(self) -> None:
        self._wide = self.fontMetrics().horizontalAdvance(self._said) + 1 if self._said else 0

    def _take_room(self) -> None:
        # A digit more than it needs: numbers grow, and no two digits are as wide.
        self._room = self._wide + self.fontMetrics().horizontalAdvance("0") if self._said else 0
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(self._wide if self.wordWrap() else self._room, self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        if not self.wordWrap():
            return self.sizeHint()
        widest = max(map(self.fontMetrics().horizontalAdvance, self._said.split()), default=0) + 1
        return QSize(widest, self.fontMetrics().height())

    def heightForWidth(self, width: int) -> int:
        if not self.wordWrap():
            return -1
        if self._wide <= width:
            return self.fontMetrics().height()
        box = QRect(0, 0, width, _ANY_HEIGHT)
        return self.fontMetrics().boundingRect(box, int(Qt.TextFlag.TextWordWrap), self._said).height()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._measure()
            self._take_room()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), ground_of(self))
        painter.setPen(self.palette().color(self.foregroundRole()))
        way, shown = Qt.TextFlag.TextWordWrap if self.wordWrap() else Qt.TextFlag.TextSingleLine, self._said
        if not self.wordWrap() and self._wide > self.width():
            shown = self.fontMetrics().elidedText(shown, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), int(self.alignment() | way), shown)
        painter.end()
