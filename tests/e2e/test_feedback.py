"""After release an annotator sees what became of their marks, and why; a lead what the guideline leaves unclear."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QListWidget,
    QTableWidget,
    QTreeWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.core.decision import Outcome
from app.services.review.reviewer import Remarks as ReviewerSaid
from app.services.review.reviewer import Reviewer
from app.session.session import Session
from app.ui.feedback.dialog import FeedbackDialog
from app.ui.review.guideline import QuestionsDialog
from tests.e2e.test_review import ReviewDriver
from tests.made_once import made_once
from tests.team import Remarks, team_project, work
from tests.widget.editor.canvases import click, middle
from tests.widget.test_keys import press

ANA_ALONE = Remarks("Kursk", "GPE", layer="entity")
NAMES = ("ben", "cara", "Rina")


class Team(ReviewDriver):
    """The driver, with the dialogs of feedback."""

    def column(self, name: str) -> int:
        """Return the number of the column that has somebody's version of the group."""
        uid = self.entry.group.versions[name].uid
        return next(n for n in range(1, 10) if self.review.card.table.uid_of(n) == uid)

    def decide_all(self) -> None:
        """Decide every group by keys, with every outcome, a reason and a note here and there."""
        self.seek("slave trade")
        self.press("R", "R", "M")
        self.type("tie rule 3")
        self.press("Return", "G", str(self.column("ben")))
        self.seek("senator")
        self.press("U", "Return")
        self.seek("two days")
        self.press("E", "Ctrl+A")
        self.type("roughly two hours")
        self.press("Return")
        self.seek("Far East")
        self.press("R", "G", str(self.column("ben")))
        self.seek("Kursk")
        self.press("R", "R", "R", "R", "M")
        self.type("a region here")
        self.press("Return", "X")
        self.press("Shift+A")
        assert set(self.decisions().values()) == {
            *(Outcome.ACCEPTED, Outcome.COMBINED, Outcome.EDITED, Outcome.REJECTED)
        }

    def release(self) -> None:
        """Release every document, by the dialog."""
        self.press("Ctrl+Shift+L")
        rows = self.dialog("release-dialog").findChild(QListWidget, "release-list")
        for row in range(rows.count()):
            rows.item(row).setCheckState(Qt.CheckState.Checked)
        self.click("release-dialog-accept")

    def become(self, name: str) -> None:
        """Work under another name."""
        self.palette("Switch annotator")
        self.dialog("who-dialog")
        self.press("Ctrl+A")
        self.type(name)
        self.press("Return")
        self.wait(lambda: self.session.annotator == name)

    def feedback(self) -> FeedbackDialog:
        """Open the feedback and wait until it has read."""
        self.press("Ctrl+Shift+J")
        dialog = self.dialog("feedback-dialog")
        assert isinstance(dialog, FeedbackDialog)
        self.wait(lambda: not dialog._runner.is_busy)
        self.settle()
        return dialog

    def questions(self) -> QuestionsDialog:
        """Open the guideline questions and wait until they are read."""
        self.press("Shift+G")
        dialog = self.dialog("questions-dialog")
        assert isinstance(dialog, QuestionsDialog)
        self.wait(lambda: "Reading" not in dialog.lead.text())
        return dialog


def rows_of(model: QAbstractItemModel) -> list[str]:
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def card(dialog: FeedbackDialog) -> dict[str, str]:
    """Return what the labels of the card say, by object name; those of the fields are joined."""
    found: dict[str, str] = {}
    for label in dialog.card.findChildren(QLabel):
        if label.isVisibleTo(dialog) and label.text():
            known = found.get(label.objectName())
            found[label.objectName()] = label.text() if known is None else f"{known} | {label.text()}"
    return found


def everything(window: QWidget) -> str:
    """Return all that a window shows or tells to a screen reader: labels, buttons, tooltips, rows, cells."""
    said: list[str] = [window.windowTitle()]
    for widget in [window, *window.findChildren(QWidget)]:
        said += [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(), widget.whatsThis()]
        text = getattr(widget, "text", None)
        if callable(text):
            said.append(str(text()))
        elif isinstance(text, str):
            said.append(text)
        if isinstance(widget, QComboBox):
            said += [widget.itemText(n) for n in range(widget.count())]
        if isinstance(widget, QAbstractItemView):
            said += all_data(widget)
    return "\n".join(said)


