"""What the list of documents shows: the conditions, the order, and the words searched for."""

from typing import NamedTuple

from app.core.document_conditions import IMPORTED, Condition, Sorting


class DocumentView(NamedTuple):
    """Conditions and an order; `name` is that of the saved view they came from, "" for none."""

    conditions: tuple[Condition, ...] = ()
    sorting: Sorting = IMPORTED
    name: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether it shows all documents in order of import."""
        return not self.conditions and self.sorting == IMPORTED


EVERYTHING = DocumentView()
