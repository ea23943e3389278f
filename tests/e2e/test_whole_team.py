"""The second main job, from end to end: bundles go out and come back, a reviewer decides by keys, gold goes out."""

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from pytestqt.qtbot import QtBot

from app.cli.main import cli
from app.core.annotation import Annotation, Relation, Status
from app.core.decision import Outcome, Reason
from app.core.edits import AddAnnotation, AddRelation, Batch, Edit, SetStatus
from app.core.ids import new_uid
from app.jobs.tasks.bundle import write_bundles
from app.jobs.tasks.import_files import import_files
from app.jobs.tasks.merge import merge_files
from app.session.actions import SetEdit
from app.session.session import Session
from tests.conftest import scheme_source
from tests.e2e.test_review import ReviewDriver
from tests.team import Remarks, annotation_of

pytestmark = pytest.mark.needs_shared

PEOPLE = ("ana", "ben", "cara")
SPUN, REPORT = "004_7ed32b5b1d35110f.txt", "000_e659e3ece0187240.txt"
SENATOR = Remarks("senator", "ROLE_ATTRIBUTE", "major", "President", "U.S. President")
TERM = Remarks("restricted slave trade", "TORTURED_TERM", "critical", "prisoner exchange", "prisoner exchange")
DAYS = Remarks("days on the phone", "TIME", "major", "hours on the phone", "two hours")
NAME = Remarks("Puttin", "NAME_FORM", "minor", "Putin", "Vladimir Putin")
POLLS = Remarks("fake polls", "TORTURED_TERM", "major", "sham referendums", "peace talks")
KOREAN = Remarks(
    "hundreds of Northern Korean soldiers", "QUANTITY", "major", "thousands of North Korean soldiers", "China"
)
MONEY = Remarks("made more money", "TORTURED_TERM", "major", "gained ground", "Both sides agreed")
CLAIM = Remarks("Russia has regained control", "CHECKWORTHY_FACTUAL", layer="claim")
TRUMP = Remarks("Donald Trump", "PERSON", layer="entity")
PUTIN = Remarks("Vladimir Putin", "PERSON", layer="entity")
SAID = {
    "ana": (SENATOR, TERM, DAYS, NAME, POLLS, KOREAN, MONEY, CLAIM, TRUMP, PUTIN),
    "ben": (
        SENATOR._replace(words="US senator"),  # boundary
        TERM._replace(label="ENTITY_WRONG"),  # label
        DAYS._replace(severity="minor"),  # severity
        NAME,
        POLLS._replace(correction="fake referendums"),  # correction
        MONEY._replace(proof="a key condition"),  # evidence; and nothing at “Northern Korean soldiers”: missing
        CLAIM,
        TRUMP,
        PUTIN,
    ),
    "cara": (SENATOR, TERM, DAYS, NAME, POLLS, MONEY, CLAIM, TRUMP, PUTIN),
}
VERDICTS = {"ana": "SUPPORTED", "ben": "REFUTED", "cara": "SUPPORTED"}


@pytest.fixture
def project(tmp_path: Path, shared: Path) -> Path:
    """A project of the two seed documents and forty more, each with something to mark."""
    texts = tmp_path / "texts"
    texts.mkdir()
    for number in range(40):
        town = ("Oslo", "Bergen", "Turku", "Malmö")[number % 4]
        text = (
            f"Report {number}. Eva Lind paid {number + 1} euros in {town} on Monday. 😀 Nobody saw her leave {town}.\n"
        )
        (texts / f"report-{number:02}.txt").write_text(text, encoding="utf-8")
    path = tmp_path / "news.stet"
    session = Session.create(path, scheme=scheme_source("news-errors"), annotator="lead")
    import_files(session, [shared / "seeds" / SPUN])
    spun = session.reader.documents.find(SPUN)[0]
    import_files(session, [shared / "seeds" / REPORT], reference_for=spun)
    import_files(session, sorted(texts.iterdir()))
    session.close()
    return path


def marks_of(session: Session, name: str, uid: str) -> tuple[list[Annotation], list[Edit]]:
    """Return what an annotator marks in a document, and the relation that only Ben sees."""
    document = session.reader.document(uid)
    if document.name == SPUN:
        made = [annotation_of(session, uid, said) for said in SAID[name]]
        claim = next(i for i, a in enumerate(made) if a.layer == "claim")
        made[claim] = msgspec.structs.replace(
            made[claim], attributes={"verdict": VERDICTS[name]}, comment=f"{name} thinks so"
        )
        people = [a for a in made if a.layer == "entity"]
        tie = Relation(uid=new_uid(), source=people[0].uid, target=people[1].uid, label="speaks with")
        return made, [AddRelation(tie)] if name == "ben" else []
    made = [annotation_of(session, uid, Remarks("Eva Lind", "PERSON", layer="entity"))]
    town = next(town for town in ("Oslo", "Bergen", "Turku", "Malmö") if town in document.text)
    if not (name == "cara" and document.name.endswith("7.txt")):
        made.append(annotation_of(session, uid, Remarks(town, "GPE", layer="entity")))
    return made, []


