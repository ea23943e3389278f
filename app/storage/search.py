"""Full-text search over documents, with the range of each hit."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from app.storage.project import Project
from app.storage.rows import WORD, fts_query

_CONTEXT = 60
_ACCENT = re.compile("[\u0300-\u036f]")


class SearchHit(NamedTuple):
    """One match of a query, with its context; offsets are code points of the document's text."""

    document: str
    name: str
    start: int
    end: int
    before: str
    match: str
    after: str


def search(project: Project, query: str, *, limit: int) -> Iterator[SearchHit]:
    """Yield hits in order of import, then of the text. A document must contain all words of the query; its hits are the
    matches of the whole query as typed, or, if there are none, of its words.

    A query without any letter or digit, or in a script without spaces, is searched in the texts instead of the index.
    """
    wanted = query.strip().strip('"')
    if not wanted:
        return
    match = "" if _needs_scan(wanted) else fts_query(query.strip())
    if match:
        sql = (
            "SELECT d.uid, d.name, d.text FROM document_fts f JOIN document d ON d.id = f.rowid "
            "WHERE document_fts MATCH ? AND +d.removed IS NULL ORDER BY f.rowid"
        )
        rows = project.reader.execute(sql, [match])
    else:
        sql = "SELECT uid, name, text FROM document WHERE removed IS NULL AND instr(text, ?) ORDER BY id"
        rows = project.reader.execute(sql, [wanted])
    found = 0
    for uid, name, text in rows:
        for start, end in _places(text, wanted):
            yield SearchHit(
                *(uid, name, start, end, text[max(0, start - _CONTEXT) : start], text[start:end]),
                text[end : end + _CONTEXT],
            )
            found += 1
            if found >= limit:
                return


def _needs_scan(text: str) -> bool:
    return not any(char.isalnum() for char in text) or any(0x3040 <= ord(char) <= 0x9FFF for char in text)


def _places(text: str, wanted: str) -> Iterator[tuple[int, int]]:
    # An ASCII text has no accents, and literals are much faster than classes of accented letters.
    form = re.escape if text.isascii() and wanted.isascii() else _any_form
    words = [form(word) for word in WORD.findall(wanted)]
    exact = r"\s+".join(form(piece) for piece in wanted.split())
    for pattern in (exact, r"\b(?:" + "|".join(words) + ")" if words else None):
        if pattern is None:
            return
        hits = [found.span() for found in re.finditer(pattern, text, re.IGNORECASE)]
        if hits:
            yield from hits
            return


def _any_form(wanted: str) -> str:
    """Return a pattern for the wanted text in any Unicode form and with any accents, as the index matches it."""
    return "".join(_letter(char) for char in unicodedata.normalize("NFC", wanted) if not _ACCENT.match(char))


@cache
def _letter(char: str) -> str:
    base, *rest = unicodedata.normalize("NFD", char)
    if not base.isalpha():
        return re.escape(char)
    if any(not _ACCENT.match(part) for part in rest):  # a decomposed syllable, not a letter with accents
        return f"(?:{char}|{base}{''.join(rest)})"
    return f"[{base}{_accented().get(base, '')}]{_ACCENT.pattern}*"


@cache
def _accented() -> dict[str, str]:
    """Return, for each plain letter, its precomposed forms with accents."""
    found: dict[str, str] = {}
    for char in map(chr, range(0xC0, 0x2000)):
        base, *accents = unicodedata.normalize("NFD", char)
        if accents and base.isalpha() and all(_ACCENT.match(accent) for accent in accents):
            found[base] = found.get(base, "") + char
    return found
