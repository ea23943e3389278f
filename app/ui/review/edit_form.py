"""The form for freely editing an annotation before it is added to gold."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QVBoxLayout, QWidget

from app.core.annotation import Annotation, Evidence
from app.core.annotation_edits import numbered
from app.core.scheme import SEVERITY, Layer, Scheme
from app.core.wording import shorten
from app.ui.guard import guarded
from app.ui.review.proof_row import ProofRow
from app.ui.review.reviewed_fields import ReviewedFields
from app.ui.widgets.fields import ComboBox, LineEdit
from app.ui.widgets.labels import button, literal, plain
from app.ui.widgets.severity_row import SeverityRow
from app.ui.widgets.value_fields import FindEntries


class Draft(NamedTuple):
    """An annotation being edited, and the evidence offered by all versions."""

    annotation: Annotation
    offered: Sequence[Evidence]


@guarded
class EditForm(QWidget):
    """Label, severity, correction, fields, comment, range and evidence of one draft; of one about the document as a
    whole no range and no correction.
    """

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
        self._evidence: list[ProofRow] = []
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
        self._attributes = ReviewedFields()
        self._attributes.refused.connect(self._refuse)
        asked, proved = plain("Correction", role="field"), plain("Evidence", role="field")
        self._of_text = (plain("Range", role="field"), take)
        self._of_correction = (asked, self._correction, self._no_correction)
        self._of_evidence = (proved, link)
        for widget in (
            *(self._of_text[0], self._quote, take, plain("Label", role="field"), self._label),
            *(self._severity_caption, self._severity, asked, self._asks, self._correction, self._no_correction),
            *(self._attributes, plain("Comment", role="field"), self._comment, proved),
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
        self._attributes.watch(self)
        self._label.currentIndexChanged.connect(self._on_label)

    def set_entries(self, find: FindEntries) -> None:
        """Search lists of entities with this."""
        self._attributes.search = find

    def begin(self, draft: Draft, *, layers: Sequence[Layer]) -> None:
        """Fill the form; the label may be from any of the layers."""
        with QSignalBlocker(self._label):
            self._label.clear()
            for layer in layers:
                for label in layer.givable:
                    path = layer.path(label.id)
                    self._label.addItem(
                        f"{layer.title}: {path}" if len(layers) > 1 else path, f"{layer.id}\n{label.id}"
                    )
                    tip = literal(label.definition)
                    self._label.setItemData(self._label.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        at = self._label.findData(f"{draft.annotation.layer}\n{draft.annotation.label}")
        with QSignalBlocker(self._label):
            self._label.setCurrentIndex(max(0, at))
        self._show_draft(draft.annotation)
        self._show_fields(draft.annotation.attributes)
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
        for evidence in draft.annotation.evidence:
            self._offer(evidence, checked=True)
        offered = {(e.document, e.fragments): e for e in draft.offered if (e.document, e.fragments) not in taken}
        for evidence in offered.values():
            self._offer(evidence, checked=False)
        (self._correction if self._correction.isVisibleTo(self) else self._label).setFocus()

    def _chosen_label(self) -> tuple[str, str]:
        draft = self._draft
        fallback = f"{draft.layer}\n{draft.label}" if draft is not None else "\n"
        layer, _, label = str(self._label.currentData() or fallback).partition("\n")
        return layer, label

    def _show_fields(self, values: Mapping[str, object]) -> None:
        """Show what annotations with the chosen label have."""
        id, label = self._chosen_label()
        layer = self._scheme.layer(id)
        is_text = layer is None or not layer.is_about_document
        for widget in (*self._of_text, self._quote):
            widget.setVisible(is_text)
        given = self._draft.correction is not None if self._draft is not None else False
        for widget in self._of_correction:
            widget.setVisible(given or layer is None or (is_text and layer.has_correction))
        for widget in self._of_evidence:
            widget.setVisible(layer is None or layer.has_evidence)
        self._attributes.show_fields(layer.attributes_of(label) if layer is not None else (), values)

    def _on_label(self, _index: int) -> None:
        if self._draft is not None:
            self._show_fields({**self._draft.attributes, **self._attributes.given()})

    def _refuse(self, words: str) -> None:
        self._asks.setText(words)
        self._asks.show()

    def _show_draft(self, annotation: Annotation) -> None:
        self._draft = annotation
        self._quote.setText(f"“{' '.join(annotation.quote.split())}”" if annotation.quote else "(nothing marked)")
        layer = self._scheme.layer(annotation.layer)
        has = bool(layer and layer.has_severity)
        self._severity.setVisible(has)
        self._severity_caption.setVisible(has)
        self._severity.show_severity(annotation.attributes.get(SEVERITY))

    def _offer(self, evidence: Evidence, *, checked: bool) -> None:
        row = ProofRow(evidence, is_taken=checked, sets=1)
        row.box.installEventFilter(self)
        self._proofs.addWidget(row)
        self._evidence.append(row)
        # One more set than there could be pieces in sets of their own is of no use.
        most = max(len(self._evidence), *(each.number for each in self._evidence))
        for each in self._evidence:
            each.offer_sets(most)

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
        layer, label = self._chosen_label()
        is_given = not (self._no_correction.isChecked() or self._is_asking)
        return msgspec.structs.replace(
            self._draft,
            layer=layer,
            label=label,
            attributes=self._fitting(self._attributes.taken_over(self._draft.attributes)),
            correction=self._correction.text() if is_given else None,
            comment=self._comment.text(),
            evidence=numbered(filter(None, (row.taken() for row in self._evidence))),
        )

    def _fitting(self, attributes: Mapping[str, object]) -> dict[str, object]:
        """Return attributes without those that the chosen label doesn't have; none of another layer are left."""
        id, label = self._chosen_label()
        layer = self._scheme.layer(id)
        if layer is not None and self._draft is not None and layer.id != self._draft.layer:
            known = {item.id for item in layer.attributes_of(label)} | ({SEVERITY} if layer.has_severity else set())
            return {field: value for field, value in attributes.items() if field in known}
        other = (
            {item.id for item in layer.attributes if not item.applies_to(label)} if layer is not None else set[str]()
        )
        return {field: value for field, value in attributes.items() if field not in other}

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
        made = self.edited() if self._attributes.are_valid() else None
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
