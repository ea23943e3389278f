"""One person at one machine, as a process: works at random, exchanges that, and writes down what was done."""

import contextlib
import ctypes
import datetime
import random
import signal
import sys
import time
import traceback
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from app.core import annotation_edits
from app.core.annotation import Annotation, Status
from app.core.errors import EditRejected, StetError
from app.jobs.tasks import hub as tasks
from app.jobs.tasks import review
from app.review.automerge import MergeStrategy, Rule
from app.services.history.undo import undo
from app.session.session import Session
from tests.conftest import add_documents
from tests.hub.journal import Journal, all_marks, decisions_in, marks_in

_NETWORK = 0x40000000  # CLONE_NEWNET of <sched.h>
_LABELS = ("GPE", "PERSON", "ORG")
_ACTIONS = {"mark": 40, "change": 12, "delete": 8, "undo": 8, "status": 6, "sync": 22, "take": 4}


class Place(NamedTuple):
    """Where somebody works: a project file, their name and role, the network that they are in, and by how many seconds
    their clock is wrong.
    """

    project: str
    who: str
    role: str
    journal: str
    seed: int
    namespace: str
    wrong: float
    pause: float
    """The longest that they think before they do something, in seconds."""
    steps: int
    """How many actions they do; with 0 they exchange once."""


def work_at(place: Place) -> None:
    """Work until told to stop, in this process, and write down how that ended."""
    journal = Journal(Path(place.journal))
    bench = Workbench(place, journal)
    signal.signal(signal.SIGTERM, bench.stop)
    if place.namespace:
        _enter(place.namespace)
    _put_clock(place.wrong)
    try:
        bench.run()
    except BaseException:  # noqa: BLE001  the judge reads it
        journal.write(end="bug", trace=traceback.format_exc())
    else:
        journal.write(end="stopped")


def _enter(namespace: str) -> None:
    """Go into a network, with all that this process will do."""
    with open(namespace, "rb") as file:
        if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), _NETWORK):
            raise OSError(ctypes.get_errno(), "setns")


def _put_clock(wrong: float) -> None:
    """Have every module of the program see a clock that is wrong by so many seconds."""
    real_time, real_ns, shift = time.time, time.time_ns, datetime.timedelta(seconds=wrong)

    class WrongTime(datetime.datetime):
        """What the clock says."""

        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> "WrongTime":
            """Return the present moment, as it is here."""
            return super().now(tz) + shift

    time.time = lambda: real_time() + wrong
    time.time_ns = lambda: real_ns() + int(wrong * 1_000_000_000)
    for name, module in list(sys.modules.items()):
        if name.startswith("app.") and getattr(module, "datetime", None) is datetime.datetime:
            vars(module)["datetime"] = WrongTime


