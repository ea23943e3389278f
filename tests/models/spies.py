"""What a model tells its views, in the order in which it tells it."""

from PySide6.QtCore import QAbstractItemModel


class RowSpy:
    """Writes down every row signal as a plain tuple: what happened, the first row, the last row."""

    def __init__(self, model: QAbstractItemModel) -> None:
        self.seen: list[tuple[str, int, int]] = []
        model.rowsInserted.connect(self._on_inserted)
        model.rowsRemoved.connect(self._on_removed)
        model.dataChanged.connect(self._on_changed)
        model.modelReset.connect(self._on_reset)
        model.layoutChanged.connect(self._on_layout)

    def _on_inserted(self, _parent, first: int, last: int) -> None:
        self.seen.append(("inserted", first, last))

    def _on_removed(self, _parent, first: int, last: int) -> None:
        self.seen.append(("removed", first, last))

    def _on_changed(self, first, last, _roles) -> None:
        self.seen.append(("changed", first.row(), last.row()))

    def _on_reset(self) -> None:
        self.seen.append(("reset", -1, -1))

    def _on_layout(self) -> None:
        self.seen.append(("layout", -1, -1))

    def take(self) -> list[tuple[str, int, int]]:
        """Return what was seen since the last time."""
        seen, self.seen = self.seen, []
        return seen
