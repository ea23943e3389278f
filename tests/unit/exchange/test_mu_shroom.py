"""Mu-SHROOM's JSONL: hard labels, soft labels and everyone's marks."""

import json
from typing import Any

import msgspec
import pytest

from app.core.annotation import Annotation, Fragment, Status
from app.core.errors import FormatError
from app.exchange.formats.mu_shroom.format import FORMAT
from app.exchange.registry import Registry
from app.exchange.report import Report
from tests.unit.exchange import build
from tests.unit.exchange.error_datasets import json_lines, read, rows_of, written

TEXT = "پاسخ\u200cها 😀 the wrong fact\ufffd "
END = len(TEXT)


def at(words: str) -> tuple[int, int]:
    start = TEXT.index(words)
    return start, start + len(words)


WRONG = at("wrong fact")
SOFT = [
    {"start": WRONG[0] - 4, "prob": 0.2, "end": WRONG[0]},
    {"start": WRONG[0], "prob": 0.6666666667, "end": WRONG[1]},
]
BARE = {
    "id": "val-fa-1",
    "lang": "FA",
    "model_input": "?",
    "model_output_text": TEXT,
    "model_id": "Qwen/Qwen2-7B-Instruct",
    "model_output_tokens": ["a", "b"],
    "model_output_logits": [-1.5, 2],
}
LABELLED = {**BARE, "soft_labels": SOFT, "hard_labels": [list(WRONG)]}
PEOPLE = {
    "annotator_40b5": [list(WRONG), list(WRONG), [WRONG[0], WRONG[0]]],
    "annotator_77": [[WRONG[0] - 1, END + 1], [END, END]],
    "annotator_9": [],
}
RAW = {**LABELLED, "wikipedia_url": "https://en.wikipedia.org/wiki/Fact", "annotations": PEOPLE}


def spans(record: Any) -> dict[str, list[tuple[int, int]]]:
    return {item.annotator: [(each.start, each.end) for each in item.annotations] for item in record.sets}


def in_order(row: dict[str, Any]) -> dict[str, Any]:
    """Return a record with everyone's ranges in the order of the text."""
    people = {name: sorted(ranges) for name, ranges in row.get("annotations", {}).items()}
    return {**row, "annotations": people, "name": row.get("name")}


def test_each_annotator_keeps_what_they_marked(tmp_path):
    path = json_lines(tmp_path / "val.jsonl", [RAW])
    found = Registry().for_file(path)
    assert found is not None
    assert (found.format.name, found.why) == ("mu-shroom", "its records have “model_output_text” and “soft_labels”")
    report = Report()
    (record,) = read(FORMAT, path, report)
    assert spans(record) == {
        "annotator_40b5": [(WRONG[0], WRONG[0]), WRONG, WRONG],
        "annotator_77": [(WRONG[0] - 1, END), (END, END)],
        "annotator_9": [],
    }
    assert [item.status for item in record.sets] == [Status.DONE, Status.DONE, Status.DONE_EMPTY]
    assert record.sets[1].annotations[0].quote == TEXT[WRONG[0] - 1 :]
    assert report.count("behind") == 1
    assert record.document.name.startswith("val-fa-1: پاسخ")
    assert record.document.meta == {
        "language": "fa",
        "model_input": "?",
        "model_id": "Qwen/Qwen2-7B-Instruct",
        "wikipedia_url": "https://en.wikipedia.org/wiki/Fact",
    }
    assert record.suggestions == ()


def test_hard_labels_are_marks_and_soft_ones_suggestions(tmp_path):
    path = json_lines(tmp_path / "val.json", [LABELLED])
    (record,) = read(FORMAT, path)
    assert spans(record) == {"ana": [WRONG]}
    assert [(each.suggestion.quote, each.suggestion.score) for each in record.suggestions] == [
        (TEXT[WRONG[0] - 4 : WRONG[0]], 0.2),
        ("wrong fact", 0.6666666667),
    ]
    (record,) = read(FORMAT, path, own={"suggest": False})
    assert record.suggestions == ()
    only_soft = {key: value for key, value in LABELLED.items() if key != "hard_labels"}
    (record,) = read(FORMAT, json_lines(path, [only_soft]))
    assert spans(record) == {"ana": [WRONG]}
    assert rows_of(written(FORMAT, [record])[0]) == [only_soft]