def all_data(view: QAbstractItemView) -> list[str]:
    """Return what the rows of a list or table show and tell, and the titles of a table's columns."""
    roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
    model = view.model()
    columns = range(view.columnCount()) if isinstance(view, QTableWidget) else range(1)
    indexes = [model.index(row, column) for row in range(model.rowCount()) for column in columns]
    found = [str(index.data(role)) for index in indexes for role in roles]
    return found + [str(model.headerData(column, Qt.Orientation.Horizontal)) for column in columns]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return alone(tmp_path)


@made_once
def alone(folder: Path) -> Path:
    """Make a project of three annotators in which ana has one mark that nobody else has."""
    path = folder / "team.stet"
    document = team_project(path)
    session = Session.open(path, annotator="ana")
    work(session, "ana", document, [ANA_ALONE], done=False)
    session.close()
    return path


@pytest.fixture
def stet(qtbot: QtBot, path: Path) -> Iterator[Team]:
    """Stet with Rina in Review."""
    driver = Team(qtbot)
    driver.start(path, annotator="Rina")
    driver.go()
    yield driver
    driver.quit()


def test_before_release_feedback_shows_only_an_explanation(stet: Team) -> None:
    stet.decide_all()
    stet.become("ana")
    dialog = stet.feedback()
    said = everything(dialog)
    assert "No documents have been released yet" in said
    assert "reviewers" in dialog._empty.text()
    assert not rows_of(dialog.lists.documents_model)
    assert "Kursk" not in said
    assert "tie rule 3" not in said
    assert dialog.text.canvas.text == ""
    stet.press("Esc")
    assert stet.find_dialog("feedback-dialog") is None


def test_an_annotator_steps_through_changes_and_reads_reasons(stet: Team) -> None:
    stet.decide_all()
    stet.release()
    stet.press("Ctrl+1")
    stet.become("ana")
    dialog = stet.feedback()
    (document,) = rows_of(dialog.lists.documents_model)
    assert document.endswith("2 kept · 3 changed · 1 rejected · 1 missed")
    assert dialog.text.canvas.text.startswith("What comes next")
    assert dialog.lists.only.isChecked()
    assert len(rows_of(dialog.lists.verdicts_model)) == 5
    seen: dict[str, dict[str, str]] = {}
    for _ in range(5):
        view = dialog.text.canvas.view
        verdict = dialog._document.verdicts[int(view.chosen)]
        assert view.caret == verdict.shown.start
        seen[verdict.shown.quote] = card(dialog)
        stet.press("N")
    assert len(seen) == 5
    assert dialog.card.findChild(QLabel, "verdict-number").text() == "1 OF 5"
    trade = seen["restricted slave trade"]
    assert trade["verdict-fate"] == "Changed"
    assert trade["verdict-sentence"] == "Gold has a different severity and correction."
    assert "limited prisoner exchange" in trade["verdict-cell"]
    assert {"verdict-differs-severity", "verdict-differs-correction"} <= trade.keys()
    assert "verdict-differs-label" not in trade
    assert "3 of 3 annotators had marked something here." in trade["verdict-said"]
    assert "Reason: annotator error" in trade["verdict-said"]
    assert "the guideline is unclear" in trade["verdict-said"]
    assert trade["verdict-note"] == "Note: tie rule 3"
    assert "Tortured" in trade["verdict-definitions"]
    assert seen["senator"]["verdict-sentence"] == "Gold has a different range."
    assert "US senator" in seen["senator"]["verdict-cell"]
    assert "changed by the reviewer" in seen["two days"]["verdict-said"]
    assert seen["Far East"]["verdict-fate"] == "Missed"
    assert seen["Far East"]["verdict-sentence"] == "You had no mark here."
    assert "1 of 3 annotators" in seen["Far East"]["verdict-said"]
    assert seen["Kursk"]["verdict-fate"] == "Rejected"
    assert seen["Kursk"]["verdict-note"] == "Note: a region here"
    QApplication.sendEvent(dialog, press("з", "P"))  # P of a Russian keyboard
    assert dialog.card.findChild(QLabel, "verdict-number").text() == "5 OF 5"
    QApplication.sendEvent(dialog, press("з", ""))
    assert "Latin layout" in dialog.findChild(QLabel, "feedback-keys").text()


