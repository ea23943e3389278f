"""The result of a measure: a number, or the reason why it is undefined."""

from typing import NamedTuple


class Undefined(NamedTuple):
    """A measure that is undefined for the data, such as chance-corrected agreement without any variation."""

    why: str

    def __str__(self) -> str:
        return f"n/a ({self.why})"


Figure = float | Undefined

NO_VARIATION = Undefined("no variation")
NO_PAIRS = Undefined("nothing judged by two people")
NO_ANNOTATIONS = Undefined("no marks")
