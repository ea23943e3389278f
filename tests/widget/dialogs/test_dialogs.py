"""Dialogs ask, check what they are told, and answer once."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QCloseEvent, QColor, QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.core.progress import CancelToken, Progress
from app.jobs.tasks.scheme_file import shipped_schemes
from app.settings import Settings
from app.ui import theme
from app.ui.actions.registry import ActionRegistry
from app.ui.dialogs.background_write import BackgroundWrite
from app.ui.dialogs.export_dialog import ExportDialog, ExportRequest
from app.ui.dialogs.new_project import NewProject, NewProjectDialog, free_name
from app.ui.dialogs.progress import ProgressDialog
from app.ui.dialogs.references import ReferencesDialog
from app.ui.dialogs.settings_dialog import SettingsDialog
from app.ui.dialogs.shortcuts import ShortcutsDialog
from app.ui.dialogs.texts import ReportDialog
from app.ui.dialogs.who import WhoDialog
from tests.conftest import SHIPPED
from tests.widget.widgets import all_words, child, on_screen, pick, press, settle, text_of, write


def answers_of(dialog: QDialog) -> list[object]:
    found: list[object] = []
    dialog.answered.connect(found.append)
    return found


def complaint(dialog: QDialog) -> str:
    label = child(dialog, QLabel, f"{dialog.objectName()}-complaint")
    return "" if label.isHidden() else label.text()


# -- who ---------------------------------------------------------------------------------------------------------------


def who(qtbot: QtBot, present: str = "ana", known: tuple[str, ...] = ("ben", "ana")) -> WhoDialog:
    return on_screen(qtbot, WhoDialog(present, known))


def test_who_offers_the_present_name_and_those_known(qtbot: QtBot) -> None:
    dialog = who(qtbot)
    combo = child(dialog, QComboBox, "who-name")
    assert combo.currentText() == "ana"
    assert {combo.itemText(at) for at in range(combo.count())} == {"ana", "ben"}


@pytest.mark.parametrize("name", ["Cleo", "  Cleo  ", "Żółć 😀", "李"])
def test_a_name_is_answered_without_the_space_around_it(qtbot: QtBot, name: str) -> None:
    dialog = who(qtbot)
    answers = answers_of(dialog)
    child(dialog, QComboBox, "who-name").setEditText(name)
    QTest.keyClick(child(dialog, QComboBox, "who-name"), Qt.Key.Key_Return)
    assert answers == [name.strip()]


@pytest.mark.parametrize("name", ["", "   ", "a\x07b", "x" * 201, "a\u202eb"])
def test_what_is_no_name_is_refused_in_words(qtbot: QtBot, name: str) -> None:
    dialog = who(qtbot)
    answers = answers_of(dialog)
    child(dialog, QComboBox, "who-name").setEditText(name)
    press(dialog, "who-dialog-accept")
    assert answers == []
    assert "name" in complaint(dialog)
    assert dialog.isVisible()


def test_escape_answers_nothing(qtbot: QtBot) -> None:
    dialog = who(qtbot)
    answers = answers_of(dialog)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert answers == []


# -- new project -------------------------------------------------------------------------------------------------------


def new_project(qtbot: QtBot, folder: Path) -> NewProjectDialog:
    return on_screen(qtbot, NewProjectDialog(folder, shipped_schemes()))


def test_a_new_project_offers_a_free_name_and_shipped_schemes(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "project.stet").touch()
    dialog = new_project(qtbot, tmp_path)
    assert child(dialog, QLineEdit, "new-project-path").text() == str(tmp_path / "project-2.stet")
    combo = child(dialog, QComboBox, "new-project-scheme")
    shipped = [path.stem for at in range(combo.count()) if (path := combo.itemData(at)) is not None]
    assert shipped[0] == "news-errors"
    assert set(shipped) == set(SHIPPED)
    assert combo.itemText(combo.count() - 1) == "From a file…"


def test_a_new_project_is_answered_with_file_and_scheme(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = new_project(qtbot, tmp_path)
    answers = answers_of(dialog)
    combo = child(dialog, QComboBox, "new-project-scheme")
    combo.setCurrentIndex(1)
    write(child(dialog, QLineEdit, "new-project-path"), str(tmp_path / "über uns"))
    press(dialog, "new-project-dialog-accept")
    assert answers == [NewProject(tmp_path / "über uns.stet", combo.itemData(1))]


@pytest.mark.parametrize("name", ["", "missing/x.stet", "taken.stet", "taken"])
def test_a_place_that_will_not_do_is_refused_in_words(qtbot: QtBot, tmp_path: Path, name: str) -> None:
    (tmp_path / "taken.stet").touch()
    dialog = new_project(qtbot, tmp_path)
    answers = answers_of(dialog)
    write(child(dialog, QLineEdit, "new-project-path"), str(tmp_path / name) if name else "")
    press(dialog, "new-project-dialog-accept")
    assert answers == []
    assert complaint(dialog)


def test_free_names_count_up(tmp_path: Path) -> None:
    for expected in ("p.stet", "p-2.stet", "p-3.stet"):
        assert free_name(tmp_path, "p") == tmp_path / expected
        (tmp_path / expected).touch()


# -- export ------------------------------------------------------------------------------------------------------------


def export(qtbot: QtBot, tmp_path: Path) -> ExportDialog:
    project = tmp_path / "news.stet"
    project.touch()
    return on_screen(qtbot, ExportDialog(project, ["ana", "ben"], "ben"))


def test_an_export_is_of_the_present_annotator_unless_said(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = export(qtbot, tmp_path)
    answers = answers_of(dialog)
    press(dialog, "export-dialog-accept")
    assert answers == [ExportRequest(tmp_path / "news.training.jsonl", "training", "ben")]


def test_an_export_of_everything_by_everyone(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = export(qtbot, tmp_path)
    answers = answers_of(dialog)
    pick(child(dialog, QComboBox, "export-format"), "stet")
    pick(child(dialog, QComboBox, "export-annotator"), None)
    press(dialog, "export-dialog-accept")
    assert answers == [ExportRequest(tmp_path / "news.export.jsonl", "stet", None)]


def test_gold_is_offered_where_there_is_some(qtbot: QtBot, tmp_path: Path) -> None:
    assert child(export(qtbot, tmp_path), QComboBox, "export-annotator").findText("Gold (reviewed)") == -1
    dialog = on_screen(qtbot, ExportDialog(tmp_path / "news.stet", ["ana"], "ana", has_gold=True))
    answers = answers_of(dialog)
    who = child(dialog, QComboBox, "export-annotator")
    assert who.currentText() == "ana"
    who.setCurrentIndex(who.findText("Gold (reviewed)"))
    press(dialog, "export-dialog-accept")
    assert answers == [ExportRequest(tmp_path / "news.training.jsonl", "training", None, gold=True)]


def test_what_an_export_says_is_what_it_holds(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = export(qtbot, tmp_path)
    who_combo = child(dialog, QComboBox, "export-annotator")
    pick(child(dialog, QComboBox, "export-format"), "stet")
    assert who_combo.currentData() is None
    assert "All documents and everyone’s marks" in " ".join(all_words(dialog))
    pick(who_combo, "ana")
    words = " ".join(all_words(dialog))
    assert "with only ana’s marks" in words
    assert "everyone’s" not in words
    pick(child(dialog, QComboBox, "export-format"), "training")
    assert who_combo.currentData() == "ben"


@pytest.mark.parametrize("name", ["", "missing/x.jsonl", "news.stet", "./news.stet"])
def test_an_export_never_goes_where_it_would_do_harm(qtbot: QtBot, tmp_path: Path, name: str) -> None:
    dialog = export(qtbot, tmp_path)
    answers = answers_of(dialog)
    write(child(dialog, QLineEdit, "export-path"), f"{tmp_path}/{name}" if name else "")
    press(dialog, "export-dialog-accept")
    assert answers == []
    assert complaint(dialog)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "Enter a file name"),
        ("folder", "That is a folder"),
        ("missing/x.jsonl", "doesn’t exist"),
        ("news.stet", "itself"),
    ],
)
def test_what_is_wrong_with_the_place_of_an_export_is_said(qtbot: QtBot, tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "folder").mkdir()
    dialog = export(qtbot, tmp_path)
    write(child(dialog, QLineEdit, "export-path"), f"{tmp_path}/{name}" if name else "")
    press(dialog, "export-dialog-accept")
    assert words in complaint(dialog)


def test_an_export_asks_before_it_replaces_a_file(qtbot: QtBot, tmp_path: Path) -> None:
    for name in ("news.training.jsonl", "other.jsonl"):
        (tmp_path / name).touch()
    dialog = export(qtbot, tmp_path)
    answers = answers_of(dialog)
    press(dialog, "export-dialog-accept")
    assert "A file with that name already exists" in complaint(dialog)
    assert dialog.accept_button.text() == "Replace"
    # The answer is for that file alone.
    write(child(dialog, QLineEdit, "export-path"), str(tmp_path / "other.jsonl"))
    assert dialog.accept_button.text() == "Export"
    press(dialog, "export-dialog-accept")
    assert answers == []
    press(dialog, "export-dialog-accept")
    assert [answer.path.name for answer in answers] == ["other.jsonl"]


# -- references --------------------------------------------------------------------------------------------------------

NAMES = {"a": "report.txt", "b": "archive.txt", "c": "other.txt"}


def references(qtbot: QtBot, *current: str) -> ReferencesDialog:
    def find(wanted: str) -> list[tuple[str, str]]:
        return [(uid, name) for uid, name in NAMES.items() if wanted.casefold() in name]

    return on_screen(qtbot, ReferencesDialog("spun", [(uid, NAMES[uid]) for uid in current], find))


def tick(dialog: ReferencesDialog, name: str, *, ticked: bool = True) -> None:
    listed = child(dialog, QListWidget, "references-list")
    (item,) = listed.findItems(name, Qt.MatchFlag.MatchExactly)
    item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)


def test_references_are_answered_in_the_order_ticked(qtbot: QtBot) -> None:
    dialog = references(qtbot, "b")
    answers = answers_of(dialog)
    tick(dialog, "other.txt")
    tick(dialog, "report.txt")
    press(dialog, "references-dialog-accept")
    assert answers == [["b", "c", "a"]]


def test_a_search_keeps_what_is_ticked_in_sight(qtbot: QtBot) -> None:
    dialog = references(qtbot, "b")
    tick(dialog, "other.txt")
    write(child(dialog, QLineEdit, "references-search"), "report")
    listed = child(dialog, QListWidget, "references-list")
    assert [listed.item(row).text() for row in range(listed.count())] == ["archive.txt", "other.txt", "report.txt"]
    answers = answers_of(dialog)
    tick(dialog, "archive.txt", ticked=False)
    press(dialog, "references-dialog-accept")
    assert answers == [["c"]]


# -- progress ----------------------------------------------------------------------------------------------------------


class Work:
    """A progress window as the job sees it."""

    def __init__(self, qtbot: QtBot) -> None:
        self.dialog = ProgressDialog("Importing")
        self.asked: list[bool] = []
        self.dialog.cancel_requested.connect(lambda: self.asked.append(True))
        self.is_over = False
        on_screen(qtbot, self.dialog)

    def over(self) -> None:
        """The job has ended."""
        if not self.is_over:
            self.dialog.finish()
        self.is_over = True


@pytest.fixture
def work(qtbot: QtBot) -> Iterator[Work]:
    work = Work(qtbot)
    yield work
    work.over()


def test_progress_shows_how_far_it_is_for_any_size(work: Work) -> None:
    bar = child(work.dialog, QProgressBar, "progress-bar")
    for done, total, value in ((0, 2**41, 0), (2**40, 2**41, 500), (2**41, 2**41, 1000), (5, 4, 1000)):
        work.dialog.show_progress(done, total, "bytes")
        assert (bar.maximum(), bar.value()) == (1000, value)
    work.dialog.show_progress(1_234_567, None, "documents")
    assert bar.maximum() == 0
    assert text_of(work.dialog, "progress-what") == "documents: 1,234,567"
    work.dialog.show_progress(3_145_728, 10_485_760, "12 documents")
    assert text_of(work.dialog, "progress-what") == "12 documents"


@pytest.mark.parametrize("how", ["button", "escape", "cross"])
def test_cancel_asks_once_and_the_dialog_waits_for_the_job_end(work: Work, how: str) -> None:
    if how == "button":
        press(work.dialog, "progress-cancel")
    elif how == "escape":
        QTest.keyClick(work.dialog, Qt.Key.Key_Escape)
    else:
        QApplication.sendEvent(work.dialog, QCloseEvent())
    assert work.asked == [True]
    assert work.dialog.isVisible()
    assert text_of(work.dialog, "progress-what") == "Stopping…"
    assert not child(work.dialog, QPushButton, "progress-cancel").isEnabled()
    work.over()
    assert not work.dialog.isVisible()


def test_progress_that_still_comes_does_not_unsay_the_stopping(work: Work) -> None:
    press(work.dialog, "progress-cancel")
    work.dialog.show_progress(5, 10, "documents")
    assert text_of(work.dialog, "progress-what") == "Stopping…"


def test_a_write_that_is_stopped_leaves_no_dialog(qtbot: QtBot) -> None:
    front = on_screen(qtbot, QWidget())
    writing = BackgroundWrite(front)
    told: list[object] = []
    writing.over.connect(told.append)

    def work(_report: Progress, token: CancelToken) -> None:
        while True:
            token.raise_if_cancelled()

    writing.run("Writing", work)
    assert front.findChild(ProgressDialog).isVisible()
    writing.stop()
    qtbot.wait(10)
    assert told == []
    assert QApplication.activeModalWidget() is None


# -- telling -----------------------------------------------------------------------------------------------------------


def test_a_report_has_its_details_to_copy(qtbot: QtBot) -> None:
    dialog = on_screen(qtbot, ReportDialog("Imported", "3 documents.", ["one", "two"]))
    assert text_of(dialog, "report-lead") == "3 documents."
    details = child(dialog, QPlainTextEdit, "report-details")
    assert details.isReadOnly()
    assert details.toPlainText() == "one\ntwo"
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()


def test_a_report_opens_the_folder_of_what_was_written(qtbot: QtBot, tmp_path: Path) -> None:
    opened = Opened()
    QDesktopServices.setUrlHandler("file", opened, "open_url")
    try:
        dialog = on_screen(qtbot, ReportDialog("Exported", "one file", folder=tmp_path))
        child(dialog, QPushButton, "report-folder").click()
    finally:
        QDesktopServices.unsetUrlHandler("file")
    assert opened.urls == [QUrl.fromLocalFile(str(tmp_path))]
    plain_report = on_screen(qtbot, ReportDialog("Merged", "two files"))
    assert plain_report.findChild(QPushButton, "report-folder") is None


class Opened(QObject):
    """Takes the addresses that would go to the file manager."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[QUrl] = []

    @Slot(QUrl)
    def open_url(self, url: QUrl) -> None:
        self.urls.append(url)


