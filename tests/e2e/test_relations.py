"""Relations by hand: made by keyboard and by mouse, listed, edited, gone along, undone, and there after a restart."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QListWidget, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from app.core.annotation import Relation, Status
from app.core.edits import AddRelation
from app.session.session import Session
from app.ui.editor.arc_paint import handle_of
from app.ui.widgets import announcements
from tests.conftest import add_documents
from tests.driver import Driver
from tests.made_once import made_once
from tests.widget.test_keys import press as press_of

SCHEME = """
name = "ties"
version = 1
title = "Ties"
[[layer]]
id = "entity"
key = "F2"
[[layer.label]]
id = "PERSON"
key = "p"
[[layer.label]]
id = "PLACE"
key = "l"
[[layer]]
id = "error"
key = "F4"
[[layer.label]]
id = "WORD"
key = "x"
[[relation]]
id = "lives_in"
key = "w"
color = "purple"
source = ["entity.PERSON"]
target = ["entity.PLACE"]
[[relation.attribute]]
id = "sure"
kind = "choice"
value = [{id = "yes"}, {id = "no"}]
[[relation.attribute]]
id = "since"
kind = "date"
[[relation]]
id = "born_in"
key = "b"
source = ["entity.PERSON"]
target = ["entity.PLACE"]
[[relation.attribute]]
id = "year"
kind = "number"
required = true
[[relation]]
id = "same"
key = "s"
chain = true
source = ["entity"]
target = ["entity"]
[[relation]]
id = "beside"
key = "n"
directed = false
source = ["entity.PLACE"]
target = ["entity.PLACE"]
"""
TEXT = "Ana met Bo in Bonn. Then Ana left for Rome, wich is far. Bo stayed.\n"


@made_once
def make(folder: Path, text: str = TEXT) -> Path:
    """Make a project with one text under a scheme with relations."""
    path = folder / "ties.stet"
    session = Session.create(path, scheme=SCHEME)
    add_documents(session, {"a.txt": text})
    session.close()
    return path


POPUP = pytest.mark.qt_log_ignore("This plugin does not support grabbing", extend=True)


class TieDriver(Driver):
    """The window over a text with relations."""

    def ties(self) -> list[tuple[str, str, str]]:
        """Return source, type and target of the relations, as they were made."""
        state = self.session.state
        assert state is not None
        found = sorted(state.relations.values(), key=lambda tie: tie.uid)
        return [(state.annotations[r.source].quote, r.label, state.annotations[r.target].quote) for r in found]

    def choose(self, quote: str) -> None:
        """Choose a mark by its words."""
        self.workspace.controller.choose(next(a.uid for a in self.annotations() if a.quote == quote))
        self.workspace.text.canvas.setFocus()
        self.settle()

    def people(self) -> None:
        """Mark who and where."""
        for quote, key in (("Ana", "P"), ("Bo", "P"), ("Bonn", "L"), ("Rome", "L")):
            self.mark(quote, "F2", key)
        self.mark("wich", "F4", "X")

    def rows(self) -> list[str]:
        """Return the rows of the list of relations."""
        self.workspace.chosen.show()
        rows = self.list()
        return [rows.item(at).text() for at in range(rows.count())] if not rows.isHidden() else []

    def list(self) -> QListWidget:
        """The list of relations."""
        return self.workspace.inspector.relations.list

    def mode(self) -> str:
        """What the status line says is being made."""
        assert self.window is not None
        return self.window.status.mode.text()


@pytest.fixture
def stet(qtbot: QtBot) -> Iterator[TieDriver]:
    driver = TieDriver(qtbot)
    yield driver
    driver.quit()


@pytest.fixture
def ties(stet: TieDriver, tmp_path: Path) -> TieDriver:
    """Ana sits before a text whose people and places are marked, with the first person chosen."""
    stet.start(make(tmp_path), annotator="Ana")
    stet.people()
    stet.choose("Ana")
    return stet


def test_a_relation_is_made_by_keys_alone(ties: TieDriver) -> None:
    ties.press("W")
    assert "Lives in" in ties.mode()
    assert "Tab" in ties.mode()
    ties.press("Tab")
    assert ties.chosen.quote == "Bonn"  # past Bo, who is no place
    ties.press("Tab")
    assert ties.chosen.quote == "Rome"
    ties.press("Tab", "Shift+Tab", "Return")
    assert ties.ties() == [("Ana", "lives_in", "Rome")]
    assert ties.chosen.quote == "Ana"
    assert ties.mode() == ""
    ties.press("Tab")
    assert ties.chosen.quote == "Bo"  # the keys are those of marks again


def test_escape_cancels_and_goes_back(ties: TieDriver) -> None:
    ties.press("W", "Tab", "Esc")
    assert ties.ties() == []
    assert ties.chosen.quote == "Ana"
    assert ties.mode() == ""


def test_the_target_can_be_found_and_chosen_from_a_list(ties: TieDriver) -> None:
    ties.press("W")
    ties.find("Rome")
    assert "“Ana” → “Rome”" in ties.mode()
    ties.press("Alt+Down", "Return")
    assert ties.ties() == [("Ana", "lives_in", "Rome")]


def test_a_type_starts_only_where_it_may(ties: TieDriver) -> None:
    ties.choose("Bonn")
    ties.press("W")
    assert ties.mode() == ""
    assert "can’t start at “place”" in ties.message().lower()
    ties.choose("wich")
    ties.press("S")
    assert "can’t start at" in ties.message()
    ties.press("Esc", "W")
    assert "No mark selected" in ties.message()


def test_enter_says_why_a_mark_is_no_target(ties: TieDriver) -> None:
    ties.press("W", "Return")
    assert "Tab" in ties.message()
    ties.find("Bo")
    assert ties.ties() == []
    ties.choose("wich")
    ties.press("Return")
    assert "can’t lead to “word”" in ties.message().lower()
    assert ties.mode()


def test_other_keys_wait_until_the_relation_is_made(ties: TieDriver) -> None:
    ties.press("W", "Tab", "P")
    assert ties.chosen.label == "PLACE"
    assert "Enter relates" in ties.message()
    ties.press("Backspace")
    assert len(ties.annotations()) == 5
    ties.press("B")
    assert "Born in" in ties.mode()
    ties.press("Return")
    assert ties.ties() == [("Ana", "born_in", "Bonn")]


def test_the_key_works_by_its_place_under_another_layout(ties: TieDriver) -> None:
    event: QKeyEvent = press_of("ц", "W")
    QApplication.sendEvent(ties.target(), event)
    assert "Lives in" in ties.mode()


def test_the_palette_starts_one_too(ties: TieDriver) -> None:
    ties.palette("Relation: Lives in")
    ties.press("Tab", "Return")
    assert ties.ties() == [("Ana", "lives_in", "Bonn")]


def test_undo_redo_and_a_restart_keep_relations(ties: TieDriver, tmp_path: Path) -> None:
    ties.press("W", "Tab", "Return", "S", "Tab", "Return")
    both = [("Ana", "lives_in", "Bonn"), ("Ana", "same", "Bo")]
    assert ties.ties() == both
    ties.press("Ctrl+Z")
    assert ties.ties() == both[:1]
    ties.quit()
    ties.start(tmp_path / "ties.stet", annotator="Ana")
    assert ties.ties() == both[:1]
    ties.press("Ctrl+Shift+Z")
    assert ties.ties() == both
    ties.press("Ctrl+Z", "Ctrl+Z")
    assert ties.ties() == []


def test_relations_go_and_come_back_with_their_marks(ties: TieDriver) -> None:
    ties.press("W", "Tab", "Return", "Backspace")
    assert ties.ties() == []
    ties.press("Ctrl+Z")
    assert ties.ties() == [("Ana", "lives_in", "Bonn")]


def test_a_mark_that_is_split_keeps_its_relations(ties: TieDriver) -> None:
    ties.press("W", "Tab", "Return")
    ties.put_caret("nn. Then")
    ties.choose("Bonn")
    ties.press("Alt+Shift+J")
    ties.settle()
    assert [(source, label) for source, label, _ in ties.ties()] == [("Ana", "lives_in")]


def test_a_target_that_is_undone_is_no_target_any_more(stet: TieDriver, tmp_path: Path) -> None:
    stet.start(make(tmp_path), annotator="Ana")
    for quote, key in (("Ana", "P"), ("Bonn", "L"), ("Rome", "L")):
        stet.mark(quote, "F2", key)
    stet.choose("Ana")
    stet.press("W", "Ctrl+Z", "Tab")
    assert stet.chosen.quote == "Bonn"
    stet.press("Ctrl+Z")
    assert stet.mode() == ""
    assert stet.marks() == [("Ana", "PERSON")]
    stet.press("Tab", "Esc")
    stet.press("Ctrl+Shift+Z", "Ctrl+Shift+Z")
    stet.choose("Ana")
    stet.press("W", "Tab", "Ctrl+Z", "Ctrl+Z", "Ctrl+Z")  # the source goes too
    assert (stet.mode(), stet.ties(), stet.marks()) == ("", [], [])


def test_what_reads_both_ways_is_offered_once(ties: TieDriver) -> None:
    ties.choose("Bonn")
    ties.press("N", "Tab", "Return")
    ties.choose("Rome")
    ties.press("N")
    assert ties.mode() == ""
    assert "no other mark here that “Beside” can lead to from “Rome”" in ties.message()


def test_a_mark_has_no_relation_to_itself(ties: TieDriver) -> None:
    drag(ties, handle(ties), middle(ties, "Ana"))
    assert ties.ties() == []
    assert "to another one" in ties.message()
    ties.press("W", "Return")
    assert "Choose the other mark first" in ties.message()


def test_another_document_ends_what_was_being_made(stet: TieDriver, tmp_path: Path) -> None:
    path = make(tmp_path)
    session = Session.open(path, annotator="lead")
    add_documents(session, {"b.txt": "Bo in Rome.\n"})
    session.close()
    stet.start(path, annotator="Ana")
    stet.people()
    stet.choose("Ana")
    stet.press("W", "Ctrl+PgDown")
    assert (stet.document, stet.mode()) == ("b.txt", "")
    stet.press("Tab", "Return")
    assert stet.ties() == []


@POPUP
def test_an_entity_of_a_list_is_found_for_a_relation(stet: TieDriver, tmp_path: Path) -> None:
    path = tmp_path / "ties.stet"
    lists = """
