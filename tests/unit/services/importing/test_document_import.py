"""Bringing documents in: all or nothing, nothing twice, ours kept, and back out again by undo."""

from pathlib import Path

import msgspec
import pytest

from app.core import annotation_edits
from app.core.annotation import Evidence, Fragment, Relation, Stance, Status
from app.core.errors import Cancelled, EditRejected, FormatError, StetError
from app.core.progress import CancelToken
from app.core.record import DocumentRecord
from app.services.history.undo import redo, undo
from app.services.importing.document_import import import_documents
from app.session.events import Event, Topic
from app.session.session import Session
from app.storage.backups import backups
from tests.unit.build import annotation
from tests.unit.exchange.build import REFERENCE, TEXT, exported, names, project, record, work


@pytest.fixture
def ana(tmp_path: Path):
    """Give an empty project that ana works in."""
    with project(tmp_path / "news.stet", annotator="ana") as session:
        yield session


def given(session: Session, *records: DocumentRecord, **options):
    """Bring records in."""
    return import_documents(session, records, title="Import", **options)


def person(uid: str = "a1", start: int = 0, end: int = 12, **fields):
    """Return an annotation of TEXT."""
    return annotation(TEXT, (start, end), uid=uid, layer="entity", label="PERSON", **fields)


def spun(*annotations, **fields) -> DocumentRecord:
    """Return the record of TEXT with ana's work."""
    return record(sets=(work(*annotations, **fields),))


# -- new documents -----------------------------------------------------------------------------------------------------


def test_new_documents_come_in_with_all_work(ana: Session) -> None:
    reference = record(REFERENCE, uid="d2", name="report.txt")
    done = given(ana, record(references=("d2",), sets=(work(person()),)), reference)
    assert (done.documents, done.annotations, done.extended, done.already, done.first) == (2, 1, 0, 0, "d1")
    assert ana.reader.documents.references("d1") == ["d2"]
    assert names(ana) == ["spun.txt", "report.txt"]


def test_one_import_is_one_line_of_the_log(ana: Session) -> None:
    done = given(ana, spun(person()), record(uid="d2", name="b"))
    rows = list(ana.log.rows())
    assert [(row.sequence, row.title, row.annotator) for row in rows] == [(done.sequence, "Import", "ana")]


def test_an_import_can_be_undone_and_done_again(ana: Session) -> None:
    given(ana, record(uid="d0", name="before"))
    before = exported(ana)
    given(ana, spun(person()), record(uid="d2", name="b"))
    after = exported(ana)
    assert ana.undo_title() == "Import"
    undo(ana)
    assert exported(ana) == before
    redo(ana)
    assert exported(ana) == after
    undo(ana)
    assert exported(ana) == before


def test_undo_closes_a_document_that_goes_with_it(ana: Session) -> None:
    given(ana, spun())
    ana.open_document("d1")
    undo(ana)
    assert ana.state is None


def test_an_import_that_was_worked_on_is_not_undone_under_it(ana: Session) -> None:
    given(ana, spun())
    ana.become("boris")
    state = ana.open_document("d1")
    ana.apply(
        annotation_edits.annotate(state, [(0, 6)], layer="entity", label="PERSON", scheme=ana.scheme), title="Mark"
    )
    ana.become("ana")
    with pytest.raises(EditRejected, match="boris has worked on"):
        undo(ana)


def test_after_an_undone_import_the_file_can_be_brought_in_again(ana: Session) -> None:
    records = (spun(person()), record(REFERENCE, uid="d2", name="b", references=("d1",)))
    given(ana, *records)
    after = exported(ana)
    undo(ana)
    done = given(ana, *records)
    assert done.documents == 2
    assert exported(ana) == after
    undo(ana)
    assert names(ana) == []
    redo(ana)
    assert exported(ana) == after


def test_importing_again_after_undo_restores_document_links(ana: Session) -> None:
    both = [record(uid="d1", references=("r1",)), record("U.S. President", uid="r1", name="report.txt")]
    given(ana, *both)
    undo(ana)
    assert given(ana, *both).documents == 2
    assert ana.reader.documents.references("d1") == ["r1"]


def test_listeners_hear_of_it_after_it_is_written(ana: Session) -> None:
    heard: list[Event] = []
    ana.listen(lambda fact: heard.append(fact) if ana.reader.documents.count() else None)
    given(ana, spun())
    assert [fact.topic for fact in heard] == [Topic.DOCUMENTS, Topic.HISTORY]


