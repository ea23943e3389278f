"""The dates and times of day that a text states, as far as it states them.

“March 17”, “17 March 2025” and “2025-03-17” are compared by the parts that both have. Plain text is enough.
"""

from collections.abc import Callable, Sequence
from datetime import date
from enum import Enum
from typing import NamedTuple

from app.suggesters.hints.clock_times import TIME_WORDS, time_at
from app.suggesters.hints.numerals import ordinal_at
from app.suggesters.hints.value_tokens import Token, TokenKind, at, named, says

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = tuple(named("January February March April May June July August September October November December"))
_WEEKDAYS = {name.lower() + ending: number for number, name in enumerate(WEEKDAYS) for ending in ("", "s")}
_SHORT_WEEKDAYS = {
    "mon": 0,
    "tue": 1,
    "tues": 1,
    "wed": 2,
    "thu": 3,
    "thur": 3,
    "thurs": 3,
    "fri": 4,
    "sat": 5,
    "sun": 6,
}
_MONTHS = {name.lower(): number for number, name in enumerate(MONTHS, 1)}
_SHORT_MONTHS = {name[:3].lower(): number for number, name in enumerate(MONTHS, 1)} | {"sept": 9}
_LOOSE_MONTHS = frozenset(("may", "march", "mar", "dec", "jan", "sep", "oct", "nov", "feb", "apr", "jun", "jul", "aug"))
"""Names of months that are also other words, or short: alone they count only behind a preposition."""
_SEASONS = frozenset(("spring", "summer", "autumn", "fall", "winter"))


class DateKind(Enum):
    """What a date tells; only dates of one kind can differ."""

    DAY = "day"
    """Any of weekday, day, month and year."""
    CLOCK = "clock"
    SPAN = "span"
    """Two years: “2007-08”."""
    DECADE = "decade"
    CENTURY = "century"
    NEARBY = "nearby"
    """A day by its distance: today, tomorrow, yesterday."""
    RELATIVE = "relative"
    """A period by its distance: last week, next year."""


class TextRange(NamedTuple):
    """Code points `[start, end)` of the text."""

    start: int
    end: int


class StatedDate(NamedTuple):
    """A date at `[start, end)` of a text with the parts that are stated: weekday 0 for Monday, month 1 to 12.

    `time` is in minutes after midnight, after noon or midnight if `half` is False. `word` is what a relative date says.
    `ambiguous` dates, such as 03/04/2025, may have day and month the other way round.
    """

    start: int
    end: int
    kind: DateKind
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    last_day: int | None = None
    last_year: int | None = None
    time: int | None = None
    half: bool = True
    word: str = ""
    ambiguous: bool = False
    at_weekday: TextRange | None = None
    at_day: TextRange | None = None
    at_year: TextRange | None = None

    @property
    def calendar_day(self) -> date | None:
        """The day of the calendar, if the date has day, month and year, and there is such a day."""
        if self.year is None or self.month is None or self.day is None or self.ambiguous:
            return None
        try:
            return date(self.year, self.month, self.day)
        except ValueError:
            return None


_YEARS = range(1000, 2200)
_BEFORE_YEAR = frozenset(
    named(
        "in since until till by from of during before after early late mid to and between around circa c ca season year"
        " summer spring autumn fall winter fiscal fy through the christmas born died sept founded established back"
        " than for as"
    )
) | {"(", "-", ",", "/", "©", "'"}
_SURE_BEFORE_YEAR = frozenset(
    named("in since until till by during early late mid summer spring autumn fall winter fiscal circa season year back")
)
_BEFORE_MONTH = frozenset(
    named(
        "in of since until till by during from to through early late mid last next this before after and between around"
        " every each for on"
    )
) | {"-", "/"}
_RELATIVE_FIRST = {
    "last": "last",
    "past": "last",
    "previous": "last",
    "next": "next",
    "coming": "next",
    "this": "this",
} | {"following": "following"}
_PERIODS = frozenset(
    named("week weekend month year night season spring summer autumn fall winter quarter semester term")
)
_NEARBY = frozenset(("today", "tonight", "tomorrow", "yesterday"))
_CENTURY_WORDS = ("century", "centuries")


def read_dates(found: Sequence[Token]) -> tuple[tuple[StatedDate, ...], list[bool]]:
    """Return the dates of a text's tokens in order, and for each token whether it belongs to one."""
    reader = _Reader(found)
    reader.read()
    return tuple(reader.dates), reader.taken


