"""Gold with relations, chains, and annotations about the document, in a real project."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.annotation import Relation, Status
from app.core.decision import Outcome
from app.core.edits import AddAnnotation, AddRelation, SetStatus
from app.core.relation_edits import chains
from app.core.scheme_change import LabelChange
from app.core.text_change import TextChange
from app.review.automerge import MergeStrategy, Rule
from app.review.decision_status import GroupStatus
from app.review.fields import RELATION, rules_of
from app.review.gold_composition import whole
from app.review.gold_relations import chain_field, relation_fields, tie_field
from app.services.history.undo import undo
from app.services.migration.migration import migrate
from app.services.review.reviewer import Remarks
from app.services.texts.text_edit import edit_text
from app.session.session import Session
from tests.conftest import add_documents
from tests.unit.review.build import TEXT
from tests.unit.review.kinds import KINDS, KINDS_SOURCE, about, claim, link
from tests.unit.services.review.reviews import Bench

NUMBERS = (1, 2, 3, 4)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    session = opened(tmp_path / "kinds.stet")
    yield Bench(session)
    session.close()


def opened(path: Path) -> Session:
    session = Session.create(path, scheme=KINDS_SOURCE, annotator="rina")
    session.open_document(*add_documents(session, {"d": TEXT}))
    return session


def finish(bench: Bench, who: str, /, *ties: Relation, numbers=NUMBERS, **fields) -> None:
    marks = [claim(f"{who[0]}{number}", **fields) for number in numbers]
    bench.work(who, *map(AddAnnotation, marks), *map(AddRelation, ties), SetStatus(Status.DONE))


def take(bench: Bench, uid: str, **picks: str) -> None:
    found = bench.group(uid)
    chosen = {**whole(found, uid, rules_of(KINDS, found.layer)), **picks}
    bench.reviewing.take(found, chosen)


def related(bench: Bench) -> set[tuple]:
    """Return gold's relations: type, the numbers of their ends, attributes and comment."""
    gold = bench.gold
    place = {uid: annotation.start // 10 for uid, annotation in gold.annotations.items()}
    return {
        (r.label, place[r.source], place[r.target], tuple(sorted(r.attributes.items())), r.comment)
        for r in gold.relations.values()
    }


def chained(bench: Bench) -> list[set[int]]:
    gold = bench.gold
    place = {uid: annotation.start // 10 for uid, annotation in gold.annotations.items()}
    return sorted(({place[uid] for uid in c} for c in chains(gold.relations.values(), "same")), key=min)


def test_gold_takes_a_relation_with_all_it_says(bench: Bench) -> None:
    finish(bench, "ana", link("a1", "a2", sure=True, hint="x", comment="so"))
    finish(bench, "ben", link("b1", "b2", hint="y"))
    take(bench, "a1")
    take(bench, "b2")
    assert related(bench) == {("because", 1, 2, (("hint", "x"), ("sure", True)), "so")}
    undo(bench.session)
    assert related(bench) == set()


def test_each_field_of_a_relation_is_decided_by_itself(bench: Bench) -> None:
    finish(bench, "ana", link("a1", "a2", sure=True, hint="x", comment="so"))
    finish(bench, "ben", link("b1", "b2", hint="y", comment="but"))
    take(bench, "a2")
    found = bench.group("a1")
    fields = [field.id for field in relation_fields(found, KINDS)]
    target = found.ties[0].target
    tie = tie_field(target)
    assert fields == [tie, *(tie_field(target, "because", part) for part in ("sure", "hint", "comment"))]
    take(bench, "a1", **{tie_field(target, "because", "hint"): "b1", tie_field(target, "because", "comment"): "b1"})
    assert related(bench) == {("because", 1, 2, (("hint", "y"), ("sure", True)), "but")}
    decision = bench.decisions()[-1]
    assert decision.outcome is Outcome.COMBINED
    assert decision.fields[tie_field(target, "because", "hint")] == "b1"


def test_a_renamed_label_leaves_what_was_picked_of_relations(bench: Bench) -> None:
    finish(bench, "ana", link("a1", "a2", hint="x"))
    finish(bench, "ben", link("b1", "b2", hint="y"))
    take(bench, "a2")
    target = bench.group("a1").ties[0].target
    take(bench, "a1", **{tie_field(target, "because", "hint"): "b1"})
    migrate(bench.session, [LabelChange("claim", "FACT", "CLAIM")])
    new = bench.group("a1").ties[0].target
    assert new != target
    assert bench.decisions()[-1].fields[tie_field(new, "because", "hint")] == "b1"
    assert bench.sheet.standings.of(bench.group("a1"))[0] is GroupStatus.DECIDED
    take(bench, "a2")
    assert related(bench) == {("because", 1, 2, (("hint", "y"),), "")}, "the target's decision follows the source's"


def test_an_edited_text_leaves_what_was_picked_of_relations(bench: Bench) -> None:
    finish(bench, "ana", link("a1", "a2", hint="x"))
    finish(bench, "ben", link("b1", "b2", hint="y"))
    take(bench, "a2")
    target = bench.group("a1").ties[0].target
    take(bench, "a1", **{tie_field(target, "because", "hint"): "b1"})
    edit_text(bench.session, bench.document, TextChange.between(TEXT, f"More. {TEXT}"))
    new = bench.group("a1").ties[0].target
    assert new != target
    assert bench.decisions()[-1].fields[tie_field(new, "because", "hint")] == "b1"
    take(bench, "a2")
    assert {(label, fields) for label, _, _, fields, _ in related(bench)} == {("because", (("hint", "y"),))}


def test_a_relation_can_be_left_out_or_taken_alone(bench: Bench) -> None:
    finish(bench, "ana", link("a1", "a2"))
    finish(bench, "ben")
    take(bench, "a2")
    tie = tie_field(bench.group("a1").ties[0].target)
    take(bench, "a1", **{tie: "b1"})
    assert related(bench) == set()
    take(bench, "b1", **{tie: "a1"})
    assert related(bench) == {("because", 1, 2, (), "")}
    take(bench, "b1", **{RELATION: "a1"})
    assert related(bench) == {("because", 1, 2, (), "")}


def test_gold_joins_a_chain_by_whose_version_was_taken(bench: Bench) -> None:
    finish(bench, "ana", link("a1", "a2", "same"), link("a2", "a4", "same"))
    finish(bench, "ben", link("b1", "b4", "same"), link("b2", "b3", "same"))
    for uid in ("a1", "a2", "a3", "a4"):
        take(bench, uid)
    assert chained(bench) == [{1, 2, 4}]
    take(bench, "b2")
    assert chained(bench) == [{1, 4}], "and what was joined through it stays joined"
    take(bench, "b3")
    assert chained(bench) == [{1, 4}, {2, 3}]
    bench.reviewing.reject(bench.group("a1"), Remarks())
    assert chained(bench) == [{2, 3}]
    take(bench, "b1")
    assert chained(bench) == [{1, 4}, {2, 3}]
    take(bench, "b2", **{chain_field("same"): "a2"})
    assert chained(bench) == [{1, 2, 4}]


def test_each_field_of_a_link_of_a_chain_is_decided(bench: Bench) -> None:
    finish(bench, "ana", link("a1", "a2", "same", how="plain"), link("a2", "a3", "same", how="bridge", comment="so"))
    finish(bench, "ben", link("b1", "b2", "same", how="bridge"), link("b1", "b3", "same", how="plain"))
    found = bench.group("a3")
    assert [field.id for field in relation_fields(found, KINDS)] == [
        chain_field("same"),
        chain_field("same", "how"),
        chain_field("same", "comment"),
    ]
    assert "relation" in {kind.value for kind in found.differences}
    take(bench, "a2", **{chain_field("same", "how"): "b2"})
    take(bench, "a1")
    take(bench, "a3", **{chain_field("same", "comment"): "b3"})
    said = {("same", 1, 2, (("how", "bridge"),), ""), ("same", 2, 3, (("how", "bridge"),), "")}
    assert related(bench) == said, "the first was decided last: what was picked at the second counts"
    take(bench, "a3", **{chain_field("same", "how"): "b3"})
    assert related(bench) == {("same", 1, 2, (("how", "bridge"),), ""), ("same", 2, 3, (("how", "plain"),), "so")}
    bench.reviewing.reject(bench.group("a2"), Remarks())
    assert related(bench) == {("same", 1, 3, (("how", "plain"),), "so")}
    undo(bench.session)
    assert related(bench) == {("same", 1, 2, (("how", "bridge"),), ""), ("same", 2, 3, (("how", "plain"),), "so")}


def test_a_rule_leaves_links_that_say_other_things_open(bench: Bench) -> None:
    finish(bench, "ana", link("a1", "a2", "same", how="plain"), link("a2", "a3", "same", how="plain"))
    finish(bench, "ben", link("b1", "b2", "same", how="plain"), link("b2", "b3", "same", how="bridge"))
    result = bench.reviewing.auto(bench.reviewing.sheets(), Rule(MergeStrategy.UNANIMOUS))
    assert (result.decided, result.torn) == (4, 1)
    assert ("same", 1, 2, (("how", "plain"),), "") in related(bench)
    assert bench.sheet.standings.of(bench.group("a3"))[0] is GroupStatus.OPEN


def test_a_rule_joins_what_all_winners_joined(bench: Bench) -> None:
    finish(bench, "ana", link("a1", "a2", "same"), link("a2", "a3", "same"), link("a1", "a4"))
    finish(bench, "ben", link("b1", "b3", "same"), link("b1", "b2", "same"), link("b1", "b4", sure=True))
    result = bench.reviewing.auto(bench.reviewing.sheets(), Rule(MergeStrategy.UNANIMOUS))
    assert (result.decided, result.torn) == (4, 1)
    assert chained(bench) == [{1, 2, 3}]
    standings = bench.sheet.standings
    assert standings.of(bench.group("a1"))[0] is GroupStatus.OPEN, "they say different things of their relation"


def test_a_rule_takes_what_most_say_of_a_relation(bench: Bench) -> None:
    finish(bench, "ana", link("a1", "a2", hint="x"))
    finish(bench, "ben", link("b1", "b2", hint="y"))
    finish(bench, "cyd", link("c1", "c2", hint="y"))
    bench.reviewing.auto(bench.reviewing.sheets(), Rule(MergeStrategy.UNANIMOUS))
    assert related(bench) == {("because", 1, 2, (("hint", "y"),), "")}


def test_the_document_is_decided_like_a_mark(bench: Bench) -> None:
    for who, mark in (("ana", about("a9", adequacy=70)), ("ben", about("b9", "SOUND", adequacy=20))):
        bench.work(who, AddAnnotation(mark), SetStatus(Status.DONE))
    found = bench.group("a9")
    bench.reviewing.take(found, {"label": "a9", "adequacy": "b9", "comment": "a9"})
    (gold,) = bench.gold.annotations.values()
    assert (gold.layer, gold.label, gold.attributes, gold.start, gold.end) == (
        "article",
        "SPUN",
        {"adequacy": 20},
        0,
        0,
    )
    assert bench.gold.status is Status.DONE
    assert "range" not in bench.decisions()[0].fields


ties = st.tuples(
    st.sampled_from(["because", "like", "same", "aside"]),
    st.sampled_from(NUMBERS),
    st.sampled_from(NUMBERS),
    st.booleans(),
)


def shape(relations: list[Relation], place: dict[str, int]) -> tuple:
    """Return what relations say by the numbers of their ends: chains as sets, others with their direction."""
    said = set()
    for r in relations:
        ends = (place[r.source], place[r.target])
        if r.label != "same":
            ends = tuple(sorted(ends)) if r.label == "like" else ends
            said.add((r.label, ends, tuple(sorted(r.attributes.items()))))
    return said, {frozenset(place[uid] for uid in chain) for chain in chains(relations, "same")}


@pytest.fixture(scope="module")
def session(tmp_path_factory) -> Iterator[Session]:
    session = opened(tmp_path_factory.mktemp("gold") / "kinds.stet")
    yield session
    session.close()


@given(st.lists(ties, max_size=8, unique_by=lambda tie: (tie[0], *sorted(tie[1:3]))))
@settings(max_examples=20)
def test_gold_of_agreeing_annotators_is_what_they_have(session: Session, drawn) -> None:
    number = session.log.next_sequence()
    session.open_document(*add_documents(session, {f"{number}": TEXT}))
    bench = Bench(session)
    kept: list[Relation] = []
    place: dict[str, int] = {}
    for who in ("ana", "ben"):
        uids = {at: f"{who}{number}-{at}" for at in NUMBERS}
        made = [
            link(uids[source], uids[target], label, **({"sure": True} if label == "because" and sure else {}))
            for label, source, target, sure in drawn
            if source != target
        ]
        kept, place = made, {uid: at for at, uid in uids.items()}
        said = {"topics": ["war", "health"], "who": {"id": "Q1", "title": who}}
        marks = [claim(uid, (10 * at, 10 * at + 3), **said) for at, uid in uids.items()]
        marks.append(about(f"{who}{number}", adequacy=50))
        bench.work(who, *map(AddAnnotation, marks), *map(AddRelation, made), SetStatus(Status.DONE))
    bench.reviewing.auto([bench.sheet], Rule(MergeStrategy.UNANIMOUS))
    gold = bench.gold
    assert gold.status is Status.DONE
    assert len(gold.annotations) == len(NUMBERS) + 1
    in_gold = {uid: annotation.start // 10 for uid, annotation in gold.annotations.items()}
    assert shape(list(gold.relations.values()), in_gold) == shape(kept, place)
