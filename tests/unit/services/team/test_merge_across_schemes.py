"""Work that was out while a label was renamed: it comes back under the label's new name, and nothing of it is lost."""

from pathlib import Path

from app.core import annotation_edits
from app.core.scheme_change import LabelChange, SplitLabel, SplitPart
from app.jobs.tasks.merge import MergeReport
from app.services.history.undo import undo
from app.services.migration.migration import migrate
from app.session.session import Session
from tests.unit.services.team.lead import bundled, comment, finish, mark, merged, open_text, opened, unmark

RENAME = LabelChange("entity", "GPE", "PLACE")


def kinds(report: MergeReport) -> dict[str, int]:
    return {finding.kind: finding.count for finding in report.merged.report}


def changed(project: Path, *changes: LabelChange | SplitLabel) -> None:
    with opened(project, "lead") as session:
        for change in changes:
            migrate(session, [change])


def marks(project: Path, who: str = "ana") -> dict[str, str]:
    """Return the labels of somebody's marks, by quote."""
    session = Session.open(project, write=False)
    found = {
        mark.quote: mark.label
        for record in session.reader.records()
        for item in record.sets
        if item.annotator == who
        for mark in item.annotations
    }
    session.close()
    return found


def test_marks_of_the_old_name_come_back_under_the_new_one(project: Path, tmp_path: Path) -> None:
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(path, "ana") as session:
        mark(session, "spun.txt", "Kyiv")
        finish(session, "spun.txt")
    changed(project, RENAME)
    report = merged(project, path)
    assert kinds(report) == {"scheme": 1}
    (note,) = report.merged.report
    assert note.what == "files with an earlier scheme, marks updated to ner@2"
    assert "entity.GPE → PLACE" in note.examples[0]
    assert marks(project) == {"Kyiv": "PLACE"}
    again = merged(project, path)
    assert not again.merged.changes_anything


def test_a_deletion_in_a_bundle_applies_despite_a_label_rename(project: Path, tmp_path: Path) -> None:
    with opened(project, "ana") as session:
        mark(session, "spun.txt", "Kyiv")
        mark(session, "spun.txt", "Vladimir")
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(path, "ana") as session:
        unmark(session, "spun.txt", "Vladimir")
        open_text(session, "spun.txt")
        comment(session, session.state.in_order()[0], "sure")
    changed(project, RENAME)
    report = merged(project, path)
    assert kinds(report) == {"scheme": 1}, "only one side has changed it: no difference"
    assert marks(project) == {"Kyiv": "PLACE"}


def test_a_file_that_nobody_worked_in_changes_nothing(project: Path, tmp_path: Path) -> None:
    with opened(project, "ana") as session:
        mark(session, "spun.txt", "Kyiv")
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(project, "ana") as session:
        mark(session, "spun.txt", "Trump")
    changed(project, RENAME)
    report = merged(project, path)
    assert not report.merged.changes_anything
    assert marks(project) == {"Kyiv": "PLACE", "Trump": "PLACE"}


def test_a_rename_does_not_make_either_side_the_newer_one(project: Path, tmp_path: Path) -> None:
    with opened(project, "ana") as session:
        mark(session, "spun.txt", "Kyiv")
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(path, "ana") as session:
        open_text(session, "spun.txt")
        comment(session, session.state.in_order()[0], "out there")
    with opened(project, "ana") as session:
        mark(session, "spun.txt", "Trump")
    changed(project, RENAME)
    merged(project, path)
    assert marks(project) == {"Kyiv": "PLACE", "Trump": "PLACE"}
    with opened(project, "ana") as session:
        open_text(session, "spun.txt")
        assert [item.comment for item in session.state.in_order() if item.quote == "Kyiv"] == ["out there"]


def test_several_label_changes_apply_but_an_undone_one_does_not(project: Path, tmp_path: Path) -> None:
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(path, "ana") as session:
        mark(session, "spun.txt", "Kyiv")
        mark(session, "spun.txt", "Trump")
    changed(project, LabelChange("entity", "GPE", "WRONG"))
    with opened(project, "lead") as session:
        undo(session)
    changed(project, RENAME, SplitLabel("entity", "PLACE", "PLACE", (SplitPart("PERSON", quotes=("trump",)),)))
    merged(project, path)
    assert marks(project) == {"Kyiv": "PLACE", "Trump": "PERSON"}


def test_a_bundle_with_an_undone_scheme_merges_under_old_labels(project: Path, tmp_path: Path) -> None:
    changed(project, RENAME)
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(project, "lead") as session:
        undo(session)
    with opened(path, "ana") as session:
        open_text(session, "spun.txt")
        edit = annotation_edits.annotate(session.state, [(0, 6)], layer="entity", label="PLACE", scheme=session.scheme)
        session.apply(edit, title="Mark")
    merged(project, path)
    assert marks(project) == {"Donald": "GPE"}


def test_only_new_marks_with_a_deleted_label_merge_and_are_named(project: Path, tmp_path: Path) -> None:
    with opened(project, "ana") as session:
        mark(session, "spun.txt", "Kyiv")
    path = bundled(project, tmp_path / "ana.stet", "ana")
    changed(project, LabelChange("entity", "GPE", None))
    assert not merged(project, path).merged.changes_anything
    with opened(path, "ana") as session:
        mark(session, "spun.txt", "Trump")
    report = merged(project, path)
    assert marks(project) == {"Trump": "GPE"}
    assert kinds(report) == {"scheme": 1, "label": 1}
