"""Work comes back whole, once, and nothing is lost on either side."""

import shutil
from pathlib import Path

import pytest

from app.core import annotation_edits
from app.core.annotation import Status
from app.core.annotation_edits import change_correction
from app.core.decision import Outcome
from app.core.document import sha256
from app.core.errors import Cancelled, DamagedRow, FormatError, ProjectError
from app.core.progress import CancelToken
from app.jobs.tasks.import_files import import_files
from app.jobs.tasks.merge import MergeReport, merge_files
from app.services.history.finish_days import finishing_days
from app.services.history.undo import redo, undo
from app.services.review.reviewer import Reviewer
from app.services.team.merge import merge
from app.services.team.work_source import open_files
from app.session.actions import ApplyScheme
from app.session.session import Session
from app.storage.backups import backups
from tests.as_stet import connect_as_stet
from tests.conftest import add_documents, scheme_source
from tests.unit.services.team.lead import (
    TEXTS,
    bundled,
    comment,
    content,
    finish,
    log_length,
    make,
    mark,
    merged,
    open_text,
    opened,
    prove,
    quotes,
    seconds,
    statuses,
    uid_of,
    unmark,
)
from tests.unit.services.team.test_bundle import secrets


def kinds(report: MergeReport) -> dict[str, int]:
    return {finding.kind: finding.count for finding in report.merged.report}


def returned(report: MergeReport) -> list[tuple[str, int, int, int, int, int]]:
    return [(i.annotator, i.documents, i.new, i.changed, i.removed, i.finished) for i in report.merged.returned]


@pytest.mark.needs_shared
def test_three_annotators_merge_in_one_step_that_can_be_undone(tmp_path: Path, shared: Path) -> None:
    project = make(tmp_path / "news.stet", more=30)
    with opened(project) as session:
        seeds = {path.name: path.read_bytes().decode() for path in sorted((shared / "seeds").glob("*.txt"))}
        add_documents(session, seeds)
    files = [bundled(project, tmp_path / f"{who}.stet", who) for who in ("ana", "ben", "cara")]
    expected: dict[str, dict[str, list[str]]] = {}
    for number, (path, who) in enumerate(zip(files, ("ana", "ben", "cara"), strict=True)):
        with opened(path, who) as session:
            for name in (*seeds, *(f"gen-{n:04}.txt" for n in range(number, 30, 3))):
                open_text(session, name)
                word = session.state.document.text.split()[number + 1]
                mark(session, name, word, comment=f"by {who}")
                finish(session, name)
                expected.setdefault(who, {})[name] = [word]
    before, length = content(project), log_length(project)
    report = merged(project, *files)
    assert returned(report) == [(who, 12, 12, 0, 0, 12) for who in ("ana", "ben", "cara")]
    assert {who: quotes(project, who) for who in ("ana", "ben", "cara")} == expected
    assert set(statuses(project, "ben").values()) == {"done"}
    assert log_length(project) == length + 1
    assert any("merge" in path.name for path in backups(project))
    after = content(project)
    again = merged(project, *files)
    assert not again.changes_anything
    assert again.lines() == ["nothing new: everything in it is already here"]
    assert (content(project), log_length(project)) == (after, length + 1)
    with opened(project, "lead") as session:
        assert undo(session).title == "Merge 3 files"
        assert not any(item.annotations for r in session.reader.records() for item in r.sets)
        assert [r.document for r in session.reader.records()] == documents(before, session)
        redo(session)
    assert content(project) == after


def documents(before: bytes, session: Session) -> list[object]:
    assert before.count(b"\n") == session.reader.documents.count()
    return [record.document for record in session.reader.records()]


