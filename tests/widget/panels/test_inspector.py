"""The form of the chosen mark: fields as the scheme has them, and nothing changed that nobody changed."""

from collections.abc import Callable

import msgspec
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QComboBox, QFrame, QLabel, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from app.core.annotation import Annotation, Evidence, Stance
from app.core.scheme import Scheme
from app.ui.panels.annotation_form import AnnotationForm
from app.ui.panels.evidence_card import EvidenceCard
from app.ui.panels.inspector import Inspector
from tests.conftest import SHIPPED
from tests.unit.build import SCHEME, annotation, document, evidence
from tests.widget.widgets import child, on_screen, pick, press, settle, shipped, text_of, write

TEXT = "the US senator spoke"
PROOF = document("U.S. President Donald Trump", uid="reference", name="reference.txt")
NEWS = shipped("news-errors")


class Desk:
    """An inspector on the screen, and what it was told to say."""

    def __init__(self, qtbot: QtBot, scheme: Scheme = SCHEME) -> None:
        self.window = QWidget()
        self.inspector = Inspector(self.window)
        self.elsewhere = QLineEdit(self.window)
        self.inspector.resize(330, 600)
        self.scheme = scheme
        self.said: list[tuple[str, object]] = []
        self.left = 0
        self.is_full = False  # whether nothing can be written
        self.inspector.set_field_handler(self)
        self.inspector.left.connect(self._on_left)
        on_screen(qtbot, self.window, 700, 620)
        self.elsewhere.setFocus()

    def change_field(self, field: str, value: object) -> bool:
        self.said.append((field, value))
        return not self.is_full

    def _on_left(self) -> None:
        self.left += 1
        self.elsewhere.setFocus()

    def show(self, mark: Annotation | None, *, stale: bool = False) -> None:
        self.inspector.show_annotation(mark, self.scheme, lambda item: (f"in {item.document}", stale, ""))
        settle()

    def field(self, name: str) -> QWidget:
        assert self.inspector.form is not None
        found = self.inspector.form.field(name)
        assert found is not None, name
        return found

    def has(self, name: str) -> bool:
        return self.inspector.form is not None and self.inspector.form.field(name) is not None

    def take(self) -> list[tuple[str, object]]:
        """Return what was said since the last time."""
        said, self.said = self.said, []
        return said


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def senator(**fields: object) -> Annotation:
    return annotation(TEXT, (7, 14), **{"uid": "mark", "label": "TERM", **fields})


FIELDS = [
    ("entity", "PERSON", {"label", "comment"}, {"severity", "correction"}),
    ("error", "TERM", {"label", "severity", "correction", "comment", "evidence_status"}, {"source", "certain"}),
    ("error", "NOTE", {"label", "severity", "correction", "comment", "source"}, {"certain"}),
    ("error", "BARE", {"label", "certain"}, {"source"}),
]


@pytest.mark.parametrize(("layer", "label", "there", "missing"), FIELDS)
def test_the_fields_are_those_of_layer_and_label(
    desk: Desk, layer: str, label: str, there: set[str], missing: set[str]
) -> None:
    desk.show(senator(layer=layer, label=label))
    assert {name for name in there if desk.has(name)} == there
    assert {name for name in missing if desk.has(name)} == set()


def test_nothing_chosen_says_what_to_do(desk: Desk) -> None:
    desk.show(senator())
    desk.show(None)
    assert desk.inspector.form is None
    assert "Tab" in text_of(desk.inspector, "inspector-empty")
    assert child(desk.inspector, QLabel, "inspector-empty").isVisible()


def test_the_quote_stands_above_short_and_in_one_line(desk: Desk) -> None:
    text = "a  b\nc " * 200
    desk.show(annotation(text, (0, len(text)), label="TERM"))
    shown = text_of(desk.inspector, "inspector-quote")
    assert shown.startswith("“a b c a b c")
    assert shown.endswith("…”")
    assert len(shown) < 220


def test_an_omission_says_that_something_is_missing(desk: Desk) -> None:
    desk.show(annotation(TEXT, (3, 3), label="OMISSION"))
    assert text_of(desk.inspector, "inspector-quote") == "Something is missing here"


def test_another_label_is_said(desk: Desk) -> None:
    desk.show(senator())
    pick(desk.field("label"), "BARE")
    assert desk.take()[-1] == ("label", "BARE")


