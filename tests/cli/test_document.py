"""`stet document` and `stet view`, and the conditions that all commands share."""

import sqlite3
from pathlib import Path

import pytest

from app.services.history.undo import undo
from app.session.session import Session
from tests.cli.conftest import Stet


@pytest.fixture
def project(stet: Stet) -> Path:
    """Give a project of three texts; ana has finished the first."""
    for name, text in (("a.txt", "Ana runs home."), ("b.txt", "Ben."), ("old-c.txt", "Cara sits.")):
        stet.write(name, text)
    stet("new", "p.stet", "--scheme", "ner")
    assert stet("import", "p.stet", "a.txt", "b.txt", "old-c.txt").code == 0
    assert stet("document", "p.stet", "status", "a", "--to", "done", "--as", "ana").out == "set 1 document to done\n"
    return Path("p.stet")


def names(stet: Stet, *arguments: str) -> list[str]:
    return [row["name"] for row in stet("list", "p.stet", *arguments, "--json").rows()]


def test_documents_are_renamed_and_described(stet: Stet, project: Path) -> None:
    assert stet("document", project, "rename", "a", "--to", "run.txt").out == "renamed “a.txt” to “run.txt”\n"
    ran = stet("document", project, "set", "*", "--put", "src=web", "--put", "year=2020")
    assert ran.out == "changed the metadata of 3 documents\n"
    assert stet("document", project, "set", "b", "--put", "title=Ben", "--drop", "src").code == 0
    rows = stet("list", project, "--where", "meta.year>=2020", "--sort", "-length", "--json").rows()
    assert [(row["name"], row["title"], row["meta"].get("src")) for row in rows] == [
        ("run.txt", "run", "web"),
        ("old-c.txt", "old-c", "web"),
        ("b.txt", "Ben", None),
    ]
    shown = stet("document", project, "show", "b").out
    assert "Ben" in shown
    assert "meta.year" in shown


def test_removal_needs_force_where_there_is_work(stet: Stet, project: Path) -> None:
    ran = stet("document", project, "remove", "a")
    assert ran.code == 1
    assert ran.err == (
        "stet: 1 document has work on it: 0 marks, by ana; "
        "add --force to remove them all the same; everything is kept for the undo\n"
    )
    assert "would remove “a”" in stet("document", project, "remove", "a", "--dry-run").out
    assert stet("document", project, "remove", "old-*").out == "removed “old-c”\n"
    assert stet("document", project, "remove", "a", "--force").out == "removed “a”\n"
    assert names(stet) == ["b.txt"]
    session = Session.open(project, annotator=None)
    undo(session)
    undo(session)
    session.close()
    assert names(stet) == ["a.txt", "b.txt", "old-c.txt"]
    assert stet("check", project).code == 0


def test_flags_and_notes_are_an_annotators(stet: Stet, project: Path) -> None:
    assert stet("document", project, "flag", "a", "b", "--text", "why?", "--as", "ana").out == "flagged 2 documents\n"
    assert stet("document", project, "note", "b", "--text", "short", "--as", "ben").out == "noted it on 1 document\n"
    assert names(stet, "--where", "flag=yes") == ["a.txt", "b.txt"]
    assert names(stet, "--where", "note=yes", "--as", "ana") == []
    rows = stet("document", project, "show", "*", "--json").rows()
    assert [(row["name"], row["annotator"], row["flag"], row["note"]) for row in rows] == [
        ("a.txt", "ana", "why?", ""),
        ("b.txt", "ana", "why?", ""),
        ("b.txt", "ben", None, "short"),
    ]
    assert stet("document", project, "unflag", "a", "--as", "ana").code == 0
    assert stet("document", project, "answer", "--where", "flag=yes").out == "took away 1 flag\n"
    assert names(stet, "--where", "flag=yes") == []


def test_flags_and_notes_survive_an_export(stet: Stet, project: Path) -> None:
    stet("document", project, "flag", "b", "--text", "why?", "--as", "ana")
    stet("document", project, "note", "b", "--text", "short", "--as", "ana")
    assert stet("export", project, "out.jsonl").code == 0
    stet("new", "q.stet", "--scheme", "ner")
    stet("import", "q.stet", "out.jsonl")
    assert stet("document", "q.stet", "show", "*", "--json").out == stet("document", project, "show", "*", "--json").out
    assert stet("export", "q.stet", "again.jsonl").code == 0
    assert Path("again.jsonl").read_bytes() == Path("out.jsonl").read_bytes()


