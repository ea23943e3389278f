"""Files of other tools are shown before they come in, and what can't be known is asked."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel, QListWidget, QPlainTextEdit

from tests.driver import Driver

TEXT = "Ana met Ben in Paris.\nThey talked about trade.\n"
ANN = "T1\tPerson 0 3\tAna\nT2\tCity 15 20\tParis\nT3\tOdd thing 8 11\tBen\nR1\tKnows Arg1:T1 Arg2:T3\t\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "brat"
    made.mkdir()
    (made / "one.txt").write_text(TEXT, encoding="utf-8", newline="")
    (made / "one.ann").write_text(ANN.replace("Odd thing", "Odd-thing"), encoding="utf-8", newline="")
    return made


def shown(desk: Driver, folder: Path):
    desk.window.desk.projects.imports.take([folder])
    return desk.dialog("import-preview")


def come(desk: Driver) -> None:
    """Wait until the import is done, and not only under way: documents can be found before their marks are written."""
    desk.wait(lambda: desk.find_dialog("report-dialog"))
    desk.report()


def box(dialog, source: str) -> QComboBox:
    return next(b for b in dialog.findChildren(QComboBox) if b.accessibleName() == f"What “{source}” becomes")


def test_what_comes_is_shown_and_comes_as_chosen(desk: Driver, folder: Path) -> None:
    dialog = shown(desk, folder)
    assert "is read as brat standoff, because" in dialog.findChild(QLabel, "import-what").text()
    assert TEXT in dialog.findChild(QPlainTextEdit, "import-documents").toPlainText()
    assert box(dialog, "entity.Person").currentData() == "entity.PERSON"
    assert box(dialog, "entity.Odd-thing").currentData() is None
    city = box(dialog, "entity.City")
    city.setCurrentIndex(city.findData("entity.GPE"))
    odd = box(dialog, "entity.Odd-thing")
    odd.setCurrentIndex(odd.findData(""))
    dialog.findChild(QCheckBox, "import-finished").setChecked(True)
    dialog.accept_button.click()
    come(desk)
    uid = desk.session.reader.documents.find("one.txt")[0]
    state = desk.session.executor.load(uid, "Ana")
    assert {(a.quote, a.layer, a.label) for a in state.annotations.values()} == {
        ("Ana", "entity", "PERSON"),
        ("Paris", "entity", "GPE"),
    }
    assert state.status.is_finished


def test_labels_that_the_scheme_lacks_can_be_added(desk: Driver, folder: Path) -> None:
    dialog = shown(desk, folder)
    dialog.findChild(QCheckBox, "import-add-labels").setChecked(True)
    dialog.accept_button.click()
    come(desk)
    scheme = desk.session.scheme
    assert desk.session.reader.documents.find("one.txt")
    assert "Odd-thing" in [label.id for label in scheme.layer("entity").labels]


def test_bad_lines_are_named_and_can_be_left_out(desk: Driver, folder: Path) -> None:
    (folder / "one.ann").write_text("T1\tPerson 0 99\tAna\nT2\tPerson 8 11\tBen\n", encoding="utf-8")
    dialog = shown(desk, folder)
    assert "outside the text" in dialog.findChild(QLabel, "import-errors").text()
    dialog.findChild(QCheckBox, "import-skip-bad").setChecked(True)
    dialog.accept_button.click()
    come(desk)
    uid = desk.session.reader.documents.find("one.txt")[0]
    assert [a.quote for a in desk.session.executor.load(uid, "Ana").annotations.values()] == ["Ben"]


def test_the_columns_of_a_table_are_chosen(desk: Driver, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("k;v;w\na;one;from here it comes\nb;two;from there it comes\n", encoding="utf-8")
    desk.window.desk.projects.imports.take([path])
    dialog = desk.dialog("import-preview")
    columns = dialog.findChild(QComboBox, "import-column-text")
    assert [columns.itemText(at) for at in range(columns.count())] == ["automatic", "k", "v", "w"]
    columns.setCurrentIndex(2)
    reference = dialog.findChild(QComboBox, "import-column-reference")
    reference.setCurrentIndex(3)
    reference.activated.emit(3)
    page = dialog.findChild(QPlainTextEdit, "import-documents")
    desk.wait(lambda: "two" in page.toPlainText() and "1 reference" in page.toPlainText())
    dialog.accept_button.click()
    desk.wait(lambda: desk.session.reader.documents.find("two"))
    assert desk.session.reader.documents.find("from there it comes")


def test_a_folder_is_chosen_from_the_palette(desk: Driver, folder: Path) -> None:
    desk.palette("import a folder")
    asked = desk.dialog("import-folder-dialog")
    asked.filesSelected.emit([str(folder)])
    dialog = desk.dialog("import-preview")
    assert "brat standoff" in dialog.findChild(QLabel, "import-what").text()
    dialog.reject()


def test_labels_are_typed_and_dragged(desk: Driver, folder: Path) -> None:
    dialog = shown(desk, folder)
    city, odd = (box(dialog, f"entity.{name}") for name in ("City", "Odd-thing"))
    city.lineEdit().setText("city, st")  # a part of one title
    city.lineEdit().editingFinished.emit()
    assert city.currentData() == "entity.GPE"
    city.lineEdit().setText("nothing of it")
    city.lineEdit().editingFinished.emit()
    assert city.currentData() == "entity.GPE"
    labels = dialog.findChild(QListWidget, "import-scheme-labels")
    (item,) = labels.findItems("Organisation", Qt.MatchFlag.MatchEndsWith)
    rows = odd.parentWidget()
    data = labels.mimeData([item])
    desk.settle()
    place = odd.geometry().center()
    copy, left, no_keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for event in (
        QDragEnterEvent(place, copy, data, left, no_keys),
        QDragMoveEvent(place, copy, data, left, no_keys),
        QDropEvent(QPointF(place), copy, data, left, no_keys),
    ):
        QApplication.sendEvent(rows, event)
        assert event.isAccepted()
    assert odd.currentData() == "entity.ORG"
    text = QMimeData()
    text.setText("entity.ORG")
    enter = QDragEnterEvent(place, copy, text, left, no_keys)
    enter.ignore()
    QApplication.sendEvent(rows, enter)
    assert not enter.isAccepted()
    dialog.accept_button.click()
    come(desk)
    uid = desk.session.reader.documents.find("one.txt")[0]
    found = {(a.quote, a.label) for a in desk.session.executor.load(uid, "Ana").annotations.values()}
    assert found == {("Ana", "PERSON"), ("Paris", "GPE"), ("Ben", "ORG")}


def test_the_delimiter_of_a_table_is_set(desk: Driver, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("text,of it|n\nThey met, all|1\nThey left, both|2\nThey came, one|3\n", encoding="utf-8")
    desk.window.desk.projects.imports.take([path])
    dialog = desk.dialog("import-preview")
    formats = dialog.findChild(QComboBox, "import-format")
    if formats.isVisible():
        formats.setCurrentIndex(formats.findData("csv"))
        formats.activated.emit(formats.currentIndex())
    desk.wait(lambda: dialog.findChild(QComboBox, "import-csv-delimiter"))
    delimiter = dialog.findChild(QComboBox, "import-csv-delimiter")
    delimiter.setCurrentIndex(delimiter.findText("bar"))
    delimiter.activated.emit(delimiter.currentIndex())
    page = dialog.findChild(QPlainTextEdit, "import-documents")
    desk.wait(lambda: "They met, all\n" in page.toPlainText())
    dialog.accept_button.click()
    desk.wait(lambda: desk.find_dialog("report-dialog"))
    assert len(list(desk.session.reader.records())) >= 3


def test_the_sheet_of_a_workbook_is_chosen(desk: Driver, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["text"])
    book.active.append(["On the first sheet it says so."])
    other = book.create_sheet("Others")
    other.append(["text"])
    other.append(["On another sheet it says more."])
    book.save(tmp_path / "book.xlsx")
    desk.window.desk.projects.imports.take([tmp_path / "book.xlsx"])
    dialog = desk.dialog("import-preview")
    sheet = dialog.findChild(QComboBox, "import-xlsx-sheet")
    assert [sheet.itemText(at) for at in range(sheet.count())] == ["", "Sheet", "Others"]
    sheet.setCurrentIndex(2)
    sheet.activated.emit(2)
    page = dialog.findChild(QPlainTextEdit, "import-documents")
    desk.wait(lambda: "another sheet" in page.toPlainText())
