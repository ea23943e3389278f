"""Documents with very many marks: counted a moment later, rightly, whatever is done meanwhile; and still quick."""

from pathlib import Path

import msgspec

from app.core.edits import AddAnnotation, RemoveAnnotation, ReplaceAnnotation
from app.core.validation import document_problems
from tests.bench import surface
from tests.bench.real_window import ANNOTATOR, make_project, record, repeated
from tests.driver import Driver

MARKS = 3_000


def figures(stet: Driver) -> tuple[str, str, str]:
    """Return what is said of all marks, once they are counted."""
    stet.qtbot.waitUntil(lambda: stet.workspace.facts.open_rules is not None)
    return (stet.shown("marks-caption"), stet.shown("status-counts"), stet.shown("status-rules"))


def test_changes_made_during_counting_are_counted_exactly_once(stet: Driver, tmp_path: Path) -> None:
    make_project(tmp_path / "many.stet", [record("x", repeated(60_000), MARKS)])
    stet.start(tmp_path / "many.stet", annotator=ANNOTATOR)
    before = figures(stet)
    assert "1,000 ERRORS" in before[0]
    stet.workspace.facts.count_all()
    assert stet.workspace.facts.open_rules is None
    assert "counting" in stet.shown("status-counts")
    first, *middle, last = stet.annotations()
    error = next(mark for mark in middle if mark.layer == "error")
    for edit in (
        RemoveAnnotation(first.uid),
        RemoveAnnotation(last.uid),
        ReplaceAnnotation(msgspec.structs.replace(error, attributes={"severity": "major"})),
        AddAnnotation(msgspec.structs.replace(error, uid="one-more")),
        RemoveAnnotation("one-more"),
    ):
        stet.session.apply(edit, title="bench")
    after = figures(stet)
    assert after != before
    stet.workspace.facts.count_all()
    assert figures(stet) == after
    state = stet.session.state
    assert state is not None
    assert stet.workspace.facts.open_rules == len(document_problems(state, scheme=stet.session.scheme))


def test_tab_steps_through_marks_in_reading_order(stet: Driver, tmp_path: Path) -> None:
    make_project(tmp_path / "some.stet", [record("x", repeated(6_000), 60)])
    stet.start(tmp_path / "some.stet", annotator=ANNOTATOR)
    ordered = [mark.uid for mark in stet.annotations()]
    stet.focus_text()
    stet.press("Ctrl+Home")
    stet.workspace.controller.choose("")
    seen = []
    for _ in range(61):
        stet.press("Tab")
        assert stet.chosen is not None
        seen.append(stet.chosen.uid)
    assert seen in (ordered + ordered[:1], [*ordered[1:], *ordered[:2]])
    stet.press("Shift+Tab")
    assert stet.chosen is not None
    assert stet.chosen.uid == seen[-2]


def test_a_short_benchmark_sample_stays_near_its_goals(qapp) -> None:
    for row in surface.run_sample():
        assert row.cpu is not None
        assert row.cpu < 6 * row.goal, row  # not by the clock on the wall: the machine may be busy with other things
