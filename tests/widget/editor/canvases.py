"""Canvases and layouts for tests, each made in a line."""

import unicodedata
from collections.abc import Iterable, Sequence

from hypothesis import strategies as st
from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.core.annotation import Fragment
from app.core.scheme import Drawing
from app.ui import theme
from app.ui.editor import motions
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.highlights import Highlight
from app.ui.editor.layout import TextLayout
from app.ui.editor.motions import MOTIONS
from app.ui.editor.style import Style, badge_font
from app.ui.widgets.keys import KeyPress

ENGLISH = (
    "Donald Trump, the US senator, spoke with Vladimir Puttin for more than two days. They talked about a slave trade. "
    "How will this end?\n\n“Nobody knows,” an aide said."
)
LONG = "\n".join(
    f"Paragraph {number} of many, with some words so that it may wrap at the edge." for number in range(400)
)


def style(size: int = 18, *, badges: bool = True) -> Style:
    """Return the fonts of a canvas as the program ships them."""
    font = theme.text_font(theme.TEXT_FONT, size)
    return Style(font, badge_font(float(size)), 1.15, badges)


def laid_out(text: str, *marks: Highlight, width: float = 420) -> TextLayout:
    """Return the layout of a text."""
    layout = TextLayout(text, width=width, style=style())
    layout.source = Highlights(marks)
    return layout


class Highlights:
    """A fixed list of highlights, oldest first."""

    def __init__(self, marks: Iterable[Highlight] = ()) -> None:
        self.highlights = list(marks)

    def highlights_in(self, start: int, end: int) -> list[Highlight]:
        """Return the highlights with a fragment in `[start, end)`; anchors at both ends count."""
        return [mark for mark in self.highlights if any(_meets(f, start, end) for f in mark.fragments)]


def _meets(fragment: Fragment, start: int, end: int) -> bool:
    if fragment.start == fragment.end or start == end:
        return fragment.start <= end and fragment.end >= start
    return fragment.start < end and fragment.end > start


def mark(start: int, end: int, badge: str = "TERM", *, uid: str = "", kind: str = Drawing.FILL) -> Highlight:
    """Return a mark of one fragment."""
    uid = uid or f"{start}-{end}-{badge}"
    return Highlight(uid, uid, (Fragment(start, end),), kind, "#D55E00", badge)


def shown(
    qtbot: QtBot, text: str, marks: Sequence[Highlight] = (), *, width: int = 520, height: int = 360, caret: int = 0
) -> TextCanvas:
    """Return a canvas on the screen, with the keyboard; its caret keys work as in the program."""
    canvas = TextCanvas("canvas", theme.LIGHT, style())
    qtbot.addWidget(canvas)
    canvas.resize(width, height)
    canvas.set_key_handler(CaretKeys(canvas))
    canvas.show()
    qtbot.waitExposed(canvas)
    canvas.show_text(text, Highlights(marks), caret=caret)
    canvas.activateWindow()
    canvas.setFocus()
    qtbot.waitUntil(canvas.hasFocus)
    canvas.grab()
    return canvas


_KEYS = {"Left": "left", "Right": "right", "Up": "up", "Down": "down", "Ctrl+Left": "word-left", "Home": "line-start"}
_KEYS |= {"Ctrl+Right": "word-right", "End": "line-end", "Ctrl+Home": "document-start", "Ctrl+End": "document-end"}
_KEYS |= {"PgUp": "page-up", "PgDown": "page-down"}


class CaretKeys(QObject):
    """Keys of a canvas that move its caret as in the program; lives as long as the canvas, and notes every key."""

    def __init__(self, canvas: TextCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.pressed: list[str] = []

    def take_key(self, press: KeyPress, source: QWidget) -> bool:
        assert source is self._canvas
        self.pressed.append(press.key)
        motion = f"caret.{_KEYS.get(press.plain, '')}"
        if motion not in MOTIONS:
            return False
        self._canvas.move_caret(motion, extend=press.shift)
        return True


def middle(canvas: TextCanvas, words: str) -> QPointF:
    """Return the middle of some words, in the viewport's pixels."""
    start = canvas.text.index(words)
    return canvas.viewport_rects(start, start + len(words))[0].center()


def edge(canvas: TextCanvas, offset: int) -> QPointF:
    """Return where the caret would stand at a place, in the viewport's pixels."""
    return canvas.viewport_rects(offset, offset)[0].center()


def click(canvas: TextCanvas, at: QPointF, *, shift: bool = False) -> None:
    """Click with the left button."""
    held = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, held, at.toPoint())


def selected(canvas: TextCanvas) -> str:
    """Return the selected text."""
    start, end = canvas.view.selection
    return canvas.text[start:end]


def hull(rects: Iterable[QRectF]) -> QRectF:
    """Return the rectangle around rectangles."""
    whole = QRectF()
    for rect in rects:
        whole = whole.united(rect)
    return whole


def clusters(text: str) -> list[tuple[int, int]]:
    """Return the grapheme clusters of a text as ranges, walking as the caret does."""
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(text):
        after = motions.next_grapheme(text, at)
        found.append((at, after))
        at = after
    return found


# -- texts that hurt ---------------------------------------------------------------------------------------------------

FAMILY = "👩\u200d👩\u200d👧\u200d👦"
LATIN = ("a", "wide", " ", "İ", "ß", "é", "e\u0301\u0323", "fi", "ffi", "AV", ".", "\u00a0", "1")
PICTURES = ("😀", FAMILY, "👍🏽", "🇺🇦", "🇺", "❤\ufe0f", "1\ufe0f\u20e3", "𝔘", "\U0010ffff")
# No lam before alef here: what is drawn as one can't be pointed at apart.
RIGHT_TO_LEFT = ("سمر", "שלום", "بِسْمِ", "לְ", "(", ")", "٣", "\u0640")
EAST_ASIAN = ("漢字", "かな", "カ\u3099", "한글", "각", "。", "𠀀")
SOUTH_ASIAN = ("क्षत्रिय", "हिन्दी", "कि")
SOUTH_EAST_ASIAN = ("ไทยที่", "ก็", "กำ")
CONTROLS = ("\t", "\u2028", "\ufeff", "\ufdd0", "\uffff", "\x07", "\x7f", "\x85", "\u200b", "\u00ad", "\ufffc")
BIDI = ("\u202e", "\u202c", "\u200e", "\u200f", "\u2066", "\u2069")
LINE_ENDS = ("\n", "\r\n", "\r", "\u2029")
HOSTILE = (
    *LATIN,
    *PICTURES,
    *RIGHT_TO_LEFT,
    *EAST_ASIAN,
    *SOUTH_ASIAN,
    *SOUTH_EAST_ASIAN,
    *CONTROLS,
    *BIDI,
    *LINE_ENDS,
)


def texts(*pieces: str, most: int = 24) -> st.SearchStrategy[str]:
    """Draw texts that are made of these pieces."""
    return st.lists(st.sampled_from(pieces), min_size=1, max_size=most).map("".join)


hostile_texts = texts(*HOSTILE)
left_to_right_texts = texts(*LATIN, *PICTURES, *EAST_ASIAN, "\n", most=40)


def is_drawn(text: str) -> bool:
    """Whether a cluster takes room on the screen: neither a line end nor made of what has no width."""
    return any(unicodedata.category(char) not in ("Cf", "Mn", "Zl", "Zp", "Cc") for char in text)
