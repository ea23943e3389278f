"""The first screen, the line at the top, the line at the bottom, and the tour."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton
from pytestqt.qtbot import QtBot

from app.core.errors import EditRejected, FormatError, ProjectError, StetError
from app.ui import theme
from app.ui.panels.start_screen import StartScreen
from app.ui.panels.status_bar import StatusBar
from app.ui.panels.top_bar import TopBar
from app.ui.panels.tour_card import STEPS, TourCard
from app.ui.widgets.notifier import Notice, Notifier, Tone
from app.ui.widgets.window_state import WindowState
from tests.widget.widgets import all_words, child, on_screen, press, settle, text_of


@pytest.mark.parametrize(
    ("button", "action"),
    [
        ("start-sample", "project.sample"),
        ("start-new", "project.new"),
        ("start-open", "project.open"),
        ("start-import", "project.import"),
        ("start-manual", "help.manual"),
    ],
)
def test_the_first_screen_offers_what_to_do(qtbot: QtBot, button: str, action: str) -> None:
    screen = on_screen(qtbot, StartScreen(), 900, 600)
    with qtbot.waitSignal(screen.action_wanted) as caught:
        press(screen, button)
    assert caught.args == [action]


def test_no_button_of_the_first_screen_is_cut(qtbot: QtBot) -> None:
    screen = on_screen(qtbot, StartScreen(), 900, 600)
    buttons = [made for made in screen.findChildren(QPushButton) if made.objectName().startswith("start-")]
    assert len(buttons) == 5
    for made in buttons:
        assert made.width() >= made.sizeHint().width(), made.objectName()
        assert made.parentWidget().rect().contains(made.geometry()), made.objectName()


def test_the_sample_has_the_keyboard_first(qtbot: QtBot) -> None:
    screen = on_screen(qtbot, StartScreen(), 900, 600)
    screen.focus_first()
    with qtbot.waitSignal(screen.action_wanted) as caught:
        QTest.keyClick(child(screen, QPushButton, "start-sample"), Qt.Key.Key_Space)
    assert caught.args == ["project.sample"]
    assert child(screen, QPushButton, "start-sample").hasFocus()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
@pytest.mark.parametrize(("button", "action"), [("start-sample", "project.sample"), ("start-open", "project.open")])
def test_a_button_of_the_first_screen_is_pressed_by_a_key(qtbot: QtBot, button: str, action: str, key: Qt.Key) -> None:
    screen = on_screen(qtbot, StartScreen(), 900, 600)
    made = child(screen, QPushButton, button)
    made.setFocus()
    with qtbot.waitSignal(screen.action_wanted, timeout=500) as caught:
        QTest.keyClick(made, key)
    assert caught.args == [action]


@pytest.mark.parametrize("button", ["start-sample", "start-open"])
def test_one_sees_which_button_has_the_keyboard(qtbot: QtBot, button: str) -> None:
    screen = on_screen(qtbot, StartScreen(), 900, 600)
    made = child(screen, QPushButton, button)
    child(screen, QPushButton, "start-new").setFocus()
    before, size = made.grab().toImage(), made.sizeHint()
    made.setFocus()
    assert made.grab().toImage() != before
    assert made.sizeHint() == size


def test_recent_projects_are_listed_newest_first_and_clickable(qtbot: QtBot, tmp_path: Path) -> None:
    screen = on_screen(qtbot, StartScreen(), 900, 600)
    screen.show_recent([])
    assert "None yet." in all_words(screen)
    paths = [tmp_path / "one.stet", tmp_path / "two.stet"]
    screen.show_recent(paths)
    settle()
    assert "None yet." not in all_words(screen)
    with qtbot.waitSignal(screen.project_chosen) as caught:
        press(screen, "recent-1")
    assert caught.args == [paths[1]]
    assert child(screen, QPushButton, "recent-0").accessibleName() == "Open one.stet"
    screen.show_recent(paths[1:])
    settle()
    found = [made.objectName() for made in screen.findChildren(QPushButton) if made.objectName().startswith("recent-")]
    assert found == ["recent-0"]


def test_recent_projects_are_those_that_still_exist_each_once(tmp_path: Path) -> None:
    state = WindowState(tmp_path / "window.json")
    paths = [tmp_path / f"{number}.stet" for number in range(10)]
    for path in (*paths, paths[3]):
        path.touch()
        state.add_recent(path)
    state.save()
    paths[9].unlink()
    found = WindowState(tmp_path / "window.json").recent()
    assert found[0] == paths[3]
    assert len(found) == len(set(found)) == 7
    assert paths[9] not in found


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"recent": 5}', b'{"recent": [5, null]}', b"\xff\xfe"])
def test_a_broken_window_file_means_the_usual_window(qtbot: QtBot, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "window.json"
    path.write_bytes(content)
    state = WindowState(path)
    assert state.recent() == []
    bar = StatusBar()
    qtbot.addWidget(bar)
    assert state.restore_window(bar) is False


# -- top and bottom ----------------------------------------------------------------------------------------------------


def test_the_top_says_where_and_who(qtbot: QtBot) -> None:
    bar = on_screen(qtbot, TopBar(), 900, 46)
    bar.show_project("news.stet")
    bar.show_annotator("Żaneta")
    assert text_of(bar, "project-name") == "news.stet"
    assert child(bar, QAbstractButton, "who").accessibleName() == "Annotator Żaneta"
    bar.show_annotator("")
    assert child(bar, QAbstractButton, "who").text() == "Set your name"
    for button, action in (("command-box", "view.palette"), ("who", "view.annotator")):
        with qtbot.waitSignal(bar.action_wanted) as caught:
            press(bar, button)
        assert caught.args == [action]


def test_the_top_says_which_key_opens_the_palette(qtbot: QtBot) -> None:
    bar = on_screen(qtbot, TopBar(), 900, 46)
    bar.show_palette_key("Ctrl+P")
    assert child(bar, QAbstractButton, "command-box").text().endswith("Ctrl+P")
    assert "(Ctrl+P)" in " ".join(all_words(bar))
    bar.show_palette_key("")
    assert child(bar, QAbstractButton, "command-box").text() == "Search documents or run a command…"


def test_a_message_replaces_the_hints_until_it_is_cleared(qtbot: QtBot) -> None:
    bar = on_screen(qtbot, StatusBar(), 900, 28)
    bar.hints.setText("Tab  next mark")
    bar.show_notice(Notice("No text selected."))
    assert bar.message.text() == "No text selected."
    assert not bar.hints.isVisible()
    bar.show_notice(Notice(""))
    assert bar.message.text() == ""
    assert bar.hints.isVisible()


def test_a_message_has_the_colour_of_its_tone(qtbot: QtBot) -> None:
    bar = on_screen(qtbot, StatusBar(), 900, 28)
    notifier = Notifier(bar)
    notifier.notified.connect(bar.show_notice)
    seen: list[str] = []
    for tone in Tone:
        notifier.notify("Something is so.", tone)
        seen.append(bar.message.palette().color(bar.message.foregroundRole()).name())
    assert seen == [theme.LIGHT.soft, theme.LIGHT.good, theme.LIGHT.warn, theme.LIGHT.bad]
    notifier.complain(EditRejected("this can’t be marked"))
    assert bar.message.property("tone") == "warn"
    notifier.complain(StetError("the disk is full"))
    assert bar.message.property("tone") == "bad"
    notifier.clear()
    assert not bar.message.isVisible()


def test_a_long_message_is_cut_and_whole_in_its_tooltip(qtbot: QtBot) -> None:
    bar = on_screen(qtbot, StatusBar(), 900, 28)
    text = "<b>it</b> went wrong; " * 20
    bar.show_notice(Notice(text))
    assert len(bar.message.text()) == 140
    assert text.strip() in " ".join(all_words(bar))
    assert bar.message.accessibleName() == text.strip()


# -- the tour ----------------------------------------------------------------------------------------------------------


def shown_step(card: TourCard) -> str:
    return text_of(card, "tour-title")


def test_the_tour_goes_forth_and_back_through_five_steps(qtbot: QtBot) -> None:
    card = on_screen(qtbot, TourCard(), 700, 120)
    assert len(STEPS) == 5
    assert not child(card, QPushButton, "tour-back").isEnabled()
    for step in STEPS[1:]:
        press(card, "tour-next")
        assert shown_step(card) == step.title
    assert child(card, QPushButton, "tour-next").text() == "Finish"
    press(card, "tour-back")
    assert shown_step(card) == STEPS[3].title


@pytest.mark.parametrize("how", ["finish", "dismiss"])
def test_the_tour_can_be_ended_at_its_end_and_before(qtbot: QtBot, how: str) -> None:
    card = on_screen(qtbot, TourCard(), 700, 120)
    if how == "finish":
        for _ in STEPS[1:]:
            press(card, "tour-next")
    with qtbot.waitSignal(card.dismissed):
        press(card, "tour-next" if how == "finish" else "tour-dismiss")


def test_the_tour_advances_only_when_the_current_step_is_done(qtbot: QtBot) -> None:
    card = on_screen(qtbot, TourCard(), 700, 120)
    card.advance(2)
    assert card.step == 0
    for step in range(4):
        card.advance(step)
    assert card.step == 4
    with qtbot.waitSignal(card.dismissed):
        card.advance(4)


def test_neither_a_message_nor_the_keys_make_the_window_wider(qtbot: QtBot) -> None:
    bar = on_screen(qtbot, StatusBar(), 500, 30)
    bar.hints.setText("Tab  next mark     K  link evidence     Ctrl+Return  done, next")
    without = bar.minimumSizeHint().width()
    bar.hints.setText("")
    assert bar.minimumSizeHint().width() == without
    bar.show_notice(Notice("A message that says very much and goes on and on, " * 2))
    assert bar.minimumSizeHint().width() == without
    bar.resize(400, 30)
    settle()
    assert bar.message.shown().endswith("…")
    assert bar.message.accessibleName().endswith("goes on and on,")
    bar.resize(2000, 30)
    settle()
    assert bar.message.shown() == bar.message.text()


@pytest.mark.parametrize("percent", [100, 200])
def test_the_name_of_the_workspace_in_front_has_room_in_bold(qtbot: QtBot, percent: int) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.set_manner(app, percent=percent, moves=True)
    theme.apply(app, theme.LIGHT)
    try:
        bar = on_screen(qtbot, TopBar(), 1400, 60)
        bar.show_workspace("annotate")
        settle()
        made = child(bar, QPushButton, "workspace-annotate")
        bold = QFont(made.font())
        bold.setWeight(QFont.Weight.DemiBold)
        padding = 2 * 12 * percent / 100
        assert made.width() >= QFontMetricsF(bold).horizontalAdvance("Annotate") + padding + 4
    finally:
        theme.set_manner(app, percent=100, moves=True)
        theme.apply(app, theme.LIGHT)


def test_an_error_names_the_file_without_its_folders(qtbot: QtBot) -> None:
    notifier = Notifier()
    said: list[str] = []
    notifier.notified.connect(lambda notice: said.append(notice.text))
    path = Path("/a/very/long/way/to/news.stet")
    notifier.complain(ProjectError("it is open elsewhere", hint="close it there", path=path))
    notifier.complain(FormatError("not JSON", hint="fix the line", path=Path("/a/x.jsonl"), line=3))
    notifier.complain(FormatError("not JSON", hint="fix the line", path="/a/x.jsonl", line=3))
    assert said == ["news.stet: it is open elsewhere; close it there", *["x.jsonl:3: not JSON; fix the line"] * 2]
