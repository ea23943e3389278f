"""`stet assign`, `stet bundle` and `stet merge`, as a lead uses them."""

from pathlib import Path

import pytest

from app.services.history.undo import undo
from app.session.session import Session
from tests.cli.conftest import Stet
from tests.unit.services.team.lead import finish, make, mark, opened


@pytest.fixture
def news(stet: Stet) -> Path:
    """Give a project with three documents to work on and one that is only a reference."""
    return make(stet.folder / "news.stet")


def test_a_round_from_hand_to_hand(stet: Stet, news: Path) -> None:
    ran = stet("assign", "news.stet", "--to", "ana,ben", "--round-robin", "--overlap", "1", "--as", "lead")
    assert ran.code == 0
    assert [line.split() for line in ran.out.splitlines()] == [
        ["ANNOTATOR", "DOCUMENTS", "NEW", "WORDS"],
        *ran_rows(stet),
        ["1", "of", "the", "documents", "go", "to", "everyone,", "0", "to", "no", "one"],
    ]
    for who in ("ana", "ben"):
        assert stet("bundle", "news.stet", f"{who}.stet", "--for", who).out.startswith(
            f"wrote {who}.stet for {who}: 2 "
        )
        with opened(stet.folder / f"{who}.stet", who) as session:
            for row in session.reader.documents.rows(session.reader.documents.keys(), annotator=None):
                if row.name in ("spun.txt", "other.txt"):
                    mark(session, row.name, {"spun.txt": "Kyiv", "other.txt": "Ankara"}[row.name])
                    finish(session, row.name)
    ran = stet("merge", "news.stet", "ana.stet", "ben.stet", "--as", "lead")
    assert ran.code == 0
    assert ran.out.startswith("merged the work on ")
    assert [line.split(" (")[0].strip() for line in ran.out.splitlines()[1:]] == ["ana", "ben"]
    again = stet("merge", "news.stet", "ana.stet", "ben.stet")
    assert (again.code, again.out) == (0, "nothing new: everything in it is already here\n")
    titles = [row["title"] for row in stet("log", "news.stet", "--json").rows()]
    assert titles[:1] == ["Merge 2 files"]
    assert stet("check", "news.stet").code == 0


def ran_rows(stet: Stet) -> list[list[str]]:
    """Return what a second, empty plan says everyone has, with nothing new in it."""
    rows = stet("assign", "news.stet", "--to", "ana,ben", "--round-robin", "--overlap", "1", "--json").rows()
    assert rows[-1] == {"new": 0, "overlap": 1, "unassigned": 0}
    return [[r["annotator"], str(r["documents"]), str(r["documents"]), str(r["words"])] for r in rows[:-1]]


def test_a_plan_can_be_seen_before(stet: Stet, news: Path) -> None:
    ran = stet("assign", "news.stet", "--share", "ana=50,ben=50", "--dry-run", "--json")
    assert [(row["annotator"], row["new"]) for row in ran.rows()[:2]] == [("ana", 2), ("ben", 1)]
    assert ran.rows()[2] == {"new": 3, "overlap": 0, "unassigned": 0}
    ran = stet("assign", "news.stet", "--to", "ana", "--documents", "sp*", "--dry-run")
    assert "dry run; nothing was changed" in ran.err
    with opened(news) as session:
        assert session.executor.review.assignments.assignments() == {}
    ran = stet("assign", "news.stet", "--to", "ana, Ana", "--dry-run")
    assert (ran.code, ran.err) == (1, "stet: an annotator is named twice; change the settings\n")


def test_handing_out_is_one_step_and_the_same_again_none(stet: Stet, news: Path) -> None:
    stet("assign", "news.stet", "--to", "ana,ben", "--each")
    ran = stet("assign", "news.stet", "--to", "ana,ben", "--each")
    assert ran.err == "stet: everything is already assigned this way; nothing was changed\n"
    (row,) = stet("log", "news.stet", "--json").rows()
    assert row["title"] == "Assign 3 documents to ana, ben"
    session = Session.open(news)
    undo(session)
    assert session.executor.review.assignments.assignments() == {}
    session.close()


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--to", ","),
        ("--to", "ana", "--each", "--round-robin"),
        ("--share", "ana"),
        ("--share", "ana=1,ana=2"),
        ("--share", "ana=-1"),
        ("--share", "ana=nan"),
        ("--to", "ana", "--overlap", "x"),
        ("--to", "ana", "--overlap", "101%"),
        ("--to", "ana", "--overlap", "-1"),
        ("--to", "ana", "--per-document", "0"),
    ],
)
def test_wrong_use_of_assign_is_said(stet: Stet, news: Path, arguments: tuple[str, ...]) -> None:
    assert stet("assign", "news.stet", *arguments).code == 2


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--to", "gold"), "“gold” isn't a valid annotator name"),
        (("--to", "ana", "--per-document", "2"), "2 annotators per document are more than the 1 named"),
        (("--to", "ana,ben", "--share", "ana=1"), "the share of ben is missing"),
        (("--to", "ana", "--documents", "report*"), "there are no documents to assign"),
    ],
)
def test_what_can_not_be_handed_out_is_said(stet: Stet, news: Path, arguments: tuple[str, ...], why: str) -> None:
    ran = stet("assign", "news.stet", *arguments)
    assert ran.code == 1
    assert ran.err.startswith(f"stet: {why}")


