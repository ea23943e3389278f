"""The window at twice its size, from right to left, in high contrast, and without movement."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QProgressBar, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.ui import theme
from app.ui.dialogs.progress import ProgressDialog
from tests.e2e.test_review import ReviewDriver
from tests.team import team_project


@pytest.fixture
def stet(qtbot: QtBot, tmp_path: Path) -> Iterator[ReviewDriver]:
    """Stet on a project that three annotators have finished; all as usual again at the end."""
    path = tmp_path / "team.stet"
    team_project(path)
    driver = ReviewDriver(qtbot)
    driver.start(path, annotator="ana")
    yield driver
    change(driver, ui_scale=100, motion="system", direction="auto", theme="light")
    driver.quit()


def change(stet: ReviewDriver, **values: object) -> None:
    assert stet.window is not None
    stet.window.desk.look.change(values)
    stet.settle()


def left_of(stet: ReviewDriver, widget: QWidget) -> int:
    return widget.mapTo(stet.window, QPoint(0, 0)).x()


@pytest.mark.parametrize(
    "space", [pytest.param("Ctrl+1", marks=pytest.mark.slow), "Ctrl+2", pytest.param("Ctrl+3", marks=pytest.mark.slow)]
)
def test_twice_the_size_fits_into_the_usual_window(stet: ReviewDriver, space: str) -> None:
    stet.press(space)
    if space == "Ctrl+2":
        stet.go()
    stet.settle()
    small = {button.objectName(): button.height() for button in buttons(stet)}
    change(stet, ui_scale=200)
    stet.window.resize(1440, 900)
    stet.settle()
    assert (stet.window.width(), stet.window.height()) == (1440, 900)
    assert QApplication.font().pixelSize() == 26
    larger = [
        button.height() / small[button.objectName()] for button in buttons(stet) if small.get(button.objectName())
    ]
    assert sum(larger) / len(larger) > 1.6
    for button in buttons(stet):
        right = left_of(stet, button) + button.width()
        assert 0 <= left_of(stet, button) < right <= 1440, button.objectName()
    change(stet, ui_scale=100)
    assert {button.objectName(): button.height() for button in buttons(stet)} == small


def buttons(stet: ReviewDriver) -> list[QPushButton]:
    return [button for button in stet.window.findChildren(QPushButton) if button.isVisible() and button.objectName()]


@pytest.mark.slow
def test_the_scale_leaves_texts_alone(stet: ReviewDriver) -> None:
    font = stet.workspace.text.canvas.text_layout.style.font.pixelSize()
    change(stet, ui_scale=200)
    assert stet.workspace.text.canvas.text_layout.style.font.pixelSize() == font


def test_a_window_from_right_to_left_is_the_mirror_image(stet: ReviewDriver) -> None:
    work = stet.workspace
    ltr = [left_of(stet, widget) for widget in (work.documents, work.text, work.reference, work.inspector)]
    assert ltr == sorted(ltr)
    change(stet, direction="rtl")
    rtl = [left_of(stet, widget) for widget in (work.documents, work.text, work.reference, work.inspector)]
    assert rtl == sorted(rtl, reverse=True)
    layers = [button for button in work.labels.findChildren(QWidget) if button.objectName().startswith("layer.")]
    places = [left_of(stet, button) for button in layers]
    assert places == sorted(places, reverse=True)
    # The document's own direction is its script's: English still begins at the left.
    canvas = work.text.canvas
    assert canvas.viewport_rects(0, 1)[0].left() < canvas.viewport().width() / 3
    change(stet, direction="ltr")
    assert [left_of(stet, w) for w in (work.documents, work.text, work.reference, work.inspector)] == ltr


def test_a_click_in_a_mirrored_window_hits_the_letter_under_it(stet: ReviewDriver) -> None:
    change(stet, direction="rtl")
    canvas = stet.workspace.text.canvas
    box = canvas.viewport_rects(4, 5)[0]
    assert canvas.place_of(box.center()) in (4, 5)


@pytest.mark.slow
def test_a_row_of_a_list_is_mirrored_too(stet: ReviewDriver) -> None:
    rows = stet.workspace.documents.list.viewport()
    places = []
    for direction in ("ltr", "rtl"):
        change(stet, direction=direction, theme="light")
        picture = rows.grab().toImage()
        # The sign of a document that is done, which alone is of this colour.
        found = [
            x / picture.width()
            for x in range(picture.width())
            if any(picture.pixelColor(x, y).name() == theme.LIGHT.good for y in range(0, 150))
        ]
        assert found
        places.append((min(found), max(found)))
    assert places[0][1] < 0.25
    assert places[1][0] > 0.75


@pytest.mark.slow
def test_without_movement_nothing_blinks_or_slides(stet: ReviewDriver, qtbot: QtBot) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    before = app.cursorFlashTime()
    change(stet, motion="reduced")
    assert app.cursorFlashTime() == 0
    effects = (Qt.UIEffect.UI_AnimateMenu, Qt.UIEffect.UI_FadeMenu, Qt.UIEffect.UI_AnimateCombo)
    assert not any(app.isEffectEnabled(effect) for effect in effects)
    dialog = ProgressDialog("Counting")
    qtbot.addWidget(dialog)
    dialog.show()
    bar = dialog.findChild(QProgressBar)
    assert bar is not None
    assert not bar.isVisible()
    dialog.show_progress(5, 10, "Counting")
    assert bar.isVisible()
    dialog.finish()
    change(stet, motion="system")
    assert app.cursorFlashTime() == before


def test_high_contrast_is_one_of_the_themes_to_step_through(stet: ReviewDriver) -> None:
    change(stet, theme="light")
    seen = []
    for _ in range(3):
        stet.press("Ctrl+Shift+D")
        seen.append(stet.window.desk.look.tones.name)
    assert seen == ["dark", "contrast", "light"]
    change(stet, theme="contrast")
    picture = stet.window.grab().toImage()
    assert picture.pixelColor(picture.width() // 2, picture.height() - 60).lightness() == 0
