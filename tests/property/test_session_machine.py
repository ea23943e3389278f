"""Random work on a real project file: whatever is done, undone and reopened, file and memory agree; also where the file
takes nothing for a while.

The model is, for each annotator, the list of all they have seen: one entry per action, and a place in it that undo and
redo move. Two people work on two documents of one project.
"""

import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.core import edits
from app.core.annotation import Annotation, Fragment, Relation, Status, quote_of
from app.core.document import Document
from app.core.edits import Batch, RemoveAnnotation, SetStatus
from app.core.errors import EditRejected
from app.core.state import DocumentState
from app.core.suggestion import Suggestion
from app.core.validation import settled_status
from app.services.history.undo import redo, undo
from app.services.suggestions.judgement import accept, reject
from app.services.suggestions.offer import offer
from app.services.suggestions.open_suggestions import OpenSuggestions
from app.session.events import Event, Topic
from app.session.session import Session
from tests.conftest import add_documents, scheme_source
from tests.property.strategies import draw_edit, texts
from tests.unit.build import content

PEOPLE = ("ana", "ben")
Seen = dict[str, tuple[object, ...]]  # document: what its state says


class Line:
    """What one annotator has seen, and where in it they are."""

    def __init__(self, start: Seen) -> None:
        self.states = [start]
        self.at = 0

    @property
    def now(self) -> Seen:
        return self.states[self.at]

    def did(self, document: str, said: tuple[object, ...]) -> None:
        self.states[self.at + 1 :] = [{**self.now, document: said}]
        self.at += 1