def labels(desk: Desk) -> list[str]:
    combo = desk.field("label")
    assert isinstance(combo, QComboBox)
    return [combo.itemText(at) for at in range(combo.count())]


def test_an_unknown_label_is_shown_and_can_be_replaced(desk: Desk) -> None:
    desk.show(senator())
    known = labels(desk)
    desk.show(senator(label="GONE"))
    assert desk.field("label").currentText() == "GONE   (not in the scheme)"
    assert labels(desk) == ["GONE   (not in the scheme)", *known]
    assert "isn't in layer" in text_of(desk.inspector, "problem-message")
    pick(desk.field("label"), "BARE")
    assert desk.take()[-1] == ("label", "BARE")
    desk.show(senator(label="BARE"))
    desk.show(senator())
    assert labels(desk) == known


def test_a_mark_of_a_layer_that_is_gone_can_go_to_any_other(desk: Desk) -> None:
    desk.show(senator(layer="fact", label="GONE"))
    assert desk.field("label").currentText() == "GONE   (not in the scheme)"
    assert "Layer “fact” isn't in the scheme" in text_of(desk.inspector, "problem-message")
    pick(desk.field("label"), "entity.PERSON")
    assert desk.take()[-1] == ("label", "entity.PERSON")


def test_a_quote_that_does_not_hold_is_said(desk: Desk) -> None:
    mark = msgspec.structs.replace(senator(), quote="Senator")
    desk.inspector.show_annotation(mark, desk.scheme, lambda item: ("", False, ""), text=TEXT)
    settle()
    assert "doesn't match the stored quote" in text_of(desk.inspector, "problem-message")


# -- what can't be written ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["correction", "comment", "source"])
def test_a_value_that_could_not_be_saved_stays_in_its_field(desk: Desk, field: str) -> None:
    def text() -> str:
        widget = desk.field(field)
        return widget.toPlainText() if isinstance(widget, QPlainTextEdit) else widget.text()

    desk.is_full = True
    mark = senator(label="NOTE")
    desk.show(mark)
    write(desk.field(field), "president")
    QTest.keyClick(desk.field(field), Qt.Key.Key_Return)
    assert desk.left == 0  # the keyboard stays with what isn't saved
    assert desk.field(field).hasFocus()
    desk.elsewhere.setFocus()
    desk.show(msgspec.structs.replace(mark, uid="other"))
    assert text() == ""
    desk.show(mark)
    assert text() == "president"
    desk.take()
    desk.is_full = False
    desk.inspector.commit()
    assert desk.take() == [(field, "president")]
    desk.inspector.commit()
    assert desk.take() == []
    desk.show(msgspec.structs.replace(mark, uid="other"))
    desk.show(mark)
    assert text() == ""


def test_escape_gives_up_what_could_not_be_written(desk: Desk) -> None:
    desk.is_full = True
    desk.show(senator())
    write(desk.field("correction"), "president")
    QTest.keyClick(desk.field("correction"), Qt.Key.Key_Return)
    QTest.keyClick(desk.field("correction"), Qt.Key.Key_Escape)
    desk.take()
    desk.inspector.commit()
    assert desk.take() == []
    assert desk.field("correction").text() == ""


@pytest.mark.parametrize("step", ["minor", "major"])
def test_a_severity_is_said_and_taken_away_again(desk: Desk, step: str) -> None:
    desk.show(senator())
    press(desk.inspector, f"severity-{step}")
    assert desk.take() == [("severity", step)]
    desk.show(senator(attributes={"severity": step}))
    assert child(desk.inspector, QAbstractButton, f"severity-{step}").isChecked()
    press(desk.inspector, f"severity-{step}")
    assert desk.take() == [("severity", None)]


# -- correction and comment --------------------------------------------------------------------------------------------


def test_enter_saves_the_correction_once_and_returns_to_the_text(desk: Desk) -> None:
    desk.show(senator())
    write(desk.field("correction"), "président 😀")
    QTest.keyClick(desk.field("correction"), Qt.Key.Key_Return)
    assert desk.take()[:1] == [("correction", "président 😀")]
    assert desk.left == 1


def test_escape_takes_no_change_along(desk: Desk) -> None:
    desk.show(senator(correction="president", comment="why"))
    for name in ("correction", "comment"):
        write(desk.field(name), "something else")
        QTest.keyClick(desk.field(name), Qt.Key.Key_Escape)
    assert desk.take() == []
    assert desk.left == 2
    assert desk.field("correction").text() == "president"
    assert desk.field("comment").toPlainText() == "why"


