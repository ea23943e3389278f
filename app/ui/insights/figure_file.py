"""Writes a figure as an SVG file: title, sentence, drawing and notes, always in the light colours."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtSvg import QSvgGenerator

from app.core.wording import undirected
from app.exchange.output import OutputFiles
from app.review.figures.figure import Figure
from app.ui.insights.picture import font_of
from app.ui.theme import LIGHT

SVG_WIDTH = 900
_EDGE = 24
Draw = Callable[[QPainter, QRectF], None]


def svg_of(figure: Figure, height: float, draw: Draw, *, width: float = SVG_WIDTH) -> bytes:
    """Return the SVG of a figure; `draw` paints its drawing into `width` by `height` pixels."""
    font = font_of(13)
    flags = int(Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap)
    wide = QRectF(0, 0, width, 1000)
    lead = QFontMetricsF(font).boundingRect(wide, flags, undirected(figure.lead)).height()
    notes = "\n".join(figure.notes)
    below = QFontMetricsF(font).boundingRect(wide, flags, undirected(notes)).height() if notes else 0
    total = 2 * _EDGE + 34 + lead + 18 + height + 14 + below
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    made = QSvgGenerator()
    made.setOutputDevice(buffer)
    made.setTitle(figure.title)
    made.setDescription(figure.lead)
    made.setResolution(96)
    size = QSize(round(width + 2 * _EDGE), round(total))
    made.setSize(size)
    made.setViewBox(QRectF(0, 0, size.width(), size.height()))
    painter = QPainter(made)
    painter.fillRect(QRectF(0, 0, size.width(), size.height()), QColor(LIGHT.paper))
    painter.translate(_EDGE, _EDGE)
    painter.setPen(QColor(LIGHT.text))
    painter.setFont(font_of(18, bold=True))
    painter.drawText(QRectF(0, 0, width, 28), int(Qt.AlignmentFlag.AlignLeft), undirected(figure.title))
    painter.setFont(font)
    painter.setPen(QColor(LIGHT.soft))
    painter.drawText(QRectF(0, 34, width, lead), flags, figure.lead)
    painter.save()
    painter.translate(0, 34 + lead + 18)
    draw(painter, QRectF(0, 0, width, height))
    painter.restore()
    painter.setFont(font)
    painter.setPen(QColor(LIGHT.faint))
    if notes:
        painter.drawText(QRectF(0, 34 + lead + 18 + height + 14, width, below), flags, notes)
    painter.end()
    buffer.close()
    return bytes(data.data())


def write_svg(content: bytes, path: Path, *, keep_off: Path) -> None:
    """Write the file. Raises FormatError, in which case an existing file is unchanged."""
    with OutputFiles(keep_off=keep_off) as files:
        files.open(path).write(content)
