"""The sheets of the open project, kept up to date: read once beside the window's work, then what has changed."""

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QObject, Signal

from app.core.decision import GOLD, NOTHING_KEY, Decision
from app.core.errors import StetError
from app.review.decision_status import GroupStatus
from app.review.groups import Group, place_of
from app.services.review.reviewer import ChangedDecisions, Reviewer, Sheet
from app.services.review.sheet_sweep import SheetSweep, SweptSheet
from app.session.events import Event, Topic
from app.session.session import Session
from app.ui.review.book_reader import BookReader

WHOLE_DOCUMENT = "whole document"


class QueueEntry(NamedTuple):
    """A group in the queue; `place` is its key in the order of import and text."""

    title: str
    group: Group
    standing: GroupStatus
    decision: Decision | None
    place: tuple[Any, ...] = ()

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

    @property
    def is_acceptable(self) -> bool:
        """Whether the readers agree, and it waits to be accepted."""
        return self.group.is_agreed and self.standing is GroupStatus.OPEN

    def is_about(self, annotation: str) -> bool:
        """Whether an annotation (uid) is one of the versions, a repetition of one, or the gold made of them."""
        decided = self.decision.gold if self.decision is not None else None
        return annotation == decided or annotation in (*self.group.sources, *self.group.twins)

    @property
    def quote(self) -> str:
        """The longest quote among the versions, or a placeholder for an omission or the document itself."""
        if self.group.is_about_document:
            return WHOLE_DOCUMENT
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


class BookChange(NamedTuple):
    """What has become different: groups (keys) that are gone, and those that have come or have another status.

    With `decisions`, only these have changed, in one document. `documents` (uids) are those that it is about;
    `is_reading` says that more follows.
    """

    gone: Sequence[str] = ()
    come: Sequence[QueueEntry] = ()
    documents: Collection[str] = ()
    is_reading: bool = False
    decisions: ChangedDecisions | None = None


class _Late:
    """What has changed in a document since it was read: decisions (uids; None: any may have), and maybe its marks."""

    def __init__(self) -> None:
        self.has_other_marks = False
        self.decisions: list[str] | None = []

    def note(self, fact: Event) -> None:
        """Take what an event tells."""
        if fact.topic is Topic.ANNOTATIONS:
            self.has_other_marks |= fact.annotator != GOLD
        elif fact.decisions is None or self.decisions is None:
            self.decisions = None
        else:
            self.decisions = [*(uid for uid in self.decisions if uid not in fact.decisions), *fact.decisions]


MOST_AT_ONCE = 250  # groups that are told of together while documents are read
_TELL_EVERY_S = 0.5
_READ_AGAIN = 100  # documents; if more have changed, all are read
_AT_ONCE = 1_000  # groups; a document with more isn't read again in one go