def test_progress_is_told(ana: Session) -> None:
    told: list[int] = []
    given(ana, *(record(uid=f"d{n}", name=str(n)) for n in range(250)), progress=told.append)
    assert told == [100, 200, 250]


# -- all or nothing ----------------------------------------------------------------------------------------------------


def test_nothing_is_kept_if_a_record_is_refused(ana: Session) -> None:
    given(ana, spun(person()))
    before = exported(ana)
    changed = record("another text")
    with pytest.raises(FormatError, match="“spun.txt” \\(d1\\) is in the project with a different text"):
        given(ana, record(uid="d7", name="n", sets=(work(annotator="zoe"),)), changed)
    assert exported(ana) == before
    assert [name for _, name, _ in ana.reader.annotators()] == ["ana"]
    assert len(list(ana.log.rows())) == 1


def test_two_records_with_one_id_are_refused(ana: Session) -> None:
    for records in ([record(), record()], [record(uid=f"d{n}", name="n") for n in (*range(600), 3)]):
        with pytest.raises(FormatError, match="used for two documents of this import"):
            given(ana, *records)
    given(ana, record())
    with pytest.raises(FormatError, match="used for two documents"):
        given(ana, record(), record())
    assert ana.reader.documents.count() == 1


def test_an_annotation_id_of_another_document_is_refused(ana: Session) -> None:
    given(ana, spun(person("a1")))
    other = record(uid="d2", name="b", sets=(work(person("a0"), person("a1")),))
    with pytest.raises(StetError, match="the id a1 already belongs to another annotation"):
        given(ana, other)
    given(ana, record(uid="d2", name="b"))
    with pytest.raises(FormatError, match="annotation a1 is already in the project, in another document"):
        given(ana, other)
    twice = [record(uid=f"e{n}", name="b", sets=(work(person("b1")),)) for n in range(2)]
    with pytest.raises(StetError, match="the id b1 already belongs to another annotation"):
        given(ana, *twice)
    assert names(ana) == ["spun.txt", "b"]


def test_two_sets_of_one_annotator_are_refused_in_any_spelling(ana: Session) -> None:
    with pytest.raises(FormatError, match="“ana” has two sets"):
        given(ana, record(sets=(work(annotator="ana"), work(annotator="ANA "))))


def test_a_cancelled_import_leaves_nothing(ana: Session) -> None:
    token = CancelToken()

    def records():
        for number in range(2000):
            if number == 1200:
                token.cancel()
            yield record(uid=f"d{number}", name=str(number))

    with pytest.raises(Cancelled):
        import_documents(ana, records(), title="Import", cancel=token)
    assert ana.reader.documents.count() == 0
    assert list(ana.log.rows()) == []
    assert ana.project.db.conn.in_transaction is False


def test_a_dry_run_says_everything_and_changes_nothing(ana: Session, tmp_path: Path) -> None:
    given(ana, spun())
    before = exported(ana)
    copies = len(backups(ana.path))
    dry = given(ana, spun(person()), record(uid="d2", name="b", sets=(work(annotator="zoe"),)), dry_run=True)
    assert (dry.documents, dry.extended, dry.added, dry.sequence) == (1, 1, 1, None)
    assert exported(ana) == before
    assert len(backups(ana.path)) == copies
    with pytest.raises(EditRejected):
        ana.reader.document("d2")


def test_bad_records_can_be_left_out(ana: Session) -> None:
    bad: list[StetError] = []
    given(ana, record())
    done = given(ana, record("other"), record(uid="d2", name="b"), record(uid="d2", name="c"), refuse=bad.append)
    assert (done.documents, len(bad)) == (1, 2)
    assert names(ana) == ["spun.txt", "b"]


def test_a_project_with_documents_is_backed_up_first(ana: Session) -> None:
    given(ana, record())
    assert backups(ana.path) == []
    given(ana, record(uid="d2", name="b"))
    (copy,) = backups(ana.path)
    assert copy.name.endswith("-import.stet")


def test_a_project_open_for_reading_takes_nothing(tmp_path: Path) -> None:
    with project(tmp_path / "a.stet"):
        pass
    session = Session.open(tmp_path / "a.stet", write=False)
    try:
        with pytest.raises(EditRejected, match="read-only"):
            given(session, record())
    finally:
        session.close()


