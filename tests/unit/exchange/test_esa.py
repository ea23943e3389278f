"""ESA: Appraise's tables with their batches, and WMT's lines, read and written."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.core.annotation import Fragment, Status
from app.core.errors import FormatError
from app.exchange.format import WriteOptions
from app.exchange.formats.translation.esa_reader import EsaReader
from app.exchange.formats.translation.esa_writer import EsaWriter
from app.exchange.output import OutputFiles
from app.exchange.registry import Registry
from app.exchange.report import Report
from tests.unit.exchange.formats_of_errors import SCHEME, file_of, meant, read, statuses, written

Row = list[Any]
TEXTS = ["  Der Hund 😀 rannte hinaus.", "Er bellte laut."]


def row(item: int, score: Any, *spans: dict[str, Any], user: str = "ana", document: str = "d#A", **more: Any) -> Row:
    cells = [user, "wmt.A", item, "TGT", "eng", "deu", score, document, "False", json.dumps(spans), "10.5", "12.0"]
    for place, value in more.items():
        cells[int(place[1:])] = value
    return cells


def span(start: Any, end: Any, severity: str = "minor", **more: Any) -> dict[str, Any]:
    return {"start_i": start, "end_i": end, "severity": severity, **more}


def by_hand(start: Any, end: Any, severity: str = "minor", types: list[str] | None = None) -> dict[str, Any]:
    return span(start, end, severity, error_type=types)


def table(tmp_path: Path, *rows: Row, name: str = "scores.csv") -> Path:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return file_of(tmp_path, out.getvalue(), name)


def batches(tmp_path: Path, *filled: dict[str, Any], document: str = "d#A") -> None:
    items = [
        {
            "documentID": document,
            "itemID": 7 + number,
            "targetID": "wmt.A",
            "sourceText": f"S{number}",
            "targetText": text,
            "_item": f"A | {100 + number} | d",
            "mqm": list(filled) if number == 0 else {"payload": []},
        }
        for number, text in enumerate(TEXTS)
    ]
    file_of(tmp_path, json.dumps([{"items": items}], indent=2), "batches_en-de.json")


def rows_of(text: str) -> list[tuple[Any, ...]]:
    found = csv.reader(io.StringIO(text, newline=""))
    return sorted((*cells[:9], json.dumps(json.loads(cells[9]), sort_keys=True), *cells[10:]) for cells in found)


def exported(records: Any, path: Path) -> str:
    documents = {record.document.uid: record.document for record in records}
    with OutputFiles(keep_off=path.with_name("x.stet")) as files:
        EsaWriter().write(records, files.output(path), WriteOptions(scheme=SCHEME, document=documents.get))
    return path.read_text("utf-8")


def errors(record: Any) -> list[tuple[str, str, str]]:
    return [(s.annotator, m.label, m.quote) for s in record.sets for m in s.annotations if m.layer == "error"]


GIVEN = (
    row(8, "55.5", by_hand(3, 8, "major", ["Accuracy", "Mistranslation"]), by_hand("missing", "missing", "major")),
    row(7, 90, span(0, 8), by_hand(12, 17, "undecided")),
    row(7, 20, user="ben"),
)


def test_rows_get_their_texts_and_ends(tmp_path: Path) -> None:
    batches(tmp_path, span(0, 8))
    path = table(tmp_path, *GIVEN)
    found = Registry().for_file(path)
    assert found is not None
    assert found.format.name == "esa"
    report = Report()
    source, a = read(EsaReader(), path, report)
    assert (source.document.text, a.document.text) == ("S0\nS1", "\n".join(TEXTS))
    assert (a.document.name, a.document.meta["language"]) == ("d/wmt.A", "de")
    # What a program filled in ends before its end, what a person marked with it; the blanks at the start aren't shown.
    assert errors(a) == [
        ("ana", "Error", "Der Hund"),
        ("ana", "Error", "rannte"),
        ("ana", "ACCURACY_MISTRANSLATION", "bellte"),
        ("ana", "ACCURACY_OMISSION", ""),
    ]
    scores = [(m.quote, m.attributes) for m in a.sets[0].annotations if m.layer == "segment"]
    assert scores == [(TEXTS[0], {"score": 90}), (TEXTS[1], {"score": 55.5})]
    ana, ben = a.sets
    assert (ana.status, ana.seconds, ben.status) == (Status.DONE, 3.0, Status.OPEN)
    text = exported([source, a], tmp_path / "out" / "scores.csv")
    assert rows_of(text) == rows_of(path.read_text("utf-8"))
    again = read(EsaReader(), tmp_path / "out" / "scores.csv")
    assert meant(again) == meant([source, a])


@pytest.fixture(autouse=True)
def _out(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()


def test_ends_without_a_sign_follow_the_words(tmp_path: Path) -> None:
    for end, offset in ((8, 8), (7, 7)):
        lines = [
            {
                "src": "s",
                "tgt": "Der Hund bellte.",
                "doc_id": "d",
                "system": "A",
                "annotator": "ana",
                "esa_score": 5,
                "line_id": 3,
                "langs": "en-de",
                "esa_spans": [span(4, offset)],
                "times": ["1", "2"],
            }
        ]
        path = file_of(tmp_path, "".join(json.dumps(each) + "\n" for each in lines), "wmt.jsonl")
        found = Registry().for_file(path)
        assert found is not None
        assert found.format.name == "esa"
        (_, a) = read(EsaReader(), path)
        assert (errors(a), end) == ([("ana", "Error", "Hund")], offset)


def test_tests_of_attention_are_left_out_unless_wanted(tmp_path: Path) -> None:
    batches(tmp_path)
    path = table(
        tmp_path,
        row(7, 1),
        row(7, 2, document="d#A#bad1", _3="BAD"),
        row(7, 3, document="ende-tutorial1", _1="ende-tutorial1"),
    )
    report = Report()
    assert len(read(EsaReader(), path, report)) == 2
    assert report.count("check") == 2
    refused: list[FormatError] = []
    read(EsaReader(), path, refuse=refused.append, own={"checks": True})
    assert [error.line for error in refused] == [2, 3]


def test_a_segment_judged_again_counts_once(tmp_path: Path) -> None:
    batches(tmp_path)
    path = table(tmp_path, row(7, 1, _11="30.0"), row(7, 2))
    report = Report()
    _, a = read(EsaReader(), path, report)
    assert [m.attributes["score"] for m in a.sets[0].annotations] == [1]
    assert report.count("again") == 1


def test_documents_shown_again_are_documents_of_their_own(tmp_path: Path) -> None:
    batches(tmp_path, document="d#A#duplicate1")
    _, a = read(EsaReader(), table(tmp_path, row(7, 1, document="d#A#duplicate1")))
    assert a.document.name == "d#duplicate1/wmt.A"


def test_segments_of_their_own_have_their_score(tmp_path: Path) -> None:
    batches(tmp_path)
    path = table(tmp_path, *GIVEN)
    records = read(EsaReader(), path, own={"segments": True})
    assert statuses(records) == {Status.DONE: 3}
    assert {m.layer for each in records for s in each.sets for m in s.annotations} == {"error", "score"}
    text = exported(records, tmp_path / "out" / "a.csv")
    assert rows_of(text) == rows_of(path.read_text("utf-8"))


def test_what_was_changed_is_written_by_hand(tmp_path: Path) -> None:
    batches(tmp_path, span(0, 8))
    source, a = read(EsaReader(), table(tmp_path, *GIVEN))
    item = a.sets[0]
    moved = tuple(
        msgspec.structs.replace(m, fragments=(Fragment(6, 10), Fragment(26, 29)), quote="Hund … \nEr")
        if m.quote == "Der Hund"
        else m
        for m in item.annotations
    )
    text, losses = written(EsaWriter(), [source, a._replace(sets=(item._replace(annotations=moved),))])
    spans = json.loads(next(cells for cells in csv.reader(io.StringIO(text)) if cells[2] == "7")[9])
    assert spans == [by_hand(4, 7), by_hand(25, 25), by_hand(12, 17, "undecided")]
    assert {f.kind: f.count for f in losses} == {"crossing": 1, "fragments": 1, "text": 2}


@pytest.mark.parametrize(
    ("given", "what"),
    [
        (row(7, 1, by_hand(0, 99)), "outside the text"),
        (row(7, 1, by_hand(-1, 3)), "isn't a whole number"),
        (row(9, 1), "no item 9"),
        (row(7, 1)[:11], "11 cells, where 12"),
        (row(7, 1, _9="[1]"), "isn't an object"),
        (row(7, 1, _9="[NaN]"), "NaN"),
        (row(7, 1, _9="["), "not JSON"),
        (row(7, 1, user="\x07"), "annotator's name"),
    ],
)
def test_a_bad_row_is_named_and_the_rest_is_read(given: Row, what: str, tmp_path: Path) -> None:
    batches(tmp_path)
    refused: list[FormatError] = []
    path = table(tmp_path, row(8, 5, user="ben"), given)
    records = read(EsaReader(), path, refuse=refused.append)
    assert "ben" in [s.annotator for s in records[1].sets]
    (error,) = refused
    assert (error.path, error.line) == (path, 2)
    assert what in error.what


def test_without_batches_one_is_told_what_is_missing(tmp_path: Path) -> None:
    path = table(tmp_path, *GIVEN)
    with pytest.raises(FormatError, match="no batches of the campaign beside it"):
        read(EsaReader(), path)
    other = file_of(tmp_path, '[{"items": []}]', "other.json")
    with pytest.raises(FormatError, match="aren't batches of Appraise"):
        read(EsaReader(), path, own={"batches": str(other)})


@pytest.mark.parametrize(
    "text", ["id,text\n1,Hello\n", "", ",,,,,,,,,,,\n", "a,b,c,d,e,f,g,h,i,j,k,l\n", '{"src": "a"}\n', '"open\n']
)
def test_other_tables_are_left_alone(text: str, tmp_path: Path) -> None:
    path = file_of(tmp_path, text, "a.csv")
    assert EsaReader().claims(path, text.encode()) is None
