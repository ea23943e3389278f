"""doccano's JSONL of all generations, read and written."""

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from app.core.annotation import Status
from app.core.errors import FormatError
from app.exchange.format import ReadOptions
from app.exchange.formats.doccano.reader import DoccanoReader
from app.exchange.offset_units import UnknownUnit
from app.exchange.option import option_values
from app.exchange.registry import Registry
from app.exchange.report import Report
from app.exchange.source import Source
from app.jobs.tasks.export_file import export_project
from app.jobs.tasks.import_files import import_files
from app.session.session import Session
from tests.conftest import scheme_source

TEXT = "President Obama met 👨🏻‍🚒 firemen."
TIES = """
[[relation]]
id = "foundedAt"
"""
TOPIC = """
[[layer]]
id = "topic"
kind = "document"

[[layer.label]]
id = "sport"

[[layer.label]]
id = "news"
"""


def file_of(tmp_path: Path, *objects: Any, name: str = "all.jsonl") -> Path:
    path = tmp_path / name
    lines = [each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in objects]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def records(path: Path, report: Report | None = None, *, own: dict[str, Any] | None = None, **options: Any):
    reader = DoccanoReader()
    values = option_values(reader.options, own or {}, format="doccano")
    made = ReadOptions(annotator="ana", report=report or Report(), own=values, **options)
    return list(reader.read(Source(path), made))


def marks(record: Any) -> list[tuple[str, str]]:
    return [(mark.label, mark.quote) for item in record.sets for mark in item.annotations]


def meant(path: Path) -> list[tuple[Any, ...]]:
    """What the records of a file say, whatever shape their marks have and however their keys are ordered."""
    found: list[tuple[Any, ...]] = []
    data, decoder = path.read_text("utf-8").strip(), json.JSONDecoder()
    while data:
        value, end = decoder.raw_decode(data)
        data = data[end:].strip()
        ids: dict[int, tuple[Any, ...]] = {}
        spans = []
        for key in ("label", "entities"):
            for span in value.pop(key, ()):
                one = (
                    tuple(span) if isinstance(span, list) else (span["start_offset"], span["end_offset"], span["label"])
                )
                spans.append(one)
                if isinstance(span, dict):
                    ids[span["id"]] = one
        ties = [(ids[tie["from_id"]], ids[tie["to_id"]], tie["type"]) for tie in value.pop("relations", ())]
        found.append((sorted(spans), sorted(ties), sorted(value.items(), key=repr)))
    return sorted(found, key=repr)


@pytest.mark.parametrize(
    "name",
    [
        "data_export/sequence_labeling",
        "data_export/relation_extraction",
        "data_import/relation_extraction",
        "tests/example.jsonl",
        "tests/example_overlapping.jsonl",
    ],
)
def test_real_files_are_written_as_they_were(name, shared, tmp_path):
    theirs = shared / "data" / "doccano" / name
    theirs = theirs if theirs.suffix else theirs / "example.jsonl"
    found = Registry().for_file(theirs)
    assert found is not None
    assert found.format.name == "doccano"
    scheme = scheme_source("ner") + (TIES if "relation" in name else "")
    session = Session.create(tmp_path / "a.stet", scheme=scheme, annotator="ana")
    bad = name == "tests/example.jsonl"  # its third line has no text
    report = import_files(session, [theirs], annotator="ana", skip_bad=bad)
    assert report.bad == bad
    export_project(session, tmp_path / "out.jsonl", format="doccano")
    again = import_files(session, [theirs], annotator="ana", skip_bad=bad)
    session.close()
    assert again.brought.documents == again.brought.added == 0
    wanted = meant(theirs)
    assert meant(tmp_path / "out.jsonl") == [each for each in wanted if any(key == "text" for key, _ in each[2])]


def test_columns_that_people_named_are_found(shared):
    path = shared / "data" / "doccano" / "data_import" / "sequence_labeling" / "example.jsonl"
    assert [marks(each) for each in records(path)] == [
        [("ORG", "EU")],
        [("PERSON", "Peter Blackburn")],
        [("PERSON", "Obama")],
    ]


@pytest.mark.parametrize(
    "given",
    [
        {"id": 1, "text": TEXT, "label": [[10, 15, "PERSON"]], "Comments": ["sure?"]},
        {"id": 1, "data": TEXT, "label": [[10, 15, "PERSON"]]},
        {"id": 1, "text": TEXT, "meta": {}, "annotation_approver": None, "labels": [[10, 15, "PERSON"]]},
        {"doc_id": 1, "text": TEXT, "entities": [[10, 15, "PERSON"]], "username": "ana", "metadata": {}},
        {"id": 1, "text": TEXT, "entities": [{"id": 3, "label": "PERSON", "start_offset": 10, "end_offset": 15}]},
        {"id": 1, "text": TEXT, "annotations": [{"label": "PERSON", "start_offset": 10, "end_offset": 15, "user": 1}]},
        {"id": 1, "text": TEXT, "entities": [[10, 15, "PERSON"]], "cats": ["news"]},
    ],
)
def test_every_generation_is_read(given, tmp_path):
    path = file_of(tmp_path, given)
    found = Registry().for_file(path)
    assert found is not None
    assert found.format.name == "doccano"
    (record,) = records(path)
    assert ("PERSON", "Obama") in marks(record)
    assert record.document.text == TEXT
    assert record.document.name.startswith("1: President Obama")
    assert not set(record.document.meta) & {"id", "doc_id", "username", "annotation_approver", "label"}


