"""A reviewer's sitting, by keys alone: every kind of decision, undone and done again, found in the export."""

import gc
import threading
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QListView, QListWidget, QPlainTextEdit, QPushButton, QTableWidget
from pytestqt.qtbot import QtBot

from app.core.annotation import Annotation, Fragment, Status
from app.core.decision import Outcome, Reason
from app.core.edits import AddAnnotation, Batch, SetStatus
from app.core.errors import Cancelled
from app.core.ids import new_uid
from app.core.progress import CancelToken, Progress
from app.jobs.tasks import rule_preview
from app.review.automerge import MergeStrategy, Rule
from app.review.decision_status import GroupStatus
from app.services.review.decision_edits import DocumentReview
from app.services.review.reviewer import AutoResult, Reviewer
from app.services.review.sheets import ReviewPlan, Sheet
from app.session.actions import Action, SetEdit
from app.session.session import Session
from app.ui.review.book import QueueEntry
from app.ui.review.highlights import ReviewHighlights
from app.ui.review.workspace import ReviewWorkspace
from app.ui.widgets.labels import plain
from tests.conftest import add_documents, scheme_source
from tests.driver import Driver
from tests.e2e import projects
from tests.e2e.test_trouble import stored
from tests.hindrances import cannot_be_written
from tests.newsroom import newsroom
from tests.team import ANA, team_project, work
from tests.widget.editor.canvases import click, middle


class ReviewDriver(Driver):
    """The driver, in the Review workspace."""

    @property
    def review(self) -> ReviewWorkspace:
        """The Review workspace."""
        assert self.window is not None
        assert self.window.desk.spaces is not None
        return self.window.desk.spaces.made["review"]

    def go(self) -> None:
        """Go to Review and wait for the groups."""
        self.press("Ctrl+2")
        self.wait(lambda: self.review.book.is_loaded)
        self.settle()

    @property
    def entry(self) -> QueueEntry:
        """The group that is looked at."""
        assert self.review.entry is not None
        return self.review.entry

    def seek(self, words: str) -> None:
        """Press N until a group with these words is looked at."""
        for _ in range(self.review.model.rowCount()):
            if words in self.entry.quote:
                return
            self.press("N")
        assert words in self.entry.quote

    def gold(self) -> dict[str, tuple[str, str | None]]:
        """Return label and correction of the gold marks by quote."""
        state = self.review.book.reviewing.gold(self.review.sides.document)
        return {a.quote: (a.label, a.correction) for a in state.annotations.values()}

    def decisions(self) -> dict[str, Outcome]:
        """Return the standing outcomes by the text of their group's gold or sources."""
        found = self.review.book.reviewing.sheet(self.review.sides.document)
        names = {v.uid: v.quote for group in found.groups for v in group.versions.values()}
        return {names[d.sources[0]] if d.sources else "(new)": d.outcome for d in found.decisions}


def unmarked(stet: ReviewDriver, *people: str) -> str:
    """Have people finish a new document without a mark; return its uid."""
    (document,) = add_documents(stet.session, {"clean.txt": "The council met again."})
    for name in people:
        work(stet.session, name, document, [])
    stet.wait(lambda: stet.review.book.is_loaded)
    stet.settle()
    return document


@pytest.fixture
def stet(qtbot: QtBot, tmp_path: Path) -> Iterator[ReviewDriver]:
    """Stet on a project that three annotators have finished, with Rina in front of it."""
    path = tmp_path / "team.stet"
    team_project(path)
    driver = ReviewDriver(qtbot)
    driver.start(path, annotator="Rina")
    driver.go()
    yield driver
    driver.quit()


def badges(stet: ReviewDriver) -> dict[str, str]:
    """Return what the badges in the text say, by the words that they stand under."""
    canvas = stet.review.text.canvas
    layout = canvas.text_layout
    found = [badge.highlight for number in range(len(layout.blocks)) for badge in layout.block(number).badges]
    return {canvas.text[m.fragments[0].start : m.fragments[-1].end]: m.badge for m in found}


def test_badges_show_conflict_kinds_and_decisions(stet: ReviewDriver) -> None:
    stet.seek("two days")
    before = badges(stet)
    assert before["Donald Trump"] == "="
    assert before["two days"] == "≠ BOUNDARY +1"
    assert before["Far East"] == "≠ MISSING"
    stet.press("X")
    stet.wait(lambda: badges(stet)["two days"] == "✗ rejected")
    assert badges(stet)["Far East"] == "≠ MISSING"