def test_work_goes_on_in_the_bundle_and_comes_back_again(project: Path, tmp_path: Path) -> None:
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(path, "ana") as session:
        mark(session, "spun.txt", "Kyiv")
        mark(session, "spun.txt", "US")
        mark(session, "other.txt", "Ankara")
    merged(project, path)
    with opened(path, "ana") as session:
        unmark(session, "spun.txt", "US")
        comment(session, next(iter(session.state.annotations.values())), "said")
        mark(session, "spun.txt", "Trump")
        finish(session, "spun.txt")
    report = merged(project, path)
    assert returned(report) == [("ana", 1, 1, 1, 1, 1)]
    assert kinds(report) == {}
    assert quotes(project, "ana") == {"spun.txt": ["Trump", "Kyiv"], "other.txt": ["Ankara"]}
    with opened(path, "ana") as session:  # back to what was handed in before
        for _ in range(3):
            undo(session)
    merged(project, path)
    assert sorted(quotes(project, "ana")["spun.txt"]) == ["Kyiv"]


def test_what_nobody_touched_out_there_keeps_the_work_done_here(project: Path, tmp_path: Path) -> None:
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(project, "ana") as session:
        mark(session, "spun.txt", "Kyiv")
    with opened(path, "ana") as session:
        mark(session, "other.txt", "Ankara")
    report = merged(project, path)
    assert kinds(report) == {}
    assert quotes(project, "ana") == {"spun.txt": ["Kyiv"], "other.txt": ["Ankara"]}


def test_where_both_sides_worked_everything_stays_and_is_listed(project: Path, tmp_path: Path) -> None:
    with opened(project, "ana") as session:
        mark(session, "spun.txt", "Kyiv")
        mark(session, "spun.txt", "Donald")
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(path, "ana") as session:
        unmark(session, "spun.txt", "Donald")
        mark(session, "spun.txt", "US")
    with opened(project, "ana") as session:
        open_text(session, "spun.txt")
        kyiv = next(a for a in session.state.in_order() if a.quote == "Kyiv")
        comment(session, kyiv, "changed here, later")
    report = merged(project, path)
    assert quotes(project, "ana") == {"spun.txt": ["Donald", "US", "Kyiv"]}
    assert kinds(report) == {"difference": 2}
    assert report.merged.returned[0].kept == 2
    (finding,) = report.merged.report
    assert finding.examples == [
        "ana.stet: spun.txt, ana: “Kyiv” was changed on both sides, ours is at least as new and was kept",
        "ana.stet: spun.txt, ana: “Donald” is only here and was kept",
    ]
    again = merged(project, path)
    assert (kinds(again), again.changes_anything) == ({}, False)


@pytest.mark.parametrize(
    ("here", "there", "expected", "kept"),
    [
        (None, "Kiev", "Kiev", 0),  # only they gave one
        ("Kiev", None, "Kiev", 0),  # only we did
        ("here", "there", "there", 1),  # both did, they later
        ("same", "same", "same", 0),
        ("", "there", "there", 1),  # a deletion is a correction too
    ],
)
def test_corrections_of_both_sides_are_merged(
    project: Path, tmp_path: Path, here: str | None, there: str | None, expected: str, kept: int
) -> None:
    with opened(project, "ana") as session:
        mark(session, "spun.txt", "Kyiv")
    path = bundled(project, tmp_path / "ana.stet", "ana")
    for file, words in ((project, here), (path, there)):
        if words is not None:
            with opened(file, "ana") as session:
                open_text(session, "spun.txt")
                (found,) = session.state.in_order()
                session.apply(change_correction(found, words), title="Correct")
    report = merged(project, path)
    with opened(project, "ana") as session:
        open_text(session, "spun.txt")
        assert [a.correction for a in session.state.in_order()] == [expected]
    assert sum(item.kept for item in report.merged.returned) == kept
    if kept:
        (finding,) = report.merged.report
        assert finding.examples == [
            "ana.stet: spun.txt, ana: “Kyiv” was changed on both sides, theirs is newer and was used"
        ]
    assert not merged(project, path).changes_anything