def test_refusals_say_what_to_do(stet: Stet, news: Path) -> None:
    stet("assign", "news.stet", "--to", "ana")
    ran = stet("bundle", "news.stet", "ben.stet", "--for", "ben")
    assert ran.err == "stet: nothing is assigned to ben; assign some first: stet assign PROJECT --to ben\n"
    assert stet("bundle", "news.stet", "ana.stet", "--for", "ana", "--json").rows()[0]["documents"] == 3
    ran = stet("bundle", "news.stet", "ana.stet", "--for", "ana")
    assert (ran.code, ran.err.split("; ")[1]) == (1, "choose another name")
    assert stet("bundle", "news.stet", "ana.stet", "--for", "ana", "--force").code == 0
    assert stet("merge", "news.stet", "news.stet").err.startswith("stet: news.stet: this is the project itself")
    assert stet("merge", "news.stet").code == 2
    stet.write("text.txt", "no project")
    assert stet("merge", "news.stet", "text.txt").err.startswith("stet: text.txt: this isn't a Stet project")
    session = Session.open(news)
    for command in (("merge", "news.stet", "ana.stet"), ("bundle", "news.stet", "b.stet", "--for", "b")):
        assert "open for writing" in stet(*command).err
    assert "open for writing" in stet("assign", "news.stet", "--to", "b").err
    assert stet("assign", "news.stet", "--to", "b", "--dry-run").code == 0
    session.close()


def test_a_merge_can_be_tried_and_read_by_a_program(stet: Stet, news: Path) -> None:
    stet("bundle", "news.stet", "ana.stet", "--for", "ana")
    with opened(stet.folder / "ana.stet", "ana") as session:
        mark(session, "spun.txt", "Kyiv")
    (row,) = stet("merge", "news.stet", "ana.stet", "--dry-run", "--json").rows()
    assert (row["dry_run"], row["changed"], row["sequence"]) == (True, True, None)
    expected = {"annotator": "ana", "documents": 1, "new": 1, "changed": 0, "removed": 0, "finished": 0, "kept": 0}
    assert row["returned"] == [{"file": "ana.stet", **expected}]
    (row,) = stet("merge", "news.stet", "ana.stet", "--json").rows()
    assert (row["dry_run"], row["changed"], row["sequence"], row["notes"]) == (False, True, 1, [])


def test_what_nobody_began_is_taken_back(stet: Stet, news: Path) -> None:
    assert stet("assign", "news.stet", "--to", "ana,ben").code == 0
    with opened(news, "ana") as session:
        mark(session, "spun.txt", "Kyiv")
    ran = stet("assign", "news.stet", "--remove", "Ana, ben, dan", "--dry-run")
    said = [
        "Took back 2 documents from ana. 1 document that ana has begun or finished stays assigned.",
        "Took back 3 documents from ben.",
        "Nothing is assigned to dan.",
    ]
    assert (ran.code, ran.out.splitlines()) == (0, said)
    assert "dry run" in ran.err
    assert stet("assign", "news.stet", "--remove", "ana,ben,dan", "--as", "lead").out.splitlines() == said
    with opened(news, "lead") as session:
        assert {name: len(uids) for name, uids in session.reader.assignments().items()} == {"ana": 1}
        assert undo(session).title == "Take back 3 documents from ana, ben, dan"
        assert {name: len(uids) for name, uids in session.reader.assignments().items()} == {"ana": 3, "ben": 3}
    assert stet("assign", "news.stet", "--remove", "ben", "--documents", "spun*").out.startswith("Took back 1 document")
    wrong = stet("assign", "news.stet", "--remove", "ben", "--to", "ana")
    assert (wrong.code, "--remove can't be combined" in wrong.err) == (2, True)
