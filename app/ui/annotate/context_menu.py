"""The context menu of a text."""

from collections.abc import Set

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from app.core.scheme import Layer
from app.ui.actions.registry import ActionRegistry, native
from app.ui.widgets.labels import unmarked

_ENTRIES = (
    "evidence.link",
    "evidence.find",
    "",
    "annotation.correction",
    "annotation.comment",
    "annotation.here",
    "annotation.delete",
    "",
    "edit.copy",
)
_FOR_SUGGESTION = ("suggestion.accept", "suggestion.accept-edit", "suggestion.reject", "suggestion.kind", "")
_NEEDS = {
    "evidence.link": {"selection"},
    "annotation.correction": {"annotation"},
    "annotation.comment": {"annotation"},
    "annotation.delete": {"annotation"},
    "annotation.here": {"annotation", "suggestion"},  # either of them
}


def open_menu(
    parent: QWidget, place: QPoint, layer: Layer | None, actions: ActionRegistry, have: Set[str] = frozenset()
) -> QMenu:
    """Open the menu at a global position: the labels of a layer, if given, and the annotation commands.

    `have` tells what the commands can act on: `annotation`, `selection` and `suggestion`. Commands without an object
    are disabled; those for suggestions are left out unless `suggestion` is in it.
    """
    menu = QMenu(parent)
    menu.setObjectName("text-menu")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if layer is not None:
        labels = menu.addMenu(unmarked(f"Mark as {layer.title.lower()}"))
        for label in layer.labels:
            _add(labels, actions, f"label.{layer.id}.{label.id}", label.title, small=True)
    for entry in (*(_FOR_SUGGESTION if "suggestion" in have else ()), *_ENTRIES):
        if entry:
            made = _add(menu, actions, entry, actions.action(entry).spec.title)
            made.setEnabled(made.isEnabled() and (entry not in _NEEDS or bool(_NEEDS[entry] & have)))
        else:
            menu.addSeparator()
    menu.popup(place)
    return menu


def _add(menu: QMenu, actions: ActionRegistry, action_id: str, title: str, *, small: bool = False) -> QAction:
    """Add an action with its key: keys bound in texts aren't Qt shortcuts, so Qt wouldn't show them."""
    live = actions.action(action_id)
    key = native(live.keys[0]) if live.keys else ""
    made = menu.addAction(unmarked(title) + (f"\t{key.lower() if small else key}" if key else ""))
    made.setObjectName(action_id)
    made.setToolTip(live.toolTip())
    made.setEnabled(live.isEnabled())
    made.triggered.connect(live.trigger)
    return made