def test_decisions_are_kept_while_the_file_takes_nothing(stet: ReviewDriver) -> None:
    file = stored(stet)
    with cannot_be_written(stet.session):
        stet.press("A")
        taken = stet.decisions()
        assert taken
        stet.seek("two days")
        stet.press("X")
        assert len(stet.decisions()) == len(taken) + 1
        stet.press("Ctrl+Z")
        assert stet.decisions() == taken
        assert len(stet.session.kept) == 3
        stet.press("Ctrl+1", "Ctrl+2")
        stet.wait(lambda: stet.review.book.is_loaded)
        assert stet.decisions() == taken
        assert stored(stet) == file
    stet.window.desk.care.look()
    assert stet.shown("status-saved") == "✓ saved"
    assert stet.decisions() == taken
    assert len(stored(stet)) > len(file)


def test_the_queue_begins_where_they_are_furthest_apart(stet: ReviewDriver) -> None:
    assert "slave trade" in stet.entry.quote
    assert {kind.value for kind in stet.entry.group.differences} == {
        *("boundary", "label", "severity", "correction", "evidence")
    }
    assert stet.shown("review-progress") == "CONFLICTS · 0 OF 4 DECIDED"
    assert "Predicate" in stet.shown("conflict-definitions")
    assert "names hidden" in stet.shown("review-hidden")
    assert stet.review.text.canvas.text.startswith("What comes next")
    assert "EVIDENCE OF" in stet.shown("review-reference-title")


def test_what_narrows_the_queue_is_there_when_there_is_a_choice(stet: ReviewDriver) -> None:
    narrowing = stet.window.findChild(QComboBox, "review-only")
    assert not narrowing.isVisible()
    stet.click("order-kind")
    assert narrowing.isVisible()
    assert narrowing.currentText() == "all"
    stet.click("order-disagreement")
    assert not narrowing.isVisible()


def test_a_click_on_highlighted_words_goes_to_their_group(stet: ReviewDriver) -> None:
    stet.seek("two days")
    canvas = stet.review.text.canvas
    place = canvas.text.index("Far East")
    canvas.scroll_to(place)
    click(canvas, middle(canvas, "Far East"))
    assert "Far East" in stet.entry.quote
    click(canvas, middle(canvas, "What comes next"))  # no one has marked these words
    assert "Far East" in stet.entry.quote


def test_every_kind_of_decision_by_keys(stet: ReviewDriver) -> None:
    # One version whole, with a reason and a note.
    stet.seek("slave trade")
    columns = stet.review.card.table
    number = next(n for n in (1, 2, 3) if columns.uid_of(n) == stet.entry.group.versions["ana"].uid)
    stet.press("R", "R", "M")
    stet.type("tie rule 3")
    stet.press("Return", str(number))
    assert stet.gold()["restricted slave trade"] == ("TORTURED_TERM", "prisoner exchange")
    # Put together: the union of the ranges, the correction from Ben.
    stet.seek("senator")
    ben = next(n for n in (1, 2, 3) if columns.uid_of(n) == stet.entry.group.versions["ben"].uid)
    while columns.field != "correction":
        stet.press("Alt+Down")
    stet.press(f"Alt+{ben}", "U", "Return")
    assert stet.gold()["US senator"] == ("ROLE_ATTRIBUTE", "US President")
    # The reviewer's own.
    stet.seek("two days")
    stet.press("E")
    assert stet.review.card.is_editing
    stet.press("Ctrl+A")
    stet.type("roughly two hours")
    stet.press("Return")
    assert stet.gold()["two days"] == ("TIME", "roughly two hours")
    # None of it stands.
    stet.seek("Far East")
    stet.press("X")
    assert sorted(stet.decisions().values()) == sorted(
        (Outcome.ACCEPTED, Outcome.COMBINED, Outcome.EDITED, Outcome.REJECTED)
    )
    decided = {d.outcome: d for d in stet.review.book.reviewing.sheet(stet.review.sides.document).decisions}
    assert decided[Outcome.ACCEPTED].reason is Reason.ANNOTATOR_ERROR
    assert decided[Outcome.ACCEPTED].note == "tie rule 3"
    assert decided[Outcome.COMBINED].fields["range"] == "union"
    assert decided[Outcome.EDITED].fields["correction"] == "reviewer"
    assert decided[Outcome.EDITED].fields["label"] != "reviewer"
    # What is agreed, in one step; then the document's gold is done.
    stet.press("Shift+A")
    gold = stet.review.book.reviewing.gold(stet.review.sides.document)
    assert len(gold.annotations) == 5
    assert gold.status is Status.DONE
    assert stet.shown("review-progress") == "CONFLICTS · 4 OF 4 DECIDED"
    # And all of it back, one by one.
    for _ in range(5):
        stet.press("Ctrl+Z")
    assert not stet.review.book.reviewing.gold(stet.review.sides.document).annotations
    for _ in range(5):
        stet.press("Ctrl+Shift+Z")
    assert len(stet.gold()) == 5


def column(stet: ReviewDriver, name: str) -> str:
    """Return the number of an annotator's version."""
    uid = stet.entry.group.versions[name].uid
    return next(str(n) for n in range(1, 10) if stet.review.card.table.uid_of(n) == uid)


