"""Entries of thresh.tools, read and written."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.core.annotation import Fragment, Status
from app.core.errors import FormatError
from app.exchange.formats.translation.thresh_reader import ThreshReader
from app.exchange.formats.translation.thresh_writer import ThreshWriter
from app.exchange.registry import Registry
from app.exchange.report import Report
from tests.unit.exchange.formats_of_errors import file_of, meant, read, statuses, written

SOURCE, TARGET = "The 😀 old house.", "Das 😀 alte Haus ist."


def edit(category: str, **more: Any) -> dict[str, Any]:
    return {"id": 0, "category": category, **more}


def entry(*edits: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"source": SOURCE, "target": TARGET, "edits": list(edits), **more}


def file_with(tmp_path: Path, *entries: dict[str, Any]) -> Path:
    return file_of(tmp_path, json.dumps(entries, ensure_ascii=False, indent=1), "a.json")


def keyed(text: str) -> list[str]:
    return sorted(json.dumps(each, sort_keys=True) for each in json.loads(text))


ALL = (
    edit("fluency", output_idx=[[6, 10]], annotation={"fluency_type": {"val": "grammar", "grammar": "somewhat"}}),
    edit(
        "deletion", input_idx=[[6, 9]], annotation={"deletion_type": {"val": "bad", "bad": None}, "coreference": "no"}
    ),
    edit("substitution", input_idx=[[10, 15]], output_idx=[[11, 15], [16, 19]], annotation=None),
    edit(
        "structure",
        constituent_edits=[edit("deletion", input_idx=[[0, 3]]), edit("insertion", output_idx=[[0, 3], [2, 5]])],
        annotation=None,
    ),
    edit("OutE"),
)


@pytest.mark.needs_shared
@pytest.mark.parametrize(("name", "records", "marks"), [("mqm", 53, 114), ("frank", 150, 123)])
def test_real_entries_are_written_as_they_were(name: str, records: int, marks: int, shared: Path) -> None:
    path = shared / "data" / "thresh" / f"{name}.json"
    found = Registry().for_file(path)
    assert found is not None
    assert found.format.name == "thresh"
    documents = read(ThreshReader(), path, annotator="ana")
    assert len(documents) == records
    assert sum(len(item.annotations) for each in documents for item in each.sets) == marks
    text, losses = written(ThreshWriter(), documents)
    assert keyed(text) == keyed(path.read_text("utf-8"))
    assert list(losses) == []


def test_edits_are_marks_with_evidence_in_the_source(tmp_path: Path) -> None:
    path = file_with(tmp_path, entry(*ALL, user="ana", system="A"))
    source, found = read(ThreshReader(), path)
    assert (source.document.name, found.document.name, found.references) == ("A/source", "A", (source.document.uid,))
    marks = [(m.label, m.quote, tuple(e.quote for e in m.evidence), m.attributes) for m in found.sets[0].annotations]
    assert sorted(marks, key=str) == [
        ("ACCURACY_ADDITION", TARGET, (), {}),
        ("FLUENCY_GRAMMAR", "alte", (), {"fluency_type": "somewhat"}),
        ("deletion/bad", "", ("old",), {"coreference": "no"}),
        ("structure", "Das 😀", ("The",), {}),
        ("substitution", "Haus … ist", ("house",), {}),
    ]
    assert keyed(written(ThreshWriter(), [source, found])[0]) == keyed(path.read_text("utf-8"))


def test_raters_of_one_pair_meet_in_one_document(tmp_path: Path) -> None:
    meta = {"doc": "d", "system": "A", "seg_id": "5"}
    path = file_with(
        tmp_path,
        entry(edit("a", output_idx=[[0, 3]]), id=1, metadata={**meta, "rater": "r1"}),
        entry(id=2, metadata={**meta, "rater": "r2"}),
        entry(id=3, metadata={**meta, "system": "B"}, context="All of it."),
    )
    records = read(ThreshReader(), path)
    assert [each.document.name for each in records] == [
        "d/A/5/source",
        "d/A/5",
        "d/B/5/source",
        "d/B/5/context",
        "d/B/5",
    ]
    assert statuses(records) == {Status.DONE: 1, Status.DONE_EMPTY: 1}
    assert keyed(written(ThreshWriter(), records)[0]) == keyed(path.read_text("utf-8"))


def test_what_was_changed_is_written_anew(tmp_path: Path) -> None:
    source, found = read(ThreshReader(), file_with(tmp_path, entry(*ALL[:3], user="ana")))
    item = found.sets[0]

    def changed(mark: Any) -> Any:
        if mark.label == "FLUENCY_GRAMMAR":
            return msgspec.structs.replace(mark, fragments=(Fragment(11, 15),), quote="Haus")
        if mark.label == "deletion/bad":
            return msgspec.structs.replace(mark, attributes={"coreference": "yes"})
        return mark

    after = found._replace(sets=(item._replace(annotations=tuple(map(changed, item.annotations))),))
    text, _ = written(ThreshWriter(), [source, after])
    (one,) = json.loads(text)
    answers = {"deletion_type": {"val": "bad", "bad": None}, "coreference": "yes"}
    assert one["edits"] == [
        {**ALL[0], "output_idx": [[11, 15]]},
        {"id": 1, "category": "deletion", "input_idx": [[6, 9]], "annotation": answers},
        ALL[2],
    ]
    again = read(ThreshReader(), file_of(tmp_path, text, "b.json"))
    assert meant(again) == meant([source, after])


def test_an_entry_that_waits_has_no_work(tmp_path: Path) -> None:
    path = file_with(tmp_path, entry(id=1), {"original": "a", "simplified": "b", "edits": []})
    records = read(ThreshReader(), path)
    assert statuses(records) == {}
    assert [len(each.references) for each in records] == [0, 1, 0, 1]
    with pytest.raises(FormatError, match="doesn't say who made"):
        read(ThreshReader(), file_with(tmp_path, entry(ALL[0])))


@pytest.mark.parametrize(
    ("given", "what"),
    [
        (entry(edit("a", output_idx=[[0, 99]])), "isn't in the text"),
        (entry(edit("a", output_idx=[[3, 1]])), "isn't in the text"),
        (entry(edit("a", output_idx=[[True, 1]])), "must be pairs"),
        (entry(edit("a", input_idx=[4])), "must be pairs"),
        (entry({"id": 1}), "has no category"),
        ({"source": "a", "edits": []}, "no text under “target”"),
    ],
)
def test_a_bad_entry_is_named_and_the_rest_is_read(given: dict[str, Any], what: str, tmp_path: Path) -> None:
    refused: list[FormatError] = []
    report = Report()
    path = file_of(tmp_path, "".join(json.dumps(each) + "\n" for each in (entry(ALL[0]), given)), "a.jsonl")
    assert len(read(ThreshReader(), path, report, annotator="ana", refuse=refused.append)) == 2
    (error,) = refused
    assert (error.path, error.line) == (path, 2)
    assert what in error.what


@pytest.mark.parametrize("text", ['[{"source": "a", "target": "b"}]', '[{"text": "a", "edits": []}]', "[]", "{}", ""])
def test_other_files_are_left_alone(text: str, tmp_path: Path) -> None:
    path = file_of(tmp_path, text, "a.json")
    assert ThreshReader().claims(path, text.encode()) is None
