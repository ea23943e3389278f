"""The order in which groups are reviewed, and the list that shows it."""

from collections import Counter
from collections.abc import Callable, Iterable
from enum import StrEnum
from itertools import combinations
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from app.core.scheme import Scheme
from app.core.sorted_rows import SortedRows
from app.review.decision_status import GroupStatus
from app.review.fields import Difference
from app.ui.guard import guarded
from app.ui.panels.delegates import RowBox, RowDelegate, row_size
from app.ui.review.book import WHOLE_DOCUMENT, Entry, QueueEntry, UnmarkedEntry
from app.ui.review.letters import Letters
from app.ui.theme import TEXT_FONT, Hue, ui_font

Index = QModelIndex | QPersistentModelIndex
ENTRY = int(Qt.ItemDataRole.UserRole) + 1


class Order(StrEnum):
    """How the queue is sorted and what it can be narrowed by."""

    DISAGREEMENT = "disagreement"
    DOCUMENT = "document"
    KIND = "kind"
    LABEL = "label"
    PAIR = "pair"


class Shown(StrEnum):
    """Which groups the queue contains."""

    OPEN = "open"
    CONFLICTS = "conflicts"
    ALL = "all"


class QueueChoice(NamedTuple):
    """A way to narrow the queue: key, title, and number of groups left."""

    key: str
    title: str
    size: int


