"""Merging keeps every mark that both sides haven't agreed to lose, and does nothing twice."""

from hypothesis import given
from hypothesis import strategies as st

from app.core.document import Document, sha256
from app.core.edits import Batch, apply
from app.core.record import SetRecord
from app.core.state import DocumentState
from app.core.three_way_merge import BLANK, MergedSet, MergeMode, SetExchange, digest, last_exchange, taken, united, way
from tests.property.strategies import draw_edit

TEXT = "Donald Trump, the US senator, 😀 called."
DOCUMENT = Document(uid="d1", name="a.txt", text=TEXT, sha256=sha256(TEXT))


def worked(draw: st.DataObject, state: DocumentState, most: int = 4) -> DocumentState:
    """Do some edits."""
    for _ in range(draw.draw(st.integers(0, most))):
        state = apply(state, draw_edit(draw.draw, state)).state
    return state


def record(state: DocumentState) -> SetRecord:
    """Return a state as it comes in a file, in an order of its own."""
    annotations = tuple(sorted(state.annotations.values(), key=lambda a: a.uid, reverse=True))
    return SetRecord("ana", "person", state.status, "s@1", 0.0, annotations, tuple(state.relations.values()))


def digest_of(state: DocumentState) -> str:
    return digest(state.status, state.annotations.values(), state.relations.values())


def after(state: DocumentState, merged: MergedSet) -> DocumentState:
    return apply(state, Batch(merged.edits)).state


@given(st.data())
def test_what_is_taken_is_theirs_and_can_be_undone(data: st.DataObject) -> None:
    base = worked(data, DocumentState.of(DOCUMENT, annotator="ana"))
    ours, theirs = base, worked(data, base)
    applied = apply(ours, Batch(taken(ours, record(theirs)).edits))
    assert digest_of(applied.state) == digest_of(theirs)
    assert digest_of(apply(applied.state, applied.inverse).state) == digest_of(ours)
    assert taken(applied.state, record(theirs)).edits == ()


@given(st.data())
def test_a_union_has_every_mark_of_both_and_is_its_own_union(data: st.DataObject) -> None:
    base = worked(data, DocumentState.of(DOCUMENT, annotator="ana"))
    ours, theirs = worked(data, base), worked(data, base)
    merged = united(ours, record(theirs))
    result = after(ours, merged)
    assert result.annotations.keys() == ours.annotations.keys() | theirs.annotations.keys()
    assert result.relations.keys() == ours.relations.keys() | theirs.relations.keys()
    for uid, annotation in result.annotations.items():
        versions = [side.annotations[uid] for side in (ours, theirs) if uid in side.annotations]
        assert annotation in versions
        assert annotation.updated == max(version.updated for version in versions)
    again = united(result, record(theirs))
    assert not again.new
    assert not again.changed


@given(st.data())
def test_a_union_is_finished_only_by_who_has_seen_all_of_it(data: st.DataObject) -> None:
    base = worked(data, DocumentState.of(DOCUMENT, annotator="ana"))
    ours, theirs = worked(data, base), worked(data, base)
    result = after(ours, united(ours, record(theirs)))
    if result.status.is_finished:
        seen_by = [side for side in (ours, theirs) if side.status.is_finished]
        content = (result.annotations, result.relations)
        assert any((side.annotations, side.relations) == content for side in seen_by) or len(seen_by) == 2


@given(st.data())
def test_equal_sets_have_equal_digests_and_others_have_not(data: st.DataObject) -> None:
    state = worked(data, DocumentState.of(DOCUMENT, annotator="ana"))
    other = worked(data, state)
    same = (state.status, dict(state.annotations), dict(state.relations)) == (
        other.status,
        dict(other.annotations),
        dict(other.relations),
    )
    assert (digest_of(state) == digest_of(other)) is same
    assert record(state).annotations == () or digest_of(state) != BLANK


@given(st.data())
def test_merging_the_same_file_repeatedly_is_idempotent(data: st.DataObject) -> None:
    """One file goes to and fro while both sides work; each time it comes back twice."""
    ours = worked(data, DocumentState.of(DOCUMENT, annotator="ana"))
    theirs = ours
    history = [SetExchange("f", digest_of(ours), "", 0.0)]
    for round_ in range(data.draw(st.integers(1, 3))):
        theirs, ours = worked(data, theirs, 2), worked(data, ours, data.draw(st.sampled_from([0, 0, 2])))
        for attempt in range(2):
            last = last_exchange(history, "f", has=lambda _: True)
            found = way(digest_of(ours), digest_of(theirs), history, last)
            before = ours
            if found is MergeMode.TAKE:
                ours = after(ours, taken(ours, record(theirs)))
                assert digest_of(ours) == digest_of(theirs)
            elif found is MergeMode.UNITE:
                ours = after(ours, united(ours, record(theirs)))
                assert before.annotations.keys() <= ours.annotations.keys()
            if attempt:
                assert digest_of(before) == digest_of(ours)
            if found is not MergeMode.KEEP:
                history.append(SetExchange("f", digest_of(theirs), f"h{round_}", 0.0))
