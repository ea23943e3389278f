"""How a text sets blanks where languages differ, as the text itself shows it."""

import re
from functools import cache, cached_property

from app.core.scripts import UNSPACED, is_unspaced

_GROUPS = (".,", ";:!?")  # French sets the second ones apart; a text cut into tokens both


class TextHabits:
    """The habits of one text, counted when they are first asked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._apart: dict[str, bool] = {}

    @cached_property
    def is_unspaced(self) -> bool:
        """Whether the text is in a script without blanks: a third or more of its letters are, since one of them says as
        much as several others.
        """
        return 3 * sum(map(is_unspaced, self._text)) >= sum(map(str.isalpha, self._text)) > 0

    @cached_property
    def mixes_closely(self) -> bool:
        """Whether letters of scripts without blanks stand directly beside those of other scripts more often than not;
        where they don't meet, whether the text is in a script without blanks.
        """
        close = apart = 0
        for found in _meeting().finditer(self._text):
            if found.group():
                apart += 1
            else:
                close += 1
        return close > apart if close != apart else self.is_unspaced

    def sets_apart(self, sign: str) -> bool:
        """Whether the text sets a blank before signs like this one, with the exception of one place."""
        group = next((group for group in _GROUPS if sign in group), "")
        if not group:
            return False
        if group not in self._apart:
            apart = len(re.findall(rf"(?<=\S) (?=[{group}](?:\s|$))", self._text))
            close = len(re.findall(rf"(?<=[^\s{group}])[{group}](?:\s|$)", self._text))
            self._apart[group] = apart - 1 > close
        return self._apart[group]


@cache
def _meeting() -> re.Pattern[str]:
    # Compiled on first use: large character classes take milliseconds. Wide punctuation touches anything.
    letter, other = f"(?![\u3000-\u3004\u3008-\u3020\uff00-\uff20])[{UNSPACED}]", f"[^\\W{UNSPACED}]"
    blank = "[ \u00a0\u202f]?"
    before, behind = f"(?<={other}){blank}(?={letter})", f"(?<=[{UNSPACED}])(?<![\u3000-\u3020\uff00-\uff20])"
    return re.compile(f"{before}|{behind}{blank}(?={other})")
