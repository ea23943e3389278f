"""Commands on a project with relations, a layer about the document, evidence in sets and a tree of labels."""

import json
from pathlib import Path

import msgspec
import pytest

from app.core.annotation import Status
from app.core.edits import AddAnnotation, AddRelation, Batch, SetStatus
from app.session.actions import SetEdit
from app.session.session import Session
from tests.cli.conftest import Stet
from tests.conftest import add_documents
from tests.unit.review.build import TEXT, proof
from tests.unit.review.kinds import KINDS_SOURCE, about, claim, link

SOURCE = KINDS_SOURCE.replace('id = "NAME"', 'id = "NAME"\nparent = "FACT"') + (
    '\n[[layer]]\nid = "ready"\nkind = "document"\nrequired = true\n[[layer.label]]\nid = "YES"\n'
)


@pytest.fixture
def rich(tmp_path: Path) -> Path:
    """Give a project in which ana works on a document, not by all of the rules."""
    path = tmp_path / "rich.stet"
    session = Session.create(path, scheme=SOURCE, annotator="ana")
    document, reference = add_documents(session, {"d.txt": TEXT, "ref.txt": TEXT})
    evidence = [
        msgspec.structs.replace(proof(at, at + 3, document=reference), quote=TEXT[at : at + 3], alternative=number)
        for at, number in ((0, 1), (10, 2), (20, 2))
    ]
    marks = [
        claim("a1", label="NAME", topics=["war", "health"], evidence=tuple(evidence)),
        claim("a2", share=50),
        claim("a3", share=500),
        about("a9", adequacy=70),
    ]
    ties = [link("a1", "a2", sure=True, comment="so"), link("a1", "a2", "same"), link("a2", "a3", "same")]
    edits = (*map(AddAnnotation, marks), *map(AddRelation, ties), AddRelation(link("a3", "a1", sure="very")))
    session.perform(SetEdit(document, "ana", Batch(edits)), title="Work")
    session.close()
    return path


def test_relations_are_listed_with_their_ends(stet: Stet, rich: Path) -> None:
    rows = stet("list", rich, "relations", "--json").rows()
    assert [(row["label"], row["source"], row["target"]) for row in rows if row["source"] == "a1"] == [
        ("because", "a1", "a2"),
        ("same", "a1", "a2"),
    ]
    (first,) = [row for row in rows if row["id"] == "a1-a2-because"]
    assert (first["attributes"], first["comment"]) == ({"sure": True}, "so")
    assert (first["source_label"], first["target_quote"], first["annotator"]) == ("NAME", "012", "ana")
    assert stet("list", rich, "relations", "--layer", "article", "--json").rows() == []
    table = stet("list", rich, "relations").out
    assert "because" in table
    assert "sure: True" in table


def test_groups_say_how_they_are_related(stet: Stet, rich: Path) -> None:
    assert stet("list", rich, "conflicts", "--all", "--json").rows() == [], "nothing is finished"
    session = Session.open(rich, annotator="ana")
    document = next(row.uid for row in session.reader.documents.rows(session.reader.documents.keys(), annotator="ana"))
    session.perform(SetEdit(document, "ana", SetStatus(Status.DONE)), title="Done")
    session.close()
    rows = {row["versions"][0]["id"]: row for row in stet("list", rich, "conflicts", "--all", "--json").rows()}
    (tie,) = rows["a1"]["relations"]
    assert (tie["label"], tie["target"], tie["by"]["ana"]["comment"]) == ("because", rows["a2"]["key"], "so")
    assert rows["a3"]["chains"][0]["by"] == {"ana": [rows[uid]["key"] for uid in ("a1", "a2", "a3")]}


def test_check_names_values_and_rules_that_are_not_met(stet: Stet, rich: Path) -> None:
    found = [row for row in stet("check", rich, "--json").rows() if row["kind"] == "rule"]
    whats = [row["what"] for row in found]
    assert any("a number from 0 to 100" in what for what in whats)
    assert any("relation of “012”" in what and "true or false" in what for what in whats)
    assert any("needs “Ready”" in what for what in whats)
    assert not any(row["problem"] for row in found), "nothing is finished"


def test_training_data_has_relations_documents_sets_and_paths(stet: Stet, rich: Path, tmp_path: Path) -> None:
    out = tmp_path / "train.jsonl"
    stet("export", rich, out, "--format", "training", "--as", "ana", "--unfinished")
    (found,) = map(json.loads, out.read_text("utf-8").splitlines())
    (verdict,) = found["document"]
    assert (verdict["layer"], verdict["label"], verdict["attributes"]) == ("article", "SPUN", {"adequacy": 70})
    assert "start" not in verdict
    assert "path" not in verdict
    assert [(c["id"], c["path"]) for c in found["claims"]] == [
        ("a1", ["FACT", "NAME"]),
        ("a2", ["FACT"]),
        ("a3", ["FACT"]),
    ]
    assert [e["set"] for e in found["claims"][0]["evidence"]] == [1, 2, 2]
    assert found["claims"][0]["attributes"] == {"topics": ["war", "health"]}
    assert found["chains"] == [{"label": "same", "members": ["a1", "a2", "a3"]}]
    because = [(r["source"], r["target"], r["attributes"], r["comment"]) for r in found["relations"]]
    assert because == [("a1", "a2", {"sure": True}, "so"), ("a3", "a1", {"sure": "very"}, "")]
    assert found["relations"][0]["directed"] is True
    assert found["corrected_text"] == TEXT


def test_a_layer_left_out_takes_its_relations_along(stet: Stet, rich: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    done = stet("export", rich, out, "--layer", "article", "--as", "ana")
    (found, _) = map(json.loads, out.read_text("utf-8").splitlines())
    assert not found["sets"][0].get("relations")
    assert done.code == 0


def test_an_import_leaves_the_document_its_label(stet: Stet, rich: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    stet("export", rich, out)
    again = stet("import", rich, out)
    assert "differ" not in again.err
    changed = tmp_path / "changed.jsonl"
    text = out.read_text("utf-8").replace('"id":"a9"', '"id":"a8"').replace('"label":"SPUN"', '"label":"SOUND"')
    changed.write_text(text, "utf-8")
    done = stet("import", rich, changed)
    assert "ours kept" in done.err + done.out
    rows = stet("list", rich, "annotations", "--layer", "article", "--json").rows()
    assert [(row["id"], row["label"]) for row in rows] == [("a9", "SPUN")]


def test_documents_are_exported_by_what_is_said_of_them(stet: Stet, rich: Path, tmp_path: Path) -> None:
    def exported(*where: str) -> int:
        out = tmp_path / f"{len(list(tmp_path.iterdir()))}.jsonl"
        stet("export", rich, out, *(part for text in where for part in ("--where", text)))
        return len(out.read_text("utf-8").splitlines())

    assert exported("article.label=SPUN", "article.adequacy>=70") == 1
    assert exported("article.adequacy>70") == 0
    assert exported("claim.label=FACT", "claim.topics=war") == 1
    refused = stet("export", rich, tmp_path / "no.jsonl", "--where", "article.tone=calm")
    assert "has no “tone”" in refused.err
    assert not (tmp_path / "no.jsonl").exists()
