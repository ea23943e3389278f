"""UIMA's CAS as XMI and JSON, read and written, and compared with the TSV of the same documents."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from app.core.annotation import Fragment
from app.core.errors import FormatError, StetError
from app.exchange.formats.uima.cas_files import CasJsonReader, XmiReader
from app.exchange.registry import Registry
from app.exchange.report import Report
from app.jobs.tasks.export_file import export_project
from app.jobs.tasks.import_files import import_files
from app.session.session import Session
from tests.conftest import scheme_source
from tests.unit.exchange.cas_formats import FORMATS, meant, read, written

# In some of the suite's cases the TSV was written with another layer or feature than the XMI beside it has.
OTHER_NAMES = {"NamedEntity": "Span", "intValue": "integerValue"}
# White space at the ends of annotations is left out in TSV, and what has none moves to a token.
CHANGED_BY_TSV = ("TrailingWhitespace", "ZeroWidthAnnotation")


def test_every_tsv_says_what_the_xmi_beside_it_says(shared):
    paths = sorted(shared.glob("data/webanno-tsv3/*/reference.xmi"))
    assert len(paths) > 50
    for path in paths:
        report = Report()
        (xmi,), (tsv,) = read(path, report), read(path.with_suffix(".tsv"))
        assert not list(report)
        if any(name in path.parent.name for name in CHANGED_BY_TSV):
            assert tsv.document.text == xmi.document.text.rstrip()
            assert [each[:2] for each in meant(tsv)] == [each[:2] for each in meant(xmi)]
        else:
            assert tsv.document.text == xmi.document.text
            assert meant(tsv, renamed=OTHER_NAMES) == meant(xmi, renamed=OTHER_NAMES), path


@pytest.mark.parametrize("format", FORMATS)
def test_real_files_come_through_each_format(format, shared, tmp_path):
    data = shared / "data"
    paths = [*data.glob("webanno-tsv3/*/reference.xmi"), *data.glob("curation/*/*.tsv"), *data.glob("uima-json/*.json")]
    count = 0
    for path in sorted(paths)[::4]:
        errors: list[StetError] = []
        documents = read(path, refuse=errors.append)
        if errors or any(name in path.parent.name for name in CHANGED_BY_TSV):
            continue
        made, losses = written(documents[0], format, tmp_path / str(count))
        assert {finding.kind for finding in losses} <= {"meta"}
        (back,) = read(made)
        assert back.document.text == documents[0].document.text
        assert meant(back) == meant(documents[0]), path
        assert back.extra["uima"]["tokens"] == documents[0].extra["uima"].get("tokens", back.extra["uima"]["tokens"])
        count += 1
    assert count > 14


JSON = """{"%TYPES": {
  "webanno.custom.Mark": {"%NAME": "webanno.custom.Mark", "%SUPER_TYPE": "uima.tcas.Annotation",
    "label": {"%NAME": "label", "%RANGE": "uima.cas.String"},
    "sure": {"%NAME": "sure", "%RANGE": "uima.cas.Boolean"},
    "size": {"%NAME": "size", "%RANGE": "uima.cas.Double"},
    "tags": {"%NAME": "tags", "%RANGE": "uima.cas.String[]"}},
  "webanno.custom.Cause": {"%NAME": "webanno.custom.Cause", "%SUPER_TYPE": "uima.tcas.Annotation",
    "from": {"%NAME": "from", "%RANGE": "webanno.custom.Mark"},
    "to": {"%NAME": "to", "%RANGE": "webanno.custom.Mark"},
    "how": {"%NAME": "how", "%RANGE": "uima.cas.String"}},
  "webanno.custom.Mood": {"%NAME": "webanno.custom.Mood", "%SUPER_TYPE": "uima.cas.AnnotationBase",
    "value": {"%NAME": "value", "%RANGE": "uima.cas.String"}}},
 "%FEATURE_STRUCTURES": [
  {"%ID": 1, "%TYPE": "uima.cas.Sofa", "sofaNum": 1, "sofaID": "_InitialView", "mimeType": "text",
   "sofaString": "😀 one two"},
  {"%ID": 2, "%TYPE": "webanno.custom.Mark", "@sofa": 1, "begin": 3, "end": 6, "label": "A", "sure": true,
   "#size": "NaN", "@tags": 7},
  {"%ID": 3, "%TYPE": "webanno.custom.Mark", "@sofa": 1, "begin": 7, "end": 7, "size": 2.0},
  {"%ID": 4, "%TYPE": "webanno.custom.Cause", "@sofa": 1, "begin": 7, "end": 7, "@from": 2, "@to": 3, "how": "so"},
  {"%ID": 5, "%TYPE": "webanno.custom.Mood", "@sofa": 1, "value": "grim"},
  {"%ID": 7, "%TYPE": "uima.cas.StringArray", "%ELEMENTS": ["x y", "z"]}],
 "%VIEWS": {"_InitialView": {"%SOFA": 1, "%MEMBERS": [2, 3, 4, 5]}}}"""


@pytest.fixture
def json_file(tmp_path) -> Path:
    path = tmp_path / "one.json"
    path.write_text(JSON, encoding="utf-8")
    return path


def test_types_become_layers_and_features_fields(json_file, tmp_path):
    (record,) = read(json_file)
    (work,) = record.sets
    marks = {mark.label: mark for mark in work.annotations}
    assert (record.document.text, record.document.name) == ("😀 one two", "one")
    assert marks["A"].fragments == (Fragment(2, 5),)
    assert marks["A"].attributes == {"sure": True, "size": "nan", "tags": ["x y", "z"]}
    assert (marks["Mark"].fragments, marks["Mark"].attributes) == ((Fragment(6, 6),), {"size": 2})
    assert (marks["grim"].layer, marks["grim"].fragments) == ("Mood", (Fragment(0, 0),))
    (tie,) = work.relations
    assert (tie.label, tie.attributes) == ("so", {})
    assert (tie.source, tie.target) == (marks["A"].uid, marks["Mark"].uid)
    for format in ("uima-xmi", "uima-json"):
        (back,) = read(written(record, format, tmp_path / format)[0])
        about = [mark for mark in back.sets[0].annotations if mark.layer == "Mood"]
        assert [mark.label for mark in about] == ["grim"]
        assert meant(back) == meant(record)


def test_metadata_and_language(tmp_path):
    (tmp_path / "a.xmi").write_text(XMI.replace("?>", "?>\n", 1), encoding="utf-8")
    (record,) = read(tmp_path / "a.xmi")
    assert record.document.name == "news/one.txt"
    assert record.document.meta == {"language": "de", "documentId": "one", "documentUri": "file:/one"}
    assert record.extra["uima"]["sentences"] == [[0, 9, "s1"]]
    (back,) = read(written(record, "uima-xmi", tmp_path / "out")[0])
    assert (back.document.name, back.document.meta) == (record.document.name, record.document.meta)


XMI = """<?xml version="1.0" encoding="UTF-8"?><xmi:XMI xmlns:xmi="http://www.omg.org/XMI"
 xmlns:cas="http:///uima/cas.ecore" xmlns:custom="http:///webanno/custom.ecore"
 xmlns:m="http:///de/tudarmstadt/ukp/dkpro/core/api/metadata/type.ecore"
 xmlns:n="http:///de/tudarmstadt/ukp/dkpro/core/api/ner/type.ecore"
 xmlns:s="http:///de/tudarmstadt/ukp/dkpro/core/api/segmentation/type.ecore" xmi:version="2.0">
 <cas:NULL xmi:id="0"/>
 <m:DocumentMetaData xmi:id="1" sofa="9" begin="0" end="9" language="de" documentTitle="news/one.txt" documentId="one"
  documentUri="file:/one" isLastSegment="false"/>
 <s:Token xmi:id="2" sofa="9" begin="0" end="4"/><s:Token xmi:id="3" sofa="9" begin="5" end="9"/>
 <s:Sentence xmi:id="4" sofa="9" begin="0" end="9" id="s1"/>
 <n:NamedEntity xmi:id="5" sofa="9" begin="5" end="9" value="LOC" identifier="http://www.wikidata.org/entity/Q64"/>
 <custom:Note xmi:id="6" sofa="9" begin="0" end="4" type="odd" comment="sure?">
  <kinds>a b</kinds><kinds>c</kinds></custom:Note>
 <cas:Sofa xmi:id="9" sofaNum="1" sofaID="_InitialView" mimeType="text" sofaString="Aus &#10;Köln"/>
 <cas:View sofa="9" members="1 2 3 4 5 6"/></xmi:XMI>"""


def test_xmi_without_its_types_is_understood(tmp_path):
    (tmp_path / "a.xmi").write_text(XMI, encoding="utf-8")
    (record,) = read(tmp_path / "a.xmi")
    note, place = record.sets[0].annotations
    assert (note.layer, note.label, note.comment, note.attributes) == ("Note", "odd", "sure?", {"kinds": ["a b", "c"]})
    assert place.attributes == {"identifier": {"id": "http://www.wikidata.org/entity/Q64", "title": ""}}
    made, _ = written(record, "uima-xmi", tmp_path / "out")
    assert 'type="odd"' in made.read_text("utf-8")
    assert meant(read(made)[0]) == meant(record)


def exported_marks(session: Session, folder: Path) -> list[dict[str, Any]]:
    export_project(session, folder / "all.jsonl")
    return json.loads((folder / "all.jsonl").read_text("utf-8").splitlines()[0])["sets"][0]["annotations"]


def test_an_identifier_fills_the_layers_only_link(tmp_path):
    scheme = """name = "s"\nversion = 1\ntitle = "S"\n[[layer]]\nid = "named_entity"\n[[layer.label]]\nid = "LOC"
