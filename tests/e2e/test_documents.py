"""From document to document: done, skipped, forth and back, and to the place where one was."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from app.core.annotation import Evidence, Fragment, Stance, Status
from app.core.document import sha256
from app.core.pages import Pages
from app.core.text_change import Splice, TextChange
from app.jobs.tasks.import_files import import_files
from app.services.documents.desk import describe
from app.services.texts.text_edit import edit_text
from app.session.session import Session
from tests.conftest import scheme_source
from tests.driver import Driver
from tests.e2e.commands import BY_PALETTE
from tests.unit.exchange.build import project

ROUTES = pytest.mark.parametrize("route", ["key", BY_PALETTE])


def status(stet: Driver) -> Status:
    assert stet.session.state is not None
    return stet.session.state.status


def finish(stet: Driver, quote: str, key: str, correction: str) -> None:
    """Mark an error with all that the scheme asks for."""
    stet.mark(quote, "F4", key)
    stet.press("Alt+2")
    stet.correct(correction)
    stet.find_evidence("President")


@ROUTES
def test_done_is_refused_and_shows_the_first_open_rule(desk: Driver, route: str) -> None:
    finish(desk, "Donald Trump", "N", "Trump")
    desk.mark("slave trade", "F4", "D")
    desk.mark("senator", "F4", "R")
    desk.press("Ctrl+End", "Esc", "Esc")
    assert desk.chosen is None
    desk.run("document.done", route)
    assert status(desk) is Status.OPEN
    assert desk.document == "first.txt"
    assert desk.chosen is not None
    assert desk.chosen.quote == "senator"
    assert "senator" in desk.message()


def test_the_chosen_mark_is_the_one_the_message_names(desk: Driver) -> None:
    desk.mark("slave trade", "F4", "D")
    desk.mark("senator", "F4", "R")
    desk.press("Ctrl+Return")
    assert desk.chosen is not None
    assert f"“{desk.chosen.quote}”" in desk.message()


@ROUTES
def test_done_goes_on_to_the_next_open_document(desk: Driver, route: str) -> None:
    finish(desk, "senator", "R", "president")
    desk.run("document.done", route)
    assert desk.document == "second.txt"
    desk.press("Ctrl+PgUp")
    assert status(desk) is Status.DONE


def test_done_without_marks_means_nothing_to_mark(desk: Driver) -> None:
    desk.press("Ctrl+PgDown", "Ctrl+PgDown")
    assert desk.document == "third.txt"
    desk.press("Ctrl+Return")
    assert desk.document == "first.txt"
    desk.press("Ctrl+PgDown", "Ctrl+PgDown")
    assert status(desk) is Status.DONE_EMPTY


@ROUTES
def test_skip_and_open_again(desk: Driver, route: str) -> None:
    desk.run("document.skip", route)
    assert desk.document == "second.txt"
    desk.press("Ctrl+PgUp")
    assert status(desk) is Status.SKIPPED
    desk.run("document.reopen", route)
    assert status(desk) is Status.OPEN


def test_after_the_last_open_document_there_is_praise(desk: Driver) -> None:
    desk.press("Ctrl+Return", "Ctrl+Return", "Ctrl+Return")
    assert "That was the last open document" in desk.message()
    assert desk.shown("documents-caption") == "DOCUMENTS · 3 OF 3 DONE"


def test_a_mark_in_a_finished_document_opens_it_again(desk: Driver) -> None:
    desk.press("Ctrl+Return", "Ctrl+PgUp")
    assert status(desk) is Status.DONE_EMPTY
    desk.mark("senator", "F4", "R")
    assert status(desk) is Status.OPEN
    desk.press("Ctrl+Z")
    assert status(desk) is Status.DONE_EMPTY


@ROUTES
def test_forth_and_back_and_no_further(desk: Driver, route: str) -> None:
    desk.run("document.previous", route)
    assert "No more documents in this list" in desk.message()
    seen = [desk.document]
    for _ in range(3):
        desk.run("document.next", route)
        seen.append(desk.document)
    assert seen == ["first.txt", "second.txt", "third.txt", "report.txt"]
    desk.run("document.previous", route)
    assert desk.document == "third.txt"


def test_a_document_is_opened_by_a_search_in_the_list(desk: Driver) -> None:
    desk.press("Ctrl+L")
    desk.type("budget")
    desk.press("Return")
    assert desk.document == "second.txt"
    assert desk.documents() == ["second"]
    desk.press("Ctrl+L")
    desk.press("Ctrl+A", "Delete", "Return")
    assert len(desk.documents()) == 4


def test_a_document_is_opened_by_name_from_the_palette(desk: Driver) -> None:
    desk.press("Ctrl+K")
    desk.dialog("palette")
    desk.type("third")
    desk.press("Return")
    desk.settle()
    assert desk.document == "third.txt"


def test_a_row_is_opened_with_the_arrows(desk: Driver) -> None:
    while desk.target() is not desk.workspace.documents.list:
        desk.press("F6")
    desk.press("Down", "Return")
    assert desk.document == "second.txt"
    assert desk.target() is desk.workspace.text.canvas


@pytest.mark.parametrize("route", ["key", BY_PALETTE])
def test_text_and_reference_change_places_and_back(desk: Driver, route: str) -> None:
    before = desk.session.state.document.text
    desk.run("document.swap", route)
    assert desk.document == "report.txt"
    assert desk.workspace.reference.canvas.text == before
    desk.run("document.swap", route)
    assert desk.document == "first.txt"
    assert desk.workspace.text.canvas.text == before


def test_the_place_in_each_document_is_kept(desk: Driver, project: Path) -> None:
    desk.put_caret("Puttin")
    first = desk.caret
    desk.press("Ctrl+PgDown")
    assert desk.caret == 0
    desk.put_caret("speaker")
    second = desk.caret
    desk.press("Ctrl+PgUp")
    assert desk.caret == first
    desk.press("Ctrl+PgDown")
    assert desk.caret == second
    desk.quit()
    desk.start(project, annotator="Ana")
    assert (desk.document, desk.caret) == ("first.txt", first)
    desk.press("Ctrl+PgDown")
    assert desk.caret == second


def test_another_annotator_has_places_of_their_own(desk: Driver, project: Path) -> None:
    desk.put_caret("Puttin")
    desk.quit()
    desk.start(project, annotator="Ben")
    assert desk.caret == 0


@pytest.mark.parametrize(
    "keys",
    [
        ("Ctrl+Return",),
        ("F8",),
        ("Ctrl+PgDown", "Ctrl+PgUp"),
        ("F6",),
        ("Alt+2", "Return"),
        ("Ctrl+K", "Esc", "Return"),
    ],
)
def test_what_is_being_typed_is_not_lost_whatever_comes_next(desk: Driver, keys: tuple[str, ...]) -> None:
    finish(desk, "Donald Trump", "N", "Trump")
    desk.mark("senator", "F4", "R")
    desk.press("Alt+3")
    desk.find_evidence("President")
    desk.press("Return")
    desk.type("president")
    desk.press(*keys)
    if desk.document != "first.txt":
        desk.press("Ctrl+PgUp")
    corrections = {mark.quote: mark.correction for mark in desk.annotations()}
    assert corrections == {"Donald Trump": "Trump", "senator": "president"}


def test_escape_in_the_search_shows_all_documents_again(desk: Driver) -> None:
    everything = desk.documents()
    desk.press("Ctrl+L")
    desk.type("budget")
    desk.wait(lambda: len(desk.documents()) == 1)
    desk.press("Esc")
    assert desk.documents() == everything
    assert desk.field("documents-search").text() == ""
    assert desk.target() is desk.workspace.text.canvas
    desk.press("Ctrl+L")
    desk.type("budget")
    desk.press("F6", "Ctrl+L")
    assert desk.field("documents-search").selectedText() == "budget"


def test_a_filter_that_nothing_fits_says_so(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    desk.fill("marks-filter", "nowhere")
    assert desk.shown("marks-empty") == "No marks match “nowhere”."
    assert desk.window.findChild(QLabel, "marks-empty").isVisible()
    desk.fill("marks-filter", "senator")
    assert not desk.window.findChild(QLabel, "marks-empty").isVisible()


def test_both_texts_get_the_room_of_a_wide_window(desk: Driver) -> None:
    sides = [desk.workspace.text, desk.workspace.reference]
    before = [side.width() for side in sides]
    desk.window.resize(desk.window.width() + 400, desk.window.height())
    desk.settle()
    assert all(side.width() - width > 100 for side, width in zip(sides, before, strict=True))


def test_done_says_once_what_is_needed(desk: Driver) -> None:
    desk.mark("slave trade", "F4", "D")
    desk.press("Ctrl+Return")
    assert desk.message().count("needs") == 1


def test_titles_stand_where_file_names_would(stet: Driver, tmp_path: Path) -> None:
    lines: list[dict[str, object]] = [
        {"stet": 1, "id": "d1", "name": "004_7ed.txt", "text": "One.", "meta": {"title": "After the call"}},
        {"stet": 1, "id": "d2", "name": "r1.txt", "text": "Two.\n\nThree.", "meta": {"title": "The report"}},
    ]
    lines[0]["references"] = ["d2"]
    (tmp_path / "in.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    path = tmp_path / "p.stet"
    session = Session.create(path, scheme=scheme_source("news-errors"))
    import_files(session, [tmp_path / "in.jsonl"])
    session.close()
    stet.start(path, annotator="Ana")
    model = stet.workspace.documents_model
    assert [model.index(row).data() for row in range(model.rowCount())] == ["After the call", "The report"]
    titles = [stet.window.findChild(QLabel, f"{side}-pane-title").text() for side in ("text", "reference")]
    assert titles == ["After the call", "The report"]
    assert "004_7ed.txt" in model.index(0).data(Qt.ItemDataRole.ToolTipRole)
    place = stet.workspace.side.describe(
        Evidence(uid="e", document="d2", fragments=(Fragment(6, 11),), quote="Three", stance=Stance.REFUTES)
    )
    assert place[0] == "The report · ¶ 2 · character 6"


def test_the_page_of_the_caret_and_of_evidence_is_told(stet: Driver, tmp_path: Path) -> None:
    text = "One claim.\n\nOn the second page."
    pages = {"pages": Pages((0, 12)).kept(sha256(text))}
    rows = (
        {"stet": 1, "id": "d1", "name": "a.pdf", "text": text, "meta": pages, "references": ["d2"]},
        {"stet": 1, "id": "d2", "name": "b.pdf", "text": text, "meta": pages},
    )
    (tmp_path / "in.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    with project(tmp_path / "p.stet") as session:
        import_files(session, [tmp_path / "in.jsonl"])
    stet.start(tmp_path / "p.stet", annotator="Ana")
    place = stet.window.status.place
    assert place.text() == "page 1 · ¶ 1 · character 0"
    stet.workspace.text.canvas.select(15, 21)
    assert place.text() == "page 2 · ¶ 2 · characters 15–21"
    edit_text(stet.session, "d1", TextChange(text, [Splice(0, 4, "")]))
    stet.workspace.text.canvas.select(8, 10)
    assert place.text() == "page 2 · ¶ 2 · characters 8–10"
    describe(stet.session, "d1", name="a.pdf", meta={"pages": "two"})
    stet.workspace.text.canvas.select(0, 1)
    assert place.text() == "¶ 1 · characters 0–1"
    proof = Evidence(uid="e", document="d2", fragments=(Fragment(5, 14),), quote="", stance=Stance.REFUTES)
    assert stet.workspace.side.describe(proof)[0] == "b.pdf · pages 1–2 · ¶ 1 · character 5"
