"""A relation drawn by the mouse: from the handle of the chosen mark, or with Ctrl from any mark, to another one."""

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QAction

from app.core import relation_edits
from app.core.annotation import Annotation
from app.core.scheme import RelationType
from app.session.session import Session
from app.ui.actions.registry import ActionRegistry
from app.ui.annotate.relation_maker import RelationMaker
from app.ui.editor.arc_paint import LiveArc
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.controller import EditorController
from app.ui.editor.pointer import LinkDrag
from app.ui.panels.relation_rows import fitting_types, has_head, quote_words
from app.ui.widgets.key_menu import KeyMenu
from app.ui.widgets.notifier import Tone


class RelationDrag(QObject):
    """Draws the arc while it is dragged, and asks for the type where several fit."""

    def __init__(
        self,
        session: Session,
        text: TextCanvas,
        controller: EditorController,
        maker: RelationMaker,
        registry: ActionRegistry,
    ) -> None:
        super().__init__(controller)
        self._session = session
        self._text = text
        self._controller = controller
        self._maker = maker
        self._registry = registry
        self._ends = ("", "")
        text.pointer.link_moved.connect(self._on_moved)
        text.pointer.linked.connect(self._on_linked)

    def _annotation(self, uid: str) -> Annotation | None:
        state = self._session.state
        return state.annotations.get(uid) if state is not None else None

    def _fitting(self, source: Annotation, target: Annotation) -> list[RelationType]:
        """Return the types that are possible between two marks and not there yet."""
        state, scheme = self._session.state, self._session.scheme
        if state is None or scheme.is_about_document(target.layer):
            return []
        return [
            kind
            for kind in fitting_types(source, target, scheme)
            if target in relation_edits.possible_targets(state, source, kind.id, scheme=scheme)
        ]

    def _on_moved(self, drag: LinkDrag | None) -> None:
        source = self._annotation(drag.source) if drag is not None else None
        if drag is None or source is None:
            self._text.show_live(None, self._text.handle)
            return
        target = self._annotation(drag.over)
        scheme = self._session.scheme
        kinds = fitting_types(source, target, scheme) if target is not None else list(scheme.relations_from(source))
        first = source.fragments[0]
        if kinds:
            head = has_head(kinds[0])
            live = LiveArc((first.start, first.end), kinds[0].color, head, None, drag.point)
            self._text.show_live(live, self._text.handle)
        else:
            self._text.show_live(None, self._text.handle)

    def _on_linked(self, drag: LinkDrag) -> None:
        source, target = self._annotation(drag.source), self._annotation(drag.over)
        if source is None or target is None or source.uid == target.uid:
            words = "No relation was made: drag from a mark to another one."
            self._controller.notifier.notify(words, Tone.WARNING)
            return
        self._controller.choose(source.uid, scroll=False)
        kinds = self._fitting(source, target)
        if not kinds:
            is_related = bool(fitting_types(source, target, self._session.scheme))
            words = "These marks are related already" if is_related else "No type of relation leads there"
            ends = f"“{quote_words(source)}” → “{quote_words(target)}”"
            self._controller.notifier.notify(f"{words}: {ends}.", Tone.WARNING)
        elif len(kinds) == 1:
            self._maker.make(source, target, kinds[0])
        else:
            self._ends = (source.uid, target.uid)
            self._ask(kinds, drag.place)

    def _ask(self, kinds: list[RelationType], place: QPoint) -> None:
        menu = KeyMenu("relation-types-menu", self._text)
        for kind in kinds:
            keys = self._registry.keys_of_action(f"relation.{kind.id}")
            menu.add(kind.title, keys[0] if keys else "", kind.id)
        menu.triggered.connect(self._on_type)
        menu.setActiveAction(menu.actions()[0])
        menu.popup(place)

    def _on_type(self, entry: QAction) -> None:
        source, target = map(self._annotation, self._ends)
        kind = self._session.scheme.relation(str(entry.data()))
        if source is not None and target is not None and kind is not None:
            self._maker.make(source, target, kind)
        self._text.setFocus()
