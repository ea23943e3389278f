"""The dialog that asks for suggestions offers every suggester that the registry knows."""

from importlib.metadata import EntryPoint

import pytest
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from app.suggesters import registry
from app.ui.dialogs.suggest import SuggestDialog, SuggestRequest


@pytest.fixture
def dialog(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> SuggestDialog:
    """The dialog where another package brings a suggester, which isn't there to be loaded."""
    entry = EntryPoint("oracle", "no_such_package:oracle", registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda group: [entry])
    found = SuggestDialog("d1", "A title", ())
    qtbot.addWidget(found)
    return found


def boxes(dialog: SuggestDialog) -> dict[str, QCheckBox]:
    return {box.objectName(): box for box in dialog.findChildren(QCheckBox)}


def test_each_suggester_has_a_box_and_none_is_loaded(dialog: SuggestDialog) -> None:
    found = boxes(dialog)
    assert list(found) == ["suggest-corrections", "suggest-spacy", "suggest-oracle"]
    assert [name for name, box in found.items() if box.isChecked()] == ["suggest-corrections"]
    assert found["suggest-oracle"].text() == "“oracle” of the package no_such_package:oracle"


def test_the_ticked_ones_are_asked_for(dialog: SuggestDialog) -> None:
    answers: list[SuggestRequest] = []
    dialog.answered.connect(answers.append)
    boxes(dialog)["suggest-oracle"].setChecked(True)
    assert dialog.submit()
    assert answers == [SuggestRequest(("corrections", "oracle"), ("d1",))]


def test_none_ticked_is_refused(dialog: SuggestDialog) -> None:
    boxes(dialog)["suggest-corrections"].setChecked(False)
    assert not dialog.submit()
