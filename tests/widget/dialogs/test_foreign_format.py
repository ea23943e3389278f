"""A format of another package is offered in the window as our own are."""

import re
from pathlib import Path

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QLineEdit, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from app.jobs.runner import JobRunner
from app.ui.dialogs.export_dialog import ExportDialog, ExportRequest
from app.ui.widgets.notifier import Notifier
from app.ui.window.projects import Projects
from tests.unit.exchange import folder_format
from tests.widget.widgets import child, on_screen, pick, press, text_of, write


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    folder_format.install(monkeypatch)


@pytest.fixture
def dialog(qtbot: QtBot, tmp_path: Path) -> ExportDialog:
    """Give the export dialog with the format chosen."""
    (tmp_path / "news.stet").touch()
    made = on_screen(qtbot, ExportDialog(tmp_path / "news.stet", ["ana"], "ana"))
    pick(child(made, QComboBox, "export-format"), "leaves")
    return made


def answers_of(dialog: ExportDialog) -> list[ExportRequest]:
    found: list[ExportRequest] = []
    dialog.answered.connect(found.append)
    return found


def test_its_options_and_its_name_are_asked_for(dialog: ExportDialog, tmp_path: Path) -> None:
    answers = answers_of(dialog)
    assert child(dialog, QLineEdit, "export-path").text() == str(tmp_path / "news.leaves")
    child(dialog, QCheckBox, "export-leaves-upper").click()
    child(dialog, QSpinBox, "export-leaves-indent").setValue(4)
    child(dialog, QComboBox, "export-leaves-order").setCurrentText("alphabet")
    write(child(dialog, QLineEdit, "export-leaves-note"), "seen")
    press(dialog, "export-dialog-accept")
    options = {"upper": True, "indent": 4, "order": "alphabet", "note": "seen"}
    assert answers == [ExportRequest(tmp_path / "news.leaves", "leaves", None, options=options)]


def test_only_the_options_of_the_chosen_format_are_shown(dialog: ExportDialog) -> None:
    assert child(dialog, QWidget, "export-leaves-options").isVisible()
    assert not child(dialog, QWidget, "export-training-options").isVisible()
    pick(child(dialog, QComboBox, "export-format"), "training")
    assert child(dialog, QCheckBox, "export-training-tokens").isVisible()
    assert not child(dialog, QWidget, "export-leaves-options").isVisible()


def test_formats_are_listed_in_groups(dialog: ExportDialog) -> None:
    formats = child(dialog, QComboBox, "export-format")
    rows = [(formats.itemText(row), formats.itemData(row)) for row in range(formats.count())]
    headings = [title for title, name in rows if name is None]
    assert headings == ["To train models", "Projects, tables and texts", "Other tools and datasets"]
    others = [title for title, _ in rows[rows.index((headings[2], None)) + 1 :]]
    assert others == sorted(others, key=str.casefold)
    pick(formats, "stet")
    pick(formats, "spacy")  # by keys, over a heading
    formats.setCurrentIndex(0)
    assert formats.currentData() == "training"  # as a program would choose a heading


def test_tokens_of_training_data_can_be_asked_for(dialog: ExportDialog, tmp_path: Path) -> None:
    answers = answers_of(dialog)
    pick(child(dialog, QComboBox, "export-format"), "training")
    child(dialog, QCheckBox, "export-training-tokens").click()
    press(dialog, "export-dialog-accept")
    assert answers == [ExportRequest(tmp_path / "news.training.jsonl", "training", "ana", options={"tokens": True})]


@pytest.mark.parametrize(("name", "words"), [("full", "That folder isn’t empty."), ("file", "That is a file, but")])
def test_a_folder_that_would_be_lost_is_refused(dialog: ExportDialog, tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").touch()
    (tmp_path / "file").touch()
    answers = answers_of(dialog)
    write(child(dialog, QLineEdit, "export-path"), str(tmp_path / name))
    press(dialog, "export-dialog-accept")
    assert answers == []
    assert text_of(dialog, "export-dialog-complaint").startswith(words)


def test_an_empty_folder_is_taken(dialog: ExportDialog, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    answers = answers_of(dialog)
    write(child(dialog, QLineEdit, "export-path"), str(tmp_path / "empty"))
    press(dialog, "export-dialog-accept")
    assert answers == [ExportRequest(tmp_path / "empty", "leaves", None)]


def test_the_import_dialog_offers_its_files(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    runner = JobRunner(window)
    Projects(window, runner, Notifier(window)).ask_import()
    dialog = child(window, QFileDialog, "import-dialog")
    filters = dialog.nameFilters()
    assert re.fullmatch(r"All known formats \(\*\.jsonl \*\.ndjson \*\.txt .*\*\.leaf\)", filters[0])
    assert "Folder of leaves (*.leaf)" in filters
    assert filters[-1] == "All (*)"
    dialog.reject()
    runner.shut_down()
