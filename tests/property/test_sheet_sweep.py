"""A sheet that is read step by step is the one that is read at once; what is there in between stays."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.annotation import Status
from app.core.document import Document, sha256
from app.core.record import DocumentRecord, SetRecord
from app.review.fields import rules_of
from app.review.gold_composition import by_votes
from app.review.groups import Group
from app.review.readings import Readings
from app.services.review.reviewer import Remarks, Reviewer
from app.services.review.sheet_sweep import SheetSweep, sheet_sweeps
from app.session.session import Session
from app.storage import review_pages
from app.storage.records import insert_records
from app.storage.review_pages import ReviewPages
from tests.property.test_groups import TEXT, documents
from tests.unit.review.build import SCHEME_SOURCE

STATES = (Status.DONE, Status.DONE, Status.DONE, Status.OPEN, Status.SKIPPED)


def record(uid: str, readings: Readings, states: dict[str, Status]) -> DocumentRecord:
    """Return a document with these readings, whose marks have uids of their own."""
    sets = tuple(
        SetRecord(name, "person", states[name], "review@1", 0.0, reading.annotations, reading.relations)
        for name, reading in readings.by.items()
    )
    return DocumentRecord(Document(uid=uid, name=uid, text=TEXT, sha256=sha256(TEXT)), (), sets)


@settings(max_examples=10)
@given(st.data())
def test_sheets_read_in_steps_are_those_read_at_once(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(review_pages, "PAGE", data.draw(st.integers(1, 4)))
        patch.setattr(review_pages, "_DOCUMENTS", 1)
        readings = data.draw(documents())
        states = {name: data.draw(st.sampled_from(STATES)) for name in readings.by}
        session = Session.create(Path(folder) / "p.stet", scheme=SCHEME_SOURCE, annotator="rina")
        try:
            with session.project.atomic():
                empty = {name: reading._replace(annotations=(), relations=()) for name, reading in readings.by.items()}
                nothing = record("e", readings._replace(by=empty), dict.fromkeys(empty, Status.DONE_EMPTY))
                insert_records(session.project, [record("d", readings, states), nothing], batch=1, tick=print)
            reviewing = Reviewer(session)
            decide(data, session, reviewing.sheet("d").groups)
            check(session)
        finally:
            session.close()


def decide(data: st.DataObject, session: Session, groups: tuple[Group, ...]) -> None:
    """Decide some of the groups."""
    reviewing = Reviewer(session)
    for found in groups:
        how = data.draw(st.sampled_from(["take", "reject", "defer", "", ""]))
        has_evidence = any(version.evidence for version in found.versions.values())  # of a text that isn't there
        if how == "take" and not has_evidence:
            reviewing.take(found, by_votes(found, rules_of(session.scheme, found.layer)))
        elif how in ("reject", "defer"):
            {"reject": reviewing.reject, "defer": reviewing.defer}[how](found, Remarks())


def check(session: Session) -> None:
    """Read all documents both ways."""
    found = {}
    with session.reader.snapshot():
        pages = ReviewPages(session.project)
        for page in pages.documents():
            for document in page:
                sweep = SheetSweep(pages, document, session.scheme)
                standing = {}
                for _ in sweep.steps():
                    partial = sweep.sheet()
                    if partial is not None:
                        assert not any((partial.is_settled, partial.is_unmarked, partial.is_overdue))
                        standing.update((g.key, partial.standings.of(g)) for g in sweep.taken)
                whole = sweep.sheet()
                if whole is not None:
                    found[document.uid] = whole
                    of = whole.standings.of
                    assert all(of(whole.group_index.by_key[key]) == known for key, known in standing.items())
    assert found == {sheet.document: sheet for sheet in Reviewer(session).sheets()}
    other = Session.open(session.path, write=False)
    last = {step.sweep.document: step.sweep for step in sheet_sweeps(other) if step is not None}
    assert {uid: sweep.sheet() for uid, sweep in last.items() if sweep.sheet() is not None} == found