# -- documents that are there ------------------------------------------------------------------------------------------


def test_the_same_again_changes_nothing(ana: Session) -> None:
    records = (record(references=("d2",), sets=(work(person()),)), record(REFERENCE, uid="d2", name="b"))
    given(ana, *records)
    before = exported(ana)
    done = given(ana, *records)
    assert (done.already, done.changes_anything, done.sequence) == (2, False, None)
    assert exported(ana) == before
    assert len(list(ana.log.rows())) == 1


def test_what_is_missing_is_added_and_undo_takes_it_away(ana: Session) -> None:
    given(ana, spun(person("a1")), record(REFERENCE, uid="d2", name="b"))
    tie = Relation(uid="r1", source="a1", target="a2", label="of")
    more = work(person("a1"), person("a2", 18, 20), status=Status.OPEN, relations=(tie,))
    boris = work(person("b1"), annotator="boris", status=Status.DONE, seconds=9.0, scheme="old@1")
    done = given(ana, record(references=("d2",), sets=(more, boris)))
    assert (done.documents, done.extended, done.added, done.linked) == (0, 1, 2, 1)
    (first, _) = ana.reader.records()
    assert first.references == ("d2",)
    assert [(item.annotator, item.status, item.scheme, item.seconds) for item in first.sets] == [
        ("ana", Status.OPEN, "news-errors@1", 0.0),
        ("boris", Status.DONE, "old@1", 9.0),
    ]
    assert first.sets[0].relations == (tie,)
    after = exported(ana)
    undo(ana)
    (first, _) = ana.reader.records()
    assert [(item.annotations, item.relations, item.status) for item in first.sets] == [
        ((person("a1"),), (), Status.OPEN),
        ((), (), Status.OPEN),
    ]
    assert first.references == ()
    redo(ana)
    assert exported(ana) == after


def test_where_both_sides_differ_ours_is_kept_and_it_is_said(ana: Session) -> None:
    given(ana, spun(person("a1"), status=Status.DONE))
    theirs = person("a1", comment="theirs")
    other = spun(theirs, status=Status.SKIPPED)
    document = msgspec.structs.replace(other.document, name="renamed.txt", meta={"k": 1})
    done = given(ana, other._replace(document=document))
    assert not done.changes_anything
    assert {finding.kind for finding in done.report} == {"differs-document", "differs-annotation", "differs-status"}
    (found,) = ana.reader.records()
    assert (found.document.name, found.sets[0].annotations[0].comment) == ("spun.txt", "")


def test_a_set_that_nobody_began_takes_the_status_of_the_file(ana: Session) -> None:
    given(ana, spun())
    given(ana, spun(status=Status.DONE_EMPTY))
    (found,) = ana.reader.records()
    assert found.sets[0].status is Status.DONE_EMPTY


def test_additions_that_lack_something_open_a_finished_set_again(ana: Session) -> None:
    given(ana, spun(person("a1"), status=Status.DONE))
    given(ana, spun(person("a1"), person("a2", 18, 20), status=Status.DONE))
    assert next(ana.reader.records()).sets[0].status is Status.DONE
    bare = annotation(TEXT, (21, 28), uid="a3", layer="error", label="ROLE_ATTRIBUTE")
    given(ana, spun(bare, status=Status.DONE))
    assert next(ana.reader.records()).sets[0].status is Status.OPEN


def test_additions_to_the_open_document_are_seen_there(ana: Session) -> None:
    given(ana, spun(person("a1")))
    ana.open_document("d1")
    heard: list[Topic] = []
    ana.listen(lambda fact: heard.append(fact.topic))
    given(ana, record(sets=(work(person("a2", 18, 20), annotator="ANA"),)))
    assert ana.state is not None
    assert set(ana.state.annotations) == {"a1", "a2"}
    assert Topic.ANNOTATIONS in heard
    undo(ana)
    assert set(ana.state.annotations) == {"a1"}


