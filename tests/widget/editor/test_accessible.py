"""What a screen reader is told of a canvas: text, caret, selection, places on the screen, marks."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAccessibleEvent,
    QAccessibleTextCursorEvent,
    QAccessibleTextInterface,
    QAccessibleTextSelectionEvent,
    QAccessibleTextUpdateEvent,
)
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from app.core.offsets import OffsetMap
from app.ui import theme
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.highlights import UNFINISHED, NoHighlights
from app.ui.widgets import announcements
from tests.widget.editor.canvases import mark, shown, style

TEXT = "One 😀 two 𝒳 three.\r\nשלום 日本."


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[QAccessibleEvent]]:
    """A screen reader that is there, and what it is sent."""
    sent: list[QAccessibleEvent] = []

    def send(event: QAccessibleEvent) -> None:
        sent.append(event)
        QAccessible.updateAccessibility(event)

    monkeypatch.setattr(announcements, "send", send)
    QAccessible.setActive(True)
    yield sent
    QAccessible.setActive(False)


def text_of(canvas: TextCanvas) -> QAccessibleTextInterface:
    """Ask as an assistive technology does: from the widget over Qt's interface to the text."""
    found = QAccessible.queryAccessibleInterface(canvas).textInterface()
    assert found is not None
    return found


def kinds(events: list[QAccessibleEvent], kind: type[QAccessibleEvent]) -> list[QAccessibleEvent]:
    return [event for event in events if isinstance(event, kind)]


