"""How a canvas sets its text: fonts and distances, in pixels."""

from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF, QTextCharFormat, QTextOption

from app.ui.theme import ui_font

LINE_MARGIN = 2.0
LETTERS = 68  # ten English words or more: as much is to fit on a line that is read
LANE_HEIGHT = 7.0


class Style(NamedTuple):
    """The fonts and distances of a canvas; `lanes` is the number of annotators' lanes that every line has room for."""

    font: QFont
    badge_font: QFont
    spacing: float
    badges: bool = True
    lanes: int = 0


def badge_font(size: float) -> QFont:
    """Return the small font of badges, in proportion to the text."""
    return ui_font(max(9.0, size * 0.55), QFont.Weight.DemiBold)


def badge_height(style: Style) -> float:
    """Return how high a row of badges is."""
    return QFontMetricsF(style.badge_font).height() + 1


@lru_cache(maxsize=4096)
def badge_width(text: str, size: int) -> float:
    """Return how wide a badge of a size is: a page has hundreds, and few different ones."""
    return QFontMetricsF(ui_font(size, QFont.Weight.DemiBold)).horizontalAdvance(text)


def inserted_format(style: Style) -> QTextCharFormat:
    """Return how a correction is set in the running text: in the window's own letters, so that it isn't taken for
    the document's.
    """
    form = QTextCharFormat()
    form.setFont(ui_font(style.font.pixelSize() * 0.86, QFont.Weight.DemiBold))
    return form


def text_option(style: Style, *, leftward: bool) -> QTextOption:
    """Return how Qt is to set a paragraph that runs this way."""
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    direction = Qt.LayoutDirection.RightToLeft if leftward else Qt.LayoutDirection.LeftToRight
    option.setTextDirection(direction)
    option.setAlignment(Qt.AlignmentFlag.AlignRight if leftward else Qt.AlignmentFlag.AlignLeft)
    option.setTabStopDistance(QFontMetricsF(style.font).horizontalAdvance("    "))
    return option
