"""All values of a text, read once."""

from typing import NamedTuple

from app.suggesters.hints.dates import StatedDate, read_dates
from app.suggesters.hints.quantities import Quantity
from app.suggesters.hints.quantity_reader import read_quantities
from app.suggesters.hints.value_tokens import tokens


class Values(NamedTuple):
    """The quantities and dates of a text, each in its order."""

    quantities: tuple[Quantity, ...]
    dates: tuple[StatedDate, ...]


def values_of(text: str) -> Values:
    """Return the values of a text in English."""
    found = tokens(text)
    dates, taken = read_dates(found)
    return Values(read_quantities(found, taken), dates)
