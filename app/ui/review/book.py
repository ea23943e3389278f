"""The sheets of the open project, kept up to date: read once in the background, then per document."""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from app.core.decision import NOTHING_KEY, Decision
from app.core.errors import StetError
from app.core.wording import in_window
from app.jobs.runner import JobOutcome, JobRunner
from app.jobs.tasks.review_sheets import Sheets, read_sheets
from app.review.decision_status import GroupStatus
from app.review.groups import Group
from app.services.review.reviewer import Reviewer, Sheet
from app.session.events import Event, Topic
from app.session.session import Session


class QueueEntry(NamedTuple):
    """A group in the queue."""

    title: str
    group: Group
    standing: GroupStatus
    decision: Decision | None

    @property
    def key(self) -> str:
        """The key by which a row of the queue is found."""
        return self.group.key

    @property
    def document(self) -> str:
        """The document (uid)."""
        return self.group.document

    @property
    def readers(self) -> tuple[str, ...]:
        """Who has finished the document."""
        return self.group.readers

    def is_about(self, annotation: str) -> bool:
        """Whether an annotation (uid) is one of the versions, a repetition of one, or the gold made of them."""
        decided = self.decision.gold if self.decision is not None else None
        return annotation == decided or annotation in (*self.group.sources, *self.group.twins)

    @property
    def quote(self) -> str:
        """The longest quote among the versions, or a placeholder for an omission."""
        versions = self.group.versions.values()
        found = max((version.quote for version in versions), key=len)
        return " ".join(found.split()) or "(something missing)"


class UnmarkedEntry(NamedTuple):
    """A document in the queue in which no one who finished it (`readers`) marked anything.

    `decision` is the one that there is nothing to mark; `is_done` says that gold is finished, with or without one.
    """

    title: str
    document: str
    readers: tuple[str, ...]
    decision: Decision | None
    is_done: bool

    @property
    def key(self) -> str:
        """The key by which a row of the queue is found."""
        return f"{NOTHING_KEY}:{self.document}"

    @property
    def is_agreed(self) -> bool:
        """Whether at least two people agree on it, and it waits to be accepted."""
        return not self.is_done and len(self.readers) > 1


Entry = QueueEntry | UnmarkedEntry


_READ_AGAIN = 100  # documents; if more have changed, all are read in the background


class ReviewBook(QObject):
    """Sheets by document uid. Two background reads never run at once; what changed meanwhile is read again.

    While Review isn't in front, changes are only noted, so that annotating isn't slowed down by review.
    """

    loaded = Signal()
    changed = Signal(object)  # uids of the documents
    failed = Signal(object)  # str

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.reviewing = Reviewer(session, self.present_sheet)
        self.sheets: dict[str, Sheet] = {}
        self.is_loaded = False
        self.is_looked_at = False
        self._names: dict[str, str] = {}
        self._late: set[str] = set()
        self._decided: set[str] = set()  # those of them in which only decisions and gold have changed
        self._is_outdated = False  # everything may have changed during the running read
        self._entries: dict[str, list[QueueEntry]] = {}
        self._runner = JobRunner(self)

    def load(self) -> None:
        """Read everything, in the background."""
        if self._runner.is_busy:
            self._is_outdated = True
            return
        self._late.clear()
        self._decided.clear()
        self._is_outdated = False
        self._runner.submit("review", partial(read_sheets, self._session.path), self._on_read)

    @property
    def is_reading(self) -> bool:
        """Whether a background read is running."""
        return self._runner.is_busy

    def _on_read(self, outcome: JobOutcome) -> None:
        if outcome.error is not None:
            self.failed.emit(in_window(outcome.error))
            return
        if not isinstance(outcome.value, Sheets):
            return
        if self._is_outdated:
            self.load()
            return
        self.sheets = {sheet.document: sheet for sheet in outcome.value.sheets}
        self._names = outcome.value.names
        self._entries.clear()
        self.is_loaded = True
        self._catch_up()
        self.loaded.emit()

    def follow(self, fact: Event) -> None:
        """Note a change of the project, and apply it if it completes an action while Review is in front."""
        if fact.topic in (Topic.ANNOTATIONS, Topic.DECISIONS):
            is_ours = fact.document == self.reviewing.deciding
            if is_ours and fact.document not in self._late:
                self._decided.add(fact.document)
            elif not is_ours:
                self._decided.discard(fact.document)
            self._late.add(fact.document)
        elif fact.topic in (Topic.DOCUMENTS, Topic.SCHEME, Topic.ANNOTATOR):
            self.is_loaded, self._is_outdated = False, True
        elif fact.topic is Topic.HISTORY and self.is_looked_at:  # the last event of an action
            self.catch_up()

    def catch_up(self) -> None:
        """Read the documents that have changed since Review was last in front."""
        if self.is_loaded and not self._runner.is_busy and len(self._late) > _READ_AGAIN:
            self.load()
        elif self.is_loaded and not self._runner.is_busy and self._late:
            changed = self._catch_up()
            self.changed.emit(changed)

    def _catch_up(self) -> list[str]:
        changed = sorted(self._late)
        self._late.clear()
        for document in changed:
            self._read_again(document)
        self._decided.clear()
        return changed

    def _read_again(self, document: str) -> None:
        self._entries.pop(document, None)
        known = self.sheets.get(document)
        if known is not None and document in self._decided:
            self.sheets[document] = self.reviewing.decided_sheet(known)
            return
        try:
            sheet = self.reviewing.sheet(document)
        except StetError:
            self.sheets.pop(document, None)  # its import was undone
            return
        if sheet.readers or sheet.decisions:
            self.sheets[document] = sheet
            self._names.setdefault(document, self._session.reader.documents.title_of(document) or document)
        else:
            self.sheets.pop(document, None)

    def present_sheet(self, document: str) -> Sheet | None:
        """Return the sheet of a document (uid), or None if it isn't known or is outdated."""
        is_old = not self.is_loaded or self._is_outdated or self._runner.is_busy or document in self._late
        return None if is_old else self.sheets.get(document)

    def title(self, document: str) -> str:
        """Return the title of a document."""
        return self._names.get(document, document)

    def entries(self) -> Iterator[QueueEntry]:
        """Yield every group with its status, in order of import and text.

        Leaves out documents that the current person is still annotating: others' annotations stay hidden until they
        finish.
        """
        for document, sheet in self.sheets.items():
            if self._session.annotator in sheet.waiting:
                continue
            found = self._entries.get(document)
            if found is None:
                title = self.title(document)
                found = [QueueEntry(title, group, *sheet.standings.of(group)) for group in sheet.groups]
                self._entries[document] = found
            yield from found

    def unmarked(self) -> Iterator[UnmarkedEntry]:
        """Yield the documents without a group that someone finished, in order of import."""
        for document, sheet in self.sheets.items():
            is_here = sheet.readers and not sheet.groups and not sheet.standings.orphans and not sheet.gold.annotations
            if is_here and self._session.annotator not in sheet.waiting:
                said = sheet.standings.nothing[-1] if sheet.standings.nothing else None
                is_done = sheet.gold.status.is_finished
                yield UnmarkedEntry(self.title(document), document, sheet.readers, said, is_done)

    def overdue(self) -> list[str]:
        """Return the documents (uids) in which everything is decided, but whose gold isn't finished."""
        return [document for document, sheet in self.sheets.items() if sheet.is_overdue]

    def left_out(self) -> int:
        """Return the number of documents left out because the current person is still annotating them."""
        return sum(self._session.annotator in sheet.waiting for sheet in self.sheets.values())

    def close(self) -> None:
        """Stop reading."""
        self._runner.shut_down()