def test_two_copies_of_one_bundle_lose_nothing_of_each_other(project: Path, tmp_path: Path) -> None:
    first = bundled(project, tmp_path / "ana.stet", "ana")
    second = tmp_path / "copy.stet"
    shutil.copy(first, second)
    with opened(first, "ana") as session:
        mark(session, "spun.txt", "Kyiv")
    with opened(second, "ana") as session:
        mark(session, "spun.txt", "US")
    merged(project, first)
    merged(project, second)
    assert quotes(project, "ana") == {"spun.txt": ["US", "Kyiv"]}
    assert not merged(project, first).changes_anything
    assert not merged(project, second, first).changes_anything
    with opened(first, "ana") as session:
        mark(session, "spun.txt", "Trump")
    merged(project, first)
    assert quotes(project, "ana") == {"spun.txt": ["Trump", "US", "Kyiv"]}


def test_an_old_bundle_does_not_bring_old_work_back(project: Path, tmp_path: Path) -> None:
    old = bundled(project, tmp_path / "old.stet", "ana")
    with opened(old, "ana") as session:
        mark(session, "spun.txt", "Kyiv")
    merged(project, old)
    new = bundled(project, tmp_path / "new.stet", "ana")
    with opened(new, "ana") as session:
        unmark(session, "spun.txt", "Kyiv")
        mark(session, "spun.txt", "US")
    merged(project, new)
    assert not merged(project, old).changes_anything
    assert quotes(project, "ana") == {"spun.txt": ["US"]}


def test_an_undone_merge_can_be_done_again(project: Path, tmp_path: Path) -> None:
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(path, "ana") as session:
        mark(session, "spun.txt", "Kyiv")
        session.remember_place(position=3, seconds=60)
    merged(project, path)
    with opened(project, "lead") as session:
        undo(session)
    assert quotes(project, "ana") == {}
    merged(project, path)
    assert quotes(project, "ana") == {"spun.txt": ["Kyiv"]}
    assert seconds(project, "ana") == 60


def test_time_is_counted_once(project: Path, tmp_path: Path) -> None:
    with opened(project, "ana") as session:
        open_text(session, "spun.txt")
        session.remember_place(position=0, seconds=10)
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(path, "ana") as session:
        open_text(session, "spun.txt")
        session.remember_place(position=0, seconds=5)
        open_text(session, "other.txt")
        session.remember_place(position=0, seconds=2)
    with opened(project, "ana") as session:
        open_text(session, "spun.txt")
        session.remember_place(position=0, seconds=100)
    length = log_length(project)
    for _ in range(2):
        assert not merged(project, path).changes_anything
        assert seconds(project, "ana") == 117
    assert log_length(project) == length, "time alone is no action"


def test_another_text_is_refused_by_name_and_nothing_comes_in(project: Path, tmp_path: Path) -> None:
    good = bundled(project, tmp_path / "good.stet", "ben")
    with opened(good, "ben") as session:
        mark(session, "other.txt", "Ankara")
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(path, "ana") as session:
        mark(session, "other.txt", "Ankara")
    # Not only the text: whoever changes one, says so in its hash or not.
    with connect_as_stet(path) as connection:
        connection.execute("UPDATE document SET text = 'x' || text WHERE name = 'other.txt'")
    before = content(project)
    with pytest.raises(DamagedRow, match="text of “other.txt” differs from .*; ask for the file again"):
        merged(project, good, path)
    with connect_as_stet(path) as connection:
        changed = sha256("x" + TEXTS["other.txt"])
        connection.execute("UPDATE document SET sha256 = ? WHERE name = 'other.txt'", [changed])
        connection.execute('UPDATE annotation SET start = start + 1, "end" = "end" + 1')
    with pytest.raises(FormatError, match="document “other.txt” has a different text here"):
        merged(project, good, path)
    assert content(project) == before
    assert quotes(project, "ben") == {}


