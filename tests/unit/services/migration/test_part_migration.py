"""Relation types, fields, values and severities change together with all that names them, and come back undone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.annotation import Annotation, Fragment, Relation, Status
from app.core.document import Document, sha256
from app.core.edits import AddAnnotation, AddRelation, Batch, SetStatus
from app.core.progress import no_progress
from app.core.record import DocumentRecord
from app.core.scheme_change import FieldChange, RelationChange, ValueChange
from app.review.fields import rules_of
from app.review.gold_composition import whole
from app.services.history.undo import redo, undo
from app.services.importing.document_import import import_documents
from app.services.review.reviewer import Reviewer
from app.services.schemes.draft import SchemeDraft
from app.services.schemes.parts import Part, PartKind, count_uses
from app.services.schemes.scheme_text import Place
from app.session.actions import SetEdit
from app.session.session import Session
from tests.unit.services.team.lead import bundled, merged, opened

SCHEME = """name = "parts"
version = 1
title = "Parts"
[[severity]]
id = "minor"
weight = 1
[[severity]]
id = "major"
weight = 5
[[layer]]
id = "entity"
severity = true
evidence = true
[[layer.label]]
id = "PERSON"
required = ["sex"]
only = {sex = ["f", "m"]}
weights = {minor = 2}
[[layer.label]]
id = "ORG"
[[layer.attribute]]
id = "sex"
[[layer.attribute.value]]
id = "f"
closes = ["evidence"]
[[layer.attribute.value]]
id = "m"
[[layer.attribute]]
id = "roles"
kind = "many"
default = ["boss"]
[[layer.attribute.value]]
id = "boss"
[[layer.attribute.value]]
id = "aide"
[[layer]]
id = "article"
kind = "document"
[[layer.label]]
id = "SOUND"
[[relation]]
id = "works_for"
source = ["entity"]
[[relation.attribute]]
id = "sure"
[[relation.attribute.value]]
id = "yes"
[[relation.attribute.value]]
id = "no"
[[relation]]
id = "knows"
"""
TEXT = "Ana works for the bank, and Ben too."


def annotation(uid: str, start: int, end: int, label: str, **attributes: object) -> Annotation:
    return Annotation(
        uid=uid,
        layer="entity",
        label=label,
        fragments=(Fragment(start, end),),
        quote=TEXT[start:end],
        attributes=attributes,
    )


def marks(who: str) -> list[Annotation]:
    return [
        annotation(f"{who}1", 0, 3, "PERSON", sex="f", roles=["boss", "aide"], severity="minor", born="1990"),
        annotation(f"{who}2", 18, 22, "ORG"),
        annotation(f"{who}3", 28, 31, "PERSON", sex="m", severity="major"),
    ]


def ties(who: str) -> list[Relation]:
    return [
        Relation(uid=f"{who}r1", source=f"{who}1", target=f"{who}2", label="works_for", attributes={"sure": "yes"}),
        Relation(uid=f"{who}r2", source=f"{who}3", target=f"{who}2", label="works_for"),
        Relation(uid=f"{who}r3", source=f"{who}3", target=f"{who}1", label="knows"),
        Relation(uid=f"{who}r4", source=f"{who}1", target=f"{who}3", label="lost_type"),
    ]


def work(session: Session, who: str) -> None:
    session.become(who)
    edits = [*map(AddAnnotation, marks(who)), *map(AddRelation, ties(who)), SetStatus(Status.DONE)]
    session.perform(SetEdit("d", who, Batch(tuple(edits))), title="Work")


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = Session.create(tmp_path / "p.stet", scheme=SCHEME)
    import_documents(
        made, [DocumentRecord(Document(uid="d", name="d.txt", text=TEXT, sha256=sha256(TEXT)))], title="Import"
    )
    work(made, "ana")
    work(made, "ben")
    made.become("rina")
    yield made
    made.close()


def state(session: Session, who: str = "ana") -> tuple[dict[str, Annotation], dict[str, Relation]]:
    found = session.executor.load("d", who)
    return dict(found.annotations), dict(found.relations)


def place(draft: SchemeDraft, *path: str) -> Place:
    """Return where a table is, by the names of lists and ids in turn."""
    found: Place = ()
    for step, id in zip(path[::2], path[1::2], strict=True):
        rows = draft.table((*found, step))
        found = (*found, step, next(row for row, item in enumerate(rows) if item["id"] == id))
    return found


def test_what_is_renamed_is_followed_everywhere(session: Session) -> None:
    before = state(session)
    draft = SchemeDraft(session.scheme)
    for path, new in (
        (("relation", "works_for"), "employed_by"),
        (("layer", "entity", "attribute", "sex"), "gender"),
        (("layer", "entity", "attribute", "gender", "value", "f"), "female"),
        (("layer", "entity", "attribute", "roles", "value", "boss"), "head"),
        (("relation", "employed_by", "attribute", "sure"), "certain"),
        (("relation", "employed_by", "attribute", "certain", "value", "yes"), "quite"),
        (("severity", "minor"), "small"),
    ):
        draft.set(place(draft, *path), "id", new)
    label = draft.scheme().label("entity", "PERSON")
    assert label is not None
    assert (label.required, dict(label.only)) == (("gender",), {"gender": ("female", "m")})
    assert dict(label.weights) == {"small": 2}
    roles = draft.scheme().layers[0].attribute("roles")
    assert roles is not None
    assert roles.default == ["head"]
    found = draft.plan(session, progress=lambda _done, _total: None)
    assert found is not None
    assert [(item.title, item.annotator, item.number) for item in found.relations] == [
        ("relation works_for → employed_by", "ana", 2),
        ("relation works_for → employed_by", "ben", 2),
    ]
    draft.apply(session)
    annotations, relations = state(session)
    assert annotations["ana1"].attributes == {
        **{"gender": "female", "roles": ["head", "aide"], "severity": "small", "born": "1990"},
    }
    assert annotations["ana3"].attributes == {"gender": "m", "severity": "major"}
    assert (relations["anar1"].label, relations["anar1"].attributes) == ("employed_by", {"certain": "quite"})
    assert relations["anar3"].label == "knows"
    assert session.executor.load("d", "ana").status is Status.DONE
    undo(session)
    assert state(session) == before
    assert session.scheme.version == 1
    redo(session)
    assert state(session) == (annotations, relations)


def test_what_is_removed_goes_or_becomes_another(session: Session) -> None:
    before = state(session)
    draft = SchemeDraft(session.scheme)
    draft.remove(place(draft, "relation", "works_for"), "knows")
    draft.remove(place(draft, "layer", "entity", "attribute", "sex", "value", "f"), "m")
    draft.remove(place(draft, "layer", "entity", "attribute", "roles"))
    draft.remove(place(draft, "severity", "major"), leaves_marks=True)
    draft.give(Part(PartKind.RELATION, "lost_type"), "knows")
    draft.give(Part(PartKind.FIELD, "born", "entity"), None)
    assert set(draft.changes()) == {
        RelationChange("works_for", "knows"),
        ValueChange("entity", "sex", "f", "m"),
        FieldChange("entity", "roles", None),
        RelationChange("lost_type", "knows"),
        FieldChange("entity", "born", None),
    }
    draft.apply(session)
    annotations, relations = state(session)
    assert annotations["ana1"].attributes == {"sex": "m", "severity": "minor"}
    assert annotations["ana3"].attributes == {"sex": "m", "severity": "major"}
    assert {uid: relation.label for uid, relation in relations.items()} == dict.fromkeys(before[1], "knows")
    label = session.scheme.label("entity", "PERSON")
    assert label is not None
    assert dict(label.only) == {"sex": ("m",)}
    undo(session)
    assert state(session) == before


def test_relations_go_with_their_type_and_alike_ones_are_joined(session: Session) -> None:
    draft = SchemeDraft(session.scheme)
    draft.remove(place(draft, "relation", "knows"))
    draft.give(Part(PartKind.RELATION, "lost_type"), None)
    draft.apply(session)
    assert sorted(state(session)[1]) == ["anar1", "anar2"]
    session.become("ana")
    tie = Relation(uid="x", source="ana1", target="ana2", label="old")
    session.perform(SetEdit("d", "ana", AddRelation(tie)), title="Relate")
    draft = SchemeDraft(session.scheme)
    draft.give(Part(PartKind.RELATION, "old"), "works_for")
    draft.apply(session)
    assert sorted(state(session)[1]) == ["anar1", "anar2"], "one is kept of two that say the same"


def test_what_the_scheme_lacks_is_found_and_accepted(session: Session) -> None:
    draft = SchemeDraft(session.scheme)
    uses, stories = count_uses(session)
    assert stories[Part(PartKind.RELATION, "lost_type")].by == {"ana": 1, "ben": 1}
    lost = {part: count for part, count in uses.items() if draft.is_outside(part)}
    assert lost == {Part(PartKind.FIELD, "born", "entity"): 2, Part(PartKind.RELATION, "lost_type"): 2}
    assert uses[Part(PartKind.VALUE, "aide", "entity", "roles")] == 2
    assert uses[Part(PartKind.VALUE, "yes", "works_for", "sure", of_relations=True)] == 2
    assert uses[Part(PartKind.SEVERITY, "major")] == 2
    assert draft.others(Part(PartKind.RELATION, "lost_type")) == [("works_for", "works_for"), ("knows", "knows")]
    assert draft.others(Part(PartKind.FIELD, "x", "gone")) is None
    draft.accept(Part(PartKind.FIELD, "born", "entity"), "born")
    draft.accept(Part(PartKind.RELATION, "lost_type"), "lost_type")
    assert draft.changes() == ()
    draft.apply(session)
    assert session.scheme.layers[0].attribute("born") is not None
    assert session.scheme.relation("lost_type") is not None


def test_review_follows_changed_parts(session: Session) -> None:
    reviewing = Reviewer(session)
    sheet = reviewing.sheet("d")
    for found in sheet.groups:
        reviewing.take(found, whole(found, found.sources[0], rules_of(session.scheme, found.layer)))
    gold = session.executor.load("d", "gold")
    snapshots = session.executor.review.decisions.snapshots_by_annotator("d")
    assert gold.relations
    decisions = sorted(session.executor.review.decisions.of_document("d"), key=lambda decision: decision.uid)
    draft = SchemeDraft(session.scheme)
    draft.set(place(draft, "relation", "works_for"), "id", "employed_by")
    draft.set(place(draft, "layer", "entity", "attribute", "sex"), "id", "gender")
    draft.remove(place(draft, "relation", "knows"))
    draft.apply(session)
    now = session.executor.load("d", "gold")
    assert sorted(r.label for r in now.relations.values()) == sorted(
        {"works_for": "employed_by"}.get(r.label, r.label) for r in gold.relations.values() if r.label != "knows"
    )
    kept = session.executor.review.decisions.snapshots_by_annotator("d")["ana"]
    assert [tie.label for tie in kept.relations] == ["employed_by", "employed_by", "lost_type"]
    assert kept.annotations[0].attributes["gender"] == "f"
    undo(session)
    assert session.executor.load("d", "gold").relations == gold.relations
    assert session.executor.review.decisions.snapshots_by_annotator("d") == snapshots
    now = sorted(session.executor.review.decisions.of_document("d"), key=lambda decision: decision.uid)
    assert now == decisions


def test_a_bundle_of_before_follows_when_it_comes_back(session: Session, tmp_path: Path) -> None:
    project = session.project.path
    session.close()
    path = bundled(project, tmp_path / "cleo.stet", "cleo")
    with opened(path, "cleo") as theirs:
        work(theirs, "cleo")
    with opened(project, "lead") as mine:
        draft = SchemeDraft(mine.scheme)
        draft.set(place(draft, "relation", "works_for"), "id", "employed_by")
        draft.set(place(draft, "layer", "entity", "attribute", "sex", "value", "f"), "id", "female")
        draft.apply(mine)
    merged(project, path)
    with opened(project, "lead") as mine:
        annotations, relations = state(mine, "cleo")
    assert annotations["cleo1"].attributes["sex"] == "female"
    assert relations["cleor1"].label == "employed_by"


def test_effects_of_rules_on_relations_and_documents_are_told(session: Session) -> None:
    draft = SchemeDraft(session.scheme)
    draft.give(Part(PartKind.RELATION, "lost_type"), None)
    draft.set(place(draft, "relation", "works_for"), "target", ["entity.PERSON"])
    draft.set(place(draft, "layer", "article"), "required", True)
    draft.set(place(draft, "layer", "entity"), "severity", None)
    draft.set(place(draft, "layer", "entity", "label", "PERSON"), "weights", None)
    draft.remove(place(draft, "relation", "knows"), leaves_marks=True)
    effects = draft.rule_effects(session, progress=no_progress)
    assert effects is not None
    assert (effects.annotations, effects.relations, effects.lacking) == (0, 6, 1)
    lines = effects.lines()
    assert lines[0] == "6 relations in 1 document would no longer meet a rule. They stay as they are."
    assert "    The relation “Works for” can't point to “Org”  (4)" in lines
    assert "    There is no relation “knows” in parts@2  (2)" in lines
    assert "    The document needs “Article”  (1)" in lines
    assert "Of these, done: d. They stay done." in lines
    assert "4 marks have a severity, which the scheme won’t know. It is kept, unseen." in lines
    (document,) = effects.documents
    assert (document.annotators, document.look) == (("ana", "ben"), ("ana", "ben"))


def test_a_value_that_closes_no_rule_any_more_is_told(session: Session) -> None:
    draft = SchemeDraft(session.scheme)
    label = place(draft, "layer", "entity", "label", "PERSON")
    draft.set(label, "required", ["evidence"])
    effects = draft.rule_effects(session, progress=no_progress)
    assert effects is not None
    assert effects.annotations == 2, "those with “m”, which doesn't close the rule"
    draft.set(place(draft, "layer", "entity", "attribute", "sex", "value", "f"), "closes", None)
    effects = draft.rule_effects(session, progress=no_progress)
    assert effects is not None
    assert effects.annotations == 4
