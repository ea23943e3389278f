"""Data sets of the Hugging Face Hub, read and written."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from app.core.annotation import Annotation, Fragment, Relation, quote_of
from app.core.errors import FormatError
from app.core.scheme_file import parse_scheme
from app.exchange import extra_packages
from app.exchange.format import ReadOptions, WriteOptions
from app.exchange.formats.huggingface.card_header import header_of
from app.exchange.formats.huggingface.data_files import split_of
from app.exchange.formats.huggingface.features import names_in_card, names_in_info, quoted
from app.exchange.formats.huggingface.reader import HubReader
from app.exchange.formats.huggingface.writer import HubWriter
from app.exchange.label_map import LabelMap
from app.exchange.offset_units import UnknownUnit
from app.exchange.output import OutputFiles
from app.exchange.registry import Registry
from app.exchange.report import Report
from app.exchange.source import Source
from tests.conftest import scheme_source
from tests.unit.exchange.build import project, record, work
from tests.unit.exchange.test_doccano import TOPIC

CUTTERS: dict[str, Any] = {}  # shared, since making one takes a second
NAMES = ["O", "B-PER", "I-PER", "B-LOC"]
FEATURES = {
    "id": {"dtype": "string", "_type": "Value"},
    "tokens": {"feature": {"dtype": "string", "_type": "Value"}, "_type": "Sequence"},
    "pos_tags": {"feature": {"names": ["NN", "VB"], "_type": "ClassLabel"}, "_type": "List"},
    "ner_tags": {"feature": {"names": NAMES, "_type": "ClassLabel"}, "_type": "Sequence"},
}
CARD = """---
# made by push_to_hub
language:
- en
dataset_info:
  config_name: default
  features:
  - name: id
    dtype: string
  - name: ner_tags
    sequence:
      class_label:
        names:
          '0': O
          '1': B-PER   # people
          "2": "I-PER"
          '3': B-LOC
  - name: label
    dtype:
      class_label:
        names: ['sad', happy]
  splits:
  - name: train
    num_examples: 2
configs:
- config_name: default
  data_files:
  - split: train
    path: data/first-*
  - split: heldout
    path:
    - data/second-*
