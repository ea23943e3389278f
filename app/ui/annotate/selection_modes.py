"""What selections snap to, and what a click selects: set in the settings and switched by keys."""

from PySide6.QtCore import QObject

from app.settings import Settings
from app.ui.actions.registry import ActionScope
from app.ui.annotate.view import AnnotateView
from app.ui.widgets.notifier import Notifier

_SNAPPING = {"word": "whole words", "character": "characters only", "sentence": "whole sentences"}
_CLICKS = {"character": "places the caret", "word": "selects the word", "sentence": "selects the sentence"}


class SelectionModes(QObject):
    """Keeps both sides in the same mode."""

    def __init__(self, view: AnnotateView, settings: Settings, actions: ActionScope, notifier: Notifier) -> None:
        super().__init__(view)
        self._view = view
        self._settings = settings
        self._notifier = notifier
        actions.bind("select.snapping", self.next_snapping)
        actions.bind("select.click", self.next_click)

    def apply(self) -> None:
        """Apply the settings."""
        self._view.set_units(snapping=self._settings["snapping"], click=self._settings["click_takes"])

    def next_snapping(self) -> None:
        """Cycle what selections snap to."""
        canvas = self._view.text.canvas
        unit = _next(canvas.snapping, list(_SNAPPING))
        self._view.set_units(snapping=unit, click=canvas.click_unit)
        self._notifier.notify(f"Selections snap to {_SNAPPING[unit]}.")

    def next_click(self) -> None:
        """Cycle what a click selects."""
        canvas = self._view.text.canvas
        unit = _next(canvas.click_unit, list(_CLICKS))
        self._view.set_units(snapping=canvas.snapping, click=unit)
        self._notifier.notify(f"A click {_CLICKS[unit]}.")


def _next(present: str, units: list[str]) -> str:
    return units[(units.index(present) + 1) % len(units)]
