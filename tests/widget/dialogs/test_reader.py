"""The window to read in: contents, search, links that stay inside, and all of the guideline."""

from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QTextBrowser, QTreeWidget
from pytestqt.qtbot import QtBot

from app.ui import theme
from app.ui.dialogs.guideline_page import guideline_page
from app.ui.dialogs.manual_pages import manual_pages
from app.ui.dialogs.reader import Page, ReaderWindow
from tests.conftest import SHIPPED
from tests.widget.widgets import on_screen, shipped

PAGES = [
    Page("one", "One", "<h1>One</h1><p>Apples and pears.</p><h2>More</h2><p>Pears 😀 again, pears.</p>"),
    Page("two", "Two", "<h1>Two</h1><p>Plums, see <a href='one.md'>one</a>.</p><img src='file:///etc/hostname'>"),
]


@pytest.fixture
def reader(qtbot: QtBot) -> ReaderWindow:
    window = ReaderWindow("manual-dialog", "Manual", PAGES)
    qtbot.addWidget(window)
    window.show()
    return window


def contents(reader: ReaderWindow) -> list[str]:
    tree = reader.findChild(QTreeWidget, "manual-dialog-contents")
    tops = [tree.topLevelItem(at) for at in range(tree.topLevelItemCount())]
    return [text for top in tops for text in (top.text(0), *(top.child(at).text(0) for at in range(top.childCount())))]


def search(qtbot: QtBot, reader: ReaderWindow, words: str) -> str:
    line, says = (
        reader.findChild(kind, f"manual-dialog-{name}") for kind, name in ((QLineEdit, "search"), (QLabel, "says"))
    )
    line.setText(words)
    QTest.keyClick(line, Qt.Key.Key_Return)
    return says.text()


def test_contents_are_pages_with_their_headings(reader: ReaderWindow) -> None:
    assert contents(reader) == ["One", "More", "Two"]
    assert reader.page == "one"
    assert not reader.isModal()


def test_a_search_goes_from_hit_to_hit(qtbot: QtBot, reader: ReaderWindow) -> None:
    assert search(qtbot, reader, "pears") == "3 hits"
    assert contents(reader) == ["One · 3", "Apples and pears.", "Pears 😀 again, pears."]
    browser = reader.findChild(QTextBrowser, "manual-dialog-page")
    assert [mark.cursor.selectedText().lower() for mark in browser.extraSelections()] == ["pears"] * 3
    assert search(qtbot, reader, "plums") == "1 hit"
    assert reader.page == "two"
    assert search(qtbot, reader, "cherries") == "Nothing found"
    assert search(qtbot, reader, "") == ""
    assert contents(reader) == ["One", "More", "Two"]


def test_pages_are_laid_out_one_a_turn(qtbot: QtBot) -> None:
    """The one that is shown at once; a search meanwhile finds what all pages say."""
    made: list[str] = []

    def html(name: str) -> str:
        made.append(name)
        return f"<h1>{name}</h1><p>Apples.</p><h2>Under {name}</h2>"

    pages = [Page(name, name.title(), partial(html, name)) for name in ("one", "two", "three", "four")]
    window = ReaderWindow("manual-dialog", "Manual", pages, page="three")
    qtbot.addWidget(window)
    window.show()
    assert made == ["three"]
    assert window.page == "three"
    assert contents(window) == ["One", "Two", "Three", "Under three", "Four"]
    window.findChild(QLineEdit, "manual-dialog-search").setText("apples")
    QApplication.sendPostedEvents()
    says = window.findChild(QLabel, "manual-dialog-says")
    qtbot.waitUntil(lambda: says.text() == "4 hits")
    assert made == ["three", "one", "two", "four"]
    assert search(qtbot, window, "") == ""
    assert contents(window) == ["One", "Under one", "Two", "Under two", "Three", "Under three", "Four", "Under four"]


def test_a_search_that_cannot_wait_has_all_pages(qtbot: QtBot) -> None:
    window = ReaderWindow("manual-dialog", "Manual", PAGES)
    qtbot.addWidget(window)
    assert search(qtbot, window, "plums") == "1 hit"


