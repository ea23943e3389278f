"""FRANK's files: errors by sentence, scores, texts."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.core.annotation import Status
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.formats.frank.reader import FrankReader
from app.exchange.formats.frank.sentence_places import places_of
from app.exchange.registry import Registry
from app.exchange.report import Report
from tests.unit.exchange.claim_files import Journey, lines_of, read_with

ARTICLE = "The mayor met Boris on Monday. It rained. 😀"
TEXTS = {
    "hash": "b71b7737",
    "model_name": "bart",
    "article": ARTICLE,
    "summary": "The mayor met  Boris. It was sunny, he said.",
    "reference": "A meeting in the rain.",
    "split": "valid",
}
SENTENCES = {
    **TEXTS,
    "summary_sentences": ["The mayor met Boris.", "It was sunny, he said."],
    "summary_sentences_annotations": [
        {"annotator_0": ["NoE"], "annotator_1": ["NoE"], "annotator_2": ["NoE"]},
        {"annotator_0": ["CircE", "OutE"], "annotator_1": ["NoE"], "annotator_2": ["GramE", "GramE"]},
    ],
}
SCORES = {
    "hash": "b71b7737",
    "model_name": "bart",
    "dataset": "cnndm",
    "Factuality": 0.5,
    "EntE": 1.0,
    "split": "valid",
}


def array(path: Path, *objects: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(objects, indent=4), "utf-8")
    return path


def marks(record: DocumentRecord) -> dict[str, list[tuple[str, str, str]]]:
    return {item.annotator: [(m.layer, m.label, m.quote) for m in item.annotations] for item in record.sets}


def test_errors_are_marks_on_sentences_by_annotator(tmp_path):
    other = {**SENTENCES, "model_name": "pgn"}
    article, one, two = read_with(FrankReader(), array(tmp_path / "a.json", SENTENCES, other), annotator=None)
    assert (article.document.text, article.document.name) == (ARTICLE, "b71b7737")
    sunny = "It was sunny, he said."
    found = marks(one)
    assert sorted(found.pop("annotator_0")) == [("error", "CircE", sunny), ("error", "OutE", sunny)]
    assert found == {"annotator_1": [], "annotator_2": [("error", "GramE", sunny)]}
    statuses = [item.status for item in one.sets]
    assert statuses == [Status.DONE, Status.DONE_EMPTY, Status.DONE]
    assert one.references == two.references == (article.document.uid,)
    assert (one.document.name, two.document.name) == ("b71b7737 bart", "b71b7737 pgn")
    assert one.document.meta == {"hash": "b71b7737", "model_name": "bart", "split": "valid"}
    assert one.extra["frank"]["reference"] == "A meeting in the rain."


def test_labels_find_those_of_the_scheme(tmp_path):
    with Journey(tmp_path, "frank") as journey:
        report = journey.bring(array(tmp_path / "a.json", SENTENCES))
        assert (report.brought.documents, report.brought.annotations) == (2, 3)
        found = {m.label for item in journey.records()[1].sets for m in item.annotations}
    assert found == {"PLACE_CIRCUMSTANCE", "UNSUPPORTED", "LANGUAGE"}


def test_an_annotator_who_left_a_sentence_out_isnt_done(tmp_path):
    given = [{"annotator_0": ["NoE"]}, {"annotator_0": []}]
    _, record = read_with(
        FrankReader(), array(tmp_path / "a.json", {**SENTENCES, "summary_sentences_annotations": given})
    )
    assert record.sets[0].status is Status.OPEN


@pytest.mark.parametrize(
    ("sentences", "text", "places"),
    [
        (["A b.", "A b."], "A b. A b.", [(0, 4), (5, 9)]),
        (["A  b .", "c"], " A b.\n\nc", [(1, 5), (7, 8)]),
        (["x", "b"], "a b", [None, (2, 3)]),
        (["", " "], "a", [None, None]),
    ],
)
def test_sentences_are_found_in_order(sentences, text, places):
    assert places_of(sentences, text) == places


def test_a_sentence_that_isnt_there_is_kept_beside(tmp_path):
    report = Report()
    given = {**SENTENCES, "summary_sentences": ["The mayor met Boris.", "Another one."]}
    _, record = read_with(FrankReader(), array(tmp_path / "a.json", given), report)
    assert all(not each for each in marks(record).values())
    assert record.extra["frank"]["unplaced"]["1"]["annotator_0"] == ["CircE", "OutE"]
    assert report.count("sentence") == 1


@pytest.mark.parametrize("name", ["benchmark_data.json", "human_annotations_sentence.json"])
def test_scores_are_metadata_of_the_summary(name, tmp_path):
    array(tmp_path / name, TEXTS)
    article, record = read_with(FrankReader(), array(tmp_path / "human_annotations.json", SCORES), annotator=None)
    assert (article.document.text, record.document.text) == (ARTICLE, TEXTS["summary"])
    assert record.document.meta == SCORES
    assert record.sets == ()


def test_scores_without_texts_say_what_they_need(tmp_path):
    path = array(tmp_path / "human_annotations.json", SCORES)
    with pytest.raises(FormatError, match="has no summary, and no file beside it") as caught:
        read_with(FrankReader(), path)
    assert "benchmark_data.json" in caught.value.hint
    array(tmp_path / "other/texts.json", TEXTS)
    assert len(read_with(FrankReader(), path, own={"texts": "other/texts.json"})) == 2
    with pytest.raises(FormatError, match="there are no texts here"):
        read_with(FrankReader(), path, own={"texts": "gone.json"})


@pytest.mark.parametrize("given", [SENTENCES, SCORES, TEXTS])
def test_files_are_told_by_their_records(given, tmp_path):
    found = Registry().for_file(array(tmp_path / "a.json", given))
    assert found is not None
    assert found.format.name == "frank"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"summary": 5}, "no text under “summary”"),
        ({"article": None}, "no text under “summary” or “article”"),
        ({"summary_sentences": ["a"]}, "there are 1 sentences, and annotations of 2"),
        ({"summary_sentences": [1, 2]}, "must be a list of texts"),
        ({"summary_sentences_annotations": {}}, "must be a list"),
        ({"summary_sentences_annotations": [1, 2]}, "must be a list of objects"),
        ({"summary_sentences_annotations": [{"a": [5]}, {}]}, "the labels of a must be a list"),
        ({"summary_sentences_annotations": [{"a": ["x\n"]}, {}]}, "not printable"),
        ({"summary": "a\0"}, "NUL"),
    ],
)
def test_a_bad_record_is_named_and_the_rest_is_read(change, says, tmp_path):
    path = lines_of(tmp_path / "a.jsonl", SENTENCES, {**SENTENCES, **change}, {**TEXTS, "model_name": "pgn"})
    with pytest.raises(FormatError, match=says) as caught:
        read_with(FrankReader(), path)
    assert (caught.value.path, caught.value.line) == (path, 2)
    errors: list[Exception] = []
    assert len(read_with(FrankReader(), path, refuse=errors.append)) == 3
    assert len(errors) == 1
