"""Units of measure and currencies: what each word or sign measures, and how many base units it is.

Seconds, metres, grams, litres, square metres, bytes, watts, joules, degrees. Months and years are mean ones of the
Gregorian calendar.
"""

from typing import NamedTuple

from app.suggesters.hints.value_tokens import named

DURATION = "duration"
LENGTH = "length"
TEMPERATURE = "temperature"
MONEY = "money"


class MeasureUnit(NamedTuple):
    """A unit: what it measures (“length”, or the code of a currency), base units in one of it, and its name."""

    dimension: str
    factor: float
    name: str


DAY = 86_400.0
YEAR = 365.2425 * DAY
_MONTH = YEAR / 12


def _table(*rows: tuple[str, float, str]) -> dict[str, MeasureUnit]:
    found: dict[str, MeasureUnit] = {}
    for dimension, factor, names in rows:
        spellings = names.split()
        found |= {name: MeasureUnit(dimension, factor, spellings[0]) for name in spellings}
    return found


WORDS = _table(
    (DURATION, 1e-3, "millisecond milliseconds"),
    (DURATION, 1.0, "second seconds sec secs"),
    (DURATION, 60.0, "minute minutes min mins"),
    (DURATION, 3600.0, "hour hours hr hrs"),
    (DURATION, DAY, "day days"),
    (DURATION, DAY, "night nights"),
    (DURATION, 7 * DAY, "week weeks wk wks"),
    (DURATION, 14 * DAY, "fortnight fortnights"),
    (DURATION, _MONTH, "month months mth mths"),
    (DURATION, YEAR, "year years yr yrs summers winters"),
    (DURATION, 10 * YEAR, "decade decades"),
    (DURATION, 100 * YEAR, "century centuries"),
    (LENGTH, 1e-3, "millimetre millimetres millimeter millimeters mm"),
    (LENGTH, 1e-6, "micrometre micrometres micrometer micrometers micron microns µm μm"),
    (LENGTH, 1e-9, "nanometre nanometres nanometer nanometers nm"),
    (LENGTH, 1e-2, "centimetre centimetres centimeter centimeters cm"),
    (LENGTH, 1.0, "metre metres meter meters"),
    (LENGTH, 1e3, "kilometre kilometres kilometer kilometers km kms"),
    (LENGTH, 0.0254, "inch inches"),
    (LENGTH, 0.3048, "foot feet ft"),
    (LENGTH, 0.9144, "yard yards yd yds"),
    (LENGTH, 1609.344, "mile miles"),
    (LENGTH, 9.4607e15, "light-year light-years"),
    ("mass", 1e-6, "microgram micrograms mcg µg μg"),
    ("mass", 1e-3, "milligram milligrams milligramme milligrammes mg"),
    ("mass", 1.0, "gram grams gramme grammes"),
    ("mass", 1e3, "kilogram kilograms kilogramme kilogrammes kilo kilos kg kgs"),
    ("mass", 1e6, "tonne tonnes"),
    ("mass", 1e6, "ton tons"),
    ("mass", 453.592, "lb lbs"),
    ("mass", 28.3495, "ounce ounces oz"),
    ("volume", 1e-3, "millilitre millilitres milliliter milliliters ml"),
    ("volume", 0.1, "decilitre decilitres dl"),
    ("volume", 1e-2, "centilitre centilitres cl"),
    ("volume", 1.0, "litre litres liter liters"),
    ("volume", 0.56826, "pint pints"),
    ("volume", 3.78541, "gallon gallons"),
    ("volume", 158.987, "barrel barrels"),
    ("volume", 0.236588, "cup cups"),
    ("area", 1e4, "hectare hectares ha"),
    ("area", 4046.86, "acre acres"),
    ("data", 1e3, "kilobyte kilobytes kb"),
    ("data", 1e6, "megabyte megabytes mb"),
    ("data", 1e9, "gigabyte gigabytes gb"),
    ("data", 1e12, "terabyte terabytes tb"),
    ("power", 1.0, "watt watts"),
    ("power", 1e3, "kilowatt kilowatts kw"),
    ("power", 1e6, "megawatt megawatts mw"),
    ("power", 1e9, "gigawatt gigawatts gw"),
    ("power", 745.7, "horsepower hp"),
    ("energy", 3.6e6, "kwh"),
    ("energy", 3.6e9, "mwh"),
    ("energy", 4184.0, "calorie calories kcal kilocalories"),
    ("frequency", 1.0, "hertz hz"),
    ("frequency", 1e6, "megahertz mhz"),
    ("frequency", 1e9, "gigahertz ghz"),
    ("speed", 0.44704, "mph"),
    ("speed", 1 / 3.6, "kph kmh"),
    ("speed", 0.514444, "knot knots"),
    ("angle", 1.0, "degree degrees"),
    ("amount", 1e-3, "millimole millimoles mmol"),
    ("amount", 1.0, "mole moles mol"),
)
"""Units that are words, in lower case."""

