"""An edit and its inverse cancel out, whatever the edit."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from app.core import edits
from app.core.annotation import Annotation, Relation
from app.core.state import DocumentState, intervals_of
from app.session.actions import SetEdit, decode, encode
from tests.property.strategies import draw_edit, texts
from tests.unit.build import content, state


@st.composite
def situations(draw: st.DrawFn) -> tuple[DocumentState, edits.Edit]:
    """Draw a state that some edits led to, and one more edit that fits it."""
    current = state(draw(texts))
    for _ in range(draw(st.integers(0, 6))):
        current = edits.apply(current, draw_edit(draw, current)).state
    return current, draw_edit(draw, current)


@given(situations())
def test_the_inverse_brings_back_the_state(situation) -> None:
    before, edit = situation
    kept = content(before)
    done = edits.apply(before, edit)
    back = edits.apply(done.state, done.inverse)
    assert content(back.state) == kept
    assert content(before) == kept


@given(situations())
def test_the_inverse_of_the_inverse_does_it_again(situation) -> None:
    before, edit = situation
    done = edits.apply(before, edit)
    back = edits.apply(done.state, done.inverse)
    again = edits.apply(back.state, back.inverse)
    assert content(again.state) == content(done.state)


@given(situations())
def test_the_index_holds_exactly_the_fragments(situation) -> None:
    before, edit = situation
    after = edits.apply(before, edit).state
    assert list(after.intervals) == sorted(i for a in after.annotations.values() for i in intervals_of(a))


@given(situations())
def test_the_change_is_all_of_the_difference_and_no_more(situation) -> None:
    before, edit = situation
    done = edits.apply(before, edit)
    assert _changed(before, done.change) == (dict(done.state.annotations), dict(done.state.relations))
    assert all(old != new for old, new in done.change.replaced)
    assert done.change.status == ((before.status, done.state.status) if before.status != done.state.status else None)


def _changed(before: DocumentState, change: edits.Change) -> tuple[dict[str, Annotation], dict[str, Relation]]:
    """Do to the old values what the change says, refusing what can't be."""
    annotations, relations = dict(before.annotations), dict(before.relations)
    for gone in change.removed:
        assert annotations.pop(gone.uid) == gone
    for old, new in change.replaced:
        assert annotations[old.uid] == old
        annotations[new.uid] = new
    for come in change.added:
        assert come.uid not in annotations
        annotations[come.uid] = come
    for tie in change.relations_removed:
        assert relations.pop(tie.uid) == tie
    for was, now in change.relations_replaced:
        assert relations[was.uid] == was
        relations[now.uid] = now
    for tie in change.relations_added:
        assert tie.uid not in relations
        relations[tie.uid] = tie
    return annotations, relations


@given(situations())
def test_a_batch_that_goes_there_and_back_changes_nothing(situation) -> None:
    before, _ = situation
    there = [msgspec.structs.replace(a, comment="elsewhere") for a in before.annotations.values()]
    steps = [edits.ReplaceAnnotation(a) for a in (*there, *before.annotations.values())]
    done = edits.apply(before, edits.Batch(tuple(steps)))
    assert content(done.state) == content(before)
    assert done.change == edits.Change(document=before.document.uid, annotator=before.annotator)


@given(situations())
def test_each_edit_counts_the_revision_up_by_one(situation) -> None:
    before, edit = situation
    assert edits.apply(before, edit).state.revision == before.revision + 1


@given(situations())
def test_an_edit_and_its_inverse_survive_the_log(situation) -> None:
    before, edit = situation
    for logged in (edit, edits.apply(before, edit).inverse):
        work = SetEdit("document-1", "ana", logged)
        assert decode(encode(work)) == work