def test_a_bundle_of_another_project_is_refused(project: Path, tmp_path: Path) -> None:
    other = make(tmp_path / "other.stet")
    path = bundled(other, tmp_path / "ana.stet", "ana")
    with pytest.raises(FormatError, match="document “spun.txt” isn't in this project"):
        merged(project, path)


def test_what_an_annotator_added_to_a_bundle_comes_in(project: Path, tmp_path: Path) -> None:
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(path, "ana") as session:
        (new,) = add_documents(session, {"found.txt": "It was Putin."})
        with session.project.atomic():
            session.reader.documents.link(uid_of(session, "third.txt"), new)
            session.reader.documents.link(uid_of(session, "third.txt"), uid_of(session, "other.txt"))
        found = mark(session, "third.txt", "aide")
        prove(session, found, session.reader.document(new), (7, 12))
    report = merged(project, path)
    assert (report.merged.documents, report.merged.linked) == (1, 1)
    assert kinds(report) == {"link": 1}
    with opened(project, "lead") as session:
        third = uid_of(session, "third.txt")
        assert session.reader.documents.references(third) == [uid_of(session, "found.txt")]
        undo(session)
        assert session.reader.documents.find("found.txt") == []
    assert merged(project, path).merged.documents == 1
    assert not merged(project, path).changes_anything


def test_a_removed_document_returns_only_if_it_has_work(tmp_path: Path, project: Path) -> None:
    with opened(project, "lead") as session:
        import_files(session, [_text(tmp_path, "late.txt")])
    idle = bundled(project, tmp_path / "ben.stet", "ben")
    busy = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(busy, "ana") as session:
        mark(session, "late.txt", "Late")
    with opened(project, "lead") as session:
        undo(session)
    assert not merged(project, idle).changes_anything
    assert merged(project, busy).merged.documents == 1
    assert quotes(project, "ana") == {"late.txt": ["Late"]}


