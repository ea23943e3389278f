"""A card beside an annotation that says all about it: after a pause of the pointer over it, or by key."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, Qt, QTimer
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.core.annotation import Annotation, Fragment
from app.core.scheme import SEVERITY, Scheme
from app.core.validation import problems_of
from app.core.wording import shorten
from app.session.session import Session
from app.ui.actions.registry import ActionScope
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.controller import EditorController
from app.ui.editor.view_state import ViewState
from app.ui.widgets.labels import plain
from app.ui.widgets.notifier import Tone

_PAUSE_MS = 500
_WIDTH = 340
_GAP = 7.0  # pixels between annotation and card
_LONGEST = 240
_MOST_EVIDENCE = 3


def card_title(annotation: Annotation, scheme: Scheme) -> str:
    """Return layer and label of an annotation, as the scheme names them."""
    layer, label = scheme.layer(annotation.layer), scheme.label(annotation.layer, annotation.label)
    return f"{layer.title if layer else annotation.layer}: {label.title if label else annotation.label}"


def card_lines(annotation: Annotation, scheme: Scheme, *, annotator: str, text: str | None = None) -> list[str]:
    """Return what a card says under its title, a line for each fact; with the document's `text`, the quote is checked
    too.
    """
    lines: list[str] = []
    severity = annotation.attributes.get(SEVERITY)
    if severity is not None:
        known = scheme.severity(severity)
        lines.append(f"Severity: {known.title if known else severity}")
    if annotation.correction is not None:
        lines.append(f"Correction: {annotation.correction or 'delete the marked words'}")
    if annotation.comment:
        lines.append(f"Comment: {annotation.comment}")
    lines.extend(f"Evidence {item.stance.value}: “{item.quote}”" for item in annotation.evidence[:_MOST_EVIDENCE])
    if len(annotation.evidence) > _MOST_EVIDENCE:
        lines.append(f"and {len(annotation.evidence) - _MOST_EVIDENCE} more pieces of evidence")
    lines.extend(f"Unmet rule: {problem.message}" for problem in problems_of(annotation, scheme=scheme, text=text))
    origin = "" if annotation.origin == "human" else f" ({annotation.origin})"
    lines.append(f"By {annotator or 'no one yet'}{origin}")
    return [cut(line) for line in lines]


def cut(line: str) -> str:
    """Return a line for a card: without line ends, and not too long."""
    return shorten(line, _LONGEST)


def free_place(size: QSizeF, area: QRectF, taken: list[QRectF]) -> QPointF | None:
    """Return where a card covers none of the rectangles that are taken: under them, over, beside, in a corner of the
    area; None if it fits nowhere.
    """
    hull = QRectF(taken[0])
    for rect in taken[1:]:
        hull = hull.united(rect)
    first, last = taken[0], taken[-1]
    right, low = area.right() - size.width(), area.bottom() - size.height()
    wanted = [
        (first.left(), hull.bottom() + _GAP),
        (first.left(), hull.top() - _GAP - size.height()),
        (hull.right() + _GAP, first.top()),
        (hull.left() - _GAP - size.width(), first.top()),
        (last.right() + _GAP, last.top()),
        (right, area.top()),
        (right, low),
        (area.left(), low),
        (area.left(), area.top()),
    ]
    for x, y in wanted:
        if x < area.left() or area.top() > y or y > low:
            continue
        place = QPointF(min(x, right), y)
        if place.x() >= area.left() and not any(QRectF(place, size).intersects(rect) for rect in taken):
            return place
    return None


class HoverCard(QFrame):
    """The card itself. The mouse goes through it, and it never takes the keyboard."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("hover-card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._title = plain("", role="field", name="hover-card-title", wrap=True)
        self._body = plain("", name="hover-card-body", wrap=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(10, 7, 10, 8)
        box.setSpacing(2)
        box.addWidget(self._title)
        box.addWidget(self._body)
        self.hide()

    def fill(self, title: str, lines: list[str]) -> None:
        """Say something, and be as big as that needs."""
        self._title.setText(title)
        self._body.setText("\n".join(lines))
        self.setAccessibleName(f"{title}. {'. '.join(lines)}")
        self.setFixedWidth(_WIDTH)
        layout = self.layout()
        self.setFixedHeight(layout.heightForWidth(_WIDTH) if layout is not None else 0)


class Described(NamedTuple):
    """What a card says of something that is drawn over the text, and where that is."""

    uid: str
    fragments: Sequence[Fragment]
    title: str
    lines: list[str]


def _nothing(_uid: str) -> Described | None:
    """Know of nothing else."""


def _no_relations(_annotation: Annotation) -> list[str]:
    """Know of no relations."""
    return []


class AnnotationCard(QObject):
    """Decides when a card is shown, of which annotation, and where. `others` knows what else is drawn."""

    def __init__(
        self, session: Session, view: QWidget, text: TextCanvas, controller: EditorController, actions: ActionScope
    ) -> None:
        super().__init__(controller)
        self._session = session
        self._view = view
        self._text = text
        self._controller = controller
        self._owner = ""
        self.others: Callable[[str], Described | None] = _nothing
        self.relations: Callable[[Annotation], list[str]] = _no_relations  # of an annotation, a line each
        self.card = HoverCard(view)
        self._pause = QTimer(self)
        self._pause.setObjectName("card-pause")
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._on_pause_over)
        text.pointer.hovered.connect(self._on_hovered)
        text.view_changed.connect(self._on_view_changed)
        text.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        controller.chosen_changed.connect(self._on_chosen_changed)
        actions.about_to_run.connect(self._on_action)
        actions.bind("annotation.card", self.show_chosen)

    def show_chosen(self) -> None:
        """Show the card of what is chosen; take it away if it is there."""
        described, was_shown = self._described(self._text.view.chosen), self.card.isVisible()
        self.hide()
        if described is None:
            self._controller.notifier.notify("No mark selected. Press Tab to step through marks.", Tone.WARNING)
        elif not was_shown:
            self._text.scroll_to(described.fragments[0].start)
            if not self._show(described):
                self._controller.notifier.notify(
                    "There is no room for a card. The inspector shows the same details.", Tone.WARNING
                )

    def _described(self, uid: str) -> Described | None:
        state, scheme = self._session.state, self._session.scheme
        annotation = state.annotations.get(uid) if state is not None else None
        if state is None or annotation is None:
            return self.others(uid) if uid else None
        lines = card_lines(annotation, scheme, annotator=state.annotator, text=state.document.text)
        lines[-1:-1] = [cut(line) for line in self.relations(annotation)[:_MOST_EVIDENCE]]
        return Described(uid, annotation.fragments, card_title(annotation, scheme), lines)

    def hide(self) -> None:
        """Take the card away, and wait for none."""
        self._pause.stop()
        self.card.hide()

    def _show(self, described: Described) -> bool:
        self.card.fill(described.title, described.lines)
        taken = self.taken_by(described)
        area = QRectF(self._view.rect()).adjusted(6, 6, -6, -6)
        place = free_place(QSizeF(self.card.size()), area, taken) if taken else None
        if place is None:
            return False
        self.card.move(place.toPoint())
        self.card.show()
        self.card.raise_()
        return True

    def taken_by(self, annotation: Annotation | Described) -> list[QRectF]:
        """Return where an annotation and its badge are on the screen, in pixels of the workspace."""
        viewport = self._text.viewport()
        inside, layout = QRectF(viewport.rect()), self._text.text_layout
        rects = [rect for f in annotation.fragments for rect in self._text.viewport_rects(f.start, f.end)]
        number = layout.blocks.at(annotation.fragments[0].start)
        shift = QPointF(0, layout.top(number)) - self._text.content_point(QPointF(0, 0))
        badges = layout.block(number).badges
        rects.extend(badge.rect.translated(shift) for badge in badges if badge.highlight.owner == annotation.uid)
        origin = QPointF(viewport.mapTo(self._view, viewport.rect().topLeft()))
        return [rect.intersected(inside).translated(origin) for rect in rects if rect.intersects(inside)]

    def _on_hovered(self, owner: str) -> None:
        self.hide()
        self._owner = owner
        if owner:
            self._pause.start()

    def _on_pause_over(self) -> None:
        described = self._described(self._owner)
        if described is not None and self._text.isVisible():
            self._show(described)

    def _on_view_changed(self, _view: ViewState) -> None:
        self.hide()

    def _on_scrolled(self, _value: int) -> None:
        self.hide()

    def _on_chosen_changed(self, _annotation: Annotation | None) -> None:
        self.hide()

    def _on_action(self, action: str) -> None:
        if action != "annotation.card":
            self.hide()