@guarded
class QueueModel(QAbstractListModel):
    """The groups to review, in order, and after them the documents in which no one marked anything.

    Groups come and go one by one: that costs the same, however many others there are.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: dict[str, QueueEntry] = {}
        self._unmarked: list[UnmarkedEntry] = []
        self._rows: SortedRows[QueueEntry] = SortedRows()
        self._last: list[UnmarkedEntry] = []  # what follows the rows
        self._letters: dict[str, Letters] = {}
        self._agreed: dict[str, QueueEntry] = {}
        self._conflicts = 0
        self._decided = 0
        self._choices: Counter[str] = Counter()
        self.order = Order.DISAGREEMENT
        self.shown = Shown.CONFLICTS
        self.only = ""

    def clear(self) -> None:
        """Take everything away: all is read anew."""
        self.beginResetModel()
        self._all.clear()
        self._agreed.clear()
        self._choices.clear()
        self._unmarked, self._last, self._rows = [], [], SortedRows()
        self._conflicts = self._decided = 0
        self.endResetModel()

    def change(self, gone: Iterable[str], come: Iterable[QueueEntry]) -> None:
        """Take groups (keys) away, and show others, or the same ones with another status, in the current order."""
        come = list(come)
        new = {entry.key for entry in come}
        for key in gone:
            if key not in new:
                self._drop(key)
        added: list[tuple[tuple[Any, ...], QueueEntry]] = []
        for entry in come:
            known = self._all.get(entry.key)
            key = self._key(entry)
            if known is not None and self._lists(known) and self._lists(entry) and self._key(known) == key:
                self._forget(known)
                self._learn(entry)
                self._rows.put(key, entry)
                at = self.index(self._rows.row_of(key))
                self.dataChanged.emit(at, at)
                continue
            if known is not None:
                self._drop(entry.key)
            self._learn(entry)
            if self._lists(entry):
                added.append((key, entry))
        added.sort(key=_first)
        while added:
            self._insert_run(added)

    def _insert_run(self, added: list[tuple[tuple[Any, ...], QueueEntry]]) -> None:
        """Insert the first of the sorted groups, and as many as come directly after it."""
        row, upper = self._rows.room_for(added[0][0])
        count = 1
        while count < len(added) and (upper is None or added[count][0] < upper):
            count += 1
        self.beginInsertRows(QModelIndex(), row, row + count - 1)
        for key, entry in added[:count]:
            self._rows.insert(key, entry)
        self.endInsertRows()
        del added[:count]

    def _drop(self, key: str) -> None:
        entry = self._all.get(key)
        if entry is None:
            return
        row = self._rows.row_of(self._key(entry)) if self._lists(entry) else -1
        if row >= 0:
            self.beginRemoveRows(QModelIndex(), row, row)
            self._rows.remove(self._key(entry))
        self._forget(entry)
        if row >= 0:
            self.endRemoveRows()

    def _learn(self, entry: QueueEntry) -> None:
        self._all[entry.key] = entry
        self._count(entry, 1)
        if entry.is_acceptable:
            self._agreed[entry.key] = entry

    def _forget(self, entry: QueueEntry) -> None:
        del self._all[entry.key]
        self._count(entry, -1)
        self._agreed.pop(entry.key, None)

    def _count(self, entry: QueueEntry, by: int) -> None:
        if entry.group.is_conflict:
            self._conflicts += by
            self._decided += by if entry.standing is GroupStatus.DECIDED else 0
        if self.order is not Order.DISAGREEMENT and self._is_shown(entry):
            for key in _keys(entry, self.order):
                self._choices[key] += by

    def _key(self, entry: QueueEntry) -> tuple[Any, ...]:
        """Return the key by which a group has its row: in the current order, and in that of the texts among equals."""
        key = _SORT_KEYS[self.order]
        return (*key(entry), *entry.place) if key else entry.place

    def _lists(self, entry: QueueEntry) -> bool:
        """Whether a group has a row."""
        return self._is_shown(entry) and (not self.only or self.only in _keys(entry, self.order))

    def show_unmarked(self, unmarked: Iterable[UnmarkedEntry]) -> None:
        """Show these documents after the groups."""
        unmarked = list(unmarked)
        if unmarked == self._unmarked:
            return
        self._unmarked = unmarked
        self._show_last()

    def _show_last(self) -> None:
        last = self._unmarked_shown()
        if last == self._last:
            return
        first, old, new = len(self._rows), len(self._last), len(last)
        if new > old:
            self.beginInsertRows(QModelIndex(), first + old, first + new - 1)
            self._last = last
            self.endInsertRows()
        elif new < old:
            self.beginRemoveRows(QModelIndex(), first + new, first + old - 1)
            self._last = last
            self.endRemoveRows()
        self._last = last
        if last:
            self.dataChanged.emit(self.index(first), self.index(first + new - 1))

    def sort_by(self, order: Order, *, only: str = "", shown: Shown | None = None) -> None:
        """Change the order, the narrowing, or which groups are contained."""
        self.beginResetModel()
        self.order, self.only, self.shown = order, only, shown or self.shown
        listed = (entry for entry in self._all.values() if self._lists(entry))
        self._rows = SortedRows((self._key(entry), entry) for entry in listed)
        self._last = self._unmarked_shown()
        self._choices.clear()
        if order is not Order.DISAGREEMENT:
            for entry in self._all.values():
                if self._is_shown(entry):
                    self._choices.update(_keys(entry, order))
        self.endResetModel()

    def _unmarked_shown(self) -> list[UnmarkedEntry]:
        """Return the documents without a mark that the queue contains; they can only be narrowed by document."""
        if self.shown is Shown.CONFLICTS or (self.only and self.order is not Order.DOCUMENT):
            return []
        kept = [entry for entry in self._unmarked if self.shown is Shown.ALL or not entry.is_done]
        return [entry for entry in kept if self.only in ("", entry.document)]

    def _is_shown(self, entry: QueueEntry) -> bool:
        if self.shown is Shown.ALL:
            return True
        if entry.standing is GroupStatus.DECIDED:
            return False
        return self.shown is Shown.OPEN or entry.group.is_conflict or entry.standing is not GroupStatus.OPEN

    def choices(self, scheme: Scheme) -> list[QueueChoice]:
        """Return what the queue can be narrowed to in the current order, most frequent first."""
        counts = +self._choices
        if self.order is Order.DOCUMENT and self.shown is not Shown.CONFLICTS:
            waits = (entry for entry in self._unmarked if self.shown is Shown.ALL or not entry.is_done)
            counts.update(entry.document for entry in waits)
        found = [QueueChoice(key, _title(key, self.order, scheme), count) for key, count in counts.items()]
        return sorted(found, key=_most_frequent)

    def reveal(self, document: str, *, shown: bool) -> None:
        """Show or hide the names behind the letters of a document (uid)."""
        if document in self._letters:
            self._letters[document] = self._letters[document]._replace(revealed=shown)

    def letters(self, entry: Entry) -> Letters:
        """Return the letters of an entry's document."""
        document = entry.document
        found = self._letters.get(document)
        if found is None or set(found.names) != set(entry.readers):
            revealed = found.revealed if found else False
            found = self._letters[document] = Letters.of(document, entry.readers, revealed=revealed)
        return found

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's signature
        return 0 if parent.isValid() else len(self._rows) + len(self._last)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        entry = self.entry(index.row()) if index.isValid() else None
        if entry is None:
            return None
        if role == ENTRY:
            return entry
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{words(entry)}, {tag(entry)}, {self.subtitle(entry)}"
        return None

    def subtitle(self, entry: Entry) -> str:
        """Return which letters have a mark and which don't, and where."""
        letters = self.letters(entry)
        if isinstance(entry, UnmarkedEntry):
            return f"not {', '.join(sorted(map(letters.letter, entry.readers)))} · {entry.title}"
        have = sorted(letters.letter(name) for name in entry.group.versions)
        lack = sorted(letters.letter(name) for name in entry.group.readers if name not in entry.group.versions)
        who = ", ".join(have) + (f" · not {', '.join(lack)}" if lack else "")
        return f"{who} · {entry.title}"

    def entry(self, row: int) -> Entry | None:
        """Return the entry of a row, or None."""
        groups = len(self._rows)
        if 0 <= row < groups:
            return self._rows[row]
        return self._last[row - groups] if groups <= row < groups + len(self._last) else None

    def row_of(self, key: str) -> int:
        """Return the row of an entry, or -1 if it isn't in the queue."""
        entry = self._all.get(key)
        if entry is not None:
            return self._rows.row_of(self._key(entry)) if self._lists(entry) else -1
        at = next((row for row, unmarked in enumerate(self._last) if unmarked.key == key), -1)
        return len(self._rows) + at if at >= 0 else -1

    def counts(self) -> tuple[int, int]:
        """Return the number of decided conflicts and of all conflicts."""
        return self._decided, self._conflicts

    def agreed(self, document: str = "") -> list[QueueEntry]:
        """Return the agreed groups without a decision, of one document (uid) or of all, in text order."""
        found = (entry for entry in self._agreed.values() if not document or entry.group.document == document)
        return sorted(found, key=_text_order)

    @property
    def agreed_count(self) -> int:
        """The number of agreed groups without a decision."""
        return len(self._agreed)

    def unmarked(self, document: str = "") -> list[str]:
        """Return the documents (uids) that at least two people finished without a mark and that wait to be accepted,
        or that one of them if it is one.
        """
        return [e.document for e in self._unmarked if e.is_agreed and document in ("", e.document)]


