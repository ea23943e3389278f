"""Label Studio's tasks, read and written."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.core.annotation import Annotation, Evidence, Fragment, Relation, Stance, Status
from app.core.document import Document, sha256
from app.core.errors import FormatError
from app.core.record import DocumentRecord, SetRecord
from app.core.scheme_file import parse_scheme
from app.exchange.format import ReadOptions
from app.exchange.formats.label_studio.min_reader import MinReader
from app.exchange.formats.label_studio.reader import LabelStudioReader
from app.exchange.label_map import LabelMap
from app.exchange.registry import Registry
from app.exchange.report import Report
from app.exchange.source import Source
from app.jobs.tasks.export_file import export_project
from app.jobs.tasks.import_files import import_files
from app.services.importing.document_import import import_documents
from app.session.session import Session
from tests.conftest import scheme_source

TEXT = "Ana met Ben in Paris.\nThey talked about trade."
READER = LabelStudioReader()


def region(id: str, start: int, end: int, label: str = "PER", text: str = TEXT, **more: Any) -> dict[str, Any]:
    value = {"start": start, "end": end, "text": text[start:end], "labels": [label]}
    return {"id": id, "from_name": "label", "to_name": "text", "type": "labels", "value": value, **more}


def field(id: str, start: int, end: int, name: str, kind: str, value: object) -> dict[str, Any]:
    key = "text" if kind == "textarea" else kind
    return {
        "id": id,
        "from_name": name,
        "to_name": "text",
        "type": kind,
        "value": {"start": start, "end": end, key: value},
    }


def about(name: str, kind: str, value: object) -> dict[str, Any]:
    key = "text" if kind == "textarea" else kind
    return {"id": name, "from_name": name, "to_name": "text", "type": kind, "value": {key: value}}


def task(*results: dict[str, Any], text: str = TEXT, **more: Any) -> dict[str, Any]:
    work = {"id": 5, "completed_by": 1, "was_cancelled": False, "result": list(results)}
    return {"id": 7, "data": {"text": text}, "annotations": [work], **more}


def file(path: Path, *tasks: Any) -> Path:
    path.write_text(json.dumps(list(tasks), ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def records(path: Path, *tasks: Any, report: Report | None = None, **options: Any):
    made = ReadOptions(annotator=options.pop("annotator", "ana"), report=report or Report(), **options)
    return list(READER.read(Source(file(path / "in.json", *tasks)), made))


def only_work(path: Path, *results: dict[str, Any], **options: Any):
    (record,) = records(path, task(*results), **options)
    (work,) = record.sets
    return work


def meant(path: Path) -> list[Any]:
    """What a file says, whatever its ids and the order of results."""
    return [_meant(task) for task in json.loads(path.read_text("utf-8"))]


def _meant(task: dict[str, Any]) -> Any:
    works = [*task.get("annotations", ()), *task.get("predictions", ())]
    found = []
    for work in works:
        places = {
            r["id"]: json.dumps([r["value"].get("start"), r["value"].get("end"), r["value"].get("labels")])
            for r in work["result"]
            if "id" in r
        }
        said = []
        for result in work["result"]:
            kept = {
                k: v for k, v in result.items() if k not in ("id", "ids", "to_name") and (k, v) != ("origin", "manual")
            }
            for end in ("from_id", "to_id", "parentID"):
                if end in kept:
                    kept[end] = places[kept[end]]
            said.append(json.dumps(kept, sort_keys=True))
        found.append(({k: v for k, v in work.items() if k != "result"}, sorted(said)))
    rest = {k: v for k, v in task.items() if k not in ("annotations", "predictions")}
    return rest, found


def exported(folder: Path, *tasks: Any, scheme: str | None = None, **options: Any) -> tuple[Path, Session]:
    """Import tasks and export them again."""
    session = Session.create(folder / "a.stet", scheme=scheme or scheme_source("ner"), annotator="lead")
    path = file(folder / "in.json", *tasks)
    import_files(session, [path], format="label-studio", annotator="ana", **options)
    out = folder / "out.json"
    export_project(session, out, format="label-studio", every_annotator=True)
    return out, session


SCHEME = """name = "desk"
version = 1
title = "Desk"
[[layer]]
id = "label"
[[layer.label]]
id = "PER"
[[layer.label]]
id = "LOC"
[[layer.attribute]]
id = "sure"
kind = "scale"
least = 1
most = 5
step = 1
[[layer.attribute]]
id = "roles"
kind = "many"
[[layer.attribute.value]]
id = "head"
[[layer.attribute.value]]
id = "spouse"
[[layer.attribute]]
id = "amount"
kind = "number"
[[layer.attribute]]
id = "born"
kind = "date"
[[layer.attribute]]
id = "said"
kind = "text"
[[layer]]
id = "tone"
kind = "document"
[[layer.label]]
id = "Good"
[[layer.label]]
id = "Bad"
[[layer]]
id = "topics"
kind = "document"
[[layer.attribute]]
id = "topics"
kind = "many"
[[layer.attribute.value]]
id = "Sport"
[[layer.attribute.value]]
id = "War"
[[relation]]
id = "met"
"""
EVERYTHING = (
    region("a", 0, 3, meta={"text": ["sure?"]}),
    field("a", 0, 3, "sure", "rating", 4),
    field("a", 0, 3, "roles", "choices", ["head", "spouse"]),
    field("a", 0, 3, "amount", "number", 2.5),
    field("a", 0, 3, "born", "datetime", "1999-04-01"),
    field("a", 0, 3, "said", "textarea", ["Hello"]),
    field("a", 0, 3, "correction", "textarea", ["Anna"]),
    region("b", 8, 11, score=0.5, readonly=True),
    region("c", 15, 20, "LOC", parentID="a", origin="prediction"),
    {"type": "relation", "from_id": "a", "to_id": "b", "direction": "right", "labels": ["met"]},
    about("tone", "choices", ["Good"]),
    about("topics", "choices", ["Sport", "War"]),
)


@pytest.mark.parametrize("name", ["named_entity.json", "text_with_2_predictions.json"])
def test_real_files_come_back(name, shared, tmp_path):
    theirs = shared / "data" / "label-studio" / name
    detected = Registry().for_file(theirs)
    assert detected is not None
    assert detected.format.name == "label-studio"
    given = json.loads(theirs.read_text("utf-8"))
    tasks = given if isinstance(given, list) else [given]
    out, session = exported(tmp_path, *tasks)
    again = import_files(session, [out], format="label-studio", annotator="ana")
    session.close()
    assert (again.brought.documents, again.brought.added, again.report.count("differs-annotation")) == (0, 0, 0)
    ours = json.loads(out.read_text("utf-8"))
    for mine, his in zip(ours, tasks, strict=True):
        assert mine["data"]["text"] == his["data"]["text"]
        assert [len(each["result"]) for each in mine["annotations"]] == [
            len(each["result"]) for each in his.get("annotations", [])
        ]


def test_everything_is_written_as_it_was(tmp_path):
    one = task(*EVERYTHING, meta={}, total_annotations=1, drafts=[{"id": 1, "result": []}])
    one["data"] |= {"source": "wire", "tags": ["a"], "name": "one.txt"}
    one["annotations"][0] |= {"lead_time": 12.5, "created_at": "2026-01-02T03:04:05Z", "unique_id": "u"}
    prediction = {"model_version": "m1", "score": 0.7, "result": [region("p", 15, 20, "LOC", score=0.7)]}
    one["predictions"] = [prediction]
    out, session = exported(tmp_path, one, scheme=SCHEME)
    assert meant(out) == meant(tmp_path / "in.json")
    again = import_files(session, [out], annotator="ana")
    assert (again.brought.documents, again.brought.extended, again.brought.already) == (0, 0, 1)
    assert not [finding for finding in again.report if finding.kind.startswith("differs")]
    session.close()


def test_what_is_said_of_a_region_is_its_marks(tmp_path):
    labels = LabelMap(parse_scheme(SCHEME))
    work = only_work(tmp_path, *EVERYTHING, labels=labels)
    assert (work.annotator, work.kind, work.status) == ("1", "person", Status.DONE)
    marks = {(mark.layer, mark.label): mark for mark in work.annotations}
    ana = marks["label", "PER"] if marks["label", "PER"].start == 0 else work.annotations[0]
    ana = next(mark for mark in work.annotations if mark.quote == "Ana")
    assert ana.attributes == {
        **{"sure": 4, "roles": ["head", "spouse"], "amount": 2.5},
        **{"born": "1999-04-01", "said": "Hello"},
    }
    assert (ana.correction, ana.comment) == ("Anna", "sure?")
    assert marks["tone", "Good"].fragments == (Fragment(0, 0),)
    assert marks["topics", "topics"].attributes == {"topics": ["Sport", "War"]}
    (tie,) = work.relations
    by_uid = {mark.uid: mark.quote for mark in work.annotations}
    assert (tie.label, by_uid[tie.source], by_uid[tie.target]) == ("met", "Ana", "Ben")


@pytest.mark.parametrize(
    ("direction", "labels", "says"),
    [
        ("right", ["knows"], [("knows", "Ana", "Ben", {})]),
        ("left", ["knows"], [("knows", "Ben", "Ana", {})]),
        ("bi", ["knows"], [("knows", "Ana", "Ben", {"direction": "bi"})]),
        ("right", ["a", "b"], [("a", "Ana", "Ben", {}), ("b", "Ana", "Ben", {})]),
        ("right", [], [("related", "Ana", "Ben", {})]),
        ("right", None, [("related", "Ana", "Ben", {})]),
    ],
)
def test_relations_have_directions_and_labels(direction, labels, says, tmp_path):
    tie = {"type": "relation", "from_id": "a", "to_id": "b", "direction": direction}
    tie |= {} if labels is None else {"labels": labels}
    work = only_work(tmp_path, region("a", 0, 3), region("b", 8, 11), tie)
    by_uid = {mark.uid: mark.quote for mark in work.annotations}
    assert [(t.label, by_uid[t.source], by_uid[t.target], t.attributes) for t in work.relations] == says


def test_relations_of_regions_that_are_gone_are_noted(tmp_path):
    report = Report()
    tie = {"type": "relation", "from_id": "a", "to_id": "gone", "direction": "right", "labels": ["x"]}
    assert not only_work(tmp_path, region("a", 0, 3), tie, report=report).relations
    assert report.count("relation-end") == 1


def test_annotators_stay_apart_and_say_how_far_they_are(tmp_path):
    works = [
        {"id": 1, "completed_by": 1, "was_cancelled": False, "lead_time": 3, "result": [region("a", 0, 3)]},
        {
            "id": 2,
            "completed_by": {"id": 2, "email": "b@x.org", "first_name": "B"},
            "was_cancelled": True,
            "result": [],
        },
        {"id": 3, "completed_by": 1, "was_cancelled": False, "result": []},
        {"id": 4, "result": [region("a", 0, 3)]},
    ]
    report = Report()
    (record,) = records(tmp_path, {"id": 7, "data": {"text": TEXT}, "annotations": works}, report=report)
    found = {item.annotator: (item.status, item.seconds, len(item.annotations)) for item in record.sets}
    assert found == {
        "1": (Status.DONE, 3, 1),
        "1 (2)": (Status.DONE_EMPTY, 0, 0),
        "ana": (Status.OPEN, 0, 1),
        "b@x.org": (Status.SKIPPED, 0, 0),
    }
    assert report.count("several") == 1


def test_users_have_names_if_they_are_said(tmp_path):
    (record,) = records(tmp_path, task(region("a", 0, 3)), own={"users": "1=eve,2=ben"})
    assert [item.annotator for item in record.sets] == ["eve"]


def test_old_exports_are_read(tmp_path):
    old = {
        "id": 1,
        "data": {"body": TEXT, "title": "x"},
        "completions": [
            {
                "created_at": 1,
                "created_username": " a@x.org, 1",
                "lead_time": 2.5,
                "id": 1,
                "result": [region("a", 0, 3)],
            },
            {"id": 2, "skipped": True, "created_username": "b@x.org, 2", "result": []},
        ],
        "predictions": [17],
    }
    report = Report()
    (record,) = records(tmp_path, old, report=report)
    assert {item.annotator: item.status for item in record.sets} == {"a@x.org": Status.DONE, "b@x.org": Status.SKIPPED}
    assert record.document.text == TEXT
    assert report.count("only-id") == 1


def test_predictions_become_what_is_chosen(tmp_path):
    one = {"data": {"text": TEXT}, "predictions": [{"model_version": "m", "result": [region("a", 0, 3, score=0.25)]}]}
    (work,) = records(tmp_path, one)[0].sets
    assert (work.annotator, work.kind, work.annotations[0].quote) == ("m", "model", "Ana")
    (record,) = records(tmp_path, one, own={"predictions": "suggestions"})
    (item,) = record.suggestions
    assert not record.sets
    assert (item.suggestion.maker, item.suggestion.quote, item.suggestion.score) == ("m", "Ana", 0.25)
    (record,) = records(tmp_path, one, own={"predictions": "nothing"})
    assert (record.sets, record.suggestions) == ((), ())


def test_suggestions_come_back(tmp_path):
    one = {"data": {"text": TEXT}, "predictions": [{"model_version": "m", "result": [region("a", 0, 3, score=0.25)]}]}
    out, session = exported(tmp_path, one, options={"predictions": "suggestions"})
    again = import_files(session, [out])
    session.close()
    assert (again.brought.suggestions, again.brought.already) == (0, 1)


def test_ground_truth_is_gold_if_asked(tmp_path):
    one = task(region("a", 0, 3))
    one["annotations"][0]["ground_truth"] = True
    assert records(tmp_path, one)[0].sets[0].kind == "person"
    (work,) = records(tmp_path, one, own={"ground-truth": True})[0].sets
    assert (work.annotator, work.kind) == ("gold", "gold")
    out, session = exported(tmp_path, one, options={"ground-truth": True})
    session.close()
    (written,) = json.loads(out.read_text())[0]["annotations"]
    assert written["ground_truth"] is True
    assert written["completed_by"] == 1


@pytest.mark.parametrize("unit", ["cp", "utf16"])
def test_the_words_tell_the_unit(unit, tmp_path):
    text = "🐱 Warning: this is a test 💩."
    start = text.index("test") + (unit == "utf16")
    one = region("a", start, start + 4)
    one["value"]["text"] = "test"
    (record,) = records(tmp_path, task(one, text=text))
    assert [(mark.start, mark.quote) for mark in record.sets[0].annotations] == [(text.index("test"), "test")]


def test_without_words_the_unit_is_asked_for(tmp_path):
    text = "🐱 Warning: this is a test 💩."
    one = region("a", 10, 14)
    del one["value"]["text"]
    with pytest.raises(FormatError, match="the unit of its offsets isn't clear"):
        records(tmp_path, task(one, text=text))
    (record,) = records(tmp_path, task(one, text=text), offsets="utf16")
    assert record.sets[0].annotations[0].start == 9


def test_stale_words_are_kept_and_noted(tmp_path):
    report = Report()
    one = region("a", 0, 3)
    one["value"]["text"] = "February 22"
    assert only_work(tmp_path, one, report=report).annotations[0].quote == "February 22"
    assert report.count("quote") == 1


def test_a_region_may_have_many_labels_or_none(tmp_path):
    many, none = region("a", 0, 3), region("b", 8, 11)
    many["value"]["labels"], none["value"]["labels"] = ["PER", "LOC"], []
    report = Report()
    work = only_work(tmp_path, many, none, report=report)
    assert [(mark.quote, mark.label) for mark in work.annotations if mark.quote == "Ben"] == [("Ben", "unlabelled")]
    assert {mark.label for mark in work.annotations if mark.quote == "Ana"} == {"PER", "LOC"}
    out, session = exported(tmp_path, task(many, none), scheme=SCHEME)
    again = import_files(session, [out])
    assert (again.brought.already, again.brought.added, again.report.count("differs-annotation")) == (1, 0, 0)
    session.close()
    labels = [sorted(each["value"]["labels"]) for each in json.loads(out.read_text())[0]["annotations"][0]["result"]]
    assert sorted(labels) == [[], ["LOC", "PER"]]


def test_dialogues_are_read_by_their_turns(tmp_path):
    turns = [{"author": "Mia", "text": "Don’t you hate that?"}, {"author": "Vincent:", "text": "Hate what?"}]
    value = {"start": "1", "end": "1", "startOffset": 5, "endOffset": 9, "text": "what", "paragraphlabels": ["Q"]}
    one = {"id": "a", "from_name": "label", "to_name": "d", "type": "paragraphlabels", "value": value}
    given = {"id": 1, "data": {"talk": turns, "id": "x"}, "annotations": [{"completed_by": 1, "result": [one]}]}
    (record,) = records(tmp_path, given)
    assert record.document.text == "Mia: Don’t you hate that?\nVincent: Hate what?"
    assert record.sets[0].annotations[0].quote == "what"
    out, session = exported(tmp_path, given)
    session.close()
    (written,) = json.loads(out.read_text())
    assert written["data"]["talk"] == turns
    assert written["annotations"][0]["result"][0]["value"] == value | {"paragraphlabels": ["Q"]}


def test_html_is_read_by_its_text(tmp_path):
    html = "<p>Ana &amp; <b>Ben</b><br>met</p>"
    value = {"start": "/p[1]/b[1]/text()[1]", "end": "/p[1]/b[1]/text()[1]", "startOffset": 0, "endOffset": 3}
    value |= {"globalOffsets": {"start": 6, "end": 9}, "text": "Ben", "hypertextlabels": ["PER"]}
    one = {"id": "a", "from_name": "label", "to_name": "h", "type": "hypertextlabels", "value": value}
    given = {"id": 1, "data": {"html": html}, "annotations": [{"completed_by": 1, "result": [one]}]}
    (record,) = records(tmp_path, given)
    assert record.document.text == "Ana & Ben\nmet"
    assert record.sets[0].annotations[0].quote == "Ben"
    out, session = exported(tmp_path, given)
    session.close()
    (written,) = json.loads(out.read_text())
    assert written["data"]["html"] == html
    assert written["annotations"][0]["result"][0]["value"] == value
    del value["globalOffsets"]
    with pytest.raises(FormatError, match="globalOffsets"):
        records(tmp_path, given)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"id": 1}, "it has no “data”"),
        ({"data": {}}, "there is no text in its data"),
        ({"data": {"text": "a\x00b"}}, "NUL"),
        (3, "record 2 isn't an object"),
        ([1], "record 2 is a list|isn't an object"),
        (task(region("a", 0, 99)), "outside the text"),
        (task(region("a", 5, 2)), "ends before it starts"),
        (task({"type": "labels", "value": 3}), "a result has no “type”"),
        (task("x"), "a result isn't an object"),  # type: ignore[arg-type]
        ({"data": {"text": TEXT}, "annotations": [{"result": "x"}]}, "“result” isn't a list"),
        (task({**region("a", 0, 3), "value": {"start": None, "end": 3, "labels": ["x"]}}), "no whole numbers"),
        (task(region("a", 0, 3), text="s3://bucket/one.txt"), "only an address"),
        (
            task(region("a", 0, 3, "")) | {"annotations": [{"completed_by": "\n\u0007x", "result": []}]},
            "annotator's name",
        ),
    ],
)
def test_a_bad_task_is_named_and_the_others_read(given, says, tmp_path):
    with pytest.raises(FormatError, match=says) as caught:
        records(tmp_path, task(), given)
    assert caught.value.path == tmp_path / "in.json"
    assert (caught.value.line or 0) > 1
    errors: list[FormatError] = []
    found = records(tmp_path, task(), given, task(), refuse=errors.append)
    assert (len(found), len(errors)) == (2, 1)
    assert errors[0].record


def test_unusable_options_are_refused(tmp_path):
    with pytest.raises(FormatError, match="doesn't name a user"):
        records(tmp_path, task(), own={"users": "ana"})
    with pytest.raises(FormatError, match="have no “body”"):
        records(tmp_path, task(), columns={"text": "body"})


def test_the_key_of_the_text_is_found(tmp_path):
    def text(data: dict[str, Any], **options: Any) -> str:
        return records(tmp_path, {"data": data}, **options)[0].document.text

    assert text({"id": "a long identifier", "ner": "short"}) == "a long identifier"
    assert text({"title": "a long title here", "text": "short"}) == "short"
    assert text({"title": "a long title here", "ner": "short"}, columns={"text": "ner"}) == "short"
    (tmp_path / "in.config.xml").write_text('<View><Text name="t" value="$ner"/></View>')
    assert text({"title": "a long title here", "ner": "short"}) == "short"


def test_the_words_tell_which_text_is_meant(tmp_path):
    data = {"source": "A longer text, in which nothing is marked. " * 3, "summary": TEXT}
    other = {**region("b", 2, 8, text=data["source"]), "to_name": "source"}
    report = Report()
    one = task(region("a", 0, 3), region("c", 8, 11), other) | {"data": data}
    (record,) = records(tmp_path, one, report=report)
    assert record.document.text == TEXT
    assert {mark.quote for mark in record.sets[0].annotations} == {"Ana", "Ben"}
    assert report.count("result") == 1
    out, session = exported(tmp_path, one)
    session.close()
    assert other in json.loads(out.read_text())[0]["annotations"][0]["result"]


def test_a_chat_is_a_dialogue(tmp_path):
    chat = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Ho"}]
    (record,) = records(tmp_path, {"data": {"chat": chat}})
    assert record.document.text == "user: Hi\nassistant: Ho"


def test_line_breaks_in_words_may_be_escaped(tmp_path):
    report = Report()
    one = region("a", 15, 26)
    one["value"]["text"] = "Paris.\\nThey"
    assert only_work(tmp_path, one, report=report).annotations[0].quote == "Paris.\nThey"
    assert not report.count("quote")


def test_relations_that_are_known_are_not_added_again(tmp_path):
    tie = {"type": "relation", "from_id": "a", "to_id": "b", "direction": "right", "labels": ["met"]}
    out, session = exported(tmp_path, task(region("a", 0, 3), region("b", 8, 11), tie), scheme=SCHEME)
    (written,) = json.loads(out.read_text())
    for result in written["annotations"][0]["result"]:
        result.pop("ids", None)  # as Label Studio drops them
    again = import_files(session, [file(out, written)])
    (record,) = session.reader.records()
    session.close()
    assert again.brought.already == 1
    assert len(record.sets[0].relations) == 1


@pytest.mark.parametrize(
    "head",
    [
        b'{"stet":1,"data":{"text":"x"},"text":"x"}',
        b'{"text":"x","spans":[]}',
        b'[{"data":[1]}]',
        b'{"data":{"a":1},"labels":[]}',
        b"[",
        b"",
        b"[{",
        b'{"%TYPES":{},"%FEATURE_STRUCTURES":[]}',
    ],
)
def test_files_of_others_are_not_claimed(head, tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(head)
    assert READER.claims(path, head) is None


def test_a_first_task_longer_than_what_is_looked_at_is_claimed(tmp_path):
    path = file(tmp_path / "a.json", task(region("a", 0, 3), text=TEXT + "x" * 100_000))
    head = path.read_bytes()[:65536]
    claim = READER.claims(path, head)
    assert claim is not None
    assert not claim.weak


def test_the_work_of_a_model_keeps_its_status(tmp_path):
    one = {"model_version": "m", "lead_time": 3, "stet_work": {"status": "open", "note": "n"}, "result": []}
    out, session = exported(tmp_path, {"id": 1, "data": {"text": TEXT}, "predictions": [one]})
    (record,) = session.reader.records()
    session.close()
    (work,) = record.sets
    assert (work.status, work.seconds, work.remark.note) == (Status.OPEN, 3, "n")
    assert json.loads(out.read_text())[0]["predictions"] == [one]


def test_what_no_project_can_hold_does_no_harm(tmp_path):
    stars = {**about("stars", "rating", 3), "meta": {"text": "n"}}
    one = task(region("a", 0, 3), about("order", "ranker", {"x": [1]}), stars)
    one["annotations"][0]["lead_time"] = 1e30
    one["data"]["x"] = "a\x00b"
    out, session = exported(tmp_path, one)
    (record,) = session.reader.records()
    session.close()
    (work,) = record.sets
    assert (work.seconds, {mark.comment for mark in work.annotations}) == (0, {"", "n"})
    (written,) = json.loads(out.read_text())
    assert written["data"]["x"] == "a\x00b"
    results = {result.get("from_name"): result for result in written["annotations"][0]["result"]}
    assert results["order"]["value"] == {"ranker": {"x": [1]}}
    assert results["stars"]["meta"] == {"text": ["n"]}


def test_times_of_one_kind_only_are_written(tmp_path):
    one = task(region("a", 0, 3))
    one["annotations"][0]["updated_at"] = "2026-01-02T03:04:05Z"
    out, session = exported(tmp_path, one)
    session.close()
    (written,) = json.loads(out.read_text())[0]["annotations"]
    assert written["updated_at"] == "2026-01-02T03:04:05Z"


def test_what_was_written_is_known_where_it_came_from(tmp_path):
    session = Session.create(tmp_path / "a.stet", scheme=scheme_source("news-errors"), annotator="ana")
    proof = Evidence(uid="e1", document="d1", fragments=(Fragment(0, 3),), quote="Ana", stance=Stance.REFUTES)
    marks = [
        Annotation(
            uid=f"m{start}", layer="error", label="QUANTITY", fragments=(Fragment(start, start + 3),), quote=quote
        )
        for start, quote in ((0, "Ana"), (8, "Ben"))
    ]
    marks[0] = msgspec.structs.replace(marks[0], created="2026-01-02T03:04:05Z", evidence=(proof,), comment="c")
    tie = Relation(uid="r1", source="m0", target="m8", label="because", comment="said so")
    document = Document(uid="d1", name="one.txt", text=TEXT, sha256=sha256(TEXT))
    work = SetRecord("ana", "person", Status.OPEN, "news-errors@1", 0.0, tuple(marks), (tie,))
    import_documents(session, [DocumentRecord(document, (), (work,))], title="t")
    out = tmp_path / "out.json"
    export_project(session, out, format="label-studio", every_annotator=True)
    again = import_files(session, [out])
    session.close()
    assert (again.brought.already, again.brought.added) == (1, 0)
    assert [finding.kind for finding in again.report] == []


def least(**more: Any) -> dict[str, Any]:
    """Return a record of JSON_MIN."""
    behind = {"annotator": 1, "annotation_id": 5, "created_at": "2026-01-02T03:04:05Z", "lead_time": 2.5}
    return {"text": TEXT, "source": "wire", "id": 7, **more, **behind}


def min_records(path: Path, *given: Any, **options: Any):
    made = ReadOptions(annotator="ana", **options)
    return list(MinReader().read(Source(file(path / "in.json", *given)), made))


def test_the_short_form_is_read(tmp_path):
    marks = [{"start": 0, "end": 3, "text": "Ana", "labels": ["PER"]}, {"start": 8, "end": 11, "labels": ["PER"]}]
    sure = [{"start": 0, "end": 3, "text": "Ana", "rating": 4}]
    said = [{"start": 8, "end": 11, "text": ["sic"]}]
    given = least(label=marks, sure=sure, said=said, tone="Good", stars=[{"rating": 3}], topics={"choices": ["a", "b"]})
    detected = Registry().for_file(file(tmp_path / "in.json", given))
    assert detected is not None
    assert detected.format.name == "label-studio-min"
    (record,) = min_records(tmp_path, given)
    assert (record.document.text, record.document.meta) == (TEXT, {"source": "wire"})
    (work,) = record.sets
    assert (work.annotator, work.status, work.seconds) == ("1", Status.DONE, 2.5)
    found = {(mark.layer, mark.label, mark.quote): mark.attributes for mark in work.annotations}
    assert found == {
        ("label", "PER", "Ana"): {"sure": 4},
        ("label", "PER", "Ben"): {"said": "sic"},
        ("tone", "Good", ""): {},
        ("stars", "stars", ""): {"stars": 3},
        ("topics", "topics", ""): {"topics": ["a", "b"]},
    }


def test_the_short_form_has_a_record_for_each_annotation(tmp_path):
    marks = [{"start": 0, "end": 3, "text": "Ana", "labels": ["PER"]}]
    others = [least(label=marks) | {"annotator": who} for who in ("b@x.org", 1)]
    found = min_records(tmp_path, least(label=marks), *others)
    assert len({record.document.uid for record in found}) == 1
    assert [record.sets[0].annotator for record in found] == ["1", "b@x.org", "1 (2)"]


def test_a_record_that_is_no_short_form_is_refused(tmp_path):
    with pytest.raises(FormatError, match="record 1: it lacks"):
        min_records(tmp_path, {"text": TEXT})
