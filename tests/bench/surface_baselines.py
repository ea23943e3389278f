"""What Qt's own text widgets do with the same texts and marks: a coloured ground for each mark, nothing else."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter, QTextCharFormat, QTextCursor, QTextLayout
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QTextEdit

from app.core.annotation import Annotation

SIZE = (900, 800)
Editor = QTextEdit | QPlainTextEdit


def editor(kind: type[Editor]) -> Editor:
    """Return an empty widget on the screen, as big as the program's text pane."""
    widget = kind()
    widget.setReadOnly(True)
    widget.resize(*SIZE)
    widget.show()
    QApplication.processEvents()
    return widget


def fill(widget: Editor, text: str, marks: Sequence[Annotation]) -> None:
    """Show a text with its marks, painted."""
    widget.setPlainText(text)
    ground = QTextCharFormat()
    ground.setBackground(QColor("#ffd9b3"))
    selections: list[QTextEdit.ExtraSelection] = []
    for mark in marks:
        selection = QTextEdit.ExtraSelection()
        cursor = QTextCursor(widget.document())
        cursor.setPosition(mark.start)
        cursor.setPosition(mark.end, QTextCursor.MoveMode.KeepAnchor)
        selection.cursor = cursor  # pyright: ignore[reportAttributeAccessIssue]
        selection.format = ground  # pyright: ignore[reportAttributeAccessIssue]
        selections.append(selection)
    widget.setExtraSelections(selections)
    QApplication.processEvents()
    widget.viewport().repaint()


def lay_out(text: str) -> None:
    """Lay a text out as one QTextLayout, and paint what is on one screen: the least that Qt can do for one line."""
    layout = QTextLayout(text)
    layout.beginLayout()
    y = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(SIZE[0])
        line.setPosition(QPointF(0, y))
        y += line.height()
    layout.endLayout()
    image = QImage(*SIZE, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    layout.draw(painter, QPointF(0, 0))
    painter.end()


def turn_page(widget: Editor) -> None:
    """Scroll one page down and paint."""
    bar = widget.verticalScrollBar()
    bar.setValue((bar.value() + bar.pageStep()) % max(1, bar.maximum()))
    QApplication.processEvents()
