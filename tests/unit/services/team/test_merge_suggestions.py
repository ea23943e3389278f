"""Suggestions go out in a bundle without what others made of them, and come back with what the annotator did."""

from pathlib import Path

from app.core.annotation import Fragment
from app.core.scheme_change import LabelChange
from app.core.suggestion import Suggestion
from app.services.history.undo import redo, undo
from app.services.migration.migration import migrate
from app.services.suggestions.judgement import accept, reject
from app.services.suggestions.offer import offer
from app.services.suggestions.sights import Sights
from app.services.team.bundle import bundle
from app.services.team.merge import Merged, merge
from app.services.team.work_source import open_files
from app.session.session import Session
from tests.conftest import add_documents, scheme_source

TEXT = "Ana met Ben in Berlin.\n"


def merge_file(session: Session, path: Path, **how: bool) -> Merged:
    """Merge one project file."""
    with open_files(session, [path]) as sources:
        return merge(session, sources, **how)


def empty(path: Path, annotator: str = "ana") -> Session:
    """Make a project with the scheme `ner` and nothing in it."""
    return Session.create(path, scheme=scheme_source("ner"), annotator=annotator)


def suggestion(quote: str, label: str = "PERSON") -> Suggestion:
    """Return a suggestion on the first place of some words."""
    at = TEXT.index(quote)
    fragments = (Fragment(at, at + len(quote)),)
    return Suggestion(uid="", maker="test", layer="entity", label=label, fragments=fragments, quote=quote)


def outcomes(session: Session) -> dict[str, dict[str, str]]:
    """Return what became of the suggestions, by quote and annotator."""
    (record,) = session.reader.records()
    return {
        item.suggestion.quote: {j.annotator: j.outcome.value for j in item.judgements} for item in record.suggestions
    }


def test_there_and_back(tmp_path: Path) -> None:
    home = empty(tmp_path / "home.stet", annotator="ana")
    try:
        (uid,) = add_documents(home, {"a.txt": TEXT})
        home.open_document(uid)
        offered = offer(home, [(uid, [suggestion("Ana"), suggestion("Ben")])], suggesters="test").new
        new = {item.quote: item for _, item in offered}
        reject(home, new["Ana"])
        bundle(home, tmp_path / "out.stet", annotator="ben")
        away = Session.open(tmp_path / "out.stet", annotator="ben")
        assert outcomes(away) == {"Ana": {}, "Ben": {}}
        away.open_document(uid)
        accept(away, new["Ana"])
        reject(away, new["Ben"])
        offer(away, [(uid, [suggestion("Berlin", "GPE")])], suggesters="test")
        away.close()
        before = len(list(home.log.rows()))
        report = merge_file(home, tmp_path / "out.stet")
        assert report.suggestions == 1
        expected = {"Ana": {"ana": "rejected", "ben": "accepted"}, "Ben": {"ben": "rejected"}, "Berlin": {}}
        assert outcomes(home) == expected
        assert [a.origin for a in home.executor.load(uid, "ben").in_order()] == ["suggestion:test"]
        assert not merge_file(home, tmp_path / "out.stet").changes_anything
        assert len(list(home.log.rows())) == before + 1, "once is enough"
        undo(home)
        assert outcomes(home) == {"Ana": {"ana": "rejected"}, "Ben": {}}
        assert home.executor.load(uid, "ben").in_order() == []
        redo(home)
        assert outcomes(home) == expected
    finally:
        home.close()


def test_what_was_judged_on_both_sides_stays_as_it_is_here(tmp_path: Path) -> None:
    home = empty(tmp_path / "home.stet", annotator="ben")
    try:
        (uid,) = add_documents(home, {"a.txt": TEXT})
        home.open_document(uid)
        ((_, one),) = offer(home, [(uid, [suggestion("Ana")])], suggesters="test").new
        bundle(home, tmp_path / "out.stet", annotator="ben")
        away = Session.open(tmp_path / "out.stet", annotator="ben")
        away.open_document(uid)
        reject(away, one)
        away.close()
        accept(home, one)
        report = merge_file(home, tmp_path / "out.stet")
        assert report.report.count("suggestion") == 1
        assert outcomes(home) == {"Ana": {"ben": "accepted"}}
    finally:
        home.close()


def test_a_document_that_is_new_brings_its_suggestions(tmp_path: Path) -> None:
    home, other = empty(tmp_path / "home.stet"), empty(tmp_path / "other.stet", annotator="ben")
    try:
        (uid,) = add_documents(other, {"a.txt": TEXT})
        other.open_document(uid)
        ((_, one),) = offer(other, [(uid, [suggestion("Ana")])], suggesters="test").new
        accept(other, one)
        other.close()
        merge_file(home, tmp_path / "other.stet")
        assert outcomes(home) == {"Ana": {"ben": "accepted"}}
    finally:
        home.close()


def test_a_bundle_with_an_old_label_merges_under_the_new_one(tmp_path: Path) -> None:
    home = empty(tmp_path / "home.stet", annotator="ana")
    try:
        (uid,) = add_documents(home, {"a.txt": TEXT})
        home.open_document(uid)
        ((_, ben),) = offer(home, [(uid, [suggestion("Ben")])], suggesters="test").new
        bundle(home, tmp_path / "out.stet", annotator="ben")
        away = Session.open(tmp_path / "out.stet", annotator="ben")
        away.open_document(uid)
        accept(away, ben)
        offer(away, [(uid, [suggestion("Ana")])], suggesters="test")
        away.close()
        migrate(home, [LabelChange("entity", "PERSON", "HUMAN")])
        report = merge_file(home, tmp_path / "out.stet")
        assert report.suggestions == 1
        assert [finding.kind for finding in report.report] == ["scheme"], "the suggestion that both have is the same"
        (record,) = home.reader.records()
        assert {i.suggestion.quote: i.suggestion.label for i in record.suggestions} == {"Ana": "HUMAN", "Ben": "HUMAN"}
        assert outcomes(home) == {"Ana": {}, "Ben": {"ben": "accepted"}}
        assert not merge_file(home, tmp_path / "out.stet").changes_anything
    finally:
        home.close()


def test_what_was_shown_comes_back_with_a_merge(tmp_path: Path) -> None:
    home = empty(tmp_path / "home.stet", annotator="ana")
    try:
        (uid,) = add_documents(home, {"a.txt": TEXT})
        ((_, new),) = offer(home, [(uid, [suggestion("Ana")])], suggesters="test").new
        bundle(home, tmp_path / "out.stet", annotator="ben")
        away = Session.open(tmp_path / "out.stet", annotator="ben")
        sights = Sights(away)
        for _ in range(2):
            sights.note(uid, [new.uid])
            sights.write()
        away.close()

        def shown() -> list[str]:
            (record,) = home.reader.records()
            return [sight.annotator for item in record.suggestions for sight in item.shown]

        merge_file(home, tmp_path / "out.stet")
        assert shown() == ["ben"]
        merge_file(home, tmp_path / "out.stet")
        assert shown() == ["ben"]
        undo(home)
        assert shown() == []
        redo(home)
        assert shown() == ["ben"]
    finally:
        home.close()
