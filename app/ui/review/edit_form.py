"""The form for freely editing an annotation before it is added to gold."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QVBoxLayout, QWidget

from app.core.annotation import Annotation, Evidence
from app.core.scheme import SEVERITY, Layer, Scheme
from app.core.wording import shorten
from app.ui.guard import guarded
from app.ui.widgets.fields import ComboBox, LineEdit
from app.ui.widgets.labels import button, literal, plain
from app.ui.widgets.severity_row import SeverityRow


class Draft(NamedTuple):
    """An annotation being edited, and the evidence offered by all versions."""

    annotation: Annotation
    offered: Sequence[Evidence]


@guarded
class EditForm(QWidget):
    """Label, severity, correction, comment, range and evidence of one draft."""

    accepted = Signal(object)  # Annotation
    left = Signal()
    range_wanted = Signal()  # use the text selection as the range
    evidence_wanted = Signal()  # use the reference selection as evidence

    def __init__(self, scheme: Scheme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("review-edit")
        self._scheme = scheme
        self._draft: Annotation | None = None
        self._is_asking = False
        self._evidence: list[tuple[QCheckBox, Evidence]] = []
        self._quote = plain("", wrap=True, name="review-edit-quote")
        self._label = ComboBox()
        self._label.setObjectName("review-edit-label")
        self._label.setAccessibleName("Label")
        self._label.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._severity = SeverityRow(scheme.severities)
        self._severity.chosen.connect(self._on_severity)
        self._correction = _line("review-edit-correction", "Correction", "What it should say")
        self._comment = _line("review-edit-comment", "Comment", "Why")
        self._no_correction = QCheckBox("no correction")
        self._no_correction.setObjectName("review-edit-no-correction")
        self._correction.textEdited.connect(self._on_correction_typed)
        self._no_correction.clicked.connect(self._on_no_correction)
        self._asks = plain("", tone="warn", wrap=True, name="review-edit-asks")
        self._asks.hide()
        self._proofs = QVBoxLayout()
        self._fields = QVBoxLayout(self)
        self._fields.setContentsMargins(0, 0, 0, 0)
        self._fields.setSpacing(4)
        take = button("Use the selection", name="review-edit-range", role="link", tip="The selected text (Alt+M)")
        take.clicked.connect(self._on_range)
        link = button("Add the selection in the reference", name="review-edit-link", role="link", tip="As evidence (K)")
        link.clicked.connect(self._on_link)
        self._severity_caption = plain("Severity", role="field")
        for widget in (
            *(plain("Range", role="field"), self._quote, take, plain("Label", role="field"), self._label),
            *(self._severity_caption, self._severity, plain("Correction", role="field"), self._asks),
            *(
                self._correction,
                self._no_correction,
                plain("Comment", role="field"),
                self._comment,
                plain("Evidence", role="field"),
            ),
        ):
            self._fields.addWidget(widget)
        self._fields.addLayout(self._proofs)
        self._fields.addWidget(link)
        done = button("Accept my version", name="review-edit-accept", role="primary", tip="Adds to gold (Ctrl+Return)")
        back = button("Back", name="review-edit-back", tip="Without changes (Esc)")
        done.clicked.connect(self._on_done)
        back.clicked.connect(self._on_back)
        self._fields.addSpacing(6)
        self._fields.addWidget(done)
        self._fields.addWidget(back)
        self._fields.addStretch(1)
        for field in (self._label, self._correction, self._comment):
            field.installEventFilter(self)

    def begin(self, draft: Draft, *, layers: Sequence[Layer]) -> None:
        """Fill the form; the label may be from any of the layers."""
        self._label.clear()
        for layer in layers:
            for label in layer.labels:
                title = f"{layer.title}: {label.title}" if len(layers) > 1 else label.title
                self._label.addItem(title, f"{layer.id}\n{label.id}")
                tip = literal(label.definition)
                self._label.setItemData(self._label.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        at = self._label.findData(f"{draft.annotation.layer}\n{draft.annotation.label}")
        self._label.setCurrentIndex(max(0, at))
        self._show_draft(draft.annotation)
        self._correction.setText(draft.annotation.correction or "")
        self._no_correction.setChecked(draft.annotation.correction is None)
        self._set_asking(is_asking=False)
        self._comment.setText(draft.annotation.comment)
        while (item := self._proofs.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self._evidence = []
        taken = {(e.document, e.fragments) for e in draft.annotation.evidence}
        places = {(e.document, e.fragments): e for e in (*draft.annotation.evidence, *draft.offered)}
        for place, evidence in places.items():
            self._offer(evidence, checked=place in taken)
        self._correction.setFocus()

    def _show_draft(self, annotation: Annotation) -> None:
        self._draft = annotation
        self._quote.setText(f"“{' '.join(annotation.quote.split())}”" if annotation.quote else "(nothing marked)")
        layer = self._scheme.layer(annotation.layer)
        has = bool(layer and layer.has_severity)
        self._severity.setVisible(has)
        self._severity_caption.setVisible(has)
        self._severity.show_severity(annotation.attributes.get(SEVERITY))

    def _offer(self, evidence: Evidence, *, checked: bool) -> None:
        quote = " ".join(evidence.quote.split())
        box = QCheckBox(f"“{shorten(quote, 60)}”".replace("&", "&&"))
        box.setObjectName("review-edit-evidence")
        box.setToolTip(literal(quote))
        box.setChecked(checked)
        self._proofs.addWidget(box)
        self._evidence.append((box, evidence))

    def set_range(self, annotation: Annotation) -> None:
        """Use the fragments, the quote and the correction of another annotation."""
        if self._draft is not None:
            self._show_draft(
                msgspec.structs.replace(self._draft, fragments=annotation.fragments, quote=annotation.quote)
            )
            if not self._is_asking:
                self._correction.setText(annotation.correction or "")
                self._no_correction.setChecked(annotation.correction is None)

    def ask_for_correction(self) -> None:
        """Empty the correction and ask for another, since it doesn't fit the range."""
        self._correction.clear()
        self._no_correction.setChecked(False)
        self._set_asking(is_asking=True)
        self._correction.setFocus()

    def _set_asking(self, *, is_asking: bool) -> None:
        self._is_asking = is_asking
        quote = shorten(self._draft.quote, 60) if self._draft is not None else ""
        self._asks.setText(f"What should “{quote}” say? The correction was made for other words.")
        self._asks.setVisible(is_asking)

    def edited(self) -> Annotation | None:
        """Return the annotation as edited so far, None before the first."""
        if self._draft is None:
            return None
        layer, _, label = str(self._label.currentData() or f"{self._draft.layer}\n{self._draft.label}").partition("\n")
        is_given = not (self._no_correction.isChecked() or self._is_asking)
        return msgspec.structs.replace(
            self._draft,
            layer=layer,
            label=label,
            correction=self._correction.text() if is_given else None,
            comment=self._comment.text(),
            evidence=tuple(evidence for box, evidence in self._evidence if box.isChecked()),
        )

    def add_evidence(self, evidence: Evidence) -> None:
        """Add a checked piece of evidence."""
        self._offer(evidence, checked=True)

    def _on_severity(self, value: object) -> None:
        if self._draft is not None:
            attributes = {**self._draft.attributes, SEVERITY: value}
            self._show_draft(msgspec.structs.replace(self._draft, attributes=attributes))

    def _on_correction_typed(self, _text: str) -> None:
        self._no_correction.setChecked(False)
        self._set_asking(is_asking=False)

    def _on_no_correction(self, _checked: bool) -> None:
        self._set_asking(is_asking=False)

    def _on_range(self, _checked: bool) -> None:
        self.range_wanted.emit()

    def _on_link(self, _checked: bool) -> None:
        self.evidence_wanted.emit()

    def _on_back(self, _checked: bool) -> None:
        self.left.emit()

    def _on_done(self, _checked: bool) -> None:
        self.accept()

    def accept(self) -> None:
        """Emit the annotation as edited, unless a correction is still asked for."""
        if self._is_asking:
            self._correction.setFocus()
            return
        made = self.edited()
        if made is not None:
            self.accepted.emit(made)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.left.emit()
                return True
            if event.key() == Qt.Key.Key_M and event.modifiers() == Qt.KeyboardModifier.AltModifier:
                self.range_wanted.emit()  # a line would take it for a letter
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and watched is not self._label:
                self.accept()
                return True
        return super().eventFilter(watched, event)


def _line(name: str, title: str, hint: str) -> QLineEdit:
    field = LineEdit()
    field.setObjectName(name)
    field.setAccessibleName(title)
    field.setPlaceholderText(hint)
    return field
