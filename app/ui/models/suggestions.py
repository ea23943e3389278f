"""The open document's suggestions as a list, each kind under a heading."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.core.scheme import Scheme, short_title
from app.core.suggestion import Suggestion
from app.core.suggestion_calibration import AnswerTally
from app.core.wording import counted, shorten
from app.suggesters.registry import title_of
from app.ui.guard import guarded
from app.ui.models.annotations import AnnotationRole
from app.ui.theme import SUGGESTION_COLOR, UNKNOWN_COLOR
from app.ui.widgets.labels import literal

Index = QModelIndex | QPersistentModelIndex
MOST_LISTED = 2_000


class SuggestionRow(NamedTuple):
    """A row: the heading of a kind, or a suggestion of it (`is_heading` False). `side` is at the end of the line."""

    suggestion: Suggestion
    text: str
    side: str
    tip: str
    color: str
    is_heading: bool


def accepted_words(answers: AnswerTally) -> str:
    """Return in words how many suggestions were accepted, "not answered yet" without any."""
    return f"{answers.right:,.0f} of {answers.of:,.0f} accepted" if answers.of else "not answered yet"


def listed(
    suggestions: Sequence[Suggestion],
    scheme: Scheme,
    answers: Callable[[Suggestion], AnswerTally],
    chance: Callable[[Suggestion], float],
) -> list[SuggestionRow]:
    """Return the rows for suggestions in reading order: kinds with most suggestions first, MOST_LISTED at most."""
    kinds: dict[tuple[str, str, str, str], list[Suggestion]] = {}
    for item in suggestions:
        kinds.setdefault((item.layer, item.label, item.maker, item.version), []).append(item)
    rows: list[SuggestionRow] = []
    left = MOST_LISTED
    for inside in sorted(kinds.values(), key=len, reverse=True):
        rows.append(_heading(inside, scheme, answers(inside[0])))
        for item in inside[:left]:
            rows.append(_row(item, scheme, chance(item)))
        left = max(0, left - len(inside))
    return rows


def _heading(inside: list[Suggestion], scheme: Scheme, answers: AnswerTally) -> SuggestionRow:
    first = inside[0]
    label = scheme.label(first.layer, first.label)
    maker = title_of(first.maker)
    text = f"{short_title(label.title) if label else first.label} ({len(inside):,}) – {maker}"
    side = accepted_words(answers)
    version = f" {first.version}" if first.version else ""
    tip = f"{counted(len(inside), 'open suggestion')} by “{maker}”{version}\n{side}"
    return SuggestionRow(first, text, side, tip, label.color if label else UNKNOWN_COLOR, is_heading=True)


def _row(item: Suggestion, scheme: Scheme, chance: float) -> SuggestionRow:
    quote = " ".join(item.quote.split()) or "(something is missing here)"
    change = "" if item.correction is None else f" → {item.correction or '(delete)'}"
    text = f"    {shorten(quote)}{change}"
    tip = "\n".join(part for part in (f"“{quote}”{change}", item.reason, f"{chance:.0%} likely") if part)
    return SuggestionRow(item, text, item.reason or f"{chance:.0%}", tip, SUGGESTION_COLOR, is_heading=False)


@guarded
class SuggestionListModel(QAbstractListModel):
    """Rows of suggestions, replaced as a whole."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[SuggestionRow] = []

    def show_rows(self, rows: list[SuggestionRow]) -> None:
        """Show other rows, if they are others."""
        if rows != self._rows:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()

    def row(self, row: int) -> SuggestionRow | None:
        """Return a row by its number, None if there is none."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def row_of(self, uid: str) -> int:
        """Return the number of a suggestion's row, -1 if it isn't listed."""
        found = (at for at, row in enumerate(self._rows) if row.suggestion.uid == uid and not row.is_heading)
        return next(found, -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.row(index.row()) if index.isValid() else None
        if row is None:
            return None
        return {
            int(Qt.ItemDataRole.DisplayRole): row.text,
            int(Qt.ItemDataRole.ToolTipRole): literal(row.tip),
            int(Qt.ItemDataRole.AccessibleTextRole): f"{row.text.strip()}, {row.side}",
            int(AnnotationRole.UID): row.suggestion.uid,
            int(AnnotationRole.SIDE): row.side,
            int(AnnotationRole.COLOR): row.color,
        }.get(int(role))