def pick(stet: ReviewDriver, field: str, name: str) -> None:
    """Pick a field of the group from an annotator's version."""
    while stet.review.card.table.field != field:
        stet.press("Alt+Down")
    stet.press(f"Alt+{column(stet, name)}")


def test_the_union_takes_the_words_it_gains_into_the_correction(stet: ReviewDriver) -> None:
    stet.seek("two days")
    pick(stet, "correction", "ben")  # “hours” for “days”
    stet.press("U")
    assert stet.shown("conflict-fitted") == "Gold will say “two hours” for “two days”."
    stet.press("Return")
    assert stet.gold()["two days"] == ("TIME", "two hours")
    stet.seek("senator")
    pick(stet, "correction", "ana")  # “President” for “senator”
    stet.press("U")
    assert stet.shown("conflict-fitted") == "Gold will say “US President” for “US senator”."
    stet.press("Return")
    assert stet.gold()["US senator"] == ("ROLE_ATTRIBUTE", "US President")
    decided = stet.review.book.reviewing.sheet(stet.review.sides.document).decisions[-1]
    assert (decided.fields["range"], decided.outcome) == ("union", Outcome.COMBINED)


def test_a_correction_that_does_not_fit_is_asked_for(stet: ReviewDriver) -> None:
    stet.seek("slave trade")
    pick(stet, "correction", "ana")  # “prisoner exchange” for “restricted slave trade”
    stet.press("I")  # “slave trade”
    assert stet.message() == (
        "“prisoner exchange” was made for “restricted slave trade”, and doesn't say what “slave trade” should say. "
        "Type what it should say."
    )
    assert stet.review.card.is_editing
    form = stet.review.card.form
    assert (form._correction.text(), form._asks.isVisible()) == ("", True)
    stet.press("Return")
    assert stet.review.card.is_editing, "nothing was typed yet"
    stet.type("exchange of prisoners")
    stet.press("Return")
    assert stet.gold()["slave trade"][1] == "exchange of prisoners"
    decided = stet.review.book.reviewing.sheet(stet.review.sides.document).decisions[-1]
    assert (decided.fields["range"], decided.fields["correction"]) == ("intersection", "reviewer")


def test_no_correction_is_an_answer_to_what_is_asked(stet: ReviewDriver) -> None:
    stet.seek("slave trade")
    pick(stet, "correction", "ana")
    stet.press("I")
    stet.review.card.form._no_correction.click()
    stet.press("Ctrl+Return")
    assert stet.gold()["slave trade"][1] is None


def test_the_correction_in_the_form_follows_the_range(stet: ReviewDriver) -> None:
    stet.seek("two days")
    stet.press("E")
    canvas, form = stet.review.text.canvas, stet.review.card.form
    for words, becomes in (("days", "hours"), ("two days", "two hours"), ("lasted two days", "lasted two hours")):
        start = canvas.text.find(words)
        if start < 0:
            continue
        canvas.select(start, start + len(words))
        stet.press("Alt+M")
        assert (form._correction.text(), form._asks.isVisible()) == (becomes, False)
    start = canvas.text.index("Far East")
    canvas.select(start, start + len("Far East"))
    stet.press("Alt+M")
    assert (form._correction.text(), form._asks.isVisible()) == ("", True)
    stet.press("Esc")
    assert stet.gold() == {}


def test_what_nobody_marked_can_be_added(stet: ReviewDriver) -> None:
    stet.press("C")
    assert "First select unmarked text" in stet.message()
    canvas = stet.review.text.canvas
    start = canvas.text.index("157 captives")
    canvas.select(start, start + 3)
    stet.press("C")
    assert stet.review.card.is_editing
    stet.type("175")
    stet.press("Return")
    assert stet.message() == "Added to gold."
    assert "157" in stet.gold()
    assert Outcome.CREATED in stet.decisions().values()


def test_the_form_takes_range_and_evidence_from_the_texts(stet: ReviewDriver) -> None:
    stet.seek("Far East")
    stet.press("E")
    canvas, reference = stet.review.text.canvas, stet.review.text.reference
    start = canvas.text.index("the Far East")
    canvas.select(start, start + len("the Far East"))
    canvas.setFocus()
    stet.press("Alt+M")
    at = reference.text.index("Middle East; neither")
    reference.select(at, at + len("Middle East; neither"))
    reference.setFocus()
    stet.press("K", "Ctrl+Return")
    state = stet.review.book.reviewing.gold(stet.review.sides.document)
    (mark,) = [a for a in state.annotations.values() if a.layer == "error"]
    assert mark.quote == "the Far East"
    assert {e.quote for e in mark.evidence} == {"Middle East", "Middle East; neither"}
    (decision,) = stet.review.book.reviewing.sheet(stet.review.sides.document).decisions
    assert (decision.fields["range"], decision.fields["label"]) == ("reviewer", decision.sources[0])


