"""What people call the makers of suggestions: a table, so that a window that shows suggestions loads no suggester."""

TITLES = {
    "corrections": "Terms that you corrected elsewhere",
    "patterns": "What is always suggested",
    "sure": "What contradicts the reference: numbers, dates, names, roles, negations",
    "lead": "What is worth a look: words, names and sentences without a counterpart in the reference",
    "quantity": "Quantities that differ from the reference",
    "date": "Dates and times that differ from the reference",
    "name": "Names that the reference spells otherwise",
    "entity": "Names in the place of another name",
    "role": "Roles and titles that the reference gives otherwise",
    "antonym": "Opposites: “rose” where the reference has “fell”",
    "negation": "Negation and certainty: “approved” for “did not approve”, “will” for “may”",
    "swap": "Roles exchanged: “Spain beat Italy” where Italy beat Spain",
    "contradiction": "Places where the text contradicts itself",
    "thing": "Things, people, names and numbers that a summary has and its reference doesn’t",
    "unmatched": "Names and numbers that the reference doesn’t have",
    "term": "Odd word pairs and replaced terms",
    "unsupported": "Sentences that the reference doesn’t support",
    "omission": "What the text leaves out of the reference",
    "check_worthy": "Claims worth checking",
    "spacy": "Names, places and dates, found by spaCy",
    "model": "What a language model of your own finds against the reference",
}
"""By name; each built-in suggester says the same of itself."""


def title_of(maker: str) -> str:
    """Return what people call the maker of a suggestion: a built-in suggester's title, with its variant in brackets.

    Other makers have no title; they are named as they are.
    """
    base, _, variant = maker.partition(":")
    title = TITLES.get(base)
    if title is None:
        return maker
    return f"{title} ({variant})" if variant else title


def version_title(maker: str, version: str) -> str:
    """Return what people call a version of a suggester: `title_of` and, in brackets, the version if it has one."""
    return f"{title_of(maker)} (version {version})" if version else title_of(maker)
