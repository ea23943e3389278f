"""The palette finds what can be done by a few letters, and documents by their words."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidget
from pytestqt.qtbot import QtBot

from app.ui.actions.catalogue import CATALOGUE, scheme_actions
from app.ui.dialogs.palette import PaletteDialog, PaletteEntry, ranked
from tests.widget.widgets import child, on_screen, shipped, text_of, write

ACTIONS = [
    PaletteEntry("action", spec.id, spec.title, spec.keys[0] if spec.keys else "")
    for spec in (*CATALOGUE, *scheme_actions(shipped("news-errors")))
]


def find_documents(wanted: str) -> list[PaletteEntry]:
    names = ("call.txt", "budget.txt")
    return [PaletteEntry("document", name, name, "document") for name in names if wanted.casefold() in name]


class Palette:
    """An open palette and what was chosen in it."""

    def __init__(self, qtbot: QtBot, wanted: str = "") -> None:
        self.dialog = PaletteDialog(ACTIONS, find_documents, wanted=wanted)
        self.chosen: list[PaletteEntry] = []
        self.dialog.chosen.connect(self.chosen.append)
        on_screen(qtbot, self.dialog)
        self.line = self.dialog.line
        self.list = child(self.dialog, QListWidget, "palette-list")

    def rows(self) -> list[str]:
        return [self.list.item(row).text() for row in range(self.list.count())]

    def key(self, key: Qt.Key) -> None:
        QTest.keyClick(self.line, key)


@pytest.mark.parametrize(
    ("wanted", "first"),
    [
        ("export", "project.export"),
        ("exprot", "project.export"),
        ("EXPORT", "project.export"),
        ("next doc", "document.next"),
        ("doc next", "document.next"),
        ("settings", "view.settings"),
        ("tortured", "label.error.TORTURED_TERM"),
        ("severity critical", "severity.critical"),
        ("undo", "edit.undo"),
        ("entity person", "label.entity.PERSON"),
        ("persn", "label.entity.PERSON"),
        ("trtrd", "label.error.TORTURED_TERM"),
        ("tortured trem", "label.error.TORTURED_TERM"),
        ("mark nxt same", "annotation.next-alike"),
    ],
)
def test_a_few_letters_put_the_action_first(wanted: str, first: str) -> None:
    found = ranked(wanted, ACTIONS)
    titles = [entry.id for entry in found[:3]]
    assert first in titles, titles


def test_every_action_is_first_by_its_own_title() -> None:
    for entry in ACTIONS:
        assert entry.title in [other.title for other in ranked(entry.title, ACTIONS)[:2]], entry


def test_nothing_typed_lists_everything() -> None:
    assert ranked("  ", ACTIONS) == ACTIONS


def test_nonsense_finds_nothing_and_says_what_to_do(qtbot: QtBot) -> None:
    palette = Palette(qtbot)
    write(palette.line, "qqqqqqqqwwww")
    assert palette.rows() == []
    assert "fewer" in text_of(palette.dialog, "palette-hint")
    palette.key(Qt.Key.Key_Return)
    assert palette.chosen == []
    assert palette.dialog.isVisible()


def test_enter_runs_the_first_and_closes(qtbot: QtBot) -> None:
    palette = Palette(qtbot)
    write(palette.line, "export")
    palette.key(Qt.Key.Key_Return)
    assert [entry.id for entry in palette.chosen] == ["project.export"]


def test_the_arrows_choose_without_leaving_the_line(qtbot: QtBot) -> None:
    palette = Palette(qtbot)
    write(palette.line, "next")
    shown = palette.rows()
    palette.key(Qt.Key.Key_Down)
    palette.key(Qt.Key.Key_Down)
    palette.key(Qt.Key.Key_Up)
    assert palette.list.currentRow() == 1
    for _ in range(3):
        palette.key(Qt.Key.Key_PageUp)
    assert palette.list.currentRow() == 0
    palette.key(Qt.Key.Key_PageDown)
    assert palette.list.currentRow() == min(10, len(shown) - 1)
    assert palette.line.hasFocus()


def test_documents_come_behind_the_actions(qtbot: QtBot) -> None:
    palette = Palette(qtbot)
    write(palette.line, "budget")
    assert palette.rows()[-1].startswith("budget.txt")
    palette.list.setCurrentRow(palette.list.count() - 1)
    palette.key(Qt.Key.Key_Return)
    assert palette.chosen == [PaletteEntry("document", "budget.txt", "budget.txt", "document")]


def test_a_click_runs_what_is_clicked(qtbot: QtBot) -> None:
    palette = Palette(qtbot)
    write(palette.line, "budget")
    item = palette.list.item(palette.list.count() - 1)
    at = palette.list.visualItemRect(item).center()
    QTest.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert [entry.kind for entry in palette.chosen] == ["document"]


def test_escape_closes_and_runs_nothing(qtbot: QtBot) -> None:
    palette = Palette(qtbot)
    palette.key(Qt.Key.Key_Escape)
    assert palette.chosen == []


def test_the_key_of_an_action_stands_beside_it(qtbot: QtBot) -> None:
    palette = Palette(qtbot, wanted="undo")
    assert "Ctrl+Z" in palette.rows()[0]


def test_one_sees_which_row_would_run(qtbot: QtBot) -> None:
    palette = Palette(qtbot)
    palette.key(Qt.Key.Key_Down)
    palette.list.viewport().grab()
    shown = palette.list.viewport().grab().toImage()
    grounds = [
        shown.pixelColor(shown.width() - 20, palette.list.visualItemRect(palette.list.item(row)).center().y())
        for row in range(3)
    ]
    assert grounds[1] not in (grounds[0], grounds[2]), "wherever the pointer happens to be"
