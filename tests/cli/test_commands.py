"""Each command, as a person or a script uses it."""

import json
import sqlite3
from pathlib import Path

import pytest

from app.core import annotation_edits
from app.core.annotation import Status
from app.core.decision import GOLD, Outcome
from app.core.edits import RemoveAnnotation
from app.services.history.undo import undo
from app.session.actions import SetEdit, WithdrawDecision
from app.session.session import Session
from app.storage.backups import backups
from tests.cli.conftest import Stet
from tests.conftest import scheme_source
from tests.unit.build import annotation
from tests.unit.exchange.build import TEXT, decision, exported, gold, jsonl, plain, record, with_mark, work, written

CLEAN = "no problems, no findings\n"


def open_copy(path: Path) -> bytes:
    """Return all that a project holds."""
    session = Session.open(path, write=False)
    try:
        return exported(session)
    finally:
        session.close()


# -- new ---------------------------------------------------------------------------------------------------------------


def test_new_makes_a_project_with_a_scheme_that_ships(stet: Stet) -> None:
    assert stet("new", "a.stet").out == "created a.stet with the scheme news-errors@2\n"
    assert stet("new", "b.stet", "--scheme", "ner").out == "created b.stet with the scheme ner@1\n"
    assert stet("check", "b.stet").out == CLEAN


def test_new_takes_a_person_s_own_scheme(stet: Stet) -> None:
    stet.write("mine.toml", 'name = "mine"\nversion = 2\ntitle = "M"\n[[layer]]\nid = "x"\n[[layer.label]]\nid = "Y"\n')
    assert stet("new", "a.stet", "--scheme", "mine.toml").out == "created a.stet with the scheme mine@2\n"


def test_new_says_where_a_scheme_is_broken_and_makes_nothing(stet: Stet) -> None:
    stet.write("mine.toml", 'name = "mine"\nversion = 1\ntitle = "M"\ncolour = "red"\n')
    ran = stet("new", "a.stet", "--scheme", "mine.toml")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("stet: mine.toml:4: unknown key “colour”; use one of:")
    ran = stet("new", "a.stet", "--scheme", "nonsense")
    assert ran.err.startswith("stet: nonsense: no such scheme; name a TOML file, or one of: mt-errors, ner, ")
    stet.write("latin.toml", b"title = '\xe9'")
    assert stet("new", "a.stet", "--scheme", "latin.toml").err.startswith("stet: latin.toml:1: not UTF-8;")
    assert not Path("a.stet").exists()


def test_new_overwrites_nothing(stet: Stet) -> None:
    stet.write("a.stet", "mine")
    ran = stet("new", "a.stet")
    assert (ran.code, ran.err) == (1, "stet: a.stet: a file with that name already exists; choose another name\n")
    assert Path("a.stet").read_text() == "mine"
    for wrong in (["a.txt"], ["."], ["b.stet", "--as", "ana"], ["b.stet", "--sample", "--scheme", "ner"]):
        assert stet("new", *wrong).code == 2
    assert not Path("b.stet").exists()


# -- import and export -------------------------------------------------------------------------------------------------


def test_texts_and_their_references_come_in(stet: Stet) -> None:
    stet("new", "a.stet")
    stet.write("spun.txt", "Donald Trump, the US senator\r\n")
    stet.write("report.txt", b"\xef\xbb\xbfU.S. President")
    assert stet("import", "a.stet", "spun.txt").out == "imported 1 new document\n"
    ran = stet("import", "a.stet", "report.txt", "--reference-for", "spun")
    assert ran.out == "imported 1 new document, 1 reference linked\n"
    spun, report = stet("list", "a.stet", "--json").rows()
    assert (spun["name"], spun["length"], spun["references"]) == ("spun.txt", 30, [report["id"]])
    assert report["meta"] == {"bom": True}


def test_a_project_goes_out_and_comes_in_again_the_same(stet: Stet, sample: Path) -> None:
    assert stet("export", sample, "a.jsonl").err == "stet: exported 6 documents to a.jsonl\n"
    stet("new", "b.stet")
    assert stet("import", "b.stet", "a.jsonl").out == "imported 6 new documents, 13 annotations\n"
    stet("export", "b.stet", "b.jsonl")
    assert Path("a.jsonl").read_bytes() == Path("b.jsonl").read_bytes() == open_copy(sample)
    assert stet("import", "b.stet", "a.jsonl").out == "imported 6 documents already there\n"
    assert len(stet("log", "b.stet", "--json").rows()) == 1


