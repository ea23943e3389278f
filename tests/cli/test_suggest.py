"""`stet suggest`, and suggestions in files."""

import json
import sqlite3
from pathlib import Path

import pytest

from app.core import annotation_edits
from app.services.suggestions.judgement import accept, reject
from app.session.session import Session
from app.suggesters.registry import SuggesterRegistry
from tests.cli.conftest import Stet
from tests.unit.suggesters.language_model.scripted_server import errors, serving

ONE = "They spoke of a restricted slave trade in Berlin.\n"
TWO = "A restricted slave trade was agreed on. Angela Merkel was in Berlin on Monday.\n"
RIGHT = "A prisoner exchange was agreed on.\n"


@pytest.fixture
def project(stet: Stet) -> Path:
    """A project with a correction of ana's in one text, and another text with its reference."""
    assert stet("new", "p.stet", "--scheme", "news-errors").code == 0
    start = ONE.index("restricted")
    mark = {
        "id": "m1",
        "layer": "error",
        "label": "TORTURED_TERM",
        "start": start,
        "end": start + 22,
        "attributes": {"severity": "critical"},
        "correction": "prisoner exchange",
    }
    lines = [
        {"stet": 1, "id": "d1", "name": "one", "text": ONE, "sets": [{"annotator": "ana", "annotations": [mark]}]},
        {"stet": 1, "id": "d2", "name": "two", "text": TWO, "references": ["d3"]},
        {"stet": 1, "id": "d3", "name": "right", "text": RIGHT},
    ]
    stet.write("in.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    assert stet("import", "p.stet", "in.jsonl").code == 0
    return stet.folder / "p.stet"


def test_what_was_corrected_is_suggested_elsewhere_once(stet: Stet, project: Path) -> None:
    looked = stet("suggest", project, "--with", "corrections", "--as", "ana", "--dry-run")
    assert looked.code == 0
    assert "1 mark would be suggested in 1 of 2 documents" in looked.out
    assert stet("list", project, "suggestions", "--json").rows() == []
    done = stet("suggest", project, "--with", "corrections", "--as", "ana", "--json")
    (row,) = done.rows()
    assert {key: row[key] for key in ("document", "document_name", "maker", "layer", "label", "quote", "score")} == {
        "document": "d2",
        "document_name": "two",
        "maker": "corrections",
        "layer": "error",
        "label": "TORTURED_TERM",
        "quote": "restricted slave trade",
        "score": 1.0,
    }
    assert (row["correction"], row["attributes"]) == ("prisoner exchange", {"severity": "critical"})
    assert row["reason"].startswith("“restricted slave trade” was corrected to “prisoner exchange” once; the reference")
    assert [item["quote"] for item in row["evidence"]] == ["prisoner exchange"]
    assert stet("list", project, "suggestions", "--json").rows() == [row]
    again = stet("suggest", project, "--with", "corrections", "--as", "ana")
    assert "0 marks suggested in 0 of 2 documents; 1 had been suggested before" in again.out
    assert len(stet("list", project, "suggestions", "--json").rows()) == 1
    assert "Suggest 1 mark (corrections)" in stet("log", project).out
    assert stet("check", project).code == 0


def test_named_entities_are_mapped_to_the_labels_of_their_name(stet: Stet, project: Path) -> None:
    done = stet("suggest", project, "--with", "spacy", "--documents", "tw*", "--json")
    found = {(row["label"], row["quote"]): row for row in done.rows()}
    assert ("PERSON", "Angela Merkel") in found
    assert ("GPE", "Berlin") in found
    assert {row["document"] for row in found.values()} == {"d2"}
    one = found["PERSON", "Angela Merkel"]
    assert TWO[one["start"] : one["end"]] == "Angela Merkel"
    assert one["maker"].startswith("spacy:en_core_web_sm")
    assert one["reason"] == "found as PERSON"
    assert stet("suggest", project, "--with", "spacy", "--documents", "tw*", "--json").rows() == []


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--with", "oracle"), "unknown suggester “oracle”; use one of: corrections, "),
        (("--with", "spacy:xx_none"), "no pipeline “xx_none” that finds named entities is installed"),
    ],
)
def test_an_unknown_suggester_is_wrong_use(stet: Stet, project: Path, arguments: tuple[str, ...], why: str) -> None:
    ran = stet("suggest", project, *arguments)
    assert ran.code == 2
    assert why in ran.err
    assert stet("list", project, "suggestions", "--json").rows() == []