def test_the_palette_goes_to_a_document_under_review(stet: ReviewDriver) -> None:
    stet.seek("Far East")
    stet.press("Ctrl+K")
    rows = stet.dialog("palette").findChild(QListView).model()
    stet.type("spun")
    stet.wait(lambda: rows.rowCount() and "spun" in str(rows.index(0, 0).data()))
    stet.press("Return")
    stet.settle()
    assert stet.review.isVisible()
    assert stet.review.model.rowCount() == 6
    assert stet.entry.quote == "Donald Trump"


def test_deferring_goes_on_and_keeps_the_group_in_the_queue(stet: ReviewDriver) -> None:
    first = stet.entry.quote
    stet.press("D")
    assert stet.entry.quote != first
    stet.seek(first)
    assert stet.entry.standing is GroupStatus.DEFERRED
    stet.press("1")
    assert len(stet.gold()) == 1
    assert stet.shown("review-progress") == "CONFLICTS · 1 OF 4 DECIDED"


def test_a_decision_goes_stale_when_its_mark_is_changed(stet: ReviewDriver) -> None:
    stet.seek("Far East")
    stet.press(column(stet, "ben"))
    assert "Far East" in stet.gold()
    document = stet.review.sides.document
    state = stet.session.executor.load(document, "ben")
    mark = next(a for a in state.annotations.values() if a.quote == "Far East")
    from app.core import annotation_edits
    from app.session.actions import SetEdit

    stet.session.perform(SetEdit(document, "ben", annotation_edits.change_correction(mark, "West")), title="Change")
    stet.settle()
    sheet = stet.review.book.sheets[document]
    standing = {group.sources: sheet.standings.of(group)[0] for group in sheet.groups}
    assert standing[(mark.uid,)] is GroupStatus.STALE
    assert stet.gold()["Far East"][1] == "Middle East", "what was decided stays until somebody decides again"
    stet.seek("Far East")
    assert "changed this since" in stet.shown("conflict-standing")


def test_a_renamed_label_leaves_what_was_decided_decided(stet: ReviewDriver) -> None:
    stet.seek("Far East")
    old = next(iter(stet.entry.group.versions.values())).label
    stet.press(column(stet, "ben"))
    assert stet.gold()["Far East"][0] == old
    progress = stet.shown("review-progress")
    stet.palette("Change labels")
    dialog = stet.dialog("labels-dialog")
    label = dialog.findChild(QComboBox, "labels-label")
    label.setCurrentIndex(next(at for at in range(label.count()) if f"({old})" in label.itemText(at)))
    stet.fill("labels-name", "WHERE")
    stet.wait(dialog.accept_button.isEnabled)
    assert "decisions to keep unchanged: 1" in dialog.findChild(QPlainTextEdit, "labels-preview").toPlainText()
    stet.click("labels-dialog-accept")
    stet.wait(lambda: "the scheme is now news-errors@3" in stet.message())
    stet.wait(lambda: stet.review.book.is_loaded)
    stet.settle()
    assert stet.gold()["Far East"][0] == "WHERE"
    assert stet.shown("review-progress") == progress
    sheet = stet.review.book.sheets[stet.review.sides.document]
    (found,) = [group for group in sheet.groups if group.labels == ("WHERE",)]
    assert sheet.standings.of(found)[0] is GroupStatus.DECIDED


def test_a_document_concerned_by_other_labels_opens_in_annotate(stet: ReviewDriver) -> None:
    stet.palette("Change labels")
    dialog = stet.dialog("labels-dialog")
    label = dialog.findChild(QComboBox, "labels-label")
    label.setCurrentIndex(next(at for at in range(label.count()) if "(PERSON)" in label.itemText(at)))
    stet.fill("labels-name", "HUMAN")
    stet.wait(dialog.accept_button.isEnabled)
    table = dialog.findChild(QTableWidget, "labels-documents")
    table.setFocus()
    table.setCurrentCell(0, 0)
    stet.press("Return")
    stet.wait(lambda: stet.find_dialog("labels-dialog") is None)
    assert stet.workspace.isVisible()


def test_names_are_hidden_until_revealed_and_revealing_is_logged(stet: ReviewDriver) -> None:
    def shown() -> str:
        return " ".join(label.text() for label in stet.review.findChildren(type(stet.review.card._title)))

    assert not any(name in shown() for name in ("ana", "ben", "cara"))
    stet.press("V")
    assert all(name in shown() for name in ("ana", "ben", "cara"))
    ((_, who, document),) = stet.session.executor.review.decisions.reveals()
    assert (who, document) == ("Rina", stet.review.sides.document)


