"""Relations drawn by a person: which are allowed, chains, and that every edit can be undone."""

import pytest

from app.core import relation_edits as edits
from app.core.annotation import Annotation
from app.core.edits import Edit, apply
from app.core.errors import EditRejected
from app.core.scheme_file import parse_scheme
from app.core.state import DocumentState
from app.core.validation import document_problems, relation_problems
from tests.unit.build import annotation, document

SCHEME = parse_scheme(
    """
name = "ties"
version = 1
title = "Ties"
[[layer]]
id = "entity"
[[layer.label]]
id = "PERSON"
[[layer.label]]
id = "PLACE"
[[layer.label]]
id = "CITY"
parent = "PLACE"
[[layer]]
id = "claim"
[[layer.label]]
id = "CLAIM"
[[relation]]
id = "lives_in"
key = "l"
source = ["entity.PERSON"]
target = ["entity.PLACE"]
[[relation.attribute]]
id = "since"
kind = "date"
[[relation.attribute]]
id = "sure"
kind = "flag"
default = true
required = true
[[relation]]
id = "same"
chain = true
source = ["entity"]
target = ["entity"]
[[relation]]
id = "beside"
directed = false
"""
)
TEXT = document("Ana and Bo live in Bonn, she says; Bo in Rome.")


def mark(words: str, label: str, layer: str = "entity", nth: int = 0) -> Annotation:
    start = -1
    for _ in range(nth + 1):
        start = TEXT.text.index(words, start + 1)
    return annotation(TEXT.text, (start, start + len(words)), uid=f"{words}{nth}", layer=layer, label=label)


ANA, BO, SHE = mark("Ana", "PERSON"), mark("Bo", "PERSON"), mark("she", "PERSON")
BO_AGAIN = mark("Bo", "PERSON", nth=2)
BONN, ROME, CLAIM = mark("Bonn", "CITY"), mark("Rome", "PLACE"), mark("live in Bonn", "CLAIM", "claim")


@pytest.fixture
def state() -> DocumentState:
    marks = (ANA, BO, SHE, BO_AGAIN, BONN, ROME, CLAIM)
    return DocumentState.of(TEXT, annotator="ana", annotations=marks)


def done(state: DocumentState, edit: Edit) -> DocumentState:
    """Apply an edit after making sure that its inverse returns the state."""
    after = apply(state, edit)
    back = apply(after.state, after.inverse).state
    assert (back.relations, back.annotations) == (state.relations, state.annotations)
    return after.state


def test_a_relation_has_the_defaults_of_its_type(state: DocumentState) -> None:
    after = done(state, edits.connect(state, ANA, BONN, "lives_in", scheme=SCHEME))
    (tie,) = after.relations.values()
    assert (tie.ends, tie.label, tie.attributes) == ((ANA.uid, BONN.uid), "lives_in", {"sure": True})
    assert after.relations_of(BONN.uid) == [tie] == after.relations_of(ANA.uid)
    assert not after.relations_of(BO.uid)


@pytest.mark.parametrize(
    ("source", "target", "relation", "says"),
    [
        (ANA, ANA, "beside", "can't be related to itself"),
        (ANA, BO, "gone", "has no relation “gone”"),
        (BONN, ROME, "lives_in", "“Lives in” can't start at “City”"),
        (ANA, BO, "lives_in", "“Lives in” can't point to “Person”"),
        (ANA, CLAIM, "same", "can't point to “Claim”"),
    ],
)
def test_what_the_scheme_does_not_allow_is_refused(
    state: DocumentState, source: Annotation, target: Annotation, relation: str, says: str
) -> None:
    with pytest.raises(EditRejected, match=says):
        edits.connect(state, source, target, relation, scheme=SCHEME)