tags: [a, b]
---
# Text
- name: not this
"""
ROWS = [
    {"id": "0", "tokens": ["Ana", "Lee", "left", "Rome"], "pos_tags": [0, 0, 1, 0], "ner_tags": [1, 2, 0, 3]},
    {"id": "1", "tokens": ["Nothing", "here"], "pos_tags": [0, 0], "ner_tags": [0, 0]},
]


def table(path: Path, rows: list[dict[str, Any]], *, features: Any = None, schema: Any = None) -> Path:
    made = pa.Table.from_pylist(rows, schema=schema)
    if features is not None:
        made = made.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(made, path, row_group_size=1)
    return path


def lines(path: Path, *rows: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def rows_of(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def records(path: Path, report: Report | None = None, **options: Any):
    made = ReadOptions(annotator="ana", report=report or Report(), **options)
    return list(HubReader().read(Source(path), made))


def marks(found: Any) -> list[tuple[str, str]]:
    return [(mark.quote, mark.label) for item in found.sets for mark in item.annotations]


def test_numbers_get_the_names_of_the_files_own_metadata(tmp_path: Path) -> None:
    path, report = table(tmp_path / "train-00000-of-00001.parquet", ROWS, features=FEATURES), Report()
    found = Registry().for_file(path)
    assert found is not None
    assert found.format.name == "huggingface"
    one, two = records(path, report)
    assert (one.document.name, one.document.text) == ("0: Ana Lee left Rome", "Ana Lee left Rome")
    assert marks(one) == [("Ana Lee", "PER"), ("Rome", "LOC")]
    assert (one.document.meta, two.sets) == ({"id": "0", "split": "train"}, ())
    assert one.extra == {"huggingface": {"tokens": True, "lists": {"pos_tags": ["NN", "NN", "VB", "NN"]}}}
    assert report.count("joined") == 2


@pytest.mark.parametrize("beside", ["README.md", "dataset_info.json", "dataset_infos.json", "option"])
def test_numbers_get_names_that_stand_elsewhere(tmp_path: Path, beside: str) -> None:
    path = lines(tmp_path / "data" / "x.jsonl", ROWS[0])
    with pytest.raises(FormatError, match="nothing says what they stand for") as caught:
        records(path)
    assert (caught.value.path, caught.value.line) == (path, 1)
    text = {"README.md": CARD, "dataset_info.json": json.dumps({"features": FEATURES})}
    text["dataset_infos.json"] = json.dumps({"default": {"features": FEATURES}})
    if beside != "option":
        (tmp_path / beside).write_text(text[beside], "utf-8")
    own = {"names": ", ".join(NAMES)} if beside == "option" else {}
    (one,) = records(path, own=own)
    assert marks(one) == [("Ana Lee", "PER"), ("Rome", "LOC")]


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        (["B-PER", "I-PER", "O", "B-LOC"], [("Ana Lee", "PER"), ("Rome", "LOC")]),
        (["PER", "PER", None, "LOC"], [("Ana Lee", "PER"), ("Rome", "LOC")]),
        (["I-PER", "B-PER", "O", "O"], [("Ana", "PER"), ("Lee", "PER")]),
    ],
)
def test_tags_may_be_words(tmp_path: Path, tags: list[Any], found: Any) -> None:
    path = lines(tmp_path / "a.jsonl", {"tokens": ROWS[0]["tokens"], "tags": tags})
    claimed = Registry().for_file(path)
    assert claimed is not None
    assert claimed.why == "“tokens” has tokens and “tags” their tags"
    assert marks(records(path)[0]) == found


BRAT = {
    "context": "Ana Lee left Rome. She 😀 was sad.",
    "file_name": "one.txt",
    "spans": [
        {"id": "T1", "type": "PER", "locations": [{"start": 0, "end": 7}], "text": "Ana Lee"},
        {"id": "T2", "type": "Leave", "locations": [{"start": 8, "end": 12}], "text": "left"},
        {
            "id": "T3",
            "type": "PER",
            "locations": [{"start": 19, "end": 22}, {"start": 29, "end": 32}],
            "text": "She sad",
        },
    ],
    "relations": [
        {"id": "R1", "type": "knows", "arguments": [{"type": "Arg1", "target": "T1"}, {"type": "x", "target": "T3"}]}
    ],
    "equivalence_relations": [{"type": "Same", "targets": ["T1", "T3"]}],
    "events": [{"id": "E1", "type": "Leave", "trigger": "T2", "arguments": [{"type": "Who", "target": "T1"}]}],
    "attributions": [
        {"id": "A1", "type": "Tense", "target": "E1", "value": "past"},
        {"id": "A2", "type": "Sure", "target": "T1", "value": None},
    ],
    "normalizations": [{"id": "N1", "type": "wiki", "target": "T1", "resource_id": "Wikidata", "entity_id": "Q1"}],
    "notes": [{"id": "#1", "type": "AnnotatorNotes", "target": "T1", "note": "Who?\nShe."}],
}


def of_lists(value: Any) -> Any:
    """Return lists of structs as structs of lists, as `Sequence` stores them."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return {key: [of_lists(each[key]) for each in value] for key in value[0]}
    return value


@pytest.mark.parametrize("is_turned", [False, True])
def test_the_columns_of_brat_are_read_in_both_shapes(tmp_path: Path, is_turned: bool) -> None:
    row = {key: of_lists(value) for key, value in BRAT.items()} if is_turned else BRAT
    path = table(tmp_path / "a.parquet", [row]) if is_turned else lines(tmp_path / "a.jsonl", row)
    (one,) = records(path)
    assert one.document.name == "one.txt"
    assert marks(one) == [("Ana Lee", "PER"), ("left", "Leave"), ("She … sad", "PER")]
    first, event, _ = one.sets[0].annotations
    assert first.comment == "Who?\nShe."
    assert first.attributes == {"Sure": True, "wiki": {"id": "Wikidata:Q1", "title": ""}}
    assert event.attributes == {"Tense": "past"}
    assert sorted(tie.label for tie in one.sets[0].relations) == ["Same", "Who", "knows"]


