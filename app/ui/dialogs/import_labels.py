"""The two sides of an import's preview: what labels become, and the first documents with their marks."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QFocusEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QCompleter, QFrame, QGridLayout, QScrollArea, QTextEdit, QWidget

from app.core.offsets import OffsetMap
from app.core.scheme import Scheme
from app.core.wording import counted, shorten, undirected
from app.exchange.label_map import How, Mapped, What
from app.jobs.tasks.import_preview import PreviewDocument
from app.ui import theme
from app.ui.dialogs.label_drag import LEAVE_OUT, dragged_label, label_targets
from app.ui.guard import guarded
from app.ui.theme import px
from app.ui.widgets.fields import ComboBox, TextEdit
from app.ui.widgets.labels import plain

_KEEP = None
_MOST_ROWS = 200
_OPACITY = 0.35


@guarded
class _TargetBox(ComboBox):
    """What a name becomes: chosen from the list, or typed, a part of it at least; what isn't in the list is undone."""

    settled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setEditable(True)
        self.setInsertPolicy(ComboBox.InsertPolicy.NoInsert)
        self.setMinimumContentsLength(12)
        line = self.lineEdit()
        if line is not None:  # one that can be typed in has one
            line.setAcceptDrops(False)  # the row takes them
            line.editingFinished.connect(self._on_typed)
        finder = QCompleter(self.model(), self)
        finder.setFilterMode(Qt.MatchFlag.MatchContains)
        finder.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        finder.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.setCompleter(finder)
        self.activated.connect(self._on_activated)
        self._settled_at = -1

    def settle(self, index: int) -> None:
        """Choose an item, without telling."""
        self.setCurrentIndex(index)
        self._settled_at = index

    def offer(self, target: str) -> bool:
        """Choose what was dropped on it, if it is in the list; return whether it is."""
        at = self.findData(target)
        if at < 0:
            return False
        self._take(at)
        return True

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._on_typed()

    def _on_activated(self, index: int) -> None:
        self._take(index)

    def _on_typed(self) -> None:
        said = self.currentText().strip()
        is_chosen = said == self.itemText(self.currentIndex()).strip()  # of several with one text it is this one
        found = self.currentIndex() if is_chosen else self.findText(said, Qt.MatchFlag.MatchFixedString)
        if found < 0 and said:
            parts = [at for at in range(self.count()) if said.casefold() in self.itemText(at).casefold()]
            found = parts[0] if len(parts) == 1 else -1
        self._take(found if found >= 0 else self._settled_at)

    def _take(self, index: int) -> None:
        is_new = index != self._settled_at
        self.settle(index)
        self.setEditText(self.itemText(index))
        if is_new:
            self.settled.emit()


