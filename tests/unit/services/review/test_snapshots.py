"""What is kept of the annotators' sets when review begins, however it is read."""

import msgspec
import pytest

from app.core.annotation import Evidence, Fragment, Stance
from app.session.session import Session
from app.storage.packed_annotations import Unpackable
from tests.unit.services.review.reviews import Bench


@pytest.fixture
def bench(news_session: Session) -> Bench:
    bench = Bench(news_session)
    proof = Evidence(
        uid="e1",
        document=bench.document,
        fragments=(Fragment(0, 6),),
        quote=bench.text[:6],
        stance=Stance.REFUTES,
        alternative=2,
    )
    claim = bench.mark("a2", 30, 34, layer="claim", label="CLAIM")
    bench.finish(
        "ana",
        bench.mark("a1", 0, 12, attributes={"x": [1, "ü"]}),
        msgspec.structs.replace(claim, evidence=(proof,), comment="“so”"),
        bench.mark("a3", 21, 28),
        ties=[("a1", "same", "a3")],
    )
    bench.finish("ben", bench.mark("b1", 0, 12))
    return bench


def test_sets_read_at_once_are_as_read_one_by_one(bench: Bench) -> None:
    annotations = bench.session.executor.annotations
    key = bench.session.reader.documents.key_of(bench.document)
    assert key is not None
    people = [annotations.ensure_annotator(name) for name in ("ana", "ben")]
    keys = [found.key for who in people if (found := annotations.set_of(key, who)) is not None]
    assert annotations.load_sets(key, keys) == {each: annotations.load(key, each) for each in keys}


def test_what_can_not_be_packed_is_read_one_by_one(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise Unpackable

    annotations = bench.session.executor.annotations
    key = bench.session.reader.documents.key_of(bench.document)
    assert key is not None
    found = annotations.set_of(key, annotations.ensure_annotator("ana"))
    assert found is not None
    monkeypatch.setattr("app.storage.annotations.packed_annotations", refuse)
    assert annotations.load_sets(key, [found.key]) == {found.key: annotations.load(key, found.key)}
