"""GATE's bdoc JSON, read and written, and its XML, read."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.core.annotation import Annotation, Fragment, Relation
from app.core.errors import FormatError
from app.core.scheme_file import parse_scheme
from app.exchange.offset_units import UnknownUnit
from app.exchange.registry import Registry
from app.exchange.report import Report
from app.jobs.tasks.export_file import export_project
from app.jobs.tasks.import_files import import_files
from app.session.session import Session
from tests.conftest import scheme_source
from tests.unit.exchange.build import record, work
from tests.unit.exchange.foreign_files import kinds, marks, read, write

TEXT = "Ana 😀 met Ben."
TOPIC = scheme_source("ner") + '\n[[layer]]\nid = "topic"\nkind = "document"\n[[layer.label]]\nid = "sport"\n'


def annotation(id: int | None, type: str, start: object, end: object, **features: Any) -> dict[str, Any]:
    return {"id": id, "type": type, "start": start, "end": end, "features": features}


def document(*annotations: dict[str, Any], name: str = "Set", text: str = TEXT, **more: Any) -> dict[str, Any]:
    sets = {name: {"name": name, "annotations": list(annotations), "next_annid": 9}}
    return {"text": text, "features": {}, "name": "one", "annotation_sets": sets, "offset_type": "p", **more}


def file(folder: Path, *documents: Any, name: str = "a.bdocjs") -> Path:
    path = folder / name
    whole = documents[0] if len(documents) == 1 else list(documents)
    path.write_text(whole if isinstance(whole, str) else json.dumps(whole), encoding="utf-8")
    return path


def ordered(given: dict[str, Any]) -> dict[str, Any]:
    for each in given["annotation_sets"].values():
        each["annotations"].sort(key=lambda annotation: annotation["id"])
    return given


def test_a_real_file_is_written_as_it_was(shared, tmp_path):
    path = shared / "data" / "gate" / "testdoc1.bdocjs"
    session = Session.create(tmp_path / "a.stet", scheme=scheme_source("ner"), annotator="ana")
    brought = import_files(session, [path], annotator="ana").brought
    assert (brought.documents, brought.annotations) == (1, 7)
    export_project(session, tmp_path / "out", format="gate")
    assert not import_files(session, [path], annotator="ana").brought.changes_anything
    assert not import_files(session, [tmp_path / "out"], annotator="ana").brought.changes_anything
    session.close()
    (written,) = (tmp_path / "out").iterdir()
    assert written.name == "GATE Document_00008.bdocjs"
    assert ordered(json.loads(written.read_text("utf-8"))) == ordered(json.loads(path.read_text("utf-8")))


def test_the_same_document_in_xml(shared, tmp_path):
    report = Report()
    (found,) = read("gate-xml", shared / "data" / "gate" / "testdoc1.xml", report)
    (other,) = read("gate", shared / "data" / "gate" / "testdoc1.bdocjs")
    assert (found.document.text, found.document.name) == (other.document.text, "testdoc1")
    assert sorted(marks(found)) == sorted(marks(other))
    assert [(each.annotator, len(each.annotations)) for each in found.sets] == [("ana", 2), ("Set2", 5)]
    meta = {key: value for key, value in other.document.meta.items() if not isinstance(value, dict | list)}
    assert meta.items() <= found.document.meta.items()
    assert kinds(report) == {"object": 9}
    assert not kinds(write("gate", [found], tmp_path / "out"))
    (back,) = read("gate", tmp_path / "out" / "testdoc1.bdocjs")
    assert (back.sets, back.document) == (found.sets, found.document)


@pytest.mark.parametrize(("type", "start", "end"), [("p", 10, 13), ("j", 11, 14)])
def test_the_flag_says_what_offsets_count(type, start, end, tmp_path):
    given = document(annotation(4, "PERSON", start, end), offset_type=type)
    (found,) = read("gate", file(tmp_path, given))
    assert marks(found) == [("PERSON", "Ben", 10, 13)]
    write("gate", [found], tmp_path / "out")
    assert json.loads((tmp_path / "out" / "one.bdocjs").read_text()) == given


def test_without_the_flag_a_person_must_say_it(tmp_path):
    given = document(annotation(4, "PERSON", 11, 14))
    del given["offset_type"]
    path = file(tmp_path, given)
    with pytest.raises(UnknownUnit):
        read("gate", path)
    assert marks(read("gate", path, offsets="utf16")[0])[0][1] == "Ben"
    given["text"] = TEXT.replace("😀", "x")
    assert marks(read("gate", file(tmp_path, given))[0])[0][1] == "en."


def test_features_are_fields_and_others_are_kept(tmp_path):
    odd = {"nested": {"a": 1}, "empty": "", "null": None, "mixed": ["a", 1]}
    given = document(
        annotation(0, "PERSON", 0, 3, gender="f", age=3, sure=True, tags=["a", "b"], correction="Anna", comment="?"),
        annotation(1, "PERSON", 10, 13, **odd),
        {**annotation(2, "PERSON", 4, 5), "theirs": 1},
        features={"lang": "en", "list": [1, {"a": None}]},
    )
    (found,) = read("gate", file(tmp_path, given))
    first, _, second = found.sets[0].annotations
    assert first.attributes == {"gender": "f", "age": 3, "sure": True, "tags": ["a", "b"]}
    assert (first.correction, first.comment, second.attributes) == ("Anna", "?", {})
    assert (found.document.meta, found.sets[0].annotator) == ({"lang": "en", "list": [1, {"a": None}]}, "Set")
    write("gate", [found], tmp_path / "out")
    assert json.loads((tmp_path / "out" / "one.bdocjs").read_text()) == given


def test_what_teamware_says_of_documents(tmp_path):
    """It exports an array, with a set for each annotator that has one annotation on the whole text."""
    item = {"sentiment": "positive", "score": 3, "reasons": ["a", "b"], "text": "a\nb"}
    given = [
        document({**annotation(0, "Document", 0, 0, label=item), "duration_seconds": 2.5}, name="ana"),
        document(
            annotation(0, "Document", 0, len(TEXT), sentiment="negative"), name="ben", text=TEXT, features={"x": 1}
        ),
    ]
    given[1]["name"] = 7
    path = file(tmp_path, *given, name="docs.json")
    assert Registry().for_file(path).format.name == "gate"  # type: ignore[union-attr]
    one, two = read("gate", path)
    about = {each.layer: (each.label, each.attributes) for each in one.sets[0].annotations}
    assert about == {
        "sentiment": ("positive", {}),
        "score": ("score", {"score": 3}),
        "reasons": ("reasons", {"reasons": ["a", "b"]}),
        "text": ("text", {"text": "a\nb"}),
    }
    assert (one.sets[0].seconds, two.document.name) == (2.5, "7")
    write("gate", [one, two], tmp_path / "out")
    assert [json.loads((tmp_path / "out" / f"{name}.bdocjs").read_text()) for name in ("one", "7")] == given


def test_tags_of_html_are_kept_and_are_nobodys_work(tmp_path):
    given = document(annotation(5, "p", 0, 3, href="x"), name="Original markups")
    given["annotation_sets"][""] = {"name": "", "annotations": [], "next_annid": 9}
    report = Report()
    (found,) = read("gate", file(tmp_path, given), report, annotator=None)
    assert (found.sets, kinds(report)) == ((), {"markups": 1})
    write("gate", [found], tmp_path / "out")
    written = json.loads((tmp_path / "out" / "one.bdocjs").read_text())
    assert written["annotation_sets"]["Original markups"] == given["annotation_sets"]["Original markups"]


def test_own_work_comes_back(tmp_path):
    session = Session.create(tmp_path / "a.stet", scheme=TOPIC, annotator="ana")
    layer = {"layer": "entity", "origin": "human"}
    made = [
        Annotation(uid="a", label="PERSON", fragments=(Fragment(0, 3), Fragment(10, 13)), quote="Ana … Ben", **layer),
        Annotation(uid="b", label="PERSON", fragments=(Fragment(6, 6),), quote="", comment="?", correction="", **layer),
        Annotation(uid="c", layer="topic", label="sport", fragments=(Fragment(0, 0),), quote="", comment="yes"),
    ]
    tie = Relation(uid="r", source="a", target="b", label="knows", attributes={"since": 3}, comment="so")
    held = [record(TEXT, sets=(work(*made, relations=(tie,)), work(annotator="ben")))]
    losses = write("gate", held, tmp_path / "out", scheme=parse_scheme(TOPIC))
    assert kinds(losses) == {"fragments": 1}
    (back,) = read("gate", tmp_path / "out" / "spun.txt.bdocjs", annotator=None)
    assert [each.annotator for each in back.sets] == ["ana", "ben"]
    ours, theirs = ({mark.uid: mark for mark in each.sets[0].annotations} for each in (held[0], back))
    for uid in ("a", "b"):
        fields = ("label", "fragments", "quote", "correction", "comment", "attributes")
        assert [getattr(ours[uid], name) for name in fields] == [getattr(theirs[uid], name) for name in fields]
    assert back.sets[0].relations == (tie,)
    (topic,) = (mark for mark in theirs.values() if mark.layer == "topic")
    assert (topic.label, topic.comment, topic.fragments) == ("sport", "yes", (Fragment(0, 0),))
    session.close()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (document(annotation(1, "A", 0, 99)), "annotation 1 of the set “Set”: offset 99 lies outside"),
        (document(annotation(1, "A", 3, 1)), "ends before it starts"),
        (document(annotation(1, "A", True, 3)), "must be whole numbers"),
        (document(annotation(1, "A", 1e300, 3)), "must be whole numbers"),
        (document(annotation(1, "A\n", 0, 3)), "not printable"),
        (document({"type": 3, "start": 0, "end": 1}), "“type” must be text"),
        (document({"type": "A", "start": 0, "end": 1, "features": [1]}), "“features” must be an object"),
        (document(annotation(1, "A", 0, 3), annotation(1, "B", 0, 3)), "used for two annotations"),
        (document(annotation(1, "A", 0, 3, relations=[{"type": "r", "target": 8}])), "which isn't there"),
        (document("A"), "it must be an object"),  # type: ignore[arg-type]
        (document(features=[1]), "“features” must be an object"),
        (document(text="\0"), "NUL"),
        (document(text=3), "“text” must be text"),  # type: ignore[arg-type]
        (document(annotation_sets={"a": 1}), "must be an object"),
        (document(annotation_sets={"a": {}}), "has no list"),
        (document(annotation_sets=7), "must be an object"),
        (json.dumps(document()).replace('"one"', '"\\ud800"'), "surrogate"),
        (json.dumps(document()).replace('"one"', "NaN"), "NaN"),
        (json.dumps(document()).replace('"one"', "1" + "0" * 30), "too large"),
        (json.dumps(document())[:-40], "not JSON|truncated"),
    ],
)
def test_what_is_wrong_is_said(given, says, tmp_path):
    path = file(tmp_path, given)
    errors: list[FormatError] = []
    read("gate", path, refuse=errors.append)
    assert any(part in str(errors[0]) for part in says.split("|")), errors[0]
    assert all(isinstance(each, FormatError) for each in errors)


XML = """<?xml version="1.1" encoding="UTF-8"?>
<GateDocument version="3"><GateDocumentFeatures/>
<TextWithNodes><Node id="0"/>Ana<Node id="3"/> &amp; &lt;😀<Node id="9"/>Ben<Node id="12"/></TextWithNodes>
<AnnotationSet Name="ana">
<Annotation Id="1" Type="PERSON" StartNode="9" EndNode="12">
<Feature><Name className="java.lang.String">rule</Name><Value className="java.lang.String">x</Value></Feature>
<Feature><Name className="java.lang.String">n</Name><Value className="java.lang.Double">NaN</Value></Feature>
<Feature><Name className="java.lang.String">sure</Name><Value className="java.lang.Boolean">false</Value></Feature>
<Feature><Name className="java.lang.String">ids</Name>
<Value className="java.util.ArrayList" itemClassName="java.lang.String">a;b</Value></Feature>
</Annotation></AnnotationSet></GateDocument>"""


def test_nodes_are_where_they_stand_in_the_text(tmp_path):
    (tmp_path / "a.xml").write_text(XML, encoding="utf-8")
    (found,) = read("gate-xml", tmp_path / "a.xml")
    assert (found.document.text, marks(found)) == ("Ana & <😀Ben", [("PERSON", "Ben", 8, 11)])
    (mark,) = found.sets[0].annotations
    assert mark.attributes == {"rule": "x", "sure": False, "ids": ["a", "b"]}
    assert mark.extra["gate"]["features"] == {"n": {"className": "java.lang.Double", "value": "NaN"}}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('EndNode="12"', 'EndNode="13"', "annotation 1 of the set “ana”: its EndNode “13” isn't in the text"),
        ('StartNode="9" EndNode="12"', 'StartNode="12" EndNode="9"', "ends before it starts"),
        ("TextWithNodes", "Text", "isn't a document of GATE"),
        ("</GateDocument>", "", "not XML"),
        ("<GateDocument", '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]><GateDocument', "entities"),
        ("&amp;", "&#1;", "not XML"),
    ],
)
def test_wrong_xml_is_refused(old, new, says, tmp_path):
    (tmp_path / "a.xml").write_text(XML.replace(old, new), encoding="utf-8")
    errors: list[FormatError] = []
    read("gate-xml", tmp_path / "a.xml", refuse=errors.append)
    assert says in str(errors[0])
    assert errors[0].path in (tmp_path / "a.xml", None)