def test_the_help_lists_the_suggesters_there_are(stet: Stet) -> None:
    said = " ".join(stet("suggest", "--help").out.partition("Suggesters:")[2].split())
    for entry in SuggesterRegistry().entries():
        assert f" {entry.name} " in said
        assert entry.title in said


def test_a_scheme_without_entities_or_with_others_is_told(stet: Stet, project: Path) -> None:
    scheme = """name = "claims"\nversion = 1\ntitle = "Claims"\n[[layer]]\nid = "{}"\ntitle = "L"\n"""
    label = """[[layer.label]]\nid = "ODD"\ntitle = "Odd"\nbadge = "ODD"\n"""
    for layer, why in (("claim", "has no layer “entity”"), ("entity", "matches a label of en_core_web_sm")):
        stet.write("s.toml", scheme.format(layer) + label)
        assert stet("new", f"{layer}.stet", "--scheme", "s.toml").code == 0
        stet.write("a.txt", TWO)
        assert stet("import", f"{layer}.stet", "a.txt").code == 0
        ran = stet("suggest", f"{layer}.stet", "--with", "spacy")
        assert ran.code == 2
        assert why in ran.err


def test_no_documents_is_told(stet: Stet, project: Path) -> None:
    ran = stet("suggest", project, "--documents", "right")
    assert ran.code == 1
    assert "there are no documents to suggest marks in; reference-only documents get no suggestions" in ran.err


def test_the_list_says_what_became_of_them(stet: Stet, project: Path) -> None:
    stet("suggest", project, "--with", "corrections", "--as", "ana")
    session = Session.open(project, annotator="ana")
    session.open_document("d2")
    record = next(record for record in session.reader.records() if record.document.uid == "d2")
    made = accept(session, record.suggestions[0].suggestion)
    session.apply(annotation_edits.change_correction(made, "swap"), title="Correct")
    session.become("ben")
    reject(session, record.suggestions[0].suggestion)
    session.close()
    (row,) = stet("list", project, "suggestions", "--json").rows()
    assert row["answers"] == {"ana": "edited", "ben": "rejected"}
    assert "ana: edited, ben: rejected" in stet("list", project, "suggestions").out
    assert stet("export", project, "t.jsonl", "--format", "training", "--as", "ana").code == 0
    told = stet("export", project, "t2.jsonl", "--format", "training", "--as", "ana").err
    assert "suggestions, which aren't annotations until accepted, left out: 1" in told


def test_the_check_finds_what_was_tampered_with(stet: Stet, project: Path) -> None:
    stet("suggest", project, "--with", "corrections", "--as", "ana")
    for statement, found in (
        ("UPDATE suggestion SET quote = 'a free slave trade'", "the text at its position doesn't match this quote"),
        ("UPDATE suggestion SET evidence = '{'", "is invalid"),
    ):
        connection = sqlite3.connect(project)
        connection.execute(statement)
        connection.commit()
        connection.close()
        ran = stet("check", project)
        assert ran.code == 1
        assert found in ran.out


def test_a_language_model_is_asked_within_its_cap(stet: Stet, project: Path) -> None:
    said = errors({"quote": "slave trade", "label": "TORTURED_TERM", "correction": "exchange", "evidence": "exchange"})
    with serving(said) as server:
        model = ("--with", "model", "--model-address", server.address, "--model", "tiny", "--as", "ben")
        told = stet("suggest", project, *model, "--estimate", "--prices", "1", "2")
        assert told.code == 0
        assert "1 call about 1 document" in told.out
        assert not server.asked
        refused = stet("suggest", project, *model, "--most-tokens", "5")
        assert (refused.code, server.asked) == (2, [])
        assert "the cap is 5" in refused.err
        done = stet("suggest", project, *model, "--json")
    (row,) = done.rows()
    assert (row["maker"], row["quote"], row["correction"]) == ("model:tiny", "slave trade", "exchange")
    assert "The language model took 1 call" in done.err


def test_another_host_needs_consent_in_so_many_words(stet: Stet, project: Path) -> None:
    there = ("--with", "model", "--model-address", "https://models.example.org/v1", "--model", "m")
    refused = stet("suggest", project, *there)
    assert refused.code == 2
    assert "--send-to models.example.org" in refused.err
