"""JSON of texts whose keys are anybody's."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import BadChoice, FormatError
from app.exchange.columns import parsed_columns
from app.exchange.format import ReadOptions
from app.exchange.formats.json_texts.reader import JsonReader
from app.exchange.registry import Registry
from app.exchange.report import Report
from app.exchange.source import Source
from app.jobs.tasks.export_file import export_project
from app.jobs.tasks.import_files import import_files
from app.session.session import Session
from tests.conftest import scheme_source
from tests.unit.exchange.test_doccano import TOPIC, file_of

BODY = "A body that is longer than any other string of the object."
PLAIN = [
    {"id": 7, "headline": "One", "body": BODY, "tags": ["a", "b"], "more": {"deep": [1, {"x": None}]}, "lang": "de"},
    {"id": 8, "headline": "Two\x85\u2028three", "body": "Other body.", "url": "https://example.org/" + "a" * 200},
]


def records(path: Path, report: Report | None = None, **options: Any):
    made = ReadOptions(annotator="ana", report=report or Report(), **options)
    return list(JsonReader().read(Source(path), made))


def there_and_back(path: Path, tmp_path: Path, *, columns: dict[str, str] | None = None, **options: Any) -> list[Any]:
    session = Session.create(tmp_path / "a.stet", scheme=scheme_source("ner") + TOPIC, annotator="ana")
    import_files(session, [path], annotator="ana", format="json", columns=columns)
    again = import_files(session, [path], annotator="ana", format="json", columns=columns)
    assert again.brought.documents == again.brought.added == 0
    losses = export_project(session, tmp_path / "out.jsonl", format="json", options=options).losses
    session.close()
    assert not [str(each) for each in losses]
    text = (tmp_path / "out.jsonl").read_text("utf-8")
    return json.loads(text) if options else [json.loads(line) for line in text.split("\n") if line]


@pytest.mark.parametrize("layout", ["lines", "array", "printed", "bom"])
def test_the_text_is_found_and_all_else_is_metadata(layout, tmp_path):
    path = file_of(tmp_path, *PLAIN)
    if layout in ("array", "printed"):
        path = file_of(tmp_path, json.dumps(PLAIN, indent=2 if layout == "printed" else None), name="a.json")
    if layout == "bom":
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    found = Registry().for_file(path)
    assert found is not None
    assert (found.format.name, found.why) == ("json", "its objects have “body”")
    one, two = records(path)
    assert (one.document.text, two.document.text) == (BODY, "Other body.")
    assert one.document.meta == {key: value for key, value in PLAIN[0].items() if key != "body"}
    assert one.document.name.startswith("7: A body that")
    assert there_and_back(path, tmp_path) == PLAIN


def test_an_array_is_written_if_asked_for(tmp_path):
    assert there_and_back(file_of(tmp_path, *PLAIN), tmp_path, layout="array") == PLAIN


def test_columns_are_what_a_person_says(tmp_path):
    given = [
        {"Titel": "Eins", "t": "Ein Text.", "l": "de", "src": BODY, "who": "ben", "kind": "news", "key": "k1"},
        {"Titel": "Zwei", "t": "Noch ein Text.", "l": "de", "src": BODY, "who": "cleo", "kind": ["sport"], "key": "k2"},
    ]
    said = ["text=t", "title=Titel", "language=l", "reference=src", "annotator=who", "label=kind", "name=key"]
    columns = parsed_columns(said)
    reference, one, two = records(file_of(tmp_path, *given), columns=columns)
    assert (reference.document.text, one.document.text, two.document.name) == (BODY, "Ein Text.", "k2")
    assert one.references == two.references == (reference.document.uid,)
    assert one.document.meta == {"title": "Eins", "language": "de", "key": "k1"}
    assert [(item.annotator, [a.label for a in item.annotations]) for item in two.sets] == [("cleo", ["sport"])]
    session = Session.create(tmp_path / "a.stet", scheme=scheme_source("ner") + TOPIC, annotator="ana")
    report = import_files(session, [file_of(tmp_path, *given)], annotator="ana", format="json", columns=columns)
    assert (report.brought.documents, report.brought.annotations) == (3, 2)
    export_project(session, tmp_path / "out.jsonl", format="json")
    session.close()
    written = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").split("\n") if line]
    assert [each for each in written if "who" in each] == given


@pytest.mark.parametrize("said", ["body", "text=", "shape=round", "=x"])
def test_a_column_must_be_one_there_is(said):
    with pytest.raises(BadChoice, match="doesn't map a column|isn't what a column can be"):
        parsed_columns([said])
    with pytest.raises(BadChoice, match="mapped twice"):
        parsed_columns(["text=a", "text=b"])


def test_the_longest_strings_are_the_text_and_it_is_said(tmp_path):
    report = Report()
    path = file_of(tmp_path, {"a": "short words here", "b": BODY}, {"a": "x y z", "b": "y"})
    assert [each.document.text for each in records(path, report)] == [BODY, "y"]
    assert "“b”" in str(next(iter(report)))


def test_strings_and_lists_of_strings_are_texts(tmp_path):
    array = file_of(tmp_path, json.dumps(["One text.", "Two texts."]), name="a.json")
    bare = file_of(tmp_path, '"One text."', '"Two texts."')
    for path in (array, bare):
        found = Registry().for_file(path)
        assert found is not None
        assert found.format.name == "json"
        assert [each.document.text for each in records(path)] == ["One text.", "Two texts."]
    assert there_and_back(bare, tmp_path) == ["One text.", "Two texts."]
    report = Report()
    (record,) = records(file_of(tmp_path, {"text": ["One.", "Two."]}), report, columns={"text": "text"})
    assert (record.document.text, report.count("joined")) == ("One.\nTwo.", 1)


def test_equal_texts_are_documents_of_their_own(tmp_path):
    names = [each.document.name for each in records(file_of(tmp_path, *[{"text": "Same."}] * 3))]
    assert names == ["Same.", "Same. (2)", "Same. (3)"]


@pytest.mark.parametrize(
    "content",
    ['{"name": "a program", "version": "1.0", "description": "It does many things well."}', '{"n": 1}', "[1, 2]", "[]"]
    + ['{"training": 1, "text": "a b c", "spans": [{"start": 0, "end": 1, "label": "X"}]}'],
)
def test_settings_of_programs_are_no_texts(content, tmp_path):
    assert Registry().for_file(file_of(tmp_path, content, name="package.json")) is None


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"body": "x", "n": 1}', "there is no text under “text”; the keys are: “body”, “n”"),
        ('{"text": 5}', "no text under “text”"),
        ('{"text": null}', "no text under “text”"),
        ('{"text": [1]}', "no text under “text”"),
        ("{}", "the keys are: none"),
        ('{"text": "a\\u0000"}', "NUL"),
        ('{"text": "a", "n": NaN}', "NaN"),
        ('{"text": "a", "n": 1e999}', "out of range|not JSON|Number|number"),
        ('{"text": "a", "x": ' + "[" * 70 + "]" * 70 + "}", "nested too deeply"),
        ('"cut', "not a string"),
        ("17", "must be an object"),
    ],
)
def test_a_bad_record_is_named(line, says, tmp_path):
    path = file_of(tmp_path, {"text": "ok"}, line, {"text": "fine"})
    with pytest.raises(FormatError, match=says) as caught:
        records(path)
    assert (caught.value.path, caught.value.line) == (path, 2)
    errors: list[Exception] = []
    assert [each.document.text for each in records(path, refuse=errors.append)] == ["ok", "fine"]
    assert len(errors) == 1


def test_a_file_without_a_text_names_its_keys(tmp_path):
    path = file_of(tmp_path, {"a": 1, "b": "x"}, {"c": []})
    with pytest.raises(FormatError, match="no key looks like that of a text; the keys are: “a”, “b”, “c”"):
        records(path)
