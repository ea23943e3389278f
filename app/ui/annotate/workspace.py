"""The Annotate workspace: connects the panels to the session."""

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.core.annotation import Status
from app.core.errors import BadChoice, ChangedText, DamagedRow, StetError
from app.services.documents.document_search import check_view
from app.services.team.assigned_work import assigned_counts
from app.session.events import Event, Topic
from app.session.session import Session
from app.settings import Settings
from app.ui.actions.catalogue import Needs
from app.ui.actions.registry import ActionRegistry
from app.ui.annotate.about_document import AboutDocument
from app.ui.annotate.active_layer import ActiveLayer
from app.ui.annotate.chosen_annotation import ChosenAnnotation
from app.ui.annotate.context_menu import open_menu, open_reference_menu
from app.ui.annotate.document_facts import DocumentFacts
from app.ui.annotate.document_stepper import DocumentStepper
from app.ui.annotate.drawn_annotations import DrawnAnnotations
from app.ui.annotate.finder import Finder
from app.ui.annotate.history import History
from app.ui.annotate.language_units import LanguageUnits
from app.ui.annotate.missing_fonts import FontNotice
from app.ui.annotate.obstacles import Obstacles
from app.ui.annotate.reference_side import ReferenceSide
from app.ui.annotate.relation_desk import RelationDesk
from app.ui.annotate.selection_modes import SelectionModes
from app.ui.annotate.several_annotations import SeveralAnnotations
from app.ui.annotate.side_scroll import SideScroll
from app.ui.annotate.suggestion_desk import SuggestionDesk
from app.ui.annotate.suggestion_shelf import SuggestionShelf
from app.ui.annotate.view import AnnotateView
from app.ui.annotate.work_clock import WorkClock
from app.ui.editor.controller import EditorController
from app.ui.editor.style import Style
from app.ui.editor.view_state import ViewState
from app.ui.models.document_orders import order_choices, order_title
from app.ui.models.document_view import EVERYTHING, DocumentView
from app.ui.models.session_bridge import SessionBridge
from app.ui.panels.status_bar import StatusBar
from app.ui.theme import Tones
from app.ui.widgets.notifier import Notifier
from app.ui.widgets.pane_stepper import PaneStepper
from app.ui.widgets.window_state import WindowState