def test_a_dry_run_changes_nothing(stet: Stet, sample: Path) -> None:
    stet("new", "b.stet")
    stet("export", sample, "a.jsonl")
    assert stet("import", "b.stet", "a.jsonl", "--dry-run").out == "would import 6 new documents, 13 annotations\n"
    assert stet("list", "b.stet", "--json").out == ""


def test_bad_data_is_refused_with_file_and_line(stet: Stet) -> None:
    stet("new", "a.stet")
    jsonl(Path("a.jsonl"), plain(id="d0"), with_mark(end=99))
    ran = stet("import", "a.stet", "a.jsonl")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "stet: a.jsonl:2: annotation a1: range 0-99 lies outside the text of 52 characters; "
        "count code points from 0; the end isn't included\n"
    )
    assert stet("list", "a.stet", "--json").out == ""


def test_the_good_records_of_a_bad_file_can_be_had(stet: Stet) -> None:
    stet("new", "a.stet")
    jsonl(Path("a.jsonl"), plain(id="d0"), with_mark(end=99), b'{"stet":1,"id":"d9","na')
    ran = stet("import", "a.stet", "a.jsonl", "--skip-bad")
    assert (ran.code, ran.out) == (1, "imported 1 new document, 2 bad records skipped\n")
    assert [line.split(": ")[1] for line in ran.err.splitlines()] == ["a.jsonl:2", "a.jsonl:3"]
    report = json.loads(stet("import", "a.stet", "a.jsonl", "--skip-bad", "--json").out)
    assert (report["already"], report["bad"], report["errors"][0]["line"]) == (1, 2, 2)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_before_a_scheme_is_no_fault(stet: Stet, encoding: str) -> None:
    source = "\r\n".join(scheme_source("ner").splitlines()).encode(encoding)
    stet.write("marked.toml", source)
    assert stet("scheme", "check", "marked.toml").out.startswith("ner@1 is a valid scheme")
    assert stet("new", "a.stet", "--scheme", "marked.toml").code == 0
    assert stet("scheme", "a.stet", "show").out.replace("\r", "").strip() == scheme_source("ner").strip()
    assert stet("scheme", "a.stet", "apply", "marked.toml", "--as", "ana").code == 0


def test_a_file_in_a_folder_that_is_left_out_is_named(stet: Stet) -> None:
    stet("new", "a.stet")
    (stet.folder / "in").mkdir()
    stet.write("in/one.txt", "One.")
    stet.write("in/other.jsonl", '{"words": []}\n')
    ran = stet("import", "a.stet", "in")
    assert (ran.code, ran.out) == (1, "imported 1 new document, 1 file not read\n")
    assert "in/other.jsonl:1: this JSON isn't in a known format" in ran.err


def test_notes_on_an_import_go_to_standard_error(stet: Stet) -> None:
    stet("new", "a.stet", "--scheme", "ner")
    jsonl(Path("a.jsonl"), with_mark(quote="Ronald", label="WIZARD"))
    ran = stet("import", "a.stet", "a.jsonl")
    assert ran.code == 0
    assert "stet: note: marks whose quote doesn't match the text, kept unchanged: 1 (a.jsonl:1:" in ran.err
    assert "doesn't have, kept: 1 (entity/WIZARD)" in ran.err


def test_the_importer_s_undo_is_theirs(stet: Stet, sample: Path) -> None:
    stet.write("x.txt", "x")
    stet("import", sample, "x.txt", "--as", "Ana")
    session = Session.open(sample, annotator="ana")
    try:
        assert session.undo_title() == "Import x.txt"
        undo(session)
        assert session.reader.documents.count() == 6
    finally:
        session.close()


def test_offsets_of_our_own_format_are_always_code_points(stet: Stet) -> None:
    stet("new", "a.stet")
    jsonl(Path("a.jsonl"), with_mark())
    ran = stet("import", "a.stet", "a.jsonl", "--offsets", "utf16")
    assert ran.code == 1
    assert "a.jsonl: Stet's JSONL counts code points, not utf16; leave out --offsets" in ran.err
    assert stet("import", "a.stet", "a.jsonl", "--offsets", "cp").code == 0
    assert stet("import", "a.stet", "a.jsonl", "--offsets", "words").code == 2