def annotate(bundle: Path, name: str) -> None:
    """Do an annotator's work in the bundle, as in any project."""
    session = Session.open(bundle, annotator=name)
    for row in session.reader.documents.rows(session.reader.documents.keys(), annotator=None):
        if row.name == REPORT:
            continue
        made, ties = marks_of(session, name, row.uid)
        edits = [*map(AddAnnotation, made), *ties, SetStatus(Status.DONE)]
        session.perform(SetEdit(row.uid, name, Batch(tuple(edits))), title="Mark")
    session.close()


@pytest.fixture
def team(project: Path, tmp_path: Path) -> list[Path]:
    """The bundles of three annotators, with their work in them, taken back already once."""
    folder = tmp_path / "bundles"
    folder.mkdir()
    session = Session.open(project, annotator="lead")
    written = write_bundles(session, folder, PEOPLE)
    assert [done.documents for done in written] == [41, 41, 41]
    for done in written:
        annotate(done.path, done.annotator)
    files = [done.path for done in written]
    report = merge_files(session, files)
    assert report.changes_anything
    assert sum(item.documents for item in report.merged.returned) == 3 * 41
    session.close()
    return files


@pytest.fixture
def stet(qtbot: QtBot, project: Path, team: list[Path]) -> Iterator[ReviewDriver]:
    """The reviewer before the window."""
    driver = ReviewDriver(qtbot)
    driver.start(project, annotator="Rina")
    driver.go()
    yield driver
    driver.quit()


def test_taking_the_same_back_again_changes_nothing(project: Path, team: list[Path]) -> None:
    session = Session.open(project, annotator="lead")
    before = session.log.next_sequence()
    for path in team:
        assert not merge_files(session, [path]).changes_anything
    assert not merge_files(session, team).changes_anything
    assert session.log.next_sequence() == before
    session.close()


def version(stet: ReviewDriver, name: str) -> str:
    """Return the key of an annotator's version."""
    uid = stet.entry.group.versions[name].uid
    return next(str(n) for n in range(1, 4) if stet.review.card.table.uid_of(n) == uid)


def kinds(stet: ReviewDriver) -> set[str]:
    return {kind.value for kind in stet.entry.group.differences}


def test_a_reviewer_brings_it_all_to_gold_by_keys(stet: ReviewDriver, project: Path, tmp_path: Path) -> None:
    found = {kind.value for entry in stet.review.model._all.values() for kind in entry.group.differences}
    assert found == {"missing", "boundary", "label", "severity", "attribute", "correction", "evidence", "relation"}
    decide_by_keys(stet)
    # The towns that Cara missed: by a rule.
    stet.press("Ctrl+Shift+M")
    dialog = stet.dialog("auto-dialog")
    dialog.findChild(type(stet.review.queue._shown), "auto-strategy").setCurrentIndex(1)
    stet.press("Return")
    stet.wait(lambda: stet.find_dialog("report-dialog"))
    stet.press("Esc")
    assert stet.review.model.rowCount() == 0
    assert "There is nothing left to decide" in stet.shown("conflict-empty")
    stet.quit()
    check_gold(project, tmp_path)
    check_feedback(project, tmp_path)


def decide_by_keys(stet: ReviewDriver) -> None:
    """Decide each conflict of the spun article in another way."""
    # What everybody agrees on is gold with one key.
    stet.press("Shift+A")
    stet.wait(lambda: "agreed groups were added to gold" in stet.message())
    # One by one, each in another way.
    stet.seek("US senator")
    assert kinds(stet) == {"boundary"}
    stet.press(version(stet, "ana"))
    stet.seek("restricted slave trade")
    assert kinds(stet) == {"label"}
    stet.press("R", "R", "G", "M")
    stet.type("See tie rule 3.")
    stet.press("Return", version(stet, "ana"))
    stet.seek("days on the phone")
    assert kinds(stet) == {"severity"}
    stet.press("E", "Ctrl+A")
    stet.type("hours by phone")
    stet.press("Return")
    stet.seek("fake polls")
    assert kinds(stet) == {"correction"}
    while stet.review.card.table.field != "correction":
        stet.press("Alt+Down")
    stet.press(f"Alt+{version(stet, 'ben')}", "Return")
    stet.seek("Northern Korean")
    assert kinds(stet) == {"missing"}
    stet.press("D")
    stet.seek("made more money")
    assert kinds(stet) == {"evidence"}
    stet.press("K", "X")
    stet.seek("Russia has regained")
    assert kinds(stet) == {"attribute"}
    stet.press("Return")
    stet.seek("Donald Trump")
    assert kinds(stet) == {"relation"}
    stet.press(version(stet, "ben"))
    stet.seek("Northern Korean")
    canvas = stet.review.text.canvas
    start = canvas.text.index("intellect data")
    canvas.select(start, start + len("intellect data"))
    stet.press("C")
    stet.type("intelligence")
    stet.press("Return")
    stet.seek("Northern Korean")
    stet.press(version(stet, "ana"))


