"""The earlier texts of documents: what is kept of them, and what of a damaged row is noticed."""

import pytest

from app.core.errors import DamagedRow
from app.core.text_change import TextChange
from app.jobs.tasks.check_project import check_project
from app.services.history.undo import undo
from app.services.texts.text_edit import edit_text
from app.services.texts.text_lineage import broken_lineages
from app.session.session import Session


@pytest.fixture
def document(session: Session) -> str:
    """Give a document whose text was edited once."""
    assert session.state is not None
    document = session.state.document
    edit_text(session, document.uid, TextChange.between(document.text, document.text.replace("Puttin", "Putin")))
    return document.uid


@pytest.mark.parametrize(
    ("cell", "value", "match"),
    [
        ("text", "another", "isn't that of its hash"),
        ("sha256", "none", "can't be “none”"),
        ("splices", '[[3,1,""]]', "ends before it starts"),
        ("splices", "[[3", "isn't valid JSON"),
    ],
)
def test_a_damaged_row_is_named(session: Session, document: str, cell: str, value: str, match: str) -> None:
    assert not list(session.reader.integrity.damaged_rows())
    with session.project.atomic():
        session.project.connection.execute(f"UPDATE text_version SET {cell}=?", [value])
    (damage,) = session.reader.integrity.damaged_rows()
    assert damage.table == "text_version"
    assert match in damage.reason
    with pytest.raises(DamagedRow):
        session.executor.texts.versions.of_document(document, with_text=True)


def test_an_earlier_text_that_leads_elsewhere_is_found(session: Session, document: str) -> None:
    undo(session)
    assert not list(broken_lineages(session))
    with session.project.atomic():
        session.project.connection.execute("UPDATE text_version SET splices='[[0,1,\"x\"]]' WHERE sequence=1")
    assert [uid for uid, _ in broken_lineages(session)] == [document]
    assert [str(found) for found in check_project(session)] == [
        "spun.txt: an earlier text doesn't lead to the present one, so what was made on it can't be merged"
    ]


def test_records_have_the_versions_without_their_texts(session: Session, document: str) -> None:
    (version,) = session.reader.record(document).versions
    assert version.text is None
    assert [splice.text for splice in version.splices] == [""]
    assert [len(record.versions) for record in session.reader.records()] == [1, 0]


def test_a_document_is_known_by_an_earlier_text(session: Session, document: str) -> None:
    versions = session.executor.texts.versions
    (old,) = versions.of_document(document)
    name = session.reader.documents.name_of(document) or ""
    assert versions.document_with(name, old.sha256) == document
    assert versions.document_with("another", old.sha256) is None
    assert versions.edited() == [document]
    assert versions.edited(after=session.log.next_sequence()) == []
