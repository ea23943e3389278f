"""A bundle holds what one annotator needs, and nothing of anybody else's."""

import errno
import shutil
import sqlite3
from pathlib import Path

import msgspec
import pytest

from app.core import annotation_edits
from app.core.annotation import Status
from app.core.decision import GOLD, Decision, Outcome
from app.core.edits import AddAnnotation
from app.core.errors import Cancelled, EditRejected, FormatError, ProjectError
from app.core.progress import CancelToken
from app.jobs.tasks.bundle import bundle_files, write_bundle, write_bundles
from app.jobs.tasks.check_project import check_project
from app.services.history.undo import undo
from app.services.review.reviewer import Reviewer
from app.session.actions import ApplyScheme, Compound, Decide, Release, SetEdit
from app.session.session import Session
from app.storage.assignments import BUNDLE_FOR, BUNDLE_MADE, BUNDLE_OF, Assignments
from app.storage.errors import StorageFault
from tests.conftest import scheme_source
from tests.unit.services.team.lead import (
    assigned,
    bundled,
    comment,
    content,
    finish,
    make,
    mark,
    merged,
    open_text,
    opened,
    prove,
    quotes,
    statuses,
    uid_of,
)


def names(path: Path) -> list[str]:
    with opened(path) as session:
        return [record.document.name for record in session.reader.records()]


def test_a_bundle_is_a_sound_project_of_its_own(project: Path, tmp_path: Path) -> None:
    with opened(project, "ana") as session:
        mark(session, "spun.txt", "Kyiv", comment="mine")
        finish(session, "spun.txt")
        uid = session.executor.review.assignments.about("uid")
        before = session.log.next_sequence()
        done = write_bundle(session, tmp_path / "ana.stet", annotator="ana ")
        assert session.log.next_sequence() == before, "handing out is no action to be undone"
    assert (done.annotator, done.documents, done.references, done.annotations) == ("ana", 3, 1, 1)
    assert quotes(done.path, "ana") == {"spun.txt": ["Kyiv"]}
    with opened(done.path, "ana") as session:
        about = session.executor.review.assignments.about
        assert (about(BUNDLE_OF), about(BUNDLE_FOR)) == (uid, "ana")
        assert about(BUNDLE_MADE)
        assert about("uid") != uid
        assert session.undo_title() is None
        assert session.open_document(uid_of(session, "spun.txt")).status is Status.DONE
        assert session.reader.documents.references(uid_of(session, "spun.txt")) == [uid_of(session, "report.txt")]
        assert session.scheme.source == scheme_source("ner")
        assert list(check_project(session)) == []
        assert set(session.executor.review.assignments.assignments()) == {"ana"}
    assert sorted(path.name for path in tmp_path.iterdir() if "part" in path.name) == []


def test_only_what_is_assigned_goes_out(project: Path, tmp_path: Path) -> None:
    assigned(project, "ana", ["other.txt"])
    assert names(bundled(project, tmp_path / "ana.stet", "ana")) == ["other.txt", "report.txt"]
    with opened(project) as session:
        with pytest.raises(EditRejected, match="nothing is assigned to ben"):
            write_bundle(session, tmp_path / "ben.stet", annotator="ben")
        with pytest.raises(FormatError, match=r"no document is named “x\*”"):
            write_bundle(session, tmp_path / "ben.stet", annotator="ana", documents=["x*"])
        with pytest.raises(EditRejected, match="no documents to assign"):
            write_bundle(session, tmp_path / "ben.stet", annotator="ana", documents=["spun.txt"])
        with pytest.raises(EditRejected, match="“ GOLD” isn't a valid annotator name"):
            write_bundle(session, tmp_path / "ben.stet", annotator=" GOLD")
    assert not (tmp_path / "ben.stet").exists()


def test_documents_can_be_chosen_by_pattern(project: Path, tmp_path: Path) -> None:
    with opened(project) as session:
        write_bundle(session, tmp_path / "a.stet", annotator="ana", documents=["th*"])
    assert names(tmp_path / "a.stet") == ["third.txt"]


def test_references_come_along_as_far_as_evidence_needs_them(project: Path, tmp_path: Path) -> None:
    with opened(project, "ana") as session:
        # third.txt has no reference, but ana proved something there by other.txt, which has one.
        found = mark(session, "third.txt", "Nothing")
        other = session.reader.document(uid_of(session, "other.txt"))
        prove(session, found, other, (0, 3))
        write_bundle(session, tmp_path / "a.stet", annotator="ana", documents=["third.txt"])
    assert names(tmp_path / "a.stet") == ["third.txt", "other.txt", "report.txt"]
    with opened(tmp_path / "a.stet") as session:
        assert list(check_project(session)) == []
        assert session.executor.review.assignments.assignments() == {"ana": (uid_of(session, "third.txt"),)}


