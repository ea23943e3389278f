"""Every command of Review and of Insights, by each of its keys, and what it does."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from app.core.annotation import Status
from app.core.decision import Outcome, Reason
from app.review.decision_status import GroupStatus
from app.services.review.sheets import Remarks
from app.ui.review.queue import Shown
from tests.e2e.commands import Act, Rows, ways
from tests.e2e.test_insights import Lead
from tests.e2e.test_review import ReviewDriver, unmarked
from tests.newsroom import newsroom
from tests.team import TERM, TRUMP, annotation_of, spun, team_project, work

ROWS = Rows()
row = ROWS.of
MANY = "review.take.", "review.pick."
DIALOGS = {
    "review.terms": "term-dialog",
    "review.auto": "auto-dialog",
    "review.guideline": "questions-dialog",
    "review.release": "release-dialog",
    "insights.picture": "save-figure-dialog",
    "insights.data": "save-figure-dialog",
}


@pytest.fixture
def reviewer(qtbot: QtBot, tmp_path: Path) -> Iterator[ReviewDriver]:
    """Rina, before what three have finished."""
    team_project(tmp_path / "team.stet")
    driver = ReviewDriver(qtbot)
    driver.start(tmp_path / "team.stet", annotator="Rina")
    driver.go()
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def nine(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A project in which nine people have said different things of one mark; it is made once, and copied."""
    path = tmp_path_factory.mktemp("nine") / "nine.stet"
    session = newsroom(path)
    document = spun(session)
    for number in range(1, 10):
        work(session, f"person {number}", document, [TERM._replace(correction=f"correction {number}")])
    session.close()
    return path.read_bytes()


@pytest.fixture
def crowd(qtbot: QtBot, tmp_path: Path, nine: bytes) -> Iterator[ReviewDriver]:
    """Rina, before nine versions of one mark."""
    (tmp_path / "nine.stet").write_bytes(nine)
    driver = ReviewDriver(qtbot)
    driver.start(tmp_path / "nine.stet", annotator="Rina")
    driver.go()
    yield driver
    driver.quit()


@pytest.fixture
def lead(qtbot: QtBot, tmp_path: Path) -> Iterator[Lead]:
    """Lea, before the figures."""
    team_project(tmp_path / "team.stet")
    driver = Lead(qtbot)
    driver.start(tmp_path / "team.stet", annotator="Lea")
    driver.go()
    yield driver
    driver.quit()


@pytest.mark.parametrize(("action", "key"), ways("review.", besides=(*MANY, *DIALOGS)))
def test_the_command_of_review_does_what_it_says(reviewer: ReviewDriver, action: str, key: str) -> None:
    ROWS[action](reviewer, Act(reviewer, action, key))


def test_dialogs_of_review_open_and_close(reviewer: ReviewDriver, subtests: pytest.Subtests) -> None:
    for action, key in ways("review."):
        if action in DIALOGS:
            with subtests.test(action=action, key=key):
                ROWS[action](reviewer, Act(reviewer, action, key))
            assert QApplication.activeModalWidget() is None, f"{action} left a dialog, which the next one would meet"


@pytest.mark.parametrize("begin", MANY)
def test_the_command_about_a_version_does_what_it_says(
    crowd: ReviewDriver, tmp_path: Path, nine: bytes, subtests: pytest.Subtests, begin: str
) -> None:
    for action, key in ways(begin):
        with subtests.test(action=action, key=key):
            ROWS[action](crowd, Act(crowd, action, key))
        crowd.press("Ctrl+Z")
        crowd.settle()
        if not is_at_the_beginning(crowd):
            crowd.quit()
            (tmp_path / "nine.stet").write_bytes(nine)
            crowd.start(tmp_path / "nine.stet", annotator="Rina")
            crowd.go()


def is_at_the_beginning(driver: ReviewDriver) -> bool:
    """Whether nothing is decided, and the nine versions are looked at."""
    entry = driver.review.entry
    return entry is not None and entry.quote == TERM.words and not driver.decisions() and not driver.gold()


def test_the_commands_of_insights_do_what_they_say(lead: Lead, subtests: pytest.Subtests) -> None:
    for action, key in ways("insights."):
        with subtests.test(action=action, key=key):
            ROWS[action](lead, Act(lead, action, key))
        assert QApplication.activeModalWidget() is None, f"{action} left a dialog, which the next one would meet"


