"""What Label Studio's JSON has a place for comes back as it was, whatever the marks; no file breaks the reader."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.annotation import Annotation, Status
from app.core.document import Document, sha256
from app.core.errors import FormatError
from app.core.record import DocumentRecord, SetRecord
from app.core.remark import Remark
from app.core.scheme_file import parse_scheme
from app.exchange.format import ReadOptions, WriteOptions
from app.exchange.formats.label_studio.min_reader import MinReader
from app.exchange.formats.label_studio.reader import LabelStudioReader
from app.exchange.formats.label_studio.writer import LabelStudioWriter
from app.exchange.label_map import LabelMap
from app.exchange.output import StreamOutput
from app.exchange.source import Source
from tests.property.strategies import annotations, examples, relations, texts

SCHEME = parse_scheme(
    """name = "s"
version = 1
title = "S"
[[layer]]
id = "error"
[[layer.label]]
id = "TERM"
[[layer.label]]
id = "NOTE"
parent = "TERM"
[[layer.attribute]]
id = "flag"
kind = "flag"
[[layer]]
id = "entity"
[[layer.label]]
id = "PERSON"
[[layer.attribute]]
id = "flag"
kind = "flag"
[[layer]]
id = "article"
kind = "document"
[[layer.label]]
id = "SPUN"
[[layer.attribute]]
id = "flag"
kind = "flag"
"""
)


@st.composite
def works(draw: st.DrawFn, text: str, annotator: str, kind: str) -> SetRecord:
    marks: list[Annotation] = []
    for number in range(draw(st.integers(0, 4))):
        mark = draw(annotations(text, uid=f"{annotator}-mark-{number}"))
        if all(mark.layer != "article" or other.layer != "article" for other in marks):
            fix = {"correction": None} if mark.layer == "article" else {}
            marks.append(msgspec.structs.replace(mark, evidence=(), extra={}, origin="import", **fix))
    ties = []
    for number, (source, target) in enumerate(zip(marks, marks[1:], strict=False)):
        tie = draw(relations(source.uid, target.uid, f"{annotator}-tie-{number}"))
        ties.append(msgspec.structs.replace(tie, attributes={}, comment=""))
    status = draw(st.sampled_from([Status.OPEN, Status.SKIPPED, Status.DONE]))
    if status is Status.DONE and not marks:
        status = Status.DONE_EMPTY
    remark = (
        Remark() if kind == "model" else Remark(draw(st.none() | st.just("why?")), draw(st.sampled_from(["", "n"])))
    )
    seconds = 0.0 if kind == "model" else draw(st.sampled_from([0.0, 1.5]))
    return SetRecord(annotator, kind, status, "", seconds, tuple(marks), tuple(ties), remark)


@st.composite
def records(draw: st.DrawFn) -> DocumentRecord:
    text = draw(texts)
    people = draw(
        st.lists(st.sampled_from([("1", "person"), ("ana", "person"), ("m", "model"), ("gold", "gold")]), unique=True)
    )
    sets = tuple(draw(works(text, *each)) for each in people)
    meta = draw(st.dictionaries(st.sampled_from(["source", "year"]), st.sampled_from(["x", 1, 2.5, True])))
    document = Document(
        uid="d", name=draw(st.sampled_from(["one", "two.txt"])), text=text, sha256=sha256(text), meta=meta
    )
    return DocumentRecord(document, (), sets)


def meant(record: DocumentRecord) -> Any:
    def mark(each: Annotation) -> Any:
        # Times are those of the annotation as a whole.
        return msgspec.structs.replace(each, created="", updated="", extra={})

    works = {
        item.annotator: (
            item._replace(
                scheme="",
                annotations=tuple(sorted(map(mark, item.annotations), key=lambda each: each.uid)),
                relations=tuple(sorted(item.relations, key=lambda each: each.uid)),
            )
        )
        for item in record.sets
    }
    return record.document.name, record.document.text, record.document.meta, works


@examples(40)
@given(st.lists(records(), min_size=1, max_size=3, unique_by=lambda each: (each.document.name, each.document.text)))
def test_what_is_written_comes_back(tmp_path_factory: pytest.TempPathFactory, drawn: list[DocumentRecord]) -> None:
    stream = BytesIO()
    options = WriteOptions(scheme=SCHEME, document=lambda uid: None)
    LabelStudioWriter().write(drawn, StreamOutput(stream), options)
    path = tmp_path_factory.getbasetemp() / "drawn.json"
    path.write_bytes(stream.getvalue())
    found = list(LabelStudioReader().read(Source(path), ReadOptions(offsets="cp", labels=LabelMap(SCHEME))))
    assert list(map(meant, found)) == list(map(meant, drawn))


TASK: dict[str, Any] = {
    "id": 1,
    "data": {"text": "Ana met 😀 Ben.", "x": [1]},
    "annotations": [
        {
            "completed_by": {"email": "a@x.org"},
            "was_cancelled": False,
            "lead_time": 1.5,
            "result": [
                {
                    "id": "a",
                    "from_name": "l",
                    "to_name": "t",
                    "type": "labels",
                    "value": {"start": 0, "end": 3, "text": "Ana", "labels": ["P"]},
                },
                {"id": "a", "from_name": "s", "type": "choices", "value": {"start": 0, "end": 3, "choices": ["x"]}},
                {"from_name": "d", "type": "taxonomy", "value": {"taxonomy": [["a", "b"]]}, "meta": {"text": ["n"]}},
                {"type": "relation", "from_id": "a", "to_id": "b", "labels": ["r"]},
            ],
        }
    ],
    "predictions": [{"model_version": "m", "result": []}],
}
ODD = (None, True, -1, 10**30, 2.5, "", "x", "\ud800", "\x00", [], [None], [[["a"]]], {}, {"start": "/p[1]", "end": 3})


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in items for place in _places(item, (*path, key)))]


def _with(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    if not path:
        return odd
    items = value.items() if isinstance(value, dict) else enumerate(value)
    made = {key: _with(item, path[1:], odd) if key == path[0] else item for key, item in items}
    return made if isinstance(value, dict) else list(made.values())


@pytest.mark.parametrize("reader", [LabelStudioReader(), MinReader()], ids=["full", "min"])
def test_any_value_at_any_place_is_read_or_refused(reader: Any, tmp_path: Path) -> None:
    path = tmp_path / "odd.json"
    flat = {"text": "Ana", "id": 1, "l": [{"start": 0, "end": 3, "labels": ["P"]}], "annotator": 1, "annotation_id": 2}
    whole = TASK if isinstance(reader, LabelStudioReader) else flat
    tasks = [_with(whole, place, odd) for place in _places(whole) for odd in ODD]
    path.write_text(json.dumps(tasks), encoding="utf-8")
    errors: list[Exception] = []
    options = ReadOptions(annotator="a", offsets="cp", refuse=errors.append)
    found = list(reader.read(Source(path), options))
    assert len(found) + len(errors) == len(tasks)
    assert all(isinstance(error, FormatError) and error.record for error in errors)
    msgspec.json.encode([record.extra for record in found])


@pytest.mark.parametrize("reader", [LabelStudioReader(), MinReader()], ids=["full", "min"])
def test_a_file_that_is_cut_anywhere_is_refused_in_words(reader: Any, tmp_path: Path) -> None:
    path = tmp_path / "cut.json"
    data = json.dumps([TASK, TASK], ensure_ascii=False, indent=1).encode()
    for end in range(0, len(data), 23):
        path.write_bytes(data[:end])
        reader.claims(path, data[:end])
        errors: list[Exception] = []
        try:
            list(reader.read(Source(path), ReadOptions(annotator="a", refuse=errors.append)))
        except FormatError as error:
            errors.append(error)
        assert errors or not data[:end].strip()
