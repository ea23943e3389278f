"""Every dialog that asks for a file to write says the same of the same places."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.ui.dialogs import file_target
from app.ui.dialogs.export_dialog import ExportDialog
from app.ui.dialogs.file_target import FileTargetDialog
from app.ui.insights.save_dialog import SaveFigureDialog
from app.ui.review.guideline import SaveQuestionsDialog

KINDS: dict[str, Callable[[Path], FileTargetDialog]] = {
    "export": lambda project: ExportDialog(project, ["Ana"], "Ana"),
    "figure": lambda project: SaveFigureDialog(project, "labels", "csv"),
    "questions": lambda project: SaveQuestionsDialog(project, project.with_name("a.md")),
}


@pytest.fixture(params=KINDS)
def dialog(request: pytest.FixtureRequest, qtbot: QtBot, tmp_path: Path) -> FileTargetDialog:
    (tmp_path / "a.stet").write_text("", encoding="utf-8")
    made = KINDS[request.param](tmp_path / "a.stet")
    qtbot.addWidget(made)
    return made


def says(dialog: FileTargetDialog) -> str:
    found = dialog.findChild(QLabel, f"{dialog.objectName()}-complaint")
    assert isinstance(found, QLabel)
    return found.text()


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("", "Enter a file name."),
        (".", "That is a folder."),
        ("nowhere/a.csv", "That folder doesn’t exist."),
        ("a.stet", "That is the project file itself."),
    ],
)
def test_a_place_that_is_none_is_told(dialog: FileTargetDialog, tmp_path: Path, place: str, words: str) -> None:
    dialog.propose(tmp_path / place if place else Path())
    assert not dialog.submit()
    assert says(dialog).startswith(words)


def test_a_place_that_cannot_be_written_is_told(
    dialog: FileTargetDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_target.os, "access", lambda _path, _mode: False)  # root may write anywhere
    dialog.propose(tmp_path / "b.csv")
    assert not dialog.submit()
    assert says(dialog).startswith("That location isn’t writable.")


def test_an_existing_file_is_replaced_only_after_a_second_press(dialog: FileTargetDialog, tmp_path: Path) -> None:
    taken: list[object] = []
    dialog.answered.connect(taken.append)  # type: ignore[attr-defined]
    (tmp_path / "b.csv").write_text("old", encoding="utf-8")
    (tmp_path / "c.csv").write_text("old", encoding="utf-8")
    verb = dialog.accept_button.text()
    dialog.propose(tmp_path / "b.csv")
    assert not dialog.submit()
    assert (dialog.accept_button.text(), taken) == ("Replace", [])
    dialog.propose(tmp_path / "c.csv")
    assert (dialog.accept_button.text(), says(dialog)) == (verb, "")
    assert not dialog.submit()
    assert dialog.submit()
    assert len(taken) == 1