@row(*DIALOGS)
def a_dialog_opens(driver: Lead | ReviewDriver, act: Act) -> None:
    act.opens(DIALOGS[act.id])


@row("review.nothing")
def an_unmarked_document_is_gold(stet: ReviewDriver, act: Act) -> None:
    act()
    assert "groups of this document aren't decided yet" in stet.message()
    other = unmarked(stet, "ana")
    stet.wait(lambda: other in stet.review.book.sheets)
    stet.review.open_document(other)
    stet.press("0")
    assert stet.review.book.reviewing.gold(other).status is Status.DONE_EMPTY


# -- deciding ----------------------------------------------------------------------------------------------------------


@row("review.accept")
def what_is_picked_is_gold(stet: ReviewDriver, act: Act) -> None:
    stet.seek("Far East")
    act()
    assert list(stet.gold()) == ["Far East"]


def wanted(stet: ReviewDriver, number: int) -> str | None:
    """Return the correction of the version in a column."""
    uid = stet.review.card.table.uid_of(number)
    return next(v.correction for v in stet.entry.group.versions.values() if v.uid == uid)


@row(*(f"review.take.{number}" for number in range(1, 10)))
def the_version_is_gold(stet: ReviewDriver, act: Act) -> None:
    correction = wanted(stet, int(act.key))
    act()
    assert stet.gold() == {TERM.words: (TERM.label, correction)}


@row(*(f"review.pick.{number}" for number in range(1, 10)))
def the_field_comes_from_the_version(stet: ReviewDriver, act: Act) -> None:
    number = int(act.key.removeprefix("Alt+"))
    correction = wanted(stet, number)
    while stet.review.card.table.field != "correction":
        stet.press("Alt+Down")
    act()
    stet.press("Return")
    assert stet.gold() == {TERM.words: (TERM.label, correction)}


@row("review.field-next", "review.field-previous")
def another_field_is_looked_at(stet: ReviewDriver, act: Act) -> None:
    stet.press("Alt+Down")
    table = stet.review.card.table
    before = table.field
    act()
    after = table.field
    assert after != before
    stet.press("Alt+Up" if "next" in act.id else "Alt+Down")
    assert table.field == before


@row("review.union", "review.cut")
def the_range_is_made_of_all(stet: ReviewDriver, act: Act) -> None:
    stet.seek("senator")
    act()
    stet.press("Return")
    assert list(stet.gold()) == ["US senator" if act.id == "review.union" else "senator"]


@row("review.edit")
def the_form_is_open(stet: ReviewDriver, act: Act) -> None:
    act()
    assert stet.review.card.is_editing


@row("review.reject")
def none_of_it_stands(stet: ReviewDriver, act: Act) -> None:
    act()
    assert list(stet.decisions().values()) == [Outcome.REJECTED]
    assert stet.gold() == {}


@row("review.defer")
def it_waits(stet: ReviewDriver, act: Act) -> None:
    first = stet.entry.quote
    act()
    stet.seek(first)
    assert stet.entry.standing is GroupStatus.DEFERRED


@row("review.withdraw")
def it_is_undecided_again(stet: ReviewDriver, act: Act) -> None:
    stet.seek("Far East")
    stet.press("X")
    shown = stet.window.findChild(QComboBox, "review-shown")
    shown.setCurrentIndex(shown.count() - 1)
    shown.activated.emit(shown.currentIndex())
    stet.review.queue.list.setFocus()
    stet.press("Home")
    for _ in range(stet.review.model.rowCount()):
        if "Far East" in stet.entry.quote:
            break
        stet.press("Down")
    assert stet.entry.standing is GroupStatus.DECIDED
    act()
    assert stet.decisions() == {}


@row("review.next", "review.previous")
def another_group_is_looked_at(stet: ReviewDriver, act: Act) -> None:
    if "previous" in act.id:
        stet.press("N")
    if "Tab" in act.key:  # elsewhere it goes from field to field
        stet.review.text.canvas.setFocus()
    first = stet.entry.quote
    act()
    second = stet.entry.quote
    assert second != first
    stet.press("P" if "next" in act.id else "N")
    assert stet.entry.quote == first


@row("review.evidence")
def the_proof_is_selected(stet: ReviewDriver, act: Act) -> None:
    reference = stet.review.text.reference
    reference.select(0, 0)
    act()
    assert reference.text[reference.view.caret :].startswith(str(TERM.proof))