def secrets(session: Session) -> None:
    """Have others work, fall out, decide and delete."""
    for who in ("benedikt", "caroline"):
        session.become(who)
        found = mark(session, "spun.txt", "Puttin", comment=f"whisper of {who}")
        session.apply(annotation_edits.change_correction(found, f"mended by {who}"), title="Correct")
        mark(session, "third.txt", "aide", comment=f"deleted by {who}")
        undo(session)
        undo(session)
        finish(session, "spun.txt")
    session.become("rosalind")
    open_text(session, "spun.txt")
    gold = mark_of_gold(session, "Kyiv", origin="rosalind", extra={"sources": "caroline"})
    votes: dict[str, str | None] = {"benedikt": found.uid, "caroline": None}
    decision = Decision(
        **{"uid": "x1", "document": session.state.document.uid, "layer": "entity", "key": "k"},
        **{"outcome": Outcome.EDITED, "reviewer": "rosalind", "time": "2026-01-01T00:00:00Z"},
        **{"sources": (found.uid,), "gold": "g1", "votes": votes, "note": "for whoever marked it"},
    )
    session.perform(Compound((gold, Decide(decision))), title="Decide")


def mark_of_gold(session: Session, words: str, **fields: object) -> SetEdit:
    state = session.state
    start = state.document.text.index(words)
    edit = annotation_edits.annotate(
        state, [(start, start + len(words))], layer="entity", label="GPE", scheme=session.scheme
    )
    return SetEdit(
        state.document.uid, GOLD, AddAnnotation(msgspec.structs.replace(edit.annotation, uid="g1", **fields))
    )


OTHERS = ("benedikt", "caroline", "rosalind", "whisper", "mended", "Puttin decided")


@pytest.mark.parametrize("released", [False, True])
def test_nothing_of_the_others_is_in_the_file(project: Path, tmp_path: Path, released: bool) -> None:
    with opened(project) as session:
        secrets(session)
        session.become("ana")
        comment(session, mark(session, "spun.txt", "US"), "my own words")
        if released:
            uid = uid_of(session, "spun.txt")
            session.perform(Release((uid,), "rosalind"), title="Release")
        done = write_bundle(session, tmp_path / "for.stet", annotator="ana")
    assert done.released == released
    data = done.path.read_bytes()
    assert b"my own words" in data
    assert (b"for whoever marked it" in data) is released, "what the reviewer tells the annotators goes with gold"
    for secret in OTHERS:
        assert secret.encode() not in data, secret
    with opened(done.path) as session:
        kinds = {name: kind for _, name, kind in session.reader.annotators()}
        assert kinds == ({"ana": "person", "gold": "gold"} if released else {"ana": "person"})
        assert session.log.next_sequence() == 1
    assert quotes(done.path, GOLD) == ({"spun.txt": ["Kyiv"]} if released else {})


@pytest.mark.parametrize("released", [False, True])
def test_gold_of_a_text_without_marks_goes_out_if_released(project: Path, tmp_path: Path, released: bool) -> None:
    with opened(project) as session:
        uid = uid_of(session, "third.txt")
        for who in ("ana", "benedikt"):
            session.become(who)
            open_text(session, "third.txt")
            session.set_status(Status.DONE_EMPTY)
        session.become("rosalind")
        Reviewer(session).finish(uid)
        if released:
            session.perform(Release((uid,), "rosalind"), title="Release")
        done = write_bundle(session, tmp_path / "for.stet", annotator="ana")
    assert done.released == released
    data = done.path.read_bytes()
    assert b"benedikt" not in data
    assert b"rosalind" not in data
    with opened(done.path) as session:
        assert list(check_project(session)) == []
        assert [d.outcome for d in session.executor.review.decisions.all()] == ([Outcome.EMPTY] if released else [])
    assert statuses(done.path, GOLD) == ({"third.txt": "done_empty"} if released else {})
    assert not merged(project, done.path).changes_anything
    assert statuses(project, GOLD) == {"third.txt": "done_empty"}


def test_gold_and_its_release_do_not_come_back_with_the_work(project: Path, tmp_path: Path) -> None:
    with opened(project) as session:
        secrets(session)
        session.become("rosalind")
        session.perform(Release((uid_of(session, "spun.txt"),), "rosalind"), title="Release")
    path = bundled(project, tmp_path / "a.stet", "ana")
    with opened(path, "ana") as session:
        open_text(session, "spun.txt")
        mark(session, "other.txt", "Ankara")
    report = merged(project, path)
    assert [item.annotator for item in report.merged.returned] == ["ana"]
    assert quotes(project, GOLD) == {"spun.txt": ["Kyiv"]}
    with opened(project) as session:
        assert [d.uid for d in session.executor.review.decisions.all()] == ["x1"]


