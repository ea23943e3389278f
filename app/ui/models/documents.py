"""The list of documents: row numbers for all, details only for those on screen."""

import time
from array import array
from bisect import bisect_left
from collections.abc import Generator, Iterable, Sequence, Set
from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from app.core.annotation import Status
from app.core.document import title_of
from app.core.document_conditions import IMPORTED
from app.core.errors import DamagedRow
from app.core.record import DocumentRow
from app.core.state import DocumentState
from app.core.wording import STATUS_WORDS, counted, shorten
from app.services.documents.document_search import fits, listed
from app.services.team.assigned_work import assigned
from app.session.session import Session
from app.ui.guard import guarded
from app.ui.models.document_view import EVERYTHING, DocumentView
from app.ui.widgets.labels import literal

_PAGE = 128
_KEPT_PAGES = 40
_AT_ONCE = 0.02  # seconds that a search may take before the first rows are shown
_LEAST_BATCHES = 4  # of hits, which for a small project are all there are
_SLICE = 0.006  # seconds of searching between which keys are heard
Index = QModelIndex | QPersistentModelIndex


class DocumentRole(IntEnum):
    """What can be asked of a row beside its name."""

    ROW = Qt.ItemDataRole.UserRole + 1
    SUBTITLE = Qt.ItemDataRole.UserRole + 2
    ONLY_REFERENCE = Qt.ItemDataRole.UserRole + 3
    IS_OPEN = Qt.ItemDataRole.UserRole + 4
    FILE_NAME = Qt.ItemDataRole.UserRole + 5


