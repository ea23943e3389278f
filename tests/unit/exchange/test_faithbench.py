"""FaithBench's batches of both generations, read and written."""

import json
from typing import Any

import pytest
from pydantic import BaseModel, Field

from app.core.annotation import Annotation, Evidence, Fragment, Stance, Status
from app.core.errors import FormatError
from app.core.scheme_file import parse_scheme
from app.exchange.formats.faithbench.format import FORMAT
from app.exchange.formats.faithbench.wire import LABELS
from app.exchange.label_map import LabelMap
from app.exchange.registry import Registry
from app.exchange.report import Report
from tests.unit.exchange import build
from tests.unit.exchange.error_datasets import json_file, json_lines, read, works, written

SOURCE = "حوت 🐋 a species of whale, feared extinct. It has 53 vertebrae."
SUMMARY = " A young\u200c whale 🐋 with 60 vertebrae, found in 2003."
IDS = {"forrest": "a3ac21668e6249b7978617da547f2708", "man": "3913a7e2efd8415a80e1a9f3a3a0463a"}
META = {
    "summarizer": "mistralai/Mistral-7B-Instruct-v0.3",
    "hhemv1": 0.99,
    "hhem-2.1": 0.5,
    "hhem-2.1-english": 0.92,
    "trueteacher": 1,
    "true_nli": None,
    "gpt-3.5-turbo": 1,
    "gpt-4-turbo": 0,
    "gpt_4o": 1,
    "raw_sample_id": 360,
}


class Error(BaseModel):
    """What FaithBench's schema asks of an annotation."""

    annot_id: int
    annotator_id: str
    annotator_name: str
    label: list[str]
    note: str
    summary_span: str
    summary_start: int
    summary_end: int
    source_span: str | None = None
    source_start: int | None = None
    source_end: int | None = None


class Meta(BaseModel):
    """What FaithBench's schema asks of the metadata."""

    summarizer: str
    hhemv1: float
    hhem_2_1: float = Field(alias="hhem-2.1")
    hhem_2_1_english: float = Field(alias="hhem-2.1-english")
    trueteacher: int
    true_nli: int | None = None
    gpt_35_turbo: int = Field(alias="gpt-3.5-turbo")
    gpt_4_turbo: int = Field(alias="gpt-4-turbo")
    gpt_4o: int
    raw_sample_id: int


class Sample(BaseModel):
    """What FaithBench's schema asks of a sample."""

    sample_id: int
    source: str
    summary: str
    annotations: list[Error] = []
    metadata: Meta


class Batch(BaseModel):
    """What FaithBench's schema asks of a file."""

    samples: list[Sample]


def side(name: str, text: str, words: str | None) -> dict[str, Any]:
    if words is None:
        return {f"{name}_span": None, f"{name}_start": None, f"{name}_end": None}
    start = text.index(words)
    return {f"{name}_span": words, f"{name}_start": start, f"{name}_end": start + len(words)}


def error(id: int, who: str, labels: list[str], words: str, source: str | None = None) -> dict[str, Any]:
    person = {"annot_id": id, "annotator_id": IDS[who], "annotator_name": who, "label": labels, "note": f"note {id}"}
    return {**person, **side("summary", SUMMARY, words), **side("source", SOURCE, source)}


INTRINSIC = ["Unwanted", "Unwanted.Intrinsic"]
RELEASE = {
    "samples": [
        {
            "sample_id": 3,
            "source": SOURCE,
            "summary": SUMMARY,
            "annotations": [
                error(4, "forrest", INTRINSIC, "60 vertebrae", "53 vertebrae"),
                error(6, "forrest", ["Benign"], "young\u200c whale 🐋"),
                error(13, "man", INTRINSIC, "60 vertebrae", "53 vertebrae"),
                error(14, "man", INTRINSIC, "60 vertebrae", "53 vertebrae"),
                error(15, "man", ["Unwanted", "Unwanted.Extrinsic"], ", found in 2003", "feared extinct"),
            ],
            "metadata": META,
        },
        {"sample_id": 4, "source": SOURCE, "summary": "Whales.", "annotations": [], "metadata": META},
    ]
}


