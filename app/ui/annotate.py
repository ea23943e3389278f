"""The Annotate workspace: documents, text and reference, the chosen mark. Connects the panels to the session."""

import time

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from app.core.annotation import Annotation, Status
from app.core.errors import StetError
from app.session.changes import Published, Topic
from app.session.session import Session
from app.settings import Settings
from app.ui.actions.catalogue import Needs
from app.ui.actions.registry import ActionRegistry
from app.ui.editor.controller import EditorController
from app.ui.editor.layout import Style
from app.ui.editor.marks import AnnotationMarks
from app.ui.editor.view_state import ViewState
from app.ui.facts import DocumentFacts
from app.ui.finder import Finder
from app.ui.models.annotations import AnnotationListModel
from app.ui.models.documents import DocumentListModel
from app.ui.panels.annotation_list import AnnotationListPanel
from app.ui.panels.documents_panel import DocumentsPanel
from app.ui.panels.inspector import FieldChange, Inspector
from app.ui.panels.label_bar import LabelBar
from app.ui.panels.status_bar import StatusBar
from app.ui.panels.text_pane import TextPane
from app.ui.reference_side import ReferenceSide
from app.ui.session_bridge import SessionBridge
from app.ui.stepper import DocumentStepper
from app.ui.theme import Tones
from app.ui.window_state import WindowState

_IDLE_S = 120.0  # a longer pause isn't work on the document


