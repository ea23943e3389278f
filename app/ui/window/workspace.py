"""What the window knows of a workspace, whichever it is."""

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtWidgets import QWidget

from app.ui.actions.registry import ActionScope
from app.ui.editor.style import Style
from app.ui.theme import Tones
from app.ui.widgets.window_state import WindowState


class Workspace(Protocol):
    """A part of the window that stands in its middle; made when it is first wanted, ended with its project."""

    @property
    def hints(self) -> Sequence[tuple[str, str]]:
        """Actions whose keys stand in the status bar, with a word each."""
        ...

    @property
    def scope(self) -> ActionScope:
        """The actions that it answers to while it is in front."""
        ...

    def widget(self) -> QWidget:
        """Return what is shown."""
        ...

    def enter(self) -> None:
        """It has come to the front: enable what makes sense now, and take the keyboard."""
        ...

    def leave(self) -> None:
        """Another one is about to come to the front: hand over what is being typed."""
        ...

    def panes(self) -> Sequence[QWidget]:
        """Return what F6 steps through."""
        ...

    def open_document(self, uid: str, /) -> bool:
        """Show a document; return False if this workspace shows none."""
        ...

    def apply_appearance(self, tones: Tones, style: Style, /) -> None:
        """Use other colours and fonts."""
        ...

    def restore(self, state: WindowState) -> None:
        """Give the panes the sizes that they had, and what else was kept."""
        ...

    def remember(self, state: WindowState) -> None:
        """Keep the sizes of the panes, and what else is to be as it was."""
        ...

    def shut_down(self) -> None:
        """Stop what goes on and let go of the session, which is closed next."""
        ...
