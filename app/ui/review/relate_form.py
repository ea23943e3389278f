"""The form for a relation that nobody made, before it is added to gold."""

from collections.abc import Callable, Sequence

import msgspec
from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.core.annotation import Annotation, Relation
from app.core.ids import new_uid
from app.core.scheme import RelationType, Scheme
from app.core.wording import undirected
from app.ui.guard import guarded
from app.ui.panels.relation_rows import quote_words
from app.ui.review.reviewed_fields import ReviewedFields
from app.ui.theme import px
from app.ui.widgets.fields import ComboBox, LineEdit
from app.ui.widgets.labels import button, literal, plain

FindTargets = Callable[[RelationType], Sequence[Annotation]]
"""Returns the annotations of gold that a relation of a type may lead to, in reading order."""

_MOST = 100  # targets that are listed
_ROWS = 7


@guarded
class RelateForm(QWidget):
    """Type, target, fields and comment of a relation that leads from a given annotation of gold."""

    accepted = Signal(object)  # Relation
    left = Signal()

    def __init__(self, scheme: Scheme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("review-relate")
        self._scheme = scheme
        self._source: Annotation | None = None
        self._find: FindTargets = _nothing
        self._kinds: Sequence[RelationType] = ()
        self._targets: Sequence[Annotation] = ()
        self._shown: list[Annotation] = []
        self._from = plain("", wrap=True, name="review-relate-from")
        self._type = ComboBox()
        self._type.setObjectName("review-relate-type")
        self._type.setAccessibleName("Type of relation")
        self._words = LineEdit()
        self._words.setObjectName("review-relate-find")
        self._words.setAccessibleName("Find the other mark")
        self._words.setPlaceholderText("Find the other mark… or click it in the text")
        self._list = QListWidget()
        self._list.setObjectName("review-relate-targets")
        self._list.setAccessibleName("Marks of gold that it can lead to")
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setTabKeyNavigation(False)
        self._more = plain("", tone="faint", wrap=True, name="review-relate-more")
        self._asks = plain("", tone="warn", wrap=True, name="review-relate-asks")
        self.fields = ReviewedFields()
        self.fields.setObjectName("review-relate-fields")
        self.fields.refused.connect(self._refuse)
        self._comment = LineEdit()
        self._comment.setObjectName("review-relate-comment")
        self._comment.setAccessibleName("Comment on the relation")
        self._comment.setPlaceholderText("Why")
        done = button("Add to gold", name="review-relate-accept", role="primary", tip="Adds to gold (Ctrl+Return)")
        back = button("Back", name="review-relate-back", tip="Without changes (Esc)")
        done.clicked.connect(self._on_done)
        back.clicked.connect(self._on_back)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        for widget in (
            *(plain("From", role="field"), self._from, plain("Type", role="field"), self._type),
            *(plain("To", role="field"), self._words, self._list, self._more, self._asks),
            *(self.fields, plain("Comment", role="field"), self._comment),
        ):
            box.addWidget(widget)
        box.addSpacing(6)
        box.addWidget(done)
        box.addWidget(back)
        box.addStretch(1)
        for field in (self._type, self._words, self._list, self._comment):
            field.installEventFilter(self)
        self.fields.watch(self)
        self._type.currentIndexChanged.connect(self._on_type)
        self._words.textEdited.connect(self._on_typed)

    def begin(self, source: Annotation, kinds: Sequence[RelationType], find: FindTargets) -> None:
        """Ask for a relation of one of these types that leads from an annotation."""
        self._source, self._kinds, self._find = source, kinds, find
        self._from.setText(self._line(source))
        with QSignalBlocker(self._type):
            self._type.clear()
            for kind in kinds:
                self._type.addItem(kind.title, kind.id)
                self._type.setItemData(self._type.count() - 1, literal(kind.definition), Qt.ItemDataRole.ToolTipRole)
            # The first that can lead anywhere.
            self._type.setCurrentIndex(next((at for at, kind in enumerate(kinds) if find(kind)), 0))
        self._words.clear()
        self._comment.clear()
        self._on_type(0)
        (self._type if len(kinds) > 1 else self._words).setFocus()

    @property
    def kind(self) -> RelationType | None:
        """The type that is chosen."""
        return next((kind for kind in self._kinds if kind.id == self._type.currentData()), None)

    def _on_type(self, _index: int) -> None:
        kind = self.kind
        if kind is not None:
            self._targets = self._find(kind)
            self.fields.show_fields(kind.attributes, {a.id: a.default for a in kind.attributes})
            self._show_targets()

    def _on_typed(self, _words: str) -> None:
        self._show_targets()

    def _show_targets(self, wanted: str = "") -> None:
        """List the targets that have what was typed, those nearest to the source first; `wanted` (uid) in any case."""
        words = " ".join(self._words.text().casefold().split())
        at = self._source.start if self._source is not None else 0
        found = [a for a in self._targets if words in self._line(a).casefold() or a.uid == wanted]
        found.sort(key=lambda a: (a.uid != wanted, abs(a.start - at)))
        self._shown = found[:_MOST]
        self._list.clear()
        for annotation in self._shown:
            item = QListWidgetItem(undirected(self._line(annotation)))
            item.setToolTip(literal(annotation.quote))
            self._list.addItem(item)
        self._list.setCurrentRow(0 if self._shown else -1)
        rows = max(1, min(len(self._shown), _ROWS))
        self._list.setFixedHeight(max(self._list.sizeHintForRow(0), px(18)) * rows + 2 * self._list.frameWidth() + 2)
        hidden = len(found) - len(self._shown)
        none = "No mark of gold fits." if self._targets else "There is no mark of gold that it can lead to."
        self._more.setText(f"and {hidden:,} more" if hidden else "" if found else none)
        self._more.setVisible(bool(self._more.text()))
        self._asks.hide()

    def _line(self, annotation: Annotation) -> str:
        return f"“{quote_words(annotation)}”  {self._scheme.label_title(annotation.layer, annotation.label)}"

    def point_at(self, uid: str) -> bool:
        """Choose a target (uid) that was clicked; return whether the type can lead there."""
        if all(annotation.uid != uid for annotation in self._targets):
            return False
        self._words.clear()
        self._show_targets(uid)
        return True

    def accept(self) -> None:
        """Emit the relation, unless it has no target or a field is no value."""
        kind, at, source = self.kind, self._list.currentRow(), self._source
        if kind is None or source is None or not 0 <= at < len(self._shown):
            self._refuse("Choose the mark that it leads to.")
            self._words.setFocus()
            return
        if self.fields.are_valid():
            fields, comment = self.fields.taken_over({}), self._comment.text().strip()
            made = Relation(uid=new_uid(), source=source.uid, target=self._shown[at].uid, label=kind.id)
            self.accepted.emit(msgspec.structs.replace(made, attributes=fields, comment=comment))

    def _refuse(self, words: str) -> None:
        self._asks.setText(words)
        self._asks.show()

    def _on_done(self, _checked: bool) -> None:
        self.accept()

    def _on_back(self, _checked: bool) -> None:
        self.left.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = event.key()
            if key == Qt.Key.Key_Escape:
                self.left.emit()
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and watched is not self._type:
                self.accept()
                return True
            if watched is self._words and key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                step = 1 if key == Qt.Key.Key_Down else -1
                self._list.setCurrentRow(max(0, min(self._list.currentRow() + step, self._list.count() - 1)))
                return True
        return super().eventFilter(watched, event)


def _nothing(_kind: RelationType) -> Sequence[Annotation]:
    return ()
