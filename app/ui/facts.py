"""The figures of the open document: counts, score, open rules, place, ticks of the margin map."""

from collections import Counter

from PySide6.QtCore import QObject

from app.core.annotation import Annotation
from app.core.edits import Change
from app.core.scoring import Score, Tally
from app.core.validation import problems_of
from app.session.session import Session
from app.ui.editor.view_state import ViewState
from app.ui.panels.annotation_list import AnnotationListPanel
from app.ui.panels.margin_map import MarginMap
from app.ui.panels.status_bar import StatusBar

_COUNTED_BACK = 100_000  # characters in which paragraphs before the caret are counted


class DocumentFacts(QObject):
    """Keeps the status bar, the caption of the marks and the margin map true."""

    def __init__(
        self,
        session: Session,
        marks: AnnotationListPanel,
        status: StatusBar,
        margin: MarginMap | None,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._marks = marks
        self._status = status
        self._margin = margin
        self._tally: Tally | None = None
        self._rules = 0
        self._ticks: Counter[tuple[float, str]] = Counter()
        self._colors: dict[tuple[str, str], str] = {}

    def count_all(self) -> None:
        """Count the open document from scratch."""
        state = self._session.state
        self._tally = None
        self._rules = 0
        self._ticks.clear()
        self._colors = {
            (layer.id, label.id): label.color for layer in self._session.scheme.layers for label in layer.labels
        }
        if state is not None:
            words = self._session.documents.words_of(state.document.uid)
            self._tally = Tally(self._session.scheme, words=words)
            for annotation in state.annotations.values():
                self._count(annotation, 1)
        self._show()

    def follow(self, change: Change) -> None:
        """Count what a change brought and took: the same work however many annotations there are."""
        for annotation in (*change.removed, *(old for old, _ in change.replaced)):
            self._count(annotation, -1)
        for annotation in (*change.added, *(new for _, new in change.replaced)):
            self._count(annotation, 1)
        self._show()

    @property
    def open_rules(self) -> int:
        """How many rules are open in the document."""
        return self._rules

    def _count(self, annotation: Annotation, by: int) -> None:
        state = self._session.state
        if state is None or self._tally is None:
            return
        self._tally.add(annotation, by)
        self._rules += by * len(problems_of(annotation, scheme=self._session.scheme, text=state.document.text))
        share = round(annotation.start / max(1, state.document.length), 3)
        tick = (share, self._colors.get((annotation.layer, annotation.label), "#999999"))
        self._ticks[tick] += by

    def _show(self) -> None:
        if self._tally is None:
            for label in (self._status.place, self._status.counts, self._status.rules):
                label.clear()
            self._marks.show_counts("")
        else:
            self._show_counts(self._tally.score())
        if self._margin is not None:
            self._margin.show_ticks([tick for tick, count in self._ticks.items() if count > 0])

    def _show_counts(self, found: Score) -> None:
        parts = [
            f"{count:,} {plural(layer.title.lower(), count)}"
            for layer in reversed(self._session.scheme.layers)
            if (count := found.by_layer.get(layer.id, 0))
        ]
        self._marks.show_counts(", ".join(parts))
        text = ", ".join(parts) or "no marks"
        if found.per_1000_words is not None and found.penalty:
            text += f" · score {found.per_1000_words:.0f} per 1,000 words"
        self._status.counts.setText(text)
        self._status.counts.setToolTip("Penalty points of the severities, per 1,000 words")
        rules = self._rules
        self._status.rules.setText(f"{rules:,} {plural('rule', rules)} open before “done”" if rules else "")

    def show_place(self, view: ViewState) -> None:
        """Say where the caret is."""
        state = self._session.state
        if state is None:
            return
        start, end = view.selection
        where = f"character {start:,}" if start == end else f"characters {start:,}–{end:,}"
        if start <= _COUNTED_BACK:
            paragraph = state.document.text.count("\n", 0, start) + 1
            where = f"line {paragraph:,} · {where}"
        self._status.place.setText(where)


def plural(noun: str, count: int) -> str:
    """Return an English noun for a count."""
    if count == 1:
        return noun
    return noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
