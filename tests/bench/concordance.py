"""The first hits of a concordance over very many documents, beside what scanning them takes."""

import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

from app import paths
from app.core.document import Document, sha256
from app.core.record import DocumentRecord
from app.core.text_search import Wanted
from app.services.search.concordance import find
from app.session.session import Session
from app.storage.access import uri
from app.storage.records import insert_records
from tests.bench.rows import Row, median

DOCUMENTS = 100_000
FIRST = 50
_RUNS = 5
_SHARE_OF_LIKE = 0.5
_FROM_THE_INDEX = 10.0  # LIKE stops at the first rows too: what an index and exact places may take more
_LIKE = "LIKE, as many hits"
_WORDS = "The senator said on Monday that the budget of the city was voted down by members of the council. "
_TERM = "restricted slave trade"


def run(documents: int = DOCUMENTS) -> Sequence[Row]:
    """Measure the first hits of a term that only the last documents have, of one that all have, and between."""
    with tempfile.TemporaryDirectory() as home:
        path = Path(home) / "a.stet"
        _make(path, documents)
        session = Session.open(path, annotator="ana", write=False)
        try:
            rare = median([_timed(session, Wanted(_TERM, whole_words=True)) for _ in range(_RUNS)])
            common = median([_timed(session, Wanted("senator")) for _ in range(_RUNS)])
            letter = median([_timed(session, Wanted("s")) for _ in range(_RUNS)])
            late = median([_timed(session, Wanted("late", whole_words=True)) for _ in range(_RUNS)])
        finally:
            session.close()
        scan, first, half = (
            median([_timed_like(path, term) for _ in range(_RUNS)]) for term in (_TERM, "senator", ", late.")
        )
    size = f"{documents:,} documents"
    return [
        Row(f"first {FIRST} hits of a rare term in {size}", rare, scan, _LIKE, _SHARE_OF_LIKE),
        Row(f"first {FIRST} hits of a common word in {size}", common, first, _LIKE, _FROM_THE_INDEX),
        Row(f"first {FIRST} hits of one letter in {size}", letter, first, _LIKE, _FROM_THE_INDEX),
        Row(f"first {FIRST} hits of what half of {size} have, the last", late, half, _LIKE, _SHARE_OF_LIKE),
    ]


def _timed(session: Session, wanted: Wanted) -> float:
    began = time.perf_counter()
    found = list(islice(find(session, wanted), FIRST))
    assert len(found) == FIRST
    return (time.perf_counter() - began) * 1000


def _timed_like(path: Path, term: str) -> float:
    sql = "SELECT uid, name, text FROM document WHERE text LIKE ? AND removed IS NULL ORDER BY id LIMIT ?"
    with closing(sqlite3.connect(uri(path, "mode=ro"), uri=True)) as connection:
        began = time.perf_counter()
        assert len(connection.execute(sql, [f"%{term}%", FIRST]).fetchall()) == FIRST
        return (time.perf_counter() - began) * 1000


def _make(path: Path, documents: int) -> None:
    scheme = (paths.resources() / "schemes" / "ner.toml").read_text(encoding="utf-8")
    session = Session.create(path, scheme=scheme, annotator="ana")
    try:
        with session.project.atomic():
            insert_records(session.project, _records(documents), batch=0, tick=_tell_nobody)
    finally:
        session.close()


def _records(documents: int) -> Iterator[DocumentRecord]:
    for number in range(documents):
        last = f"They spoke of a {_TERM}.\n" if number >= documents - FIRST else "\n"
        when = "late" if number >= documents // 2 else "early"
        # A word of its own for each, so that what begins with a letter is in many rows of the index.
        text = f"Number s{number}, {when}. {_WORDS * 3}{last}"
        yield DocumentRecord(Document(uid=f"{number:07d}", name=f"{number}.txt", text=text, sha256=sha256(text)))


def _tell_nobody(_count: int) -> None:
    """Stand in for a progress bar."""
