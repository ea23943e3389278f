"""Suggestions in the window: drawn dotted, worked through by keys, taken back."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from app.core.annotation import Fragment
from app.core.suggestion import Suggestion
from app.services.suggestions.offer import offer
from app.session.session import Session
from app.ui.panels.annotation_card import HoverCard
from tests.conftest import SPUN, add_documents, scheme_source
from tests.driver import Driver
from tests.e2e import projects
from tests.e2e.test_trouble import stored
from tests.hindrances import cannot_be_written
from tests.made_once import made_once
from tests.unit.suggesters.language_model.scripted_server import errors, serving

WORDS = (("senator", "error", "ROLE_ATTRIBUTE", "president"), ("Puttin", "entity", "PERSON", None))


def candidate(quote: str, layer: str, label: str, correction: str | None) -> Suggestion:
    at = SPUN.index(quote)
    return Suggestion(
        uid="",
        maker="test",
        version="2",
        layer=layer,
        label=label,
        fragments=(Fragment(at, at + len(quote)),),
        quote=quote,
        correction=correction,
        attributes={"severity": "major"} if layer == "error" else {},
        reason="a reason",
        score=0.75,
    )


@pytest.fixture
def suggested(tmp_path: Path) -> Path:
    return two_suggested(tmp_path)


@made_once
def two_suggested(folder: Path) -> Path:
    """Make a project with two suggestions in its first document."""
    path = projects.make(folder)
    session = Session.open(path, annotator="lead")
    uid = next(row.uid for row in session.reader.documents.to_work_on() if row.name == "first.txt")
    offer(session, [(uid, [candidate(*words) for words in WORDS])], suggesters="test")
    session.close()
    return path


@pytest.fixture
def work(stet: Driver, suggested: Path) -> Driver:
    """Ana sits before that project."""
    stet.start(suggested, annotator="Ana")
    return stet


def at_hand(desk: Driver) -> str:
    """Return the words of the suggestion at hand."""
    suggestion = desk.workspace.suggestions.current
    return suggestion.quote if suggestion is not None else ""


def open_ones(desk: Driver) -> int:
    return desk.workspace.drawn.suggestions.count


def under(desk: Driver, words: str) -> QPoint:
    """Return a place on some words, in pixels of the text."""
    canvas = desk.workspace.text.canvas
    start = canvas.text.index(words)
    return canvas.viewport_rects(start, start + len(words))[0].center().toPoint()


def badges(desk: Driver) -> set[str]:
    layout = desk.workspace.text.canvas.text_layout
    return {b.highlight.badge for n in range(len(layout.blocks)) for b in layout.block(n).badges}


def test_answers_and_a_new_text_are_kept_on_a_full_disk(work: Driver) -> None:
    file = stored(work)
    with cannot_be_written(work.session):
        work.press("F9", "Space")
        assert "your last action is kept here, not saved yet" in work.message()
        work.press("Backspace", "Ctrl+Z")
        assert (work.marks(), open_ones(work)) == ([("senator", "ROLE_ATTRIBUTE")], 1)
        work.find("Kyiv")
        work.palette("Edit text")
        work.type("Kiev")
        accept = work.dialog("text-edit-dialog").findChild(QPushButton, "text-edit-dialog-accept")
        work.wait(accept.isEnabled)
        work.press("Ctrl+Return")
        work.wait(lambda: "Kiev" in work.workspace.text.canvas.text)
        work.wait(lambda: work.shown("status-saved") == "✗ not saved")
        assert len(work.session.kept) == 4
        assert stored(work) == file
        shown = work.annotations()
    work.window.desk.care.look()
    assert work.shown("status-saved") == "✓ saved"
    assert len(stored(work)) > len(file)
    with closing(Session.open(work.session.path, annotator="Ana", write=False)) as reader:
        state = reader.open_document(work.session.state.document.uid)
    assert (list(state.in_order()), "Kiev" in state.document.text) == (shown, True)


def test_one_works_through_them_at_the_speed_of_two_keys(work: Driver) -> None:
    assert open_ones(work) == 2
    assert work.marks() == []
    work.press("F9")
    assert at_hand(work) == "senator"
    assert work.message() == "2 suggestions left."
    assert work.caret == SPUN.index("senator")
    work.press("Space")
    assert work.marks() == [("senator", "ROLE_ATTRIBUTE")]
    (mark,) = work.annotations()
    assert (mark.correction, mark.attributes["severity"], mark.origin) == ("president", "major", "suggestion:test@2")
    assert at_hand(work) == "Puttin", "the next one comes by itself"
    assert work.message() == "Accepted “senator”. 1 suggestion left."
    work.press("Backspace")
    assert work.message() == "Rejected “Puttin”. That was the last suggestion in this document."
    assert (at_hand(work), open_ones(work)) == ("", 0)
    assert work.marks() == [("senator", "ROLE_ATTRIBUTE")]
    work.press("F9")
    assert work.message() == "No open suggestions in this document."
    work.press("Space")
    assert work.message() == "No suggestion selected. Press F9 for the next one."


def test_each_answer_is_one_step_back_also_after_a_restart(work: Driver, suggested: Path) -> None:
    work.press("F9", "Space", "Backspace")
    work.quit()
    work.start(suggested, annotator="Ana")
    assert (work.marks(), open_ones(work)) == ([("senator", "ROLE_ATTRIBUTE")], 0)
    work.press("Ctrl+Z")
    assert (at_hand(work), open_ones(work)) == ("Puttin", 1)
    work.press("Ctrl+Z")
    assert (work.marks(), at_hand(work), open_ones(work)) == ([], "senator", 2)
    work.press("Ctrl+Shift+Z")
    assert (work.marks(), open_ones(work)) == ([("senator", "ROLE_ATTRIBUTE")], 1)
    assert work.chosen is not None
    work.press("Ctrl+Shift+Z")
    assert open_ones(work) == 0


def test_f9_goes_round_both_ways_and_escape_lets_go(work: Driver) -> None:
    seen: list[str] = []
    for key in ("F9", "F9", "F9", "Shift+F9", "Shift+F9"):
        work.press(key)
        seen.append(at_hand(work))
    assert seen == ["senator", "Puttin", "senator", "Puttin", "senator"]
    work.press("Esc")
    assert at_hand(work) == ""
    work.press("Left", "Backspace")
    assert open_ones(work) == 2
    assert "No mark selected" in work.message()


def test_the_caret_picks_a_suggestion_but_a_mark_has_precedence(work: Driver) -> None:
    work.put_caret("senator")
    work.press("Left", "Right")
    assert at_hand(work) == "senator"
    work.press("Ctrl+Right", "Ctrl+Right")
    assert at_hand(work) == ""
    mark = work.mark("US senator", "F4", "R")
    work.press("Esc")
    work.put_caret("senator")
    work.press("Left", "Right")
    assert (work.chosen, at_hand(work)) == (mark, "")
    work.press("Backspace")
    assert (work.marks(), open_ones(work)) == ([], 2), "on a mark it deletes the mark"


def test_accept_and_edit_goes_to_the_correction(work: Driver) -> None:
    work.press("F9", "Shift+Space")
    assert work.chosen is not None
    assert work.chosen.quote == "senator"
    line = work.field("field-correction")
    assert line.hasFocus()
    assert line.text() == "president"
    line.selectAll()
    work.type("US president")
    work.press("Return")
    assert [a.correction for a in work.annotations()] == ["US president"]


def test_the_panel_says_who_and_why_and_its_buttons_answer(work: Driver) -> None:
    work.press("F9")
    assert work.shown("suggestion-quote") == "“senator”"
    said = work.shown("suggestion-lines")
    for words in (
        "Severity: Major",
        "Correction: president",
        "Why: a reason",
        "Score: 0.75",
        "Suggested by: test (version 2)",
    ):
        assert words in said
    assert work.shown("suggestion-left") == "2 open in this document"
    work.window.findChild(QPushButton, "suggestion-accept").click()
    assert work.marks() == [("senator", "ROLE_ATTRIBUTE")]
    assert work.shown("suggestion-left") == "1 open in this document"
    work.window.findChild(QPushButton, "suggestion-reject").click()
    assert open_ones(work) == 0
    assert not work.workspace.suggestion.isVisible()
    assert work.workspace.inspector.isVisible()


def test_the_card_says_so_too_under_the_pointer_and_by_key(work: Driver) -> None:
    canvas = work.workspace.text.canvas
    QTest.mouseMove(canvas.viewport(), under(work, "senator"))
    card = work.window.findChild(HoverCard)
    work.wait(card.isVisible)
    assert card.accessibleName().startswith("Suggestion – Error: ")
    assert "Suggested by: test (version 2)" in card.accessibleName()
    work.press("F9")
    assert not card.isVisible()
    work.press("Alt+I")
    assert card.isVisible()


def test_a_click_takes_it_to_hand_and_another_what_lies_around(work: Driver) -> None:
    mark = work.mark("US senator", "F4", "R")
    work.press("Esc")
    viewport = work.workspace.text.canvas.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=under(work, "senator"))
    assert (at_hand(work), work.chosen) == ("senator", None)
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=under(work, "senator"))
    assert (at_hand(work), work.chosen) == ("", mark)


@pytest.mark.qt_log_ignore("This plugin does not support grabbing", extend=True)
def test_the_menu_of_a_suggestion_answers_it(work: Driver) -> None:
    work.press("F9")
    work.menu("suggestion.reject")
    assert open_ones(work) == 1
    work.press("Esc")
    with pytest.raises(StopIteration):
        work.menu("suggestion.accept")  # nothing is at hand, and nothing offers it
    QApplication.activePopupWidget().close()
    work.menu("annotation.here")
    assert open_ones(work) == 1


def test_they_are_drawn_dotted_with_a_badge_of_their_own(work: Driver) -> None:
    assert {"◌ ROLE", "◌ PERSON"} <= badges(work)
    canvas = work.workspace.text.canvas
    dots = gaps(work, "senator")
    assert len(dots) >= 6, "a row of dots"
    assert max(dots) - min(dots) <= 1.5, "as far apart from each other"
    assert len(gaps(work, "Donald")) == 0, "none where nothing is suggested"
    before = canvas.viewport().grab().toImage()
    work.press("F9", "Space", "Esc")
    assert "◌ ROLE" not in badges(work)
    assert canvas.viewport().grab().toImage() != before


def gaps(desk: Driver, words: str) -> list[int]:
    """Return how far apart, in pixels, dots are under some words, from left to right."""
    canvas = desk.workspace.text.canvas
    start = canvas.text.index(words)
    rect = canvas.viewport_rects(start, start + len(words))[0]
    picture = canvas.viewport().grab().toImage()
    y = round(rect.bottom() - rect.height() * 0.1)
    dark = [picture.pixelColor(x, y).lightness() < 200 for x in range(round(rect.left()), round(rect.right()))]
    starts = [x for x, (before, here) in enumerate(zip(dark, dark[1:], strict=False)) if here and not before]
    return [b - a for a, b in zip(starts, starts[1:], strict=False)]


def test_hiding_them_is_remembered(work: Driver, suggested: Path) -> None:
    work.press("F9", "Alt+G")
    assert work.message() == "Suggestions are hidden."
    assert at_hand(work) == ""
    assert not [badge for badge in badges(work) if badge.startswith("◌")]
    work.put_caret("senator")
    work.press("Left", "Right")
    assert at_hand(work) == "", "what can't be seen isn't taken to hand"
    work.quit()
    work.start(suggested, annotator="Ana")
    assert not [badge for badge in badges(work) if badge.startswith("◌")]
    work.press("F9")
    assert at_hand(work) == "senator", "who asks for the next one sees it"
    assert "◌ ROLE" in badges(work)
    work.press("Alt+G", "Alt+G")
    assert work.message() == "Suggestions are shown."


def ask(desk: Driver, *names: str) -> QWidget:
    """Open the dialog and have only these suggesters ticked."""
    desk.press("Ctrl+Alt+G")
    dialog = desk.dialog("suggest-dialog")
    for box in dialog.findChildren(QCheckBox):
        box.setChecked(box.objectName().removeprefix("suggest-") in names)
    return dialog


def test_a_newcomers_enter_asks_all_that_can_find_something(desk: Driver) -> None:
    desk.press("Ctrl+Alt+G")
    boxes = desk.dialog("suggest-dialog").findChildren(QCheckBox)
    ticked = {box.objectName() for box in boxes if box.isChecked()}
    assert ticked == {"suggest-corrections", "suggest-sure"}, "no patterns yet, and a reference"
    desk.press("Return")
    done: Callable[[], bool] = lambda: desk.message().startswith("Suggested ")  # noqa: E731
    desk.qtbot.waitUntil(done, timeout=60_000)
    desk.press("F9")
    assert at_hand(desk) != ""


def test_what_was_corrected_is_suggested_in_the_background(desk: Driver) -> None:
    desk.mark("Puttin", "F4", "N")
    desk.correct("Putin")
    dialog = ask(desk, "corrections")
    where = dialog.findChild(QComboBox, "suggest-where")
    assert where.itemText(0) == "first"
    desk.click("suggest-dialog-accept")
    desk.wait(lambda: "uggest" in desk.message())
    count = SPUN.count("Puttin") - 1
    assert open_ones(desk) == count
    desk.press("Ctrl+Alt+G")
    desk.click("suggest-dialog-accept")
    desk.wait(lambda: desk.message().startswith("Nothing new to suggest."))


def test_named_entities_come_from_spacy_off_the_gui_thread(desk: Driver) -> None:
    dialog = ask(desk)
    desk.click("suggest-dialog-accept")
    assert "Tick at least one" in desk.shown("suggest-dialog-complaint")
    dialog.findChild(QCheckBox, "suggest-spacy").setChecked(True)
    desk.click("suggest-dialog-accept")
    done: Callable[[], bool] = lambda: desk.message().startswith("Suggested ")  # noqa: E731
    desk.qtbot.waitUntil(done, timeout=30_000)
    found = desk.workspace.drawn.suggestions.overlapping(0, len(SPUN))
    assert {"PERSON"} <= {suggestion.label for suggestion in found}
    desk.press("F9", "Space")
    assert [a.origin for a in desk.annotations()] == [f"suggestion:{found[0].maker}@{found[0].version}"]
    desk.press("Ctrl+Z", "Ctrl+Z")
    assert open_ones(desk) == 0, "the suggestions are one step"


def test_a_language_model_is_asked_after_consent(desk: Driver) -> None:
    said = errors({"quote": "Puttin", "label": "NAME_FORM", "correction": "Putin", "evidence": ""})
    with serving(said) as server:
        ask(desk, "model")
        desk.click("suggest-dialog-accept")
        desk.wait(lambda: desk.window.findChild(QWidget, "model-consent") is not None)
        consent = desk.dialog("model-consent")
        assert "tokens sent" in consent.findChild(QLabel, "model-cost").text()
        consent.findChild(QLineEdit, "model-address").setText("https://models.example.org/v1")
        consent.findChild(QLineEdit, "model-name").setText("tiny")
        desk.click("model-consent-accept")
        assert "would leave this machine for models.example.org" in desk.shown("model-consent-complaint")
        consent.findChild(QLineEdit, "model-address").setText(server.address)
        desk.click("model-consent-accept")
        desk.wait(lambda: "language model took" in desk.message())
        assert server.asked
    found = desk.workspace.drawn.suggestions.overlapping(0, len(SPUN))
    assert {s.maker for s in found} <= {"model:tiny"}


def test_a_done_document_stays_done_only_while_rules_are_met(work: Driver) -> None:
    work.press("Shift+F9")
    assert at_hand(work) == "Puttin"
    work.session.set_status(work.session.state.status.DONE)
    work.press("Space")
    assert work.session.state.status == "done"
    assert at_hand(work) == "senator"
    work.press("Space")
    assert work.session.state.status == "open", "the accepted error still lacks its evidence"


def test_a_suggestion_goes_along_with_its_renamed_label_and_back(work: Driver) -> None:
    work.palette("Change labels")
    dialog = work.dialog("labels-dialog")
    label = dialog.findChild(QComboBox, "labels-label")
    label.setCurrentIndex(next(at for at in range(label.count()) if "(PERSON)" in label.itemText(at)))
    work.fill("labels-name", "HUMAN")
    work.wait(dialog.accept_button.isEnabled)
    assert "suggestions to change: 1" in dialog.findChild(QPlainTextEdit, "labels-preview").toPlainText()
    work.click("labels-dialog-accept")
    work.wait(lambda: "the scheme is now news-errors@3" in work.message())
    work.settle()
    assert open_ones(work) == 2
    work.press("F9", "F9")
    assert at_hand(work) == "Puttin"
    work.press("Space")
    assert work.marks() == [("Puttin", "HUMAN")]
    work.press("Ctrl+Z", "Ctrl+Z")
    assert work.session.scheme.tag == "news-errors@2"
    work.press("F9", "F9")
    work.press("Space")
    assert work.marks() == [("Puttin", "PERSON")]


def test_a_label_key_marks_what_is_suggested_with_that_label(work: Driver) -> None:
    work.press("F4", "F9")
    assert at_hand(work) == "senator"
    work.put_caret("senator")
    work.press("Right", "N")
    assert work.marks() == [("senator", "NAME_FORM")]
    (mark,) = work.annotations()
    assert (mark.correction, mark.origin) == ("president", "suggestion:test@2")
    assert (work.chosen, at_hand(work), open_ones(work)) == (mark, "", 1)
    assert work.message().startswith("Accepted “senator” as ")
    work.press("Ctrl+Z")
    assert (work.marks(), at_hand(work), open_ones(work)) == ([], "senator", 2), "one step"
    work.find("Vladimir")
    work.press("N")
    assert work.marks() == [("Vladimir", "NAME_FORM")], "what is selected goes before"
    assert open_ones(work) == 2


def test_label_keys_mark_the_whole_suggestion_around_the_caret(work: Driver, suggested: Path) -> None:
    work.quit()
    session = Session.open(suggested, annotator="lead")
    uid = next(row.uid for row in session.reader.documents.to_work_on() if row.name == "first.txt")
    offer(session, [(uid, [candidate("the US senator", "error", "TIME", None)])], suggesters="test")
    session.close()
    work.start(suggested, annotator="Ana")
    work.press("F4", "F9")
    assert at_hand(work) == "the US senator"
    work.press("N")
    assert work.marks() == [("the US senator", "NAME_FORM")]


@pytest.mark.qt_log_ignore("This plugin does not support grabbing", extend=True)
def test_the_menu_of_what_is_here_has_marks_and_suggestions(work: Driver) -> None:
    work.put_caret("senator")
    work.press("Alt+Down")
    assert QApplication.activePopupWidget() is None
    assert at_hand(work) == "senator", "the only thing here"
    outer = work.mark("the US senator, spoke", "F4", "N")
    work.put_caret("senator")
    work.press("Right", "Alt+Down")
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert [entry.text().partition("Suggestion – ")[1] for entry in menu.actions()] == ["", "Suggestion – "]
    assert "“senator”" in menu.actions()[1].text()
    QTest.keyClick(menu, Qt.Key.Key_2)
    work.settle()
    assert (at_hand(work), work.chosen) == ("senator", None)
    work.press("Alt+Down")
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert [entry.isChecked() for entry in menu.actions()] == [False, True]
    QTest.keyClick(menu, Qt.Key.Key_1)
    work.settle()
    assert (at_hand(work), work.chosen) == ("", outer)
    work.press("Esc", "Alt+G", "Alt+Down")
    assert (QApplication.activePopupWidget(), work.chosen) == (None, outer), "hidden ones aren't here"


def test_the_map_shows_them_until_they_are_answered_or_hidden(work: Driver) -> None:
    def picture() -> QImage:
        return work.workspace.text.map.grab().toImage()

    both = picture()
    work.press("Alt+G")
    none = picture()
    assert none != both
    work.press("Alt+G")
    assert picture() == both
    work.press("F9", "Backspace")
    assert picture() not in (both, none)
    work.press("Backspace", "Esc")
    assert picture() == none
    work.press("Ctrl+Z", "Ctrl+Z")
    assert picture() == both


def test_very_many_come_after_the_text_and_all_of_them(stet: Driver, tmp_path: Path) -> None:
    path = tmp_path / "many.stet"
    session = Session.create(path, scheme=scheme_source("news-errors"), annotator="lead")
    (uid,) = add_documents(session, {"many.txt": "Ben\n" * 3_000})
    plain = Suggestion(uid="", maker="m", layer="entity", label="PERSON", fragments=(Fragment(0, 3),), quote="Ben")
    wanted = [msgspec.structs.replace(plain, fragments=(Fragment(at, at + 3),)) for at in range(0, 12_000, 4)]
    offer(session, [(uid, wanted)], suggesters="m")
    session.close()
    stet.start(path, annotator="Ana")
    stet.wait(lambda: open_ones(stet) == 3_000)
    stet.press("Shift+F9")
    assert (at_hand(stet), stet.caret) == ("Ben", 11_996)
    assert stet.message() == "3,000 suggestions left."
    stet.press("Backspace")
    stet.quit()
    stet.start(path, annotator="Ana")
    stet.press("Ctrl+Home", "Ctrl+Z")
    assert (at_hand(stet), stet.caret) == ("Ben", 11_996), "undo brings it to hand, read or not"
    stet.quit()


@pytest.fixture
def many(stet: Driver, tmp_path: Path) -> Driver:
    """Ana sits before three documents with suggestions of two kinds, one of them by another program."""
    path = projects.make(tmp_path)
    session = Session.open(path, annotator="lead")
    for row in session.reader.documents.to_work_on():
        text = session.reader.document(row.uid).text
        words = [word for word in ("Trump", "Puttin", "senator", "speaker", "members") if word in text]
        found = [
            msgspec.structs.replace(
                candidate("senator", "entity", "PERSON", None),
                maker="other" if word == "Trump" else "test",
                fragments=(Fragment(text.index(word), text.index(word) + len(word)),),
                quote=word,
                score=0.4 if word == "Puttin" else 0.8,
            )
            for word in words
        ]
        offer(session, [(row.uid, found)], suggesters="test")
    session.close()
    stet.start(path, annotator="Ana")
    return stet


def kind_count(desk: Driver) -> str:
    return desk.dialog("kind-dialog").findChild(QLabel, "kind-count").text()


def test_all_of_a_kind_are_accepted_in_one_step(many: Driver) -> None:
    count = open_ones(many)
    assert count >= 3
    many.press("Alt+A")
    assert "No suggestion selected" in many.message()
    many.press("F9", "Alt+A")
    assert kind_count(many) == f"{count} open suggestions in 1 document"
    dialog = many.dialog("kind-dialog")
    dialog.findChild(QCheckBox, "kind-maker").setChecked(True)
    by_maker = int(kind_count(many).split()[0])
    assert by_maker < count
    dialog.findChild(QCheckBox, "kind-maker").setChecked(False)
    dialog.findChild(QComboBox, "kind-where").setCurrentIndex(1)
    everywhere = int(kind_count(many).split()[0])
    assert everywhere > count
    many.click("kind-dialog-accept")
    many.wait(lambda: many.message().startswith(f"Accepted {everywhere} suggestions in "))
    assert open_ones(many) == 0
    assert len(many.marks()) == count
    made = sum(len(item.annotations) for record in many.session.reader.records() for item in record.sets)
    assert made == everywhere
    many.press("Ctrl+Z")
    assert (open_ones(many), many.marks()) == (count, [])


def test_all_of_a_kind_are_rejected_by_words_and_score(many: Driver) -> None:
    count = open_ones(many)
    many.press("F9", "Alt+A")
    dialog = many.dialog("kind-dialog")
    dialog.findChild(QCheckBox, "kind-score").setChecked(True)
    dialog.findChild(QDoubleSpinBox, "kind-least").setValue(0.5)
    scored = int(kind_count(many).split()[0])
    assert scored == count - 1, "Puttin has .40"
    dialog.findChild(QCheckBox, "kind-words").setChecked(True)
    assert kind_count(many).startswith("1 open suggestion ")
    many.click("kind-dialog-reject")
    many.wait(lambda: many.message() == "Rejected 1 suggestion in 1 document.")
    assert (open_ones(many), many.marks()) == (count - 1, [])
    many.press("Ctrl+Z")
    assert open_ones(many) == count
