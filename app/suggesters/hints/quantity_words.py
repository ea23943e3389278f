"""Words that make a number of something, or stand for one: tables for the reader of quantities."""

from app.suggesters.hints.value_tokens import named

# Nouns that number what they name: nothing is counted by “section 5”.
NUMBERED = frozenset(
    named(
        "section sections article chapter page no number rule item clause paragraph title part schedule amendment"
        " room gate platform terminal floor route highway flight bus line exit lane phase stage type grade level tier"
        " episode season act scene verse figure table appendix proposition resolution version round lot apartment flat"
        " suite unit channel block pier ward district precinct group step class category"
    )
)
WRITTEN_NUMBER = frozenset(("no", "number", "act", "scene", "chapter", "section", "article", "phase", "stage", "part"))
"""Of these nouns, those after which also a word is such a number: “act three”."""
MULTIPLES = {
    "twice": 2.0,
    "thrice": 3.0,
    "double": 2.0,
    "doubled": 2.0,
    "doubles": 2.0,
    "doubling": 2.0,
    "twofold": 2.0,
    "triple": 3.0,
    "tripled": 3.0,
    "triples": 3.0,
    "tripling": 3.0,
    "treble": 3.0,
    "trebled": 3.0,
    "threefold": 3.0,
    "quadruple": 4.0,
    "quadrupled": 4.0,
    "fourfold": 4.0,
    "fivefold": 5.0,
    "tenfold": 10.0,
}
GROUP_SIZES = {
    "both": (2.0, 2.0),
    "pair": (2.0, 2.0),
    "couple": (2.0, 3.0),
    "duo": (2.0, 2.0),
    "brace": (2.0, 2.0),
    "twin": (2.0, 2.0),
    "twins": (2.0, 2.0),
    "neither": (2.0, 2.0),
    "either": (2.0, 2.0),
    "trio": (3.0, 3.0),
    "triplets": (3.0, 3.0),
    "quartet": (4.0, 4.0),
    "few": (2.0, 7.0),
    "several": (3.0, 15.0),
    "handful": (3.0, 7.0),
    "dozens": (20.0, 150.0),
    "hundreds": (150.0, 1500.0),
    "thousands": (1500.0, 2e4),
    "millions": (1.5e6, 2e7),
    "billions": (1.5e9, 2e10),
}
"""What can be meant by words that say a number in passing."""
COUNTED_IN_MILLIONS = frozenset(named("users customers viewers voters tonnes barrels homes jobs views followers"))
PLURALS = frozenset(("people", "men", "women", "children", "percent", "police"))
WHICH_HALF = frozenset(("first", "second", "other", "latter", "former", "1st", "2nd", "nd", "st"))
HALVED = frozenset(("halved", "halving", "halve"))
STATED_ONCE = frozenset(("daily", "a", "per", "every", "weekly", "monthly", "yearly", "each"))


OFTEN = 30
"""From here on, “times” are counted; below they are factors."""
