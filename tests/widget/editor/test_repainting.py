"""What is painted again after a change: the lines that look different, and the picture is then that of a whole one."""

import random
from collections.abc import Sequence

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QImage, QPainter, QRegion
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.annotation import Fragment
from app.core.scheme import Drawing
from app.ui import theme
from app.ui.editor.block_layout import BlockLayout
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.highlights import EVIDENCE, LANE, SUGGESTION, Highlight
from app.ui.editor.style import Style
from tests.widget.editor.canvases import Highlights, mark, shown, style

WORDS = "They agreed that, for 30 days, neither side should attack the other’s power plants or its grid. " * 5
TEXT = f"{WORDS}\n\nسمر بلدة صغيرة و {WORDS[:90]}\n{WORDS}"
STYLES = (*Drawing, EVIDENCE, SUGGESTION, LANE)


class Screen(QObject):
    """The picture of a canvas as a screen has it: only what it is asked to paint again is painted anew."""

    def __init__(self, canvas: TextCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._asked = QRegion()
        canvas.viewport().installEventFilter(self)
        QApplication.processEvents()
        self.picture = whole(canvas)
        self._asked = QRegion()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self._asked = self._asked.united(event.region())
        return False

    def follow(self) -> QRegion:
        """Paint what is asked for; return it."""
        QApplication.processEvents()
        asked, self._asked = self._asked, QRegion()
        painter = QPainter(self.picture)
        if not asked.isEmpty():
            # Painted into a picture of its own, as whole rectangles: what lies outside must not be needed.
            fresh = QImage(self.picture.size(), self.picture.format())
            fresh.fill(0)
            onto = QPainter(fresh)
            self._canvas.viewport().render(onto, asked.boundingRect().topLeft(), asked)
            onto.end()
            painter.setClipRegion(asked)
            painter.drawImage(0, 0, fresh)
        painter.end()
        self._asked = QRegion()
        return asked

    def is_whole(self) -> bool:
        """Whether the picture is that of the whole canvas, painted anew."""
        fresh = whole(self._canvas)
        self._asked = QRegion()
        return self.picture == fresh


def whole(canvas: TextCanvas) -> QImage:
    return canvas.viewport().grab().toImage().convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def some_mark(rng: random.Random, uid: str) -> Highlight:
    places = sorted(rng.sample(range(len(TEXT) - 60), rng.choice((1, 1, 1, 2))))
    parts = tuple(Fragment(at, at + rng.choice((0, 1, 7, 30))) for at in places)
    kind = rng.choice(STYLES)
    beside = rng.choice(("", "", "", "→ better words")) if kind != LANE else ""
    badge, lane = rng.choice(("", "TERM", "A LONGER ONE")), rng.choice((0, 1)) if kind == LANE else 0
    return Highlight(uid, uid, parts, kind, "#0072B2", badge, beside=beside, struck=bool(beside), lane=lane)


def look(seed: int) -> Style:
    return style((18, 11, 24)[seed % 3], badges=seed % 2 == 0)._replace(lanes=2)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_painted_again_makes_the_whole_picture(qtbot: QtBot, seed: int) -> None:
    rng = random.Random(seed)
    canvas = shown(qtbot, TEXT, height=700)
    canvas.set_look(theme.LIGHT, look(seed), theme.LIGHT.paper)
    screen = Screen(canvas)
    marks: list[Highlight] = []
    for number in range(24):
        gone = [marks.pop(rng.randrange(len(marks)))] if marks and rng.random() < 0.3 else []
        come = [some_mark(rng, f"m{number}")] if not gone or rng.random() < 0.5 else []
        marks += come
        if marks and rng.random() < 0.4:  # another value at the same place
            at = rng.randrange(len(marks))
            come.append(marks[at]._replace(color=rng.choice(("#D55E00", "#009E73")), badge=rng.choice(("", "OTHER"))))
            marks[at] = come[-1]
        ranges = [(f.start, f.end) for one in (*gone, *come) for f in one.fragments]
        canvas.show_highlights(Highlights(marks), ranges)
        if marks and rng.random() < 0.5:
            canvas.choose(rng.choice(marks).owner)
        if rng.random() < 0.5:
            anchor = rng.randrange(len(TEXT))
            canvas.set_view(canvas.view._replace(caret=rng.randrange(len(TEXT)), anchor=anchor), scroll=False)
        screen.follow()
        assert screen.is_whole(), f"after change {number}"


def heights(asked: QRegion) -> int:
    return asked.boundingRect().height()


def test_a_new_mark_has_its_line_painted_and_no_other(qtbot: QtBot) -> None:
    canvas = shown(qtbot, TEXT, height=700)
    block = canvas.text_layout.block(0)
    assert len(block.lines) > 4
    screen = Screen(canvas)
    at = block.lines[2].start + 3
    canvas.show_highlights(Highlights([mark(at, at + 5)]), [(at, at + 5)])
    assert heights(screen.follow()) <= block.lines[2].height + 4
    canvas.choose(f"{at}-{at + 5}-TERM")
    assert heights(screen.follow()) <= block.lines[2].height + 4


def test_a_mark_that_needs_room_moves_what_is_below_only(qtbot: QtBot) -> None:
    canvas = shown(qtbot, TEXT, height=700)
    block = canvas.text_layout.block(0)
    at = block.lines[2].start + 3
    above = canvas.viewport_rects(at, at)[0].top()
    marks = [mark(at, at + 5, f"BADGE {number}") for number in range(3)]
    canvas.show_highlights(Highlights(marks[:1]), [(at, at + 5)])
    screen = Screen(canvas)
    canvas.show_highlights(Highlights(marks), [(at, at + 5)])
    asked = screen.follow().boundingRect()
    assert above - 3 <= asked.top() <= above
    assert asked.bottom() >= canvas.viewport().height() - 1


class Counted:
    """How often each kind of work on a block is done."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, names: Sequence[str]) -> None:
        self.times = dict.fromkeys(names, 0)
        for name in names:
            self._count(monkeypatch, name)

    def _count(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        work = getattr(BlockLayout, name)

        def counted(*arguments: object) -> object:
            self.times[name] += 1
            return work(*arguments)

        monkeypatch.setattr(BlockLayout, name, counted)


def test_only_what_is_new_is_worked_out(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    canvas = shown(qtbot, TEXT, height=700)
    marks = [mark(at, at + 5, uid=str(at)) for at in range(0, 300, 12)]
    canvas.show_highlights(Highlights(marks), [(0, 300)])
    QApplication.processEvents()
    counted = Counted(monkeypatch, ("_set", "_met", "_draw", "_rects"))
    canvas.show_highlights(Highlights([*marks, mark(7, 11, "", uid="new")]), [(7, 11)])
    QApplication.processEvents()
    # The text isn't set again, one mark is placed, one line is made up, and only its words are measured.
    assert counted.times == {"_set": 0, "_met": 1, "_draw": 1, "_rects": 1}