def test_the_whole_text_can_be_read_in_utf_16_units(qtbot: QtBot) -> None:
    text = text_of(shown(qtbot, TEXT))
    units = TEXT.encode("utf-16-le")
    assert text.characterCount() == len(units) // 2
    assert text.text(0, -1) == TEXT
    for start, end in ((0, 3), (4, 6), (7, 10), (3, 14), (0, len(units) // 2)):
        assert text.text(start, end) == units[2 * start : 2 * end].decode("utf-16-le")


def test_half_a_character_is_never_handed_out(qtbot: QtBot) -> None:
    text = text_of(shown(qtbot, TEXT))
    at = TEXT.index("😀")
    assert text.text(at, at + 1) == text.text(at + 1, at + 2) == "😀"
    for unit in range(text.characterCount()):
        text.text(unit, unit + 1).encode("utf-8")


def test_places_outside_of_the_text_are_its_end(qtbot: QtBot) -> None:
    text = text_of(shown(qtbot, "word"))
    assert (text.text(2, 99), text.text(50, 99), text.text(-1, -1)) == ("rd", "", "")
    text.setCursorPosition(99)
    assert text.cursorPosition() == 4


def test_caret_and_selection_go_both_ways(qtbot: QtBot) -> None:
    canvas = shown(qtbot, TEXT)
    text, offsets = text_of(canvas), OffsetMap(TEXT)
    two = TEXT.index("two")
    canvas.set_view(canvas.view._replace(caret=two, anchor=two))
    assert text.cursorPosition() == offsets.to_u16(two) == two + 1
    three = TEXT.index("three")
    text.setCursorPosition(offsets.to_u16(three))
    assert canvas.view.selection == (three, three)
    text.setSelection(0, offsets.to_u16(two), offsets.to_u16(three))
    assert canvas.view.selection == (two, three)
    text.removeSelection(0)
    assert not canvas.view.has_selection


def test_a_place_on_the_screen_and_back(qtbot: QtBot) -> None:
    canvas = shown(qtbot, TEXT)
    text = text_of(canvas)
    for word in ("One", "two", "three"):
        at = OffsetMap(TEXT).to_u16(TEXT.index(word))
        box = text.characterRect(at)
        assert canvas.viewport().rect().contains(canvas.viewport().mapFromGlobal(box.center()))
        assert text.offsetAtPoint(box.topLeft() + QPoint(1, box.height() // 2)) == at
    assert text.offsetAtPoint(canvas.viewport().mapToGlobal(QPoint(-50, -50))) == -1


def test_what_is_far_down_comes_into_view(qtbot: QtBot) -> None:
    text = "\n".join(f"Line {number}" for number in range(500))
    canvas = shown(qtbot, text)
    at = text.index("Line 400")
    assert not canvas.shows(at, canvas.viewport().height())
    text_of(canvas).scrollToSubstring(at, at + 8)
    assert canvas.shows(at, canvas.viewport().height())


def test_a_canvas_is_a_text_to_read_not_to_write(qtbot: QtBot) -> None:
    canvas = shown(qtbot, TEXT)
    canvas.setAccessibleName("Text")
    found = QAccessible.queryAccessibleInterface(canvas)
    state = found.state()
    assert (found.role(), found.text(QAccessible.Text.Name)) == (QAccessible.Role.EditableText, "Text")
    assert (state.readOnly, state.multiLine, state.selectableText, state.focusable) == (1, 1, 1, 1)
    # Whatever else an assistive technology asks for is answered with no, not with a crash.
    assert found.valueInterface() is None
    assert found.editableTextInterface() is None
    assert found.childCount() >= 0


def test_the_marks_at_the_caret_are_said_in_the_description(qtbot: QtBot) -> None:
    wrong = mark(0, 3, f"TERM !! {UNFINISHED}")._replace(note="→ Two")
    canvas = shown(qtbot, TEXT, [wrong])
    canvas.setAccessibleDescription("spun.txt")
    found = QAccessible.queryAccessibleInterface(canvas)
    canvas.set_view(canvas.view._replace(caret=1, anchor=1))
    said = found.text(QAccessible.Text.Description)
    assert said == "spun.txt\nTERM !!, corrected to Two, a rule is unmet"
    canvas.set_view(canvas.view._replace(caret=10, anchor=10))
    assert found.text(QAccessible.Text.Description) == "spun.txt"


def test_moving_and_selecting_is_told(qtbot: QtBot, events: list[QAccessibleEvent]) -> None:
    canvas = shown(qtbot, TEXT)
    events.clear()
    three = TEXT.index("three")
    canvas.set_view(canvas.view._replace(caret=three, anchor=three))
    (moved,) = kinds(events, QAccessibleTextCursorEvent)
    assert isinstance(moved, QAccessibleTextCursorEvent)
    assert moved.cursorPosition() == three + 2
    events.clear()
    canvas.select(three, three + 5)
    (selected,) = kinds(events, QAccessibleTextSelectionEvent)
    assert isinstance(selected, QAccessibleTextSelectionEvent)
    assert (selected.selectionStart(), selected.selectionEnd()) == (three + 2, three + 7)
    (said,) = kinds(events, QAccessibleAnnouncementEvent)
    assert isinstance(said, QAccessibleAnnouncementEvent)
    assert said.message() == "selected: three"
    events.clear()
    canvas.set_view(canvas.view._replace(anchor=canvas.view.caret))
    (selected,) = kinds(events, QAccessibleTextSelectionEvent)
    assert isinstance(selected, QAccessibleTextSelectionEvent)
    assert selected.selectionStart() == selected.selectionEnd()


def test_going_into_a_mark_and_out_of_it_is_told(qtbot: QtBot, events: list[QAccessibleEvent]) -> None:
    canvas = shown(qtbot, TEXT, [mark(0, 3)], caret=10)
    changes = []
    for place in (1, 2, 11):
        events.clear()
        canvas.set_view(canvas.view._replace(caret=place, anchor=place))
        changes.append(any(event.type() == QAccessible.Event.DescriptionChanged for event in events))
    assert changes == [True, False, True]


def test_another_text_is_told(qtbot: QtBot, events: list[QAccessibleEvent]) -> None:
    canvas = shown(qtbot, "before")
    events.clear()
    canvas.show_text("after", NoHighlights())
    (update,) = kinds(events, QAccessibleTextUpdateEvent)
    assert isinstance(update, QAccessibleTextUpdateEvent)
    assert (update.textRemoved(), update.textInserted()) == ("before", "after")
    assert text_of(canvas).text(0, -1) == "after"


def test_nothing_is_sent_or_reckoned_while_nobody_listens(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not QAccessible.isActive()
    sent: list[QAccessibleEvent] = []
    monkeypatch.setattr(announcements, "send", sent.append)
    canvas = shown(qtbot, TEXT, [mark(0, 3)])
    canvas.show_text("other text", NoHighlights())
    canvas.select(0, 5)
    announcements.announce(canvas, "words")
    assert sent == []


def test_a_canvas_can_go_while_its_interface_is_held() -> None:
    canvas = TextCanvas("gone", theme.LIGHT, style())
    canvas.show_text("text", NoHighlights())
    text = text_of(canvas)
    Shiboken.delete(canvas)
    assert (text.text(0, -1), text.characterCount(), text.cursorPosition()) == ("", 0, 0)
    assert text.characterRect(0).isEmpty()


def test_pyside_still_hands_out_no_selection_and_no_attributes() -> None:
    # When this fails, the interface can give both to assistive technology: decision 0010.
    assert not hasattr(QAccessibleTextInterface, "selection")
    assert not hasattr(QAccessibleTextInterface, "attributes")
