"""Quotes and refusals as the window says them."""

from app.core.errors import StetError


def short(text: str) -> str:
    """Return a quote on one line, cut where it gets long."""
    clean = " ".join(text.split())
    return clean if len(clean) <= 40 else clean[:39] + "…"


def words_of(error: StetError) -> str:
    """Return what is wrong, and what to do, as one sentence."""
    sentence = f"{error.what}; {error.hint}" if error.hint else error.what
    return sentence[:1].upper() + sentence[1:] + "."
