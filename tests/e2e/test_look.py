"""How it looks and what its keys are: changed by key, palette or dialog, and still so after a restart."""

import json
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QKeySequenceEdit,
    QLabel,
    QSpinBox,
    QTreeWidget,
    QWidget,
)

from app import paths
from app.ui.dialogs.reader import ReaderWindow
from tests.driver import Driver
from tests.e2e import projects
from tests.e2e.commands import BY_PALETTE

ROUTES = pytest.mark.parametrize("route", ["key", BY_PALETTE])


def saved() -> dict:
    return json.loads((paths.settings_dir() / "settings.json").read_text(encoding="utf-8"))


def lightness(stet: Driver) -> int:
    return stet.workspace.text.canvas.viewport().grab().toImage().pixelColor(2, 2).lightness()


def unpainted(window: QWidget) -> int:
    """Count the pixels of a window that nothing paints."""
    shown = QImage(window.size(), QImage.Format.Format_RGB32)
    shown.fill(Qt.GlobalColor.magenta)
    window.render(shown)
    pixels = bytes(shown.constBits())
    magenta = QColor(Qt.GlobalColor.magenta).rgb().to_bytes(4, sys.byteorder)
    return sum(pixels[at : at + 4] == magenta for at in range(0, len(pixels), 4))


@pytest.mark.parametrize("workspace", ["annotate", "review", "insights"])
def test_every_workspace_is_painted_whole(desk: Driver, workspace: str) -> None:
    desk.window.registry.run(f"workspace.{workspace}")
    desk.settle()
    assert unpainted(desk.window) == 0


@ROUTES
def test_dark_and_light_again(desk: Driver, project: Path, route: str) -> None:
    assert lightness(desk) > 200
    desk.run("view.theme", route)
    assert lightness(desk) < 80
    desk.quit()
    desk.start(project, annotator="Ana")
    assert lightness(desk) < 80
    desk.run("view.theme", route)
    assert lightness(desk) == 0  # high contrast: black
    desk.run("view.theme", route)
    assert lightness(desk) > 200


@pytest.mark.slow
@ROUTES
def test_larger_and_smaller_text(desk: Driver, project: Path, route: str) -> None:
    canvas = desk.workspace.text.canvas
    height = canvas.text_layout.caret_rect(0).height()
    for _ in range(4):
        desk.run("view.larger", route)
    assert canvas.text_layout.caret_rect(0).height() > height * 1.1
    assert saved()["text_size"] == 22
    for _ in range(4):
        desk.run("view.smaller", route)
    assert canvas.text_layout.caret_rect(0).height() == height
    assert "text_size" not in saved()


@pytest.mark.slow
def test_text_stays_between_its_least_and_its_greatest_size(desk: Driver) -> None:
    for _ in range(40):
        desk.press("Ctrl+-")
    assert saved()["text_size"] == 10


@pytest.mark.slow
@ROUTES
def test_corrections_are_shown_and_hidden(desk: Driver, route: str) -> None:
    desk.mark("senator", "F4", "R")
    desk.correct("president")
    desk.press("Esc", "Esc")
    canvas = desk.workspace.text.canvas
    shown = canvas.viewport().grab().toImage()
    desk.run("view.corrections", route)
    assert canvas.viewport().grab().toImage() != shown
    desk.run("view.corrections", route)
    assert canvas.viewport().grab().toImage() == shown


@pytest.mark.slow
def test_settings_are_changed_in_their_dialog(desk: Driver, project: Path) -> None:
    desk.press("Ctrl+,")
    dialog = desk.dialog("settings-dialog")
    dialog.findChild(QComboBox, "setting-snapping").setCurrentIndex(1)
    dialog.findChild(QSpinBox, "setting-text_size").setValue(30)
    dialog.findChild(QCheckBox, "setting-show_corrections").setChecked(False)
    desk.click("settings-dialog-accept")
    # Ana works here for this run alone, as its command line said.
    assert saved() == {"snapping": "character", "text_size": 30, "show_corrections": False}
    assert desk.workspace.text.canvas.snapping == "character"
    assert desk.workspace.drawn.corrections is False
    desk.quit()
    desk.start(project, annotator="Ana")
    assert desk.workspace.text.canvas.snapping == "character"
    assert desk.workspace.drawn.corrections is False


def test_a_broken_settings_file_is_told_and_kept(stet: Driver, project: Path) -> None:
    path = paths.settings_dir() / "settings.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(b'{"theme": "dark",}')
    stet.start(project)
    assert "settings can't be read" in stet.message()
    assert path.read_bytes() == b'{"theme": "dark",}'
    dialog = stet.dialog("who-dialog")
    dialog.findChild(QComboBox, "who-name").setEditText("Ana")
    stet.click("who-dialog-accept")
    stet.wait(lambda: stet.window.desk.workspace is not None)
    assert saved() == {"annotator": "Ana"}
    assert path.with_name("settings.bad.json").read_bytes() == b'{"theme": "dark",}'


@pytest.mark.slow
def test_the_layer_and_the_order_of_marks_are_kept(desk: Driver, project: Path) -> None:
    desk.mark("slave trade", "F4", "D")
    desk.mark("senator", "F4", "R")
    desk.press("F3")
    combo = desk.window.findChild(QComboBox, "marks-order")
    combo.setCurrentIndex(combo.findData("label"))
    rows = desk.workspace.annotations.list.model()
    before = [rows.index(row, 0).data() for row in range(2)]
    desk.quit()
    desk.start(project, annotator="Ana")
    assert desk.window.registry.active_layer == "claim"
    assert desk.window.findChild(QAbstractButton, "layer.claim").isChecked()
    assert desk.window.findChild(QComboBox, "marks-order").currentData() == "label"
    rows = desk.workspace.annotations.list.model()
    assert [rows.index(row, 0).data() for row in range(2)] == before