def test_numbers_get_their_names_from_the_lists_beside(tmp_path):
    span = {"label": 7, "start_offset": 10, "end_offset": 15, "user": 1, "created_at": "2020-01-02T03:04:05Z"}
    other = {**span, "user": 2}
    path = file_of(tmp_path, {"id": 1, "text": TEXT, "annotations": [span, other], "annotation_approver": "rina"})
    report = Report()
    (record,) = records(path, report)
    assert [(each.annotator, each.status) for each in record.sets] == [("user 1", Status.DONE), ("user 2", Status.DONE)]
    assert report.count("number") == 2
    file_of(tmp_path, '[{"id": 7, "text": "PERSON", "prefix_key": null}]', name="label_config.json")
    file_of(tmp_path, '[{"id": 1, "username": "ben"}]', name="users.json")
    (record,) = records(path)
    assert marks(record) == [("PERSON", "Obama")] * 2
    assert record.sets[0].annotator == "ben"
    assert record.sets[0].annotations[0].created == "2020-01-02T03:04:05Z"
    (record,) = records(path, own={"labels": "label_config.json"})
    assert marks(record)[0] == ("PERSON", "Obama")


def test_the_unit_is_asked_for_where_it_matters(tmp_path):
    before = file_of(tmp_path, {"text": TEXT, "label": [[10, 15, "PERSON"]]}, name="before.jsonl")
    assert marks(records(before)[0]) == [("PERSON", "Obama")]
    at = TEXT.index("firemen")
    behind = file_of(tmp_path, {"text": TEXT, "label": [[at + 3, at + 10, "PERSON"]]})
    with pytest.raises(UnknownUnit) as caught:
        records(behind)
    assert "firemen" in [row[1] for sample in caught.value.samples for row in sample.rows]
    assert marks(records(behind, offsets="utf16")[0]) == [("PERSON", "firemen")]
    graphemes = file_of(tmp_path, {"text": TEXT, "label": [[22, 29, "PERSON"]]})
    assert marks(records(graphemes, offsets="grapheme")[0]) == [("PERSON", "firemen")]
    lines = file_of(tmp_path, {"text": "one\r\ntwo", "label": [[4, 7, "PERSON"]]})
    assert marks(records(lines, offsets="grapheme")[0]) == [("PERSON", "two")]


def test_lines_end_at_line_feeds_only(tmp_path):
    texts = ["one\x85two", "three\u2028four"]
    path = file_of(tmp_path, *({"text": text, "label": [[0, 3, "PERSON"]]} for text in texts))
    assert [each.document.text for each in records(path)] == texts


def test_labels_of_the_text_and_comments(tmp_path):
    given = {"id": 5, "text": "Goal!", "label": ["sport", "news"], "Comments": ["why?"], "source": "tv"}
    path = file_of(tmp_path, given)
    session = Session.create(tmp_path / "a.stet", scheme=scheme_source("ner") + TOPIC, annotator="ana")
    report = import_files(session, [path], format="doccano", annotator="ana")
    assert report.report.count("document-label") == 1
    (record,) = session.reader.records()
    assert [(a.layer, a.label) for a in record.sets[0].annotations] == [("topic", "sport")]
    assert record.sets[0].remark.note == "why?"
    assert record.document.meta == {"source": "tv"}
    export_project(session, tmp_path / "out.jsonl", format="doccano")
    session.close()
    (line,) = (tmp_path / "out.jsonl").read_text().splitlines()
    written = json.loads(line)
    assert (written.pop("cats"), written.pop("entities")) == (given.pop("label"), [])  # a project with both
    assert written == given


