"""The Annotate workspace: documents, text and reference, the chosen mark. Connects the panels to the session."""

import time
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from app.core.annotation import Annotation, Evidence, Status
from app.core.errors import StetError
from app.core.scoring import score
from app.session.changes import Published, Topic
from app.session.session import Session
from app.settings import Settings
from app.ui.actions.catalogue import Needs
from app.ui.actions.registry import ActionRegistry
from app.ui.editor.controller import EditorController
from app.ui.editor.layout import Style
from app.ui.editor.marks import AnnotationMarks, EvidenceMarks, evidence_for
from app.ui.editor.view_state import ViewState
from app.ui.models.annotations import AnnotationListModel
from app.ui.models.documents import DocumentListModel, title_of
from app.ui.panels.annotation_list import AnnotationListPanel
from app.ui.panels.documents_panel import DocumentsPanel
from app.ui.panels.inspector import FieldChange, Inspector
from app.ui.panels.label_bar import LabelBar
from app.ui.panels.status_bar import StatusBar
from app.ui.panels.text_pane import TextPane
from app.ui.session_bridge import SessionBridge
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
        self.reference.reference_chosen.connect(self.show_reference)
        self.text.find.finished.connect(self._on_text_find_finished)
        self.reference.find.finished.connect(self._on_reference_find_finished)
        self.text.canvas.view_changed.connect(self._on_view_changed)
        self.controller.chosen_changed.connect(self._on_chosen_changed)
        self.controller.told.connect(self._status.tell)
        self.controller.field_wanted.connect(self.inspector.focus_field)
        self.controller.evidence_wanted.connect(self.show_evidence)
        self.controller.linked.connect(self._on_linked)
        self.inspector.changed.connect(self._on_field_changed)
        self.inspector.evidence_jump.connect(self.show_evidence)
        self.inspector.evidence_remove.connect(self.controller.unlink_evidence)
        self.inspector.stance_chosen.connect(self.controller.change_stance)
        self.inspector.find_requested.connect(self.find_in_reference)
        self.inspector.left.connect(self._on_inspector_left)
        self.marks.annotation_chosen.connect(self._on_row_chosen)
        bind = self._actions.bind
        bind("document.done", self.done_and_next)
        bind("document.reopen", self.reopen)
        bind("document.skip", self.skip_and_next)
        bind("document.next", self.next_document)
        bind("document.previous", self.previous_document)
        bind("document.swap", self.swap)
        bind("document.next-reference", self.next_reference)
        bind("mark.next-open", self.next_open_rule)
        bind("evidence.find", self.find_in_reference)
        bind("view.find", self.find)
        bind("view.find-next", self.find_next)
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
            self._show_references()
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
            self._show_references()
        self.show_progress()

    def _show_change(self, fact: Published) -> None:
        state, change = self._session.state, fact.change
        if state is None or change is None:
            return
        if fact.document == state.document.uid:
            self.marks_model.apply(change)
            source = AnnotationMarks(state, self._session.scheme, corrections=self.corrections)
            self.text.canvas.show_marks(source, change.touched())
            self._show_evidence_marks()
            self._show_ticks()
            self.controller.chooser.refresh()
            self._show_counts()
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
        rows = self.documents_model.rowCount()
        first = None
        for row in range(min(rows, 500)):
            found = self.documents_model.document_row(row)
            if found is not None and not self._session.documents.is_reference_only([found.key]):
                first = first or found
                if found.status is Status.OPEN:
                    first = found
                    break
        if first is not None:
            self.open_document(first.uid)
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
            self.reference.show_empty("The reference of the open document is shown here.")
            self._show_counts()
            self._show_ticks()
            return
        source = AnnotationMarks(state, self._session.scheme, corrections=self.corrections)
        self.text.show_canvas()
        self.text.find.set_text(state.document.text)
        self.text.canvas.show_text(state.document.text, source, caret=self._session.place())
        self.documents.show_current(state.document.uid)
        self._show_references()
        self._show_counts()
        self._show_ticks()
        self.documents_model.refresh(state.document.uid, problems=self.marks_model.open_count())

    def _show_references(self) -> None:
        state = self._session.state
        if state is None:
            return
        uid = state.document.uid
        references = self._session.documents.references(uid)
        sides = references or self._session.documents.referring(uid)
        words = f"{state.document.length:,} characters"
        if references:
            words += f" · {len(references)} {'reference' if len(references) == 1 else 'references'}"
        elif sides:
            words += f" · reference of {len(sides)}"
        self.text.show_heading(state.document.title, words)
        if not sides:
            self.controller.reference_uid = ""
            self.reference.show_choices([], "")
            hint = "No reference yet: the text that tells what is true."
            self.reference.show_empty(hint, action="project.link", title="Choose references…")
            return
        current = self.controller.reference_uid
        if current not in sides:
            self.show_reference(sides[0])
        else:
            self._show_reference_heading(sides, current)

    def _show_reference_heading(self, sides: Sequence[str], uid: str) -> None:
        document = self._session.document(uid)
        choices = [(side, title_of(self._session.documents.name_of(side) or side)) for side in sides]
        self.reference.show_choices(choices, uid)
        number = sides.index(uid) + 1
        words = f"reference {number} of {len(sides)}" if len(sides) > 1 else "reference"
        if self._session.state and uid not in self._session.documents.references(self._session.state.document.uid):
            words = "this text is a reference of it"
        self.reference.show_heading(document.title, f"{words} · {document.length:,} characters")

    def show_reference(self, uid: str) -> None:
        """Show a document on the reference side."""
        state = self._session.state
        if state is None:
            return
        document = self._session.document(uid)
        self.controller.reference_uid = uid
        sides = self._session.documents.references(state.document.uid)
        sides = sides or self._session.documents.referring(state.document.uid)
        self.reference.show_canvas()
        self.reference.find.set_text(document.text)
        self.reference.canvas.show_text(document.text, EvidenceMarks(evidence_for(state, uid)))
        self._show_reference_heading(sides if uid in sides else [*sides, uid], uid)

    def _show_evidence_marks(self) -> None:
        state, uid = self._session.state, self.controller.reference_uid
        if state is not None and uid:
            self.reference.canvas.show_marks(EvidenceMarks(evidence_for(state, uid)))

    def next_reference(self) -> None:
        """Show the next reference of the document."""
        state = self._session.state
        sides = self._session.documents.references(state.document.uid) if state else []
        if len(sides) > 1:
            at = sides.index(self.controller.reference_uid) if self.controller.reference_uid in sides else -1
            self.show_reference(sides[(at + 1) % len(sides)])
        else:
            self._status.tell("This document has no other reference.")

    def swap(self) -> None:
        """Work in the reference, with the present text at its side."""
        state, uid = self._session.state, self.controller.reference_uid
        if state is None or not uid:
            self._status.tell("There is no reference to swap with.")
            return
        before = state.document.uid
        self.controller.reference_uid = ""
        self.open_document(uid)
        self.show_reference(before)

    def done_and_next(self) -> None:
        """Call the document done, if its rules are kept, and open the next one that is to be done."""
        self.inspector.commit()
        self._finish(Status.DONE)

    def skip_and_next(self) -> None:
        """Leave the document out, and go on."""
        self._finish(Status.SKIPPED)

    def _finish(self, status: Status) -> None:
        state = self._session.state
        if state is None:
            return
        try:
            self._session.set_status(status)
        except StetError as error:
            self._status.tell(f"{error.what[:1].upper()}{error.what[1:]}. {error.hint}")
            self.next_open_rule()
            return
        self._go_on(state.document.uid)

    def _go_on(self, uid: str) -> None:
        row = self.documents_model.row_of(uid)
        rows = self.documents_model.rowCount()
        for step in range(1, rows):
            found = self.documents_model.document_row((row + step) % rows)
            if found is None or found.status is not Status.OPEN:
                continue
            if not self._session.documents.is_reference_only([found.key]):
                self.open_document(found.uid)
                return
        self._status.tell("That was the last document that was open. Export with Ctrl+Shift+E.", tone="good")

    def reopen(self) -> None:
        """Set a finished document to open."""
        try:
            self._session.set_status(Status.OPEN)
        except StetError as error:
            self._status.tell(str(error))

    def next_document(self) -> None:
        """Open the next document of the list."""
        self._step_document(1)

    def previous_document(self) -> None:
        """Open the document before."""
        self._step_document(-1)

    def _step_document(self, by: int) -> None:
        state = self._session.state
        row = self.documents_model.row_of(state.document.uid) if state else -1
        found = self.documents_model.document_row(row + by) if 0 <= row + by < self.documents_model.rowCount() else None
        if found is not None:
            self.open_document(found.uid)
        else:
            self._status.tell("There is no further document in this list.")

    # -- marks and evidence --------------------------------------------------------------------------------------------

    def _on_chosen_changed(self, annotation: Annotation | None) -> None:
        self.inspector.show_annotation(annotation, self._session.scheme, self._evidence_info)
        self.marks.show_current(annotation.uid if annotation else "")

    def _evidence_info(self, evidence: Evidence) -> tuple[str, bool]:
        name = self._session.documents.name_of(evidence.document)
        if name is None:
            return ("a document that isn’t in this project", True)
        text = self._session.document(evidence.document).text
        stale = len(evidence.fragments) == 1 and text[evidence.start : evidence.end] != evidence.quote
        return (f"{title_of(name)} · character {evidence.start:,}", stale)

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

    def show_evidence(self, evidence: Evidence) -> None:
        """Bring evidence into view, in whichever document it lies."""
        state = self._session.state
        if state is None:
            return
        if evidence.document == state.document.uid:
            self.text.canvas.select(evidence.start, evidence.end)
            return
        if self._session.documents.name_of(evidence.document) is None:
            self._status.tell("The document of this evidence isn’t in the project.")
            return
        if evidence.document != self.controller.reference_uid:
            self.show_reference(evidence.document)
        self.reference.canvas.select(evidence.start, evidence.end)

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

    # -- finding -------------------------------------------------------------------------------------------------------

    def find(self) -> None:
        """Open the find line of the side that has the keyboard."""
        pane = self._active_pane()
        start, end = pane.canvas.view.selection
        wanted = pane.canvas.text[start:end] if 0 < end - start < 80 else ""
        pane.find.open(pane.canvas.text, start=start, wanted=wanted)

    def find_in_reference(self) -> None:
        """Look in the reference for the chosen mark's correction, or its quote."""
        if not self.controller.reference_uid:
            self._status.tell("This document has no reference yet. Ctrl+Shift+R chooses one.")
            return
        annotation = self.controller.chosen
        wanted = (annotation.correction or annotation.quote) if annotation else ""
        self.reference.find.open(self.reference.canvas.text, start=0, wanted=" ".join(wanted.split())[:80])

    def find_next(self) -> None:
        """Go to the next hit."""
        pane = self._active_pane()
        pane.find.step(1)

    def _active_pane(self) -> TextPane:
        side = self.reference
        return side if side.canvas.hasFocus() or side.find.line.hasFocus() else self.text

    def _on_text_find_finished(self, _found: bool) -> None:
        self.text.canvas.setFocus()

    def _on_reference_find_finished(self, found: bool) -> None:
        (self.reference if found else self.text).canvas.setFocus()

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

    def _on_view_changed(self, view: ViewState) -> None:
        self._active_at = time.monotonic()
        state = self._session.state
        if state is None:
            return
        start, end = view.selection
        paragraph = state.document.text.count("\n\n", max(0, start - 100_000), start) + 1
        where = f"character {start:,}" if start == end else f"characters {start:,}–{end:,}"
        self._status.place.setText(f"¶ {paragraph:,} · {where}")

    def _show_counts(self) -> None:
        state = self._session.state
        if state is None:
            for label in (self._status.place, self._status.counts, self._status.rules):
                label.clear()
            self.marks.show_counts("")
            return
        scheme = self._session.scheme
        words = self._session.documents.words_of(state.document.uid)
        found = score(state.annotations.values(), words=words, scheme=scheme)
        parts = [
            f"{count} {_plural(layer.title.lower(), count)}"
            for layer in reversed(scheme.layers)
            if (count := found.by_layer.get(layer.id, 0))
        ]
        self.marks.show_counts(", ".join(parts))
        text = ", ".join(parts) or "no marks"
        if found.per_1000_words is not None and found.penalty:
            text += f" · score {found.per_1000_words:.0f} per 1,000 words"
        self._status.counts.setText(text)
        self._status.counts.setToolTip("Penalty points of the severities, per 1,000 words")
        rules = self.marks_model.open_count()
        self._status.rules.setText(f"{rules} {'rule' if rules == 1 else 'rules'} open before “done”" if rules else "")

    def _show_ticks(self) -> None:
        state = self._session.state
        if self.text.map is None:
            return
        if state is None:
            self.text.map.show_ticks(())
            return
        length = max(1, state.document.length)
        colors = {(layer.id, label.id): label.color for layer in self._session.scheme.layers for label in layer.labels}
        self.text.map.show_ticks(
            [(a.start / length, colors.get((a.layer, a.label), "#999999")) for a in state.annotations.values()]
        )

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


def _plural(noun: str, count: int) -> str:
    if count == 1:
        return noun
    return noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