def test_spans_with_start_and_end_are_read_in_what_they_count(tmp_path: Path) -> None:
    rows = [
        {"text": "😀 Ana met Ben", "entities": [{"start": 3, "end": 6, "label": "PER", "word": "Ana", "score": 0.5}]}
    ]
    (one,) = records(table(tmp_path / "a.parquet", rows))
    assert [(m.quote, m.attributes) for m in one.sets[0].annotations] == [("Ana", {"score": 0.5})]
    del rows[0]["entities"][0]["word"]
    with pytest.raises(UnknownUnit):
        records(table(tmp_path / "b.parquet", rows))


def test_labels_of_texts_are_labels_of_documents(tmp_path: Path) -> None:
    features = {"label": {"names": ["sad", "happy"], "_type": "ClassLabel"}}
    rows = [{"text": "It was fine.", "label": 1, "stars": 4.0}, {"text": "No.", "label": -1, "stars": float("nan")}]
    one, two = records(table(tmp_path / "test.parquet", rows, features=features))
    assert marks(one) == [("", "happy")]
    assert (one.document.meta, two.sets) == ({"stars": 4.0, "split": "test"}, ())
    path = lines(tmp_path / "b.jsonl", {"body": "It was fine.", "mood": "sad", "who": "ben"})
    labels = LabelMap(parse_scheme(scheme_source("ner") + TOPIC))
    (three,) = records(path, columns={"label": "mood", "annotator": "who"}, labels=labels)
    assert (three.sets[0].annotator, marks(three)) == ("ben", [("", "sad")])


def test_a_folder_tells_splits_and_leaves_out_bytes(tmp_path: Path) -> None:
    rows = [{"text": "A text of it.", "image": b"\x89PNG", "when": None}]
    table(tmp_path / "data" / "first-0.parquet", rows)
    table(tmp_path / "data" / "second-0.parquet", [{"text": "Another text."}])
    lines(tmp_path / "data" / "validation.jsonl", {"text": "A third text."})
    (tmp_path / "README.md").write_text(CARD, "utf-8")
    (tmp_path / "dataset_info.json").write_text("{}", "utf-8")
    found = Registry().for_folder(tmp_path)
    assert found is not None
    assert found.why == "its README.md describes a data set"
    report = Report()
    assert [each.document.meta["split"] for each in records(tmp_path, report)] == ["train", "heldout", "validation"]
    assert report.count("bytes") == 1


def test_a_folder_of_save_to_disk_is_read(tmp_path: Path) -> None:
    (tmp_path / "dataset_dict.json").write_text('{"splits": ["train"]}', "utf-8")
    made = pa.Table.from_pylist(ROWS).replace_schema_metadata(
        {"huggingface": json.dumps({"info": {"features": FEATURES}})}
    )
    path = tmp_path / "train" / "data-00000-of-00001.arrow"
    path.parent.mkdir()
    with pa.ipc.new_stream(path, made.schema) as out:
        out.write_table(made)
    (path.parent / "state.json").write_text("{}", "utf-8")
    one, _ = records(tmp_path)
    assert (marks(one), one.document.meta["split"]) == ([("Ana Lee", "PER"), ("Rome", "LOC")], "train")


