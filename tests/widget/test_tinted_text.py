"""A field of text with very many coloured ranges gives Qt only those in sight, wherever one scrolls."""

from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from app.ui.widgets.tinted_text import TintedText

LINES = 5_000


def test_only_what_is_in_sight_is_coloured(qtbot: QtBot) -> None:
    page = TintedText("page", "A page")
    qtbot.addWidget(page)
    page.setPlainText("".join(f"{number:04d} word\n" for number in range(LINES)))
    page.resize(300, 200)
    page.show()
    qtbot.waitExposed(page)
    page.show_ranges([(10 * number, 10 * number + 4) for number in range(LINES)], QColor("red"))

    def shown() -> list[str]:
        return [each.cursor.selectedText() for each in page.extraSelections()]

    assert shown()[:2] == ["0000", "0001"]
    assert len(shown()) < 60
    page.verticalScrollBar().setValue(2_500)
    qtbot.waitUntil(lambda: "2500" in shown())
    assert len(shown()) < 60
    page.verticalScrollBar().setValue(page.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: shown()[-1:] == ["4999"])