def test_a_relation_is_made_once(state: DocumentState) -> None:
    after = done(state, edits.connect(state, ANA, BONN, "lives_in", scheme=SCHEME))
    with pytest.raises(EditRejected, match="have the relation “Lives in” already"):
        edits.connect(after, ANA, BONN, "lives_in", scheme=SCHEME)
    after = done(after, edits.connect(after, BO, ANA, "beside", scheme=SCHEME))
    with pytest.raises(EditRejected, match="already"):
        edits.connect(after, ANA, BO, "beside", scheme=SCHEME)  # undirected: it is the same


def test_targets_are_those_that_are_allowed_and_free(state: DocumentState) -> None:
    assert edits.possible_targets(state, ANA, "lives_in", scheme=SCHEME) == [BONN, ROME]
    after = done(state, edits.connect(state, ANA, BONN, "lives_in", scheme=SCHEME))
    assert edits.possible_targets(after, ANA, "lives_in", scheme=SCHEME) == [ROME]
    assert edits.possible_targets(after, ANA, "gone", scheme=SCHEME) == []
    assert [kind.id for kind in SCHEME.relations_from(BONN)] == ["same", "beside"]


def test_a_chain_goes_from_mention_to_mention(state: DocumentState) -> None:
    after = done(state, edits.connect(state, SHE, ANA, "same", scheme=SCHEME))
    (tie,) = after.relations.values()
    assert tie.ends == (ANA.uid, SHE.uid)
    after = done(after, edits.connect(after, BO_AGAIN, ANA, "same", scheme=SCHEME))
    after = done(after, edits.connect(after, BO_AGAIN, BO, "same", scheme=SCHEME))
    assert edits.chain_of(after, BO.uid, "same") == [ANA.uid, BO.uid, SHE.uid, BO_AGAIN.uid]
    assert edits.chains(after.relations.values(), "same") == [frozenset({ANA.uid, BO.uid, SHE.uid, BO_AGAIN.uid})]
    with pytest.raises(EditRejected, match="same chain"):
        edits.connect(after, ANA, BO_AGAIN, "same", scheme=SCHEME)
    assert edits.possible_targets(after, ANA, "same", scheme=SCHEME) == [BONN, ROME]


def test_a_relation_is_changed_reversed_and_deleted(state: DocumentState) -> None:
    after = done(state, edits.connect(state, ANA, BONN, "lives_in", scheme=SCHEME))
    (tie,) = after.relations.values()
    after = done(after, edits.change_relation_attribute(tie, "since", "2026-03"))
    after = done(after, edits.change_relation_comment(after.relations[tie.uid], "as she says"))
    tie = after.relations[tie.uid]
    assert (tie.attributes, tie.comment) == ({"sure": True, "since": "2026-03"}, "as she says")
    with pytest.raises(EditRejected, match="can't start at “City”"):
        edits.reverse(after, tie, scheme=SCHEME)
    after = done(after, edits.relabel_relation(after, tie, "beside", scheme=SCHEME))
    after = done(after, edits.reverse(after, after.relations[tie.uid], scheme=SCHEME))
    tie = after.relations[tie.uid]
    assert (tie.ends, tie.label, tie.attributes) == ((BONN.uid, ANA.uid), "beside", {})
    assert not done(after, edits.disconnect([tie])).relations


def test_unmet_rules_of_relations_are_problems(state: DocumentState) -> None:
    after = done(state, edits.connect(state, ANA, BONN, "lives_in", scheme=SCHEME))
    (tie,) = after.relations.values()
    assert document_problems(after, scheme=SCHEME) == []
    after = done(after, edits.change_relation_attribute(tie, "sure", None))
    after = done(after, edits.change_relation_attribute(after.relations[tie.uid], "since", "May"))
    found = relation_problems(after.relations[tie.uid], after, scheme=SCHEME)
    assert [(p.annotation, p.relation, p.short) for p in found] == [
        (ANA.uid, tie.uid, "since?"),
        (ANA.uid, tie.uid, "needs sure"),
    ]
    assert document_problems(after, scheme=SCHEME) == found