def test_a_mismatched_quote_is_kept_through_add_undo_and_redo(ana: Session) -> None:
    given(ana, spun(person("a1")))
    odd = person("a2", 18, 20, quote="UK")
    given(ana, spun(odd))
    assert odd in next(ana.reader.records()).sets[0].annotations
    undo(ana)
    redo(ana)
    assert odd in next(ana.reader.records()).sets[0].annotations
    ana.open_document("d1")
    assert ana.state is not None
    ana.apply(annotation_edits.change_comment(odd, "look"), title="Comment")
    ana.apply(annotation_edits.remove(ana.state, [ana.state.annotations["a2"]], scheme=ana.scheme), title="Remove")
    undo(ana)
    undo(ana)
    assert odd in next(ana.reader.records()).sets[0].annotations


def test_many_additions_are_several_rows_of_the_log_and_one_step(ana: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.session.transaction.ANNOTATIONS_A_LOG_ROW", 1)
    documents = [record(uid=f"d{n}", name=str(n)) for n in range(3)]
    given(ana, *documents)
    for number, document in enumerate(documents):
        documents[number] = document._replace(sets=(work(person(f"x{number}"), person(f"y{number}", 1, 2)),))
    given(ana, *documents)
    assert [row.title for row in ana.log.rows(limit=3)] == [f"Import (part {n})" for n in (3, 2, 1)]
    assert undo(ana).title == "Import"
    assert all(not item.annotations for found in ana.reader.records() for item in found.sets)


# -- references and evidence -------------------------------------------------------------------------------------------


def test_references_that_are_not_there_are_reported(ana: Session) -> None:
    done = given(ana, record(references=("gone", "d2")), record(REFERENCE, uid="d2", name="b"))
    (finding,) = done.report
    assert (finding.kind, finding.examples) == ("reference", ["spun.txt: gone"])
    assert ana.reader.documents.references("d1") == ["d2"]


@pytest.mark.parametrize("is_there", [False, True])
def test_evidence_that_does_not_hold_is_kept_and_reported(ana: Session, is_there: bool) -> None:
    def proof(uid: str, document: str, quote: str) -> Evidence:
        return Evidence(uid=uid, document=document, fragments=(Fragment(0, 4),), quote=quote, stance=Stance.REFUTES)

    given(ana, record(REFERENCE, uid="d2", name="b"))
    if is_there:
        given(ana, spun())
    proofs = (proof("e1", "d2", "U.S."), proof("e2", "d2", "Kyiv"), proof("e3", "gone", "U.S."))
    done = given(ana, spun(person(evidence=proofs)))
    (finding,) = done.report
    assert (finding.kind, finding.count) == ("evidence", 2)
    assert next(r for r in ana.reader.records() if r.document.uid == "d1").sets[0].annotations[0].evidence == proofs
    undo(ana)
    redo(ana)
    assert next(r for r in ana.reader.records() if r.document.uid == "d1").sets[0].annotations[0].evidence == proofs


def test_documents_are_made_references_of_another(ana: Session) -> None:
    given(ana, record())
    done = given(ana, record(REFERENCE, uid="d2", name="b"), reference_for="d1")
    assert (done.linked, ana.reader.documents.references("d1")) == (1, ["d2"])
    assert given(ana, record(REFERENCE, uid="d2", name="b"), reference_for="d1").changes_anything is False
    undo(ana)
    assert (ana.reader.documents.references("d1"), names(ana)) == ([], ["spun.txt"])
    with pytest.raises(FormatError, match="can't be its own reference"):
        given(ana, record(), reference_for="d1")


# -- texts without a uid -----------------------------------------------------------------------------------------------


def test_a_text_is_known_by_name_and_content(ana: Session) -> None:
    text = record(uid="")
    assert given(ana, text, text).documents == 1
    assert given(ana, text).already == 1
    assert given(ana, record("another", uid="")).documents == 1
    assert given(ana, record(uid="", name="other.txt")).documents == 1
    assert (
        given(ana, record(uid="", name="other.txt"), reference_for=next(ana.reader.records()).document.uid).linked == 1
    )


def test_labels_and_people_that_are_not_known_here_are_said(ana: Session) -> None:
    given(ana, record(uid="d0", name="n", sets=(work(person("a0")),)))
    strange = annotation(TEXT, (0, 6), uid="a1", layer="mood", label="GLAD")
    done = given(ana, record(sets=(work(strange, annotator="Ana", kind="model"),)))
    assert {finding.kind: finding.examples for finding in done.report} == {
        "label": ["mood/GLAD"],
        "annotator": ["“Ana” is “ana”"],
        "kind": ["ana: person"],
    }
