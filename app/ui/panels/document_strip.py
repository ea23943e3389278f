"""What is said about the document as a whole, above its text."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from app.core import field_values
from app.core.annotation import Annotation
from app.core.scheme import SEVERITY, Label, Layer, Scheme
from app.core.wording import shorten
from app.ui.editor.highlights import UNFINISHED
from app.ui.theme import px
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import literal, plain, value_button

_LONGEST = 60  # characters of what the fields say; the inspector has all of it


class DocumentStrip(QWidget):
    """A row for each layer about the document: its labels as buttons, and what its fields say."""

    label_chosen = Signal(object)  # (layer, label) that the document is to have, or whose fields are to be filled in

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("document-strip")
        self.setAccessibleName("About the document")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._flow = Flow(self, gap=18)
        self._flow.setContentsMargins(px(14), px(4), px(14), px(6))
        self._rows: list[_LayerRow] = []
        self.hide()

    def show_scheme(self, scheme: Scheme) -> None:
        """Show the layers of a scheme; without any the strip is hidden."""
        for row in self._rows:
            row.hide()
            row.deleteLater()
        while self._flow.takeAt(0) is not None:
            pass
        self._rows = [_LayerRow(layer, scheme) for layer in scheme.document_layers]
        for row in self._rows:
            row.label_chosen.connect(self.label_chosen)
            self._flow.add(row)
        self.setVisible(bool(self._rows))

    def show_annotations(self, annotations: Mapping[str, Annotation], open_rules: Mapping[str, Sequence[str]]) -> None:
        """Show the annotations about the document by layer, and the messages of unmet rules by layer."""
        for row in self._rows:
            row.show_annotation(annotations.get(row.layer.id), open_rules.get(row.layer.id, ()))

    def show_chosen(self, layer: str) -> None:
        """Show which layer's annotation is chosen; none for ""."""
        for row in self._rows:
            row.show_chosen(on=row.layer.id == layer)


class _LayerRow(QWidget):
    label_chosen = Signal(object)

    def __init__(self, layer: Layer, scheme: Scheme) -> None:
        super().__init__()
        self.setObjectName(f"document-{layer.id}")
        self.setAccessibleName(layer.title)
        self.layer = layer
        self._scheme = scheme
        self._caption = plain(layer.title, role="field", name=f"document-{layer.id}-title")
        self._caption.setToolTip(literal(layer.definition))
        self._said = plain("", tone="soft", name=f"document-{layer.id}-said")
        self._buttons: dict[str, QPushButton] = {}
        line = Flow(self, gap=4)
        line.add(self._caption)
        self._is_alone = len(layer.labels) == 1
        for label in layer.labels:
            if not label.group:
                self._buttons[label.id] = made = self._button(label)
                line.add(made)
        line.add(self._said)

    def _button(self, label: Label) -> QPushButton:
        text = "fill in" if self._is_alone and label.id == self.layer.id else label.title
        shown = f"{text}  {label.key}" if label.key else text
        made = value_button(label.id, shown, name=f"document-{self.layer.id}-{label.id}", role="chip")
        made.setCheckable(True)
        made.setAccessibleName(f"{self.layer.title}: {label.title}")
        first = f"{self.layer.key}, then " if self.layer.key else ""
        key = f"  ({first}{label.key.upper()})" if label.key else ""
        made.setToolTip(literal(f"{label.title}{key}\n{label.definition}".rstrip()))
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.picked.connect(self._on_picked)
        return made

    def show_annotation(self, annotation: Annotation | None, open_rules: Sequence[str]) -> None:
        """Show what is said, and that rules are unmet."""
        for id, made in self._buttons.items():
            made.setChecked(annotation is not None and annotation.label == id)
            made.setAccessibleDescription(" ".join(open_rules))  # what the sign at the title tells those who see it
        words = self._words(annotation) if annotation is not None else ""
        if annotation is not None and annotation.label not in self._buttons:
            words = " · ".join(filter(None, (self._scheme.label_title(self.layer.id, annotation.label), words)))
        self._said.setText(shorten(words, _LONGEST))
        self._said.setToolTip(literal(words))
        self._said.setVisible(bool(words))
        sign = f" {UNFINISHED}" if open_rules else ""
        self._caption.setText(f"{self.layer.title}{sign}")
        self._caption.setToolTip(literal("\n".join((*open_rules, self.layer.definition)).strip()))

    def _words(self, annotation: Annotation) -> str:
        severity = self._scheme.severity(annotation.attributes.get(SEVERITY))
        parts = [severity.title] if severity else []
        for attribute in self.layer.attributes_of(annotation.label):
            value = annotation.attributes.get(attribute.id)
            if not field_values.is_empty(value):
                parts.append(f"{attribute.title.lower()} {field_values.shown(attribute, value)}")
        if annotation.comment:
            parts.append(f"“{' '.join(annotation.comment.split())}”")
        return " · ".join(parts)

    def show_chosen(self, *, on: bool) -> None:
        """Show whether the annotation is the chosen one."""
        font = self._caption.font()
        if font.underline() is not on:
            font.setUnderline(on)
            self._caption.setFont(font)

    def _on_picked(self, label: str) -> None:
        self.label_chosen.emit((self.layer.id, label))
