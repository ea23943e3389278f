"""Where a mark lies, changed by hand."""

import pytest

from app.core import fragment_edits
from app.core.annotation import Annotation, Relation
from app.core.boundaries import previous_word_end
from app.core.edits import Edit, apply
from app.core.errors import EditRejected
from app.core.state import DocumentState
from tests.unit.build import SCHEME, annotation, content, document, evidence, state

TEXT = "the US senator spoke 😀 today\nand Puttin  heard"
REFERENCE = document("U.S. President Trump spoke.", uid="reference")


def marked(*ranges: tuple[int, int], label: str = "BARE", **fields: object) -> Annotation:
    return annotation(TEXT, *ranges, label=label, **fields)


def after(before: DocumentState, edit: Edit) -> list[Annotation]:
    """Return the marks after an edit, having seen that undo brings all back."""
    done = apply(before, edit)
    assert content(apply(done.state, done.inverse).state) == content(before)
    return done.state.in_order()


def quotes(before: DocumentState, edit: Edit) -> list[str]:
    return [item.quote for item in after(before, edit)]


# -- ends --------------------------------------------------------------------------------------------------------------


def test_the_ends_move_and_the_quote_follows() -> None:
    old = marked((7, 14), comment="kept")
    before = state(TEXT, old)
    (wider,) = after(before, fragment_edits.move_start(before, old, 4))
    assert (wider.quote, wider.uid, wider.comment) == ("US senator", old.uid, "kept")
    assert quotes(before, fragment_edits.move_end(before, old, 20)) == ["senator spoke"]


def test_only_the_outer_ends_of_a_mark_in_parts_move() -> None:
    old = marked((4, 6), (15, 20))
    before = state(TEXT, old)
    assert quotes(before, fragment_edits.move_start(before, old, 0)) == ["the US … spoke"]
    assert quotes(before, fragment_edits.move_end(before, old, 22)) == ["US … spoke 😀"]


@pytest.mark.parametrize("place", [14, 15, 20])
def test_a_mark_cannot_lose_its_last_character(place: int) -> None:
    old = marked((7, 14))
    with pytest.raises(EditRejected, match="nothing would be left of the mark"):
        fragment_edits.move_start(state(TEXT, old), old, place)
    with pytest.raises(EditRejected, match="nothing would be left of the mark"):
        fragment_edits.move_end(state(TEXT, old), old, 21 - place)


def test_at_the_edge_of_the_text_it_is_said() -> None:
    old = marked((0, len(TEXT)))
    with pytest.raises(EditRejected, match="already begins at the start of the text"):
        fragment_edits.move_start(state(TEXT, old), old, 0)
    with pytest.raises(EditRejected, match="already ends at the end of the text"):
        fragment_edits.move_end(state(TEXT, old), old, len(TEXT))


def test_an_end_that_would_make_a_duplicate_is_refused() -> None:
    old, other = marked((7, 14)), marked((4, 14))
    with pytest.raises(EditRejected, match="is already marked BARE"):
        fragment_edits.move_start(state(TEXT, old, other), old, 4)


def test_a_dragged_fragment_takes_in_what_it_meets() -> None:
    old = marked((4, 6), (7, 14), (21, 22))
    before = state(TEXT, old)
    assert quotes(before, fragment_edits.set_fragment(before, old, 0, (0, 9))) == ["the US senator … 😀"]
    assert quotes(before, fragment_edits.set_fragment(before, old, 2, (15, 22))) == ["US … senator … spoke 😀"]


@pytest.mark.parametrize(
    ("text", "at", "end"),
    [("the US senator", 14, 6), ("the US senator", 6, 3), ("a, b", 4, 1), ("word", 4, 0), ("", 0, 0), ("a b", 2, 1)],
)
def test_the_end_of_the_word_before(text: str, at: int, end: int) -> None:
    assert previous_word_end(text, at) == end


# -- split -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [6, 7])
def test_a_split_gives_two_marks_with_all_fields(place: int) -> None:
    proof = evidence(REFERENCE, (0, 14))
    old = marked((4, 14), correction="x", comment="c", attributes={"certain": True}, evidence=(proof,), created="1")
    before = state(TEXT, old)
    front, behind = after(before, fragment_edits.split(before, old, place))
    assert (front.quote, behind.quote) == ("US", "senator")
    assert front.uid == old.uid != behind.uid
    for part in (front, behind):
        assert (part.label, part.correction, part.comment, part.attributes) == ("BARE", "x", "c", {"certain": True})
        assert [item.quote for item in part.evidence] == [proof.quote]
    assert front.evidence[0].uid != behind.evidence[0].uid


def test_a_mark_in_parts_is_split_between_them_or_inside_one() -> None:
    old = marked((4, 14), (21, 22))
    before = state(TEXT, old)
    assert quotes(before, fragment_edits.split(before, old, 18)) == ["US senator", "😀"]
    assert quotes(before, fragment_edits.split(before, old, 7)) == ["US", "senator … 😀"]


@pytest.mark.parametrize("place", [0, 4, 14, 20])
def test_nothing_is_split_off_outside(place: int) -> None:
    old = marked((4, 14))
    with pytest.raises(EditRejected, match="the mark can't be split here"):
        fragment_edits.split(state(TEXT, old), old, place)


def test_a_split_that_would_make_a_duplicate_is_refused() -> None:
    old, other = marked((4, 14)), marked((7, 14))
    with pytest.raises(EditRejected, match="already"):
        fragment_edits.split(state(TEXT, old, other), old, 6)


# -- merge -------------------------------------------------------------------------------------------------------------


def test_merging_keeps_fields_of_the_first_and_evidence_of_both() -> None:
    one, two = evidence(REFERENCE, (0, 4)), evidence(REFERENCE, (5, 14))
    again = evidence(REFERENCE, (0, 4))
    first = marked((4, 6), correction="U.S.", evidence=(one,))
    second = marked((7, 14), correction="President", evidence=(again, two))
    before = state(TEXT, first, second)
    for chosen, other in ((first, second), (second, first)):
        (made,) = after(before, fragment_edits.merge(before, chosen, other, scheme=SCHEME))
        assert (made.uid, made.quote, made.correction) == (first.uid, "US senator", "U.S.")
        assert made.evidence == (one, two)
        assert made.attributes["evidence_status"] == "LINKED"


def test_overlapping_marks_merge_into_one_and_others_into_parts() -> None:
    first, nested, apart = marked((4, 14)), marked((7, 20)), marked((21, 22))
    before = state(TEXT, first, nested, apart)
    assert quotes(before, fragment_edits.merge(before, first, nested, scheme=SCHEME)) == ["US senator spoke", "😀"]
    assert quotes(before, fragment_edits.merge(before, first, apart, scheme=SCHEME)) == [
        "US senator … 😀",
        "senator spoke",
    ]


def test_a_merge_ties_relations_anew_and_none_to_itself() -> None:
    first, second, third = marked((4, 6)), marked((7, 14)), marked((15, 20))
    ties = [
        Relation(uid="1", source=first.uid, target=second.uid, label="same"),
        Relation(uid="2", source=third.uid, target=second.uid, label="cause"),
        Relation(uid="3", source=third.uid, target=first.uid, label="cause"),
        Relation(uid="4", source=second.uid, target=third.uid, label="effect"),
    ]
    before = state(TEXT, first, second, third, relations=ties)
    done = apply(before, fragment_edits.merge(before, first, second, scheme=SCHEME)).state
    left = sorted((tie.source, tie.target, tie.label) for tie in done.relations.values())
    assert left == sorted([(third.uid, first.uid, "cause"), (first.uid, third.uid, "effect")])


def test_the_merge_partner_overlaps_or_is_next_in_the_paragraph() -> None:
    first, over, following = marked((4, 14)), marked((10, 20)), marked((21, 22))
    other_label, below = marked((15, 20), label="TERM"), marked((33, 39))
    assert fragment_edits.partner(state(TEXT, first, over, following), first) == over
    assert fragment_edits.partner(state(TEXT, first, over, following), over) == first
    assert fragment_edits.partner(state(TEXT, first, other_label, following, below), first) == following
    assert fragment_edits.partner(state(TEXT, first, other_label, below), first) is None


# -- fragments ---------------------------------------------------------------------------------------------------------


def test_a_fragment_is_added_or_melts_into_what_it_meets() -> None:
    old = marked((4, 6), (15, 20))
    before = state(TEXT, old)
    assert quotes(before, fragment_edits.add_fragment(before, old, (21, 22))) == ["US … spoke … 😀"]
    assert quotes(before, fragment_edits.add_fragment(before, old, (5, 16))) == ["US senator spoke"]


@pytest.mark.parametrize(
    ("ranges", "span", "words"),
    [
        ([(4, 14)], (7, 14), "already part of the mark"),
        ([(4, 14)], (20, 20), "no text is selected"),
        ([(4, 4)], (7, 14), "anchor"),
    ],
)
def test_a_fragment_that_says_nothing_is_refused(ranges: list, span: tuple[int, int], words: str) -> None:
    old = marked(*ranges, label="OMISSION")
    with pytest.raises(EditRejected, match=words):
        fragment_edits.add_fragment(state(TEXT, old), old, span)


@pytest.mark.parametrize(("place", "left"), [(4, "spoke"), (6, "spoke"), (15, "US"), (20, "US")])
def test_the_fragment_at_the_caret_goes(place: int, left: str) -> None:
    old = marked((4, 6), (15, 20))
    before = state(TEXT, old)
    assert quotes(before, fragment_edits.remove_fragment(before, old, place)) == [left]


def test_of_two_that_touch_the_fragment_behind_the_caret_goes() -> None:
    old = marked((4, 7), (7, 14))
    before = state(TEXT, old)
    assert quotes(before, fragment_edits.remove_fragment(before, old, 7)) == ["US "]


@pytest.mark.parametrize(("ranges", "place", "words"), [([(4, 6)], 5, "one part"), ([(4, 6), (15, 20)], 10, "caret")])
def test_the_last_fragment_stays(ranges: list, place: int, words: str) -> None:
    old = marked(*ranges)
    with pytest.raises(EditRejected, match=words):
        fragment_edits.remove_fragment(state(TEXT, old), old, place)