class Mirror:
    """A view that knows only what it is told, as the lists and the canvas do."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.annotations: dict[str, Annotation] = {}
        self.relations: dict[str, Relation] = {}
        self.status = Status.OPEN
        session.listen(self.hear)

    def hear(self, fact: Event) -> None:
        state = self.session.state
        if fact.topic is Topic.OPENED and state is not None:
            self.annotations = dict(state.annotations)
            self.relations = dict(state.relations)
            self.status = state.status
        change = fact.change
        if change is None:
            return
        for gone in change.removed:
            assert self.annotations.pop(gone.uid) == gone
        for old, new in change.replaced:
            assert self.annotations[old.uid] == old
            self.annotations[old.uid] = new
        self.annotations.update((come.uid, come) for come in change.added)
        for tie in change.relations_removed:
            assert self.relations.pop(tie.uid) == tie
        for was, now in change.relations_replaced:
            assert self.relations[was.uid] == was
            self.relations[now.uid] = now
        self.relations.update((tie.uid, tie) for tie in change.relations_added)
        if change.status:
            assert self.status is change.status[0]
            self.status = change.status[1]


def followed(session: Session) -> OpenSuggestions:
    """Return what is suggested in the open document, by somebody who only listens from now on."""
    here = OpenSuggestions(session)
    here.read()

    def hear(fact: Event) -> None:
        here.follow(fact)

    session.listen(hear)
    return here


def _candidates(text: str) -> list[Suggestion]:
    """Return suggestions on a few ranges of a text, one of them in two parts."""
    middle = len(text) // 2
    spans = [[(0, 1)], [(0, len(text))], [(middle, len(text))], [(0, 1), (middle + 1, len(text))]]
    made: list[Suggestion] = []
    for number, span in enumerate(spans):
        fragments = tuple(Fragment(*part) for part in span if part[0] < part[1])
        label = ("PERSON", "GPE")[number % 2]
        quote = quote_of(text, fragments) if fragments else ""
        if fragments:
            made.append(Suggestion(uid="", maker="test", layer="entity", label=label, fragments=fragments, quote=quote))
    return made


class Work(RuleBasedStateMachine):
    """Edits, undo, redo, other people, other documents and restarts, in any order."""

    folder: Path

    @initialize(first=texts, second=texts)
    def begin(self, first: str, second: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="stet-"))
        self.session = Session.create(self.folder / "work.stet", scheme=scheme_source("ner"), annotator="ana")
        reference = "U.S. President 😀 Trump"
        self.documents = add_documents(self.session, {"one": first, "two": second, "reference": reference})[:2]
        self.session.become("lead")
        for uid in self.documents:
            offer(self.session, [(uid, _candidates(self.session.reader.document(uid).text))], suggesters="test")
        self.session.become("ana")
        self.reference: Document = self.session.reader.document(self.session.reader.documents.find("reference")[0])
        self.session.open_document(self.documents[0])
        self.enter()
        self.mirror, self.here = Mirror(self.session), followed(self.session)
        self.lines = {person: Line({uid: self.loaded(uid, person) for uid in self.documents}) for person in PEOPLE}

    def enter(self) -> None:
        """Sit down before the session as in a window."""
        self.session.kept.is_on = True
        self.writer = self.session.project.connection

    @property
    def line(self) -> Line:
        return self.lines[self.session.annotator or ""]

    def loaded(self, uid: str, person: str) -> tuple[object, ...]:
        return self.said(self.session.executor.load(uid, person))

    def said(self, state: DocumentState) -> tuple[object, ...]:
        """Return what an annotator's state says, with what they made of the suggestions there."""
        key = self.session.reader.documents.key_of(state.document.uid)
        person = self.session.executor.annotations.find_annotator(state.annotator)
        judged = self.session.executor.suggesting.suggestions.judged_by(key, person) if person else {}
        return (*content(state), sorted((uid, j.outcome, j.annotation) for uid, j in judged.items()))

    @rule(data=st.data(), times=st.integers(1, 4))
    def edit(self, data: Any, times: int) -> None:
        for _ in range(times):
            self.edit_once(data)

    def edit_once(self, data: Any) -> None:
        before = self.session.state
        edit = draw_edit(data.draw, before, reference=self.reference)
        after = edits.apply(before, edit).state
        if before.status.is_finished:
            after = after._replace(status=settled_status(after, scheme=self.session.scheme))
        self.session.apply(edit, title="edit")
        assert content(self.session.state) == content(after)
        self.line.did(before.document.uid, self.said(after))

    @rule(number=st.integers(0, 9), takes=st.booleans())
    def judge(self, number: int, takes: bool) -> None:
        """Accept or reject one of the open suggestions, if there is one."""
        state, left = self.session.state, self.here.overlapping(0, 10_000)
        if not left:
            return
        suggestion = left[number % len(left)]
        if takes:
            made = accept(self.session, suggestion)
            assert self.session.state.annotations[made.uid] == made
        else:
            reject(self.session, suggestion)
            assert content(self.session.state) == content(state)
        assert self.here.get(suggestion.uid) is None
        self.line.did(state.document.uid, self.said(self.session.state))

    @rule(data=st.data())
    def edit_that_is_refused(self, data: Any) -> None:
        before = self.session.state
        good = draw_edit(data.draw, before, reference=self.reference)
        with pytest.raises(EditRejected):
            self.session.apply(Batch((good, SetStatus(Status.SKIPPED), RemoveAnnotation("nobody"))), title="refused")
        assert self.session.state is before

    @rule()
    def undo(self) -> None:
        if self.line.at == 0:
            assert self.session.undo_title() is None
            with pytest.raises(EditRejected):
                undo(self.session)
        else:
            undo(self.session)
            self.line.at -= 1
            assert self.session.state.document.uid == self.moved_between(self.line.at, self.line.at + 1)

    @rule()
    def redo(self) -> None:
        if self.line.at + 1 == len(self.line.states):
            assert self.session.redo_title() is None
            with pytest.raises(EditRejected):
                redo(self.session)
        else:
            redo(self.session)
            self.line.at += 1
            assert self.session.state.document.uid == self.moved_between(self.line.at - 1, self.line.at)

    def moved_between(self, one: int, other: int) -> str:
        """Return the document that the step is of; an edit may change nothing, then any will do."""
        first, second = self.line.states[one], self.line.states[other]
        differ = [uid for uid in self.documents if first[uid] != second[uid]]
        return differ[0] if differ else self.session.state.document.uid

    @rule(at=st.integers(0, 1))
    def turn_to_document(self, at: int) -> None:
        self.session.open_document(self.documents[at])

    @rule(person=st.sampled_from(PEOPLE))
    def become(self, person: str) -> None:
        self.session.become(person)

    @rule()
    def the_file_takes_nothing(self) -> None:
        self.writer.execute("PRAGMA query_only=ON")

    @rule()
    def the_file_takes_it_again(self) -> None:
        self.writer.execute("PRAGMA query_only=OFF")

    @rule()
    def reopen(self) -> None:
        self.the_file_takes_it_again()
        self.session.kept.save()
        before = self.session.state
        titles = (self.session.undo_title(), self.session.redo_title())
        self.session.close()
        self.session = Session.open(self.session.path, annotator=before.annotator)
        state = self.session.open_document(before.document.uid)
        self.enter()
        assert content(state) == content(before)
        assert (self.session.undo_title(), self.session.redo_title()) == titles
        self.mirror, self.here = Mirror(self.session), followed(self.session)
        self.mirror.hear(Event(Topic.OPENED))

    @precondition(lambda self: hasattr(self, "session"))
    @invariant()
    def memory_is_what_the_line_says(self) -> None:
        assert self.said(self.session.state) == self.line.now[self.session.state.document.uid]

    @precondition(lambda self: hasattr(self, "session"))
    @invariant()
    def the_file_holds_everyones_work(self) -> None:
        for person, line in self.lines.items():
            for uid in self.documents:
                assert self.loaded(uid, person) == line.now[uid]

    @precondition(lambda self: hasattr(self, "session"))
    @invariant()
    def nobody_elses_undo_is_touched(self) -> None:
        for person, line in self.lines.items():
            key = self.session.executor.annotations.find_annotator(person)
            row = self.session.log.to_undo(key) if key is not None else None
            assert (row is not None) == (line.at > 0)

    @precondition(lambda self: hasattr(self, "session"))
    @invariant()
    def who_only_listens_knows_it_all(self) -> None:
        state = self.session.state
        told = (self.mirror.annotations, self.mirror.relations, self.mirror.status)
        assert told == (dict(state.annotations), dict(state.relations), state.status)
        fresh = OpenSuggestions(self.session)
        fresh.read()
        assert self.here.overlapping(0, 10_000) == fresh.overlapping(0, 10_000)
        assert self.here.count == fresh.count

    def teardown(self) -> None:
        if hasattr(self, "session"):
            self.the_file_takes_it_again()
            self.session.kept.save()
            self.the_file_holds_everyones_work()
            assert list(self.session.reader.integrity.replay_faults()) == [], "the log gives the tables"
            assert list(self.session.reader.integrity.broken_seals()) == [], "the sums are those of the rows"
            self.session.close()
            shutil.rmtree(self.folder)


TestWork = Work.TestCase
TestWork.settings = settings(max_examples=12, stateful_step_count=25)


@pytest.mark.slow
class TestLongWork(Work.TestCase):
    settings = settings(max_examples=300, stateful_step_count=80)
