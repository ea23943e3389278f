"""Prodigy's JSONL, read and written."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.core.annotation import Status
from app.core.errors import FormatError
from app.core.scheme_file import parse_scheme
from app.core.suggestion import SuggestionOutcome
from app.exchange.format import ReadOptions, WriteOptions
from app.exchange.formats.prodigy.reader import ProdigyReader
from app.exchange.formats.prodigy.tokens import packed, ranges_of, unpacked
from app.exchange.formats.prodigy.writer import ProdigyWriter
from app.exchange.output import StreamOutput
from app.exchange.registry import Registry
from app.exchange.report import Report
from app.exchange.source import Source
from app.jobs.tasks.export_file import export_project
from app.jobs.tasks.import_files import import_files
from app.session.session import Session
from tests.conftest import scheme_source
from tests.unit.exchange.test_doccano import TOPIC

TEXT = "Ana met Ben in Paris 😀 and Rome."
HASHES = {"_input_hash": -7, "_task_hash": 8}
ACCEPTED = {**HASHES, "answer": "accept"}


TO_ITSELF = {"head": 0, "child": 0, "label": "x"} | dict.fromkeys(
    ("head_span", "child_span"), {"start": 0, "end": 1, "label": "PERSON"}
)


def span(start: int, end: int, label: str = "PERSON", **more: Any) -> dict[str, Any]:
    return {"start": start, "end": end, "label": label, **more}


def task(*spans: dict[str, Any], text: str = TEXT, **more: Any) -> dict[str, Any]:
    return {"text": text, "spans": list(spans), **ACCEPTED, **more}


def file_of(tmp_path: Path, *objects: Any, name: str = "a.jsonl", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    lines = [each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in objects]
    path.write_text("\n".join(lines) + "\n", encoding)
    return path


def records(path: Path, report: Report | None = None, **options: Any):
    made = ReadOptions(annotator="ana", report=report or Report(), **options)
    return list(ProdigyReader().read(Source(path), made))


def quotes(record: Any) -> dict[str, list[str]]:
    return {item.annotator: [mark.quote for mark in item.annotations] for item in record.sets}


def lines(path: Path) -> list[str]:
    """Return the records of a file, whatever the order of keys, spans and relations."""
    return sorted(
        json.dumps(_sorted(json.loads(line)), sort_keys=True) for line in path.read_bytes().split(b"\n") if line
    )


def _sorted(value: Any) -> Any:
    for key in ("spans", "relations"):
        if key in value:
            value[key].sort(key=lambda each: json.dumps(each, sort_keys=True))
    for each in value.get("versions", ()):
        _sorted(each)
    return value


def there_and_back(path: Path, tmp_path: Path, *, scheme: str = "", **options: Any) -> Path:
    session = Session.create(tmp_path / "a.stet", scheme=scheme_source("ner") + scheme, annotator="ana")
    import_files(session, [path], annotator="ana")
    again = import_files(session, [path], annotator="ana")
    assert again.brought.documents == again.brought.added == 0
    export_project(session, tmp_path / "out.jsonl", format="prodigy", options=options)
    session.close()
    return tmp_path / "out.jsonl"


@pytest.mark.parametrize(
    ("name", "documents", "marks", "statuses"),
    [
        ("news_headlines_ner", 373, 303, {"done": 221, "done_empty": 151, "skipped": 1}),
        ("relations", 149, 466, {"done": 149}),
        ("reddit_product_binary", 1766, 435, {"open": 1683, "skipped": 83}),
        ("drugs_eval", 500, 362, {"done": 143, "done_empty": 357}),
    ],
)
def test_real_files_are_written_as_they_were(name, documents, marks, statuses, shared, tmp_path):
    theirs = shared / "data" / "prodigy" / f"{name}.jsonl"
    found = Registry().for_file(theirs)
    assert found is not None
    assert found.format.name == "prodigy"
    assert lines(there_and_back(theirs, tmp_path)) == lines(theirs)
    session = Session.open(tmp_path / "a.stet")
    sets = [item for record in session.reader.records() for item in record.sets]
    assert session.reader.documents.count() == documents
    session.close()
    assert sum(len(item.annotations) for item in sets) == marks
    assert {status: sum(item.status == status for item in sets) for status in statuses} == statuses


def test_what_is_rejected_is_neither_marked_nor_finished(tmp_path):
    given = [
        task(span(0, 3, answer="accept", source="model", score=0.5), _is_binary=True),
        task(span(8, 11, answer="reject", source="model"), _is_binary=True, answer="reject"),
        task(span(15, 20, answer="ignore", source="model"), _is_binary=True, answer="ignore"),
        task(span(0, 3), text="Ana left.", answer="reject"),
        task(span(0, 3), text="Eve left.", answer="ignore"),
        {"text": "Nobody did.", **ACCEPTED},
    ]
    one, two, three, four = records(file_of(tmp_path, *given), finished=True)
    assert (quotes(one), one.sets[0].status) == ({"ana": ["Ana"]}, Status.OPEN)
    answers = {each.suggestion.quote: [j.outcome for j in each.judgements] for each in one.suggestions}
    assert answers == {"Ana": [SuggestionOutcome.ACCEPTED], "Ben": [SuggestionOutcome.REJECTED], "Paris": []}
    assert [(each.suggestion.maker, each.suggestion.score) for each in one.suggestions][0] == ("model", 0.5)
    assert (two.sets[0].status, three.sets[0].status) == (Status.SKIPPED, Status.SKIPPED)
    assert (quotes(four), four.sets[0].status) == ({"ana": []}, Status.DONE_EMPTY)
    assert lines(there_and_back(file_of(tmp_path, *given), tmp_path)) == lines(file_of(tmp_path, *given))


def test_the_last_of_contradicting_answers_counts(tmp_path):
    given = [
        task(span(0, 3, answer=answer, rank=number), _is_binary=True, answer=answer, _task_hash=number)
        for number, answer in enumerate(["accept", "reject"])
    ]
    report = Report()
    (record,) = records(file_of(tmp_path, *given), report)
    assert quotes(record) == {"ana": []}
    assert [j.outcome for each in record.suggestions for j in each.judgements] == [SuggestionOutcome.REJECTED]
    assert report.count("contradiction") == 1
    assert lines(there_and_back(file_of(tmp_path, *given), tmp_path)) == lines(file_of(tmp_path, *given))


def test_annotators_of_one_text_meet_in_one_document(tmp_path):
    given = [
        task(span(0, 3), _annotator_id="set-ana", _session_id="set-ana", _timestamp=1700000000),
        {"text": "Other.", **ACCEPTED, "_session_id": "set-ben"},
        task(span(8, 11), span(0, 3), _annotator_id="jean-luc", _session_id="set-jean-luc", extra_key={"a": [1]}),
        task(_annotator_id="2023-05-03_13-11-05", _session_id="2023-05-03_13-11-05"),
    ]
    path = file_of(tmp_path, *given)
    first, second = records(path)
    assert quotes(first) == {"ana": ["Ana"], "jean-luc": ["Ana", "Ben"]}
    assert first.sets[0].annotations[0].created == "2023-11-14T22:13:20Z"
    assert quotes(second) == {"ben": []}
    assert lines(there_and_back(path, tmp_path)) == lines(path)
    for encoding in ("utf-16", "utf-8-sig"):
        wide = file_of(tmp_path, *given, name="wide.jsonl", encoding=encoding)
        assert [quotes(each) for each in records(wide)] == [quotes(first), quotes(second)]
    array = file_of(tmp_path, json.dumps(given, indent=1), name="array.json")
    assert [quotes(each) for each in records(array)] == [quotes(first), quotes(second)]


def test_reviews_keep_every_version_and_the_decision(tmp_path):
    versions = [
        {"text": TEXT, **ACCEPTED, "spans": [span(0, 3)], "sessions": ["set-ana", "set-ben"], "default": True},
        {
            "text": TEXT,
            **ACCEPTED,
            "spans": [span(0, 3), span(8, 11, "ORG")],
            "sessions": ["set-cleo"],
            "default": False,
        },
    ]
    sessions = ["set-ana", "set-ben", "set-cleo"]
    review = task(
        span(0, 3), span(8, 11), versions=versions, sessions=sessions, view_id="ner_manual", _view_id="review"
    )
    open_one = {
        **review,
        "text": "Ana.",
        "spans": [],
        "answer": "ignore",
        "versions": [{**versions[0], "text": "Ana."}],
    }
    path = file_of(tmp_path, review, open_one)
    first, second = records(path)
    assert quotes(first) == {"ana": ["Ana"], "ben": ["Ana"], "cleo": ["Ana", "Ben"], "gold": ["Ana", "Ben"]}
    assert {item.annotator: item.kind for item in first.sets}["gold"] == "gold"
    assert all(item.status is Status.DONE for item in first.sets)
    assert first.gold is not None
    assert [mark.label for mark in first.gold.annotations] == ["PERSON", "PERSON"]
    assert second.gold is None
    assert lines(there_and_back(path, tmp_path)) == lines(path)


def test_choices_label_the_text(tmp_path):
    options = [{"id": "sport", "text": "Sport"}, {"id": 2, "text": "news"}]
    given = [
        {"text": "Goal!", "options": options, "accept": ["sport"], **ACCEPTED, "_view_id": "choice"},
        {"text": "Vote.", "options": options, "accept": [2], **ACCEPTED, "_view_id": "choice"},
        {"text": "Hm.", "options": options, "accept": [], **ACCEPTED, "_view_id": "choice"},
        {"text": "Both.", "options": options, "accept": ["sport", 2], **ACCEPTED, "_view_id": "choice"},
        {"text": "Try!", "label": "sport", **ACCEPTED, "_view_id": "classification"},
        {"text": "No.", "label": "sport", **HASHES, "answer": "reject", "_view_id": "classification"},
    ]
    path = file_of(tmp_path, *given)
    report = Report()
    labels = [[mark.label for item in each.sets for mark in item.annotations] for each in records(path, report)]
    assert labels == [["sport"], ["news"], [], ["sport"], ["sport"], []]
    assert report.count("document-label") == 1
    assert [each.sets[0].status for each in records(path)] == [
        Status.DONE,
        Status.DONE,
        Status.DONE_EMPTY,
        Status.DONE,
        Status.OPEN,
        Status.OPEN,
    ]
    assert lines(there_and_back(path, tmp_path, scheme=TOPIC)) == lines(path)


def test_ends_of_relations_need_not_be_spans(tmp_path):
    tokens = [{"text": TEXT[s:e], "start": s, "end": e, "id": n} for n, (s, e) in enumerate([(0, 3), (4, 7), (8, 11)])]
    given = task(span(0, 3, token_start=0, token_end=0), tokens=tokens, _view_id="relations")
    given["relations"] = [{"head": 0, "child": 1, "label": "DID", "color": "#ffffff"}]
    for key, end in (("head_span", span(0, 3, token_start=0, token_end=0)), ("child_span", span(4, 7, None))):  # type: ignore[arg-type]
        given["relations"][0][key] = end
    path = file_of(tmp_path, given)
    (record,) = records(path)
    (work,) = record.sets
    assert [(mark.label, mark.quote) for mark in work.annotations] == [("PERSON", "Ana"), ("TOKEN", "met")]
    assert [(tie.label, tie.ends) for tie in work.relations] == [("DID", tuple(mark.uid for mark in work.annotations))]
    assert lines(there_and_back(path, tmp_path)) == lines(path)
    del given["relations"][0]["head_span"], given["relations"][0]["child_span"]
    (record,) = records(file_of(tmp_path, given))
    assert len(record.sets[0].relations) == 1


def test_unanswered_spans_of_a_program_are_suggestions(tmp_path):
    path = file_of(tmp_path, {"text": TEXT, "spans": [span(0, 3, source="model", score=0.25)], "meta": {"x": 1}})
    (record,) = records(path)
    assert record.sets == ()
    assert [(each.suggestion.maker, each.suggestion.score) for each in record.suggestions] == [("model", 0.25)]
    assert lines(there_and_back(path, tmp_path)) == lines(path)
    (record,) = records(file_of(tmp_path, {"text": TEXT, "spans": [span(0, 3)]}))
    assert (quotes(record), record.sets[0].status) == ({"ana": ["Ana"]}, Status.OPEN)
    (record,) = records(file_of(tmp_path, {"text": TEXT, "spans": [span(0, 3)]}), finished=True)
    assert record.sets[0].status is Status.DONE


def test_offsets_are_code_points_unless_words_prove_another(tmp_path):
    at = TEXT.index("Rome")
    (record,) = records(file_of(tmp_path, task(span(at, at + 4))))
    assert quotes(record) == {"ana": ["Rome"]}
    (record,) = records(file_of(tmp_path, task(span(at + 1, at + 5, text="Rome"))))
    assert quotes(record) == {"ana": ["Rome"]}
    (record,) = records(file_of(tmp_path, task(span(at + 1, at + 5))), offsets="utf16")
    assert quotes(record) == {"ana": ["Rome"]}


def test_new_work_is_written_as_db_in_takes_it(tmp_path):
    session = Session.create(tmp_path / "a.stet", scheme=scheme_source("ner") + TOPIC, annotator="ana")
    fields = {"attributes": {"sure": "no"}, "correction": "Anna", "comment": "sic"}
    for name, spans in (("ana", [span(0, 3, **fields)]), ("ben", [span(0, 3), span(8, 11)])):
        import_files(session, [file_of(tmp_path, {"text": TEXT, "spans": spans, "answer": "accept"})], annotator=name)
    export_project(session, tmp_path / "out.jsonl", format="prodigy", annotators=["ben"])
    (line,) = (tmp_path / "out.jsonl").read_bytes().splitlines()
    written = json.loads(line)
    session.close()
    assert written["_annotator_id"] == "ben"
    assert written["answer"] == "accept"
    assert not set(written) & {"_input_hash", "_task_hash"}


def test_tokens_are_added_where_they_are_wanted(tmp_path):
    cut = {"en": lambda text: [(0, 3), (4, 7), (8, 11)]}
    scheme = parse_scheme(scheme_source("ner"))
    options = WriteOptions(scheme=scheme, document=lambda uid: None, own={"tokens": True}, cutters=cut)
    stream = BytesIO()
    given = file_of(tmp_path, task(span(0, 3), span(9, 11)))
    losses = ProdigyWriter().write(records(given), StreamOutput(stream), options)
    written = json.loads(stream.getvalue())
    assert [(each.get("token_start"), each.get("token_end")) for each in written["spans"]] == [(0, 0), (None, None)]
    assert written["tokens"][2] == {"text": "Ben", "start": 8, "end": 11, "id": 2, "ws": True}
    assert losses.count("token") == 1


def test_tokens_are_kept_as_they_are(tmp_path):
    tokens: list[dict[str, Any]] = [{"text": "Ana", "start": 0, "end": 3, "id": 0, "ws": True, "disabled": False}]
    ranges = ranges_of(tokens, TEXT)
    assert ranges is not None
    small = packed(tokens, ranges, TEXT)
    assert isinstance(small, dict)
    assert unpacked(small, TEXT) == tokens
    odd = [{**tokens[0], "vector": 1}]
    assert packed(odd, ranges, TEXT) == odd
    assert ranges_of([{"start": 0, "end": 99}], TEXT) is None


def test_hashes_and_tokens_are_of_the_very_text(tmp_path):
    tokens = [{"text": "Ana", "start": 0, "end": 3, "id": 0}]
    (record,) = records(file_of(tmp_path, task(span(0, 3), tokens=tokens, _view_id="ner_manual")))
    options = WriteOptions(scheme=parse_scheme(scheme_source("ner")), document=lambda uid: None)
    for sha, keys in ((record.document.sha256, {"tokens", *HASHES}), ("0" * 64, set[str]())):
        stream = BytesIO()
        edited = record._replace(document=msgspec.structs.replace(record.document, sha256=sha))
        ProdigyWriter().write([edited], StreamOutput(stream), options)
        written = json.loads(stream.getvalue())
        assert set(written) - {"text", "spans", "answer", "_view_id"} == keys
        assert written["answer"] == "accept"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"html": "<b>x</b>", "_task_hash": 1, "answer": "accept"}', "there is no “text”; the keys are: “html”"),
        (task(span(0, 99), text="abc"), "outside the text"),
        (task(span(2, 1), text="abc"), "ends before it starts"),
        (task({"start": 0, "label": "A"}, text="abc"), "isn't a whole number"),
        (task({"start": 0, "end": 1}, text="abc"), "has no label"),
        (task(text="abc", relations=[{"head": 7, "child": 0, "label": "x"}]), "its head isn't a token"),
        (task(text="abc", relations={"a": 1}), "must be a list"),
        (task(span(0, 1), text="abc", relations=[TO_ITSELF]), "to itself"),
        (task(text="abc", versions=[1]), "must be an object"),
        (task(span(0, 1, text=1), text="abc"), "isn't text"),
        ('{"text": "abc", "spans": NaN}', "NaN"),
        ('{"text": "abc", "n": 99999999999999999999999}', "too large"),
        ('{"text": "abc", "text": "abd"}', "appears twice"),
        ('{"text": "abc", "spans": [', "truncated|not JSON"),
    ],
)
def test_a_bad_record_is_named(line, says, tmp_path):
    path = file_of(tmp_path, task(span(0, 3)), line, task(span(8, 11), answer="accept"))
    with pytest.raises(FormatError, match=says) as caught:
        records(path)
    assert (caught.value.path, caught.value.line) == (path, 2)
    errors: list[Exception] = []
    (record,) = records(path, refuse=errors.append)
    assert quotes(record) == {"ana": ["Ana", "Ben"]}
    assert len(errors) == 1


def test_a_bad_record_leaves_the_others_of_its_text(tmp_path):
    path = file_of(tmp_path, task(span(0, 3)), task(span(0, 99)), task(span(8, 11)))
    errors: list[FormatError] = []
    (record,) = records(path, refuse=errors.append)
    assert quotes(record) == {"ana": ["Ana", "Ben"]}
    assert [error.line for error in errors] == [2]
