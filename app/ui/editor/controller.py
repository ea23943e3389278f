"""From keys and clicks to edits: the hand of the annotator on the session."""

from collections.abc import Callable
from functools import partial
from typing import cast

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.core import annotation_edits, field_values
from app.core.annotation import Annotation
from app.core.edits import AddAnnotation, Edit, ReplaceAnnotation
from app.core.errors import StetError
from app.core.mark_ends import oddities
from app.core.proposal import NO_NOTE, ProposalNote
from app.core.scheme import SEVERITY, Attribute, FieldKind
from app.core.wording import shorten
from app.session.session import Session
from app.ui.actions.registry import ActionScope, native
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.chooser import AnnotationChooser
from app.ui.editor.document_labeller import DocumentLabeller
from app.ui.editor.evidence_linker import EvidenceLinker
from app.ui.editor.label_steps import LabelSteps
from app.ui.editor.motions import MOTIONS
from app.ui.editor.text_selector import TextSelector, labelled_range
from app.ui.widgets.keys import KeyPress
from app.ui.widgets.notifier import Notifier, Tone


class EditorController(QObject):
    """Turns actions into edits of the open document. Owns what is chosen; the session owns what is stored."""

    chosen_changed = Signal(object)  # Annotation or None
    field_wanted = Signal(object)  # a field of the inspector that should get the keyboard

    def __init__(
        self,
        session: Session,
        text: TextCanvas,
        reference: TextCanvas,
        actions: ActionScope,
        notifier: Notifier,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._text = text
        self._reference = reference
        self._actions = actions
        self.notifier = notifier
        self.chooser = AnnotationChooser(session, text, reference, notifier, self)
        self.selector = TextSelector(text, reference, self.chooser, actions, notifier, self)
        self.evidence = EvidenceLinker(session, text, reference, actions, self, self)
        self.document = DocumentLabeller(session, self)
        self.steps = LabelSteps(session, actions, notifier, self)
        self.last_label: tuple[str, str] | None = None
        self.takes_label: Callable[[str, str], bool] | None = None  # whoever may want a label where nothing is selected
        text.set_key_handler(self)
        reference.set_key_handler(self)
        self.chooser.changed.connect(self.chosen_changed)
        self._bind()

    def _bind(self) -> None:
        self._actions.bind_prefix("severity.", self.set_severity)
        self._actions.bind_prefix("value.", self.set_value)
        self._actions.bind_prefix("field.", self.go_to_field)
        handlers: dict[str, Callable[[], None]] = {
            "annotation.next": self.chooser.next_annotation,
            "annotation.previous": self.chooser.previous_annotation,
            "annotation.correction": self._want_correction,
            "annotation.comment": self._want_comment,
            "annotation.unsure": self.toggle_unsure,
            "annotation.repeat": self.repeat_label,
            "annotation.move": self.move_annotation,
        }
        self._actions.bind_all(handlers)

    # -- keys ----------------------------------------------------------------------------------------------------------

    def take_key(self, press: KeyPress, source: QWidget) -> bool:
        """Do what a key means in the text or in the reference."""
        canvas = self._reference if source is self._reference else self._text
        if canvas is self._text and self.steps.take_key(press):
            return True
        spec = self._actions.for_text_key(press.key)
        if spec is None and press.shift:
            plain = self._actions.for_text_key(press.plain)
            spec = plain if plain is not None and plain.extends else None
        if spec is None:
            return self._tell_layer(press)
        if spec.id in MOTIONS:
            self.selector.move(spec.id, canvas, extend=press.shift and press.key != press.plain)
        elif canvas is self._reference and not spec.id.startswith(_ALSO_IN_REFERENCE):
            words = "This is the reference. F7 swaps the two sides; Esc returns to the text."
            self.notifier.notify(words, Tone.WARNING)
        else:
            _, _, place = spec.id.partition("label.")
            if place and self.steps.enter(*place.split(".", 1)):
                return True
            if press.shift and place:
                canvas.exact_once = True
            self._actions.run(spec.id)
        return True

    def _tell_layer(self, press: KeyPress) -> bool:
        """Tell where a key means something that sets a label of another layer; return whether it does."""
        label = self._actions.for_label_key(press.key)
        _, layer, _ = label.id.split(".", 2) if label is not None else ("", "", "")
        if label is None or not self._actions.is_enabled(label.id):
            return False
        keys = self._actions.keys_of_action(f"layer.{layer}")
        turn = f"Press {native(keys[0])} first" if keys else "Turn to that layer first"
        self.notifier.notify(f"“{press.key.lower()}” is “{label.title}”. {turn}.", Tone.WARNING)
        return True

    def complain_of_key(self, words: str) -> None:
        """Say that a key means nothing because of the keyboard's layout."""
        self.notifier.notify(words, Tone.WARNING)

    @property
    def chosen(self) -> Annotation | None:
        """The chosen annotation, as it is now."""
        return self.chooser.chosen

    @property
    def _chosen_in_text(self) -> Annotation | None:
        """The chosen annotation, unless it is about the document and has no words of its own."""
        chosen = self.chosen
        return chosen if chosen is None or not self._session.scheme.is_about_document(chosen.layer) else None

    def choose(self, uid: str, *, scroll: bool = True) -> None:
        """Choose an annotation, or none with ""."""
        self.chooser.choose(uid, scroll=scroll)

    # -- annotating ----------------------------------------------------------------------------------------------------

    def apply(self, edit: Edit, title: str) -> bool:
        """Write an edit under a title; say why if it can't be, and return whether it was."""
        try:
            if not self._says_nothing_new(edit):
                self._session.apply(edit, title=title)
        except StetError as error:
            self.notifier.complain(error)
            return False
        if not self._session.kept:  # of which is told
            self.notifier.clear()
        return True

    def _says_nothing_new(self, edit: Edit) -> bool:
        """Tell whether nothing but the time would change: that would be a step whose undo shows nothing."""
        state = self._session.state
        if state is None or not isinstance(edit, ReplaceAnnotation):
            return False
        old, new = state.annotations.get(edit.annotation.uid), edit.annotation
        return old is not None and msgspec.structs.replace(new, updated=old.updated) == old

    def apply_label(self, layer: str, label: str) -> None:
        """Annotate the selection. Without one, take a suggestion; relabel the chosen annotation, or give its fragments
        an annotation of another layer; or annotate the word at the caret.
        """
        state, scheme = self._session.state, self._session.scheme
        kind = scheme.label(layer, label)
        if state is None or kind is None:
            return
        self.last_label = (layer, label)
        view = self._text.view
        if not view.has_selection and self.takes_label is not None and self.takes_label(layer, label):
            return
        chosen = self._chosen_in_text if not view.has_selection else None
        if chosen is not None:
            self._text.exact_once = False  # its fragments are exact already
        try:
            if chosen is not None and chosen.layer == layer:
                edit = annotation_edits.relabel(state, chosen, label, scheme=scheme)
                self.apply(edit, f"Relabel “{shorten(chosen.quote)}” as {kind.title}")
                return
            anchored = kind.anchor and not view.has_selection
            if chosen is not None:
                spans = [(fragment.start, fragment.end) for fragment in chosen.fragments]
            else:
                spans = [(view.caret, view.caret) if anchored else labelled_range(self._text)]
            if not anchored and not any(self._text.text[slice(*span)].strip() for span in spans):
                self.notifier.notify(
                    f"Nothing to mark here. Select text first, then press the key for “{kind.title}”.", Tone.WARNING
                )
                return
            added = annotation_edits.annotate(state, spans, layer=layer, label=label, scheme=scheme)
        except StetError as error:
            self.notifier.complain(error)
            return
        quote = shorten(added.annotation.quote) or "a gap"
        if self.apply(added, f"Mark “{quote}” as {kind.title}"):
            end = added.annotation.end
            self._text.set_view(view._replace(caret=end, anchor=end, x=None), scroll=False)
            self.choose(added.annotation.uid, scroll=False)
            self._tell_odd_ends(added.annotation)

    def _tell_odd_ends(self, made: Annotation) -> None:
        """Say that a new mark has ends, as they were selected, at which few tokenizers have a token."""
        text = self._text.text
        odd = next(oddities([made], text, partial(self._text.units.snap, text, unit="word")), None)
        if odd is not None:
            keys = self._actions.keys_of_action("annotation.mend")
            how = f"{native(keys[0])} mends it." if keys else "Few programs can learn from that."
            self.notifier.notify(f"{odd[1].of_one.capitalize()}, as it was selected. {how}", Tone.WARNING)

    def propose_label(self, layer: str, title: str, note: ProposalNote = NO_NOTE) -> None:
        """Give a label that is proposed, with what is said of it, to the selection or, without one, to the chosen
        annotation of the layer.
        """
        state, scheme, chosen = self._session.state, self._session.scheme, self._chosen_in_text
        if state is None:
            return
        try:
            if self._text.view.has_selection or chosen is None or chosen.layer != layer:
                spans = [labelled_range(self._text)]
                edit: Edit = annotation_edits.propose(state, spans, layer=layer, title=title, scheme=scheme, note=note)
            else:
                edit = annotation_edits.relabel_as_proposed(state, chosen, title, scheme=scheme, note=note)
        except StetError as error:
            self.notifier.complain(error)
            return
        if self.apply(edit, f"Propose “{title}”") and isinstance(edit, AddAnnotation):
            self.choose(edit.annotation.uid, scroll=False)

    def repeat_label(self) -> None:
        """Annotate with the label used last."""
        if self.last_label is None:
            self.notifier.notify("No label has been used yet.", Tone.WARNING)
            return
        self.apply_label(*self.last_label)

    def _with_chosen(self) -> Annotation | None:
        if self.chosen is None:
            self.notifier.notify("No mark selected. Press Tab to step through marks.", Tone.WARNING)
        return self.chosen

    def set_severity(self, severity: str) -> None:
        """Give the chosen annotation a severity."""
        annotation = self._with_chosen()
        if annotation is None:
            return
        found = self._session.scheme.severity(severity)
        try:
            edit = annotation_edits.change_severity(annotation, severity, scheme=self._session.scheme)
        except StetError as error:
            self.notifier.complain(error)
            return
        self.apply(edit, f"Set “{shorten(annotation.quote)}” to {found.title if found else severity}")

    def set_value(self, place: str) -> None:
        """Give a field of the chosen annotation the value of a key, as `LAYER.FIELD.VALUE`; of several choices the key
        adds one, or takes it away.
        """
        annotation, scheme = self._with_chosen(), self._session.scheme
        layer = scheme.layer(annotation.layer) if annotation is not None else None
        if annotation is None or layer is None:
            return
        for attribute in layer.attributes_of(annotation.label):
            value = next((v.id for v in attribute.values if place == f"{layer.id}.{attribute.id}.{v.id}"), None)
            if value is not None:
                self.change_field(attribute.id, _toggled(attribute, annotation.attributes.get(attribute.id), value))
                return
        title = scheme.label_title(annotation.layer, annotation.label)
        self.notifier.notify(f"“{title}” has no such field.", Tone.WARNING)

    def go_to_field(self, place: str) -> None:
        """Put the keyboard into a field of the chosen annotation, given as `LAYER.FIELD`; a flag is turned over."""
        annotation, scheme = self._with_chosen(), self._session.scheme
        layer = scheme.layer(annotation.layer) if annotation is not None else None
        if annotation is None or layer is None:
            return
        found = next((a for a in layer.attributes_of(annotation.label) if place == f"{layer.id}.{a.id}"), None)
        if found is None:
            title = scheme.label_title(annotation.layer, annotation.label)
            self.notifier.notify(f"“{title}” has no such field.", Tone.WARNING)
        elif found.kind is FieldKind.FLAG:
            self.change_field(found.id, None if annotation.attributes.get(found.id) else True)
        else:
            self.field_wanted.emit(found.id)

    def change_field(self, field: str, value: object) -> bool:
        """Change a field of the chosen annotation, as the inspector says; return whether it was written."""
        annotation = self.chosen
        if annotation is None:
            return False
        quote = shorten(annotation.quote)
        if field == "label":
            return self._relabel(annotation, str(value))
        if field == SEVERITY:
            return self.apply(annotation_edits.change_attribute(annotation, field, value), f"Set severity of “{quote}”")
        if field == "correction":
            text = None if value is None else str(value)
            return self.apply(annotation_edits.change_correction(annotation, text), f"Set correction of “{quote}”")
        if field == "comment":
            return self.apply(annotation_edits.change_comment(annotation, str(value)), f"Comment on “{quote}”")
        return self.apply(annotation_edits.change_attribute(annotation, field, value), f"Change {field} of “{quote}”")

    def _relabel(self, annotation: Annotation, label: str) -> bool:
        state, scheme, layer = self._session.state, self._session.scheme, None
        if state is None:
            return False
        if scheme.layer(annotation.layer) is None:
            layer, _, label = label.partition(".")
        try:
            edit = annotation_edits.relabel(state, annotation, label, scheme=scheme, layer=layer)
        except StetError as error:
            self.notifier.complain(error)
            self.chooser.refresh()
            return False
        return self.apply(edit, f"Relabel “{shorten(annotation.quote)}”")

    def toggle_unsure(self) -> None:
        """Flag the chosen annotation for someone else to look at, or take the flag away."""
        annotation = self._with_chosen()
        if annotation is None:
            return
        layer = self._session.scheme.layer(annotation.layer)
        if layer is None or layer.attribute("confidence") is None:
            self.notifier.notify("The scheme has no confidence attribute for this layer.", Tone.WARNING)
            return
        value = "sure" if annotation.attributes.get("confidence") == "unsure" else "unsure"
        edit = annotation_edits.change_attribute(annotation, "confidence", value)
        self.apply(edit, f"Set “{shorten(annotation.quote)}” to {value}")

    def delete_annotation(self) -> None:
        """Delete the chosen annotation; undo restores it."""
        annotation, state = self._with_chosen(), self._session.state
        if annotation is not None and state is not None:
            quote = shorten(annotation.quote)
            edit = annotation_edits.remove(state, [annotation], scheme=self._session.scheme)
            if self.apply(edit, f"Delete mark on “{quote}”"):
                keys = self._actions.action("edit.undo").keys
                back = f" {native(keys[0])} restores it." if keys else ""
                self.notifier.notify(f"Deleted mark on “{quote}”.{back}", Tone.DONE)

    def move_annotation(self) -> None:
        """Put the chosen annotation on the selected words."""
        annotation, state = self._with_chosen(), self._session.state
        if annotation is None or state is None:
            return
        if not self._text.view.has_selection:
            self.notifier.notify("Select the text the mark should cover, then move it there.", Tone.WARNING)
            return
        span = labelled_range(self._text)
        try:
            edit = annotation_edits.move(state, annotation, [span])
        except StetError as error:
            self.notifier.complain(error)
            return
        self.apply(edit, f"Move mark on “{shorten(annotation.quote)}”")

    def _want_correction(self) -> None:
        annotation = self._with_chosen()
        layer = self._session.scheme.layer(annotation.layer) if annotation else None
        if annotation is not None and (layer is None or not layer.has_correction):
            self.notifier.notify("Marks in this layer have no correction.", Tone.WARNING)
        elif annotation is not None:
            self.field_wanted.emit("correction")

    def _want_comment(self) -> None:
        if self._with_chosen() is not None:
            self.field_wanted.emit("comment")


def _toggled(attribute: Attribute, old: object, value: str) -> object:
    """Return the value of a field after a choice was given by its key."""
    if attribute.kind is not FieldKind.MANY:
        return value
    there = cast(list[str], old) if isinstance(old, list) else []
    chosen = [item for item in there if item != value] if value in there else [*there, value]
    return field_values.ordered(attribute, chosen) or None


_ALSO_IN_REFERENCE = (
    "evidence.",
    "select.",
    "edit.copy",
    "caret.",
    "annotation.next",
    "annotation.previous",
    "annotation.card",
)
