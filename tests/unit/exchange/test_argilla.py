"""Records of Argilla, in the shapes of all versions."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from app.core.annotation import Status
from app.core.errors import BadChoice, FormatError
from app.exchange.format import ReadOptions
from app.exchange.formats.argilla.reader import ArgillaReader
from app.exchange.registry import Registry
from app.exchange.report import Report
from app.exchange.source import Source
from app.jobs.tasks.import_files import import_files
from tests.unit.exchange.build import project

TEXT = "Ana 😀 met Ben in Rome."
SPANS = [{"start": 0, "end": 3, "label": "PER", "text": "Ana"}, {"start": 10, "end": 13, "label": "PER", "text": "Ben"}]
HUB = {
    "text": TEXT,
    "ner": [
        {"user_id": "u-1", "value": SPANS, "status": "submitted"},
        {"user_id": "u-2", "value": SPANS[:1], "status": "discarded"},
    ],
    "ner-suggestion": SPANS[1:],
    "ner-suggestion-metadata": {"type": "model", "score": 0.75, "agent": "spacy"},
    "mood": [{"user_id": "u-1", "value": "glad", "status": "submitted"}],
    "mood-suggestion": None,
    "mood-suggestion-metadata": {"type": None, "score": None, "agent": None},
    "quality": [{"user_id": "u-1", "value": 4, "status": "submitted"}],
    "external_id": "r7",
    "metadata": json.dumps({"source": "web"}),
}
NESTED = {
    "id": "r7",
    "fields": {"text": TEXT, "title": "Short"},
    "metadata": {"source": "web"},
    "suggestions": {"ner": {"value": SPANS[1:], "score": [0.75], "agent": "spacy"}},
    "responses": {
        "ner": [{"value": SPANS, "user_id": "u-1"}, {"value": SPANS[:1], "user_id": "u-2"}],
        "mood": [{"value": "glad", "user_id": "u-1"}],
        "quality": [{"value": 4, "user_id": "u-1"}],
    },
    "vectors": {},
    "_server_id": "s",
}
FLAT = {
    "id": "r7",
    "status": "completed",
    "_server_id": "s",
    "text": TEXT,
    "source": "web",
    "ner.responses": [SPANS, SPANS[:1]],
    "ner.responses.users": ["u-1", "u-2"],
    "ner.responses.status": ["submitted", "discarded"],
    "ner.suggestion": SPANS[1:],
    "ner.suggestion.score": [0.75],
    "ner.suggestion.agent": "spacy",
    "mood.responses": ["glad"],
    "mood.responses.users": ["u-1"],
    "mood.responses.status": ["submitted"],
    "quality.responses": [4],
    "quality.responses.users": ["u-1"],
    "quality.responses.status": ["submitted"],
}
FEEDBACK = {
    "fields": {"text": TEXT},
    "metadata": {"source": "web"},
    "responses": [
        {
            "user_id": "u-1",
            "status": "submitted",
            "values": {"ner": {"value": SPANS}, "mood": {"value": "glad"}, "quality": {"value": 4}},
        },
        {"user_id": "u-2", "status": "discarded", "values": {"ner": {"value": SPANS[:1]}}},
    ],
    "suggestions": [{"question_name": "ner", "value": SPANS[1:], "score": 0.75, "agent": "spacy", "type": "model"}],
    "external_id": "r7",
}


def file_of(path: Path, *rows: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(list(rows)), path)
    else:
        path.write_text(json.dumps(rows), encoding="utf-8")
    return path


def records(path: Path, report: Report | None = None, **options: Any):
    return list(ArgillaReader().read(Source(path), ReadOptions(report=report or Report(), **options)))


@pytest.mark.parametrize("suffix", [".json", ".parquet"])
@pytest.mark.parametrize("row", [HUB, NESTED, FLAT, FEEDBACK], ids=["hub", "nested", "flat", "feedback"])
def test_all_shapes_say_the_same(tmp_path: Path, row: Any, suffix: str) -> None:
    if suffix == ".parquet":
        row = {key: value for key, value in row.items() if value != {}}
    path = file_of(tmp_path / f"a{suffix}", row)
    found = Registry().for_file(path)
    assert found is not None
    assert found.format.name == "argilla"
    (one,) = records(path, own={"users": "u-1=ana, u-2 = ben"})
    assert (one.document.text, one.document.name) == (TEXT, f"r7: {TEXT}")
    assert one.document.meta["source"] == "web"
    ana, ben = one.sets
    assert (ana.annotator, ben.annotator) == ("ana", "ben")
    assert {(m.layer, m.label, m.quote, m.attributes.get("quality")) for m in ana.annotations} == {
        ("mood", "glad", "", None),
        ("quality", "quality", "", 4),
        ("ner", "PER", "Ana", None),
        ("ner", "PER", "Ben", None),
    }
    assert [m.quote for m in ben.annotations] == ["Ana"]
    wanted = (Status.DONE, Status.SKIPPED) if "status" in json.dumps(row) else (Status.OPEN, Status.OPEN)
    assert (ana.status, ben.status) == wanted
    (suggested,) = one.suggestions
    assert (suggested.suggestion.maker, suggested.suggestion.quote, suggested.suggestion.score) == (
        "spacy",
        "Ben",
        0.75,
    )


def test_records_before_feedback_are_read(tmp_path: Path) -> None:
    more = {"metrics": {}, "event_timestamp": None, "metadata": {"split": "train"}, "id": "1"}
    tokens = {
        "text": TEXT,
        "tokens": TEXT.split(),
        "annotation": [{"label": "PER", "start": 0, "end": 3, "score": 1.0}],
        "annotation_agent": "ana",
        "prediction": [{"label": "LOC", "start": 17, "end": 21, "score": 0.5}],
        "prediction_agent": "m",
        "status": "Validated",
        **more,
    }
    text = {
        **tokens,
        "annotation": "glad",
        "prediction": [{"label": "sad", "score": 0.2}, {"label": "glad", "score": 0.8}],
    }
    one, two = records(
        file_of(tmp_path / "a.json", tokens, {**text, "text": "So it was.", "status": "Default"}), offsets="cp"
    )
    assert [(item.annotator, item.status, m.quote) for item in one.sets for m in item.annotations] == [
        ("ana", Status.DONE, "Ana")
    ]
    assert [(s.suggestion.maker, s.suggestion.quote) for s in one.suggestions] == [("m", "Rome")]
    assert one.document.meta == {"split": "train", "id": "1"}
    assert [m.label for m in two.sets[0].annotations] == ["glad"]
    assert [(s.suggestion.label, s.suggestion.score) for s in two.suggestions] == [("glad", 0.8)]


def test_offsets_of_browsers_are_found_by_the_words(tmp_path: Path) -> None:
    shifted = [{**SPANS[1], "start": 11, "end": 14}]
    row = {**HUB, "ner": [{"user_id": "u", "value": shifted, "status": "draft"}], "ner-suggestion": None}
    (one,) = records(file_of(tmp_path / "a.json", row))
    assert [m.quote for item in one.sets for m in item.annotations if m.layer == "ner"] == ["Ben"]
    assert next(item for item in one.sets if item.annotator == "u").status is Status.OPEN


def test_settings_tell_fields_and_kinds_of_questions(tmp_path: Path) -> None:
    questions = [
        {"name": "spans", "settings": {"type": "span", "field": "answer"}},
        {"name": "why", "settings": {"type": "text"}},
        {"name": "best", "settings": {"type": "ranking"}},
    ]
    row = {
        "id": "1",
        "fields": {"question": "A long question that is the longest of all?", "answer": "Rome it is."},
        "responses": {
            "spans": [{"value": [{"start": 0, "end": 4, "label": "LOC"}], "user_id": "u"}],
            "why": [{"value": "ok", "user_id": "u"}],
            "best": [{"value": [{"value": "b", "rank": 2}, {"value": "a", "rank": 1}], "user_id": "u"}],
        },
        "suggestions": {},
    }
    file_of(tmp_path / "set" / "records.json", row)
    settings = tmp_path / "set" / ".argilla" / "settings.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps({"questions": questions}), "utf-8")
    found = Registry().for_folder(tmp_path / "set")
    assert found is not None
    assert (found.format.name, found.why) == ("argilla", "it has .argilla/settings.json")
    (one,) = records(tmp_path / "set")
    assert one.document.text == "Rome it is."
    assert one.document.meta["question"].startswith("A long")
    said = {m.label: m.attributes or m.quote for m in one.sets[0].annotations}
    assert said == {"LOC": "Rome", "why": {"why": "ok"}, "best": {"best": ["a", "b"]}}


def test_a_field_can_be_the_reference(tmp_path: Path) -> None:
    row = {**NESTED, "fields": {"text": TEXT, "context": "Ana is from Rome."}}
    reference, one = records(file_of(tmp_path / "a.json", row), columns={"reference": "context"})
    assert (reference.document.text, one.references) == ("Ana is from Rome.", (reference.document.uid,))


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (
            {"ner": [{"user_id": "u", "value": [{"start": 0, "end": 99, "label": "X"}], "status": "draft"}]},
            "outside the text",
        ),
        (
            {"ner": [{"user_id": "u", "value": [{"start": True, "end": 2, "label": "X"}], "status": "draft"}]},
            "whole numbers",
        ),
        ({"ner": [{"user_id": "u", "value": [{"start": 0, "end": 2}], "status": "draft"}]}, "and a label"),
        ({"ner": [5]}, "list of structs"),
        ({"ner": [{"user_id": None, "value": SPANS, "status": "draft"}]}, "doesn't say who made"),
        ({"text": None}, "no field that is a text"),
        ({"text": "\0"}, "NUL"),
    ],
)
def test_a_bad_record_is_refused_and_the_rest_read(tmp_path: Path, row: Any, what: str) -> None:
    path = file_of(tmp_path / "a.json", HUB, {**HUB, **row})
    with pytest.raises(FormatError, match=what) as caught:
        records(path)
    assert caught.value.path == path
    refused: list[Any] = []
    assert len(records(path, refuse=refused.append)) == len(refused) == 1


def test_users_are_named_in_pairs(tmp_path: Path) -> None:
    with pytest.raises(BadChoice, match="doesn't name a user"):
        records(file_of(tmp_path / "a.json", HUB), own={"users": "ana"})


@pytest.mark.parametrize(
    "row", [{"text": "A text.", "label": "x"}, {"fields": {"a": "b"}}, {"text": "x", "status": "open"}]
)
def test_other_records_are_left_alone(tmp_path: Path, row: Any) -> None:
    path = file_of(tmp_path / "a.json", row)
    assert ArgillaReader().claims(path, path.read_bytes()) is None


def test_importing_again_adds_nothing(tmp_path: Path) -> None:
    with project(tmp_path / "a.stet") as session:
        path = file_of(tmp_path / "a.json", HUB)
        assert import_files(session, [path]).brought.documents == 1
        again = import_files(session, [path]).brought
        assert again.documents == again.added == 0
