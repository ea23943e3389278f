"""The names of labels in files that have no layers."""

from collections import Counter
from collections.abc import Collection

from app.core.scheme import Scheme


class LabelNames:
    """Names labels by their ids, and by layer and id (`error.NAME`) where two layers have the same id.

    `layers` are those in the file; none means all.
    """

    def __init__(self, scheme: Scheme, layers: Collection[str] = ()) -> None:
        there = [layer for layer in scheme.layers if not layers or layer.id in layers]
        count = Counter(label.id for layer in there for label in layer.givable)
        self._shared = {id for id, times in count.items() if times > 1}

    def of(self, layer: str, label: str) -> str:
        """Return the name of a label."""
        return f"{layer}.{label}" if label in self._shared else label