@pytest.mark.parametrize(
    "share", [pytest.param(0.3, marks=pytest.mark.slow), 0.6, pytest.param(1.0, marks=pytest.mark.slow)]
)
def test_a_document_opens_with_the_caret_in_view(stet: Driver, tmp_path: Path, share: float) -> None:
    text = "\n\n".join("Some words of a paragraph that wraps at the edge of the pane. " * 5 for _ in range(80))
    project = projects.make(tmp_path, {"long.txt": text, "short.txt": "Short."})
    stet.start(project, annotator="Ana")
    canvas = stet.workspace.text.canvas
    canvas.set_view(canvas.view._replace(caret=int(len(text) * share), anchor=int(len(text) * share)))
    place = stet.caret

    def is_seen() -> bool:
        canvas = stet.workspace.text.canvas
        rect = canvas.viewport_rects(stet.caret, stet.caret)[0]
        return stet.caret == place and rect.top() >= 0 and rect.bottom() <= canvas.viewport().height()

    stet.press("Ctrl+PgDown", "Ctrl+PgUp")
    assert is_seen()
    stet.quit()
    stet.start(project, annotator="Ana")
    stet.workspace.text.canvas.grab()
    assert is_seen()


def remap(stet: Driver, action: str, keys: str) -> None:
    """Give an action another key on the shortcuts page."""
    stet.press("Ctrl+F1")
    dialog = stet.dialog("shortcuts-dialog")
    tree = dialog.findChild(QTreeWidget, "shortcuts-tree")
    title = stet.window.registry.action(action).spec.title
    rows = [
        tree.topLevelItem(g).child(r)
        for g in range(tree.topLevelItemCount())
        for r in range(tree.topLevelItem(g).childCount())
    ]
    tree.setCurrentItem(next(row for row in rows if row.text(0) == title))
    dialog.findChild(QKeySequenceEdit, "shortcuts-keys").setKeySequence(QKeySequence(keys))
    stet.click("shortcuts-set")


def test_a_remapped_key_works_on_the_bar_and_after_a_restart(desk: Driver, project: Path) -> None:
    remap(desk, "label.error.ROLE_ATTRIBUTE", "Y")
    desk.click("shortcuts-dialog-accept")
    desk.mark("senator", "F4", "Y")
    assert desk.marks() == [("senator", "ROLE_ATTRIBUTE")]
    button = desk.window.findChild(object, "label.error.ROLE_ATTRIBUTE")
    assert button is not None
    desk.quit()
    desk.start(project, annotator="Ana")
    desk.mark("Puttin", "F4", "Y")
    assert desk.marks()[-1] == ("Puttin", "ROLE_ATTRIBUTE")


@pytest.mark.slow
def test_a_key_that_is_taken_is_refused_and_works_as_before(desk: Driver) -> None:
    remap(desk, "view.theme", "Ctrl+Z")
    dialog = desk.dialog("shortcuts-dialog")
    complaint = dialog.findChild(QLabel, "shortcuts-dialog-complaint")
    assert "is already used by “Undo”" in complaint.text()
    desk.click("shortcuts-dialog-accept")
    desk.mark("senator", "F4", "R")
    desk.press("Ctrl+Z")
    assert desk.marks() == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("action", "dialog"), [("help.about", "report-dialog"), ("project.scheme", "guideline-dialog")]
)
def test_what_can_be_read_opens_and_closes(desk: Driver, action: str, dialog: str) -> None:
    desk.run(action, "palette")
    desk.dialog(dialog)
    desk.press("Esc")
    desk.wait(lambda: desk.find_dialog(dialog) is None)
    assert desk.target() is desk.workspace.text.canvas


@pytest.mark.slow
def test_a_name_is_asked_for_and_kept(desk: Driver, project: Path) -> None:
    desk.mark("senator", "F4", "R")
    desk.click("who")
    dialog = desk.dialog("who-dialog")
    dialog.findChild(QComboBox, "who-name").setEditText("Ben")
    desk.click("who-dialog-accept")
    assert desk.session.annotator == "Ben"
    assert desk.marks() == []
    assert saved()["annotator"] == "Ben"
    desk.mark("Puttin", "F4", "N")
    desk.quit()
    desk.start(project)
    desk.wait(lambda: desk.window.desk.workspace is not None)
    assert desk.marks() == [("Puttin", "NAME_FORM")]


@pytest.mark.slow
def test_the_manual_stays_open_beside_the_work(desk: Driver) -> None:
    desk.press("F1")
    manual = desk.dialog("manual-dialog")
    assert isinstance(manual, ReaderWindow)
    assert manual.page == "annotate"
    desk.window.activateWindow()
    desk.settle()
    desk.focus_text()
    desk.mark("senator", "F4", "R")
    assert desk.marks() == [("senator", "ROLE_ATTRIBUTE")]
    assert manual.isVisible()
    desk.press("Ctrl+3", "F1")
    assert manual.page == "insights"
    manual.reject()
    desk.wait(lambda: desk.find_dialog("manual-dialog") is None)
