"""What the loss report of doccano's and Prodigy's JSONL doesn't name comes back as it was."""

from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.annotation import Annotation, Status
from app.core.record import DocumentRecord, SetRecord
from app.exchange.format import ReadOptions, WriteOptions, Writer
from app.exchange.formats.doccano.reader import DoccanoReader
from app.exchange.formats.doccano.writer import DoccanoWriter
from app.exchange.formats.prodigy.reader import ProdigyReader
from app.exchange.formats.prodigy.writer import ProdigyWriter
from app.exchange.label_map import LabelMap
from app.exchange.output import StreamOutput
from app.exchange.report import LossReport
from app.exchange.source import Source
from tests.property.strategies import examples
from tests.property.test_label_studio import SCHEME, records

CUT = {"": lambda text: [(at, at + 1) for at in range(len(text))]}


def pieces(mark: Annotation) -> Iterator[tuple[Any, ...]]:
    """Yield what the formats have of a mark: each piece with its label."""
    for each in mark.fragments:
        if each.start < each.end:
            yield mark.layer, mark.label, each.start, each.end


def ties(item: SetRecord) -> Counter[Any]:
    first = {mark.uid: next(pieces(mark), None) for mark in item.annotations if mark.layer != "article"}
    ends = [(tie.label, first.get(tie.source), first.get(tie.target)) for tie in item.relations]
    return Counter(tie for tie in ends if None not in tie)


def spans(item: SetRecord) -> Counter[Any]:
    return Counter(piece for mark in item.annotations if mark.layer != "article" for piece in pieces(mark))


def about(item: SetRecord) -> list[str]:
    return [mark.label for mark in item.annotations if mark.layer == "article"]


def written(writer: Writer, drawn: list[DocumentRecord], path: Any, **own: Any) -> LossReport:
    stream = BytesIO()
    options = WriteOptions(scheme=SCHEME, document=lambda uid: None, cutters=CUT, own=own)
    losses = writer.write(drawn, StreamOutput(stream), options)
    path.write_bytes(stream.getvalue())
    return losses


def anchors(drawn: list[DocumentRecord]) -> int:
    marks = [mark for record in drawn for item in record.sets for mark in item.annotations]
    return sum(mark.is_anchor and mark.layer != "article" for mark in marks)


def lost_ties(drawn: list[DocumentRecord]) -> int:
    return sum(len(item.relations) - ties(item).total() for record in drawn for item in record.sets)


@examples(40)
@given(drawn=st.lists(records(), min_size=1, max_size=3, unique_by=lambda each: each.document.text))
def test_prodigy_brings_back_what_it_has_a_place_for(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[DocumentRecord]
) -> None:
    path = tmp_path_factory.getbasetemp() / "drawn-prodigy.jsonl"
    losses = written(ProdigyWriter(), drawn, path)
    found = list(ProdigyReader().read(Source(path), ReadOptions(annotator="x", labels=LabelMap(SCHEME))))
    assert [each.document.text for each in found] == [each.document.text for each in drawn]
    for one, other in zip(drawn, found, strict=True):
        # An empty set that nobody worked on says nothing.
        before = {item.annotator: item for item in one.sets if spans(item) or about(item) or item.status != "open"}
        after = {item.annotator: item for item in other.sets}
        assert set(after) == set(before)
        assert other.document.meta == one.document.meta
        for name, item in before.items():
            assert (spans(after[name]), about(after[name])) == (spans(item), about(item))
            assert ties(after[name]) == ties(item)
            expected = item.status
            if expected.is_finished:
                expected = Status.DONE if after[name].annotations else Status.DONE_EMPTY
            assert after[name].status is expected
            fields = Counter(
                repr((p, m.attributes, m.correction, m.comment)) for m in item.annotations for p in pieces(m)
            )
            assert fields == Counter(
                repr((p, m.attributes, m.correction, m.comment)) for m in after[name].annotations for p in pieces(m)
            )
    assert losses.count("anchor") == anchors(drawn)
    assert losses.count("relation") == lost_ties(drawn)


@examples(40)
@given(
    drawn=st.lists(records(), min_size=1, max_size=3, unique_by=lambda each: each.document.text),
    unit=st.sampled_from(["utf16", "cp"]),
)
def test_doccano_brings_back_what_it_has_a_place_for(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[DocumentRecord], unit: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "drawn-doccano.jsonl"
    losses = written(DoccanoWriter(), drawn, path, offsets=unit)
    options = ReadOptions(annotator="x", labels=LabelMap(SCHEME), offsets=unit)
    found = list(DoccanoReader().read(Source(path), options))
    assert [each.document.text for each in found] == [each.document.text for each in drawn]
    for one, other in zip(drawn, found, strict=True):
        before = sum((spans(item) for item in one.sets), Counter[Any]())
        after = sum((spans(item) for item in other.sets), Counter[Any]())
        assert after == before
        assert sum((ties(item) for item in other.sets), Counter[Any]()) == sum(
            (ties(item) for item in one.sets), Counter[Any]()
        )
        assert other.document.meta == one.document.meta
        notes = [item.remark.note for item in one.sets if item.remark.note]
        assert [item.remark.note for item in other.sets if item.remark.note] == ["\n".join(notes)] * bool(notes)
    assert losses.count("anchor") == anchors(drawn)
    assert losses.count("relation") == lost_ties(drawn)
    fields = sum(len(mark.attributes) for record in drawn for item in record.sets for mark in item.annotations)
    assert losses.count("attribute") == fields
