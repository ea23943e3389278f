"""Random work on documents as such: renamed, described, flagged, noted, removed, edited, undone, redone and reopened.

The model is the list of all that was seen of the documents: an entry for each step, and a place in it that undo and
redo move. What is listed, filtered and sorted is held against the documents after each step.
"""

import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.core.annotation import Annotation, Fragment, Status
from app.core.document_conditions import parse_conditions, parse_sorting
from app.core.edits import AddAnnotation
from app.core.errors import EditRejected, TextRefused
from app.core.text_change import Splice, TextChange
from app.services.documents import desk
from app.services.documents.document_search import found_documents
from app.services.history.undo import redo, undo
from app.services.texts.text_edit import edit_text
from app.session.actions import SetEdit
from app.session.session import Session
from app.storage.derived_rows import derived_faults
from tests.conftest import add_documents, scheme_source
from tests.property.strategies import texts

NAMES = ("one.txt", "Two 10.txt", "two 9", "été.md")
VALUES = st.one_of(st.sampled_from(["web", "é", "e\u0301", "x" * 1200, ""]), st.integers(-2, 2), st.booleans())
METAS = st.dictionaries(st.sampled_from(["title", "src", "n"]), VALUES, max_size=3)
Said = tuple[object, ...]


class Desk(RuleBasedStateMachine):
    """A lead at the list of documents."""

    folder: Path

    @initialize(first=texts, second=texts)
    def begin(self, first: str, second: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="stet-"))
        self.session = Session.create(self.folder / "desk.stet", scheme=scheme_source("ner"), annotator="ana")
        self.documents = add_documents(self.session, {"one": first, "two": second, "three": "Ana met Ben."})
        self.seen: list[Said] = [self.said()]
        self.at = 0

    def said(self) -> Said:
        """Return what the file says of all documents and of the work on them."""
        reader = self.session.reader
        shown = tuple((uid, reader.documents.name_of(uid), reader.documents.title_of(uid)) for uid in self.documents)
        here = found_documents(self.session, ())
        records = tuple(record._replace(versions=()) for record in map(reader.record, here))
        work = tuple(
            (record.document, tuple((s.status, s.annotations, s.remark) for s in record.sets if _says(s)))
            for record in records
        )
        return (shown, tuple(here), work)

    def some(self, data: Any) -> list[str]:
        return data.draw(st.lists(st.sampled_from(self.documents), min_size=1, max_size=3, unique=True))

    @rule(data=st.data(), name=st.sampled_from(NAMES), meta=st.none() | METAS)
    def describe(self, data: Any, name: str, meta: dict[str, Any] | None) -> None:
        self.attempt(lambda: desk.describe(self.session, self.some(data)[0], name=name, meta=meta))

    @rule(data=st.data(), value=VALUES)
    def describe_several(self, data: Any, value: object) -> None:
        self.attempt(lambda: desk.describe_all(self.session, self.some(data), lambda meta: {**meta, "src": value}))

    @rule(data=st.data(), flags=st.none() | st.booleans(), note=st.none() | st.sampled_from(["", "later"]))
    def remark(self, data: Any, flags: bool | None, note: str | None) -> None:
        self.attempt(lambda: desk.remark(self.session, self.some(data), flag="who?", flags=flags, note=note))

    @rule(data=st.data())
    def answer(self, data: Any) -> None:
        self.attempt(lambda: desk.answer_flags(self.session, self.some(data)))

    @rule(data=st.data(), status=st.sampled_from([Status.OPEN, Status.DONE, Status.SKIPPED]))
    def set_status(self, data: Any, status: Status) -> None:
        self.attempt(lambda: desk.set_status(self.session, self.some(data), status))

    @rule(data=st.data())
    def remove(self, data: Any) -> None:
        self.attempt(lambda: desk.remove(self.session, self.some(data)))

    @rule(data=st.data())
    def mark(self, data: Any) -> None:
        uid = self.some(data)[0]
        text = self.session.reader.document(uid).text
        at = data.draw(st.integers(0, len(text) - 1))
        made = Annotation(
            uid=f"m{len(self.seen)}-{data.draw(st.integers(0, 10**9))}",
            layer="entity",
            label=data.draw(st.sampled_from(["PERSON", "ORG"])),
            fragments=(Fragment(at, at + 1),),
            quote=text[at],
        )
        self.attempt(lambda: self.session.perform(SetEdit(uid, "ana", AddAnnotation(made)), title="Mark"))

    @rule(data=st.data(), put=st.sampled_from(["", "x", "Ben ", "é"]))
    def edit_the_text(self, data: Any, put: str) -> None:
        uid = self.some(data)[0]
        text = self.session.reader.document(uid).text
        start, end = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=2)))
        self.attempt(lambda: edit_text(self.session, uid, TextChange.refined(text, [Splice(start, end, put)])))

    def attempt(self, work: Any) -> None:
        """Do something, or find that nothing was changed."""
        before, steps = self.said(), self.session.log.next_sequence()
        try:
            work()
        except (EditRejected, TextRefused):
            assert self.said() == before
            assert self.session.log.next_sequence() == steps
            return
        if self.session.log.next_sequence() != steps:
            self.seen[self.at + 1 :] = [self.said()]
            self.at += 1
        else:
            assert self.said() == before

    @precondition(lambda self: self.at > 0)
    @rule()
    def undo(self) -> None:
        undo(self.session)
        self.at -= 1

    @precondition(lambda self: self.at + 1 < len(self.seen))
    @rule()
    def redo(self) -> None:
        redo(self.session)
        self.at += 1

    @rule()
    def reopen(self) -> None:
        self.session.close()
        self.session = Session.open(self.folder / "desk.stet", annotator="ana")

    @precondition(lambda self: hasattr(self, "session"))
    @invariant()
    def the_file_says_what_was_seen(self) -> None:
        assert self.said() == self.seen[self.at]

    @precondition(lambda self: hasattr(self, "session"))
    @invariant()
    def lists_and_search_say_it_too(self) -> None:
        assert list(derived_faults(self.session.project)) == []
        here = found_documents(self.session, ())
        for sort in ("title", "-words", "meta.src", "-marks", "flag", "label.PERSON", "-rules"):
            assert sorted(found_documents(self.session, (), parse_sorting(sort))) == sorted(here)
        metas = {uid: self.session.reader.document(uid).meta for uid in here}
        webs = [uid for uid in here if metas[uid].get("src") == "web"]
        assert found_documents(self.session, parse_conditions(["meta.src=web"])) == webs
        flagged = [uid for uid in here if self.session.reader.flags_of(uid)]
        assert found_documents(self.session, parse_conditions(["flag=yes"])) == flagged

    def teardown(self) -> None:
        if hasattr(self, "session"):
            assert list(self.session.reader.integrity.replay_faults()) == [], "the log gives the tables"
            self.session.close()
            shutil.rmtree(self.folder)


def _says(item: Any) -> bool:
    return bool(item.annotations or item.status is not Status.OPEN or item.remark.flag is not None or item.remark.note)


TestDesk = Desk.TestCase
TestDesk.settings = settings(max_examples=10, stateful_step_count=20)


@pytest.mark.slow
class TestLongDesk(Desk.TestCase):
    settings = settings(max_examples=200, stateful_step_count=60)