def test_pictures_are_loaded_once_for_a_width_and_a_theme(qtbot: QtBot, tmp_path: Path, monkeypatch) -> None:
    file = tmp_path / "a.png"
    QImage(10, 10, QImage.Format.Format_RGB32).save(str(file))
    read: list[str] = []

    def counted(name: str) -> QImage:
        read.append(name)
        return QImage(name)

    monkeypatch.setattr("app.ui.dialogs.reader.QImage", counted)
    window = ReaderWindow("manual-dialog", "Manual", [Page("a", "A", "<img src='a.png'>", {"a.png": file}), *PAGES])
    qtbot.addWidget(window)
    assert read == []
    window.show()
    for page in ("one", "a", "two", "a"):
        window.open_page(page)
    assert read == [str(file)]


def test_links_stay_inside_and_nothing_is_loaded(reader: ReaderWindow) -> None:
    reader.open_page("two")
    browser = reader.findChild(QTextBrowser, "manual-dialog-page")
    assert browser.loadResource(2, QUrl("file:///etc/hostname")) is None
    browser.anchorClicked.emit(QUrl("one.md"))
    assert reader.page == "one"
    browser.anchorClicked.emit(QUrl("nowhere.md"))
    browser.anchorClicked.emit(QUrl("file:///etc/hostname"))
    assert reader.page == "one"


def test_all_help_is_in_the_manual_and_links_lead_somewhere(qtbot: QtBot) -> None:
    pages = manual_pages()
    assert pages[0].name == "annotate"
    assert len({page.title for page in pages}) == len(pages) >= 12
    window = ReaderWindow("manual-dialog", "Manual", pages)
    qtbot.addWidget(window)
    for page in pages:
        window.open_page(page.name)
        assert window.text.startswith(f"{page.title}\n")
        assert callable(page.html)
        for part in page.html().split('href="')[1:]:
            link = part.split('"')[0]
            assert link.startswith(("https://", "#")) or link.removesuffix(".md") in {p.name for p in pages}, link


@pytest.mark.parametrize("name", SHIPPED)
def test_the_guideline_is_whole(qtbot: QtBot, name: str) -> None:
    scheme = shipped(name)
    window = ReaderWindow("guideline-dialog", "Guideline", [guideline_page(scheme)])
    qtbot.addWidget(window)
    said = " ".join(window.text.split())
    for layer in scheme.layers:
        for label in layer.labels:
            for words in (
                f"{layer.path(label.id)} ({label.key})" if label.key else label.title,
                label.definition,
                label.example,
            ):
                assert " ".join(words.split()) in said, words
        for field in layer.attributes:
            assert field.title in said
            assert " ".join(field.definition.split()) in said
            assert all(value.title in said for value in field.values)
    for relation in scheme.relations:
        assert f"{relation.title} ({relation.key})" in said
        assert " ".join(relation.definition.split()) in said
    for severity in scheme.severities:
        assert severity.title in said
    for rule in map(scheme.in_titles, scheme.tie_rules):
        assert " ".join(rule.split()) in said


@pytest.mark.parametrize(("tones", "color"), [(theme.LIGHT, "#ff0000"), (theme.DARK, "#0000ff")])
def test_a_page_has_its_pictures_for_the_theme(qtbot: QtBot, tmp_path: Path, tones: theme.Tones, color: str) -> None:
    for name, fill in (("all-light.png", "#ff0000"), ("all-dark.png", "#0000ff")):
        picture = QImage(2000, 100, QImage.Format.Format_RGB32)
        picture.fill(QColor(fill))
        assert picture.save(str(tmp_path / name))
    html = "<p>Look: <img src='all-light.png'></p>"
    window = ReaderWindow("w", "W", [Page("p", "P", html, {"all-light.png": tmp_path / "all-light.png"})])
    on_screen(qtbot, window, width=980)
    palette = window.palette()
    palette.setColor(QPalette.ColorRole.Window, QColor(tones.panel))
    window.setPalette(palette)
    browser = window.findChild(QTextBrowser, "w-page")
    shown = browser.document().resource(2, QUrl("all-light.png"))
    assert shown.pixelColor(5, 5).name() == color
    assert shown.width() <= browser.viewport().width()
    assert browser.horizontalScrollBar().maximum() == 0


def test_every_picture_of_the_manual_is_there_for_both_themes() -> None:
    named = {file for page in manual_pages() for file in page.pictures.values()}
    shown = ("relations", "judgement", "scheme", "documents", "crowded", "arabic", "chinese")
    assert {file.name for file in named} >= {f"{name}-light.png" for name in shown}
    for file in named:
        for there in (file, file.with_name(file.name.replace("-light", "-dark"))):
            assert not QImage(str(there)).isNull(), there
            assert there.stat().st_size < 150_000, there