def test_no_correction_and_an_empty_one_look_different(desk: Desk) -> None:
    desk.show(senator(correction=None))
    asks = desk.field("correction").placeholderText()
    desk.show(senator(correction=""))
    deletes = desk.field("correction").placeholderText()
    assert asks != deletes
    assert "Delete the marked text" in deletes
    assert desk.field("correction").text() == ""


def test_delete_it_says_that_the_text_is_to_go(desk: Desk) -> None:
    desk.show(senator(correction="president"))
    press(desk.inspector, "field-correction-delete")
    assert desk.take()[-1] == ("correction", "")


@pytest.mark.parametrize(("before", "after"), [(None, None), ("", ""), ("president", None)])
def test_an_emptied_correction_is_none_but_for_one_that_deletes(
    desk: Desk, before: str | None, after: str | None
) -> None:
    desk.show(senator(correction=before))
    write(desk.field("correction"), "x")
    desk.field("correction").clear()
    QTest.keyClick(desk.field("correction"), Qt.Key.Key_Return)
    said = desk.take()
    assert set(said) == (set() if before == after else {("correction", after)})


@pytest.mark.parametrize("how", ["tab", "click", "enter"])
def test_a_comment_is_said_when_the_field_is_left(desk: Desk, how: str) -> None:
    desk.show(senator())
    write(desk.field("comment"), "because of the report")
    ways: dict[str, Callable[[], None]] = {
        "tab": lambda: QTest.keyClick(desk.field("comment"), Qt.Key.Key_Tab),
        "click": lambda: desk.elsewhere.setFocus(Qt.FocusReason.MouseFocusReason),
        "enter": lambda: QTest.keyClick(desk.field("comment"), Qt.Key.Key_Return),
    }
    ways[how]()
    assert desk.take()[:1] == [("comment", "because of the report")]


