"""The export dialog offers what the command line does, and says first what will be written."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QSpinBox
from pytestqt.qtbot import QtBot

from app.core.document_conditions import Condition
from app.core.errors import FormatError, StetError
from app.exchange.selection import LeftOut
from app.jobs.tasks.export_preview import ExportPreview
from app.ui.dialogs.export_choice import Chosen
from app.ui.dialogs.export_dialog import ExportDialog, ExportRequest
from tests.unit.build import SCHEME
from tests.widget.widgets import child, on_screen, pick, press, text_of, write

FOUND = ExportPreview(12, 15, (("train", 10), ("test", 2)), {LeftOut.UNFINISHED: 3, LeftOut.SKIPPED: 1}, 7)


class Counter:
    """Answers what a request would write, at once."""

    def __init__(self) -> None:
        self.asked: list[ExportRequest] = []
        self.answer: ExportPreview | StetError = FOUND

    def __call__(self, request: ExportRequest, tell: Callable[[ExportPreview | StetError], None]) -> None:
        self.asked.append(request)
        tell(self.answer)


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def dialog(qtbot: QtBot, tmp_path: Path, counter: Counter) -> ExportDialog:
    project = tmp_path / "news.stet"
    project.touch()
    made = ExportDialog(project, ["ana", "ben"], "ben", has_gold=True, scheme=SCHEME, preview=counter)
    return on_screen(qtbot, made)


def answer_of(dialog: ExportDialog) -> ExportRequest:
    """Press Export and return the answer."""
    answers: list[ExportRequest] = []
    dialog.answered.connect(answers.append)
    press(dialog, "export-dialog-accept")
    (answer,) = answers
    return answer


def choose(dialog: ExportDialog, name: str, title: str) -> None:
    combo = child(dialog, QComboBox, name)
    combo.setCurrentIndex(combo.findText(title))
    assert combo.currentText() == title


def test_finished_documents_are_exported_unless_more_is_asked(dialog: ExportDialog) -> None:
    answer = answer_of(dialog)
    assert answer.chosen == Chosen()
    assert answer.wanted == {
        "pooling": None,
        **{"format": "training", "annotators": ["ben"], "every_annotator": False, "gold": False},
        **{"unfinished": False, "where": (), "layers": (), "split": None},
    }


@pytest.mark.parametrize(
    ("title", "unfinished", "status"),
    [
        ("Unfinished documents too", True, None),
        ("Only those with marks that are done", False, "done"),
        ("Only those done with nothing to mark", False, "done_empty"),
        ("Only unfinished ones with marks", False, "open"),
    ],
)
def test_any_status_can_be_asked_for(dialog: ExportDialog, title: str, unfinished: bool, status: str | None) -> None:
    choose(dialog, "export-documents", title)
    chosen = answer_of(dialog).chosen
    assert chosen.unfinished is unfinished
    assert chosen.where == ((Condition("status", status),) if status else ())


def test_a_format_with_everything_offers_other_documents(dialog: ExportDialog) -> None:
    pick(child(dialog, QComboBox, "export-format"), "stet")
    documents = child(dialog, QComboBox, "export-documents")
    assert documents.currentText() == "All documents"
    choose(dialog, "export-documents", "Finished documents")
    assert answer_of(dialog).chosen.where == (Condition("status", "finished"),)


def test_conditions_layer_and_split_are_handed_over(dialog: ExportDialog) -> None:
    choose(dialog, "export-annotator", "Gold (reviewed)")
    choose(dialog, "export-layer", "Error")
    pick(child(dialog, QComboBox, "export-label"), "TERM")
    write(child(dialog, QLineEdit, "export-name"), "news-*")
    write(child(dialog, QLineEdit, "export-meta"), "source=web, year=2025")
    child(dialog, QComboBox, "export-split").setEditText("70/30")
    child(dialog, QSpinBox, "export-seed").setValue(7)
    write(child(dialog, QLineEdit, "export-group"), "author")
    answer = answer_of(dialog)
    assert answer.gold
    assert answer.chosen.layers == ("error",)
    assert answer.chosen.where == (
        *(Condition("name", "news-*"), Condition("label", "TERM")),
        *(Condition("meta.source", "web"), Condition("meta.year", "2025")),
    )
    split = answer.wanted["split"]
    assert (split.shares, split.seed, split.group_by, split.names) == ((70, 30), 7, "author", ("train", "test"))


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("export-meta", "web", "“web” isn't metadata. Write key=value, such as source=web."),
        ("export-meta", "=web", "“=web” isn't metadata. Write key=value, such as source=web."),
        ("export-split", "80", "“80” isn't a split. Write 80/20 for train/test or 80/10/10 for train/dev/test."),
    ],
)
def test_what_makes_no_sense_is_said_at_once(
    qtbot: QtBot, dialog: ExportDialog, counter: Counter, name: str, text: str, complaint: str
) -> None:
    if name == "export-split":
        child(dialog, QComboBox, name).setEditText(text)
    else:
        write(child(dialog, QLineEdit, name), text)
    qtbot.waitUntil(lambda: text_of(dialog, "export-summary") == complaint)
    press(dialog, "export-dialog-accept")
    assert dialog.isVisible()
    assert text_of(dialog, "export-dialog-complaint") == complaint


def test_a_seed_is_asked_for_with_a_split_only(dialog: ExportDialog) -> None:
    fields = (child(dialog, QSpinBox, "export-seed"), child(dialog, QLineEdit, "export-group"))
    assert not any(field.isEnabled() for field in fields)
    child(dialog, QComboBox, "export-split").setCurrentText("80/20")
    assert all(field.isEnabled() for field in fields)


def test_the_summary_says_what_is_left_out(qtbot: QtBot, dialog: ExportDialog, counter: Counter) -> None:
    summary = child(dialog, QLabel, "export-summary")
    qtbot.waitUntil(lambda: bool(counter.asked))
    assert summary.text() == (
        "Will be written: 12 documents, 15 records (train 10, test 2)\n"
        "Left out: 3 not finished, 1 skipped, 7 without what you ask for"
    )
    counter.answer = FormatError("there is no gold in the project yet", hint="review the marks first")
    choose(dialog, "export-annotator", "Gold (reviewed)")
    qtbot.waitUntil(lambda: summary.text() == "There is no gold in the project yet. Review the marks first.")
    assert counter.asked[-1].gold
    counter.answer = ExportPreview(0, 0, (), {LeftOut.UNTOUCHED: 2, LeftOut.UNSTARTED: 1, LeftOut.ONLY_REFERENCE: 1}, 0)
    choose(dialog, "export-annotator", "Everyone")
    qtbot.waitUntil(lambda: summary.text().startswith("Will be written: 0 documents"))
    assert summary.text().endswith("Left out: 2 opened but not marked, 1 not begun, 1 only for reference")


@pytest.mark.parametrize(
    ("title", "pooling"),
    [("What more than half marked", "majority"), ("Soft labels: each mark with its share", "soft")],
)
def test_what_annotators_come_to_can_be_asked_for(dialog: ExportDialog, title: str, pooling: str) -> None:
    choose(dialog, "export-annotator", title)
    wanted = answer_of(dialog).wanted
    assert (wanted["pooling"], wanted["annotators"], wanted["every_annotator"]) == (pooling, [], False)


def test_the_files_that_will_come_are_named(dialog: ExportDialog) -> None:
    write(child(dialog, QLineEdit, "export-path"), "/tmp/news.jsonl")
    assert text_of(dialog, "export-files") == "Files: news.jsonl, news.manifest.json, news.card.md"
    child(dialog, QComboBox, "export-split").setEditText("70/30")
    assert text_of(dialog, "export-files").startswith("Files: news.train.jsonl, news.test.jsonl, news.manifest.json")
    pick(child(dialog, QComboBox, "export-format"), "brat")
    child(dialog, QComboBox, "export-split").setCurrentIndex(0)
    write(child(dialog, QLineEdit, "export-path"), "/tmp/folder")
    assert text_of(dialog, "export-files") == ("Files: folder/: annotation.conf, visual.conf, a file for each document")
