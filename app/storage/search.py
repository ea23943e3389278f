"""Full-text search over documents, with the place of each hit."""

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
    """One place where the words stand; offsets are code points of the document's text."""

    document: str
    name: str
    start: int
    end: int
    before: str
    match: str
    after: str


def search(project: Project, query: str, *, limit: int) -> Iterator[SearchHit]:
    """Yield hits in order of import, then of the text. The words typed must all be in a document; the hits are the
    places of the whole query if it stands there as typed, else of its words.

    A query without any letter or digit, and scripts without spaces, are found by reading the texts.
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
    # A text without any accent is searched for the plain letters: literals are a good deal faster.
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
    """Return a pattern for the wanted text in any Unicode form, and with any accents: what the index finds too."""
    return "".join(_letter(char) for char in unicodedata.normalize("NFC", wanted) if not _ACCENT.match(char))


@cache
def _letter(char: str) -> str:
    base, *rest = unicodedata.normalize("NFD", char)
    if not base.isalpha():
        return re.escape(char)
    if any(not _ACCENT.match(annotation) for annotation in rest):  # a syllable in parts, not a letter with accents
        return f"(?:{char}|{base}{''.join(rest)})"
    return f"[{base}{_accented().get(base, '')}]{_ACCENT.pattern}*"


@cache
def _accented() -> dict[str, str]:
    """Return, for each plain letter, the letters that are it with accents."""
    found: dict[str, str] = {}
    for char in map(chr, range(0xC0, 0x2000)):
        base, *accents = unicodedata.normalize("NFD", char)
        if accents and base.isalpha() and all(_ACCENT.match(accent) for accent in accents):
            found[base] = found.get(base, "") + char
    return found
