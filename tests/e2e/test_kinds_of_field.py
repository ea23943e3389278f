"""Every kind of field is filled in by keys, refused with words if wrong, and undone and redone through a restart."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QPushButton, QWidget

from app.core.annotation import Annotation
from app.session.session import Session
from app.ui.theme import contrast
from app.ui.widgets.value_fields import EntityField, LineField
from tests.as_stet import connect_as_stet
from tests.conftest import add_documents
from tests.driver import Driver
from tests.e2e import projects, rich_scheme

POPUP = pytest.mark.qt_log_ignore("This plugin does not support grabbing", extend=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return rich_scheme.make(tmp_path)


def mark(stet: Driver) -> Annotation:
    (found,) = stet.annotations()
    return found


def part(stet: Driver, name: str) -> QWidget:
    """Return a part of the form that is shown."""
    stet.workspace.chosen.show()
    found = stet.workspace.inspector.form.findChild(QWidget, name)
    assert found is not None, name
    return found


def write(stet: Driver, name: str, text: str) -> None:
    """Write into a line of the form, and press Enter."""
    line = part(stet, name)
    assert isinstance(line, LineField)
    line.setFocus()
    line.selectAll()
    stet.type(text)
    stet.press("Return")


@POPUP
def test_every_kind_is_filled_in_and_outlives_the_window(stet: Driver, project: Path) -> None:
    stet.start(project, annotator="Ana")
    stet.find("Donald Trump")
    stet.press("F2", "C")
    for box in ("field-roles-party", "field-roles-head"):
        made = part(stet, box)
        assert isinstance(made, QCheckBox)
        made.setFocus()
        QTest.keyClick(made, Qt.Key.Key_Space)
    write(stet, "field-born", "1946-06")
    field = part(stet, "field-who")
    assert isinstance(field, EntityField)
    field.setFocus()
    stet.type("trum")
    QTest.keyClick(field.completer().popup(), Qt.Key.Key_Down)
    QTest.keyClick(field.completer().popup(), Qt.Key.Key_Return)
    stet.wait(lambda: "who" in mark(stet).attributes)
    everything = {
        "roles": ["head", "party"],
        "born": "1946-06",
        "who": {"id": "Q22686", "title": "Donald Trump"},
    }
    assert mark(stet).attributes == everything
    stet.quit()
    stet.start(project, annotator="Ana")
    assert mark(stet).attributes == everything
    stet.press("Ctrl+Z", "Ctrl+Z")
    assert mark(stet).attributes == {"roles": ["head", "party"]}
    stet.press("Ctrl+Shift+Z", "Ctrl+Shift+Z")
    assert mark(stet).attributes == everything


@POPUP
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_entries_are_read_on_a_ground_of_their_own(stet: Driver, project: Path, theme: str) -> None:
    stet.start(project, annotator="Ana")
    if theme == "dark":
        stet.press("Ctrl+Shift+D")
    stet.find("Donald Trump")
    stet.press("F2", "C")
    field = part(stet, "field-who")
    assert isinstance(field, EntityField)
    field.setFocus()
    stet.type("p")
    popup = field.completer().popup()
    stet.wait(popup.isVisible)
    shown = popup.grab().toImage()
    words = popup.palette().color(QPalette.ColorRole.Text)
    ground = shown.pixelColor(shown.width() // 2, shown.height() - 4)
    assert contrast(words, ground) > 7
    assert popup.horizontalScrollBar().maximum() == 0
    stet.settle()
    assert popup.verticalScrollBar().maximum() == 0, "both of the two entries are in view"


def test_the_first_step_of_a_row_has_both_of_its_edges(desk: Driver) -> None:
    desk.mark("Trump called Puttin", "F3", "C")
    step = part(desk, "field-trust-not")
    shown = step.grab().toImage()
    middle = shown.height() // 2
    assert shown.pixelColor(0, middle) == shown.pixelColor(shown.width() - 1, middle) != shown.pixelColor(3, middle)


def test_a_number_is_read_with_its_unit_and_limits(desk: Driver) -> None:
    desk.find("Washington")
    desk.press("F2", "P", "C")
    write(desk, "field-size", "700000 people")
    assert mark(desk).attributes == {"size": 700000}
    write(desk, "field-size", "-3")
    assert mark(desk).attributes == {"size": 700000}
    assert "“Inhabitants” must be a number of 0 or more, not “-3”" in desk.message()
    line = part(desk, "field-size")
    assert isinstance(line, LineField)
    assert line.text() == "-3"  # it stays until it is mended, or taken back
    line.setFocus()
    desk.press("Escape")
    assert line.text() == "700000"


def test_a_step_is_chosen_by_keys(desk: Driver) -> None:
    desk.find("spoke for two days")
    desk.press("F3", "C")
    made = part(desk, "field-trust-very")
    assert isinstance(made, QPushButton)
    made.setFocus()
    QTest.keyClick(made, Qt.Key.Key_Space)
    assert mark(desk).attributes["trust"] == "very"
    QTest.keyClick(part(desk, "field-trust-very"), Qt.Key.Key_Space)
    assert "trust" not in mark(desk).attributes


def test_a_missing_list_is_told(desk: Driver, project: Path) -> None:
    (project.parent / "people.csv").unlink()
    desk.find("Donald Trump")
    desk.press("F2", "C")
    write(desk, "field-who", "Trump")
    assert "who" not in mark(desk).attributes
    assert "people.csv" in desk.message() or "isn’t in the list" in desk.message()


@POPUP
def test_a_field_with_a_key_is_reached_by_it(stet: Driver, tmp_path: Path) -> None:
    stet.start(projects.make(tmp_path, {"a.txt": "Ana met Ben. He said so.\n"}, scheme="news-full"), annotator="Ana")
    stet.mark("Ana met Ben", "F3", "C")
    stet.press("Q")
    assert stet.chosen.attributes["quoted"] is True
    assert part(stet, "field-quoted").text() == "Somebody else’s words  q"
    stet.press("Q")
    assert "quoted" not in stet.chosen.attributes
    stet.press("Ctrl+Z")
    assert stet.chosen.attributes["quoted"] is True
    stet.mark("Ben", "F2", "1")
    stet.press("I")
    assert stet.target() is part(stet, "field-entity")
    stet.press("Escape", "Escape")
    stet.mark("He", "F2", "4")
    stet.press("I")
    assert stet.message() == "“Nationality, religion, politics” has no such field."


def test_a_key_that_two_have_does_nothing_for_the_field(stet: Driver, tmp_path: Path) -> None:
    path = tmp_path / "old.stet"
    scheme = rich_scheme.SCHEME.replace('id = "trust"', 'id = "trust"\nkey = "k"')
    scheme = scheme.replace('id = "born"', 'id = "born"\nkey = "c"')
    session = Session.create(path, scheme=rich_scheme.SCHEME)
    add_documents(session, {"a.txt": "Ana met Ben.\n"})
    session.close()
    with connect_as_stet(path) as file:
        file.execute("UPDATE scheme SET toml = ?", (scheme,))
    stet.start(path, annotator="Ana")
    stet.mark("Ana", "F2", "C")
    assert stet.chosen.label == "PERSON"
