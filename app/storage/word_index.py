"""The index of words, which names the documents that may have what is searched for. It never leaves one out.

It holds texts after folding (`WORDS`). Words of scripts with spaces are its words; of those without, each pair of
letters that stand together is one, and so is the last letter of a run: so any part of a run is a phrase of its pairs,
or a beginning of one.
"""

import re
import sqlite3
from collections.abc import Sequence
from operator import add
from typing import NamedTuple

from app.core.long_text import pieces_at_blanks
from app.core.search_folding import WORDS, fold
from app.core.word_edges import WordRun, is_spaced, with_runs_replaced, word_runs
from app.core.word_query import Term

CREATE = "CREATE VIRTUAL TABLE document_fts USING fts5 (name, text, content='', tokenize=\"ascii tokenchars '_'\")"
_FILL = (
    "INSERT INTO document_fts (rowid, name, text) SELECT id, index_words(name), index_words(text) FROM document "
    "WHERE id >= ?"
)
# FTS5 refuses expressions of many parts. What is left out only means more texts to read.
# Letters that no mark follows, once accents are folded, so that a part of a word is never a part of a letter.
_PLAIN = re.compile(
    "[a-z0-9_\u0370-\u0482\u048a-\u0556\u0560-\u0588\u10a0-\u10ff\u3041-\u3096\u30a1-\u30fe\u3400-\u9fff\uac00-\ud7a3]+"
)
_MOST_TERMS = 60
_MOST_WORDS = 60


class IndexQuery(NamedTuple):
    """An expression for FTS5. Unless it `is_exact`, the documents that it names may not have what is searched for.

    With `has_beginning`, FTS5 gathers all words that begin so before it names the first document.
    """

    expression: str
    is_exact: bool = False
    has_beginning: bool = False


def fill(connection: sqlite3.Connection, *, first: int = 0) -> None:
    """Add the documents from row number `first` on to the index, inside of a transaction."""
    connection.create_function("index_words", 1, index_words, deterministic=True)
    connection.execute(_FILL, [first])


def remove_document(connection: sqlite3.Connection, key: int) -> None:
    """Take a document (row number) out of the index: before its name or text is changed."""
    connection.create_function("index_words", 1, index_words, deterministic=True)
    # An index without content has to be told what it holds.
    sql = (
        "INSERT INTO document_fts (document_fts, rowid, name, text) "
        "SELECT 'delete', id, index_words(name), index_words(text) FROM document WHERE id = ?"
    )
    connection.execute(sql, [key])


def add_document(connection: sqlite3.Connection, key: int) -> None:
    """Add one document (row number) to the index, inside of a transaction."""
    connection.create_function("index_words", 1, index_words, deterministic=True)
    connection.execute(f"{_FILL} AND id <= ?", [key, key])


def index_words(text: str) -> str:
    """Return a text as it is indexed: its words after folding, and pairs of letters of scripts without spaces."""
    return "".join(map(_indexed, pieces_at_blanks(text)))


def _indexed(text: str) -> str:
    found = fold(text, WORDS)
    return found if found.isascii() else with_runs_replaced(found, _pairs)


def query_of(terms: Sequence[Term], *, column: str = "") -> IndexQuery | None:
    """Return what names the documents with all of the terms, in one column or in any; None if the index can't tell."""
    phrases = [_phrase(term.text, may_go_on=term.may_be_longer) for term in terms]
    known = [phrase for phrase in phrases if phrase is not None][:_MOST_TERMS]
    if not known:
        return None
    return IndexQuery(
        _in_column(column, " ".join(phrase.expression for phrase in known)),
        is_exact=len(known) == len(phrases) and all(phrase.is_exact for phrase in known),
        has_beginning=any(phrase.has_beginning for phrase in known),
    )


def containing(text: str, *, begins: bool, ends: bool, column: str) -> IndexQuery | None:
    """Return what names all documents that contain a text (after folding), which `begins` where a word begins and
    `ends` where one ends, if they are set; None if the index can't tell, as where a text may be the end of a word.
    """
    is_open = not begins and bool(text) and is_spaced(text[0])
    found = _phrase(text, may_begin_before=is_open, may_go_on=not ends)
    return None if found is None else found._replace(expression=_in_column(column, found.expression))


def _phrase(text: str, *, may_begin_before: bool = False, may_go_on: bool = False) -> IndexQuery | None:
    runs = list(word_runs(text))
    if not runs:
        return None
    words = [word for run in runs[:-1] for word in _words_of(run)]
    last, ends_text = runs[-1], text.endswith(runs[-1].text)
    if last.is_spaced:
        words.append(last.text)
        goes_on = may_go_on and ends_text
    else:
        pairs = _words_of(last)
        goes_on = len(pairs) == 1 and ends_text
        # Behind the text the run may go on, so its last letter alone isn't looked for.
        words += pairs[:-1] if len(pairs) > 1 and ends_text else pairs
    words = words[1:] if may_begin_before else words
    if not words:
        return None
    goes_on = goes_on and len(words) <= _MOST_WORDS
    quoted = '"' + " ".join(words[:_MOST_WORDS]) + '"'
    return IndexQuery(
        f"{quoted} *" if goes_on else quoted,
        is_exact=_PLAIN.fullmatch(text) is not None and len(runs) == 1 and len(words) <= _MOST_WORDS,
        has_beginning=goes_on,
    )


def _words_of(run: WordRun) -> list[str]:
    return [run.text] if run.is_spaced else _pairs(run.text).split(" ")


def _pairs(run: str) -> str:
    return " ".join((*map(add, run, run[1:]), run[-1]))


def _in_column(column: str, expression: str) -> str:
    return f"{column} : ({expression})" if column else expression
