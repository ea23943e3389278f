"""A new project can begin with the scheme of a file, also of another program."""

from pathlib import Path

from PySide6.QtWidgets import QComboBox, QDialog, QPushButton
from pytestqt.qtbot import QtBot

from app.ui.dialogs.new_project import NewProjectDialog
from tests.widget.widgets import child, on_screen, press, text_of


def test_the_scheme_of_a_file_is_chosen(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = on_screen(qtbot, NewProjectDialog(tmp_path, [("Names", "People", Path("ner.toml"))]))
    scheme = child(dialog, QComboBox, "new-project-scheme")
    browse = child(dialog, QPushButton, "new-project-scheme-file")
    assert not browse.isVisible()
    scheme.setCurrentIndex(scheme.count() - 1)
    assert browse.isVisible()
    assert not dialog.submit()
    assert text_of(dialog, "new-project-dialog-complaint") == "Choose the file with the scheme."
    press(dialog, "new-project-scheme-file")
    chooser = child(dialog, QDialog, "new-project-scheme-dialog")
    chooser.fileSelected.emit(str(tmp_path / "annotation.conf"))  # pyright: ignore[reportAttributeAccessIssue]
    chooser.reject()
    assert scheme.currentText() == "From a file: annotation.conf"
    with qtbot.waitSignal(dialog.answered) as answered:
        assert dialog.submit()
    assert answered.args is not None
    assert answered.args[0].scheme == tmp_path / "annotation.conf"
