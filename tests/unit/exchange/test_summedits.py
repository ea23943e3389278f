"""SummEdits: what was edited in a summary is suggested as an error."""

from pathlib import Path
from typing import Any

import pytest

from app.core.annotation import Annotation
from app.core.boundaries import is_word
from app.core.correction import corrected
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.formats.summedits.reader import SummEditsReader
from app.exchange.formats.summedits.word_edits import WordEdit, label_for, word_edits
from app.exchange.registry import Registry
from app.exchange.report import Report
from tests.unit.exchange.claim_files import Journey, lines_of, read_with

DOC = "Ann: Buy some butter. Mike: Ok. 😀"
ROW = {
    "id": "samsum_1_2",
    "doc": DOC,
    "summary": "Ann asks Mike to buy ghee, and Mike declines.",
    "label": 0,
    "original_summary": "Ann asks Mike to buy butter and Mike agrees.",
    "edit_types": ["entity_modification"],
    "split": "test",
}
CONSISTENT = {**ROW, "id": "samsum_1_og", "summary": "Ann wants Mike to buy butter.", "label": 1, "edit_types": []}


def edits(record: DocumentRecord) -> list[tuple[str, str, str | None]]:
    return [(each.suggestion.label, each.suggestion.quote, each.suggestion.correction) for each in record.suggestions]


def test_edited_words_are_suggested_with_the_original_ones(tmp_path):
    doc, one, two = read_with(SummEditsReader(), lines_of(tmp_path / "a.jsonl", ROW, CONSISTENT), annotator=None)
    assert (doc.document.text, one.references) == (DOC, (doc.document.uid,))
    assert edits(one) == [("entity_modification", "ghee", "butter"), ("entity_modification", "declines", "agrees")]
    assert {(each.suggestion.maker, each.suggestion.layer) for each in one.suggestions} == {("summedits", "error")}
    assert one.suggestions[0].suggestion.reason == "edited; the file names: entity_modification"
    assert (edits(two), two.document.meta) == ([], {"label": 1, "edit_types": [], "split": "test"})
    assert (one.document.name, one.sets) == ("samsum_1_2", ())
    assert one.extra["summedits"]["original_summary"] == ROW["original_summary"]


@pytest.mark.parametrize(
    ("original", "text", "found"),
    [
        ("He walked home.", "He walks home.", [("walks", "walked")]),
        ("He agreed.", "He never agreed.", [("never", "")]),
        ("He never agreed.", "He agreed.", [("", "never")]),
        ("One two.", "One, two!", []),
        ("Same.", "Same.", []),
        ("😀 a b", "😀 c b", [("c", "a")]),
        ("in 1999 and 2000", "in 1998 and 2001", [("1998", "1999"), ("2001", "2000")]),
        ("", "New words", [("New words", "")]),
        ("Gone words", "", [("", "Gone words")]),
        ("x" * 30 + " a", "y" * 30 + " a", [("y" * 30, "x" * 30)]),
    ],
)
def test_edits_are_whole_words(original, text, found):
    assert [(text[edit.start : edit.end], edit.original) for edit in word_edits(original, text)] == found


@pytest.mark.parametrize(
    ("words", "original", "types", "label"),
    [
        ("out", "in", [], "inconsistency"),
        ("out", "in", ["antonym_swap"], "antonym_swap"),
        ("none", "some", ["antonym_swap", "negation_insertion_removal"], "negation_insertion_removal"),
        ("didn’t go", "went", ["antonym_swap", "negation_insertion_removal"], "negation_insertion_removal"),
        ("a bit", "", ["entity_modification", "hallucinated_fact_insertion"], "hallucinated_fact_insertion"),
        ("Greece", "Israel", ["antonym_swap", "entity_modification"], "entity_modification"),
        ("out", "in", ["antonym_swap", "entity_modification"], "antonym_swap"),
        ("out", "in", ["x", "y"], "x"),
    ],
)
def test_the_likeliest_type_is_chosen(words, original, types, label):
    assert label_for(WordEdit(0, len(words), original), words, types) == label


def test_importing_again_adds_nothing_and_labels_can_be_mapped(tmp_path):
    with Journey(tmp_path, "summedits") as journey:
        report = journey.bring(lines_of(tmp_path / "a.jsonl", ROW, CONSISTENT))
        assert (report.brought.documents, report.brought.suggestions) == (3, 2)


def test_an_inconsistent_original_is_noted(tmp_path):
    report = Report()
    row = {**ROW, "summary": ROW["original_summary"]}
    assert edits(read_with(SummEditsReader(), lines_of(tmp_path / "a.jsonl", row), report)[1]) == []
    assert report.count("no-edit") == 1


def without_signs(text: str) -> str:
    return "".join(char for char in text if is_word(char))


def test_real_summaries_become_the_originals_again(shared, tmp_path):
    path = shared / "data/summedits/samsum.json"
    found = Registry().for_file(path)
    assert found is not None
    assert found.format.name == "summedits"
    records = read_with(SummEditsReader(), path, annotator=None)
    summaries = [each for each in records if each.references]
    assert (len(records), len(summaries)) == (686, 664)
    suggested = [each for each in summaries if each.suggestions]
    assert len(suggested) == sum(each.document.meta["label"] == 0 for each in summaries) == 422
    for record in suggested:
        text = corrected(record.document.text, [as_mark(each.suggestion) for each in record.suggestions]).text
        assert without_signs(text) == without_signs(record.extra["summedits"]["original_summary"])


def as_mark(suggestion: Any) -> Annotation:
    return Annotation(
        uid=suggestion.uid,
        layer="error",
        label="x",
        fragments=suggestion.fragments,
        quote=suggestion.quote,
        correction=suggestion.correction,
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"doc": 5}, "no text under “doc” or “summary”"),
        ({"summary": None}, "no text under “doc” or “summary”"),
        ({"original_summary": 5}, "“original_summary” must be text"),
        ({"label": 2}, "“label” must be 0 or 1"),
        ({"label": "0"}, "“label” must be 0 or 1"),
        ({"label": 0.0}, "“label” must be 0 or 1"),
        ({"edit_types": "x"}, "must be a list of names"),
        ({"edit_types": [5]}, "must be a list of names"),
        ({"edit_types": ["\n\n"]}, "must be a list of names"),
        ({"edit_types": ["a\nb"]}, "not printable"),
        ({"summary": "a\0"}, "NUL"),
    ],
)
def test_a_bad_record_is_named_and_the_rest_is_read(change, says, tmp_path):
    path = lines_of(tmp_path / "a.jsonl", ROW, {**ROW, **change}, CONSISTENT)
    with pytest.raises(FormatError, match=says) as caught:
        read_with(SummEditsReader(), path)
    assert (caught.value.path, caught.value.line) == (path, 2)
    errors: list[Exception] = []
    assert len(read_with(SummEditsReader(), path, refuse=errors.append)) == 3


def test_long_texts_without_anything_in_common_take_no_time(tmp_path):
    row = {**ROW, "summary": " ".join(f"a{n}" for n in range(20_000)), "original_summary": "b " * 20_000}
    path: Path = lines_of(tmp_path / "a.jsonl", row)
    assert len(edits(read_with(SummEditsReader(), path)[1])) == 1
