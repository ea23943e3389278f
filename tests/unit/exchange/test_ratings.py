"""Ratings of mt-metrics-eval, standalone and of a test set, read and written."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.core.annotation import Fragment, Status
from app.core.errors import FormatError
from app.exchange.formats.translation.mqm_reader import MqmReader
from app.exchange.formats.translation.mqm_writer import MqmWriter
from app.exchange.formats.translation.ratings_reader import RatingsReader
from app.exchange.formats.translation.ratings_writer import RatingsWriter
from app.exchange.registry import Registry
from app.exchange.report import Report
from tests.unit.exchange.formats_of_errors import file_of, meant, read, statuses, written


def error(start: Any, end: Any, category: str | None = "accuracy/addition", **more: Any) -> dict[str, Any]:
    given = {"start": start, "end": end, "category": category, "severity": "major", "score": 5.0}
    return {**given, "is_source_error": False, **more}


def rating(segment: int, source: str, text: str, *errors: dict[str, Any], **more: Any) -> dict[str, Any]:
    ids = {"document_id": "d", "segment_id": segment, "system_id": "A", "rater_id": "r1"}
    return {"source": source, "hypothesis": text, "errors": list(errors), **ids, "src_lang": "en", **more}


GIVEN = (
    rating(11, "Two 😀 twos.", "Zwei 😀 zwei.", error(7, 11), error(0, 3, "accuracy/omission", is_source_error=True)),
    rating(10, "One.", "Eins.", error(0, 4, None, severity="minor")),
    rating(10, "One.", "Eins.", rater_id="r2"),
)


def log(tmp_path: Path, *given: dict[str, Any]) -> Path:
    text = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in given)
    return file_of(tmp_path, text, "ratings.jsonl")


def lines(text: str) -> list[str]:
    return sorted(json.dumps(json.loads(line), sort_keys=True) for line in text.splitlines())


def errors(record: Any) -> list[tuple[str, str, str, tuple[str, ...]]]:
    return [
        (item.annotator, m.label, m.quote, tuple(e.quote for e in m.evidence))
        for item in record.sets
        for m in item.annotations
    ]


def test_standalone_ratings_are_written_as_they_were(tmp_path: Path) -> None:
    path = log(tmp_path, *GIVEN)
    found = Registry().for_file(path)
    assert found is not None
    assert found.format.name == "mt-metrics-eval"
    source, a = read(RatingsReader(), path)
    assert (source.document.text, a.document.text) == ("One.\nTwo 😀 twos.", "Eins.\nZwei 😀 zwei.")
    assert errors(a) == [
        ("r1", "Error", "Eins", ()),
        ("r1", "ACCURACY_ADDITION", "zwei", ()),
        ("r1", "ACCURACY_OMISSION", "", ("Two",)),
    ]
    assert statuses([a]) == {Status.DONE: 1, Status.OPEN: 1}
    text, losses = written(RatingsWriter(), [source, a])
    assert lines(text) == lines(path.read_text("utf-8"))
    assert list(losses) == []


def test_a_test_set_gives_the_texts(tmp_path: Path) -> None:
    for name, text in (
        ("sources/en-de.txt", "One.\nTwo.\n"),
        ("system-outputs/en-de/A.txt", "Eins.\nZwei.\n"),
        ("references/en-de.refA.txt", "Ein.\nZwo.\n"),
        ("documents/en-de.docs", "news\td1\nnews\td2\n"),
        (
            "human-scores/en-de.mqm.merged.seg.rating",
            'A\tNone\nA\t{"errors":[{"start":0,"end":4,"severity":"minor"}]}\trater7\n'
            'refA\t{"errors":[]}\nrefA\tNone\nrefA\tNone\n',
        ),
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        file_of(path.parent, text, path.name)
    found = Registry().for_file(path)
    assert found is not None
    assert found.format.name == "mt-metrics-eval"
    records = read(RatingsReader(), path)
    assert [each.document.name for each in records] == ["d2/source", "d2/A", "d1/source", "d1/refA"]
    assert errors(records[1]) == [("rater7", "Error", "Zwei", ())]
    assert [item.annotator for item in records[3].sets] == ["mqm.merged"]
    (tmp_path / "system-outputs" / "en-de" / "A.txt").unlink()
    with pytest.raises(FormatError, match="there is no system-outputs/en-de/A.txt"):
        read(RatingsReader(), path)
    file_of(path.parent, '../../x\t{"errors": []}\n', path.name)
    with pytest.raises(FormatError):
        read(RatingsReader(), path)


def test_what_was_changed_is_written_anew(tmp_path: Path) -> None:
    source, a = read(RatingsReader(), log(tmp_path, *GIVEN))
    item = a.sets[0]
    moved = tuple(
        msgspec.structs.replace(m, fragments=(Fragment(6, 8), Fragment(9, 10)), quote="Zw … 😀")
        if m.quote == "zwei"
        else m
        for m in item.annotations
    )
    text, losses = written(RatingsWriter(), [source, a._replace(sets=(item._replace(annotations=moved),))])
    found = next(json.loads(line) for line in text.splitlines() if '"segment_id": 11' in line)["errors"]
    assert found == [
        error(0, 2, score=None),
        error(3, 4, score=None),
        GIVEN[0]["errors"][1],
    ]
    assert losses.count("fragments") == 1


def test_one_format_of_translations_becomes_another(tmp_path: Path) -> None:
    records = read(RatingsReader(), log(tmp_path, *GIVEN))
    text, _ = written(MqmWriter(), records)
    again = read(MqmReader(), file_of(tmp_path, text, "a.tsv"))
    assert meant(again) == meant(records)
    back, _ = written(RatingsWriter(), again)
    assert meant(read(RatingsReader(), file_of(tmp_path, back, "b.jsonl"))) == meant(records)


@pytest.mark.parametrize(
    ("given", "what"),
    [
        (rating(3, "a", "b", error(0, 9)), "outside the text"),
        (rating(3, "a", "b", error(0, 1.5)), "isn't a whole number"),
        (rating(3, "a", "b", error(1, 0)), "ends before"),
        ({"source": "a", "hypothesis": 5, "errors": []}, "must be text"),
        ({"source": "a", "hypothesis": "b", "errors": [5]}, "isn't an object"),
        ({"source": "a", "hypothesis": "b", "errors": []}, "doesn't say who made"),
    ],
)
def test_a_bad_line_is_named_and_the_rest_is_read(given: dict[str, Any], what: str, tmp_path: Path) -> None:
    refused: list[FormatError] = []
    report = Report()
    path = log(tmp_path, GIVEN[0], given)
    records = read(RatingsReader(), path, report, refuse=refused.append)
    assert len(errors(records[1])) >= 2
    (found,) = refused
    assert (found.path, found.line) == (path, 2)
    assert what in found.what


@pytest.mark.parametrize("text", ['{"source": "a", "errors": []}\n', "A\tNon\n", "a\tb\n", "", "[]"])
def test_other_files_are_left_alone(text: str, tmp_path: Path) -> None:
    path = file_of(tmp_path, text, "a.rating")
    assert RatingsReader().claims(path, text.encode()) is None
