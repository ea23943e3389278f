"""Facts about the open document: counts, score, unmet rules, caret position, margin map ticks."""

import time
from collections import Counter

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.annotation import Annotation, Relation
from app.core.boundaries import paragraph_number
from app.core.document import Document
from app.core.edits import Change
from app.core.error_score import Score, Tally
from app.core.errors import ProjectError
from app.core.pages import Pages
from app.core.state import DocumentState
from app.core.validation import missing_layers, relation_problems
from app.core.wording import counted
from app.session.session import Session
from app.ui.editor.relation_arcs import RelationArcs
from app.ui.editor.view_state import ViewState
from app.ui.panels.annotation_list import AnnotationListPanel
from app.ui.panels.margin_map import MarginMap
from app.ui.panels.status_bar import StatusBar
from app.ui.theme import UNKNOWN_COLOR

_AT_ONCE = 500  # annotations; beyond this, the document is shown first and counted in slices afterwards
_SLICE = 0.004  # seconds of counting before events are processed again
_BETWEEN_MS = 2


class DocumentFacts(QObject):
    """Keeps the status bar, the caption of the annotation list and the margin map up to date."""

    counted = Signal(object)  # (uid, number of unmet rules) of a document, some time after it was opened

    def __init__(
        self,
        session: Session,
        annotations: AnnotationListPanel,
        status: StatusBar,
        margin: MarginMap | None,
        arcs: RelationArcs,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._annotations = annotations
        self._status = status
        self._margin = margin
        self._arcs = arcs
        self._of_relations: dict[str, int] = {}  # unmet rules of relations, by the uids of those that have any
        self._tally: Tally | None = None
        self._rules = 0
        self._ticks: Counter[tuple[float, str]] = Counter()
        self._shown: set[tuple[float, str]] = set()
        self._has_other_ticks = False
        self._uncounted: dict[str, Annotation] = {}
        self._uncounted_relations: dict[str, Relation] = {}
        self._pause = QTimer(self)
        self._pause.setObjectName("counting")
        self._pause.setInterval(_BETWEEN_MS)
        self._pause.timeout.connect(self._on_pause)
        self._colors: dict[tuple[str, str], str] = {}
        self._paged: Document | None = None  # whose pages are known
        self._pages: Pages | None = None

    def count_all(self) -> None:
        """Count the open document from scratch."""
        state = self._session.state
        self._tally = None
        self._rules = 0
        self._of_relations = {}
        self._ticks.clear()
        self._shown = set()
        self._has_other_ticks = True
        self._uncounted, self._uncounted_relations = {}, {}
        self._pause.stop()
        self._colors = {
            (layer.id, label.id): label.color for layer in self._session.scheme.layers for label in layer.labels
        }
        if state is not None:
            words = self._session.reader.documents.words_of(state.document.uid)
            self._tally = Tally(self._session.scheme, words=words)
            if len(state.annotations) > _AT_ONCE:
                self._uncounted = dict(state.annotations)
                self._pause.start()
            else:
                for annotation in state.annotations.values():
                    self._count(annotation, 1)
            self._uncounted_relations = dict(state.relations)
            if not self._pause.isActive():
                self._count_relations(float("inf"))
        self._show()

    def _count_relations(self, until: float) -> None:
        """Count the rules of the relations that are still to be counted, until a time."""
        state = self._session.state
        while state is not None and self._uncounted_relations and time.perf_counter() < until:
            _, relation = self._uncounted_relations.popitem()
            self._count_relation(relation, state)

    def _count_relation(self, relation: Relation, state: DocumentState) -> None:
        found = len(relation_problems(relation, state, scheme=self._session.scheme))
        if found:
            self._of_relations[relation.uid] = found

    def _on_pause(self) -> None:
        until = time.perf_counter() + _SLICE
        while self._uncounted and time.perf_counter() < until:
            self._count(self._uncounted.popitem()[1], 1)
        self._count_relations(until)
        if not self._uncounted and not self._uncounted_relations:
            self._pause.stop()
            self._show()
            if self._session.state is not None:
                self.counted.emit((self._session.state.document.uid, self._all_rules))

    def follow(self, change: Change) -> None:
        """Apply a change to the counts; the cost depends on the size of the change, not of the document."""
        for annotation in (*change.removed, *(old for old, _ in change.replaced)):
            if self._uncounted.pop(annotation.uid, None) is None:
                self._count(annotation, -1)
        for annotation in (*change.added, *(new for _, new in change.replaced)):
            self._count(annotation, 1)
        self._follow_relations(change)
        self._show()

    def _follow_relations(self, change: Change) -> None:
        """Count the rules of relations again that were changed, or whose ends were."""
        state = self._session.state
        if state is None:
            return
        changed = {relation.uid for relation in change.relations()}
        changed |= {relation.uid for _, new in change.replaced for relation in self._arcs.relations_of(new.uid)}
        for uid in changed:
            self._of_relations.pop(uid, None)
            self._uncounted_relations.pop(uid, None)
            if uid in state.relations:
                self._count_relation(state.relations[uid], state)

    @property
    def open_rules(self) -> int | None:
        """How many rules are unmet in the document; None while its annotations are still being counted."""
        return None if self._pause.isActive() else self._all_rules

    @property
    def _all_rules(self) -> int:
        return self._rules + self._missing() + sum(self._of_relations.values())

    def _missing(self) -> int:
        """How many labels the document itself lacks."""
        state = self._session.state
        return len(missing_layers(state, scheme=self._session.scheme)) if state is not None else 0

    def _count(self, annotation: Annotation, by: int) -> None:
        state = self._session.state
        if state is None or self._tally is None:
            return
        self._tally.add(annotation, by)
        known, scheme = self._session.known_problems, self._session.scheme
        self._rules += by * len(known.of(annotation, scheme=scheme, text=state.document.text))
        if self._session.scheme.is_about_document(annotation.layer):
            return
        share = round(annotation.start / max(1, state.document.length), 3)
        tick = (share, self._colors.get((annotation.layer, annotation.label), UNKNOWN_COLOR))
        self._ticks[tick] += by
        if (self._ticks[tick] > 0) is not (tick in self._shown):
            self._shown ^= {tick}
            self._has_other_ticks = True

    def _show(self) -> None:
        if self._tally is None:
            for label in (self._status.place, self._status.counts, self._status.rules):
                label.clear()
            self._annotations.show_counts("")
        elif self._uncounted:
            self._annotations.show_counts("counting…")
            self._status.counts.setText("counting marks…")
            self._status.rules.clear()
        else:
            self._show_counts(self._tally.score())
        if self._margin is not None and self._has_other_ticks and not self._uncounted:
            self._has_other_ticks = False
            self._margin.show_ticks(frozenset(self._shown))

    def _show_counts(self, found: Score) -> None:
        parts = [
            counted(count, layer.title.lower())
            for layer in reversed(self._session.scheme.text_layers)
            if (count := found.by_layer.get(layer.id, 0))
        ]
        self._annotations.show_counts(", ".join(parts))
        text = ", ".join(parts) or "no marks"
        if found.per_1000_words is not None and found.penalty:
            text += f" · score {found.per_1000_words:.0f} per 1,000 words"
        self._status.counts.setText(text)
        self._status.counts.setToolTip("Severity penalty points per 1,000 words")
        rules = self._all_rules
        self._status.rules.setText(f"{counted(rules, 'rule')} to meet before “done”" if rules else "")

    def show_place(self, view: ViewState) -> None:
        """Show the caret's position in the status bar."""
        state = self._session.state
        if state is None:
            return
        start, end = view.selection
        where = f"character {start:,}" if start == end else f"characters {start:,}–{end:,}"
        paragraph = paragraph_number(state.document.text, start)
        if paragraph is not None:
            where = f"¶ {paragraph:,} · {where}"
        pages = self._pages_of(state.document)
        page = pages.between(start, end) if pages is not None else ""
        self._status.place.setText(f"{page} · {where}" if page else where)

    def _pages_of(self, document: Document) -> Pages | None:
        """Return the pages of the open document: looked up once, as it is asked for with every move of the caret."""
        if document is not self._paged:
            self._paged = document
            try:
                self._pages = self._session.reader.pages_of(document)
            except ProjectError:  # a damaged row of an earlier text, which stet check names
                self._pages = None
        return self._pages
