"""Schemes made from the annotations of a file."""

from pathlib import Path

import pytest

from app.core.annotation import Annotation, Fragment, Relation, Status
from app.core.document import Document, sha256
from app.core.errors import SchemeError
from app.core.record import DocumentRecord, SetRecord
from app.core.scheme import FieldKind, Scheme
from app.core.scheme_file import parse_scheme
from app.exchange.label_map import LabelMap
from app.jobs.tasks.scheme_file import read_scheme
from app.services.schemes.observed_scheme import observed_scheme


def scheme(*annotations: Annotation, relations: tuple[Relation, ...] = ()) -> Scheme:
    document = Document(uid="d", name="d", text="Ana met Ben", sha256=sha256("Ana met Ben"))
    item = SetRecord("ana", "person", Status.OPEN, "", 0.0, annotations, relations)
    return parse_scheme(observed_scheme([DocumentRecord(document, sets=(item,))], "my file").toml)


def mark(uid: str, label: str, layer: str = "imported", **more: object) -> Annotation:
    return Annotation(uid=uid, layer=layer, label=label, fragments=(Fragment(0, 3),), quote="Ana", **more)  # type: ignore[arg-type]


def test_labels_fields_and_relations_are_those_that_occur() -> None:
    fields = {
        "sure": True,
        "n": 3,
        "kind": "a",
        "both": ["x", "y"],
        "who": {"id": "Q1", "title": "Ana"},
        "note": "z" * 99,
    }
    about = Annotation(uid="c", layer="doc", label="good", fragments=(Fragment(0, 0),), quote="")
    tie = Relation(uid="r", source="a", target="b", label="knows")
    made = scheme(
        mark("a", "PER son", attributes=fields, correction="Eve"), mark("b", "LOC", "error"), about, relations=(tie,)
    )
    entity, error, doc = made.layers
    assert [label.title for label in entity.labels] == ["PER son"]
    assert (entity.has_correction, error.has_correction, doc.is_about_document) == (True, False, True)
    kinds = {attribute.id: attribute.kind for attribute in entity.attributes}
    assert kinds == {
        "sure": FieldKind.FLAG,
        "n": FieldKind.NUMBER,
        "kind": FieldKind.CHOICE,
        "both": FieldKind.MANY,
        "who": FieldKind.ENTITY,
        "note": FieldKind.TEXT,
    }
    assert made.entity_lists[0].entries[0].title == "Ana"
    assert (made.relations[0].sources, made.relations[0].targets) == (("entity",), ("error",))


def test_severities_are_a_scale_from_mild_to_harmful() -> None:
    made = scheme(mark("a", "X", attributes={"severity": "Major"}), mark("b", "X", attributes={"severity": "minor"}))
    assert [step.id for step in made.severities] == ["minor", "Major"]
    assert made.layers[0].has_severity


def test_a_file_without_annotations_makes_none() -> None:
    with pytest.raises(SchemeError, match="no annotations"):
        observed_scheme([], "x")


def test_a_folder_of_another_tool_makes_one(shared: Path) -> None:
    found = read_scheme(str(shared / "data" / "brat" / "news"))
    made = parse_scheme(found.source)
    assert [layer.id for layer in made.layers] == ["entity", "event"]
    assert {"Family", "Alias", "Org-Arg"} <= {each.id for each in made.relations}


def test_labels_that_share_a_path_become_a_tree() -> None:
    names = ("Accuracy/Addition", "Accuracy/Omission", "Style/Awkward", "Fluency", "Fluency/A/B", "Fluency/C", "b/")
    layer = scheme(*(mark(str(number), name, "error") for number, name in enumerate(names))).layer("error")
    assert layer is not None
    assert [layer.path(label.id) for label in layer.givable] == [
        "Accuracy › Addition",
        "Accuracy › Omission",
        "Style/Awkward",
        "Fluency",
        "Fluency › A/B",
        "Fluency › C",
        "b/",
    ]
    assert [label.id for label in layer.labels if label.group] == ["Accuracy"]
    meant = LabelMap(Scheme(name="x", version=1, title="X", layers=(layer,)))
    places = [meant.place("error", name) for name in names]
    assert [place.label for place in places if place is not None] == [label.id for label in layer.givable]
