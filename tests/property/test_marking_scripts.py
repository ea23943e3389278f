"""Whatever the script: what a person selects, what is stored, what is painted and what a click means are the same.

The real window marks ranges of hostile texts by keys and by mouse. What is painted may be more than what is marked in
one case only: two characters that are drawn as one (a ligature such as lam and alef, or a letter and what joins it)
share their room, so a mark on either covers both. Two characters share their room when their rectangles lie over each
other by more than a pixel. Characters without width (joiners, signs of direction, soft hyphens) have no room of their
own; a place beside one looks like the place on its other side, and both will do for a click.
"""

from collections.abc import Iterable
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSplitter
from pytestqt.qtbot import QtBot

from app.core.annotation import Annotation
from app.ui.editor.block_lines import TextLine
from app.ui.editor.view_state import ViewState
from tests.conftest import add_documents
from tests.driver import Driver
from tests.e2e import projects
from tests.property.strategies import WHOLE, hostile_pieces
from tests.widget.editor.canvases import clusters

_SHARED = 1.0  # pixels by which two neighbours may overlap and be two
_WIDE = 5.0  # a character that a pointer with whole pixels can hit at either end
LEFT = Qt.MouseButton.LeftButton
widths = st.sampled_from([170, 300, 620])
pairs = st.tuples(st.integers(0, 10_000), st.integers(0, 10_000))


class Cell(NamedTuple):
    """A character as a reader sees it: where it is in the text, and where on the screen."""

    start: int
    end: int
    rects: tuple[QRectF, ...]


class Desk:
    """The real window, with one text after the other in it."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.canvas = driver.workspace.text.canvas
        splitter = driver.workspace.findChild(QSplitter, "split-texts")
        assert splitter is not None
        self._splitter = splitter
        self._shown = 0
        while self.canvas.snapping != "character":
            driver.press("Alt+X")

    def show(self, text: str, width: int) -> None:
        """Open a text, in a column of about so many pixels."""
        self._shown += 1
        (uid,) = add_documents(self.driver.session, {f"text {self._shown}": text}, batch=0)
        self._splitter.setSizes([width, 900 - width])
        self.driver.workspace.open_document(uid)
        self.driver.focus_text()
        assert self.canvas.text == text

    def cells(self) -> list[Cell]:
        """Return the characters of the text with their rectangles in the viewport."""
        return [Cell(a, b, tuple(self.canvas.viewport_rects(a, b))) for a, b in clusters(self.canvas.text)]

    def select_by_keys(self, first: int, last: int, length: int) -> tuple[int, int]:
        """Walk so many characters from the nearer end, and extend over the others; `last` is not taken."""
        home, step = ("Ctrl+Home", first) if first <= length - first else ("Ctrl+End", length - first)
        self.driver.press(home, *["Right" if home == "Ctrl+Home" else "Left"] * step)
        self.driver.press(*["Shift+Right"] * (last - first))
        return self.canvas.view.selection

    def select_by_mouse(self, begin: QPointF, end: QPointF) -> tuple[int, int]:
        """Press at one place, drag to the other, let go."""
        viewport, one, two = self.canvas.viewport(), begin.toPoint(), end.toPoint()
        QTest.mousePress(viewport, LEFT, pos=one)
        QTest.mouseMove(viewport, (one + two) / 2)
        QTest.mouseMove(viewport, two)
        QTest.mouseRelease(viewport, LEFT, pos=two)
        self.driver.settle()
        return self.canvas.view.selection

    def mark(self) -> Annotation | None:
        """Press a label's key; the label is drawn as a filled ground."""
        before = {annotation.uid for annotation in self.driver.annotations()}
        self.driver.press("F2", "1")
        return next((a for a in self.driver.annotations() if a.uid not in before), None)

    def picture(self) -> QImage:
        """Return what is painted at the top, with the caret at the start and nothing chosen."""
        self.driver.workspace.controller.choose("", scroll=False)
        self.canvas.set_view(ViewState(), scroll=False)
        self.canvas.verticalScrollBar().setValue(0)
        return self.canvas.viewport().grab().toImage()


