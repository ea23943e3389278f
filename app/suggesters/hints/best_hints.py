"""The best of the hints that several rules give for the same words."""

from collections.abc import Iterable

import msgspec

from app.suggesters.hints.hint import Hint, HintKind
from app.suggesters.hints.rule import HintRule

# Scores of different rules aren't comparable; what says more precisely what is wrong comes first.
_ORDER = {kind: number for number, kind in enumerate(HintKind)}


def best(hints: Iterable[tuple[HintRule, Hint]]) -> list[tuple[HintRule, Hint]]:
    """Return the hints in order of the text, and of those that overlap the one of the most exact kind; of one kind that
    with a correction, then the highest score, then the shorter one. Its reason names the other rules.

    A hint about a whole sentence hides none within it, nor is it hidden: check-worthy claims lie beside errors.
    """
    kept: list[tuple[HintRule, Hint]] = []
    others: dict[int, set[str]] = {}
    for rule, hint in sorted(hints, key=_preference):
        over = next((number for number, (_, other) in enumerate(kept) if _compete(hint, other)), None)
        if over is None:
            kept.append((rule, hint))
        elif kept[over][0].name != rule.name:
            others.setdefault(over, set()).add(rule.name)
    found = [
        (rule, _with_others(hint, others[number]) if number in others else hint)
        for number, (rule, hint) in enumerate(kept)
    ]
    return sorted(found, key=lambda pair: (pair[1].start, pair[1].end, pair[1].kind.value))


def _preference(pair: tuple[HintRule, Hint]) -> tuple[int, bool, float, int, int, str]:
    hint = pair[1]
    length = hint.end - hint.start
    return (_ORDER[hint.kind], hint.correction is None, -hint.score, length, hint.start, hint.correction or "")


def _compete(hint: Hint, other: Hint) -> bool:
    if HintKind.CHECK_WORTHY in (hint.kind, other.kind) and hint.kind is not other.kind:
        return False
    if hint.start == hint.end or other.start == other.end:
        return (hint.start, hint.end) == (other.start, other.end)
    return hint.start < other.end and other.start < hint.end


def _with_others(hint: Hint, names: set[str]) -> Hint:
    return msgspec.structs.replace(hint, reason=f"{hint.reason} Other rules: {', '.join(sorted(names))}.")