def test_a_rule_decides_the_rest_and_keeps_manual_decisions(stet: ReviewDriver) -> None:
    stet.seek("Far East")
    stet.press("X")
    stet.press("Ctrl+Shift+M")
    dialog = stet.dialog("auto-dialog")
    stet.wait(lambda: "2 groups would be decided" in stet.shown("auto-preview"))
    dialog.findChild(type(stet.review.queue._shown), "auto-equal").setCurrentIndex(2)
    dialog.findChild(type(stet.review.queue._shown), "auto-strategy").setCurrentIndex(1)
    stet.wait(lambda: "5 groups would be decided" in stet.shown("auto-preview"))
    stet.press("Return")
    stet.wait(lambda: stet.find_dialog("report-dialog"))
    stet.press("Esc")
    assert len(stet.gold()) == 5
    assert stet.decisions()["Far East"] is Outcome.REJECTED
    stet.press("Ctrl+Z")
    assert "Undone" in stet.message()
    assert len(stet.gold()) == 0
    assert stet.decisions()["Far East"] is Outcome.REJECTED


def test_what_no_one_marked_is_accepted_with_the_agreed(stet: ReviewDriver) -> None:
    document = unmarked(stet, "ana", "ben")
    assert stet.review.queue._agreed.text() == "Accept all agreed · 2 + 1 unmarked document"
    stet.press("Shift+A")
    assert stet.message() == "2 agreed groups were added to gold, and 1 document with nothing to mark."
    assert stet.review.book.reviewing.gold(document).status is Status.DONE_EMPTY
    assert stet.review.queue._agreed.text() == "Accept all agreed · 0"
    stet.press("Ctrl+Z")
    assert stet.review.book.reviewing.gold(document).status is Status.OPEN
    assert stet.review.queue._agreed.text() == "Accept all agreed · 2 + 1 unmarked document"


def test_a_document_without_marks_is_decided_by_hand(stet: ReviewDriver) -> None:
    document = unmarked(stet, "ana")
    stet.review.open_document(document)
    assert stet.review.text.canvas.text == "The council met again."
    assert "A finished this document and marked nothing." in stet.shown("conflict-unmarked")
    stet.press("U", "X")  # what needs a group does nothing here
    stet.press("Return")
    assert stet.message() == "“clean”: nothing to mark."
    assert stet.review.book.reviewing.gold(document).status is Status.DONE_EMPTY
    assert "Gold says so" in stet.shown("conflict-unmarked")
    stet.press("Return")
    assert stet.message() == "Gold of this document is finished already."
    stet.press("Backspace")
    assert stet.review.book.reviewing.gold(document).status is Status.OPEN
    stet.press("N")
    assert stet.review.entry is not None
    index = stet.review.model.index(0)
    assert str(index.data()) == "(nothing marked), one annotator, not A · clean"


def test_a_rule_rejects_what_most_left_unmarked(stet: ReviewDriver) -> None:
    unmarked(stet, "ana", "ben")
    stet.press("Ctrl+Shift+M")
    dialog = stet.dialog("auto-dialog")
    strategy, reject = dialog.findChild(QComboBox, "auto-strategy"), dialog.findChild(QCheckBox, "auto-reject")
    assert not reject.isEnabled()
    strategy.setCurrentIndex(1)
    reject.click()
    stet.wait(lambda: "5 groups would be decided: 4 for gold, 1 rejected." in stet.shown("auto-preview"))
    said = stet.shown("auto-preview")
    assert "1 document that no one marked becomes gold without a mark." in said
    stet.press("Return")
    stet.wait(lambda: stet.find_dialog("report-dialog"))
    assert "4 groups in 1 document went into gold, 1 was rejected. 1 document that no one marked" in stet.shown(
        "report-lead"
    )
    stet.press("Esc")
    assert stet.decisions()["Far East"] is Outcome.REJECTED


def test_the_queue_is_narrowed_and_sorted(stet: ReviewDriver) -> None:
    stet.click("order-kind")
    choices = [stet.review.queue._only.itemData(n) for n in range(stet.review.queue._only.count())]
    assert set(choices) == {"", "boundary", "label", "severity", "correction", "evidence", "missing"}
    stet.review.queue._only.setCurrentIndex(choices.index("missing"))
    stet.review.queue._on_narrowed(0)
    assert stet.review.model.rowCount() == 1
    assert stet.entry.quote == "Far East"
    stet.click("order-pair")
    titles = [stet.review.queue._only.itemText(n) for n in range(1, stet.review.queue._only.count())]
    assert titles
    assert not any(name in title for title in titles for name in ("ana", "ben", "cara"))


