"""The hits of a concordance as a table: what stands before and after each, grouped, with a tick."""

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from itertools import compress

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.core.document import title_of
from app.core.scheme import Scheme
from app.services.search.concordance import Hit
from app.services.search.hit_pile import HitGroup, HitPile, Labels, MarkingPlan, Picked
from app.ui.guard import guarded
from app.ui.models.hit_rows import HitRows
from app.ui.widgets.labels import literal

Index = QModelIndex | QPersistentModelIndex
Place = tuple[str, int, int]
COLUMNS = ("", "Document", "Before", "Found", "After", "Marked as")
TICK, DOCUMENT, BEFORE, FOUND, AFTER, ANNOTATED = range(6)
_NOWHERE = QModelIndex()
_TITLES_KEPT = 1000
_MOST_BEFORE = 40  # characters: of what is cut, the end matters


class Grouping(StrEnum):
    """What hits have in common that stand together."""

    NONE = "none"
    FORM = "form"
    LABEL = "label"


@guarded
class HitsModel(QAbstractTableModel):
    """Hits in the order in which they were found, or group by group, the largest first.

    Ticked at first are those without an annotation of `layer` in documents that are the annotator's to work on. Ticks
    set by hand stay.

    The pile may grow in another thread; its rows appear with `grow`. While the rows are grouped they stay until the
    next `group_by`, so that nothing jumps under the hand.
    """

    last_column = COLUMNS[ANNOTATED]

    def __init__(
        self, scheme: Scheme, titles: Callable[[str], str | None] | None = None, parent: QObject | None = None
    ) -> None:
        """`titles` returns what people call a document (uid)."""
        super().__init__(parent)
        self._scheme = scheme
        self._title_of = lru_cache(_TITLES_KEPT)(titles) if titles is not None else None
        self.pile = HitPile()
        self._rows = HitRows(0)
        self.layer = ""
        self._ticks = bytearray()
        self._by_hand = bytearray()  # 1 where the person ticked or unticked a hit
        self._ticked: Counter[Labels] = Counter()
        self._kept: dict[Place, bool] = {}
        self._grouping = Grouping.NONE
        self._group: str | None = None

    # -- what is in it -------------------------------------------------------------------------------------------------

    def clear(self) -> None:
        """Forget all hits."""
        self.take(HitPile())

    def take(self, pile: HitPile, *, kept: Mapping[Place, bool] | None = None) -> None:
        """Show another pile; `kept` says of some places whether they are ticked."""
        self.beginResetModel()
        self.pile = pile
        self._rows = HitRows(0) if self._grouping is Grouping.NONE else HitRows(0, [])
        self._ticks = bytearray()
        self._by_hand = bytearray()
        self._ticked = Counter()
        self._kept = dict(kept or {})
        self.endResetModel()
        self.grow()

    def grow(self) -> None:
        """Take up what was added to the pile."""
        first, count = len(self._ticks), self.pile.count
        if count <= first:
            return
        new = range(first, count)
        ticks, by_hand = self._first_ticks(new), bytearray(count - first)
        if self._kept:
            for at in new:
                is_ticked = self._kept.get(self.pile.place(at))
                if is_ticked is not None:
                    ticks[at - first], by_hand[at - first] = is_ticked, 1
        self._by_hand += by_hand
        if not self._rows.is_plain or self._group is not None:
            self._ticks += ticks
            return
        self.beginInsertRows(_NOWHERE, first, count - 1)
        self._ticks += ticks
        self._rows = HitRows(count)
        self._ticked.update(map(self.pile.labels, compress(new, ticks)))
        self.endInsertRows()

    def _first_ticks(self, new: range) -> bytearray:
        """Return for hits by number whether they are ticked at first."""
        return self.pile.unmarked(self.layer, new)

    def set_layer(self, layer: str) -> None:
        """Tick what has no annotation of another layer; what was ticked or unticked by hand stays."""
        if layer == self.layer:
            return
        self.layer = layer
        if self._ticks:
            ticks = self._first_ticks(range(len(self._ticks)))
            for at in compress(range(len(ticks)), self._by_hand):
                ticks[at] = self._ticks[at]
            self._ticks = ticks
            self._recount()
            self._tell_all()

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
        regroups = self._grouping is Grouping.LABEL
        for at, old, labels in changed:
            before = self._ticks[at]
            if not self._by_hand[at] and not before:  # undone, say; what is ticked stays so until the next search
                self._ticks[at] = self._first_ticks(range(at, at + 1))[0]
            row = self._rows.row_of(at) if not regroups else None
            if row is not None:
                self._ticked[old] -= before
                self._ticked[labels] += self._ticks[at]
                self.dataChanged.emit(self.index(row, TICK), self.index(row, ANNOTATED))
        if changed and regroups:
            self.group_by(self._grouping, self._group)

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

    def kept(self) -> dict[Place, bool]:
        """Return the places that were ticked or unticked by hand, shown or not."""
        return {self.pile.place(at): bool(self._ticks[at]) for at in compress(range(len(self._ticks)), self._by_hand)}

    def plan(self, label: str) -> MarkingPlan:
        """Return what it means to mark the ticked hits with a label of the layer. Not while the pile grows."""
        flags = self._ticks
        if not self._is_whole:
            flags = bytearray(len(self._ticks))
            for at in self.ticked_numbers():
                flags[at] = 1
        return self.pile.plan(flags, self.layer, label)

    def tick(self, rows: Iterable[int], *, ticked: bool | None) -> None:
        """Tick or untick rows; None turns them round."""
        rows = list(rows)
        for row in rows:
            at = self._rows.at(row)
            new = not self._ticks[at] if ticked is None else ticked
            self._ticked[self.pile.labels(at)] += new - self._ticks[at]
            self._ticks[at] = new
            self._by_hand[at] = 1
        if rows:
            self.dataChanged.emit(self.index(min(rows), TICK), self.index(max(rows), TICK))

    def tick_all(self, *, ticked: bool) -> None:
        """Tick or untick everything that is shown."""
        if self._is_whole:
            self._ticks = bytearray(bytes([ticked])) * len(self._ticks)
            self._by_hand = bytearray(b"\1") * len(self._ticks)
        else:
            for at in self._rows.numbers():
                self._ticks[at] = ticked
                self._by_hand[at] = 1
        self._recount()
        self._tell_all()

    def tick_unmarked(self, *, ticked: bool = True) -> None:
        """Tick what is shown as at first; or, with `ticked` false, just what that leaves out for its annotations."""
        if not self._ticks:
            return
        open_ones = self._first_ticks(range(len(self._ticks)))
        for at in self._rows.numbers():
            self._by_hand[at] = not ticked
            self._ticks[at] = open_ones[at] if ticked else any(of == self.layer for of, _ in self.pile.labels(at))
        self._recount()
        self._tell_all()

    def _tell_all(self) -> None:
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
        if column == DOCUMENT:
            return (self._title_of(hit.document) if self._title_of is not None else None) or title_of(hit.name)
        texts = {FOUND: hit.match, AFTER: hit.after}
        return " ".join(texts[column].split())


def _by_size(kind: tuple[Labels, Sequence[int]]) -> int:
    return len(kind[1])


def _largest_first(group: tuple[str, int]) -> tuple[int, str]:
    return (-group[1], group[0])
