"""What is painted, how much of it, and that nothing is painted in the midst of painting."""

import unicodedata

import msgspec
import pytest
from hypothesis import given
from PySide6.QtCore import QEvent, QObject, QRect, QRectF
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.annotation import Fragment
from app.core.scheme import Drawing
from app.ui import theme
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.highlights import EVIDENCE, UNFINISHED, AnnotationHighlights, Highlight
from tests.unit.build import annotation, state
from tests.widget.editor.canvases import ENGLISH, HOSTILE, LONG, Highlights, hostile_texts, mark, shown, style
from tests.widget.widgets import shipped

START = ENGLISH.index("senator")
END = START + 7
FINISHED = {"severity": "major", "evidence_status": "EXTERNAL"}


class PaintSpy(QObject):
    """Writes down the rectangles that a widget is asked to paint."""

    def __init__(self, canvas: TextCanvas) -> None:
        super().__init__(canvas)
        self.rects: list[QRect] = []
        canvas.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.rects.append(event.rect())
        return False

    def take(self) -> list[QRect]:
        """Return what was painted since the last time."""
        for _ in range(3):
            QApplication.processEvents()
        seen, self.rects = self.rects, []
        return seen


def picture(canvas: TextCanvas) -> QImage:
    return canvas.viewport().grab().toImage()


def difference(before: QImage, after: QImage) -> QRect:
    """Return the rectangle in which two pictures differ."""
    assert before.size() == after.size()
    width = before.width()
    rows, columns = [], set()
    for y in range(before.height()):
        one, two = (bytes(image.constScanLine(y)) for image in (before, after))
        if one != two:
            rows.append(y)
            columns |= {x for x in range(width) if one[4 * x : 4 * x + 4] != two[4 * x : 4 * x + 4]}
    return QRect(min(columns), rows[0], max(columns) - min(columns) + 1, rows[-1] - rows[0] + 1) if rows else QRect()


def around(canvas: TextCanvas, start: int, end: int, margin: float = 22) -> QRectF:
    rects = canvas.viewport_rects(start, end)
    whole = rects[0]
    for rect in rects:
        whole = whole.united(rect)
    return whole.adjusted(-margin, -margin, margin, margin)


STYLES = (Drawing.FILL, Drawing.BRACKET, Drawing.WAVE, Drawing.DASH, EVIDENCE)


@pytest.mark.parametrize("kind", STYLES)
def test_a_mark_is_seen_at_its_words_and_nowhere_else(qtbot: QtBot, kind: str) -> None:
    canvas = shown(qtbot, ENGLISH)
    before = picture(canvas)
    canvas.show_highlights(Highlights([mark(START, END, "ROLE", kind=kind)]), [(START, END)])
    changed = difference(before, picture(canvas))
    assert not changed.isNull()
    assert around(canvas, START, END).contains(QRectF(changed))


def test_all_ways_of_drawing_differ_in_shape_not_only_in_colour(qtbot: QtBot) -> None:
    canvas = shown(qtbot, ENGLISH)
    seen = []
    for kind in STYLES:
        canvas.show_highlights(Highlights([mark(START, END, "", kind=kind)]))
        seen.append(picture(canvas).convertToFormat(QImage.Format.Format_Grayscale8))
    assert all(one != two for at, one in enumerate(seen) for two in seen[:at])


def test_a_graver_error_is_drawn_heavier(qtbot: QtBot) -> None:
    canvas = shown(qtbot, ENGLISH)
    seen = []
    for weight in (1, 2, 3):
        canvas.show_highlights(Highlights([mark(START, END, "", kind=Drawing.WAVE)._replace(weight=weight)]))
        seen.append(picture(canvas))
    assert len({bytes(image.constBits()) for image in seen}) == 3


@pytest.mark.parametrize("text", ["ab\u200bcd", "שלום\u200b שלום", "ab\u00adcd"])
def test_a_mark_on_what_has_no_width_is_seen_at_its_place(qtbot: QtBot, text: str) -> None:
    canvas = shown(qtbot, text)
    at = next(at for at, char in enumerate(text) if unicodedata.category(char) == "Cf")
    before = picture(canvas)
    canvas.show_highlights(Highlights([mark(at, at + 1, "", kind=Drawing.FILL)]))
    changed = difference(before, picture(canvas))
    assert 1 <= changed.width() <= 4
    assert around(canvas, at, at, margin=4).contains(QRectF(changed))


def test_an_omission_is_seen_between_two_characters(qtbot: QtBot) -> None:
    canvas = shown(qtbot, ENGLISH)
    before = picture(canvas)
    canvas.show_highlights(Highlights([mark(START, START, "", kind=Drawing.WAVE)]))
    changed = difference(before, picture(canvas))
    assert 4 <= changed.width() <= 14
    assert around(canvas, START, START).contains(QRectF(changed))


