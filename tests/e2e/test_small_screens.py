"""Windows and dialogs on small screens and with large text: nothing lies outside, and what is read can be read."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.bootstrap import build
from app.ui.dialogs.who import WhoDialog
from app.ui.editor.canvas import TextCanvas
from app.ui.widgets import screen_room
from tests.e2e.everywhere import ASKING, Person, team_window

_OTHERS = ["team.feedback", "project.scheme", "help.shortcuts", "help.about", "help.errors", "view.palette"]
SCREENS = [
    pytest.param(1366, 768, 100, marks=pytest.mark.slow),
    (1024, 700, 150),
    (960, 540, 100),
    pytest.param(1920, 1080, 200, marks=pytest.mark.slow),
]


@pytest.fixture
def stet(qtbot: QtBot, tmp_path: Path) -> Iterator[Person]:
    """Stet on a project that three annotators have finished, a mark with evidence chosen; as usual at the end."""
    with team_window(qtbot, tmp_path) as driver:
        driver.focus_text()
        driver.press("Tab", "Tab")
        yield driver
        change(driver, ui_scale=100, text_size=18)


def change(stet: Person, **values: object) -> None:
    stet.window.desk.look.change(values)
    stet.settle()


def screen(monkeypatch: pytest.MonkeyPatch, width: int, height: int) -> QRect:
    """Let every window be on a screen of this size."""
    free = QRect(0, 0, width, height)
    monkeypatch.setattr(screen_room, "free_part", lambda _window: free)
    return free


def sized(stet: Person, monkeypatch: pytest.MonkeyPatch, width: int, height: int, percent: int) -> QRect:
    """Fill a screen with the window."""
    free = screen(monkeypatch, width, height)
    change(stet, ui_scale=percent)
    stet.window.resize(width - 12, height - 44)
    stet.settle()
    return free


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [(1366, 768, (1354, 724)), (1920, 1080, (1440, 900)), (960, 540, (948, 496)), (1440, 900, (1428, 856))],
)
def test_the_first_window_fits_the_screen_with_its_frame(
    monkeypatch: pytest.MonkeyPatch, width: int, height: int, expected: tuple[int, int], qtbot: QtBot
) -> None:
    screen(monkeypatch, width, height)
    _, window = build()
    qtbot.addWidget(window)
    assert (window.width(), window.height()) == expected


def opened_by(stet: Person, action: str) -> list[QWidget]:
    before = set(QApplication.topLevelWidgets())
    stet.window.registry.run(action)
    stet.settle()
    return [window for window in QApplication.topLevelWidgets() if window not in before and window.isVisible()]


@pytest.mark.parametrize(("width", "height", "percent"), SCREENS)
def test_no_dialog_is_larger_than_the_screen(
    stet: Person, monkeypatch: pytest.MonkeyPatch, width: int, height: int, percent: int
) -> None:
    free = sized(stet, monkeypatch, width, height, percent)
    outside = {}
    seen = 0
    for action in (*ASKING, *_OTHERS):
        if action.startswith("review."):
            stet.go()
        elif action.startswith("insights."):
            stet.to_insights()
        else:
            stet.window.registry.run("workspace.annotate")
        for window in opened_by(stet, action):
            seen += 1
            if not free.contains(window.frameGeometry()) and not window.objectName().startswith("qt_"):
                outside[action] = window.frameGeometry()
            for name in ("accept", "cancel", "close"):
                button = window.findChild(QPushButton, f"{window.objectName()}-{name}")
                if button is not None and button.isVisible():
                    place = QRect(button.mapTo(window, QPoint(0, 0)), button.size())
                    assert window.rect().contains(place), f"{action}: {name}"
            window.close()
            stet.settle()
    assert outside == {}
    assert seen > 20


def cut(window: QWidget) -> list[str]:
    """Return the labels, lines and buttons that are cut off at a side of their window or of what they scroll in."""
    found = []
    for widget in window.findChildren(QWidget):
        if not isinstance(widget, QPushButton | QLineEdit | QLabel) or not widget.isVisible():
            continue
        around = widget.parentWidget()
        while around is not window and not isinstance(around, QAbstractScrollArea):
            around = around.parentWidget()
        frame = around.viewport() if isinstance(around, QAbstractScrollArea) else around
        left = widget.mapTo(frame, QPoint(0, 0)).x()
        wide = min(widget.minimumSizeHint().width(), 10_000)
        if left < 0 or left + widget.width() > frame.width() or (wide > widget.width() and not widget.minimumWidth()):
            found.append(f"{widget.objectName()} {left}+{widget.width()} of {wide} in {frame.width()}")
    return found


@pytest.mark.parametrize(("width", "height", "percent"), SCREENS)
def test_no_panel_is_cut_off_in_any_workspace(
    stet: Person, monkeypatch: pytest.MonkeyPatch, width: int, height: int, percent: int
) -> None:
    sized(stet, monkeypatch, width, height, percent)
    for go in (stet.settle, stet.go, stet.to_insights):
        go()
        assert (stet.window.width(), stet.window.height()) == (width - 12, height - 44)
        assert cut(stet.window) == []


def words_on_lines(canvas: TextCanvas) -> list[int]:
    """Return how many words stand on each line that is full: on all of a paragraph but its last."""
    counts = []
    at = 0
    for paragraph in canvas.text.split("\n"):
        lines: dict[int, int] = {}
        place = at
        for word in paragraph.split(" "):
            if word:
                (rect, *_) = canvas.text_layout.rects(place, place + 1)
                lines[round(rect.bottom())] = lines.get(round(rect.bottom()), 0) + 1
            place += len(word) + 1
        counts += [lines[y] for y in sorted(lines)][:-1]
        at += len(paragraph) + 1
    return counts


@pytest.mark.parametrize("text_size", [18, pytest.param(27, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("width", "height", "percent"), [(1024, 700, 150), (1024, 700, 100), (1366, 768, 100)])
def test_nine_words_stand_on_a_line(
    stet: Person, monkeypatch: pytest.MonkeyPatch, width: int, height: int, percent: int, text_size: int
) -> None:
    sized(stet, monkeypatch, width, height, percent)
    change(stet, text_size=text_size)
    stet.settle()
    counts = words_on_lines(stet.workspace.text.canvas)
    assert len(counts) > 20
    assert sum(counts) / len(counts) >= 9
    if text_size == 18:
        stet.go()
        counts = words_on_lines(stet.review.text.canvas)
        assert sum(counts) / len(counts) >= 9


def test_a_list_without_room_comes_while_it_is_asked_for(stet: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    sized(stet, monkeypatch, 1024, 700, 150)
    change(stet, text_size=27)
    work = stet.workspace
    assert work.desk.is_narrow
    assert not work.documents.isVisible()
    stet.press("Ctrl+L")
    assert stet.target() is work.documents.search
    assert work.documents.isVisible()
    stet.press("Esc")
    assert stet.target() is work.text.canvas
    assert not work.documents.isVisible()
    work.desk.findChild(QPushButton, "split-desk-show").click()
    assert work.documents.isVisible()
    stet.focus_text()
    seen = []
    for _ in range(6):
        stet.press("F6")
        seen.append(stet.target())
    assert work.documents.list in seen
    change(stet, text_size=18, ui_scale=100)
    stet.window.resize(1440, 900)
    stet.settle()
    assert not work.desk.is_narrow
    assert work.documents.isVisible()


def test_the_keys_of_review_work_without_its_list(stet: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    sized(stet, monkeypatch, 1024, 700, 150)
    stet.go()
    assert not stet.review.queue.isVisible()
    first = stet.review.entry.group.key
    stet.press("N")
    assert stet.review.entry.group.key != first
    stet.press("X", "P")
    stet.press("N")
    assert stet.review.desk.is_narrow


def test_widths_of_columns_are_remembered(stet: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    work = stet.workspace
    split = work.desk.split
    split.setSizes([250, split.width() - 250 - 320, 320])
    split.splitterMoved.emit(250, 1)
    sized(stet, monkeypatch, 1024, 700, 150)
    change(stet, ui_scale=100)
    stet.window.resize(1440, 900)
    stet.settle()
    assert (split.sizes()[0], split.sizes()[2]) == (250, 320)
    work.remember(stet.window.state)
    assert stet.window.state.widths("split-desk", [1, 2, 3])[::2] == [250, 320]


def test_a_dialog_grows_with_what_it_says(qtbot: QtBot) -> None:
    dialog = WhoDialog("Ana", [])
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    before, field = dialog.height(), dialog.findChild(QLineEdit)
    tall = field.height()
    dialog.complain("A message that goes on for more than a line, " * 4)
    qtbot.waitUntil(lambda: dialog.height() > before)
    QApplication.processEvents()
    label = dialog.findChild(QLabel, "who-dialog-complaint")
    assert label.height() >= label.heightForWidth(label.width())
    assert dialog.rect().contains(QRect(label.mapTo(dialog, QPoint(0, 0)), label.size()))
    assert field.height() == tall
