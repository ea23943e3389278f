"""The table of a concordance: rows, groups and ticks."""

from PySide6.QtCore import Qt

from app.core.scheme_file import parse_scheme
from app.session.concordance import Hit
from app.ui.models.hits import Grouping, HitsModel
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


def test_what_stands_before_is_cut_at_its_beginning() -> None:
    model = HitsModel(parse_scheme(scheme_source("ner")))
    model.add([Hit("a", "a.txt", 5, 8, "Then ", "she", " left"), Hit("a", "a.txt", 95, 98, "word " * 12, "she", "")])
    assert model.index(0, 2).data() == "Then"
    assert model.index(1, 2).data() == "…" + ("word " * 12).strip()[-40:]
