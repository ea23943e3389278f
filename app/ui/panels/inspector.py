"""The form of the chosen mark: label, severity, correction, comment, the layer's own fields, evidence, open rules."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.core.annotation import Annotation, Evidence
from app.core.scheme import SEVERITY, Attribute, Kind, Layer, Scheme
from app.core.validation import problems_of
from app.ui.labels import button, plain
from app.ui.panels.evidence_card import EvidenceCard
from app.ui.theme import TEXT_FONT

DocumentInfo = Callable[[Evidence], tuple[str, bool]]  # title, and whether the quote is gone


class FieldChange:
    """A field that the person changed; `value` None takes it away."""

    __slots__ = ("field", "value")

    def __init__(self, field: str, value: object) -> None:
        self.field = field
        self.value = value


class Inspector(QScrollArea):
    """Shows one annotation and says what the person changed; it changes nothing itself."""

    changed = Signal(object)  # FieldChange
    evidence_jump = Signal(object)
    evidence_remove = Signal(object)
    stance_chosen = Signal(object)
    find_requested = Signal()
    left = Signal()  # Enter or Escape in a field: back to the text

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector-scroll")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._annotation: Annotation | None = None
        self._scheme: Scheme | None = None
        self._fields: dict[str, QWidget] = {}
        self._built_for: tuple[str, str, str] = ("", "", "")
        self._body = QWidget()
        self.correction: QLineEdit | None = None
        self.comment: QPlainTextEdit | None = None
        self._evidence_box: QVBoxLayout | None = None
        self._problem_box: QVBoxLayout | None = None
        self.show_annotation(None, None, _no_document)

    # -- building ------------------------------------------------------------------------------------------------------

    def show_annotation(self, annotation: Annotation | None, scheme: Scheme | None, info: DocumentInfo) -> None:
        """Show an annotation, or what to do when there is none. A field that is being typed in keeps its text."""
        self._annotation, self._scheme = annotation, scheme
        layer = scheme.layer(annotation.layer) if annotation and scheme else None
        form = (annotation.layer, annotation.label, scheme.tag) if annotation and scheme else ("", "", "")
        if form != self._built_for or self._body.layout() is None:
            self._build(annotation, layer)
            self._built_for = form
        if annotation is not None and scheme is not None:
            self._fill(annotation, layer, scheme, info)

    def _build(self, annotation: Annotation | None, layer: Layer | None) -> None:
        body = QWidget()
        body.setObjectName("inspector-body")
        box = QVBoxLayout(body)
        box.setContentsMargins(14, 12, 14, 8)
        box.setSpacing(4)
        self._fields = {}
        self.correction = self.comment = None
        box.addWidget(plain("SELECTED MARK", role="caption"))
        if annotation is None:
            text = (
                "Nothing is chosen. Click a mark, or step through them with Tab. To make one, select words and press "
                "a label’s key."
            )
            box.addWidget(plain(text, tone="faint", wrap=True, name="inspector-empty"))
        else:
            self._build_form(box, annotation, layer)
        box.addStretch(1)
        old = self.takeWidget()
        self.setWidget(body)
        self._body = body
        if old is not None:
            old.deleteLater()

    def _build_form(self, box: QVBoxLayout, annotation: Annotation, layer: Layer | None) -> None:
        quote = plain("", name="inspector-quote", wrap=True)
        quote.setStyleSheet(f'font-family: "{TEXT_FONT}"; font-size: 17px;')
        self._fields["quote"] = quote
        box.addWidget(quote)
        label = self._combo("label", "Label")
        if layer is not None:
            for item in layer.labels:
                label.addItem(f"{item.title}   {item.key}" if item.key else item.title, item.id)
        self._add(box, "Label", label)
        if layer is None:
            return
        if layer.has_severity:
            self._add(box, "Severity", self._severity_row())
        if layer.has_correction:
            self.correction = QLineEdit()
            self.correction.setObjectName("field-correction")
            self.correction.setAccessibleName("Correction")
            self.correction.setPlaceholderText("What it should say (Enter)")
            self.correction.editingFinished.connect(self._on_correction_finished)
            self.correction.installEventFilter(self)
            row = QWidget()
            line = QHBoxLayout(row)
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(4)
            line.addWidget(self.correction, 1)
            clear = button("delete it", name="field-correction-delete", role="link", tip="The marked text is to go")
            clear.clicked.connect(self._on_delete_correction)
            line.addWidget(clear)
            self._add(box, "Correction", row)
        self.comment = QPlainTextEdit()
        self.comment.setObjectName("field-comment")
        self.comment.setAccessibleName("Comment")
        self.comment.setPlaceholderText("Why, in a line… (Alt+C)")
        self.comment.setTabChangesFocus(True)
        self.comment.setFixedHeight(50)
        self.comment.installEventFilter(self)
        self._add(box, "Comment", self.comment)
        if layer.has_evidence:
            self._add_evidence_area(box)
        area = QWidget()
        self._problem_box = QVBoxLayout(area)
        self._problem_box.setContentsMargins(0, 6, 0, 0)
        box.addWidget(area)
        for attribute in layer.attributes_of(annotation.label):
            self._add_attribute(box, attribute)

    def _add(self, box: QVBoxLayout, title: str, widget: QWidget) -> None:
        box.addSpacing(4)
        caption = plain(title, role="field")
        caption.setBuddy(widget)
        box.addWidget(caption)
        box.addWidget(widget)

    def _combo(self, field: str, title: str) -> QComboBox:
        combo = QComboBox()
        combo.setObjectName(f"field-{field}")
        combo.setAccessibleName(title)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMinimumContentsLength(12)
        combo.activated.connect(self._on_combo_activated)
        combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        combo.installEventFilter(self)
        self._fields[field] = combo
        return combo

    def _severity_row(self) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(1, 0, 0, 0)
        line.setSpacing(0)
        group = QButtonGroup(row)
        group.setExclusive(False)
        for number, severity in enumerate(self._scheme.severities if self._scheme else ()):
            made = button(severity.title, name=f"severity-{severity.id}", role="segment")
            made.setToolTip(f"{severity.title}  (Alt+{number})\n{severity.definition}")
            made.setCheckable(True)
            made.setProperty("severity", severity.id)
            made.clicked.connect(self._on_severity_clicked)
            made.installEventFilter(self)
            group.addButton(made)
            line.addWidget(made, 1)
        self._fields[SEVERITY] = row
        return row

    def _add_attribute(self, box: QVBoxLayout, attribute: Attribute) -> None:
        if attribute.kind is Kind.CHOICE:
            combo = self._combo(attribute.id, attribute.title)
            combo.addItem("–", None)
            for at, value in enumerate(attribute.values, 1):
                combo.addItem(value.title, value.id)
                combo.setItemData(at, value.definition, Qt.ItemDataRole.ToolTipRole)
            self._add(box, attribute.title, combo)
        elif attribute.kind is Kind.FLAG:
            check = QCheckBox(attribute.title)
            check.setObjectName(f"field-{attribute.id}")
            check.clicked.connect(self._on_flag_clicked)
            check.installEventFilter(self)
            self._fields[attribute.id] = check
            box.addWidget(check)
        else:
            line = QLineEdit()
            line.setObjectName(f"field-{attribute.id}")
            line.setAccessibleName(attribute.title)
            line.editingFinished.connect(self._on_text_finished)
            line.installEventFilter(self)
            self._fields[attribute.id] = line
            self._add(box, attribute.title, line)

    def _add_evidence_area(self, box: QVBoxLayout) -> None:
        head = QWidget()
        line = QHBoxLayout(head)
        line.setContentsMargins(0, 6, 0, 0)
        line.addWidget(plain("Evidence", role="field"))
        line.addStretch(1)
        find = button("find in reference", name="evidence-find", role="link", tip="Ctrl+Shift+F")
        find.clicked.connect(self._on_find_clicked)
        line.addWidget(find)
        box.addWidget(head)
        area = QWidget()
        self._evidence_box = QVBoxLayout(area)
        self._evidence_box.setContentsMargins(0, 0, 0, 0)
        self._evidence_box.setSpacing(6)
        box.addWidget(area)

    # -- filling -------------------------------------------------------------------------------------------------------

    def _fill(self, annotation: Annotation, layer: Layer | None, scheme: Scheme, info: DocumentInfo) -> None:
        quote = self._fields["quote"]
        text = " ".join(annotation.quote.split())
        shown = f"“{text[:200]}{'…' if len(text) > 200 else ''}”" if text else "Something is missing here"
        quote.setText(shown)  # pyright: ignore[reportAttributeAccessIssue]  a label made above
        label = self._fields["label"]
        if isinstance(label, QComboBox):
            label.setCurrentIndex(label.findData(annotation.label))
            kind = scheme.label(annotation.layer, annotation.label)
            label.setToolTip(kind.definition if kind else "This label isn't in the scheme")
        if layer is None:
            return
        self._fill_fields(annotation, layer)
        if layer.has_evidence and self._evidence_box is not None:
            _empty(self._evidence_box)
            for evidence in annotation.evidence:
                title, stale = info(evidence)
                card = EvidenceCard(evidence, title, stale=stale)
                card.jump_requested.connect(self.evidence_jump)
                card.remove_requested.connect(self.evidence_remove)
                card.stance_chosen.connect(self.stance_chosen)
                self._evidence_box.addWidget(card)
            if not annotation.evidence:
                hint = "None yet. Select words in the reference and press K."
                self._evidence_box.addWidget(plain(hint, tone="faint", wrap=True))
        if self._problem_box is not None:
            _empty(self._problem_box)
            for problem in problems_of(annotation, scheme=scheme):
                self._problem_box.addWidget(_problem_card(problem.message))

    def _fill_fields(self, annotation: Annotation, layer: Layer) -> None:
        row = self._fields.get(SEVERITY)
        for made in row.findChildren(QWidget) if row is not None else ():
            if made.property("severity"):
                made.setChecked(made.property("severity") == annotation.attributes.get(SEVERITY))  # pyright: ignore[reportAttributeAccessIssue]
        if self.correction is not None and not self._is_typing(self.correction, annotation):
            self.correction.setText(annotation.correction or "")
            deletes = annotation.correction == ""
            hint = "Nothing: the marked text is to go" if deletes else "What it should say (Enter)"
            self.correction.setPlaceholderText(hint)
        if self.comment is not None and not self._is_typing(self.comment, annotation):
            self.comment.setPlainText(annotation.comment)
        for attribute in layer.attributes_of(annotation.label):
            widget, value = self._fields.get(attribute.id), annotation.attributes.get(attribute.id)
            if isinstance(widget, QComboBox):
                at = widget.findData(value)
                widget.setCurrentIndex(at if at >= 0 else 0)
            elif isinstance(widget, QCheckBox):
                widget.setChecked(bool(value))
            elif isinstance(widget, QLineEdit) and not self._is_typing(widget, annotation):
                widget.setText(str(value or ""))

    def _is_typing(self, widget: QWidget, annotation: Annotation) -> bool:
        same = widget.property("owner") == annotation.uid
        widget.setProperty("owner", annotation.uid)
        return same and widget.hasFocus()

    # -- what the person does ------------------------------------------------------------------------------------------

    def focus_field(self, field: str) -> None:
        """Put the caret into a field: correction, comment, label or an attribute."""
        special: dict[str, QWidget | None] = {"correction": self.correction, "comment": self.comment}
        widget = special.get(field) or self._fields.get(field)
        if widget is None:
            return
        widget.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.ensureWidgetVisible(widget)
        if isinstance(widget, QLineEdit):
            widget.selectAll()

    def commit(self) -> None:
        """Hand over what is typed but not yet said; called before anything else happens."""
        if self._annotation is None:
            return
        if self.correction is not None and self.correction.hasFocus():
            self._on_correction_finished()
        if self.comment is not None and self.comment.hasFocus():
            self._commit_comment()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._on_key(watched, event)
        if event.type() == QEvent.Type.FocusOut and watched is self.comment:
            self._commit_comment()
        return super().eventFilter(watched, event)

    def _on_key(self, watched: QObject, event: QKeyEvent) -> bool:
        plain_keys = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        enters = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain_keys
        if event.key() == Qt.Key.Key_Escape or (enters and isinstance(watched, QLineEdit | QPlainTextEdit)):
            if event.key() == Qt.Key.Key_Escape and self._annotation is not None:
                self._restore(watched)
            self.commit()
            self.left.emit()
            return True
        return False

    def _restore(self, watched: QObject) -> None:
        """Put back what the field held: Escape takes no change along."""
        annotation = self._annotation
        if annotation is None:
            return
        if watched is self.correction and self.correction is not None:
            self.correction.setText(annotation.correction or "")
        elif watched is self.comment and self.comment is not None:
            self.comment.setPlainText(annotation.comment)

    def _on_correction_finished(self) -> None:
        annotation = self._annotation
        if annotation is None or self.correction is None:
            return
        text = self.correction.text()
        value = text if text else ("" if annotation.correction == "" else None)
        if value != annotation.correction:
            self.changed.emit(FieldChange("correction", value))

    def _on_delete_correction(self, _checked: bool) -> None:
        if self.correction is not None:
            self.correction.clear()
        self.changed.emit(FieldChange("correction", ""))

    def _commit_comment(self) -> None:
        if self._annotation is not None and self.comment is not None:
            text = self.comment.toPlainText()
            if text != self._annotation.comment:
                self.changed.emit(FieldChange("comment", text))

    def _on_severity_clicked(self, checked: bool) -> None:
        sender = self.sender()
        if sender is not None:
            self.changed.emit(FieldChange(SEVERITY, sender.property("severity") if checked else None))

    def _on_combo_activated(self, _index: int) -> None:
        combo = self.sender()
        if isinstance(combo, QComboBox):
            self.changed.emit(FieldChange(combo.objectName().removeprefix("field-"), combo.currentData()))

    def _on_flag_clicked(self, checked: bool) -> None:
        sender = self.sender()
        if sender is not None:
            self.changed.emit(FieldChange(sender.objectName().removeprefix("field-"), checked or None))

    def _on_text_finished(self) -> None:
        line = self.sender()
        if isinstance(line, QLineEdit) and self._annotation is not None:
            field = line.objectName().removeprefix("field-")
            if line.text() != str(self._annotation.attributes.get(field) or ""):
                self.changed.emit(FieldChange(field, line.text() or None))

    def _on_find_clicked(self, _checked: bool) -> None:
        self.find_requested.emit()


def _problem_card(message: str) -> QFrame:
    card = QFrame()
    card.setObjectName("problem-card")
    box = QVBoxLayout(card)
    box.setContentsMargins(9, 5, 9, 5)
    box.addWidget(plain(message, wrap=True, name="problem-message"))
    return card


def _empty(box: QVBoxLayout) -> None:
    while (item := box.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


def _no_document(_evidence: Evidence) -> tuple[str, bool]:
    return ("", False)