def test_nobody_else_is_named_anywhere(stet: Team) -> None:
    stet.decide_all()
    stet.release()
    stet.become("ana")
    dialog = stet.feedback()
    stet.click("feedback-only")
    stet.settle()
    assert not dialog.lists.only.isChecked()
    assert len(rows_of(dialog.lists.verdicts_model)) == 7
    said = ""
    for _ in range(7):
        said += everything(dialog)
        stet.press("N")
    assert "Gold says the same." in said
    assert not [name for name in NAMES if name in said]
    assert not dialog.findChild(QComboBox, "feedback-who").isVisible()


def test_the_table_says_how_often_each_label_was_overturned(stet: Team) -> None:
    stet.decide_all()
    stet.release()
    stet.become("ana")
    table = stet.feedback().findChild(QTableWidget, "feedback-labels")
    rows = [[table.item(row, n).text() for n in range(table.columnCount())] for row in range(table.rowCount())]
    by = {row[0]: row[1:] for row in rows}
    assert rows[0][0] == "All labels"
    assert by["All labels"] == ["6", "2", "3", "1", "1", "0", "67\u00a0% of 6"]
    assert [row[-1] for row in rows if row[5] == "1" and row[0] != "All labels"] == ["n/a (only missed)"]
    assert by["Person"][-1] == "0\u00a0% of 1"
    assert stet.shown("feedback-labels-title") == "YOUR MARKS BY LABEL · 1 RELEASED DOCUMENT"


def test_keys_reach_every_pane_and_clicking_a_kept_mark_lists_it(stet: Team) -> None:
    stet.decide_all()
    stet.release()
    stet.become("ana")
    dialog = stet.feedback()
    lists = dialog.lists
    assert stet.target() is lists.verdicts
    stet.press("F6")
    assert stet.target() is dialog.text.canvas
    stet.press("N")
    assert dialog.card.findChild(QLabel, "verdict-number").text() == "2 OF 5"
    before = dialog.text.canvas.view.caret
    stet.press("Right")
    assert dialog.text.canvas.view.caret == before + 1
    stet.press("F6")
    assert stet.target() is dialog.labels.table
    stet.press("F6", "F6")
    assert stet.target() is lists.verdicts
    stet.press("Down")
    assert dialog.card.findChild(QLabel, "verdict-number").text() == "3 OF 5"
    kept = next(n for n, v in enumerate(dialog._document.verdicts) if v.shown.quote == "Puttin")
    dialog.text.canvas.scroll_to(dialog._document.verdicts[kept].shown.start)
    click(dialog.text.canvas, middle(dialog.text.canvas, "Puttin"))
    assert dialog.findChild(QCheckBox, "feedback-only").isChecked() is False
    assert card(dialog)["verdict-sentence"] == "Gold says the same."
    stet.click("feedback-open")
    assert stet.find_dialog("feedback-dialog") is None
    canvas = stet.workspace.text.canvas
    assert canvas.text[canvas.view.caret :].startswith("Puttin")


def test_a_reviewer_chooses_whose_marks_and_others_cannot(stet: Team) -> None:
    stet.decide_all()
    stet.release()
    dialog = stet.feedback()
    who = dialog.findChild(QComboBox, "feedback-who")
    assert who.isVisible()
    assert [who.itemText(n) for n in range(who.count())] == ["ana", "ben", "cara", "Rina"]
    assert "ana’s mark" in stet.shown("feedback-legend-mine")
    who.setCurrentIndex(1)
    who.activated.emit(1)
    stet.wait(lambda: "ben’s mark" in stet.shown("feedback-legend-mine"))
    assert "BEN’S MARKS BY LABEL" in stet.shown("feedback-labels-title")
    who.setCurrentIndex(3)
    who.activated.emit(3)
    stet.wait(lambda: "none finished by you" in dialog._empty.text())


