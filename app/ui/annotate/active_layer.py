"""The layer whose label keys work: that of the chosen annotation, else the one that was picked."""

from PySide6.QtCore import QObject

from app.core.annotation import Annotation
from app.session.session import Session
from app.ui.actions.registry import ActionRegistry
from app.ui.annotate.view import AnnotateView
from app.ui.editor.controller import EditorController
from app.ui.editor.view_state import ViewState
from app.ui.widgets.window_state import WindowState


class ActiveLayer(QObject):
    """Turns the label bar and the label keys to a layer.

    A chosen annotation turns them to its own layer, so that what the bar shows is what a key would change. A selection
    comes before it, as it does for label keys, and so does a layer picked since: then a label of that layer makes
    another annotation on the same fragments.
    """

    def __init__(
        self, session: Session, view: AnnotateView, controller: EditorController, registry: ActionRegistry
    ) -> None:
        super().__init__(view)
        self._session = session
        self._view = view
        self._controller = controller
        self._registry = registry
        self._picked = ""
        self._passed_over = ""  # uid of the chosen annotation, if a layer was picked since it was chosen
        self.current = ""
        controller.chosen_changed.connect(self._on_chosen)
        controller.steps.changed.connect(self._on_step)
        view.text.canvas.view_changed.connect(self._on_view)

    def pick(self, layer: str) -> None:
        """Turn to a layer that the person names."""
        chosen = self._controller.chosen
        self._picked = layer
        self._passed_over = chosen.uid if chosen is not None else ""
        self._turn()

    def show_scheme(self) -> None:
        """Show the layers of the project's scheme, and the labels of the active one."""
        self._pick_known()
        self.current = self._registry.active_layer = self._wanted()
        self._view.labels.show_scheme(self._session.scheme, self.current)
        self.show_label()

    def show_label(self) -> None:
        """Show the label of the chosen annotation as the current one."""
        chosen = self._controller.chosen
        self._view.labels.show_current(chosen.label if chosen is not None and chosen.layer == self.current else "")

    def remember(self, state: WindowState) -> None:
        """Save the layer that was picked."""
        state.keep_word("layer", self._picked)

    def restore(self, state: WindowState) -> None:
        """Pick the layer that was saved."""
        self._picked = state.word("layer")
        self._pick_known()
        self._turn()

    def _pick_known(self) -> None:
        known = [layer.id for layer in self._session.scheme.layers]
        if self._picked not in known:
            self._picked = "error" if "error" in known else known[0]

    def _on_chosen(self, annotation: Annotation | None) -> None:
        if annotation is None or annotation.uid != self._passed_over:
            self._passed_over = ""
        self._turn()

    def _on_step(self, label: str) -> None:
        self._registry.open_label = label
        self._view.labels.open_label(label)
        self.show_label()

    def _on_view(self, _view: ViewState) -> None:
        if self._wanted() != self.current:
            self._turn()

    def _wanted(self) -> str:
        chosen = self._controller.chosen
        if chosen is None or chosen.uid == self._passed_over or self._view.text.canvas.view.has_selection:
            return self._picked
        return chosen.layer if self._session.scheme.layer(chosen.layer) is not None else self._picked

    def _turn(self) -> None:
        layer = self._wanted()
        if layer != self.current:
            self.current = self._registry.active_layer = layer
            self._controller.steps.leave()
            self._view.labels.turn_to(layer)
        self.show_label()
