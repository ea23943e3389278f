"""Any change of labels and its undo leave the rows as they were; a rename is one to one, on marks and on decisions."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from app.core.annotation import Annotation, Fragment, Relation, Status
from app.core.edits import AddAnnotation, AddRelation, Batch, SetStatus
from app.core.scheme import Attribute, Value
from app.core.scheme_change import AddAttribute, LabelChange, SchemeChange, SplitLabel, SplitPart
from app.review.fields import rules_of
from app.review.gold_composition import whole
from app.services.history.undo import redo, undo
from app.services.migration.migration import migrate, plan
from app.services.review.reviewer import Remarks, Reviewer
from app.session.actions import SetEdit
from app.session.session import Session
from tests.conftest import new_session
from tests.property.strategies import examples

LABELS = ("PERSON", "ORG", "GPE", "NORP")
NAMES = ("ana", "ben", "cara")
FIELD = Attribute(id="mood", title="Mood", values=(Value(id="good", title="Good"), Value(id="bad", title="Bad")))

spans = st.tuples(st.integers(0, 30), st.integers(1, 12), st.sampled_from(LABELS))
sets = st.lists(spans, max_size=6)
ties = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=2)
decided = st.lists(st.sampled_from(("take", "reject", "defer", "leave")), max_size=12)
others = st.sampled_from(LABELS)


@st.composite
def changes(draw: st.DrawFn) -> SchemeChange:
    """Draw a change of the layer of names."""
    old, other = draw(st.permutations(LABELS))[:2]
    kind = draw(st.sampled_from(("rename", "merge", "delete", "split", "attribute")))
    if kind == "rename":
        return LabelChange("entity", old, "FRESH")
    if kind == "merge":
        return LabelChange("entity", old, other)
    if kind == "delete":
        return LabelChange("entity", old, None)
    if kind == "attribute":
        required, fill = draw(st.booleans()), draw(st.sampled_from((None, "good")))
        return AddAttribute("entity", msgspec.structs.replace(FIELD, required=required), fill)
    parts = draw(
        st.sampled_from(
            (
                (SplitPart("FRESH", pattern="[aeiou]r"),),
                (SplitPart(other, quotes=("Donald",)), SplitPart("B", pattern="n")),
            )
        )
    )
    return SplitLabel("entity", old, draw(st.sampled_from((old, "REST"))), parts)


@contextmanager
def reviewed(work: list[Any], tied: list[tuple[int, int]], acts: list[str]) -> Iterator[tuple[Session, str]]:
    """Give a project in which some have finished a document and a reviewer has begun."""
    with TemporaryDirectory() as folder:
        session = new_session(Path(folder) / "a.stet", scheme="news-errors", annotator="rina")
        try:
            document = session.state.document
            for name, said in zip(NAMES, work, strict=False):
                marks = [
                    Annotation(
                        uid=f"{name}{at}",
                        layer="entity",
                        label=label,
                        fragments=(Fragment(start, start + length),),
                        quote=document.text[start : start + length],
                    )
                    for at, (start, length, label) in enumerate(said)
                ]
                relations = [
                    AddRelation(Relation(uid=f"{name}-{at}", source=f"{name}{a}", target=f"{name}{b}", label="is"))
                    for at, (a, b) in enumerate(tied)
                    if a != b and max(a, b) < len(marks)
                ]
                status = SetStatus(Status.DONE if marks else Status.DONE_EMPTY)
                edit = Batch((*map(AddAnnotation, marks), *relations, status))
                session.perform(SetEdit(document.uid, name, edit), title="Work")
            decide(session, document.uid, acts)
            yield session, document.uid
        finally:
            session.close()


def decide(session: Session, document: str, acts: list[str]) -> None:
    reviewing = Reviewer(session)
    for group, act in zip(reviewing.sheet(document).groups, acts, strict=False):
        if act == "take":
            picks = whole(group, group.sources[0], rules_of(session.scheme, group.layer))
            reviewing.take(group, picks)
        elif act == "reject":
            reviewing.reject(group, Remarks())
        elif act == "defer":
            reviewing.defer(group, Remarks())


def rows(session: Session, document: str) -> tuple[object, ...]:
    """Return all that a person could miss."""
    decisions = session.executor.review.decisions
    standing = {item.uid: item for item in decisions.of_document(document)}
    record = session.executor.record(document)._replace(decisions=())
    return record, standing, decisions.snapshots_by_annotator(document), session.scheme


def standings(session: Session, document: str) -> set[object]:
    """Return the groups and how far they are; of two at one place the labels say which comes first."""
    sheet = Reviewer(session).sheet(document)
    return {(found.start, found.end, found.sources, sheet.standings.of(found)[0]) for found in sheet.groups}


@examples(15)
@given(st.lists(sets, min_size=1, max_size=3), ties, decided, changes())
def test_a_change_and_its_undo_give_the_same_rows(
    work: list[Any], tied: list[tuple[int, int]], acts: list[str], change: SchemeChange
) -> None:
    with reviewed(work, tied, acts) as (session, document):
        before = rows(session, document)
        wanted = plan(session, [change])
        assert rows(session, document) == before
        assert migrate(session, [change]) == wanted
        after = rows(session, document)
        held = set(session.executor.load(document, "gold").annotations)
        assert {item.gold for item in after[1].values()} - {None} <= held
        undo(session)
        assert rows(session, document) == before
        redo(session)
        assert rows(session, document) == after
        undo(session)
        assert rows(session, document) == before


@examples(15)
@given(st.lists(sets, min_size=1, max_size=3), ties, decided, others)
def test_a_rename_is_one_to_one_and_leaves_no_decision_stale(
    work: list[Any], tied: list[tuple[int, int]], acts: list[str], old: str
) -> None:
    with reviewed(work, tied, acts) as (session, document):
        record, decisions, frozen, _ = rows(session, document)
        stood = standings(session, document)
        done = migrate(session, [LabelChange("entity", old, "FRESH")])
        new_record, new_decisions, new_frozen, _ = rows(session, document)
        assert (done.open_again, done.withdrawn) == (0, 0)
        assert standings(session, document) == stood
        assert new_decisions.keys() == decisions.keys()
        for earlier, later in zip(record.sets, new_record.sets, strict=True):
            assert renamed(earlier.annotations, old) == later.annotations
            assert earlier[:5] == later[:5]
        assert {name: renamed(item.annotations, old) for name, item in frozen.items()} == {
            name: item.annotations for name, item in new_frozen.items()
        }
        migrate(session, [LabelChange("entity", "FRESH", old)])
        record_again, decisions_again, frozen_again, _ = rows(session, document)
        assert (record_again, decisions_again, frozen_again) == (record, decisions, frozen)


def renamed(marks: tuple[Annotation, ...], old: str) -> tuple[Annotation, ...]:
    return tuple(msgspec.structs.replace(mark, label="FRESH") if mark.label == old else mark for mark in marks)
