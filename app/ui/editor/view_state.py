"""Where a person is in a text."""

from typing import NamedTuple


class ViewState(NamedTuple):
    """Caret, the other end of the selection, and the chosen annotation's owner; offsets are code points.

    `x` is the column that moving up and down keeps to, in pixels, or None.
    """

    caret: int = 0
    anchor: int = 0
    chosen: str = ""
    hovered: str = ""
    x: float | None = None

    @property
    def selection(self) -> tuple[int, int]:
        """Start and end of the selection; equal when nothing is selected."""
        return (min(self.caret, self.anchor), max(self.caret, self.anchor))

    @property
    def has_selection(self) -> bool:
        """Whether text is selected."""
        return self.caret != self.anchor
