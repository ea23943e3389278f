"""A relation made by hand: from the chosen mark, by key, to a target that is stepped to, found or clicked."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from app.core import relation_edits
from app.core.annotation import Annotation
from app.core.errors import StetError
from app.core.scheme import RelationType
from app.core.state import reading_order
from app.core.wording import shorten
from app.session.session import Session
from app.ui.actions.catalogue import CATALOGUE, Needs
from app.ui.actions.registry import ActionRegistry
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.controller import EditorController
from app.ui.editor.view_state import ViewState
from app.ui.panels.relation_rows import has_head
from app.ui.widgets import announcements
from app.ui.widgets.notifier import Tone

_SHOWN = 24  # characters of a quote in the status line
_FIRST = "Finish the relation first: Enter relates the two marks, Esc cancels."
# With a relation half made these would change a mark that was only looked at as its target.
_BLOCKED = ("label.", "severity.", "value.", "evidence.link", "annotation.repeat", "annotation.brush")
_FREE = ("annotation.card", "annotation.correction")


class RelationMaker(QObject):
    """While a relation is being made, its source is kept, and whatever mark is chosen is its target."""

    described = Signal(object)  # what is being made and what to do, in words; "" when that is over
    pointed = Signal(
        object
    )  # (kind, source, target) of what is being made, uids; target "" while there is none; or None

    def __init__(
        self, session: Session, text: TextCanvas, controller: EditorController, registry: ActionRegistry
    ) -> None:
        super().__init__(controller)
        self._session = session
        self._text = text
        self._controller = controller
        self._kind: RelationType | None = None
        self._source = ""
        self._targets: list[Annotation] = []
        self._keys: list[tuple[int, int, str]] = []  # of the targets, by which they are ordered
        self._possible: set[str] = set()
        self._scope = scope = registry.scope()
        scope.bind("annotation.next", self._next)
        scope.bind("annotation.previous", self._previous)
        scope.bind("annotation.correction", self.connect_chosen)
        scope.bind("select.nothing", self.cancel)
        scope.bind_prefix("relation.", self.start)
        marks = [spec.id for spec in CATALOGUE if spec.id.startswith("annotation.") and spec.needs is Needs.ANNOTATION]
        self._blocked = tuple([*_BLOCKED, *(action for action in marks if action not in _FREE)])
        for prefix in self._blocked:
            scope.bind_prefix(prefix, self._refuse)
        scope.bind_obstacle(self._why_not)
        controller.chosen_changed.connect(self._on_chosen)
        text.view_changed.connect(self._on_view)

    @property
    def is_on(self) -> bool:
        """Whether a relation is being made."""
        return self._kind is not None

    @property
    def source(self) -> Annotation | None:
        """The source of the relation that is being made."""
        state = self._session.state
        return state.annotations.get(self._source) if state is not None else None

    def start(self, relation: str) -> None:
        """Begin a relation of a type (id) at the chosen mark; while one is being made, make it one of this type."""
        state, scheme = self._session.state, self._session.scheme
        kind, source = scheme.relation(relation), self.source if self.is_on else self._controller.chosen
        if state is None or kind is None or source is None:
            return
        targets = relation_edits.possible_targets(state, source, relation, scheme=scheme)
        if not targets:
            self._controller.notifier.notify(_no_target(kind, source), Tone.WARNING)
            return
        if not self.is_on:
            self._scope.push()
        self._kind, self._source = kind, source.uid
        self._aim_at(targets)
        self._controller.notifier.clear()
        self._tell()
        self._text.setFocus()

    def _aim_at(self, targets: Sequence[Annotation]) -> None:
        self._targets = list(targets)
        self._keys = [reading_order(target) for target in targets]
        self._possible = {target.uid for target in targets}

    def stop(self) -> None:
        """Make no relation any more, and leave everything as it is."""
        if self.is_on:
            self._scope.pop()
            self._kind, self._source = None, ""
            self._aim_at([])
            self.described.emit("")
            self.pointed.emit(None)

    def close(self) -> None:
        """Stop, and let go of the keys for good."""
        self.stop()
        self._scope.close()

    def cancel(self) -> None:
        """Make no relation, and go back to the mark that it would have started at."""
        source = self._source
        self.stop()
        self._controller.choose(source)
        self._controller.notifier.notify("No relation was made.")

    def follow(self) -> None:
        """Hear that the document has changed: go on with what is there, or stop if the source is gone."""
        state, kind, source = self._session.state, self._kind, self.source
        if kind is None:
            return
        if state is None or source is None:
            self.stop()
            return
        self._aim_at(relation_edits.possible_targets(state, source, kind.id, scheme=self._session.scheme))
        if self._targets:
            self._tell()
        else:
            self.stop()
            self._controller.notifier.notify(_no_target(kind, source), Tone.WARNING)

    def connect_chosen(self) -> None:
        """Relate the source to the mark that is chosen."""
        target, kind, source = self._target(), self._kind, self.source
        if kind is None or source is None:
            return
        if target is None:
            chosen = self._controller.chosen
            other = chosen is not None and chosen.uid != self._source
            words = (
                self._refusal(kind, chosen)
                if chosen is not None and other
                else "Choose the other mark first: Tab steps."
            )
            self._controller.notifier.notify(words, Tone.WARNING)
            return
        self.make(source, target, kind)

    def make(self, source: Annotation, target: Annotation, kind: RelationType) -> None:
        """Relate two marks, and stay at the source: it may have more relations."""
        self.stop()
        state = self._session.state
        if state is None:
            return
        try:
            edit = relation_edits.connect(state, source, target, kind.id, scheme=self._session.scheme)
        except StetError as error:
            self._controller.notifier.complain(error)
            return
        words = f"“{_short(source)}” {'→' if has_head(kind) else '–'} “{_short(target)}”"
        if self._controller.apply(edit, f"Relate {words}: {kind.title}"):
            self._controller.choose(source.uid)
            self._controller.notifier.notify(f"{kind.title}: {words}", Tone.DONE)

    def _target(self) -> Annotation | None:
        chosen = self._controller.chosen
        return chosen if chosen is not None and chosen.uid in self._possible else None

    def _next(self) -> None:
        self._step(1)

    def _previous(self) -> None:
        self._step(-1)

    def _step(self, by: int) -> None:
        """Choose the next possible target in reading order, round the end."""
        chosen, caret = self._controller.chosen, self._text.view.caret
        key = reading_order(chosen) if chosen is not None else (caret, -1, "")
        at = bisect_right(self._keys, key) if by > 0 else bisect_left(self._keys, key) - 1
        self._controller.choose(self._targets[at % len(self._targets)].uid)

    def _refuse(self, _rest: str) -> None:
        """Never reached: the obstacle comes first."""

    def _why_not(self, action: str) -> str:
        source = self.source
        if action.startswith("relation.") and source is not None:
            kind = self._session.scheme.relation(action.removeprefix("relation."))
            fits = kind is None or self._session.scheme.may_end(kind.sources, source)
            return "" if kind is None or fits else start_refusal(kind.title, source, self._session)
        return _FIRST if action.startswith(self._blocked) else ""

    def _on_chosen(self, annotation: Annotation | None) -> None:
        if not self.is_on:
            return
        if annotation is not None and annotation.uid != self._source and annotation.uid not in self._possible:
            self._choose_at(*self._text.view.selection)  # one that lies around it, or inside of it
        self._tell()

    def _on_view(self, view: ViewState) -> None:
        if self.is_on and view.has_selection:  # such as a hit of a search
            self._choose_at(*view.selection)

    def _choose_at(self, start: int, end: int) -> None:
        """Choose the shortest possible target at a range, if there is any."""
        state, chosen = self._session.state, self._controller.chosen
        near = state.overlapping(start, max(end, start + 1)) if state is not None else []
        here = [a for a in near if a.uid in self._possible]
        if here and (chosen is None or chosen not in here):
            self._controller.choose(min(here, key=_length).uid, scroll=False)

    def _refusal(self, kind: RelationType, annotation: Annotation) -> str:
        scheme = self._session.scheme
        if scheme.may_end(kind.targets, annotation):
            return f"These marks have the relation “{kind.title}” already. Tab goes to the next possible target."
        label = scheme.label_title(annotation.layer, annotation.label)
        return f"“{kind.title}” can’t lead to “{label}”. Tab goes to the next possible target."

    def _tell(self) -> None:
        kind, source, target = self._kind, self.source, self._target()
        if kind is None or source is None:
            return
        sign, there = "→" if has_head(kind) else "–", f"“{_short(target)}”" if target is not None else "…"
        todo = "Enter relates them, Esc cancels" if target is not None else "Tab, click or find the target; Esc cancels"
        words = f"{kind.title}: “{_short(source)}” {sign} {there} ({todo})"
        self.described.emit(words)
        self.pointed.emit((kind, self._source, target.uid if target is not None else ""))
        announcements.announce(self._text, words)


def start_refusal(title: str, source: Annotation, session: Session) -> str:
    """Return why a relation can't start at a mark, in words."""
    return f"“{title}” can’t start at “{session.scheme.label_title(source.layer, source.label)}”."


def _short(annotation: Annotation) -> str:
    return shorten(annotation.quote, _SHOWN) if annotation.quote else "a gap"


def _no_target(kind: RelationType, source: Annotation) -> str:
    return f"There is no other mark here that “{kind.title}” can lead to from “{_short(source)}”."


def _length(annotation: Annotation) -> int:
    return annotation.end - annotation.start