@pytest.fixture
def desk(qtbot: QtBot, tmp_path) -> Iterable[Desk]:
    driver = Driver(qtbot)
    driver.start(projects.make(tmp_path), annotator="Ana")
    yield Desk(driver)
    driver.quit()


def overlap(one: QRectF, two: QRectF) -> float:
    """Return by how many pixels two rectangles lie side over side, 0 on different lines."""
    both = one.intersected(two)
    return both.width() if both.height() > 1 else 0.0


def share(one: Cell, two: Cell) -> bool:
    return any(overlap(a, b) > _SHARED for a in one.rects for b in two.rects)


def is_seen(cell: Cell) -> bool:
    return any(rect.width() > _SHARED for rect in cell.rects)


def changed(one: QImage, two: QImage, rect: QRectF) -> float:
    """Return the share of a rectangle's pixels, without its outermost ones, that differ in two pictures."""
    left, right = round(rect.left()) + 1, round(rect.right()) - 1
    top, bottom = round(rect.top() + rect.height() * 0.3), round(rect.bottom() - rect.height() * 0.3)
    spots = [(x, y) for y in range(top, bottom) for x in range(left, right) if one.rect().contains(x, y)]
    return sum(one.pixel(x, y) != two.pixel(x, y) for x, y in spots) / len(spots) if spots else -1.0


def check_stored(text: str, pieces: list[str], mark: Annotation, span: tuple[int, int]) -> None:
    assert (mark.start, mark.end) == span
    assert mark.quote == text[mark.start : mark.end]
    assert {mark.start, mark.end} <= {0, *(end for _, end in clusters(text))}
    at = 0
    for piece in pieces:
        inside = range(at + 1, at + len(piece)) if piece in WHOLE else ()
        assert mark.start not in inside
        assert mark.end not in inside
        at += len(piece)


def check_painted(desk: Desk, mark: Annotation) -> None:
    """The rectangles, the pixels and the marks under the pointer name the same characters."""
    with_mark, cells = desk.picture(), desk.cells()
    marked = [cell for cell in cells if mark.start <= cell.start and cell.end <= mark.end]
    painted = desk.canvas.viewport_rects(mark.start, mark.end)
    layout = desk.canvas.text_layout
    # The first mark of a line moves nothing, but an empty line has no room for a badge.
    may_move = any(line.start == line.end for line in lines_with_badges(desk))
    desk.driver.press("Ctrl+Z")
    without = desk.picture()
    is_moved = desk.cells() != cells
    assert may_move or not is_moved, "the text moved"
    desk.driver.press("Ctrl+Y")
    desk.canvas.verticalScrollBar().setValue(0)
    for cell in cells:
        also = [other for other in marked if other == cell or share(cell, other)]
        for rect in (rect for rect in cell.rects if rect.width() > _WIDE):
            covered = sum(overlap(rect, other) for other in painted)
            under = {found.owner for found in layout.highlights_at(*_point(desk, rect.center()))}
            share_changed = -1.0 if is_moved else changed(with_mark, without, rect)
            if cell in marked:
                assert covered >= rect.width() - _SHARED, ("not covered", cell)
                assert mark.uid in under, ("not found", cell)
                assert share_changed < 0 or share_changed > 0.3, ("not painted", cell, share_changed)
            elif not also:
                assert covered <= _SHARED, ("covered", cell)
                assert mark.uid not in under, ("found", cell)
                # What has no width is shown as a thin line at its place, which is the edge of what stands there.
                assert share_changed <= 0 or not any(map(is_seen, marked)), ("painted", cell, share_changed)


def lines_with_badges(desk: Desk) -> list[TextLine]:
    layout = desk.canvas.text_layout
    blocks = [layout.block(number) for number in range(len(layout.blocks))]
    return [block.lines[0] for block in blocks if block.badges]


def _point(desk: Desk, place: QPointF) -> tuple[float, float]:
    point = desk.canvas.content_point(place)
    return point.x(), point.y()


