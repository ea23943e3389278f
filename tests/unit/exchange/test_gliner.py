"""Training data of GLiNER and GLiNER2, read and written."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from app.core.annotation import Annotation, Fragment, quote_of
from app.core.errors import FormatError
from app.core.scheme_file import parse_scheme
from app.exchange.format import ReadOptions, WriteOptions
from app.exchange.formats.gliner.mentions import places
from app.exchange.formats.gliner.reader import GlinerReader
from app.exchange.formats.gliner.writer import GlinerWriter
from app.exchange.output import StreamOutput
from app.exchange.registry import Registry
from app.exchange.report import Report
from app.exchange.source import Source
from app.exchange.token_text import TokenRanges, TokenText, cut_again
from app.jobs.tasks.export_file import export_project
from app.jobs.tasks.import_files import import_files
from app.jobs.tasks.scheme_file import scheme_of_data
from app.session.session import Session
from tests.conftest import scheme_source
from tests.unit.exchange.build import record, work

CUTTERS: dict[str, Any] = {}  # shared, since making one takes a second
TOKENS = {
    "id": "r1",
    "tokenized_text": ["Apple", "Inc.", "hired", "Tim", "Cook", "in", "1998"],
    "ner": [[0, 1, "organization"], [3, 4, "person"], [4, 4, "name"]],
    "ner_labels": ["organization", "person", "date"],
    "ner_negatives": ["product"],
    "relations": [[0, 1, "hired"]],
    "rel_labels": ["hired", "fired"],
}
MENTIONS = {
    "input": "Ann met Bob. Annual fees rose, Bob said. Kyiv, Kyiv!",
    "output": {
        "entities": {"person": ["Ann", "Bob"], "city": ["Kyiv", "Kyiv"], "date": []},
        "entity_descriptions": {"person": "A human"},
        "relations": [{"met": {"head": "Ann", "tail": "Bob"}}],
        "classifications": [{"task": "mood", "labels": ["good", "bad"], "true_label": ["bad"], "prompt": "How is it?"}],
    },
    "source": "web",
}


def file_of(path: Path, *rows: Any, is_array: bool = True) -> Path:
    text = json.dumps(rows) if is_array else "".join(json.dumps(row) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")
    return path


def records(path: Path, report: Report | None = None, **options: Any):
    made = ReadOptions(annotator="ana", report=report or Report(), **options)
    return list(GlinerReader().read(Source(path), made))


def there_and_back(path: Path, tmp_path: Path, **options: Any) -> tuple[bytes, list[str]]:
    session = Session.create(tmp_path / "a.stet", scheme=scheme_of_data([path]).source, annotator="ana")
    import_files(session, [path], annotator="ana", finished=True)
    again = import_files(session, [path], annotator="ana", finished=True).brought
    assert again.documents == again.added == 0
    report = export_project(session, tmp_path / "out.json", format="gliner", annotators=["ana"], options=options)
    session.close()
    return (tmp_path / "out.json").read_bytes(), [finding.kind for finding in report.losses]


def written(*marks: Annotation, text: str, **own: Any) -> tuple[Any, Report]:
    out = BytesIO()
    scheme = parse_scheme(scheme_source("ner"))
    options = WriteOptions(scheme=scheme, document=lambda uid: None, own=own, cutters=CUTTERS)
    losses = GlinerWriter().write([record(text, sets=(work(*marks),))], StreamOutput(out), options)
    return json.loads(out.getvalue()), losses


def mark(text: str, *ranges: tuple[int, int], label: str = "PERSON", uid: str = "a1", layer: str = "entity"):
    fragments = tuple(Fragment(*pair) for pair in ranges)
    return Annotation(uid=uid, layer=layer, label=label, fragments=fragments, quote=quote_of(text, fragments))


def test_tokens_are_joined_and_ends_are_inclusive(tmp_path: Path) -> None:
    path, report = file_of(tmp_path / "a.json", TOKENS), Report()
    (found,) = records(path, report)
    assert found.document.text == "Apple Inc. hired Tim Cook in 1998"
    marks = found.sets[0].annotations
    assert [(m.quote, m.label) for m in marks] == [
        ("Apple Inc.", "organization"),
        ("Tim Cook", "person"),
        ("Cook", "name"),
    ]
    (tie,) = found.sets[0].relations
    assert (tie.source, tie.target, tie.label) == (marks[0].uid, marks[1].uid, "hired")
    assert (found.document.meta, report.count("joined")) == ({"id": "r1"}, 1)
    data, losses = there_and_back(path, tmp_path)
    assert (json.loads(data), losses) == ([TOKENS], [])


def test_odd_tokens_come_back_as_they_were(tmp_path: Path) -> None:
    row = {"tokenized_text": ["a b", "", "c\xa0d", "\u2028"], "ner": [[0, 0, "x"], [2, 3, "y"]]}
    data, _ = there_and_back(file_of(tmp_path / "a.json", row), tmp_path)
    assert json.loads(data) == [row]


def test_the_real_file_makes_the_round_trip(shared: Path, tmp_path: Path) -> None:
    path = shared / "data" / "gliner" / "sample_data.json"
    found = Registry().for_file(path)
    assert found is not None
    assert found.format.name == "gliner"
    rows = json.loads(path.read_text("utf-8"))
    here = records(path)
    assert len(here) == len(rows)
    distinct = [{tuple(entity) for entity in row["ner"]} for row in rows]
    assert [len(each.sets[0].annotations) if each.sets else 0 for each in here] == [len(ner) for ner in distinct]
    again = json.loads(there_and_back(path, tmp_path)[0])
    assert [row["tokenized_text"] for row in again] == [row["tokenized_text"] for row in rows]
    assert [{tuple(entity) for entity in row["ner"]} for row in again] == distinct


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ({"tokenized_text": ["a", 1], "ner": []}, "list of texts"),
        ({"tokenized_text": ["a"], "ner": [[0, 1, "x"]]}, "no token 1, as there are 1"),
        ({"tokenized_text": ["a", "b"], "ner": [[1, 0, "x"]]}, "ends at token 0, before"),
        ({"tokenized_text": ["a"], "ner": [[-1, 0, "x"]]}, "no token -1"),
        ({"tokenized_text": ["a"], "ner": [[True, 0, "x"]]}, "aren't whole numbers"),
        ({"tokenized_text": ["a"], "ner": [[0, 0.0, "x"]]}, "aren't whole numbers"),
        ({"tokenized_text": ["a"], "ner": [[0, 0]]}, "two numbers and a label"),
        ({"tokenized_text": ["a"], "ner": [[0, 0, 5]]}, "label isn't text"),
        ({"tokenized_text": ["a", ""], "ner": [[1, 1, "x"]]}, "empty token"),
        ({"tokenized_text": ["a"], "ner": {"x": 1}}, "must be a list"),
        ({"tokenized_text": ["a"], "ner": [], "relations": [[0, 1, "x"]]}, "there is none"),
        ({"tokenized_text": ["\0"], "ner": []}, "NUL"),
        ({"input": "a", "output": {"entities": ["x"]}}, "an object with a list of mentions"),
        ({"input": "a", "output": {"entities": {}, "relations": [{"r": 1}]}}, "must be an object"),
        ({"input": "a", "output": {"classifications": [{"true_label": "x"}]}}, "has no “task”"),
        ({"neither": 1}, "neither “tokenized_text” nor"),
    ],
)
def test_a_bad_record_is_refused_and_the_rest_read(row: Any, what: str, tmp_path: Path) -> None:
    path = file_of(tmp_path / "a.jsonl", row, TOKENS, is_array=False)
    with pytest.raises(FormatError, match=what) as caught:
        records(path)
    assert (caught.value.path, caught.value.line) == (path, 1)
    refused: list[Any] = []
    assert len(records(path, refuse=refused.append)) == len(refused) == 1


def test_mentions_are_marked_where_only_one_place_is_meant(tmp_path: Path) -> None:
    path, report = file_of(tmp_path / "a.jsonl", MENTIONS, is_array=False), Report()
    (found,) = records(path, report)
    marks = [(m.quote, m.start, m.label) for m in found.sets[0].annotations]
    assert marks == [("", 0, "bad"), ("Ann", 0, "person"), ("Kyiv", 41, "city"), ("Kyiv", 47, "city")]
    assert found.sets[0].relations == ()
    assert (report.count("mention"), report.count("relation-ends")) == (1, 1)
    data, losses = there_and_back(path, tmp_path, form="gliner2")
    assert json.loads(data) == MENTIONS
    assert losses == []


def test_text_and_schema_is_the_same_and_relations_find_ends(tmp_path: Path) -> None:
    said = {
        "entities": {"a": ["Ann"], "b": "Bob"},
        "relations": [{"met": {"head": "Ann", "tail": "Bob", "year": "y1"}}],
    }
    row = {"text": "Ann met BOB", "schema": said}
    path = file_of(tmp_path / "a.jsonl", row, is_array=False)
    (found,) = records(path)
    (tie,) = found.sets[0].relations
    assert (tie.label, tie.attributes) == ("met", {"year": "y1"})
    data, _ = there_and_back(path, tmp_path, form="gliner2")
    assert json.loads(data) == {
        "text": "Ann met BOB",
        "schema": {
            "entities": {"a": ["Ann"], "b": ["BOB"]},
            "relations": [{"met": {"head": "Ann", "tail": "BOB", "year": "y1"}}],
        },
    }


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("Annual Ann", "Ann", [(7, 10)]),
        ("Annual", "Ann", [(0, 3)]),
        ("东京都", "东京", [(0, 2)]),
        ("C++ and c++", "C++", [(0, 3)]),
        ("bob", "Bob", [(0, 3)]),
        ("x", "", []),
        ("a.b a b", "a.b", [(0, 3)]),
    ],
)
def test_where_words_are(text: str, words: str, found: list[tuple[int, int]]) -> None:
    assert places(text, words) == found


def test_marks_that_tokens_can_not_say_are_reported() -> None:
    text = "Annual 😀 fees, Ann said."
    marks = [
        mark(text, (0, 3)),
        mark(text, (7, 8), (15, 18), uid="a2"),
        mark(text, (6, 7), uid="a3"),
        mark(text, (2, 2), uid="a4"),
    ]
    ((row,), losses) = written(*marks, text=text)
    assert row["tokenized_text"] == ["Annual", "😀", "fees", ",", "Ann", "said", "."]
    assert row["ner"] == [[0, 0, "PERSON"], [1, 1, "PERSON"], [4, 4, "PERSON"]]
    assert "PERSON" in row["ner_labels"]
    kinds = {finding.kind: finding.count for finding in losses}
    assert (kinds["widened"], kinds["fragments"], kinds["no-token"], kinds["anchor"]) == (1, 1, 1, 1)


def test_mentions_whose_place_is_lost_are_counted() -> None:
    text = "Annual fees, Ann said. Bob and Bob."
    marks = [mark(text, (0, 3)), mark(text, (23, 26), uid="a2"), mark(text, (31, 34), uid="a3")]
    row, losses = written(*marks, text=text, form="gliner2", labels=False)
    assert row == {"input": text, "output": {"entities": {"PERSON": ["Ann", "Bob", "Bob"]}}}
    assert losses.count("mention") == 1
    row, _ = written(*marks[:1], text=text, names="title")
    assert row[0]["ner"] == [[0, 0, "Person"]]
    row, losses = written(text=text, form="gliner2", labels=False)
    assert losses.count("empty") == 1


@pytest.mark.parametrize("text", ['{"tokens": ["a"], "ner": []}', '{"input": "a", "output": "b"}', "[1]", "", "{"])
def test_other_files_are_left_alone(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    assert GlinerReader().claims(path, text.encode()) is None


def test_tokens_are_found_again_after_the_text_was_edited() -> None:
    joined = TokenText.joined(["a b", "c"])
    assert (joined.text, joined.lengths) == ("a b c", [3, 1])
    assert cut_again(joined.text, joined.lengths) == joined.ranges
    assert cut_again("a b cd", [3, 1]) == [(0, 1), (2, 3), (4, 6)]
    assert cut_again("axbxc", [3, 1]) == [(0, 5)]
    ranges = TokenRanges([(0, 1), (2, 3)])
    assert (ranges.touched(0, 3), ranges.touched(1, 2), ranges.are_whole(0, 2)) == ((0, 2), None, False)