class _Reader:
    """Reads dates from left to right; a token belongs to one date at most."""

    def __init__(self, found: Sequence[Token]) -> None:
        self._found = found
        self.dates: list[StatedDate] = []
        self.taken = [False] * len(found)

    def read(self) -> None:
        """Fill `dates` and `taken`."""
        passed = (TokenKind.WORD, TokenKind.SIGN)
        words = _READERS
        starts = [i for i, token in enumerate(self._found) if token.kind not in passed or token.text in words]
        behind = 0
        for index in starts:
            if index >= behind:
                behind = self._at(index)

    def _at(self, index: int) -> int:
        """Read what begins at a token; return the index behind it, or the token's own."""
        token = self._found[index]
        if token.kind is TokenKind.WORD:
            for read in _READERS.get(token.text, ()):
                if (last := read(self, index)) > index:
                    return last
            return index
        if token.kind is TokenKind.DAY:
            return self._digits(index)
        if token.kind is TokenKind.CLOCK:
            return self.time(index)
        if token.kind is TokenKind.NUMBER:
            return self._number(index)
        return index

    def _add(self, stated: StatedDate, first: int, last: int) -> int:
        self.dates.append(stated)
        self.taken[first:last] = [True] * (last - first)
        return last

    def _range(self, first: int, last: int) -> TextRange:
        return TextRange(self._found[first].start, self._found[last - 1].end)

    def _stated(self, kind: DateKind, first: int, last: int) -> StatedDate:
        return StatedDate(*self._range(first, last), kind)

    # -- days ----------------------------------------------------------------------------------------------------------

    def weekday(self, index: int) -> int:
        """Read a date that begins with a weekday, or the weekday alone."""
        token = self._found[index]
        number = _WEEKDAYS.get(token.text)
        if number is None:
            number = _SHORT_WEEKDAYS[token.text]
            if not token.capital or not self._short_weekday_is_meant(index):
                return index
        last = index + 1
        if token.text in _SHORT_WEEKDAYS and at(self._found, last).text == ".":
            last += 1
        stated = self._stated(DateKind.DAY, index, last)._replace(
            weekday=number, at_weekday=self._range(index, index + 1)
        )
        then = last + (at(self._found, last).text == ",")
        then += at(self._found, then).text in ("the", "on")
        rest, end = self._day_and_month(then)
        if rest is not None:
            stated = rest._replace(start=stated.start, weekday=number, at_weekday=stated.at_weekday)
            last = end
        return self._add(stated, index, last)

    def _short_weekday_is_meant(self, index: int) -> bool:
        behind = at(self._found, index + 1)
        before = at(self._found, index - 1).text
        return (
            behind.text in (",", ".", "-") and self._month_of(index + 2) > 0 or before in ("on", "until", "till", "by")
        )

    def month(self, index: int) -> int:
        """Read a date that begins with the name of a month, or the month alone, with its year."""
        rest, last = self._day_and_month(index)
        if rest is not None:
            return self._add(rest, index, last)
        month = self._month_of(index)
        if not month:
            return index
        last = index + 1 + self._dot(index)
        year, end = self._year_behind(last)
        token = self._found[index]
        before = at(self._found, index - 1).text
        if year is None and token.text in _LOOSE_MONTHS and not (token.capital and before in _BEFORE_MONTH):
            return index
        stated = self._stated(DateKind.DAY, index, end if year else last)._replace(
            month=month, at_day=self._range(index, last), **self._year_part(year, end)
        )
        return self._add(stated, index, end if year else last)

    def _year_part(self, year: int | None, end: int) -> "dict[str, TextRange | int | None]":
        return {} if year is None else {"year": year, "at_year": self._range(end - 1, end)}

    def _dot(self, index: int) -> int:
        short = self._found[index].text in _SHORT_MONTHS and self._found[index].text not in _MONTHS
        return int(short and at(self._found, index + 1).text == ".")

    def _month_of(self, index: int) -> int:
        """Return the month that a token names in capitals (or unmistakably), or 0."""
        token = at(self._found, index)
        month = _MONTHS.get(token.text) or _SHORT_MONTHS.get(token.text, 0)
        unmistakable = token.text in _MONTHS and token.text not in ("may", "march")
        return month if token.capital or unmistakable else 0

    def _day_and_month(self, index: int) -> tuple[StatedDate | None, int]:
        """Return a date with day and month, in either order, with the year behind it, and the index behind it."""
        month = self._month_of(index)
        if month:
            return self._month_first(index, month)
        day, last = self._day_number(index)
        if not day:
            return None, index
        last_day = None
        if at(self._found, last).text in ("-", "to", "and") and not self._month_of(last):
            last_day, behind = self._day_number(last + 1)
            if last_day and last_day <= day:
                return None, index
            last = behind if last_day else last
        of = last + (at(self._found, last).text == "of")
        month = self._month_of(of)
        if not month:
            return None, index
        end = of + 1 + self._dot(of)
        year, behind = self._year_behind(end)
        stated = self._stated(DateKind.DAY, index, behind if year else end)._replace(
            month=month,
            day=day,
            last_day=last_day or None,
            at_day=self._range(index, end),
            **self._year_part(year, behind),
        )
        return stated, behind if year else end

    def _month_first(self, index: int, month: int) -> tuple[StatedDate | None, int]:
        first = index + 1 + self._dot(index)
        first += at(self._found, first).text == "the"
        day, last = self._day_number(first)
        behind = at(self._found, last)
        if not day or (behind.text in ("%", "percent", "per") or (behind.glued and behind.kind is TokenKind.WORD)):
            return None, index
        last_day = None
        if at(self._found, last).text in ("-", "to", "and"):
            last_day, end = self._day_number(last + 1)
            if last_day > day and not self._month_of(end):
                last = end
            else:
                last_day = None
        year, end = self._year_behind(last)
        stated = self._stated(DateKind.DAY, index, end if year else last)._replace(
            month=month,
            day=day,
            last_day=last_day or None,
            at_day=self._range(index, last),
            **self._year_part(year, end),
        )
        return stated, end if year else last

    def _day_number(self, index: int) -> tuple[int, int]:
        """Return the day of a month that a number says, and the index behind it; 0 if there is none."""
        ordinal = ordinal_at(self._found, index)
        if ordinal is not None and 1 <= ordinal.value <= 31:
            return int(ordinal.value), ordinal.last
        token = at(self._found, index)
        plain = token.kind is TokenKind.NUMBER and token.text.isdecimal() and len(token.text) <= 2
        return (int(token.value), index + 1) if plain and 1 <= token.value <= 31 else (0, index)

    def _year_behind(self, index: int) -> tuple[int | None, int]:
        index += at(self._found, index).text in (",", "of")
        year = self._year_of(index)
        behind = at(self._found, index + 1)
        if not year or (behind.glued and behind.kind is TokenKind.WORD):
            return None, index
        return year, index + 1

    def _year_of(self, index: int) -> int:
        token = at(self._found, index)
        plain = token.kind is TokenKind.NUMBER and len(token.text) == 4 and token.text.isdecimal()
        return int(token.value) if plain and int(token.value) in _YEARS else 0

    def _digits(self, index: int) -> int:
        """Read 2025-03-17, 17/03/2025, 3/17/25 or 17.03.2025."""
        token = self._found[index]
        cut = next(char for char in token.text if not char.isdecimal())
        one, two, three = (int(part) for part in token.text.split(cut))
        ambiguous = False
        if one > 31:
            year, month, day = one, two, three
        else:
            year = three if three > 99 else 2000 + three if three < 60 else 1900 + three
            day, month = (two, one) if two > 12 else (one, two)
            ambiguous = one <= 12 and two <= 12 and one != two and cut != "."
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return index
        place = self._range(index, index + 1)
        stated = StatedDate(*place, DateKind.DAY, year, month, day, ambiguous=ambiguous, at_day=place)
        return self._add(stated, index, index + 1)

    # -- years ---------------------------------------------------------------------------------------------------------

    def _number(self, index: int) -> int:
        token = self._found[index]
        if (last := self.time(index)) > index:
            return last
        if token.text.isdecimal() and len(token.text) <= 2 or ordinal_at(self._found, index):
            return self.day_first(index)
        year = self._year_of(index)
        if not year or (token.glued and at(self._found, index - 1).text in ("$", "£", "€", "#", ".", "@", "_")):
            return index
        behind = at(self._found, index + 1)
        if behind.text == "s" and behind.glued or says(self._found, index + 1, "'", "s") and year % 10 == 0:
            end = index + 2 if behind.text == "s" else index + 3
            return self._add(self._stated(DateKind.DECADE, index, end)._replace(year=year), index, end)
        if behind.text in ("-", "/") and behind.glued and (last := self._year_span(index, year)) > index:
            return last
        if not self._year_is_meant(index, year):
            return index
        place = self._range(index, index + 1)
        return self._add(StatedDate(*place, DateKind.DAY, year, at_year=place), index, index + 1)

    def _year_span(self, index: int, year: int) -> int:
        """Read 2007-2008, 2007/08 or 2007-08."""
        second = at(self._found, index + 2)
        if not second.glued or second.kind is not TokenKind.NUMBER or not second.text.isdecimal():
            return index
        other = int(second.value)
        if len(second.text) == 2:
            other += year // 100 * 100
            other += 100 if other < year else 0
        elif len(second.text) != 4:
            return index
        if not year < other <= year + 99:
            return index
        stated = self._stated(DateKind.SPAN, index, index + 3)._replace(year=year, last_year=other)
        return self._add(stated, index, index + 3)

    def _year_is_meant(self, index: int, year: int) -> bool:
        """Return whether four digits are a year rather than a count of what follows."""
        before = at(self._found, index - 1).text
        behind = at(self._found, index + 1)
        plural = (behind.text.endswith("s") and len(behind.text) > 3) or behind.text in ("people", "men", "women")
        counts = behind.kind is TokenKind.WORD and not behind.capital and plural
        if behind.kind is TokenKind.WORD and behind.glued or not 1300 <= year < 2100:
            return False
        if before in _SURE_BEFORE_YEAR and not counts:
            return True
        if before == "of" and at(self._found, index - 2).capital:  # the … Act of 2021
            return True
        if counts and before != "the" and behind.text not in ("was", "is", "has", "as", "this", "plus", "across"):
            return False
        return before in _BEFORE_YEAR or 1900 <= year < 2100

    # -- the clock -----------------------------------------------------------------------------------------------------

    def time(self, index: int) -> int:
        """Read a time of day."""
        time = time_at(self._found, index)
        if time is None:
            return index
        stated = self._stated(DateKind.CLOCK, index, time.last)._replace(time=time.minutes, half=time.half)
        return self._add(stated, index, time.last)

    # -- words ---------------------------------------------------------------------------------------------------------

    def day_first(self, index: int) -> int:
        """Read a date that begins with its day, or a century."""
        ordinal = ordinal_at(self._found, index)
        if ordinal is not None:
            behind = ordinal.last + (at(self._found, ordinal.last).text == "-")
            if at(self._found, behind).text in _CENTURY_WORDS:
                stated = self._stated(DateKind.CENTURY, index, ordinal.last)._replace(year=int(ordinal.value))
                return self._add(stated, index, behind + 1)
        rest, last = self._day_and_month(index)
        return index if rest is None else self._add(rest, index, last)

    def nearby(self, index: int) -> int:
        """Read today, tonight, tomorrow and yesterday."""
        stated = self._stated(DateKind.NEARBY, index, index + 1)
        return self._add(stated._replace(word=self._found[index].text), index, index + 1)

    def relative(self, index: int) -> int:
        """Read “last week”, “next year”."""
        period = at(self._found, index + 1)
        if period.text not in _PERIODS or at(self._found, index + 2).text == "'s":
            return index
        word = f"{_RELATIVE_FIRST[self._found[index].text]} {period.text}"
        return self._add(self._stated(DateKind.RELATIVE, index, index + 2)._replace(word=word), index, index + 2)


def _readers() -> dict[str, tuple[Callable[[_Reader, int], int], ...]]:
    """Return what may begin with each word."""
    found: dict[str, list[Callable[[_Reader, int], int]]] = {}
    ordinals = [f"{tens}" for tens in ("twenty", "thirty")] + [
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth"
        " fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth"
    ]
    for words, read in (
        ((*_WEEKDAYS, *_SHORT_WEEKDAYS), _Reader.weekday),
        ((*_MONTHS, *_SHORT_MONTHS), _Reader.month),
        (" ".join(ordinals).split(), _Reader.day_first),
        (_NEARBY, _Reader.nearby),
        (_RELATIVE_FIRST, _Reader.relative),
        (TIME_WORDS, _Reader.time),
    ):
        for word in dict.fromkeys(words):
            found.setdefault(word, []).append(read)
    return {word: tuple(some) for word, some in found.items()}


_READERS = _readers()
