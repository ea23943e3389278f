"""Many annotations at once: the same outcome as one after the other, and refused for the same reasons."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import edits
from app.core.annotation import Relation
from app.core.edits import AddAnnotation, Batch, RemoveAnnotation
from app.core.errors import EditRejected
from app.core.state import DocumentState
from tests.property.strategies import annotations, texts
from tests.unit.build import annotation, content, state

TEXT = "word " * 200


@st.composite
def _many(draw: st.DrawFn) -> tuple[DocumentState, list[AddAnnotation]]:
    text = draw(texts)
    before = state(text, *(draw(annotations(text)) for _ in range(draw(st.integers(0, 3)))))
    sample = [draw(annotations(text)) for _ in range(8)]
    places = [[(f.start, f.end) for f in one.fragments] for one in sample]
    copies = [annotation(text, *ranges) for ranges in places for _ in range(9)]
    return before, [AddAnnotation(one) for one in copies]


@given(_many())
def test_many_at_once_are_as_many_one_by_one(drawn: tuple[DocumentState, list[AddAnnotation]]) -> None:
    before, adds = drawn
    at_once = edits.apply(before, Batch(tuple(adds)))
    one_by_one = before
    for edit in adds:
        one_by_one = edits.apply(one_by_one, edit).state
    assert content(at_once.state) == content(one_by_one)
    assert {a.uid for a in at_once.change.added} == {edit.annotation.uid for edit in adds}
    back = edits.apply(at_once.state, at_once.inverse)
    assert content(back.state) == content(before)
    assert back.change.removed == at_once.change.added
    assert content(edits.apply(back.state, back.inverse).state) == content(at_once.state)


def _marks(count: int = 100):
    return [annotation(TEXT, (5 * n, 5 * n + 4), uid=f"a{n:03}") for n in range(count)]


def test_one_that_does_not_fit_refuses_them_all() -> None:
    marks = _marks()
    odd = annotation(TEXT, (0, 4), uid="odd", quote="other")
    with pytest.raises(EditRejected, match="the quote “other” doesn't match the text at 0-4"):
        edits.apply(state(TEXT), Batch(tuple(map(AddAnnotation, [*marks, odd]))))
    with pytest.raises(EditRejected, match="annotation a000 already exists"):
        edits.apply(state(TEXT), Batch(tuple(map(AddAnnotation, [*marks, marks[0]]))))
    lenient = [*map(AddAnnotation, marks), AddAnnotation(odd, quarantined=True)]
    done = edits.apply(state(TEXT), Batch(tuple(lenient)))
    assert (
        edits.apply(edits.apply(done.state, done.inverse).state, Batch(tuple(lenient))).state.annotations["odd"] == odd
    )


def test_bulk_removal_rejects_related_or_missing_annotations() -> None:
    marks = _marks()
    tied = state(TEXT, *marks, relations=[Relation(uid="r", source="a001", target="a002", label="of")])
    removals = Batch(tuple(RemoveAnnotation(mark.uid) for mark in marks))
    with pytest.raises(EditRejected, match="a relation points to this annotation"):
        edits.apply(tied, removals)
    with pytest.raises(EditRejected, match="doesn't exist"):
        edits.apply(state(TEXT, *marks[1:]), removals)
    assert edits.apply(state(TEXT, *marks), removals).state.annotations == {}
