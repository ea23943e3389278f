"""What is said of a proposal goes with its marks, and only with them."""

import pytest

from app.core import annotation_edits
from app.core.edits import apply
from app.core.proposal import NO_NOTE, NOTE, ProposalNote, note_of, with_note, without_note
from app.core.state import DocumentState
from tests.unit.build import SCHEME, state

SAID = ProposalNote(parent="TERM", definition="Spin.", example="merger", key="5")


@pytest.fixture
def opened() -> DocumentState:
    return state("A merger of equals.")


def test_a_note_is_read_as_it_was_written() -> None:
    attributes = with_note({"a": 1}, SAID)
    assert attributes[NOTE] == {"parent": "TERM", "definition": "Spin.", "example": "merger", "key": "5"}
    assert note_of(attributes) == SAID
    assert with_note(attributes, NO_NOTE) == without_note(attributes) == {"a": 1}


@pytest.mark.parametrize("odd", [None, "text", 7, [], {"title": "x"}, {"definition": 7}, {"definition": "x" * 10_001}])
def test_what_is_no_note_is_none(odd: object) -> None:
    assert note_of({NOTE: odd}) == NO_NOTE


def test_a_mark_with_another_label_has_no_note(opened: DocumentState) -> None:
    made = annotation_edits.propose(opened, [(2, 8)], layer="error", title="Spin", scheme=SCHEME, note=SAID)
    assert note_of(made.annotation.attributes) == SAID
    now = apply(opened, made).state
    again = annotation_edits.relabel_as_proposed(now, made.annotation, "Twist", scheme=SCHEME, note=SAID)
    assert (again.annotation.label, note_of(again.annotation.attributes)) == ("proposed.Twist", SAID)
    other = annotation_edits.relabel(now, made.annotation, "BARE", scheme=SCHEME)
    assert NOTE not in apply(now, other).state.annotations[made.annotation.uid].attributes
