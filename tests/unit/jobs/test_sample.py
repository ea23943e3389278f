"""The sample project: made in one go, with marks to look at and nothing to undo."""

from pathlib import Path

import pytest

from app.core.errors import ProjectError, StetError
from app.core.validation import document_problems
from app.jobs.tasks import sample
from app.jobs.tasks.check_project import check_project
from app.jobs.tasks.sample import create_sample
from app.session.session import Session


def test_the_sample_has_texts_references_and_marks_in_order(tmp_path: Path) -> None:
    session = create_sample(tmp_path / "sample.stet")
    try:
        records = list(session.reader.records())
        worked = [found for found in records if found.sets]
        assert all(found.references for found in worked)
        assert {item.annotator for found in records for item in found.sets} == {"you"}
        assert session.annotator == "you"
        marked = {a.label for found in worked for item in found.sets for a in item.annotations}
        assert {"PERSON", "QUANTITY", "OMISSION"} <= marked
        assert any("restricted slave trade" in found.document.text for found in records)
        assert [finding for finding in check_project(session)] == []
    finally:
        session.close()


def test_the_sample_s_marks_keep_every_rule(tmp_path: Path) -> None:
    session = create_sample(tmp_path / "sample.stet", annotator="ana")
    try:
        for found in session.reader.records():
            state = session.open_document(found.document.uid)
            assert document_problems(state, scheme=session.scheme) == []
    finally:
        session.close()


def test_the_person_has_nothing_to_undo(tmp_path: Path) -> None:
    session = create_sample(tmp_path / "sample.stet", annotator="ana")
    try:
        assert session.undo_title() is None
        assert [row.annotator for row in session.log.rows()] == [None]
    finally:
        session.close()


def test_the_sample_overwrites_nothing(tmp_path: Path) -> None:
    path = tmp_path / "sample.stet"
    create_sample(path).close()
    before = path.read_bytes()
    with pytest.raises(ProjectError, match="a file with that name already exists"):
        create_sample(path)
    assert path.read_bytes() == before


def test_a_sample_that_fails_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise StetError("no")

    monkeypatch.setattr(sample, "_records", fail)
    with pytest.raises(StetError):
        create_sample(tmp_path / "sample.stet")
    assert not (tmp_path / "sample.stet").exists()


def test_the_sample_opens_again(tmp_path: Path) -> None:
    create_sample(tmp_path / "sample.stet", annotator="ana").close()
    session = Session.open(tmp_path / "sample.stet", annotator="ana")
    assert sum(session.status_counts().values()) == 1
    session.close()
