"""A view of the list of documents that a person named."""

from typing import NamedTuple

from app.core.document_conditions import IMPORTED, Condition, Sorting
from app.core.errors import EditRejected

LONGEST_NAME = 100


class SavedView(NamedTuple):
    """Conditions and an order under a name."""

    name: str
    conditions: tuple[Condition, ...]
    sorting: Sorting = IMPORTED


def checked_name(name: str) -> str:
    """Return a view's name as it is stored. Raises EditRejected for one that a view can't have."""
    name = name.strip()
    if not name or not name.isprintable() or len(name) > LONGEST_NAME:
        raise EditRejected("the name of a view is empty, too long or not printable", hint="use up to 100 letters")
    return name
