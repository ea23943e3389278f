"""Where a person answers suggestions: in the text, or in the list of them."""

from typing import Protocol

from app.core.suggestion import Suggestion, reading_order
from app.ui.annotate.drawn_annotations import DrawnAnnotations
from app.ui.editor.canvas import TextCanvas
from app.ui.models.suggestions import SuggestionListModel, SuggestionRow
from app.ui.panels.suggestion_list import SuggestionListPanel


class AnswerPlace(Protocol):
    """What the desk of suggestions asks the place that has the keyboard."""

    def following(self, answered: Suggestion) -> Suggestion | None:
        """Return the open suggestion that comes after an answered one, None if there are none."""
        ...

    def pointed_at(self) -> Suggestion | None:
        """Return a suggestion of the kind that is pointed at while none is current, if any."""
        ...

    def has_focus(self) -> bool:
        """Whether it has the keyboard."""
        ...

    def take_focus(self) -> None:
        """Have the keyboard again."""
        ...


class TextPlace:
    """The text: one reads on."""

    def __init__(self, drawn: DrawnAnnotations, canvas: TextCanvas) -> None:
        self._drawn = drawn
        self._canvas = canvas

    def following(self, answered: Suggestion) -> Suggestion | None:
        """See `AnswerPlace`: the next one in reading order, wrapping around."""
        return self._drawn.suggestions.neighbour(reading_order(answered), 1)

    def pointed_at(self) -> Suggestion | None:
        """See `AnswerPlace`: the text has no headings of kinds."""
        return None

    def has_focus(self) -> bool:
        """See `AnswerPlace`."""
        return self._canvas.hasFocus()

    def take_focus(self) -> None:
        """See `AnswerPlace`."""
        self._canvas.setFocus()


class ListPlace:
    """The list: one goes down it."""

    def __init__(self, drawn: DrawnAnnotations, panel: SuggestionListPanel, model: SuggestionListModel) -> None:
        self._drawn = drawn
        self._panel = panel
        self._model = model

    def row(self) -> SuggestionRow | None:
        """Return the row that the keyboard is on, None if it is on none."""
        return self._model.row(self._panel.list.currentIndex().row())

    def first(self) -> Suggestion | None:
        """Return the first open suggestion that is listed."""
        return self._open_behind(-1)

    def following(self, answered: Suggestion) -> Suggestion | None:
        """See `AnswerPlace`: the next one down the list, wrapping around; else the next in reading order."""
        return self._open_behind(self._model.row_of(answered.uid)) or self._drawn.suggestions.neighbour(
            reading_order(answered), 1
        )

    def _open_behind(self, row: int) -> Suggestion | None:
        here = self._drawn.suggestions
        return next((found for found in self._model.behind(row) if here.get(found.uid) is not None), None)

    def pointed_at(self) -> Suggestion | None:
        """See `AnswerPlace`: the first of the kind under whose heading one is."""
        row = self.row()
        return row.suggestion if row is not None else None

    def has_focus(self) -> bool:
        """See `AnswerPlace`."""
        return self._panel.list.hasFocus()

    def take_focus(self) -> None:
        """See `AnswerPlace`."""
        self._panel.list.setFocus()
