"""Sets that say something of the document, and relations, when two copies of them are united."""

import msgspec

from app.core.annotation import Annotation, Relation, Status
from app.core.document import Document, sha256
from app.core.edits import apply
from app.core.record import SetRecord
from app.core.state import DocumentState
from app.core.three_way_merge import MergedSet, united
from tests.unit.review.build import TEXT
from tests.unit.review.kinds import KINDS, about, claim, link

DOCUMENT = Document(uid="d", name="d", text=TEXT, sha256=sha256(TEXT))


def at(time: str, annotation: Annotation) -> Annotation:
    return msgspec.structs.replace(annotation, updated=time)


def merged(ours: list[Annotation], theirs: list[Annotation], *ties: Relation) -> tuple[MergedSet, DocumentState]:
    state = DocumentState.of(DOCUMENT, annotator="ana", annotations=ours)
    record = SetRecord("ana", "person", Status.OPEN, "kinds@1", 0.0, tuple(theirs), ties)
    found = united(state, record, is_about_document=KINDS.is_about_document)
    after = state
    for edit in found.edits:
        after = apply(after, edit).state
    return found, after


def test_the_document_keeps_one_label_the_newer_one() -> None:
    old, new = at("1", about("a1")), at("2", about("a2", "SOUND"))
    for ours, theirs, words in ((old, new, "theirs is newer"), (new, old, "ours is at least as new")):
        found, after = merged([ours], [theirs])
        assert list(after.annotations.values()) == [new]
        (difference,) = found.differences
        assert words in difference
        assert "SPUN" in difference


def test_the_same_said_twice_is_no_difference() -> None:
    found, after = merged([at("1", about("a1", adequacy=5))], [at("2", about("a2", adequacy=5))])
    assert (found.differences, list(after.annotations)) == ((), ["a1"])


def test_what_only_one_side_says_of_the_document_is_kept() -> None:
    found, after = merged([about("a1"), claim("a3")], [claim("a3")])
    assert set(after.annotations) == {"a1", "a3"}
    assert len(found.differences) == 1
    _, after = merged([claim("a3")], [about("a1"), claim("a3")])
    assert set(after.annotations) == {"a1", "a3"}


def test_relations_come_along_with_what_they_say() -> None:
    tie = link("a1", "a2", sure=True, comment="so")
    _, after = merged([claim("a1")], [claim("a1"), claim("a2")], tie)
    assert list(after.relations.values()) == [tie]