def test_an_unlabelled_set_has_no_work(tmp_path):
    path = json_lines(tmp_path / "test.jsonl", [BARE])
    found = Registry().for_file(path)
    assert found is not None
    assert found.format.name == "mu-shroom"
    (record,) = read(FORMAT, path)
    assert record.sets == ()
    assert rows_of(written(FORMAT, [record])[0]) == [BARE]


@pytest.mark.parametrize(
    "row",
    [
        RAW,
        LABELLED,
        {**LABELLED, "hard_labels": [], "soft_labels": []},
        {**RAW, "annotations": {"a": [], "b": []}, "hard_labels": [], "soft_labels": []},
        {**RAW, "soft_labels": [{**SOFT[0], "sure": True}], "id": 7, "lang": "MOD"},
        {key: value for key, value in LABELLED.items() if key not in ("id", "lang")},
    ],
)
def test_a_file_is_written_as_it_was(row, tmp_path):
    data, losses = written(FORMAT, read(FORMAT, json_lines(tmp_path / "a.jsonl", [row, row])))
    first, second = rows_of(data)
    assert in_order(first) == in_order(row) == in_order({**second, "name": ""} | {"name": None})
    assert losses.as_list() == []


def test_escaped_slashes_and_line_separators_are_read(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(LABELLED).replace("/", "\\/") + "\n", "utf-8")
    assert rows_of(written(FORMAT, read(FORMAT, path))[0]) == [LABELLED]


def test_labels_are_made_anew_for_other_annotators(tmp_path):
    (record,) = read(FORMAT, json_lines(tmp_path / "a.jsonl", [RAW]))
    two = record._replace(sets=record.sets[:2])
    data, losses = written(FORMAT, [two])
    (row,) = rows_of(data)
    assert row["annotations"] == {
        "annotator_40b5": [[WRONG[0], WRONG[0]], list(WRONG), list(WRONG)],
        "annotator_77": [[WRONG[0] - 1, END + 1], [END, END]],
    }
    assert row["soft_labels"] == [
        {"start": WRONG[0] - 1, "prob": 0.5, "end": WRONG[0]},
        {"start": WRONG[0], "prob": 1.0, "end": WRONG[1]},
        {"start": WRONG[1], "prob": 0.5, "end": END},
    ]
    assert row["hard_labels"] == [list(WRONG)]
    assert losses.count("labels-anew") == 1
    (row,) = rows_of(written(FORMAT, [record._replace(sets=record.sets[2:])])[0])
    assert (row["annotations"], row["soft_labels"], row["hard_labels"]) == ({"annotator_9": []}, [], [])


def test_edited_texts_lose_their_tokens(tmp_path):
    (record,) = read(FORMAT, json_lines(tmp_path / "a.jsonl", [RAW]))
    edited = build.record(TEXT + "!", name=record.document.name, extra=record.extra, sets=record.sets)
    data, losses = written(FORMAT, [edited])
    (row,) = rows_of(data)
    assert "model_output_tokens" not in row
    assert losses.count("tokens") == losses.count("labels-anew") == 1