def test_other_folders_and_files_are_left_alone(tmp_path: Path) -> None:
    lines(tmp_path / "train.jsonl", {"text": "A text of it.", "label": "x"})
    (tmp_path / "README.md").write_text("# Only words\n\n---\n", "utf-8")
    assert Registry().for_folder(tmp_path) is None
    found = Registry().for_file(tmp_path / "train.jsonl")
    assert found is not None
    assert found.format.name == "json"


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ({"tokens": ["a", "b"], "tags": ["O"]}, "1 tags for 2 tokens"),
        ({"tokens": ["a", 1], "tags": ["O", "O"]}, "must be a list of texts"),
        ({"tokens": ["a"], "tags": [True]}, "is no tag"),
        ({"tokens": ["a"], "tags": [7]}, "nothing says what they stand for"),
        ({"tags": ["O"]}, "must be a list of texts"),
        ({"tokens": ["\0"], "tags": ["O"]}, "NUL"),
        ([1], "a list, where one object"),
    ],
)
def test_a_bad_row_is_refused_and_the_rest_read(tmp_path: Path, row: Any, what: str) -> None:
    good = [{"tokens": ["a", str(n)], "tags": ["O", "B-X"]} for n in range(60)]
    path = lines(tmp_path / "a.jsonl", *good, row)
    path.write_text(path.read_text("utf-8").replace('"59"', '"' + "5" * 70_000 + '"'), "utf-8")
    with pytest.raises(FormatError, match=what) as caught:
        records(path, own={"tags": "tags"})
    assert (caught.value.path, caught.value.line) == (path, 61)
    refused: list[Any] = []
    assert len(records(path, refuse=refused.append, own={"tags": "tags"})) == 60


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (
            {"spans": [{"id": "T1", "type": "X", "locations": [{"start": 0, "end": 99}], "text": "x"}]},
            "outside the text",
        ),
        ({"spans": [{"id": "T1", "type": "X", "locations": [{"start": "0", "end": 1}], "text": "x"}]}, "aren't whole"),
        ({"spans": [{"type": "X", "locations": [{"start": 0, "end": 1}], "text": "A"}]}, "has no id"),
        ({"relations": [{"id": "R1", "type": "x", "arguments": []}]}, "two arguments"),
        ({"relations": {"id": ["R1"], "type": []}}, "a list of structs"),
        ({"context": None}, "no text under"),
    ],
)
def test_bad_spans_are_refused(tmp_path: Path, row: Any, what: str) -> None:
    with pytest.raises(FormatError, match=what):
        records(lines(tmp_path / "a.jsonl", BRAT, {**BRAT, "context": "Another.", **row}))


def test_a_damaged_file_is_refused_in_words(tmp_path: Path) -> None:
    path = table(tmp_path / "a.parquet", ROWS)
    data = path.read_bytes()
    for damaged in (data[:-20], data[:4] + b"\xff" * 400 + data[404:], b"PAR1"):
        path.write_bytes(damaged)
        with pytest.raises(FormatError, match="isn't a whole Parquet or Arrow file"):
            records(path)


def test_without_pyarrow_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = table(tmp_path / "a.parquet", ROWS)

    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(extra_packages.importlib, "import_module", missing)
    with pytest.raises(FormatError, match="need the package pyarrow") as caught:
        records(path)
    assert "stet-workbench[parquet]" in caught.value.hint


def test_the_yaml_of_a_card_is_read_as_far_as_the_hub_writes_it() -> None:
    header = header_of(CARD)
    assert (header["language"], header["tags"]) == (["en"], ["a", "b"])
    assert header["configs"][0]["data_files"][1] == {"split": "heldout", "path": ["data/second-*"]}
    assert names_in_card(header) == {"ner_tags": NAMES, "label": ["sad", "happy"]}
    assert header_of("no header") == {}
    assert header_of("---\n- a\n---") == {}
    deep = "\n".join(" " * n + f"k{n}:" for n in range(500))
    assert header_of(f"---\n{deep}\n---")["k0"]
    assert header_of("---\ntext: >\n  folded\n  words\nkey: 'it''s'\n---") == {"text": ">", "key": "it's"}


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b'{"features": []}', b'{"features": {"a": {"_type": "ClassLabel", "names": 5}}}']
)
def test_an_info_without_names_has_none(data: bytes) -> None:
    assert names_in_info(data) == {}


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("data/train-00000-of-00002.parquet", "train"),
        ("dev.jsonl", "validation"),
        ("my_test_file.parquet", "test"),
        ("validation/0000.parquet", "validation"),
        ("trainer.jsonl", ""),
        ("latest.jsonl", ""),
    ],
)
def test_splits_are_known_by_names(name: str, split: str) -> None:
    assert split_of(name) == split


