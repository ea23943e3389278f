"""Shared wording: counted nouns, shortened quotes, sentences, and the names of statuses."""

import re

from app.core.errors import StetError

# Keyed by value: the first window needs this module, but neither annotations nor what they are made of.
STATUS_WORDS = {"open": "open", "done": "done", "done_empty": "done, nothing to mark", "skipped": "skipped"}
"""The name of each `core.annotation.Status` for people."""
# What follows the last semicolon up to a count, examples or the end, if it names an option of the command line.
_SHELL = re.compile(r"; [^;(]*?--[a-z][^;(]*?(?= \(|: [\d,]+(?: |$)|$)")


def plural(count: int, noun: str, many: str = "") -> str:
    """Return the noun in the form for a count, without the count; `many` is the plural if it isn't regular.

    A noun in a consonant and “y”, such as “entity”, is regular.
    """
    if count == 1:
        return noun
    takes_ies = noun[-1:] == "y" and noun[-2:-1] not in "aeiou"
    return many or (f"{noun[:-1]}ies" if takes_ies else f"{noun}s")


def counted(count: int, noun: str, many: str = "") -> str:
    """Return a count, grouped by thousands, with its noun: “1 mark”, “2,000 marks”."""
    return f"{count:,} {plural(count, noun, many)}"


def rounded(value: float) -> float:
    """Return a measured number without the noise of binary fractions, to six decimals: 0.3, not 0.30000000000000004."""
    return round(value, 6) + 0.0  # no minus before a zero


# The marks, embeddings, overrides and isolates of https://www.unicode.org/reports/tr9/, and what stands for each.
_DIRECTIONS = {
    code: f"\\u{code:04x}" for code in (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
}


def undirected(text: str) -> str:
    """Return a name or another short text for a list, a heading or a message, with its direction controls escaped.

    With them, a document “report\\u202ecod.exe” would be shown as “reportexe.doc”. Scripts from the right need none.
    """
    return text if text.isascii() else text.translate(_DIRECTIONS)


def shorten(text: str, most: int = 40) -> str:
    """Return a text on one line of at most `most` characters, truncated with an ellipsis."""
    # A quote may be a whole document; only its beginning is needed.
    line = undirected(" ".join(text[: most * 4].split()))
    return line if len(line) <= most and len(text) <= most * 4 else f"{line[: most - 1]}…"


def sentence(text: str) -> str:
    """Return a text as a sentence: with an initial capital and a full stop at the end."""
    text = text.strip()
    return text and f"{text[0].upper()}{text[1:]}{'' if text[-1] in '.!?…' else '.'}"


_COMMAND = re.compile(r"(?<![.\w])stet (?=[a-z])|(?<!\w)--[a-z]|\biconv\b")


def without_shell(note: str) -> str:
    """Return a note without what it says of options of the command line: in the window there are fields for them."""
    return _SHELL.sub("", note)


def window_hint(error: StetError) -> str:
    """Return what to do about an error, for people in the window: without the commands and options of the shell."""
    if error.in_window is not None:
        return error.in_window
    return "; ".join(part for part in error.hint.split("; ") if not _COMMAND.search(part))


def in_window(error: StetError | OSError) -> str:
    """Return an error on one line, with its place, as `str` does, but with the hint for the window."""
    if not isinstance(error, StetError):
        return str(error)
    where = "" if error.path is None else f"{error.path}{'' if error.line is None else f':{error.line}'}: "
    hint = window_hint(error)
    return f"{where}{error.what}" + (f"; {hint}" if hint else "")


def advice(error: StetError) -> str:
    """Return an error's message and its hint for the window, each as a sentence, without path and line."""
    return f"{sentence(error.what)} {sentence(window_hint(error))}".strip()
