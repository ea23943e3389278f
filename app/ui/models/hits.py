"""The hits of a concordance as a table: what stands before and after each, grouped, with a tick."""

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.core.scheme import Scheme
from app.session.concordance import Hit
from app.ui.labels import literal
from app.ui.models.documents import title_of

Index = QModelIndex | QPersistentModelIndex
COLUMNS = ("", "Document", "Before", "Found", "After", "Marked as")
TICK, DOCUMENT, BEFORE, FOUND, AFTER, MARKED = range(6)
_NOWHERE = QModelIndex()
_MOST_BEFORE = 40  # characters: of what is cut, the end matters


class Grouping(StrEnum):
    """What hits have in common that stand together."""

    NONE = "none"
    FORM = "form"
    LABEL = "label"


class HitsModel(QAbstractTableModel):
    """Hits in the order in which they were found, or group by group, the largest first. All are ticked at first."""

    last_column = COLUMNS[MARKED]

    def __init__(self, scheme: Scheme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scheme = scheme
        self._hits: list[Hit] = []
        self._unticked: set[int] = set()
        self._shown: list[int] = []
        self._grouping = Grouping.NONE
        self._group: str | None = None

    # -- what is in it -------------------------------------------------------------------------------------------------

    def clear(self) -> None:
        """Forget all hits."""
        self.beginResetModel()
        self._hits, self._shown = [], []
        self._unticked = set()
        self.endResetModel()

    def add(self, hits: Sequence[Hit]) -> None:
        """Take more hits."""
        if not hits:
            return
        first = len(self._hits)
        if self._grouping is not Grouping.NONE:
            self._hits.extend(hits)
            self._arrange()
            return
        self.beginInsertRows(_NOWHERE, first, first + len(hits) - 1)
        self._hits.extend(hits)
        self._shown.extend(range(first, len(self._hits)))
        self.endInsertRows()

    def group_by(self, grouping: Grouping, group: str | None = None) -> None:
        """Order the hits by group; show those of one alone, if it is given."""
        self._grouping, self._group = grouping, group
        self._arrange()

    def _arrange(self) -> None:
        self.beginResetModel()
        names = [self.group_of(hit) for hit in self._hits]
        sizes = Counter(names)
        wanted = [row for row in range(len(names)) if self._group is None or names[row] == self._group]
        self._shown = sorted(wanted, key=_Order(names, sizes)) if self._grouping is not Grouping.NONE else wanted
        self.endResetModel()

    def group_of(self, hit: Hit) -> str:
        """Return the group that a hit belongs to."""
        if self._grouping is Grouping.FORM:
            return hit.form
        return self.marked_as(hit) if self._grouping is Grouping.LABEL else ""

    def groups(self) -> list[tuple[str, int]]:
        """Return the groups with the number of their hits, the largest first."""
        sizes = Counter(map(self.group_of, self._hits))
        return sorted(sizes.items(), key=_largest_first)

    def marked_as(self, hit: Hit) -> str:
        """Return the titles of the labels that the annotator's marks there have."""
        titles = []
        for layer, label in hit.labels:
            found = self._scheme.label(layer, label)
            titles.append(found.title if found else label)
        return ", ".join(titles) or "–"

    def hit(self, row: int) -> Hit:
        """Return the hit of a row."""
        return self._hits[self._shown[row]]

    @property
    def count(self) -> int:
        """How many hits there are, shown or not."""
        return len(self._hits)

    # -- ticks ---------------------------------------------------------------------------------------------------------

    def ticked(self) -> list[Hit]:
        """Return the ticked ones of the hits that are shown, in the order of the texts."""
        return [self._hits[at] for at in sorted(self._shown) if at not in self._unticked]

    def tick(self, rows: Iterable[int], *, ticked: bool | None) -> None:
        """Tick or untick rows; None turns them round."""
        rows = list(rows)
        for row in rows:
            at = self._shown[row]
            if at in self._unticked and ticked is not False:
                self._unticked.discard(at)
            elif ticked is not True:
                self._unticked.add(at)
        if rows:
            self.dataChanged.emit(self.index(min(rows), TICK), self.index(max(rows), TICK))

    def tick_all(self, *, ticked: bool) -> None:
        """Tick or untick everything that is shown."""
        self.tick(range(len(self._shown)), ticked=ticked)

    # -- Qt ------------------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.last_column if section == MARKED else COLUMNS[section]
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
        if not index.isValid() or not 0 <= index.row() < len(self._shown):
            return None
        at, column = self._shown[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(self._hits[at], column)
        if role == Qt.ItemDataRole.CheckStateRole and column == TICK:
            return Qt.CheckState.Unchecked if at in self._unticked else Qt.CheckState.Checked
        if role == Qt.ItemDataRole.TextAlignmentRole and column == BEFORE:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole and column in (BEFORE, FOUND, AFTER):
            hit = self._hits[at]
            return literal(f"{hit.before}{hit.match}{hit.after}")
        if role == Qt.ItemDataRole.AccessibleTextRole and column == TICK:
            return "not ticked" if at in self._unticked else "ticked"
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid() or index.column() != TICK:
            return False
        self.tick([index.row()], ticked=Qt.CheckState(value) is Qt.CheckState.Checked)
        return True

    def _text(self, hit: Hit, column: int) -> str:
        if column == BEFORE:
            before = " ".join(hit.before.split())
            is_all = len(before) <= _MOST_BEFORE and len(hit.before) == hit.start
            return before if is_all else "…" + before[-_MOST_BEFORE:]
        texts = {DOCUMENT: title_of(hit.name), FOUND: hit.match, AFTER: hit.after, MARKED: self.marked_as(hit)}
        return " ".join(texts.get(column, "").split())


class _Order:
    """Sorts rows by their group: the largest first, then by name, then as they were found."""

    def __init__(self, names: Sequence[str], sizes: Counter[str]) -> None:
        self._names = names
        self._sizes = sizes

    def __call__(self, row: int) -> tuple[int, str, int]:
        name = self._names[row]
        return (-self._sizes[name], name, row)


def _largest_first(group: tuple[str, int]) -> tuple[int, str]:
    return (-group[1], group[0])
