"""Tokens and tags as Hugging Face's examples read them."""

import io
import json
from typing import Any

import pytest

from app.core.annotation import Relation, Status
from app.core.record import DocumentRecord
from app.core.scheme_file import parse_scheme
from app.exchange.format import WriteOptions
from app.exchange.formats.conll.token_classification import TokenClassificationWriter
from app.exchange.output import StreamOutput
from tests.conftest import scheme_source
from tests.unit.build import annotation
from tests.unit.exchange.build import record, work

TEXT = "Ana met the U.S. president. Ben 😀 wasn't in New York."
SCHEME = parse_scheme(scheme_source("news-errors"))

CUTTERS: dict[str, Any] = {}  # making them takes a second


def entity(quote: str, label: str = "PERSON", **fields: Any):
    start = TEXT.index(quote)
    return annotation(TEXT, (start, start + len(quote)), **{"uid": quote, "layer": "entity", "label": label, **fields})


def document(*marks: Any, text: str = TEXT, meta: dict[str, Any] | None = None, **fields: Any) -> DocumentRecord:
    return record(text, meta=meta or {}, sets=(work(*marks, status=Status.DONE, **fields),))


def written(*records: DocumentRecord, layers: tuple[str, ...] = (), **own: Any):
    """Return the lines of an export, and how often each kind of loss was noted."""
    writer, out = TokenClassificationWriter(), io.BytesIO()
    values = {option.name: option.default for option in writer.options} | own
    options = WriteOptions(scheme=SCHEME, document=lambda _: None, own=values, layers=layers, cutters=CUTTERS)
    losses = writer.write(records, StreamOutput(out), options)
    return [json.loads(line) for line in out.getvalue().split(b"\n")[:-1]], {loss.kind: loss.count for loss in losses}


def tagged(line: dict[str, Any]) -> str:
    """Return tokens with their tags, where they have one."""
    pairs = zip(line["tokens"], line["tags"], strict=True)
    return " ".join(token if tag == "O" else f"{token}/{tag}" for token, tag in pairs)


ANA, YORK = entity("Ana"), entity("New York", "GPE")


def test_a_document_is_tokens_with_string_tags() -> None:
    (line,), losses = written(document(ANA, YORK))
    assert tagged(line) == "Ana/B-PERSON met the U.S. president . Ben 😀 was n't in New/B-GPE York/I-GPE ."
    assert (line["id"], line["annotator"], line["start"], line["end"]) == ("d1", "ana", 0, len(TEXT))
    assert losses == {}


def test_a_sentence_can_be_a_line() -> None:
    found, _ = written(document(ANA), unit="sentence")
    assert [tagged(line) for line in found] == [
        "Ana/B-PERSON met the U.S. president .",
        "Ben 😀 was n't in New York .",
    ]
    assert [TEXT[line["start"] : line["end"]] for line in found] == [TEXT[:27], TEXT[28:]]
    found, losses = written(document(ANA), unit="sentence", unmarked=False)
    assert (len(found), losses) == (1, {"unmarked": 1})


def test_no_mark_is_cut_between_sentences() -> None:
    (line,), _ = written(document(entity("president. Ben")), unit="sentence")
    assert len(line["tokens"]) == 14


@pytest.mark.parametrize("scheme", ["BILUO", "IOBES", "IOB1"])
def test_other_tag_schemes_can_be_had(scheme: str) -> None:
    (line,), _ = written(document(ANA, YORK), scheme=scheme)
    assert [tag for tag in line["tags"] if tag != "O"] == {
        "BILUO": ["U-PERSON", "B-GPE", "L-GPE"],
        "IOBES": ["S-PERSON", "B-GPE", "E-GPE"],
        "IOB1": ["I-PERSON", "I-GPE", "I-GPE"],
    }[scheme]


def test_what_does_not_fit_tokens_is_told() -> None:
    marks = (
        entity("resident", uid="inside"),
        entity("New York", "GPE", uid="long"),
        entity("York", "GPE", uid="nested"),
        annotation(TEXT, (3, 4), uid="blank", layer="entity", label="GPE"),
        annotation(TEXT, (5, 5), uid="anchor", layer="entity", label="GPE"),
        annotation(TEXT, (0, 3), (28, 31), uid="pieces", layer="entity", label="PERSON", comment="hm"),
        annotation(TEXT, (28, 31), uid="moved", layer="entity", label="PERSON", quote="Bob"),
        annotation(TEXT, (0, 3), uid="other", layer="claim", label="X"),
    )
    tie = Relation(uid="r", source="long", target="nested", label="of")
    (line,), losses = written(document(*marks, relations=(tie,)))
    assert tagged(line) == (
        "Ana/B-PERSON met the U.S. president/B-PERSON . Ben/B-PERSON 😀 was n't in New/B-GPE York/I-GPE ."
    )
    assert losses == {
        **{"widened": 1, "overlap": 1, "no-token": 1, "anchor": 1, "fragments": 1, "comment": 1},
        **{"quote": 1, "layer": 1, "relation": 1},
    }


def test_pieces_within_one_token_are_one_tag() -> None:
    word = TEXT.index("president")
    mark = annotation(TEXT, (word, word + 2), (word + 4, word + 6), layer="entity", label="PERSON")
    (line,), losses = written(document(mark))
    assert tagged(line).count("/") == 1
    assert losses == {"fragments": 1, "widened": 1}


def test_the_layer_is_the_one_asked_for_or_exported() -> None:
    wrong = entity("met", "TIME", layer="error")
    for line in (written(document(ANA, wrong), layer="error")[0], written(document(wrong), layers=("error",))[0]):
        assert tagged(line[0]).startswith("Ana met/B-TIME")


def test_tokens_are_cut_by_the_language_of_the_document() -> None:
    (line,), _ = written(document(text="東京でAnaに会った。", meta={"language": "ja"}))
    assert "".join(line["tokens"]) == "東京でAnaに会った。"
    assert "Ana" in line["tokens"]


def test_documents_without_words_have_no_tokens() -> None:
    for text in ("", " \n"):
        found, _ = written(document(text=text), unit="document")
        assert [line["tokens"] for line in found] == [[]]
        assert written(document(text=text), unit="sentence") == ([], {})
