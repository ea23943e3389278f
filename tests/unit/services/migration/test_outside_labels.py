"""Labels that the scheme lacks and the work has: changed together, wherever they are, and back by undo."""

import json
from pathlib import Path

import pytest

from app.core.edits import RemoveAnnotation
from app.core.errors import WrongUse
from app.core.scheme_change import LabelChange
from app.jobs.tasks.import_files import import_files
from app.jobs.tasks.scheme_file import SchemeSource, apply_scheme
from app.review.fields import rules_of
from app.review.gold_composition import whole
from app.services.history.undo import redo, undo
from app.services.migration.migration import migrate, plan
from app.services.migration.outside_labels import outside_labels
from app.services.review.sheets import Remarks
from app.session.session import Session
from tests.unit.services.review.reviews import Bench
from tests.unit.services.team.lead import bundled, merged, opened, uid_of
from tests.unit.services.team.lead import make as make_lead

MERGE = LabelChange("entity", "Größe", "PERSON")
DELETE = LabelChange("entity", "Größe", None)


def reviewed(session: Session) -> Bench:
    """Give marks of two annotators with a label that the scheme lacks, and gold that was made of them."""
    bench = Bench(session)
    bench.finish("ana", bench.mark("a1", 0, 12, label="Größe"))
    bench.finish("ben", bench.mark("b1", 0, 12, label="Größe"), bench.mark("b2", 41, 56, label="PERSON"))
    found = bench.group("a1")
    bench.reviewing.take(found, whole(found, "a1", rules_of(session.scheme, found.layer)))
    return bench


def all_labels(session: Session) -> set[str]:
    (record,) = [item for item in session.reader.records() if item.sets]
    decided = {label for decision in record.decisions for label in decision.labels}
    return {mark.label for item in record.sets for mark in item.annotations} | decided


def test_marks_gold_and_decisions_follow_and_undo_restores(news_session: Session) -> None:
    bench = reviewed(news_session)
    assert outside_labels(news_session) == [("entity", "Größe")]
    before = bench.content()
    looked = plan(news_session, [MERGE])
    done = migrate(news_session, [MERGE])
    assert (looked.annotations, done.annotations, done.gold, done.kept) == (3, 3, 1, 1)
    assert all_labels(news_session) == {"PERSON"}
    assert outside_labels(news_session) == []
    undo(news_session)
    assert (bench.content(), news_session.scheme.tag) == (before, "news-errors@2")
    redo(news_session)
    assert all_labels(news_session) == {"PERSON"}


def test_a_deleted_label_takes_its_marks_and_gold_with_it(news_session: Session) -> None:
    bench = reviewed(news_session)
    done = migrate(news_session, [DELETE])
    assert (done.annotations, done.withdrawn, bench.quotes()) == (3, 1, [])
    undo(news_session)
    assert len(bench.quotes()) == 1


def test_a_label_that_only_a_decision_has_can_be_changed(news_session: Session) -> None:
    bench = Bench(news_session)
    bench.finish("ana", bench.mark("a1", 0, 12, label="Größe"))
    bench.reviewing.reject(bench.group("a1"), Remarks())
    bench.work("ana", RemoveAnnotation("a1"))
    assert outside_labels(news_session) == [("entity", "Größe")]
    migrate(news_session, [MERGE])
    assert [item.labels for item in bench.decisions()] == [("PERSON",)]


def test_suggestions_of_such_a_label_are_offered_once_merged(news_session: Session, tmp_path: Path) -> None:
    def imported(name: str) -> list[str]:
        made = {"maker": "m", "layer": "entity", "label": "Größe", "start": 0, "end": 3, "quote": "Ana"}
        line = {"stet": 1, "id": name, "name": name, "text": f"Ana met {name}.", "suggestions": [{"id": name, **made}]}
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(line), encoding="utf-8")
        import_files(news_session, [tmp_path / f"{name}.jsonl"])
        return [item.suggestion.label for record in news_session.reader.records() for item in record.suggestions]

    assert imported("Bo") == ["Größe"]
    assert outside_labels(news_session) == [("entity", "Größe")]
    assert plan(news_session, [DELETE]).unoffered == 0, "it wasn't offered before"
    assert migrate(news_session, [MERGE]).suggested == 1
    assert outside_labels(news_session) == []
    assert imported("Cy") == ["PERSON", "PERSON"], "those that are imported later follow"


def test_a_label_that_a_new_version_lost_can_be_merged(news_session: Session) -> None:
    bench = Bench(news_session)
    bench.finish("ana", bench.mark("a1", 0, 12, label="NORP"))
    source = news_session.scheme.source
    begin = source.index('[[layer.label]]\nid = "NORP"')
    end = source.index("[[layer.label]]", begin + 1)
    smaller = (source[:begin] + source[end:]).replace("version = 2", "version = 3", 1)
    assert len(apply_scheme(news_session, SchemeSource(Path("smaller.toml"), smaller))) == 1
    migrate(news_session, [LabelChange("entity", "NORP", "ORG")])
    assert (all_labels(news_session), news_session.scheme.tag) == ({"ORG"}, "news-errors@4")


def test_a_bundle_that_comes_back_later_is_updated_too(tmp_path: Path) -> None:
    project = make_lead(tmp_path / "p.stet")
    path = bundled(project, tmp_path / "ana.stet", "ana")
    for file, who in ((project, "ben"), (path, "ana")):
        with opened(file, who) as session:
            session.open_document(uid_of(session, "spun.txt"))
            bench = Bench(session)
            bench.finish(who, bench.mark(f"{who}1", 0, 12, label="Größe"))
    with opened(project, "lead") as session:
        migrate(session, [MERGE])
    merged(project, path)
    with opened(project, "lead") as session:
        assert all_labels(session) == {"PERSON"}
        (record,) = [item for item in session.reader.records() if item.sets]
        assert {item.annotator for item in record.sets} == {"ana", "ben"}


def test_a_label_that_nothing_has_is_refused(news_session: Session) -> None:
    reviewed(news_session)
    with pytest.raises(WrongUse, match=r"has no label entity\.none, and no mark has it either"):
        migrate(news_session, [LabelChange("entity", "none", "PERSON")])
    with pytest.raises(WrongUse, match=r"entity\.Größe isn't in the scheme, so it can only be merged"):
        migrate(news_session, [LabelChange("entity", "Größe", "SIZE")])
    assert news_session.scheme.tag == "news-errors@2"
