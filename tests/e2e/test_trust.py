"""What the window says can be trusted: nothing is hidden, lost or said of something else."""

from pathlib import Path

from PySide6.QtWidgets import QComboBox, QLineEdit

from app.session.actions import ApplyScheme
from app.session.session import Session
from tests.as_stet import connect_as_stet
from tests.conftest import add_documents, scheme_source
from tests.driver import Driver
from tests.hindrances import full_disk


def in_file(project: Path, sql: str, *values: object) -> None:
    """Change the file behind the program's back."""
    connection = connect_as_stet(project)
    connection.execute(sql, values)
    connection.commit()
    connection.close()


def test_a_mark_whose_quote_does_not_hold_is_shown_everywhere(stet: Driver, project: Path) -> None:
    stet.start(project, annotator="Ana")
    stet.mark("Kyiv", "F2", "3")
    stet.quit()
    in_file(project, "UPDATE annotation SET quote='Kiev'")
    stet.start(project, annotator="Ana")
    assert stet.shown("status-rules") == "1 rule to meet before “done”"
    model = stet.workspace.annotations_model
    assert [problem.short for problem in model.problems(stet.annotations()[0])] == ["quote differs"]
    stet.press("F8")
    stet.wait(lambda: stet.window.findChild(object, "problem-message") is not None)
    assert "doesn't match the stored quote" in stet.shown("problem-message")
    assert "doesn't match the stored quote" in stet.message()
    stet.press("Ctrl+Return")
    assert "not done yet" in stet.message().lower()


def test_the_next_open_document_is_found_however_far_it_is(stet: Driver, tmp_path: Path) -> None:
    names = [f"{number:05}.txt" for number in range(2_600)]
    path = tmp_path / "many.stet"
    session = Session.create(path, scheme=scheme_source("ner"), annotator="Ana")
    add_documents(session, {name: f"Text of {name}" for name in names})
    with session.project.atomic():
        session.executor.annotations.ensure_annotator("Ana")
    session.close()
    open_ones = {names[0], names[2_400], names[2_500]}
    connection = connect_as_stet(path)
    connection.execute(
        "INSERT INTO annotation_set (document, annotator, status, seconds, scheme) "
        "SELECT d.id, 1, 'skipped', 0, 'ner@1' "
        f"FROM document d WHERE d.name NOT IN ({','.join('?' * len(open_ones))})",
        sorted(open_ones),
    )
    connection.commit()
    connection.close()
    stet.start(path, annotator="Ana")
    assert stet.document == names[0]
    stet.press("Ctrl+Return")
    assert stet.document == names[2_400]
    stet.quit()
    stet.start(path, annotator="Ana")
    assert stet.document == names[2_400]
    stet.press("Ctrl+Return")
    assert stet.document == names[2_500]
    stet.press("Ctrl+Return")
    assert "That was the last open document" in stet.message()


def test_the_last_document_of_a_search_is_not_the_last_of_all(desk: Driver) -> None:
    desk.press("Ctrl+L")
    desk.type("budget")
    desk.press("Return")
    assert desk.document == "second.txt"
    desk.press("Ctrl+Return")
    assert "That was the last open document found" in desk.message()
    assert desk.document == "second.txt"


def test_a_message_goes_with_its_document(desk: Driver) -> None:
    desk.press("Alt+1")
    assert "No mark selected" in desk.message()
    desk.press("Ctrl+PgDown")
    assert desk.message() == ""
    desk.press("Alt+1")
    desk.palette("Close project")
    assert desk.message() == ""


def test_a_message_stands_on_one_line(desk: Driver) -> None:
    desk.window.notifier.notify("The first line\nand the second\r\nand the third")
    assert desk.message() == "The first line and the second and the third"


def test_the_find_line_counts_in_the_document_that_is_open(desk: Driver) -> None:
    desk.press("Ctrl+F")
    desk.fill("text-pane-find-line", "Kyiv")
    assert desk.shown("text-pane-find-count") == "1 of 1"
    desk.press("Ctrl+PgDown")
    assert desk.shown("text-pane-find-count") == "not found"


def test_a_correction_that_could_not_be_written_is_not_lost(desk: Driver) -> None:
    desk.mark("senator", "F4", "R")
    words = "president " * 3_000
    connection = desk.session.project.connection
    with full_disk(desk.session):
        desk.press("Return")
        line = desk.target()
        assert isinstance(line, QLineEdit)
        line.setText(words)
        desk.press("Return")
        assert "full" in desk.message()
        assert [mark.correction for mark in desk.annotations()] == [words]
        corrections = "SELECT correction FROM annotation ORDER BY start"
        assert connection.execute(corrections).fetchall() == [(None,)]
        assert desk.session.project.connection.execute(corrections).fetchall() == [(words,)]
        desk.focus_text()
        desk.mark("Puttin", "F4", "N")
        assert len(desk.session.kept) == 2
    desk.window.desk.care.look()
    assert len(desk.session.kept) == 0
    assert [mark.correction for mark in desk.annotations()] == [words, None]
    assert connection.execute(corrections).fetchall() == [(words,), (None,)]


def test_a_mark_with_a_removed_label_is_shown_and_can_be_changed(stet: Driver, project: Path) -> None:
    stet.start(project, annotator="Ana")
    stet.mark("senator", "F4", "R")
    scheme = scheme_source("news-errors").replace('id = "ROLE_ATTRIBUTE"', 'id = "ROLE_OTHER"')
    assert scheme.count("ROLE_OTHER") == 1
    version = stet.session.scheme.version
    scheme = scheme.replace(f"version = {version}", f"version = {version + 1}", 1)
    stet.session.perform(ApplyScheme(scheme), title="Another scheme")
    stet.press("Tab")

    def label() -> str:
        combo = stet.workspace.inspector.form.field("label") if stet.workspace.inspector.form else None
        return combo.currentText() if isinstance(combo, QComboBox) and combo.isVisible() else ""

    stet.wait(lambda: label() == "ROLE_ATTRIBUTE   (not in the scheme)")
    assert stet.workspace.inspector.form.quote.text() == "“senator”"
    stet.workspace.inspector.focus_field("label")
    stet.press("Down")
    stet.press("Down")
    assert stet.marks()[0][1] != "ROLE_ATTRIBUTE"
