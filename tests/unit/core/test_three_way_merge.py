"""Which way a set goes, and what is said of what both sides changed."""

import msgspec
import pytest

from app.core.annotation import Annotation, Evidence, Fragment, Relation, Stance, Status
from app.core.edits import Batch, SetStatus, apply
from app.core.record import SetRecord
from app.core.state import DocumentState
from app.core.three_way_merge import BLANK, MergedSet, MergeMode, SetExchange, digest, last_exchange, united, way
from tests.unit.build import annotation, state

TEXT = "one two three"


def came(*annotations: Annotation, status: Status = Status.OPEN, relations: tuple[Relation, ...] = ()) -> SetRecord:
    return SetRecord("ana", "person", status, "s@1", 0.0, annotations, relations)


def went(digest: str, head: str = "", file: str = "f") -> SetExchange:
    return SetExchange(file, digest, head, 0.0)


@pytest.mark.parametrize(
    ("ours", "theirs", "history", "expected"),
    [
        ("a", "a", [went("x")], MergeMode.SAME),
        ("a", "b", [went("a")], MergeMode.TAKE),
        ("b", "a", [went("a")], MergeMode.KEEP),
        ("b", "c", [went("a")], MergeMode.UNITE),
        # Came back before, went on on both sides since.
        ("b", "b2", [went("a"), went("b", "h")], MergeMode.TAKE),
        # The annotator went back to what they had handed in before: that is work too.
        ("c", "b", [went("a"), went("b", "h"), went("c", "h")], MergeMode.TAKE),
        # A file that nobody knows.
        (BLANK, "a", [], MergeMode.TAKE),
        ("a", "b", [], MergeMode.UNITE),
        ("a", BLANK, [], MergeMode.KEEP),
        ("c", "b", [went("b", file="other")], MergeMode.KEEP),
        # Everything was deleted here since it came in by another file.
        (BLANK, "b", [went("a", file="other")], MergeMode.UNITE),
    ],
)
def test_the_side_that_changed_is_the_one_that_counts(
    ours: str, theirs: str, history: list[SetExchange], expected: MergeMode
) -> None:
    last = last_exchange(history, "f", has=lambda _: True)
    assert way(ours, theirs, history, last) is expected


def test_a_copied_file_knows_only_exchanges_before_the_copy() -> None:
    history = [went("a"), went("b", "h1"), went("c", "h2"), went("d", "h3", file="other")]
    assert last_exchange(history, "f", has=lambda _: True) == went("c", "h2")
    assert last_exchange(history, "f", has=lambda head: head == "h1") == went("b", "h1")
    assert last_exchange(history, "f", has=lambda _: False) == went("a")
    assert last_exchange(history, "g", has=lambda _: True) is None


def changed(old: Annotation, comment: str, updated: str) -> Annotation:
    return msgspec.structs.replace(old, comment=comment, updated=updated)


def merged(ours: DocumentState, theirs: SetRecord) -> tuple[DocumentState, MergedSet]:
    result = united(ours, theirs)
    return apply(ours, Batch(result.edits)).state, result


def test_the_newer_version_of_a_mark_wins_and_is_reported() -> None:
    base = annotation(TEXT, (0, 3))
    old, new = changed(base, "old", "2026-01-01T00:00:00Z"), changed(base, "new", "2026-01-02T00:00:00Z")
    after, result = merged(state(TEXT, old), came(new))
    assert after.annotations[base.uid].comment == "new"
    assert result.differences == ("“one” was changed on both sides, theirs is newer and was used",)
    after, result = merged(state(TEXT, new), came(old))
    assert after.annotations[base.uid].comment == "new"
    assert result.edits == ()
    assert result.differences == ("“one” was changed on both sides, ours is at least as new and was kept",)


def test_a_mark_that_both_changed_alike_is_no_difference() -> None:
    base = annotation(TEXT, (0, 3))
    ours, theirs = changed(base, "same", "2026-01-01T00:00:00Z"), changed(base, "same", "2026-01-02T00:00:00Z")
    after, result = merged(state(TEXT, ours), came(theirs, status=Status.DONE))
    assert (result.edits, result.differences) == (
        (SetStatus(Status.DONE),),
        ("it is open here and done there, now done",),
    )
    assert after.annotations == {base.uid: ours}


def test_what_one_side_deleted_stays_and_is_said() -> None:
    first, second = annotation(TEXT, (0, 3)), annotation(TEXT, (4, 7))
    tie = Relation(uid="r", source=first.uid, target=second.uid, label="same")
    after, result = merged(state(TEXT, first, second, relations=[tie]), came(first))
    assert len(after.annotations) == 2
    assert after.relations == {"r": tie}
    assert result.differences == ("“two” is only here and was kept", "the relation “same” is only here and was kept")


def test_a_relation_that_both_changed_stays_ours() -> None:
    first, second = annotation(TEXT, (0, 3)), annotation(TEXT, (4, 7))
    ours = Relation(uid="r", source=first.uid, target=second.uid, label="same")
    theirs = Relation(uid="r", source=first.uid, target=second.uid, label="other")
    after, result = merged(state(TEXT, first, second, relations=[ours]), came(first, second, relations=(theirs,)))
    assert after.relations == {"r": ours}
    assert result.differences == ("the relation “same” was changed on both sides, ours was kept",)


@pytest.mark.parametrize(
    ("ours", "theirs", "more_here", "more_there", "expected"),
    [
        (Status.DONE, Status.OPEN, False, False, Status.DONE),
        (Status.OPEN, Status.DONE, False, False, Status.DONE),
        (Status.OPEN, Status.DONE, False, True, Status.DONE),
        (Status.OPEN, Status.DONE, True, False, Status.OPEN),
        (Status.OPEN, Status.DONE, True, True, Status.OPEN),
        (Status.DONE, Status.DONE, True, True, Status.DONE),
        (Status.SKIPPED, Status.DONE, True, True, Status.OPEN),
        (Status.SKIPPED, Status.SKIPPED, True, True, Status.SKIPPED),
    ],
)
def test_the_status_is_that_of_who_has_seen_all_marks(
    ours: Status, theirs: Status, more_here: bool, more_there: bool, expected: Status
) -> None:
    both, here, there = (annotation(TEXT, pair) for pair in ((0, 3), (4, 7), (8, 13)))
    mine = state(TEXT, both, *([here] if more_here else []), status=ours)
    after, _ = merged(mine, came(both, *([there] if more_there else []), status=theirs))
    assert after.status is expected


def test_the_digest_of_a_set_never_changes() -> None:
    # Digests are kept in project files and in bundles that are out: another one would make all work look changed.
    place = (Fragment(0, 4),)
    proof = Evidence(uid="e1", document="d2", fragments=place, quote="U.S.", stance=Stance.SUPPORTS)
    mark = Annotation(
        uid="a1",
        layer="error",
        label="TERM",
        fragments=(Fragment(1, 3), Fragment(5, 6)),
        quote="x",
        evidence=(proof,),
        attributes={"severity": "major"},
    )
    tie = Relation(uid="r1", source="a1", target="a2", label="same")
    plain = digest(Status.DONE, [mark], [tie])
    assert plain == "a80d608202f0c190725d3cc778b3246acb96fcd33f5883640add7df95d30bae7"
    other = msgspec.structs.replace(mark, evidence=(msgspec.structs.replace(proof, alternative=2),))
    sure = msgspec.structs.replace(tie, attributes={"sure": True})
    assert len({plain, digest(Status.DONE, [other], [tie]), digest(Status.DONE, [mark], [sure])}) == 3