class ReviewBook(QObject):
    """Sheets by document uid, in the order in which they came. What changes while they are read is read again.

    While Review isn't in front, changes are only noted, so that annotating isn't slowed down by review.
    """

    loaded = Signal()
    cleared = Signal()  # all is read anew
    changed = Signal(object)  # BookChange
    ticked = Signal()  # a slice has been read: what counts everything may be shown again
    failed = Signal(object)  # StetError

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.reviewing = Reviewer(session, self.present_sheet)
        self.sheets: dict[str, Sheet] = {}
        self.is_loaded = False
        self.is_looked_at = False
        self._names: dict[str, str] = {}
        self._ranks: dict[str, int] = {}
        self._late: dict[str, _Late] = {}
        self._is_outdated = False  # everything may have changed
        self._entries: dict[str, dict[str, QueueEntry]] = {}
        self._unmarked: dict[str, UnmarkedEntry] = {}
        self._hidden: set[str] = set()
        self._sweep: SheetSweep | None = None  # the document that is being read
        self._gone: list[str] = []  # what was read, and isn't told yet
        self._come: list[QueueEntry] = []
        self._documents: set[str] = set()
        self._told = 0.0  # when
        self._again: frozenset[str] = frozenset()  # documents that are being read again, and no others
        self.reader = BookReader(self)
        self.reader.grew.connect(self._on_grew)
        self.reader.ticked.connect(self._on_ticked)
        self.reader.ended.connect(self._on_ended)
        self.reader.failed.connect(self._on_failed)

    def quotes(self, document: str) -> Callable[[str], str]:
        """Return what says what a group (key) of a document (uid) is about."""

        def quote(key: str) -> str:
            sheet = self.sheets.get(document)
            found = sheet.group_index.by_key.get(key) if sheet is not None else None
            return QueueEntry("", found, GroupStatus.OPEN, None).quote if found is not None else "…"

        return quote

    def load(self) -> None:
        """Read everything."""
        self._late.clear()
        self._is_outdated = self.is_loaded = False
        self._again, self._sweep = frozenset(), None
        self._gone, self._come, self._documents, self._told = [], [], set(), 0.0
        for known in (self.sheets, self._entries, self._unmarked, self._hidden):
            known.clear()
        self.cleared.emit()
        self.reader.start(self._session.path)

    @property
    def is_reading(self) -> bool:
        """Whether documents are being read."""
        return self.reader.is_busy

    # -- reading -------------------------------------------------------------------------------------------------------

    def _on_grew(self, found: SweptSheet) -> None:
        sweep, document = found.sweep, found.sweep.document
        if sweep is not self._sweep:
            self._sweep = sweep
            self._names[document], self._ranks[document] = found.title, found.rank
            self._gone.extend(self._entries.pop(document, ()))
            self.sheets.pop(document, None)
        groups, sweep.taken = sweep.taken, []
        if sweep.is_whole:
            self._sweep = None
        if sweep.is_whole or (groups and document not in self.sheets):
            sheet = sweep.sheet()
            if sheet is None:
                return
            self.sheets[document] = sheet
            self._look_over(sheet)
        if groups:  # those that relations connect come last; until then there may be no sheet yet
            self._come.extend(self._listed(document, groups))
        self._documents.add(document)
        if len(self._come) >= MOST_AT_ONCE:
            self._tell()

    def _on_ticked(self) -> None:
        # The first are told by their number: which one a person sees first is no matter of time.
        if self._told and time.monotonic() - self._told >= _TELL_EVERY_S:
            self._tell()
            self.ticked.emit()

    def _tell(self) -> None:
        """Tell what has been read: not each group by itself, which would be drawn each time."""
        gone, come, documents = self._gone, self._come, self._documents
        self._gone, self._come, self._documents = [], [], set()
        is_first, self._told = not self._told, time.monotonic()
        if gone or come or documents:
            self.changed.emit(BookChange(gone, come, documents, is_reading=True))
        if is_first:
            self.ticked.emit()

    def _on_ended(self) -> None:
        self._tell()
        is_again, self._again, self._sweep = bool(self._again), frozenset(), None
        self.is_loaded = True
        self.catch_up()
        if not is_again:
            self.loaded.emit()

    def _on_failed(self, error: StetError) -> None:
        self._again, self._sweep = frozenset(), None
        self._tell()
        self.failed.emit(error)

    def _look_over(self, sheet: Sheet) -> None:
        """Note what concerns a document as a whole."""
        document, said = sheet.document, sheet.standings.nothing
        self._unmarked.pop(document, None)
        self._hidden.discard(document)
        if self._session.annotator in sheet.waiting:
            self._hidden.add(document)
        elif sheet.is_without_marks:
            last, is_done = said[-1] if said else None, sheet.gold.status.is_finished
            self._unmarked[document] = UnmarkedEntry(self.title(document), document, sheet.readers, last, is_done)

    def _listed(self, document: str, groups: Iterable[Group]) -> list[QueueEntry]:
        """Return the entries of groups, and remember them. Others' annotations stay hidden from a person who is still
        annotating the document.
        """
        if document in self._hidden:
            return []
        title, rank, standings = self.title(document), self._ranks.get(document, 0), self.sheets[document].standings
        come = [QueueEntry(title, group, *standings.of(group), (rank, *place_of(group))) for group in groups]
        self._entries.setdefault(document, {}).update((entry.key, entry) for entry in come)
        return come

    # -- following -----------------------------------------------------------------------------------------------------

    def follow(self, fact: Event) -> None:
        """Note a change of the project, and apply it if it completes an action while Review is in front."""
        if fact.topic in (Topic.ANNOTATIONS, Topic.DECISIONS):
            self._late.setdefault(fact.document, _Late()).note(fact)
        elif fact.topic in (Topic.DOCUMENTS, Topic.SCHEME, Topic.ANNOTATOR, Topic.TEXT):
            self.is_loaded, self._is_outdated = False, True
        elif fact.topic is Topic.HISTORY and self.is_looked_at:  # the last event of an action
            self.catch_up()

    def catch_up(self) -> None:
        """Bring the documents up to date that have changed since Review was last in front.

        While documents are being read, that is done only for those in which nothing but decisions has changed.
        """
        if self._is_outdated:
            return
        if self.is_loaded and not self.is_reading and len(self._late) > _READ_AGAIN:
            self.load()
            return
        long: set[str] = set()
        for document in sorted(self._late):
            late, sheet = self._late[document], self.sheets.get(document)
            if sheet is not None and not late.has_other_marks and late.decisions is not None:
                del self._late[document]
                self._follow_decisions(sheet, late.decisions)
            elif self.is_reading:
                continue
            elif sheet is not None and len(sheet.groups) > _AT_ONCE:
                long.add(document)
            else:
                del self._late[document]
                self._read_again(document, late)
        if long:
            for document in long:
                del self._late[document]
            self._again = frozenset(long)
            self.reader.start(self._session.path, self._again)

    def _follow_decisions(self, sheet: Sheet, decisions: Collection[str]) -> None:
        self._tell()
        document, sweep = sheet.document, self._sweep
        if sweep is not None and sweep.document == document:
            change = self.reviewing.changed_decisions(sweep.decisions, decisions)
            keys = sweep.change(change.gone, change.come, self.reviewing.gold_state(document))
            now = sweep.sheet()
        else:
            now, keys, change = self.reviewing.follow(sheet, decisions)
        if now is None:
            return
        self.sheets[document] = now
        self._look_over(now)
        come = self._listed(document, (now.group_index.by_key[key] for key in keys))
        self.changed.emit(BookChange((), come, (document,), decisions=change))

    def _read_again(self, document: str, late: _Late) -> None:
        known = self.sheets.get(document)
        gone = tuple(self._entries.pop(document, ()))
        sheet = None
        if known is not None and not late.has_other_marks:
            sheet = self.reviewing.decided_sheet(known)
        elif self._session.reader.documents.name_of(document) is not None:  # else its import was undone
            sheet = self.reviewing.sheet(document)
        come: list[QueueEntry] = []
        if sheet is not None and (sheet.readers or sheet.decisions):
            self._names.setdefault(document, self._session.reader.documents.title_of(document) or document)
            self._ranks.setdefault(document, self._session.reader.documents.key_of(document) or 0)
            self.sheets[document] = sheet
            self._look_over(sheet)
            come = self._listed(document, sheet.groups)
        else:
            self.sheets.pop(document, None)
            self._unmarked.pop(document, None)
            self._hidden.discard(document)
        self.changed.emit(BookChange(gone, come, (document,)))

    # -- what it has ---------------------------------------------------------------------------------------------------

    def present_sheet(self, document: str) -> Sheet | None:
        """Return the sheet of a document (uid), or None if it isn't known or is outdated."""
        is_old = self._is_outdated or document in self._late or document in self._again
        return None if is_old else self.sheets.get(document)

    def title(self, document: str) -> str:
        """Return the title of a document."""
        return self._names.get(document, document)

    def unmarked(self) -> list[UnmarkedEntry]:
        """Return the documents without a group that someone finished, in order of import."""
        return sorted(self._unmarked.values(), key=self._rank)

    def _rank(self, entry: UnmarkedEntry) -> int:
        return self._ranks.get(entry.document, 0)

    def overdue(self) -> list[str]:
        """Return the documents (uids) in which everything is decided, but whose gold isn't finished."""
        return [document for document, sheet in self.sheets.items() if sheet.is_overdue]

    def left_out(self) -> int:
        """Return the number of documents left out because the current person is still annotating them."""
        return len(self._hidden)

    def close(self) -> None:
        """Stop reading."""
        self.reader.close()