def before() -> list[dict[str, Any]]:
    """The same as the files before the release have it."""
    old = {"summarizer": "model", "raw_sample_id": "sample_id", "gpt_4o": "gpt-4o"}
    found = []
    for sample in json.loads(json.dumps(RELEASE))["samples"]:
        meta = {f"meta_{old.get(key, key)}": value for key, value in sample.pop("metadata").items()}
        for each in sample["annotations"]:
            each["annotator"] = each.pop("annotator_id")
            each["sample_id"] = sample["sample_id"]
            each["label"] = [label.replace("Intrinsic", "Instrinsic") for label in each["label"]]
            for key in [key for key, value in each.items() if value is None]:
                del each[key]
        found.append({**sample, **meta})
    only_source = {"annot_id": 20, "sample_id": 3, "annotator": IDS["man"], "annotator_name": "man", "note": "left out"}
    found[0]["annotations"].append({**only_source, "label": ["Benign"], **side("source", SOURCE, "feared extinct")})
    return found


def test_a_batch_becomes_errors_with_evidence(tmp_path):
    path = json_file(tmp_path / "batch_1.json", RELEASE)
    found = Registry().for_file(path)
    assert found is not None
    assert (found.format.name, found.why) == ("faithbench", "its “samples” have a source and a summary")
    records = read(FORMAT, path)
    assert [each.document.text for each in records] == [SOURCE, SUMMARY, "Whales."]
    source, summary, other = records
    assert summary.document.name.startswith("3: A young whale")
    assert summary.document.meta == META
    assert (summary.references, other.references, other.sets) == ((source.document.uid,), (source.document.uid,), ())
    assert [(each.annotator, each.status) for each in summary.sets] == [("forrest", Status.OPEN), ("man", Status.OPEN)]
    wrong, young = sorted(summary.sets[0].annotations, key=lambda each: each.comment)
    assert (wrong.layer, wrong.label, wrong.quote, wrong.comment) == (
        "error",
        "WRONG_FACT",
        "60 vertebrae",
        "note 4",
    )
    assert wrong.attributes == {"severity": "major"}
    assert young.attributes == {"severity": "neutral"}
    (proof,) = wrong.evidence
    assert (proof.document, proof.quote, proof.stance) == (source.document.uid, "53 vertebrae", Stance.REFUTES)
    assert len({each.uid for item in summary.sets for each in item.annotations}) == 5
    assert [e.stance for a in summary.sets[1].annotations for e in a.evidence if "2003" in a.quote] == [Stance.CONTEXT]


def test_a_batch_is_written_as_it_was(tmp_path):
    data, losses = written(FORMAT, read(FORMAT, json_file(tmp_path / "a.json", RELEASE)))
    assert json.loads(data) == RELEASE
    assert Batch.model_validate_json(data).samples[0].annotations[0].label == INTRINSIC
    assert losses.as_list() == []


def test_files_before_the_release_are_read_and_written(tmp_path):
    records = read(FORMAT, json_file(tmp_path / "a.json", before()))
    wanted = read(FORMAT, json_file(tmp_path / "b.json", RELEASE))
    assert [each.document for each in records] == [each.document for each in wanted]
    (left_out,) = [each for each in records[1].sets[1].annotations if each.comment == "left out"]
    assert left_out.fragments == (Fragment(len(SUMMARY), len(SUMMARY)),)
    assert [each.quote for each in left_out.evidence] == ["feared extinct"]
    assert json.loads(written(FORMAT, records)[0]) == before()
    release, _ = written(FORMAT, records, own={"generation": "release"})
    assert json.loads(release)["samples"][0]["annotations"][0]["label"] == INTRINSIC
    assert json.loads(release)["samples"][0]["metadata"] == META


def test_both_generations_are_the_same_documents(tmp_path):
    first = {each.document.uid for each in read(FORMAT, json_file(tmp_path / "a.json", before()))}
    assert first == {each.document.uid for each in read(FORMAT, json_lines(tmp_path / "b.jsonl", RELEASE["samples"]))}


def test_annotators_of_one_name_stay_two(tmp_path):
    sample = json.loads(json.dumps(RELEASE["samples"][0]))
    for each in sample["annotations"]:
        each["annotator_name"] = "XXXX"
    (record,) = works(read(FORMAT, json_lines(tmp_path / "a.jsonl", [sample])))
    assert [each.annotator for each in record.sets] == ["XXXX a3ac2166", "XXXX 3913a7e2"]
    data, _ = written(FORMAT, read(FORMAT, json_lines(tmp_path / "a.jsonl", [sample])))
    assert json.loads(data)["samples"] == [sample]


def test_unknown_fields_are_written_again(tmp_path):
    sample = {**RELEASE["samples"][0], "batch": 7}
    sample["annotations"] = [{**sample["annotations"][0], "sure": False}]
    data, _ = written(FORMAT, read(FORMAT, json_lines(tmp_path / "a.jsonl", [sample])))
    assert json.loads(data) == {"samples": [sample]}


