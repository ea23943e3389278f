"""How large a regular expression becomes once its counted repetitions are written out: what compiling it costs.

Matching has a time limit, compiling can't have one: `((((a{99}){99}){99}){99}){99}` takes a minute and eight gigabytes.
"""

import re

LARGEST = 50_000
"""Pieces of an expression, written out; compiling as many takes about a second."""
LONGEST = 5_000
"""Characters of an expression."""

_COUNT = re.compile(r"\{(\d*)(?:,(\d*))?\}")
_CLASS = re.compile(r"\[\^?\]?(?:[^\]\\]|\\.)*\]?", re.DOTALL)
_MOST_DIGITS = 6


def written_out(expression: str) -> int:
    """Return how many pieces (characters, classes) an expression has when every `{n}` and `{n,m}` is written out, at
    least `LARGEST` for one that is larger. What isn't a valid expression counts as it stands.
    """
    open_groups, last, at = [0], 0, 0
    while at < len(expression):
        sign, end = expression[at], at + 1
        count = _COUNT.match(expression, at) if sign == "{" else None
        if count is not None:
            times = max(_number(count[1]), _number(count[2]), 1)
            open_groups[-1] += last * (times - 1)
            last *= times
            end = count.end()
        elif sign == "(":
            open_groups.append(0)
        elif sign == ")":
            last = max(open_groups.pop(), 1) if len(open_groups) > 1 else 1
            open_groups[-1] += last
        else:
            found = _CLASS.match(expression, at) if sign == "[" else None
            end = found.end() if found is not None else at + 2 if sign == "\\" else end
            last = 1
            open_groups[-1] += 1
        if max(last, open_groups[-1]) > LARGEST:
            return LARGEST + 1
        at = end
    return sum(open_groups)


def _number(digits: str | None) -> int:
    if not digits:
        return 0
    return int(digits) if len(digits) <= _MOST_DIGITS else 10**_MOST_DIGITS