def test_import_merges_same_annotator_and_refuses_another_text(stet: Stet) -> None:
    stet("new", "a.stet")
    stet.write("1.jsonl", written([record(sets=(work(annotator="ana"),))]))
    jsonl(Path("2.jsonl"), with_mark())
    jsonl(Path("3.jsonl"), plain("another text"))
    stet("import", "a.stet", "1.jsonl")
    assert stet("import", "a.stet", "2.jsonl").out == "imported 1 annotation, 1 document extended\n"
    assert stet("import", "a.stet", "2.jsonl").out == "imported 1 document already there\n"
    ran = stet("import", "a.stet", "3.jsonl")
    assert (ran.code, "“spun.txt” (d1) is in the project with a different text" in ran.err) == (1, True)


def test_export_goes_to_a_pipe_with_nothing_beside_it(stet: Stet, sample: Path) -> None:
    ran = stet("export", sample, "-")
    assert ran.out.encode() == open_copy(sample)
    assert ran.err == "stet: exported 6 documents\n"


def test_training_data_says_what_it_lost(stet: Stet, sample: Path) -> None:
    ran = stet("export", sample, "t.jsonl", "--format", "training", "--tokens", "--unfinished", "--report", "r.json")
    assert ran.code == 0
    assert ran.err.startswith("stet: exported 1 document to t.jsonl\n")
    report = json.loads(Path("r.json").read_text())
    assert report["parts"] == [{"path": "t.jsonl", "documents": 1, "replaced": False}]
    assert all(set(loss) == {"kind", "what", "count", "examples"} for loss in report["losses"])
    (row,) = [json.loads(line) for line in Path("t.jsonl").read_bytes().splitlines()]
    assert row["tokens"]


def test_a_split_makes_a_file_per_part(stet: Stet, sample: Path) -> None:
    ran = stet("export", sample, "out.jsonl", "--split", "50/50", "--seed", 3, "--where", "name=*")
    assert ran.code == 0
    assert "to out.train.jsonl" in ran.err
    assert "(seed 3)" in ran.err
    assert (
        len(Path("out.train.jsonl").read_bytes().splitlines() + Path("out.test.jsonl").read_bytes().splitlines()) == 6
    )
    assert stet("export", sample, "-", "--split", "50/50").code == 2
    assert stet("export", sample, ".", "--split", "50/50").code == 1


def test_a_file_that_is_replaced_is_told(stet: Stet, sample: Path) -> None:
    stet("export", sample, "a.jsonl")
    assert stet("export", sample, "a.jsonl").err == "stet: exported 6 documents to a.jsonl (replacing a file)\n"
    ran = stet("export", sample, "a.jsonl", "--split", "50/50")
    assert "replacing" not in ran.err
    ran = stet("export", sample, "a.jsonl", "--split", "50/50", "--report", "r.json")
    assert ran.err.count("(replacing a file)") == 2
    assert [part["replaced"] for part in json.loads(Path("r.json").read_text())["parts"]] == [True, True]


def test_empty_parts_of_a_split_are_told(stet: Stet) -> None:
    stet("new", "a.stet")
    for name in "abc":
        stet.write(f"{name}.txt", name)
        stet("import", "a.stet", f"{name}.txt")
    ran = stet("export", "a.stet", "o.jsonl", "--split", "80/10/10", "--report", "r.json")
    assert ran.code == 0
    empty = [name for name in ("o.train.jsonl", "o.dev.jsonl", "o.test.jsonl") if not Path(name).read_bytes()]
    assert empty
    assert f"too few documents, or too many that must stay together: {len(empty)} ({'; '.join(empty)})" in ran.err
    (loss,) = json.loads(Path("r.json").read_text())["losses"]
    assert (loss["kind"], loss["examples"]) == ("empty", empty)


def test_documents_of_one_name_are_told(stet: Stet) -> None:
    stet("new", "a.stet")
    for folder in "abc":
        (stet.folder / folder).mkdir()
        stet.write(f"{folder}/same.txt", folder)
    stet.write("other.txt", "other")
    ran = stet("import", "a.stet", "a/same.txt", "b/same.txt", "other.txt")
    assert (ran.code, ran.out) == (0, "imported 3 new documents\n")
    assert "documents that share a name with another; refer to them by id: 2 (same.txt; same.txt)" in ran.err
    assert ": 1 (same.txt)" in stet("import", "a.stet", "c/same.txt").err
    assert stet("import", "a.stet", "c/same.txt").err == ""