def test_views_are_saved_shown_and_deleted(stet: Stet, project: Path) -> None:
    saved = stet("view", project, "Short ones", "--where", "words<3", "--sort", "-name")
    assert saved.out == "saved the view “Short ones”\n"
    assert stet("view", project, "--json").rows() == [{"name": "Short ones", "where": ["words<3"], "sort": "-name"}]
    assert names(stet, "--view", "Short ones") == ["old-c.txt", "b.txt"]
    assert names(stet, "--view", "Short ones", "--where", "status=open", "--sort", "name") == ["b.txt", "old-c.txt"]
    assert stet("list", project, "--view", "Long ones").err.startswith(
        "stet: there is no view “Long ones”; the views are"
    )
    assert stet("view", project, "Short ones", "--delete").out == "deleted the view “Short ones”\n"
    assert stet("view", project, "Short ones", "--delete").err == "stet: there is no view “Short ones”\n"


@pytest.mark.parametrize("condition", ["flag=yes", "words>=3", "meta.src=web", "annotator=ana", "finished>=2020-01-01"])
def test_list_export_and_agreement_take_the_same(stet: Stet, project: Path, condition: str) -> None:
    stet("document", project, "flag", "a", "--as", "ana")
    stet("document", project, "set", "a", "--put", "src=web")
    assert names(stet, "--where", condition) == ["a.txt"]
    assert stet("export", project, "out.jsonl", "--where", condition).code == 0
    assert len(Path("out.jsonl").read_text(encoding="utf-8").splitlines()) == 1
    assert stet("agreement", project, "--where", condition).code == 0


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["flag", "a"], "flag needs the annotator: --as NAME"),
        (["rename", "a"], "rename needs --to"),
        (["rename", "*", "--to", "x"], "rename is for one document, not for 3"),
        (["remove"], "remove needs documents"),
        (["note", "a", "--as", "ana"], "note needs --text"),
        (["set", "a"], "set needs --put KEY=VALUE or --drop KEY"),
        (["set", "a", "--put", "x"], "“x” isn't KEY=VALUE"),
        (["status", "a", "--to", "best", "--as", "ana"], "“best” isn't one of open, done, skipped"),
        (["show", "--text", "x"], "--text is for flag and note"),
        (["show", "nowhere"], "no document is named “nowhere”"),
        (["show", "--where", "colour=red"], "“colour=red” isn't a condition"),
    ],
)
def test_wrong_use_is_told(stet: Stet, project: Path, arguments: list[str], complaint: str) -> None:
    ran = stet("document", project, *arguments)
    assert ran.code in (1, 2)
    assert complaint in ran.err


def test_one_grammar_chooses_documents_for_every_command(stet: Stet, project: Path) -> None:
    stet("concordance", project, "Ana", "--mark", "entity/PERSON", "--as", "ana")
    stet("concordance", project, "Ben", "--mark", "entity/ORG", "--as", "ana")
    assert names(stet, "--where", "entity.label=PERSON") == ["a.txt"]
    assert names(stet, "--where", "entity.label=PERSON", "--where", "entity.label=ORG", "--sort", "-title") == [
        "b.txt",
        "a.txt",
    ]
    assert names(stet, "--sort", "-label.ORG") == ["b.txt", "a.txt", "old-c.txt"]
    assert names(stet, "--sort", "marks")[0] == "old-c.txt"
    assert stet("view", project, "Orgs", "--where", "entity.label=ORG", "--sort", "-label.ORG").code == 0
    assert names(stet, "--view", "Orgs") == ["b.txt"]
    assert stet("assign", project, "--to", "cara", "--view", "Orgs").code == 0
    assert stet("assign", project, "--to", "dan", "--where", "assigned=cara", "--where", "words<9").code == 0
    assert names(stet, "--where", "assigned=dan") == ["b.txt"]
    stet("assign", project, "--remove", "dan", "--where", "entity.label=PERSON")
    assert names(stet, "--where", "assigned=dan") == ["b.txt"]
    assert names(stet, "--sort", "assigned")[0] == "b.txt"
    assert stet("agreement", project, "--where", "entity.label=ORG").code == 0
    for command in (
        ("list", project, "--where", "entiti.label=ORG"),
        ("view", project, "Odd", "--where", "entity.label=ODD"),
        ("assign", project, "--to", "eve", "--where", "entity.tone=calm"),
        ("list", project, "--sort", "entity.tone"),
    ):
        ran = stet(*command)
        assert (ran.code, ran.out) == (2, ""), command
        assert ran.err.startswith("stet: the "), command


def test_check_repairs_what_lists_go_by(stet: Stet, project: Path) -> None:
    with sqlite3.connect(project) as connection:
        connection.execute("UPDATE document_title SET title = 'z'")
        connection.execute("UPDATE document SET words = 9")
    ran = stet("check", project)
    assert ran.code == 1
    assert "problem: a.txt: it isn't sorted by the title that it has; stet check --repair makes it again" in ran.out
    assert stet("check", project, "--repair").out == "no problems, no findings\n"
    assert stet("check", project).code == 0
