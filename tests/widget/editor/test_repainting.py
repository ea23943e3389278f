"""What is painted again after a change: the lines that look different, and the picture is then that of a whole one."""

import random
from collections.abc import Sequence

import pytest
from PySide6.QtCore import QEvent, QObject, QPointF
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.annotation import Fragment
from app.core.scheme import Drawing
from app.ui import theme
from app.ui.editor.arc_paint import LiveArc
from app.ui.editor.arcs import Arc, ArcEnd, ShownArcs
from app.ui.editor.block_arcs import BlockArcs
from app.ui.editor.block_layout import BlockLayout
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.highlights import EVIDENCE, LANE, SUGGESTION, Highlight
from app.ui.editor.layout import TextLayout
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
        if isinstance(event, QPaintEvent):
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


class Ties:
    """Relations between marks, as a canvas asks for them; each arc is made anew whenever one asks."""

    def __init__(self) -> None:
        self.marks: dict[str, Highlight] = {}
        self.pairs: dict[str, tuple[str, str, str]] = {}  # source, target and colour

    def arcs_of(self, owner: str) -> list[Arc]:
        return [self._arc(uid) for uid, pair in self.pairs.items() if owner in pair[:2]]

    def arcs_past(self, start: int, end: int, shown: ShownArcs) -> list[Arc]:
        arcs = [self._arc(uid) for uid in self.pairs if shown.all or uid in shown.uids]
        return [arc for arc in arcs if arc.hull[0] < start and arc.hull[1] >= end]

    def _arc(self, uid: str) -> Arc:
        source, target, color = self.pairs[uid]
        first, last = (self.marks[owner].fragments[0] for owner in (source, target))
        begin, end = ArcEnd(source, first.start, first.end), ArcEnd(target, last.start, last.end)
        return Arc(uid, begin, end, "knows", color, head=True)

    def ranges(self, *uids: str) -> list[tuple[int, int]]:
        """Return where the arcs of relations end."""
        ends = (end for uid in uids for end in (self._arc(uid).source, self._arc(uid).target))
        return [(end.start, end.end) for end in ends]


class Work:
    """Somebody who marks, relates, moves and deletes, at random."""

    def __init__(self, canvas: TextCanvas, seed: int) -> None:
        self.rng = random.Random(seed)
        self.canvas = canvas
        self.ties = Ties()
        self._number = 0

    def step(self) -> None:
        """Change something, and have it drawn as the window does."""
        kind = self.rng.choice(("mark", "mark", "delete", "tie", "tie", "tie", "untie", "recolour", "move"))
        getattr(self, kind)()

    def show(self, ranges: list[tuple[int, int]]) -> None:
        self.canvas.show_highlights(Highlights(self.ties.marks.values()), ranges)

    def mark(self) -> None:
        self._number += 1
        found = some_mark(self.rng, f"m{self._number}")
        self.ties.marks[found.uid] = found
        self.show(places(found))

    def delete(self) -> None:
        if self.ties.marks:
            uid = self.rng.choice(list(self.ties.marks))
            gone = [tie for tie, pair in self.ties.pairs.items() if uid in pair[:2]]
            ranges = [*self.ties.ranges(*gone), *places(self.ties.marks.pop(uid))]
            for tie in gone:
                del self.ties.pairs[tie]
            self.show(ranges)

    def tie(self) -> None:
        if len(self.ties.marks) > 1:
            self._number += 1
            source, target = self.rng.sample(list(self.ties.marks), 2)
            self.ties.pairs[f"r{self._number}"] = (source, target, "#0072B2")
            self.show(self.ties.ranges(f"r{self._number}"))

    def untie(self) -> None:
        if self.ties.pairs:
            uid = self.rng.choice(list(self.ties.pairs))
            ranges = self.ties.ranges(uid)
            del self.ties.pairs[uid]
            self.show(ranges)

    def recolour(self) -> None:
        if self.ties.pairs:
            uid = self.rng.choice(list(self.ties.pairs))
            self.ties.pairs[uid] = (*self.ties.pairs[uid][:2], self.rng.choice(("#D55E00", "#009E73")))
            self.show(self.ties.ranges(uid))

    def move(self) -> None:
        """Begin a mark elsewhere: the arcs that end at it follow."""
        if self.ties.marks:
            was = self.rng.choice(list(self.ties.marks.values()))
            at = self.rng.randrange(len(TEXT) - 60)
            new = was._replace(fragments=(Fragment(at, at + self.rng.choice((0, 5, 20))),))
            about = [tie for tie, pair in self.ties.pairs.items() if was.uid in pair[:2]]
            self.ties.marks[was.uid] = new
            self.show([*places(was), *places(new), *self.ties.ranges(*about)])