LETTERS = _table(
    (LENGTH, 1.0, "m"),
    ("mass", 1.0, "g"),
    ("mass", 1e6, "t"),
    ("volume", 1.0, "l"),
    (DURATION, 1.0, "s"),
    (DURATION, 3600.0, "h"),
    (DURATION, 1e-3, "ms"),
    ("power", 1.0, "w"),
)
"""Units that count only right behind digits: 5m, 20g."""

SYMBOLS = {
    "£": "GBP",
    "€": "EUR",
    "$": "USD",
    "¥": "JPY",
    "₹": "INR",
    "₽": "RUB",
    "₩": "KRW",
    "₺": "TRY",
    "₪": "ILS",
    "₴": "UAH",
    "₦": "NGN",
    "¢": "USD",
}
DOLLARS = {"us": "USD", "usd": "USD", "a": "AUD", "au": "AUD", "c": "CAD", "ca": "CAD", "nz": "NZD", "hk": "HKD"} | {
    "s": "SGD",
    "r": "BRL",
    "nt": "TWD",
}
"""What stands before a dollar sign, and whose dollars it makes them."""
CODES = frozenset(named("usd eur gbp jpy chf cny rmb inr rub aud cad nzd hkd sgd sek nok dkk pln czk try zar brl mxn"))


def _currencies(*rows: tuple[str, float, str]) -> dict[str, MeasureUnit]:
    return {name: MeasureUnit(code, factor, names.split()[0]) for code, factor, names in rows for name in names.split()}


CURRENCIES = _currencies(
    ("USD", 1.0, "dollar dollars bucks buck"),
    ("USD", 0.01, "cent cents"),
    ("GBP", 1.0, "pound pounds quid sterling"),
    ("GBP", 0.01, "penny pence"),
    ("EUR", 1.0, "euro euros"),
    ("JPY", 1.0, "yen"),
    ("CNY", 1.0, "yuan renminbi"),
    ("INR", 1.0, "rupee rupees"),
    ("RUB", 1.0, "rouble roubles ruble rubles"),
    ("CHF", 1.0, "franc francs"),
    ("SEK", 1.0, "krona kronor"),
    ("NOK", 1.0, "kroner krone"),
    ("PLN", 1.0, "zloty zlotys"),
    ("UAH", 1.0, "hryvnia hryvnias"),
    ("TRY", 1.0, "lira"),
    ("BRL", 1.0, "reais real"),
    ("MXN", 1.0, "peso pesos"),
    ("KRW", 1.0, "won"),
    ("ILS", 1.0, "shekel shekels"),
    ("ZAR", 1.0, "rand"),
    ("shilling", 1.0, "shilling shillings"),
    ("guinea", 1.0, "guinea guineas"),
    ("ducat", 1.0, "ducat ducats"),
    ("crown", 1.0, "crown crowns"),
    ("mark", 1.0, "marks"),
    ("bitcoin", 1.0, "bitcoin bitcoins"),
)
"""Currencies that are words. What is no number's before them means something else (“won”, “real”)."""
NATIONS = frozenset(named("us u.s american british uk canadian australian singapore swiss turkish indian russian"))
"""Words between a number and its currency."""