def test_two_thirds_is_more_than_half_and_a_half_is_not():
    marks = [
        Annotation(uid=f"m{n}", layer="error", label="X", fragments=(Fragment(0, n),), quote="") for n in (6, 5, 3)
    ]
    entity = msgspec.structs.replace(marks[0], uid="e", layer="entity")
    people = zip(("ana", "ben", "cem", "dan"), (marks[:1], [*marks[1:2], entity], marks[2:], []), strict=True)
    sets = [build.work(*each, annotator=name, status=Status.DONE) for name, each in people]
    idle = build.work(annotator="eve")
    skipped = build.work(*marks, annotator="fay", status=Status.SKIPPED)
    data, losses = written(FORMAT, [build.record(sets=(*sets, idle, skipped), meta={"language": "en"})])
    (row,) = rows_of(data)
    assert row["soft_labels"] == [
        {"start": 0, "prob": 0.75, "end": 3},
        {"start": 3, "prob": 0.5, "end": 5},
        {"start": 5, "prob": 0.25, "end": 6},
    ]
    assert (row["hard_labels"], row["lang"], row["name"]) == ([[0, 3]], "EN", "spun.txt")
    assert row["annotations"] == {"ana": [[0, 6]], "ben": [[0, 5]], "cem": [[0, 3]], "dan": []}
    counts = {each.kind: each.count for each in losses}
    assert counts == {"not-begun": 2, "layer": 1, "label": 3}


def test_gold_by_itself_is_a_hard_label():
    given = {"layer": "error", "label": "X", "quote": ""}
    gold = build.gold(Annotation(uid="g", fragments=(Fragment(2, 4), Fragment(6, 8)), **given))
    ana = build.work(Annotation(uid="a", fragments=(Fragment(0, 4),), **given), status=Status.DONE)
    (row,) = rows_of(written(FORMAT, [build.record(sets=(gold,))])[0])
    assert row["hard_labels"] == [[2, 4], [6, 8]]
    assert "annotations" not in row
    data, losses = written(FORMAT, [build.record(sets=(ana, gold))])
    assert rows_of(data)[0]["hard_labels"] == [[0, 4]]
    assert losses.count("gold") == 1


def test_documents_that_nobody_worked_on_are_counted():
    reference = build.record("Reference.", uid="r1", name="reference.txt")
    idle = build.record("Idle.", uid="d2", name="idle.txt", references=("r1",))
    data, losses = written(FORMAT, [reference, idle])
    assert data == b""
    assert [each.examples for each in losses if each.kind == "no-work"] == [["reference.txt", "idle.txt"]]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"model_output_text": None}, "there is no text under “model_output_text”"),
        ({"hard_labels": [[0]]}, r"hard_labels\[0\] must be a start and an end"),
        ({"hard_labels": [[5, 2]]}, "ends before it starts"),
        ({"hard_labels": [[-1, 2]]}, "outside the text"),
        ({"hard_labels": [[END + 1, END + 2]]}, "outside the text"),
        ({"hard_labels": [["0", 2]]}, "isn't a whole number"),
        ({"soft_labels": [{"start": 0, "end": 2, "prob": 1.5}]}, "“prob” must be a number from 0 to 1"),
        ({"soft_labels": [{"start": 0, "end": 2}]}, "“prob” must be a number"),
        ({"soft_labels": [[0, 2]]}, "must be a list of objects"),
        ({"annotations": [[0, 2]]}, "must be an object with each annotator"),
        ({"annotations": {"a": 3}}, "“annotations.a” must be a list of ranges"),
        ({"annotations": {"a\nb": []}}, "can't be an annotator's name"),
    ],
)
def test_a_bad_record_is_named_and_the_rest_read(change, says, tmp_path):
    path = json_lines(tmp_path / "a.jsonl", [BARE, {**LABELLED, **change}])
    with pytest.raises(FormatError, match=says) as caught:
        read(FORMAT, path)
    assert (caught.value.path, caught.value.line) == (path, 2)
    errors: list[Exception] = []
    assert len(read(FORMAT, path, refuse=errors.append)) == len(errors) == 1


def test_a_file_that_counts_otherwise_can_be_read(tmp_path):
    row = {**LABELLED, "hard_labels": [[WRONG[0] + 1, WRONG[1] + 1]], "soft_labels": []}
    (record,) = read(FORMAT, json_lines(tmp_path / "a.jsonl", [row]), offsets="utf16")
    assert record.sets[0].annotations[0].quote == "wrong fact"
    assert rows_of(written(FORMAT, [record])[0])[0]["hard_labels"] == [list(WRONG)]