class AnnotateWorkspace(QWidget):
    """One project at work."""

    action_wanted = Signal(object)  # action id
    documents_shown = Signal(object)  # number of documents
    marked = Signal(object)  # Annotation that changed or came, for the tour

    def __init__(
        self,
        session: Session,
        actions: ActionRegistry,
        settings: Settings,
        status: StatusBar,
        tones: Tones,
        style: Style,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("annotate")
        self._session = session
        self._actions = actions
        self._settings = settings
        self._status = status
        self._tones = tones
        self._layer = ""
        self._entered = time.monotonic()
        self._active_at = self._entered
        self.corrections = bool(settings["show_corrections"])
        self.documents_model = DocumentListModel(session, self)
        self.marks_model = AnnotationListModel(self)
        self.documents = DocumentsPanel(self.documents_model, tones)
        self.labels = LabelBar(actions, tones)
        self.text = TextPane("text-pane", tones, style, side=False)
        self.reference = TextPane("reference-pane", tones, style, side=True)
        self.inspector = Inspector()
        self.marks = AnnotationListPanel(self.marks_model, tones)
        self.controller = EditorController(session, self.text.canvas, self.reference.canvas, actions, self)
        self.side = ReferenceSide(session, self.text, self.reference, self.controller, self)
        self.finder = Finder(self.text, self.reference, self.controller, actions, self)
        self.stepper = DocumentStepper(session, self.documents_model, actions, self)
        self.facts = DocumentFacts(session, self.marks_model, self.marks, status, self.text.map, self)
        self.splitters = self._lay_out()
        self.set_look(tones, style)
        self.bridge = SessionBridge(session, self)
        self._connect()
        self._show_scheme()
        self.show_progress()

    # -- building ------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> dict[str, QSplitter]:
        right = QWidget()
        right.setObjectName("inspector")
        right.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.documents.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        forms = QSplitter(Qt.Orientation.Vertical)
        forms.setObjectName("split-inspector")
        forms.addWidget(self.inspector)
        forms.addWidget(self.marks)
        forms.setSizes([460, 300])
        box = QVBoxLayout(right)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(forms)
        sides = QSplitter(Qt.Orientation.Horizontal)
        sides.setObjectName("split-texts")
        sides.addWidget(self.text)
        sides.addWidget(self.reference)
        sides.setSizes([560, 420])
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.labels)
        column.addWidget(sides, 1)
        self.tour_slot = QVBoxLayout()
        self.tour_slot.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self.tour_slot)
        desk = QSplitter(Qt.Orientation.Horizontal)
        desk.setObjectName("split-desk")
        for widget in (self.documents, middle, right):
            desk.addWidget(widget)
        desk.setSizes([232, 902, 306])
        desk.setStretchFactor(1, 1)
        for splitter in (desk, sides, forms):
            splitter.setHandleWidth(1)
            splitter.setChildrenCollapsible(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(desk)
        return {splitter.objectName(): splitter for splitter in (desk, sides, forms)}

    def _connect(self) -> None:
        self.bridge.changed.connect(self._on_session_changed)
        self.documents.document_chosen.connect(self.open_document)
        self.documents.import_requested.connect(self._on_import_requested)
        self.labels.layer_chosen.connect(self.set_layer)
        self.labels.label_chosen.connect(self._on_label_chosen)
        self.labels.more_requested.connect(self._on_more_labels)
        self.text.action_wanted.connect(self.action_wanted)
        self.reference.action_wanted.connect(self.action_wanted)
        self.side.told.connect(self._status.tell)
        self.side.swap_wanted.connect(self._on_swap_wanted)
        self.finder.told.connect(self._status.tell)
        self.stepper.wanted.connect(self.open_document)
        self.stepper.told.connect(self._status.tell)
        self.stepper.praised.connect(self._on_praised)
        self.stepper.blocked.connect(self.next_open_rule)
        self.text.canvas.view_changed.connect(self.facts.show_place)
        self.text.canvas.view_changed.connect(self._on_active)
        self.controller.chosen_changed.connect(self._on_chosen_changed)
        self.controller.told.connect(self._status.tell)
        self.controller.field_wanted.connect(self.inspector.focus_field)
        self.controller.evidence_wanted.connect(self.side.show_evidence)
        self.controller.linked.connect(self._on_linked)
        self.inspector.changed.connect(self._on_field_changed)
        self.inspector.evidence_jump.connect(self.side.show_evidence)
        self.inspector.evidence_remove.connect(self.controller.unlink_evidence)
        self.inspector.stance_chosen.connect(self.controller.change_stance)
        self.inspector.find_requested.connect(self.finder.find_in_reference)
        self.inspector.left.connect(self._on_inspector_left)
        self.marks.annotation_chosen.connect(self._on_row_chosen)
        bind = self._actions.bind
        bind("document.swap", self.side.swap)
        bind("document.next-reference", self.side.show_next)
        bind("mark.next-open", self.next_open_rule)
        bind("view.next-pane", self.next_pane)
        bind("view.previous-pane", self.previous_pane)
        bind("view.documents", self.documents.search.setFocus)
        bind("view.corrections", self.toggle_corrections)
        bind("select.snapping", self.toggle_snapping)
        bind("edit.undo", self.undo)
        bind("edit.redo", self.redo)
        self._actions.bind_prefix("layer.", self.set_layer)

    def restore(self, state: WindowState) -> None:
        """Give the panes the sizes they had."""
        for name, splitter in self.splitters.items():
            state.restore_splitter(name, splitter)

    def remember(self, state: WindowState) -> None:
        """Keep the sizes of the panes, and the place in the document."""
        for name, splitter in self.splitters.items():
            state.keep_splitter(name, splitter)
        self.remember_place()

    def set_look(self, tones: Tones, style: Style) -> None:
        """Use other colours and fonts."""
        self._tones = tones
        for panel in (self.documents, self.labels, self.marks):
            panel.set_tones(tones)
        self.text.set_look(tones, style)
        self.reference.set_look(tones, style._replace(badges=False, spacing=style.spacing * 1.12))
        words = self._settings["snapping"] == "word"
        self.text.canvas.snap_words = self.reference.canvas.snap_words = words

    # -- what the session says -----------------------------------------------------------------------------------------

    def _on_session_changed(self, fact: Published) -> None:
        if fact.topic is Topic.OPENED:
            self._show_document()
        elif fact.topic is Topic.ANNOTATIONS and fact.change is not None:
            self._show_change(fact)
        elif fact.topic is Topic.DOCUMENTS:
            self._on_documents_changed()
        elif fact.topic is Topic.REFERENCES:
            self.documents_model.refresh(fact.document)
            self.side.refresh()
        elif fact.topic is Topic.SCHEME:
            self._actions.rebuild(self._session.scheme)
            self._show_scheme()
            self._show_document()
        elif fact.topic is Topic.ANNOTATOR:
            self.documents_model.refresh_all()
            self.show_progress()

    def _on_documents_changed(self) -> None:
        self.documents_model.reload()
        state = self._session.state
        if state is not None and self._session.documents.key_of(state.document.uid) is None:
            self._session.close_document()
        if self._session.state is None:
            self.open_first()
        else:
            self.side.refresh()
        self.show_progress()

    def _show_change(self, fact: Published) -> None:
        state, change = self._session.state, fact.change
        if state is None or change is None:
            return
        if fact.document == state.document.uid:
            self.marks_model.apply(change)
            source = AnnotationMarks(state, self._session.scheme, corrections=self.corrections)
            self.text.canvas.show_marks(source, change.touched())
            self.side.refresh_marks()
            self.controller.chooser.refresh()
            self.facts.refresh()
            for annotation in (*change.added, *(new for _, new in change.replaced)):
                self.marked.emit(annotation)
        self.documents_model.refresh(fact.document, problems=self.marks_model.open_count())
        if change.status is not None:
            self.show_progress()
        self._status.saved.setText("✓ saved")

    def _show_scheme(self) -> None:
        scheme = self._session.scheme
        known = [layer.id for layer in scheme.layers]
        if self._layer not in known:
            self._layer = "error" if "error" in known else known[0]
        self._actions.active_layer = self._layer
        self.labels.show_scheme(scheme, self._layer)

    def set_layer(self, layer: str) -> None:
        """Make a layer the one whose label keys listen."""
        self._layer = layer
        self._actions.active_layer = layer
        self.labels.show_scheme(self._session.scheme, layer)
        if not self.text.canvas.hasFocus() and not self.reference.canvas.hasFocus():
            self.text.canvas.setFocus()

    def refresh_keys(self) -> None:
        """Show other keys on the label bar."""
        self.labels.show_scheme(self._session.scheme, self._layer)

    # -- documents -----------------------------------------------------------------------------------------------------

    def open_first(self) -> None:
        """Open the first document that is still to be done; say what to do if there is none."""
        uid = self.stepper.first()
        if uid is not None:
            self.open_document(uid)
        else:
            self._show_document()

    def open_document(self, uid: str) -> None:
        """Open a document where the annotator left it."""
        self.inspector.commit()
        self.remember_place()
        try:
            self._session.open_document(uid)
        except StetError as error:
            self._status.tell(str(error))
            return
        self.text.canvas.setFocus()

    def _show_document(self) -> None:
        state = self._session.state
        have = {Needs.PROJECT} | ({Needs.DOCUMENT, Needs.MARK} if state else set())
        self._actions.update_enabled(have)
        self.marks_model.show_state(state, self._session.scheme)
        self.controller.choose("", scroll=False)
        self._entered = self._active_at = time.monotonic()
        if state is None:
            hint = "Import text files, or drop them here. One can be the reference of another."
            self.text.show_empty(hint, action="project.import", title="Import documents…")
            self.side.refresh()
            self.facts.refresh()
            return
        source = AnnotationMarks(state, self._session.scheme, corrections=self.corrections)
        self.text.show_canvas()
        self.text.find.set_text(state.document.text)
        self.text.canvas.show_text(state.document.text, source, caret=self._session.place())
        self.documents.show_current(state.document.uid)
        self.side.refresh()
        self.facts.refresh()
        self.documents_model.refresh(state.document.uid, problems=self.marks_model.open_count())

    def _on_swap_wanted(self, pair: tuple[str, str]) -> None:
        work, beside = pair
        self.controller.reference_uid = ""
        self.open_document(work)
        self.side.show(beside)

    def _on_praised(self, text: str) -> None:
        self._status.tell(text, tone="good")

    def _on_active(self, _view: ViewState) -> None:
        self._active_at = time.monotonic()

    # -- marks and evidence --------------------------------------------------------------------------------------------

    def _on_chosen_changed(self, annotation: Annotation | None) -> None:
        self.inspector.show_annotation(annotation, self._session.scheme, self.side.describe)
        self.marks.show_current(annotation.uid if annotation else "")

    def _on_row_chosen(self, uid: str) -> None:
        self.controller.choose(uid)
        self.text.canvas.setFocus()

    def _on_field_changed(self, change: FieldChange) -> None:
        self.controller.change_field(change.field, change.value)

    def _on_inspector_left(self) -> None:
        self.text.canvas.setFocus()

    def _on_linked(self) -> None:
        self.reference.find.hide()
        self.text.canvas.setFocus()

    def next_open_rule(self) -> None:
        """Choose the next mark that a rule still asks something of, and go to the field."""
        state = self._session.state
        ordered = state.in_order() if state else []
        chosen = self.controller.chosen
        uids = [a.uid for a in ordered]
        first = uids.index(chosen.uid) + 1 if chosen is not None and chosen.uid in uids else 0
        for annotation in (*ordered[first:], *ordered[:first]):
            problems = self.marks_model.problems(annotation)
            if problems:
                self.controller.choose(annotation.uid)
                self._status.tell(problems[0].message)
                return
        self._status.tell("No rule is open in this document.", tone="good")

    # -- around --------------------------------------------------------------------------------------------------------

    def undo(self) -> None:
        """Take back the last action, wherever it was."""
        self._answer(undo=True)

    def redo(self) -> None:
        """Bring back what was taken back."""
        self._answer(undo=False)

    def _answer(self, *, undo: bool) -> None:
        self.inspector.commit()
        try:
            row = self._session.undo() if undo else self._session.redo()
        except StetError as error:
            self._status.tell(f"{error.what[:1].upper()}{error.what[1:]}. {error.hint}")
            return
        self._status.tell(f"{'Undone' if undo else 'Redone'}: {row.title}", tone="soft")

    def toggle_corrections(self) -> None:
        """Show corrections behind the labels in the text, or not."""
        self.corrections = not self.corrections
        state = self._session.state
        if state is not None:
            source = AnnotationMarks(state, self._session.scheme, corrections=self.corrections)
            self.text.canvas.show_marks(source)

    def toggle_snapping(self) -> None:
        """Let selections grow to whole words, or not."""
        words = not self.text.canvas.snap_words
        self.text.canvas.snap_words = self.reference.canvas.snap_words = words
        self._status.tell(f"Selections grow to {'whole words' if words else 'characters only'}.", tone="soft")

    def next_pane(self) -> None:
        """Move the keyboard to the next pane."""
        self._move_pane(1)

    def previous_pane(self) -> None:
        """Move the keyboard to the pane before."""
        self._move_pane(-1)

    def _move_pane(self, by: int) -> None:
        panes = [self.documents.list, self.text.canvas, self.reference.canvas, self.inspector, self.marks.list]
        owner = self.focusWidget()
        at = next((n for n, pane in enumerate(panes) if owner is pane or (owner and pane.isAncestorOf(owner))), 1)
        for step in range(1, len(panes) + 1):
            pane = panes[(at + by * step) % len(panes)]
            if pane is self.inspector and self.controller.chosen is not None:
                self.inspector.focus_field("label")
                return
            if pane is not self.inspector and pane.isVisible():
                pane.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return

    def _on_label_chosen(self, label: str) -> None:
        self._actions.run(f"label.{self._layer}.{label}")
        self.text.canvas.setFocus()

    def _on_more_labels(self) -> None:
        self.action_wanted.emit("view.palette")

    def _on_import_requested(self) -> None:
        self.action_wanted.emit("project.import")

    def show_progress(self) -> None:
        """Say how many documents are finished."""
        counts = self._session.status_counts()
        done = counts.get(Status.DONE, 0) + counts.get(Status.DONE_EMPTY, 0)
        total = self._session.documents.count()
        self.documents.show_progress(done=done, total=total)
        self.documents_shown.emit(total)

    def remember_place(self) -> None:
        """Keep where the annotator is in the open document, and the time spent there."""
        moment = time.monotonic()
        seconds = max(0.0, min(moment, self._active_at + _IDLE_S) - self._entered)
        self._entered = moment
        if self._session.state is None:
            return
        try:
            self._session.remember_place(position=self.text.canvas.view.caret, seconds=round(seconds, 1))
        except StetError as error:
            self._status.tell(str(error))

    def close_session(self) -> None:
        """Hand over what is being typed and stop listening; the session may be closed then."""
        self.inspector.commit()
        self.remember_place()
        self.bridge.close()
