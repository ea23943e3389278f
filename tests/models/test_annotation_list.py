"""The list of marks follows changes row by row; sorting and filtering are a proxy's."""

import gc
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QItemSelectionModel, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QListView
from pytestqt.modeltest import ModelTester

from app.core.annotation import Annotation, Fragment, quote_of
from app.core.edits import AddAnnotation, Batch, Change, Edit, RemoveAnnotation, ReplaceAnnotation, apply
from app.core.state import DocumentState
from app.ui.models.annotations import ORDERS, AnnotationFilter, AnnotationListModel, AnnotationRole
from tests.models.spies import RowSpy
from tests.property.strategies import draw_edit
from tests.unit.build import SCHEME, annotation, state

TEXT = "one two three four five six seven eight nine ten"


def word(text: str, **fields: object) -> Annotation:
    """Return a mark on a word of the text; its uid is the word."""
    start = TEXT.index(text)
    return annotation(TEXT, (start, start + len(text)), **{"uid": text, **fields})


def shown(*annotations: Annotation) -> tuple[AnnotationListModel, DocumentState]:
    model = AnnotationListModel()
    there = state(TEXT, *annotations)
    model.show_state(there, SCHEME)
    return model, there


def uids(model) -> list[str]:
    return [model.index(row, 0).data(AnnotationRole.UID) for row in range(model.rowCount())]


def follow(model: AnnotationListModel, there: DocumentState, edit: Edit) -> DocumentState:
    applied = apply(there, edit)
    model.apply(applied.change)
    return applied.state


def moved(one: Annotation, to: str) -> Annotation:
    start = TEXT.index(to)
    parts = (Fragment(start, start + len(to)),)
    return msgspec.structs.replace(one, fragments=parts, quote=quote_of(TEXT, parts))


def test_the_model_keeps_qts_contract(qtmodeltester: ModelTester) -> None:
    model, there = shown(word("two"), word("four"))
    qtmodeltester.check(model)
    there = follow(model, there, AddAnnotation(word("three")))
    there = follow(model, there, RemoveAnnotation("two"))
    follow(model, there, ReplaceAnnotation(moved(there.annotations["four"], "one")))
    qtmodeltester.check(model)


def test_a_filter_over_the_model_keeps_qts_contract(qtmodeltester: ModelTester) -> None:
    model, there = shown(word("two"), word("four"), word("six", comment="second"))
    proxy = AnnotationFilter(model)
    qtmodeltester.check(proxy)
    proxy.set_words("second")
    there = follow(model, there, AddAnnotation(word("three", comment="the second too")))
    proxy.set_order("label")
    follow(model, there, RemoveAnnotation("six"))
    qtmodeltester.check(proxy)
    assert uids(proxy) == ["three"]


CHANGES: list[tuple[str, Callable[[], Edit], list[tuple[str, int, int]], list[str]]] = [
    ("a new mark", lambda: AddAnnotation(word("three")), [("inserted", 1, 1)], ["two", "three", "four", "six"]),
    ("a first mark", lambda: AddAnnotation(word("one")), [("inserted", 0, 0)], ["one", "two", "four", "six"]),
    ("a last mark", lambda: AddAnnotation(word("ten")), [("inserted", 3, 3)], ["two", "four", "six", "ten"]),
    ("a deleted mark", lambda: RemoveAnnotation("four"), [("removed", 1, 1)], ["two", "six"]),
    (
        "a field of a mark",
        lambda: ReplaceAnnotation(word("four", comment="why")),
        [("changed", 1, 1)],
        ["two", "four", "six"],
    ),
    (
        "a mark at another place",
        lambda: ReplaceAnnotation(moved(word("four"), "seven")),
        [("removed", 1, 1), ("inserted", 2, 2)],
        ["two", "six", "four"],
    ),
    (
        "several in one step",
        lambda: Batch((RemoveAnnotation("two"), AddAnnotation(word("five")))),
        [("removed", 0, 0), ("inserted", 1, 1)],
        ["four", "five", "six"],
    ),
    ("what came and went", lambda: Batch((AddAnnotation(word("one")), RemoveAnnotation("one"))), [], []),
]


