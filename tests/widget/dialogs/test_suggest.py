"""The dialog that asks for suggestions offers every suggester that the registry knows."""

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from app.suggesters import registry
from app.suggesters.hints.rules import RULES
from app.ui.dialogs.suggest import SuggestDialog, SuggestRequest
from app.ui.widgets.fields import LineEdit
from app.ui.widgets.labels import PlainLabel


@pytest.fixture
def dialog(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> SuggestDialog:
    """The dialog where another package brings a suggester, which isn't there to be loaded."""
    entry = EntryPoint("oracle", "no_such_package:oracle", registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda group: [entry])
    found = SuggestDialog("d1", "A title", ("corrections",))
    qtbot.addWidget(found)
    return found


def boxes(dialog: SuggestDialog) -> dict[str, QCheckBox]:
    return {box.objectName(): box for box in dialog.findChildren(QCheckBox)}


def test_each_suggester_has_a_box_and_none_is_loaded(dialog: SuggestDialog) -> None:
    found = boxes(dialog)
    assert set(found) == {f"suggest-{entry.name}" for entry in registry.SuggesterRegistry().entries()}
    assert {"suggest-corrections", "suggest-spacy", "suggest-oracle"} <= set(found)
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


def test_a_strangers_model_is_asked_about_first(dialog: SuggestDialog, tmp_path: Path) -> None:
    answers: list[SuggestRequest] = []
    dialog.answered.connect(answers.append)
    line = dialog.findChild(LineEdit, "suggest-model-path")
    said = dialog.findChild(PlainLabel, "suggest-dialog-complaint")
    assert line is not None
    assert said is not None
    line.setText(str(tmp_path))
    assert not dialog.submit()
    assert said.text() == "There is no model of spaCy in that folder."
    (tmp_path / "config.cfg").write_text('[components.x]\nfactory = "evil"\n')
    assert not dialog.submit()
    assert "can run code when it is loaded (components that aren't spaCy's: evil)" in said.text()
    assert dialog.accept_button.text() == "Trust and suggest"
    line.setText(f"{tmp_path} ")
    assert dialog.accept_button.text() == "Suggest", "another path"
    assert not dialog.submit()
    assert dialog.submit()
    (answer,) = answers
    assert (answer.suggesters[-1], answer.trusts_models) == (f"spacy:{tmp_path}", True)
    line.setText(str(tmp_path))
    (tmp_path / "x.pkl").write_bytes(b"")
    assert not dialog.submit()
    assert not dialog.submit()
    assert "pickles" in said.text()


def test_each_rule_shows_what_it_got_right_when_measured(dialog: SuggestDialog) -> None:
    found = boxes(dialog)
    for rule in RULES:
        box = found[f"suggest-{rule.name}"]
        assert "hints were right" in box.toolTip()
        assert "planted errors were found" in box.accessibleDescription()
