"""The menu of the right mouse button on a text."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from app.core.scheme import Layer
from app.ui.actions.registry import ActionRegistry
from app.ui.labels import unmarked

_ENTRIES = ("evidence.link", "evidence.find", "", "mark.correction", "mark.comment", "mark.delete", "", "edit.copy")


def open_menu(parent: QWidget, place: QPoint, layer: Layer | None, actions: ActionRegistry) -> QMenu:
    """Open the menu at a global place: the labels of a layer, if one is given, and what can be done with a mark."""
    menu = QMenu(parent)
    menu.setObjectName("text-menu")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if layer is not None:
        labels = menu.addMenu(unmarked(f"Mark as {layer.title.lower()}"))
        for label in layer.labels:
            labels.addAction(actions.action(f"label.{layer.id}.{label.id}"))
    for entry in _ENTRIES:
        if entry:
            menu.addAction(actions.action(entry))
        else:
            menu.addSeparator()
    menu.popup(place)
    return menu