def test_offsets_of_another_unit_are_proved_by_the_words(tmp_path):
    sample = json.loads(json.dumps(RELEASE["samples"][0]))
    for each in sample["annotations"]:
        for text, name in ((SUMMARY, "summary"), (SOURCE, "source")):
            for what in ("start", "end"):
                at = each[f"{name}_{what}"]
                each[f"{name}_{what}"] = at if at is None else len(text[:at].encode("utf-16-le")) // 2
    report = Report()
    (record,) = works(read(FORMAT, json_lines(tmp_path / "a.jsonl", [sample]), report))
    assert {each.quote for each in record.sets[0].annotations} == {"60 vertebrae", "young\u200c whale 🐋"}
    assert report.count("re-anchored") == report.count("source-moved") == 0


def test_words_beside_their_place_are_found_and_noted(tmp_path):
    sample = json.loads(json.dumps(RELEASE["samples"][0]))
    for key in ("summary_start", "summary_end", "source_start", "source_end"):
        sample["annotations"][0][key] -= 2
    report = Report()
    (record,) = works(read(FORMAT, json_lines(tmp_path / "a.jsonl", [sample]), report))
    mark = next(each for each in record.sets[0].annotations if each.comment == "note 4")
    assert (mark.quote, mark.evidence[0].quote) == ("60 vertebrae", "53 vertebrae")
    assert (report.count("re-anchored"), report.count("source-moved")) == (1, 1)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"summary_end": 900}, "lies outside the text"),
        ({"summary_start": 30, "summary_end": 2}, "ends before it starts"),
        ({"summary_start": None}, r"annotations\[0\]: summary_start isn't a whole number"),
        ({"summary_start": None, "summary_end": None}, "summary_span has no summary_start"),
        ({"summary_start": True}, "isn't a whole number"),
        ({"label": []}, r"annotations\[0\] has no label"),
        ({"label": [3]}, "must be a text or a list of texts"),
        ({"annotator_name": "a\nb"}, "can't be an annotator's name"),
        ({"source_end": 10**30}, "too large"),
    ],
)
def test_a_bad_sample_is_named_and_the_rest_read(change, says, tmp_path):
    batch = json.loads(json.dumps(RELEASE))
    batch["samples"][0]["annotations"][0] |= change
    path = json_file(tmp_path / "a.json", batch)
    with pytest.raises(FormatError, match=says) as caught:
        read(FORMAT, path)
    assert (caught.value.path, caught.value.line) == (path, 3)
    assert json.loads(caught.value.record)["sample_id"] == 3
    errors: list[Exception] = []
    assert [each.document.text for each in read(FORMAT, path, refuse=errors.append)] == [SOURCE, "Whales."]
    assert len(errors) == 1


def test_a_cut_file_is_told(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(RELEASE)[:-30])
    with pytest.raises(FormatError, match="truncated|not JSON"):
        read(FORMAT, path)
    path.write_text('{"samples": []}')
    report = Report()
    assert read(FORMAT, path, report) == []
    assert report.count("empty") == 1


def own_record(**fields: Any):
    """A document of a project about news, with an error that has evidence, an omission and an entity."""
    reference = build.record("Trump is the US president.", uid="r1", name="reference.txt")
    fragments = (Fragment(reference.document.text.index("president"), len(reference.document.text) - 1),)
    proof = Evidence(uid="v1", document="r1", fragments=fragments, quote="president", stance=Stance.REFUTES)
    given = {"uid": "m1", "layer": "error", "label": "ENTITY_WRONG", "quote": "senator", "comment": "not a senator"}
    at = build.TEXT.index("senator")
    wrong = Annotation(fragments=(Fragment(at, at + 7),), evidence=(proof,), **{**given, **fields})
    omission = Annotation(uid="m2", layer="error", label="OMISSION", fragments=(Fragment(5, 5),), quote="")
    entity = Annotation(uid="m3", layer="entity", label="PERSON", fragments=(Fragment(0, 12),), quote=build.TEXT[:12])
    record = build.record(references=("r1",), sets=(build.work(entity, omission, wrong),))
    return [reference, record]


