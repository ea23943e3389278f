"""Search over documents, with the range of each hit."""

from collections.abc import Iterator
from typing import NamedTuple

from app.core.word_query import WordQuery
from app.storage.project import Project
from app.storage.texts import in_order, matching
from app.storage.word_index import query_of

_CONTEXT = 60


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
    """
    wanted = WordQuery(query)
    if wanted.is_empty:
        return
    named = query_of(wanted.terms, column="text")
    found = 0
    for row in in_order(project) if named is None else matching(project, named):
        for start, end in wanted.places(row.text):
            yield SearchHit(
                *(row.uid, row.name, start, end, row.text[max(0, start - _CONTEXT) : start], row.text[start:end]),
                row.text[end : end + _CONTEXT],
            )
            found += 1
            if found >= limit:
                return
