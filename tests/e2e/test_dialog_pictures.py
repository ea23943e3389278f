"""Every dialog of imports and exports, light and dark: painted whole, and its words are there to be read."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel

from app.ui import theme
from tests.dialog_scenes import DialogScenes
from tests.e2e.test_look import unpainted

pytestmark = pytest.mark.slow  # many windows: with the campaigns


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    theme.load_fonts()
    yield qapp
    theme.apply(qapp, theme.LIGHT)


@pytest.mark.parametrize("tone", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_every_dialog_is_painted_whole(app: QApplication, tone: theme.Tones, tmp_path: Path) -> None:
    pytest.importorskip("openpyxl")
    theme.apply(app, tone)
    scenes = DialogScenes(tmp_path)
    for name, make in scenes.all():
        dialog = make()
        dialog.show()
        QTest.qWait(50)
        assert unpainted(dialog) == 0, name
        shot = dialog.grab().toImage()
        assert (shot.pixelColor(3, 3).lightness() > 128) is (tone is theme.LIGHT), name
        for label in dialog.findChildren(QLabel):
            if label.isVisible() and not label.wordWrap():
                assert label.width() >= label.sizeHint().width() - 1, (name, label.text())
        for box in dialog.findChildren(QComboBox):
            line = box.lineEdit()
            if line is not None and line.isVisible():
                assert line.contentsRect().height() >= line.fontMetrics().height() - 1, (name, box.objectName())
        dialog.close()
        dialog.deleteLater()
    scenes.close()
