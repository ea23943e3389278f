"""Pearmut's logs and campaigns, read and written."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.core.annotation import Status
from app.core.errors import FormatError
from app.exchange.formats.translation.inclusive_ends import InclusiveRange, InclusiveRuler, has_breaks
from app.exchange.formats.translation.pearmut_reader import PearmutReader
from app.exchange.formats.translation.pearmut_writer import PearmutWriter
from app.exchange.registry import Registry
from app.exchange.report import Report
from app.exchange.segments import Range
from app.jobs.tasks.import_files import import_files
from app.session.session import Session
from tests.conftest import scheme_source
from tests.unit.exchange.formats_of_errors import file_of, meant, read, statuses, written

TEXTS = {
    "A": "Die 😀 Firma <i>meldet</i>\nRekord und Gewinne.",
    "B": "Firma meldet\nGewinn.",
}


def item(number: int = 0, **more: Any) -> dict[str, Any]:
    return {"item_id": f"en-de_#_d_#_{number}", "src": "The company\nreports profits.", "tgt": TEXTS, **more}


def span(start: Any, end: Any, severity: str | None = "minor", category: str | None = None) -> dict[str, Any]:
    return {"start_i": start, "end_i": end, "category": category, "severity": severity}


def said(score: Any, *spans: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"score": score, "error_spans": list(spans), "textfield": None, **more}


def answer(user: str, *annotation: Any, item_i: Any = 3, items: Any = None, **more: Any) -> dict[str, Any]:
    found = {"annotation": list(annotation), "actions": [{"time": 1.5, "action": "load"}], "user_id": user}
    return {**found, "item_i": item_i, "item": [item()] if items is None else items, **more}


def log(tmp_path: Path, *answers: dict[str, Any], name: str = "log.jsonl") -> Path:
    return file_of(tmp_path, "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in answers), name)


def lines(text: str) -> list[str]:
    return sorted(json.dumps(json.loads(line), sort_keys=True) for line in text.splitlines())


def marks(records: Any) -> list[tuple[str, str, str, str]]:
    return [
        (each.document.meta.get("system", ""), one.annotator, mark.label, mark.quote)
        for each in records
        for one in each.sets
        for mark in one.annotations
        if mark.layer == "error"
    ]


ANA = answer(
    "ana",
    {
        "B": said(90, span(0, 4), span(13, 19, "major", "Accuracy/Mistranslation")),
        "A": said(40.5, span(7, 11), span(27, 32, None, "Other/Other"), span(46, 46, "major")),
    },
    comment="Mixed.",
    time=100,
)
BEN = answer(
    "ben",
    {"A": said(None, textfield="Die Firma ...", sliders={"Fluency": 4, "Adequacy": None})},
    items=[item(tgt={"A": TEXTS["A"]})],
)


def test_each_translation_is_a_document_with_its_errors(tmp_path: Path) -> None:
    path = log(tmp_path, ANA, BEN)
    found = Registry().for_file(path)
    assert found is not None
    assert found.format.name == "pearmut"
    report = Report()
    source, b, a = read(PearmutReader(), path, report)
    assert [each.document.name for each in (source, b, a)] == ["en-de_#_d/source", "en-de_#_d/B", "en-de_#_d/A"]
    assert (a.document.text, a.references) == (TEXTS["A"], (source.document.uid,))
    assert marks([b, a]) == [
        ("B", "ana", "Error", "Firma"),
        ("B", "ana", "ACCURACY_MISTRANSLATION", "Gewinn."),
        ("A", "ana", "Error", "Firma"),
        ("A", "ana", "OTHER", "Rekord"),
        ("A", "ana", "ACCURACY_OMISSION", ""),
    ]
    scores = [m for one in a.sets for m in one.annotations if m.layer == "segment"]
    assert [m.attributes for m in scores] == [{"score": 40.5}, {"Fluency": 4}]
    assert [m.quote == a.document.text for m in scores] == [True, True]
    ana, ben = a.sets
    assert (ana.seconds, ana.remark.note, scores[1].comment) == (50.0, "Mixed.", "Die Firma ...")
    assert (ana.status, ben.status) == (Status.DONE, Status.DONE)
    text, losses = written(PearmutWriter(), [source, b, a])
    assert lines(text) == lines(path.read_text("utf-8"))
    assert list(losses) == []


def test_line_breaks_count_if_more_words_fit_so(tmp_path: Path) -> None:
    text = "Die Firma\nmeldet\nGewinne."
    for is_counted in (True, False):
        ruler = InclusiveRuler(text, has_breaks=is_counted)
        at = text.index("Gewinne")
        start, end = at - (0 if is_counted else 2), at + 6 - (0 if is_counted else 2)
        assert ruler.range(start, end) == Range(at, at + 7)
        assert ruler.given(Range(at, at + 7)) == (start, end)
        assert has_breaks([InclusiveRange(text, start, end)]) is is_counted
        items = [item(tgt={"A": text})]
        path = log(tmp_path, answer("ana", {"A": said(1, span(start, end))}, items=items))
        records = read(PearmutReader(), path)
        assert marks(records) == [("A", "ana", "Error", "Gewinne")]
        assert lines(written(PearmutWriter(), records)[0]) == lines(path.read_text("utf-8"))
    assert InclusiveRuler(text, has_breaks=False).given(Range(9, 10)) is None


def test_half_a_character_is_taken_whole() -> None:
    assert InclusiveRuler("a😀b").widened(2, 2) == InclusiveRuler("a😀b").widened(1, 1) == Range(1, 2)


def test_segments_of_a_document_are_joined(tmp_path: Path) -> None:
    items = [item(number, tgt={"A": f"Satz {number}."}, src=f"S{number}") for number in range(3)]
    given = [{"A": said(number, span(0, 3))} for number in range(3)]
    path = log(
        tmp_path, answer("ana", *given, items=items), answer("ben", given[0], None, {"A": said(None)}, items=items)
    )
    report = Report()
    source, a = read(PearmutReader(), path, report)
    assert (source.document.text, a.document.text) == ("S0\nS1\nS2", "Satz 0.\nSatz 1.\nSatz 2.")
    assert [(one.annotator, one.status) for one in a.sets] == [("ana", Status.DONE), ("ben", Status.OPEN)]
    assert report.count("partial") == 1
    alone = read(PearmutReader(), path, own={"segments": True})
    assert statuses(alone) == {Status.DONE: 4, Status.SKIPPED: 1}
    layers = {m.layer for each in alone for one in each.sets for m in one.annotations}
    assert layers == {"error", "score"}


def test_the_last_answer_counts_and_none_before_a_reset(tmp_path: Path) -> None:
    path = log(
        tmp_path,
        answer("ana", {"B": said(1)}),
        answer("ben", {"B": said(2)}),
        {"user_id": "ana", "item_i": None, "annotation": "__RESET__"},
        answer("ana", {"B": said(3)}),
        answer("ben", {"B": said(4)}),
        answer("cleo", {"B": said(5)}, item_i="welcome_0"),
        answer("cleo", "native", items=[{"text": "Your language?", "form": "string"}]),
    )
    report = Report()
    _, b = read(PearmutReader(), path, report)
    assert {one.annotator: one.annotations[0].attributes["score"] for one in b.sets} == {"ana": 3, "ben": 4}
    assert [report.count(kind) for kind in ("reset", "again", "check")] == [1, 1, 2]


@pytest.mark.needs_shared
def test_a_log_without_texts_gets_them_from_its_campaign(shared: Path, tmp_path: Path) -> None:
    theirs = (shared / "data" / "pearmut" / "annotation_demo_mqm.jsonl").read_text("utf-8")
    path = file_of(tmp_path, theirs, "annotation_demo_mqm.jsonl")
    found = Registry().for_file(path)
    assert found is not None
    assert found.format.name == "pearmut"
    with pytest.raises(FormatError, match="no campaign of the same name"):
        read(PearmutReader(), path)
    documents = {
        "u1": [[{"src": "s", "tgt": {"DeepL": "L'entreprise a annoncé.", "Reverso": "La compagnie a annoncé."}}]],
        "u2": [[{"src": "t", "tgt": {"DeepL": f"{'x' * 51} de la part des critiques.", "Reverso": "Le film."}}]],
    }
    campaign = {"info": {"protocol": "MQM"}, "campaign_id": "annotation_demo_mqm", "data": documents}
    file_of(tmp_path, json.dumps(campaign, indent=1), "annotation_demo_mqm.json")
    records = read(PearmutReader(), path)
    assert sorted(marks(records)) == [
        ("DeepL", "u2", "Fluency", "de la part des critiques"),
        ("Reverso", "u1", "Terminology", "compagnie "),
    ]
    ours = [json.loads(line) for line in written(PearmutWriter(), records)[0].splitlines()]
    for line in ours:
        (line["annotation"],) = line["annotation"]
    assert lines("\n".join(map(json.dumps, ours))) == lines(theirs)


def test_a_campaign_is_read_as_texts_and_suggestions(tmp_path: Path) -> None:
    tasks = [[[item(error_spans={"A": [span(7, 11, "major")]})]], [[item(1)]]]
    value = {"info": {}, "campaign_id": "c", "data": tasks}
    path = file_of(tmp_path, json.dumps(value, indent=2), "c.json")
    records = read(PearmutReader(), path)
    assert [each.document.name for each in records] == ["en-de_#_d/source", "en-de_#_d/A", "en-de_#_d/B"]
    assert [one.suggestion.quote for one in records[1].suggestions] == ["Firma"]
    assert [each.sets for each in records] == [(), (), ()]


def test_work_without_what_was_kept_is_written_too(tmp_path: Path) -> None:
    one_line = {model: text.replace("\n", " ") for model, text in TEXTS.items()}
    answers = [
        {**each, "item": [item(src="The company.", tgt={model: one_line[model] for model in each["item"][0]["tgt"]})]}
        for each in (ANA, BEN)
    ]
    records = read(PearmutReader(), log(tmp_path, *answers))
    fresh = [
        each._replace(
            extra={},
            sets=tuple(
                one._replace(annotations=tuple(msgspec.structs.replace(m, extra={}) for m in one.annotations))
                for one in each.sets
            ),
        )
        for each in records
    ]
    text, losses = written(PearmutWriter(), fresh)
    found = json.loads(text.splitlines()[0])["annotation"][0]["B"]["error_spans"]
    assert found == [span(0, 4), span(13, 19, "major", "Accuracy/Mistranslation")]
    assert {each.kind for each in losses} == {"seconds", "source-name"}  # times are those of a file's own answers
    again = read(PearmutReader(), file_of(tmp_path, text, "log.jsonl"))
    assert meant(again) == meant(records)


def test_importing_again_adds_nothing(tmp_path: Path) -> None:
    path = log(tmp_path, ANA, BEN)
    session = Session.create(tmp_path / "a.stet", scheme=scheme_source("mt-errors"), annotator="ana")
    first, again = import_files(session, [path]), import_files(session, [path])
    session.close()
    assert (first.brought.documents, again.brought.documents, again.brought.added) == (3, 0, 0)


@pytest.mark.parametrize(
    ("record", "what"),
    [
        (answer("ana", {"A": said(1, span(0, 99))}), "outside the text"),
        (answer("ana", {"A": said(1, span(True, 3))}), "isn't a whole number"),
        (answer("ana", {"A": said(1, span(5, 3))}), "ends before"),
        (answer("ana", {"A": {"error_spans": ["x"]}}), "isn't an object"),
        (answer("ana", {"C": said(1)}), "no text of “C”"),
        (answer("ana", {"A": 5}), "isn't an object"),
        (answer("ana", {"A": said(1)}, {"A": said(1)}), "2 annotations of 1 segments"),
        (answer("ana", {"A": said(1)}, items=[{"src": "x"}]), "no texts by model"),
        (answer("", {"A": said(1)}), "no name under"),
        (answer("ana", {"A": said(1)}, item_i=None), "no number under"),
    ],
)
def test_a_bad_answer_is_named_and_the_rest_is_read(record: dict[str, Any], what: str, tmp_path: Path) -> None:
    refused: list[FormatError] = []
    path = log(tmp_path, BEN, record)
    records = read(PearmutReader(), path, refuse=refused.append)
    assert [one.annotator for one in records[1].sets][:1] == ["ben"]
    (error,) = refused
    assert (error.path, error.line) == (path, 2)
    assert what in error.what


@pytest.mark.parametrize("text", ['{"text": "a", "annotation": []}\n', '{"data": [], "info": {}}\n', "[]", "", "x\n"])
def test_other_files_are_left_alone(text: str, tmp_path: Path) -> None:
    path = file_of(tmp_path, text, "a.jsonl")
    assert PearmutReader().claims(path, text.encode()) is None
