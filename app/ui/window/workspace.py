"""The interface that the window expects of every workspace."""

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtWidgets import QWidget

from app.ui.actions.registry import ActionScope
from app.ui.editor.style import Style
from app.ui.theme import Tones
from app.ui.widgets.window_state import WindowState


class Workspace(Protocol):
    """A part of the window shown in its middle; created on first use, shut down with its project."""

    @property
    def hints(self) -> Sequence[tuple[str, str]]:
        """Action ids whose keys are shown in the status bar, with a short label each."""
        ...

    @property
    def scope(self) -> ActionScope:
        """The actions that it handles while it is in front."""
        ...

    def widget(self) -> QWidget:
        """Return the widget to show."""
        ...

    def enter(self) -> None:
        """Come to the front: enable the actions available now, and take the keyboard focus."""
        ...

    def leave(self) -> None:
        """Go to the back: commit what is being typed."""
        ...

    def panes(self) -> Sequence[QWidget]:
        """Return the panes that F6 cycles through."""
        ...

    def open_document(self, uid: str, /) -> bool:
        """Show a document; return False if this workspace shows no documents."""
        ...

    def apply_appearance(self, tones: Tones, style: Style, /) -> None:
        """Apply other colours and fonts."""
        ...

    def restore(self, state: WindowState) -> None:
        """Restore pane sizes and other saved view state."""
        ...

    def remember(self, state: WindowState) -> None:
        """Save pane sizes and other view state."""
        ...

    def shut_down(self) -> None:
        """Stop pending work and release the session, which is closed next."""
        ...
