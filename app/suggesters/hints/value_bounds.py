"""What a text says with a number about how exact it is: “about”, “over”, “at least”, “nearly”, “up to”."""

from collections.abc import Sequence
from enum import Enum

from app.suggesters.hints.value_tokens import Token, says


class Bound(Enum):
    """How a stated value limits the real one."""

    EXACT = "exact"
    ABOUT = "about"
    OVER = "over"
    UNDER = "under"


_BEFORE: tuple[tuple[tuple[str, ...], Bound], ...] = tuple(
    (tuple(words.split()), bound)
    for bound, phrases in (
        (Bound.UNDER, "no more than/not more than/at most/up to/less than/fewer than/lower than/under/below/nearly"),
        (Bound.UNDER, "almost/just under/as much as/as many as/not quite/shy of/just short of"),
        (Bound.OVER, "more than/at least/over/above/greater than/upwards of/in excess of/exceeding/no less than"),
        (Bound.OVER, "no fewer than/not less than/exceeds/exceeded/just over/topped/tops/surpassed/past"),
        (Bound.OVER, "well over"),
        (Bound.ABOUT, "about/around/approximately/roughly/some/an estimated/estimated/close to/near/circa/approx/~/≈"),
        (Bound.ABOUT, "or so/in the region of/something like/approx ./c ./ca ./around about/on average"),
    )
    for words in phrases.split("/")
)
_BY_LAST_WORD: dict[str, list[tuple[tuple[str, ...], Bound]]] = {}
for _words, _bound in _BEFORE:
    _BY_LAST_WORD.setdefault(_words[-1], []).append((_words, _bound))
_SIGNS = {">": Bound.OVER, "≥": Bound.OVER, "<": Bound.UNDER, "≤": Bound.UNDER}
_AFTER = (
    (("or", "more"), Bound.OVER),
    (("or", "so"), Bound.ABOUT),
    (("+",), Bound.OVER),
    (("-", "plus"), Bound.OVER),
) + (
    (("plus",), Bound.OVER),
    (("or", "less"), Bound.UNDER),
    (("or", "fewer"), Bound.UNDER),
    (("at", "least"), Bound.OVER),
)


def bound_before(found: Sequence[Token], index: int) -> Bound | None:
    """Return what the words before a number say of it."""
    if index < 1:
        return None
    last = found[index - 1].text
    if last in ("a", "an", "the") and index > 1:  # at least a dozen, nearly the 500
        index -= 1
        last = found[index - 1].text
    if last in _SIGNS:
        return _SIGNS[last]
    known = [pair for pair in _BY_LAST_WORD.get(last, ()) if says(found, index - len(pair[0]), *pair[0])]
    # the longest phrase is the one that is meant: “no more than”, not “more than”
    return max(known, key=lambda pair: len(pair[0]))[1] if known else None


def bound_after(found: Sequence[Token], index: int) -> Bound | None:
    """Return what the words behind a number say of it: “or more”, “+”."""
    return next((bound for words, bound in _AFTER if says(found, index, *words)), None)