def test_a_report_that_can_not_be_written_is_said(stet: Stet, sample: Path) -> None:
    ran = stet("export", sample, "x.jsonl", "--report", "none/r.json")
    assert (ran.code, "none/r.json: can't be written" in ran.err) == (1, True)


def test_unfinished_work_is_left_out_unless_asked_for(stet: Stet, sample: Path) -> None:
    for whose in (["--as", "ana"], ["--all"], []):
        ran = stet("export", sample, "t.jsonl", "--format", "training", *whose)
        assert (ran.code, Path("t.jsonl").read_bytes()) == (0, b"")
        assert "stet: documents whose work isn't finished, left out: 1 (After the call, spun (ana))" in ran.err
        assert "stet: nothing exported, as no document is finished" in ran.err
        assert ran.err.endswith("stet: to include unfinished work, add --unfinished\n")
        assert stet("export", sample, "-", "--format", "training", "--unfinished", *whose).rows()
    assert stet("export", sample, "-", "--format", "training", "--where", "status=open").rows()
    ran = stet("export", sample, "x.jsonl", "--unfinished")
    assert (ran.code, "“stet” includes unfinished work" in ran.err) == (2, True)


def test_check_counts_marks_that_spoil_a_training(stet: Stet) -> None:
    text = "Ana met  Bo.\n"
    places = [(0, 4), (7, 9), (9, 13), (9, 11), (9, 11)]
    marks = [annotation(text, place, uid=f"m{n}", layer="entity", label="PERSON") for n, place in enumerate(places)]
    stet("new", "odd.stet", "--scheme", "ner")
    stet.write("odd.jsonl", written([record(text, name="odd", sets=(work(*marks, status=Status.DONE),))]))
    assert stet("import", "odd.stet", "odd.jsonl").code == 0
    ran = stet("check", "odd.stet")
    assert ran.code == 0
    assert ran.out == (
        "finding: odd, ana: “Ana ”: the mark begins or ends with white space\n"
        "finding: odd, ana: “  ”: the mark covers nothing but white space\n"
        "finding: odd, ana: “Bo”: another mark has the same label at the same place\n"
        "finding: odd, ana: “Bo.\\n”: the mark begins or ends with white space\n"
        "no problems, 4 findings\n"
    )
    kinds = [row["kind"] for row in stet("check", "odd.stet", "--json").rows()]
    assert kinds == ["space", "blank", "twice", "space"]


def test_as_gold_and_all_exclude_each_other(stet: Stet, sample: Path) -> None:
    for options in (("--as", "ana", "--all"), ("--as", "ana", "--gold"), ("--gold", "--all")):
        assert stet("export", sample, "x", *options).code == 2


@pytest.fixture
def reviewed(stet: Stet) -> Path:
    """Give a project with a reviewed text, in which ana has one mark of two in gold."""
    stet("new", "reviewed.stet")
    places = {"a1": (0, 12), "g1": (0, 12), "g2": (21, 28)}
    marks = [annotation(TEXT, place, uid=uid, layer="entity", label="PERSON") for uid, place in places.items()]
    sets = (work(marks[0]), gold(*marks[1:]))
    decisions = (decision("k1", gold="g1", sources=("a1",), note="so"), decision("k2", outcome=Outcome.REJECTED))
    stet.write("reviewed.jsonl", written([record(sets=sets, decisions=decisions)]))
    assert stet("import", "reviewed.stet", "reviewed.jsonl").out == (
        "imported 1 new document, 3 annotations, 2 decisions\n"
    )
    return stet.folder / "reviewed.stet"


def test_gold_goes_out_with_its_decisions(stet: Stet, reviewed: Path) -> None:
    ran = stet("export", reviewed, "gold.jsonl", "--gold")
    told = "stet: exported 1 document to gold.jsonl\nstet: gold: 1 accepted, 1 without a decision\n"
    assert ran.err.startswith(told)
    assert "with undecided marks added or changed since: 1 (spun.txt)" in ran.err
    stet("new", "b.stet")
    assert stet("import", "b.stet", "gold.jsonl").out == "imported 1 new document, 2 annotations, 2 decisions\n"
    assert open_copy(Path("b.stet")) == Path("gold.jsonl").read_bytes()
    ran = stet("export", reviewed, "-", "--gold", "--format", "training", "--where", "status=finished")
    (row,) = ran.rows()
    assert [span["provenance"] and span["provenance"]["id"] for span in row["spans"]] == ["k1", None]
    assert "stet: gold marks without a valid decision; their votes, soft and provenance are null: 1" in ran.err


