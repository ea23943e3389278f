"""Edits that don't fit are refused, and the state stays."""

import msgspec
import pytest

from app.core.annotation import Fragment, Relation, Status
from app.core.edits import (
    AddAnnotation,
    AddRelation,
    Batch,
    Edit,
    RemoveAnnotation,
    RemoveRelation,
    ReplaceAnnotation,
    SetStatus,
    apply,
)
from app.core.errors import EditRejected
from tests.unit.build import annotation, content, state

TEXT = "the US senator spoke"
ONE = annotation(TEXT, (4, 6), uid="one")
TWO = annotation(TEXT, (7, 14), uid="two")
TIE = Relation(uid="tie", source="one", target="two", label="of")
STALE = msgspec.structs.replace(annotation(TEXT, (0, 3), uid="stale"), quote="not what stands there")


def replaced(**fields: object) -> ReplaceAnnotation:
    return ReplaceAnnotation(msgspec.structs.replace(ONE, **fields))


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (AddAnnotation(ONE), "already exists"),
        (AddAnnotation(annotation("x" * 40, (0, 30))), "outside the text"),
        (AddAnnotation(STALE), "doesn't match the text at 0-3"),
        (AddAnnotation(msgspec.structs.replace(TWO, uid="new", fragments=())), "no range"),
        (AddAnnotation(annotation(TEXT, (7, 14), (0, 3))), "must be in order"),
        (AddAnnotation(annotation(TEXT, (0, 9), (3, 12))), "overlap"),
        (RemoveAnnotation("nobody"), "doesn't exist"),
        (RemoveAnnotation("one"), "a relation points to this annotation"),
        (replaced(uid="nobody"), "doesn't exist"),
        (replaced(fragments=(Fragment(4, 7),)), "doesn't match the text at 4-7"),
        (AddRelation(TIE), "already exists"),
        (AddRelation(Relation(uid="x", source="one", target="nobody", label="")), "doesn't exist"),
        (AddRelation(Relation(uid="x", source="one", target="one", label="")), "related to itself"),
        (RemoveRelation("nobody"), "doesn't exist"),
    ],
)
@pytest.mark.parametrize("in_a_batch", [False, True])
def test_an_invalid_edit_is_rejected_and_changes_nothing(edit: Edit, words: str, in_a_batch: bool) -> None:
    before = state(TEXT, ONE, TWO, relations=[TIE])
    kept = content(before)
    with pytest.raises(EditRejected, match=words):
        apply(before, Batch((SetStatus(Status.DONE), edit)) if in_a_batch else edit)
    assert content(before) == kept


def test_what_comes_and_goes_inside_a_batch_is_no_change() -> None:
    new = annotation(TEXT, (0, 3))
    done = apply(state(TEXT, ONE), Batch((AddAnnotation(new), RemoveAnnotation(new.uid))))
    assert done.change.added == done.change.removed == done.change.replaced == ()


def test_the_change_names_the_ranges_to_repaint_old_and_new() -> None:
    moved = annotation(TEXT, (0, 3), uid="one")
    change = apply(state(TEXT, ONE, TWO), Batch((ReplaceAnnotation(moved), RemoveAnnotation("two")))).change
    assert sorted(change.touched()) == [(0, 3), (4, 6), (7, 14)]


def test_replacing_with_the_same_value_is_no_change() -> None:
    assert apply(state(TEXT, ONE), ReplaceAnnotation(ONE)).change.replaced == ()


def test_a_mark_whose_quote_fails_can_still_get_a_comment() -> None:
    # Such marks come with imported files. They are kept where they are, and people must be able to write at them.
    said = msgspec.structs.replace(STALE, comment="the text was another one")
    assert apply(state(TEXT, STALE), ReplaceAnnotation(said)).state.annotations["stale"] == said


@pytest.mark.parametrize(
    "edit", [RemoveAnnotation("stale"), ReplaceAnnotation(annotation(TEXT, (15, 20), uid="stale"))], ids=["del", "move"]
)
def test_taking_away_a_mark_whose_quote_fails_can_be_undone(edit: Edit) -> None:
    before = state(TEXT, STALE)
    done = apply(before, edit)
    assert content(apply(done.state, done.inverse).state) == content(before)


def test_a_mark_from_a_file_may_come_in_with_a_quote_that_fails() -> None:
    done = apply(state(TEXT), AddAnnotation(STALE, quarantined=True))
    assert done.state.annotations == {"stale": STALE}


def test_a_mismatched_quote_cannot_become_another_wrong_quote() -> None:
    wrong = msgspec.structs.replace(STALE, quote="wrong in another way")
    with pytest.raises(EditRejected, match="“wrong in another way” doesn't match the text at"):
        apply(state(TEXT, STALE), ReplaceAnnotation(wrong))


def test_a_query_of_a_state_gives_each_annotation_once_in_order() -> None:
    broken = annotation(TEXT, (0, 3), (15, 20), uid="broken")
    whole = state(TEXT, ONE, TWO, broken)
    assert [a.uid for a in whole.overlapping(0, 20)] == ["broken", "one", "two"]
    assert [a.uid for a in whole.overlapping(4, 15)] == ["one", "two"]
    assert [a.uid for a in whole.in_order()] == ["broken", "one", "two"]