@pytest.mark.parametrize(("edit", "signals", "after"), [c[1:] for c in CHANGES], ids=[c[0] for c in CHANGES])
def test_a_change_arrives_as_the_narrowest_row_signal(qapp, edit, signals, after) -> None:
    model, there = shown(word("two"), word("four"), word("six"))
    spy = RowSpy(model)
    follow(model, there, edit())
    assert spy.take() == signals
    assert uids(model) == (after or ["two", "four", "six"])


def test_another_document_is_a_reset(qapp) -> None:
    model, _ = shown(word("two"))
    spy = RowSpy(model)
    model.show_state(None, None)
    assert spy.take() == [("reset", -1, -1)]
    assert model.rowCount() == 0


def test_the_selection_survives_changes_around_it(qapp, qtbot) -> None:
    model, there = shown(word("two"), word("four"), word("six"))
    view = QListView()
    qtbot.addWidget(view)
    proxy = AnnotationFilter(model, view)
    view.setModel(proxy)
    view.selectionModel().setCurrentIndex(proxy.index(1, 0), QItemSelectionModel.SelectionFlag.ClearAndSelect)
    kept = QPersistentModelIndex(model.index(1))

    def chosen() -> list[str]:
        return [index.data(AnnotationRole.UID) for index in view.selectedIndexes()]

    there = follow(model, there, AddAnnotation(word("one")))
    there = follow(model, there, RemoveAnnotation("two"))
    there = follow(model, there, ReplaceAnnotation(word("six", comment="x")))
    there = follow(model, there, ReplaceAnnotation(word("four", comment="y")))
    assert chosen() == ["four"]
    assert view.currentIndex().data(AnnotationRole.UID) == "four"
    assert kept.row() == 1
    proxy.set_order("label")
    assert chosen() == ["four"]


@given(st.data())
def test_after_any_edits_the_rows_match_the_state_in_order(qapp, data: st.DataObject) -> None:
    there = state(TEXT)
    model = AnnotationListModel()
    model.show_state(there, SCHEME)
    proxy = AnnotationFilter(model)
    proxy.set_order(data.draw(st.sampled_from([order for order, _ in ORDERS])))
    for _ in range(data.draw(st.integers(1, 6))):
        applied = apply(there, draw_edit(data.draw, there))
        model.apply(applied.change)
        there = applied.state
    assert uids(model) == [a.uid for a in there.in_order()]
    assert [model.annotation(row) for row in range(model.rowCount())] == there.in_order()
    assert sorted(uids(proxy)) == sorted(there.annotations)
    sort_keys = [proxy.index(row, 0).data(AnnotationRole.SORT) for row in range(proxy.rowCount())]
    assert sort_keys == sorted(sort_keys)


def test_an_offset_beyond_32_bits_passes_unharmed(qapp) -> None:
    far = 2**40
    model, _ = shown(word("two"), word("ten"))
    distant = msgspec.structs.replace(word("two"), uid="far", fragments=(Fragment(far, far + 3),))
    model.apply(Change(document="document-1", annotator="ana", added=(distant,)))
    assert uids(model) == ["two", "ten", "far"]
    assert model.annotation(2).start == far
    proxy = AnnotationFilter(model)
    assert uids(proxy) == ["two", "ten", "far"]


def test_values_live_on_without_the_index_that_gave_them(qapp) -> None:
    model, there = shown(word("two"), word("four"))
    index = model.index(1)
    del there
    gc.collect()
    assert index.data() == "four"
    assert index.data(AnnotationRole.UID) == "four"


def test_a_row_shows_label_severity_and_what_is_open(qapp) -> None:
    done = word("two", label="BARE", attributes={"severity": "major"})
    lacking = word("four", label="TERM")
    gap = annotation(TEXT, (8, 8), uid="gap", label="OMISSION")
    model, _ = shown(done, lacking, gap)
    two, four = (model.index(model.row_of(uid)) for uid in ("two", "four"))
    assert (two.data(), two.data(AnnotationRole.SIDE), two.data(AnnotationRole.OPEN)) == ("two", "Bare", False)
    assert four.data(AnnotationRole.SIDE) == "needs a severity"
    assert four.data(AnnotationRole.OPEN) is True
    assert model.index(model.row_of("gap")).data() == "(something is missing here)"
    for word_ in ("severity", "correction", "evidence"):
        assert word_ in four.data(Qt.ItemDataRole.ToolTipRole)
        assert word_ in four.data(Qt.ItemDataRole.AccessibleTextRole)


