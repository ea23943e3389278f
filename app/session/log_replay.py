"""The log, undone to its beginning and done again: it must give the tables as they are.

A log that disagrees with the tables means that one of them was changed behind Stet's back: a flipped byte in a
correction, for which no hash and no quote can vouch, shows here.
"""

import hashlib
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any, NamedTuple

import msgspec

from app.core.decode_faults import DECODE_FAULTS
from app.core.errors import DamagedRow, StetError
from app.core.progress import CancelToken, Progress, no_progress
from app.core.record import DocumentRecord
from app.core.remark import NO_REMARK
from app.core.scheme import Scheme
from app.core.state import DocumentState
from app.session.actions import (
    Action,
    ApplyScheme,
    ChangeText,
    Compound,
    HideBatch,
    SetEdit,
    decode,
    documents_of,
    parts,
)
from app.session.executor import Executor
from app.storage.edit_log import EditLog
from app.storage.errors import StorageFault
from app.storage.private_copy import PrivateCopy
from app.storage.project import Project
from app.storage.record_stream import record, stream

_MOST_TOLD = 20
# Of the project as a whole: each as it must be the same again, whatever its row numbers and times.
_TABLES = {
    "assignments": "SELECT annotator, document FROM assignment ORDER BY 1, 2",
    "saved views": "SELECT name, conditions, sorting FROM saved_view ORDER BY 1",
    "patterns": "SELECT uid, words, match, layer, label, correction FROM pattern ORDER BY 1",
    "options": "SELECT key, value FROM about WHERE key NOT LIKE 'scheme:%' ORDER BY 1",
    "released documents": "SELECT document, reviewer FROM release ORDER BY 1",
    "snapshots of sets under review": "SELECT document, annotator, content FROM frozen ORDER BY 1, 2",
    "scheme": "SELECT toml FROM scheme ORDER BY id DESC LIMIT 1",
    "removed documents": "SELECT id FROM document WHERE removed IS NOT NULL ORDER BY 1",
}
_encoder = msgspec.json.Encoder(order="deterministic")


class ReplayFault(NamedTuple):
    """Where the log disagrees with the tables: a document (uid and name), if it is one, and what is wrong, in words."""

    document: str
    name: str
    what: str


class LogReplay:
    """Replays the log of a project on a private copy."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def faults(self, *, progress: Progress = no_progress, cancel: CancelToken | None = None) -> Iterator[ReplayFault]:
        """Yield where the log disagrees with the tables. Raises ProjectError and Cancelled."""
        with closing(PrivateCopy(self._project.path, self._project.reader)) as copy:
            touched = _touched(copy)
            before = _Content(copy, touched)
            replaying = _Replaying(copy)
            told = 0
            for fault in replaying.run(progress, cancel):
                if told < _MOST_TOLD:
                    yield fault
                told += 1
            if told > _MOST_TOLD:
                yield ReplayFault("", "", f"{told - _MOST_TOLD:,} more actions of the log don't fit the tables")
            yield from before.differences(_Content(copy, touched))


class _Replaying:
    """Carries out the actions of the log, first backwards and then forwards."""

    def __init__(self, copy: PrivateCopy) -> None:
        self._copy = copy
        self._executor = Executor(copy)
        self._scheme: Scheme | None = None
        self._state: DocumentState | None = None

    def run(self, progress: Progress, cancel: CancelToken | None) -> Iterator[ReplayFault]:
        """Yield the actions that can't be carried out."""
        sequences = [
            row[0] for row in self._copy.reader.execute("SELECT sequence FROM edit_log ORDER BY sequence DESC")
        ]
        bad: set[int] = set()
        way = [(sequence, True) for sequence in sequences] + [(sequence, False) for sequence in reversed(sequences)]
        with self._copy.atomic():
            for number, (sequence, is_back) in enumerate(way):
                if cancel is not None:
                    cancel.raise_if_cancelled()
                if number % 100 == 0:
                    progress(number, len(way), f"{number // 2:,} actions")
                if sequence in bad:
                    continue
                fault = self._step(sequence, is_back=is_back)
                if fault is not None:
                    bad.add(sequence)
                    yield fault

    def _step(self, sequence: int, *, is_back: bool) -> ReplayFault | None:
        row = self._executor.log.row(sequence)
        try:
            action = decode(row.inverse if is_back else row.edit)
            with self._copy.atomic():
                self._carry_out(action)
        except (*DECODE_FAULTS, StetError) as error:
            if isinstance(error, StorageFault) and not error.is_damage:
                raise  # the disk's fault, such as one that is full, says nothing of the log
            self._state = self._scheme = None
            self._executor.forget()
            why = error.what if isinstance(error, StetError) else "it can't be decoded"
            way = "undone" if is_back else "done again"
            what = f"the log and the tables disagree: action {sequence} can't be {way}: {why}"
            return ReplayFault(row.document or "", row.document_name or "", what)
        return None

    def _carry_out(self, action: Action) -> None:
        if isinstance(action, Compound):
            for part in action.edits:
                self._carry_out(part)
        elif isinstance(action, HideBatch):
            # Refused by the log's own words where somebody has worked since: here, all of that is undone by now.
            self._executor.documents.set_removed(batch=action.batch, removed=action.batch)
            self._state = None
        else:
            self._perform(action)

    def _perform(self, action: Action) -> None:
        if isinstance(action, ApplyScheme):
            action = msgspec.structs.replace(action, is_back=True)  # a key that is reserved since was allowed then
            self._scheme = None
        elif self._scheme is None:
            self._scheme = self._executor.scheme()
        if isinstance(action, SetEdit):
            open_one = self._state
            if open_one is None or (open_one.document.uid, open_one.annotator) != (action.document, action.annotator):
                self._state = self._executor.load(action.document, action.annotator)
        scheme = self._scheme if self._scheme is not None else self._executor.scheme()
        self._state = self._executor.perform(action, self._state, scheme, is_new=False).state


