"""Review of a long text: its first groups are decided while the rest is read, and a decision touches its own only."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from app.core.decision import Outcome
from app.core.edits import RemoveAnnotation
from app.review.decision_status import StandingsBuilder
from app.review.groups import Group
from app.services.review.reviewer import Reviewer
from app.session.actions import SetEdit
from app.storage import review_pages
from app.storage.annotations import Annotations
from app.ui.review.book import MOST_AT_ONCE, BookChange
from app.ui.review.highlights import ReviewHighlights
from tests.bench.real_window import make_project
from tests.bench.review import reviewed
from tests.e2e.test_review import ReviewDriver

GROUPS = 700


@pytest.fixture
def long(qtbot: QtBot, tmp_path: Path) -> Iterator[ReviewDriver]:
    """Stet in front of a long text that three have marked, not yet in Review, where each step is a slice of its own."""
    path = tmp_path / "long.stet"
    make_project(path, [reviewed("d", GROUPS, random.Random(1)), reviewed("e", 3, random.Random(2))])
    driver = ReviewDriver(qtbot)
    driver.start(path, annotator="Rina")
    yield driver
    driver.quit()


def timer(stet: ReviewDriver) -> QTimer:
    """Return what makes it read on."""
    found = stet.review.book.reader.findChild(QTimer)
    assert found is not None
    return found


def begin(stet: ReviewDriver) -> None:
    """Go to Review, and read as far as the first group."""
    stet.press("Ctrl+2")
    stet.review.book.reader.slice = 0.0
    stet.wait(lambda: stet.review.entry is not None)
    assert stet.review.book.is_reading
    timer(stet).stop()


def read_on(stet: ReviewDriver) -> None:
    """Read the rest."""
    timer(stet).start()
    stet.wait(lambda: stet.review.book.is_loaded)
    stet.settle()


def test_the_first_group_is_there_long_before_the_last(long: ReviewDriver) -> None:
    begin(long)
    seen = long.review.model.rowCount()
    assert seen <= MOST_AT_ONCE + review_pages.PAGE, "what is told at once doesn't grow with the text"
    assert "SO FAR" in long.shown("review-progress")
    first = long.entry
    read_on(long)
    assert long.entry.key == first.key, "what one looks at stays"
    assert long.shown("review-progress") == f"CONFLICTS · 0 OF {long.review.model.rowCount()} DECIDED"
    sheets = {sheet.document: sheet for sheet in Reviewer(long.session).sheets()}
    assert long.review.book.sheets == sheets
    model = long.review.model
    rows = [model.entry(row) for row in range(model.rowCount())]
    found = sorted((g for sheet in sheets.values() for g in sheet.groups if g.is_conflict), key=order)
    assert [row.key for row in rows if row is not None] == [group.key for group in found]


def order(found: Group) -> tuple[object, ...]:
    return (-found.disagreement(), found.document, found.start, found.end, found.layer, found.key)


def test_a_group_can_be_decided_while_the_rest_is_read(long: ReviewDriver) -> None:
    begin(long)
    first = long.entry
    long.press("1")
    second = long.entry
    assert second.key != first.key
    long.press("X")
    long.press("Shift+A")
    assert "Still comparing" in long.message()
    read_on(long)
    kept = [(d.key, d.outcome) for d in long.review.book.sheets["d"].decisions]
    assert kept == [(first.key, Outcome.ACCEPTED), (second.key, Outcome.REJECTED)]
    assert long.review.book.sheets == {sheet.document: sheet for sheet in Reviewer(long.session).sheets()}
    assert not long.review.book.sheets["d"].gold.status.is_finished
    assert "2 OF" in long.shown("review-progress")
    long.press("Ctrl+Z")
    long.press("Ctrl+Z")
    long.wait(lambda: not long.review.book.sheets["d"].decisions)
    assert long.review.book.sheets == {sheet.document: sheet for sheet in Reviewer(long.session).sheets()}


def test_the_next_group_may_still_have_to_be_read(long: ReviewDriver) -> None:
    begin(long)
    long.press("P")  # the last of those that are there
    last = long.entry
    assert long.review.model.row_of(last.key) == long.review.model.rowCount() - 1
    long.press("N")
    assert long.entry.key == last.key
    read_on(long)
    at = long.review.model.row_of(last.key)
    assert long.review.model.row_of(long.entry.key) == (at + 1) % long.review.model.rowCount()


def test_a_decision_touches_its_own_group_only(long: ReviewDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    long.go()
    changes: list[BookChange] = []
    long.review.book.changed.connect(changes.append)
    settled: list[str] = []
    made: list[str] = []
    settle, of = StandingsBuilder._settle, ReviewHighlights._of  # noqa: SLF001

    def noted(self: StandingsBuilder, group: Group, known: list) -> None:
        settled.append(group.key)
        settle(self, group, known)

    def drawn(self: ReviewHighlights, group: Group) -> list:
        made.append(group.key)
        return of(self, group)

    read: list[object] = []
    load = Annotations.load
    monkeypatch.setattr(Annotations, "load", lambda *asked: read.append(asked) or load(*asked))
    reset: list[object] = []
    long.review.model.modelReset.connect(lambda: reset.append(1))
    monkeypatch.setattr(StandingsBuilder, "_settle", noted)
    monkeypatch.setattr(ReviewHighlights, "_of", drawn)
    for key in ("1", "X", "D", "Return", "Ctrl+Z"):
        changes.clear(), settled.clear(), made.clear()
        long.press(key)
        long.settle()
        assert [len(change.come) for change in changes] == [1], key
        assert set(settled) == {changes[0].come[0].key}
        assert len(set(made)) < GROUPS / 4, "what isn't on the screen isn't drawn"
        assert len(read) <= 5, "everyone's sets are kept at the first decision; gold isn't read for each"
    assert reset == []
    assert long.review.book.sheets == {sheet.document: sheet for sheet in Reviewer(long.session).sheets()}


def test_every_step_of_reading_is_bounded(long: ReviewDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    long.press("Ctrl+2")
    book = long.review.book
    book.changed.connect(lambda change: told.append(len(change.come)))
    long.wait(lambda: book.is_loaded)
    assert max(told) <= MOST_AT_ONCE + review_pages.PAGE
    assert sum(told) == GROUPS + 3 or sum(told) == sum(len(sheet.groups) for sheet in book.sheets.values())


def test_others_work_on_a_long_text_is_read_in_steps(long: ReviewDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.ui.review.book._AT_ONCE", 10)
    long.go()
    shown = long.entry
    again: list[str] = []
    real = Reviewer.sheet
    monkeypatch.setattr(Reviewer, "sheet", lambda self, document: again.append(document) or real(self, document))
    mark = next(iter(shown.group.versions.values()))
    name = next(iter(shown.group.versions))
    long.session.perform(SetEdit(shown.document, name, RemoveAnnotation(mark.uid)), title="Work")
    long.wait(lambda: not long.review.book.is_reading)
    long.settle()
    assert again == []
    assert long.review.book.sheets == {sheet.document: sheet for sheet in Reviewer(long.session).sheets()}
    assert long.entry.document == shown.document


def test_the_first_decision_reads_no_set(long: ReviewDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.ui.review.snapshot_reader.MANY_GROUPS", 10)
    read: list[object] = []
    real = Annotations.load_sets
    monkeypatch.setattr(Annotations, "load_sets", lambda *asked: read.append(asked) or real(*asked))
    long.go()
    assert long.entry.document == "d"
    long.wait(lambda: long.review.book.is_loaded and not long.review.decider.snapshots.is_busy)
    long.press("1")
    assert read == [], "it was read in the background while one looked"
    kept = long.session.reader.snapshots_of("d")
    assert {name: len(content.annotations) for name, content in kept.items()} == dict.fromkeys(
        ("ana", "ben", "cara"), GROUPS
    )
