"""Every command of the Annotate workspace and of the window, by each of its keys, and what it does."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QComboBox, QMenu, QPlainTextEdit, QTableView, QWidget

from app.core.annotation import Relation, Status
from app.core.edits import AddRelation
from app.core.remark import NO_REMARK, Remark
from app.core.text_change import TextChange
from app.services.texts.text_edit import edit_text
from app.session.session import Session
from app.ui.actions.catalogue import CATALOGUE, scheme_actions
from app.ui.panels.annotation_card import HoverCard
from tests.conftest import SPUN
from tests.driver import Driver
from tests.e2e import projects
from tests.e2e.commands import Act, Rows, ways, ways_of

ROWS = Rows()
row = ROWS.of
ROLE = "ROLE_ATTRIBUTE"
TOGETHER = ("caret.", "select.", "project.", "document.", "annotation.", "team.", "view.", "help.")
_ELSEWHERE = ("review.", "insights.", "suggestion.", "view.suggestions")

DIALOGS = {
    "project.new": "new-project-dialog",
    "project.open": "open-project-dialog",
    "project.import": "import-dialog",
    "project.import-folder": "import-folder-dialog",
    "project.import-reference": "import-dialog",
    "project.link": "references-dialog",
    "project.export": "export-dialog",
    "project.backups": "backups-dialog",
    "document.edit-text": "text-edit-dialog",
    "document.corrected": "corrected-dialog",
    "project.scheme": "guideline-dialog",
    "help.manual": "manual-dialog",
    "project.edit-scheme": "scheme-dialog",
    "annotation.new-label": "new-label-dialog",
    "project.labels": "labels-dialog",
    "team.assign": "assign-dialog",
    "team.merge": "merge-dialog",
    "team.hub": "hub-create-dialog",
    "team.join-hub": "hub-join-dialog",
    "team.feedback": "feedback-dialog",
    "annotation.concordance": "concordance-dialog",
    "annotation.substitutions": "substitutions-dialog",
    "view.palette": "palette",
    "view.settings": "settings-dialog",
    "view.annotator": "who-dialog",
    "help.shortcuts": "shortcuts-dialog",
    "help.about": "report-dialog",
    "help.errors": "error-report",
}


def test_every_command_has_a_row() -> None:
    from tests.e2e.test_every_review_command import ROWS as IN_REVIEW
    from tests.e2e.test_every_suggestion_command import ROWS as ON_SUGGESTIONS

    assert sorted([*ROWS, *IN_REVIEW, *ON_SUGGESTIONS]) == sorted(spec.id for spec in CATALOGUE)
    shared = [action for action in ROWS if changes_nothing(action)]
    assert all(action.startswith(TOGETHER) for action in shared), shared


# -- the window and its projects ---------------------------------------------------------------------------------------


@row(*DIALOGS)
def a_dialog_opens(desk: Driver, act: Act) -> None:
    act.opens(DIALOGS[act.id])


@row("project.sample")
def the_sample_is_opened(desk: Driver, act: Act) -> None:
    act()
    desk.wait(lambda: desk.window.desk.projects.is_sample)
    assert desk.document == "After the call, spun"


@row("project.close")
def the_project_is_closed(desk: Driver, act: Act) -> None:
    act()
    desk.wait(lambda: desk.window.desk.workspace is None)


@row("project.backup")
def a_backup_is_there(desk: Driver, act: Act) -> None:
    folder = desk.session.path.with_suffix(".backups")
    before = set(folder.glob("*")) if folder.exists() else set()
    act()
    desk.wait(lambda: folder.exists() and set(folder.glob("*")) > before)
    desk.wait(lambda: desk.message())


@row("project.write")
def it_is_written_here(desk: Driver, act: Act) -> None:
    project = desk.session.path
    desk.quit()
    other = Session.open(project)
    desk.start(project, annotator="Ana")
    act()
    assert "nother window or command is writing" in desk.message()
    other.close()
    act()
    assert desk.session.is_writable


@row("project.save-copy")
def a_copy_lies_elsewhere(desk: Driver, act: Act) -> None:
    out = desk.session.path.with_name("elsewhere.stet")
    act()
    desk.dialog("save-copy-dialog")
    desk.fill("copy-path", str(out))
    desk.click("save-copy-dialog-accept")
    desk.wait(out.exists)
    desk.wait(lambda: "elsewhere.stet" in desk.message())


@row("app.quit")
def the_window_goes(desk: Driver, act: Act) -> None:
    act()
    assert not desk.window.isVisible()


@row("document.lost")
def the_lost_marks_are_listed(desk: Driver, act: Act) -> None:
    desk.mark("senator", "F4", "R")
    state = desk.session.state
    assert state is not None
    text = state.document.text
    edit_text(desk.session, state.document.uid, TextChange.between(text, text.replace("senator", "president")))
    act.opens("lost-decisions-dialog")


# -- edit --------------------------------------------------------------------------------------------------------------


@row("edit.undo")
def the_mark_is_gone(desk: Driver, act: Act) -> None:
    desk.mark("senator", "F4", "R")
    act()
    assert desk.marks() == []


@row("edit.redo")
def the_mark_is_back(desk: Driver, act: Act) -> None:
    desk.mark("senator", "F4", "R")
    desk.press("Ctrl+Z")
    act()
    assert desk.marks() == [("senator", ROLE)]


@row("edit.copy")
def the_words_are_on_the_clipboard(desk: Driver, act: Act) -> None:
    desk.find("senator")
    act()
    assert QGuiApplication.clipboard().text() == "senator"


@row("annotation.copy-json")
def the_mark_is_on_the_clipboard(desk: Driver, act: Act) -> None:
    desk.mark("senator", "F4", "R")
    act()
    found = json.loads(QGuiApplication.clipboard().text())
    assert "senator" in json.dumps(found)


# -- relations ---------------------------------------------------------------------------------------------------------


def tie(desk: Driver) -> None:
    """Relate a claim to an error, as if it had been imported, and choose the claim."""
    error, claim = desk.mark("senator", "F4", "R"), desk.mark("Donald Trump", "F3", "C")
    desk.session.apply(
        AddRelation(Relation(uid="tie", source=claim.uid, target=error.uid, label="because")), title="Tie"
    )
    desk.press("Esc")
    desk.workspace.controller.choose(claim.uid)


@row("relations.go")
def the_other_end_is_chosen(desk: Driver, act: Act) -> None:
    tie(desk)
    act()
    assert desk.chosen is not None
    assert desk.chosen.quote == "senator"


@row("relations.all")
def arcs_are_drawn_over_the_text(desk: Driver, act: Act) -> None:
    tie(desk)
    desk.press("Esc")
    canvas = desk.workspace.text.canvas
    bare = canvas.viewport().grab().toImage()
    act()
    assert canvas.shown_arcs.all
    assert canvas.viewport().grab().toImage() != bare
    act()
    assert canvas.viewport().grab().toImage() == bare


@row("relations.edit")
def the_list_of_relations_has_the_keyboard(desk: Driver, act: Act) -> None:
    tie(desk)
    act()
    assert desk.target().objectName() == "relations-list"


# -- documents ---------------------------------------------------------------------------------------------------------


def status(desk: Driver) -> Status:
    assert desk.session.state is not None
    return desk.session.state.status


@row("document.done")
def it_is_done_and_the_next_is_open(desk: Driver, act: Act) -> None:
    act()
    assert desk.document == "second.txt"
    desk.press("Ctrl+PgUp")
    assert status(desk) is Status.DONE_EMPTY


@row("document.reopen")
def it_is_open_again(desk: Driver, act: Act) -> None:
    desk.press("Ctrl+Return", "Ctrl+PgUp")
    assert status(desk) is Status.DONE_EMPTY
    act()
    assert status(desk) is Status.OPEN


@row("document.skip")
def it_is_skipped(desk: Driver, act: Act) -> None:
    act()
    assert desk.document == "second.txt"
    desk.press("Ctrl+PgUp")
    assert status(desk) is Status.SKIPPED


@row("document.next")
def the_next_is_open(desk: Driver, act: Act) -> None:
    act()
    assert (desk.document, status(desk)) == ("second.txt", Status.OPEN)


@row("document.previous")
def the_previous_is_open(desk: Driver, act: Act) -> None:
    desk.press("Ctrl+PgDown", "Ctrl+PgDown")
    act()
    assert desk.document == "second.txt"


@row("document.swap")
def the_reference_is_worked_in(desk: Driver, act: Act) -> None:
    act()
    assert desk.document == projects.LAST
    assert desk.workspace.reference.canvas.text in projects.WORK.values()


def own_remark(desk: Driver) -> Remark:
    assert desk.session.state is not None
    return desk.session.state.remark


@row("document.flag")
def it_is_flagged_with_a_reason(desk: Driver, act: Act) -> None:
    act()
    desk.dialog("remark-dialog")
    desk.type("Is this a quote?")
    desk.press("Return")
    assert own_remark(desk) == Remark("Is this a quote?", "")
    desk.press("Ctrl+Z")
    assert own_remark(desk) == NO_REMARK


@row("document.note")
def it_has_a_note(desk: Driver, act: Act) -> None:
    act()
    desk.dialog("remark-dialog")
    desk.type("Long, but easy")
    desk.click("remark-dialog-accept")
    assert own_remark(desk) == Remark(None, "Long, but easy")


@row("document.answer")
def its_flags_are_gone(desk: Driver, act: Act) -> None:
    desk.press("Ctrl+Alt+F", "Return")
    assert own_remark(desk).is_flagged
    act()
    assert not own_remark(desk).is_flagged
    assert "Took away 1 flag" in desk.message()


@row("document.rename", "document.properties")
def it_has_another_name(desk: Driver, act: Act) -> None:
    act()
    desk.dialog("properties-dialog")
    desk.fill("properties-name", "call.txt")
    desk.click("properties-dialog-accept")
    assert desk.document == "call.txt"
    assert desk.documents()[0] == "call"
    desk.press("Ctrl+Z")
    assert desk.document == "first.txt"


@row("document.remove")
def it_is_gone_until_the_undo(desk: Driver, act: Act) -> None:
    act()
    desk.dialog("remove-documents-dialog")
    desk.press("Return")
    assert "first" not in desk.documents()
    desk.press("Ctrl+Z")
    assert desk.documents()[0] == "first"


@row("document.status")
def it_has_the_status(desk: Driver, act: Act) -> None:
    act()
    desk.dialog("status-dialog")
    desk.press("Return")
    desk.wait(lambda: desk.message().startswith("Set "))
    assert status(desk) is Status.DONE_EMPTY


@row("document.describe")
def its_metadata_have_the_value(desk: Driver, act: Act) -> None:
    act()
    desk.dialog("metadata-dialog")
    desk.type("source")
    desk.press("Tab")
    desk.type("web")
    desk.press("Return")
    assert desk.session.state is not None
    assert desk.session.state.document.meta == {"source": "web"}


@row("document.assign")
def the_selected_are_to_be_assigned(desk: Driver, act: Act) -> None:
    act.opens("assign-dialog")


@row("document.export")
def the_selected_are_to_be_exported(desk: Driver, act: Act) -> None:
    act()
    desk.dialog("export-dialog")
    assert desk.field("export-name").text() == "the 1 document selected"
    desk.press("Esc")


@row("annotation.change-selected")
def the_selected_marks_have_a_comment(desk: Driver, act: Act) -> None:
    two_selected(desk)
    act()
    desk.dialog("change-marks-dialog")
    choose(desk, "change-marks-field", "Comment")
    box(desk, "change-marks-value").setFocus()
    desk.type("look again")
    desk.press("Return")
    assert [annotation.comment for annotation in desk.annotations()] == ["look again"] * 2
    desk.press("Ctrl+Z")
    assert [annotation.comment for annotation in desk.annotations()] == ["", ""]


@row("annotation.delete-selected")
def the_selected_marks_are_gone(desk: Driver, act: Act) -> None:
    two_selected(desk)
    act()
    assert desk.marks() == []
    desk.press("Ctrl+Z")
    assert len(desk.marks()) == 2


def two_selected(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    last = desk.mark("slave trade", "F4", "D").uid
    desk.wait(lambda: desk.workspace.annotations.selected() == [last])
    desk.workspace.annotations.list.setFocus()
    desk.press("Home", "Shift+Down")
    assert len(desk.workspace.annotations.selected()) == 2


def box(desk: Driver, name: str) -> QComboBox:
    found = QApplication.activeModalWidget().findChild(QComboBox, name)
    assert found is not None
    return found


def choose(desk: Driver, name: str, title: str) -> None:
    combo = box(desk, name)
    combo.setCurrentIndex(combo.findText(title))


@row("view.filter")
def only_fitting_documents_are_listed(desk: Driver, act: Act) -> None:
    desk.press("Ctrl+Alt+F", "Return")
    act()
    desk.dialog("filter-dialog")
    desk.fill("filter-more", "flag=yes")
    desk.press("Return")
    assert desk.documents() == ["first"]


@row("view.everything")
def all_documents_are_listed_again(desk: Driver, act: Act) -> None:
    desk.press("Ctrl+Alt+L")
    desk.fill("filter-more", "name=second.txt")
    desk.press("Return")
    assert desk.documents() == ["second"]
    act()
    assert len(desk.documents()) == 4


@row("view.views")
def the_menu_of_views_opens(desk: Driver, act: Act) -> None:
    act()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert menu.objectName() == "views-menu"
    menu.close()


@row("view.sort")
def the_menu_of_orders_opens(desk: Driver, act: Act) -> None:
    act()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert menu.objectName() == "orders-menu"
    menu.close()


@row("view.reverse")
def the_last_documents_come_first(desk: Driver, act: Act) -> None:
    before = desk.documents()
    act()
    assert desk.documents() == before[::-1]


@row("view.save-view", "view.drop-view")
def a_view_is_saved_and_deleted(desk: Driver, act: Act) -> None:
    desk.press("Ctrl+Alt+L")
    desk.fill("filter-more", "name=second.txt")
    desk.press("Return")
    saves = act.id == "view.save-view"
    act() if saves else desk.palette("Save this view…")
    desk.dialog("view-name-dialog")
    desk.type("Seconds")
    desk.press("Return")
    assert [view.name for view in desk.session.reader.saved_views()] == ["Seconds"]
    if not saves:
        act()
        assert desk.session.reader.saved_views() == []
        desk.press("Ctrl+Z")
        assert [view.name for view in desk.session.reader.saved_views()] == ["Seconds"]


@row("document.next-reference", "document.previous-reference")
def another_reference_is_shown(desk: Driver, act: Act) -> None:
    session, documents = desk.session, desk.session.reader.documents
    uids = [found.uid for found in documents.rows(documents.keys(), annotator=None)]
    with session.project.atomic():
        documents.link(uids[0], uids[1])
    desk.press("Ctrl+PgDown", "Ctrl+PgUp")
    reference = desk.workspace.reference.canvas
    assert reference.text == projects.REFERENCE
    act()
    assert reference.text == projects.SECOND


# -- marks -------------------------------------------------------------------------------------------------------------


def three(desk: Driver) -> None:
    """Mark three words alike, none of them finished; nothing is chosen then."""
    for words in ("senator", "Vladimir", "slave trade"):
        desk.mark(words, "F4", "R")
        desk.press("Esc", "Esc")


def quote(desk: Driver) -> str:
    return desk.chosen.quote if desk.chosen else ""


TO_MARKS = (
    *("annotation.next", "annotation.previous", "annotation.next-open", "annotation.previous-open"),
    *("annotation.next-alike", "annotation.previous-alike"),
)


@row(*TO_MARKS[:4])
def the_mark_beside_the_caret_is_chosen(desk: Driver, act: Act) -> None:
    three(desk)
    desk.press("Ctrl+End" if "previous" in act.id else "Ctrl+Home")
    act()
    assert quote(desk) == ("slave trade" if "previous" in act.id else "senator")


@row(*TO_MARKS[4:])
def a_mark_with_the_same_label_is_chosen(desk: Driver, act: Act) -> None:
    three(desk)
    desk.press("Ctrl+Home", "Tab")
    act()
    assert quote(desk) == ("Vladimir" if "next" in act.id else "slave trade")


@row("annotation.delete")
def the_mark_is_deleted(desk: Driver, act: Act) -> None:
    desk.mark("senator", "F4", "R")
    act()
    assert desk.marks() == []


@row("annotation.correction")
def the_correction_is_typed(desk: Driver, act: Act) -> None:
    desk.mark("senator", "F4", "R")
    act()
    desk.type("president")
    desk.press("Return")
    assert [a.correction for a in desk.annotations()] == ["president"]


@row("annotation.comment")
def the_comment_is_typed(desk: Driver, act: Act) -> None:
    desk.mark("senator", "F4", "R")
    act()
    assert isinstance(desk.target(), QPlainTextEdit)
    desk.type("why")
    desk.focus_text()
    assert [a.comment for a in desk.annotations()] == ["why"]


@row("annotation.unsure")
def it_is_unsure(desk: Driver, act: Act) -> None:
    desk.mark("senator", "F4", "R")
    act()
    assert [a.attributes["confidence"] for a in desk.annotations()] == ["unsure"]


@row("annotation.repeat")
def the_last_label_is_used(desk: Driver, act: Act) -> None:
    desk.mark("senator", "F4", "R")
    desk.find("Puttin")
    act()
    assert desk.marks() == [("senator", ROLE), ("Puttin", ROLE)]


@row("annotation.move")
def the_mark_is_elsewhere(desk: Driver, act: Act) -> None:
    before = desk.mark("senator", "F4", "R")
    desk.press("Shift+Ctrl+Right")
    act()
    (after,) = desk.annotations()
    assert (after.uid, after.start, after.quote) == (before.uid, before.end, ", spoke")


@row("annotation.brush")
def the_brush_is_on(desk: Driver, act: Act) -> None:
    act()
    assert desk.shown("status-mode").startswith("Brush")
    assert desk.workspace.text.canvas.pointer.is_brush


@row("annotation.here")
def the_mark_at_the_caret_is_chosen(desk: Driver, act: Act) -> None:
    desk.mark("senator", "F4", "R")
    desk.press("Esc", "Esc")
    assert desk.chosen is None
    act()
    assert quote(desk) == "senator"


@row("annotation.card")
def its_card_is_shown(desk: Driver, act: Act) -> None:
    desk.mark("senator", "F4", "R")
    act()
    assert desk.window.findChild(HoverCard).isVisible()
    assert desk.shown("hover-card-title") == "Error: Role or attribute"


ENDS = {
    "annotation.end-grow": "US senator,",
    "annotation.end-shrink": "US senato",
    "annotation.start-grow": " US senator",
    "annotation.start-shrink": "S senator",
    "annotation.end-grow-word": "US senator, spoke",
    "annotation.end-shrink-word": "US",
    "annotation.start-grow-word": "the US senator",
    "annotation.start-shrink-word": "senator",
}


@row(*ENDS)
def its_end_is_elsewhere(desk: Driver, act: Act) -> None:
    desk.mark("US senator", "F4", "R")
    act()
    assert desk.marks() == [(ENDS[act.id], ROLE)]


@row("annotation.mend")
def its_ends_are_mended(desk: Driver, act: Act) -> None:
    desk.mark("US senator", "F4", "R")
    desk.press("Alt+End")
    desk.press("Alt+Shift+Home")
    assert desk.marks() == [("S senator,", ROLE)]
    act()
    assert desk.marks() == [("US senator,", ROLE)]


@row("annotation.next-odd")
def the_odd_mark_is_chosen(desk: Driver, act: Act) -> None:
    desk.mark("US senator", "F4", "R")
    desk.press("Alt+Shift+End")
    desk.mark("Puttin", "F4", "R")
    act()
    assert desk.workspace.controller.chosen.quote == "US senato"
    assert "begins or ends inside a word" in desk.message()


@row("annotation.split")
def it_is_two(desk: Driver, act: Act) -> None:
    desk.mark("US senator", "F4", "R")
    desk.put_caret("senator")
    act()
    assert desk.marks() == [("US", ROLE), ("senator", ROLE)]


@row("annotation.merge")
def two_are_one(desk: Driver, act: Act) -> None:
    desk.mark("US", "F4", "R")
    desk.mark("senator", "F4", "R")
    desk.press("Ctrl+Home", "Tab")
    act()
    assert desk.marks() == [("US senator", ROLE)]


@row("annotation.add-fragment", "annotation.remove-fragment")
def a_part_comes_and_goes(desk: Driver, act: Act) -> None:
    desk.mark("senator", "F4", "R")
    desk.find("Puttin")
    if act.id == "annotation.add-fragment":
        act()
        assert desk.marks() == [("senator … Puttin", ROLE)]
    else:
        desk.press("Alt+F", "Left")
        act()
        assert desk.marks() == [("senator", ROLE)]


@row("annotation.propagate")
def equal_words_are_marked_alike(desk: Driver, act: Act) -> None:
    desk.press("Ctrl+PgDown")
    desk.mark("voted down", "F4", "V")
    act()
    desk.wait(lambda: desk.marks() == [("voted down", "PREDICATE")] * 2)


@row("annotation.next-hit", "annotation.previous-hit")
def the_other_hit_is_selected(desk: Driver, act: Act) -> None:
    desk.press("Ctrl+PgDown")
    desk.find("voted down")
    desk.press("Ctrl+Shift+H")
    table = desk.dialog("concordance-dialog").findChild(QTableView, "concordance-table")
    desk.wait(lambda: table.model().rowCount() == 2)
    table.setFocus()
    table.selectRow(0)
    desk.press("Return")
    first = desk.workspace.text.canvas.view.selection
    act()
    second = desk.workspace.text.canvas.view.selection
    assert second != first
    assert desk.selected == "voted down"


def linked(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    desk.find_evidence("U.S. President")


@row("evidence.link")
def the_proof_is_linked(desk: Driver, act: Act) -> None:
    desk.mark("senator", "F4", "R")
    desk.press("Ctrl+Shift+F")
    desk.type("President")
    desk.press("Return")
    act()
    assert [e.quote for a in desk.annotations() for e in a.evidence] == ["President"]


@row("evidence.link-other-set")
def other_proof_is_linked(desk: Driver, act: Act) -> None:
    linked(desk)
    desk.press("Ctrl+Shift+F")
    desk.type("exchange")
    desk.press("Return")
    act()
    assert [(e.quote, e.alternative) for a in desk.annotations() for e in a.evidence] == [
        ("U.S. President", 1),
        ("exchange", 2),
    ]


@row("evidence.find")
def the_reference_is_searched(desk: Driver, act: Act) -> None:
    act()
    assert desk.target() is desk.workspace.reference.find_bar.line


@row("evidence.show")
def the_proof_is_shown(desk: Driver, act: Act) -> None:
    linked(desk)
    reference = desk.workspace.reference.canvas
    desk.focus_text()
    reference.select(40, 41)
    act()
    (evidence,) = desk.annotations()[0].evidence
    assert reference.view.selection == (evidence.start, evidence.end)


# -- selecting ---------------------------------------------------------------------------------------------------------

SELECTED = {
    "select.word": "senator",
    "select.sentence": SPUN.partition(" They")[0],
    "select.paragraph": SPUN.partition("\n")[0],
    "select.all": SPUN,
}


@row(*SELECTED)
def it_is_selected(desk: Driver, act: Act) -> None:
    desk.put_caret("senator")
    act()
    assert desk.selected == SELECTED[act.id]


@row("select.nothing")
def nothing_is_selected(desk: Driver, act: Act) -> None:
    desk.find("senator")
    act()
    assert desk.selected == ""


@row("select.exact")
def the_next_mark_is_exact(desk: Driver, act: Act) -> None:
    desk.put_caret("senator")
    desk.press("F4", "Shift+Right", "Shift+Right")
    act()
    desk.press("R")
    assert desk.marks() == [("se", ROLE)]


@row("select.snapping")
def selections_grow_to_something_else(desk: Driver, act: Act) -> None:
    canvases = (desk.workspace.text.canvas, desk.workspace.reference.canvas)
    assert {canvas.snapping for canvas in canvases} == {"word"}
    act()
    assert {canvas.snapping for canvas in canvases} == {"character"}


@row("select.click")
def a_click_takes_something_else(desk: Driver, act: Act) -> None:
    act()
    assert desk.workspace.text.canvas.click_unit == "word"


# -- the caret ---------------------------------------------------------------------------------------------------------

THEY, HOW = SPUN.index("They"), SPUN.index("“How")
CARET: dict[str, tuple[int, int]] = {
    "caret.left": (5, 4),
    "caret.right": (5, 6),
    "caret.word-left": (SPUN.index("nator"), SPUN.index("senator")),
    "caret.word-right": (SPUN.index("US"), SPUN.index("senator")),
    "caret.sentence-left": (THEY + 5, THEY),
    "caret.sentence-right": (3, THEY),
    "caret.paragraph-up": (HOW + 5, HOW),
    "caret.paragraph-down": (3, HOW),
    "caret.line-start": (5, 0),
    "caret.document-start": (HOW, 0),
    "caret.document-end": (3, len(SPUN)),
}


@row(*CARET)
def the_caret_is_there(desk: Driver, act: Act) -> None:
    canvas = desk.workspace.text.canvas
    desk.focus_text()
    start, end = CARET[act.id]
    canvas.select(start, start)
    act()
    assert (desk.caret, canvas.view.has_selection) == (end, False)
    canvas.select(start, start)
    desk.press(f"Shift+{act.key}")
    if act.id != "caret.word-right":  # a selection leaves the space behind the word
        assert canvas.view.selection == (min(start, end), max(start, end))


LINES: dict[str, tuple[int, Callable[[float], bool]]] = {
    "caret.up": (HOW, lambda moved: moved < 0),
    "caret.down": (0, lambda moved: moved > 0),
    "caret.page-up": (len(SPUN), lambda moved: moved < -20),
    "caret.page-down": (0, lambda moved: moved > 20),
}


@row(*LINES)
def the_caret_is_on_another_line(desk: Driver, act: Act) -> None:
    canvas = desk.workspace.text.canvas
    desk.focus_text()
    start, fits = LINES[act.id]
    canvas.select(start, start)
    before = canvas.text_layout.caret_rect(start).top()
    act()
    assert fits(canvas.text_layout.caret_rect(desk.caret).top() - before)


@row("caret.line-end")
def the_caret_is_at_the_end_of_its_line(desk: Driver, act: Act) -> None:
    canvas = desk.workspace.text.canvas
    desk.focus_text()
    canvas.select(0, 0)
    act()
    assert 0 < desk.caret < THEY
    assert desk.caret == canvas.text_layout.line_range(0)[1]


# -- looking -----------------------------------------------------------------------------------------------------------


@row("view.find")
def the_find_line_is_open(desk: Driver, act: Act) -> None:
    act()
    assert desk.target() is desk.workspace.text.find_bar.line


@row("view.find-next")
def the_next_hit_is_selected(desk: Driver, act: Act) -> None:
    desk.find("th")
    first = desk.workspace.text.canvas.view.selection
    act()
    second = desk.workspace.text.canvas.view.selection
    assert second > first
    assert SPUN[slice(*second)].casefold() == "th"


@row("view.next-pane", "view.previous-pane")
def another_pane_has_the_keyboard(desk: Driver, act: Act) -> None:
    desk.focus_text()
    panes: list[QWidget] = desk.workspace.panes()
    at = panes.index(desk.target())
    act()
    assert desk.target() is panes[at + 1 if "next" in act.id else at - 1]


@row("view.documents")
def documents_are_searched(desk: Driver, act: Act) -> None:
    act()
    desk.type("third")
    desk.press("Return")
    assert desk.document == "third.txt"


@row("view.corrections")
def corrections_are_hidden(desk: Driver, act: Act) -> None:
    desk.mark("senator", "F4", "R")
    desk.correct("president")
    block = desk.workspace.text.canvas.text_layout.block(0)
    assert "president" in block.highlights[0].beside
    act()
    assert block.highlights[0].beside == ""


@row("view.together", "view.differences")
def the_sides_go_together_or_not(desk: Driver, act: Act) -> None:
    beside, name = desk.workspace.beside, act.id.partition(".")[2]
    before = getattr(beside, name)
    act()
    assert getattr(beside, name) is not before


@row("view.larger", "view.smaller")
def the_text_has_another_size(desk: Driver, act: Act) -> None:
    before = desk.workspace.text.canvas.text_layout.style.font.pixelSize()
    act()
    moved = desk.workspace.text.canvas.text_layout.style.font.pixelSize() - before
    assert moved > 0 if act.id == "view.larger" else moved < 0


@row("view.theme")
def the_colours_are_others(desk: Driver, act: Act) -> None:
    before = desk.window.palette().window().color()
    act()
    assert desk.window.palette().window().color() != before


@row("help.doctor")
def the_machine_is_checked(desk: Driver, act: Act) -> None:
    act()
    desk.dialog("diagnostics-dialog")
    desk.wait(lambda: "passed" in desk.shown("diagnostics-lead") or "work:" in desk.shown("diagnostics-lead"))
    assert "worker: answered" in desk.window.findChild(QPlainTextEdit, "diagnostics-details").toPlainText()
    desk.click("diagnostics-copy")
    assert QApplication.clipboard().text().count(str(desk.session.path)) == 1
    desk.click("diagnostics-dialog-accept")


@row("help.tour")
def the_tour_is_shown(desk: Driver, act: Act) -> None:
    act()
    assert desk.shown("tour-title")


@row("workspace.annotate", "workspace.review", "workspace.insights")
def the_workspace_is_in_front(desk: Driver, act: Act) -> None:
    desk.press("Ctrl+3" if act.id == "workspace.annotate" else "Ctrl+1")
    act()
    shown = [name for name, tab in desk.window.top._spaces.items() if tab.isChecked()]
    assert shown == [act.id.partition(".")[2]]


# -- what the scheme brings --------------------------------------------------------------------------------------------


def test_all_that_the_scheme_brings_by_its_key(desk: Driver) -> None:
    scheme = desk.session.scheme
    specs = {spec.id: ways_of(spec) for spec in scheme_actions(scheme)}
    for layer in scheme.layers:
        for label in layer.labels:
            desk.focus_text()
            desk.press("Ctrl+Home", "Esc")
            desk.find("senator")
            for action in (f"layer.{layer.id}", f"label.{layer.id}.{label.id}"):
                for way in specs.pop(action, [])[:1]:
                    Act(desk, *way)()
            assert desk.chosen is not None, label.id
            assert (desk.chosen.layer, desk.chosen.label) == (layer.id, label.id)
            desk.press("Ctrl+Z")
            assert desk.marks() == []
    desk.mark("senator", "F4", "R")
    for severity in scheme.severities:
        Act(desk, *specs.pop(f"severity.{severity.id}")[0])()
        assert desk.chosen.attributes["severity"] == severity.id
    for quote, *keys in (
        ("Donald Trump", "F3", "C"),
        ("Vladimir", "F3", "C"),
        ("Kyiv", "F2", "3"),
        ("days", "F2", "6"),
    ):
        desk.mark(quote, *keys)
    for relation in scheme.relations:
        source = next(mark for mark in desk.annotations() if scheme.may_end(relation.sources, mark))
        desk.workspace.controller.choose(source.uid)
        desk.focus_text()
        Act(desk, *specs.pop(f"relation.{relation.id}")[0])()
        desk.press("Tab", "Return")
        assert desk.session.state is not None
        assert [tie.label for tie in desk.session.state.relations.values()][-1] == relation.id
    assert specs == {}


# -- one by one, and in one window -------------------------------------------------------------------------------------


def changes_nothing(action: str) -> bool:
    """Whether a command only opens a dialog, which is closed again, moves the caret or selects, for which each row sets
    the place, or goes about marks that its row has made and that can be undone.
    """
    return action in {*DIALOGS, *SELECTED, *ENDS, *TO_MARKS} or action.startswith("caret.")


@pytest.mark.qt_log_ignore("This plugin does not support grabbing", extend=True)
@pytest.mark.parametrize(("action", "key"), [way for way in ways(besides=_ELSEWHERE) if not changes_nothing(way[0])])
def test_the_command_does_what_it_says(desk: Driver, action: str, key: str) -> None:
    ROWS[action](desk, Act(desk, action, key))


@pytest.mark.parametrize("begin", TOGETHER)
def test_commands_that_change_nothing_do_what_they_say(
    desk: Driver, project: Path, subtests: pytest.Subtests, begin: str
) -> None:
    content = project.read_bytes()
    for action, key in ways(begin):
        if changes_nothing(action):
            with subtests.test(action=action, key=key):
                ROWS[action](desk, Act(desk, action, key))
            for _ in range(4):
                if desk.marks() and not in_the_way():
                    desk.press("Ctrl+Z")
            if in_the_way() or (desk.document, desk.marks()) != ("first.txt", []):
                desk.quit()
                project.write_bytes(content)
                desk.start(project, annotator="Ana")


def in_the_way() -> bool:
    """Whether a dialog or a menu is left for the next command to meet."""
    return QApplication.activeModalWidget() is not None or QApplication.activePopupWidget() is not None
