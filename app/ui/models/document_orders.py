"""The orders of the list of documents, as people read and choose them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.core.document_conditions import LABEL_COUNT, LAYER_COUNT, META, Sorting
from app.core.scheme import SEVERITY, Scheme

_PLAIN = {
    "import": "Date added",
    "name": "File name",
    "title": "Title",
    "status": "Status",
    "flag": "Flag",
    "note": "Note",
    "annotator": "Worked on by",
    "assigned": "Assigned to",
    "scheme": "Scheme",
    "finished": "Date finished",
    "marks": "Marks",
    "words": "Words",
    "length": "Characters",
    "rules": "Unmet rules",
    "conflicts": "Conflicts",
    "uncertain": "How unsure open suggestions are",
    "disputed": "Places where suggesters differ",
    "rare": "Rarity of suggested labels",
}
LABELS, LAYERS, FIELDS, METADATA = "Marks with a label", "Marks in a layer", "What marks say", "Metadata"


class OrderChoice(NamedTuple):
    """An order: its key, its title, and the group that it is offered in, "" for those that every project has."""

    key: str
    title: str
    group: str = ""

    @property
    def whole_title(self) -> str:
        """The title where no group stands above it."""
        return f"{self.group}: {self.title}" if self.group else self.title


def order_choices(scheme: Scheme | None, meta: Sequence[str]) -> list[OrderChoice]:
    """Return the orders of a project with a scheme and these keys of metadata."""
    plain = [OrderChoice(key, title) for key, title in _PLAIN.items()]
    ofmeta = [OrderChoice(f"{META}{key}", key, METADATA) for key in meta]
    return [*plain, *(_of_scheme(scheme) if scheme is not None else ()), *ofmeta]


def _of_scheme(scheme: Scheme) -> Iterator[OrderChoice]:
    labels: dict[str, str] = {}
    for layer in scheme.layers:
        for label in layer.labels:
            labels.setdefault(label.id, layer.path(label.id))
    yield from (OrderChoice(f"{LABEL_COUNT}{key}", title, LABELS) for key, title in labels.items())
    yield from (OrderChoice(f"{LAYER_COUNT}{layer.id}", layer.title, LAYERS) for layer in scheme.layers)
    for layer in scheme.layers:
        if layer.is_about_document:
            yield OrderChoice(f"{layer.id}.label", f"{layer.title}: label", FIELDS)
        if layer.has_severity:
            yield OrderChoice(f"{layer.id}.{SEVERITY}", f"{layer.title}: severity", FIELDS)
        for field in layer.attributes:
            yield OrderChoice(f"{layer.id}.{field.id}", f"{layer.title}: {field.title}", FIELDS)


def order_title(sorting: Sorting, choices: Sequence[OrderChoice]) -> str:
    """Return what an order is called, with an arrow: down where the largest or last comes first."""
    found = next((choice.whole_title for choice in choices if choice.key == sorting.key), sorting.key)
    return f"{found} {'↓' if sorting.falls else '↑'}"