def test_shift_and_enter_make_a_second_line(desk: Desk) -> None:
    desk.show(senator())
    write(desk.field("comment"), "one")
    QTest.keyClick(desk.field("comment"), Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClicks(desk.field("comment"), "two")
    desk.inspector.commit()
    assert desk.take() == [("comment", "one\ntwo")]


def test_looking_at_a_mark_changes_nothing(desk: Desk) -> None:
    for label in ("TERM", "NOTE", "BARE", "OMISSION", "SEARCHED"):
        desk.show(senator(label=label, correction="a  b", comment="two\nlines", attributes={"source": "x"}))
        for name in ("correction", "comment"):
            desk.field(name).setFocus()
        desk.elsewhere.setFocus()
        desk.inspector.commit()
    assert desk.take() == []


@pytest.mark.parametrize("comment", ["une question\u00a0?", "a\r\nb", "a\u2028b", "\ufeffa"])
def test_a_comment_that_a_field_would_rewrite_is_left_as_it_is(desk: Desk, comment: str) -> None:
    desk.show(senator(comment=comment))
    desk.field("comment").setFocus()
    desk.elsewhere.setFocus()
    desk.inspector.commit()
    assert desk.take() == []


@pytest.mark.parametrize(
    "correction",
    [
        "a\u00a0b",
        "two\nlines",
        "\ufeffa",
    ],
)
def test_a_correction_a_field_would_alter_is_left_unchanged(desk: Desk, correction: str) -> None:
    desk.show(senator(correction=correction))
    desk.field("correction").setFocus()
    desk.elsewhere.setFocus()
    desk.inspector.commit()
    assert desk.take() == []


def test_a_field_being_edited_keeps_its_text_as_the_mark_changes(desk: Desk) -> None:
    desk.show(senator())
    write(desk.field("correction"), "presi")
    desk.show(senator(attributes={"severity": "major"}))
    assert desk.field("correction").text() == "presi"
    assert child(desk.inspector, QAbstractButton, "severity-major").isChecked()


def test_another_mark_brings_its_own_values(desk: Desk) -> None:
    desk.show(senator(correction="president", comment="why", attributes={"severity": "major"}))
    desk.show(annotation(TEXT, (0, 3), uid="other", label="TERM"))
    assert desk.field("correction").text() == ""
    assert desk.field("comment").toPlainText() == ""
    assert not child(desk.inspector, QAbstractButton, "severity-major").isChecked()
    assert desk.take() == []


# -- attributes --------------------------------------------------------------------------------------------------------


def test_a_choice_a_flag_and_a_text_are_said(desk: Desk) -> None:
    desk.show(senator(label="BARE", attributes={"certain": True}))
    flag = desk.field("certain")
    assert isinstance(flag, QCheckBox)
    assert flag.isChecked()
    flag.click()
    assert desk.take() == [("certain", None)]
    pick(desk.field("evidence_status"), "EXTERNAL")
    assert desk.take()[-1] == ("evidence_status", "EXTERNAL")
    desk.show(senator(label="NOTE"))
    write(desk.field("source"), "page 7")
    desk.elsewhere.setFocus()
    assert desk.take() == [("source", "page 7")]


def test_a_choice_is_taken_away_by_the_dash(desk: Desk) -> None:
    desk.show(senator(attributes={"evidence_status": "LINKED"}))
    combo = desk.field("evidence_status")
    assert isinstance(combo, QComboBox)
    assert combo.currentData() == "LINKED"
    pick(combo, None)
    assert desk.take()[-1] == ("evidence_status", None)


def test_escape_takes_no_change_of_an_attribute_along(desk: Desk) -> None:
    desk.show(senator(label="NOTE", attributes={"source": "page 7"}))
    write(desk.field("source"), "page 8")
    QTest.keyClick(desk.field("source"), Qt.Key.Key_Escape)
    assert desk.take() == []


def test_an_attribute_being_typed_is_saved_with_the_rest(desk: Desk) -> None:
    desk.show(senator(label="NOTE"))
    write(desk.field("source"), "page 7")
    desk.inspector.commit()
    assert desk.take() == [("source", "page 7")]


@pytest.mark.parametrize("name", ["correction", "comment", "label", "severity", "evidence_status"])
def test_a_field_gets_the_keyboard_by_name(desk: Desk, name: str) -> None:
    desk.show(senator())
    desk.inspector.focus_field(name)
    owner = desk.window.focusWidget()
    assert owner is desk.field(name) or desk.field(name).isAncestorOf(owner)
    assert owner is not desk.elsewhere


# -- evidence and rules ------------------------------------------------------------------------------------------------


def proof(uid: str = "proof", start: int = 5, end: int = 14) -> Evidence:
    return evidence(PROOF, (start, end), uid=uid)


def test_each_piece_of_evidence_has_a_card(desk: Desk) -> None:
    desk.show(senator(evidence=(proof(), proof("second", 15, 21))))
    quotes = [label.text() for label in desk.inspector.findChildren(QLabel, "evidence-quote")]
    assert quotes == ["“President”", "“Donald”"]
    assert desk.inspector.findChild(QLabel, "evidence-empty") is None


def test_without_evidence_the_form_says_how_to_link_some(desk: Desk) -> None:
    desk.show(senator())
    assert "K" in text_of(desk.inspector, "evidence-empty")
    desk.show(senator(layer="entity", label="PERSON"))
    form = desk.inspector.form
    assert form is not None
    assert form.findChild(QLabel, "evidence-empty") is None


def test_a_card_jumps_removes_and_says_what_the_evidence_does(desk: Desk, qtbot: QtBot) -> None:
    item = proof()
    desk.show(senator(evidence=(item,)))
    card = desk.inspector.findChild(EvidenceCard)
    assert card is not None
    with qtbot.waitSignal(desk.inspector.evidence_jump) as caught:
        press(card, "evidence-jump")
    assert caught.args == [item]
    with qtbot.waitSignal(desk.inspector.evidence_remove) as caught:
        press(card, "evidence-remove")
    assert caught.args == [item]
    with qtbot.waitSignal(desk.inspector.stance_chosen) as caught:
        pick(child(card, QComboBox, "evidence-stance"), Stance.SUPPORTS.value)
    assert caught.args == [(item, Stance.SUPPORTS)]


def test_find_in_reference_is_asked_for(desk: Desk, qtbot: QtBot) -> None:
    desk.show(senator())
    with qtbot.waitSignal(desk.inspector.find_requested):
        press(desk.inspector, "evidence-find")


def test_stale_evidence_says_so(desk: Desk) -> None:
    desk.show(senator(evidence=(proof(),)), stale=True)
    assert any("no longer there" in label.text() for label in desk.inspector.findChildren(QLabel))


def test_the_cards_follow_the_evidence(desk: Desk) -> None:
    desk.show(senator(evidence=(proof(),)))
    desk.show(senator(evidence=()))
    assert desk.inspector.findChildren(EvidenceCard) == []
    desk.show(senator(evidence=(proof(),)))
    assert len(desk.inspector.findChildren(EvidenceCard)) == 1
    desk.show(senator(uid="other", evidence=()))
    assert desk.inspector.findChildren(EvidenceCard) == []


def messages(desk: Desk) -> list[str]:
    form = desk.inspector.form
    assert form is not None
    return [label.text() for label in form.findChildren(QLabel, "problem-message") if label.isVisibleTo(form)]


def test_open_rules_stand_in_the_form_until_they_are_kept(desk: Desk) -> None:
    mark = senator()
    desk.show(mark)
    assert len(messages(desk)) == 3
    mark = msgspec.structs.replace(mark, attributes={"severity": "major"}, correction="president")
    desk.show(mark)
    assert messages(desk) == ["“Term” needs evidence."]
    desk.show(msgspec.structs.replace(mark, evidence=(proof(),)))
    assert messages(desk) == []


def test_a_layer_missing_from_the_scheme_is_reported_as_unknown(desk: Desk) -> None:
    desk.show(senator(layer="lost", label="X"))
    assert messages(desk) == ["Layer “lost” isn't in the scheme small@3."]


def test_every_label_of_every_shipped_scheme_has_a_form(qtbot: QtBot) -> None:
    for name in SHIPPED:
        scheme = shipped(name)
        desk = Desk(qtbot, scheme)
        for layer in scheme.layers:
            for label in layer.givable:
                desk.show(senator(layer=layer.id, label=label.id))
                assert desk.field("label").currentData() == label.id
                for attribute in layer.attributes_of(label.id):
                    assert desk.has(attribute.id)
        assert desk.take() == []


def test_fields_have_names_for_screen_readers(desk: Desk) -> None:
    desk.show(senator(evidence=(proof(),)))
    form = desk.inspector.form
    assert form is not None
    fields = [*form.findChildren(QLineEdit), *form.findChildren(QPlainTextEdit), *form.findChildren(QComboBox)]
    assert all(field.accessibleName() and field.objectName() for field in fields)
    assert all(made.accessibleName() for made in form.findChildren(QAbstractButton))


def test_all_forms_are_built_while_nothing_happens(desk: Desk, qtbot: QtBot) -> None:
    desk.inspector.prepare(SCHEME)
    kinds = {
        (layer.id, *(a.id for a in layer.attributes_of(label.id))) for layer in SCHEME.layers for label in layer.labels
    }
    qtbot.waitUntil(lambda: len(desk.inspector.findChildren(AnnotationForm)) >= len(kinds))
    idle = desk.inspector.findChild(QTimer, "inspector-idle")
    qtbot.waitUntil(lambda: not idle.isActive())
    before = set(desk.inspector.findChildren(AnnotationForm))
    for layer, label, *_ in FIELDS:
        desk.show(senator(layer=layer, label=label))
    assert set(desk.inspector.findChildren(AnnotationForm)) == before


def test_no_form_is_built_while_somebody_is_at_work(desk: Desk, qtbot: QtBot) -> None:
    desk.inspector.prepare(SCHEME)
    idle = desk.inspector.findChild(QTimer, "inspector-idle")
    idle.setTimerType(Qt.TimerType.PreciseTimer)
    idle.start(60_000)
    qtbot.waitUntil(lambda: idle.remainingTime() < 59_700)
    left = idle.remainingTime()
    desk.show(None)
    assert idle.remainingTime() > left
    idle.stop()
    desk.show(None)
    assert not idle.isActive()


def test_a_card_is_used_again_for_another_problem(desk: Desk) -> None:
    desk.show(senator(attributes={}))
    before = desk.inspector.findChildren(QFrame, "problem-card")
    assert len(messages(desk)) >= 2
    desk.show(senator())
    desk.show(senator(uid="other", attributes={}))
    assert desk.inspector.findChildren(QFrame, "problem-card") == before


def test_forms_that_wait_take_no_height(desk: Desk, qtbot: QtBot) -> None:
    desk.inspector.resize(330, 180)  # less than any form needs
    desk.show(None)
    bar = desk.inspector.verticalScrollBar()
    assert bar.maximum() == 0
    desk.inspector.prepare(SCHEME)
    idle = desk.inspector.findChild(QTimer, "inspector-idle")
    qtbot.waitUntil(lambda: not idle.isActive())
    settle()
    assert bar.maximum() == 0, "there is nothing to scroll to"