def test_a_term_is_decided_everywhere_together(stet: ReviewDriver) -> None:
    stet.seek("slave trade")
    columns = stet.review.card.table
    number = next(n for n in (1, 2, 3) if columns.uid_of(n) == stet.entry.group.versions["ana"].uid)
    for _ in range(8):
        stet.press(f"Alt+{number}", "Alt+Down")
    stet.press("T")
    table = stet.dialog("term-dialog").findChild(QTableWidget, "term-table")
    assert table.rowCount() >= 1
    assert table.item(0, 3).text() == "restricted slave trade"
    stet.click("term-accept")
    assert stet.gold()["restricted slave trade"] == ("TORTURED_TERM", "prisoner exchange")
    stet.press("Ctrl+Z")
    assert not stet.gold()


def test_release_is_a_choice_of_documents(stet: ReviewDriver) -> None:
    stet.press("Ctrl+Shift+L")
    rows = stet.dialog("release-dialog").findChild(QListWidget, "release-list")
    assert rows.count() == 1
    assert "not fully decided" in rows.item(0).text()
    stet.press("Space", "Return")
    assert stet.message() == "1 document was released."
    assert stet.review.book.reviewing.releases() == {stet.review.sides.document}
    stet.press("Ctrl+Z")
    assert stet.review.book.reviewing.releases() == set()


def test_what_is_decided_is_ticked_and_enter_releases_it(stet: ReviewDriver) -> None:
    document = unmarked(stet, "ana", "ben")
    stet.press("Shift+A", "Ctrl+Shift+L")
    dialog = stet.dialog("release-dialog")
    rows = dialog.findChild(QListWidget, "release-list")
    ticked = {
        rows.item(row).text(): rows.item(row).checkState() is Qt.CheckState.Checked for row in range(rows.count())
    }
    assert ticked.pop("clean") is True
    assert list(ticked.values()) == [False]
    assert dialog.accept_button.text() == "Release"
    stet.press("Return")
    assert stet.message() == "1 document was released."
    assert stet.review.book.reviewing.releases() == {document}
    stet.press("Ctrl+Shift+L", "Return")
    assert stet.message() == "Nothing to release: no document was ticked or unticked."
    stet.press("Ctrl+Shift+L")
    stet.click("release-none")
    stet.press("Return")
    assert stet.message() == "1 document hidden again."


def test_a_number_is_the_same_person_in_every_group(stet: ReviewDriver) -> None:
    numbers: dict[str, set[str]] = {}
    for _ in range(stet.review.model.rowCount()):
        for name in stet.entry.group.versions:
            numbers.setdefault(name, set()).add(column(stet, name))
        stet.press("N")
    assert sorted(numbers) == ["ana", "ben", "cara"]
    assert sorted(number for found in numbers.values() for number in found) == ["1", "2", "3"]
    stet.seek("Far East")  # only ben has it
    (other,) = numbers["ana"]
    stet.press(other)
    assert stet.message() == f"Annotator {other} has no mark here."
    assert stet.gold() == {}
    stet.press(*numbers["ben"])
    assert list(stet.gold()) == ["Far East"]


def test_the_note_is_in_view_while_it_is_typed(stet: ReviewDriver) -> None:
    assert stet.window is not None
    stet.window.resize(1100, 560)
    stet.settle()
    note = stet.review.card.note
    assert note.visibleRegion().isEmpty(), "the card is taller than its pane"
    stet.press("M")
    stet.settle()
    assert note.visibleRegion().boundingRect().height() == note.height()
    stet.type("why")
    assert note.text() == "why"


def test_export_from_review_is_of_gold(stet: ReviewDriver) -> None:
    stet.press("Ctrl+Shift+E")
    assert stet.dialog("export-dialog").findChild(QComboBox, "export-annotator").currentText() == "Rina"
    stet.press("Esc", "Shift+A", "Ctrl+Shift+E")
    dialog = stet.dialog("export-dialog")
    who = dialog.findChild(QComboBox, "export-annotator")
    formats = dialog.findChild(QComboBox, "export-format")
    for index in range(formats.count()):
        formats.setCurrentIndex(index)
        assert who.currentText() == "Gold (reviewed)"
    stet.press("Esc", "Ctrl+1", "Ctrl+Shift+E")
    assert stet.dialog("export-dialog").findChild(QComboBox, "export-annotator").currentText() != "Gold (reviewed)"
    stet.press("Esc")


def test_a_decision_keeps_who_voted_and_who_supplied_what(stet: ReviewDriver) -> None:
    stet.seek("slave trade")
    versions = {name: version.uid for name, version in stet.entry.group.versions.items()}
    stet.press("1")
    (decision,) = stet.session.executor.record(stet.review.sides.document).decisions
    assert decision.votes == versions
    assert decision.outcome is Outcome.ACCEPTED
    assert len(set(decision.fields.values())) == 1
    assert set(decision.fields.values()) <= set(versions.values())
    assert (decision.reviewer, decision.rule) == ("Rina", "")