[[list]]
id = "laws"
entry = [{id = "Q1", title = "Decree of 1990"}, {id = "Q2", title = "Decree of 1991"}]
[[relation.attribute]]
id = "by"
kind = "entity"
list = "laws"
"""
    session = Session.create(
        path, scheme=SCHEME + lists[lists.index("[[relation") :] + lists[: lists.index("[[relation")]
    )
    add_documents(session, {"a.txt": TEXT})
    session.close()
    stet.start(path, annotator="Ana")
    stet.people()
    stet.choose("Bonn")
    stet.press("N", "Tab", "Return", "Alt+Shift+R")
    field = stet.field("field-relation-by")
    field.setFocus()
    stet.type("decree")
    names = field.completer().model()
    assert [names.index(at, 0).data() for at in range(names.rowCount())] == [
        "Decree of 1990   Q1",
        "Decree of 1991   Q2",
    ]
    field.clear()
    stet.type("Decree of 1991")
    stet.press("Return")
    (tie,) = stet.session.state.relations.values()
    assert tie.attributes == {"by": {"id": "Q2", "title": "Decree of 1991"}}


# -- the list beside the text ------------------------------------------------------------------------------------------


def test_the_list_names_both_directions(ties: TieDriver) -> None:
    ties.press("W", "Tab", "Return")
    assert ties.rows() == ["→ Lives in  “Bonn”  Place"]
    ties.choose("Bonn")
    assert ties.rows() == ["← Lives in  “Ana”  Person"]
    ties.choose("Rome")
    assert ties.rows() == []
    assert "n “Beside”" in ties.shown("relations-empty")
    ties.choose("wich")
    assert ties.workspace.inspector.relations.isHidden() or ties.rows() == []


@pytest.mark.qt_log_ignore("This plugin does not support grabbing", extend=True)
def test_keys_lead_along_a_relation_and_back(ties: TieDriver) -> None:
    ties.press("W", "Tab", "Return")
    ties.press("Alt+O")
    assert ties.chosen.quote == "Bonn"
    ties.press("Alt+O")
    assert ties.chosen.quote == "Ana"
    ties.press("W", "Tab", "Return")
    ties.press("Alt+O")
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert [entry.text() for entry in menu.actions()] == [
        "&1  → Lives in  “Bonn”  Place",
        "&2  → Lives in  “Rome”  Place",
    ]
    QTest.keyClick(menu, "2")
    assert ties.chosen.quote == "Rome"


def test_a_relation_is_edited_by_keyboard(ties: TieDriver) -> None:
    ties.press("W", "Tab", "Return", "Alt+Shift+R")
    assert ties.target() is ties.list()
    ties.press("Tab")
    kinds = ties.target()
    assert isinstance(kinds, QComboBox)
    assert [kinds.itemText(at) for at in range(kinds.count())] == ["Lives in", "Born in", "Same"]
    ties.press("Tab")
    ties.press("Down", "Tab")
    ties.type("2019-05")
    ties.press("Tab")
    ties.type("she said so")
    ties.press("Return")
    state = ties.session.state
    (tie,) = state.relations.values()
    assert (tie.attributes, tie.comment) == ({"sure": "yes", "since": "2019-05"}, "she said so")
    assert ties.target() is ties.workspace.text.canvas
    ties.press("Ctrl+Z", "Ctrl+Z", "Ctrl+Z")
    (tie,) = ties.session.state.relations.values()
    assert (tie.attributes, tie.comment) == ({}, "")


def test_what_is_no_value_is_refused_with_the_reason(ties: TieDriver) -> None:
    ties.press("W", "Tab", "Return", "Alt+Shift+R")
    line = ties.field("field-relation-since")
    line.setFocus()
    ties.type("soon")
    ties.press("Return")
    assert "date" in ties.message()
    (tie,) = ties.session.state.relations.values()
    assert tie.attributes == {}


def test_type_and_direction_are_changed(ties: TieDriver) -> None:
    ties.press("S", "Tab", "Return")
    ties.choose("Bonn")
    ties.press("N", "Tab", "Return", "Alt+Shift+R")
    ties.click("relation-reverse")
    assert ties.ties()[-1] == ("Rome", "beside", "Bonn")
    ties.press("Ctrl+Z")
    assert ties.ties()[-1] == ("Bonn", "beside", "Rome")
    ties.choose("Ana")
    ties.press("W", "Tab", "Return", "Alt+Shift+R", "Down", "Tab")
    ties.press("Down")
    assert ties.ties()[-1] == ("Ana", "born_in", "Bonn")


def test_delete_in_the_list_deletes_the_relation(ties: TieDriver) -> None:
    ties.press("W", "Tab", "Return", "Alt+Shift+R", "Del")
    assert ties.ties() == []
    assert "Deleted relation" in ties.message()
    assert ties.target() is ties.workspace.text.canvas
    ties.press("Ctrl+Z")
    assert ties.ties() == [("Ana", "lives_in", "Bonn")]
    ties.press("Alt+Shift+R", "Return")
    assert ties.chosen.quote == "Bonn"
    ties.workspace.chosen.show()
    ties.click("relation-jump")
    assert ties.chosen.quote == "Ana"
    ties.press("Alt+Shift+R", "Esc")
    assert ties.target() is ties.workspace.text.canvas


def test_a_chain_is_listed_whole(ties: TieDriver) -> None:
    ties.press("S", "Tab", "Return")
    ties.choose("Bo")
    ties.press("S")
    ties.find("Rome")
    ties.press("Return")
    ties.choose("Ana")
    assert ties.rows() == ["– Same  “Bo”  Person", "⋯ Same  “Rome”  Place"]
    ties.press("Alt+Shift+R", "Down", "Return")
    assert ties.chosen.quote == "Rome"


def test_a_chain_outlives_the_mark_in_its_middle(ties: TieDriver, tmp_path: Path) -> None:
    for source, target in (("Ana", "Bo"), ("Bo", "Bonn"), ("Bonn", "Rome")):
        ties.choose(source)
        ties.press("S")
        ties.find(target)
        ties.press("Return")
    whole = ties.ties()
    ties.choose("Bo")
    ties.press("Backspace")
    assert ties.ties() == [("Bonn", "same", "Rome"), ("Ana", "same", "Bonn")]
    ties.press("Ctrl+Z")
    assert ties.ties() == whole
    ties.press("Ctrl+Shift+Z")
    ties.quit()
    ties.start(tmp_path / "ties.stet", annotator="Ana")
    assert ties.ties() == [("Bonn", "same", "Rome"), ("Ana", "same", "Bonn")]
    ties.press("Ctrl+Z")
    assert ties.ties() == whole


# -- by mouse ----------------------------------------------------------------------------------------------------------

CTRL, PLAIN = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


def middle(ties: TieDriver, quote: str) -> QPoint:
    """Return the middle of a mark, in pixels of the text."""
    mark = next(a for a in ties.annotations() if a.quote == quote)
    return ties.workspace.text.canvas.viewport_rects(mark.start, mark.end)[0].center().toPoint()


def handle(ties: TieDriver) -> QPoint:
    """Return the middle of the handle at the chosen mark."""
    canvas = ties.workspace.text.canvas
    assert canvas.handle is not None
    at = handle_of(canvas.text_layout, *canvas.handle[:2])
    assert at is not None
    return (at - canvas.content_point(QPointF(0, 0))).toPoint()


def drag(
    ties: TieDriver, start: QPoint, end: QPoint, held: Qt.KeyboardModifier = PLAIN, *, lets_go: bool = True
) -> None:
    viewport, left = ties.workspace.text.canvas.viewport(), Qt.MouseButton.LeftButton
    QTest.mousePress(viewport, left, held, start)
    for stop in ((start + end) / 2, end):
        at = QPointF(stop)
        move = QMouseEvent(QEvent.Type.MouseMove, at, viewport.mapToGlobal(at), Qt.MouseButton.NoButton, left, held)
        QApplication.sendEvent(viewport, move)
    if lets_go:
        QTest.mouseRelease(viewport, left, held, end)
        ties.settle()


@POPUP
def test_a_relation_is_dragged_from_the_handle(ties: TieDriver, tmp_path: Path) -> None:
    drag(ties, handle(ties), middle(ties, "Bonn"))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert [entry.text() for entry in menu.actions()] == ["Lives in\tw", "Born in\tb", "Same\ts"]
    QTest.keyClick(menu, "b")
    assert ties.ties() == [("Ana", "born_in", "Bonn")]
    assert ties.target() is ties.workspace.text.canvas
    ties.press("Ctrl+Z")
    assert ties.ties() == []
    ties.press("Ctrl+Shift+Z")
    assert ties.ties() == [("Ana", "born_in", "Bonn")]
    ties.press("W")  # what is being made by keys is given up for what is dragged
    drag(ties, handle(ties), middle(ties, "Bo"))
    assert ties.ties()[-1] == ("Ana", "same", "Bo")
    assert ties.mode() == ""
    ties.quit()
    ties.start(tmp_path / "ties.stet", annotator="Ana")
    ties.press("Ctrl+Z", "Ctrl+Z")
    assert ties.ties() == []
    ties.press("Ctrl+Shift+Z", "Ctrl+Shift+Z")
    assert ties.ties() == [("Ana", "born_in", "Bonn"), ("Ana", "same", "Bo")]


def test_with_ctrl_any_mark_is_dragged_to_another(ties: TieDriver) -> None:
    drag(ties, middle(ties, "Ana"), middle(ties, "Bo"), CTRL)  # only one type fits
    assert ties.ties() == [("Ana", "same", "Bo")]
    drag(ties, middle(ties, "wich"), middle(ties, "Bo"), CTRL)
    assert ties.message().startswith("No type of relation leads there: ")
    drag(ties, middle(ties, "Bo"), middle(ties, "Ana"), CTRL)
    assert ties.message() == "These marks are related already: “Bo” → “Ana”."
    assert len(ties.ties()) == 1


def test_the_arc_is_drawn_while_it_is_dragged(ties: TieDriver) -> None:
    canvas = ties.workspace.text.canvas
    drag(ties, handle(ties), middle(ties, "Rome"), lets_go=False)
    assert canvas.live is not None
    assert canvas.view.hovered == next(a.uid for a in ties.annotations() if a.quote == "Rome")
    ties.press("Esc")
    assert canvas.live is None
    QTest.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton, PLAIN, middle(ties, "Rome"))
    assert ties.ties() == []


def test_dragging_without_ctrl_selects_text_as_ever(ties: TieDriver) -> None:
    drag(ties, middle(ties, "Bo"), middle(ties, "Bonn"))
    assert ties.selected == "Bo in Bonn"
    assert ties.ties() == []
    QTest.mouseClick(ties.workspace.text.canvas.viewport(), Qt.MouseButton.LeftButton, CTRL, middle(ties, "Bo"))
    assert ties.chosen.quote == "Bo"


def test_the_target_can_be_clicked(ties: TieDriver) -> None:
    ties.press("W")
    QTest.mouseClick(ties.workspace.text.canvas.viewport(), Qt.MouseButton.LeftButton, PLAIN, middle(ties, "Rome"))
    assert "“Ana” → “Rome”" in ties.mode()
    ties.press("Return")
    assert ties.ties() == [("Ana", "lives_in", "Rome")]


# -- drawn -------------------------------------------------------------------------------------------------------------


def test_only_the_relations_of_the_chosen_mark_are_drawn(ties: TieDriver) -> None:
    ties.press("W", "Tab", "Return")
    canvas = ties.workspace.text.canvas
    assert len(canvas.arcs_in_view()) == 1
    ties.choose("Rome")
    assert canvas.arcs_in_view() == []
    ties.press("Alt+R")
    assert len(canvas.arcs_in_view()) == 1
    ties.press("Alt+R", "Esc")
    assert canvas.arcs_in_view() == []


def test_of_many_far_ends_only_the_chosen_ones_are_named(stet: TieDriver, tmp_path: Path) -> None:
    names = [f"P{at}" for at in range(6)]
    stet.start(make(tmp_path, TEXT + "Nothing.\n" * 200 + " ".join(names) + "\n"), annotator="Ana")
    for quote, key in (("Ana", "P"), ("Bo", "P"), *((name, "L") for name in names)):
        stet.mark(quote, "F2", key)
    for at, name in enumerate(names):
        stet.choose("Ana" if at else "Bo")
        stet.press("W")
        stet.find(name)
        stet.press("Return")
    stet.press("Esc", "Esc", "Alt+R")
    stet.workspace.text.canvas.verticalScrollBar().setValue(0)
    far = stet.workspace.relations.far
    stet.wait(lambda: far.below.isVisible() and stet.shown("far-ends-below-more") == "↓ 6 related marks below")
    assert not far.below.findChild(QPushButton, "far-ends-below-0").isVisible()
    stet.choose("Bo")
    stet.workspace.text.canvas.verticalScrollBar().setValue(0)
    name = far.below.findChild(QPushButton, "far-ends-below-0")
    stet.wait(name.isVisible)
    assert name.text() == "↓ lives in → “P0” Place"
    assert not far.below.findChild(QLabel, "far-ends-below-more").isVisible()


def test_the_arcs_over_the_first_line_in_view_are_seen(stet: TieDriver, tmp_path: Path) -> None:
    names = [f"P{at:02}" for at in range(16)]
    stet.start(make(tmp_path, "Nothing.\n" * 60 + " ".join(names) + "\n" + "Nothing.\n" * 60), annotator="Ana")
    for name in names:
        stet.mark(name, "F2", "L")
    stet.press("Esc")
    for name in names[1:8]:
        stet.choose(names[0])
        stet.press("N")
        stet.find(name)
        stet.press("Return")
    canvas = stet.workspace.text.canvas
    for there in (0, canvas.verticalScrollBar().maximum()):
        stet.press("Esc")
        canvas.verticalScrollBar().setValue(there)
        stet.choose(names[0])
        stet.settle()
        (block,) = {canvas.text_layout.blocks.at(canvas.text.index(name)) for name in names[:2]}
        tops = [item.badge.top() for item in canvas.text_layout.block(block).pieces(canvas.shown_arcs)]
        assert len(tops) == 7
        assert canvas.content_point(QPointF(0, 0)).y() <= canvas.text_layout.top(block) + min(tops)


def test_whether_all_are_drawn_is_remembered(ties: TieDriver, tmp_path: Path) -> None:
    ties.press("W", "Tab", "Return", "Esc", "Alt+R")
    assert ties.message() == "All relations are shown."
    for _ in range(2):
        ties.quit()
        ties.start(tmp_path / "ties.stet", annotator="Ana")
        canvas = ties.workspace.text.canvas
        assert (canvas.shown_arcs.all, len(canvas.arcs_in_view())) == (True, 1)
    ties.focus_text()
    ties.press("Alt+R")
    ties.quit()
    ties.start(tmp_path / "ties.stet", annotator="Ana")
    assert not ties.workspace.text.canvas.shown_arcs.all


def test_what_runs_past_the_view_is_named_at_both_edges(stet: TieDriver, tmp_path: Path) -> None:
    stet.start(make(tmp_path, TEXT + "Nothing.\n" * 2000 + "Lima is here.\n"), annotator="Ana")
    stet.mark("Ana", "F2", "P")
    stet.mark("Lima", "F2", "L")
    stet.choose("Ana")
    stet.press("W", "Tab", "Return")
    canvas = stet.workspace.text.canvas
    bar = canvas.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    stet.settle()
    assert canvas.arcs_in_view() == []
    assert len(canvas.arcs_past_view()) == 1
    far = stet.workspace.relations.far
    stet.wait(lambda: far.below.isVisible() and far.above.isVisible())
    names = [edge.findChild(QPushButton, f"{edge.objectName()}-0").text() for edge in (far.above, far.below)]
    assert names == ["↑ lives in ← “Ana” Person", "↓ lives in → “Lima” Place"]
    QTest.mouseClick(far.above.findChild(QPushButton, "far-ends-above-0"), Qt.MouseButton.LeftButton)
    assert stet.chosen.quote == "Ana"
    stet.wait(lambda: not far.above.isVisible())


def test_ends_out_of_sight_are_named_and_a_click_goes_there(stet: TieDriver, tmp_path: Path) -> None:
    stet.start(make(tmp_path, TEXT + "Nothing.\n" * 200 + "Lima is here.\n"), annotator="Ana")
    stet.mark("Ana", "F2", "P")
    stet.mark("Lima", "F2", "L")
    stet.choose("Ana")
    stet.press("W", "Tab", "Return")
    far = stet.workspace.relations.far
    stet.wait(far.below.isVisible)
    name = far.below.findChild(QPushButton, "far-ends-below-0")
    assert name.text() == "↓ lives in → “Lima” Place"
    assert name.accessibleName() == "Go to “Lima”, Place, lives in"
    QTest.mouseClick(name, Qt.MouseButton.LeftButton)
    assert stet.chosen.quote == "Lima"
    stet.wait(far.above.isVisible)
    assert not far.below.isVisible()
    stet.press("Esc")
    stet.wait(lambda: not far.above.isVisible())


# -- rules and screen readers ------------------------------------------------------------------------------------------


def test_unmet_rules_of_relations_are_shown_and_block_done(ties: TieDriver) -> None:
    ties.press("B", "Tab", "Return")
    ties.workspace.chosen.show()
    assert "The relation “Born in” needs “Year”." in ties.shown("problem-message")
    assert "Alt+Shift+R" in ties.shown("problem-step")
    assert "1 rule to meet" in ties.shown("status-rules")
    ties.choose("wich")
    ties.press("F8")
    assert ties.chosen.quote == "Ana"
    assert "needs “Year”" in ties.message()
    ties.choose("wich")
    ties.press("Ctrl+Return")
    assert ties.session.state.status is Status.OPEN
    assert ties.chosen.quote == "Ana"
    ties.press("Alt+Shift+R", "Tab", "Tab")
    ties.type("1990")
    ties.press("Return")
    assert ties.shown("status-rules") == ""
    ties.press("F8")
    assert "All rules are met" in ties.message()
    ties.press("Ctrl+Return")
    assert ties.session.state.status is Status.DONE


def test_relations_are_said(ties: TieDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(announcements, "is_heard", lambda: True)
    monkeypatch.setattr(announcements, "announce", lambda _source, words: said.append(words))
    ties.press("W")
    assert "Lives in: “Ana” → …" in "\n".join(said)
    said.clear()  # what else is due is said whenever its time comes
    ties.press("Tab", "Return")
    ties.workspace.chosen.show()
    assert "relation: Lives in “Bonn”, Place" in "\n".join(said)
    said.clear()
    ties.choose("Bonn")
    ties.workspace.chosen.show()
    assert "relation: “Ana”, Person, Lives in this" in "\n".join(said)
    entry = ties.list().item(0)
    assert entry.data(Qt.ItemDataRole.AccessibleTextRole) == "“Ana”, Person, Lives in this"


def test_undo_goes_to_the_relation_that_it_takes_back(ties: TieDriver) -> None:
    ties.press("W", "Tab", "Return")
    ties.choose("wich")
    ties.press("Ctrl+Z")
    assert ties.chosen.quote == "Ana"
    ties.choose("Bonn")
    ties.press("Ctrl+Shift+Z")
    assert ties.chosen.quote == "Bonn"  # it is an end of it
    assert ties.rows() == ["← Lives in  “Ana”  Person"]


def test_marks_that_are_merged_keep_their_relations(stet: TieDriver, tmp_path: Path) -> None:
    stet.start(make(tmp_path, "Ana and Ana met in Bonn.\n"), annotator="Ana")
    one = stet.mark("Ana", "F2", "P")
    stet.find("and Ana")
    stet.press("F2", "P")
    stet.mark("Bonn", "F2", "L")
    stet.workspace.controller.choose(one.uid)
    stet.focus_text()
    stet.press("W", "Tab", "Return", "Alt+J")
    assert [source.startswith("Ana and") for source, _, _ in stet.ties()] == [True]
    stet.press("Ctrl+Z", "Ctrl+Z")
    assert stet.ties() == []


def test_a_click_on_the_badge_of_an_arc_goes_to_its_row(ties: TieDriver) -> None:
    ties.press("W", "Tab", "Return", "B", "Tab", "Return")
    canvas = ties.workspace.text.canvas
    block = canvas.text_layout.block(0)
    item = next(i for i in block.pieces(canvas.shown_arcs) if i.piece.arcs[0].badge == "born in")
    at = (item.badge.center() - canvas.content_point(QPointF(0, 0))).toPoint()
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, PLAIN, at)
    assert ties.chosen.quote == "Ana"
    current = ties.workspace.inspector.relations.current
    assert current is not None
    assert current.relation is not None
    assert current.relation.label == "born_in"


@POPUP
def test_the_menu_of_the_text_offers_the_types(ties: TieDriver) -> None:
    ties.menu("relation.lives_in")
    assert "Lives in" in ties.mode()
    ties.press("Tab", "Return")
    ties.menu("relations.go")
    assert ties.chosen.quote == "Bonn"


@pytest.mark.parametrize(
    ("text", "one", "other", "in_right_margin"),
    [
        ("التقت آنا ببو في بون. ثم سافرت إلى روما البعيدة.\n" * 3, "آنا", "روما", True),
        ("安娜在波恩遇见了博。后来她去了罗马，那里很远。\n" * 3, "安娜", "罗马", False),
    ],
)
def test_arcs_in_other_scripts(
    stet: TieDriver, tmp_path: Path, text: str, one: str, other: str, in_right_margin: bool
) -> None:
    stet.start(make(tmp_path, text), annotator="Ana")
    stet.mark(one, "F2", "P")
    last = text.rindex(other)
    stet.workspace.text.canvas.select(last, last + len(other))
    stet.focus_text()
    stet.press("F2", "L")
    canvas = stet.workspace.text.canvas
    stet.choose(one)
    bare = canvas.viewport().grab().toImage()
    stet.press("W", "Tab", "Return")
    assert stet.ties() == [(one, "lives_in", other)]
    assert canvas.text_layout.mirrored is in_right_margin
    drawn = canvas.viewport().grab().toImage()
    left = round(-canvas.content_point(QPointF(0, 0)).x())
    edge = left + round(canvas.text_layout.width)
    margin = range(edge, drawn.width()) if in_right_margin else range(left)
    changed = [x for x in margin for y in range(drawn.height()) if drawn.pixel(x, y) != bare.pixel(x, y)]
    assert changed


def test_the_card_of_a_mark_names_its_relations(ties: TieDriver) -> None:
    ties.press("W", "Tab", "Return", "Alt+I")
    assert "Relation → Lives in “Bonn” Place" in ties.shown("hover-card-body")


@POPUP
def test_keys_of_the_list_of_types_work_by_their_place(ties: TieDriver) -> None:
    drag(ties, handle(ties), middle(ties, "Bonn"))
    QApplication.sendEvent(QApplication.activePopupWidget(), press_of("и", "B"))
    assert ties.ties() == [("Ana", "born_in", "Bonn")]


def test_a_relation_the_scheme_lost_is_listed_and_can_change(ties: TieDriver) -> None:
    ends = [next(a.uid for a in ties.annotations() if a.quote == quote) for quote in ("Ana", "Bonn")]
    tie = Relation(uid="old", source=ends[0], target=ends[1], label="dwells")
    ties.session.apply(AddRelation(tie), title="As a file brought it")
    assert ties.rows() == ["→ dwells  “Bonn”  Place"]
    assert "no relation “dwells”" in ties.shown("problem-message")
    ties.press("Alt+Shift+R", "Tab")
    kinds = ties.target()
    assert isinstance(kinds, QComboBox)
    assert kinds.currentText() == "dwells   (not in the scheme)"
    ties.press("Down")
    assert ties.ties() == [("Ana", "lives_in", "Bonn")]
