"""The open document's suggestions as a list, each kind under a heading."""

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.core.scheme import Scheme, short_title
from app.core.suggestion import Suggestion
from app.core.suggestion_calibration import AnswerTally
from app.core.wording import counted, shorten
from app.suggesters.maker_titles import version_title
from app.ui.guard import guarded
from app.ui.models.annotations import AnnotationRole
from app.ui.theme import SUGGESTION_COLOR, UNKNOWN_COLOR
from app.ui.widgets.labels import literal

Index = QModelIndex | QPersistentModelIndex
MOST_LISTED = 2_000

ListedKind = tuple[str, str, str, str]
"""What rows under one heading have in common: layer, label, suggester and its version."""


class SuggestionRole(IntEnum):
    """What can be asked of a row of suggestions beside what can be asked of annotations."""

    BELOW = Qt.ItemDataRole.UserRole + 21
    HEADING = Qt.ItemDataRole.UserRole + 22


class SuggestionRow(NamedTuple):
    """A row: the heading of a kind, or a suggestion of it (`is_heading` False), as two lines: `text` with `side` at the
    end, and `below`. `tip` has what these may be too narrow for.
    """

    suggestion: Suggestion
    text: str
    below: str
    side: str
    tip: str
    color: str
    is_heading: bool

    @property
    def spoken(self) -> str:
        """What a screen reader says of it."""
        return ", ".join(part for part in (self.text, self.below, self.side) if part)

    @property
    def kind(self) -> ListedKind:
        """The kind that it is of."""
        return _kind(self.suggestion)


class Measured(NamedTuple):
    """What is known of how often suggestions of a kind are right: the annotator's own answers to them, and what their
    suggester got right in the pairs that it was developed with.
    """

    answers: AnswerTally = AnswerTally()
    shipped: AnswerTally = AnswerTally()

    @property
    def words(self) -> str:
        """In words, with the numbers: a share of three is something else than one of three hundred."""
        if self.answers.of:
            return f"{_share(self.answers)} of {self.answers.of:,.0f} accepted"
        if self.shipped.of:
            return f"not answered yet; {_share(self.shipped)} of {self.shipped.of:,.0f} right in trials"
        return "not answered yet"


def listed(
    suggestions: Sequence[Suggestion],
    scheme: Scheme,
    measured: Callable[[Suggestion], Measured],
    chance: Callable[[Suggestion], float],
    order: Sequence[ListedKind] = (),
) -> list[SuggestionRow]:
    """Return the rows for suggestions in reading order, MOST_LISTED at most. Kinds stay in the `order` that they had,
    so that nothing moves away under whoever answers; new ones follow, those with most suggestions first.
    """
    kinds: dict[ListedKind, list[Suggestion]] = {}
    for item in suggestions:
        kinds.setdefault(_kind(item), []).append(item)
    places = {kind: at for at, kind in enumerate(order)}
    rows: list[SuggestionRow] = []
    left = MOST_LISTED
    for kind, inside in sorted(kinds.items(), key=lambda pair: (places.get(pair[0], len(places)), -len(pair[1]))):
        rows.append(_heading(kind, inside, scheme, measured(inside[0])))
        rows.extend(_row(item, chance(item)) for item in inside[:left])
        left = max(0, left - len(inside))
    return rows


def _kind(item: Suggestion) -> ListedKind:
    return (item.layer, item.label, item.maker, item.version)


def _share(tally: AnswerTally) -> str:
    return f"{tally.share or 0:.0%}"


def _heading(kind: ListedKind, inside: list[Suggestion], scheme: Scheme, measured: Measured) -> SuggestionRow:
    layer, name, maker, version = kind
    label = scheme.label(layer, name)
    by = version_title(maker, version)
    text = f"{short_title(label.title) if label else name} ({len(inside):,})"
    tip = f"{counted(len(inside), 'open suggestion')} by “{by}”\n{measured.words}"
    below = f"{measured.words} – {by}"
    return SuggestionRow(inside[0], text, below, "", tip, label.color if label else UNKNOWN_COLOR, is_heading=True)


def _row(item: Suggestion, chance: float) -> SuggestionRow:
    quote = " ".join(item.quote.split()) or "(something is missing here)"
    change = "" if item.correction is None else f" → {item.correction or '(delete)'}"
    text = f"{shorten(quote)}{change}"
    tip = "\n".join(part for part in (f"“{quote}”{change}", item.reason, f"{chance:.0%} likely") if part)
    return SuggestionRow(item, text, item.reason, f"{chance:.0%}", tip, SUGGESTION_COLOR, is_heading=False)


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

    @property
    def kinds(self) -> list[ListedKind]:
        """The kinds that are listed, from the top."""
        return [row.kind for row in self._rows if row.is_heading]

    def row(self, row: int) -> SuggestionRow | None:
        """Return a row by its number, None if there is none."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def row_of(self, uid: str) -> int:
        """Return the number of a suggestion's row, -1 if it isn't listed."""
        found = (at for at, row in enumerate(self._rows) if row.suggestion.uid == uid and not row.is_heading)
        return next(found, -1)

    def heading_of(self, kind: ListedKind) -> int:
        """Return the number of a kind's heading, -1 if it has none."""
        return next((at for at, row in enumerate(self._rows) if row.is_heading and row.kind == kind), -1)

    def behind(self, row: int) -> list[Suggestion]:
        """Return the suggestions below a row (-1: all), and then those above it."""
        rows = (*self._rows[row + 1 :], *self._rows[: max(0, row)])
        return [found.suggestion for found in rows if not found.is_heading]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.row(index.row()) if index.isValid() else None
        if row is None:
            return None
        return {
            int(Qt.ItemDataRole.DisplayRole): row.text,
            int(Qt.ItemDataRole.ToolTipRole): literal(row.tip),
            int(Qt.ItemDataRole.AccessibleTextRole): ", ".join(
                part for part in (row.text, row.below, row.side) if part
            ),
            int(AnnotationRole.UID): row.suggestion.uid,
            int(AnnotationRole.SIDE): row.side,
            int(AnnotationRole.COLOR): row.color,
            int(SuggestionRole.BELOW): row.below,
            int(SuggestionRole.HEADING): row.is_heading,
        }.get(int(role))
