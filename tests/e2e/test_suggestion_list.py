"""The list of suggestions: by kind with what was accepted so far, the likelihood from which they are shown, and what
withholds them.
"""

from pathlib import Path

from PySide6.QtWidgets import QComboBox, QPushButton, QSlider

from app.core.annotation import Fragment
from app.core.project_option import CONTROL_SHARE, is_control
from app.core.suggestion import Suggestion
from app.services.suggestions.offer import offer
from app.session.actions import ChangeOption
from app.session.session import Session
from tests.conftest import add_documents, scheme_source
from tests.driver import Driver
from tests.e2e.test_suggestions import at_hand, open_ones, suggested

__all__ = ["suggested"]


def listed(desk: Driver) -> list[tuple[str, str]]:
    """Return the rows of the list, each as its two lines."""
    desk.workspace.shelf.show_now()
    model = desk.workspace.suggestions_model
    rows = [model.row(number) for number in range(model.rowCount())]
    return [(row.text, row.below) for row in rows if row is not None]


def many(path: Path, count: int, *, scores: tuple[float, ...] = (0.9,)) -> Path:
    """Make a project with a document of names, each suggested."""
    text = " ".join(f"Nam{number:04d}" for number in range(count)) + "\n"
    session = Session.create(path, scheme=scheme_source("ner"), annotator="Ana")
    (uid,) = add_documents(session, {"names.txt": text})
    found = [
        Suggestion(
            uid="",
            maker="own-names",
            version="1",
            layer="entity",
            label="PERSON",
            fragments=(Fragment(8 * number, 8 * number + 7),),
            quote=f"Nam{number:04d}",
            score=scores[number % len(scores)],
        )
        for number in range(count)
    ]
    offer(session, [(uid, found)], suggesters="own-names")
    session.close()
    return path


def test_the_list_groups_by_kind_and_counts_what_was_accepted(stet: Driver, suggested: Path) -> None:
    stet.start(suggested, annotator="Ana")
    stet.press("Ctrl+F9")
    assert listed(stet) == [
        ("Role (1)", "not answered yet – test (version 2)"),
        ("senator → president", "a reason"),
        ("Person (1)", "not answered yet – test (version 2)"),
        ("Puttin", "a reason"),
    ]
    assert stet.shown("suggestions-caption") == "SUGGESTIONS · 2 OF 2 SHOWN"
    assert at_hand(stet) == "senator", "the first one is current"
    stet.press("Down", "Down")
    assert at_hand(stet) == "Puttin"
    stet.press("Space")
    stet.press("Ctrl+Z")
    people = [row for row in listed(stet) if "Person" in row[0]]
    assert people == [("Person (1)", "not answered yet – test (version 2)")]
    stet.press("Ctrl+Shift+Z")
    assert [text for text, _ in listed(stet)] == ["Role (1)", "senator → president"]


def test_the_keys_that_answer_in_the_text_answer_in_the_list(stet: Driver, tmp_path: Path) -> None:
    stet.start(many(tmp_path / "p.stet", 8), annotator="Ana")
    rows = stet.workspace.suggestion_list.list
    stet.press("Ctrl+F9", "Space")
    assert [mark.quote for mark in stet.annotations()] == ["Nam0000"]
    assert (stet.target(), at_hand(stet)) == (rows, "Nam0001")
    stet.press("Backspace")
    assert (len(stet.annotations()), open_ones(stet), at_hand(stet)) == (1, 6, "Nam0002")
    stet.press("F9", "F9", "Shift+F9")
    assert (stet.target(), at_hand(stet)) == (rows, "Nam0003"), "F9 steps, and the keyboard stays in the list"
    stet.press("Down", "Del")
    assert (open_ones(stet), at_hand(stet)) == (5, "Nam0005")
    stet.press("Return")
    assert (stet.target(), at_hand(stet)) == (stet.workspace.text.canvas, "Nam0005"), "Return leads to the text"
    stet.press("Space")
    assert stet.target() is stet.workspace.text.canvas, "where one goes on as before"
    rows.setFocus()
    stet.press("Shift+Space")
    assert stet.annotations()[-1].quote == "Nam0006"
    assert stet.chosen is not None, "it is chosen, to be edited"
    rows.setFocus()
    stet.press("Home", "Backspace")
    stet.dialog("kind-dialog")
    assert stet.shown("kind-count") == "3 open suggestions in 1 document", "a heading is about all under it"
    stet.press("Esc", "Esc")
    assert stet.target() is stet.workspace.text.canvas


def test_what_was_accepted_so_far_is_said_of_the_next_ones(stet: Driver, tmp_path: Path) -> None:
    stet.start(many(tmp_path / "p.stet", 5), annotator="Ana")
    stet.press("Ctrl+F9")
    stet.press("Space", "Backspace", "Space")
    assert listed(stet)[0] == ("Person (2)", "67% of 3 accepted – own-names (version 1)")