class Workbench:
    """A project that is open, and dice that say what is done next."""

    def __init__(self, place: Place, journal: Journal) -> None:
        self._place = place
        self._journal = journal
        self._dice = random.Random(place.seed)
        self._is_over = False

    def stop(self, _signal: int, _frame: FrameType | None) -> None:
        """Stop after what is being done."""
        self._is_over = True

    def run(self) -> None:
        """Open the project, work, close it, and so on."""
        if not self._place.steps:
            self._sit(lambda session: self._sync(session))
            return
        left = self._place.steps
        while left > 0 and not self._is_over:
            sitting = min(left, self._dice.randint(10, 40))
            left -= sitting
            self._sit(lambda session, sitting=sitting: self._work(session, sitting))

    def _sit(self, work) -> None:
        session = Session.open(Path(self._place.project), annotator=self._place.who)
        try:
            self._journal.write(found=all_marks(session, self._place.who))
            work(session)
        finally:
            session.close()

    def _work(self, session: Session, actions: int) -> None:
        kinds = dict(_ACTIONS)
        if self._place.role == "reviewer":
            kinds["review"] = 25
        if self._place.role == "lead":
            kinds["add"] = 4
        for _ in range(actions):
            if self._is_over:
                return
            time.sleep(self._dice.uniform(0, self._place.pause))
            (kind,) = self._dice.choices(list(kinds), list(kinds.values()))
            getattr(self, f"_{kind}")(session)

    # -- work ----------------------------------------------------------------------------------------------------------

    def _open(self, session: Session) -> str:
        uids = [uid for uid, _ in session.reader.documents.names()]
        uid = self._dice.choice(uids)
        session.open_document(uid)
        return uid

    def _done(self, session: Session, kind: str, document: str) -> None:
        self._journal.write(ack=kind, doc=document, marks=marks_in(session, document, self._place.who))

    def _mark(self, session: Session) -> None:
        document = self._open(session)
        text = session.state.document.text
        words = [word for word in text.split() if word.isalpha()]
        start = text.index(self._dice.choice(words))
        end = text.find(" ", start) % (len(text) + 1)
        label = self._dice.choice(_LABELS)
        try:
            edit = annotation_edits.annotate(
                session.state, [(start, end)], layer="entity", label=label, scheme=session.scheme
            )
        except EditRejected:
            return  # it is marked already
        self._journal.write(go="mark", doc=document, mark=edit.annotation.uid)
        session.apply(edit, title="Mark")
        self._done(session, "mark", document)

    def _chosen(self, session: Session) -> tuple[str, Annotation] | None:
        document = self._open(session)
        marks = session.state.in_order()
        return (document, self._dice.choice(marks)) if marks else None

    def _change(self, session: Session) -> None:
        found = self._chosen(session)
        if found is not None:
            document, mark = found
            self._journal.write(go="change", doc=document, mark=mark.uid)
            words = f"{mark.comment} {self._dice.randrange(1000)}"[-40:].strip()
            session.apply(annotation_edits.change_comment(mark, words), title="Comment")
            self._done(session, "change", document)

    def _delete(self, session: Session) -> None:
        found = self._chosen(session)
        if found is not None:
            document, mark = found
            self._journal.write(go="delete", doc=document, mark=mark.uid)
            session.apply(annotation_edits.remove(session.state, [mark], scheme=session.scheme), title="Delete")
            self._done(session, "delete", document)

    def _undo(self, session: Session) -> None:
        self._journal.write(go="undo")
        with contextlib.suppress(EditRejected):  # there is nothing to undo, or it can't be any more
            undo(session)
        self._journal.write(ack="undo", all=all_marks(session, self._place.who))

    def _status(self, session: Session) -> None:
        document = self._open(session)
        is_done = session.state.status.is_finished
        done = Status.DONE if session.state.annotations else Status.DONE_EMPTY
        self._journal.write(go="status", doc=document)
        session.set_status(Status.OPEN if is_done else done)
        self._done(session, "status", document)

    def _review(self, session: Session) -> None:
        self._journal.write(go="review")
        review.merge(session, Rule(MergeStrategy.MAJORITY))
        review.finish(session)
        if self._dice.random() < 0.3:
            review.release(session)
        self._journal.write(ack="review", decisions=decisions_in(session))

    def _add(self, session: Session) -> None:
        self._journal.write(go="add")
        number = self._dice.randrange(10**9)
        (uid,) = add_documents(session, {f"late-{number}.txt": f"Text {number} of Minsk and Riga by an aide."})
        # A document is sent when it is worked on or the log tells of it; this one was put in beneath the log.
        session.open_document(uid)
        session.set_status(Status.DONE_EMPTY)
        self._journal.write(ack="add", document=uid)

    # -- exchange ------------------------------------------------------------------------------------------------------

    def _sync(self, session: Session) -> None:
        self._exchange(session, 0)

    def _take(self, session: Session) -> None:
        self._exchange(session, self._dice.randint(1, 3))

    def _exchange(self, session: Session, take: int) -> None:
        self._journal.write(go="sync")
        began = time.monotonic()
        try:
            done = tasks.take(session, take)[1] if take else tasks.sync(session)
        except StetError as error:
            self._journal.write(
                ack="sync", error=type(error).__name__, words=str(error), seconds=time.monotonic() - began
            )
        else:
            new = bool(done.sets or done.sent or done.documents or done.decisions or done.decided)
            notes = [str(finding) for finding in done.report if finding.kind.startswith("hub-")]
            self._journal.write(ack="sync", new=new, notes=notes, seconds=time.monotonic() - began)
        self._journal.write(found=all_marks(session, self._place.who))
