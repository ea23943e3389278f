"""How a paragraph is set: broken into lines, and which way it runs."""

import unicodedata

from PySide6.QtCore import QPointF
from PySide6.QtGui import QTextLayout

from app.ui.editor.set_text import TURNS


def break_lines(layout: QTextLayout, width: float) -> None:
    """Break a text into lines of a width, in pixels."""
    layout.beginLayout()
    while True:
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(width)
        line.setPosition(QPointF(0, 0))
    layout.endLayout()


def runs_leftward(text: str) -> bool:
    """Tell whether a paragraph runs from right to left: its first letter says so (UAX #9, P2 and P3)."""
    if text.isascii() or not TURNS.search(text):
        return False
    inside = 0
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in ("LRI", "RLI", "FSI"):
            inside += 1
        elif kind == "PDI":
            inside = max(0, inside - 1)
        elif not inside and kind in ("L", "R", "AL"):
            return kind != "L"
    return False
