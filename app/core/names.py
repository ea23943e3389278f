"""Annotators' names: cleaning, comparing and validating."""

import unicodedata

LONGEST = 200


def clean_name(name: str) -> str:
    """Return an annotator's name as it is stored."""
    return unicodedata.normalize("NFC", name).strip()


def annotator_key(name: str) -> str:
    """Return the key of an annotator's name: equal for all spellings of one name."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name).casefold()).strip()


def name_problem(name: str) -> str | None:
    """Return why a name isn't valid, with advice; None if it is."""
    clean = clean_name(name)
    if not clean or not annotator_key(name):
        return "a name must contain letters"
    if not clean.isprintable():
        return "a name can't contain line breaks or other invisible characters; remove them"
    if len(clean) > LONGEST:
        return f"a name of {len(clean):,} characters is too long; the maximum is {LONGEST}"
    return None
