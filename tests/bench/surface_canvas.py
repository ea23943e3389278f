"""A canvas of the program by itself, as big as its pane in the window."""

from PySide6.QtWidgets import QApplication

from app.ui import theme
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.style import Style, badge_font
from tests.bench.surface_baselines import SIZE

_PIXELS = 18


def bare_canvas() -> TextCanvas:
    """Return an empty canvas on the screen."""
    font = theme.text_font(theme.TEXT_FONT, _PIXELS)
    canvas = TextCanvas("bench-canvas", theme.LIGHT, Style(font, badge_font(float(_PIXELS)), 1.15, True))
    canvas.resize(*SIZE)
    canvas.show()
    QApplication.processEvents()
    return canvas
