"""What suggesters get to know of a project: the annotator's own corrections, and where else the terms occur."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core import annotation_edits
from app.core.document import Document, sha256
from app.core.ids import new_uid
from app.core.record import DocumentRecord
from app.services.suggestions.corpus import SessionCorpus
from app.session.session import Session
from app.storage.records import insert_records
from app.suggesters.protocol import CorrectedTerm
from tests.conftest import no_progress, scheme_source


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Session]:
    session = Session.create(tmp_path / "a.stet", scheme=scheme_source("news-errors"), annotator="ana")
    yield session
    session.close()


def add(session: Session, name: str, text: str, *references: str) -> str:
    document = Document(uid=new_uid(), name=name, text=text, sha256=sha256(text))
    with session.project.atomic():
        record = DocumentRecord(document, references=references)
        insert_records(session.project, [record], batch=0, tick=no_progress)
    return document.uid


def correct(session: Session, start: int, end: int, right: str) -> None:
    assert session.state is not None
    made = annotation_edits.annotate(
        session.state, [(start, end)], layer="error", label="TORTURED_TERM", scheme=session.scheme
    )
    session.apply(made, title="Mark")
    session.apply(annotation_edits.change_correction(made.annotation, right), title="Correct")


def test_corrected_terms_are_found_where_nothing_is_marked(project: Session) -> None:
    right = add(project, "right", "The long train left.")
    one = add(project, "one", "A slow train. A slow train.")
    two = add(project, "two", "That slow train was late.", right)
    project.open_document(one)
    correct(project, 2, 12, "long train")
    corpus = SessionCorpus(project)
    (term,) = corpus.corrected_terms()
    assert term == CorrectedTerm("slow train", "long train", 1, "error", "TORTURED_TERM", None)
    places = list(corpus.unannotated_places(term))
    assert [(p.document, p.start, p.end, p.quote) for p in places] == [
        (two, 5, 15, "slow train"),
        (one, 16, 26, "slow train"),
    ], "those with evidence come first"
    assert [[item.document for item in p.evidence] for p in places] == [[right], []]
    assert (corpus.references(two), corpus.document(two).name) == ([right], "two")


def test_corrections_of_others_are_not_told(project: Session) -> None:
    uid = add(project, "one", "A slow train.")
    project.open_document(uid)
    correct(project, 2, 12, "long train")
    project.become("ben")
    assert SessionCorpus(project).corrected_terms() == []
