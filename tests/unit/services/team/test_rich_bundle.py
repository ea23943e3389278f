"""Relations, labels of documents, sets of evidence and values of every kind go out in a bundle and come back whole."""

from pathlib import Path

import msgspec

from app.core.annotation import Annotation, Relation, Status
from app.core.edits import (
    AddAnnotation,
    AddRelation,
    Batch,
    RemoveRelation,
    ReplaceAnnotation,
    ReplaceRelation,
    SetStatus,
)
from app.core.scheme_change import LabelChange
from app.services.history.undo import undo
from app.services.migration.migration import migrate
from app.session.actions import SetEdit
from app.session.session import Session
from tests.conftest import add_documents
from tests.unit.review.build import TEXT, proof
from tests.unit.review.kinds import KINDS_SOURCE, about, claim, link
from tests.unit.services.team.lead import bundled, merged, opened, uid_of

SOURCE = KINDS_SOURCE.replace('id = "NAME"', 'id = "NAME"\nparent = "FACT"').replace(
    '[[relation]]\nid = "because"', '[[relation]]\nid = "because"\nsource = ["claim.FACT"]\ntarget = ["claim"]'
)


def rich(path: Path) -> Path:
    session = Session.create(path, scheme=SOURCE)
    document, reference = add_documents(session, {"d.txt": TEXT, "ref.txt": TEXT})
    with session.project.atomic():
        session.reader.documents.link(document, reference)
    session.close()
    return path


def work(session: Session, *edits) -> None:
    session.perform(SetEdit(uid_of(session, "d.txt"), "ana", Batch(edits)), title="Work")


def begin(session: Session) -> None:
    reference = uid_of(session, "ref.txt")
    evidence = tuple(
        msgspec.structs.replace(proof(at, at + 3, document=reference), quote=TEXT[at : at + 3], alternative=number)
        for at, number in ((0, 1), (10, 2), (20, 2))
    )
    said = {"topics": ["health", "war"], "share": 2.5, "who": {"id": "Q1", "title": "Ann"}, "day": "2026-03"}
    marks = [claim("a1", evidence=evidence, **said), claim("a2"), claim("a3"), about("a9", adequacy=40)]
    ties = [link("a1", "a2", sure=True, comment="so"), link("a2", "a3", "same")]
    work(session, *map(AddAnnotation, marks), *map(AddRelation, ties))


def content(path: Path, who: str = "ana") -> tuple[dict[str, Annotation], dict[str, Relation]]:
    with opened(path) as session:
        state = session.reader.state_of(uid_of(session, "d.txt"), who)
        return dict(state.annotations), dict(state.relations)


def test_a_bundle_brings_everything_back(tmp_path: Path) -> None:
    project = rich(tmp_path / "lead.stet")
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(path, "ana") as session:
        begin(session)
        work(session, SetStatus(Status.DONE))
    merged(project, path)
    assert content(project) == content(path)
    assert content(project)[1]["a1-a2-because"].comment == "so"
    assert not merged(project, path).merged.changes_anything


def test_what_was_changed_outside_comes_back_changed(tmp_path: Path) -> None:
    project = rich(tmp_path / "lead.stet")
    with opened(project, "ana") as session:
        begin(session)
    before = content(project)
    path = bundled(project, tmp_path / "ana.stet", "ana")
    assert content(path) == before
    with opened(path, "ana") as session:
        marks, ties = before
        moved = tuple(msgspec.structs.replace(item, alternative=1) for item in marks["a1"].evidence)
        work(
            session,
            ReplaceAnnotation(msgspec.structs.replace(marks["a1"], evidence=moved, updated="2027")),
            ReplaceAnnotation(msgspec.structs.replace(marks["a9"], label="SOUND", updated="2027")),
            ReplaceRelation(msgspec.structs.replace(ties["a1-a2-because"], attributes={"sure": False})),
            RemoveRelation("a2-a3-same"),
        )
    merged(project, path)
    assert content(project) == content(path)
    assert set(content(project)[1]) == {"a1-a2-because"}
    with opened(project, "lead") as session:
        undo(session)
    assert content(project) == before


def test_a_label_renamed_meanwhile_keeps_relations_and_tree(tmp_path: Path) -> None:
    project = rich(tmp_path / "lead.stet")
    path = bundled(project, tmp_path / "ana.stet", "ana")
    with opened(path, "ana") as session:
        begin(session)
    with opened(project, "lead") as session:
        migrate(session, [LabelChange("claim", "FACT", "CLAIM")])
        scheme = session.scheme
        assert scheme.relation("because").sources == ("claim.CLAIM",)
        assert scheme.label("claim", "NAME").parent == "CLAIM"
    merged(project, path)
    marks, ties = content(project)
    assert {mark.label for mark in marks.values()} == {"CLAIM", "SPUN"}
    assert ties == content(path)[1]
    with opened(project, "lead") as session:
        migrate(session, [LabelChange("article", "SPUN", "TWISTED")])
    assert content(project)[0]["a9"].label == "TWISTED"
    assert content(project)[0]["a9"].attributes == {"adequacy": 40}
