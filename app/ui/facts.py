"""The figures of the open document: counts, score, open rules, place, ticks of the margin map."""

from PySide6.QtCore import QObject

from app.core.scoring import score
from app.session.session import Session
from app.ui.editor.view_state import ViewState
from app.ui.models.annotations import AnnotationListModel
from app.ui.panels.annotation_list import AnnotationListPanel
from app.ui.panels.margin_map import MarginMap
from app.ui.panels.status_bar import StatusBar

_COUNTED_BACK = 100_000  # characters in which paragraphs before the caret are counted


class DocumentFacts(QObject):
    """Keeps the status bar, the caption of the marks and the margin map true."""

    def __init__(
        self,
        session: Session,
        model: AnnotationListModel,
        marks: AnnotationListPanel,
        status: StatusBar,
        margin: MarginMap | None,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._model = model
        self._marks = marks
        self._status = status
        self._margin = margin

    def refresh(self) -> None:
        """Count anew."""
        state = self._session.state
        if state is None:
            for label in (self._status.place, self._status.counts, self._status.rules):
                label.clear()
            self._marks.show_counts("")
        else:
            self._show_counts()
        self._show_ticks()

    def _show_counts(self) -> None:
        state, scheme = self._session.state, self._session.scheme
        if state is None:
            return
        words = self._session.documents.words_of(state.document.uid)
        found = score(state.annotations.values(), words=words, scheme=scheme)
        parts = [
            f"{count} {plural(layer.title.lower(), count)}"
            for layer in reversed(scheme.layers)
            if (count := found.by_layer.get(layer.id, 0))
        ]
        self._marks.show_counts(", ".join(parts))
        text = ", ".join(parts) or "no marks"
        if found.per_1000_words is not None and found.penalty:
            text += f" · score {found.per_1000_words:.0f} per 1,000 words"
        self._status.counts.setText(text)
        self._status.counts.setToolTip("Penalty points of the severities, per 1,000 words")
        rules = self._model.open_count()
        self._status.rules.setText(f"{rules} {plural('rule', rules)} open before “done”" if rules else "")

    def _show_ticks(self) -> None:
        if self._margin is None:
            return
        state = self._session.state
        if state is None:
            self._margin.show_ticks(())
            return
        length = max(1, state.document.length)
        colors = {(layer.id, label.id): label.color for layer in self._session.scheme.layers for label in layer.labels}
        self._margin.show_ticks(
            [(a.start / length, colors.get((a.layer, a.label), "#999999")) for a in state.annotations.values()]
        )

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
