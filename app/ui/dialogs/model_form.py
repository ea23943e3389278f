"""The annotation to create at many hits: a form of label, severity, correction and comment."""

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from app.core.annotation import Annotation
from app.core.scheme import SEVERITY, Scheme
from app.services.search.bulk_annotation import Model
from app.ui.widgets.fields import ComboBox, LineEdit
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import plain

_LEAST = 150  # pixels for a field
_LEAST_LETTERS = 14


class ModelForm(QWidget):
    """Initially filled in from an annotation, if given; its evidence can be copied too. Without one, `last` is the
    (layer, label) chosen at first, or the layer whose first label is.
    """

    def __init__(
        self,
        name: str,
        scheme: Scheme,
        annotation: Annotation | None,
        last: tuple[str, str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._scheme = scheme
        self._annotation = annotation
        self.label = ComboBox()
        self.label.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.label.setMinimumContentsLength(_LEAST_LETTERS)
        for layer in scheme.text_layers:
            for label in layer.givable:
                self.label.addItem(f"{layer.title}: {layer.path(label.id)}", (layer.id, label.id))
        self.severity = ComboBox()
        self.severity.addItem("–", None)
        for severity in scheme.severities:
            self.severity.addItem(severity.title, severity.id)
        self.correction = LineEdit()
        self.comment = LineEdit()
        self.evidence = QCheckBox("copy its evidence where the reference is the same")
        row = Flow(gap=6)
        fields = (
            ("label", "Label", self.label),
            ("severity", "Severity", self.severity),
            ("correction", "Correction", self.correction),
            ("comment", "Comment", self.comment),
        )
        for field, title, widget in fields:
            widget.setObjectName(f"{name}-{field}")
            widget.setAccessibleName(title)
            block = QWidget()
            column = QVBoxLayout(block)
            column.setContentsMargins(0, 0, 0, 0)
            column.addWidget(plain(title, role="field"))
            column.addWidget(widget)
            row.add(block, 0 if field == "severity" else 1, least=0 if field == "severity" else _LEAST)
        self.evidence.setObjectName(f"{name}-evidence")
        self.evidence.setAccessibleName("Copy evidence")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addLayout(row)
        box.addWidget(self.evidence)
        self.label.currentIndexChanged.connect(self._on_label)
        self.fill(annotation, last)

    def fill(self, annotation: Annotation | None, last: tuple[str, str]) -> None:
        """Fill in from an annotation; without one choose a label, and leave what is filled in."""
        self._annotation = annotation
        proofs = len(annotation.evidence) if annotation is not None else 0
        self.evidence.setChecked(proofs > 0)
        self.evidence.setVisible(proofs > 0)
        wanted = (annotation.layer, annotation.label) if annotation is not None else last
        known = [self.label.itemData(at) for at in range(self.label.count())]
        rows = [at for at, label in enumerate(known) if label == wanted]
        rows = rows or [at for at, (layer, _) in enumerate(known) if layer == wanted[0]]
        self.label.setCurrentIndex(rows[0] if rows else 0)
        if annotation is not None:
            self.severity.setCurrentIndex(max(0, self.severity.findData(annotation.attributes.get(SEVERITY))))
            self.correction.setText(annotation.correction or "")
            self.comment.setText(annotation.comment)
        self._on_label(0)

    def _on_label(self, _row: int) -> None:
        layer = self._scheme.layer(self.layer_id)
        self.severity.setEnabled(layer is not None and layer.has_severity)
        self.correction.setEnabled(layer is not None and layer.has_correction)

    @property
    def layer_id(self) -> str:
        """The layer id of the chosen label."""
        return self.label.currentData()[0]

    @property
    def label_id(self) -> str:
        """The id of the chosen label."""
        return self.label.currentData()[1]

    @property
    def label_title(self) -> str:
        """The title of the chosen label."""
        found = self._scheme.label(self.layer_id, self.label_id)
        return found.title if found is not None else self.label_id

    def model(self) -> Model:
        """Return what is filled in. The correction “delete this” of the annotation is kept until something is typed
        over it.
        """
        correction: str | None = self.correction.text()
        if not correction and (self._annotation is None or self.correction.isModified()):
            correction = None
        elif self._annotation is not None and not self.correction.isModified():
            correction = self._annotation.correction
        proofs = self._annotation.evidence if self._annotation is not None and self.evidence.isChecked() else ()
        severity = self.severity.currentData() if self.severity.isEnabled() else None
        return Model(self.layer_id, self.label_id, severity, correction, self.comment.text(), proofs)