def _text(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_text("Late news.")
    return path


def test_a_set_already_merged_from_another_file_continues(project: Path, tmp_path: Path) -> None:
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(path, "ana") as session:
        mark(session, "spun.txt", "Kyiv")
        mark(session, "spun.txt", "US")
    merged(project, path)
    copy = tmp_path / "copy.stet"
    shutil.copy(project, copy)
    other = make(tmp_path / "other.stet")
    merged(other, copy)  # by way of another project's file, of which nobody here knows
    merged(project, other)
    with opened(other, "ana") as session:
        (uid,) = (r.document.uid for r in session.reader.records() if any(s.annotations for s in r.sets))
        session.open_document(uid)
        session.apply(
            annotation_edits.remove(session.state, session.state.in_order()[:1], scheme=session.scheme), title="Delete"
        )
    assert returned(merged(project, other)) == [("ana", 1, 0, 0, 1, 0)]
    assert quotes(project, "ana") == {"spun.txt": ["Kyiv"]}


def test_undoing_a_merge_undoes_later_work_and_redo_restores_it(project: Path, tmp_path: Path) -> None:
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(path, "ana") as session:
        mark(session, "spun.txt", "Kyiv")
    merged(project, path)
    with opened(project, "ana") as session:
        open_text(session, "spun.txt")
        comment(session, next(iter(session.state.annotations.values())), "later")
    after = content(project)
    with opened(project, "lead") as session:
        undo(session)
        redo(session)
    assert content(project) == after


def test_another_project_comes_in_with_all_that_is_new_in_it(project: Path, tmp_path: Path) -> None:
    other = make(tmp_path / "other.stet")
    with opened(other, "ben") as session:
        mark(session, "spun.txt", "Kyiv")
        finish(session, "spun.txt")
    report = merged(project, other)
    assert (report.merged.documents, returned(report)) == (4, [("ben", 1, 1, 0, 0, 1)])
    assert report.merged.linked == 0, "links of new documents come with them"
    with opened(project) as session:
        assert session.reader.documents.count() == 8
    assert not merged(project, other).changes_anything
    with opened(other, "ben") as session:
        unmark(session, "spun.txt", "Kyiv")
    assert returned(merged(project, other)) == [("ben", 1, 0, 0, 1, 1)]
    with opened(project, "lead") as session:
        undo(session)
        undo(session)
        assert session.reader.documents.count() == 4
    assert merged(project, other).merged.documents == 4


def test_a_copy_of_the_project_is_a_project_too(project: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.stet"
    shutil.copy(project, copy)
    with opened(copy, "ben") as session:
        mark(session, "other.txt", "Ankara")
    merged(project, copy)
    assert quotes(project, "ben") == {"other.txt": ["Ankara"]}
    assert not merged(project, copy).changes_anything
    with pytest.raises(ProjectError, match="the project itself"):
        merged(project, project)


def test_decisions_and_gold_come_with_a_whole_project(project: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.stet"
    shutil.copy(project, copy)
    with opened(copy) as session:
        secrets(session)
    report = merged(project, copy)
    assert report.merged.decisions == 1
    assert quotes(project, "gold") == {"spun.txt": ["Kyiv"]}
    with opened(project, "lead") as session:
        decisions = session.executor.review.decisions
        assert [d.uid for d in decisions.all()] == ["x1"]
        undo(session)
        assert decisions.all() == []
        redo(session)
        undo(session)
    # A decision that was withdrawn here isn't brought back by the file that it came from.
    assert merged(project, copy).merged.decisions == 0


def test_that_nothing_is_to_be_marked_comes_with_a_project(project: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.stet"
    shutil.copy(project, copy)
    with opened(copy, "ana") as session:
        open_text(session, "third.txt")
        session.set_status(Status.DONE_EMPTY)
        uid = uid_of(session, "third.txt")
        session.become("rosalind")
        Reviewer(session).finish(uid)
    report = merged(project, copy)
    assert report.merged.decisions == 1
    with opened(project, "lead") as session:
        (decision,) = session.executor.review.decisions.all()
        assert (decision.outcome, decision.document) == (Outcome.EMPTY, uid)
        assert decision.votes == {"ana": None}
    assert statuses(project, "gold") == {"third.txt": "done_empty"}
    assert statuses(project, "ana") == {"third.txt": "done_empty"}
    again = merged(project, copy)
    assert (again.merged.decisions, again.changes_anything) == (0, False)


def test_one_person_is_one_person_however_they_are_spelt(project: Path, tmp_path: Path) -> None:
    with opened(project, "Ana") as session:
        mark(session, "spun.txt", "Kyiv")
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with connect_as_stet(path) as connection:
        assert connection.execute("SELECT name FROM annotator").fetchall() == [("Ana",)]
        connection.execute("UPDATE annotator SET name = 'ana '")
    with opened(path, "ANA") as session:
        mark(session, "spun.txt", "US")
    report = merged(project, path)
    assert kinds(report) == {"annotator": 1}
    assert quotes(project, "Ana") == {"spun.txt": ["US", "Kyiv"]}
    with opened(project) as session:
        assert [name for _, name, _ in session.reader.annotators()] == ["Ana", "lead"]


def test_somebody_else_s_work_in_a_bundle_is_taken_and_reported(project: Path, tmp_path: Path) -> None:
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(path, "zoe") as session:
        mark(session, "spun.txt", "Kyiv")
    report = merged(project, path)
    assert kinds(report) == {"stranger": 1}
    assert quotes(project, "zoe") == {"spun.txt": ["Kyiv"]}


def test_a_scheme_that_moved_on_is_reported_and_the_marks_kept(project: Path, tmp_path: Path) -> None:
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(path, "ana") as session:
        mark(session, "spun.txt", "Kyiv")
        finish(session, "spun.txt")
    newer = scheme_source("ner").replace("version = 1", "version = 2", 1).replace('"GPE"', '"PLACE"')
    with opened(project) as session:
        session.perform(ApplyScheme(newer), title="Scheme")
    report = merged(project, path)
    assert kinds(report) == {"scheme": 1, "label": 1}
    session = Session.open(project, write=False)
    (found,) = [item for record in session.reader.records() for item in record.sets if item.annotations]
    session.close()
    assert (found.scheme, found.annotations[0].label) == ("ner@1", "GPE")


def test_a_done_document_breaking_the_local_scheme_is_reported(project: Path, tmp_path: Path) -> None:
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(path, "ana") as session:
        mark(session, "spun.txt", "Kyiv")
        finish(session, "spun.txt")
    stricter = scheme_source("ner").replace('id = "GPE"', 'id = "GPE"\nrequired = ["comment"]', 1)
    with opened(project) as session:
        session.perform(ApplyScheme(stricter), title="Scheme")
    report = merged(project, path)
    assert kinds(report) == {"scheme": 1, "rule": 1}
    assert statuses(project, "ana") == {"spun.txt": "done"}


def test_a_dry_run_says_all_and_changes_nothing(project: Path, tmp_path: Path) -> None:
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(path, "ana") as session:
        mark(session, "spun.txt", "Kyiv")
    before, copies = content(project), backups(project)
    with opened(project, "lead") as session:
        report = merge_files(session, [path], dry_run=True)
    assert report.lines() == ["would merge the work on 1 document", "ana (ana.stet): 1 document, 1 new mark"]
    assert (content(project), backups(project)) == (before, copies)
    assert merged(project, path).changes_anything


def test_whoever_cancels_has_changed_nothing(project: Path, tmp_path: Path) -> None:
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(path, "ana") as session:
        mark(session, "third.txt", "aide")
    before = content(project)
    token = CancelToken()
    with opened(project, "lead") as session:
        session.listen(lambda fact: pytest.fail(f"published {fact}"))

        def stop(done: int, total: int | None, what: str) -> None:
            token.cancel()

        token.cancel()
        with pytest.raises(Cancelled):
            merge_files(session, [path], cancel=token, progress=stop)
        assert session.undo_title() is None
    assert content(project) == before


def test_the_open_document_shows_what_came_in(project: Path, tmp_path: Path) -> None:
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(path, "ana") as session:
        mark(session, "spun.txt", "Kyiv")
        finish(session, "spun.txt")
    with opened(project, "ana") as session:
        open_text(session, "spun.txt")
        merge_files(session, [path])
        assert [a.quote for a in session.state.in_order()] == ["Kyiv"]
        assert session.state.status is Status.DONE
        undo(session)
        assert not session.state.annotations


HOSTILE = [
    ("CREATE TRIGGER t AFTER INSERT ON annotation BEGIN SELECT 1; END", "contains code of its own"),
    ("CREATE VIEW v AS SELECT 1", "contains code of its own"),
    ('UPDATE annotation SET "end" = 100000', "outside the text"),
    ("UPDATE annotation SET start = -4", "“start” is -4"),
    ("UPDATE annotation SET attributes = '[1]'", "“attributes” isn't as Stet writes it"),
    ("UPDATE annotation SET label = ''", "the label"),
    ("UPDATE annotation SET attributes = '" + '{"a":' * 900 + "1" + "}" * 900 + "'", "nested|depth|recursion"),
    ("UPDATE annotator SET kind = 'gold'", "can.t be of the kind"),
    ("UPDATE annotator SET name = 'gold'", "can.t be of the kind"),
    ("UPDATE annotation_set SET status = 'brilliant'", "“status” can't be “brilliant”"),
    ("UPDATE document SET name = ''", "the name is empty"),
    ("DROP TABLE evidence", "can't be read"),
    ("DROP TABLE about", "can't be read"),
]


@pytest.mark.parametrize(("sql", "why"), HOSTILE)
def test_a_file_that_was_tampered_with_is_refused(project: Path, tmp_path: Path, sql: str, why: str) -> None:
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(path, "ana") as session:
        mark(session, "spun.txt", "Kyiv")
    with connect_as_stet(path) as connection:
        connection.execute(sql)
    before = content(project)
    with pytest.raises((FormatError, ProjectError), match=why):
        merged(project, path)
    assert content(project) == before


def test_a_mark_that_is_somebody_else_s_here_is_refused(project: Path, tmp_path: Path) -> None:
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(path, "ana") as session:
        mark(session, "spun.txt", "Kyiv")
    with opened(project, "ben") as session:
        theirs = mark(session, "spun.txt", "US")
    with connect_as_stet(path) as connection:
        connection.execute("UPDATE annotation SET uid = ?", [theirs.uid])
    with pytest.raises(FormatError, match="belongs to another annotator or document here"):
        merged(project, path)


def test_merging_reads_an_open_bundle_but_refuses_an_open_target(project: Path, tmp_path: Path) -> None:
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(path, "ana") as worker:
        mark(worker, "spun.txt", "Kyiv")
        merged(project, path)
        assert quotes(project, "ana") == {"spun.txt": ["Kyiv"]}
        with pytest.raises(ProjectError, match="open for writing"):
            merged(path, project)


def test_a_merge_that_the_log_holds_in_parts_is_one_step(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.session.transaction.ANNOTATIONS_A_LOG_ROW", 0)
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(path, "ana") as session:
        mark(session, "spun.txt", "Kyiv")
        mark(session, "other.txt", "Ankara")
    with opened(project, "lead") as session:
        with open_files(session, [path]) as sources:
            done = merge(session, sources)
        assert done.sequence is not None
        assert [row.title for row in session.log.rows(limit=2)] == [f"Merge ana.stet (part {n})" for n in (2, 1)]
        assert undo(session).title == "Merge ana.stet"
        marks = [mark for record in session.reader.records() for item in record.sets for mark in item.annotations]
        assert marks == []
        redo(session)
        marks = [mark.quote for record in session.reader.records() for item in record.sets for mark in item.annotations]
        assert sorted(marks) == ["Ankara", "Kyiv"]


def test_the_days_of_finishing_come_with_the_work(project: Path, tmp_path: Path) -> None:
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(path, "ana") as session:
        mark(session, "spun.txt", "Kyiv")
        for name, day in (("spun.txt", "2026-03-02"), ("other.txt", "2026-03-05")):
            finish(session, name)
            with session.project.atomic():
                stamp = "UPDATE edit_log SET time = ? WHERE time > '2026-04'"
                session.project.connection.execute(stamp, [f"{day}T12:00:00.000000Z"])
    merged(project, path)
    with opened(project, "lead") as session:
        spun, other = uid_of(session, "spun.txt"), uid_of(session, "other.txt")
        assert finishing_days(session) == {("ana", spun): "2026-03-02", ("ana", other): "2026-03-05"}
        undo(session)
        assert finishing_days(session) == {}
        redo(session)
        assert finishing_days(session)["ana", spun] == "2026-03-02"
    other_lead = make(tmp_path / "empty.stet")  # where all its documents are new
    with opened(other_lead) as session, session.project.atomic():
        session.project.connection.execute("UPDATE document SET uid = 'x' || uid")
    merged(other_lead, project)
    with opened(other_lead, "lead") as session:
        assert finishing_days(session)["ana", spun] == "2026-03-02"


def test_a_log_that_is_no_log_costs_the_days_only(project: Path, tmp_path: Path) -> None:
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(path, "ana") as session:
        mark(session, "spun.txt", "Kyiv")
        finish(session, "spun.txt")
        with session.project.atomic():
            session.project.connection.execute("UPDATE edit_log SET packed = NULL, edit = '{\"status\": 3}'")
    report = merged(project, path)
    assert kinds(report) == {"log": 1}
    with opened(project) as session:
        assert finishing_days(session) == {}
    assert statuses(project, "ana")["spun.txt"] == "done"