def test_without_gold_nothing_is_written(stet: Stet, sample: Path) -> None:
    for format in ("stet", "training"):
        ran = stet("export", sample, "gold.jsonl", "--gold", "--format", format)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith("stet: there is no gold in the project yet; review the marks first")
        assert not Path("gold.jsonl").exists()
    assert stet("export", sample, "-", "--gold").out == ""


def test_decisions_are_listed_as_they_are_exported(stet: Stet, reviewed: Path, sample: Path) -> None:
    line = json.loads(open_copy(reviewed))
    expected = [{**found, "document": "d1", "document_name": "spun.txt"} for found in line["decisions"]]
    rows = stet("list", reviewed, "decisions", "--json").rows()
    assert rows == expected
    assert list(rows[0]) == list(expected[0])
    title, first, second = stet("list", reviewed, "decisions").out.splitlines()
    assert title.split() == ["DOCUMENT", "LAYER", "OUTCOME", "REVIEWER", "RULE", "REASON", "SOURCES", "GOLD", "NOTE"]
    assert first.split() == ["spun.txt", "entity", "accepted", "rina", "1", "g1", "so"]
    assert second.split()[:4] == ["spun.txt", "entity", "rejected", "rina"]
    assert stet("list", sample, "decisions", "--json").out == ""
    assert stet("list", sample, "decisions").out == ""


# -- list, search, log, formats, backup --------------------------------------------------------------------------------


def test_lists_have_the_documented_fields(stet: Stet, sample: Path) -> None:
    rows = stet("list", sample, "--json").rows()
    assert list(rows[0]) == [*("id", "name", "title", "length", "words", "sha256", "references", "meta", "flags")]
    (ana,) = stet("list", sample, "annotators", "--json").rows()
    assert (ana["name"], ana["kind"], ana["documents"], ana["annotations"]) == ("ana", "person", 1, 13)
    labels = stet("list", sample, "labels", "--json").rows()
    assert {"layer": "error", "label": "OMISSION", "annotator": "ana", "count": 1} in labels
    marks = stet("list", sample, "annotations", "--json").rows()
    line = json.loads(open_copy(sample).split(b"\n")[0])
    whole = [
        {**mark, "document": line["id"], "document_name": line["name"], "annotator": "ana"}
        for mark in line["sets"][0]["annotations"]
    ]
    assert marks == whole
    assert list(marks[0]) == list(whole[0])


def test_annotations_can_be_chosen_by_person_and_layer(stet: Stet, sample: Path) -> None:
    errors = stet("list", sample, "annotations", "--layer", "error", "--as", "ANA", "--json").rows()
    assert {row["layer"] for row in errors} == {"error"}
    assert stet("list", sample, "annotations", "--as", "boris").code == 1
    assert stet("list", sample, "documents", "--as", "ana", "--as", "boris").code == 2


@pytest.mark.parametrize("what", ["documents", "annotators", "annotations", "labels"])
def test_tables_are_for_people(stet: Stet, sample: Path, what: str) -> None:
    lines = stet("list", sample, what).out.splitlines()
    assert lines[0].isupper()
    assert len(lines) == len(stet("list", sample, what, "--json").rows()) + 1


def test_a_table_can_not_move_the_cursor(stet: Stet) -> None:
    stet("new", "a.stet")
    jsonl(Path("a.jsonl"), plain(name="a\x1b[2Jb\nc\u202e"))
    stet("import", "a.stet", "a.jsonl")
    assert "a\\x1b[2Jb\\nc\\u202e" in stet("list", "a.stet").out
    assert "\x1b" not in stet("search", "a.stet", "senator").out


def test_search_gives_the_place_in_code_points(stet: Stet) -> None:
    stet("new", "a.stet")
    stet.write("a.txt", "😀 the slave trade, the slave\ntrade")
    stet("import", "a.stet", "a.txt")
    first, second = stet("search", "a.stet", '"slave trade"', "--json").rows()
    assert list(first) == ["document", "name", "start", "end", "before", "match", "after"]
    assert (first["start"], first["end"], first["match"]) == (6, 17, "slave trade")
    assert second["match"] == "slave\ntrade"
    assert stet("search", "a.stet", '"slave trade"').out.startswith(
        "a.txt:6-17: 😀 the [slave trade], the slave trade\n"
    )
    assert len(stet("search", "a.stet", "slave", "--limit", 1, "--json").rows()) == 1
    assert stet("search", "a.stet", "nothing").out == ""