def _first(item: tuple[tuple[Any, ...], QueueEntry]) -> tuple[Any, ...]:
    return item[0]


def _most_frequent(choice: QueueChoice) -> tuple[int, str, str]:
    return (-choice.size, choice.title, choice.key)


def _text_order(entry: QueueEntry) -> tuple[Any, ...]:
    return entry.place


def words(entry: Entry) -> str:
    """Return what an entry is about: the marked words in quotation marks, or that nothing is marked."""
    if isinstance(entry, UnmarkedEntry):
        return "(nothing marked)"
    return WHOLE_DOCUMENT.capitalize() if entry.group.is_about_document else f"“{entry.quote}”"


def tag(entry: Entry) -> str:
    """Return the kinds of difference in words, or the group's status."""
    if isinstance(entry, UnmarkedEntry):
        return "decided" if entry.is_done else "agreed" if entry.is_agreed else "one annotator"
    if entry.standing is GroupStatus.STALE:
        return "stale"
    if entry.standing is GroupStatus.DEFERRED:
        return "later"
    if entry.standing is GroupStatus.DECIDED:
        return "decided"
    kinds = [kind.value for kind in entry.group.differences]
    if not kinds:
        return "agreed" if entry.group.is_agreed else "one annotator"
    return " · ".join(kinds[:2]) + (f" +{len(kinds) - 2}" if len(kinds) > 2 else "")


def _keys(entry: QueueEntry, order: Order) -> Iterable[str]:
    """Return the keys that an entry can be narrowed by."""
    if order is Order.KIND:
        return [kind.value for kind in entry.group.differences]
    if order is Order.LABEL:
        return [f"{entry.group.layer}.{label}" for label in entry.group.labels]
    if order is Order.PAIR:
        return _disagreeing_pairs(entry)
    return [entry.group.document] if order is Order.DOCUMENT else []


