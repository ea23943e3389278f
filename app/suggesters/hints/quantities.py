"""The quantities that a text states, as values: counts, money, percentages, measures, durations, ages, ranks, scores.

“90 minutes” and “an hour and a half” are the same quantity; so are “€2m” and “2 million euros”.
"""

from typing import NamedTuple

from app.suggesters.hints.value_bounds import Bound

COUNT = "count"
RANK = "rank"
PERCENT = "percent"
POINTS = "percentage points"
FRACTION = "fraction"
MULTIPLE = "multiple"
AGE = "age"
SCORE = "score"


class Quantity(NamedTuple):
    """A quantity at `[start, end)` of a text, its number at `[start_of_number, end_of_number)`.

    `kind` is what is measured: COUNT and the like, a dimension such as “length”, or “section” in “section 5”. `low` and
    `high` are the ends of a range, or equal, in base units of the kind; for a score they are its two sides. `step` is
    the value of the last significant digit, `number` the number as it is said. `unit` is a unit's name or a currency's
    code. `faint` quantities (“a day”, “one”) say a value in passing; nothing is claimed of them.
    """

    start: int
    end: int
    kind: str
    low: float
    high: float
    step: float
    unit: str = ""
    bound: Bound = Bound.EXACT
    start_of_number: int = 0
    end_of_number: int = 0
    number: float = 0.0
    faint: bool = False
