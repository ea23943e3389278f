"""BioC's XML and JSON, read and written."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from app.core.annotation import Annotation, Fragment, Relation
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.core.scheme_file import parse_scheme
from app.exchange.registry import Registry
from app.exchange.report import Report
from app.jobs.tasks.export_file import export_project
from app.jobs.tasks.import_files import import_files
from app.session.session import Session
from tests.conftest import scheme_source
from tests.unit.exchange.build import record, work
from tests.unit.exchange.foreign_files import again, kinds, marks, read, write

FORMATS = ("bioc", "bioc-json")
TITLE, ABSTRACT = "α-Synuclein 😀 and TNF-α.", "It binds TNF."


def meant(path: Path) -> Any:
    """What a file says, whatever the order of its parts and the white space between them."""
    if path.suffix == ".json":
        return json.loads(path.read_text("utf-8"))
    return _element(ET.parse(path).getroot())


def _element(given: ET.Element) -> Any:
    text = (given.text or "") if len(given) == 0 else ""
    return given.tag, sorted(given.attrib.items()), text, sorted(map(_element, given))


def annotation(id: str, words: str, *places: tuple[int, int], **infons: Any) -> dict[str, Any]:
    locations = [{"offset": start, "length": length} for start, length in places]
    return {"id": id, "infons": {"type": "Gene", **infons}, "text": words, "locations": locations}


def relation(id: str, *nodes: tuple[str, str], **infons: Any) -> dict[str, Any]:
    return {"id": id, "infons": infons, "nodes": [{"refid": id, "role": role} for id, role in nodes]}


def passage(offset: int, text: str, *annotations: Any, sentences: Any = (), **more: Any) -> dict[str, Any]:
    found = {"offset": offset, "infons": {}, "text": text, "sentences": list(sentences)}
    return {**found, "annotations": list(annotations), "relations": [], **more}


def document(*passages: Any, id: str = "7", **more: Any) -> dict[str, Any]:
    return {"id": id, "infons": {}, "passages": list(passages), "annotations": [], "relations": [], **more}


def file(folder: Path, *documents: Any, **head: Any) -> Path:
    path = folder / "a.json"
    found = {"source": "s", "date": "d", "key": "k", "infons": {}, **head, "documents": list(documents)}
    path.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    return path


def only(folder: Path, *passages: Any, report: Report | None = None, **more: Any) -> DocumentRecord:
    (found,) = read("bioc-json", file(folder, document(*passages, **more)), report)
    return found


def said(found: DocumentRecord) -> list[Any]:
    """What the work on a document says, whatever its ids."""
    rows: list[Any] = []
    for item in found.sets:
        places = {
            mark.uid: (mark.label, mark.fragments, mark.attributes, mark.correction, mark.comment, mark.quote)
            for mark in item.annotations
        }
        rows += [(item.annotator, *place) for place in places.values()]
        rows += [(places[t.source], places[t.target], t.label, t.attributes, t.comment) for t in item.relations]
    return sorted(rows, key=repr)


def test_real_files_are_written_as_they_were(shared, tmp_path):
    paths = sorted((shared / "data" / "bioc").rglob("*.*ml")) + sorted((shared / "data" / "bioc").glob("*.json"))
    assert len(paths) == 10
    counts: list[int] = []
    for number, path in enumerate(paths):
        format = FORMATS[path.suffix == ".json"]
        found = Registry().for_file(path)
        assert found is not None
        assert found.format.name == format
        records = read(format, path)
        counts += [len(marks(each)) for each in records]
        assert not list(write(format, records, tmp_path / f"{number}{path.suffix}"))
        assert meant(tmp_path / f"{number}{path.suffix}") == meant(path), path
    assert (len(counts), sum(counts)) == (12, 20)


def test_inceptions_files_say_what_its_references_say(shared):
    """Where INCEpTION finds no layer for an annotation, it has its only infon as the label, and gives it new ids."""
    for path in sorted((shared / "data" / "bioc" / "inception").glob("*/data.xml")):
        ours, truth = (read("bioc", each)[0] for each in (path, path.with_name("reference.xml")))
        assert ours.document.text == truth.document.text
        assert marks(ours) == marks(truth)
        ties = [[(tie.label, tie.attributes) for tie in each.sets[0].relations] for each in (ours, truth)]
        assert ties[0] == ties[1]


def test_xml_and_json_are_the_same(shared, tmp_path):
    folder = shared / "data" / "bioc"
    xml, json_ = (read(FORMATS[n], folder / f"everything.{end}") for n, end in enumerate(("xml", "json")))
    assert [each.sets for each in xml] == [each.sets for each in json_]
    write("bioc", json_, tmp_path / "a.xml")
    assert meant(tmp_path / "a.xml") == meant(folder / "everything.xml")
    assert xml[1].document.text == "abcdefg测试Non-ASCII"
    assert {tie.label: tie.attributes for tie in xml[0].sets[0].relations} == {
        "relation-infon-value": {"source_role": "role1", "target_role": "role2"}
    }


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    ("unit", "encoding", "size"), [("cp", "utf-32-le", 4), ("utf16", "utf-16-le", 2), ("bytes", "utf-8", 1)]
)
def test_the_words_tell_the_unit(format, unit, encoding, size, tmp_path):
    def length(text: str) -> int:
        return len(text.encode(encoding)) // size

    start = length(TITLE) + 1
    spans = [(TITLE, "😀", 0), (TITLE, "TNF-α", 0), (ABSTRACT, "TNF", start)]
    made = [annotation(str(n), w, (at + length(t[: t.index(w)]), length(w))) for n, (t, w, at) in enumerate(spans)]
    given = document(passage(0, TITLE, made[0]), passage(start, ABSTRACT, made[2]), annotations=[made[1]])
    path = file(tmp_path, given)
    found = read("bioc-json", path)
    assert sorted(quote for _, quote, *_ in marks(found[0])) == ["TNF", "TNF-α", "😀"]
    assert found[0].document.text == f"{TITLE}\n{ABSTRACT}"
    write(format, found, tmp_path / "out", {"offsets": unit})
    (back,) = read(format, tmp_path / "out")
    assert said(back) == said(found[0])
    if format == "bioc-json":
        assert json.loads((tmp_path / "out").read_text("utf-8")) == json.loads(path.read_text("utf-8"))


def test_another_unit_can_be_chosen_to_write(tmp_path):
    start = len(TITLE) + 1
    found = only(tmp_path, passage(0, TITLE), passage(start, ABSTRACT, annotation("1", "TNF", (start + 9, 3))))
    write("bioc-json", [found], tmp_path / "out.json", {"offsets": "bytes"})
    written = json.loads((tmp_path / "out.json").read_text("utf-8"))["documents"][0]["passages"]
    start = len(TITLE.encode()) + 1
    assert (written[1]["offset"], written[1]["annotations"][0]["locations"][0]["offset"]) == (start, start + 9)
    assert again("bioc-json", [found], tmp_path / "b.json") == [found]


def test_words_may_be_others_than_those_of_the_text(tmp_path):
    report = Report()
    given = passage(
        0,
        "TNF-α and TNF-β bind.",
        annotation("1", "TNF-a", (0, 5)),
        annotation("2", "bind", (15, 4)),
        annotation("3", "TNF β", (0, 3), (14, 1)),
        {**annotation("4", "", (0, 3)), "text": None},
    )
    found = only(tmp_path, given, report=report)
    assert {(quote, start) for _, quote, start, _ in marks(found)} == {
        ("TNF-α", 0),
        ("bind", 16),
        ("TNF … β", 0),
        ("TNF", 0),
    }
    assert kinds(report) == {"normalised": 1, "re-anchored": 1}
    write("bioc-json", [found], tmp_path / "b.json")
    (written,) = json.loads((tmp_path / "b.json").read_text("utf-8"))["documents"][0]["passages"]
    words = {each["id"]: each["text"] for each in written["annotations"]}
    assert words == {"1": "TNF-a", "2": "bind", "3": "TNF β", "4": ""}


def test_infons_are_labels_fields_people_and_times(tmp_path):
    more = {"annotator": "ben", "note": "sure?", "updated_at": "2020-01-02T03:04:05Z", "tags": ["a", "b"], "n": 3}
    odd = {"identifier": None, "valid": True, "nested": {"a": [1]}, "empty": ""}
    given = document(
        passage(0, TITLE, annotation("1", "TNF-α", (18, 5), identifier="MESH:D1", **more), annotation("2", "", **odd)),
        infons={"year": "2020", "topics": ["a", "b"]},
        pmid=7,
    )
    path = file(tmp_path, given, version="1.0", theirs={"x": 1})
    (found,) = read("bioc-json", path)
    assert [item.annotator for item in found.sets] == ["ben", "ana"]
    (mark,), (about,) = (item.annotations for item in found.sets)
    assert mark.attributes == {"identifier": {"id": "MESH:D1", "title": ""}, "tags": ["a", "b"], "n": 3}
    assert (mark.comment, mark.updated) == ("sure?", more["updated_at"])
    assert (about.label, about.attributes, about.fragments) == ("Gene", {"valid": True}, (Fragment(0, 0),))
    assert found.document.meta == {"year": "2020", "topics": ["a", "b"]}
    write("bioc-json", [found], tmp_path / "b.json")
    written = json.loads((tmp_path / "b.json").read_text("utf-8"))
    (there,) = written["documents"][0]["passages"]
    assert there["annotations"][1]["infons"].pop("annotator") == "ana"  # if some are named, all are
    assert written == json.loads(path.read_text("utf-8"))


def test_relations_have_roles_and_any_number_of_ends(tmp_path):
    made = [annotation(str(n), ABSTRACT[n], (n, 1)) for n in (0, 3, 9)]
    ties = [
        relation("R1", ("0", "theme"), ("3", "cause"), ("9", "site"), type="Binding", score=0.5),
        relation("R2", ("3", "Arg1"), ("9", "Arg2"), type="Causes"),
        relation("R3", ("3", "trigger"), type="Alone"),
        relation("R4", ("R1", "a"), ("9", "b"), type="OfRelation"),
        relation("R5", ("9", "a"), ("9", "b"), type="Itself"),
    ]
    report = Report()
    found = only(tmp_path, passage(0, ABSTRACT, *made, relations=ties), report=report)
    quotes = {mark.uid: mark.quote for mark in found.sets[0].annotations}
    got = {(tie.label, quotes[tie.source], quotes[tie.target]): tie.attributes for tie in found.sets[0].relations}
    assert got == {
        ("Binding", "I", "b"): {"score": 0.5, "source_role": "theme", "target_role": "cause"},
        ("Binding", "I", "T"): {"score": 0.5, "source_role": "theme", "target_role": "site"},
        ("Causes", "b", "T"): {},
    }
    assert kinds(report) == {"relation": 3}
    write("bioc-json", [found], tmp_path / "b.json")
    written = json.loads((tmp_path / "b.json").read_text("utf-8"))["documents"][0]["passages"][0]["relations"]
    assert written == ties


def test_relations_of_concepts_are_drawn_between_mentions(tmp_path):
    """So BioRED (`entity1`), CDR (a key for each kind) and PubTator (`role1`) have them."""
    made = [
        annotation("1", "It", (0, 2), identifier="D1"),
        annotation("2", "binds", (3, 5), MESH="D2;D3"),
        annotation("3", "TNF", (9, 3), identifier="MESH:D9"),
    ]
    ties = [
        relation("R0", entity1="D1", entity2="D3", type="Association", novel="No"),
        relation("R1", Chemical="D1", Disease="D2", relation="CID"),
        relation(
            "R2",
            ("0", ""),
            ("1", ""),
            role1={"identifier": "MESH:D9"},
            role2={"identifier": "D1"},
            type="Cause",
            score=1,
        ),
        relation("R3", entity1="D1", entity2="D7", type="Association"),
    ]
    report = Report()
    found = only(tmp_path, passage(0, ABSTRACT, *made), report=report, relations=ties)
    quotes = {mark.uid: mark.quote for mark in found.sets[0].annotations}
    got = {(tie.label, quotes[tie.source], quotes[tie.target]): tie.attributes for tie in found.sets[0].relations}
    assert got == {
        ("Association", "It", "binds"): {"novel": "No"},
        ("CID", "It", "binds"): {},
        ("Cause", "TNF", "It"): {"score": 1},
    }
    assert kinds(report) == {"first-mention": 3, "relation": 1}
    write("bioc-json", [found], tmp_path / "b.json")
    assert json.loads((tmp_path / "b.json").read_text("utf-8"))["documents"][0]["relations"] == ties


def test_what_pubtators_service_sends_and_lists_of_collections(tmp_path):
    given = document(passage(0, ABSTRACT, annotation("1", "TNF", (9, 3))), pmid=7)
    for whole in (
        {"PubTator3": [given]},
        [{"source": "PMC", "documents": [given]}],
        given,
    ):
        (tmp_path / "a.json").write_text(json.dumps(whole))
        (found,) = read("bioc-json", tmp_path / "a.json")
        assert marks(found) == [("Gene", "TNF", 9, 12)]
    (tmp_path / "a.jsonl").write_text(f"{json.dumps(given)}\n{json.dumps({**given, 'id': 8})}\n")
    assert [each.document.name for each in read("bioc-json", tmp_path / "a.jsonl")] == ["7", "8"]


def test_passages_far_off_and_offsets_from_a_passage(tmp_path):
    report = Report()
    given = [
        passage(100, "One two.", annotation("1", "two", (104, 3))),
        passage(10**14, "Three four.", annotation("2", "four", (10**14 + 6, 4))),
        passage(50, "Five six.", annotation("3", "six", (5, 3)), annotation("3", "Five", (50, 4))),
    ]
    found = only(tmp_path, *given, report=report)
    assert found.document.text == "One two.\nThree four.\nFive six."
    assert {quote for _, quote, *_ in marks(found)} == {"two", "four", "six", "Five"}
    assert kinds(report) == {"from-passage": 1}
    write("bioc-json", [found], tmp_path / "b.json")
    written = json.loads((tmp_path / "b.json").read_text("utf-8"))["documents"][0]["passages"]
    assert [each["offset"] for each in written] == [100, 10**14, 50]
    (back,) = read("bioc-json", tmp_path / "b.json")
    assert sorted(marks(back)) == sorted(marks(found))


def test_the_title_names_a_document_and_isnt_written_twice(tmp_path):
    given = passage(0, "A title.", infons={"type": "title"}), passage(9, ABSTRACT, infons={"type": "abstract"})
    found = only(tmp_path, *given)
    assert (found.document.name, found.document.title) == ("7", "A title.")
    assert not list(write("bioc-json", [found], tmp_path / "b.json"))
    assert json.loads((tmp_path / "b.json").read_text())["documents"][0]["infons"] == {}


TOPIC = scheme_source("ner") + '\n[[layer]]\nid = "topic"\nkind = "document"\n[[layer.label]]\nid = "sport"\n'


@pytest.mark.parametrize("format", FORMATS)
def test_own_work_comes_back(format, tmp_path):
    text = "Ana\r\nmet <Ben> &\n\tCarl 😀."
    layer = {"layer": "entity", "origin": "human"}
    made = [
        Annotation(uid="a", label="PERSON", fragments=(Fragment(0, 3), Fragment(10, 13)), quote="Ana … Ben", **layer),
        Annotation(uid="b", label="PERSON", fragments=(Fragment(6, 6),), quote="", comment="?", correction="", **layer),
        Annotation(uid="c", layer="topic", label="sport", fragments=(Fragment(0, 0),), quote="", comment="y\n"),
    ]
    tie = Relation(uid="r", source="a", target="b", label="knows", attributes={"since": "x"}, comment="so")
    held = [record(text, sets=(work(*made, relations=(tie,)), work(annotator="ben")), meta={"a": "b"})]
    losses = write(format, held, tmp_path / "out", scheme=parse_scheme(TOPIC))
    assert not kinds(losses)
    (back,) = read(format, tmp_path / "out", annotator=None)
    assert (back.document.text, back.document.meta, back.document.name) == (text, {"a": "b"}, "spun.txt")
    ours, theirs = ({mark.uid: mark for mark in each.sets[0].annotations} for each in (held[0], back))
    fields = ("label", "fragments", "quote", "correction", "comment", "attributes")
    for uid in ours:
        assert [getattr(ours[uid], name) for name in fields] == [getattr(theirs[uid], name) for name in fields]
    assert back.sets[0].relations == (tie,)


def test_a_project_takes_a_file_once_and_gives_it_back(shared, tmp_path):
    path = shared / "data" / "bioc" / "everything.xml"
    session = Session.create(tmp_path / "a.stet", scheme=scheme_source("ner"), annotator="ana")
    brought = import_files(session, [path], annotator="ana").brought
    assert (brought.documents, brought.annotations) == (2, 5)
    assert not import_files(session, [path], annotator="ana").brought.changes_anything
    export_project(session, tmp_path / "out.xml", format="bioc")
    assert not import_files(session, [tmp_path / "out.xml"], annotator="ana").brought.changes_anything
    session.close()
    assert meant(tmp_path / "out.xml") == meant(path)


def test_an_edited_text_is_one_passage(tmp_path):
    found = only(tmp_path, passage(5, TITLE, annotation("1", "TNF-α", (23, 5))), passage(90, ABSTRACT))
    edited = record("TNF-α.", uid=found.document.uid, name="7", extra=found.extra)
    write("bioc-json", [edited], tmp_path / "b.json")
    assert json.loads((tmp_path / "b.json").read_text("utf-8"))["documents"][0]["passages"] == [passage(0, "TNF-α.")]


def test_an_empty_export_is_a_collection(tmp_path):
    for format in FORMATS:
        write(format, [], tmp_path / "out")
        report = Report()
        assert read(format, tmp_path / "out", report) == []
        assert kinds(report) == {"empty": 1}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (passage(0, "Ana", annotation("x", "Ana", (0, 99))), "document 7, annotation x: offset 99 lies outside"),
        (passage(0, "Ana", annotation("x", "Ana", (90, 3))), "outside of the passages"),
        (passage(0, "Ana", annotation("x", "Ana", (0, 2), (1, 2))), "overlap"),
        (passage(0, "Ana", annotation("x", "Ana", (True, 2))), "annotation x: its offset must be a whole number"),
        (passage(0, "Ana", annotation("x", "Ana", (-1, 2))), "not “-1”"),
        (passage(0, "Ana", annotation("x", "Ana", (10**30, 2))), "too large"),
        (passage(0, "Ana", {"id": 3, "infons": [1]}), "annotation 3: “infons” must be an object"),
        (passage(0, "Ana", 3), "each annotation must be an object"),
        (passage(0, "Ana", sentences=[3]), "a passage must be an object"),
        (passage(0, "Ana", relations=3), "“relations” must be a list"),
        (passage(0, 3), "must be text"),  # type: ignore[arg-type]
        (passage("x", "Ana"), "the offset of a passage must be a whole number"),  # type: ignore[arg-type]
        (passage(0, "A\0"), "NUL"),
        (passage(0, "A", more=float("nan")), "NaN"),
        (3, "a passage must be an object"),
    ],
)
def test_what_is_wrong_in_json_is_said(given, says, tmp_path):
    errors: list[FormatError] = []
    path = file(tmp_path, document(given), document(passage(0, "fine"), id="8"))
    found = read("bioc-json", path, refuse=errors.append)
    assert says in str(errors[0])
    assert all(isinstance(each, FormatError) for each in errors)
    assert "8" in [each.document.name for each in found] or "NaN" in says or "too large" in says


XML = """<?xml version="1.0"?><!DOCTYPE collection SYSTEM "BioC.dtd">
<collection><source>s</source><date/><key/><document><id>1</id><passage><offset>0</offset><text>Ana met Ben.</text>
<annotation id="a"><infon key="type">PER</infon><location offset="0" length="3"/><text>Ana</text></annotation>
</passage></document></collection>"""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"BioC.dtd">', '"BioC.dtd" [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]>', "entities"),
        ('length="3"', 'length="many"', "annotation a: its length must be a whole number, not “many”"),
        ('length="3"', 'length="300"', "outside"),
        ("<offset>0</offset>", "", "the offset of a passage must be a whole number"),
        ("</collection>", "", "not XML"),
        ("<id>1</id>", "<id>&#1;</id>", "not XML"),
        ("<passage>", "<passage>" * 600, "nested|not XML"),
    ],
)
def test_what_is_wrong_in_xml_is_said(old, new, says, tmp_path):
    (tmp_path / "a.xml").write_text(XML, encoding="utf-8")
    assert marks(read("bioc", tmp_path / "a.xml")[0]) == [("PER", "Ana", 0, 3)]
    (tmp_path / "a.xml").write_text(XML.replace(old, new), encoding="utf-8")
    errors: list[FormatError] = []
    try:
        read("bioc", tmp_path / "a.xml", refuse=errors.append)
    except FormatError as error:
        errors.append(error)
    assert any(part in str(errors[0]) for part in says.split("|"))


def test_control_characters_are_blanks_in_xml_and_counted(tmp_path):
    losses = write("bioc", [record("a\x0bb\ufffe")], tmp_path / "a.xml")
    assert kinds(losses) == {"control": 1}
    assert read("bioc", tmp_path / "a.xml")[0].document.text == "a b "
