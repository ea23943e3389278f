"""From corrections already made: where else a term became something else."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from app.core import annotation_edits
from app.core.decision import GOLD
from app.core.edits import AddAnnotation
from app.services.history.undo import undo
from app.services.search.bulk_annotation import annotation_hits
from app.services.search.substitutions import pairs, proposals
from app.session.actions import Release, SetEdit
from app.session.session import Session
from tests.conftest import REFERENCE, add_documents, scheme_source

TEXTS = {
    "one.txt": "They spoke of a restricted slave trade. Puttin agreed.\n",
    "two.txt": "The history of the Restricted slave\ntrade is long.\n",
    "three.txt": "A restricted slave trade was agreed on. It was a big restricted slave trade.\n",
    "report.txt": REFERENCE,
    "essay.txt": "On history.\n",
}

NAMES = ("two.txt", "three.txt")


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Session]:
    session = Session.create(tmp_path / "a.stet", scheme=scheme_source("news-errors"), annotator="ana")
    one, two, three, report, essay = add_documents(session, TEXTS)
    with session.project.atomic():
        for uid, reference in ((one, report), (three, report), (two, essay)):
            session.reader.documents.link(uid, reference)
    session.open_document(one)
    yield session
    session.close()


def correct(session: Session, words: str, label: str, correction: str, severity: str = "major") -> None:
    start = session.state.document.text.index(words)
    made = annotation_edits.annotate(
        session.state, [(start, start + len(words))], layer="error", label=label, scheme=session.scheme
    )
    session.apply(made, title="Mark")
    mark = made.annotation
    session.apply(annotation_edits.change_correction(mark, correction), title="Correct")
    mark = session.state.annotations[mark.uid]
    session.apply(annotation_edits.change_severity(mark, severity, scheme=session.scheme), title="Severity")


def test_what_was_corrected_is_proposed_elsewhere_proof_first(project: Session) -> None:
    correct(project, "restricted slave trade", "TORTURED_TERM", "prisoner exchange", "critical")
    (pair,) = pairs(project)
    assert (pair.wrong, pair.right, pair.times) == ("restricted slave trade", "prisoner exchange", 1)
    found = list(proposals(project, [pair]))
    assert [(item.hit.name, item.proved) for item in found] == [
        ("three.txt", True),
        ("three.txt", True),
        ("two.txt", False),
    ]
    done = annotation_hits(project, [(item.hit, item.model) for item in found if item.proved])
    assert (done.changed, done.unproved) == (2, 0)
    marks = project.executor.load(found[0].hit.document, "ana").in_order()
    assert [(m.label, m.correction, m.attributes["severity"], m.evidence[0].quote) for m in marks] == [
        ("TORTURED_TERM", "prisoner exchange", "critical", "prisoner exchange")
    ] * 2
    assert marks[0].attributes["evidence_status"] == "LINKED"
    assert [item.hit.name for item in proposals(project, pairs(project))] == ["two.txt"], "the others are marked"
    undo(project)
    assert len(list(proposals(project, [pair]))) == 3


def test_pairs_ignore_case_and_line_ends_and_use_the_usual_label(project: Session) -> None:
    correct(project, "restricted slave trade", "TORTURED_TERM", "prisoner exchange")
    correct(project, "Puttin", "NAME_FORM", "Putin")
    term = [pair for pair in pairs(project) if pair.right == "prisoner exchange"]
    two, three = (next(p.hit.document for p in proposals(project, term) if p.hit.name == n) for n in NAMES)
    project.open_document(three)
    correct(project, "restricted slave trade", "PREDICATE", "Prisoner exchange", "minor")
    project.open_document(two)
    correct(project, "Restricted slave\ntrade", "PREDICATE", "prisoner exchange", "minor")
    first, second = pairs(project)
    assert (first.wrong, first.times, first.model.label, first.model.severity) == (
        "restricted slave trade",
        3,
        "PREDICATE",
        "minor",
    )
    assert second.wrong == "Puttin"
    assert pairs(project, layer="claim") == []


def test_what_proves_nothing_elsewhere_is_no_pair(project: Session) -> None:
    correct(project, "They", "PREDICATE", "they")
    correct(project, "a", "PREDICATE", "the")
    correct(project, "agreed", "PREDICATE", "")
    assert pairs(project) == []


def test_pairs_come_from_own_work_and_released_gold_only(project: Session) -> None:
    project.become("ben")
    correct(project, "Puttin", "NAME_FORM", "Putin")
    project.become("ana")
    assert pairs(project) == []
    mark = project.executor.load(project.state.document.uid, "ben").in_order()[0]
    project.perform(
        SetEdit(project.state.document.uid, GOLD, AddAnnotation(msgspec.structs.replace(mark, uid="gold-1"))),
        title="Gold",
    )
    assert pairs(project) == [], "gold isn't for annotators before its release"
    project.perform(Release((project.state.document.uid,), "ben"), title="Release")
    assert [pair.wrong for pair in pairs(project)] == ["Puttin"]