def test_files_are_annotators_if_so_said(tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    for name, label in (("ana", "PERSON"), ("ben", "ORG"), ("all", "GPE")):
        file_of(folder, {"id": 1, "text": TEXT, "label": [[10, 15, label]]}, name=f"{name}.jsonl")
    session = Session.create(tmp_path / "a.stet", scheme=scheme_source("ner"), annotator="lead")
    report = import_files(session, [folder], format="doccano", annotator="lead", options={"people": True})
    assert (report.brought.documents, report.brought.annotations + report.brought.added) == (1, 3)
    assert session.reader.workers() == ["ana", "ben", "lead"]
    out = export_project(session, tmp_path / "out.jsonl", format="doccano")
    session.close()
    assert out.losses.count("annotator") == 1
    assert len(json.loads((tmp_path / "out.jsonl").read_text())["label"]) == 3


def zip_of(path: Path, **members: str) -> Path:
    with ZipFile(path, "w") as out:
        for name, content in members.items():
            out.writestr(f"{name}.jsonl", content)
    return path


def test_a_zip_file_says_who_annotated(tmp_path):
    lines = {who: json.dumps({"id": 1, "text": TEXT, "label": [[10, 15, "PERSON"]]}) for who in ("ana", "ben")}
    path = zip_of(tmp_path / "project.zip", **lines, all="")
    found = Registry().for_file(path)
    assert found is not None
    assert (found.format.name, found.why) == (
        "doccano",
        "it is a ZIP file of JSONL, in which “label” has marks with start, end and label",
    )
    session = Session.create(tmp_path / "a.stet", scheme=scheme_source("ner"), annotator="lead")
    report = import_files(session, [path], annotator="lead")
    assert (report.brought.documents, session.reader.workers()) == (1, ["ana", "ben"])
    session.close()
    assert Registry().for_file(zip_of(tmp_path / "other.zip", words='{"a": 1}')) is None


def test_a_bad_zip_file_is_told(tmp_path):
    path = zip_of(tmp_path / "bad.zip", ana='{"text": "abc", "label": [[0, 9, "PER"]]}\n{"text": "ok", "label": []}')
    with pytest.raises(FormatError, match="outside the text") as caught:
        records(path)
    assert (caught.value.path, caught.value.line) == (path / "ana.jsonl", 1)
    assert caught.value.record == '{"text": "abc", "label": [[0, 9, "PER"]]}'
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(FormatError, match="the ZIP file is damaged; unpack it"):
        records(path)
    with ZipFile(path, "w") as out:
        out.writestr("../ana.jsonl", "{}")
    with pytest.raises(FormatError, match="leads out of it"):
        records(path)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"label": [[0, 1, "PER"]], "meta": {}}', "there is no text under “text” or “data”; its keys are: “label”"),
        ('{"text": "abc", "label": [[0, 9, "PER"]]}', "outside the text"),
        ('{"text": "abc", "label": [[2, 1, "PER"]]}', "ends before it starts"),
        ('{"text": "abc", "label": [["0", 1, "PER"]]}', "isn't a whole number"),
        ('{"text": "abc", "label": [[0, 1]]}', "a start, an end and a label"),
        ('{"text": "abc", "label": [[0, 1, null]]}', "has no label"),
        ('{"text": "abc", "label": [{"start_offset": 1}]}', "isn't a whole number"),
        ('{"text": "abc", "label": [true]}', "neither a mark nor a label"),
        ('{"text": "a", "entities": [], "relations": [{"from_id": 0}]}', "needs “from_id”"),
        ('{"text": "a", "entities": [], "relations": [{"from_id": 0, "to_id": 1, "type": "x"}]}', "which isn't there"),
        ('{"text": "abc", "label": NaN}', "NaN"),
        ('{"text": "abc", "label": [], "n": 99999999999999999999999}', "too large"),
        ('{"text": "abc", "text": "abd", "label": []}', "appears twice"),
        ('{"text": "a\\u0000b", "label": []}', "NUL"),
        ('{"text": "a\\ud800b", "label": []}', "lone surrogate"),
        ('{"text": "abc", "label": ' + "[" * 90 + "]" * 90 + "}", "nested too deeply"),
        ('["abc"]', "a list"),
        ('{"text": "abc", "label": [', "truncated|not JSON"),
    ],
)
def test_a_bad_record_is_named(line, says, tmp_path):
    path = file_of(tmp_path, {"text": "ok", "label": [[0, 1, "PER"]]}, line)
    with pytest.raises(FormatError, match=says) as caught:
        records(path)
    assert (caught.value.path, caught.value.line) == (path, 2)
    errors: list[Exception] = []
    assert [each.document.text for each in records(path, refuse=errors.append)] == ["ok"]
    assert len(errors) == 1


@pytest.mark.parametrize("unit", ["utf16", "grapheme", "cp"])
def test_offsets_are_written_in_the_unit_asked_for(unit, tmp_path):
    at = {"utf16": TEXT.index("firemen") + 3, "grapheme": 22, "cp": TEXT.index("firemen")}[unit]
    path = file_of(tmp_path, {"text": TEXT, "label": [[at, at + 7, "PERSON"]]})
    session = Session.create(tmp_path / "a.stet", scheme=scheme_source("ner"), annotator="ana")
    import_files(session, [path], annotator="ana", offsets=unit)
    export_project(session, tmp_path / "out.jsonl", format="doccano", options={"offsets": unit})
    session.close()
    assert meant(tmp_path / "out.jsonl") == meant(path)
    assert (tmp_path / "out.jsonl").read_bytes().isascii()