def test_both_workspaces_keep_their_place_and_their_keys(stet: ReviewDriver) -> None:
    stet.seek("Far East")
    stet.press("Ctrl+1")
    assert stet.window.top._spaces["annotate"].isChecked()
    stet.press("F2")
    stet.find("Kursk")
    stet.press("3")
    assert [a.quote for a in stet.annotations() if a.label == "GPE" and a.quote == "Kursk"] == ["Kursk"]
    stet.press("Ctrl+Z")
    stet.press("Ctrl+2")
    assert stet.entry.quote == "Far East"
    assert not stet.gold()


def test_an_unfinished_annotator_does_not_see_others_marks(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "team.stet"
    document = team_project(path)
    session = Session.open(path, annotator="dora")
    work(session, "dora", document, ANA[:1], done=False)
    session.close()
    driver = ReviewDriver(qtbot)
    driver.start(path, annotator="dora")
    driver.go()
    assert driver.review.model.rowCount() == 0
    assert "1 document is left out" in driver.shown("review-left-out")
    driver.session.become("Rina")
    driver.wait(lambda: driver.review.model.rowCount() == 4)
    driver.quit()


def test_an_empty_project_says_what_is_missing(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "fresh.stet"
    newsroom(path, "Ana").close()
    driver = ReviewDriver(qtbot)
    driver.start(path, annotator="Rina")
    driver.go()
    assert "No document is finished yet" in driver.shown("review-empty")
    assert driver.window.findChild(QPushButton, "review-empty-team.assign").isVisible()
    session: Session = driver.session
    rows = session.reader.documents.rows(session.reader.documents.keys(), annotator=None)
    work(session, "ana", next(row.uid for row in rows if row.references), [])
    driver.settle()
    driver.quit()


@pytest.fixture
def crowd(qtbot: QtBot, tmp_path: Path) -> Iterator[ReviewDriver]:
    """Rina, before three hundred groups on which two agree."""
    path = tmp_path / "crowd.stet"
    text = "Ben met Ana. "
    session = Session.create(path, scheme=scheme_source("ner"))
    documents = add_documents(session, {f"{number}.txt": text * 100 for number in range(3)})
    for who in ("ana", "ben"):
        session.become(who)
        for document in documents:
            adds = [
                AddAnnotation(
                    Annotation(
                        uid=new_uid(),
                        layer="entity",
                        label="PERSON",
                        fragments=(Fragment(at, at + 3),),
                        quote="Ben",
                    )
                )
                for at in range(0, 100 * len(text), len(text))
            ]
            session.perform(SetEdit(document, who, Batch((*adds, SetStatus(Status.DONE)))), title="Mark")
    session.close()
    driver = ReviewDriver(qtbot)
    driver.start(path, annotator="Rina")
    driver.go()
    yield driver
    driver.quit()


def decided(stet: ReviewDriver) -> int:
    return sum(len(sheet.decisions) for sheet in Reviewer(stet.session).sheets())


def test_many_decisions_run_in_the_background_as_one_undo_step(
    crowd: ReviewDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.review.reviewer._GROUPS_A_LOG_ROW", 99)
    crowd.press("Shift+A")
    crowd.wait(lambda: crowd.message() == "300 agreed groups were added to gold.")
    assert decided(crowd) == 300
    crowd.press("Ctrl+Z")
    crowd.wait(lambda: crowd.message() == "Undone: Accept 300 agreed groups")
    assert decided(crowd) == 0
    crowd.wait(lambda: crowd.review.book.is_loaded and len(crowd.review.model.agreed()) == 300)
    crowd.press("Ctrl+Shift+Z")
    crowd.wait(lambda: crowd.message() == "Redone: Accept 300 agreed groups")
    assert decided(crowd) == 300
    crowd.wait(lambda: crowd.review.book.is_loaded and crowd.review.model.agreed() == [])


def test_deciding_very_many_can_be_stopped(crowd: ReviewDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()
    real = DocumentReview.carry_out

    def slow(desk: DocumentReview, plan: ReviewPlan) -> list[Action]:
        gate.wait(10)
        return real(desk, plan)

    monkeypatch.setattr(DocumentReview, "carry_out", slow)
    crowd.press("Shift+A")
    dialog = crowd.dialog("progress-dialog")
    dialog.findChild(QPushButton, "progress-cancel").click()
    gate.set()
    crowd.wait(lambda: crowd.message() == "Cancelled. Nothing was changed.")
    assert decided(crowd) == 0


def test_the_next_group_rebuilds_nothing_of_its_document(stet: ReviewDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    looked: list[str] = []
    build, look_at = ReviewHighlights.__init__, stet.review.decider.look_at

    def built(self: ReviewHighlights, sheet: Sheet, *rest: object) -> None:
        drawn.append(sheet.document)
        build(self, sheet, *rest)

    def looked_at(entry: QueueEntry | None) -> None:
        looked.append(entry.quote if entry is not None else "")
        look_at(entry)

    monkeypatch.setattr(ReviewHighlights, "__init__", built)
    monkeypatch.setattr(stet.review.decider, "look_at", looked_at)
    for _ in range(3):
        stet.press("N")
    assert (drawn, len(looked), len(set(looked))) == ([], 3, 3), "each group is shown once, over what is drawn"
    stet.press("X")
    assert drawn == [stet.review.sides.document], "a decision draws its document once"
    stet.press("V")
    assert len(drawn) == 2, "other letters too"


def test_the_next_group_is_shown_by_the_same_widgets(stet: ReviewDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(stet.review.model.rowCount()):
        stet.press("N")
    made: list[object] = []
    looks: list[str] = []
    monkeypatch.setattr("app.ui.review.versions.plain", lambda *a, **b: made.append(a) or plain(*a, **b))
    monkeypatch.setattr("app.ui.review.versions._Cell", lambda: made.append("cell"))
    table = stet.review.card.table
    for _ in range(stet.review.model.rowCount()):
        stet.press("N")
        shown = {(c.property("value"), c.accessibleName()) for c in table.findChildren(QPushButton) if c.isVisible()}
        looks.append(stet.entry.quote)
        fields, columns = {name.split(",")[0] for _, name in shown}, len(stet.entry.group.versions)
        assert len(shown) == len(fields) * columns, "a cell for each field of each version, and no other"
    assert (made, len(set(looks)) > 2) == ([], True)


def test_a_decision_groups_nothing_again(stet: ReviewDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    grouped: list[str] = []
    read = Reviewer.sheet

    def noted(self: Reviewer, document: str) -> Sheet:
        grouped.append(document)
        return read(self, document)

    monkeypatch.setattr(Reviewer, "sheet", noted)
    document = stet.review.sides.document
    for key in ("Return", "X", "D", "Backspace", "X"):
        stet.press(key)
        assert grouped == []
        shown, anew = stet.review.book.sheets[document], read(stet.review.book.reviewing, document)
        assert shown == anew, "what is shown is what the project says"
    work(stet.session, "dan", document, ANA[:1])
    stet.settle()
    assert grouped == [document], "others' work is read and grouped"
    stet.press("Ctrl+Z")
    assert stet.review.book.sheets[document] == read(stet.review.book.reviewing, document)


def test_finished_work_without_a_conflict_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    path = projects.make(tmp_path, scheme="ner")
    session = Session.open(path, annotator="Ana")
    uid = next(row.uid for row in session.reader.documents.to_work_on())
    session.open_document(uid)
    session.set_status(Status.DONE_EMPTY)
    session.close()
    driver = ReviewDriver(qtbot)
    driver.start(path, annotator="Ana")
    driver.go()
    assert "no conflict to decide" in driver.shown("review-empty")
    driver.quit()


def test_a_preview_is_counted_beside_the_window(stet: ReviewDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, goes_on = threading.Event(), threading.Event()
    counted = rule_preview.preview_rule

    def slow(path: Path, sheets: Sequence[Sheet], rule: Rule, progress: Progress, cancel: CancelToken) -> AutoResult:
        begun.set()
        assert goes_on.wait(20)
        return counted(path, sheets, rule, progress, cancel)

    monkeypatch.setattr("app.ui.review.rule_preview.preview_rule", slow)
    stet.press("Ctrl+Shift+M")
    dialog = stet.dialog("auto-dialog")
    assert begun.wait(20)
    assert "Counting what it would decide" in stet.shown("auto-preview")
    dialog.findChild(QComboBox, "auto-strategy").setCurrentIndex(1)  # and the window answers meanwhile
    goes_on.set()
    stet.wait(lambda: "would be decided" in stet.shown("auto-preview"))
    stet.press("Esc")
    stet.settle()
    assert stet.find_dialog("auto-dialog") is None


def test_a_cancelled_preview_stops_at_once(stet: ReviewDriver) -> None:
    sheets = list(stet.review.book.sheets.values())
    seen: list[int] = []
    cancel = CancelToken()

    def progress(done: int, _total: int | None, _what: str) -> None:
        seen.append(done)
        cancel.cancel()

    with pytest.raises(Cancelled):
        rule_preview.preview_rule(stet.session.path, sheets, Rule(MergeStrategy.UNANIMOUS), progress, cancel)
    assert seen == [1]


def test_reading_for_review_keeps_no_garbage(stet: ReviewDriver) -> None:
    """What is read is left out of later collections, and nothing may be left out with it that nobody needs."""

    class Useless:
        def __init__(self) -> None:
            self.itself = self

    threshold = gc.get_threshold()
    gc.set_threshold(1_000_000)
    try:
        left = weakref.ref(Useless())
        stet.review.book.load()
        stet.wait(lambda: stet.review.book.is_loaded)
        gc.collect()
        assert left() is None
    finally:
        gc.set_threshold(*threshold)
