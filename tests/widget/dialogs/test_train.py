"""The dialogs of a training: what is asked, what is shown meanwhile, and what came out."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QPushButton
from pytestqt.qtbot import QtBot

from app.core.decision import GOLD
from app.core.scheme import Layer
from app.nlp.trainer.model_scores import LabelScore
from app.ui.dialogs.train import TrainDialog, TrainRequest
from app.ui.dialogs.training_window import TrainingDialog
from app.ui.widgets.fields import ComboBox, LineEdit
from app.ui.widgets.labels import PlainLabel

LAYERS = [Layer(id=name, title=name.title(), labels=()) for name in ("entity", "error")]


def test_a_folder_beside_the_project_is_proposed(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = TrainDialog(tmp_path / "news.stet", LAYERS, ["ana"], has_gold=True)
    qtbot.addWidget(dialog)
    answers: list[TrainRequest] = []
    dialog.answered.connect(answers.append)
    layer, who = dialog.findChild(ComboBox, "train-layer"), dialog.findChild(ComboBox, "train-who")
    line, curve = dialog.findChild(LineEdit, "train-path"), dialog.findChild(QCheckBox, "train-curve")
    assert layer is not None
    assert who is not None
    assert line is not None
    assert curve is not None
    assert Path(line.text()).name == "news-entity-model"
    (tmp_path / "news-error-model").mkdir()
    layer.setCurrentIndex(1)
    assert Path(line.text()).name == "news-error-model-2"
    assert who.currentData() == GOLD
    who.setCurrentIndex(1)
    curve.setChecked(True)
    assert dialog.submit()
    assert answers == [TrainRequest(tmp_path / "news-error-model-2", "error", "ana", None, curve=True, is_tested=False)]
    (tmp_path / "news-error-model" / "x").write_text("")
    line.setText(str(tmp_path / "news-error-model"))
    assert not dialog.submit()


@pytest.fixture
def shown(qtbot: QtBot) -> TrainingDialog:
    found = TrainingDialog("Training", ["Entity: ranges"])
    qtbot.addWidget(found)
    found.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)  # the test closes it again
    found.show()
    return found


def test_loss_and_score_are_shown_as_numbers_and_points(shown: TrainingDialog) -> None:
    state = shown.findChild(PlainLabel, "training-state")
    assert state is not None
    for step in range(1, 2001):
        shown.show_step(step, 2000 / step, 1.0)
    shown.show_evaluation(2000, 0.75, 1.0)
    shown.show_step(2001, 1.0, 1.0)
    assert state.text() == "Step 2,001; loss 1.00; best F 0.750"
    assert len(shown.curve.losses) <= 601
    assert shown.curve.accessibleDescription() == "F 0.750 after 2,000 steps, 0.750 at best"
    assert not shown.grab().isNull()
    shown.next_run()
    assert (shown.curve.losses, shown.curve.scores) == ([], [])


def test_closing_cancels_and_the_best_can_be_kept(shown: TrainingDialog) -> None:
    heard: list[str] = []
    shown.cancel_requested.connect(lambda: heard.append("cancel"))
    shown.enough_requested.connect(lambda: heard.append("enough"))
    enough = shown.findChild(QPushButton, "training-enough")
    assert enough is not None
    assert not enough.isEnabled(), "there is nothing to keep yet"
    shown.show_evaluation(10, 0.5, 0.25)
    assert not enough.isEnabled(), "that is for the curve"
    shown.show_evaluation(10, 0.5, 1.0)
    enough.click()
    shown.reject()
    assert heard == ["enough", "cancel"]


def test_scores_are_shown_at_the_end(shown: TrainingDialog) -> None:
    heard: list[str] = []
    shown.cancel_requested.connect(lambda: heard.append("cancel"))
    scores = [LabelScore("A", 10, 8, 4), LabelScore("all", 10, 8, 4)]
    shown.finish("Done.", scores, [("25%", "0.40"), ("100%", "0.44")])
    words = {label.text() for label in shown.findChildren(PlainLabel)}
    assert {"A", "0.50", "0.40", "0.44", "with 25% of the documents"} <= words
    shown.reject()
    assert heard == []
