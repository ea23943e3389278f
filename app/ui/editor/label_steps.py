"""Keys that lead down a tree of labels step by step."""

from PySide6.QtCore import QObject, Signal

from app.core.scheme import Layer
from app.session.session import Session
from app.ui.actions.registry import ActionScope
from app.ui.widgets.keys import KeyPress
from app.ui.widgets.notifier import Notifier

_ITSELF = ("Return", "Enter")


class LabelSteps(QObject):
    """Knows how far down the tree the keys have led, and whose labels the next key can give.

    The key of a label that has others under it opens it; Enter, or its own key once more, gives the label itself. What
    else is done closes it.
    """

    changed = Signal(object)  # the label (id) that is open, "" for the top of the tree

    def __init__(self, session: Session, actions: ActionScope, notifier: Notifier, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._actions = actions
        self._notifier = notifier
        self._layer = ""
        self.open = ""
        actions.about_to_run.connect(self._on_action)

    def enter(self, layer: str, label: str) -> bool:
        """Open a label of a layer if it has others under it and isn't open already; return whether it was."""
        found = self._session.scheme.layer(layer)
        if found is None or not found.children(label) or (layer, label) == (self._layer, self.open):
            return False
        self._turn(layer, label)
        self._tell(found)
        return True

    def leave(self) -> None:
        """Go back to the top of the tree."""
        if self.open:
            self._notifier.clear()
            self._turn("", "")

    def take_key(self, press: KeyPress) -> bool:
        """Do what a key means in an open label; return whether it means anything there."""
        found = self._session.scheme.layer(self._layer) if self.open else None
        label = found.label(self.open) if found is not None else None
        if found is None or label is None:
            return False
        if press.key == "Esc":
            self._turn(self._layer, label.parent)
            if label.parent:
                self._tell(found)
            else:
                self._notifier.clear()
            return True
        under = {child.key.upper() for child in found.children(label.id)}
        again = press.plain == label.key.upper() and press.plain not in under
        if not (press.plain in _ITSELF or again):
            return False
        if label.group:
            self._tell(found)
        else:
            self._actions.run(f"label.{found.id}.{label.id}")
        return True

    def _tell(self, layer: Layer) -> None:
        """Say which keys go on from here."""
        label = layer.label(self.open)
        if label is None:
            return
        under = [f"{child.key.lower()} {child.title}" for child in layer.children(label.id) if child.key]
        itself = [] if label.group else ["Enter just that"]
        self._notifier.notify(f"“{label.title}”: {', '.join([*under, *itself])}; Esc goes back.")

    def _turn(self, layer: str, label: str) -> None:
        self._layer, self.open = (layer, label) if label else ("", "")
        self.changed.emit(self.open)

    def _on_action(self, _action: str) -> None:
        self.leave()