def test_the_newest_scheme_goes_out_alone(project: Path, tmp_path: Path) -> None:
    newer = scheme_source("ner").replace("version = 1", "version = 2", 1)
    with opened(project) as session:
        session.perform(ApplyScheme(newer), title="Scheme")
    path = bundled(project, tmp_path / "a.stet", "ana")
    with opened(path) as session:
        assert session.scheme.tag == "ner@2"
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM scheme").fetchone() == (1,)


def test_nothing_is_overwritten_unless_asked(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.stet"
    out.write_text("mine")
    with opened(project) as session:
        for wrong, why in (
            (out, "a file with that name"),
            (tmp_path / "no" / "a.stet", "folder doesn't exist"),
            (tmp_path / "a.txt", "must end in .stet"),
            (project, "the project itself"),
        ):
            with pytest.raises(ProjectError, match=why):
                write_bundle(session, wrong, annotator="ana", force=wrong == project)
        assert out.read_text() == "mine"
        write_bundle(session, out, annotator="ana", force=True)
        inside = Session.open(out)
        with pytest.raises(ProjectError, match="it is open elsewhere"):
            write_bundle(session, out, annotator="ana", force=True)
        inside.close()


def test_whoever_cancels_leaves_no_file(tmp_path: Path) -> None:
    project = make(tmp_path / "news.stet", more=60)
    token = CancelToken()
    token.cancel()
    with opened(project) as session:
        with pytest.raises(Cancelled):
            write_bundle(session, tmp_path / "a.stet", annotator="ana", cancel=token)
        assert session.project.connection.execute("SELECT count(*) FROM handed").fetchone() == (0,)
    left = {path.name for path in tmp_path.iterdir()} - {"news.stet", ".news.stet.lock"}
    assert left == set()


def full_disk(*_paths: Path) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("name", ["move_over", "sync_file"])
def test_a_bundle_that_cannot_be_put_in_place_isnt_recorded(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(f"app.services.team.bundle.{name}", full_disk)
    with opened(project) as session:
        with pytest.raises(ProjectError, match="the disk is full") as caught:
            write_bundle(session, tmp_path / "ana.stet", annotator="ana")
        assert caught.value.path == tmp_path / "ana.stet"
        assert session.project.connection.execute("SELECT count(*) FROM handed").fetchone() == (0,)
        left = {path.name for path in tmp_path.iterdir()} - {"news.stet", "news.stet-wal", "news.stet-shm"}
    assert left == {".news.stet.lock", ".news.stet.owner"}


def test_a_bundle_that_cannot_be_recorded_isnt_written(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object) -> None:
        raise StorageFault(sqlite3.SQLITE_FULL, path=project)

    monkeypatch.setattr(Assignments, "remember", refuse)
    with opened(project) as session:
        with pytest.raises(ProjectError, match="the disk is full"):
            write_bundle(session, tmp_path / "ana.stet", annotator="ana")
        assert session.project.connection.execute("SELECT count(*) FROM handed").fetchone() == (0,)
    assert not (tmp_path / "ana.stet").exists()


def test_each_annotator_gets_a_file_of_their_own(project: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    people = ["ana", "../ben", "B/C", "b_c", "***"]
    with opened(project) as session:
        files = bundle_files(session, folder, people)
        found = [path.name for path in files.values()]
        assert found == ["news-ana.stet", "news-ben.stet", "news-B_C.stet", "news-b_c-2.stet", "news-annotator.stet"]
        done = write_bundles(session, folder, people)
        assert [item.path for item in done] == list(files.values())
        with pytest.raises(ProjectError, match="a file with that name"):
            write_bundles(session, folder, ["zoe", "ana"])
    assert not (folder / "news-zoe.stet").exists()


def test_merging_a_bundle_leaves_no_files_beside_it(project: Path, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    path = bundled(project, stick / "a.stet", "ana")
    assert [item.name for item in stick.iterdir()] == ["a.stet"]
    before = content(project)
    merged(project, path)
    assert [item.name for item in stick.iterdir()] == ["a.stet"]
    assert content(project) == before


def test_a_bundle_of_a_bundle_is_one_too(project: Path, tmp_path: Path) -> None:
    first = bundled(project, tmp_path / "a.stet", "ana")
    shutil.copy(first, tmp_path / "b.stet")
    assert names(bundled(tmp_path / "b.stet", tmp_path / "c.stet", "ana")) == names(first)
