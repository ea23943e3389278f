"""Fields for each kind of value, filled and read by keys and mouse."""

from collections.abc import Sequence
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.core.scheme import Attribute, Entry, FieldKind, Value
from app.ui.widgets.value_fields import (
    ChoiceField,
    EntityField,
    LineField,
    ManyField,
    SliderField,
    StepsField,
    ValueField,
    value_field,
)
from tests.widget.widgets import child, on_screen, settle, write

POPUP = pytest.mark.qt_log_ignore("This plugin does not support grabbing", extend=True)
STEPS = tuple(Value(id=f"s{n}", title=title) for n, title in enumerate(("Not at all", "Partly & more", "Wholly")))
PEOPLE = (
    Entry(id="Q1", title="Donald Trump", description="US President"),
    Entry(id="Q2", title="Donald Tusk"),
    Entry(id="Q3", title="Donald Tusk", description="a cat"),
)


def find(entries: str, text: str) -> Sequence[Entry]:
    """Search a list of three people."""
    return [e for e in PEOPLE if entries == "people" and text.casefold() in e.title.casefold()]


class Shown:
    """A field on the screen, and the values that it was changed to."""

    def __init__(self, qtbot: QtBot, kind: str, **more: Any) -> None:
        self.attribute = Attribute(id="f", title="Field", kind=FieldKind(kind), **more)
        self.field: ValueField = value_field(self.attribute, find)
        self.row = self.field.row()
        self.values: list[object] = []
        self.field.changed.connect(self._on_changed)
        on_screen(qtbot, self.row, 400, 120)

    def _on_changed(self, field: ValueField) -> None:
        assert field is self.field
        self.values.append(field.value())

    def click(self, name: str) -> None:
        made = child(self.row, QWidget, name)
        # A box is ticked on its sign, not on the room behind its words.
        QTest.mouseClick(made, Qt.MouseButton.LeftButton, pos=QPoint(8, made.height() // 2))


@pytest.mark.parametrize(
    ("kind", "more", "value"),
    [
        ("choice", {"values": STEPS}, "s1"),
        ("many", {"values": STEPS}, ["s0", "s2"]),
        ("scale", {"values": STEPS}, "s2"),
        ("scale", {"least": 0, "most": 100}, 72.5),
        ("number", {"unit": "km"}, -3),
        ("date", {}, "2026-03"),
        ("text", {}, "as it is"),
        ("flag", {}, True),
        ("entity", {"entries": "people"}, {"id": "Q2", "title": "Donald Tusk"}),
    ],
)
def test_every_kind_shows_its_value_and_gives_it_back(
    qtbot: QtBot, kind: str, more: dict[str, Any], value: object
) -> None:
    shown = Shown(qtbot, kind, **more)
    assert shown.field.value() is None
    shown.field.show_value(value)
    assert shown.field.value() == value
    shown.field.show_value(None)
    assert shown.field.value() is None
    assert shown.values == []  # showing isn't changing


def test_several_are_ticked_in_the_order_of_the_scheme(qtbot: QtBot) -> None:
    shown = Shown(qtbot, "many", values=STEPS)
    assert isinstance(shown.field, ManyField)
    shown.field.show_value(["s2", "of another scheme"])
    shown.click("field-f-s0")
    shown.click("field-f-s2")
    assert shown.values == [["s0", "s2", "of another scheme"], ["s0", "of another scheme"]]
    assert child(shown.row, QCheckBox, "field-f-s1").text() == "Partly && more"


def test_a_step_is_chosen_and_taken_away(qtbot: QtBot) -> None:
    shown = Shown(qtbot, "scale", values=STEPS)
    assert isinstance(shown.field, StepsField)
    shown.click("field-f-s1")
    shown.click("field-f-s1")
    assert shown.values == ["s1", None]
    assert child(shown.row, QPushButton, "field-f-s1").accessibleName() == "Field: Partly & more, 2 of 3"


def test_a_scale_with_very_many_steps_is_a_list(qtbot: QtBot) -> None:
    steps = tuple(Value(id=f"s{n}", title=f"Step {n}") for n in range(101))
    for count, kind in ((2, StepsField), (11, StepsField), (12, ChoiceField), (101, ChoiceField)):
        shown = Shown(qtbot, "scale", values=steps[:count])
        assert isinstance(shown.field, kind)
    field = shown.field
    assert isinstance(field, ChoiceField)
    assert [field.itemText(at) for at in (0, 1, 101)] == ["–", "Step 0", "Step 100"]
    field.show_value("s100")
    assert field.value() == "s100"


def test_a_slider_is_moved_by_keys_and_never_by_the_wheel(qtbot: QtBot) -> None:
    shown = Shown(qtbot, "scale", least=0, most=100, unit="%")
    field = shown.field
    assert isinstance(field, SliderField)
    field.show_value(50)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_PageUp, Qt.Key.Key_Left):
        QTest.keyClick(field.slider, key)
    assert shown.values == [51, 61, 60]
    at = QPointF(field.slider.rect().center())
    none = (Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase)
    QApplication.sendEvent(field.slider, QWheelEvent(at, at, QPoint(), QPoint(0, 120), *none, False))
    assert shown.values == [51, 61, 60]
    write(field, "12,5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert shown.values[-1] == 12.5
    assert field.slider.value() in (12, 13)


def test_the_ends_of_a_slider_have_names(qtbot: QtBot) -> None:
    shown = Shown(qtbot, "scale", least=0, most=100, low="nothing & more", high="all of it")
    assert isinstance(shown.field, SliderField)
    low, high = (child(shown.row, QLabel, f"field-f-{end}") for end in ("low", "high"))
    assert (low.text(), high.text()) == ("nothing & more", "all of it")
    assert low.geometry().top() >= shown.field.slider.geometry().bottom()
    assert low.geometry().right() < high.geometry().left()
    assert shown.field.slider.accessibleDescription() == "0: nothing & more – 100: all of it"
    assert not Shown(qtbot, "scale", least=0, most=1).row.findChildren(QLabel)


def test_a_slider_without_steps_has_a_hundred_or_more(qtbot: QtBot) -> None:
    for most, maximum in ((1, 100), (5, 500), (100, 100), (20000, 200)):
        shown = Shown(qtbot, "scale", least=0, most=most)
        assert isinstance(shown.field, SliderField)
        assert shown.field.slider.maximum() == maximum
    shown = Shown(qtbot, "scale", least=1, most=7, step=1)
    assert isinstance(shown.field, SliderField)
    shown.field.show_value(4)
    QTest.keyClick(shown.field.slider, Qt.Key.Key_Right)
    assert shown.values == [5]


def test_a_line_says_what_it_takes(qtbot: QtBot) -> None:
    shown = Shown(qtbot, "number", least=0, most=10, step=1)
    assert isinstance(shown.field, LineField)
    assert shown.field.placeholderText() == "0 to 10"
    shown.field.setText("11")
    with pytest.raises(ValueError, match="“Field” must be a whole number from 0 to 10, not “11”|a number from 0 to 10"):
        shown.field.value()


@POPUP
def test_an_entity_is_searched_and_chosen(qtbot: QtBot) -> None:
    shown = Shown(qtbot, "entity", entries="people")
    field = shown.field
    assert isinstance(field, EntityField)
    field.setFocus()
    settle()
    QTest.keyClicks(field, "tru")
    popup = field.completer().popup()
    assert popup.isVisible()
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: field.text() == "Donald Trump")
    assert shown.values[-1] == {"id": "Q1", "title": "Donald Trump"}


def test_only_an_entry_of_the_list_is_taken(qtbot: QtBot) -> None:
    shown = Shown(qtbot, "entity", entries="people")
    field = shown.field
    assert isinstance(field, EntityField)
    field.setText("Donald Duck")
    with pytest.raises(ValueError, match="“Donald Duck” isn’t in the list"):
        field.value()
    field.setText("Donald Tusk")
    with pytest.raises(ValueError, match="There are several of that name"):
        field.value()
    field.setText("Donald Trump")
    assert field.value() == {"id": "Q1", "title": "Donald Trump"}


@POPUP
def test_an_entry_is_clicked(qtbot: QtBot) -> None:
    shown = Shown(qtbot, "entity", entries="people")
    field = shown.field
    assert isinstance(field, EntityField)
    field.setFocus()
    QTest.keyClicks(field, "tusk")
    popup = field.completer().popup()
    at = popup.visualRect(popup.model().index(1, 0)).center()
    QTest.mouseClick(popup.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: {"id": "Q3", "title": "Donald Tusk"} in shown.values)
    assert field.text() == "Donald Tusk"
