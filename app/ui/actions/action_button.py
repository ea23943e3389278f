"""A button that says with which key the same can be done."""

from PySide6.QtWidgets import QPushButton

from app.ui.actions.registry import ActionRegistry, native
from app.ui.widgets.labels import literal, set_look, unmarked


class ActionButton(QPushButton):
    """A button with an action's key behind its title, also after the person has chosen other keys.

    What it does is up to whoever connects `clicked`: beside a list it may be about the list's row.
    """

    def __init__(
        self, registry: ActionRegistry, action: str, title: str, *, name: str, role: str = "", tip: str = ""
    ) -> None:
        """Make it for an action (id). `title` is shown before the key, `tip` in the tooltip."""
        super().__init__()
        self._registry = registry
        self._action = action
        self._title = title
        self._tip = tip
        self.setObjectName(name)
        if role:
            set_look(self, "role", role)
        self.setAccessibleName(title)
        self.setAutoDefault(True)  # Enter presses the button that has the keyboard
        registry.rebuilt.connect(self._show_key)
        self._show_key()

    def set_tip(self, tip: str) -> None:
        """Say something else in the tooltip, before the key."""
        self._tip = tip
        self._show_key()

    def _show_key(self) -> None:
        keys = self._registry.keys_of_action(self._action)
        key = native(keys[0]) if keys else ""
        self.setText(unmarked(f"{self._title}  {key}".rstrip()))
        self.setToolTip(literal(f"{self._tip} ({key})" if key else self._tip))
