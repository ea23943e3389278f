"""A model trained from a real window: people go on marking meanwhile, and the model then suggests."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox

from app.core.annotation import Fragment, Status
from app.core.document import Document, sha256
from app.core.record import DocumentRecord, SetRecord
from app.session.session import Session
from app.storage.records import insert_records
from app.ui.dialogs.training_window import TrainingDialog
from app.ui.widgets.fields import LineEdit
from tests.conftest import scheme_source
from tests.driver import Driver
from tests.unit.build import annotation

pytestmark = pytest.mark.slow  # each trains in a process of its own: with the campaigns

NAMES = ("Anna", "Boris", "Clara", "David", "Emil", "Frida", "Greta", "Hugo", "Ida", "Jakob", "Karl", "Lena")


def record(number: int, name: str) -> DocumentRecord:
    text = f"{name} {'came' if number % 2 else 'went away'} on day {number} of {number * 7}.\n"
    mark = annotation(text, (0, len(name)), layer="entity", label="PERSON")
    work = SetRecord("Ana", "person", Status.DONE, "news-errors@1", 0.0, (mark,), ())
    document = Document(uid=f"u{number}", name=f"d{number}.txt", text=text, sha256=sha256(text))
    return DocumentRecord(document, (), (work,) if number < 30 else ())


@pytest.fixture
def team(stet: Driver, tmp_path: Path) -> Driver:
    path = tmp_path / "p.stet"
    session = Session.create(path, scheme=scheme_source("news-errors"))
    with session.project.atomic():
        records = [record(n, NAMES[n % len(NAMES)]) for n in range(32)]
        insert_records(session.project, records, batch=1, tick=lambda _count: None)
    session.close()
    stet.start(path, annotator="Ana")
    return stet


def begin(stet: Driver) -> TrainingDialog:
    """Ask for a model in the project's folder, and wait until it is being trained."""
    stet.palette("Train a model")
    asked = stet.dialog("train-dialog")
    line = asked.findChild(LineEdit, "train-path")
    assert line is not None
    assert Path(line.text()).name == "p-entity-model"
    stet.press("Return")
    shown = stet.dialog("training-dialog")
    assert isinstance(shown, TrainingDialog)
    stet.qtbot.waitUntil(lambda: bool(shown.curve.scores), timeout=120_000)
    return shown


def test_one_marks_while_a_model_is_trained_and_it_suggests(team: Driver, tmp_path: Path) -> None:
    shown = begin(team)
    assert not shown.isModal()
    assert shown.curve.losses
    team.qtbot.waitUntil(lambda: shown.is_over, timeout=300_000)
    assert (tmp_path / "p-entity-model" / "README.md").is_file()
    shown.close()
    team.press("Ctrl+Alt+G")
    dialog = team.dialog("suggest-dialog")
    for box in dialog.findChildren(QCheckBox):
        box.setChecked("en_p_entity 1.0.0: “entity”, trained here" in box.text())
    where = dialog.findChild(QComboBox, "suggest-where")
    assert where is not None
    where.setCurrentIndex(1)
    team.press("Return")
    assert team.window is not None
    session = team.window.desk.projects.session
    assert session is not None
    key = session.reader.documents.key_of("u30")
    assert key is not None
    table = session.executor.suggesting.suggestions
    team.qtbot.waitUntil(lambda: bool(table.of_document(key)), timeout=60_000)
    (found,) = table.of_document(key)
    assert (found.label, found.fragments, found.maker) == ("PERSON", (Fragment(0, 5),), "spacy:en_p_entity")


def test_closing_the_training_leaves_nothing_but_its_state(team: Driver, tmp_path: Path) -> None:
    shown = begin(team)
    training = team.window.desk.training if team.window is not None else None
    assert training is not None
    shown.close()
    team.wait(lambda: not training.is_busy)
    assert not (tmp_path / "p-entity-model").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []
