"""What a hand may do, and what it sets on the way."""

import msgspec
import pytest

from app.core import annotation_edits
from app.core.annotation import Annotation, Relation, Stance
from app.core.edits import AddAnnotation, Batch, Edit, RemoveAnnotation, RemoveRelation, ReplaceAnnotation, apply
from app.core.errors import EditRejected
from tests.unit.build import SCHEME, annotation, content, document, evidence, state

TEXT = "the US senator spoke 😀 today"
REFERENCE = document("U.S. President Trump spoke.", uid="reference")


def new(edit: Edit) -> Annotation:
    assert isinstance(edit, AddAnnotation | ReplaceAnnotation)
    return edit.annotation


def marked(*ranges: tuple[int, int], label: str = "BARE", **fields: object) -> Annotation:
    return annotation(TEXT, *ranges, label=label, **fields)


def test_a_mark_has_its_quote_and_the_schemes_defaults() -> None:
    edit = annotation_edits.annotate(state(TEXT), [(4, 14)], layer="error", label="BARE", scheme=SCHEME)
    made = new(edit)
    assert (made.quote, made.layer, made.label) == ("US senator", "error", "BARE")
    assert made.attributes == {"evidence_status": "NOT_SEARCHED", "certain": True}
    assert made.created == made.updated != ""
    assert apply(state(TEXT), edit).state.annotations == {made.uid: made}


def test_an_attribute_of_other_labels_is_not_set() -> None:
    made = new(annotation_edits.annotate(state(TEXT), [(4, 6)], layer="error", label="TERM", scheme=SCHEME))
    assert made.attributes == {"evidence_status": "NOT_SEARCHED"}


def test_a_mark_may_have_several_fragments_in_any_order() -> None:
    made = new(annotation_edits.annotate(state(TEXT), [(21, 22), (4, 6)], layer="error", label="TERM", scheme=SCHEME))
    assert made.quote == "US … 😀"


@pytest.mark.parametrize(
    ("ranges", "layer", "label", "words"),
    [
        ([(4, 6)], "error", "NOBODY", "small@3 has no label “NOBODY” in layer “error”"),
        ([(4, 6)], "nowhere", "TERM", "no label “TERM” in layer “nowhere”"),
        ([(4, 99)], "error", "TERM", "outside the text"),
        ([], "error", "TERM", "no range"),
        ([(4, 4)], "error", "TERM", "no text is selected for “Term”"),
    ],
)
def test_a_mark_that_cannot_be_is_refused(ranges: list, layer: str, label: str, words: str) -> None:
    with pytest.raises(EditRejected, match=words):
        annotation_edits.annotate(state(TEXT), ranges, layer=layer, label=label, scheme=SCHEME)


def test_an_anchor_is_made_where_the_label_is_one() -> None:
    assert new(
        annotation_edits.annotate(state(TEXT), [(4, 4)], layer="error", label="OMISSION", scheme=SCHEME)
    ).is_anchor


@pytest.mark.parametrize("ranges", [[(4, 6)], [(4, 6), (15, 20)], [(4, 4)]])
def test_the_same_mark_twice_is_refused(ranges: list) -> None:
    before = state(TEXT, marked(*ranges, label="OMISSION"))
    with pytest.raises(EditRejected, match="is already marked OMISSION"):
        annotation_edits.annotate(before, ranges, layer="error", label="OMISSION", scheme=SCHEME)


def test_another_label_or_another_range_is_no_duplicate() -> None:
    before = state(TEXT, marked((4, 6)))
    for ranges, label in ([(4, 6)], "TERM"), ([(4, 7)], "BARE"), ([(4, 6), (8, 9)], "BARE"):
        assert annotation_edits.annotate(before, ranges, layer="error", label=label, scheme=SCHEME)


def test_relabelling_drops_unused_fields_and_sets_new_defaults() -> None:
    old = marked((4, 6), label="NOTE", attributes={"source": "radio", "evidence_status": "LINKED", "foreign": 1})
    changed = new(annotation_edits.relabel(state(TEXT, old), old, "BARE", scheme=SCHEME))
    assert changed.label == "BARE"
    # What the scheme doesn't know came from a file, and isn't ours to throw away.
    assert changed.attributes == {"evidence_status": "LINKED", "foreign": 1, "certain": True}


@pytest.mark.parametrize(
    ("ranges", "label", "words"),
    [
        ([(4, 6)], "PERSON", "no label “PERSON”"),
        ([(4, 4)], "TERM", "“Term” needs marked text"),
        ([(4, 6)], "BARE", "is already marked BARE"),
    ],
)
def test_a_label_that_does_not_fit_is_refused(ranges: list, label: str, words: str) -> None:
    old = marked(*ranges, label="OMISSION")
    with pytest.raises(EditRejected, match=words):
        annotation_edits.relabel(state(TEXT, old, marked((4, 6))), old, label, scheme=SCHEME)


def test_a_moved_mark_takes_the_quote_of_its_new_place() -> None:
    old = marked((4, 6))
    assert new(annotation_edits.move(state(TEXT, old), old, [(7, 14)])).quote == "senator"
    assert new(annotation_edits.move(state(TEXT, old), old, [(4, 6)])).quote == "US"  # where it is already


@pytest.mark.parametrize(
    ("ranges", "words"), [([(7, 14)], "is already marked BARE"), ([(9, 8)], "ends before"), ([(90, 91)], "outside")]
)
def test_a_mark_cannot_be_moved_onto_its_twin_or_out_of_the_text(ranges: list, words: str) -> None:
    old = marked((4, 6))
    with pytest.raises(EditRejected, match=words):
        annotation_edits.move(state(TEXT, old, marked((7, 14))), old, ranges)


def test_linking_evidence_says_that_evidence_is_linked() -> None:
    old = marked((7, 14), label="TERM", attributes={"evidence_status": "NOT_SEARCHED", "severity": "major"})
    linked = new(annotation_edits.link_evidence(old, REFERENCE, [(5, 14)], scheme=SCHEME))
    (proof,) = linked.evidence
    assert (proof.document, proof.quote, proof.stance) == ("reference", "President", Stance.REFUTES)
    assert linked.attributes == {"evidence_status": "LINKED", "severity": "major"}


def test_evidence_can_have_another_stance() -> None:
    linked = new(
        annotation_edits.link_evidence(marked((7, 14)), REFERENCE, [(5, 14)], scheme=SCHEME, stance=Stance.CONTEXT)
    )
    assert linked.evidence[0].stance is Stance.CONTEXT
    changed = new(annotation_edits.change_stance(linked, linked.evidence[0].uid, Stance.SUPPORTS))
    assert changed.evidence[0].stance is Stance.SUPPORTS


@pytest.mark.parametrize(
    ("layer", "ranges", "words"),
    [
        ("entity", [(5, 14)], "marks in layer “Entity” have no evidence"),
        ("nowhere", [(5, 14)], "marks in layer “nowhere” have no evidence"),
        ("error", [(5, 5)], "no text is selected in the reference"),
        ("error", [], "no range"),
        ("error", [(5, 99)], "outside"),
        ("error", [(0, 4)], "is already linked"),
    ],
)
def test_evidence_that_cannot_be_is_refused(layer: str, ranges: list, words: str) -> None:
    old = marked((7, 14), layer=layer, evidence=(evidence(REFERENCE, (0, 4)),))
    with pytest.raises(EditRejected, match=words):
        annotation_edits.link_evidence(old, REFERENCE, ranges, scheme=SCHEME)


def test_unlinking_the_last_evidence_sets_status_not_searched() -> None:
    one, two = evidence(REFERENCE, (0, 4)), evidence(REFERENCE, (5, 14))
    old = marked((7, 14), evidence=(one, two), attributes={"evidence_status": "LINKED"})
    less = new(annotation_edits.unlink_evidence(old, one.uid))
    assert (less.evidence, less.attributes) == ((two,), {"evidence_status": "LINKED"})
    none = new(annotation_edits.unlink_evidence(less, two.uid))
    assert (none.evidence, none.attributes) == ((), {"evidence_status": "NOT_SEARCHED"})


def test_taking_evidence_away_keeps_a_state_that_a_person_chose() -> None:
    proof = evidence(REFERENCE, (0, 4))
    old = marked((7, 14), evidence=(proof,), attributes={"evidence_status": "EXTERNAL"})
    assert new(annotation_edits.unlink_evidence(old, proof.uid)).attributes == {"evidence_status": "EXTERNAL"}


def test_severity_is_set_and_taken_away() -> None:
    old = marked((4, 6))
    major = new(annotation_edits.change_severity(old, "major", scheme=SCHEME))
    assert major.attributes == {"severity": "major"}
    assert new(annotation_edits.change_severity(major, None, scheme=SCHEME)).attributes == {}


@pytest.mark.parametrize("layer", ["entity", "nowhere"])
def test_a_layer_without_severity_refuses_one(layer: str) -> None:
    with pytest.raises(EditRejected, match="have no severity"):
        annotation_edits.change_severity(marked((4, 6), layer=layer), "major", scheme=SCHEME)


@pytest.mark.parametrize("correction", ["president", "", None])
def test_a_correction_can_be_words_a_deletion_or_none(correction: str | None) -> None:
    assert new(annotation_edits.change_correction(marked((4, 6), correction="x"), correction)).correction == correction


def test_a_change_updates_the_modification_time_and_nothing_else() -> None:
    old = marked((4, 6), created="2026-01-01T00:00:00.000000Z", updated="2026-01-01T00:00:00.000000Z")
    changed = new(annotation_edits.change_comment(old, "why"))
    assert changed.updated > old.updated
    assert msgspec.structs.replace(changed, comment="", updated=old.updated) == old


def test_deleting_marks_unties_them_first() -> None:
    one, two, three = marked((0, 3), uid="1"), marked((4, 6), uid="2"), marked((7, 14), uid="3")
    ties = [Relation(uid=uid, source=uid[0], target=uid[1], label="") for uid in ("12", "23", "31")]
    before = state(TEXT, one, two, three, relations=ties)
    done = apply(before, annotation_edits.remove(before, [one, two], scheme=SCHEME))
    assert set(done.state.annotations) == {"3"}
    assert done.state.relations == {}
    assert content(apply(done.state, done.inverse).state) == content(before)


def test_deleting_one_loose_mark_is_one_plain_edit() -> None:
    one = marked((0, 3))
    assert annotation_edits.remove(state(TEXT, one), [one], scheme=SCHEME) == RemoveAnnotation(one.uid)


def test_deleting_names_each_tie_once() -> None:
    one, two = marked((0, 3), uid="1"), marked((4, 6), uid="2")
    before = state(TEXT, one, two, relations=[Relation(uid="12", source="1", target="2", label="")])
    assert annotation_edits.remove(before, [one, two], scheme=SCHEME) == Batch(
        (RemoveRelation("12"), RemoveAnnotation("1"), RemoveAnnotation("2"))
    )
