"""Relations in Annotate: made, shown beside the text, edited and gone along."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from app.core import relation_edits
from app.core.annotation import Annotation, Relation
from app.core.edits import Change
from app.core.errors import StetError
from app.core.scheme import RelationType
from app.session.session import Session
from app.settings import Settings
from app.ui.actions.registry import ActionRegistry, ActionScope, native
from app.ui.annotate.chosen_annotation import ChosenAnnotation
from app.ui.annotate.drawn_annotations import DrawnAnnotations
from app.ui.annotate.far_ends import FarEnds
from app.ui.annotate.relation_drag import RelationDrag
from app.ui.annotate.relation_maker import RelationMaker
from app.ui.annotate.view import AnnotateView
from app.ui.editor.arc_paint import GUTTER, LiveArc
from app.ui.editor.controller import EditorController
from app.ui.panels.relation_panel import RelationEntry
from app.ui.panels.relation_rows import RelationRow, fitting_types, has_head, quote_words, rows_of
from app.ui.widgets.labels import unmarked
from app.ui.widgets.notifier import Tone

_NUMBERED = 9
_MOST_KEYS = 4  # of relation types that the hint names
_NONE = "This mark has no relations."


class RelationDesk(QObject):
    """Keeps the list of relations in step with the chosen mark, and does what the person wants with them."""

    def __init__(
        self,
        session: Session,
        view: AnnotateView,
        chosen: ChosenAnnotation,
        drawn: DrawnAnnotations,
        actions: ActionScope,
        registry: ActionRegistry,
        settings: Settings,
    ) -> None:
        super().__init__(view)
        self._session = session
        self._settings = settings
        self._view = view
        self._controller: EditorController = chosen.controller
        self._registry = registry
        self._arcs = drawn.arcs
        self._text = view.text.canvas
        self.maker = RelationMaker(session, view.text.canvas, chosen.controller, registry)
        self.drag = RelationDrag(session, self._text, chosen.controller, self.maker, registry)
        self.far = FarEnds(session, self._text, self)
        self.far.wanted.connect(self._on_jump)
        self.panel = view.inspector.relations
        chosen.shown.connect(self.show)
        chosen.card.relations = self._card_lines
        chosen.controller.chosen_changed.connect(self._on_chosen)
        self.maker.pointed.connect(self._on_pointed)
        self._text.pointer.arc_clicked.connect(self._on_arc_clicked)
        self.panel.jump_wanted.connect(self._on_jump)
        self.panel.changed.connect(self._on_changed)
        self.panel.reverse_wanted.connect(self._on_reverse)
        self.panel.delete_wanted.connect(self._on_delete)
        self.panel.refused.connect(self._on_refused)
        actions.bind_prefix("relation.", self.maker.start)
        actions.bind("relations.go", self.go)
        actions.bind("relations.edit", self.edit)
        actions.bind("relations.all", self.toggle_all)
        self.take_settings()

    # -- what is shown -------------------------------------------------------------------------------------------------

    def rows(self, annotation: Annotation) -> list[RelationRow]:
        """Return the relations of an annotation, and the other marks of its chains."""
        state, scheme = self._session.state, self._session.scheme
        if state is None:
            return []
        relations = self._arcs.relations_of(annotation.uid)
        return rows_of(annotation, relations, state, scheme, self._arcs.chain_of(annotation.uid)) if relations else []

    def _card_lines(self, annotation: Annotation) -> list[str]:
        return [f"Relation {row.words}" for row in self.rows(annotation) if row.relation is not None]

    def show(self, annotation: Annotation | None) -> None:
        """Show the relations of an annotation beside the text."""
        rows = self.rows(annotation) if annotation is not None else []
        self.panel.show_relations([self._entry(row) for row in rows], self._hint(annotation))

    def _on_chosen(self, annotation: Annotation | None) -> None:
        """Draw the relations of the chosen annotation, and the handle that others can be drawn from."""
        uids = (
            frozenset(self._arcs.related(annotation.uid))
            if annotation is not None and self._arcs.count
            else frozenset()
        )
        self._text.show_arcs(self._text.shown_arcs._replace(uids=uids))
        self._text.show_live(self._text.live, self._handle(annotation))
        self._text.pointer.links = bool(self._session.scheme.relations)
        self.far.refresh()

    def _handle(self, annotation: Annotation | None) -> tuple[int, int, str] | None:
        scheme = self._session.scheme
        if annotation is None or not scheme.relations or scheme.is_about_document(annotation.layer):
            return None
        kind = next(scheme.relations_from(annotation), None)
        first = annotation.fragments[0]
        return (first.start, first.end, kind.color) if kind is not None else None

    def toggle_all(self) -> None:
        """Draw all relations, or only those of the chosen annotation, and remember it for the next start."""
        on = not self._text.shown_arcs.all
        self._show_all(on=on)
        try:
            self._settings.change({"show_relations": on})
        except StetError as error:
            self._controller.notifier.complain(error)
            return
        words = "All relations are shown." if on else "Relations are shown for the selected mark only."
        if on and self._arcs.count >= len(GUTTER):
            words += " The thick grey line in the margin stands for all that find no room beside each other."
        self._controller.notifier.notify(words)

    def take_settings(self) -> None:
        """Apply the settings, if they changed."""
        self._show_all(on=bool(self._settings["show_relations"]))

    def _show_all(self, *, on: bool) -> None:
        self._text.show_arcs(self._text.shown_arcs._replace(all=on))
        self.far.refresh()

    def _on_pointed(self, made: tuple[RelationType, str, str] | None) -> None:
        """Draw the relation that is being made."""
        state = self._session.state
        if made is None or state is None:
            self._text.show_live(None, self._text.handle)
            return
        kind, source, target = made
        first = state.annotations[source].fragments[0]
        other = state.annotations[target].fragments[0] if target else None
        there = (other.start, other.end) if other is not None else None
        self._text.show_live(LiveArc((first.start, first.end), kind.color, has_head(kind), there), self._text.handle)

    def _entry(self, row: RelationRow) -> RelationEntry:
        state, scheme, relation = self._session.state, self._session.scheme, row.relation
        if relation is None or state is None:
            return RelationEntry(row.words, row.spoken, row.other)
        source, target = (state.annotations[end] for end in relation.ends)
        types = fitting_types(source, target, scheme)
        kind = scheme.relation(relation.label)
        return RelationEntry(row.words, row.spoken, row.other, row.more, relation, kind, types)

    def _hint(self, annotation: Annotation | None) -> str:
        """Return how a relation is made at a mark; "" where none can start."""
        kinds = list(self._session.scheme.relations_from(annotation)) if annotation is not None else []
        if not kinds or annotation is None or self._session.scheme.is_about_document(annotation.layer):
            return ""
        keyed = [(self._registry.keys_of_action(f"relation.{kind.id}"), kind.title) for kind in kinds]
        keys = [f"{native(keys[0]).lower()} “{title}”" for keys, title in keyed if keys]
        if not keys:
            return "None yet. The palette has the types of relation that can start here."
        more = ", …" if len(keys) > _MOST_KEYS else ""
        return f"None yet. A key starts one: {', '.join(keys[:_MOST_KEYS])}{more}."

    def follow(self, change: Change) -> None:
        """Hear what has changed in the open document."""
        if change.relations() or change.removed or change.added or change.replaced:
            self.maker.follow()

    def close(self) -> None:
        """Stop making a relation."""
        self.maker.close()

    # -- going along ---------------------------------------------------------------------------------------------------

    def go(self) -> None:
        """Choose the other end of the chosen mark's relation; let the person choose among several."""
        annotation = self._controller.chosen
        rows = self.rows(annotation) if annotation is not None else []
        if not rows:
            self._controller.notifier.notify(_NONE, Tone.WARNING)
        elif len(rows) == 1:
            self._on_jump(rows[0].other)
        else:
            self._open_menu(rows)

    def _open_menu(self, rows: Sequence[RelationRow]) -> None:
        text = self._view.text.canvas
        menu = QMenu(text)
        menu.setObjectName("relations-menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for number, row in enumerate(rows, 1):
            title = unmarked(row.words)
            entry = menu.addAction(f"&{number}  {title}" if number <= _NUMBERED else title)
            entry.setData(row.other)
        menu.triggered.connect(self._on_menu_chosen)
        menu.setActiveAction(menu.actions()[0])
        menu.popup(text.viewport().mapToGlobal(self._menu_place()))

    def _menu_place(self) -> QPoint:
        """Return where a menu about the chosen mark opens, in the text's viewport."""
        text, chosen = self._view.text.canvas, self._controller.chosen
        first = chosen.fragments[0] if chosen is not None else None
        rects = text.viewport_rects(first.start, first.end) if first is not None else []
        seen = [rect for rect in rects if text.viewport().rect().contains(rect.center().toPoint())]
        return (seen[0].toRect().bottomLeft()) if seen else text.viewport().rect().center()

    def _on_menu_chosen(self, entry: QAction) -> None:
        self._on_jump(str(entry.data()))

    def _on_arc_clicked(self, uid: str) -> None:
        """Go to a relation in the list, at the end that is chosen, else at its source."""
        state = self._session.state
        relation = state.relations.get(uid) if state is not None else None
        if relation is None:
            return
        chosen = self._controller.chosen
        if chosen is None or chosen.uid not in relation.ends:
            self._controller.choose(relation.source, scroll=False)
        self.show(self._controller.chosen)
        self.panel.show_relation(uid)

    def _on_jump(self, uid: str) -> None:
        self._controller.choose(uid)
        self._view.text.canvas.setFocus()

    # -- editing -------------------------------------------------------------------------------------------------------

    def edit(self) -> None:
        """Put the keyboard into the list of the chosen mark's relations."""
        self.show(self._controller.chosen)
        if not self.panel.enter():
            self._controller.notifier.notify(_NONE, Tone.WARNING)

    def _on_changed(self, said: tuple[str, str, object]) -> None:
        uid, field, value = said
        state = self._session.state
        relation = state.relations.get(uid) if state is not None else None
        if state is None or relation is None:
            return
        if field == "label":
            self._relabel(relation, str(value))
        elif field == "comment":
            edit = relation_edits.change_relation_comment(relation, str(value))
            self._controller.apply(edit, f"Comment on {self._words(relation)}")
        else:
            edit = relation_edits.change_relation_attribute(relation, field, value)
            self._controller.apply(edit, f"Change {field} of {self._words(relation)}")

    def _relabel(self, relation: Relation, label: str) -> None:
        state = self._session.state
        if state is None or label == relation.label:
            return
        try:
            edit = relation_edits.relabel_relation(state, relation, label, scheme=self._session.scheme)
        except StetError as error:
            self._controller.notifier.complain(error)
            self.show(self._controller.chosen)
            return
        self._controller.apply(edit, f"Change the type of {self._words(relation)}")

    def _on_reverse(self, relation: Relation) -> None:
        state = self._session.state
        if state is None:
            return
        try:
            edit = relation_edits.reverse(state, relation, scheme=self._session.scheme)
        except StetError as error:
            self._controller.notifier.complain(error)
            return
        self._controller.apply(edit, f"Reverse {self._words(relation)}")

    def _on_delete(self, relation: Relation) -> None:
        words = self._words(relation)
        if self._controller.apply(relation_edits.disconnect([relation]), f"Delete {words}"):
            keys = self._registry.action("edit.undo").keys
            back = f" {native(keys[0])} restores it." if keys else ""
            self._controller.notifier.notify(f"Deleted {words}.{back}", Tone.DONE)
            if not self.panel.enter():
                self._view.text.canvas.setFocus()

    def _on_refused(self, why: str) -> None:
        self._controller.notifier.notify(why, Tone.WARNING)

    def _words(self, relation: Relation) -> str:
        """Return a relation in words, for the log and for messages."""
        state = self._session.state
        there = [state.annotations.get(end) for end in relation.ends] if state is not None else []
        quotes = [f"“{quote_words(end)}”" for end in there if end is not None]
        return f"relation {' → '.join(quotes)}"
