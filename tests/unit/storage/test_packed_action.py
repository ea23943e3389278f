"""Actions of the log are packed small, come out as they were, and a row that wasn't packed by us is told."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import annotation_edits
from app.core.errors import DamagedRow
from app.core.scheme import Scheme
from app.services.history.undo import redo, undo
from app.session.session import Session
from app.storage.edit_log import LOG_COLUMNS, to_log_row
from app.storage.packed_action import MOST, NotPacked, packed, stored_action, unpacked
from tests.conftest import add_documents

MOST_BYTES_AN_ACTION = 300  # in its row; unpacked it took 680


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\n")), st.text())
def test_what_is_packed_comes_out_as_it_was(edit: str, inverse: str) -> None:
    value = packed(edit, inverse.encode(errors="replace").decode())
    assert value is not None
    assert unpacked(value) == (edit, inverse.encode(errors="replace").decode())


@pytest.mark.parametrize(
    "value",
    [b"", b"\x02", b"\x01", b"\x01\xff\xff", (packed("{}", "{}") or b"")[:-1], (packed("{}", "{}") or b"") + b"x"],
)
def test_what_is_not_packed_by_us_is_refused(value: bytes) -> None:
    with pytest.raises(NotPacked):
        unpacked(value)


def test_a_bomb_is_refused_before_it_takes_memory() -> None:
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = b"\x01" + b"".join(deflater.compress(bytes(MOST)) for _ in range(3)) + deflater.flush()
    with pytest.raises(NotPacked):
        unpacked(bomb)


def test_what_lists_look_for_and_what_is_huge_stays_as_it_is() -> None:
    assert stored_action('{"type":"status"}', "{}") == ('{"type":"status"}', "{}", None)
    assert packed("x" * MOST, "y") is None


def mark(session: Session, at: int, scheme: Scheme) -> None:
    edit = annotation_edits.annotate(session.state, [(at, at + 7)], layer="entity", label="PERSON", scheme=scheme)
    session.apply(edit, title="Mark PERSON")


def test_a_log_of_marks_is_small_and_undoes_and_redoes(session: Session) -> None:
    (uid,) = add_documents(session, {"long.txt": "Words upon words. " * 100})
    session.open_document(uid)
    for at in range(0, 400, 8):
        mark(session, at, session.scheme)
    before = [encode_all(session)]
    for _ in range(50):
        undo(session)
    assert session.state.in_order() == []
    for _ in range(50):
        redo(session)
    assert [encode_all(session)] == before
    rows = session.project.reader.execute("SELECT sum(payload), sum(1) FROM dbstat WHERE name='edit_log'").fetchone()
    count = sum(1 for _ in session.reader.log_rows())
    assert rows[0] / count < MOST_BYTES_AN_ACTION
    assert all(row.edit.startswith("{") and row.inverse.startswith("{") for row in session.reader.log_rows())


def encode_all(session: Session) -> list[tuple[str, str]]:
    return [(a.uid, a.quote) for a in session.state.in_order()]


def test_a_row_with_another_value_is_damaged(session: Session) -> None:
    mark(session, 0, session.scheme)
    row = list(session.project.reader.cells(f"SELECT {LOG_COLUMNS}").fetchone())
    row[-1] = b"\x01\x00"
    with pytest.raises(DamagedRow, match="edit_log"):
        to_log_row(row)
