"""Which names of a text are those of a reference, misspelt."""

from app.suggesters.hints.known_names import KnownNames
from app.suggesters.hints.name_spelling import likeness
from app.suggesters.hints.name_tables import name_tables
from app.suggesters.hints.names import Name


def right_spellings(token: str, known: KnownNames) -> list[tuple[float, str]]:
    """Return the parts of the references' names that a folded word may be a misspelling of, the most alike first.

    None if a reference has the word itself, or another usual spelling of it, or if it is a name of its own.
    """
    if known.has_spelling(token):
        return []
    found = [(likeness(token, part), part) for part in known.similar_parts(token)]
    return sorted(
        ((score, part) for score, part in found if score > 0 and not _are_two_names(token, part)),
        key=lambda pair: (-pair[0], pair[1]),
    )


def _are_two_names(one: str, other: str) -> bool:
    """Return whether the first word is known to be another name than the second one: a country, or both are known."""
    tables = name_tables()
    if (one,) in tables.countries or (one,) in tables.people or (one,) in tables.capitals:
        return True
    return tables.is_known(one) and tables.is_known(other)


def misspelt_parts(name: Name, unknown: tuple[int, ...], known: KnownNames) -> bool:
    """Return whether the unknown parts of a name are misspelt rather than those of another name."""
    return any(right_spellings(name.tokens[number], known) for number in unknown)