def test_the_log_shows_what_was_done(stet: Stet, sample: Path) -> None:
    stet.write("x.txt", "x")
    stet("import", sample, "x.txt", "--as", "zoe")
    first, second = stet("log", sample, "--json").rows()
    assert (first["title"], first["annotator"], second["title"]) == ("Import x.txt", "zoe", "Create sample")
    assert first["edit"]["type"] == "show-batch"
    assert first["inverse"]["type"] == "hide-batch"
    assert len(stet("log", sample, "--limit", 1).out.splitlines()) == 2


def test_formats_are_listed(stet: Stet) -> None:
    rows = stet("formats", "--json").rows()
    found = {row["name"]: (row["reads"], row["writes"]) for row in rows}
    assert list(found)[:2] == ["stet", "text"]
    assert [found[name] for name in ("stet", "text", "json", "csv", "training")] == [
        *((True, True), (True, False), (True, True), (True, True), (False, True))
    ]
    assert stet("formats").out.splitlines()[0].startswith("NAME")


def test_backup_makes_a_copy_that_opens(stet: Stet, sample: Path) -> None:
    assert stet("backup", sample, "copy.stet").out == "backed up to copy.stet\n"
    assert open_copy(Path("copy.stet")) == open_copy(sample)
    assert stet("backup", sample, "copy.stet").code == 1
    assert stet("backup", sample).code == 0
    assert len(backups(sample)) == 1


# -- scheme ------------------------------------------------------------------------------------------------------------


def test_the_scheme_is_shown_as_it_came_in(stet: Stet, sample: Path) -> None:
    ran = stet("scheme", sample)
    stet.write("mine.toml", ran.out)
    assert stet("scheme", "check", "mine.toml").out.startswith("news-errors@2 is a valid scheme")
    shown = json.loads(stet("scheme", sample, "show", "--json").out)
    assert (shown["name"], shown["version"]) == ("news-errors", 2)
    assert "source" not in shown


def test_a_broken_scheme_is_told_with_its_line(stet: Stet, sample: Path) -> None:
    broken = stet("scheme", sample).out.replace('key = "F2"', 'key = "F13"', 1)
    line = broken[: broken.index("F13")].count("\n") + 1
    stet.write("mine.toml", broken)
    for arguments in (("check", "mine.toml"), (sample, "check", "mine.toml"), (sample, "apply", "mine.toml")):
        ran = stet("scheme", *arguments)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith(f"stet: mine.toml:{line}: “F13” isn't a valid layer key; use one of: F2, F3")


def test_a_scheme_is_put_in_force_and_back_again(stet: Stet, sample: Path) -> None:
    ran = stet("scheme", sample, "check", "ner")
    assert "annotation error/OMISSION by ana: ner@1 doesn't have the label; kept as it is" in ran.err
    assert stet("scheme", sample, "apply", "ner", "--as", "ana").out == "ner@1 is the current scheme\n"
    assert stet("check", sample).code == 1
    session = Session.open(sample, annotator="ana")
    try:
        assert session.scheme.tag == "ner@1"
        undo(session)
        assert session.scheme.tag == "news-errors@2"
    finally:
        session.close()
    assert stet("check", sample).out == CLEAN


def test_a_changed_scheme_needs_a_higher_version(stet: Stet, sample: Path) -> None:
    source = stet("scheme", sample).out
    stet.write("same.toml", source + "\n# a comment\n")
    stet.write("next.toml", source.replace("version = 2", "version = 3", 1))
    ran = stet("scheme", sample, "apply", "same.toml")
    assert (ran.code, "raise version to 3" in ran.err) == (1, True)
    assert stet("scheme", sample, "apply", "same.toml", "--force").code == 0
    assert stet("scheme", sample, "apply", "next.toml").out == "news-errors@3 is the current scheme\n"
    assert stet("scheme", sample, "apply", "next.toml").code == 0
    assert len(stet("log", sample, "--json").rows()) == 3


