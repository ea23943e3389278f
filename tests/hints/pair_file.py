"""The file of pairs: texts beside a reference, with planted errors and with what only looks like one."""

import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from app.suggesters.hints.hint import Hint

PAIRS = Path(__file__).with_name("pairs.toml")


class Planted(NamedTuple):
    """An error `[start, end)` of a text; `kind` is empty if no sure rule is made for it, `correction` if there are
    several.
    """

    start: int
    end: int
    kind: str
    correction: str
    evidence: str

    def is_hit(self, hint: Hint) -> bool:
        """Whether a hint points at the error: they overlap by half of the shorter one, and it isn't far longer."""
        common = min(hint.end, self.end) - max(hint.start, self.start)
        shorter = min(hint.end - hint.start, self.end - self.start)
        return common > 0 and common * 2 >= shorter and hint.end - hint.start <= 2 * (self.end - self.start) + 20


class Pair(NamedTuple):
    """A text and its reference; `negatives` are ranges that say what the reference says."""

    name: str
    text: str
    reference: str
    errors: tuple[Planted, ...]
    negatives: tuple[tuple[int, int], ...]


@cache
def pairs() -> tuple[Pair, ...]:
    """Return all pairs."""
    with PAIRS.open("rb") as file:
        return tuple(_pair(row) for row in tomllib.load(file)["pair"])


def _pair(row: dict[str, object]) -> Pair:
    text, reference = str(row["text"]), str(row["reference"])
    errors, negatives = row["errors"], row["negatives"]
    assert isinstance(errors, list)
    assert isinstance(negatives, list)
    planted = [Planted(*_place(text, quote), *rest) for quote, *rest in errors]
    return Pair(
        str(row["name"]), text, reference, tuple(planted), tuple(_place(text, str(quote)) for quote in negatives)
    )


def _place(text: str, quote: str) -> tuple[int, int]:
    """Return the range of a quote; of one with [brackets], that of the words in them."""
    before, opened, rest = quote.partition("[")
    inner, _, after = rest.partition("]")
    if not opened:
        before, inner, after = "", quote, ""
    start = text.index(before + inner + after) + len(before)
    return start, start + len(inner)
