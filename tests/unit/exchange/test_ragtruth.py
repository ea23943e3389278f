"""RAGTruth's two files, read and written."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.core.annotation import Annotation, Fragment, Status
from app.core.errors import FormatError
from app.exchange.formats.ragtruth.format import FORMAT
from app.exchange.formats.ragtruth.source_text import source_text
from app.exchange.registry import Registry
from app.exchange.report import Report
from tests.unit.exchange import build
from tests.unit.exchange.error_datasets import json_lines, read, rows_of, works, written_folder

RESPONSE = "The Authority 😀 joined the court. This includes Gaza Strip; سلام \u200cدنیا, again Gaza Strip."
QUESTION = {"question": "how to prepare beets", "passages": "passage 1:Wash “beets”.\n\npassage 2:Serve.\n\n"}
BUSINESS = {
    "name": "Subway",
    "hours": {"Monday": "9:0-22:30"},
    "attributes": {"lot": True, "Music": None, "Ambience": {}},
    "business_stars": 3.0,
    "review_info": [{"review_stars": 1.0, "review_text": 'He said "no".\nThen left.'}, "good"],
}
SOURCES = [
    {
        "source_id": "11316",
        "task_type": "Summary",
        "source": "CNN/DM",
        "source_info": "The ICC…",
        "prompt": "Summarize",
    },
    {"source_id": "14312", "task_type": "QA", "source": "MARCO", "source_info": QUESTION, "prompt": "Briefly answer"},
    {"source_id": "13661", "task_type": "Data2txt", "source": "Yelp", "source_info": BUSINESS, "prompt": "Write"},
]


def label(words: str, type: str, *, nth: int = 0, **more: Any) -> dict[str, Any]:
    start = -1
    for _ in range(nth + 1):
        start = RESPONSE.index(words, start + 1)
    note = "HIGH INTRO OF NEW INFO\nIt is not mentioned."
    return {"start": start, "end": start + len(words), "text": words, "meta": note, "label_type": type, **more}


def response(id: str, source: str, labels: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    made = {"id": id, "source_id": source, "model": "mistral-7B-instruct", "temperature": 0.925, "labels": labels}
    return {**made, "split": "train", "quality": "good", "response": RESPONSE, **more}


FLAGS = {"implicit_true": True, "due_to_null": False}
RESPONSES = [
    response(
        "1472",
        "11316",
        [
            label("joined", "Subtle Conflict", **FLAGS),
            label("joined the court", "Evident Conflict", implicit_true=False, due_to_null=False),
            label("Gaza Strip", "Evident Baseless Info"),
            label("Gaza Strip", "Evident Baseless Info"),
            label("Gaza Strip", "Subtle Baseless Info", nth=1, sure="no"),
        ],
    ),
    response("1473", "11316", [], quality="truncated", split="test", response="The court"),
    response("1474", "14312", [], quality="incorrect_refusal", response="Unable to answer."),
]


def folder(path: Path, responses: list[Any] = RESPONSES, sources: list[Any] | None = None) -> Path:
    path.mkdir(exist_ok=True)
    json_lines(path / "response.jsonl", responses)
    json_lines(path / "source_info.jsonl", SOURCES if sources is None else sources)
    return path


def by_id(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: str(row.get("id", row["source_id"])))


def test_a_folder_becomes_responses_and_their_sources(tmp_path):
    path = folder(tmp_path / "dataset")
    found = Registry().for_folder(path)
    assert found is not None
    assert (found.format.name, found.why) == ("ragtruth", "it has response.jsonl and source_info.jsonl")
    report = Report()
    records = read(FORMAT, path, report)
    sources, made = records[:3], records[3:]
    assert sources[0].document.name == "source 11316: The ICC…"
    assert sources[0].document.meta == {"task_type": "Summary", "source": "CNN/DM"}
    first = made[0]
    assert first.document.name.startswith("1472: The Authority 😀 joined")
    assert first.document.meta == {
        "model": "mistral-7B-instruct",
        "temperature": 0.925,
        "split": "train",
        "quality": "good",
        "task_type": "Summary",
    }
    assert [each.references for each in made] == [
        (sources[0].document.uid,),
        (sources[0].document.uid,),
        (sources[1].document.uid,),
    ]
    (item,) = first.sets
    assert (item.annotator, item.status) == ("ana", Status.DONE)
    assert [(each.label, each.quote, each.attributes) for each in item.annotations] == [
        ("WRONG_FACT", "joined", {"implicit_true": True, "severity": "minor"}),
        ("WRONG_FACT", "joined the court", {"severity": "major"}),
        ("UNSUPPORTED", "Gaza Strip", {"severity": "major"}),
        ("UNSUPPORTED", "Gaza Strip", {"severity": "major"}),
        ("UNSUPPORTED", "Gaza Strip", {"severity": "minor"}),
    ]
    assert item.annotations[0].comment == "HIGH INTRO OF NEW INFO\nIt is not mentioned."
    assert made[1].sets[0].status is made[2].sets[0].status is Status.DONE_EMPTY
    assert [(each.kind, each.count) for each in report] == [("field", 1)]


def test_a_folder_is_written_as_it_was(tmp_path):
    records = read(FORMAT, folder(tmp_path / "dataset"))
    losses = written_folder(FORMAT, records, tmp_path / "out")
    assert by_id(rows_of(tmp_path / "out" / "response.jsonl")) == by_id(RESPONSES)
    assert by_id(rows_of(tmp_path / "out" / "source_info.jsonl")) == by_id(SOURCES)
    assert losses.as_list() == []
    again = read(FORMAT, tmp_path / "out")
    assert sorted(again, key=lambda each: each.document.uid) == sorted(records, key=lambda each: each.document.uid)


def test_structured_sources_are_readable_texts():
    assert source_text(QUESTION) == (
        "question: how to prepare beets\npassages:\npassage 1:Wash “beets”.\n\npassage 2:Serve.\n\n"
    )
    assert source_text(BUSINESS) == (
        "name: Subway\nhours:\n  Monday: 9:0-22:30\nattributes:\n  lot: true\n  Music: null\n  Ambience: {}\n"
        "business_stars: 3.0\nreview_info:\n  -\n    review_stars: 1.0\n    review_text:\n"
        'He said "no".\nThen left.\n  - good'
    )


@pytest.mark.parametrize("name", ["response.jsonl", "test.jsonl"])
def test_a_file_of_responses_brings_only_its_sources(name, tmp_path):
    path = folder(tmp_path / "dataset")
    (path / "response.jsonl").rename(path / name)
    found = Registry().for_file(path / name)
    assert found is not None
    assert found.format.name == "ragtruth"
    records = read(FORMAT, path / name)
    assert {each.document.meta["source"] for each in records if not each.sets} == {"CNN/DM", "MARCO"}
    (path / "source_info.jsonl").rename(path / "sources.json")
    report = Report()
    assert [each.references for each in read(FORMAT, path / name, report)] == [(), (), ()]
    assert report.count("no-source") == 3
    assert len(read(FORMAT, path / name, own={"sources": "sources.json"})) == 5


def test_a_file_of_sources_can_be_read_by_itself(tmp_path):
    path = folder(tmp_path / "dataset") / "source_info.jsonl"
    found = Registry().for_file(path)
    assert found is not None
    assert found.format.name == "ragtruth"
    assert [each.document.meta["task_type"] for each in read(FORMAT, path)] == ["Summary", "QA", "Data2txt"]


def test_a_response_without_labels_has_no_work(tmp_path):
    bare = {key: value for key, value in RESPONSES[0].items() if key != "labels"}
    records = read(FORMAT, folder(tmp_path / "dataset", [RESPONSES[1], bare]))
    assert [bool(each.sets) for each in works(records)[-2:]] == [True, False]


def test_ids_may_be_numbers(tmp_path):
    rows = [{**each, "id": int(each["id"]), "source_id": int(each["source_id"])} for each in RESPONSES]
    sources = [{**each, "source_id": int(each["source_id"])} for each in SOURCES]
    written_folder(FORMAT, read(FORMAT, folder(tmp_path / "in", rows, sources)), tmp_path / "out")
    assert by_id(rows_of(tmp_path / "out" / "response.jsonl")) == by_id(rows)
    assert by_id(rows_of(tmp_path / "out" / "source_info.jsonl")) == by_id(sources)


@pytest.mark.parametrize(
    ("severity", "type"),
    [("critical", "Evident Conflict"), ("major", "Evident Conflict"), ("neutral", "Subtle Conflict")],
)
def test_a_changed_severity_changes_the_type(severity, type, tmp_path):
    records = read(FORMAT, folder(tmp_path / "dataset"))
    record = works(records)[1]
    mark = record.sets[0].annotations[0]
    changed = msgspec.structs.replace(mark, attributes={**mark.attributes, "severity": severity})
    work = record.sets[0]._replace(annotations=(changed,))
    losses = written_folder(FORMAT, [*records[:3], record._replace(sets=(work,))], tmp_path / "out")
    (row,) = rows_of(tmp_path / "out" / "response.jsonl")
    assert [each["label_type"] for each in row["labels"]] == [type]
    assert losses.count("attribute") == (severity != "major")


def own_records() -> list[Any]:
    """Documents of a project about news: errors of two kinds, an entity, and metadata with names that RAGTruth has."""
    given = {"layer": "error", "fragments": (Fragment(0, 12),), "quote": build.TEXT[:12]}
    marks = [
        Annotation(uid="m1", label="ENTITY_WRONG", attributes={"severity": "minor"}, comment="who?", **given),
        Annotation(uid="m2", label="UNSUPPORTED", correction="", **given),
        Annotation(uid="m3", label="LANGUAGE", **given),
        Annotation(uid="m4", **{**given, "layer": "entity", "label": "PERSON"}),
    ]
    reference = build.record(build.REFERENCE, uid="r1", name="reference.txt", meta={"date": "2026"})
    work = build.work(*marks, status=Status.DONE)
    meta = {"source": "AP", "model": "spinner"}
    return [reference, build.record(references=("r1",), sets=(work,), meta=meta)]


def test_our_own_errors_are_translated_and_come_back(tmp_path):
    losses = written_folder(FORMAT, own_records(), tmp_path / "out")
    (row,), (source,) = (rows_of(tmp_path / "out" / name) for name in ("response.jsonl", "source_info.jsonl"))
    assert [each["label_type"] for each in row["labels"]] == [
        "Subtle Conflict",
        "Evident Baseless Info",
        "LANGUAGE",
    ]
    assert {key: row[key] for key in ("split", "quality", "model", "temperature", "meta.source", "name")} == {
        "split": "train",
        "quality": "good",
        "model": "spinner",
        "temperature": None,
        "meta.source": "AP",
        "name": "spun.txt",
    }
    assert (source["task_type"], source["source_info"], source["prompt"]) == ("Summary", build.REFERENCE, "")
    assert row["source_id"] == source["source_id"]
    # A loader joins both files by the id of the source: no other field may be in both.
    assert set(row) & set(source) == {"source_id", "name"}
    assert {each.kind: each.count for each in losses} == {"meta-name": 1, "layer": 1, "correction": 1}
    records = read(FORMAT, tmp_path / "out")
    assert records[0].document.name == "reference.txt"
    (item,) = records[1].sets
    assert [(each.uid, each.label) for each in item.annotations] == [
        ("m1", "ENTITY_WRONG"),
        ("m2", "UNSUPPORTED"),
        ("m3", "LANGUAGE"),
    ]
    assert records[1].document.meta["source"] == "AP"


def test_several_annotators_stay_several(tmp_path):
    reference, record = own_records()
    ben = record.sets[0]._replace(annotator="ben", annotations=(), status=Status.OPEN)
    losses = written_folder(FORMAT, [reference, record._replace(sets=(*record.sets, ben))], tmp_path / "out")
    assert losses.count("unfinished-work") == 1
    first, second = works(read(FORMAT, tmp_path / "out"))
    assert (first.document.uid, first.sets[0].annotator) == (second.document.uid, "ana")
    assert second.sets[0].annotator == "ben"


def test_an_edited_source_is_written_as_text(tmp_path):
    records = read(FORMAT, folder(tmp_path / "dataset"))
    edited = msgspec.structs.replace(records[1].document, text="only text")
    records[1] = records[1]._replace(document=edited)
    losses = written_folder(FORMAT, records, tmp_path / "out")
    assert losses.count("source-text") == 1
    assert [row["source_info"] for row in rows_of(tmp_path / "out" / "source_info.jsonl")][1] == "only text"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"labels": [label("Gaza Strip", "")]}, "has no “label_type”"),
        ({"labels": [{**label("Gaza Strip", "x"), "end": 900}]}, "outside the text"),
        ({"labels": [{**label("Gaza Strip", "x"), "start": "3"}]}, r"labels\[0\]: start isn't a whole number"),
        ({"labels": [[1, 2]]}, "must be a list of objects"),
        ({"labels": [label("Gaza Strip", "a\nb")]}, "not printable"),
        ({"response": None}, "there is no text under “response”; the keys are: “id”"),
    ],
)
def test_a_bad_response_is_named_and_the_rest_read(change, says, tmp_path):
    path = folder(tmp_path / "dataset", [RESPONSES[1], {**RESPONSES[0], **change}])
    with pytest.raises(FormatError, match=says) as caught:
        read(FORMAT, path)
    assert (caught.value.path, caught.value.line) == (path / "response.jsonl", 2)
    errors: list[Exception] = []
    assert len(read(FORMAT, path, refuse=errors.append)) == 4
    assert len(errors) == 1


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({**SOURCES[0], "source_info": "another text"}, "two sources with the id 11316"),
        ({**SOURCES[0], "source_id": None}, "a source without “source_id”"),
        ({**SOURCES[0], "source_info": 3}, "must be a text or an object"),
    ],
)
def test_a_bad_source_is_named(row, says, tmp_path):
    path = folder(tmp_path / "dataset", sources=[*SOURCES, SOURCES[0], row])
    with pytest.raises(FormatError, match=says) as caught:
        read(FORMAT, path)
    assert (caught.value.path, caught.value.line) == (path / "source_info.jsonl", 5)


def test_another_unit_is_proved_by_the_words(tmp_path):
    row = json.loads(json.dumps(RESPONSES[0]))
    for each in row["labels"]:
        for key in ("start", "end"):
            each[key] = len(RESPONSE[: each[key]].encode())
    (record,) = works(read(FORMAT, folder(tmp_path / "dataset", [row])))[2:]
    assert [each.quote for each in record.sets[0].annotations][:3] == ["joined", "joined the court", "Gaza Strip"]
