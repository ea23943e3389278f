"""`stet feedback` and `stet list questions`, as a person or a script uses them."""

import csv
import io
from pathlib import Path

import pytest

from app.core import annotation_edits
from app.core.decision import Reason
from app.core.edits import AddAnnotation
from app.core.errors import FormatError
from app.jobs.tasks.feedback import is_reviewer, read_feedback
from app.jobs.tasks.questions import as_csv, as_markdown, questions_of, write_questions
from app.review.automerge import Equal, MergeStrategy, Rule
from app.review.fields import rules_of
from app.review.gold_composition import whole
from app.services.review.reviewer import Remarks, Reviewer
from app.session.actions import SetEdit
from app.session.session import Session
from tests.cli.conftest import Stet
from tests.team import team_project

NOTE = "=1+1 | *bold* <b>\nand more"


class Team:
    """A project of three annotators, reviewed by rina."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.document = team_project(path)
        session = Session.open(path, annotator="rina")
        self._take(session, "slave trade", "ben", Remarks(Reason.GUIDELINE_GAP, NOTE, unclear=True))
        self._take(session, "Far East", "ben", Remarks(unclear=True))
        reviewing = Reviewer(session)
        reviewing.reject(self._group(session, "senator"), Remarks(note="fine as it is"))
        session.close()

    def _group(self, session: Session, words: str):
        sheet = Reviewer(session).sheet(self.document)
        return next(g for g in sheet.groups if any(words in v.quote for v in g.versions.values()))

    def _take(self, session: Session, words: str, who: str, said: Remarks) -> None:
        group = self._group(session, words)
        picks = whole(group, group.versions[who].uid, rules_of(session.scheme, group.layer))
        Reviewer(session).take(group, picks, said=said)

    def release(self) -> None:
        session = Session.open(self.path, annotator="rina")
        Reviewer(session).release([self.document])
        session.close()


@pytest.fixture
def team(stet: Stet) -> Team:
    """Give the project, with nothing released."""
    return Team(stet.folder / "team.stet")


# -- feedback ----------------------------------------------------------------------------------------------------------


def test_before_release_the_shell_shows_nothing_either(stet: Stet, team: Team) -> None:
    assert stet("feedback", "team.stet", "--as", "ana").out == "no documents are released\n"
    (found,) = stet("feedback", "team.stet", "--as", "ana", "--json").rows()
    assert (found["documents"], found["labels"], found["released"]) == ([], [], 0)
    assert found["total"]["note"] == "no marks"


def test_released_feedback_shows_differences_and_a_label_table(stet: Stet, team: Team) -> None:
    team.release()
    ran = stet("feedback", "team.stet", "--as", "ANA")
    assert (ran.code, ran.err) == (0, "")
    verdicts, labels = ran.out.split("\n\n")
    words = ("rejected", "changed", "missed", "undecided")
    assert [next(w for w in words if w in line) for line in verdicts.splitlines()[1:]] == list(words[:3])
    assert "severity, correction" in verdicts
    assert "guideline_gap" in verdicts
    assert labels.splitlines()[-1].split() == ["all", "2", "0", "1", "1", "1", "3", "100", "%"]
    assert "n/a (only missed)" in labels
    assert "n/a (nothing decided yet)" in labels
    assert "undecided" in stet("feedback", "team.stet", "--as", "ana", "--all").out
    assert not any(name in ran.out for name in ("ben", "cara", "rina"))


def test_programs_get_mark_and_gold_and_no_names(stet: Stet, team: Team) -> None:
    team.release()
    ran = stet("feedback", "team.stet", "--as", "ana", "--json")
    assert not any(f'"{name}"' in ran.out for name in ("ben", "cara", "rina"))
    (found,) = ran.rows()
    (document,) = found["documents"]
    assert document["document"] == team.document
    by = {(v["mark"] or v["gold"])["quote"]: v for v in document["verdicts"]}
    trade = by["restricted slave trade"]
    assert (trade["verdict"], trade["changed"], trade["differs"]) == ("changed", ["severity", "correction"], [])
    assert (trade["mark"]["correction"], trade["gold"]["correction"]) == (
        *("prisoner exchange", "limited prisoner exchange"),
    )
    assert trade["decision"] == {
        **{"outcome": "accepted", "reason": "guideline_gap", "note": NOTE, "unclear": True, "rule": ""},
        **{"had": 3, "of": 3},
    }
    assert (by["Far East"]["verdict"], by["Far East"]["mark"]) == ("missed", None)
    assert (by["senator"]["verdict"], by["senator"]["gold"]) == ("rejected", None)
    assert by["Puttin"]["decision"] is None
    assert document["undecided"] == found["total"]["undecided"] == 3
    assert found["total"]["overturned"] == 1.0
    row = next(row for row in found["labels"] if row["label"] == "PLACE_CIRCUMSTANCE")
    assert (row["decided"], row["missed"], row["overturned"], row["note"]) == (0, 1, None, "only missed")


def test_feedback_needs_a_name_and_refuses_an_unknown_one(stet: Stet, team: Team) -> None:
    ran = stet("feedback", "team.stet", "--as", "nobody")
    assert ran.code == 1
    assert "the project has no annotator “nobody”; annotators in this project: ana, ben, cara" in ran.err
    assert stet("feedback", "team.stet", "--as", "gold").code == 1
    assert stet("feedback", "team.stet").code == 2


def test_following_gold_after_release_keeps_earlier_verdicts(stet: Stet, team: Team) -> None:
    team.release()
    (before,) = stet("feedback", "team.stet", "--as", "ana", "--json").rows()
    session = Session.open(team.path, annotator="ana")
    mine = session.executor.load(team.document, "ana")
    mark = next(a for a in mine.annotations.values() if a.quote == "restricted slave trade")
    change = annotation_edits.change_correction(mark, "limited prisoner exchange")
    session.perform(SetEdit(team.document, "ana", change), title="Change")
    gold = session.executor.load(team.document, "gold")
    place = next(a for a in gold.annotations.values() if a.quote == "Far East")
    copied = annotation_edits.annotate(
        mine, [(place.start, place.end)], layer=place.layer, label=place.label, scheme=session.scheme
    ).annotation
    session.perform(SetEdit(team.document, "ana", AddAnnotation(copied)), title="Add")
    session.close()
    (after,) = stet("feedback", "team.stet", "--as", "ana", "--json").rows()
    assert after["total"]["changed"] == before["total"]["changed"]
    assert after["total"]["missed"] == before["total"]["missed"]
    assert after["total"]["undecided"] == before["total"]["undecided"] + 1


def test_who_may_look_at_whose_work(team: Team) -> None:
    team.release()
    assert read_feedback(team.path, "ana", "ana").people == ()
    assert len(read_feedback(team.path, "ana", "ana").documents) == 1
    assert read_feedback(team.path, "ben", "ana").documents == ()
    assert read_feedback(team.path, "ben", "rina").people == ("ana", "ben", "cara")
    assert len(read_feedback(team.path, "ben", "rina").documents) == 1
    assert read_feedback(team.path, "rina", "rina").documents == ()


def test_gold_in_a_bundle_is_released_and_has_no_reviewers(stet: Stet, team: Team) -> None:
    """A bundle's gold is only what was released; who reviewed it where it was made doesn't review here."""
    stet("export", "team.stet", "out.jsonl")
    stet("new", "bundle.stet")
    stet("import", "bundle.stet", "out.jsonl")
    assert stet("feedback", "bundle.stet", "--as", "ana").out == "no documents are released\n"
    path = stet.folder / "bundle.stet"
    session = Session.open(path, annotator="ana")
    assert is_reviewer(session, "rina")
    with session.project.atomic():
        session.executor.review.assignments.set_property("bundle-for", "ana")
    assert not is_reviewer(session, "rina")
    session.close()
    found = read_feedback(path, "ana", "ana")
    counts = found.documents[0].counts()
    assert (counts.changed, counts.rejected, counts.missed, counts.undecided) == (1, 1, 1, 3)
    assert read_feedback(path, "ben", "rina").documents == ()


def test_a_released_bundle_gives_the_same_feedback_without_names(stet: Stet, team: Team) -> None:
    session = Session.open(team.path, annotator="rina")
    reviewing = Reviewer(session)
    reviewing.auto([reviewing.sheet(team.document)], Rule(MergeStrategy.MAJORITY, Equal.OVERLAP))
    assert reviewing.sheet(team.document).is_settled
    session.close()
    team.release()
    assert stet("bundle", "team.stet", "ana.stet", "--for", "ana").code == 0
    (home,) = stet("feedback", "team.stet", "--as", "ana", "--json").rows()
    ran = stet("feedback", "ana.stet", "--as", "ana", "--json")
    (away,) = ran.rows()
    assert away["total"] == home["total"]
    assert (away["total"]["rejected"], away["total"]["missed"], away["total"]["undecided"]) == (1, 1, 0)
    said = [v["decision"] for d in away["documents"] for v in d["verdicts"]]
    assert said == [v["decision"] for d in home["documents"] for v in d["verdicts"]]
    assert any(item is not None and item["of"] == 3 for item in said)
    assert not any(f'"{name}"' in ran.out for name in ("ben", "cara", "rina"))
    assert read_feedback(stet.folder / "ana.stet", "ana", "ana").people == ()


# -- questions ---------------------------------------------------------------------------------------------------------


def test_flagged_decisions_are_listed_by_the_labels_in_question(stet: Stet, team: Team) -> None:
    lines = stet("list", "team.stet", "questions").out.splitlines()
    assert lines[0].split()[:3] == ["LABELS", "COUNT", "DOCUMENT"]
    assert lines[1].startswith("nothing / PLACE_CIRCUMSTANCE  ")
    assert lines[2].startswith("PREDICATE / TORTURED_TERM")
    place, trade = stet("list", "team.stet", "questions", "--json").rows()
    assert (place["labels"], place["took"], place["quote"]) == (
        *([None, "PLACE_CIRCUMSTANCE"], "PLACE_CIRCUMSTANCE", "Far East"),
    )
    assert place["before"].endswith("held in the ")
    assert (trade["labels"], trade["count"], trade["reason"], trade["note"], trade["outcome"]) == (
        *(["PREDICATE", "TORTURED_TERM"], 1, "guideline_gap", NOTE, "accepted"),
    )


def test_question_export_escapes_csv_formulas_and_markup(team: Team, tmp_path: Path) -> None:
    session = Session.open(team.path, write=False)
    try:
        found, scheme = list(questions_of(session)), session.scheme
    finally:
        session.close()
    rows = list(csv.DictReader(io.StringIO(as_csv(found, scheme), newline="")))
    assert rows[1]["note"] == "'" + NOTE
    assert rows[1]["gold"] == "Tortured term"
    assert rows[0]["labels"] == "nothing / Place or circumstance"
    for formula in ("+1", "-1", "@x", "\tx", "\rx", "=x"):
        (row,) = csv.DictReader(io.StringIO(as_csv([found[0]._replace(note=formula)], scheme), newline=""))
        assert row["note"] == f"'{formula}"
    page = as_markdown(found, scheme)
    assert "## nothing / Place or circumstance (1 decision)" in page
    assert "the **Far East**. The American" in page
    assert r"note: =1\+1 \| \*bold\* \<b\> and more" in page
    assert "No decisions are flagged." in as_markdown([], scheme)
    with pytest.raises(FormatError, match="the project itself"):
        write_questions(team.path, found, scheme, keep_off=team.path)
    write_questions(tmp_path / "q.CSV", found, scheme, keep_off=team.path)
    assert (tmp_path / "q.CSV").read_bytes().startswith(b"\xef\xbb\xbflabels,count,layer")
