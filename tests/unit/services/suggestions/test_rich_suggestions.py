"""Suggestions with values of every kind, evidence in sets, and of the document as a whole."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from app.core.annotation import Fragment
from app.core.errors import EditRejected
from app.core.suggestion import Suggestion
from app.services.suggestions.judgement import accept
from app.services.suggestions.offer import offer
from app.session.session import Session
from tests.conftest import add_documents
from tests.unit.review.build import TEXT, proof
from tests.unit.review.kinds import KINDS_SOURCE


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    session = Session.create(tmp_path / "a.stet", scheme=KINDS_SOURCE, annotator="ana")
    text, reference = add_documents(session, {"a.txt": TEXT, "b.txt": TEXT})
    with session.project.atomic():
        session.reader.documents.link(text, reference)
    session.open_document(text)
    yield session
    session.close()


def offered(session: Session, layer: str, label: str, start: int, end: int, **said: object) -> Suggestion:
    plain = Suggestion(
        uid="", maker="m", layer=layer, label=label, fragments=(Fragment(start, end),), quote=TEXT[start:end]
    )
    made = msgspec.structs.replace(plain, **said)
    ((_, found),) = offer(session, [(session.state.document.uid, [made])], suggesters="m").new
    return found


def test_an_accepted_suggestion_brings_values_and_sets_along(session: Session) -> None:
    (reference,) = session.reader.documents.references(session.state.document.uid)
    evidence = [
        msgspec.structs.replace(proof(at, at + 3, document=reference), quote=quote, alternative=number)
        for at, number, quote in ((0, 1, "not there"), (10, 2, TEXT[10:13]), (20, 3, TEXT[20:23]))
    ]
    said = {"topics": ["war", "health"], "share": 5.5, "who": {"id": "Q1", "title": "Ann"}, "trust": "low"}
    found = offered(session, "claim", "FACT", 0, 5, attributes=said, evidence=tuple(evidence))
    made = accept(session, found)
    assert made.attributes == said
    assert [item.alternative for item in made.evidence] == [1, 2], "sets are counted without a gap"


def test_a_suggestion_about_the_document_is_accepted_once(session: Session) -> None:
    first = offered(session, "article", "SPUN", 0, 0, attributes={"adequacy": 40})
    other = offered(session, "article", "SOUND", 0, 0)
    made = accept(session, first)
    assert (made.label, made.attributes, made.start, made.end) == ("SPUN", {"adequacy": 40}, 0, 0)
    with pytest.raises(EditRejected, match="the document is “Spun” already"):
        accept(session, other)