def test_our_own_errors_fit_the_schema(tmp_path):
    records = own_record(attributes={"severity": "major"})
    data, losses = written(FORMAT, records)
    (sample,) = Batch.model_validate_json(data).samples
    assert (sample.source, sample.summary) == (records[0].document.text, build.TEXT)
    labels = [each.label for each in sample.annotations]
    assert sorted(labels) == [["Unwanted"], INTRINSIC]  # by the crosswalk; an omission has none
    assert all(label in LABELS for path in labels for label in path)
    assert sample.metadata.hhemv1 == sample.metadata.gpt_4o == -1
    assert losses.count("detector") == 8
    assert losses.count("layer") == 1
    again = works(read(FORMAT, json_file(tmp_path / "a.json", json.loads(data))))
    (item,) = again[0].sets
    assert again[0].document.name == "spun.txt"
    assert [(each.uid, each.label, each.comment) for each in item.annotations] == [
        ("m2", "OMISSION", ""),
        ("m1", "ENTITY_WRONG", "not a senator"),
    ]
    assert [each.quote for each in item.annotations[1].evidence] == ["president"]


def test_a_copied_mark_is_another_one(tmp_path):
    batch = json.loads(written(FORMAT, own_record())[0])
    annotations = batch["samples"][0]["annotations"]
    annotations += [{**annotations[0], "annot_id": 9}, {**annotations[0], "annot_id": 10, "annotator_name": "ben"}]
    annotations[1]["stet"] = {"id": "m2.00000000", "label": "a\nb.c"}
    (record,) = works(read(FORMAT, json_file(tmp_path / "a.json", batch)))
    uids = [each.uid for item in record.sets for each in item.annotations]
    assert len(set(uids)) == len(uids) == 4
    assert len(set(uids) & {"m1", "m2"}) == 1


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"label": "UNSUPPORTED"}, ["Unwanted", "Unwanted.Extrinsic"]),
        ({"attributes": {"severity": "neutral"}}, ["Benign"]),
        ({"label": "Questionable"}, ["Questionable"]),
        ({"label": "unwanted_extrinsic"}, ["Unwanted", "Unwanted.Extrinsic"]),
    ],
)
def test_labels_are_translated(fields, path):
    data, _ = written(FORMAT, own_record(**fields))
    found = [each["label"] for each in json.loads(data)["samples"][0]["annotations"]]
    assert path in found


def test_a_label_that_was_changed_is_written_anew(tmp_path):
    records = read(FORMAT, json_file(tmp_path / "a.json", RELEASE), given={"Unwanted.Intrinsic": "error.ENTITY_WRONG"})
    data, _ = written(FORMAT, records)
    assert json.loads(data) == RELEASE  # it was only mapped
    record = records[1]
    marks = [each for item in record.sets for each in item.annotations]
    changed = [Annotation(**{**_fields(each), "label": "UNSUPPORTED"}) for each in marks]
    data, _ = written(
        FORMAT, [records[0], record._replace(sets=(record.sets[0]._replace(annotations=tuple(changed)),))]
    )
    assert {tuple(each["label"]) for each in json.loads(data)["samples"][0]["annotations"]} == {
        ("Unwanted", "Unwanted.Extrinsic"),
        ("Benign",),  # of severity neutral
    }


def _fields(mark: Annotation) -> dict[str, Any]:
    return {name: getattr(mark, name) for name in mark.__struct_fields__}


def test_offsets_without_words_are_code_points(tmp_path):
    sample = json.loads(json.dumps(RELEASE["samples"][0]))
    for each in sample["annotations"]:
        del each["summary_span"], each["source_span"]
    (record,) = works(read(FORMAT, json_lines(tmp_path / "a.jsonl", [sample])))
    assert {each.quote for each in record.sets[0].annotations} == {"60 vertebrae", "young\u200c whale 🐋"}


TREE = """
name = "faith"
title = "Faithfulness"
version = 1
[[layer]]
id = "error"
evidence = true
[[layer.label]]
id = "Unwanted"
[[layer.label]]
id = "IN"
title = "Intrinsic"
parent = "Unwanted"
[[layer.label]]
id = "Extrinsic"
parent = "Unwanted"
[[layer.label]]
id = "Benign"
"""


def test_paths_of_labels_fit_a_tree(tmp_path):
    scheme = parse_scheme(TREE)
    records = read(FORMAT, json_file(tmp_path / "a.json", RELEASE), scheme=scheme)
    labels = {each.label for record in records for item in record.sets for each in item.annotations}
    assert labels == {"IN", "Extrinsic", "Benign"}
    assert json.loads(written(FORMAT, records)[0]) == RELEASE
    label = LabelMap(scheme).place("error", "Unwanted / intrinsic")
    assert label == ("error", "IN")
