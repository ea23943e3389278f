"""Labels that are dragged: the scheme's in a list, from which one is dropped on a row of an import."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QMimeData, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QFrame, QListView, QListWidget, QListWidgetItem, QWidget

from app.core.scheme import Scheme
from app.core.wording import shorten
from app.exchange.label_map import Mapped, What
from app.ui.guard import guarded
from app.ui.theme import px
from app.ui.widgets.labels import literal

LEAVE_OUT = ""
"""What stands for a name of a file that is left out."""
_KIND = "application/x-stet-label"
_TARGET = Qt.ItemDataRole.UserRole
_LONGEST = 40  # characters of a title


@guarded
class SchemeLabels(QListWidget):
    """The labels and relations of a scheme that names of a file may become, to be dragged onto them."""

    def __init__(self, scheme: Scheme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("import-scheme-labels")
        self.setAccessibleName("The scheme’s labels, to drag onto those of the files")
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSpacing(px(2))
        self.setIconSize(QSize(px(10), px(10)))
        self.setDragEnabled(True)
        self.setAcceptDrops(False)
        self.setMinimumHeight(px(72))
        self._scheme = scheme
        self._shown: frozenset[What] = frozenset()

    def show_for(self, labels: Sequence[Mapped]) -> None:
        """Show what these names may become."""
        kinds = frozenset(each.what for each in labels)
        if kinds == self._shown:
            return
        self._shown = kinds
        self.clear()
        self._add("leave out", LEAVE_OUT, "")
        for kind in What:
            if kind in kinds:
                for title, target, color in _targets(self._scheme, kind):
                    self._add(title, target, color)

    def _add(self, title: str, target: str, color: str) -> None:
        item = QListWidgetItem(shorten(title, _LONGEST))
        item.setData(_TARGET, target)
        item.setToolTip(literal(title))
        if color:
            square = QPixmap(self.iconSize())
            square.fill(QColor(color))
            item.setIcon(QIcon(square))
        self.addItem(item)

    def mimeData(self, items: Sequence[QListWidgetItem]) -> QMimeData:
        return label_data(str(items[0].data(_TARGET))) if items else QMimeData()


def label_data(target: str) -> QMimeData:
    """Return a label, a relation or nothing as what is dragged."""
    data = QMimeData()
    data.setData(_KIND, target.encode())
    return data


def dragged_label(data: QMimeData) -> str | None:
    """Return the label that is dragged; None if it is something else."""
    return bytes(data.data(_KIND).data()).decode("utf-8", "replace") if data.hasFormat(_KIND) else None


def label_targets(scheme: Scheme, kind: What) -> Iterator[tuple[str, str]]:
    """Yield what a name of a file may become, as people read it and as LabelMap takes it."""
    return ((title, target) for title, target, _ in _targets(scheme, kind))


def _targets(scheme: Scheme, kind: What) -> Iterator[tuple[str, str, str]]:
    if kind is What.RELATION:
        yield from ((each.title, each.id, each.color) for each in scheme.relations)
        return
    for layer in scheme.layers:
        if layer.is_about_document == (kind is What.ABOUT):
            for label in layer.givable:
                yield f"{layer.title} › {layer.path(label.id)}", f"{layer.id}.{label.id}", label.color