class _Content:
    """What documents and tables say, as digests."""

    def __init__(self, project: Project, touched: frozenset[str] | None) -> None:
        self._names: dict[str, str] = {}
        self._documents: dict[str, dict[str, bytes]] = {}
        for item in _records(project, touched):
            self._names[item.document.uid] = item.document.name
            self._documents[item.document.uid] = {part: _digest(value) for part, value in _parts(item)}
        self._tables = {what: _digest(project.reader.execute(sql).fetchall()) for what, sql in _TABLES.items()}

    def differences(self, after: "_Content") -> Iterator[ReplayFault]:
        """Yield in what another content differs from this one."""
        for what, digest in self._tables.items():
            if after._tables[what] != digest:
                yield ReplayFault("", "", f"the log and the tables disagree: the {what} aren’t what the log says")
        for uid, ours in self._documents.items():
            others = after._documents.get(uid, {})
            for part in sorted(ours.keys() | others.keys()):
                if ours.get(part) != others.get(part):
                    what = f"the log and the tables disagree: {part} isn’t what the log says"
                    yield ReplayFault(uid, self._names[uid], what)


def _touched(copy: PrivateCopy) -> frozenset[str] | None:
    """Return the documents (uids) that an action of the log may change; None if an action may change any."""
    log = EditLog(copy)
    touched: set[str] = set()
    for sequence in log.sequences():
        try:
            action = decode(log.row(sequence).edit)
        except (*DECODE_FAULTS, DamagedRow):
            continue  # told when it is carried out
        if any(isinstance(part, ChangeText) for part in parts(action)):
            return None  # evidence in the text may be of any other
        for part in parts(action):
            touched |= documents_of(part) or frozenset()
    return frozenset(touched)


def _records(project: Project, touched: frozenset[str] | None) -> Iterator[DocumentRecord]:
    if touched is None:
        yield from stream(project, on_damage=lambda _damage: None)
        return
    for uid in sorted(touched):
        with suppress(DamagedRow):
            found = record(project, uid)
            if found is not None:
                yield found


def _parts(of: DocumentRecord) -> Iterator[tuple[str, Any]]:
    document = of.document
    yield "the document", (document.uid, document.name, document.sha256, document.meta, of.references)
    for item in of.sets:
        content = (item.status, item.remark, sorted(item.annotations, key=lambda a: a.uid))
        # A set without anything is as good as none: it is there once somebody has looked.
        if item.annotations or item.relations or item.status != "open" or item.remark != NO_REMARK:
            yield f"the work of {item.annotator}", (*content, sorted(item.relations, key=lambda r: r.uid))
    yield "what was decided", sorted(of.decisions, key=lambda decision: decision.uid)
    yield "what was suggested", of.suggestions


def _digest(value: object) -> bytes:
    return hashlib.sha256(_encoder.encode(value)).digest()
