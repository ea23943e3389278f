"""Names of the ends of relations that are out of sight, at the edge of the text where they lie."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.core.scheme import Scheme
from app.core.state import DocumentState
from app.core.wording import counted, shorten
from app.session.session import Session
from app.ui.editor.arcs import Arc
from app.ui.editor.canvas import TextCanvas
from app.ui.guard import guarded
from app.ui.widgets.labels import ValueButton, literal, plain, unmarked, value_button

_MOST = 3  # names at an edge
_LONGEST = 32  # characters of a quote
_AWAY = 6  # pixels from the edge


class FarEnd(NamedTuple):
    """The far end of a relation: its annotation (uid), and what is said of it."""

    uid: str
    words: str
    spoken: str


class FarEdge(QFrame):
    """The names at one edge of a text. The keyboard stays with the text: there is a key for going along."""

    wanted = Signal(object)  # uid

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._buttons: list[ValueButton] = []
        self._shown: tuple[list[FarEnd], int] = ([], 0)
        self._more = plain("", tone="faint", name=f"{name}-more")
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(8, 3, 8, 3)
        self._box.setSpacing(1)
        self._box.addWidget(self._more)
        self.hide()

    def show_count(self, words: str) -> None:
        """Say how many ends there are, in words, and name none."""
        self.show_ends([])
        self._shown = ([], -1)
        self._more.setText(words)
        self._more.show()
        self.adjustSize()
        self.show()
        self.raise_()

    def show_ends(self, ends: Sequence[FarEnd]) -> None:
        """Name some ends, the nearest first; how many more there are is only counted."""
        room = self._room()
        if (list(ends), room) == self._shown:
            return
        self._shown = (list(ends), room)
        while len(self._buttons) < min(_MOST, len(ends)):
            made = value_button("", "", name=f"{self.objectName()}-{len(self._buttons)}", role="link", accessible="Go")
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            made.picked.connect(self.wanted)
            self._buttons.append(made)
            self._box.insertWidget(len(self._buttons) - 1, made)
        for at, made in enumerate(self._buttons):
            made.setVisible(at < len(ends))
            if at < len(ends):
                made.value = ends[at].uid
                words = made.fontMetrics().elidedText(ends[at].words, Qt.TextElideMode.ElideRight, room)
                made.setText(unmarked(words))
                made.setAccessibleName(f"Go to {ends[at].spoken}")
                made.setToolTip(literal(f"{ends[at].words}\nClick to go there (Alt+O)"))
        self._more.setText(f"and {len(ends) - _MOST} more")
        self._more.setVisible(len(ends) > _MOST)
        self.setVisible(bool(ends))
        if ends:
            self.adjustSize()
            self.raise_()

    def _room(self) -> int:
        """Return how wide a name may be."""
        parent, margins = self.parentWidget(), self._box.contentsMargins()
        wide = parent.width() if parent is not None else 0
        return max(0, wide - 2 * _AWAY - margins.left() - margins.right())


@guarded
class FarEnds(QObject):
    """Names the ends that arcs in view lead to and that are not in view themselves; a click goes there."""

    wanted = Signal(object)  # uid

    def __init__(self, session: Session, text: TextCanvas, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._text = text
        self.above, self.below = FarEdge("far-ends-above", text.viewport()), FarEdge("far-ends-below", text.viewport())
        for edge in (self.above, self.below):
            edge.wanted.connect(self.wanted)
        self._pause = QTimer(self)
        self._pause.setObjectName("far-ends-pause")
        self._pause.setSingleShot(True)
        self._pause.setInterval(0)
        self._pause.timeout.connect(self.show)
        text.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        text.viewport().installEventFilter(self)

    def refresh(self) -> None:
        """Name others soon: the text was scrolled, or other arcs are drawn."""
        if self._text.shown_arcs.any or self.above.isVisible() or self.below.isVisible():
            self._pause.start()

    def show(self) -> None:
        """Name what is out of sight now."""
        self._pause.stop()
        state, arcs = self._session.state, self._text.arcs_in_view()
        own = self._text.shown_arcs.uids
        # Of what runs past the view only the chosen mark's is named: with all shown there may be hundreds.
        arcs += [arc for arc in self._text.arcs_past_view() if arc.uid in own]
        start, end = self._text.visible_range() if arcs else (0, 0)
        far = [each for arc in self._chosen_first(arcs) for each in _far_ends(arc, start, end)]
        found = {uid: (arc, at) for arc, uid, at in far} if state is not None else {}
        placed = (
            [(at, _named(arc, state, self._session.scheme, uid)) for uid, (arc, at) in found.items()]
            if state is not None
            else []
        )
        above = [name for at, name in sorted(placed, key=_place, reverse=True) if at < start]
        below = [name for at, name in sorted(placed, key=_place) if at >= end]
        is_own = any(arc.uid in own for arc in arcs)
        for edge, names, sign, where in ((self.above, above, "↑", "above"), (self.below, below, "↓", "below")):
            if is_own or len(names) <= _MOST:
                edge.show_ends([name._replace(words=f"{sign} {name.words}") for name in names])
            else:  # a few of many help nobody, and cover the text
                edge.show_count(f"{sign} {counted(len(names), 'related mark')} {where}")
        self._put()

    def _chosen_first(self, arcs: Sequence[Arc]) -> list[Arc]:
        """Return those that stand out, or all if none does."""
        own = [arc for arc in arcs if arc.uid in self._text.shown_arcs.uids]
        return own or list(arcs)

    def _put(self) -> None:
        """Put the names where one stops reading a line, away from where lines begin."""
        size = self._text.viewport().size()
        for edge, y in ((self.above, _AWAY), (self.below, size.height() - self.below.height() - _AWAY)):
            left = _AWAY if self._text.text_layout.mirrored else size.width() - edge.width() - _AWAY
            if edge.pos() != QPoint(max(0, left), y):
                edge.move(max(0, left), y)

    def _on_scrolled(self, _value: int) -> None:
        self.refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            self.refresh()
        return super().eventFilter(watched, event)


def _far_ends(arc: Arc, start: int, end: int) -> list[tuple[Arc, str, int]]:
    """Return the end of an arc that isn't in view, with its place; both where it runs past, none where it ends above or
    below as a whole.
    """
    out = [at for at in (arc.source, arc.target) if not start <= at.start < end]
    is_past = arc.hull[0] < start and arc.hull[1] >= end
    return [(arc, at.owner, at.start) for at in out] if len(out) == 1 or is_past else []


def _named(arc: Arc, state: DocumentState, scheme: Scheme, uid: str) -> FarEnd:
    annotation = state.annotations[uid]
    quote = shorten(annotation.quote, _LONGEST) if annotation.quote else "a gap"
    sign = ("→" if uid == arc.target.owner else "←") if arc.head else "–"
    label = scheme.label_title(annotation.layer, annotation.label)
    return FarEnd(uid, f"{arc.badge} {sign} “{quote}” {label}", f"“{quote}”, {label}, {arc.badge}")


def _place(named: tuple[int, FarEnd]) -> int:
    return named[0]
