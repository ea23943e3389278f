"""Synchronised scrolling: the reference follows the text, sentence by sentence."""

from collections.abc import Callable, Sequence
from math import floor

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QTimer

from app.core.alignment import Aligned, aligned_at, differing
from app.session.session import Session
from app.settings import Settings
from app.ui.actions.registry import ActionScope
from app.ui.annotate.alignments import Alignments
from app.ui.annotate.reference_side import ReferenceSide
from app.ui.annotate.view import AnnotateView
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.controller import EditorController
from app.ui.editor.paint import Guides
from app.ui.editor.view_state import ViewState
from app.ui.guard import guarded

_REST_MS = 700  # how long the reference is left alone after it was scrolled by hand
_TRIES = 5  # each lays out more of what was only estimated
_NEAR = 8  # sentences before and after; one of them leads if the caret's own sentence is unaligned
_TOP_LINE = 40  # pixels below the top of the first line that counts as fully visible
_LEAST_SEEN = 80
_AIR = 6.0
_ABOVE = 200  # pixels above the top where a block that ends in view may begin
_ORIGIN = QPoint(0, 0)
_HANDS_ON = (QEvent.Type.Wheel, QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease)


@guarded
class SideScroll(QObject):
    """Highlights and brings into view the reference sentences aligned to the one being read.

    That is the sentence at the caret, or the one at the top while the caret is out of view. The text leads and never
    follows; the reference stays put while the user works in it.
    """

    def __init__(
        self,
        session: Session,
        view: AnnotateView,
        controller: EditorController,
        side: ReferenceSide,
        actions: ActionScope,
        settings: Settings,
    ) -> None:
        super().__init__(view)
        self._session = session
        self._settings = settings
        self._text: TextCanvas = view.text.canvas
        self._pane = view.reference
        self._reference: TextCanvas = view.reference.canvas
        self._controller = controller
        self._notifier = controller.notifier
        self.alignments = Alignments(self)
        self._setting = self.together = bool(settings["together"])
        self.differences = False
        self._is_selected_by_hand = False
        self._due = _timer(self, "side-scroll", 0, self.follow)
        self._rest = _timer(self, "side-rest", _REST_MS, None)
        side.shown.connect(self._on_shown)
        self.alignments.ready.connect(self._due.start)
        controller.chosen_changed.connect(self._on_moved)
        self._text.view_changed.connect(self._on_moved)
        self._text.verticalScrollBar().valueChanged.connect(self._on_moved)
        self._reference.view_changed.connect(self._on_reference_view)
        for widget in (self._reference.viewport(), self._reference.verticalScrollBar()):
            widget.installEventFilter(self)
        actions.bind("document.next-reference", side.show_next)
        actions.bind("document.previous-reference", side.show_previous)
        actions.bind("view.together", self.toggle_together)
        actions.bind("view.differences", self.toggle_differences)

    def take_settings(self) -> None:
        """Apply the settings if they changed; what an action toggled temporarily stays otherwise."""
        if self._settings["together"] is not self._setting:
            self._setting = self.together = bool(self._settings["together"])
            self._due.start()

    def toggle_together(self) -> None:
        """Toggle scrolling the reference with the text."""
        self.together = not self.together
        self._notifier.notify(
            "The reference scrolls with the text." if self.together else "The reference stays where it is."
        )
        self._due.start()

    def toggle_differences(self) -> None:
        """Toggle highlighting the words that differ between aligned sentences."""
        self.differences = not self.differences
        shown = "are highlighted" if self.differences else "are no longer highlighted"
        self._notifier.notify(f"Words missing from the aligned sentence {shown}.")
        self._due.start()

    def close(self) -> None:
        """Stop pending work."""
        self._due.stop()
        self._rest.stop()
        self.alignments.close()

    # -- events --------------------------------------------------------------------------------------------------------

    def _on_shown(self, uid: str) -> None:
        state = self._session.state
        self._is_selected_by_hand = False
        self._show_guides(Guides(), Guides())
        self.alignments.want(
            state.document if state else None, self._session.reader.document(uid) if state and uid else None
        )

    def _on_moved(self, _what: object) -> None:
        if not self._controller.evidence.reference:
            return  # nothing to follow
        self._due.start()  # caret, chosen annotation and scroll bar often change together

    def _on_reference_view(self, view: ViewState) -> None:
        self._is_selected_by_hand = view.has_selection and self._has_keyboard()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _HANDS_ON:
            self._rest.start()
        return super().eventFilter(watched, event)

    def _has_keyboard(self) -> bool:
        return self._reference.hasFocus() or self._pane.find_bar.line.hasFocus()

    @property
    def is_held(self) -> bool:
        """Whether the user is working in the reference, so that it must not scroll by itself."""
        chosen_words = self._is_selected_by_hand and self._reference.view.has_selection
        return self._has_keyboard() or chosen_words or self._rest.isActive()

    # -- following -----------------------------------------------------------------------------------------------------

    def follow(self) -> None:
        """Highlight what is aligned to the sentence being read, and bring it to the same height."""
        pairs = self.alignments.pairs
        number = self._number(pairs)
        pair = pairs[number] if number >= 0 else None
        self._guide(pair)
        if self.together and not self.is_held and self._reference.isVisible():
            lead = self._proof() or self._lead(pairs, number)
            if lead is not None:
                self._level(*lead)

    def _number(self, pairs: Sequence[Aligned]) -> int:
        caret = self._text.view.caret
        if not self._is_seen(caret):
            caret = self._text.place_of(QPointF(0, _TOP_LINE))
        return aligned_at(pairs, caret)

    def _is_seen(self, offset: int) -> bool:
        return self._text.shows(offset, self._text.viewport().height())

    def _guide(self, pair: Aligned | None) -> None:
        if pair is None or pair.there is None:
            self._show_guides(Guides(), Guides())
            return
        ours, theirs = [], []
        if self.differences:
            ours, theirs = differing(self._text.text, (pair.start, pair.end), self._reference.text, pair.there)
        self._show_guides(Guides(words=tuple(ours)), Guides(pair.there, tuple(theirs)))

    def _show_guides(self, ours: Guides, theirs: Guides) -> None:
        for canvas, guides in ((self._text, ours), (self._reference, theirs)):
            if canvas.guides != guides:
                canvas.guides = guides
                canvas.viewport().update()

    def _proof(self) -> tuple[int, int] | None:
        """Return the offsets of the chosen annotation and of its evidence in the reference, if both can be shown
        together.
        """
        chosen = self._controller.chosen
        if chosen is None or not self._is_seen(chosen.start):
            return None
        proof = [e.start for e in chosen.evidence if e.document == self._controller.evidence.reference]
        height = self._reference.viewport().height()
        seen = next((start for start in proof if self._reference.shows(start, height)), None)
        if seen is not None:
            return (chosen.start, -1)
        return (chosen.start, proof[0]) if proof else None

    def _lead(self, pairs: Sequence[Aligned], number: int) -> tuple[int, int] | None:
        """Return an offset in the text, and the reference offset that should be level with it."""
        for step in range(_NEAR + 1):
            for at in {number + step, number - step}:
                pair = pairs[at] if 0 <= at < len(pairs) else None
                if pair is not None and pair.there is not None and (step == 0 or self._is_seen(pair.start)):
                    return (pair.start, pair.there[0])
        return None

    def _level(self, place: int, beside: int) -> None:
        """Scroll the reference to bring an offset in it level with one in the text, as far as possible."""
        rects = self._text.viewport_rects(place, place)
        if beside < 0 or not rects:
            return
        canvas, bar = self._reference, self._reference.verticalScrollBar()
        height = canvas.viewport().height()
        # Tabs or a find bar above one of the texts can shift it down relative to the other.
        lower = canvas.viewport().mapFrom(
            self._pane.window(), self._text.viewport().mapTo(self._pane.window(), _ORIGIN)
        )
        wanted = min(max(rects[0].top() + lower.y(), _AIR), max(_AIR, height - _LEAST_SEEN))
        for _ in range(_TRIES):
            there = canvas.viewport_rects(beside, beside)
            before = bar.value()
            bar.setValue(floor(before + there[0].top() - wanted) if there else before)
            if bar.value() == before:
                return
            canvas.text_layout.blocks_between(bar.value() - _ABOVE, bar.value() + height)


def _timer(parent: QObject, name: str, interval: int, slot: Callable[[], None] | None) -> QTimer:
    timer = QTimer(parent)
    timer.setObjectName(name)
    timer.setSingleShot(True)
    timer.setInterval(interval)
    if slot is not None:
        timer.timeout.connect(slot)
    return timer
