"""Annotations that are read packed are those that are read row by row, whatever the rows hold."""

import itertools
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.core.annotation import Annotation, Evidence, Fragment, Stance
from app.core.errors import DamagedRow
from app.storage.connection import Connection, connect
from app.storage.packed_annotations import Unpackable, packed_annotations, unpacked
from app.storage.rows import ANNOTATION_COLUMNS, ANNOTATION_SLOTS, annotation_row, to_annotation
from tests.property.strategies import annotations, any_text, texts

COLUMNS = [name.strip('" ') for name in ANNOTATION_COLUMNS.split(",")]
# Not strict, so that any cell can hold anything, as in a damaged file.
TABLE = f"CREATE TABLE annotation ({ANNOTATION_COLUMNS}, PRIMARY KEY (document, start, uid)) WITHOUT ROWID"
NOT_UTF8 = [b"\xff", b"a\xe2", b"\xed\xa0\x80", b'\xc3"', b"\xf0\x9f"]
JSON = [
    "",
    "{",
    "{}",
    "[]",
    "null",
    "[[0,1]]",
    "[[0,1],[1,1]]",
    "[[5,1]]",
    "[[1,2],[0,1]]",
    '{"a":NaN}',
    "{a:1}",
    "{'a':1}",
]
PROOF = Evidence(uid="e", document="d", fragments=(Fragment(0, 1),), quote="x", stance=Stance.REFUTES)

cells = st.one_of(
    st.none(),
    st.integers(-3, 40),
    st.sampled_from([2**53, 2**63 - 1, -(2**63), 5.0, 0.5, -0.0, float("inf")]),
    st.binary(max_size=4),
    any_text,
    st.sampled_from(['"', "\\", "\x00", "\x1f\x7f", "\u2028\U0010ffff", *JSON, '{"a":' * 3000 + "1" + "}" * 3000]),
)


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    opened = connect(Path(tmp_path_factory.mktemp("packed")) / "rows.db", "mode=rwc")
    opened.execute("PRAGMA journal_mode=MEMORY")
    opened.execute(TABLE)
    yield opened
    opened.close()


def put(connection: Connection, rows: list[tuple[Any, ...]]) -> None:
    connection.execute("DELETE FROM annotation")
    connection.executemany(f"INSERT OR REPLACE INTO annotation VALUES ({ANNOTATION_SLOTS})", rows)


def by_rows(connection: Connection) -> dict[int, dict[int, list[Annotation]]] | None:
    """Return the annotations of each document by set; None if a row is damaged."""
    found: dict[int, dict[int, list[Annotation]]] = {}
    try:
        for row in connection.cells(f"SELECT {ANNOTATION_COLUMNS} FROM annotation"):
            proofs = (PROOF,) if row[COLUMNS.index("uid")] == "0" else ()
            found.setdefault(row[0], {}).setdefault(row[3], []).append(to_annotation(row, proofs))
    except DamagedRow:
        return None
    order = attrgetter("start", "end", "uid")
    return {d: {s: sorted(items, key=order) for s, items in sets.items()} for d, sets in found.items()}


def packed(connection: Connection) -> dict[int, dict[int, list[Annotation]]] | None:
    try:
        return {key: unpacked(value, {"0": [PROOF]}) for key, value in packed_annotations(connection)}
    except Unpackable:
        return None


@st.composite
def own_rows(draw: st.DrawFn) -> list[tuple[Any, ...]]:
    """Draw rows as Stet writes them: of two sets in each of two documents."""
    text = draw(texts)
    made: list[tuple[Any, ...]] = []
    for number, (document, owner) in enumerate(itertools.product((1, 2), (1, 2, 1))):
        annotation = draw(annotations(text, uid=str(number)))
        made.append(annotation_row(document, 10 * document + owner, annotation))
    return made


@given(rows=own_rows())
@settings(max_examples=20, deadline=None)
def test_what_stet_wrote_is_read_packed(connection: Connection, rows: list[tuple[Any, ...]]) -> None:
    put(connection, rows)
    found = packed(connection)
    assert found is not None
    assert found == by_rows(connection)


@given(rows=own_rows(), at=st.integers(0, 5), column=st.integers(1, len(COLUMNS) - 1), cell=cells)
@settings(max_examples=80, deadline=None)
def test_any_other_cell_is_read_the_same_or_doubted(
    connection: Connection, rows: list[tuple[Any, ...]], at: int, column: int, cell: object
) -> None:
    assume(cell is not None or COLUMNS[column] not in ("start", "uid"))  # SQLite itself refuses it in a key
    put(connection, [(*row[:column], cell, *row[column + 1 :]) if n == at else row for n, row in enumerate(rows)])
    expected, found = by_rows(connection), packed(connection)
    assert found is None or found == expected
    if expected is None:
        assert found is None


@pytest.mark.parametrize("column", [name for name in COLUMNS if name not in ("document", "start", "set_id", "end")])
@pytest.mark.parametrize("bad", NOT_UTF8)
def test_text_that_is_not_utf8_is_doubted(connection: Connection, column: str, bad: bytes) -> None:
    put(
        connection,
        [annotation_row(1, 1, Annotation(uid="0", layer="l", label="b", fragments=PROOF.fragments, quote="x"))],
    )
    connection.execute(f"UPDATE annotation SET {column} = CAST(? AS TEXT)", [bad])
    assert packed(connection) is None


def test_rows_are_in_reading_order(connection: Connection) -> None:
    spans = [("b", 3, 9), ("c", 3, 4), ("a", 3, 9), ("d", 0, 30)]
    marks = [Annotation(uid=u, layer="l", label="b", fragments=(Fragment(s, e),), quote="x") for u, s, e in spans]
    put(connection, [annotation_row(1, 1, mark) for mark in marks])
    (found,) = (packed(connection) or {}).values()
    assert [mark.uid for mark in found[1]] == ["d", "c", "a", "b"]