@pytest.mark.parametrize("arguments", [("apply",), ("show", "x"), ("burn",), ("burn", "x")])
def test_wrong_use_of_scheme_is_said(stet: Stet, sample: Path, arguments: tuple[str, ...]) -> None:
    ran = stet("scheme", sample, *arguments)
    assert (ran.code, ran.out) == (2, "")


# -- check -------------------------------------------------------------------------------------------------------------


def _spoil(path: Path, sql: str) -> None:
    session = Session.open(path)
    try:
        with session.project.atomic():
            session.project.db.conn.execute(sql)
    finally:
        session.close()


@pytest.mark.parametrize(
    ("sql", "kind", "what"),
    [
        ("UPDATE document SET text = text || '.' WHERE id = 2", "text", "its hash doesn't match"),
        (
            "UPDATE annotation SET quote = 'Zeus' WHERE label = 'GPE'",
            "quote",
            "“Zeus”: the text at its position doesn't match this quote",
        ),
        ("UPDATE evidence SET quote = 'Zeus'", "evidence", "evidence “Zeus”: the text there doesn't match the quote"),
        ("UPDATE evidence SET document = 'gone'", "evidence", "its document isn't in the project"),
        ("UPDATE annotation SET label = 'ZEUS' WHERE label = 'GPE'", "rule", "Label “ZEUS” isn't in layer"),
    ],
)
def test_check_finds_what_is_wrong(stet: Stet, sample: Path, sql: str, kind: str, what: str) -> None:
    assert stet("check", sample).out == CLEAN
    _spoil(sample, sql)
    ran = stet("check", sample, "--json")
    assert ran.code == 1
    # What is derived from a text that was changed behind our back doesn't fit it either.
    assert {row["kind"] for row in ran.rows()} - ({"list"} if kind == "text" else set()) == {kind}
    assert all(row["problem"] for row in ran.rows())
    assert what in ran.rows()[0]["what"]
    ran = stet("check", sample)
    assert (ran.code, ran.out.startswith("problem: ")) == (1, True)


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("UPDATE decision SET votes = '{' WHERE uid = 'k2'", "decision k2 is invalid ("),
        ("UPDATE decision SET sources = '[1]' WHERE uid = 'k2'", "decision k2 is invalid ("),
        (
            "UPDATE decision SET outcome = 'maybe' WHERE uid = 'k2'",
            "decision k2 is invalid (“outcome” can't be “maybe”",
        ),
        ("UPDATE decision SET reason = 'mood' WHERE uid = 'k2'", "decision k2 is invalid ("),
        (
            "UPDATE decision SET gold = 'a1' WHERE uid = 'k1'",
            "decision k1 is on a1, which isn't in the document's gold",
        ),
        ("DELETE FROM annotation WHERE uid = 'g1'", "decision k1 is on g1, which isn't in the document's gold"),
    ],
)
def test_check_finds_decisions_that_are_wrong(stet: Stet, reviewed: Path, sql: str, what: str) -> None:
    assert stet("check", reviewed).out == CLEAN
    _spoil(reviewed, sql)
    ran = stet("check", reviewed, "--json")
    (row,) = ran.rows()
    assert (ran.code, row["problem"], row["kind"], row["document_name"]) == (1, True, "decision", "spun.txt")
    assert what in row["what"]


def test_check_finds_decisions_lacking_a_document_or_reviewer(stet: Stet, reviewed: Path) -> None:
    connection = sqlite3.connect(reviewed)
    connection.execute("UPDATE decision SET document = 99 WHERE uid = 'k1'")
    connection.execute("UPDATE decision SET reviewer = 99 WHERE uid = 'k2'")
    connection.commit()
    connection.close()
    ran = stet("check", reviewed, "--json")
    assert ran.code == 1
    assert [(row["kind"], row["what"]) for row in ran.rows()] == [
        ("link", "rows of the table “decision” refer to rows that don't exist"),
        ("decision", "decision k1: its document isn't in the project"),
        ("decision", "decision k2: its reviewer isn't in the project"),
    ]


def test_what_was_taken_back_is_not_missed(stet: Stet, reviewed: Path) -> None:
    session = Session.open(reviewed, annotator="rina")
    try:
        session.perform(WithdrawDecision("k1"), title="Take back")
        session.perform(SetEdit("d1", GOLD, RemoveAnnotation("g1")), title="Remove")
    finally:
        session.close()
    assert stet("check", reviewed).out == CLEAN
    assert [row["id"] for row in stet("list", reviewed, "decisions", "--json").rows()] == ["k2"]


