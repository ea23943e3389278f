"""Marking with each hand: keys, palette, menu, buttons; what can't be done is said in words."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFrame, QMenu

from app.core.annotation import Stance
from tests.driver import Driver
from tests.e2e import projects
from tests.e2e.commands import BY_PALETTE

POPUP = pytest.mark.qt_log_ignore("This plugin does not support grabbing", extend=True)
ROUTES = pytest.mark.parametrize("route", ["key", BY_PALETTE, "menu"])
KEYS = pytest.mark.parametrize("route", ["key", BY_PALETTE])


def only(stet: Driver) -> object:
    (mark,) = stet.annotations()
    return mark


# -- labels ------------------------------------------------------------------------------------------------------------


@POPUP
@pytest.mark.parametrize("route", ["key", BY_PALETTE, "menu", "button"])
def test_selected_words_get_a_label(desk: Driver, route: str) -> None:
    desk.press("F4")
    desk.find("slave trade")
    if route == "button":
        desk.click("label.error.TORTURED_TERM")
    else:
        desk.run("label.error.TORTURED_TERM", route)
    assert desk.marks() == [("slave trade", "TORTURED_TERM")]
    assert desk.chosen == only(desk)
    assert not desk.selected


def test_a_palette_label_from_another_layer_changes_the_layer(desk: Driver) -> None:
    desk.find("Donald Trump")
    desk.palette("Entity: Person")
    assert [(m.layer, m.label) for m in desk.annotations()] == [("entity", "PERSON")]
    desk.press("Esc")
    desk.find("Kyiv")
    desk.press("3")
    assert desk.marks()[-1] == ("Kyiv", "GPE")


@pytest.mark.parametrize("route", ["key", "button"])
def test_layers_have_labels_of_their_own_for_the_same_key(desk: Driver, route: str) -> None:
    for layer, key in (("claim", "F3"), ("entity", "F2"), ("error", "F4")):
        desk.put_caret("Vladimir")
        desk.press("Esc")
        desk.press(key) if route == "key" else desk.click(f"layer.{layer}")
        desk.find("Vladimir Puttin")
        desk.press("C")
    layers = {m.layer for m in desk.annotations()}
    assert layers == {"claim", "entity", "error"}


def test_without_a_selection_the_word_at_the_caret_is_marked(desk: Driver) -> None:
    desk.put_caret("nator")
    desk.press("Right", "F4", "R")
    assert desk.marks() == [("senator", "ROLE_ATTRIBUTE")]


def test_a_mark_that_holds_the_caret_is_relabelled_by_a_key(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    desk.press("N")
    assert desk.marks() == [("senator", "NAME_FORM")]
    desk.press("Ctrl+Z")
    assert desk.marks() == [("senator", "ROLE_ATTRIBUTE")]


def test_the_same_mark_twice_is_refused_in_words(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    desk.press("Ctrl+Home")
    desk.find("senator")
    desk.press("R")
    assert len(desk.marks()) == 1
    assert "is already marked ROLE_ATTRIBUTE" in desk.message()


def test_nothing_to_mark_is_said(desk: Driver) -> None:
    desk.press("F4", "Ctrl+End", "R")
    assert desk.marks() == []
    assert desk.message().startswith("Nothing to mark here")


def test_an_omission_is_marked_at_the_caret_between_two_words(desk: Driver) -> None:
    desk.put_caret("spoke")
    place = desk.caret
    desk.press("F4", "O")
    (mark,) = desk.annotations()
    assert mark.is_anchor
    assert (mark.label, mark.start, mark.end, mark.quote) == ("OMISSION", place, place, "")
    desk.press("Ctrl+Z")
    assert desk.marks() == []


SCRIPTS = ("a 👩‍👩‍👧‍👦 b", "ok שלום עולם ok", "é ẹ́ x", "漢字 仮名", "before\r\nbehind", "😀ไทย")


def test_words_in_every_script_are_marked_exactly_as_in_the_file(stet: Driver, tmp_path: Path) -> None:
    project = projects.make(tmp_path, {f"{number}.txt": text for number, text in enumerate(SCRIPTS)})
    stet.start(project, annotator="Ana")
    stet.press("F4", "Alt+X")
    for text in SCRIPTS:
        assert stet.session.state.document.text == text
        stet.press("Ctrl+A", "R")
        (mark,) = stet.annotations()
        assert mark.quote == text
        stet.press("Ctrl+Z", "Ctrl+Home")
        seen = []
        while stet.caret < len(text):
            stet.press("Shift+Right", "R")
            if stet.marks():
                seen.append(stet.annotations()[0].quote)
                stet.press("Ctrl+Z")
            else:
                stet.press("Right")  # white space can't be marked
        assert "".join(seen) == "".join(text.split())
        stet.press("Ctrl+PgDown")


# -- fields ------------------------------------------------------------------------------------------------------------


@KEYS
def test_severity_by_key_and_by_palette(desk: Driver, route: str) -> None:
    desk.mark("senator", "F4", "R")
    for step in ("minor", "critical", "neutral"):
        desk.run(f"severity.{step}", route)
        assert [m.attributes["severity"] for m in desk.annotations()] == [step]


def test_severity_by_button(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    desk.wait(lambda: desk.workspace.inspector.form is not None)
    desk.click("severity-major")
    assert [m.attributes["severity"] for m in desk.annotations()] == ["major"]
    desk.click("severity-major")
    assert [m.attributes.get("severity") for m in desk.annotations()] == [None]


def test_a_layer_without_severity_says_so(desk: Driver) -> None:
    desk.mark("Kyiv", "F2", "3")
    desk.press("Alt+2")
    assert "have no severity" in desk.message()
    desk.press("Return")
    assert "have no correction" in desk.message()


@KEYS
def test_unsure_and_sure_again(desk: Driver, route: str) -> None:
    desk.mark("senator", "F4", "R")
    desk.run("annotation.unsure", route)
    assert [m.attributes["confidence"] for m in desk.annotations()] == ["unsure"]
    desk.run("annotation.unsure", route)
    assert [m.attributes["confidence"] for m in desk.annotations()] == ["sure"]


def test_a_comment_by_its_key(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    desk.press("Alt+C")
    desk.type("he was president, “Präsident”")
    desk.press("Return")
    assert [m.comment for m in desk.annotations()] == ["he was president, “Präsident”"]
    assert desk.target() is desk.workspace.text.canvas


def test_the_marked_text_is_to_go(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    desk.wait(lambda: desk.workspace.inspector.form is not None)
    desk.click("field-correction-delete")
    assert [m.correction for m in desk.annotations()] == [""]


@KEYS
def test_the_last_label_again(desk: Driver, route: str) -> None:
    desk.mark("senator", "F4", "R")
    desk.press("Esc")
    desk.find("Puttin")
    desk.run("annotation.repeat", route)
    assert desk.marks() == [("senator", "ROLE_ATTRIBUTE"), ("Puttin", "ROLE_ATTRIBUTE")]


def test_no_last_label_yet(desk: Driver) -> None:
    desk.press(".")
    assert "No label has been used yet" in desk.message()


@KEYS
def test_a_mark_moves_to_the_selection_with_all_it_has(desk: Driver, route: str) -> None:
    before = desk.mark("senator", "F4", "R")
    desk.press("Alt+3")
    desk.find("the US senator")
    desk.run("annotation.move", route)
    (after,) = desk.annotations()
    assert (after.uid, after.quote, after.attributes["severity"]) == (before.uid, "the US senator", "critical")
    desk.press("Esc", "Alt+M")
    assert "Select the text the mark should cover" in desk.message()


@pytest.mark.parametrize("keys", [("Alt+3",), ("R",), ("Alt+S", "Alt+M")])
def test_what_says_nothing_new_is_no_step_to_undo(desk: Driver, keys: tuple[str, ...]) -> None:
    desk.mark("senator", "F4", "R")
    for key in ("Alt+3", *keys):
        desk.press(key)
    before = len(desk.annotations()), desk.session.undo_title()
    sequence = desk.session.log.next_sequence()
    desk.press(keys[-1])
    assert (len(desk.annotations()), desk.session.undo_title()) == before
    assert desk.session.log.next_sequence() == sequence


@POPUP
@ROUTES
def test_a_mark_is_deleted_and_brought_back(desk: Driver, route: str) -> None:
    desk.mark("senator", "F4", "R")
    desk.press("Alt+3")
    desk.correct("president")
    before = desk.annotations()
    desk.run("annotation.delete", route)
    assert desk.marks() == []
    assert desk.chosen is None
    assert desk.message() == "Deleted mark on “senator”. Ctrl+Z restores it."
    desk.press("Ctrl+Z")
    assert desk.annotations() == before


def at(stet: Driver, words: str) -> QPoint:
    """Return the middle of some words in the text, scrolled into view."""
    canvas = stet.workspace.text.canvas
    start = canvas.text.index(words)
    canvas.scroll_to(start)
    return canvas.viewport_rects(start, start + len(words))[0].center().toPoint()


@POPUP
def test_the_menu_deletes_the_mark_that_it_was_opened_on(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    desk.mark("Puttin", "F4", "N")
    desk.mark("slave trade", "F4", "D")
    viewport = desk.workspace.text.canvas.viewport()
    place = at(desk, "Puttin")
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, viewport.mapToGlobal(place))
    QApplication.sendEvent(viewport, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    menu.close()
    next(entry for entry in menu.actions() if entry.objectName() == "annotation.delete").trigger()
    assert [quote for quote, _ in desk.marks()] == ["senator", "slave trade"]


def test_repeated_clicks_choose_the_inner_mark_then_the_outer(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    desk.mark("the US senator, spoke", "F4", "N")
    viewport = desk.workspace.text.canvas.viewport()
    seen = []
    for words in ("spoke", "senator", "senator", "senator"):
        QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=at(desk, words), delay=600)
        assert desk.chosen is not None
        seen.append(desk.chosen.quote)
    assert seen == ["the US senator, spoke", "senator", "the US senator, spoke", "senator"]


def test_without_a_mark_the_keys_of_marks_say_what_to_do(desk: Driver) -> None:
    for key in ("Backspace", "Return", "U", "K", "Alt+1", "Alt+C", "Alt+M", "Alt+K"):
        desk.press(key)
        assert "No mark selected" in desk.message(), key
        desk.press("Esc")
        assert desk.message() == ""


def test_tab_steps_through_marks_in_reading_order_round_the_end(desk: Driver) -> None:
    desk.press("Tab")
    assert "No marks yet" in desk.message()
    for quote in ("slave trade", "senator", "Puttin"):
        desk.mark(quote, "F4", "R")
    desk.press("Esc", "Esc", "Ctrl+Home")
    seen = []
    for key in ("Tab", "Tab", "Tab", "Tab", "Shift+Tab"):
        desk.press(key)
        assert desk.chosen is not None
        seen.append(desk.chosen.quote)
    assert seen == ["senator", "Puttin", "slave trade", "senator", "slave trade"]


def test_the_list_of_marks_chooses_too(desk: Driver) -> None:
    for quote in ("slave trade", "senator"):
        desk.mark(quote, "F4", "R")
    while desk.target() is not desk.workspace.annotations.list:
        desk.press("F6")
    desk.press("Home", "Return")
    assert desk.chosen is not None
    assert desk.chosen.quote == "senator"
    assert desk.target() is desk.workspace.text.canvas


# -- evidence ----------------------------------------------------------------------------------------------------------


@POPUP
@ROUTES
def test_evidence_is_linked_from_the_reference(desk: Driver, route: str) -> None:
    desk.mark("senator", "F4", "R")
    desk.press("Ctrl+Shift+F")
    desk.fill("reference-pane-find-line", "U.S. President")
    desk.press("Return")
    assert desk.target() is desk.workspace.reference.canvas
    desk.run("evidence.link", route)
    (mark,) = desk.annotations()
    assert [(e.quote, e.stance) for e in mark.evidence] == [("U.S. President", Stance.REFUTES)]
    assert mark.attributes["evidence_status"] == "LINKED"
    assert desk.target() is desk.workspace.text.canvas


def test_without_a_selection_evidence_explains_itself(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    desk.press("K")
    assert "no text is selected in the reference" in desk.message().lower()
    assert desk.annotations()[0].evidence == ()
    desk.press("Alt+K")
    assert "no evidence yet" in desk.message()


def test_the_same_evidence_twice_is_refused_in_words(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    desk.find_evidence("U.S. President")
    desk.find_evidence("U.S. President")
    assert "is already linked" in desk.message()
    assert len(desk.annotations()[0].evidence) == 1


def test_a_contradiction_is_proved_by_the_same_text(desk: Driver) -> None:
    desk.press("Ctrl+PgDown")
    desk.mark("412 members", "F4", "X")
    desk.find("214 members")
    desk.press("K")
    (mark,) = desk.annotations()
    assert mark.label == "SELF_CONTRADICTION"
    assert [(e.quote, e.document) for e in mark.evidence] == [("214 members", desk.session.state.document.uid)]
    assert desk.selected == ""
    assert desk.chosen == mark
    assert desk.message().startswith("Linked to “412 members”")
    desk.press("Alt+K")
    assert desk.selected == "214 members"


def test_going_to_a_hit_lets_go_of_a_mark_elsewhere(desk: Driver, subtests: pytest.Subtests) -> None:
    for key in ("Delete", "Alt+3", "Return", "U"):
        with subtests.test(key=key):
            desk.mark("senator", "F4", "R")
            before = desk.annotations()
            desk.find("Kyiv")
            assert desk.chosen is None
            desk.press(key)
            assert desk.annotations() == before
            assert "No mark selected" in desk.message()
            desk.press("Left", "K")
            assert "No mark selected" in desk.message()
        desk.press("Ctrl+Z")
        assert desk.annotations() == [], "the next one begins as the first"


def test_finding_in_the_reference_keeps_the_mark(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    desk.press("F6")
    desk.find("U.S. President")
    assert desk.chosen is not None
    desk.press("K")
    assert [e.quote for e in desk.annotations()[0].evidence] == ["U.S. President"]


def test_evidence_in_the_same_text_is_drawn_and_opens_its_mark(desk: Driver) -> None:
    desk.press("Ctrl+PgDown")
    mark = desk.mark("412 members", "F4", "X")
    canvas = desk.workspace.text.canvas
    desk.find("214 members")
    desk.press("Esc", "Ctrl+Home")
    before = canvas.viewport().grab().toImage()
    desk.find("214 members")
    desk.press("K", "Esc", "Esc", "Ctrl+Home")
    assert canvas.viewport().grab().toImage() != before
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=at(desk, "214 members"))
    assert desk.chosen is not None
    assert desk.chosen.uid == mark.uid


def test_evidence_tells_the_sentence_around_it(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    desk.find_evidence("President")
    desk.wait(lambda: desk.window.findChild(QFrame, "evidence-card") is not None)
    tip = desk.window.findChild(QFrame, "evidence-card").toolTip()
    assert "U.S. President Donald Trump and Vladimir Putin spoke for about two hours." in tip


@POPUP
def test_the_menu_shows_keys_and_greys_what_makes_no_sense(desk: Driver) -> None:
    def entries() -> dict[str, QAction]:
        canvas = desk.workspace.text.canvas
        place = canvas.rect().center()
        reason = QContextMenuEvent.Reason.Keyboard
        QApplication.sendEvent(canvas, QContextMenuEvent(reason, place, canvas.mapToGlobal(place)))
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        menu.close()
        return {entry.objectName(): entry for entry in (*menu.actions(), *menu.actions()[0].menu().actions())}

    desk.press("F4")
    found = entries()
    assert not found["annotation.delete"].isEnabled()
    assert found["evidence.find"].isEnabled()
    assert found["label.error.TORTURED_TERM"].text() == "Tortured term\td"
    desk.settle()
    desk.mark("senator", "F4", "R")
    found = entries()
    assert found["annotation.delete"].isEnabled()
    assert found["annotation.delete"].text().startswith("Delete mark\tBackspace")


def test_escape_in_the_text_closes_the_find_line(desk: Driver) -> None:
    desk.find("senator")
    assert desk.workspace.text.find_bar.isVisible()
    desk.press("Esc")
    assert not desk.workspace.text.find_bar.isVisible()
    assert desk.selected == ""


def test_evidence_is_shown_again_one_after_the_other(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    desk.find_evidence("U.S. President")
    desk.find_evidence("prisoner exchange")
    canvas = desk.workspace.reference.canvas
    seen = []
    for _ in range(3):
        desk.press("Alt+K")
        seen.append(canvas.text[slice(*canvas.view.selection)])
    assert sorted(set(seen)) == ["U.S. President", "prisoner exchange"]
    assert seen[0] == seen[2]


def test_evidence_is_taken_away_and_its_stance_changed(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    desk.find_evidence("U.S. President")
    desk.wait(lambda: desk.window.findChild(object, "evidence-remove") is not None)
    desk.click("evidence-remove")
    (mark,) = desk.annotations()
    assert mark.evidence == ()
    assert mark.attributes["evidence_status"] == "NOT_SEARCHED"


def test_a_label_key_in_the_reference_says_where_one_is(desk: Driver) -> None:
    desk.press("F4", "F6")
    assert desk.target() is desk.workspace.reference.canvas
    desk.press("R")
    assert desk.message().startswith("This is the reference")
    assert desk.marks() == []
    desk.press("Esc")
    assert desk.target() is desk.workspace.text.canvas


# -- selecting and copying ---------------------------------------------------------------------------------------------


def test_word_sentence_paragraph_and_all_are_selected_by_a_key(desk: Driver) -> None:
    sentence = "Donald Trump, the US senator, spoke with Vladimir Puttin for more than two days on the phone."
    units = {
        "Alt+W": "Puttin",
        "Alt+S": sentence,
        "Alt+P": projects.SPUN.partition("\n")[0],
        "Ctrl+A": projects.SPUN,
    }
    for key, words in units.items():
        desk.put_caret("Puttin")
        desk.press("Right", key)
        assert desk.selected == words
        desk.press("Esc")
        assert desk.selected == ""


@POPUP
@ROUTES
def test_copying_takes_the_selection_else_the_chosen_mark(desk: Driver, route: str) -> None:
    desk.mark("slave trade", "F4", "D")
    desk.run("edit.copy", route)
    assert QApplication.clipboard().text() == "slave trade"
    desk.press("Esc")
    desk.find("😀 Kyiv")
    desk.run("edit.copy", route)
    assert QApplication.clipboard().text() == "😀 Kyiv"
    desk.press("Esc", "Esc", "Ctrl+C")
    assert "No text selected" in desk.message()


@KEYS
def test_selections_grow_to_words_or_not(desk: Driver, route: str) -> None:
    desk.run("select.snapping", route)
    assert "characters only" in desk.message()
    desk.put_caret("nator")
    desk.press("Shift+Right", "F4", "R")
    assert desk.marks() == [("n", "ROLE_ATTRIBUTE")]
    desk.press("Ctrl+Z")
    desk.run("select.snapping", route)
    assert "whole sentences" in desk.message()
    desk.put_caret("nator")
    desk.press("Shift+Right", "R")
    ((quote, _),) = desk.marks()
    assert (quote.startswith("Donald Trump, the US senator"), quote.count(".")) == (True, 1)
    desk.press("Ctrl+Z")
    desk.run("select.snapping", route)
    desk.put_caret("nator")
    desk.press("Shift+Right", "R")
    assert desk.marks() == [("senator", "ROLE_ATTRIBUTE")]


def test_find_goes_from_hit_to_hit_in_both_texts(desk: Driver) -> None:
    desk.press("Ctrl+F")
    desk.fill("text-pane-find-line", "said")
    first = desk.workspace.text.canvas.view.selection
    assert desk.selected == "said"
    desk.press("Ctrl+G")
    assert desk.workspace.text.canvas.view.selection != first
    desk.press("Return")
    assert desk.target() is desk.workspace.text.canvas
    desk.press("F6", "Ctrl+F")
    desk.fill("reference-pane-find-line", "hours")
    desk.press("Return")
    canvas = desk.workspace.reference.canvas
    assert desk.target() is canvas
    assert canvas.text[slice(*canvas.view.selection)] == "hours"


def test_find_in_reference_starts_with_the_correction_or_quote(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    desk.press("Ctrl+Shift+F")
    assert desk.field("reference-pane-find-line").text() == "senator"
    desk.press("Esc")
    desk.correct("President")
    desk.press("Ctrl+Shift+F")
    assert desk.field("reference-pane-find-line").text() == "President"
    desk.press("Return", "K")
    assert [e.quote for e in desk.annotations()[0].evidence] == ["President"]


def test_f6_reaches_every_pane_and_comes_round(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    desk.wait(lambda: desk.workspace.inspector.form is not None)
    panes = desk.workspace.panes()

    def pane() -> int:
        owner = desk.target()
        return next(at for at, pane in enumerate(panes) if owner is pane or pane.isAncestorOf(owner))

    start = pane()
    seen = []
    for _ in panes:
        desk.press("F6")
        seen.append(pane())
    assert sorted(seen) == list(range(len(panes)))
    assert seen[-1] == start
    back = []
    for _ in panes:
        desk.press("Shift+F6")
        back.append(pane())
    assert back == [*seen[-2::-1], start]
