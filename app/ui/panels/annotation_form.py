"""The fields of one annotation, as the scheme has them for its layer and label."""

from typing import Protocol
from weakref import ref

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.core.annotation import Annotation
from app.core.proposal import is_proposal, note_of, proposal_title
from app.core.scheme import SEVERITY, Attribute, Layer, Scheme
from app.core.wording import shorten
from app.ui.guard import guarded
from app.ui.theme import px
from app.ui.widgets.fields import LineEdit, TextEdit
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import button, literal, plain
from app.ui.widgets.severity_row import SeverityRow
from app.ui.widgets.value_fields import (
    ChoiceField,
    FindEntries,
    FlagField,
    LineField,
    ValueField,
    no_entries,
    value_field,
)

_LONGEST = 200  # characters of the quote
_DELETES = "Delete the marked text"
_ASKS = "What it should say (Enter)"


class FieldHandler(Protocol):
    """Writes what is said in a form. The form doesn't keep it alive."""

    def change_field(self, field: str, value: object) -> bool:
        """Give a field another value, None to remove it; return whether that was written."""
        ...


@guarded
class AnnotationForm(QWidget):
    """One for each layer and label; filled again whenever the annotation changes. Changes go to a handler."""

    left = Signal()  # Enter or Escape in a field: back to the text
    refused = Signal(object)  # why what was typed can't be the value of its field, in words

    def __init__(
        self,
        layer: Layer | None,
        label: str,
        scheme: Scheme,
        handler: FieldHandler,
        find: FindEntries = no_entries,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._handler = ref(handler)
        self._find = find
        self._layer = layer
        self._annotation: Annotation | None = None
        self._fields: dict[str, QWidget] = {}
        self.correction: QLineEdit | None = None
        self.comment: QPlainTextEdit | None = None
        self.quote = plain("", name="inspector-quote", wrap=True)
        self.proof = QVBoxLayout()
        self.problems = QVBoxLayout()
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(4)
        self._box.addWidget(self.quote)
        self._add_label(layer, scheme)
        self._has_unknown = False  # whether the first of the labels is one that the scheme doesn't have
        self._filled: dict[str, str] = {}
        self._unsaved: dict[tuple[str, str], str] = {}  # typed but couldn't be written, by annotation and field
        if layer is not None:
            self._add_fields(layer, label, scheme)
        else:
            self._add_places()

    def _add_label(self, layer: Layer | None, scheme: Scheme) -> None:
        combo = self._combo("label", "Label")
        # An annotation whose layer the scheme doesn't have any more can go to any other.
        for home in (layer,) if layer else scheme.layers:
            for item in home.givable:
                path = home.path(item.id)
                title = f"{path}   {item.key}" if item.key else path
                wanted = item.id if layer else f"{home.id}.{item.id}"
                combo.addItem(title if layer else f"{home.title}: {path}", wanted)
                combo.setItemData(combo.count() - 1, literal(item.definition), Qt.ItemDataRole.ToolTipRole)
        self._add("Label", combo)

    def _show_label(self, combo: QComboBox, annotation: Annotation, scheme: Scheme) -> None:
        """Show the label, also one that the scheme doesn't have: then the others can be chosen beside it."""
        kind = scheme.label(annotation.layer, annotation.label)
        if self._has_unknown:
            combo.removeItem(0)
        self._has_unknown = kind is None
        if kind is None:
            why = "proposed" if is_proposal(annotation.label) else "not in the scheme"
            combo.insertItem(0, f"{proposal_title(annotation.label)}   ({why})", annotation.label)
        combo.setCurrentIndex(combo.findData(annotation.label))
        unknown = note_of(annotation.attributes).definition or f"“{annotation.label}” isn’t in {scheme.tag}."
        combo.setToolTip(literal(kind.definition if kind else unknown))

    def _add_fields(self, layer: Layer, label: str, scheme: Scheme) -> None:
        if layer.has_severity:
            row = SeverityRow(scheme.severities)
            row.chosen.connect(self._on_severity_chosen)
            self._fields[SEVERITY] = row
            self._add("Severity", row)
        if layer.has_correction:
            self._add("Correction", self._correction_row())
        self._add("Comment", self._comment_field())
        self._add_places()
        for attribute in layer.attributes_of(label):
            self._add_attribute(attribute)

    def _add_places(self) -> None:
        """Make room for evidence and for what is still wrong."""
        for inner in (self.proof, self.problems):
            inner.setContentsMargins(0, 4, 0, 0)
            inner.setSpacing(6)
            self._box.addLayout(inner)

    def _correction_row(self) -> QWidget:
        self.correction = LineEdit()
        self.correction.setObjectName("field-correction")
        self.correction.setAccessibleName("Correction")
        self.correction.setPlaceholderText(_ASKS)
        self.correction.editingFinished.connect(self._on_correction_finished)
        self.correction.installEventFilter(self)
        delete = button("delete marked text", name="field-correction-delete", role="link", tip="Correct by deleting")
        delete.clicked.connect(self._on_delete_correction)
        row = QWidget()
        line = Flow(row)
        line.add(self.correction, 1, least=110)
        line.add(delete)
        return row

    def _comment_field(self) -> QWidget:
        self.comment = TextEdit()
        self.comment.setObjectName("field-comment")
        self.comment.setAccessibleName("Comment")
        self.comment.setPlaceholderText("Why, in one line… (Alt+C)")
        self.comment.setTabChangesFocus(True)
        self.comment.setFixedHeight(px(50))
        self.comment.installEventFilter(self)
        return self.comment

    def _add(self, title: str, widget: QWidget, field: QWidget | None = None) -> None:
        self._box.addSpacing(4)
        caption = plain(title, role="field")
        caption.setBuddy(field or widget)
        self._box.addWidget(caption)
        self._box.addWidget(widget)

    def _combo(self, field: str, title: str) -> QComboBox:
        combo = ChoiceField(field, title)
        combo.changed.connect(self._on_chosen)
        self._take_field(field, combo)
        return combo

    def _add_attribute(self, attribute: Attribute) -> None:
        made = value_field(attribute, self._find)
        made.changed.connect(self._on_typed if isinstance(made, LineField) else self._on_chosen)
        row = made.row()
        self._take_field(attribute.id, made, row)
        if isinstance(made, FlagField):
            self._box.addSpacing(px(6))  # it has no caption to set it apart from the field above
            self._box.addWidget(made)
        else:
            self._add(f"{attribute.title}  {attribute.key}" if attribute.key else attribute.title, row, made)

    def _take_field(self, field: str, widget: QWidget, row: QWidget | None = None) -> None:
        around = row or widget
        for part in {widget, around, *around.findChildren(QWidget)}:
            part.installEventFilter(self)
        self._fields[field] = widget

    # -- filling -------------------------------------------------------------------------------------------------------

    def fill(self, annotation: Annotation, scheme: Scheme) -> None:
        """Show an annotation's values. A field that is being typed in keeps its text."""
        before, self._annotation = self._annotation, annotation
        same = before is not None and before.uid == annotation.uid
        text = shorten(annotation.quote, _LONGEST)
        if scheme.is_about_document(annotation.layer):
            shown = "The document as a whole"
        else:
            shown = f"“{text}”" if text else "Something is missing here"
        self.quote.setText(shown)
        label = self._fields["label"]
        if isinstance(label, QComboBox):
            self._show_label(label, annotation, scheme)
        severity = self._fields.get(SEVERITY)
        if isinstance(severity, SeverityRow):
            severity.show_severity(annotation.attributes.get(SEVERITY))
        if self.correction is not None and not (same and self.correction.hasFocus()):
            self._fill_line("correction", self.correction, annotation.correction or "")
            self.correction.setPlaceholderText(_DELETES if annotation.correction == "" else _ASKS)
        if self.comment is not None and not (same and self.comment.hasFocus()):
            self.comment.setPlainText(annotation.comment)
            self._filled["comment"] = self.comment.toPlainText()
            if (annotation.uid, "comment") in self._unsaved:
                self.comment.setPlainText(self._unsaved[annotation.uid, "comment"])
        for attribute in self._layer.attributes_of(annotation.label) if self._layer else ():
            self._fill_attribute(attribute, annotation.attributes.get(attribute.id), typing=same)

    def _fill_attribute(self, attribute: Attribute, value: object, *, typing: bool) -> None:
        widget = self._fields.get(attribute.id)
        if isinstance(widget, LineField):
            if not (typing and widget.hasFocus()):
                widget.show_value(value)
                self._fill_line(attribute.id, widget, widget.text())
        elif isinstance(widget, ValueField):
            widget.show_value(value)

    def _fill_line(self, field: str, line: QLineEdit, value: str) -> None:
        line.setText(value)
        self._filled[field] = line.text()
        unsaved = self._unsaved.get((self._annotation.uid, field)) if self._annotation else None
        if unsaved is not None:
            line.setText(unsaved)

    def field(self, name: str) -> QWidget | None:
        """Return the widget of a field: correction, comment, label, severity or an attribute."""
        special: dict[str, QWidget | None] = {"correction": self.correction, "comment": self.comment}
        return special.get(name) or self._fields.get(name)

    # -- what the person does ------------------------------------------------------------------------------------------

    def commit(self) -> bool:
        """Hand over what is typed but not yet said; called before anything else happens. Return whether all of it
        was written; what wasn't stays in its field, and is handed over again next time.
        """
        done = [self._commit_correction(), self._commit_comment()]
        done += [self._commit_text(line) for line in self._fields.values() if isinstance(line, LineField)]
        return all(done)

    def _is_new(self, field: str, text: str) -> bool:
        """Tell whether the person changed a field. Fields rewrite some characters, so what counts is what the field
        made of the value, not the value.
        """
        return self._annotation is not None and text != self._filled.get(field, "")

    def _say(self, field: str, value: object, text: str) -> bool:
        """Say what a field was changed to, and what stands in it; return whether that was written."""
        if self._annotation is None:
            return True
        key = (self._annotation.uid, field)
        before = self._filled.get(field, "")
        self._filled[field] = text  # now, so that nothing says it twice meanwhile
        self._unsaved.pop(key, None)
        written = self._change(field, value)
        if not written:
            self._filled[field] = before
            self._unsaved[key] = text
        return written

    def _change(self, field: str, value: object) -> bool:
        """Have a value written; return whether it was."""
        handler = self._handler()
        return handler is not None and handler.change_field(field, value)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._on_key(watched, event)
        if event.type() == QEvent.Type.FocusOut and watched is self.comment:
            self._commit_comment()
        return super().eventFilter(watched, event)

    def _on_key(self, watched: QObject, event: QKeyEvent) -> bool:
        plain_keys = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        enters = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain_keys
        if event.key() == Qt.Key.Key_Escape:
            self._restore(watched)
            self.left.emit()
            return True
        if enters and isinstance(watched, QLineEdit | QPlainTextEdit):
            if self.commit():
                self.left.emit()
            return True
        return False

    def _restore(self, watched: QObject) -> None:
        """Put back what the field held: Escape takes no change along."""
        if self._annotation is not None:
            self._unsaved.pop((self._annotation.uid, watched.objectName().removeprefix("field-")), None)
        if watched is self.comment and self.comment is not None:
            self.comment.setPlainText(self._filled.get("comment", ""))
        elif isinstance(watched, QLineEdit):
            watched.setText(self._filled.get(watched.objectName().removeprefix("field-"), ""))

    def _commit_correction(self) -> bool:
        annotation = self._annotation
        if annotation is None or self.correction is None:
            return True
        text = self.correction.text()
        if not self._is_new("correction", text):
            return True
        value = text if text else ("" if annotation.correction == "" else None)
        return self._say("correction", value, text)

    def _on_correction_finished(self) -> None:
        self._commit_correction()

    def _on_delete_correction(self, _checked: bool) -> None:
        if self._change("correction", "") and self.correction is not None and self._annotation is not None:
            self._unsaved.pop((self._annotation.uid, "correction"), None)
            self.correction.clear()
            self._filled["correction"] = ""

    def _commit_comment(self) -> bool:
        text = self.comment.toPlainText() if self.comment is not None else ""
        return self._say("comment", text, text) if self.comment and self._is_new("comment", text) else True

    def _on_severity_chosen(self, severity: object) -> None:
        self._change(SEVERITY, severity)

    def _on_chosen(self, field: ValueField) -> None:
        self._change(field.field, field.value())

    def _on_typed(self, line: LineField) -> None:
        self._commit_text(line)

    def _commit_text(self, line: LineField) -> bool:
        if not self._is_new(line.field, line.text()):
            return True
        try:
            value = line.value()
        except ValueError as error:
            return self._refuse(line, str(error))
        return self._say(line.field, value, line.text())

    def _refuse(self, line: LineField, words: str) -> bool:
        """Say what is wrong with what was typed; it stays in the field until it is mended or Escape takes it back."""
        if self._annotation is not None:
            self._unsaved[self._annotation.uid, line.field] = line.text()
        self.refused.emit(words)
        return False
