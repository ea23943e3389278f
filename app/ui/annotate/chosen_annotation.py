"""Connects the chosen annotation in the text with the inspector and the list: shown in all three, edited in any."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.annotation import Annotation
from app.core.errors import StetError
from app.core.scheme import Entry
from app.services.entities.entries import Entries
from app.session.session import Session
from app.ui.actions.registry import ActionScope
from app.ui.annotate.annotation_copy import AnnotationCopy
from app.ui.annotate.annotation_menu import AnnotationMenu
from app.ui.annotate.reference_side import ReferenceSide
from app.ui.annotate.rule_advice import RuleAdvice
from app.ui.annotate.spoken_annotation import annotation_words
from app.ui.annotate.view import AnnotateView
from app.ui.editor.brush import Brush
from app.ui.editor.controller import EditorController
from app.ui.editor.mark_mender import MarkMender
from app.ui.editor.shaper import AnnotationShaper
from app.ui.panels.annotation_card import AnnotationCard
from app.ui.widgets import announcements
from app.ui.widgets.notifier import Tone

_PAUSE_MS = 20


class ChosenAnnotation(QObject):
    """Keeps inspector and list in step with what is chosen in the text."""

    shown = Signal(object)  # Annotation that the inspector shows now, or None

    def __init__(
        self,
        session: Session,
        view: AnnotateView,
        controller: EditorController,
        side: ReferenceSide,
        actions: ActionScope,
    ) -> None:
        super().__init__(view)
        self._session = session
        self._view = view
        self.controller = controller
        self._side = side
        self._said = ""
        self._pause = QTimer(self)
        self._pause.setObjectName("form-pause")
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.show)
        controller.chosen_changed.connect(self._on_chosen_changed)
        controller.field_wanted.connect(self.focus_field)
        controller.evidence.wanted.connect(side.show_evidence)
        controller.evidence.linked.connect(self._on_linked)
        inspector = view.inspector
        inspector.set_field_handler(controller)
        self._entries = Entries(session)
        inspector.set_entries(self._find_entries)
        inspector.evidence_jump.connect(side.show_evidence)
        inspector.evidence_remove.connect(controller.evidence.unlink)
        inspector.stance_chosen.connect(controller.evidence.change_stance)
        inspector.set_chosen.connect(controller.evidence.change_set)
        inspector.left.connect(self._on_left)
        inspector.refused.connect(self._on_refused)
        view.annotations.annotation_chosen.connect(self._on_row_chosen)
        actions.bind("annotation.next-open", self.next_open_rule)
        actions.bind("annotation.previous-open", self.previous_open_rule)
        actions.bind("annotation.next-alike", controller.chooser.next_alike)
        actions.bind("annotation.previous-alike", controller.chooser.previous_alike)
        self.shaper = AnnotationShaper(session, view.text.canvas, controller, actions)
        self.mender = MarkMender(session, view.text.canvas, controller, actions)
        self.brush = Brush(session, view.text.canvas, controller, actions)
        self.brush.changed.connect(view.labels.show_brush)
        self.card = AnnotationCard(session, view, view.text.canvas, controller, actions)
        self.advice = RuleAdvice(session, controller, actions)
        self.menu = AnnotationMenu(session, view.text.canvas, controller, actions)
        self.copier = AnnotationCopy(session, view.text.canvas, controller, actions)
        actions.about_to_run.connect(self._on_action)

    def _on_chosen_changed(self, annotation: Annotation | None) -> None:
        if annotation is None:
            self._said = ""
        # The form may be updated a moment later: it is slower to paint than the highlight, and of a burst of keys only
        # the last counts. A form that is being typed in must follow at once.
        owner = self._view.focusWidget()
        if owner is not None and self._view.inspector.isAncestorOf(owner):
            self.show()
        else:
            self._pause.start()

    def show(self) -> None:
        """Show the chosen annotation in the inspector and in the list now."""
        self._pause.stop()
        annotation, state = self.controller.chosen, self._session.state
        text = state.document.text if state else None
        self._view.inspector.show_annotation(
            annotation,
            self._session.scheme,
            self._side.describe,
            text=text,
            advise=self.advice,
            of_relations=self._view.annotations_model.of_relations(annotation.uid) if annotation is not None else (),
        )
        self.shown.emit(annotation)
        self._view.annotations.show_current(annotation.uid if annotation else "")
        if annotation is not None and announcements.is_heard():
            relations = [entry.spoken for entry in self._view.inspector.relations.entries]
            relations += [found.message for found in self._view.annotations_model.of_relations(annotation.uid)]
            self._say(annotation_words(annotation, self._session.scheme, text, relations=relations))

    def _say(self, words: str) -> None:
        """Announce an annotation to screen readers, unless it was the last thing announced."""
        if words != self._said:
            self._said = words
            announcements.announce(self._view.text.canvas, words)

    def focus_field(self, field: str) -> None:
        """Move the keyboard focus to a field of the chosen annotation."""
        self.show()
        self._view.inspector.focus_field(field)

    def commit(self) -> None:
        """Commit what is being typed."""
        self._view.inspector.commit()

    def _on_action(self, _action: str) -> None:
        self.commit()

    def close(self) -> None:
        """Commit what is being typed, and show no annotation."""
        self._pause.stop()
        self.card.hide()
        self.commit()

    def _on_row_chosen(self, uid: str) -> None:
        self.controller.choose(uid)
        self._view.text.canvas.setFocus()

    def _find_entries(self, entries: str, text: str) -> Sequence[Entry]:
        try:
            return self._entries.find(entries, text)
        except StetError as error:
            self.controller.notifier.complain(error)
            return ()

    def _on_refused(self, words: str) -> None:
        self.controller.notifier.notify(words, Tone.WARNING)

    def _on_left(self) -> None:
        self._view.text.canvas.setFocus()

    def _on_linked(self) -> None:
        self._view.reference.find_bar.hide()
        self._view.text.canvas.setFocus()

    def next_open_rule(self) -> None:
        """Choose the next annotation with an unmet rule."""
        self._choose_open_behind(1)

    def previous_open_rule(self) -> None:
        """Choose the previous annotation with an unmet rule."""
        self._choose_open_behind(-1)

    def _choose_open_behind(self, by: int) -> None:
        chosen, model = self.controller.chosen, self._view.annotations_model
        first = 0 if by > 0 else model.rowCount() - 1
        self._choose_open(model.row_of(chosen.uid) + by if chosen is not None else first, by)

    def first_open_rule(self) -> None:
        """Choose the first annotation with an unmet rule."""
        self._choose_open(0)

    def _choose_open(self, first: int, by: int = 1) -> None:
        model = self._view.annotations_model
        count = model.rowCount()
        for number in range(first, first + by * count, by):
            annotation = model.annotation(number % count)
            problems = model.problems(annotation)
            if problems:
                self.controller.choose(annotation.uid)
                if problems[0].relation:
                    self.show()
                    self._view.inspector.relations.show_relation(problems[0].relation)
                step = self.advice.of(problems[0])
                self.controller.notifier.notify(f"{problems[0].message} {step}", Tone.WARNING)
                return
        self.controller.notifier.notify("All rules are met in this document.", Tone.DONE)
