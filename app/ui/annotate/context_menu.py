"""The context menu of a text."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from app.core.scheme import Layer, RelationType
from app.ui.actions.registry import ActionRegistry
from app.ui.actions.row_menu import add_entry
from app.ui.widgets.labels import unmarked

_ENTRIES = (
    "evidence.link",
    "evidence.link-other-set",
    "evidence.find",
    "",
    "annotation.correction",
    "annotation.comment",
    "annotation.here",
    "relations.go",
    "annotation.delete",
    "suggestion.pattern",
    "",
    "edit.copy",
    "document.edit-text",
)
_FOR_REFERENCE = (
    *("document.next-reference", "document.previous-reference", "document.swap"),
    *("evidence.find", "project.link", "project.import-reference", "document.edit-text"),
)
_FOR_SUGGESTION = ("suggestion.accept", "suggestion.accept-edit", "suggestion.reject", "suggestion.kind", "")


def open_menu(
    parent: QWidget,
    place: QPoint,
    layer: Layer | None,
    actions: ActionRegistry,
    *,
    suggestion: bool = False,
    relations: Sequence[RelationType] = (),
) -> QMenu:
    """Open the menu at a global position: the labels of a layer, if given, the types of relation, and the annotation
    commands.

    Commands that can't work now are disabled, and say why; those for suggestions are left out without a current one.
    """
    menu = QMenu(parent)
    menu.setObjectName("text-menu")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setToolTipsVisible(True)
    if layer is not None:
        labels = menu.addMenu(unmarked(f"Mark as {layer.title.lower()}"))
        for label in layer.givable:
            _add(labels, actions, f"label.{layer.id}.{label.id}", title=layer.path(label.id), small=True)
    if relations:
        types = menu.addMenu("Relate to another mark")
        for relation in relations:
            _add(types, actions, f"relation.{relation.id}", title=relation.title, small=True)
    for entry in (*(_FOR_SUGGESTION if suggestion else ()), *_ENTRIES):
        if entry:
            _add(menu, actions, entry)
        else:
            menu.addSeparator()
    menu.popup(place)
    return menu


def open_reference_menu(parent: QWidget, place: QPoint, actions: ActionRegistry) -> QMenu:
    """Open the menu of the tabs of references."""
    menu = QMenu(parent)
    menu.setObjectName("reference-menu")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setToolTipsVisible(True)
    for entry in _FOR_REFERENCE:
        _add(menu, actions, entry)
    menu.popup(place)
    return menu


def _add(menu: QMenu, actions: ActionRegistry, action_id: str, *, title: str = "", small: bool = False) -> None:
    made = add_entry(menu, actions, action_id, title=title, small=small)
    made.triggered.connect(actions.action(action_id).trigger)
