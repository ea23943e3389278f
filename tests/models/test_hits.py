"""The table of a concordance: rows, groups and ticks."""

import threading

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from app.core.annotation import Annotation, Fragment
from app.core.scheme_file import parse_scheme
from app.services.search.concordance import Aside, Hit
from app.services.search.hit_pile import HitPile, MarkingPlan, left_out
from app.ui.dialogs.hits_table import BeforeDelegate, HitsTable
from app.ui.models.hits import BEFORE, Grouping, HitsModel
from tests.conftest import scheme_source


def test_ticks_survive_regrouping_and_screen_readers_hear_them(qtbot, qtmodeltester) -> None:
    model = HitsModel(parse_scheme(scheme_source("ner")))
    model.add([Hit("a", "a.txt", at, at + 1, "", word, "") for at, word in enumerate("xyX")])
    qtmodeltester.check(model)
    assert model.setData(model.index(1, 0), Qt.CheckState.Unchecked.value, Qt.ItemDataRole.CheckStateRole)
    model.group_by(Grouping.FORM)
    assert model.groups() == [("x", 2), ("y", 1)]
    assert [model.index(row, 3).data() for row in range(3)] == ["x", "X", "y"]
    assert [hit.match for hit in model.ticked()] == ["x", "X"]
    heard = [model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(3)]
    assert heard == ["ticked", "ticked", "not ticked"]
    model.add([Hit("a", "a.txt", 9, 10, "", "y", "")])
    assert model.groups() == [("x", 2), ("y", 2)]
    model.group_by(Grouping.FORM, "y")
    assert [hit.start for hit in model.ticked()] == [9]


def test_what_stands_before_is_cut_at_its_beginning(qtbot: QtBot) -> None:
    model = HitsModel(parse_scheme(scheme_source("ner")))
    model.add([Hit("a", "a.txt", 5, 8, "Then ", "she", " left"), Hit("a", "a.txt", 95, 98, "word " * 12, "she", "")])
    assert model.index(0, 2).data() == "Then"
    assert model.index(1, 2).data() == "…" + ("word " * 12).strip()[-40:]

    table = HitsTable("hits", model)
    qtbot.addWidget(table)
    table.setColumnWidth(BEFORE, 60)
    option = QStyleOptionViewItem()
    delegate = table.itemDelegateForIndex(model.index(1, BEFORE))
    assert isinstance(delegate, BeforeDelegate)
    delegate.initStyleOption(option, model.index(1, BEFORE))
    assert option.textElideMode == Qt.TextElideMode.ElideLeft  # pyright: ignore[reportAttributeAccessIssue]


def many(count: int) -> HitPile:
    pile = HitPile()
    mark = (Annotation(uid="m", layer="error", label="WORDING", fragments=(Fragment(0, 1),), quote="x"),)
    for at in range(count):
        marks = mark if at % 3 == 0 else ()
        pile.add(Hit(f"d{at // 10}", f"{at // 10}.txt", at, at + 1, f"before {at} ", "xY"[at % 2], " after", marks))
    return pile


def test_a_pile_gives_back_what_it_was_given() -> None:
    pile = many(1000)
    for at in (0, 255, 256, 511, 767, 999):
        hit = pile.hit(at)
        assert hit == Hit(f"d{at // 10}", f"{at // 10}.txt", at, at + 1, f"before {at} ", "xY"[at % 2], " after")
        assert pile.labels(at) == ((("error", "WORDING"),) if at % 3 == 0 else ())
        assert pile.find(hit.document, hit.start) == at
    assert list(pile.of_document("d3")) == list(range(30, 40))
    assert list(pile.between("d3", 32, 35)) == [32, 33, 34]
    assert list(pile.between("d3", 0, 5)) == []


def test_groups_and_counts_cover_all_hits_whatever_is_shown(qtbot, qtmodeltester) -> None:
    model = HitsModel(parse_scheme(scheme_source("news-errors")))
    model.take(many(999))
    assert (model.ticked_count, model.ticked_with("error")) == (999, 333)
    model.group_by(Grouping.FORM)
    qtmodeltester.check(model)
    assert model.groups() == [("x", 500), ("y", 499)]
    assert [model.number(row) for row in (0, 1, 500, 998)] == [0, 2, 1, 997]
    assert [model.row_of(at) for at in (0, 2, 1, 997)] == [0, 1, 500, 998]
    model.group_by(Grouping.FORM, "y")
    model.tick_all(ticked=False)
    assert (model.ticked_count, model.rowCount()) == (0, 499)
    assert model.row_of(0) is None
    model.group_by(Grouping.LABEL)
    assert [size for _, size in model.groups()] == [666, 333]
    assert (model.ticked_count, model.ticked_with("error")) == (500, 167)
    assert [hit.start for hit in model.ticked()] == list(range(0, 999, 2))
    model.relabel([(0, ()), (2, (("error", "PLACE"),))])
    assert [size for _, size in model.groups()] == [666, 332, 1]
    assert model.ticked_with("error") == 167
    assert list(model.kept().values()) == [False] * 499


