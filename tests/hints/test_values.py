"""The values that are read from plain text: numbers, measures, money, ages, dates, times."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.suggesters.hints.date_match import DatePart, adapted_date, agrees, parts_of, place_of
from app.suggesters.hints.dates import DateKind, StatedDate
from app.suggesters.hints.quantities import Quantity
from app.suggesters.hints.quantity_match import adapted, consistent
from app.suggesters.hints.values import values_of


def _quantity(text: str) -> Quantity:
    found = values_of(text).quantities
    assert len(found) == 1, found
    return found[0]


def _date(text: str) -> StatedDate:
    found = values_of(text).dates
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("text", "said", "kind", "value"),
    [
        ("twenty-one goals", "twenty-one", "count", 21),
        ("a dozen eggs", "a dozen", "count", 12),
        ("half a million people", "half a million", "count", 500_000),
        (
            "three hundred and five thousand six hundred",
            "three hundred and five thousand six hundred",
            "count",
            305_600,
        ),
        ("15 000 people", "15 000", "count", 15_000),
        ("1,00,000 votes", "1,00,000", "count", 100_000),
        ("5m people", "5m", "count", 5_000_000),
        ("300B tokens", "300B", "count", 300e9),
        ("£1,027,339.The club", "£1,027,339", "money", 1_027_339),
        ("a €2m deal", "€2m", "money", 2_000_000),
        ("2 million euros", "2 million euros", "money", 2_000_000),
        ("1.027.339,50 euros", "1.027.339,50 euros", "money", 1_027_339.5),
        ("US$ 4 million", "US$ 4 million", "money", 4_000_000),
        ("5 mln bucks", "5 mln bucks", "money", 5_000_000),
        ("12.5%", "12.5%", "percent", 12.5),
        ("3 percentage points", "3 percentage points", "percentage points", 3),
        ("25 basis points", "25 basis points", "percentage points", 0.25),
        ("two-thirds of members", "two-thirds", "fraction", 2 / 3),
        ("twice the size", "twice", "multiple", 2),
        ("two and a half hours", "two and a half hours", "duration", 9_000),
        ("an hour and a half", "an hour and a half", "duration", 5_400),
        ("three quarters of an hour", "three quarters of an hour", "duration", 2_700),
        ("a 30-day ceasefire", "30-day", "duration", 30 * 86_400),
        ("5 feet 10 inches", "5 feet 10 inches", "length", 1.778),
        ("100 km/h", "100 km/h", "speed", 100 / 3.6),
        ("weighs 12 pounds", "12 pounds", "mass", 5_443.104),
        ("aged 32", "32", "age", 32),
        ("a 32-year-old man", "32-year-old", "age", 32),
        ("Smith, 32, said", "32", "age", 32),
        ("the 42nd president", "42nd", "rank", 42),
        ("Section 5 of", "5", "section", 5),
    ],
)
def test_a_quantity_is_read_with_its_place_and_value(text: str, said: str, kind: str, value: float) -> None:
    quantity = _quantity(text)
    assert text[quantity.start : quantity.end] == said
    assert quantity.kind == kind
    assert quantity.low == pytest.approx(value)


@pytest.mark.parametrize("text", ["COVID-19 and F-16", "A4", "a cat", "March 17", "version 1.2.3", "one-off"])
def test_what_counts_nothing_is_no_quantity(text: str) -> None:
    assert all(quantity.faint for quantity in values_of(text).quantities)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("2.1 to 2.6 billion pounds", 2.1e9, 2.6e9),
        ("between 5 and 7 people", 5, 7),
        ("5-7 people", 5, 7),
        ("won 3-1", 3, 1),
        ("voted 9 to 4", 9, 4),
    ],
)
def test_ranges_and_scores_are_read_as_one(text: str, low: float, high: float) -> None:
    assert (_quantity(text).low, _quantity(text).high) == (low, high)


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("90 minutes", "an hour and a half", True),
        ("over £1 million", "£1,027,339", True),
        ("nearly 5,000 people", "4,987 people", True),
        ("nine people", "at least seven people", False),
        ("27 percent", "27.6 percent", True),
        ("30 people", "32 people", False),
        ("half of them", "50 percent", True),
        ("5 miles", "8 km", True),
        ("5 miles", "5 km", False),
        ("a month", "30 days", True),
        ("$5", "€5", False),
        ("3-1", "1-3", True),
        ("a couple of hours", "two hours", True),
        ("2.4 billion euros", "2.1 to 2.6 billion euros", True),
    ],
)
def test_values_are_compared_not_words(ours: str, theirs: str, same: bool) -> None:
    assert consistent(_quantity(ours), _quantity(theirs)) is same


@pytest.mark.parametrize(
    ("ours", "theirs", "result"),
    [
        ("two days", "about two hours", "two hours"),
        ("a two-day call", "three hours", "three-hour"),
        ("20 days", "a 30-day ceasefire", "30 days"),
        ("1 million dollars", "5 mln bucks", "5 million dollars"),
        ("7%", "9 percent", "9%"),
        ("a 43-year-old", "aged 34", "34-year-old"),
        ("Eight hours", "eight minutes", "Eight minutes"),
        ("one day", "3 days", "3 days"),
    ],
)
def test_a_correction_fits_the_text(ours: str, theirs: str, result: str) -> None:
    assert adapted(_quantity(ours), ours, _quantity(theirs), theirs) == result


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Tuesday, March 17, 2025", {"year": 2025, "month": 3, "day": 17, "weekday": 1}),
        ("on Tuesday the 17th of March", {"month": 3, "day": 17, "weekday": 1}),
        ("17.03.2025", {"year": 2025, "month": 3, "day": 17}),
        ("Sept. 3, 2019", {"year": 2019, "month": 9, "day": 3}),
        ("March 17-19", {"month": 3, "day": 17, "last_day": 19}),
        ("in May", {"month": 5}),
        ("in 1998", {"year": 1998}),
        ("the 2007/08 season", {"year": 2007, "last_year": 2008}),
        ("the late 1990s", {"year": 1990}),
        ("the 19th century", {"year": 19}),
        ("5 pm", {"time": 17 * 60}),
        ("17:00", {"time": 17 * 60}),
        ("half past six", {"time": 390, "half": False}),
        ("meet at 6, but", {"time": 360, "half": False}),
        ("tomorrow", {"word": "tomorrow"}),
    ],
)
def test_a_date_has_the_parts_that_are_stated(text: str, parts: dict[str, object]) -> None:
    stated = _date(text)
    assert {name: getattr(stated, name) for name in parts} == parts
    unstated = {"year", "month", "day", "weekday", "time"} - set(parts)
    assert all(getattr(stated, name) is None for name in unstated)


@pytest.mark.parametrize(
    "text", ["she may go", "March on Rome", "1998 people died", "about 2000 people", "six of them"]
)
def test_what_only_looks_like_a_date_is_none(text: str) -> None:
    assert not values_of(text).dates


@pytest.mark.parametrize(
    ("ours", "part", "theirs", "result"),
    [
        ("June 21st", DatePart.DAY, "26 June", "June 26th"),
        ("17 March", DatePart.DAY, "April 18", "18 April"),
        ("Mondays", DatePart.WEEKDAY, "on Sunday", "Sundays"),
        ("2:34 PM", DatePart.WHOLE, "13:34", "1:34 PM"),
        ("at 8 pm", DatePart.WHOLE, "at 7.", "7 pm"),
        ("in 2019", DatePart.YEAR, "May 2018", "2018"),
    ],
)
def test_a_date_is_corrected_in_the_form_it_has(ours: str, part: DatePart, theirs: str, result: str) -> None:
    other = _date(theirs)
    place = place_of(other, part)
    assert adapted_date(ours, _date(ours), part, other, theirs[place.start : place.end]) == result


_PIECES = st.sampled_from(
    (
        *("1", "23", "1,027,339", "9" * 40, "9" * 5000, "٣", "½", "31", "1990", "2025", "17", "5:30", "25:99", "24:00"),
        *("a", "an", "half", "two", "twenty", "million", "bn", "m", "first", "21st", "third", "three", "x", "cent"),
        *("£", "$", "US$", "%", "percent", "per", "km", "h", "°", "C", "years", "old", "aged", "times", "s", "p"),
        *("May", "March", "Tuesday", "pm", "o'clock", "last", "week", "noon", "the", "of", "to", "between", "from"),
        *("over", "and", "at", "no", "section", ".", "-", "–", "/", ",", "(", ")", "+", "<", "’", "\ud800", "\x00"),
    )
)


@given(st.lists(_PIECES, max_size=12), st.booleans())
def test_whatever_is_read_lies_in_the_text_and_apart(pieces: list[str], blanks: bool) -> None:
    text = (" " if blanks else "").join(pieces)
    values = values_of(text)
    places = sorted((value.start, value.end) for value in (*values.quantities, *values.dates))
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert all(one[1] <= other[0] for one, other in zip(places, places[1:], strict=False))
    assert all(consistent(value, value) for value in values.quantities)
    assert all(agrees(stated, stated, part) is not False for stated in values.dates for part in parts_of(stated))
    assert all(stated.kind in DateKind for stated in values.dates)