@row("review.reason")
def the_reason_is_the_next(stet: ReviewDriver, act: Act) -> None:
    before = stet.review.card.reasons.chosen
    act()
    after = stet.review.card.reasons.chosen
    assert after is not before
    assert isinstance(after, Reason)
    stet.press("X")
    (decision,) = stet.review.book.reviewing.sheet(stet.review.sides.document).decisions
    assert decision.reason is after


@row("review.note")
def the_note_is_kept(stet: ReviewDriver, act: Act) -> None:
    act()
    stet.type("see rule 3")
    stet.press("Return", "X")
    (decision,) = stet.review.book.reviewing.sheet(stet.review.sides.document).decisions
    assert decision.note == "see rule 3"


@row("review.unclear")
def the_guideline_is_unclear(stet: ReviewDriver, act: Act) -> None:
    act()
    stet.press("X")
    (decision,) = stet.review.book.reviewing.sheet(stet.review.sides.document).decisions
    assert decision.unclear


@row("review.create")
def what_nobody_had_is_made(stet: ReviewDriver, act: Act) -> None:
    canvas = stet.review.text.canvas
    start = canvas.text.index("157 captives")
    canvas.select(start, start + 3)
    act()
    assert stet.review.card.is_editing
    stet.press("Ctrl+Return")
    assert list(stet.gold()) == ["157"]


@row("review.relate")
def a_relation_is_asked_for(stet: ReviewDriver, act: Act) -> None:
    act()
    assert "First decide this mark" in stet.message()
    with_gold(stet)
    act()
    assert stet.review.card.is_relating
    assert stet.target().objectName() in ("review-relate-type", "review-relate-find")


@row("review.relations")
def the_list_of_relations_has_the_keys(stet: ReviewDriver, act: Act) -> None:
    act()
    assert "Gold has no relation here" in stet.message()
    with_gold(stet)
    stet.press("L", "Tab", "Ctrl+Return")
    stet.wait(lambda: stet.review.card.relations.entries)
    act()
    assert stet.target().objectName() == "gold-relations-list"


def with_gold(stet: ReviewDriver) -> None:
    """Make gold of what is agreed, and of somebody else whom nobody marked; look at the first of it."""
    stet.press("Shift+A")
    stet.wait(lambda: len(stet.gold()) > 1)
    other = annotation_of(stet.session, stet.review.sides.document, TRUMP._replace(words="captives"))
    stet.review.book.reviewing.create(stet.review.sides.document, other, Remarks())
    stet.review.queue.show_shown(Shown.ALL)
    stet.review.queue.narrowed.emit(("", Shown.ALL))
    stet.seek("Donald Trump")


@row("review.about")
def the_scheme_has_nothing_about_documents(stet: ReviewDriver, act: Act) -> None:
    act()
    assert "no layer about the document" in stet.message()


@row("review.reveal")
def names_are_shown(stet: ReviewDriver, act: Act) -> None:
    assert stet.session.executor.review.decisions.reveals() == []
    act()
    ((_, who, _document),) = stet.session.executor.review.decisions.reveals()
    assert who == "Rina"


@row("review.agreed", "review.agreed-everywhere")
def what_is_agreed_is_gold(stet: ReviewDriver, act: Act) -> None:
    stet.seek("Far East")
    act()
    stet.wait(lambda: sorted(stet.gold()) == ["Donald Trump", "Puttin"])


# -- figures -----------------------------------------------------------------------------------------------------------


@row("insights.refresh")
def it_is_counted_anew(lead: Lead, act: Act) -> None:
    before = lead.insights.book.insights
    act()
    lead.wait(lambda: lead.insights.book.insights is not before and not lead.insights.book.is_reading)
    lead.settle()


@row("insights.copy")
def the_table_is_on_the_clipboard(lead: Lead, act: Act) -> None:
    lead.show("severity")
    act()
    assert QGuiApplication.clipboard().text().startswith("Annotator\tSeverity\tMarks")


@row("insights.names")
def names_are_hidden_or_shown(lead: Lead, act: Act) -> None:
    lead.show("severity")
    before = lead.insights.figure.rows[0].cells[0]
    act()
    after = lead.insights.figure.rows[0].cells[0]
    assert {before, after} == {"ana", "annotator 1"}