def test_every_part_of_a_mark_in_pieces_is_seen(qtbot: QtBot) -> None:
    canvas = shown(qtbot, ENGLISH)
    before = picture(canvas)
    parts = (Fragment(0, 6), Fragment(START, END))
    canvas.show_highlights(Highlights([Highlight("m", "m", parts, Drawing.WAVE, "#D55E00")]))
    changed = difference(before, picture(canvas))
    for part in parts:
        assert QRectF(changed).intersects(around(canvas, part.start, part.end, 0))


def test_a_correction_is_seen_behind_the_badge(qtbot: QtBot) -> None:
    canvas = shown(qtbot, ENGLISH)
    canvas.show_highlights(Highlights([mark(START, END, "ROLE")]))
    before = picture(canvas)
    canvas.show_highlights(Highlights([mark(START, END, "ROLE")._replace(note="→ president")]))
    changed = difference(before, picture(canvas))
    assert changed.left() > canvas.viewport_rects(START, START)[0].left() + 20


def test_only_struck_words_are_drawn_with_a_line_through_them(qtbot: QtBot) -> None:
    canvas = shown(qtbot, ENGLISH)
    parts = (Fragment(START, END), Fragment(END + 2, END + 2))
    plain = Highlight("m", "m", parts, Drawing.WAVE, "#D55E00", "ROLE", "→ president")
    canvas.show_highlights(Highlights([plain]))
    before = picture(canvas)
    canvas.show_highlights(Highlights([plain._replace(struck=True)]))
    changed = difference(before, picture(canvas))
    words = canvas.viewport_rects(START, END)[0]
    assert words.adjusted(-1, 0, 1, 0).contains(QRectF(changed))
    assert changed.width() > words.width() - 4
    assert changed.height() <= 3
    middle = words.center().y()
    assert abs(changed.center().y() - middle) < words.height() * 0.2  # through the small letters, above the base line


@pytest.mark.parametrize(("correction", "struck"), [("president", True), ("", True), (None, False)])
def test_words_are_struck_where_their_correction_is_shown(correction: str | None, struck: bool) -> None:
    scheme = shipped("news-errors")
    old = annotation(ENGLISH, (START, END), label="ROLE_ATTRIBUTE", correction=correction)
    for shown_too in (True, False):
        (made,) = AnnotationHighlights(state(ENGLISH, old), scheme, corrections=shown_too).highlights_in(START, END)
        assert made.struck is (struck and shown_too)
        assert bool(made.beside) is (struck and shown_too)


def test_a_mark_with_an_open_rule_shows_it_in_its_badge() -> None:
    scheme = shipped("news-errors")
    old = annotation(ENGLISH, (START, END), label="ROLE_ATTRIBUTE", attributes={"severity": "major"})
    badges = []
    for mark_now in (old, msgspec.structs.replace(old, correction="president", comment="seen", attributes=FINISHED)):
        (made,) = AnnotationHighlights(state(ENGLISH, mark_now), scheme, corrections=True).highlights_in(START, END)
        badges.append(made.badge.endswith(UNFINISHED))
    assert badges == [True, False]


def test_light_and_dark_are_painted_at_once(qtbot: QtBot) -> None:
    canvas = shown(qtbot, ENGLISH, [mark(START, END)])
    assert picture(canvas).pixelColor(3, 3).lightness() > 200
    canvas.set_look(theme.DARK, style(), theme.DARK.paper)
    assert picture(canvas).pixelColor(3, 3).lightness() < 80


@pytest.mark.parametrize("words", ["Paragraph 3 ", "Paragraph 0 "])
def test_only_the_block_of_a_new_mark_is_painted_again(qtbot: QtBot, words: str) -> None:
    canvas = shown(qtbot, LONG)
    start = LONG.index(words)
    spy = PaintSpy(canvas)
    spy.take()
    canvas.show_highlights(Highlights([mark(start, start + 9)]), [(start, start + 9)])
    painted = spy.take()
    assert painted
    number = canvas.text_layout.blocks.at(start)
    height = canvas.text_layout.heights[number]
    (rect,) = canvas.viewport_rects(start, start)
    for area in painted:
        assert area.height() <= height + 40
        assert area.top() <= rect.top() <= area.bottom()


def test_a_mark_out_of_sight_paints_nothing(qtbot: QtBot) -> None:
    canvas = shown(qtbot, LONG)
    start = LONG.index("Paragraph 300")
    spy = PaintSpy(canvas)
    spy.take()
    canvas.show_highlights(Highlights([mark(start, start + 9)]), [(start, start + 9)])
    assert spy.take() == []


def test_moving_the_caret_paints_its_lines_and_no_more(qtbot: QtBot) -> None:
    canvas = shown(qtbot, LONG)
    spy = PaintSpy(canvas)
    spy.take()
    canvas.move_caret("caret.right", extend=False)
    painted = spy.take()
    assert painted
    assert max(area.height() for area in painted) < 120


def test_choosing_a_mark_paints_its_block_and_no_more(qtbot: QtBot) -> None:
    start = LONG.index("Paragraph 3 ")
    canvas = shown(qtbot, LONG, [mark(start, start + 9, uid="it")])
    spy = PaintSpy(canvas)
    spy.take()
    canvas.choose("it")
    painted = spy.take()
    assert painted
    assert max(area.height() for area in painted) < 120
    canvas.choose("it")
    assert spy.take() == []


