"""Files in and out: dropped, imported with progress, cancelled, exported, made references."""

import json
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QListWidget, QPlainTextEdit, QProgressBar, QPushButton

from app.core.decision import GOLD, Decision, Outcome
from app.core.edits import AddAnnotation
from app.session.actions import Compound, Decide, SetEdit
from app.session.session import Session
from app.ui.dialogs.encoding_choice import EncodingDialog
from tests.driver import Driver
from tests.e2e import projects
from tests.unit.build import annotation
from tests.unit.exchange.build import TEXT, decision, gold, record, written


def many(path: Path, count: int) -> Path:
    """Write a JSONL of so many documents."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            text = f"Text number {number} with some words. " * 8
            file.write(json.dumps({"stet": 1, "id": f"d{number}", "name": f"d{number}", "text": text}) + "\n")
    return path


def wait_for_import(stet: Driver) -> None:
    stet.wait(lambda: stet.find_dialog("progress-dialog") is None)
    stet.settle()


def test_decisions_come_in_with_a_dropped_file_and_go_with_undo(desk: Driver, tmp_path: Path) -> None:
    file = tmp_path / "reviewed.jsonl"
    one = annotation(TEXT, (0, 12), uid="g1", layer="entity", label="PERSON")
    file.write_bytes(written([record(sets=(gold(one),), decisions=(decision(gold="g1"),))]))
    desk.drop(file)
    wait_for_import(desk)
    assert desk.message() == "Imported 1 new document, 1 mark, 1 decision."
    assert len(desk.session.executor.review.decisions.all()) == 1
    desk.press("Ctrl+Z")
    assert desk.session.executor.review.decisions.all() == []


# -- dropping ----------------------------------------------------------------------------------------------------------


def test_a_dropped_text_is_imported(desk: Driver, tmp_path: Path) -> None:
    file = tmp_path / "new one.txt"
    file.write_bytes("Ein Text.\r\n😀".encode())
    desk.drop(file)
    wait_for_import(desk)
    assert "1 new" in desk.message()
    assert desk.documents()[-1] == "new one"
    desk.press("Ctrl+L")
    desk.type("new one")
    desk.press("Return")
    assert desk.session.state.document.text == "Ein Text.\r\n😀"


def test_a_dropped_import_is_one_step_to_undo(desk: Driver, tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.txt" for number in range(3)]
    for file in files:
        file.write_text(f"Text of {file.name}.")
    desk.drop(*files)
    wait_for_import(desk)
    assert len(desk.documents()) == 7
    desk.press("Ctrl+Z")
    assert len(desk.documents()) == 4
    desk.press("Ctrl+Shift+Z")
    assert len(desk.documents()) == 7


def test_a_dropped_project_is_opened(stet: Driver, project: Path) -> None:
    stet.start()
    stet.window.desk.look.change({"annotator": "Ana"})
    stet.drop(project)
    stet.wait(lambda: stet.window.desk.workspace is not None)
    assert stet.document == "first.txt"
    assert stet.window.windowTitle() == "news – Stet"


def test_another_project_takes_the_place_of_the_open_one(desk: Driver, tmp_path: Path) -> None:
    desk.mark("senator", "F4", "R")
    other = projects.make(tmp_path, {"other.txt": "Another text."}, name="other.stet")
    desk.drop(other)
    assert desk.document == "other.txt"
    # The first one was closed whole, and somebody else may write to it.
    first = Session.open(tmp_path / "news.stet", annotator="Ana")
    assert first.is_writable
    first.close()


def test_dropping_the_open_project_keeps_it_open_for_writing(desk: Driver, project: Path) -> None:
    desk.drop(project)
    assert desk.message() == f"{project.name} is already open."
    assert desk.session.is_writable
    desk.mark("senator", "F4", "R")
    assert desk.marks() == [("senator", "ROLE_ATTRIBUTE")]


def test_a_text_dropped_without_a_project_makes_one_for_it(stet: Driver, tmp_path: Path) -> None:
    file = tmp_path / "article.txt"
    file.write_text("Some text.")
    stet.start(annotator="Ana")
    stet.drop(file)
    stet.dialog("new-project-dialog")
    stet.fill("new-project-path", str(tmp_path / "mine.stet"))
    stet.press("Return")
    stet.wait(lambda: stet.window.desk.workspace is not None)
    wait_for_import(stet)
    stet.wait(lambda: stet.session.state is not None)
    assert stet.document == "article.txt"
    stet.mark("Some", "F2", "1")
    assert stet.marks() == [("Some", "PERSON")]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("nul.txt", b"a\x00b", "NUL"),
        ("bad.jsonl", b'{"stet":1,\n', "line 1"),
        ("picture.png", b"\x89PNG\r\n", "Unknown file type “.png”"),
    ],
)
def test_a_failed_import_is_reported_and_changes_nothing(
    desk: Driver, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    desk.drop(file)
    told = desk.report()
    assert words in told
    assert name in told
    assert len(desk.documents()) == 4


def test_an_export_of_nothing_says_so_first(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    desk.press("Ctrl+Shift+E")
    desk.dialog("export-dialog").findChild(QPushButton, "export-dialog-accept").click()
    report = desk.dialog("report-dialog")
    assert report.windowTitle() == "No document was exported"
    assert desk.shown("report-lead").startswith("Exported 0 documents to ")
    told = report.findChild(QPlainTextEdit, "report-details").toPlainText().splitlines()
    assert told[0] == "nothing exported, as no document is finished"
    desk.press("Esc")


# -- long work ---------------------------------------------------------------------------------------------------------


def test_a_long_import_shows_how_far_it_is_and_comes_in_whole(desk: Driver, tmp_path: Path) -> None:
    desk.drop(many(tmp_path / "many.jsonl", 20_000))
    dialog = desk.dialog("progress-dialog")
    bar = dialog.findChild(QProgressBar, "progress-bar")
    desk.wait(lambda: bar.maximum() == 1000 and bar.value() > 0)
    wait_for_import(desk)
    assert "20,000 new" in desk.message()
    assert len(desk.documents()) == 20_004


def test_a_cancelled_import_leaves_everything_as_it_was(desk: Driver, tmp_path: Path) -> None:
    desk.mark("senator", "F4", "R")
    desk.drop(many(tmp_path / "many.jsonl", 20_000))
    desk.dialog("progress-dialog")
    desk.click("progress-cancel")
    wait_for_import(desk)
    assert desk.message().startswith("Nothing was imported: cancelled")
    assert len(desk.documents()) == 4
    assert desk.session.reader.documents.count() == 4
    assert desk.marks() == [("senator", "ROLE_ATTRIBUTE")]
    # And the desk is free for the next job and the next mark.
    desk.mark("Puttin", "F4", "N")
    desk.press("Ctrl+Z", "Ctrl+Z")
    assert desk.marks() == []


def test_closing_the_window_while_it_imports_is_clean(desk: Driver, project: Path, tmp_path: Path) -> None:
    desk.mark("senator", "F4", "R")
    desk.drop(many(tmp_path / "many.jsonl", 20_000))
    desk.dialog("progress-dialog")
    desk.quit()
    again = Session.open(project, annotator="Ana")
    assert again.reader.documents.count() == 4
    state = again.open_document(again.reader.documents.find("first.txt")[0])
    assert [mark.quote for mark in state.in_order()] == ["senator"]
    again.close()


def test_one_import_at_a_time(desk: Driver, tmp_path: Path) -> None:
    desk.drop(many(tmp_path / "many.jsonl", 20_000))
    other = tmp_path / "other.txt"
    other.write_text("x")
    desk.window.desk.take_files([other])
    assert "still running" in desk.report()
    desk.click("progress-cancel")
    wait_for_import(desk)


# -- exporting ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "ending"), [("training", "training.jsonl"), ("stet", "export.jsonl")])
def test_an_export_is_written_where_it_was_offered(desk: Driver, tmp_path: Path, kind: str, ending: str) -> None:
    desk.mark("senator", "F4", "R")
    desk.press("Ctrl+Shift+E")
    dialog = desk.dialog("export-dialog")
    formats = dialog.findChild(QComboBox, "export-format")
    formats.setCurrentIndex(formats.findData(kind))
    documents = dialog.findChild(QComboBox, "export-documents")
    documents.setCurrentIndex(documents.findText("Unfinished documents too") if kind == "training" else 0)
    desk.click("export-dialog-accept")
    assert f"news.{ending}" in desk.report()
    records = [json.loads(line) for line in (tmp_path / f"news.{ending}").read_text(encoding="utf-8").splitlines()]
    assert any("senator" in json.dumps(record.get("errors") or record.get("sets")) for record in records)


def test_gold_is_offered_once_there_is_some_and_exported_alone(desk: Driver, tmp_path: Path) -> None:
    desk.press("Ctrl+Shift+E")
    assert _whose(desk).findText("Gold (reviewed)") == -1
    desk.press("Esc")
    source = desk.mark("senator", "F4", "R")
    reviewed = msgspec.structs.replace(source, uid="g1")
    uid = desk.session.state.document.uid
    made = Decision(
        **{"uid": "k1", "document": uid, "layer": "error", "key": "k", "outcome": Outcome.ACCEPTED, "gold": "g1"},
        **{"reviewer": "rina", "time": "2026-01-02T03:04:05Z", "votes": {"Ana": source.uid, "Ben": None}},
    )
    desk.session.perform(Compound((SetEdit(uid, GOLD, AddAnnotation(reviewed)), Decide(made))), title="Accept")
    desk.press("Ctrl+Shift+E")
    who = _whose(desk)
    offered = [who.itemText(at) for at in range(who.count())]
    assert [offered[:2], offered[-2:]] == [["Everyone", "Gold (reviewed)"], ["Ana", "rina"]]
    who.setCurrentIndex(1)
    documents = desk.dialog("export-dialog").findChild(QComboBox, "export-documents")
    documents.setCurrentIndex(documents.findText("Unfinished documents too"))
    desk.click("export-dialog-accept")
    assert "gold: 1 accepted" in desk.report()
    (line,) = (tmp_path / "news.training.jsonl").read_text(encoding="utf-8").splitlines()
    (error,) = json.loads(line)["errors"]
    assert (error["id"], error["soft"], error["provenance"]["reviewer"]) == ("g1", 0.5, "rina")


def test_an_export_says_first_what_it_will_leave_out(desk: Driver, tmp_path: Path) -> None:
    desk.mark("senator", "F4", "R")
    desk.press("Ctrl+Shift+E")
    dialog = desk.dialog("export-dialog")
    summary = dialog.findChild(QLabel, "export-summary")
    desk.wait(lambda: "Left out" in summary.text())
    assert summary.text() == (
        "Will be written: 0 documents\nLeft out: 1 not finished, 2 not begun, 1 only for reference"
    )
    documents = dialog.findChild(QComboBox, "export-documents")
    documents.setCurrentIndex(documents.findText("Unfinished documents too"))
    desk.wait(lambda: summary.text().startswith("Will be written: 1 document\n"))
    desk.fill("export-name", "second*")
    desk.wait(lambda: "3 without what you ask for" in summary.text())
    desk.fill("export-name", "")
    dialog.findChild(QComboBox, "export-split").setEditText("50/50")
    desk.wait(lambda: summary.text().startswith("Will be written: 1 document (train 1, test 0)"))
    desk.click("export-dialog-accept")
    told = desk.report()
    assert "1 document to" in told
    assert "documents not begun, left out: 2" in told
    assert {path.name for path in tmp_path.glob("news.training.*")} == {
        "news.training.train.jsonl",
        "news.training.test.jsonl",
        "news.training.manifest.json",
        "news.training.card.md",
    }


def _whose(desk: Driver) -> QComboBox:
    return desk.dialog("export-dialog").findChild(QComboBox, "export-annotator")


def test_export_into_a_missing_folder_is_refused_in_the_dialog(desk: Driver, tmp_path: Path) -> None:
    desk.press("Ctrl+Shift+E")
    dialog = desk.dialog("export-dialog")
    desk.fill("export-path", str(tmp_path / "gone" / "x.jsonl"))
    desk.press("Return")
    assert dialog.isVisible()
    desk.press("Esc")


# -- references and backups --------------------------------------------------------------------------------------------


def ticked(stet: Driver, name: str, *, on: bool) -> None:
    listed = stet.dialog("references-dialog").findChild(QListWidget, "references-list")
    (item,) = listed.findItems(name.removesuffix(".txt"), Qt.MatchFlag.MatchExactly)
    item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)


def test_references_are_chosen_shown_and_undone(desk: Driver) -> None:
    desk.press("Ctrl+Shift+R")
    ticked(desk, "report.txt", on=False)
    ticked(desk, "third.txt", on=True)
    desk.click("references-dialog-accept")
    assert desk.workspace.reference.canvas.text == projects.THIRD
    desk.press("Ctrl+Z")
    assert desk.workspace.reference.canvas.text == projects.REFERENCE


def test_a_document_without_a_reference_says_how_to_get_one(desk: Driver) -> None:
    desk.press("Ctrl+Shift+R")
    ticked(desk, "report.txt", on=False)
    desk.click("references-dialog-accept")
    desk.mark("senator", "F4", "R")
    for key in ("K", "Ctrl+Shift+F"):
        desk.press(key)
        assert "has no reference yet" in desk.message()
    desk.press("F7")
    assert "no reference to swap" in desk.message()


def test_several_references_are_gone_through(desk: Driver) -> None:
    desk.press("Ctrl+Shift+R")
    ticked(desk, "third.txt", on=True)
    desk.click("references-dialog-accept")
    seen = []
    for _ in range(3):
        seen.append(desk.workspace.reference.canvas.text)
        desk.press("Ctrl+Alt+Right")
    assert seen == [projects.REFERENCE, projects.THIRD, projects.REFERENCE]


def test_a_backup_by_hand_is_a_whole_project(desk: Driver, tmp_path: Path) -> None:
    desk.mark("senator", "F4", "R")
    desk.palette("Back up now")
    desk.wait(lambda: desk.message().startswith("Backed up to news.backups"))
    _first, copy = sorted((tmp_path / "news.backups").glob("*.stet"))
    assert copy.name in desk.message()
    session = Session.open(copy, annotator="Ana", write=False)
    assert session.reader.documents.count() == 4
    session.close()


def test_a_closed_project_reopens_from_the_start_screen(desk: Driver, project: Path) -> None:
    desk.mark("senator", "F4", "R")
    desk.press("Ctrl+Shift+W")
    assert desk.window.desk.workspace is None
    assert desk.window.start.isVisible()
    desk.click("recent-0")
    assert desk.marks() == [("senator", "ROLE_ATTRIBUTE")]
    assert desk.session.path == project


def _encoding_dialog(desk: Driver, name: str) -> EncodingDialog:
    """Wait until the encoding of a file is asked for."""

    def asked() -> EncodingDialog | None:
        found = [d for d in desk.window.findChildren(EncodingDialog) if d.isVisible()]
        return next((d for d in found if name in d.findChild(QLabel, "encoding-what").text()), None)

    desk.qtbot.waitUntil(lambda: asked() is not None)
    dialog = asked()
    assert dialog is not None
    return dialog


def _choose_encoding(dialog: EncodingDialog, title: str) -> str:
    """Choose an encoding; return the lines shown in it."""
    encodings = dialog.findChild(QListWidget, "encoding-list")
    lines = dialog.findChild(QPlainTextEdit, "encoding-lines")
    encodings.setCurrentRow([encodings.item(row).text() for row in range(encodings.count())].index(title))
    shown = lines.toPlainText()
    dialog.accept_button.click()
    return shown


def test_the_encoding_of_a_text_is_chosen_by_its_first_lines(desk: Driver, tmp_path: Path) -> None:
    greek = "Η Αθήνα είναι πρωτεύουσα.\n"
    (tmp_path / "greek.txt").write_bytes(greek.encode("iso8859-7"))
    desk.window.desk.projects.imports.take([tmp_path / "greek.txt"])
    dialog = _encoding_dialog(desk, "greek.txt")
    lines = dialog.findChild(QPlainTextEdit, "encoding-lines")
    assert lines.toPlainText() == greek.strip()  # the likeliest is chosen
    assert _choose_encoding(dialog, "Greek (ISO 8859-7)") == greek.strip()
    desk.qtbot.waitUntil(lambda: bool(desk.session.reader.documents.find("greek.txt")))
    (uid,) = desk.session.reader.documents.find("greek.txt")
    assert desk.session.reader.document(uid).text == greek


def test_texts_of_a_folder_are_asked_for_unless_they_fit(desk: Driver, tmp_path: Path) -> None:
    texts = {
        "a.txt": ("Η Αθήνα είναι η πρωτεύουσα της Ελλάδας.\n", "cp1253", "Greek (Windows)"),
        "b.txt": ("Ο δήμαρχος δήλωσε χθες ότι θα παραιτηθεί.\n", "cp1253", None),
        "c.txt": ("Президент заявил вчера, что переговоры закончены.\n", "koi8-r", "Russian (KOI8)"),
        "d.txt": ("Schöne Grüße\n", "utf-8", None),
    }
    folder = tmp_path / "texts"
    folder.mkdir()
    for name, (text, encoding, _) in texts.items():
        (folder / name).write_bytes(text.encode(encoding))
    desk.drop(folder)
    for name, (text, _, title) in texts.items():
        if title is not None:
            assert _choose_encoding(_encoding_dialog(desk, name), title) == text.strip()
    desk.qtbot.waitUntil(lambda: bool(desk.session.reader.documents.find("d.txt")))
    for name, (text, _, _) in texts.items():
        (uid,) = desk.session.reader.documents.find(name)
        assert desk.session.reader.document(uid).text == text


def test_errors_of_an_import_name_nothing_of_a_shell(desk: Driver, tmp_path: Path, subtests: pytest.Subtests) -> None:
    for name, content, told in (
        ("words.log", b"text", "rename it so that its name ends in .txt"),
        ("data.jsonl", b'{"x": "y"}\n', "choose the format “JSON of texts” and name the key"),
        ("old.stet", b"SQLite format 3\0" + bytes(100), "merged under “Team”"),
        ("cut.jsonl", b'{"stet": 1, "id"\n', "each line must be one JSON object"),
    ):
        with subtests.test(name=name):
            (tmp_path / name).write_bytes(content)
            desk.window.desk.projects.imports.take([tmp_path / name])
            desk.wait(lambda: desk.find_dialog("report-dialog") is not None)
            words = desk.report()
            assert told in words
            assert "--" not in words
            assert "stet " not in words.replace(str(tmp_path), "")


def test_a_file_left_out_of_a_folder_is_told_for_the_window(desk: Driver, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text("text")
    (folder / "b.jsonl").write_text('{"words": 1}\n')
    desk.drop(folder)
    desk.wait(lambda: desk.find_dialog("report-dialog") is not None)
    words = desk.report()
    assert "b.jsonl:1: this JSON isn't in a known format; the keys are: “words”" in words
    assert "stet formats" not in words
