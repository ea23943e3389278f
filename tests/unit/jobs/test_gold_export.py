"""Exports of gold: only what was reviewed, with where it comes from, and never an empty file."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from app.core.annotation import Status
from app.core.decision import GOLD, Outcome, Reason
from app.core.document_conditions import parse_condition
from app.core.edits import RemoveAnnotation
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.selection import LeftOut
from app.exchange.split import Split
from app.jobs.tasks.export_file import ExportReport, export_project
from app.review.automerge import Equal, MergeStrategy, Rule
from app.services.history.undo import undo
from app.services.importing.document_import import import_documents
from app.services.review.reviewer import Remarks, Reviewer
from app.session.session import Session
from tests.unit.build import annotation
from tests.unit.exchange.build import REFERENCE, TEXT, decision, exported, gold, project, read, record, work


def person(uid: str):
    """Return an entity in TEXT."""
    return annotation(TEXT, (0, 12), uid=uid, layer="entity", label="PERSON")


def role(uid: str):
    """Return an error in TEXT."""
    return annotation(TEXT, (21, 28), uid=uid, layer="error", label="ROLE_ATTRIBUTE", correction="president")


def claim(uid: str):
    """Return a claim in TEXT."""
    return annotation(TEXT, (0, 36), uid=uid, layer="claim", label="CHECKWORTHY_FACTUAL")


BY_RULE = decision("k1", gold="g1", sources=("a1", "b1"), votes={"ana": "a1", "ben": "b1"}, rule="unanimous")
BY_RINA = decision(
    "k2",
    layer="error",
    outcome=Outcome.COMBINED,
    gold="g2",
    sources=("a2",),
    fields={"range": "a2", "severity": "reviewer"},
    votes={"ana": "a2", "ben": None, "cem": None},
    reason=Reason.EDGE_CASE,
    note="see page 3",
    unclear=True,
)
REJECTED = decision("k3", layer="error", outcome=Outcome.REJECTED, sources=("b3",), votes={"ana": None, "ben": "b3"})


_OTHER = ("unsettled", "unreviewed", *LeftOut)  # findings that aren't about marks


def records() -> list[DocumentRecord]:
    """Return a reviewed text with ana's and ben's work, one whose review is open, and one that nobody reviewed."""
    first = record(
        uid="d1",
        name="one.txt",
        references=("d4",),
        sets=(
            work(person("a1"), role("a2"), status=Status.DONE),
            work(person("b1"), annotator="ben", status=Status.DONE),
            gold(person("g1"), role("g2"), claim("g3")),
        ),
        decisions=(BY_RULE, BY_RINA, REJECTED),
    )
    second = record(uid="d2", name="two.txt", sets=(work(status=Status.DONE_EMPTY), gold(status=Status.OPEN)))
    third = record(uid="d3", name="three.txt", sets=(work(person("c1")),))
    return [first, second, third, record(REFERENCE, uid="d4", name="report.txt")]


@pytest.fixture
def session(tmp_path: Path):
    """Give a project with these records."""
    with project(tmp_path / "news.stet") as session:
        import_documents(session, records(), title="Import")
        yield session


def trained(session: Session, **options: Any) -> tuple[list[dict[str, Any]], ExportReport]:
    """Return the records of an export as training data, and its report."""
    out = io.BytesIO()
    report = export_project(session, out, format="training", **options)
    return [json.loads(line) for line in out.getvalue().splitlines()], report


def said(for_: int, of: int, **counts: Any) -> dict[str, Any]:
    """Return votes as the training view has them."""
    return {"for": for_, "of": of, "labels": {}, "severities": {}, "attributes": {}, **counts}


def finished():
    """Return the condition that people most often set."""
    return [parse_condition("status=finished")]


# -- Stet's own format -------------------------------------------------------------------------------------------------


def test_gold_alone_has_the_gold_sets_and_the_decisions(session: Session, tmp_path: Path) -> None:
    report = export_project(session, tmp_path / "gold.jsonl", gold=True)
    found = read(tmp_path / "gold.jsonl")
    assert [[item.annotator for item in one.sets] for one in found] == [[GOLD], [GOLD], [], []]
    assert found[0].decisions == (BY_RULE, BY_RINA, REJECTED)
    assert report.lines()[1] == "gold: 1 accepted, 1 combined, 1 without a decision"
    assert report.as_dict()["gold"] == {"accepted": 1, "combined": 1, "undecided": 1}


def test_gold_alone_can_be_brought_into_another_project(session: Session, tmp_path: Path) -> None:
    export_project(session, tmp_path / "gold.jsonl", gold=True)
    with project(tmp_path / "other.stet") as other:
        import_documents(other, read(tmp_path / "gold.jsonl"), title="Import")
        assert exported(other) == (tmp_path / "gold.jsonl").read_bytes()


def test_everything_says_how_much_gold_is_in_it_too(session: Session, tmp_path: Path) -> None:
    report = export_project(session, tmp_path / "all.jsonl")
    assert (tmp_path / "all.jsonl").read_bytes() == exported(session)
    assert report.gold == {"accepted": 1, "combined": 1, "undecided": 1}


def test_one_annotator_s_work_comes_without_decisions(session: Session, tmp_path: Path) -> None:
    report = export_project(session, tmp_path / "ana.jsonl", annotators=["ana"])
    assert {item.annotator for one in read(tmp_path / "ana.jsonl") for item in one.sets} == {"ana"}
    assert [one.decisions for one in read(tmp_path / "ana.jsonl")] == [()] * 4
    assert report.gold == {}
    with pytest.raises(FormatError, match="gold isn't an annotator's work; use --gold"):
        export_project(session, tmp_path / "ana.jsonl", annotators=["Gold"])


def test_decisions_go_with_their_layer(session: Session, tmp_path: Path) -> None:
    moved = decision("k4", layer="error", gold="g1")
    import_documents(session, [records()[0]._replace(decisions=(moved,))], title="Import")
    report = export_project(session, tmp_path / "a.jsonl", gold=True, layers=["error"])
    (found, *_) = read(tmp_path / "a.jsonl")
    assert found.decisions == (BY_RINA, REJECTED)
    assert [(x.kind, x.examples) for x in report.losses if x.kind not in _OTHER] == [("decision", ["one.txt: k4"])]


def test_decisions_go_with_their_gold(session: Session, tmp_path: Path) -> None:
    late = record(
        uid="d2", name="two.txt", sets=(gold(status=Status.OPEN),), decisions=(decision("k5", document="d2"),)
    )
    import_documents(session, [late], title="Import")
    export_project(session, tmp_path / "a.jsonl", where=finished())
    first, second = read(tmp_path / "a.jsonl")
    assert [item.annotator for item in second.sets] == ["ana"]
    assert (len(first.decisions), second.decisions) == (3, ())
    export_project(session, tmp_path / "a.jsonl", gold=True, where=finished())
    assert [one.document.uid for one in read(tmp_path / "a.jsonl")] == ["d1"]


# -- training data -----------------------------------------------------------------------------------------------------


def test_every_mark_of_gold_says_where_it_comes_from(session: Session) -> None:
    (found,), report = trained(session, gold=True)
    (span,), (error,) = found["spans"], found["errors"]
    assert (found["annotator"], found["status"]) == (GOLD, "done")
    assert (span["votes"], span["soft"]) == (
        said(2, 2, labels={"PERSON": 2}, attributes={"confidence": {"sure": 2}}),
        1.0,
    )
    assert span["provenance"] == {
        **{"id": "k1", "outcome": "accepted", "reviewer": "rina", "rule": "unanimous", "fields": {}},
        **{"sources": ["a1", "b1"], "reason": None, "note": "", "unclear": False, "time": "2026-01-02T03:04:05Z"},
    }
    own = {"confidence": {"sure": 1}, "evidence_status": {"NOT_SEARCHED": 1}}
    assert (error["votes"], error["soft"]) == (said(1, 3, labels={"ROLE_ATTRIBUTE": 1}, attributes=own), 0.333)
    assert error["provenance"] == {
        **{"id": "k2", "outcome": "combined", "reviewer": "rina", "rule": None, "sources": ["a2"]},
        **{"fields": {"range": "a2", "severity": "reviewer"}, "reason": "edge_case", "note": "see page 3"},
        **{"unclear": True, "time": "2026-01-02T03:04:05Z"},
    }
    assert report.gold == {"accepted": 1, "combined": 1, "undecided": 1}


def test_a_mark_of_gold_without_a_decision_says_so(session: Session) -> None:
    (found,), report = trained(session, gold=True)
    (one,) = found["claims"]
    assert (one["votes"], one["soft"], one["provenance"]) == (None, None, None)
    assert [(x.kind, x.count) for x in report.losses if x.kind not in _OTHER] == [("undecided", 1)]


def test_the_newest_decision_on_a_mark_counts(session: Session) -> None:
    newer = decision("k6", outcome=Outcome.CREATED, gold="g1")
    import_documents(session, [records()[0]._replace(decisions=(newer,))], title="Import")
    (found,), _ = trained(session, gold=True)
    (span,) = found["spans"]
    assert (span["votes"], span["soft"], span["provenance"]["id"]) == (said(0, 0), None, "k6")


def test_the_status_of_gold_is_that_of_its_review(session: Session) -> None:
    begun = record(uid="d2", name="two.txt", sets=(gold(person("g9"), status=Status.OPEN),))
    import_documents(session, [begun], title="Import")
    found, _ = trained(session, gold=True, unfinished=True)
    assert [(one["id"], one["status"]) for one in found] == [("d1", "done"), ("d2", "open")]
    found, _ = trained(session, gold=True)
    assert [one["id"] for one in found] == ["d1"]


def test_annotators_records_have_no_provenance(session: Session) -> None:
    found, _ = trained(session, every_annotator=True)
    keys = {one["annotator"]: "provenance" in one["spans"][0] for one in found if one["spans"]}
    assert keys == {"ana": False, "ben": False, GOLD: True}


def test_it_must_be_said_if_gold_is_meant(session: Session, tmp_path: Path) -> None:
    with pytest.raises(
        FormatError, match="the project has ana, ben and gold; choose with --gold or --as NAME, or use --all"
    ):
        trained(session)
    with project(tmp_path / "gold.stet") as only:
        import_documents(only, [record(sets=(gold(person("g1")),))], title="Import")
        (found,), _ = trained(only)
    assert found["annotator"] == GOLD


def test_rejections_without_gold_make_no_line_and_that_is_said(session: Session) -> None:
    late = record(uid="d3", name="three.txt", decisions=(decision("k7", document="d3", outcome=Outcome.REJECTED),))
    import_documents(session, [late], title="Import")
    found, report = trained(session, gold=True)
    assert [one["id"] for one in found] == ["d1"]
    assert {loss.kind: loss.examples for loss in report.losses}["no-gold"] == ["three.txt"]


# -- a review that was really done -----------------------------------------------------------------------------------


def test_a_review_goes_elsewhere_and_is_still_decided_there(tmp_path: Path) -> None:
    both = (work(person("a1"), role("a2"), status=Status.DONE), work(person("b1"), annotator="ben", status=Status.DONE))
    with project(tmp_path / "one.stet", annotator="rina") as session:
        import_documents(session, [record(sets=both)], title="Import")
        reviewing = Reviewer(session)
        assert reviewing.auto(reviewing.sheets(), Rule(MergeStrategy.UNANIMOUS)).decided == 1
        (left,) = reviewing.sheet("d1").open_groups()
        reviewing.reject(left, Remarks(note="ana alone"))
        first = exported(session)
        (found,), report = trained(session, gold=True, where=finished())
    assert report.gold == {"accepted": 1}
    assert [(one["soft"], one["provenance"]["rule"]) for one in found["spans"]] == [(1.0, "unanimous exact")]
    (tmp_path / "a.jsonl").write_bytes(first)
    with project(tmp_path / "two.stet", annotator="cleo") as session:
        import_documents(session, read(tmp_path / "a.jsonl"), title="Import")
        assert exported(session) == first
        sheet = Reviewer(session).sheet("d1")
        assert sheet.is_settled
        assert [one.outcome for one in sheet.decisions] == [Outcome.ACCEPTED, Outcome.REJECTED]


# -- no gold -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["stet", "training"])
def test_without_gold_no_file_is_left(session: Session, tmp_path: Path, format: str) -> None:
    out = tmp_path / "gold.jsonl"
    with pytest.raises(FormatError, match="no document has the requested gold"):
        export_project(session, out, format=format, gold=True, where=[parse_condition("status=skipped")])
    split = Split.parse("50/50")
    with pytest.raises(FormatError, match="no document has the requested gold"):
        export_project(session, out, format=format, gold=True, where=[parse_condition("name=x")], split=split)
    undo(session)
    with pytest.raises(FormatError, match="there is no gold in the project yet"):
        export_project(session, out, format=format, gold=True)
    import_documents(session, [record(uid="d9", name="n", sets=(gold(status=Status.OPEN),))], title="Import")
    with pytest.raises(FormatError, match="there is no gold in the project yet"):
        export_project(session, out, format=format, gold=True)
    assert not [path for path in tmp_path.iterdir() if "gold" in path.name]


def test_nothing_to_mark_is_gold_too(tmp_path: Path) -> None:
    with project(tmp_path / "a.stet") as session:
        import_documents(session, [record(sets=(gold(status=Status.DONE_EMPTY),))], title="Import")
        (found,), report = trained(session, gold=True)
    assert (found["status"], found["spans"], report.gold) == ("done_empty", [], {"empty": 1})


# -- votes -------------------------------------------------------------------------------------------------------------


def five(*labels: str, **fields: Any) -> DocumentRecord:
    """Return a text that people finished with these labels on the same word, the rest of five with nothing."""
    people = ("ana", "ben", "cara", "dan", "eva")
    marks = [
        annotation(TEXT, (21, 28), uid=f"m{n}", layer="error", label=label, **fields) for n, label in enumerate(labels)
    ]
    sets = [work(mark, annotator=name, status=Status.DONE) for name, mark in zip(people, marks, strict=False)]
    rest = [work(annotator=name, status=Status.DONE_EMPTY) for name in people[len(marks) :]]
    return record(sets=(*sets, *rest))


def decided(path: Path, found: DocumentRecord, rule: Rule) -> tuple[dict[str, Any], bytes]:
    """Return the one error of gold by a rule, and the project as JSONL."""
    with project(path) as session:
        import_documents(session, [found], title="Import")
        session.become("rina")
        reviewing = Reviewer(session)
        assert reviewing.auto(reviewing.sheets(), rule).decided == 1
        (one,), _ = trained(session, gold=True)
        return one["errors"][0], exported(session)


MOST = Rule(MergeStrategy.THRESHOLD, Equal.LABEL, 2, 0.5)


def test_soft_is_the_share_of_those_who_gave_the_label(tmp_path: Path) -> None:
    found = five("TIME", "TIME", "QUANTITY", "PREDICATE", attributes={"severity": "major"})
    error, lines = decided(tmp_path / "a.stet", found, MOST)
    labels = {"PREDICATE": 1, "QUANTITY": 1, "TIME": 2}
    others = {"confidence": {"sure": 4}, "evidence_status": {"NOT_SEARCHED": 4}}  # the defaults
    assert error["label"] == "TIME"
    assert error["votes"] == said(2, 5, labels=labels, severities={"major": 4}, attributes=others)
    assert error["soft"] == 0.4
    (tmp_path / "a.jsonl").write_bytes(lines)
    with project(tmp_path / "b.stet") as other:
        import_documents(other, read(tmp_path / "a.jsonl"), title="Import")
        assert exported(other) == lines
        (one,), _ = trained(other, gold=True)
    assert one["errors"][0]["votes"] == error["votes"]


def test_a_mark_beside_gold_s_range_is_no_vote_for_it(tmp_path: Path) -> None:
    wide = annotation(TEXT, (14, 28), uid="w", layer="error", label="TIME")
    left = annotation(TEXT, (14, 20), uid="l", layer="error", label="TIME")
    right = [annotation(TEXT, (21, 28), uid=f"r{n}", layer="error", label="TIME") for n in range(2)]
    marks = {"ana": right[0], "ben": right[1], "cara": wide, "dan": left}
    found = record(sets=tuple(work(mark, annotator=who, status=Status.DONE) for who, mark in marks.items()))
    error, _ = decided(tmp_path / "a.stet", found, Rule(MergeStrategy.MAJORITY, Equal.LABEL))
    assert (error["quote"], error["votes"]["labels"], error["soft"]) == ("senator", {"TIME": 3}, 0.75)


def test_votes_stay_when_the_annotators_go_on(tmp_path: Path) -> None:
    with project(tmp_path / "a.stet") as session:
        import_documents(session, [five("TIME", "TIME")], title="Import")
        session.become("rina")
        reviewing = Reviewer(session)
        reviewing.auto(reviewing.sheets(), MOST)
        (before,), _ = trained(session, gold=True)
        session.become("ana")
        session.open_document(before["id"])
        session.apply(RemoveAnnotation("m0"), title="Delete")
        (after,), _ = trained(session, gold=True)
    assert after["errors"][0]["votes"] == before["errors"][0]["votes"]


def test_votes_of_an_early_decision_are_counted_if_they_can_be(session: Session) -> None:
    (found, *_), report = trained(session, gold=True)
    assert found["errors"][0]["votes"]["labels"] == {"ROLE_ATTRIBUTE": 1}
    assert report.losses.count("votes") == 0
    session.become("ana")
    session.open_document("d1")
    session.apply(RemoveAnnotation("a2"), title="Delete")
    (found, *_), report = trained(session, gold=True)
    assert (found["errors"][0]["votes"], found["errors"][0]["soft"]) == (None, None)
    assert found["errors"][0]["provenance"]["id"] == "k2"
    assert report.losses.count("votes") == 1
