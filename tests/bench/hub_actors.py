"""Who works with the hub of the bench: each in a process, told by arguments, and heard by lines of JSON."""

import json
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from app.core.annotation import Annotation, Fragment
from app.core.ids import new_uid
from app.core.record import SetRecord
from app.core.three_way_merge import digest_of
from app.exchange.formats.stet_jsonl.reader import record_of_parts
from app.exchange.formats.stet_jsonl.writer import set_json
from app.exchange.report import Report
from app.hub.address import parsed_hub_address
from app.hub.connection import HubConnection
from app.hub.hub_rows import HubRows, HubState, HubWork
from app.hub.wake_up import listen
from app.jobs.tasks import hub as tasks
from app.services.hub.hub_sync import exchange
from app.services.hub.membership import Membership, keep_membership
from app.session.session import Session

_PERIOD = 1.0  # seconds between two marks of one person


def join(invitation: str, project: str) -> None:
    """Join with an invitation."""
    tasks.join(invitation, Path(project))


def join_as_of_now(path: Path, url: str, scheme: str) -> None:
    """Make a project of somebody who has read all that is in the hub, without it: what is new comes from then on."""
    with HubConnection(parsed_hub_address(url)) as connection:
        state = HubRows(connection).state()
    session = Session.create(path, scheme=scheme, annotator=state.person)
    found = Membership(
        address=url, uid=state.uid, person=state.person, role=state.role, incarnation=state.incarnation, scheme=1
    )
    keep_membership(session, msgspec.structs.replace(found, cursor=state.horizon))
    session.close()


def review(project: str, url: str, name: str, documents: str, seconds: str) -> None:
    """Exchange work when the hub wakes one up, or with `seconds` every so many; until standard input ends.

    Writes when (`time.monotonic`) each mark of an annotator (by name) on the documents (uids, with commas) was here.
    """
    session = Session.open(Path(project), annotator=None)
    address = parsed_hub_address(url)
    over, woken = threading.Event(), threading.Event()
    threading.Thread(target=_wait_for_end, args=[over, woken], daemon=True).start()
    with HubConnection(address) as connection:
        uid = HubRows(connection).state().uid
        if float(seconds) == 0:
            threading.Thread(target=listen, args=[address, uid, woken.set, over.is_set], daemon=True).start()
        known: set[str] = set()
        print(json.dumps({"ready": True}), flush=True)
        while not over.is_set():
            woken.wait(float(seconds) or 15.0)
            woken.clear()
            exchange(session, connection)
            now = time.monotonic()
            for mark in _marks(session, name, documents.split(",")) - known:
                known.add(mark)
                print(json.dumps({"mark": mark, "at": now}), flush=True)
    session.close()


def _wait_for_end(over: threading.Event, woken: threading.Event) -> None:
    sys.stdin.read()
    over.set()
    woken.set()


def _marks(session: Session, name: str, documents: Sequence[str]) -> set[str]:
    """Return an annotator's marks (uids) on documents, as far as they are here."""
    here = session.executor.documents.hashes(documents)
    records = [session.reader.record(uid) for uid in here]
    sets = [item for record in records for item in record.sets if item.annotator == name]
    return {mark.uid for item in sets for mark in item.annotations}


class Typist:
    """Somebody who marks without a project: only what an exchange asks of the server, in the order in which it does."""

    def __init__(self, url: str) -> None:
        """Connect, and read the first document of one's own."""
        self._connection = HubConnection(parsed_hub_address(url))
        self._rows = HubRows(self._connection)
        self._state: HubState = self._rows.state()
        self._uid = self._rows.needed(0)[-1]  # references come first
        part = self._rows.part([self._uid], known={}, since=0)
        self._sha256 = part.documents[0].sha256
        mine = next(item for item in part.work if item.annotator == self._state.key)
        line = part.documents[0].line.encode()
        self._set: SetRecord = record_of_parts(line, Path("hub"), Report(), place="hub", sets=[mine.content]).sets[0]
        self._digest, self._event = mine.digest, mine.event
        self._text = json.loads(line)["text"]

    def exchange(self, *, is_new: bool) -> None:
        """Exchange, with another mark if something `is_new`."""
        rows, cursor, key = self._rows, self._state.horizon, self._state.key
        self._state = rows.state(cursor, self._event, 1, only=key)
        if any(self._state.news):
            rows.schemes(1)
        if self._state.news.changes_documents and rows.changed(cursor, of=key):
            rows.part([self._uid], known={self._uid: self._sha256}, since=cursor)
        if self._state.news.seats and rows.needed(cursor) and rows.queue.seats(cursor, (), of=key):
            rows.people()
        if is_new:
            self._send()

    def _send(self) -> None:
        start = 4 + len(self._set.annotations) % 900
        mark = Annotation(
            uid=new_uid(),
            layer="entity",
            label="ORG",
            fragments=(Fragment(start, start + 6),),
            quote=self._text[start : start + 6],
        )
        self._set = self._set._replace(annotations=(*self._set.annotations[:40], mark))
        digest, event = digest_of(self._set), new_uid()
        row = HubWork(
            document=self._uid,
            annotator=self._state.key,
            kind="person",
            digest=digest,
            sha256=self._sha256,
            status=self._set.status.value,
            marks=len(self._set.annotations),
            content=set_json(self._set),
            event=event,
            base=self._digest,
        )
        if self._rows.put_work([row]):
            raise RuntimeError("somebody else writes the same set")
        self._digest, self._event = digest, event

    def close(self) -> None:
        """Disconnect."""
        self._rows.close()


def type_together(urls: str, seconds: str) -> None:
    """Let many people mark once a second each, for so many seconds after a line on standard input; write what was done.

    After each mark they exchange once more, since a hub tells them of what they wrote themselves.
    """
    typists = [Typist(url) for url in urls.split()]
    for typist in typists:
        typist.exchange(is_new=True)  # a connection learns of the tables with its first one
    print(json.dumps({"ready": len(typists)}), flush=True)
    sys.stdin.readline()
    end = time.monotonic() + float(seconds)
    took: list[float] = []

    def work(number: int, typist: Typist) -> None:
        turn = time.monotonic() + _PERIOD * number / len(typists)
        while turn < end and time.monotonic() < end:
            time.sleep(max(0.0, turn - time.monotonic()))
            began = time.monotonic()
            typist.exchange(is_new=True)
            took.append(time.monotonic() - began)
            typist.exchange(is_new=False)
            turn += _PERIOD

    with ThreadPoolExecutor(max_workers=max(1, len(typists))) as pool:
        for done in [pool.submit(work, *each) for each in enumerate(typists)]:
            done.result()  # what went wrong is raised
    print(json.dumps({"sent": len(took), "took": sorted(took)}), flush=True)
    for typist in typists:
        typist.close()