TEXT = "Ana  Lee left Rome.\n😀 She met Ben."


def mark(uid: str, *ranges: tuple[int, int], label: str = "PERSON", **more: Any) -> Annotation:
    fragments = tuple(Fragment(*pair) for pair in ranges)
    given = {"layer": "entity", "label": label, "quote": quote_of(TEXT, fragments), **more}
    return Annotation(uid=uid, fragments=fragments, **given)


def ours() -> list[Any]:
    people = [
        mark("a1", (0, 8), comment="Who?\nShe."),
        mark("a2", (14, 18), label="GPE", attributes={"wikidata": {"id": "Q220", "title": "Rome"}}),
        mark("a3", (22, 25), (30, 33)),
        mark("a4", (19, 19), label="NOT_KNOWN"),
        mark("a5", (0, 0), layer="topic", label="sport", quote=""),
    ]
    tie = Relation(uid="r1", source="a1", target="a2", label="left")
    ana, ben = work(*people, relations=(tie,)), work(mark("b1", (0, 3)), annotator="ben")
    one = record(TEXT, sets=(ana, ben), meta={"split": "dev", "year": 2020, "tags": ["a"], "odd": {"x": [1]}})
    two = record(
        "Nothing.", uid="d2", name="two.txt", sets=(work(annotator="ana"),), meta={"year": "unknown", "late": 1}
    )
    return [one, two]


def written(folder: Path, given: list[Any], **own: Any) -> Report:
    scheme = parse_scheme(scheme_source("ner") + TOPIC)
    options = WriteOptions(scheme=scheme, document=lambda uid: None, own=own, cutters=CUTTERS)
    with OutputFiles(keep_off=folder / "no.stet") as files:
        return HubWriter().write(given, files.output(folder, is_folder=True), options)


@pytest.mark.parametrize("files", ["parquet", "jsonl"])
@pytest.mark.parametrize("numbers", [False, True])
def test_spans_come_back_as_they_were(tmp_path: Path, files: str, numbers: bool) -> None:
    folder = tmp_path / "set"
    losses = written(folder, ours(), files=files, numbers=numbers)
    found = Registry().for_folder(folder)
    assert found is not None
    assert found.format.name == "huggingface"
    back = records(folder, labels=LabelMap(parse_scheme(scheme_source("ner") + TOPIC)), report=Report())
    names = ["spun.txt", "spun.txt", "two.txt"]
    assert [each.document.name for each in back] == names
    (one, two) = ours()
    assert [each.document.meta for each in back] == [one.document.meta] * 2 + [{**two.document.meta, "split": "train"}]
    plain = [
        [msgspec.structs.replace(m, uid="", origin="human", extra={}) for m in each.sets[0].annotations]
        for each in back[:2]
    ]
    for here, was in zip(plain, one.sets, strict=True):
        wanted = sorted((m.start, m.end) for m in was.annotations)
        assert sorted((m.start, m.end) for m in here) == wanted
        assert {m.label + m.quote: m for m in here} == {
            m.label + m.quote: msgspec.structs.replace(m, uid="") for m in was.annotations
        }
    assert [tie.label for tie in back[0].sets[0].relations] == ["left"]
    assert not list(losses)


