"""The label bar as a scheme would make it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.core.scheme import Scheme
from app.ui.actions.registry import ActionRegistry
from app.ui.panels.label_bar import LabelBar
from app.ui.theme import Tones


class LabelPreview(QWidget):
    """The label bar as a scheme would make it. Its buttons mark nothing."""

    label_chosen = Signal(object)  # layer and label

    def __init__(self, tones: Tones) -> None:
        super().__init__()
        self._actions = ActionRegistry(self, {})
        self._bar = LabelBar(self._actions, tones)
        self._layer = ""
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._bar)
        self._bar.layer_chosen.connect(self.turn_to)
        self._bar.label_chosen.connect(self._on_label)

    def show_scheme(self, scheme: Scheme, layer: str) -> None:
        """Show a scheme's labels of a layer."""
        self._actions.rebuild(scheme)
        known = scheme.layer(layer) or scheme.layer(self._layer) or scheme.layers[0]
        self._layer = known.id
        self._bar.show_scheme(scheme, known.id)

    def turn_to(self, layer: str) -> None:
        """Show the labels of another layer."""
        self._layer = layer
        self._bar.turn_to(layer)

    def _on_label(self, label: str) -> None:
        self.label_chosen.emit((self._layer, label))
