"""Any order of marking, exchanging, working offline and being cut off ends in the same state for everyone."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.core import annotation_edits
from app.core.errors import EditRejected
from app.jobs.tasks import hub as tasks
from app.session.session import Session
from tests.hub.postgres import Postgres
from tests.hub.team_at_hub import TeamAtHub
from tests.hub.verdict import copied, marks_of, merged_from, of_person, sets_in
from tests.trust.figures import record
from tests.unit.services.team.lead import opened

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = ("ana", "ben")
_DOCUMENTS = ("spun.txt", "other.txt", "third.txt")


class RandomTeam:
    """Two annotators, one of whom also works on a laptop, a reviewer and the lead, who do one thing after another.

    `said` are the marks (uids) of each annotator that were acknowledged and not deleted by them, `deleted` those that
    were.
    """

    def __init__(self, hub: TeamAtHub, seed: int) -> None:
        self.hub = hub
        self.dice = random.Random(seed)
        self.said: dict[str, set[str]] = {who: set() for who in PEOPLE}
        self.deleted: set[str] = set()
        self.cut_off = 0
        hub.sql("UPDATE hub SET annotators = 2")
        for who in PEOPLE:
            hub.join(who, take=3)
        hub.join("rob", "reviewer")
        copied(hub.project("lea"), "beginning")
        with opened(hub.project("ana"), "ana") as session:
            session.back_up(hub.project("laptop"))
        self.files = {"ana": ("ana", "laptop"), "ben": ("ben",), "rob": ("rob",), "lea": ("lea",)}

    def act(self) -> None:
        """Do one thing."""
        who = self.dice.choice(PEOPLE)
        file = self.dice.choice(self.files[who])
        what = self.dice.random()
        if what < 0.55:
            self._mark(who, file)
        elif what < 0.65:
            self._unmark(who, file)
        else:
            who = self.dice.choice(tuple(self.files))
            self._sync(who, self.dice.choice(self.files[who]))

    def settle(self) -> None:
        """Let everyone exchange until nothing is new anywhere."""
        for _ in range(6):
            done = [self.hub.sync(who, file=file) for who, files in self.files.items() for file in files]
            if not any(item.sets or item.sent or item.documents for item in done):
                return
        raise AssertionError("it never came to rest")

    def marks(self, file: str, who: str) -> set[str]:
        """Return somebody's marks (uids) in a file."""
        with opened(self.hub.project(file)) as session:
            records = session.reader.records(with_text=False)
            return {a.uid for r in records for item in r.sets if item.annotator == who for a in item.annotations}

    def _mark(self, who: str, file: str) -> None:
        with opened(self.hub.project(file), who) as session:
            self._open(session)
            words = [word for word in session.state.document.text.split() if word.isalpha()]
            start = session.state.document.text.index(self.dice.choice(words))
            end = session.state.document.text.find(" ", start) % (len(session.state.document.text) + 1)
            try:
                edit = annotation_edits.annotate(
                    session.state, [(start, end)], layer="entity", label="GPE", scheme=session.scheme
                )
                session.apply(edit, title="Mark")
            except EditRejected:
                return  # it is marked already
            self.said[who].add(edit.annotation.uid)

    def _unmark(self, who: str, file: str) -> None:
        with opened(self.hub.project(file), who) as session:
            self._open(session)
            marks = session.state.in_order()
            if marks:
                gone = self.dice.choice(marks)
                session.apply(annotation_edits.remove(session.state, [gone], scheme=session.scheme), title="Delete")
                self.said[who].discard(gone.uid)
                self.deleted.add(gone.uid)

    def _open(self, session: Session) -> None:
        (uid,) = session.reader.documents.find(self.dice.choice(_DOCUMENTS))
        session.open_document(uid)

    def _sync(self, who: str, file: str) -> None:
        if self.dice.random() < 0.7:
            self.hub.sync(who, file=file)
            return
        command = [sys.executable, "-P", "-m", "app", "hub", "sync", str(self.hub.project(file))]
        with subprocess.Popen(
            command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            time.sleep(self.dice.uniform(0.3, 1.5))
            self.cut_off += process.poll() is None
            process.send_signal(signal.SIGKILL)


def _run(team: RandomTeam, steps: int, *, between: Callable[[int], None] | None = None) -> None:
    for step in range(steps):
        team.act()
        if between is not None:
            between(step)
    before = [
        (copied(team.hub.project(file), f"before-{file}"), who) for who, files in team.files.items() for file in files
    ]
    team.settle()
    merged = merged_from(team.hub.project("beginning"), before, team.dice)
    there = sets_in(team.hub.project("lea"))
    assert of_person(merged, "ben") == of_person(there, "ben"), "one merge of everything comes to the same"
    # A merge of files that never met doesn't know what was deleted on the other of one person's machines.
    assert marks_of(merged, "ana").keys() - team.deleted == marks_of(there, "ana").keys() - team.deleted
    for who in PEOPLE:
        there = team.marks("lea", who)
        for file in ("rob", *team.files[who]):
            assert team.marks(file, who) == there, (who, file)
        # A mark that one deleted on one computer may come back from another; none that was made may be missing.
        assert team.said[who] <= there, f"{who} lost {team.said[who] - there}"


def test_any_order_ends_in_the_same_state(hub: TeamAtHub) -> None:
    _run(RandomTeam(hub, seed=7), 25)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_many_orders_end_in_the_same_state(hub: TeamAtHub, seed: int) -> None:
    team = RandomTeam(hub, seed)
    _run(team, 150)
    record(f"hub-order-{seed:02}", steps=150, cut_off=team.cut_off, marks_lost=0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_crashes_of_the_server_lose_nothing(tmp_path: Path, seed: int) -> None:
    server = Postgres(settings={"fsync": "on"})
    try:
        team = RandomTeam(TeamAtHub(server, server.new_database(), tmp_path), seed)

        def crash(step: int) -> None:
            if step % 15 == 14:
                server.stop(signal.SIGQUIT)
                with opened(team.hub.project("ben"), "ben") as session:
                    assert tasks.status(session).trouble
                server.start()

        _run(team, 90, between=crash)
    finally:
        server.remove()
