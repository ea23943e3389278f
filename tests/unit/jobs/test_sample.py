"""The sample project: made in one go, with one of each thing that can be said, and nothing to undo."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core import field_values
from app.core.annotation import Status
from app.core.errors import ProjectError, StetError
from app.core.record import DocumentRecord, SetRecord
from app.core.scheme import FieldKind
from app.core.validation import document_problems
from app.jobs.tasks import sample
from app.jobs.tasks.check_project import check_project
from app.jobs.tasks.sample import create_sample
from app.review.fields import Difference
from app.services.review.reviewer import Reviewer
from app.session.session import Session


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """The sample, made for ana."""
    made = create_sample(tmp_path / "sample.stet", annotator="ana")
    yield made
    made.close()


@pytest.fixture
def records(session: Session) -> list[DocumentRecord]:
    return list(session.reader.records())


@pytest.fixture
def own(records: list[DocumentRecord]) -> SetRecord:
    """What ana finds begun in the first document."""
    (found,) = (item for record in records for item in record.sets if item.annotator == "ana")
    return found


def test_the_sample_has_texts_references_and_marks_in_order(session: Session, records: list[DocumentRecord]) -> None:
    worked = [found for found in records if found.sets]
    assert all(found.references for found in worked)
    assert {item.annotator for found in records for item in found.sets} == {"ana", "Mira", "Jonas"}
    assert session.annotator == "ana"
    assert any("restricted slave trade" in found.document.text for found in records)
    assert list(check_project(session)) == []


def test_the_sample_s_marks_keep_every_rule(session: Session, records: list[DocumentRecord]) -> None:
    for found in records:
        for who in ("ana", "Mira", "Jonas"):
            session.become(who)
            assert document_problems(session.open_document(found.document.uid), scheme=session.scheme) == []


def test_every_layer_relation_and_kind_of_field_is_met(session: Session, own: SetRecord) -> None:
    scheme = session.scheme
    assert {a.layer for a in own.annotations} == {layer.id for layer in scheme.layers}
    assert {r.label for r in own.relations} == {relation.id for relation in scheme.relations}
    given = {
        field.kind
        for a in own.annotations
        for field in scheme.layer(a.layer).attributes_of(a.label)
        if not field_values.is_empty(a.attributes.get(field.id))
    }
    assert given == set(FieldKind)
    scales = [field for layer in scheme.layers for field in layer.attributes if field.kind is FieldKind.SCALE]
    assert {bool(field.values) for field in scales} == {True, False}  # steps with names, and a slider


def test_a_tree_sets_of_evidence_and_the_document_are_met(session: Session, own: SetRecord) -> None:
    scheme = session.scheme
    assert any(scheme.label(a.layer, a.label).parent for a in own.annotations)
    assert any(label.group for layer in scheme.layers for label in layer.labels)
    sets = [sorted(e.alternative for e in a.evidence) for a in own.annotations]
    assert [1, 2, 2] in sets
    (about,) = (a for a in own.annotations if scheme.is_about_document(a.layer))
    assert (about.label, about.attributes) == ("SPUN", {"adequacy": 45})
    states = {a.attributes.get("evidence_status") for a in own.annotations}
    assert {"LINKED", "SEARCHED_NONE_FOUND", "EXTERNAL"} <= states
    closing = {v.id for layer in scheme.layers for field in layer.attributes for v in field.values if v.closes}
    assert closing == {"SEARCHED_NONE_FOUND", "EXTERNAL"}


def test_a_relation_can_be_seen_where_the_text_begins(own: SetRecord) -> None:
    ends = {a.uid: a.start for a in own.annotations}
    assert any(ends[r.source] < 1000 and ends[r.target] < 1000 for r in own.relations)


def test_two_others_differ_about_a_relation_and_the_document(session: Session, records: list[DocumentRecord]) -> None:
    (worked,) = (found for found in records if len(found.sets) == 2)
    assert {item.status for item in worked.sets} == {Status.DONE}
    groups = Reviewer(session).sheet(worked.document.uid).groups
    differing = {(next(iter(group.versions.values())).layer, kind) for group in groups for kind in group.differences}
    assert ("article", Difference.LABEL) in differing
    assert ("claim", Difference.RELATION) in differing


def test_the_person_has_nothing_to_undo(session: Session) -> None:
    assert session.undo_title() is None
    assert [row.annotator for row in session.log.rows()] == [None]


def test_the_sample_overwrites_nothing(tmp_path: Path) -> None:
    path = tmp_path / "sample.stet"
    create_sample(path).close()
    before = path.read_bytes()
    with pytest.raises(ProjectError, match="a file with that name already exists"):
        create_sample(path)
    assert path.read_bytes() == before


def test_a_sample_that_fails_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise StetError("no")

    monkeypatch.setattr(sample, "_records", fail)
    with pytest.raises(StetError):
        create_sample(tmp_path / "sample.stet")
    assert not (tmp_path / "sample.stet").exists()


def test_the_sample_opens_again(tmp_path: Path) -> None:
    create_sample(tmp_path / "sample.stet", annotator="ana").close()
    session = Session.open(tmp_path / "sample.stet", annotator="ana")
    assert sum(session.reader.status_counts(session.annotator or "").values()) == 1
    session.close()