def test_who_had_not_finished_sees_no_gold(stet: Team) -> None:
    stet.decide_all()
    stet.release()
    stet.become("newcomer")
    dialog = stet.feedback()
    assert "1 document is released, but none finished by you" in dialog._empty.text()
    assert dialog.text.canvas.text == ""


def test_flagged_questions_group_by_labels_and_open_their_group(stet: Team, tmp_path: Path) -> None:
    stet.decide_all()
    dialog = stet.questions()
    tree = dialog.findChild(QTreeWidget, "questions-tree")
    tops = [tree.topLevelItem(n) for n in range(tree.topLevelItemCount())]
    assert [top.text(0).rpartition(" · ")[2] for top in tops] == ["1", "1"]
    assert any(top.text(0).startswith("nothing / ") for top in tops)
    assert "2 decisions flagged as unclear, 2 questions" in dialog.lead.text()
    trade = next(top.child(0) for top in tops if not top.text(0).startswith("nothing"))
    assert "“restricted slave trade”" in trade.text(0)
    assert trade.text(2) == "annotator error"
    assert trade.text(3) == "tie rule 3"
    # Saved in both ways.
    for suffix, name in (("md", "questions-markdown"), ("csv", "questions-csv")):
        stet.click(name)
        stet.dialog("save-questions")
        stet.fill("questions-path", str(tmp_path / f"out.{suffix}"))
        stet.click("save-questions-accept")
        stet.wait(lambda: stet.find_dialog("save-questions") is None)
    assert "**restricted slave trade**" in (tmp_path / "out.md").read_text()
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["quote"] for row in rows} == {"restricted slave trade", "Far East"}
    # And Enter leads to the group, which is decided and so wasn't in the queue.
    tree.setCurrentItem(trade)
    tree.setFocus()
    stet.press("Return")
    assert stet.find_dialog("questions-dialog") is None
    assert "slave trade" in stet.entry.quote


def test_without_flags_it_says_how_to_flag(stet: Team) -> None:
    dialog = stet.questions()
    assert "press G" in dialog.lead.text()
    assert Reviewer(stet.session).releases() == set()


def test_in_a_small_window_the_dialog_and_its_card_fit(stet: Team) -> None:
    stet.decide_all()
    stet.release()
    stet.window.resize(1024, 700)
    stet.press("Ctrl+1")
    stet.become("ana")
    dialog = stet.feedback()
    assert dialog.width() <= 1024
    assert dialog.card.width() >= 310


def test_stepping_goes_on_in_the_next_document_with_a_difference(qtbot: QtBot, path: Path) -> None:
    session = Session.open(path, annotator="rina")
    reviewing = Reviewer(session)
    rows = session.reader.documents.rows(session.reader.documents.keys(), annotator=None)
    other = [row.uid for row in rows if not row.references][:2]
    for document in other:
        words = session.reader.document(document).text.split()[0]
        work(session, "ana", document, [Remarks(words, "PERSON", layer="entity")])
    (group,) = reviewing.sheet(other[0]).groups
    reviewing.reject(group, ReviewerSaid(note="no person"))
    (group,) = reviewing.sheet(other[1]).groups
    reviewing.take(group, {"range": group.sources[0], "label": group.sources[0]})
    reviewing.release(other)
    session.close()
    driver = Team(qtbot)
    driver.start(path, annotator="Rina")
    driver.go()
    driver.decide_all()
    driver.release()
    driver.become("ana")
    dialog = driver.feedback()
    assert len(rows_of(dialog.lists.documents_model)) == 3
    titles = set()
    for _ in range(6):
        titles.add(dialog.text.findChild(QLabel, "feedback-title").text())
        driver.press("N")
    assert len(titles) == 2, "gold keeps all of the third one"
    first = dialog._document
    driver.press("P")
    assert dialog._document is not first
    driver.press("Shift+F6", "Down")
    assert dialog._document is not first
    driver.quit()
