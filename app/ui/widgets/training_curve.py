"""A small plot of a training: the loss of its steps, and the score of its evaluations."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.wording import counted
from app.ui.guard import guarded

_MOST_POINTS = 600  # of the loss; then every second one is dropped
_MARGIN = 6.0
_DOT = 3.0


@guarded
class TrainingCurve(QWidget):
    """Draws loss and score over steps, each on a scale of its own: what matters is where they still move. Painted here
    and not by pyqtgraph, since loading that stops the window for most of a second.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("training-curve")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(120)
        self.setAccessibleName("Loss and score so far")
        self.losses: list[tuple[int, float]] = []
        self.scores: list[tuple[int, float]] = []
        self._sum, self._count, self._each = 0.0, 0, 1

    def clear(self) -> None:
        """Forget all points, as another model begins."""
        self.losses, self.scores = [], []
        self._sum, self._count, self._each = 0.0, 0, 1
        self.update()

    def add_loss(self, step: int, loss: float) -> None:
        """Add the loss of a step."""
        self._sum, self._count = self._sum + loss, self._count + 1
        if self._count < self._each:
            return
        self.losses.append((step, self._sum / self._count))
        self._sum, self._count = 0.0, 0
        if len(self.losses) > _MOST_POINTS:
            self.losses = self.losses[::2]
            self._each *= 2
        self.update()

    def add_score(self, step: int, score: float) -> None:
        """Add the score of an evaluation, from 0 to 1."""
        self.scores.append((step, score))
        best = max(value for _, value in self.scores)
        words = f"F {score:.3f} after {counted(step, 'step')}, {best:.3f} at best"
        self.setAccessibleDescription(words)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(440, 160)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        line = self.fontMetrics().height()
        room = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN + line, -_MARGIN, -_MARGIN)
        soft, strong = palette.color(QPalette.ColorRole.PlaceholderText), palette.color(QPalette.ColorRole.WindowText)
        painter.setPen(QPen(soft, 1, Qt.PenStyle.DotLine))
        painter.drawRect(room)
        last = max([*(step for step, _ in self.losses), *(step for step, _ in self.scores), 1])
        highest = max((loss for _, loss in self.losses), default=0.0) or 1.0
        self._draw(painter, room, [(step / last, loss / highest) for step, loss in self.losses], soft, dots=False)
        self._draw(painter, room, [(step / last, score) for step, score in self.scores], strong, dots=True)
        painter.setPen(soft)
        top = QRectF(room.left(), 0, room.width(), line + _MARGIN)
        loss = f"loss {self.losses[-1][1]:.2f}" if self.losses else "loss"
        painter.drawText(top, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), loss)
        painter.setPen(strong)
        score = f"F {self.scores[-1][1]:.3f}" if self.scores else "F"
        painter.drawText(top, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), f"● {score}")
        painter.end()

    def _draw(
        self, painter: QPainter, room: QRectF, points: list[tuple[float, float]], color: QColor, *, dots: bool
    ) -> None:
        places = [QPointF(room.left() + x * room.width(), room.bottom() - y * room.height()) for x, y in points]
        painter.setPen(QPen(color, 1.5))
        painter.drawPolyline(places)
        if dots:
            painter.setBrush(color)
            for place in places:
                painter.drawEllipse(place, _DOT, _DOT)
            painter.setBrush(Qt.BrushStyle.NoBrush)
