"""A name with direction controls or markup reads as it is stored, wherever it stands in the window."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, QObject, QRect, Qt
from PySide6.QtGui import QAction, QColor, QImage, QPainter
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QGroupBox,
    QLabel,
    QMenu,
    QPlainTextEdit,
    QStyleOptionViewItem,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.core.annotation import Status
from app.core.errors import StetError
from app.core.wording import undirected
from app.services.importing.document_import import import_documents
from app.session.session import Session
from app.ui.editor.paint import badge_label
from app.ui.insights.chart import _WordAxis
from app.ui.panels.delegates import RowBox
from tests.as_stet import connect_as_stet
from tests.conftest import scheme_source
from tests.e2e.everywhere import Person
from tests.unit.build import annotation
from tests.unit.exchange.build import TEXT, record, work

CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# Qt would make bold words of the first, load the second, and lose what follows in the third.
MARKUP = "<b>x<img src=x>a<b and c>d"
ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
DIALOGS = (
    "project.export",
    "project.link",
    "project.scheme",
    "team.assign",
    "help.about",
    "help.doctor",
    "project.labels",
    "project.edit-scheme",
    "annotation.new-label",
)


@pytest.fixture
def stet(qtbot: QtBot, tmp_path: Path) -> Iterator[Person]:
    """Stet on a project with direction controls and markup in the names of everything."""
    path = tmp_path / f"news\u202etets{MARKUP}.stet"
    scheme = scheme_source("ner").replace('title = "Person"', f'title = "Per\u202enos{MARKUP}"')
    session = Session.create(path, scheme=scheme, annotator="Ana")
    mark = annotation(TEXT, (0, 12), uid="m1", layer="entity", label="PERSON")
    names = (f"report\u202ecod{MARKUP}.exe", f"reference\u2067fer{MARKUP}.txt")
    sets = tuple(
        work(*(() if who == "bo" else (mark,)), annotator=who, status=Status.DONE if who != "bo" else Status.DONE_EMPTY)
        for who in ("mara", "bo")
    )
    records = [
        record(uid="d1", name=names[0], references=("d2",), sets=sets, meta={"genre": f"n\u202ewen{MARKUP}"}),
        record("abc \u202edef\u202c end", uid="d2", name=names[1]),
    ]
    import_documents(session, records, title=f"Import report\u202ecod{MARKUP}.exe")
    session.close()
    with connect_as_stet(path) as connection:  # Stet takes no such name, but a stranger's file may have one
        connection.execute("UPDATE annotator SET name = ? WHERE name = 'mara'", [f"ma\u202era{MARKUP}"])
    connection.close()
    driver = Person(qtbot)
    driver.start(path, annotator="Ana")
    yield driver
    driver.quit()


def said(thing: QObject) -> Iterator[str]:
    """Yield what a widget, an action or a model shows and says."""
    if isinstance(thing, QAction):
        yield from (thing.text(), thing.toolTip(), thing.statusTip())
    elif isinstance(thing, QWidget):
        yield from (thing.windowTitle(), thing.toolTip(), thing.accessibleName(), thing.accessibleDescription())
        if isinstance(thing, QLabel | QAbstractButton):
            yield thing.text()
        elif isinstance(thing, QPlainTextEdit):
            yield thing.toPlainText() if thing.isReadOnly() else ""  # else it is what is stored
        elif isinstance(thing, QGroupBox | QMenu):
            yield thing.title()
        elif isinstance(thing, QTabBar):
            for at in range(thing.count()):
                yield from (thing.tabText(at), thing.tabToolTip(at), thing.accessibleTabName(at))
        elif isinstance(thing, QComboBox | QAbstractItemView) and thing.model() is not None:
            yield from rows(thing.model())


def rows(model: QAbstractItemModel, parent: QModelIndex = QModelIndex()) -> Iterator[str]:  # noqa: B008
    for row in range(min(model.rowCount(parent), 200)):
        for column in range(1 if isinstance(model, QAbstractListModel) else model.columnCount(parent)):
            index = model.index(row, column, parent)
            yield from (str(index.data(role)) for role in ROLES if index.data(role) is not None)
            subtitle = index.data(Qt.ItemDataRole.UserRole + 2)
            yield subtitle if isinstance(subtitle, str) else ""
            yield from rows(model, index)


def spoofed() -> dict[str, str]:
    """Return what is said anywhere with a direction control in it, or is taken for markup, by who says it."""
    found: dict[str, str] = {}
    for window in QApplication.topLevelWidgets():
        for thing in (window, *window.findChildren(QWidget), *window.findChildren(QAction)):
            for text in said(thing):
                if any(char in CONTROLS for char in text):
                    found[f"{type(thing).__name__} {thing.objectName()}"] = ascii(text)
            for text in guessed(thing):
                if MARKUP in text and GuiQt.mightBeRichText(text):
                    found[f"markup: {type(thing).__name__} {thing.objectName()}"] = ascii(text)
    return found


def guessed(thing: QObject) -> Iterator[str]:
    """Yield the texts of which Qt guesses whether they are markup."""
    if isinstance(thing, QAction | QWidget):
        yield thing.toolTip()
    if isinstance(thing, QLabel) and thing.textFormat() is not Qt.TextFormat.PlainText:
        yield thing.text()
    if isinstance(thing, QTabBar):
        yield from (thing.tabToolTip(at) for at in range(thing.count()))
    if isinstance(thing, QComboBox | QAbstractItemView) and thing.model() is not None:
        model = thing.model()
        for row in range(min(model.rowCount(), 200)):
            for column in range(1 if isinstance(model, QAbstractListModel) else model.columnCount()):
                yield str(model.index(row, column).data(Qt.ItemDataRole.ToolTipRole) or "")


def test_a_direction_control_is_escaped(stet: Person) -> None:
    assert undirected("report\u202ecod.exe") == "report\\u202ecod.exe"
    assert undirected("שלום 👩\u200d🔬 می\u200cخواهم") == "שלום 👩\u200d🔬 می\u200cخواهم"


def painted(text: str) -> QImage:
    """Return a row with a line of a list, and a tag."""
    image = QImage(200, 40, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    option = QStyleOptionViewItem()
    option.rect = QRect(0, 0, 200, 40)
    painter = QPainter(image)
    row = RowBox(painter, option)
    row.line(QRect(0, 0, 180, 20), text)
    row.tag(QRect(0, 20, 180, 20), text, QColor("gray"), QColor("black"))
    painter.end()
    return image


def test_what_is_painted_is_escaped_too(stet: Person) -> None:
    assert painted("a\u202eb") == painted("a\\u202eb")
    assert painted("a\u202eb") != painted("ab")
    axis = _WordAxis("left")
    axis.word_of = lambda _value: "a\u202eb"
    assert axis.tickStrings([1.0], 1.0, 1.0) == ["a\\u202eb"]
    assert badge_label("a\u202eb", 1).text() == "a\\u202eb"


def test_a_label_that_guesses_is_found(stet: Person) -> None:
    label = QLabel(MARKUP, stet.window)
    assert [who for who in spoofed() if "markup" in who] == ["markup: QLabel "]
    label.setTextFormat(Qt.TextFormat.PlainText)
    assert not spoofed()


def test_no_name_spoofs_anything_anywhere(stet: Person, tmp_path: Path) -> None:
    found = {"at first": spoofed()}
    stet.press("Tab")
    stet.settle()
    found["with a mark"] = spoofed()
    for action in DIALOGS:
        stet.run(action, "palette")
        stet.settle()
        found[action] = spoofed()
        stet.press("Esc")
        stet.settle()
    stet.window.desk.projects.complain("Not read", StetError("no such file", path=tmp_path / "a\u202eb"))
    found["a report"] = spoofed()
    stet.dialog("report-dialog").close()
    stet.settle()
    stet.go()
    found["in Review"] = spoofed()
    stet.to_insights()
    found["in Insights"] = spoofed()
    assert [f"{step}: {who}: {text}" for step, names in found.items() for who, text in names.items()] == []
