"""`stet review` and `stet list conflicts`, as a person or a script uses them."""

import json
from pathlib import Path

import pytest

from app import paths
from app.jobs.tasks.review import CONFLICT_KINDS
from app.services.history.undo import undo
from app.session.session import Session
from app.storage.backups import backups
from tests.cli.conftest import Stet
from tests.unit.exchange.build import mark, plain

TEXT = "Donald Trump, the US senator, called. Kyiv agreed."
OTHER = "Nothing to see here."


def work(who: str, *marks: dict, status: str = "done") -> dict:
    return {"annotator": who, "status": status, "annotations": list(marks)}


@pytest.fixture
def two(stet: Stet) -> Path:
    """Give a project with a document that two have finished, and one that ana alone has."""
    stet("new", "two.stet", "--scheme", "ner")
    ana = work("ana", mark(id="a1"), mark(14, 28, id="a2"), mark(38, 42, id="a3", label="GPE"))
    ben = work("ben", mark(id="b1"), mark(18, 28, id="b2"))
    alone = work("ana", mark(0, 7, id="c1"))
    rows = [plain(TEXT, sets=[ana, ben]), plain(OTHER, id="d2", name="other.txt", sets=[alone])]
    stet.write("two.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    assert stet("import", "two.stet", "two.jsonl").code == 0
    return stet.folder / "two.stet"


def log_rows(path: Path) -> int:
    session = Session.open(path, write=False)
    try:
        return session.log.next_sequence()
    finally:
        session.close()


def gold(stet: Stet) -> list[str]:
    stet("export", "two.stet", "gold.jsonl")
    lines = [json.loads(line) for line in Path("gold.jsonl").read_bytes().splitlines()]
    found = [item for line in lines for item in line["sets"] if item["annotator"] == "gold"]
    return [annotation["quote"] for item in found for annotation in item["annotations"]]


# -- the numbers -------------------------------------------------------------------------------------------------------


def test_the_state_of_review_in_numbers(stet: Stet, two: Path) -> None:
    (found,) = stet("review", two, "--json").rows()
    assert found == {
        **{"documents": 2, "finished_by": {"1": 1, "2": 1}, "groups": 4, "agreed": 1, "conflicts": 2},
        **{"by_kind": {"missing": 1, "boundary": 1}, "open": 4, "decided": 0, "deferred": 0, "stale": 0},
        **{"orphans": 0, "released": 0},
        "gold": {"done": 0, "done_empty": 0, "outdated": 0, "open": 0, "none": 2},
    }
    lines = stet("review", two).out.splitlines()
    assert [line.split() for line in lines if "boundary" in line or "agreed" in line] == [
        ["agreed", "1"],
        ["boundary", "1"],
    ]


def test_the_numbers_of_each_document(stet: Stet, two: Path) -> None:
    (found,) = stet("review", two, "--documents", "--json").rows()
    first, second = found["by_document"]
    assert (first["document_name"], first["readers"], first["groups"], first["agreed"]) == ("spun.txt", 2, 3, 1)
    assert (second["document_name"], second["readers"], second["conflicts"]) == ("other.txt", 1, 0)
    (found,) = stet("review", two, "--documents", "oth*", "--json").rows()
    assert (found["documents"], found["groups"], len(found["by_document"])) == (1, 1, 1)
    assert "spun.txt" in stet("review", two, "--documents").out


def test_an_empty_project_has_nothing_to_review(stet: Stet) -> None:
    stet("new", "a.stet")
    (found,) = stet("review", "a.stet", "--json").rows()
    assert (found["documents"], found["groups"], found["finished_by"]) == (0, 0, {})
    assert stet("review", "a.stet", "--documents").code == 0
    assert stet("list", "a.stet", "conflicts").out == ""


# -- nothing to mark ---------------------------------------------------------------------------------------------------

COUNCIL = "The council of Ulm met again on Tuesday at noon."
MAYOR = "The major of Ulm resigned on Monday after a vote."


@pytest.fixture
def clean(stet: Stet) -> Path:
    """Give a project with an error that two agree on, and a document in which both found nothing."""
    stet("new", "two.stet", "--scheme", "news-errors")
    error = {"layer": "error", "label": "ROLE_ATTRIBUTE", "correction": "mayor", "attributes": {"severity": "major"}}
    sets = [work(who, mark(4, 9, id=who, **error)) for who in ("ana", "ben")]
    rows = [
        plain(MAYOR, id="d1", name="d1", sets=sets),
        plain(COUNCIL, id="d2", name="d2", sets=[work(who, status="done_empty") for who in ("ana", "ben")]),
    ]
    stet.write("in.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    assert stet("import", "two.stet", "in.jsonl").code == 0
    return stet.folder / "two.stet"


def trained(stet: Stet) -> tuple[list[dict], str]:
    """Return finished gold as training data, and what the export said."""
    ran = stet("export", "two.stet", "g.jsonl", "--gold", "--format", "training", "--where", "status=finished")
    return [json.loads(line) for line in Path("g.jsonl").read_bytes().splitlines()], ran.err


@pytest.mark.parametrize("rule", [["unanimous"], ["majority"], ["threshold", "--votes", "2"]])
def test_a_rule_makes_gold_of_what_no_one_marked(stet: Stet, clean: Path, rule: list[str]) -> None:
    ran = stet("review", clean, "--auto", *rule, "--as", "rina")
    assert ran.out.splitlines()[1] == "1 document is gold without a mark: no one marked anything there"
    found, said = trained(stet)
    assert [(one["name"], one["status"], len(one["errors"])) for one in found] == [
        ("d1", "done", 1),
        ("d2", "done_empty", 0),
    ]
    assert "gold: 1 accepted, 1 document with nothing to mark" in said
    scores = stet("insights", clean, "score", "--json").rows()
    (whole,) = [row for row in scores[0]["rows"] if row["annotator"] == "gold" and not row["document_id"]]
    assert (whole["penalty"], whole["words"], whole["score"]) == (5.0, 20, 250.0)
    rows = log_rows(clean)
    again = stet("review", clean, "--auto", *rule, "--as", "rina")
    assert ("gold without a mark" in again.out, log_rows(clean)) == (False, rows)


def test_a_dry_run_counts_what_no_one_marked(stet: Stet, clean: Path) -> None:
    before = clean.read_bytes()
    ran = stet("review", clean, "--auto", "unanimous", "--dry-run")
    assert "1 document would be gold without a mark: no one marked anything there" in ran.out
    ran = stet("review", clean, "--auto", "threshold", "--votes", 3, "--dry-run")
    assert "left 1 document without marks: 2 of 3 votes" in ran.out
    assert clean.read_bytes() == before


def test_progress_counts_gold_without_a_mark(stet: Stet, clean: Path) -> None:
    stet("review", clean, "--auto", "unanimous", "--as", "rina")
    (found,) = stet("review", clean, "--documents", "--json").rows()
    assert found["gold"] == {"done": 1, "done_empty": 1, "outdated": 0, "open": 0, "none": 0}
    assert [row["gold"] for row in found["by_document"]] == ["done", "done_empty"]
    assert [line.split()[-3:] for line in stet("review", clean, "--documents").out.splitlines()[-1:]] == [
        ["nothing", "to", "mark"]
    ]
    (figure,) = stet("insights", clean, "progress", "--json").rows()
    gold = {row["status"]: row["documents"] for row in figure["rows"] if row["annotator"] == "gold"}
    assert gold == {"done": ["d1"], "done_empty": ["d2"]}


def test_a_later_mark_makes_empty_gold_outdated(stet: Stet, clean: Path) -> None:
    stet("review", clean, "--auto", "unanimous", "--as", "rina")
    late = plain(COUNCIL, id="d2", name="d2", sets=[work("cem", mark(4, 11, id="late", layer="error", label="TIME"))])
    stet.write("late.jsonl", json.dumps(late) + "\n")
    stet("import", clean, "late.jsonl")
    (found,) = stet("review", clean, "--documents", "d2", "--json").rows()
    assert (found["gold"]["outdated"], found["open"]) == (1, 1)
    assert "with undecided marks added or changed since: 1 (d2)" in trained(stet)[1]
    stet("review", clean, "--auto", "majority", "--reject-unmarked", "--as", "rina")
    (found,) = stet("review", clean, "--documents", "d2", "--json").rows()
    assert (found["by_document"][0]["gold"], found["decided"]) == ("done_empty", 1)


def test_an_export_names_documents_without_gold(stet: Stet, clean: Path) -> None:
    stet("review", clean, "--auto", "threshold", "--votes", 2, "--as", "rina")
    alone = plain(OTHER, id="d3", name="d3", sets=[work("ana", status="done_empty")])
    stet.write("alone.jsonl", json.dumps(alone) + "\n")
    stet("import", clean, "alone.jsonl")
    ran = stet("review", clean, "--auto", "unanimous", "--as", "rina")
    assert "left 1 document without marks: only one person finished the document" in ran.out
    assert "documents that annotators finished, but that have no gold yet: 1 (d3)" in trained(stet)[1]
    ran = stet("export", clean, "g2.jsonl", "--gold", "--format", "training", "--where", "name=d1")
    assert "no gold yet" not in ran.err
    assert stet("review", clean, "--finish", "--documents", "d3", "--as", "rina", "--json").rows() == [
        {"finished": 1, "empty": 1}
    ]
    assert len(trained(stet)[0]) == 3


def test_empty_gold_travels_as_a_file(stet: Stet, clean: Path) -> None:
    stet("review", clean, "--auto", "unanimous", "--as", "rina")
    stet("export", clean, "gold.jsonl", "--gold")
    (said,) = [row for row in stet("list", clean, "decisions", "--json").rows() if row["outcome"] == "empty"]
    assert (said["document"], said["reviewer"], said["votes"]) == ("d2", "rina", {"ana": None, "ben": None})
    stet("new", "other.stet", "--scheme", "news-errors")
    assert stet("import", "other.stet", "gold.jsonl").code == 0
    stet("export", "other.stet", "again.jsonl", "--gold")
    assert Path("again.jsonl").read_bytes() == Path("gold.jsonl").read_bytes()
    assert "d2" not in stet("check", "other.stet").out


def test_most_who_marked_nothing_reject(stet: Stet) -> None:
    stet("new", "two.stet", "--scheme", "ner")
    people = ["ana", "ben", "cara", "dan", "eva"]
    sets = [work(who, *([mark(id="a1")] if who == "ana" else [])) for who in people]
    sets.append(work("fay", status="open"))  # isn't a reader
    stet.write("in.jsonl", json.dumps(plain(TEXT, id="d", name="d", sets=sets)) + "\n")
    stet("import", "two.stet", "in.jsonl")
    assert "left 1 group: 1 of 5 agree" in stet("review", "two.stet", "--auto", "majority", "--as", "rina").out
    ran = stet("review", "two.stet", "--auto", "majority", "--reject-unmarked", "--as", "rina")
    assert ran.out.splitlines() == [
        "decided 1 group in 1 document (majority exact reject-unmarked)",
        "1 of these was rejected, as most marked nothing there",
    ]
    (found,) = stet("review", "two.stet", "--documents", "--json").rows()
    assert (found["decided"], found["gold"]["done_empty"]) == (1, 1)


# -- rules -------------------------------------------------------------------------------------------------------------


def test_a_rule_decides_and_says_what_it_left(stet: Stet, two: Path) -> None:
    ran = stet("review", two, "--auto", "unanimous", "--as", "rina")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "decided 1 group in 1 document (unanimous exact)",
        "left 1 group: 1 of 2 agree",
        "left 1 group: only one person finished the document",
        "left 1 group: tied votes",
    ]
    assert gold(stet) == ["Donald Trump"]
    assert any("merge" in path.name for path in backups(two))
    rows = log_rows(two)
    ran = stet("review", two, "--auto", "unanimous", "--as", "rina")
    assert ran.out.splitlines()[:2] == [
        "decided 0 groups in 0 documents (unanimous exact)",
        "kept 1 group already decided",
    ]
    assert log_rows(two) == rows


def test_the_report_as_json(stet: Stet, two: Path) -> None:
    (found,) = stet("review", two, "--auto", "majority", "--equal", "overlap", "--as", "rina", "--json").rows()
    assert found == {
        **{
            "rule": "majority overlap",
            "dry_run": False,
            "decided": 2,
            "kept": 0,
            "documents": 1,
            "torn": 0,
            "withdrawn": 0,
            "rejected": 0,
            "empty": 0,
            "finished": 0,
        },
        "left": [{"why": "1 of 1 agree", "groups": 1}, {"why": "1 of 2 agree", "groups": 1}],
        "left_empty": [],
    }


def test_thresholds_and_again(stet: Stet, two: Path) -> None:
    stet("review", two, "--auto", "threshold", "--votes", 1, "--confidence", 0, "--as", "rina")
    assert gold(stet) == ["Donald Trump", "Kyiv", "Nothing"]
    assert stet("review", two, "--auto", "unanimous", "--as", "rina").out.splitlines()[1].startswith("kept 3 groups")
    ran = stet("review", two, "--auto", "unanimous", "--again", "--as", "rina")
    assert "withdrew 2 decisions of an earlier rule that this rule doesn't make" in ran.out
    assert gold(stet) == ["Donald Trump"]


def test_a_dry_run_changes_nothing_and_needs_no_name(stet: Stet, two: Path) -> None:
    before = two.read_bytes()
    ran = stet("review", two, "--auto", "unanimous", "--dry-run")
    assert (ran.code, ran.out.startswith("would decide 1 group in 1 document")) == (0, True)
    assert (two.read_bytes(), backups(two)) == (before, [])
    assert gold(stet) == []


def test_the_reviewer_s_undo_is_theirs(stet: Stet, two: Path) -> None:
    stet("review", two, "--auto", "unanimous", "--as", "rina")
    session = Session.open(two, annotator="rina")
    try:
        assert session.undo_title() == "Merge automatically: everyone agrees"
        undo(session)
    finally:
        session.close()
    assert gold(stet) == []


# -- releasing ---------------------------------------------------------------------------------------------------------


def test_gold_is_released_and_hidden_again(stet: Stet, two: Path) -> None:
    assert stet("review", two, "--release", "--documents", "spun*", "--as", "rina").out == "released 1 document\n"
    assert stet("review", two, "--release", "--as", "rina", "--json").rows() == [{"released": 1}]
    assert stet("review", two, "--json").rows()[0]["released"] == 2
    rows = log_rows(two)
    assert stet("review", two, "--release", "--as", "rina").out == "released 0 documents\n"
    assert log_rows(two) == rows
    ran = stet("review", two, "--unrelease", "--documents", "other.txt", "--as", "rina")
    assert ran.out == "withdrew the release of 1 document\n"
    ran = stet("review", two, "--release", "--documents", "none", "--as", "rina")
    assert (ran.code, "no document is named “none”" in ran.err) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["--votes", "2"], "--votes needs --auto"),
        (["--again"], "--again needs --auto"),
        (["--dry-run"], "--dry-run needs --auto"),
        (["--equal", "exact"], "--equal needs --auto"),
        (["--auto", "unanimous", "--votes", "2", "--as", "r"], "--votes needs --auto threshold"),
        (["--auto", "majority", "--confidence", "0.5", "--as", "r"], "--confidence needs --auto threshold"),
        (["--auto", "unanimous"], "specify the reviewer: --as NAME"),
        (["--release"], "specify the reviewer: --as NAME"),
        (["--release", "--unrelease", "--as", "r"], "--release and --unrelease can't be combined"),
        (["--auto", "unanimous", "--release", "--as", "r"], "--auto and --release can't be combined"),
        (["--auto", "unanimous", "--finish", "--as", "r"], "--auto and --finish can't be combined"),
        (["--reject-unmarked"], "--reject-unmarked needs --auto"),
        (["--auto", "unanimous", "--reject-unmarked", "--as", "r"], "--reject-unmarked needs --auto majority or"),
        (["--finish"], "specify the reviewer: --as NAME"),
        (["--auto", "unanimous", "--documents", "*", "--as", "r"], "--documents can't be used with --auto"),
        (["--as", "r"], "--as is for"),
        (["--auto", "nobody"], "is not one of"),
        (["--auto", "threshold", "--votes", "0"], "0 is not in the range"),
        (["--auto", "threshold", "--confidence", "2"], "2.0 is not in the range"),
    ],
)
def test_options_that_make_no_sense_together_are_refused(
    stet: Stet, two: Path, arguments: list[str], what: str
) -> None:
    before = two.read_bytes()
    ran = stet("review", two, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert what in ran.err
    assert two.read_bytes() == before


def test_nobody_reviews_as_gold(stet: Stet, two: Path) -> None:
    ran = stet("review", two, "--auto", "unanimous", "--as", "gold")
    assert (ran.code, "“gold” isn't a valid annotator name" in ran.err) == (1, True)


# -- conflicts ---------------------------------------------------------------------------------------------------------


def test_conflicts_have_the_documented_fields(stet: Stet, two: Path) -> None:
    boundary, missing = stet("list", two, "conflicts", "--json").rows()
    assert list(boundary) == [
        *("document", "document_name", "layer", "key", "start", "end", "quote", "kinds", "agreed", "standing"),
        *("readers", "votes", "versions", "relations", "chains", "decision"),
    ]
    assert (boundary["start"], boundary["end"], boundary["quote"]) == (14, 28, "the US senator")
    assert (boundary["kinds"], boundary["agreed"], boundary["standing"]) == (["boundary"], False, "open")
    assert boundary["votes"] == {"ana": "a2", "ben": "b2"}
    assert [version["annotator"] for version in boundary["versions"]] == ["ana", "ben"]
    marks = {row["id"]: row for row in stet("list", two, "annotations", "--json").rows()}
    for version in boundary["versions"]:
        assert version == {key: value for key, value in marks[version["id"]].items() if not key.startswith("document")}
    assert (missing["kinds"], missing["votes"]) == (["missing"], {"ana": "a3", "ben": None})


def test_the_manual_names_every_key_that_programs_get(stet: Stet, two: Path) -> None:
    manual = (paths.resources() / "help" / "review.md").read_text(encoding="utf-8")
    rows = [
        *stet("list", two, "conflicts", "--json").rows()[:1],
        *stet("review", two, "--documents", "--json").rows(),
        *stet("review", two, "--auto", "unanimous", "--dry-run", "--json").rows(),
    ]
    keys = {key for row in rows for key in row} | set(rows[1]["by_document"][0])
    assert {key for key in keys if f"`{key}`" not in manual} == set()
    assert {kind for kind in CONFLICT_KINDS if f"`{kind}`" not in manual} == set()


def test_list_conflicts_filters_by_kind_layer_and_agreement(stet: Stet, two: Path) -> None:
    assert len(stet("list", two, "conflicts", "--kind", "missing", "--kind", "label", "--json").rows()) == 1
    assert stet("list", two, "conflicts", "--layer", "claim", "--json").rows() == []
    rows = stet("list", two, "conflicts", "--all", "--json").rows()
    assert [(row["start"], row["agreed"]) for row in rows] == [(0, True), (14, False), (38, False), (0, False)]
    assert stet("list", two, "conflicts", "--kind", "taste").code == 2
    assert stet("list", two, "conflicts", "--as", "ana").code == 2
    assert stet("list", two, "documents", "--all").code == 2


def test_a_decided_conflict_names_its_decision(stet: Stet, two: Path) -> None:
    stet("review", two, "--auto", "majority", "--equal", "overlap", "--as", "rina")
    boundary, missing = stet("list", two, "conflicts", "--json").rows()
    assert (boundary["standing"], missing["standing"], missing["decision"]) == ("decided", "open", None)
    assert boundary["decision"]


def test_conflicts_as_a_table(stet: Stet, two: Path) -> None:
    lines = stet("list", two, "conflicts").out.splitlines()
    assert lines[0].split() == [
        "DOCUMENT",
        "LAYER",
        "START",
        "END",
        "VERSIONS",
        "READERS",
        "KINDS",
        "STANDING",
        "QUOTE",
    ]
    assert lines[1].split()[:8] == ["spun.txt", "entity", "14", "28", "2", "2", "boundary", "open"]