class _Asks:
    """A window with a field that has the keyboard until a dialog opens over it."""

    def __init__(self, qtbot: QtBot) -> None:
        self.window = on_screen(qtbot, QWidget())
        self.field = QLineEdit(self.window)
        self.field.show()
        self.field.setFocus()

    def open(self, qtbot: QtBot, dialog: QDialog) -> None:
        dialog.open()
        qtbot.waitUntil(dialog.isActiveWindow)

    def has_it_back(self) -> bool:
        settle()
        return self.window.isActiveWindow() and self.field.hasFocus()


def test_a_dialog_takes_the_keyboard_and_gives_it_back(qtbot: QtBot) -> None:
    below = _Asks(qtbot)
    dialog = WhoDialog("a", [], below.window)
    below.open(qtbot, dialog)
    dialog.reject()
    assert below.has_it_back()


def test_the_progress_window_gives_the_keyboard_back(qtbot: QtBot) -> None:
    below = _Asks(qtbot)
    dialog = ProgressDialog("Importing", below.window)
    below.open(qtbot, dialog)
    dialog.finish()
    assert below.has_it_back()


# -- where the keyboard is ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda folder: WhoDialog("ana", []), "who-name"),
        (lambda folder: ExportDialog(folder / "news.stet", ["ana"], "ana"), "export-format"),
        (lambda folder: ReferencesDialog("spun", [], lambda wanted: []), "references-search"),
        (lambda folder: NewProjectDialog(folder, shipped_schemes()), "new-project-path"),
        (lambda folder: SettingsDialog(Settings(folder / "settings.json")), "setting-annotator"),
        (lambda folder: ShortcutsDialog(ActionRegistry(QWidget(), {})), "shortcuts-search"),
        (lambda folder: ReportDialog("Imported", "3 documents."), "report-dialog-accept"),
    ],
)
def test_a_dialog_comes_with_the_keyboard_on_its_first_field(
    qtbot: QtBot, tmp_path: Path, make: Callable[[Path], QDialog], field: str
) -> None:
    dialog = on_screen(qtbot, make(tmp_path))
    owner = dialog.focusWidget()
    assert owner is not None
    assert owner.objectName() == field


