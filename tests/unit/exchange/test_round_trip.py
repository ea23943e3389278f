"""Whatever a project holds: exported, imported and exported again it is the same, byte for byte."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.annotation import Annotation, Relation, Status
from app.core.decision import GOLD, Decision, Outcome, Reason
from app.core.document import Document, sha256
from app.core.errors import FormatError
from app.core.ids import new_uid
from app.core.record import DocumentRecord, SetRecord
from app.core.suggestion import Judgement, Sight, Suggested, Suggestion, SuggestionOutcome, reading_order
from app.jobs.tasks.import_files import import_files
from app.services.importing.document_import import import_documents
from tests.property.strategies import annotations, any_text, chained, examples, relations, texts
from tests.unit.exchange.build import exported, jsonl, project, read, written

_names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=3),
    max_leaves=6,
)
_objects = st.dictionaries(_names, _values, max_size=3)


@st.composite
def _sets(draw: st.DrawFn, document: Document, reference: Document | None, annotator: str) -> SetRecord:
    uids = [new_uid() for _ in range(draw(st.integers(0, 4)))]
    marks = [draw(annotations(document.text, reference=reference, uid=uid)) for uid in uids]
    changes = st.fixed_dictionaries(
        {},
        optional={
            "quote": any_text,
            "attributes": _objects,
            "extra": _objects,
            "origin": st.just("model-7"),
            "created": st.just("2026-03-18T09:30:00.000123Z"),
        },
    )
    marks = [msgspec.structs.replace(mark, **draw(changes)) for mark in marks]
    ties: list[Relation] = []
    if len(uids) > 1:
        ends = draw(st.lists(st.permutations(uids), max_size=3))
        ties = [draw(relations(source, target, new_uid())) for source, target, *_ in ends]
        ties += chained(draw(st.permutations(uids))) if draw(st.booleans()) else []
    return SetRecord(
        annotator=annotator,
        kind={"m": "model", GOLD: GOLD}.get(annotator, "person"),
        status=draw(st.sampled_from(Status)),
        scheme="news-errors@1",
        seconds=draw(st.sampled_from([0.0, 0.1, 12.0, 1e9])),
        annotations=tuple(sorted(marks, key=_order)),
        relations=tuple(ties),
    )


_words = st.lists(st.sampled_from(["label", "boundary", "Größe 😀"]), max_size=2).map(tuple)
_uids = st.sampled_from(["a-source", "another", "0198b3c2-0000-7000-8000-000000000001"])
_counts = st.dictionaries(any_text, st.integers(0, 9), max_size=2)
_people = ["ana", "boris", "m", "Ünal 😀"]


@st.composite
def _decisions(draw: st.DrawFn, document: Document, gold: SetRecord | None) -> Decision:
    outcome = draw(st.sampled_from(Outcome))
    is_empty = outcome is Outcome.EMPTY
    uids = [annotation.uid for annotation in gold.annotations] if gold and not is_empty else []
    return Decision(
        uid=new_uid(),
        document=document.uid,
        layer="" if is_empty else draw(st.sampled_from(["entity", "error"])),
        key=draw(any_text.map(lambda text: "k" + text.replace("\0", ""))),
        outcome=outcome,
        reviewer=draw(st.sampled_from(["rina", "ana"])),
        time=draw(st.sampled_from(["", "2026-03-18T09:30:00.000123Z"])),
        kinds=draw(_words),
        labels=draw(_words),
        sources=draw(st.lists(_uids, max_size=2).map(tuple)),
        gold=draw(st.sampled_from([None, *uids])),
        fields=draw(st.dictionaries(st.sampled_from(["label", "range"]), _uids | st.just("union"))),
        votes=draw(st.dictionaries(st.sampled_from(_people), st.none() | _uids)),
        tally=draw(st.none() | st.dictionaries(st.sampled_from(["label", "cause"]), _counts)),
        reason=draw(st.none() | st.sampled_from(Reason)),
        note=draw(any_text),
        unclear=draw(st.booleans()),
        rule=draw(st.sampled_from(["", "majority"])),
    )


@st.composite
def _suggestions(draw: st.DrawFn, document: Document, reference: Document | None, people: list[str]) -> Suggested:
    mark = draw(annotations(document.text, reference=reference, uid=new_uid()))
    suggestion = Suggestion(
        uid=mark.uid,
        maker=draw(st.sampled_from(["corrections", "spacy:xx", "Größe 😀"])),
        version=draw(st.sampled_from(["", "3.8.0"])),
        layer=mark.layer,
        label=mark.label,
        fragments=mark.fragments,
        quote=draw(st.just(mark.quote) | any_text),
        attributes=draw(_objects),
        correction=draw(st.none() | any_text),
        evidence=mark.evidence,
        reason=draw(any_text),
        score=draw(st.none() | st.floats(0, 1)),
        created=draw(st.sampled_from(["", "2026-03-18T09:30:00.000123Z"])),
    )
    judges = sorted(draw(st.lists(st.sampled_from(people), unique=True))) if people else []
    judgements = tuple(
        Judgement(
            suggestion=mark.uid,
            annotator=name,
            outcome=draw(st.sampled_from(SuggestionOutcome)),
            time=draw(st.sampled_from(["", "2026-03-18T09:30:00.000123Z"])),
            annotation=draw(st.none() | _uids),
        )
        for name in judges
    )
    shown = tuple(
        Sight(suggestion=mark.uid, annotator=name, time=draw(st.sampled_from(["", "2026-03-18"]))) for name in judges
    )
    return Suggested(suggestion, judgements, shown)


def _suggested_order(item: Suggested) -> tuple[int, int, str]:
    return reading_order(item.suggestion)


def _order(annotation: Annotation) -> tuple[int, int, str]:
    return (annotation.start, annotation.end, annotation.uid)


@st.composite
def _projects(draw: st.DrawFn) -> list[DocumentRecord]:
    documents = []
    for _ in range(draw(st.integers(1, 4))):
        text = draw(texts | st.just(""))
        if text:
            documents.append(
                Document(uid=new_uid(), name=draw(_names), text=text, sha256=sha256(text), meta=draw(_objects))
            )
    records = []
    for number, document in enumerate(documents):
        others = [other for other in documents if other is not document]
        reference = others[number % len(others)] if others else None
        chosen = draw(st.lists(st.sampled_from(others), unique_by=id)) if others else []
        people = draw(st.lists(st.sampled_from([*_people, GOLD]), unique=True))
        sets = tuple(draw(_sets(document, reference, name)) for name in sorted(people))
        extra = draw(_objects.map(lambda found: {f"x-{key}": value for key, value in found.items()}))
        record = DocumentRecord(document, tuple(other.uid for other in chosen), sets, extra)
        decisions = draw(st.lists(_decisions(document, record.gold), max_size=3))
        judges = [name for name in people if name != GOLD]
        suggested = draw(st.lists(_suggestions(document, reference, judges), max_size=3))
        suggested.sort(key=_suggested_order)
        records.append(record._replace(decisions=tuple(decisions), suggestions=tuple(suggested)))
    return records


@examples(40)
@given(_projects())
def test_what_is_written_is_read_back_the_same(records: list[DocumentRecord]) -> None:
    with TemporaryDirectory() as folder:
        path = jsonl(Path(folder, "a.jsonl"), written(records))
        assert read(path) == records
        assert written(read(path)) == path.read_bytes()


@examples(15)
@given(_projects())
def test_an_export_of_an_import_of_an_export_is_that_export(records: list[DocumentRecord]) -> None:
    with TemporaryDirectory() as folder:
        with project(Path(folder, "one.stet")) as session:
            import_documents(session, records, title="Import")
            assert list(session.reader.records()) == records
            first = exported(session)
            assert import_documents(session, records, title="Import").changes_anything is False
        path = jsonl(Path(folder, "a.jsonl"), first)
        with project(Path(folder, "two.stet")) as session:
            import_files(session, [path])
            assert exported(session) == first
            assert not import_files(session, [path]).brought.changes_anything


@examples(40)
@given(_projects(), st.data())
def test_a_damaged_file_is_refused_or_read_but_never_crashes(
    records: list[DocumentRecord], data: st.DataObject
) -> None:
    content = bytearray(written(records))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, max(0, len(content) - 1)))
        match data.draw(st.sampled_from(["change", "cut", "double"])):
            case "change":
                content[at : at + 1] = data.draw(st.binary(min_size=0, max_size=3))
            case "cut":
                del content[at:]
            case _:
                content[at:at] = content[at : at + 40]
    with TemporaryDirectory() as folder:
        path = jsonl(Path(folder, "a.jsonl"), bytes(content))
        bad: list[Exception] = []
        found = read(path, refuse=bad.append)
        assert all(isinstance(error, FormatError) for error in bad)
        # Whatever was let in can be kept and written again.
        assert read(jsonl(Path(folder, "b.jsonl"), written(found))) == found


_LOOSE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.data())
def test_a_wrong_value_is_refused_or_read_but_never_crashes(data: st.DataObject) -> None:
    row: dict[str, Any] = {
        **{"stet": 1, "id": "d", "name": "n", "text": "some text", "sha256": "", "meta": {}, "references": ["r"]},
        "sets": [
            {
                **{"annotator": "ana", "kind": "person", "status": "open", "scheme": "s@1", "seconds": 1.5},
                "annotations": [
                    {
                        **{"id": "a", "layer": "l", "label": "L", "start": 0, "end": 4, "fragments": [[0, 1], [2, 4]]},
                        **{"quote": "s … me", "attributes": {}, "correction": None, "comment": "", "origin": "human"},
                        "evidence": [{"id": "e", "document": "r", "start": 0, "end": 1, "quote": "q"}],
                        **{"created": "", "updated": "", "extra": {}},
                    }
                ],
                "relations": [],
            }
        ],
        "decisions": [
            {
                **{"id": "k", "layer": "l", "key": "k", "outcome": "deferred", "reviewer": "r", "time": "t"},
                **{"kinds": ["label"], "labels": ["L"], "sources": ["a"], "gold": None, "fields": {"label": "a"}},
                **{"votes": {"ana": "a", "b": None}, "reason": "edge_case", "note": "n", "unclear": True, "rule": "x"},
            },
            {"theirs": 1},
        ],
    }
    target: Any = row
    while isinstance(target, dict | list) and target:
        keys = list(target) if isinstance(target, dict) else list(range(len(target)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(target[key], dict | list) or not target[key] or data.draw(st.booleans()):
            target[key] = data.draw(_LOOSE)
            break
        target = target[key]
    with TemporaryDirectory() as folder:
        path = jsonl(Path(folder, "a.jsonl"), json.dumps(row).encode() + b"\n")
        bad: list[Any] = []
        found = read(path, refuse=bad.append)
        assert [error.line for error in bad] == [1] * (1 - len(found))
        assert read(jsonl(Path(folder, "b.jsonl"), written(found))) == found


@pytest.mark.slow
def test_a_bigger_project_survives_the_journey(tmp_path: Path) -> None:
    text = "The senator said so. " * 50
    records = []
    for number in range(3000):
        uid = new_uid()
        document = Document(uid=uid, name=f"{number}.txt", text=text, sha256=sha256(text))
        records.append(DocumentRecord(document, (records[-1].document.uid,) if records else ()))
    with project(tmp_path / "one.stet") as session:
        import_documents(session, records, title="Import")
        first = exported(session)
    with project(tmp_path / "two.stet") as session:
        import_files(session, [jsonl(tmp_path / "a.jsonl", first)])
        assert exported(session) == first