def is_as_new(canvas: TextCanvas, shown_arcs: ShownArcs) -> bool:
    """Whether everything is where a layout that is made now has it."""
    old = canvas.text_layout
    new = TextLayout(old.text, width=old.width, style=old.style)
    new.source, new.arcs, new.all_arcs = old.source, old.arcs, old.all_arcs
    for number in range(len(old.blocks.starts)):
        one, other = old.block(number), new.block(number)
        if [line[1:] for line in one.lines] != [line[1:] for line in other.lines]:
            return False
        if one.badges != other.badges or one.pieces(shown_arcs) != other.pieces(shown_arcs):
            return False
    return True


def places(one: Highlight) -> list[tuple[int, int]]:
    return [(f.start, f.end) for f in one.fragments]


@pytest.mark.parametrize("all_arcs", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_arcs_are_painted_again_where_they_change(qtbot: QtBot, seed: int, all_arcs: bool) -> None:
    canvas = shown(qtbot, TEXT, height=(700, 230)[seed % 2])
    canvas.set_look(theme.LIGHT, look(seed), theme.LIGHT.paper)
    work = Work(canvas, seed)
    canvas.arc_source = work.ties
    canvas.show_arcs(ShownArcs(all=all_arcs))
    canvas.show_text(TEXT if seed < 4 else TEXT[::-1].strip() + "\n" + TEXT, Highlights())
    for number in range(len(canvas.text_layout.blocks.starts)):
        canvas.text_layout.block(number)  # no height is an estimate: what is looked at below moves nothing
    canvas.verticalScrollBar().setValue(seed * 15)
    for _ in range(4):
        work.mark()
    screen = Screen(canvas)
    for number in range(24):
        if work.ties.pairs and work.rng.random() < 0.3:
            some = work.rng.sample(list(work.ties.pairs), work.rng.randrange(1 + len(work.ties.pairs)))
            canvas.show_arcs(ShownArcs(all=all_arcs, uids=frozenset(some)))
        if work.ties.marks and work.rng.random() < 0.3:
            one = work.rng.choice(list(work.ties.marks.values()))
            canvas.choose(one.owner)
            canvas.show_live(None, (one.fragments[0].start, one.fragments[0].end, "#0072B2"))
        if len(work.ties.marks) > 1 and work.rng.random() < 0.4:
            one, other = (mark.fragments[0] for mark in work.rng.sample(list(work.ties.marks.values()), 2))
            there = work.rng.choice([{"target": (other.start, other.end)}, {"point": QPointF(200, 90)}, {}])
            head = work.rng.random() < 0.5
            canvas.show_live(LiveArc((one.start, one.end), "#0072B2", head, **there), canvas.handle)
        elif work.rng.random() < 0.4:
            canvas.show_live(None, canvas.handle)
        screen.follow()
        assert screen.is_whole(), f"before change {number}"
        work.step()
        screen.follow()
        assert screen.is_whole(), f"after change {number}"
        assert is_as_new(canvas, canvas.shown_arcs), f"after change {number}"


def test_choosing_a_mark_paints_the_lines_of_its_arcs(qtbot: QtBot) -> None:
    paragraph = "a small town and the other one\n"
    canvas = shown(qtbot, "", height=700)
    places_of = [number * len(paragraph) for number in range(14)]
    marks = [mark(at, at + 7, "", uid=str(number)) for number, at in enumerate(places_of)]
    marks += [mark(at + 17, at + 20, "", uid=f"{number}b") for number, at in enumerate(places_of)]
    ties = tied(canvas, paragraph * 14, marks, "2", "2b")
    ties.pairs |= {"r1": ("9", "9b", "#0072B2"), "r2": ("4", "11", "#0072B2")}
    canvas.show_arcs(ShownArcs())
    canvas.show_highlights(Highlights(marks))
    screen = Screen(canvas)
    words = [canvas.viewport_rects(at, at + 7)[0].center().toPoint() for at in places_of]
    canvas.show_arcs(ShownArcs(uids=frozenset({"r0"})))
    for uid in ("r1", "r2", "r0"):
        screen.follow()
        assert screen.is_whole()
        canvas.show_arcs(ShownArcs(uids=frozenset({uid})))
        asked = screen.follow()
        assert screen.is_whole()
        assert not any(asked.contains(place) for place in words)  # over the words, and in the margin


def test_an_arc_that_runs_past_the_view_is_drawn(qtbot: QtBot) -> None:
    paragraph = "a small town and the other one\n"
    canvas = shown(qtbot, "", height=200)
    marks = [mark(at * len(paragraph), at * len(paragraph) + 7, "", uid=str(at)) for at in range(30)]
    ties = tied(canvas, paragraph * 30, marks, "0", "29")
    ties.pairs["r1"] = ("1", "2", "#0072B2")
    bar = canvas.verticalScrollBar()
    for number in range(len(canvas.text_layout.blocks.starts)):
        canvas.text_layout.block(number)
    canvas.update_scroll_bar()
    bar.setValue(bar.maximum() // 2)
    assert canvas.arcs_in_view() == []
    assert [arc.uid for arc in canvas.arcs_past_view()] == ["r0"]
    canvas.show_arcs(ShownArcs(uids=frozenset({"r0"})))
    screen = Screen(canvas)
    drawn = screen.picture.copy()
    canvas.show_arcs(ShownArcs(uids=frozenset({"r1"})))
    assert screen.follow().boundingRect().width() < 26  # the margin
    assert screen.is_whole()
    assert screen.picture != drawn
    canvas.show_arcs(ShownArcs(all=True))
    screen.follow()
    assert screen.is_whole()
    ranges = ties.ranges("r0")
    ties.pairs["r0"] = ("0", "2", "#0072B2")  # far away, where nothing is laid out any more
    canvas.show_highlights(Highlights(marks), [*ranges, *ties.ranges("r0")])
    screen.follow()
    assert screen.is_whole()
    assert canvas.arcs_past_view() == []


def tied(canvas: TextCanvas, text: str, marks: Sequence[Highlight], source: str, target: str) -> Ties:
    """Show a text with marks, and all relations: there is one."""
    ties = canvas.arc_source = Ties()
    ties.marks = {one.uid: one for one in marks}
    ties.pairs = {"r0": (source, target, "#0072B2")}
    canvas.show_arcs(ShownArcs(all=True))
    canvas.show_text(text, Highlights(marks))
    return ties


@pytest.mark.parametrize("words", ["سمر بلدة صغيرة و ", "a small town and "], ids=["right", "left"])
def test_what_runs_along_a_margin_is_painted_again(qtbot: QtBot, words: str) -> None:
    paragraph = words * 8 + "\n"
    canvas = shown(qtbot, "", height=600)
    marks = [mark(at * len(paragraph) + 3, at * len(paragraph) + 8, uid=str(at)) for at in range(4)]
    ties = tied(canvas, paragraph * 5, marks, "0", "2")
    screen = Screen(canvas)
    for pair in (("0", "2", "#D55E00"), ("2", "0", "#009E73"), ("2", "3", "#009E73")):
        ranges = ties.ranges("r0")
        ties.pairs["r0"] = pair
        canvas.show_highlights(Highlights(marks), [*ranges, *ties.ranges("r0")])
        asked = screen.follow()
        assert screen.is_whole()
        between = canvas.viewport_rects(len(paragraph) + 3, len(paragraph) + 8)[0].center().toPoint()
        # Its words have nothing to do with it, unless lines above need more room or less.
        assert asked.contains(between) is ("0" not in pair)


def test_an_arc_comes_and_goes_with_the_paragraph_it_ends_in(qtbot: QtBot) -> None:
    paragraph = "a small town and the other one\n"
    canvas = shown(qtbot, "", height=200)
    places_of = [number * len(paragraph) for number in range(12)]
    marks = [mark(at, at + 7, uid=str(number)) for number, at in enumerate(places_of)]
    tied(canvas, paragraph * 12, marks, "0", "6")
    above = canvas.text_layout.top(6) + 10 - canvas.viewport().height()
    canvas.verticalScrollBar().setValue(int(above) + 14)
    QApplication.processEvents()
    assert canvas.visible_range()[0] > places_of[1]
    assert [arc.uid for arc in canvas.arcs_in_view()] == ["r0"]
    screen = Screen(canvas)
    more = [mark(places_of[4] + 2, places_of[4] + 9, f"BADGE {number}") for number in range(5)]
    for now, in_view in ((marks + more, []), (marks, ["r0"])):
        canvas.show_highlights(Highlights(now), [(places_of[4], places_of[4] + 9)])
        screen.follow()
        assert [arc.uid for arc in canvas.arcs_in_view()] == in_view
        assert screen.is_whole()


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

    def __init__(self, monkeypatch: pytest.MonkeyPatch, names: Sequence[str], of: type = BlockLayout) -> None:
        self.times = dict.fromkeys(names, 0)
        for name in names:
            self._count(monkeypatch, name, of)

    def _count(self, monkeypatch: pytest.MonkeyPatch, name: str, of: type) -> None:
        work = getattr(of, name)

        def counted(*arguments: object) -> object:
            self.times[name] += 1
            return work(*arguments)

        monkeypatch.setattr(of, name, counted)


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


def test_arcs_that_stay_are_not_worked_out_again(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    canvas = shown(qtbot, TEXT, height=700)
    ties = canvas.arc_source = Ties()
    canvas.show_arcs(ShownArcs(all=True))
    canvas.show_text(TEXT, Highlights())
    marks = [mark(at, at + 5, uid=str(at)) for at in range(0, 300, 50)]
    ties.marks = {one.uid: one for one in marks}
    ties.pairs = {f"r{at}": (str(at), str(at + 50), "#0072B2") for at in range(0, 250, 50)}
    canvas.show_highlights(Highlights(marks), [(0, 300)])
    screen = Screen(canvas)
    counted = Counted(monkeypatch, ("_met", "over"), BlockArcs)
    canvas.show_highlights(Highlights([*marks, mark(7, 11, "", uid="new")]), [(7, 11)])
    line = canvas.text_layout.block(0).lines[0]
    assert heights(screen.follow()) <= line.bottom - line.above + 4
    assert screen.is_whole()
    assert counted.times == {"_met": 0, "over": 0}