def _disagreeing_pairs(entry: QueueEntry) -> list[str]:
    """Return the pairs of readers who disagree on a group: one has no version, or a different one."""
    versions = entry.group.versions
    found = []
    for one, other in combinations(entry.group.readers, 2):
        if (one in versions) != (other in versions) or (one in versions and _differ(entry, one, other)):
            found.append(f"{one}\0{other}")
    return found


def _differ(entry: QueueEntry, one: str, other: str) -> bool:
    a, b = entry.group.versions[one], entry.group.versions[other]
    said = ((v.fragments, v.label, v.attributes, v.correction) for v in (a, b))
    return len({repr(value) for value in said}) > 1


def _title(key: str, order: Order, scheme: Scheme) -> str:
    if order is Order.LABEL:
        layer, _, label = key.partition(".")
        found = scheme.label(layer, label)
        return found.title if found else label
    return key.replace("\0", " and ")


def _by_disagreement(entry: QueueEntry) -> tuple[bool, bool, float, str, int]:
    is_text = not entry.group.is_about_document  # what is said of a document as a whole comes first
    return (
        entry.standing is GroupStatus.DEFERRED,
        is_text,
        -entry.group.disagreement(),
        entry.title,
        entry.group.start,
    )


def _by_kind(entry: QueueEntry) -> tuple[str, str, int]:
    first = entry.group.differences[0].value if entry.group.differences else "~"
    return (first, entry.title, entry.group.start)


def _by_label(entry: QueueEntry) -> tuple[str, str, int]:
    return (entry.group.layer + entry.group.labels[0], entry.title, entry.group.start)


_SORT_KEYS: dict[Order, Callable[[QueueEntry], tuple[Any, ...]] | None] = {
    Order.DISAGREEMENT: _by_disagreement,
    Order.DOCUMENT: None,
    Order.KIND: _by_kind,
    Order.LABEL: _by_label,
    Order.PAIR: _by_disagreement,
}
_TAG_COLORS = {
    Difference.MISSING: Hue.SKY,
    Difference.BOUNDARY: Hue.PURPLE,
    Difference.LABEL: Hue.ORANGE,
    Difference.SEVERITY: Hue.ORANGE,
    Difference.CORRECTION: Hue.PURPLE,
    Difference.EVIDENCE: Hue.SKY,
}


@guarded
class QueueDelegate(RowDelegate):
    """The quote with a tag of what is in dispute; below it annotators and document."""

    HEIGHT = 50

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return row_size(self.HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry = index.data(ENTRY)
        model = index.model()
        if not isinstance(entry, Entry) or not isinstance(model, QueueModel):
            return
        painter.save()
        self.ground(painter, option, self.tones.chosen)
        box = RowBox(painter, option)
        rect = box.rect.adjusted(10, 6, -8, -5)
        width = self._tag(box, rect, entry)
        font = ui_font(15)
        font.setFamily(TEXT_FONT)
        painter.setFont(font)
        painter.setPen(QColor(self.tones.text))
        line = QRect(rect.left(), rect.top(), rect.width() - width - 6, 20)
        box.line(line, words(entry))
        painter.setFont(ui_font(11))
        painter.setPen(QColor(self.tones.faint))
        box.line(QRect(rect.left(), rect.top() + 21, rect.width(), 16), model.subtitle(entry))
        painter.restore()

    def _tag(self, box: RowBox, rect: QRect, entry: Entry) -> int:
        if isinstance(entry, UnmarkedEntry):
            is_good = entry.is_done or entry.is_agreed
        else:
            is_good = entry.standing is GroupStatus.DECIDED or entry.group.is_agreed
        color = self.tones.good if is_good else self.tones.warn
        if isinstance(entry, QueueEntry) and entry.standing is GroupStatus.OPEN and entry.group.differences:
            color = _TAG_COLORS.get(entry.group.differences[0], self.tones.warn)
        ground = QColor(color)
        ground.setAlphaF(0.22)
        return box.tag(rect, tag(entry), ground, QColor(self.tones.text))
