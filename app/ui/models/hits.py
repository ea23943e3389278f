"""The hits of a concordance as a table: what stands before and after each, grouped, with a tick."""

from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from itertools import compress

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.core.document import title_of
from app.core.scheme import Scheme
from app.services.search.concordance import Hit
from app.services.search.hit_pile import HitGroup, HitPile, Labels, Picked
from app.ui.guard import guarded
from app.ui.models.hit_rows import HitRows
from app.ui.widgets.labels import literal

Index = QModelIndex | QPersistentModelIndex
Place = tuple[str, int, int]
COLUMNS = ("", "Document", "Before", "Found", "After", "Marked as")
TICK, DOCUMENT, BEFORE, FOUND, AFTER, ANNOTATED = range(6)
_NOWHERE = QModelIndex()
_TURNED = bytes([1, *[0] * 255])
_MOST_BEFORE = 40  # characters: of what is cut, the end matters


class Grouping(StrEnum):
    """What hits have in common that stand together."""

    NONE = "none"
    FORM = "form"
    LABEL = "label"


@guarded
class HitsModel(QAbstractTableModel):
    """Hits in the order in which they were found, or group by group, the largest first. All are ticked at first.

    The pile may grow in another thread; its rows appear with `grow`. While the rows are grouped they stay until the
    next `group_by`, so that nothing jumps under the hand.
    """

    last_column = COLUMNS[ANNOTATED]

    def __init__(self, scheme: Scheme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scheme = scheme
        self.pile = HitPile()
        self._rows = HitRows(0)
        self._ticks = bytearray()
        self._ticked: Counter[Labels] = Counter()
        self._kept: set[Place] = set()
        self._grouping = Grouping.NONE
        self._group: str | None = None

    # -- what is in it -------------------------------------------------------------------------------------------------

    def clear(self) -> None:
        """Forget all hits."""
        self.take(HitPile())

    def take(self, pile: HitPile, *, unticked: Iterable[Place] = ()) -> None:
        """Show another pile, of which some places aren't ticked."""
        self.beginResetModel()
        self.pile = pile
        self._rows = HitRows(0) if self._grouping is Grouping.NONE else HitRows(0, [])
        self._ticks = bytearray()
        self._ticked = Counter()
        self._kept = set(unticked)
        self.endResetModel()
        self.grow()

    def grow(self) -> None:
        """Take up what was added to the pile."""
        first, count = len(self._ticks), self.pile.count
        if count <= first:
            return
        new = range(first, count)
        ticks = self._first_ticks(new)
        if not self._rows.is_plain or self._group is not None:
            self._ticks += ticks
            return
        self.beginInsertRows(_NOWHERE, first, count - 1)
        self._ticks += ticks
        self._rows = HitRows(count)
        self._ticked.update(map(self.pile.labels, compress(new, ticks)))
        self.endInsertRows()

    def _first_ticks(self, new: Sequence[int]) -> bytearray:
        """Return for hits by number whether they are ticked at first."""
        if self._kept:
            return bytearray(self.pile.place(at) not in self._kept for at in new)
        return bytearray(b"\1") * len(new)

    def add(self, hits: Iterable[Hit]) -> None:
        """Put hits on the pile and show them."""
        for hit in hits:
            self.pile.add(hit)
        self.grow()

    def group_by(self, grouping: Grouping, group: str | None = None) -> None:
        """Order the hits by group; show those of one alone, if it is given."""
        self._grouping, self._group = grouping, group
        self.beginResetModel()
        if grouping is Grouping.NONE and group is None:
            self._rows = HitRows(len(self._ticks))
        else:
            self._rows = HitRows(0, (found for found in self.found_groups() if group in (None, found.name)))
        self._recount()
        self.endResetModel()

    def found_groups(self) -> list[HitGroup]:
        """Return the groups of the present grouping."""
        if self._grouping is Grouping.FORM:
            return self.pile.forms()
        if self._grouping is Grouping.LABEL:
            return [HitGroup(self._titles(labels), hits) for labels, hits in self.pile.labellings()]
        return []

    def groups(self) -> list[tuple[str, int]]:
        """Return the groups with the number of their hits, the largest first."""
        sizes = [(found.name, len(found.hits)) for found in self.found_groups()]
        return sorted(sizes, key=_largest_first)

    def annotated_as(self, at: int) -> str:
        """Return the titles of the labels that the annotator's annotations on a hit (by number) have."""
        return self._titles(self.pile.labels(at))

    def _titles(self, labels: Labels) -> str:
        titles = []
        for layer, label in labels:
            found = self._scheme.label(layer, label)
            titles.append(found.title if found else label)
        return ", ".join(titles) or "–"

    def number(self, row: int) -> int:
        """Return the number of the hit in a row."""
        return self._rows.at(row)

    def row_of(self, at: int) -> int | None:
        """Return the row of a hit (by number), None if it isn't shown."""
        return self._rows.row_of(at)

    def hit(self, row: int) -> Hit:
        """Return the hit of a row."""
        return self.pile.hit(self._rows.at(row))

    @property
    def count(self) -> int:
        """How many hits there are, shown or not."""
        return len(self._ticks)

    def relabel(self, news: Iterable[tuple[int, Labels]]) -> None:
        """Show which annotations are on hits (by number) now. Not while the pile grows."""
        changed: list[tuple[int, Labels, Labels]] = []
        for at, labels in news:
            old = self.pile.labels(at)
            if self.pile.relabel(at, labels):
                changed.append((at, old, labels))
        if changed and self._grouping is Grouping.LABEL:
            self.group_by(self._grouping, self._group)
            return
        for at, old, labels in changed:
            row = self._rows.row_of(at)
            if row is not None:
                self._ticked[old] -= self._ticks[at]
                self._ticked[labels] += self._ticks[at]
                self.dataChanged.emit(self.index(row, ANNOTATED), self.index(row, ANNOTATED))

    # -- ticks ---------------------------------------------------------------------------------------------------------

    def ticked(self) -> Collection[Hit]:
        """Return the ticked ones of the hits that are shown, in the order in which they were found."""
        return Picked(self.pile, self.ticked_numbers())

    def ticked_numbers(self) -> Sequence[int]:
        """Return their numbers."""
        if self._is_whole:
            return array("Q", compress(range(len(self._ticks)), self._ticks))
        return [at for at in self._rows.numbers() if self._ticks[at]]

    @property
    def _is_whole(self) -> bool:
        return self._group is None and self._rows.count == len(self._ticks)

    @property
    def ticked_count(self) -> int:
        """How many of the hits that are shown are ticked."""
        return self._ticked.total()

    def ticked_with(self, layer: str) -> int:
        """Return how many of these have an annotation of a layer on them."""
        return sum(count for labels, count in self._ticked.items() if any(of == layer for of, _ in labels))

    def unticked(self) -> list[Place]:
        """Return the places that aren't ticked, shown or not."""
        return list(map(self.pile.place, compress(range(len(self._ticks)), self._ticks.translate(_TURNED))))

    def tick(self, rows: Iterable[int], *, ticked: bool | None) -> None:
        """Tick or untick rows; None turns them round."""
        rows = list(rows)
        for row in rows:
            at = self._rows.at(row)
            new = not self._ticks[at] if ticked is None else ticked
            self._ticked[self.pile.labels(at)] += new - self._ticks[at]
            self._ticks[at] = new
        if rows:
            self.dataChanged.emit(self.index(min(rows), TICK), self.index(max(rows), TICK))

    def tick_all(self, *, ticked: bool) -> None:
        """Tick or untick everything that is shown."""
        if self._is_whole:
            self._ticks = bytearray(bytes([ticked])) * len(self._ticks)
        else:
            for at in self._rows.numbers():
                self._ticks[at] = ticked
        self._recount()
        if self.rowCount():
            self.dataChanged.emit(self.index(0, TICK), self.index(self.rowCount() - 1, TICK))

    def _recount(self) -> None:
        """Count what is ticked; of all together by subtraction, since there may be a million."""
        if not self._is_whole:
            self._ticked = Counter(map(self.pile.labels, self.ticked_numbers()))
            return
        ticks, left = self._ticks, self._ticks.count(1)
        kinds = sorted(self.pile.labellings(), key=_by_size)
        self._ticked = Counter()
        for number, (labels, rows) in enumerate(kinds, 1):
            is_last = number == len(kinds)
            self._ticked[labels] = left if is_last else sum(map(ticks.__getitem__, rows))
            left -= self._ticked[labels]

    # -- Qt ------------------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else self._rows.count

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.last_column if section == ANNOTATED else COLUMNS[section]
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section == BEFORE else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == TICK else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or not 0 <= index.row() < self._rows.count:
            return None
        at, column = self._rows.at(index.row()), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(at, column)
        if role == Qt.ItemDataRole.CheckStateRole and column == TICK:
            return Qt.CheckState.Checked if self._ticks[at] else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.TextAlignmentRole and column == BEFORE:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole and column in (BEFORE, FOUND, AFTER):
            hit = self.pile.hit(at)
            return literal(f"{hit.before}{hit.match}{hit.after}")
        if role == Qt.ItemDataRole.AccessibleTextRole and column == TICK:
            return "ticked" if self._ticks[at] else "not ticked"
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid() or index.column() != TICK:
            return False
        self.tick([index.row()], ticked=Qt.CheckState(value) is Qt.CheckState.Checked)
        return True

    def _text(self, at: int, column: int) -> str:
        if column == TICK:
            return ""
        if column == ANNOTATED:
            return self.annotated_as(at)
        hit = self.pile.hit(at)
        if column == BEFORE:
            before = " ".join(hit.before.split())
            is_all = len(before) <= _MOST_BEFORE and len(hit.before) == hit.start
            return before if is_all else "…" + before[-_MOST_BEFORE:]
        texts = {DOCUMENT: title_of(hit.name), FOUND: hit.match, AFTER: hit.after}
        return " ".join(texts[column].split())


def _by_size(kind: tuple[Labels, Sequence[int]]) -> int:
    return len(kind[1])


def _largest_first(group: tuple[str, int]) -> tuple[int, str]:
    return (-group[1], group[0])
