"""What a measure comes to: a number, or the reason why there is none."""

from typing import NamedTuple


class Undefined(NamedTuple):
    """A measure that the data don't define, such as chance-corrected agreement where everyone always said the same."""

    why: str

    def __str__(self) -> str:
        return f"n/a ({self.why})"


Figure = float | Undefined

NO_VARIATION = Undefined("no variation")
NO_PAIRS = Undefined("nothing judged by two people")
NO_ANNOTATIONS = Undefined("no marks")