@guarded
class DocumentListModel(QAbstractListModel):
    """The documents of a view, or those of them that a search finds: the first at once, the rest bit by bit."""

    damaged = Signal(object)  # DamagedRow; the first row shown that can't be decoded
    searched = Signal()  # a search that took a while has come to its end

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._query = ""
        self._view = EVERYTHING
        self._shows_all = False
        self._has_assigned = False
        self._keys: Sequence[int] = ()
        self._found: array[int] = array("q")  # what a search found so far
        self._mine: Set[int] | None = None  # the documents that the list is narrowed to
        self._hits: Generator[array[int]] | None = None  # what is still to be found
        self._pause = QTimer(self)
        self._pause.setObjectName("documents-searching")
        self._pause.setInterval(0)
        self._pause.timeout.connect(self._on_pause)
        self._pages: dict[int, list[DocumentRow]] = {}
        self._problems: dict[tuple[str | None, str], int] = {}  # by annotator and document
        self._places: dict[str, int] = {}
        self._numbers: dict[str, int] = {}  # row numbers of documents asked for, by uid: they never change
        self._only_references: set[int] = set()
        self._damage: DamagedRow | None = None  # the first that was found
        self._is_by_number = True  # in order of import
        self._unfit = ""  # uid of the document that is only there since it is open
        self.reload()

    @property
    def query(self) -> str:
        """What is searched for."""
        return self._query

    @property
    def has_assigned(self) -> bool:
        """Whether the present annotator was given documents to work on."""
        return self._has_assigned

    @property
    def is_narrowed(self) -> bool:
        """Whether only the documents are there that the annotator was given."""
        return self._has_assigned and not self._shows_all

    @property
    def view(self) -> DocumentView:
        """The conditions and the order of the list."""
        return self._view

    def show_view(self, view: DocumentView) -> None:
        """Show the documents of another view, in its order."""
        self._view = view
        self.reload()

    def show_all(self, shows_all: bool) -> None:
        """Show all documents, or only those that the annotator was given, if they were."""
        self._shows_all = shows_all
        self.reload()

    def reload(self, query: str | None = None) -> None:
        """Ask the project again, maybe with another search."""
        self.beginResetModel()
        try:
            self._ask(query)
        finally:  # a fault in reading is told, and the list stays usable
            self.endResetModel()
        if self._hits is not None:
            self._pause.start()

    def _ask(self, query: str | None) -> None:
        if query is not None:
            self._query = query
        mine = assigned(self._session)
        self._has_assigned = bool(mine)
        self._mine = mine if self.is_narrowed else None
        self._stop_searching()
        self._unfit = ""
        self._is_by_number = self._view.sorting == IMPORTED
        if self._query.strip() or not self._view.is_plain:
            self._hits = self._batches()
            least = _LEAST_BATCHES if self._view.is_plain else 1
            self._keys = self._found = self._take(_AT_ONCE, least=least)
        else:
            self._keys = self._of_mine(self._session.reader.documents.keys())
        self._forget()
        self._only_references.clear()

    def _batches(self) -> "Generator[array[int]]":
        """Yield what the search finds and the view has, bit by bit."""
        documents, view = self._session.reader.documents, self._view
        if view.is_plain:
            return documents.hits(self._query)
        return listed(self._session, view.conditions, view.sorting, self._query, person=self._session.annotator_key())

    def _of_mine(self, keys: Sequence[int]) -> Sequence[int]:
        mine = self._mine
        return keys if mine is None else [key for key in keys if key in mine]

    def _forget(self) -> None:
        self._pages.clear()
        self._places.clear()

    # -- searching -----------------------------------------------------------------------------------------------------

    @property
    def is_searching(self) -> bool:
        """Whether more rows may still be found; `searched` says when not."""
        return self._hits is not None

    def complete(self) -> None:
        """Search to the end now."""
        self._go_on(float("inf"))

    def _stop_searching(self) -> None:
        self._pause.stop()
        if self._hits is not None:
            self._hits.close()
            self._hits = None

    def _on_pause(self) -> None:
        self._go_on(_SLICE)

    def _go_on(self, seconds: float) -> None:
        if self._hits is None:
            return
        found = self._take(seconds)
        before = len(self._keys)
        if found and (not self._is_by_number or not before or found[0] > self._keys[-1]):
            self.beginInsertRows(QModelIndex(), before, before + len(found) - 1)
            self._found.extend(found)  # which the keys are
            self._pages.pop(before // _PAGE, None)  # which was not full
            self.endInsertRows()
        elif not all(map(self._has, found)):
            self.beginResetModel()
            self._keys = self._found = array("q", sorted({*self._keys, *found}))
            self._forget()
            self.endResetModel()
        if self._hits is None:
            self._pause.stop()
            self.searched.emit()

    def _has(self, key: int) -> bool:
        at = bisect_left(self._keys, key)
        return at < len(self._keys) and self._keys[at] == key

    def _take(self, seconds: float, *, least: int = 1) -> "array[int]":
        """Return what is found within a time, and in so many batches at least, in order."""
        found: dict[int, None] = {}
        until, taken = time.perf_counter() + seconds, 0
        while self._hits is not None and (taken < least or time.perf_counter() < until):
            batch = next(self._hits, None)
            taken += 1
            if batch is None:
                self._hits = None
            else:
                found.update(dict.fromkeys(batch))
        return array("q", self._of_mine(sorted(found) if self._is_by_number else list(found)))

    # -- following -----------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Take the document out of the list that was only in it since it was open."""
        uid, self._unfit = self._unfit, ""
        row = self.row_of(uid) if uid else -1
        if row >= 0 and not self._fits(uid):
            self._take_out(row)

    def _fits(self, uid: str) -> bool:
        key = self._session.reader.documents.key_of(uid)
        person = self._session.annotator_key()
        return key is not None and fits(self._session, key, self._view.conditions, person=person)

    def _take_out(self, row: int) -> None:
        self.beginRemoveRows(QModelIndex(), row, row)
        kept = array("q", self._keys)
        del kept[row]
        self._keys = self._found = kept
        self._forget()
        self.endRemoveRows()

    def _follow_view(self, uid: str) -> None:
        """Take a document out of the list that no longer belongs there; the open one only once another is opened."""
        if not self._view.conditions or self._hits is not None:
            return
        row = self.row_of(uid)
        if row < 0 or self._fits(uid):
            return
        if self._session.state is not None and self._session.state.document.uid == uid:
            self._unfit = uid
        else:
            self._take_out(row)

    def refresh(self, uid: str) -> None:
        """Read one document's row again."""
        self._follow_view(uid)
        row = self.row_of(uid)
        if row >= 0:
            self._pages.pop(row // _PAGE, None)
            index = self.index(row)
            self.dataChanged.emit(index, index)

    def follow(self, state: DocumentState, *, problems: int | None) -> None:
        """Show what has become of the open document, without asking the project for it annotation by annotation."""
        if problems is not None:
            self._problems[self._session.annotator, state.document.uid] = problems
        if self._view.conditions:
            self._unfit = state.document.uid  # it may not belong here any more, once another is opened
        row = self.row_of(state.document.uid)
        page = self._pages.get(row // _PAGE) if row >= 0 else None
        if page is not None and row % _PAGE < len(page):
            at = row % _PAGE
            flags = [flag for flag in page[at].flags if flag[0] != state.annotator]
            if state.remark.flag is not None:
                flags = sorted([*flags, (state.annotator, state.remark.flag)])
            page[at] = page[at]._replace(
                status=state.status,
                annotations=len(state.annotations),
                note=state.remark.note,
                flags=tuple(flags),
            )
            self.dataChanged.emit(self.index(row), self.index(row))

    def show_rules(self, counted: tuple[str, int]) -> None:
        """Say how many rules are open in a document, given by its uid."""
        uid, problems = counted
        self._problems[self._session.annotator, uid] = problems
        row = self.row_of(uid)
        if row >= 0:
            self.dataChanged.emit(self.index(row), self.index(row))

    def refresh_all(self) -> None:
        """Read the visible rows again."""
        self._pages.clear()
        if self._keys:
            self.dataChanged.emit(self.index(0), self.index(len(self._keys) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature
        return 0 if parent.isValid() else len(self._keys)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or not 0 <= index.row() < len(self._keys):
            return None
        row = self.document_row(index.row())
        if row is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return title_of(row.name, row.meta)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._described(row, as_tip=role == Qt.ItemDataRole.ToolTipRole)
        return self._own_data(row, role)

    def _own_data(self, row: DocumentRow, role: int) -> object:
        if role == DocumentRole.ROW:
            return row
        if role == DocumentRole.IS_OPEN:
            return self._session.state is not None and row.uid == self._session.state.document.uid
        if role == DocumentRole.ONLY_REFERENCE:
            return row.key in self._only_references
        if role == DocumentRole.SUBTITLE:
            return self._subtitle(row)
        if role == DocumentRole.FILE_NAME:
            return row.name if title_of(row.name, row.meta) != title_of(row.name) else ""
        return None

    def _described(self, row: DocumentRow, *, as_tip: bool) -> str:
        """Return all that a row says, for a tooltip or for those who listen."""
        title = title_of(row.name, row.meta)
        if not as_tip:
            return ", ".join([title, counted(row.annotations, "mark"), self._subtitle(row), *remarks_of(row)])
        head = [title, row.name] if title != row.name else [row.name]
        return literal("\n".join([*head, self._subtitle(row), *remarks_of(row)]))

    def document_row(self, row: int) -> DocumentRow | None:
        """Return the details of a row, reading its page if need be."""
        page = row // _PAGE
        if page not in self._pages:
            if len(self._pages) >= _KEPT_PAGES:
                self._pages.pop(next(iter(self._pages)))
            keys = self._keys[page * _PAGE : (page + 1) * _PAGE]
            self._pages[page] = self._session.reader.documents.rows(keys, annotator=self._session.annotator_key())
            self._only_references.difference_update(keys)
            self._only_references |= self._session.reader.documents.is_reference_only(keys)
            for at, found in enumerate(self._pages[page], page * _PAGE):
                self._places[found.uid] = at
                if found.damage is not None and self._damage is None:
                    self._damage = found.damage
                    QTimer.singleShot(0, self, self._tell_damage)  # not while a view is painted
        rows = self._pages[page]
        at = row - page * _PAGE
        return rows[at] if at < len(rows) else None

    def _tell_damage(self) -> None:
        self.damaged.emit(self._damage)

    def row_of(self, uid: str) -> int:
        """Return the row of a document, or -1 if the list doesn't have it."""
        if uid in self._places:
            return self._places[uid]
        key = self._numbers.get(uid) or self._session.reader.documents.key_of(uid)
        if key is None:
            return -1
        self._numbers[uid] = key
        if not self._is_by_number:
            try:
                at = self._keys.index(key)
            except ValueError:
                return -1
            self._places[uid] = at
            return at
        at = bisect_left(self._keys, key)  # the keys are in order of import
        return at if at < len(self._keys) and self._keys[at] == key else -1

    def keys_of(self, rows: Iterable[int]) -> list[int]:
        """Return the row numbers in the project of rows of the list."""
        return [self._keys[row] for row in rows if 0 <= row < len(self._keys)]

    def uids_of(self, rows: Iterable[int]) -> list[str]:
        """Return the uids of the documents in rows of the list."""
        keys = self.keys_of(rows)
        return self._session.reader.documents.uids_of(keys) if keys else []

    def keys_after(self, uid: str) -> Sequence[int]:
        """Return the row numbers of the documents after one in the list, then of those before it."""
        row, keys = self.row_of(uid), array("q", self._keys)
        return keys[row + 1 :] + keys[: max(row, 0)]

    def _subtitle(self, row: DocumentRow) -> str:
        if row.damage is not None:
            return f"can't be read: {row.damage.reason}"
        problems = self._problems.get((self._session.annotator, row.uid), 0)
        if row.status is Status.DONE:
            return f"{STATUS_WORDS[row.status]} · all rules met"
        if row.status in (Status.DONE_EMPTY, Status.SKIPPED):
            return STATUS_WORDS[row.status]
        if row.key in self._only_references:
            return f"a reference · {characters(row.length)}"
        if problems:
            return f"{counted(problems, 'rule')} unmet"
        if row.references:
            title = self._session.reader.documents.title_of(row.references[0]) or "not in the project"
            more = f" and {len(row.references) - 1} more" if len(row.references) > 1 else ""
            return f"reference: {title}{more}"
        return characters(row.length)


def remarks_of(row: DocumentRow) -> list[str]:
    """Return what annotators say of a document, in words: who flagged it and why, and one's own note."""
    said = [f"flagged by {name}{f': {reason}' if reason else ''}" for name, reason in row.flags]
    return [*said, *([f"note: {shorten(row.note, 200)}"] if row.note else [])]


def characters(length: int) -> str:
    """Return the length of a text in words."""
    return counted(length, "character")