[[layer.attribute]]\nid = "place"\ntitle = "Place"\nkind = "entity"\nlist = "places"
[[list]]\nid = "places"\ntitle = "Places"\n[[list.entry]]\nid = "Q1"\ntitle = "All"\n"""
    (tmp_path / "a.xmi").write_text(XMI, encoding="utf-8")
    session = Session.create(tmp_path / "a.stet", scheme=scheme, annotator="ana")
    import_files(session, [tmp_path / "a.xmi"], annotator="ana")
    (mark,) = [mark for mark in exported_marks(session, tmp_path) if mark["label"] == "LOC"]
    export_project(session, tmp_path / "out", format="uima-xmi", annotators=["ana"])
    session.close()
    assert mark["attributes"] == {"place": {"id": "http://www.wikidata.org/entity/Q64", "title": ""}}
    text = (tmp_path / "out" / "news" / "one.txt.xmi").read_text("utf-8")
    assert 'identifier="http://www.wikidata.org/entity/Q64"' in text


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_for_each_annotator_and_back(format, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "one.txt").write_text("Ana met Ben.", encoding="utf-8")
    session = Session.create(tmp_path / "a.stet", scheme=scheme_source("ner"), annotator="lead")
    import_files(session, [tmp_path / "in" / "one.txt"])
    for name in ("ana", "ben"):
        (tmp_path / f"{name}.ann").write_text("T1\tPERSON 0 3\tAna\n")
        (tmp_path / f"{name}.txt").write_text("Ana met Ben.")
        import_files(session, [tmp_path / f"{name}.ann"], annotator=name)
    export_project(session, tmp_path / "out", format=format, annotators=["ana", "ben"])
    again = Session.create(tmp_path / "b.stet", scheme=scheme_source("ner"), annotator="lead")
    brought = import_files(again, [tmp_path / "out"], format=format, options={"people": "files"})
    assert again.reader.workers() == ["ana", "ben"]
    assert not brought.report.count("label")
    again.close()
    session.close()


def test_gold_is_the_curated_result_there(json_file, tmp_path):
    (record,) = read(json_file)
    work = record.sets[0]
    both = record._replace(sets=(work, work._replace(annotator="gold", kind="gold")))
    for format in FORMATS:
        written(both, format, tmp_path / format, annotators=("ana", "gold"))
        (tmp_path / format / "TypeSystem.xml").unlink(missing_ok=True)
        names = {path.stem for path in (tmp_path / format).rglob("*") if path.is_file()}
        assert names == {"ana", "CURATION_USER"}


def test_two_documents_of_one_name_are_two_files(tmp_path):
    for folder, text in (("a", "One."), ("b", "Two.")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.txt").write_text(text)
    session = Session.create(tmp_path / "a.stet", scheme=scheme_source("ner"), annotator="ana")
    for folder in ("a", "b"):
        import_files(session, [tmp_path / folder / "same.txt"])
    for format in FORMATS:
        export_project(session, tmp_path / format, format=format, annotators=["ana"])
        files = [path for path in (tmp_path / format).rglob("*same*") if path.is_file()]
        assert len(files) == 2
    session.close()


def test_control_characters_are_blanks_in_xmi(tmp_path):
    (tmp_path / "a.json").write_text(JSON.replace("one two", "one\\u000btwo"), encoding="utf-8")
    (record,) = read(tmp_path / "a.json")
    made, losses = written(record, "uima-xmi", tmp_path / "out")
    assert [finding.kind for finding in losses] == ["control"]
    assert read(made)[0].document.text == "😀 one two"


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("a.json", "size", "size=__import__('os').abort()"),
        ("a.json", "webanno.custom.Mood", "a.B(object):\\n  import os"),
        ("a.json", "uima.cas.Double", "a b"),
        ("a.xmi", "custom:Note", "custom:No-te"),
        ("a.xmi", 'type="odd"', 'a.b="odd"'),
    ],
)
def test_names_that_are_not_uimas_are_refused(name, old, new, tmp_path):
    """The library makes Python code of them."""
    text = (JSON if name == "a.json" else XMI).replace(old, new)
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(FormatError, match="isn't the name of a"):
        read(tmp_path / name)


def test_features_named_like_pythons_words(tmp_path):
    (tmp_path / "a.xmi").write_text(XMI.replace('type="odd"', 'class="odd" import="b"').replace("kinds", "in"), "utf-8")
    (record,) = read(tmp_path / "a.xmi")
    (note,) = (mark for mark in record.sets[0].annotations if mark.layer == "Note")
    assert (note.label, note.attributes) == ("odd", {"import": "b", "in": ["a b", "c"]})
    for format in FORMATS:
        (back,) = read(written(record, format, tmp_path / format)[0])
        assert meant(back) == meant(record)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.xmi", '<!DOCTYPE x [<!ENTITY a "aa">]>' + XMI.partition("?>")[2], "a document type"),
        ("a.xmi", XMI[:900], "this isn't a UIMA CAS in XMI"),
        ("a.xmi", XMI.replace('sofa="9" begin="0"', 'sofa="8" begin="0"'), "this isn't a UIMA CAS in XMI"),
        ("a.xmi", XMI.replace(' sofaString="Aus &#10;Köln"', ""), "it has no text"),
        ("a.json", JSON[:-40], "this isn't a UIMA CAS in JSON 0.4"),
        ("a.json", JSON.replace('"@from": 2', '"@from": "two"'), "which isn't there|without one of their ends"),
        ("a.json", "[" * 100_000, "this isn't a UIMA CAS in JSON 0.4"),
        ("a.json", "{}", "this isn't a UIMA CAS in JSON 0.4: a part of it isn't there"),
        ("a.json", '{"_context": {"_types": {}}, "_views": {}}', "the JSON of UIMA 2"),
        ("a.json", JSON.replace("😀", "\\ud83d"), "surrogate"),
        ("a.json", JSON.replace('"end": 6', '"end": 600'), "outside the text|isn't a CAS|not whole numbers"),
    ],
)
def test_damaged_files_are_refused_in_words(name, text, says, tmp_path):
    report = Report()
    errors: list[StetError] = []
    (tmp_path / name).write_text(text, encoding="utf-8")
    read(tmp_path / name, report, refuse=errors.append)
    said = [str(error) for error in errors] + [str(finding) for finding in report]
    assert said
    assert any(part in " ".join(said) for part in says.split("|")), said
    assert all(isinstance(error, FormatError) and error.path == tmp_path / name for error in errors)


def test_any_cut_of_a_file_is_an_error_in_words(tmp_path):
    for name, text in (("a.xmi", XMI), ("a.json", JSON)):
        for at in range(0, len(text), 53):
            (tmp_path / name).write_text(text[:at] + text[at + 5 :], encoding="utf-8")
            errors: list[StetError] = []
            read(tmp_path / name, refuse=errors.append)
            assert all(isinstance(error, FormatError) for error in errors)


def test_only_their_own_files_are_claimed(json_file, tmp_path):
    (tmp_path / "a.xmi").write_text(XMI, encoding="utf-8")
    for path, name in ((json_file, "uima-json"), (tmp_path / "a.xmi", "uima-xmi")):
        found = Registry().for_file(path)
        assert found is not None
        assert found.format.name == name
    assert CasJsonReader().claims(tmp_path / "b.json", b'[{"text": "a"}]') is None
    assert XmiReader().claims(tmp_path / "b.xml", b"<document/>") is None


def test_without_the_library_the_extra_is_named(json_file, monkeypatch):
    monkeypatch.setitem(sys.modules, "cassis", None)
    with pytest.raises(FormatError, match=r"pip install 'stet-workbench\[uima\]'"):
        read(json_file)
