"""WebAnno TSV, XMI and JSON CAS: whatever marks say comes back, but for what the loss report names."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.annotation import Status
from app.core.document import Document, sha256
from app.core.ids import new_uid
from app.core.record import DocumentRecord, SetRecord
from app.core.scheme_file import parse_scheme
from tests.conftest import scheme_source
from tests.property.strategies import annotations, examples, relations, texts
from tests.unit.exchange.cas_formats import meant, read, written

SCHEME = parse_scheme(scheme_source("news-errors"))
CHANGED_TEXT = {"control"}
MOVED = {"white-space", "moved"}
FIELDS = {"several-values", "title", "relation-field", "field-control", "mark-extra"}


@st.composite
def records(draw: st.DrawFn) -> DocumentRecord:
    text = draw(texts)
    uids = [new_uid() for _ in range(draw(st.integers(0, 4)))]
    marks = tuple(draw(annotations(text, uid=uid)) for uid in uids)
    ties = [draw(relations(*draw(st.permutations(uids))[:2], new_uid())) for _ in range(3 if len(uids) > 1 else 0)]
    document = Document(uid=new_uid(), name="a.txt", text=text, sha256=sha256(text), meta={"language": "en"})
    work = SetRecord("ana", "person", Status.DONE, "news-errors@1", 0, marks, tuple(ties))
    return DocumentRecord(document, (), (work,))


@pytest.mark.parametrize("format", ["webanno", "uima-xmi", "uima-json"])
@examples(12)
@given(record=records())
def test_what_is_not_reported_comes_back(format, record):
    with TemporaryDirectory() as folder:
        path, losses = written(record, format, Path(folder), SCHEME)
        (back,) = read(path)
    lost = {finding.kind for finding in losses}
    assert lost <= CHANGED_TEXT | MOVED | FIELDS | {"meta", "carriage-return", "status"}
    if not lost & CHANGED_TEXT:
        assert back.document.text == record.document.text
    before, after = meant(record), meant(back)
    assert len(before) == len(after)
    if lost & FIELDS - {"several-values", "title", "mark-extra"} or lost & MOVED or "carriage-return" in lost:
        return
    assert before == after