@guarded
class _Rows(QWidget):
    """The rows of names and what they become; a label that is dropped on a row is what its name becomes."""

    def __init__(self, boxes: Mapping[str, _TargetBox]) -> None:
        super().__init__()
        self._boxes = boxes
        self.setObjectName("import-labels-inner")
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dragged_label(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        target, box = dragged_label(event.mimeData()), self._at(event.position().y())
        if target is not None and box is not None and box.findData(target) >= 0:
            event.acceptProposedAction()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        target, box = dragged_label(event.mimeData()), self._at(event.position().y())
        if target is not None and box is not None and box.offer(target):
            event.acceptProposedAction()

    def _at(self, y: float) -> _TargetBox | None:
        """Return the box of the row at a height, the nearest one between two."""
        boxes = [box for box in self._boxes.values() if box.isVisible()]
        return min(boxes, key=lambda box: abs(box.geometry().center().y() - y), default=None)


@guarded
class ImportLabels(QScrollArea):
    """A row for each label and relation of the files: its name, how often it occurs, and what it becomes."""

    changed = Signal()

    def __init__(self, scheme: Scheme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scheme = scheme
        self._boxes: dict[str, _TargetBox] = {}
        self.setObjectName("import-labels")
        self.setAccessibleName("What their labels become")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = _Rows(self._boxes)
        self._rows = QGridLayout(inner)
        self._rows.setContentsMargins(0, 0, px(8), 0)
        self._rows.setColumnStretch(0, 2)
        self._rows.setColumnStretch(1, 3)
        self._rows.setRowStretch(_MOST_ROWS + 1, 1)
        self.setWidget(inner)

    def show_labels(self, labels: Sequence[Mapped]) -> None:
        """Add rows for names that have none yet; what is chosen stays."""
        kinds = list(What)
        ordered = sorted(labels, key=lambda each: (kinds.index(each.what), -each.count))
        for mapped in ordered[:_MOST_ROWS]:
            if mapped.source not in self._boxes:
                self._add(mapped)

    def chosen(self) -> dict[str, str]:
        """Return what names become, for LabelMap; those that are kept are left out."""
        return {name: box.currentData() for name, box in self._boxes.items() if box.currentData() is not _KEEP}

    def _add(self, mapped: Mapped) -> None:
        row = len(self._boxes)
        example = f"  “{shorten(mapped.example, 30)}”" if mapped.example else ""
        kind = "" if mapped.what is What.LABEL else f" ({mapped.what})"
        caption = plain(f"{mapped.source}{kind}  ×{mapped.count:,}{example}", wrap=True)
        box = _TargetBox()
        box.setObjectName(f"import-label-{row}")
        box.setAccessibleName(f"What “{mapped.source}” becomes")
        box.addItem("keep it as it is", _KEEP)
        box.addItem("leave out", LEAVE_OUT)
        for title, target in label_targets(self._scheme, mapped.what):
            box.addItem(title, target)
        box.settle(max(0, box.findData(mapped.target if mapped.how is not How.KEPT else _KEEP)))
        caption.setBuddy(box)
        self._rows.addWidget(caption, row, 0)
        self._rows.addWidget(box, row, 1)
        box.settled.connect(self.changed)
        self._boxes[mapped.source] = box


@guarded
class ImportPage(TextEdit):
    """The first documents of an import, one below the other, with their marks in the colours of their labels."""

    def __init__(self, scheme: Scheme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scheme = scheme
        self.setObjectName("import-documents")
        self.setAccessibleName("The first documents")
        self.setReadOnly(True)
        self.setMinimumHeight(px(200))

    def show_documents(self, documents: Sequence[PreviewDocument]) -> None:
        """Show documents in place of those before."""
        parts: list[str] = []
        marks: list[tuple[int, int, str]] = []  # UTF-16 offsets in the page, and a colour
        at = 0
        for document in documents:
            head = f"{undirected(document.name)} — {_contents(document)}\n"
            offsets = OffsetMap(document.text)
            marks += _marks(self._scheme, document, offsets.to_u16, at + OffsetMap(head).length_u16)
            parts.append(f"{head}{document.text}\n\n")
            at += OffsetMap(parts[-1]).length_u16
        self.setPlainText("".join(parts) or "There are no documents.")
        self.setExtraSelections([self._selection(*mark) for mark in marks])

    def _selection(self, start: int, end: int, color: str) -> QTextEdit.ExtraSelection:
        made = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        shape = QTextCharFormat()
        shape.setBackground(theme.fill_color(color, self.palette().base().color().name(), _OPACITY))
        made.cursor, made.format = cursor, shape  # pyright: ignore[reportAttributeAccessIssue]  Qt's own members
        return made


def _marks(
    scheme: Scheme, document: PreviewDocument, to_u16: Callable[[int], int], begin: int
) -> Iterator[tuple[int, int, str]]:
    for mark in document.marks:
        if mark.end <= len(document.text):
            label = scheme.label(mark.layer, mark.label)
            color = label.color if label is not None else theme.Hue.GREY
            yield begin + to_u16(mark.start), begin + to_u16(mark.end), color


def _contents(document: PreviewDocument) -> str:
    counts = (
        (document.annotations, "mark"),
        (document.relations, "relation"),
        (document.references, "reference"),
    )
    return ", ".join(counted(count, what) for count, what in counts if count) or "no marks"