def test_the_slider_withholds_what_is_less_likely(stet: Driver, tmp_path: Path) -> None:
    path = many(tmp_path / "p.stet", 40, scores=(0.9, 0.2))
    stet.start(path, annotator="Ana")
    stet.press("F9")
    for number in range(20):  # the surer half is right
        stet.press("Space" if number % 2 == 0 else "Backspace")
    stet.press("Ctrl+F9")
    stet.quit()
    stet.start(path, annotator="Ana")
    stet.press("Ctrl+F9")
    assert stet.shown("suggestions-caption") == "SUGGESTIONS · 20 OF 20 SHOWN"
    slider = stet.window.findChild(QSlider, "suggestions-least")
    slider.setValue(60)
    stet.wait(lambda: open_ones(stet) == 10)
    assert stet.shown("suggestions-caption") == "SUGGESTIONS · 10 OF 20 SHOWN"
    assert stet.shown("suggestions-from") == "from 60 %"
    for _ in range(4):
        stet.press("F9")
        current = stet.workspace.suggestions.current
        assert current is not None
        assert current.score == 0.9
    stet.press("Alt+A")
    assert stet.dialog("kind-dialog") is not None
    assert stet.shown("kind-count") == "10 open suggestions in 1 document", "those withheld aren't answered"
    stet.press("Esc")
    stet.quit()
    stet.start(path, annotator="Ana")
    assert open_ones(stet) == 10
    slider = stet.window.findChild(QSlider, "suggestions-least")
    stet.press("F9", *["Space"] * 10)
    assert open_ones(stet) == 0
    stet.press("F9")
    assert "10 are withheld" in stet.message()
    slider.setValue(0)
    stet.wait(lambda: open_ones(stet) == 10)


def test_a_suggester_that_is_mostly_wrong_retires_and_comes_back(stet: Driver, tmp_path: Path) -> None:
    path = many(tmp_path / "p.stet", 40)
    stet.start(path, annotator="Ana")
    stet.press("F9")
    for number in range(30):
        assert open_ones(stet) == 40 - number
        stet.press("Space" if number < 5 else "Backspace")
    assert open_ones(stet) == 0
    assert "“own-names” has retired itself: 5 of 30 answered suggestions were accepted." in stet.message()
    stet.press("Ctrl+F9")
    assert "has retired itself" in stet.shown("suggestions-notice")
    stet.window.findChild(QPushButton, "suggestions-again").click()
    assert open_ones(stet) == 10
    stet.press("Ctrl+Z")
    assert open_ones(stet) == 0, "undo retires it again"


def test_a_document_of_the_control_share_shows_none(stet: Driver, tmp_path: Path) -> None:
    path = many(tmp_path / "p.stet", 4)
    session = Session.open(path, annotator="Ana")
    (uid,) = (row.uid for row in session.reader.documents.to_work_on())
    session.perform(ChangeOption(CONTROL_SHARE, "90"), title="Control share")
    session.close()
    stet.start(path, annotator="Ana")
    hidden = is_control(uid, "ana", 90)
    assert open_ones(stet) == (0 if hidden else 4)
    stet.press("F9")
    assert ("No suggestions are shown in this document" in stet.message()) is hidden


def test_what_stood_in_view_was_shown(stet: Driver, tmp_path: Path) -> None:
    path = many(tmp_path / "p.stet", 3_000)
    stet.start(path, annotator="Ana")
    stet.qtbot.wait(600)
    stet.press("Ctrl+End")
    stet.press("F9")
    stet.quit()
    session = Session.open(path, annotator="Ana")
    (record,) = session.reader.records()
    shown = [item.suggestion.start for item in record.suggestions if item.shown]
    session.close()
    assert 10 < len(shown) < 1_500
    assert shown[0] == 0
    assert all(len(item.shown) <= 1 for item in record.suggestions)


def test_all_of_a_kind_in_the_selected_documents(stet: Driver, tmp_path: Path) -> None:
    session = Session.create(tmp_path / "p.stet", scheme=scheme_source("ner"), annotator="Ana")
    uids = add_documents(session, {f"{number}.txt": "Ben came.\n" for number in range(4)})
    one = Suggestion(
        uid="", maker="own-names", layer="entity", label="PERSON", fragments=(Fragment(0, 3),), quote="Ben", score=0.5
    )
    offer(session, [(uid, [one]) for uid in uids], suggesters="own-names")
    session.close()
    stet.start(tmp_path / "p.stet", annotator="Ana")
    documents = stet.workspace.documents.list
    documents.setFocus()
    stet.press("Home", "Shift+Down")
    stet.workspace.text.canvas.setFocus()
    stet.press("F9", "Alt+A")
    where = stet.dialog("kind-dialog").findChild(QComboBox, "kind-where")
    assert [where.itemText(number) for number in range(where.count())] == [
        "In this document",
        "In the 2 selected documents that you haven’t finished",
        "In all your unfinished documents",
    ]
    where.setCurrentIndex(1)
    assert stet.shown("kind-count") == "2 open suggestions in 2 documents"
    stet.dialog("kind-dialog").findChild(QPushButton, "kind-dialog-reject").click()
    stet.wait(lambda: "Rejected 2 suggestions in 2 documents." in stet.message())
