"""A project with relations and fields in use, some of which its scheme lacks."""

from pathlib import Path

from app.core.annotation import Relation
from app.core.document import Document, sha256
from app.core.edits import AddAnnotation, AddRelation, Batch
from app.core.record import DocumentRecord
from app.services.importing.document_import import import_documents
from app.session.actions import SetEdit
from app.session.session import Session
from tests.made_once import made_once
from tests.unit.services.migration.test_part_migration import SCHEME, TEXT, annotation


@made_once
def related(folder: Path) -> Path:
    """Make a project with relations and fields in use, some of which its scheme lacks."""
    path = folder / "parts.stet"
    session = Session.create(path, scheme=SCHEME)
    import_documents(session, [DocumentRecord(Document(uid="d", name="d", text=TEXT, sha256=sha256(TEXT)))], title="I")
    session.become("Ana")
    marks = [
        annotation("m1", 0, 3, "PERSON", sex="f", born="1990"),
        annotation("m2", 18, 22, "ORG"),
    ]
    ties = [Relation(uid=name, source="m1", target="m2", label=name) for name in ("works_for", "old")]
    edits = [*map(AddAnnotation, marks), *map(AddRelation, ties)]
    session.perform(SetEdit("d", "Ana", Batch(tuple(edits))), title="Work")
    session.close()
    return path