class AnnotateWorkspace(AnnotateView):
    """Annotates one project."""

    action_wanted = Signal(object)  # action id
    annotated = Signal(object)  # Annotation that was added or changed, for the tour
    hints = (
        ("annotation.next", "next mark"),
        ("evidence.link", "link evidence"),
        ("document.done", "done, next"),
    )

    def __init__(
        self,
        session: Session,
        actions: ActionRegistry,
        settings: Settings,
        status: StatusBar,
        notifier: Notifier,
        tones: Tones,
        style: Style,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(session, actions, tones, style, parent)
        self._session = session
        self._registry = actions
        self.scope = scope = actions.scope()
        self._settings = settings
        self._status = status
        self._notifier = notifier
        self._clock = WorkClock()
        self.drawn = DrawnAnnotations(session, self.text.canvas, settings)
        self.annotations_model.of_relations = self.drawn.arcs.problems_of
        self.controller = EditorController(session, self.text.canvas, self.reference.canvas, scope, notifier, self)
        self.layer = ActiveLayer(session, self, self.controller, actions)
        self.said = AboutDocument(session, self, self.controller)
        self.side = ReferenceSide(session, self.text, self.reference, self.controller, self.drawn.proof, self)
        self.chosen = ChosenAnnotation(session, self, self.controller, self.side, scope)
        self.relations = RelationDesk(session, self, self.chosen, self.drawn, scope, actions, settings)
        self.several = SeveralAnnotations(session, self, scope, notifier)
        self.beside = SideScroll(session, self, self.controller, self.side, scope, settings)
        self.finder = Finder(self.text, self.reference, self.controller, scope, self)
        self.stepper = DocumentStepper(session, self.documents_model, scope, notifier, self)
        self._panes = PaneStepper(self, self.panes, enter=self.enter_pane, home=1)
        self.modes = SelectionModes(self, settings, scope, notifier)
        canvases = (self.text.canvas, self.reference.canvas)
        self.language = LanguageUnits(session, canvases, self.controller, settings)
        self.fonts = FontNotice(canvases, status)
        self._is_in_front = True
        self.facts = DocumentFacts(session, self.annotations, status, self.text.map, self.drawn.arcs, self)
        self.bridge = SessionBridge(session, self)
        self.suggestions = SuggestionDesk(session, self, self.chosen, self.drawn, self.bridge, scope, settings)
        self.shelf = SuggestionShelf(
            session, self, self.suggestions, self.drawn, self.bridge, scope, settings, notifier
        )
        self.obstacles = Obstacles(session, *canvases, self.controller, scope, actions)
        self.obstacles.has_suggestion = self._has_suggestion
        self.history = History(session, self.bridge, self.controller.chooser, scope, notifier, self)
        self.apply_appearance(tones, style)
        self._connect()
        self.layer.show_scheme()
        self.said.show_scheme()
        self.inspector.prepare(session.scheme)
        self.show_progress()

    def _connect(self) -> None:
        self.documents.narrowed.connect(self.show_list)
        self.bridge.changed.connect(self._on_session_changed)
        self.documents.document_chosen.connect(self.open_document)
        self.documents.action_wanted.connect(self.action_wanted)
        self.documents_model.damaged.connect(self._on_damaged)
        self.documents.import_requested.connect(self._on_import_requested)
        self.documents.left.connect(self.text.canvas.setFocus)
        self.labels.layer_chosen.connect(self.set_layer)
        self.labels.label_chosen.connect(self._on_label_chosen)
        self.text.action_wanted.connect(self.action_wanted)
        self.reference.action_wanted.connect(self.action_wanted)
        self.side.swap_wanted.connect(self._on_swap_wanted)
        self.stepper.wanted.connect(self.open_document)
        self.stepper.blocked.connect(self._on_blocked)
        self.chosen.brush.described.connect(self._status.show_mode)
        self.relations.maker.described.connect(self._status.show_mode)
        self.facts.counted.connect(self.documents_model.show_rules)
        self.text.canvas.view_changed.connect(self.facts.show_place)
        self.text.canvas.view_changed.connect(self._on_active)
        self.history.leaving.connect(self._on_leaving)
        self.text.canvas.menu_requested.connect(self._on_menu_requested)
        self.reference.canvas.menu_requested.connect(self._on_menu_requested)
        self.reference.choices_menu_wanted.connect(self._on_reference_menu)
        self.suggestion.menu_wanted.connect(self._on_menu_requested)
        self.inspector.find_requested.connect(self.finder.find_in_reference)
        self.scope.bind("document.swap", self.side.swap)
        self.scope.bind("view.documents", self.search_documents)
        self.scope.bind("view.corrections", self.drawn.toggle_corrections)
        self.scope.bind("view.next-pane", self._panes.forth)
        self.scope.bind("view.previous-pane", self._panes.back)
        self.scope.bind_prefix("layer.", self.set_layer)
        self.shelf.patterns_wanted.connect(self._on_patterns_wanted)

    def widget(self) -> QWidget:
        """Return the widget to show."""
        return self

    def enter(self) -> None:
        """Come to the front: update state and status, and focus the text."""
        self._is_in_front = True
        self._enable()
        self.facts.show_place(self.text.canvas.view)
        self.facts.count_all()
        self.text.canvas.setFocus()

    def leave(self) -> None:
        """Go to the back: commit what is being typed."""
        self.relations.maker.stop()
        self.chosen.commit()
        self.remember_place()
        self._is_in_front = False

    def _enable(self) -> None:
        if self._is_in_front:
            have = {Needs.DOCUMENT, Needs.ANNOTATION} if self._session.state is not None else set()
            self._registry.update_enabled({Needs.PROJECT} | have)

    def remember(self, state: WindowState) -> None:
        """Save pane state, active layer, and the position in the document."""
        self.keep_panes(state)
        self.layer.remember(state)
        self.remember_place()

    def restore(self, state: WindowState) -> None:
        """Restore what was saved."""
        self.restore_panes(state)
        self.layer.restore(state)

    def apply_appearance(self, tones: Tones, style: Style) -> None:
        """Apply other colours and fonts."""
        self.set_look(tones, style)
        self.modes.apply()
        for part in (self.beside, self.suggestions, self.shelf, self.language, self.relations):
            part.take_settings()

    # -- session changes -----------------------------------------------------------------------------------------------

    def _on_session_changed(self, fact: Event) -> None:
        if fact.topic is Topic.OPENED:
            self.documents_model.settle()
            self._show_document()
        elif fact.topic is Topic.ANNOTATIONS:
            self._show_change(fact)
        elif fact.topic is Topic.DOCUMENTS:
            self._on_documents_changed()
        elif fact.topic is Topic.DESCRIPTION or fact.topic is Topic.REFERENCES:
            self.documents_model.refresh(fact.document)
            self.side.refresh()
        elif fact.topic is Topic.SCHEME:
            self._registry.rebuild(self._session.scheme)
            self.layer.show_scheme()
            self.said.show_scheme()
            self.inspector.prepare(self._session.scheme)
            self._show_document()
            self._keep_view()
        elif fact.topic in (Topic.ANNOTATOR, Topic.ASSIGNMENTS):
            self.documents_model.reload()
            self.show_list()

    def _on_documents_changed(self) -> None:
        self.documents_model.reload()
        state = self._session.state
        if state is not None and self._session.reader.documents.key_of(state.document.uid) is None:
            self._session.close_document()
        if self._session.state is None:
            self.open_first()
        else:
            self.side.refresh()
        self.show_progress()

    def _show_change(self, fact: Event) -> None:
        state, change = self._session.state, fact.change
        if state is None:
            return
        if change is not None and (fact.document, change.annotator) == (state.document.uid, state.annotator):
            is_proof = self.drawn.follow(change)
            self.annotations_model.apply(change)
            if is_proof:
                self.side.refresh_annotations()
            self.controller.chooser.refresh()
            self.facts.follow(change)
            self.relations.follow(change)
            if any(self._session.scheme.is_about_document(a.layer) for a in change.annotations()):
                self.said.show()
            for annotation in (*change.added, *(new for _, new in change.replaced)):
                self.annotated.emit(annotation)
            self.documents_model.follow(state, problems=self.facts.open_rules)
        else:
            self.documents_model.refresh(fact.document)
        if change is None or change.status is not None:
            self.show_progress()

    def set_layer(self, layer: str) -> None:
        """Make a layer active, so that label keys apply its labels."""
        self.layer.pick(layer)
        if not self.text.canvas.hasFocus() and not self.reference.canvas.hasFocus():
            self.text.canvas.setFocus()

    # -- documents -----------------------------------------------------------------------------------------------------

    def open_first(self) -> None:
        """Open the first document still to be done; explain what to do if there is none."""
        uid = self.stepper.first()
        if uid is not None:
            self.open_document(uid)
        else:
            self._show_document()

    def open_document(self, uid: str) -> bool:
        """Open a document at the position where the annotator left it; return True: documents are shown here."""
        if self._session.state is not None:
            self._notifier.clear()  # it was about the previous document
        self.chosen.commit()
        self.remember_place()
        try:
            self._session.open_document(uid)
        except StetError as error:
            self._notifier.complain(error)
        else:
            self.text.canvas.setFocus()
            state = self._session.state
            if state is not None and self._session.reader.is_changed(uid):
                changed = ChangedText(uid, state.document.title)
                changed.hint = "it can be read but not edited, since marks may lie elsewhere; restore a backup"
                self._notifier.complain(changed)
        return True

    @Slot(object)
    def _on_damaged(self, damage: DamagedRow) -> None:
        self._notifier.complain(damage)

    def show_annotation(self, document: str, annotator: str, uid: str) -> None:
        """Choose an annotation of the open document; another annotator's, not shown here, is selected as text."""
        state = self._session.state
        if state is None or state.document.uid != document:
            return
        if uid in state.annotations:
            self.controller.choose(uid)
            return
        theirs = self._session.reader.state_of(document, annotator).annotations.get(uid)
        if theirs is not None:
            self.text.canvas.select(theirs.start, theirs.end)

    def _show_document(self) -> None:
        self.relations.maker.stop()
        state = self._session.state
        self._enable()
        highlights = self.drawn.read()
        self.annotations_model.show_state(state, self._session.scheme)
        self.controller.choose("", scroll=False)
        self._clock.take()
        self.said.show()
        if state is None:
            hint = "Import text files, or drop them here. One can serve as the reference for another."
            self.text.show_empty(hint, action="project.import", title="Import documents…")
            self.side.refresh()
            self.facts.count_all()
            return
        self.text.show_canvas()
        self.text.find_bar.set_text(state.document.text)
        self.text.canvas.show_text(state.document.text, highlights, caret=self._session.place())
        self.documents.show_current(state.document.uid)
        self.facts.show_place(self.text.canvas.view)
        self.side.refresh()
        self.facts.count_all()
        self.documents_model.follow(state, problems=self.facts.open_rules)

    def _on_blocked(self) -> None:
        """Go to the first unmet rule: of the document itself, else of its annotations."""
        missing = self.said.missing()
        if missing:
            self.layer.pick(missing[0].layer)
        else:
            self.chosen.first_open_rule()

    def _on_swap_wanted(self, pair: tuple[str, str]) -> None:
        work, beside = pair
        self.controller.evidence.reference = ""
        self.open_document(work)
        self.side.show(beside)

    def _on_leaving(self) -> None:
        self.chosen.commit()
        self.remember_place()

    def _on_active(self, _view: ViewState) -> None:
        self._clock.tick()

    # -- menus and lifecycle -------------------------------------------------------------------------------------------

    def _on_menu_requested(self, place: QPoint) -> None:
        in_text = self.controller.selector.active() is self.text.canvas
        layer = self._session.scheme.layer(self.layer.current) if in_text else None
        relations = self._session.scheme.relations if in_text else ()
        has = self._has_suggestion()
        open_menu(self, place, layer, self._registry, suggestion=has, relations=relations)

    def _on_reference_menu(self, place: QPoint) -> None:
        open_reference_menu(self, place, self._registry)

    def _has_suggestion(self) -> bool:
        return self.suggestions.current is not None

    def _on_label_chosen(self, label: str) -> None:
        if not self.controller.steps.enter(self.layer.current, label):
            self._registry.run(f"label.{self.layer.current}.{label}")
        self.text.canvas.setFocus()

    def _on_patterns_wanted(self) -> None:
        self.action_wanted.emit("suggestion.patterns")

    def _on_import_requested(self) -> None:
        self.action_wanted.emit("project.import")

    def show_view(self, view: DocumentView, order: str) -> None:
        """Show another view of the documents; `order` is what its order is called."""
        try:
            self.documents_model.show_view(view)
        except StetError as error:
            self._notifier.complain(error)
        self.documents.show_view(view, order)
        self.show_list()

    def _keep_view(self) -> None:
        """List anew what goes by labels and fields; everything, if the scheme has lost what the view asks for."""
        view = self.documents_model.view
        if view.is_plain:
            return
        try:
            check_view(self._session, view.conditions, view.sorting)
        except BadChoice as error:
            self._notifier.complain(error)
            self.show_view(EVERYTHING, order_title(EVERYTHING.sorting, order_choices(None, ())))
        else:
            self.documents_model.reload()
            self.show_list()

    def show_list(self) -> None:
        """Select the open document again in a document list that was replaced."""
        state = self._session.state
        if state is not None:
            self.documents.show_current(state.document.uid)
        self.show_progress()

    def show_progress(self) -> None:
        """Show how many documents are finished: of those listed, if the list shows only the annotator's own."""
        narrowed = self.documents_model.is_narrowed
        session = self._session
        counts = assigned_counts(session) if narrowed else session.reader.status_counts(session.annotator or "")
        done = counts.get(Status.DONE, 0) + counts.get(Status.DONE_EMPTY, 0)
        total = sum(counts.values()) if narrowed else self._session.reader.documents.count_work()
        self.documents.show_progress(done=done, total=total)

    def remember_place(self) -> None:
        """Save the position in the open document and the time spent there."""
        self.suggestions.sight.write()
        if self._session.state is None:
            return
        try:
            self._session.remember_place(position=self.text.canvas.view.caret, seconds=self._clock.take())
        except StetError as error:
            self._notifier.complain(error)

    def shut_down(self) -> None:
        """Commit what is being typed and stop listening; the session may be closed afterwards."""
        self.chosen.close()
        for part in (self.beside, self.language, self.shelf, self.suggestions, self.history, self.relations):
            part.close()
        self.remember_place()
        self.bridge.close()