def test_all_rows_have_the_same_columns_which_the_card_tells(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    written(folder, ours(), files="jsonl", numbers=True, form="tokens")
    rows = [row for name in ("dev", "train") for row in rows_of(folder / "data" / f"{name}.jsonl")]
    columns = ["file_name", "annotator", "tokens", "ner_tags", "topic", "tags", "late", "meta"]
    assert [list(row) for row in rows] == [columns] * 3
    info = json.loads((folder / "dataset_info.json").read_text("utf-8"))
    assert list(info["features"]) == columns
    assert info["splits"]["dev"]["num_examples"] == 2
    header = header_of((folder / "README.md").read_text("utf-8"))
    told = names_in_card(header)
    assert "sport" in told["topic"]
    tags = [told["ner_tags"][number] for number in rows[0]["ner_tags"]]
    assert [pair for pair in zip(rows[0]["tokens"], tags, strict=True) if pair[1] != "O"][:3] == [
        ("Ana", "B-PERSON"),
        ("Lee", "I-PERSON"),
        ("Rome", "B-GPE"),
    ]
    assert json.loads(rows[0]["meta"]) == {"year": 2020, "odd": {"x": [1]}}


def test_parquet_has_the_names_in_its_own_metadata(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    losses = written(folder, ours(), numbers=True, form="tokens")
    schema = pq.read_schema(folder / "data" / "dev-00000-of-00001.parquet")
    features = json.loads(schema.metadata[b"huggingface"])["info"]["features"]
    assert features["ner_tags"]["feature"]["names"][:3] == ["O", "B-PERSON", "I-PERSON"]
    assert str(schema.field("tags").type).startswith("list<")
    kinds = {finding.kind for finding in losses}
    assert {"fragments", "anchor", "relation", "attribute", "comment"} <= kinds
    first = (folder / "data" / "dev-00000-of-00001.parquet").read_bytes()
    again = tmp_path / "again"
    written(again, ours(), numbers=True, form="tokens")
    assert (again / "data" / "dev-00000-of-00001.parquet").read_bytes() == first


def test_tokens_of_an_imported_set_come_back(tmp_path: Path) -> None:
    from app.jobs.tasks.export_file import export_project
    from app.jobs.tasks.import_files import import_files
    from app.jobs.tasks.scheme_file import scheme_of_data
    from app.session.session import Session

    path = table(tmp_path / "validation.parquet", ROWS, features=FEATURES)
    scheme = scheme_of_data([lines(tmp_path / "s.jsonl", {"tokens": ["a", "b"], "tags": ["B-PER", "B-LOC"]})]).source
    session = Session.create(tmp_path / "a.stet", scheme=scheme, annotator="ana")
    import_files(session, [path], annotator="ana", finished=True)
    again = import_files(session, [path], annotator="ana", finished=True).brought
    assert again.documents == again.added == 0
    options = {"form": "tokens", "files": "jsonl"}
    export_project(session, tmp_path / "out", format="huggingface", annotators=["ana"], options=options)
    session.close()
    rows = rows_of(tmp_path / "out" / "data" / "validation.jsonl")
    assert [row["tokens"] for row in rows] == [row["tokens"] for row in ROWS]
    assert rows[0]["ner_tags"] == ["B-PER", "I-PER", "O", "B-LOC"]
    assert (rows[0]["pos_tags"], rows[1]["id"], rows[0]["meta"]) == (["NN", "NN", "VB", "NN"], "1", None)


def test_an_empty_set_can_be_read_again(tmp_path: Path) -> None:
    written(tmp_path / "set", [])
    assert records(tmp_path / "set") == []


def test_events_of_brat_stay_events(tmp_path: Path) -> None:
    from app.jobs.tasks.export_file import export_project
    from app.jobs.tasks.import_files import import_files

    with project(tmp_path / "a.stet", annotator="ana") as session:
        import_files(session, [lines(tmp_path / "a.jsonl", BRAT)], annotator="ana")
        options = {"files": "jsonl"}
        export_project(
            session, tmp_path / "out", format="huggingface", annotators=["ana"], options=options, unfinished=True
        )
    row = json.loads((tmp_path / "out" / "data" / "train.jsonl").read_text("utf-8"))
    assert [(each["type"], each["text"]) for each in row["spans"]] == [
        ("PER", "Ana Lee"),
        ("Leave", "left"),
        ("PER", "She sad"),
    ]
    (event,) = row["events"]
    assert (event["type"], event["arguments"]) == ("Leave", [{"type": "Who", "target": row["spans"][0]["id"]}])


@pytest.mark.parametrize("text", ["O", "no", "B-PER", "a: b", "7", "ok", "é", "true"])
def test_scalars_of_yaml_are_read_as_the_texts_they_were(text: str) -> None:
    assert header_of(f"---\nkey: {quoted(text)}\n---")["key"] == text
