"""Keys can be changed, never so that two actions want the same one, and they stay changed."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QKeySequenceEdit, QLabel, QLineEdit, QTreeWidget, QTreeWidgetItem, QWidget
from pytestqt.qtbot import QtBot

from app.settings import Settings
from app.ui.actions.registry import ActionRegistry
from app.ui.dialogs.shortcuts import ShortcutsDialog
from tests.widget.widgets import child, on_screen, press, shipped, write


class Page:
    """The shortcuts page over a registry, with the settings that it ends in."""

    def __init__(self, qtbot: QtBot, path: Path, *, scheme: str = "news-errors") -> None:
        self.settings = Settings(path)
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.registry = ActionRegistry(self.window, self.settings["keys"])
        self.registry.rebuild(shipped(scheme) if scheme else None)
        self.dialog = ShortcutsDialog(self.registry)
        self.dialog.keys_chosen.connect(lambda keys: self.settings.change({"keys": dict(keys)}))
        on_screen(qtbot, self.dialog, 720, 640)
        self.tree = child(self.dialog, QTreeWidget, "shortcuts-tree")

    def items(self) -> dict[str, QTreeWidgetItem]:
        groups = [self.tree.topLevelItem(at) for at in range(self.tree.topLevelItemCount())]
        found = [group.child(at) for group in groups for at in range(group.childCount())]
        return {item.data(0, Qt.ItemDataRole.UserRole): item for item in found}

    def choose(self, action: str) -> None:
        self.tree.setCurrentItem(self.items()[action])

    def set(self, action: str, keys: str) -> None:
        self.choose(action)
        child(self.dialog, QKeySequenceEdit, "shortcuts-keys").setKeySequence(QKeySequence(keys))
        press(self.dialog, "shortcuts-set")

    @property
    def complaint(self) -> str:
        label = child(self.dialog, QLabel, "shortcuts-dialog-complaint")
        return label.text() if not label.isHidden() else ""

    def keys(self, action: str) -> tuple[str, ...]:
        return self.registry.action(action).keys


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path) -> Page:
    return Page(qtbot, tmp_path / "settings.json")


def test_every_action_stands_there_with_its_keys(page: Page) -> None:
    items = page.items()
    specs = page.registry.specs()
    assert set(items) == {spec.id for spec in specs}
    for spec in specs:
        assert items[spec.id].text(0) == spec.title
        assert bool(items[spec.id].text(1)) is bool(spec.keys)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("undo", {"edit.undo"}), ("ctrl+z", {"edit.undo"}), ("tortured term", {"label.error.TORTURED_TERM"})],
)
def test_search_finds_by_title_and_by_key(page: Page, wanted: str, found: set[str]) -> None:
    write(child(page.dialog, QLineEdit, "shortcuts-search"), wanted)
    shown = {action for action, item in page.items().items() if not item.isHidden()}
    assert found <= shown
    assert len(shown) < 4


def test_a_new_key_works_at_once_and_the_old_one_no_more(page: Page) -> None:
    page.set("edit.undo", "Ctrl+Alt+Z")
    assert page.complaint == ""
    assert page.keys("edit.undo") == ("Ctrl+Alt+Z",)
    assert page.registry.action("edit.undo").shortcuts() == [QKeySequence("Ctrl+Alt+Z")]
    page.set("evidence.link", "Y")
    assert page.registry.for_text_key("Y").id == "evidence.link"
    assert page.registry.for_text_key("K") is None


def test_a_key_of_ones_own_is_there_after_a_restart(page: Page, qtbot: QtBot, tmp_path: Path) -> None:
    page.set("edit.undo", "Ctrl+Alt+Z")
    page.choose("view.theme")
    press(page.dialog, "shortcuts-none")
    again = Page(qtbot, tmp_path / "settings.json")
    assert again.keys("edit.undo") == ("Ctrl+Alt+Z",)
    assert again.keys("view.theme") == ()
    assert again.keys("edit.redo") == page.keys("edit.redo")


@pytest.mark.parametrize(
    ("action", "keys", "owner"),
    [
        ("view.theme", "Ctrl+Z", "Undo"),
        ("evidence.link", "U", "Toggle unsure"),
        ("view.theme", "F4", "Layer: Error"),
        ("annotation.unsure", "Tab", "Next mark"),
        ("view.theme", "Left", "Character left"),
    ],
)
def test_a_key_already_in_use_is_refused_naming_its_owner(page: Page, action: str, keys: str, owner: str) -> None:
    before = page.keys(action)
    page.set(action, keys)
    assert f"is already used by “{owner}”" in page.complaint
    assert page.keys(action) == before
    assert page.settings["keys"] == {}


def test_a_text_action_cannot_take_the_key_of_a_label(page: Page) -> None:
    page.set("annotation.unsure", "R")
    assert "is already used by" in page.complaint
    page.registry.active_layer = "error"
    assert page.registry.for_text_key("R").id == "label.error.ROLE_ATTRIBUTE"


def test_a_key_chosen_without_a_project_does_not_silence_a_layer(qtbot: QtBot, tmp_path: Path) -> None:
    page = Page(qtbot, tmp_path / "settings.json", scheme="")
    page.set("view.theme", "F4")
    page.registry.rebuild(shipped("news-errors"))
    assert page.keys("layer.error") != page.keys("view.theme")


def test_labels_of_two_layers_may_share_a_key(page: Page) -> None:
    page.set("label.entity.PERSON", "R")
    assert page.complaint == ""
    page.registry.active_layer = "entity"
    assert page.registry.for_text_key("R").id == "label.entity.PERSON"
    page.registry.active_layer = "error"
    assert page.registry.for_text_key("R").id == "label.error.ROLE_ATTRIBUTE"


def test_two_labels_of_one_layer_may_not(page: Page) -> None:
    page.set("label.error.TIME", "R")
    assert "is already used by" in page.complaint


def test_no_key_and_as_shipped(page: Page) -> None:
    page.choose("edit.undo")
    press(page.dialog, "shortcuts-none")
    assert page.keys("edit.undo") == ()
    assert page.settings["keys"] == {"edit.undo": ""}
    page.set("view.theme", "Ctrl+Z")  # free now
    assert page.complaint == ""
    page.choose("edit.undo")
    press(page.dialog, "shortcuts-reset")
    assert "used by “Switch theme: light, dark, high contrast”" in page.complaint
    page.choose("view.theme")
    press(page.dialog, "shortcuts-reset")
    page.choose("edit.undo")
    press(page.dialog, "shortcuts-reset")
    assert page.keys("edit.undo") == ("Ctrl+Z",)
    assert page.settings["keys"] == {}


def test_the_chosen_row_stays_chosen(page: Page) -> None:
    page.set("edit.undo", "Ctrl+Alt+Z")
    assert page.tree.currentItem().text(0) == "Undo"
    assert page.tree.currentItem().text(1) == "Ctrl+Alt+Z"


def test_the_search_stays_when_a_key_is_set(page: Page) -> None:
    write(child(page.dialog, QLineEdit, "shortcuts-search"), "undo")
    page.set("edit.undo", "Ctrl+Alt+Z")
    assert page.items()["edit.redo"].isHidden()


@pytest.mark.parametrize("button", ["shortcuts-set", "shortcuts-none", "shortcuts-reset"])
def test_without_an_action_or_a_key_there_is_only_a_message(page: Page, button: str) -> None:
    page.tree.setCurrentItem(None)
    press(page.dialog, button)
    assert page.complaint
    assert page.settings["keys"] == {}


def test_a_search_shows_no_empty_groups(page: Page) -> None:
    write(child(page.dialog, QLineEdit, "shortcuts-search"), "back up now")
    groups = [page.tree.topLevelItem(at) for at in range(page.tree.topLevelItemCount())]
    assert [group.text(0) for group in groups if not group.isHidden()] == ["Project"]
    write(child(page.dialog, QLineEdit, "shortcuts-search"), "")
    assert not any(group.isHidden() for group in groups)
