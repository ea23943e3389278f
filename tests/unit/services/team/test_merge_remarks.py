"""Flags and notes travel with an annotator's work; what was removed here stays removed."""

from pathlib import Path

import pytest

from app.core.annotation import Status
from app.core.edits import Batch, apply
from app.core.record import SetRecord
from app.core.remark import NO_REMARK, Remark
from app.core.state import DocumentState
from app.core.three_way_merge import digest, taken, united
from app.jobs.tasks.bundle import write_bundle
from app.jobs.tasks.merge import merge_files
from app.services.documents import desk
from app.services.history.undo import redo, undo
from tests.unit.build import document
from tests.unit.services.team.lead import opened, uid_of


def record(remark: Remark) -> SetRecord:
    return SetRecord("ana", "person", Status.OPEN, "s@1", 0.0, (), (), remark)


@pytest.mark.parametrize(
    ("ours", "theirs", "result"),
    [
        (NO_REMARK, Remark("why?", ""), Remark("why?", "")),
        (Remark("", ""), Remark("why?", ""), Remark("why?", "")),
        (Remark("ours", "a"), Remark("theirs", "b"), Remark("ours", "a\n\nb")),
        (Remark(None, "long note"), Remark(None, "note"), Remark(None, "long note")),
        (Remark("why?", "a"), NO_REMARK, Remark("why?", "a")),
    ],
)
def test_where_both_sides_changed_nothing_is_lost(ours: Remark, theirs: Remark, result: Remark) -> None:
    state = DocumentState.of(document("text"), annotator="ana", status=Status.OPEN, remark=ours)
    merged = united(state, record(theirs))
    assert apply(state, Batch(merged.edits)).state.remark == result
    assert bool(merged.differences) == (result != theirs)


def test_a_remark_is_taken_as_it_is() -> None:
    state = DocumentState.of(document("text"), annotator="ana", status=Status.OPEN, remark=Remark("why?", "a"))
    assert apply(state, Batch(taken(state, record(NO_REMARK)).edits)).state.remark == NO_REMARK


def test_sets_without_remark_keep_their_digest() -> None:
    assert digest(Status.OPEN, (), ()) == digest(Status.OPEN, (), (), NO_REMARK)
    assert digest(Status.OPEN, (), ()) != digest(Status.OPEN, (), (), Remark("", ""))


def test_a_bundle_brings_flag_and_note_and_new_names(project: Path, tmp_path: Path) -> None:
    with opened(project, "rina") as lead:
        spun, other = (uid_of(lead, name) for name in ("spun.txt", "other.txt"))
        desk.describe(lead, spun, name="call.txt", meta={"title": "The call"})
        desk.remark(lead, [spun], flag="mine", flags=True)
    with opened(project) as lead:
        write_bundle(lead, tmp_path / "ana.stet", annotator="ana")
    with opened(tmp_path / "ana.stet", "ana") as work:
        assert work.reader.document(spun).title == "The call"
        assert work.reader.flags_of(spun) == ()
        desk.remark(work, [spun, other], flag="why?", note="hm", flags=True)
    with opened(project, "rina") as lead:
        desk.remove(lead, [other])
        report = merge_files(lead, [tmp_path / "ana.stet"])
        assert lead.reader.flags_of(spun) == (("ana", "why?"), ("rina", "mine"))
        assert any("removed here" in line for line in report.lines())
        undo(lead)
        assert lead.reader.flags_of(spun) == (("rina", "mine"),)
        redo(lead)
        desk.answer_flags(lead, [spun])
        merge_files(lead, [tmp_path / "ana.stet"])
        assert lead.reader.flags_of(spun) == ()
        assert desk.remark_of(lead, spun, "ana").note == "hm"