def test_an_edit_that_mends_a_mark_clears_its_open_rules(qapp) -> None:
    lacking = word("four", label="NOTE", attributes={"source": "here"})
    model, there = shown(lacking)
    assert model.index(0).data(AnnotationRole.OPEN) is True
    there = follow(model, there, ReplaceAnnotation(msgspec.structs.replace(lacking, comment="why")))
    assert model.index(0).data(AnnotationRole.OPEN) is False
    # A moved mark is another row, and its rules are worked out anew too.
    follow(model, there, ReplaceAnnotation(msgspec.structs.replace(moved(lacking, "one"), comment="")))
    assert model.index(0).data(AnnotationRole.OPEN) is True


def test_a_label_that_the_scheme_does_not_know_is_shown_as_it_is(qapp) -> None:
    model, _ = shown(word("two", label="GONE"), word("four", layer="lost", label="X"))
    assert model.index(0).data(AnnotationRole.SIDE) == "unknown label"
    assert model.index(1).data(AnnotationRole.SIDE) == "unknown layer"
    assert model.index(0).data(AnnotationRole.COLOR).startswith("#")


FILTERED = [
    ("", ["two", "four", "six"]),
    ("two", ["two"]),
    ("TWO", ["two"]),
    ("person", ["six"]),
    ("entity", ["six"]),
    ("putting", ["four"]),
    ("because", ["four"]),
    ("putting because", ["four"]),
    ("putting two", []),
    ("major", ["two"]),
    ("needs", ["four"]),
    ("  ", ["two", "four", "six"]),
]


@pytest.mark.parametrize(("words", "found"), FILTERED)
def test_the_filter_keeps_rows_that_have_all_words_in_any_field(qapp, words: str, found: list[str]) -> None:
    model, _ = shown(
        word("two", attributes={"severity": "major"}),
        word("four", label="TERM", correction="putting right", comment="because"),
        word("six", layer="entity", label="PERSON"),
    )
    proxy = AnnotationFilter(model)
    proxy.set_words(words)
    assert uids(proxy) == found
    proxy.set_words("")
    assert proxy.rowCount() == 3


def test_a_row_comes_into_the_filter_when_it_gets_the_words(qapp) -> None:
    model, there = shown(word("two"), word("four"))
    proxy = AnnotationFilter(model)
    proxy.set_words("later")
    spy = RowSpy(proxy)
    there = follow(model, there, ReplaceAnnotation(word("four", comment="said later")))
    assert uids(proxy) == ["four"]
    follow(model, there, ReplaceAnnotation(word("four")))
    assert uids(proxy) == []
    assert ("reset", -1, -1) not in spy.take()


SORTED = {
    "place": ["two", "three", "four", "six"],
    "label": ["six", "two", "four", "three"],
    "severity": ["four", "two", "three", "six"],
    "open": ["three", "two", "four", "six"],
}


@pytest.mark.parametrize("order", [order for order, _ in ORDERS])
def test_each_order_puts_first_what_it_says(qapp, order: str) -> None:
    model, there = shown(
        word("two", label="BARE", attributes={"severity": "minor"}),
        word("four", label="BARE", attributes={"severity": "major"}),
        word("six", layer="entity", label="PERSON"),
    )
    proxy = AnnotationFilter(model)
    proxy.set_order(order)
    # One that comes later is put where it belongs at once.
    follow(model, there, AddAnnotation(word("three", label="TERM", attributes={"severity": "minor"})))
    assert uids(proxy) == SORTED[order]


def test_an_edit_moves_a_row_to_its_new_place_in_the_order(qapp) -> None:
    mild = word("four", attributes={"severity": "minor"})
    model, there = shown(word("two", attributes={"severity": "minor"}), mild)
    proxy = AnnotationFilter(model)
    proxy.set_order("severity")
    assert uids(proxy) == ["two", "four"]
    follow(model, there, ReplaceAnnotation(msgspec.structs.replace(mild, attributes={"severity": "major"})))
    assert uids(proxy) == ["four", "two"]
