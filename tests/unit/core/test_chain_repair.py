"""Chains whose annotations are deleted: what is left of them stays joined, in one step that can be undone."""

from itertools import combinations

import pytest

from app.core import annotation_edits, fragment_edits
from app.core.annotation import Annotation, Relation
from app.core.chain_repair import loss, made_alike
from app.core.edits import AddRelation, Edit, apply
from app.core.relation_edits import chains
from app.core.scheme_change import LabelChange
from app.core.scheme_file import parse_scheme
from app.core.scheme_migration import MigrationRules
from app.core.state import DocumentState
from tests.unit.build import annotation, content, document

SCHEME = parse_scheme(
    """
name = "chains"
version = 1
title = "Chains"
[[layer]]
id = "entity"
[[layer.label]]
id = "NAME"
[[layer.label]]
id = "PRONOUN"
[[relation]]
id = "same"
chain = true
[[relation.attribute]]
id = "how"
kind = "text"
default = "plain"
[[relation]]
id = "beside"
directed = false
[[relation]]
id = "because"
"""
)
TEXT = document("a b c d e f")
MARKS = {
    word: annotation(TEXT.text, (at, at + 1), uid=word, layer="entity", label="NAME")
    for at, word in enumerate(TEXT.text)
    if word != " "
}


def link(pair: str, label: str = "same", **fields: str) -> Relation:
    return Relation(uid=f"{pair}-{label}", source=pair[0], target=pair[1], label=label, attributes=fields)


def state(*links: Relation, **others: Annotation) -> DocumentState:
    marks = {**MARKS, **others}.values()
    return DocumentState.of(TEXT, annotator="ana", annotations=marks, relations=links)


def done(before: DocumentState, edit: Edit) -> DocumentState:
    """Apply an edit, having seen that its inverse returns everything."""
    after = apply(before, edit)
    assert content(apply(after.state, after.inverse).state) == content(before)
    return after.state


def without(before: DocumentState, words: str) -> DocumentState:
    gone = [before.annotations[word] for word in words]
    return done(before, annotation_edits.remove(before, gone, scheme=SCHEME))


def joined(after: DocumentState, label: str = "same") -> set[str]:
    return {"".join(sorted(chain)) for chain in chains(after.relations.values(), label)}


def said(after: DocumentState) -> set[tuple[str, str]]:
    return {("".join(tie.ends), str(tie.attributes.get("how", ""))) for tie in after.relations.values()}


ROW, STAR, TREE = ("ab", "bc", "cd", "de"), ("ca", "cb", "cd", "ce"), ("ab", "ad", "bc", "de")


@pytest.mark.parametrize("links", [ROW, STAR, TREE])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_whatever_is_deleted_the_rest_stays_one_chain(links: tuple[str, ...], count: int) -> None:
    before = state(*map(link, links))
    for gone in map("".join, combinations("abcde", count)):
        left = "".join(word for word in "abcde" if word not in gone)
        after = without(before, gone)
        assert joined(after) == {left}
        assert len(after.relations) == len(left) - 1, "and no more links than it needs"


def test_one_left_alone_has_no_link() -> None:
    assert not without(state(link("ab"), link("bc")), "ab").relations


def test_chains_that_lose_nothing_stay_as_they_are() -> None:
    before = state(link("ab"), link("bc"), link("de"))
    after = without(before, "b")
    assert joined(after) == {"ac", "de"}
    assert after.relations["de-same"] is before.relations["de-same"]


def test_the_new_link_says_what_the_later_mark_said() -> None:
    before = state(link("ab", how="early"), link("bc", how="late"))
    assert said(without(before, "b")) == {("ac", "late")}
    assert said(without(before, "a")) == {("bc", "late")}
    assert said(without(state(link("ab", how="x"), link("ac", how="y")), "a")) == {("bc", "y")}, "of two that began"


def test_only_chains_are_joined_up() -> None:
    before = state(*(link(pair, kind) for pair in ("ab", "bc") for kind in ("beside", "because", "gone")))
    assert not without(before, "b").relations


def test_links_of_a_scheme_change_are_the_same_everywhere() -> None:
    places = MARKS
    links = [link("ab"), link("bc")]
    once, again = (loss({"b"}, links, scheme=SCHEME, places=places, uid_of=made_alike) for _ in range(2))
    assert once == again
    assert [tie.ends for tie in once.bridges] == [("a", "c")]
    assert once.of(links) == once.bridges
    assert once.bridges[0].uid[14] == "8", "a UUID made from its parts"


def test_a_label_that_is_deleted_leaves_chains_joined() -> None:
    marks = [MARKS["a"], annotation(TEXT.text, (2, 3), uid="b", layer="entity", label="PRONOUN"), MARKS["c"]]
    rules = MigrationRules([LabelChange("entity", "PRONOUN", None)], SCHEME, SCHEME, lambda *_: False)
    found = rules.restate(marks, [link("ab"), link("bc")])
    assert [tie.ends for tie in found.lost.bridges] == [("a", "c")]
    assert {tie.uid for tie in found.lost.gone} == {"ab-same", "bc-same"}


def merged(*links: Relation) -> set[str]:
    """Return the relations after b was merged into a."""
    before = state(*links)
    edit = fragment_edits.merge(before, MARKS["a"], MARKS["b"], scheme=SCHEME)
    return {"".join(tie.ends) for tie in done(before, edit).relations.values()}


def test_marks_that_are_merged_keep_one_link_of_a_chain() -> None:
    assert merged(link("ab"), link("bc"), link("ca")) == {"ca"}
    assert merged(link("ab"), link("bc")) == {"ac"}
    assert merged(link("ad"), link("bc"), link("cd")) == {"ad", "cd"}


def test_merged_marks_have_no_relation_twice() -> None:
    assert merged(link("ac", "beside"), link("cb", "beside")) == {"ac"}, "the same, the other way round"
    assert merged(link("ac", "because"), link("cb", "because")) == {"ac", "ca"}
    assert merged(link("ac", "because"), link("bc", "because")) == {"ac"}


def test_a_chain_grows_on_where_it_was_mended() -> None:
    after = without(state(link("ab"), link("bc")), "b")
    assert joined(done(after, AddRelation(link("cd")))) == {"acd"}