def test_what_was_not_ticked_is_not_ticked_in_the_next_pile(qtbot) -> None:
    model = HitsModel(parse_scheme(scheme_source("ner")))
    model.take(many(20))
    model.tick([3, 7], ticked=False)
    model.take(many(30), kept=model.kept())
    assert [at for at in range(30) if at not in model.ticked_numbers()] == [3, 7]
    assert model.ticked_count == 28


def spread() -> HitPile:
    """Return two hits each in a document to work on, a reference, and another's document; the second of each is marked
    as an error, in the last document as something else too.
    """
    pile = HitPile()
    mark = Annotation(uid="m", layer="error", label="WORDING", fragments=(Fragment(0, 1),), quote="x")
    claim = Annotation(uid="c", layer="claim", label="OPINION", fragments=(Fragment(0, 1),), quote="x")
    for name, aside, marks in (
        ("a", None, (mark,)),
        ("b", Aside.REFERENCE, (mark,)),
        ("c", Aside.UNASSIGNED, (mark, claim)),
        ("d", None, (claim,)),
    ):
        pile.add(Hit(name, name, 0, 1, "", "x", "", (), aside))
        pile.add(Hit(name, name, 5, 6, "", "x", "", marks, aside))
    return pile


def test_ticked_at_first_is_what_is_unmarked_and_to_work_on(qtbot: QtBot) -> None:
    model = HitsModel(parse_scheme(scheme_source("news-errors")))
    model.set_layer("error")
    model.take(spread())
    assert list(model.ticked_numbers()) == [0, 6, 7]
    plan = model.plan("WORDING")
    assert plan == MarkingPlan(3, 2, already=1, in_references=2, unassigned=2)
    assert left_out(plan) == ["1 already with this label", "2 in references", "2 in documents assigned to others"]
    assert model.plan("PLACE") == plan._replace(already=0, other_marks=1)
    model.set_layer("claim")
    assert list(model.ticked_numbers()) == [0, 1, 6]
    assert model.ticked_count == 3


def test_what_is_ticked_by_hand_stays_with_another_layer(qtbot: QtBot) -> None:
    model = HitsModel(parse_scheme(scheme_source("news-errors")))
    model.set_layer("error")
    model.take(spread())
    model.tick([0, 2], ticked=None)
    assert list(model.ticked_numbers()) == [2, 6, 7]
    model.set_layer("claim")
    assert list(model.ticked_numbers()) == [1, 2, 6]
    assert model.plan("OPINION") == MarkingPlan(3, 3, already=1, in_references=1, unassigned=2)
    model.take(spread(), kept=model.kept())
    assert list(model.ticked_numbers()) == [1, 2, 6]


def test_all_marked_and_unmarked_hits_are_ticked_at_once(qtbot: QtBot) -> None:
    model = HitsModel(parse_scheme(scheme_source("news-errors")))
    model.set_layer("error")
    model.take(spread())
    model.tick_unmarked(ticked=False)
    assert list(model.ticked_numbers()) == [1, 3, 5]
    assert model.ticked_with("error") == 3
    model.tick_all(ticked=True)
    assert model.plan("WORDING") == MarkingPlan(5, 4, already=3)
    model.tick_unmarked()
    assert list(model.ticked_numbers()) == [0, 6, 7]
    assert model.kept() == {}


def test_a_mark_taken_away_ticks_its_place_again(qtbot: QtBot) -> None:
    model = HitsModel(parse_scheme(scheme_source("news-errors")))
    model.set_layer("error")
    model.take(spread())
    model.relabel([(1, ()), (3, ())])
    assert list(model.ticked_numbers()) == [0, 1, 6, 7], "but not in a reference"
    assert model.ticked_count == 4
    model.tick([1], ticked=False)
    model.relabel([(1, (("error", "PLACE"),))])
    model.relabel([(1, ())])
    assert list(model.ticked_numbers()) == [0, 6, 7]


def test_a_pile_can_be_read_while_it_grows() -> None:
    pile, wrong = HitPile(), []
    source = list(map(many(5000).hit, range(5000)))

    def read() -> None:
        while pile.count < 5000:
            for at in range(max(0, pile.count - 3), pile.count):
                if pile.hit(at) != source[at]:
                    wrong.append(at)

    reader = threading.Thread(target=read)
    reader.start()
    for hit in source:
        pile.add(hit)
    reader.join()
    assert wrong == []


def test_documents_are_called_by_their_titles(qtbot: QtBot) -> None:
    titles = {"a": "The first one"}
    model = HitsModel(parse_scheme(scheme_source("ner")), titles.get)
    model.add([Hit("a", "a.txt", 0, 1, "", "x", ""), Hit("b", "b.txt", 0, 1, "", "x", "")])
    assert [model.index(row, 1).data() for row in range(2)] == ["The first one", "b"]