def test_enter_on_cancel_cancels(qtbot: QtBot) -> None:
    dialog = who(qtbot)
    answers = answers_of(dialog)
    cancel = child(dialog, QPushButton, "who-dialog-cancel")
    cancel.setFocus()
    QTest.keyClick(cancel, Qt.Key.Key_Return)
    assert answers == []
    assert not dialog.isVisible()


@pytest.mark.parametrize("tones", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_a_tick_box_in_a_list_is_seen_ticked_or_not(qtbot: QtBot, qapp: QApplication, tones: theme.Tones) -> None:
    theme.apply(qapp, tones)
    try:
        dialog = references(qtbot)
        tick(dialog, "other.txt")
        listed = child(dialog, QListWidget, "references-list")
        shown = listed.viewport().grab().toImage()
        boxes = []
        for name in ("report.txt", "other.txt"):
            rect = listed.visualItemRect(listed.findItems(name, Qt.MatchFlag.MatchExactly)[0])
            colors = [shown.pixelColor(x, rect.center().y()) for x in range(rect.left(), rect.left() + 20)]
            boxes.append(colors)
        ground = QColor(tones.window)
        empty, ticked = ([theme.contrast(color, ground) >= 1.8 for color in colors] for colors in boxes)
        assert max(theme.contrast(color, ground) for color in boxes[0]) >= 3
        assert sum(empty) <= 8  # its two sides
        assert sum(ticked) >= 11
    finally:
        theme.apply(qapp, theme.LIGHT)