def check_hits(desk: Desk, cells: list[Cell]) -> None:
    """The middle of a character's rectangle means that character: one of its edges."""
    for cell in cells:
        for rect in (rect for rect in cell.rects if rect.width() > _SHARED):
            at = desk.canvas.place_of(rect.center())
            same_place = {cell.start, cell.end}
            same_place |= {edge for other in cells if share(cell, other) for edge in (other.start, other.end)}
            assert at in _with_unseen(cells, same_place), (cell, at)


def _with_unseen(cells: list[Cell], places: set[int]) -> set[int]:
    """Add the places that look the same since only characters without width lie between."""
    found = set(places)
    for cell in (*cells, *reversed(cells)):
        if not is_seen(cell) and (cell.start in found or cell.end in found):
            found |= {cell.start, cell.end}
    return found


def ends_of(desk: Desk, cells: list[Cell], cell: Cell) -> tuple[QPointF, QPointF] | None:
    """Return where to point at the beginning and at the end of a character; None if it is too narrow, or not alone."""
    if len(cell.rects) != 1 or cell.rects[0].width() <= _WIDE or any(share(cell, o) for o in cells if o != cell):
        return None
    rect = cell.rects[0]
    viewport = QRectF(desk.canvas.viewport().rect())
    if not viewport.contains(rect):
        return None
    left, right = QPointF(rect.left() + 1, rect.center().y()), QPointF(rect.right() - 1, rect.center().y())
    starts = _with_unseen(cells, {cell.start})
    return (left, right) if desk.canvas.place_of(left, to_end=True) in starts else (right, left)


def check(desk: Desk, pieces: list[str], width: int, ranges: list[tuple[int, int]]) -> None:
    text = "".join(pieces)
    desk.show(text, width)
    cells = desk.cells()
    check_hits(desk, cells)
    for one, two in ranges:
        first = one % len(cells)
        last = first + 1 + two % (len(cells) - first)
        span = (cells[first].start, cells[last - 1].end)
        assert desk.select_by_keys(first, last, len(cells)) == span
        check_mark(desk, pieces, span)
        begin, end = ends_of(desk, cells, cells[first]), ends_of(desk, cells, cells[last - 1])
        event("by mouse too" if begin and end else "by keys alone")
        if begin and end:
            taken = desk.select_by_mouse(begin[0], end[1])
            assert taken[0] in _with_unseen(cells, {span[0]}), (taken, span)
            assert taken[1] in _with_unseen(cells, {span[1]}), (taken, span)
            check_mark(desk, pieces, taken)


def check_mark(desk: Desk, pieces: list[str], span: tuple[int, int]) -> None:
    text = "".join(pieces)
    mark = desk.mark()
    if not text[slice(*span)].strip():
        assert mark is None
        return
    assert mark is not None, desk.driver.message()
    check_stored(text, pieces, mark, span)
    check_painted(desk, mark)
    desk.driver.press("Ctrl+Z")
    assert desk.driver.annotations() == []


_ONE_WINDOW = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


_given = given(hostile_pieces, widths, st.lists(pairs, min_size=1, max_size=2))
FAMILY = WHOLE[0]


@settings(_ONE_WINDOW, max_examples=12)
@_given
@example(["الله"], 170, [(0, 3)])  # three of its letters are one glyph
@example([FAMILY] * 5, 170, [(0, 2)])  # a line is wrapped behind the last one
@example(["🇺🇦", "\u0628\u0650"], 170, [(0, 1)])  # one letter of the other direction, and nothing behind it
@example(["\r\n", FAMILY, FAMILY], 170, [(0, 1)])  # it begins in an empty line, where its badge needs room
def test_marks_cover_the_characters_they_are_put_on(
    desk: Desk, pieces: list[str], width: int, ranges: list[tuple[int, int]]
) -> None:
    check(desk, pieces, width, ranges)


@pytest.mark.slow
@pytest.mark.parametrize("_part", range(10))
@settings(_ONE_WINDOW, max_examples=200, derandomize=False)
@_given
def test_many_marks_cover_the_characters_they_are_put_on(
    desk: Desk, _part: int, pieces: list[str], width: int, ranges: list[tuple[int, int]]
) -> None:
    check(desk, pieces, width, ranges)