def test_blocks_shifted_between_two_changed_ones_are_repainted(qtbot: QtBot) -> None:
    text = "\n".join(f"Line number {number} with words." for number in range(12))
    first, last = text.index("Line number 2"), text.index("Line number 7")

    def marks(*, at_first: int, at_last: int) -> Highlights:
        low = [mark(first, first + 4, f"BADGE {number}") for number in range(at_first)]
        return Highlights([*low, *(mark(last, last + 4, f"BADGE {number}") for number in range(at_last))])

    canvas = shown(qtbot, text, marks(at_first=3, at_last=1).highlights, height=600)
    # One block loses as many rows of badges as the other one gets: the whole stays as high, the middle moves.
    canvas.show_highlights(marks(at_first=1, at_last=3), [(first, first + 4), (last, last + 4)])
    QApplication.processEvents()
    partly = canvas.viewport().grab().toImage()
    canvas.viewport().update()
    assert partly == picture(canvas)
    spy = PaintSpy(canvas)
    spy.take()
    canvas.show_highlights(marks(at_first=3, at_last=1), [(first, first + 4), (last, last + 4)])
    middle = canvas.viewport_rects(text.index("Line number 5"), text.index("Line number 5"))[0]
    assert any(area.top() <= middle.top() and middle.bottom() <= area.bottom() for area in spy.take())


def test_every_hostile_piece_is_painted_without_a_warning(qtbot: QtBot) -> None:
    text = "\n".join(f"before {piece} after" for piece in HOSTILE)
    at = [text.index(f"before {piece} after") for piece in HOSTILE]
    marks = [mark(start + 3, start + 9, "ALL", kind=STYLES[number % 5]) for number, start in enumerate(at)]
    canvas = shown(qtbot, text, marks)
    for start in at:
        canvas.set_view(canvas.view._replace(anchor=start + 2, caret=start + 8))
        canvas.grab()
    assert canvas.text == text


def test_scrolling_over_estimated_heights_never_nests_painting(qtbot: QtBot, qtlog) -> None:
    canvas = shown(qtbot, LONG * 3)
    bar = canvas.verticalScrollBar()
    for value in (0, 4_000, 9_000, 2_000, bar.maximum(), 0, bar.maximum() // 2):
        bar.setValue(value)
        canvas.viewport().repaint()
        QApplication.processEvents()
    assert [record.message for record in qtlog.records] == []


@given(hostile_texts)
def test_the_text_of_a_canvas_is_what_it_was_given(qapp, text: str) -> None:
    canvas = TextCanvas("canvas", theme.LIGHT, style())
    canvas.show_text(text, Highlights(), caret=len(text))
    assert canvas.text == text
    assert canvas.view.caret == len(text)
    canvas.deleteLater()


def test_the_caret_is_bright_only_where_the_keyboard_is(qtbot: QtBot) -> None:
    canvas = shown(qtbot, ENGLISH)
    before = picture(canvas)
    canvas.clearFocus()
    changed = difference(before, picture(canvas))
    assert around(canvas, 0, 0, 4).contains(QRectF(changed))
    assert not changed.isNull()


def test_a_mark_and_the_selection_over_it_are_both_seen(qtbot: QtBot) -> None:
    plain_canvas = shown(qtbot, ENGLISH)
    marked = shown(qtbot, ENGLISH, [mark(START, END, kind=Drawing.FILL)])
    for canvas in (plain_canvas, marked):
        canvas.set_view(canvas.view._replace(anchor=START - 3, caret=END))
        canvas.clearFocus()
    assert picture(plain_canvas) != picture(marked)


@pytest.mark.parametrize("size", [10, 14, 18, 30])
def test_a_bracket_never_strikes_the_words_out(qtbot: QtBot, size: int) -> None:
    canvas = shown(qtbot, "xxxxx " * 8)
    canvas.set_look(theme.LIGHT, style(size), theme.LIGHT.paper)
    before = picture(canvas)
    brackets = [mark(at, 47 - at, "", uid=str(at), kind=Drawing.BRACKET) for at in range(3)]
    canvas.show_highlights(Highlights(brackets))
    after = picture(canvas)
    (line,) = canvas.viewport_rects(8, 12)  # inside of all brackets, away from their ends
    middle = line.toRect()
    changed = difference(before.copy(middle), after.copy(middle))
    assert not changed.isNull()
    assert changed.bottom() < line.height() * 0.3


def test_a_bracket_is_closed_on_both_sides_and_both_ends(qtbot: QtBot) -> None:
    canvas = shown(qtbot, ENGLISH)
    before = picture(canvas)
    canvas.show_highlights(Highlights([mark(START, END, "", kind=Drawing.BRACKET)]))
    after = picture(canvas)
    (line,) = canvas.viewport_rects(START, END)
    for x in (line.left() - 3, line.right() + 1):
        side = QRect(int(x), int(line.top()), 3, int(line.height()))
        changed = difference(before.copy(side), after.copy(side))
        assert changed.height() > line.height() * 0.8