def test_unfinished_work_is_a_finding_and_no_problem(stet: Stet, sample: Path) -> None:
    session = Session.open(sample, annotator="boris")
    try:
        uid = session.reader.documents.find("Budget vote, spun")[0]
        state = session.open_document(uid)
        session.apply(
            annotation_edits.annotate(state, [(0, 5)], layer="error", label="TORTURED_TERM", scheme=session.scheme),
            title="Mark",
        )
    finally:
        session.close()
    ran = stet("check", sample)
    assert ran.code == 0
    assert ran.out.startswith("finding: Budget vote, spun, boris: “")
    _spoil(sample, "UPDATE annotation_set SET status = 'done'")
    assert stet("check", sample).code == 1


def test_a_row_that_makes_no_sense_is_said(stet: Stet, sample: Path) -> None:
    _spoil(sample, "UPDATE evidence SET stance = 'maybe'")
    ran = stet("check", sample)
    assert ran.code == 1
    assert "of the table “evidence” can't be read: “stance” can't be “maybe”" in ran.out
    ran = stet("export", sample, "out.jsonl")
    assert ran.code == 1
    assert "of the table “evidence” can't be read: “stance” can't be “maybe”; stet check lists all that" in ran.err
    assert "is damaged; there is no intact backup" in ran.err
    assert not Path("out.jsonl").exists()


def test_a_damaged_file_is_refused(stet: Stet, sample: Path) -> None:
    content = bytearray(sample.read_bytes())
    content[4096 * 3 : 4096 * 5] = b"\xaa" * 8192
    sample.write_bytes(content)
    for command in ("check", "list", "log"):
        ran = stet(command, sample)
        assert (ran.code, ran.out == "" or command == "check") == (1, True)
        assert "the file is damaged; there is no intact backup of it in sample.backups; " in ran.err
        assert "btree" not in ran.err.lower()
    ran = stet("check", sample, "--json")
    assert ran.code == 1
    assert {(row["problem"], row["kind"]) for row in ran.rows()} == {(True, "file"), (True, "row")}
    assert all(row["what"] == "the file is damaged" and row["detail"] for row in ran.rows() if row["kind"] == "file")


def test_backups_of_a_damaged_project_are_refused_and_kept_apart(stet: Stet, sample: Path) -> None:
    import sqlite3
    from contextlib import closing

    assert stet("backup", sample).code == 0
    (good,) = stet.folder.glob("sample.backups/*.stet")
    with closing(sqlite3.connect(sample)) as db:
        db.execute("UPDATE document SET text = text || 'x' WHERE id = 1")
        db.commit()
    for _ in range(6):
        ran = stet("backup", sample)
        assert (ran.code, ran.out) == (1, "")
        assert "the project is damaged" in ran.err
        assert good.name in ran.err
    assert list(stet.folder.glob("sample.backups/*.stet")) == [good]


def test_a_backup_after_a_clock_ran_ahead_stays(stet: Stet, sample: Path) -> None:
    folder = stet.folder / "sample.backups"
    folder.mkdir()
    for month in range(1, 9):
        (folder / f"sample-20990{month}15T120000Z.stet").write_bytes(sample.read_bytes())
    ran = stet("backup", sample)
    assert Path(ran.out.removeprefix("backed up to ").strip()).exists()
    assert "are dated later than now" in ran.err


def test_the_newest_good_backup_is_named_and_can_be_used(stet: Stet, sample: Path) -> None:
    import shlex

    good = sample.read_bytes()
    folder = stet.folder / "sample.backups"
    folder.mkdir()
    for day, content in ((1, good), (2, good), (3, good[: len(good) // 2]), (4, b"")):
        (folder / f"sample-2026010{day}T000000Z.stet").write_bytes(content)
    for spoilt in (b"", good[:50], good[: len(good) // 2], good[: 4096 * 3] + b"\xaa" * 8192 + good[4096 * 5 :]):
        sample.write_bytes(spoilt)
        ran = stet("list", sample)
        assert ran.code == 1
        assert "its newest intact backup, sample.backups/sample-20260102T000000Z.stet;" in ran.err
        assert sample.read_bytes() == spoilt
    assert stet(*shlex.split(ran.err.partition("in a shell: stet ")[2])).code == 0
    assert stet("check", sample).out == CLEAN
