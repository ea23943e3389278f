"""Words that every room uses alike: counted nouns, shortened quotes, sentences, and what a status is called."""

from app.core.annotation import Status
from app.core.errors import StetError

STATUS_WORDS = {
    Status.OPEN: "open",
    Status.DONE: "done",
    Status.DONE_EMPTY: "done, nothing to mark",
    Status.SKIPPED: "skipped",
}
"""Each status as people read it."""


def plural(count: int, noun: str, many: str = "") -> str:
    """Return the noun alone in the form that fits a count; `many` is the plural where it isn't the noun with an s."""
    return noun if count == 1 else many or f"{noun}s"


def counted(count: int, noun: str, many: str = "") -> str:
    """Return a count, grouped by thousands, with its noun: “1 mark”, “2,000 marks”."""
    return f"{count:,} {plural(count, noun, many)}"


def shorten(text: str, most: int = 40) -> str:
    """Return a text on one line of at most `most` characters, an ellipsis in place of what doesn't fit."""
    # A quote may be a whole document; only its beginning is ever shown.
    line = " ".join(text[: most * 4].split())
    return line if len(line) <= most and len(text) <= most * 4 else f"{line[: most - 1]}…"


def sentence(text: str) -> str:
    """Return words as a sentence: a capital letter first, a full stop at the end."""
    text = text.strip()
    return text and f"{text[0].upper()}{text[1:]}{'' if text[-1] in '.!?…' else '.'}"


def advice(error: StetError) -> str:
    """Return what is wrong and what to do about it, each as a sentence, without the place in a file."""
    return f"{sentence(error.what)} {sentence(error.hint)}".strip()
