"""Where the caret goes. Each motion is a function of the text, its layout and the present place."""

from collections.abc import Callable

from PySide6.QtCore import QTextBoundaryFinder

from app.core import boundaries
from app.core.graphemes import extends_cluster
from app.core.offsets import OffsetMap
from app.ui.editor.layout import TextLayout
from app.ui.editor.view_state import ViewState

_COMBINES_FROM = "\u0300"  # the first combining mark; before it, only CR and LF make a cluster
_REACH = 400  # code points around a place that hold every real grapheme cluster

_WITHOUT_BYTE_ORDER = {0xFEFF: 0x2060, 0xFFFE: 0x2060}


def _window(text: str, offset: int) -> tuple[int, str]:
    low = max(0, offset - _REACH)
    # On its way to Qt a text loses a byte order mark at its start; a word joiner is cut off in the same places.
    return low, text[low : offset + _REACH].translate(_WITHOUT_BYTE_ORDER)


def next_grapheme(text: str, offset: int) -> int:
    """Return the end of the grapheme cluster that starts at or holds the place."""
    if offset >= len(text):
        return len(text)
    low, window = _window(text, offset)
    table = OffsetMap(window)
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Grapheme, window)
    finder.setPosition(table.to_u16(offset - low))
    while (at_u16 := finder.toNextBoundary()) > 0:
        at = low + table.from_u16(at_u16)
        if at > offset and _is_true(text, at):
            return at
    return offset + 1


def previous_grapheme(text: str, offset: int) -> int:
    """Return the start of the grapheme cluster before the place."""
    if offset <= 0:
        return 0
    low, window = _window(text, offset)
    table = OffsetMap(window)
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Grapheme, window)
    finder.setPosition(table.to_u16(offset - low))
    while (at_u16 := finder.toPreviousBoundary()) >= 0:
        at = low + table.from_u16(at_u16)
        if at < offset and _is_true(text, at):
            return at
    return offset - 1


def snap_to_graphemes(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the smallest range of whole grapheme clusters that covers the range."""
    if 0 < start < len(text):
        start = previous_grapheme(text, start + 1) if not is_boundary(text, start) else start
    if 0 < end < len(text) and not is_boundary(text, end):
        end = next_grapheme(text, end)
    return (start, end)


def is_boundary(text: str, offset: int) -> bool:
    """Tell whether a caret may stand at the place: not inside a grapheme cluster."""
    if not _is_true(text, offset):
        return False
    if 0 < offset < len(text) and text[offset - 1] < _COMBINES_FROM and text[offset] < _COMBINES_FROM:
        return text[offset - 1 : offset + 1] != "\r\n"  # nothing before the combining marks makes clusters
    low, window = _window(text, offset)
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Grapheme, window)
    finder.setPosition(OffsetMap(window).to_u16(offset - low))
    return finder.isAtBoundary()


def _is_true(text: str, offset: int) -> bool:
    """Tell whether a boundary that Qt sees is one."""
    return not 0 < offset < len(text) or not extends_cluster(text, offset)


def _sentence_start(text: str, offset: int) -> int:
    at = offset
    while at > 0:
        at -= 1
        start = boundaries.sentence_at(text, at)[0]
        if start < offset:
            return start
    return 0


def _sentence_end(text: str, offset: int) -> int:
    at = offset
    while at < len(text):
        start, end = boundaries.sentence_at(text, at)
        if start > offset:
            return start
        at = max(end, at) + 1
    return len(text)


Motion = Callable[[str, TextLayout, ViewState, int], int]

MOTIONS: dict[str, Motion] = {
    "caret.left": lambda text, _l, view, _p: previous_grapheme(text, view.caret),
    "caret.right": lambda text, _l, view, _p: next_grapheme(text, view.caret),
    "caret.word-left": lambda text, _l, view, _p: boundaries.previous_word(text, view.caret),
    "caret.word-right": lambda text, _l, view, _p: boundaries.next_word(text, view.caret),
    "caret.word-end": lambda text, _l, view, _p: boundaries.word_end(text, view.caret),
    "caret.sentence-left": lambda text, _l, view, _p: _sentence_start(text, view.caret),
    "caret.sentence-right": lambda text, _l, view, _p: _sentence_end(text, view.caret),
    "caret.paragraph-up": lambda text, _l, view, _p: boundaries.previous_paragraph(text, view.caret),
    "caret.paragraph-down": lambda text, _l, view, _p: boundaries.next_paragraph(text, view.caret),
    "caret.line-start": lambda _t, layout, view, _p: layout.line_range(view.caret)[0],
    "caret.line-end": lambda _t, layout, view, _p: layout.line_range(view.caret)[1],
    "caret.up": lambda _t, layout, view, _p: layout.line_step(view.caret, view.x or 0.0, -1),
    "caret.down": lambda _t, layout, view, _p: layout.line_step(view.caret, view.x or 0.0, 1),
    "caret.page-up": lambda _t, layout, view, page: layout.line_step(view.caret, view.x or 0.0, -page),
    "caret.page-down": lambda _t, layout, view, page: layout.line_step(view.caret, view.x or 0.0, page),
    "caret.document-start": lambda _t, _l, _v, _p: 0,
    "caret.document-end": lambda text, _l, _v, _p: len(text),
}
VERTICAL = {"caret.up", "caret.down", "caret.page-up", "caret.page-down"}


def moved(view: ViewState, motion: str, layout: TextLayout, *, lines: int, extend: bool) -> ViewState:
    """Return where a motion leads; with `extend` the selection's other end stays. A page has so many lines."""
    if motion == "caret.word-right" and extend:
        motion = "caret.word-end"  # a selection shouldn't take the space behind the word
    if motion in VERTICAL and view.x is None:
        view = view._replace(x=layout.caret_rect(view.caret).x())
    start, end = view.selection
    if start != end and not extend and motion in ("caret.left", "caret.right"):
        caret = start if motion == "caret.left" else end
    else:
        caret = MOTIONS[motion](layout.text, layout, view, lines)
    x = view.x if motion in VERTICAL else None
    return view._replace(caret=caret, anchor=view.anchor if extend else caret, x=x)
