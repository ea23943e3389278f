"""Suggestions in our own JSONL: out, in and out again they are the same bytes; wrong ones are told with their line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.core.annotation import Fragment
from app.core.errors import FormatError
from app.core.scheme_change import LabelChange
from app.core.suggestion import Suggestion
from app.jobs.tasks.export_file import export_project
from app.jobs.tasks.import_files import import_files
from app.services.history.undo import redo, undo
from app.services.migration.migration import migrate
from app.services.suggestions.judgement import accept, reject
from app.services.suggestions.offer import offer
from app.services.suggestions.open_suggestions import OpenSuggestions
from app.session.session import Session
from tests.conftest import add_documents, scheme_source

TEXT = "Ana met 👩‍👩‍👧 Ben in Berlin.\n"


def empty(path: Path, annotator: str = "ana") -> Session:
    """Make a project with the scheme `ner` and nothing in it."""
    return Session.create(path, scheme=scheme_source("ner"), annotator=annotator)


def suggestion(quote: str, label: str = "PERSON", **more: Any) -> Suggestion:
    """Return a suggestion on the first place of some words."""
    at = TEXT.index(quote)
    fragments = more.pop("fragments", (Fragment(at, at + len(quote)),))
    return Suggestion(uid="", maker="test", layer="entity", label=label, fragments=fragments, quote=quote, **more)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Session]:
    """A project with suggestions: one accepted and one rejected by ana, one rejected by ben, one open."""
    session = empty(tmp_path / "a.stet")
    (uid, _) = add_documents(session, {"a.txt": TEXT, "b.txt": "Nothing.\n"})
    session.open_document(uid)
    wanted = (
        suggestion("Ana", version="1.2", reason="a name", score=0.5, attributes={"b": 1, "a": [2]}),
        suggestion("Ben", correction="Bea"),
        suggestion("Berlin", "GPE"),
    )
    new = {item.quote: item for _, item in offer(session, [(uid, wanted)], suggesters="test").new}
    accept(session, new["Ana"])
    reject(session, new["Ben"])
    session.become("ben")
    reject(session, new["Ben"])
    yield session
    session.close()


def exported(session: Session, path: Path, **choice: Any) -> list[dict[str, Any]]:
    """Export and return the lines."""
    export_project(session, path, **{"every_annotator": True, **choice})
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_round_trip_gives_the_same_bytes(project: Session, tmp_path: Path) -> None:
    first = exported(project, tmp_path / "1.jsonl")
    assert [item["quote"] for item in first[0]["suggestions"]] == ["Ana", "Ben", "Berlin"]
    assert "suggestions" not in first[1], "a document without any has no such key"
    ben = first[0]["suggestions"][1]
    assert [(o["annotator"], o["outcome"]) for o in ben["outcomes"]] == [("ana", "rejected"), ("ben", "rejected")]
    again = empty(tmp_path / "b.stet")
    try:
        report = import_files(again, [tmp_path / "1.jsonl"])
        assert report.brought.suggestions == 3
        assert "3 suggestions" in report.headline()
        exported(again, tmp_path / "2.jsonl")
        assert (tmp_path / "2.jsonl").read_bytes() == (tmp_path / "1.jsonl").read_bytes()
        rows = len(list(again.log.rows()))
        import_files(again, [tmp_path / "1.jsonl"])
        assert len(list(again.log.rows())) == rows, "what is here already changes nothing"
        undo(again)
        import_files(again, [tmp_path / "1.jsonl"])
        exported(again, tmp_path / "3.jsonl")
        assert (tmp_path / "3.jsonl").read_bytes() == (tmp_path / "1.jsonl").read_bytes()
    finally:
        again.close()


def test_documents_that_are_there_get_the_suggestions_they_lack(project: Session, tmp_path: Path) -> None:
    exported(project, tmp_path / "1.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "1.jsonl").read_text(encoding="utf-8").splitlines()]
    bare = [{key: value for key, value in line.items() if key != "suggestions"} for line in lines]
    (tmp_path / "bare.jsonl").write_text("".join(json.dumps(line) + "\n" for line in bare), encoding="utf-8")
    again = empty(tmp_path / "b.stet")
    try:
        import_files(again, [tmp_path / "bare.jsonl"])
        report = import_files(again, [tmp_path / "1.jsonl"])
        assert (report.brought.extended, report.brought.suggestions) == (1, 3)
        exported(again, tmp_path / "2.jsonl")
        assert (tmp_path / "2.jsonl").read_bytes() == (tmp_path / "1.jsonl").read_bytes()
        undo(again)
        assert "suggestions" not in exported(again, tmp_path / "3.jsonl")[0]
        redo(again)
        exported(again, tmp_path / "4.jsonl")
        assert (tmp_path / "4.jsonl").read_bytes() == (tmp_path / "1.jsonl").read_bytes()
        undo(again)
        assert import_files(again, [tmp_path / "1.jsonl"]).brought.suggestions == 3, "undone ones come in again"
        exported(again, tmp_path / "5.jsonl")
        assert (tmp_path / "5.jsonl").read_bytes() == (tmp_path / "1.jsonl").read_bytes()
    finally:
        again.close()


def test_a_difference_is_reported_and_ours_kept(project: Session, tmp_path: Path) -> None:
    lines = exported(project, tmp_path / "1.jsonl")
    lines[0]["suggestions"][2]["label"] = "ORG"
    lines[0]["suggestions"][1]["outcomes"][0]["outcome"] = "accepted"
    (tmp_path / "2.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    report = import_files(project, [tmp_path / "2.jsonl"])
    assert report.report.count("differs-suggestion") == 2
    exported(project, tmp_path / "3.jsonl")
    assert (tmp_path / "3.jsonl").read_bytes() == (tmp_path / "1.jsonl").read_bytes()


def test_an_export_of_one_annotator_omits_others_outcomes(project: Session, tmp_path: Path) -> None:
    only = exported(project, tmp_path / "1.jsonl", annotators=["ana"], every_annotator=False)
    assert [o["annotator"] for s in only[0]["suggestions"] for o in s.get("outcomes", ())] == ["ana", "ana"]
    (other,) = (line for line in exported(project, tmp_path / "2.jsonl", layers=["entity"]) if "suggestions" in line)
    assert len(other["suggestions"]) == 3


def offered(session: Session) -> dict[str, str]:
    """Return the labels of what is offered in the first document, by quote."""
    found = OpenSuggestions(session)
    found.read()
    return {item.quote: item.label for item in found.overlapping(0, len(TEXT))}


def test_a_file_from_before_a_rename_imports_under_the_new_label(project: Session, tmp_path: Path) -> None:
    lines = exported(project, tmp_path / "old.jsonl")
    migrate(project, [LabelChange("entity", "GPE", "PLACE")])
    same = import_files(project, [tmp_path / "old.jsonl"]).report
    assert same.count("differs-suggestion") == 0, "what is here already says the same"
    assert same.count("suggestion-scheme") == 1
    other = {"id": "other", "name": "c", "text": TEXT, "stet": 1, "suggestions": lines[0]["suggestions"][2:]}
    other["suggestions"][0] |= {"id": "s-new", "outcomes": []}
    (tmp_path / "new.jsonl").write_text(json.dumps(other) + "\n", encoding="utf-8")
    import_files(project, [tmp_path / "new.jsonl"])
    project.become("ben")
    project.open_document("other")
    assert offered(project) == {"Berlin": "PLACE"}


def test_a_suggestion_whose_label_is_gone_is_kept_unseen(project: Session, tmp_path: Path) -> None:
    lines = exported(project, tmp_path / "old.jsonl")
    migrate(project, [LabelChange("entity", "GPE", None)])
    lines[0]["suggestions"].append(
        {**lines[0]["suggestions"][2], "id": "another", "start": 0, "end": 3, "quote": "Ana"}
    )
    (tmp_path / "new.jsonl").write_text(json.dumps(lines[0]) + "\n", encoding="utf-8")
    report = import_files(project, [tmp_path / "new.jsonl"])
    assert report.brought.suggestions == 1
    assert report.report.count("suggestion-label") == 2
    project.become("cara")
    assert offered(project) == {"Ana": "PERSON", "Ben": "PERSON"}
    project.become("ben")
    undo(project)
    undo(project)
    project.become("cara")
    assert offered(project) == {"Ana": "PERSON", "Ben": "PERSON", "Berlin": "GPE"}


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Session]:
    """A project with nothing in it."""
    session = empty(tmp_path / "fresh.stet")
    yield session
    session.close()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"id": ""}, "a suggestion's id is empty"),
        ({"maker": ""}, "the maker of suggestion"),
        ({"start": 5, "end": 2}, "range 5-2 ends before it starts"),
        ({"end": 500}, "lies outside the text"),
        ({"score": 2}, "the score of suggestion s1 is 2; use a number from 0 to 1"),
        ({"label": "x\ny"}, "the label of suggestion s1"),
        ({"outcomes": [{"annotator": "eve", "outcome": "accepted"}]}, "“eve” decided on suggestion s1 and has no set"),
        (
            {"outcomes": [{"annotator": "ana", "outcome": "accepted"}, {"annotator": "Ana", "outcome": "rejected"}]},
            "“Ana” decided on suggestion s1 twice",
        ),
        ({"outcomes": [{"annotator": "ana", "outcome": "maybe"}]}, "maybe"),
        ({"evidence": [{"document": "", "start": 0, "end": 1, "quote": "A"}]}, "the document of evidence 1"),
        ({"reason": "x" * 10_001}, "the reason of suggestion s1 is too long"),
    ],
)
def test_an_invalid_suggestion_names_its_line_and_aborts_import(
    fresh: Session, tmp_path: Path, change: dict[str, Any], why: str
) -> None:
    good = {"id": "s1", "maker": "m", "layer": "entity", "label": "PERSON", "start": 0, "end": 3}
    line: dict[str, Any] = {"stet": 1, "id": "d", "name": "d", "text": TEXT, "sets": [{"annotator": "ana"}]}
    line["suggestions"] = [{**good, **change}]
    (tmp_path / "in.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    with pytest.raises(FormatError) as caught:
        import_files(fresh, [tmp_path / "in.jsonl"])
    assert why in str(caught.value)
    assert "in.jsonl:1" in str(caught.value)
    assert fresh.reader.documents.count() == 0


def test_duplicate_ids_are_refused_within_and_across_documents(fresh: Session, tmp_path: Path) -> None:
    good = {"id": "s1", "maker": "m", "layer": "entity", "label": "PERSON", "start": 0, "end": 3}
    one = {"stet": 1, "id": "d", "name": "d", "text": TEXT, "suggestions": [good, good]}
    two = [{"stet": 1, "id": f"d{n}", "name": f"d{n}", "text": TEXT, "suggestions": [good]} for n in (1, 2)]
    for lines in ([one], two):
        (tmp_path / "in.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        with pytest.raises(Exception, match="s1"):
            import_files(fresh, [tmp_path / "in.jsonl"])
        assert fresh.reader.documents.count() == 0


def test_a_quote_that_isnt_there_is_kept_and_told(fresh: Session, tmp_path: Path) -> None:
    wrong = {"id": "s1", "maker": "m", "layer": "entity", "label": "PERSON", "start": 0, "end": 3, "quote": "Eva"}
    line = {"stet": 1, "id": "d", "name": "d", "text": TEXT, "suggestions": [{**wrong, "more": 1}]}
    (tmp_path / "in.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    report = import_files(fresh, [tmp_path / "in.jsonl"])
    assert report.report.count("suggestion-quote") == 1
    assert report.report.count("unknown") == 1
    (found,) = exported(fresh, tmp_path / "out.jsonl")[0]["suggestions"]
    assert found["quote"] == "Eva"
