"""The two sides of an import's preview: what labels become, and the first documents with their marks."""

from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QTextEdit, QWidget

from app.core.offsets import OffsetMap
from app.core.scheme import Scheme
from app.core.wording import counted, shorten
from app.exchange.label_map import How, Mapped, What
from app.jobs.tasks.import_preview import PreviewDocument
from app.ui import theme
from app.ui.guard import guarded
from app.ui.theme import px
from app.ui.widgets.fields import ComboBox, TextEdit
from app.ui.widgets.labels import plain

_KEEP = None
_LEAVE_OUT = ""
_MOST_ROWS = 200
_OPACITY = 0.35


@guarded
class ImportLabels(QScrollArea):
    """A row for each label and relation of the files: its name, how often it occurs, and what it becomes."""

    changed = Signal()

    def __init__(self, scheme: Scheme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scheme = scheme
        self._boxes: dict[str, ComboBox] = {}
        self.setObjectName("import-labels")
        self.setAccessibleName("What their labels become")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        inner.setObjectName("import-labels-inner")
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
        box = ComboBox()
        box.setObjectName(f"import-label-{row}")
        box.setAccessibleName(f"What “{mapped.source}” becomes")
        box.setMinimumContentsLength(12)
        for title, target in _targets(self._scheme, mapped):
            box.addItem(title, target)
        box.setCurrentIndex(max(0, box.findData(mapped.target if mapped.how is not How.KEPT else _KEEP)))
        caption.setBuddy(box)
        self._rows.addWidget(caption, row, 0)
        self._rows.addWidget(box, row, 1)
        box.activated.connect(self._on_activated)
        self._boxes[mapped.source] = box

    def _on_activated(self, _index: int) -> None:
        self.changed.emit()


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
            head = f"{document.name} — {_contents(document)}\n"
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


def _targets(scheme: Scheme, mapped: Mapped) -> Iterator[tuple[str, str | None]]:
    """Yield what a name of the file may become, for people and as the map says it."""
    yield "keep it as it is", _KEEP
    yield "leave out", _LEAVE_OUT
    if mapped.what is What.RELATION:
        yield from ((each.title, each.id) for each in scheme.relations)
        return
    for layer in scheme.layers:
        if layer.is_about_document == (mapped.what is What.ABOUT):
            for label in layer.givable:
                yield f"{layer.title} › {layer.path(label.id)}", f"{layer.id}.{label.id}"
