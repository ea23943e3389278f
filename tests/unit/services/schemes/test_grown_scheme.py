"""Schemes with what they lack of the annotations of a file, and imports that add it."""

import json
from pathlib import Path

import pytest

from app.core.annotation import Annotation, Fragment, Relation, Status
from app.core.document import Document, sha256
from app.core.record import DocumentRecord, SetRecord
from app.core.scheme import FieldKind, Scheme
from app.core.scheme_file import parse_scheme
from app.jobs.tasks.import_files import import_files
from app.services.history.undo import undo
from app.services.schemes.grown_scheme import grown_scheme
from app.session.session import Session

SCHEME = """name = "small"  # ours
version = 3
title = "Small"
[[layer]]
id = "entity"
[[layer.label]]
id = "PERSON"
key = "p"
[[layer.attribute]]
id = "kind"
[[layer.attribute.value]]
id = "real"
"""


def grown(*annotations: Annotation, relations: tuple[Relation, ...] = ()) -> Scheme | None:
    document = Document(uid="d", name="d", text="Ana met Ben", sha256=sha256("Ana met Ben"))
    item = SetRecord("ana", "person", Status.OPEN, "", 0.0, annotations, relations)
    text = grown_scheme(parse_scheme(SCHEME), [DocumentRecord(document, sets=(item,))])
    return parse_scheme(text) if text is not None else None


def mark(uid: str, label: str, layer: str = "entity", **more: object) -> Annotation:
    return Annotation(uid=uid, layer=layer, label=label, fragments=(Fragment(0, 3),), quote="Ana", **more)  # type: ignore[arg-type]


def test_a_scheme_that_lacks_nothing_stays() -> None:
    assert grown() is None
    assert grown(mark("a", "PERSON", attributes={"kind": "real"})) is None


def test_only_what_is_missing_is_added() -> None:
    tie = Relation(uid="r", source="a", target="b", label="knows")
    about = Annotation(uid="c", layer="imported", label="good", fragments=(Fragment(0, 0),), quote="")
    fields = {"kind": "made up", "sure": True}
    made = grown(
        mark("a", "PERSON", attributes=fields), mark("b", "New one"), mark("e", "X", "error"), about, relations=(tie,)
    )
    assert made is not None
    assert (made.version, made.source.splitlines()[0]) == (4, 'name = "small"  # ours')
    entity, error, document = made.layers
    assert [(label.id, label.key) for label in entity.labels][0] == ("PERSON", "p")
    assert [label.title for label in entity.labels] == ["Person", "New one"]
    assert [value.title for value in entity.attributes[0].values] == ["Real", "made up"]
    assert entity.attributes[1].kind is FieldKind.FLAG
    assert [label.id for label in error.labels] == ["X"]
    assert document.is_about_document
    assert made.relations[0].sources == ("entity",)


@pytest.mark.parametrize("is_undone", [False, True])
def test_an_import_adds_labels_in_one_step(tmp_path: Path, is_undone: bool) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": "Ana met Ben", "label": [[0, 3, "PERSON"], [8, 11, "GHOST"]]}) + "\n", "utf-8")
    session = Session.create(tmp_path / "a.stet", scheme=SCHEME, annotator="ana")
    report = import_files(session, [path], annotator="ana", add_labels=True)
    assert session.scheme.version == 4
    assert session.scheme.label("entity", "GHOST") is not None
    assert [(each.source, each.how.name) for each in report.labels] == [("GHOST", "SAME"), ("PERSON", "SAME")]
    assert len(list(session.reader.log_rows())) == 1
    assert import_files(session, [path], annotator="ana", add_labels=True).brought.already == 1
    assert session.scheme.version == 4
    if is_undone:
        undo(session)
        assert (session.scheme.source, session.reader.documents.count()) == (SCHEME, 0)
    session.close()


def test_a_dry_run_changes_no_scheme(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": "Ana met Ben", "label": [[8, 11, "GHOST"]]}) + "\n", "utf-8")
    session = Session.create(tmp_path / "a.stet", scheme=SCHEME, annotator="ana")
    report = import_files(session, [path], annotator="ana", add_labels=True, dry_run=True)
    assert report.brought.annotations == 1
    assert session.scheme.source == SCHEME
    session.close()
