"""The names of labels in files that have no layers."""

from collections import Counter

from app.core.scheme import Scheme


class LabelNames:
    """Names labels by their ids, and by layer and id (`error.NAME`) where two layers have the same id."""

    def __init__(self, scheme: Scheme) -> None:
        count = Counter(label.id for layer in scheme.layers for label in layer.givable)
        self._shared = {id for id, times in count.items() if times > 1}

    def of(self, layer: str, label: str) -> str:
        """Return the name of a label."""
        return f"{layer}.{label}" if label in self._shared else label