def check_gold(project: Path, tmp_path: Path) -> None:
    """Export gold from the shell and read it as a stranger would."""
    out = tmp_path / "gold.jsonl"
    done = CliRunner().invoke(cli, ["export", str(project), str(out), "--format", "training", "--gold"])
    assert done.exit_code == 0, done.output
    rows = {row["name"]: row for row in map(json.loads, out.read_text(encoding="utf-8").splitlines())}
    assert len(rows) >= 41
    spun = rows[SPUN]
    for mark in (*spun["errors"], *spun["spans"], *spun["claims"]):
        assert spun["text"][mark["start"] : mark["end"]] == mark["quote"] or mark.get("fragments")
        assert mark["provenance"] is not None
        assert mark["votes"]["of"] == 3
    errors = {mark["quote"]: mark for mark in spun["errors"]}
    assert "made more money" not in errors, "none of its versions stood"
    assert errors["senator"]["provenance"]["outcome"] == Outcome.ACCEPTED
    term = errors["restricted slave trade"]
    assert (term["label"], term["provenance"]["reason"]) == ("TORTURED_TERM", Reason.ANNOTATOR_ERROR)
    assert term["provenance"]["unclear"] is True
    assert term["provenance"]["note"] == "See tie rule 3."
    assert errors["days on the phone"]["correction"] == "hours by phone"
    assert errors["days on the phone"]["provenance"]["fields"]["correction"] == "reviewer"
    assert errors["fake polls"]["correction"] == "fake referendums"
    assert errors["intellect data"]["provenance"]["outcome"] == Outcome.CREATED
    assert errors["hundreds of Northern Korean soldiers"]["votes"]["for"] == 1
    assert "prisoner exchange" in spun["corrected_text"]
    whole = tmp_path / "whole.jsonl"
    done = CliRunner().invoke(cli, ["export", str(project), str(whole), "--gold"])
    assert done.exit_code == 0, done.output
    again = tmp_path / "again.stet"
    Session.create(again, scheme=scheme_source("news-errors")).close()
    assert CliRunner().invoke(cli, ["import", str(again), str(whole)]).exit_code == 0
    back = tmp_path / "back.jsonl"
    assert CliRunner().invoke(cli, ["export", str(again), str(back), "--gold"]).exit_code == 0
    assert back.read_bytes() == whole.read_bytes()


def check_feedback(project: Path, tmp_path: Path) -> None:
    """Release it, and read as Ana what became of her marks: here, and in the next bundle that she gets."""
    run = CliRunner().invoke
    before = run(cli, ["feedback", str(project), "--as", "ana", "--json"])
    assert json.loads(before.output)["documents"] == []
    assert run(cli, ["review", str(project), "--release", "--as", "Rina"]).exit_code == 0
    bundle = tmp_path / "next-ana.stet"
    assert run(cli, ["bundle", str(project), str(bundle), "--for", "ana"]).exit_code == 0
    for path in (project, bundle):
        done = run(cli, ["feedback", str(path), "--as", "ana", "--all", "--json"])
        assert done.exit_code == 0, done.output
        found = json.loads(done.output)
        assert not {"ben", "cara", "Rina"} & set(done.output.replace('"', " ").split()), "nobody else is named"
        rows = next(item["verdicts"] for item in found["documents"] if item["document_name"] == SPUN)
        fates = {row["mark"]["quote"]: row["verdict"] for row in rows if row["mark"] is not None}
        assert fates["senator"] == "kept"
        assert fates["days on the phone"] == "changed"
        assert fates["made more money"] == "rejected"
        missed = [row["gold"]["quote"] for row in rows if row["verdict"] == "missed"]
        assert missed == ["intellect data"]
        assert "See tie rule 3." in done.output
